"""Workbooks that people and programs can read alike.

What belongs here: the sheets that every workbook has and their look: a cover, contents, listings, and tables of which
each has a sheet of its own. What does not: what stands in them.

They follow the Analysis Function's guidance on releasing statistics in spreadsheets: a cover, contents and notes; one
table a sheet, marked as a table, that begins in column A; symbols in place of hidden numbers, never blanks. No cell is
a formula: text is written as text, whatever it begins with.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

COVER, CONTENTS = "Cover", "Contents"
FONT = "IBM Plex Sans"
NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})*(?:\.\d+)?|-?\d+(?:\.\d+)?")
SHARE = re.compile(r"(\d+(?:\.\d+)?)%")
SYMBOL = re.compile(r"\[[a-z]+\]")
HEADER_ROW = 3
"""The row of a table's headings, counted from zero: above it its caption, the way back, and an empty line."""
WIDEST = 60
NARROWEST = 9


@contextmanager
def workbook(target: Path, title: str, made_at: datetime) -> Iterator[Workbook]:
    """Give a workbook to write, and close it.

    Args:
        target: The file.
        title: What its properties say.
        made_at: The time written into the file, so that the same content gives the same bytes.
    """
    with xlsxwriter.Workbook(str(target), {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
        yield Workbook(book)


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


class Workbook:
    """Writes sheets, in the order in which they are asked for."""

    def __init__(self, book: Any) -> None:
        """Write into `book`, which `workbook` opens and closes."""
        self._book = book
        self._formats: dict[str, Any] = {}
        self._numbers: dict[tuple[bool, str], Any] = {}

    def cover(self, title: str, lines: Sequence[str]) -> None:
        """Write what the workbook is and how to read it, one line a row; the first line stands out."""
        sheet = self._sheet(COVER)
        sheet.set_column(0, 0, 100, self._format(wrap=True))
        sheet.write_string(0, 0, title, self._format(size=18))
        for row, words in enumerate(lines, start=1):
            sheet.write_string(row, 0, words, self._format(bold=row == 1, wrap=True))

    def contents(self, listed: Sequence[tuple[str, str]]) -> None:
        """Write the list of the tables, each with a link to its sheet."""
        sheet = self.table(CONTENTS, "Contents", ["Sheet", "Table"], listed)
        for row, (name, _) in enumerate(listed, start=HEADER_ROW + 1):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self._format(link=True), name)

    def table(  # noqa: PLR0913 - what a table has
        self,
        name: str,
        caption: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        numbers: Collection[int] | None = None,
        bold_last: bool = False,
    ) -> Worksheet:
        """Write one table on a sheet of its own, and return the sheet.

        Args:
            name: The sheet's name.
            caption: What stands above the table.
            headings: No two alike.
            rows: Texts; what reads as a number becomes one.
            numbers: The columns, from 0, of which that is true; all but the first without it.
            bold_last: Whether the last row is a total.
        """
        sheet = self._sheet(name)
        sheet.write_string(0, 0, caption, self._format(bold=True, size=13))
        if name != CONTENTS:
            sheet.write_url(1, 0, f"internal:'{CONTENTS}'!A1", self._format(link=True), "Back to the contents")
        last = HEADER_ROW + max(len(rows), 1)
        columns = [{"header": heading, "header_format": self._format(bold=True, wrap=True)} for heading in headings]
        style = {
            "columns": columns,
            "name": name.replace(" ", "_"),
            "autofilter": False,
            "style": "Table Style Light 1",
        }
        sheet.add_table(HEADER_ROW, 0, last, len(headings) - 1, style)
        counted = frozenset(range(1, len(headings)) if numbers is None else numbers)
        words = [self._format(bold=bold, wrap=True) for bold in (False, True)]
        symbols = [self._format(bold=bold, right=True) for bold in (False, True)]
        for place, row in enumerate(rows, start=HEADER_ROW + 1):
            bold = bold_last and place == last
            for column, text in enumerate(row):
                number = number_of(text) if column in counted else None
                if number is None:
                    right = column in counted and SYMBOL.fullmatch(text) is not None
                    sheet.write_string(place, column, text, symbols[bold] if right else words[bold])
                else:
                    sheet.write_number(place, column, number[0], self._number(bold, number[1]))
        for column, heading in enumerate(headings):
            longest = max([len(heading) * 0.6, *(len(row[column]) for row in rows)])
            sheet.set_column(column, column, min(max(longest + 2, NARROWEST), WIDEST))
        sheet.freeze_panes(HEADER_ROW + 1, 1)
        return sheet

    def _sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _number(self, bold: bool, form: str) -> Any:
        """Return the format of a number; asked for once a cell, so that it is kept under what tells it apart."""
        key = (bold, form)
        if key not in self._numbers:
            self._numbers[key] = self._format(bold=bold, number=form)
        return self._numbers[key]

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
