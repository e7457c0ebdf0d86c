"""Reading published figures, as CSV, Parquet or workbook, and the labels that say how each measure is counted.

What belongs here: the bytes, and what each row prints. What does not: what follows from it (`knowledge`).
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook


class UnreadableFiguresError(Exception):
    """Published figures cannot be read, so nothing can be said of their safety."""


@dataclass(frozen=True, order=True)
class Name:
    """What a figure counts: the columns of its key."""

    measure: str
    authority: str
    area: str
    kind: str
    label: str
    breakdown: str
    value: str
    statistic: str

    def changed(self, **parts: str) -> "Name":
        """Return the name of a neighbour."""
        return Name(**{**self.__dict__, **parts})

    @property
    def table(self) -> tuple[str, str, str, str]:
        """The table that it stands in: one measure of one authority in one period."""
        return self.measure, self.authority, self.kind, self.label


@dataclass(frozen=True)
class Line:
    """One row as printed.

    Attributes:
        name: What it counts.
        start: The first day of its period.
        status: value, c, x, z or low.
        numerator, denominator: The counts, None where none is printed.
        value: What is printed as the figure itself; a share from 0 to 1.
    """

    name: Name
    start: date
    status: str
    numerator: int | None
    denominator: int | None
    value: float | None


@dataclass(frozen=True)
class Words:
    """What the labels say: the area code of each authority's own row, and how each measure is counted."""

    county_of: dict[str, str]
    counted_as: dict[str, str]


def read_lines(path: Path) -> list[Line]:
    """Return the rows of `public.csv`, `public.parquet` or `public.xlsx`.

    Raises:
        UnreadableFiguresError: The file is missing, or has not the columns of figures.
    """
    try:
        return [_line(row) for row in _READERS[path.suffix](path)]
    except (OSError, KeyError, ValueError, pl.exceptions.PolarsError, CalamineError) as error:
        raise UnreadableFiguresError(f"{path.name} cannot be read as published figures ({error}).") from error


def read_words(path: Path) -> Words:
    """Return what `labels.parquet` says.

    Raises:
        UnreadableFiguresError: The file is missing or is not of that form.
    """
    try:
        labels = pl.read_parquet(path, columns=["kind", "key", "parent", "measure_id", "counted_as"])
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UnreadableFiguresError(f"{path.name}, which names the areas, cannot be read ({error}).") from error
    authorities = labels.filter(kind="authority").select("key", "parent").iter_rows()
    measures = labels.filter(pl.col("kind") == "measure", pl.col("counted_as").is_not_null())
    return Words(dict(authorities), dict(measures.select(pl.coalesce("measure_id", "key"), "counted_as").iter_rows()))


def _of_csv(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        missing = {"measure_id", "status", "numerator", "denominator", "value"} - set(rows.fieldnames or ())
        if missing:
            raise KeyError(*sorted(missing))
        yield from rows


def _of_workbook(path: Path) -> Iterator[dict[str, Any]]:
    """Return the rows of every sheet that is a table of figures: under its headings stand the columns of the CSV."""
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        lines = book.get_sheet_by_name(name).to_python()
        for place, headings in enumerate(lines):
            if set(headings) >= _KEY:
                for line in lines[place + 1 :]:
                    row = {str(heading): _printed(cell) for heading, cell in zip(headings, line, strict=True)}
                    yield {**row, "status": row["Status"], "value": row["Figure"]}
                break


def _printed(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


_KEY = {"measure_id", "authority", "area_code", "period_kind", "breakdown_value", "statistic", "Figure", "Status"}
_READERS: dict[str, Callable[[Path], Iterator[dict[str, Any]]]] = {
    ".csv": _of_csv,
    ".parquet": lambda path: pl.read_parquet(path).iter_rows(named=True),
    ".xlsx": _of_workbook,
}


def _line(row: dict[str, Any]) -> Line:
    start = row["period_start"]
    return Line(
        Name(
            row["measure_id"],
            row["authority"],
            row["area_code"],
            row["period_kind"],
            row["period_label"],
            row["breakdown"],
            row["breakdown_value"],
            row["statistic"],
        ),
        start if isinstance(start, date) else date.fromisoformat(start),
        row["status"],
        _number(row["numerator"]),
        _number(row["denominator"]),
        _value(row["value"]),
    )


def _number(printed: object) -> int | None:
    text = str(printed)
    return int(text) if text.isdigit() else None


def _value(printed: object) -> float | None:
    text = str(printed)
    return float(text) if text[:1].isdigit() else None
