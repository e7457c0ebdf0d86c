"""Every table of a pack as a workbook that people and programs can read alike.

What belongs here: the sheets and their order, how a cell's text becomes a number, and the status of what is no number.
What does not: which tables a pack has (`story.tables`) and what they say.

The workbook follows the Analysis Function's guidance on releasing statistics in spreadsheets: a cover, contents and
notes; one table a sheet, marked as a table, that begins in column A; symbols in place of hidden numbers, never blanks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from pipelines.rendering.story.figures import MARKERS
from pipelines.rendering.story.tables import Cell, TableShown

COVER, CONTENTS, NOTES, FIGURES = "Cover", "Contents", "Notes", "Figures"
STATUS = "Status"
SHOWN = "value"
FONT = "IBM Plex Sans"
NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})*(?:\.\d+)?|-?\d+(?:\.\d+)?")
SHARE = re.compile(r"(\d+(?:\.\d+)?)%")
STATUSES = {text: status for status, text in MARKERS.items()}
HEADER_ROW = 3
"""The row of a table's headings, counted from zero: above it its caption, the way back, and an empty line."""
WIDEST = 60
NARROWEST = 9


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
    with xlsxwriter.Workbook(str(target), {"in_memory": True}) as workbook:
        workbook.set_properties({"title": f"{title}, {said['quarter']}", "created": made_at.replace(tzinfo=None)})
        writer = _Writer(workbook)
        numbered = [(f"Table {place}", table) for place, table in enumerate(tables, start=1)]
        writer.cover(title, said)
        writer.contents(numbered)
        writer.notes(symbols)
        for sheet, table in numbered:
            writer.table(sheet, table)
        writer.figures(numbered)


def status_of(text: str) -> str:
    """Return the status that a figure's text tells: "value", or that of its symbol."""
    return STATUSES.get(text, SHOWN)


def number_of(text: str) -> tuple[float, str] | None:
    """Return the number that a text shows and Excel's format for it; None where it is words or a symbol."""
    if NUMBER.fullmatch(text):
        digits = len(text.partition(".")[2])
        return float(text.replace(",", "")), "#,##0" + (f".{'0' * digits}" if digits else "")
    share = SHARE.fullmatch(text)
    if share is None:
        return None
    digits = len(share[1].partition(".")[2])
    return round(float(share[1]) / 100, digits + 2), "0" + (f".{'0' * digits}" if digits else "") + "%"


