"""What a command gives back, and how figures, tables and times are shown to people.

What belongs here: the type and plain-text formatting. What does not: printing, which `pipelines.cli` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class UsageError(Exception):
    """What was asked for cannot be meant: no such measure, quarter, area or pack. Ends with exit code 2."""


@dataclass(frozen=True)
class Outcome:
    """The result of a command: text for people, data for `--json`, and the exit code."""

    text: str
    data: Mapping[str, Any] = field(default_factory=dict)
    code: int = 0


def in_london(moment: datetime | str) -> str:
    """Return a stored time (UTC, or its ISO text) as people in the counties say it."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M %Z}"


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return an aligned plain-text table; numbers stand right, everything else left, null is empty."""
    texts = [[_cell(value) for value in row] for row in rows]
    numeric = [
        bool(rows) and all(isinstance(row[place], int | float) or row[place] is None for row in rows)
        for place in range(len(headers))
    ]
    widths = [max(len(header), *(len(row[place]) for row in texts), 0) for place, header in enumerate(headers)]
    lines = [headers, ["-" * width for width in widths], *texts]
    return "\n".join(
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return "1 row", "1,234 rows"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def place(path: Path) -> str:
    """Return a path as short as it can be typed from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
