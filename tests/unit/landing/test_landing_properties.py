"""Whatever cells a file holds: no row is lost, and what is accepted is what was meant."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from inbox_of_a_test import packaged_contracts

from pipelines.contracts import Column, Contract
from pipelines.landing import ssda903_xml
from pipelines.landing.checking import Checked, Readers, check
from pipelines.landing.csv_reader import Rows, all_rows
from pipelines.landing.recognition import HeaderIndex
from pipelines.landing.xlsx_reader import sheets

CONTRACT = packaged_contracts()["homelessness__placements"]
KEY = ("case_ref", "placement_ref")
DAYS = st.dates(date(2020, 1, 1), date(2026, 9, 30))
# What no column can read, and what any column can: the rest of the world lies between.
NONSENSE = ("#N/A", "Zz nonsense", "31/02/2025")


@dataclass(frozen=True)
class Cell:
    """What a cell shows and what it means; `bad` when it means nothing."""

    text: str
    value: Any
    bad: bool = False


def good(column: Column) -> st.SearchStrategy[Cell]:
    """Cells of the column that can be read, in one of the ways in which senders write them."""
    if column.type == "date":
        return st.builds(
            lambda day, form: Cell(day.strftime(form), day),
            DAYS,
            st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%Y-%m-%dT00:00:00"]),
        )
    if column.type == "boolean":
        return st.sampled_from([Cell("Yes", True), Cell("0", False), Cell("FALSE", False)])
    if column.type == "code":
        return st.sampled_from([Cell("B&B or shared annex", "bed_and_breakfast"), Cell("LA/HA stock", "la_ha_stock")])
    return st.sampled_from([Cell(text, text) for text in ("A-1", "a, b", 'the "x"', "007", "é; ü", "two\nlines")]).map(
        lambda cell: Cell(cell.text, " ".join(cell.text.split()))
    )


def cell(column: Column) -> st.SearchStrategy[Cell]:
    """Any cell of the column: mostly good, sometimes blank or nonsense."""
    blank = st.sampled_from([Cell("", None), Cell(" \u00a0", None)])
    texts = NONSENSE[:1] if column.type == "text" else NONSENSE
    nonsense = st.sampled_from([Cell(text, None, bad=True) for text in texts])
    return st.one_of(good(column), good(column), good(column), blank, nonsense)


ROWS = st.lists(st.tuples(*[cell(column) for column in CONTRACT.columns]), max_size=25)


def landed(rows: list[tuple[Cell, ...]], form: str) -> Checked:
    """Return what comes of the rows in a text with that separator, or in a workbook."""
    read = sheets(as_workbook(rows))["Sheet1"] if form == "xlsx" else all_rows(as_text(rows, form), form)
    return checked_by(CONTRACT, read)


def checked_by(contract: Contract, read: Rows) -> Checked:
    found = HeaderIndex([contract]).recognise(read)
    assert found is not None
    return check(read, replace(found, contract=contract), Readers(packaged_contracts().codes))


def as_text(rows: list[tuple[Cell, ...]], separator: str) -> str:
    into = io.StringIO()
    writer = csv.writer(into, delimiter=separator)
    writer.writerow([column.name for column in CONTRACT.columns])
    writer.writerows([cell.text for cell in row] for row in rows)
    return into.getvalue()


def as_workbook(rows: list[tuple[Cell, ...]]) -> bytes:
    """Return a workbook in which dates are dates and errors are errors, as Excel would hold them."""
    into = io.BytesIO()
    with xlsxwriter.Workbook(into, {"in_memory": True}) as book:
        sheet, as_date = book.add_worksheet("Sheet1"), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, [column.name for column in CONTRACT.columns])
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell.value, date) and "/" in cell.text:
                    sheet.write_datetime(number, place, datetime.combine(cell.value, time()), as_date)
                elif cell.text.startswith("#"):
                    sheet.write_formula(number, place, "=NA()", None, cell.text)
                elif cell.text == "FALSE":
                    sheet.write_boolean(number, place, False)
                elif cell.text:
                    sheet.write_string(number, place, cell.text)
    return into.getvalue()


def meant(rows: list[tuple[Cell, ...]]) -> tuple[dict[int, list[Any]], set[int], set[tuple[int, str]]]:
    """Return accepted rows, rejected rows and refused cells by the words of the seams page."""
    accepted: dict[int, list[Any]] = {}
    rejected: set[int] = set()
    refused: set[tuple[int, str]] = set()
    seen: set[tuple[Any, ...]] = set()
    for number, row in enumerate(rows, start=2):
        cells = dict(zip([column.name for column in CONTRACT.columns], row, strict=True))
        if all(cell.text.strip() == "" for cell in row):
            continue
        bold = [cells[name] for name in (*KEY, "entry_on")]
        exit_on, entry_on = cells["exit_on"], cells["entry_on"]
        key = tuple(cells[name].value for name in KEY)
        turned_round = exit_on.value is not None and entry_on.value is not None and exit_on.value < entry_on.value
        if any(cell.value is None for cell in bold) or exit_on.bad or turned_round or key in seen:
            rejected.add(number)
            continue
        seen.add(key)
        accepted[number] = [cell.value for cell in row]
        refused |= {(number, name) for name, cell in cells.items() if cell.bad}
    return accepted, rejected, refused


@settings(max_examples=200, deadline=None)
@given(ROWS, st.sampled_from([",", ";", "\t", "xlsx"]))
def test_accepted_rejected_and_refused_are_what_was_meant(rows: list[tuple[Cell, ...]], form: str) -> None:
    checked = landed(rows, form)
    accepted, rejected, refused = meant(rows)
    found = {
        row["row_number"]: [row[column.name] for column in CONTRACT.columns] for row in checked.accepted.to_pylist()
    }
    assert found == accepted
    assert {row["row_number"] for row in checked.rejects.to_pylist()} == rejected
    assert {(row["row_number"], row["column"]) for row in checked.refused_cells.to_pylist()} == refused
    assert checked.rows_read == checked.accepted.num_rows + checked.rejects.num_rows


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.text(alphabet="a1,;\"'\n /-é", max_size=6), max_size=9), max_size=12))
def test_no_row_of_any_shape_is_lost(rows: list[list[str]]) -> None:
    into = io.StringIO()
    writer = csv.writer(into)
    writer.writerow([column.name for column in CONTRACT.columns])
    writer.writerows(rows)
    read = all_rows(into.getvalue(), ",")
    found = HeaderIndex([CONTRACT]).recognise(read)
    assert found is not None
    checked = check(read, found, Readers(packaged_contracts().codes))
    with_content = [row for row in rows if any(text.strip() for text in row)]
    assert checked.rows_read == len(with_content) == checked.accepted.num_rows + checked.rejects.num_rows


# Fields of a child and of an episode of the SSDA903 return, as the CSV files head them, and their names in the XML.
HEADER = {"CHILD": "CHILDID", "SEX": "SEX", "DOB": "DOB", "ETHNIC": "ETHNIC", "UPN": "UPN"}
EPISODE = {"DECOM": "DECOM", "RNE": "RNE", "LS": "LS", "PLACE": "PL", "DEC": "DEC", "REC": "REC"}
IN_A_RETURN = st.sampled_from(
    [
        "",
        "F",
        "M",
        "3",
        "WBRI",
        "01/02/2008",
        "31/02/2008",
        "2010-03-04",
        "S",
        "C2",
        "U4",
        "X1",
        "c & d",
        "<e>",
        "\u00e9",
    ]
)


def fields(names: Mapping[str, str]) -> st.SearchStrategy[dict[str, str]]:
    """Some of the fields, each with any value that one of them could have; a field may be missing."""
    return st.dictionaries(st.sampled_from(list(names)), IN_A_RETURN, max_size=len(names))


def as_xml(names: Mapping[str, str], values: Mapping[str, str]) -> str:
    return "".join(f"<{names[name]}>{escape(value)}</{names[name]}>" for name, value in values.items())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(fields(HEADER), st.lists(fields(EPISODE), max_size=3)), min_size=1, max_size=8))
def test_a_return_lands_child_for_child_and_cell_for_cell_what_its_csv_files_would(
    children: list[tuple[dict[str, str], list[dict[str, str]]]],
) -> None:
    # Given any children with any episodes, as XML and as the CSV files of the return
    content = "".join(
        f"<CHILD><HEADER>{as_xml(HEADER, header)}</HEADER>"
        + "".join(f"<EPISODE>{as_xml(EPISODE, episode)}</EPISODE>" for episode in episodes)
        + "</CHILD>"
        for header, episodes in children
    )
    of_xml, not_read = ssda903_xml.tables(f"<EXPSSDA903>{content}</EXPSSDA903>".encode())
    headers = [[header.get(name, "") for name in HEADER] for header, _ in children]
    episodes = [
        [header.get("CHILD", ""), *(episode.get(name, "") for name in EPISODE)]
        for header, theirs in children
        for episode in theirs
    ]
    of_csv = {"HEADER": [list(HEADER), *headers], "EPISODE": [["CHILD", *EPISODE], *episodes]}
    # When both are checked
    for kind, table in (("HEADER", "ssda903_header"), ("EPISODE", "ssda903_episodes")):
        if kind == "EPISODE" and not episodes:
            continue
        contract = packaged_contracts()[f"case_system__{table}"].in_force(date(2025, 3, 31))
        xml, text = checked_by(contract, of_xml[kind]), checked_by(contract, of_csv[kind])
        # Then nothing is lost, and every row, reason and value is the same
        assert not_read == []
        with_content = [row for row in of_csv[kind][1:] if any(row)]
        assert xml.rows_read == len(with_content) == xml.accepted.num_rows + xml.rejects.num_rows
        assert xml.accepted.equals(text.accepted)
        assert xml.refused_cells.equals(text.refused_cells)
        assert xml.rejects.select(["row_number", "column", "value", "rule"]).equals(
            text.rejects.select(["row_number", "column", "value", "rule"])
        )
