"""CORE bulk uploads: the landlord's template, whose columns are numbered, becomes a table with named columns.

What belongs here: the row that holds the field numbers, the layout of each year, the three cells of a date. What does
not: the columns' meaning (contract `core/lettings_bulk_upload`).

Above the numbers stand rows of questions and hints; the first column is blank beside data. Which year a template is of
shows in its number of fields alone. `contracts/core/bulk_upload_fields.<year>.csv` says which field is which column:
the earliest year in full, each later one only what moved, came or (with a blank) went.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipelines.landing.csv_reader import Rows
from pipelines.landing.model import RefusedFileError
from pipelines.landing.recognition import HEADER_ROWS_SEARCHED

_NUMBERS_ROW = re.compile(r"field number", re.IGNORECASE)
_LAYOUT = re.compile(r"bulk_upload_fields\.(\d{4})\.csv")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_START = ("start_day", "start_month", "start_year")
_COUNT = "fields_in_all"


@dataclass(frozen=True, slots=True)
class Layout:
    """The template of one collection year: how many fields it has, and which field holds a column (by its number)."""

    year: int
    fields_in_all: int
    fields: Mapping[str, str]


@cache
def layouts() -> tuple[Layout, ...]:
    """Return the template of each year, in order of year."""
    found = []
    fields: dict[str, str] = {}
    for source in sorted((files("pipelines.contracts") / "core").iterdir(), key=lambda entry: entry.name):
        year = _LAYOUT.fullmatch(source.name)
        if year:
            with source.open(encoding="utf-8") as lines:
                fields = fields | {row["column"]: row["field"] for row in csv.DictReader(lines)}
            columns = {column: field for column, field in fields.items() if field and column != _COUNT}
            found.append(Layout(int(year[1]), int(fields[_COUNT]), columns))
    return tuple(found)


def named(rows: Rows) -> Rows:
    """Return the rows of a bulk upload under named headers, with its start date in one cell and its year; others as is.

    Row `n` of the file stays at index `n - 1`. Cells of fields that no contract wants get a blank header.

    Raises RefusedFileError when the template is of no known year.
    """
    at = next((index for index, row in enumerate(rows[:HEADER_ROWS_SEARCHED]) if _holds_numbers(row)), None)
    if at is None:
        return rows
    numbered = [(text, place) for place, cell in enumerate(rows[at]) if _NUMBER.fullmatch(text := cell.strip())]
    layout = _layout_of([text for text, _ in numbered])
    places = dict(numbered)
    width = len(rows[at])
    columns = {places[field]: column for column, field in layout.fields.items() if column not in _START}
    start = [places[layout.fields[part]] for part in _START]
    header = [columns.get(place, "") for place in range(width)]
    year = str(layout.year)
    return [
        *rows[:at],
        [*header, "startdate", "collection_start_year"],
        *(_with_start(row, width, start, year) for row in rows[at + 1 :]),
    ]


def _holds_numbers(row: Sequence[str]) -> bool:
    return bool(row) and bool(_NUMBERS_ROW.search(row[0]))


def _layout_of(numbers: Sequence[str]) -> Layout:
    """Return the layout with that many fields, each of which must be numbered once."""
    for layout in layouts():
        if sorted(map(int, numbers)) == list(range(1, layout.fields_in_all + 1)):
            return layout
    known = ", ".join(f"{layout.fields_in_all} ({layout.year}-{layout.year % 100 + 1})" for layout in layouts())
    raise RefusedFileError(
        f"The file is a CORE bulk upload with {len(numbers)} numbered fields; known templates have {known}.",
        "Use the template of the collection year unchanged, or export the logs from the service.",
    )


def _with_start(row: list[str], width: int, start: Sequence[int], year: str) -> list[str]:
    """Return a row of data with the two further cells; a blank row and one of another width stay as they are."""
    if not any(cell.strip() for cell in row) or len(row) < width or any(cell.strip() for cell in row[width:]):
        return row
    return [*row[:width], _date([row[place].strip() for place in start]), year]


def _date(parts: Sequence[str]) -> str:
    """Return day, month and year (two or four digits) as one text; what is no date stays to be refused as it stands."""
    day, month, year = parts
    if not any(parts):
        return ""
    return f"{day}/{month}/{'20' + year if len(year) == 2 else year}"
