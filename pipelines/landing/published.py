"""MHCLG's homelessness workbooks: dozens of wide tables become one long one, a row for each figure.

What belongs here: finding the tables, their headings over several rows, their period. What does not: DfE's tables,
which are plain CSV, and the meaning of symbols (contract `published/statutory_homelessness`).

The sheets are made for the eye: headings span merged cells over several rows, the rows that feed the drop-downs are
hidden (and hold other labels than the visible ones), helper columns too, and stray cells lie hundreds of columns to
the right, so only cells that exist are read. A line belongs to a table when its first cell is a GSS code: "Rest of
England", which has none, and notes are left out, and so are names, because a council is spelt in two ways.
"""

from __future__ import annotations

import posixpath
import re
from calendar import month_name, monthrange
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from string import digits
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from pipelines.landing.csv_reader import Rows
from pipelines.landing.guards import MAX_COLUMNS, column_number, open_workbook
from pipelines.landing.model import RefusedFileError

HEADER = [
    "table_id",
    "table_title",
    "period",
    "period_end",
    "area_gss",
    "measure",
    "value",
    "source_cell",
    "data_date",
]
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_GSS = re.compile(r"[EWNSK]\d{8}")
_MONTHS = {name[:3].casefold(): number for number, name in enumerate(month_name) if name}
_MONTH = "|".join([*(name for name in month_name if name), *(name[:3] for name in month_name if name)])
_PERIOD = re.compile(rf"(?:(?P<day>\d{{1,2}}) )?\b(?:(?:{_MONTH}) to )?(?P<month>{_MONTH}) (?P<year>20\d\d)\b")
_TABLE_NUMBER = re.compile(r"^(?:Table )?[A-Z]{1,3}\d{1,2}[A-Za-z]? ?[-\u2013] ?")
_SCOPE = re.compile(r"[\s,]*(?:Local Authori\w+ in )?(?:England)?[\s,]*$")
# `Total number of households in TA1,2,3`: the notes' numbers change from quarter to quarter, the measure does not.
_FOOTNOTES = re.compile(r"(?<=[A-Za-z)]) ?\d(?:,\d{1,2})+(?=$|:)|(?<=[a-z)A])\d{1,2}(?=$| \()|(?<=[a-z)\d+]) \d$")
# Headings that stand over one column of many that they mean: where they stand says nothing.
_BANNER = re.compile(r"(?:Number|Number and %|%) of households|Of which\b.*", re.IGNORECASE)
_PLACE = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The cells that a sheet has, by row and column (from 1), and what of it is hidden or merged."""

    name: str
    cells: Mapping[int, Mapping[int, str]]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    merged: tuple[tuple[int, int, int], ...]
    """Row, first and last column of each heading that spans columns."""


@dataclass(frozen=True, slots=True)
class _Period:
    text: str
    end: date


def long_tables(content: bytes) -> dict[str, Rows]:
    """Return one long table, as if it were a sheet with a header, of all the wide tables of a workbook.

    Raises RefusedFileError when it is no such workbook, or a table does not say its period.
    """
    book = list(_sheets(content))
    cover = next((period for sheet in book if (period := _period(_texts(sheet))) is not None), None)
    found = [figure for sheet in book for figure in _figures(sheet, cover)]
    if not found:
        raise RefusedFileError(
            "No table of the workbook has lines that begin with a GSS code.",
            "Save the detailed local authority tables as published; DfE's tables are sent as CSV.",
        )
    latest = max(row[HEADER.index("period_end")] for row in found)
    return {"tables": [HEADER, *([*row, latest] for row in found)]}


def _figures(sheet: _Sheet, cover: _Period | None) -> Iterator[list[str]]:
    """Yield a row for each figure of a sheet, nothing where the sheet holds no table.

    A table whose title lacks the period (one of 2025 was mistyped) is of the period that the cover states.
    """
    areas = {number: code for number, row in sheet.cells.items() if _GSS.fullmatch(code := row.get(1, "").strip())}
    if not areas:
        return
    first = min(areas)
    title = " ".join(text for number, row in sorted(sheet.cells.items()) if number < first and (text := row.get(1, "")))
    title = " ".join(title.split())
    period = _period(title) or cover
    if period is None:
        raise RefusedFileError(
            f"Neither sheet {sheet.name} nor the cover says its period.",
            "Save the workbook as published, cover and titles included.",
        )
    told = [sheet.name, _plain_title(title), period.text, period.end.isoformat()]
    measures = _measures(sheet, first, {column for number in areas for column in sheet.cells[number]})
    lines: dict[str, list[dict[int, str]]] = {}
    for number, area in areas.items():
        line = {column: text.strip() for column, text in sheet.cells[number].items() if column in measures}
        # London stands on top and once more among the regions, with the same figures.
        if line not in lines.setdefault(area, []):
            lines[area].append(line)
            for column, value in line.items():
                yield [*told, area, measures[column], value, f"{sheet.name}!{_letters(column)}{number}"]


def _texts(sheet: _Sheet) -> str:
    return " ".join(text for _, row in sorted(sheet.cells.items()) for text in row.values())


def _period(text: str) -> _Period | None:
    """Return the first period or day that the text names, with its last day."""
    found = _PERIOD.search(text)
    if found is None:
        return None
    year, month = int(found["year"]), _MONTHS[found["month"][:3].casefold()]
    last = monthrange(year, month)[1]
    return _Period(found[0], date(year, month, min(max(int(found["day"] or last), 1), last)))


def _plain_title(title: str) -> str:
    return _SCOPE.sub("", _TABLE_NUMBER.sub("", _PERIOD.split(title)[0]))


def _measures(sheet: _Sheet, first: int, used: Set[int]) -> dict[int, str]:
    """Return column -> its visible headings from the outermost to the innermost, for used columns that have any.

    The second of two columns under the same headings, or one headed `%` alone, holds the share that goes with the one
    before it.
    """
    paths: dict[int, list[str]] = {}
    for number in sorted(set(sheet.cells) - sheet.hidden_rows):
        if number >= first:
            break
        for column, text in _headings(sheet, number):
            path = paths.setdefault(column, [])
            if text not in path[-1:]:
                path.append(text)
    named: dict[int, str] = {}
    for column in sorted(paths):
        if column in sheet.hidden_columns or column not in used:
            continue
        measure = " | ".join([text for text in paths[column] if not _BANNER.fullmatch(text)] or paths[column])
        before = named.get(column - 1, "")
        if measure == before or (paths[column][-1] == "%" and before):
            measure = f"{before} | %"
        named[column] = measure
    _check_distinct(named, sheet.name)
    return named


def _headings(sheet: _Sheet, number: int) -> Iterator[tuple[int, str]]:
    """Yield column and heading of a row, a merged heading once for each column that it spans."""
    spans = {first: last for row, first, last in sheet.merged if row == number}
    for column, text in sheet.cells[number].items():
        heading = _FOOTNOTES.sub("", " ".join(text.split())).strip()
        if heading and 2 < column <= MAX_COLUMNS:
            for spanned in range(column, min(spans.get(column, column), MAX_COLUMNS) + 1):
                yield spanned, heading


def _check_distinct(named: Mapping[int, str], sheet: str) -> None:
    seen: dict[str, int] = {}
    for column, measure in named.items():
        if measure in seen:
            raise RefusedFileError(
                f"Sheet {sheet}: columns {_letters(seen[measure])} and {_letters(column)} have the same headings.",
                "Save the workbook as published; if it was, report it: its layout is new.",
            )
        seen[measure] = column


@cache
def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _sheets(content: bytes) -> Iterator[_Sheet]:
    """Yield the worksheets in their order; only cells that exist take memory, so a far cell does no harm."""
    parts = open_workbook(content, far_cells=True)
    try:
        shared = _shared_strings(parts.get("xl/sharedStrings.xml"))
        targets = {
            relation.get("Id", ""): posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
            for relation in _parsed(parts["xl/_rels/workbook.xml.rels"])
        }
        for sheet in _parsed(parts["xl/workbook.xml"]).iter(f"{_MAIN}sheet"):
            part = parts.get(targets.get(sheet.get(_RELATIONSHIP, ""), ""))
            if part is not None and b"sheetData" in part:
                yield _sheet(sheet.get("name", ""), _parsed(part), shared)
    except (etree.XMLSyntaxError, LookupError, ValueError, ArithmeticError) as error:
        raise RefusedFileError(
            "The workbook is damaged or was not copied whole.", "Download it again and put it back."
        ) from error


def _parsed(part: bytes) -> Any:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def _shared_strings(part: bytes | None) -> Sequence[str]:
    if part is None:
        return []
    return ["".join(text.text or "" for text in item.iter(f"{_MAIN}t")) for item in _parsed(part)]


def _sheet(name: str, root: Any, shared: Sequence[str]) -> _Sheet:
    cells: dict[int, dict[int, str]] = {}
    hidden_rows = set()
    for row in root.iter(f"{_MAIN}row"):
        number = int(row.attrib["r"])
        if row.get("hidden") in ("1", "true"):
            hidden_rows.add(number)
        held = {_column(cell.attrib["r"].rstrip(digits)): _text(cell, shared) for cell in row}
        cells[number] = {column: text for column, text in held.items() if text}
    hidden_columns = {
        number
        for column in root.iter(f"{_MAIN}col")
        if column.get("hidden") in ("1", "true")
        for number in range(int(column.attrib["min"]), min(int(column.attrib["max"]), MAX_COLUMNS) + 1)
    }
    merged = tuple(span for cell in root.iter(f"{_MAIN}mergeCell") if (span := _span(cell.attrib["ref"])) is not None)
    return _Sheet(name, cells, frozenset(hidden_rows), frozenset(hidden_columns), merged)


def _span(reference: str) -> tuple[int, int, int] | None:
    places = _PLACE.findall(reference)
    if len(places) != 2:
        return None
    (first, row), (last, _) = places
    return int(row), _column(first), _column(last)


@cache
def _column(letters: str) -> int:
    return column_number(letters.encode())


def _text(cell: Any, shared: Sequence[str]) -> str:
    """Return a cell's text: of a formula its stored value, of a number all its digits without an exponent."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{_MAIN}t"))
    value = cell.findtext(f"{_MAIN}v") or ""
    if kind == "s":
        return shared[int(value)] if value else ""
    if kind == "n" and "E" in value.upper():
        return format(Decimal(value), "f")
    return value