class _Writer:
    """Writes sheets with the workbook's formats."""

    def __init__(self, workbook: Any) -> None:
        self._book = workbook
        self._formats: dict[str, Any] = {}

    def cover(self, title: str, said: Mapping[str, str]) -> None:
        """Write what the workbook is, and how to read it."""
        sheet = self._sheet(COVER)
        sheet.set_column(0, 0, 100, self._format(wrap=True))
        lines = [
            "This workbook holds every table of the pack. Each table has a sheet of its own; “Contents” leads to them.",
            f"Cells of a table show what the pack shows. The last column, “{STATUS}”, says whether every number of the "
            "row is shown; where one is not, it names the column and the status of the figure.",
            f"“{FIGURES}” lists every figure once, with its id, its text and its status, for programs.",
            f"“{NOTES}” explains the symbols that stand in place of numbers.",
        ]
        sheet.write_string(0, 0, title, self._format(size=18))
        about = (said["status"], said["edition"], said["quarter"], said["as-at"])
        for row, words in enumerate((*about, *lines), start=1):
            sheet.write_string(row, 0, words, self._format(bold=row == 1, wrap=True))

    def contents(self, numbered: Sequence[tuple[str, TableShown]]) -> None:
        """Write the list of the tables, each with a link to its sheet."""
        rows = [[name, table.caption] for name, table in numbered]
        sheet = self._listing(CONTENTS, "Contents", ["Sheet", "Table"], rows)
        for row, (name, _) in enumerate(numbered, start=HEADER_ROW + 1):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self._format(link=True), name)

    def notes(self, symbols: Sequence[tuple[str, str]]) -> None:
        """Write the symbols, the status that each stands for, and their meaning."""
        rows = [[symbol, status_of(symbol), meaning] for symbol, meaning in symbols]
        self._listing(NOTES, "Symbols in place of a number", ["Symbol", STATUS, "Meaning"], rows)

    def table(self, name: str, table: TableShown) -> None:
        """Write one table of the pack, with a last column of statuses."""
        sheet = self._sheet(name)
        self._head(sheet, f"{name}: {table.caption}")
        headings = [*_distinct(table.columns), STATUS]
        rows = [[*row, Cell(_row_status(headings, row))] for row in table.rows]
        self._grid(sheet, name, headings, rows, bold_last=table.has_total)

    def figures(self, numbered: Sequence[tuple[str, TableShown]]) -> None:
        """Write every figure of every table: where it stands, its text and status, and its id."""
        rows = [
            [Cell(name), row[0], Cell(heading), cell, Cell(status_of(cell.text)), Cell(cell.figure_id)]
            for name, table in numbered
            for row in table.rows
            for heading, cell in zip(_distinct(table.columns), row, strict=True)
            if cell.figure_id
        ]
        sheet = self._sheet(FIGURES)
        self._head(sheet, "Every figure of the tables, with its status and its id")
        self._grid(sheet, FIGURES, ["Sheet", "Row", "Column", "Figure", STATUS, "Figure id"], rows)

    def _listing(self, name: str, caption: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Worksheet:
        sheet = self._sheet(name)
        self._head(sheet, caption, back=name != CONTENTS)
        self._grid(sheet, name, headings, [[Cell(text) for text in row] for row in rows])
        return sheet

    def _sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _head(self, sheet: Worksheet, caption: str, *, back: bool = True) -> None:
        sheet.write_string(0, 0, caption, self._format(bold=True, size=13))
        if back:
            sheet.write_url(1, 0, f"internal:'{CONTENTS}'!A1", self._format(link=True), "Back to the contents")

    def _grid(
        self,
        sheet: Worksheet,
        name: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        *,
        bold_last: bool = False,
    ) -> None:
        """Write headings and rows from `HEADER_ROW` on and mark them as one table."""
        last = HEADER_ROW + max(len(rows), 1)
        columns = [{"header": heading, "header_format": self._format(bold=True, wrap=True)} for heading in headings]
        style = {
            "columns": columns,
            "name": name.replace(" ", "_"),
            "autofilter": False,
            "style": "Table Style Light 1",
        }
        sheet.add_table(HEADER_ROW, 0, last, len(headings) - 1, style)
        for place, row in enumerate(rows, start=HEADER_ROW + 1):
            bold = bold_last and place == last
            for column, cell in enumerate(row):
                self._write(sheet, place, column, cell.text, bold=bold)
        for column, heading in enumerate(headings):
            longest = max([len(heading) * 0.6, *(len(row[column].text) for row in rows)])
            sheet.set_column(column, column, min(max(longest + 2, NARROWEST), WIDEST))
        sheet.freeze_panes(HEADER_ROW + 1, 1)

    def _write(self, sheet: Worksheet, row: int, column: int, text: str, *, bold: bool) -> None:
        number = number_of(text) if column else None
        if number is None:
            right = column > 0 and text in STATUSES
            sheet.write_string(row, column, text, self._format(bold=bold, wrap=not right, right=right))
        else:
            sheet.write_number(row, column, number[0], self._format(bold=bold, number=number[1]))

    def _format(self, **wanted: Any) -> Any:
        """Return one format for each set of wishes: bold, wrap, right, link, size, number."""
        key = repr(sorted(wanted.items()))
        if key not in self._formats:
            look: dict[str, Any] = {"font_name": FONT, "font_size": wanted.get("size", 11), "valign": "top"}
            look |= {"bold": True} if wanted.get("bold") or wanted.get("size") else {}
            look |= {"text_wrap": True} if wanted.get("wrap") else {}
            look |= {"align": "right"} if wanted.get("right") else {}
            look |= {"font_color": "#12436d", "underline": 1} if wanted.get("link") else {}
            look |= {"num_format": wanted["number"]} if "number" in wanted else {}
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]


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
