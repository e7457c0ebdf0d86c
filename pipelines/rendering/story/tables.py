"""The tables of a pack as data, for its spreadsheet: every cell's text, and the figure that it shows.

What belongs here: what is kept of a table besides its Markdown, and the file it is kept in. What does not: the words of
a table (the section that makes it), and how a workbook looks (`pipelines.rendering.spreadsheet`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.rendering.story.markdown import Column

TABLES_SHOWN = "tables.json"


class Shown(str):
    """The text of a figure as the pack shows it, which remembers the figure's id."""

    __slots__ = ("figure_id",)
    figure_id: str

    def __new__(cls, text: str, figure_id: str) -> Shown:
        """Return the text with the id of its figure."""
        made = super().__new__(cls, text)
        made.figure_id = figure_id
        return made


@dataclass(frozen=True)
class Cell:
    """One cell: its text, and the id of the figure it shows, empty where it is words."""

    text: str
    figure_id: str = ""


@dataclass(frozen=True)
class TableShown:
    """One table of a pack.

    Attributes:
        name: The table's name, with which its id in the page ends.
        caption: What it is a table of.
        columns: The headings; the first is that of the rows' own headings.
        rows: The cells of each row, as many as there are columns.
        has_total: Whether the last row stands for everything above it.
    """

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    has_total: bool = False


def table_shown(
    name: str, caption: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], total: Sequence[str] | None
) -> TableShown:
    """Return a table as data; the arguments are those of `markdown.table`."""
    every_row = [*rows, *([total] if total is not None else [])]
    return TableShown(
        name,
        caption,
        tuple(column.heading for column in columns),
        tuple(tuple(Cell(str(text), getattr(text, "figure_id", "")) for text in row) for row in every_row),
        total is not None,
    )


def write_tables(path: Path, tables: Sequence[TableShown]) -> None:
    """Write the tables of a pack, in reading order."""
    path.write_text(json.dumps([asdict(one) for one in tables], ensure_ascii=False) + "\n", encoding="utf-8")


def read_tables(path: Path) -> list[TableShown]:
    """Return the tables that `write_tables` wrote."""
    return [
        TableShown(
            one["name"],
            one["caption"],
            tuple(one["columns"]),
            tuple(tuple(Cell(**cell) for cell in row) for row in one["rows"]),
            one["has_total"],
        )
        for one in json.loads(path.read_text(encoding="utf-8"))
    ]
