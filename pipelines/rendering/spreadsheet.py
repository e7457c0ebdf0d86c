"""Every table of a pack as a workbook that people and programs can read alike.

What belongs here: the sheets and their order, and the status of what is no number. What does not: which tables a pack
has (`story.tables`) and what they say, and the look of a workbook (`pipelines.workbooks`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pipelines.rendering.story.figures import MARKERS
from pipelines.rendering.story.tables import Cell, TableShown
from pipelines.workbooks import Workbook, workbook

NOTES, FIGURES = "Notes", "Figures"
STATUS = "Status"
SHOWN = "value"
STATUSES = {text: status for status, text in MARKERS.items()}


def write_workbook(  # noqa: PLR0913 - each keyword is one thing that the cover says
    target: Path,
    tables: Sequence[TableShown],
    *,
    title: str,
    said: Mapping[str, str],
    symbols: Sequence[tuple[str, str]],
    made_at: datetime,
) -> None:
    """Write the tables of one pack.

    Args:
        target: The workbook.
        tables: The tables in reading order.
        title: The pack's title, with whose it is.
        said: What stands on every page of the pack: status, edition, quarter, as-at.
        symbols: Each symbol in place of a number, and its meaning.
        made_at: The time written into the file, so that the same build gives the same bytes.
    """
    numbered = [(f"Table {place}", table) for place, table in enumerate(tables, start=1)]
    with workbook(target, f"{title}, {said['quarter']}", made_at) as book:
        book.cover(title, _cover(said))
        book.contents([(name, table.caption) for name, table in numbered])
        meanings = [[symbol, status_of(symbol), meaning] for symbol, meaning in symbols]
        book.table(NOTES, "Symbols in place of a number", ["Symbol", STATUS, "Meaning"], meanings)
        for name, table in numbered:
            _table(book, name, table)
        _figures(book, numbered)


def status_of(text: str) -> str:
    """Return the status that a figure's text tells: "value", or that of its symbol."""
    return STATUSES.get(text, SHOWN)


def _cover(said: Mapping[str, str]) -> list[str]:
    """Return what the workbook is, and how to read it."""
    return [
        *(said[name] for name in ("status", "edition", "quarter", "as-at")),
        "This workbook holds every table of the pack. Each table has a sheet of its own; “Contents” leads to them.",
        f"Cells of a table show what the pack shows. The last column, “{STATUS}”, says whether every number of the "
        "row is shown; where one is not, it names the column and the status of the figure.",
        f"“{FIGURES}” lists every figure once, with its id, its text and its status, for programs.",
        f"“{NOTES}” explains the symbols that stand in place of numbers.",
    ]


def _table(book: Workbook, name: str, table: TableShown) -> None:
    """Write one table of the pack, with a last column of statuses."""
    headings = [*_distinct(table.columns), STATUS]
    rows = [[*(cell.text for cell in row), _row_status(headings, row)] for row in table.rows]
    book.table(name, f"{name}: {table.caption}", headings, rows, bold_last=table.has_total)


def _figures(book: Workbook, numbered: Sequence[tuple[str, TableShown]]) -> None:
    """Write every figure of every table: where it stands, its text and status, and its id."""
    rows = [
        [name, row[0].text, heading, cell.text, status_of(cell.text), cell.figure_id]
        for name, table in numbered
        for row in table.rows
        for heading, cell in zip(_distinct(table.columns), row, strict=True)
        if cell.figure_id
    ]
    headings = ["Sheet", "Row", "Column", "Figure", STATUS, "Figure id"]
    book.table(FIGURES, "Every figure of the tables, with its status and its id", headings, rows)


def _distinct(headings: Sequence[str]) -> list[str]:
    """Return headings of which no two are alike, as a table in a workbook wants."""
    seen: dict[str, int] = {}
    distinct = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        distinct.append(heading if seen[heading] == 1 else f"{heading} ({seen[heading]})")
    return distinct


def _row_status(headings: Sequence[str], row: Sequence[Cell]) -> str:
    """Return "value" where every figure of a row is shown, else each column that is not, with its status."""
    hidden = [
        f"{heading}: {status_of(cell.text)}"
        for heading, cell in zip(headings, row, strict=False)
        if cell.text in STATUSES
    ]
    return "; ".join(hidden) or SHOWN
