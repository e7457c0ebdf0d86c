"""Whatever cells a file holds: no row is lost, and what is accepted is what was meant."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from inbox_of_a_test import packaged_contracts

from pipelines.contracts import Column
from pipelines.landing.checking import Checked, Readers, check
from pipelines.landing.csv_reader import all_rows
from pipelines.landing.recognition import HeaderIndex

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


def landed(rows: list[tuple[Cell, ...]], separator: str) -> Checked:
    into = io.StringIO()
    writer = csv.writer(into, delimiter=separator)
    writer.writerow([column.name for column in CONTRACT.columns])
    writer.writerows([cell.text for cell in row] for row in rows)
    read = all_rows(into.getvalue(), separator)
    found = HeaderIndex([CONTRACT]).recognise(read)
    assert found is not None
    return check(read, found, Readers(packaged_contracts().codes))


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
@given(ROWS, st.sampled_from([",", ";", "\t"]))
def test_accepted_rejected_and_refused_are_what_was_meant(rows: list[tuple[Cell, ...]], separator: str) -> None:
    checked = landed(rows, separator)
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
