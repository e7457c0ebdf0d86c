"""Markdown that pandoc and Quarto read alike: text, pipe tables and pictures.

What belongs here: how a table, a picture or a special character is written down. What does not: what stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~^$@])")
TOTAL_DASHES = 120
"""Wide enough that pandoc gives a pipe table the relative widths of its dashes, instead of none."""


class Markdown(str):
    """Text that a notebook cell shows as Markdown and never as HTML."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, its share of the width, and whether it holds numbers (set right)."""

    heading: str
    width: int = 1
    numbers: bool = True


def escape(text: str) -> str:
    """Return `text` so that Markdown shows it letter by letter."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def table(
    name: str,
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    *,
    total: Sequence[str] | None = None,
) -> Markdown:
    """Return a pipe table of plain text. The first cell of each row is its heading; `total` is a last row in bold.

    Its id is `table-` and `name`: unlike a heading's, and not one that begins with `tbl-`, which Quarto would number.
    """
    unit = max(3, TOTAL_DASHES // sum(column.width for column in columns))
    dashes = (_dashes(column.width * unit, column.numbers) for column in columns)
    lines = [_row(escape(column.heading) for column in columns), "|" + "|".join(dashes) + "|"]
    lines += [_row(escape(cell) for cell in row) for row in rows]
    if total is not None:
        lines.append(_row(f"**{escape(cell)}**" for cell in total))
    return Markdown("\n".join((*lines, "", f": {escape(caption)} {{#table-{name}}}")))


def _dashes(width: int, numbers: bool) -> str:
    return "-" * (width - 1) + ":" if numbers else ":" + "-" * (width - 1)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def picture(path: str, alternative: str, caption: str) -> str:
    """Return a picture with a caption for everyone and an alternative text for who cannot see it.

    The path has no extension: each format adds its own (`default-image-extension`).
    """
    return f'![{escape(caption)}]({path}){{fig-alt="{alternative.replace(chr(34), chr(39))}" .inline-svg}}'


def beside(*blocks: str) -> Markdown:
    """Return blocks that stand side by side where there is room: a chart and its table."""
    return Markdown("\n\n".join(("::: {.beside}", *blocks, ":::")))


def paragraphs(*blocks: str) -> Markdown:
    """Return the blocks, one after the other; empty ones are left out."""
    return Markdown("\n\n".join(block for block in blocks if block))


def bullets(lines: Sequence[str]) -> Markdown:
    """Return a bulleted list of lines that are Markdown already."""
    return Markdown("\n".join(f"- {line}" for line in lines))
