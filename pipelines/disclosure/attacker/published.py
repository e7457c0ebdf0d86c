"""Reading published figures, as CSV or Parquet, and the labels that say how each measure is counted.

What belongs here: the bytes, and what each row prints. What does not: what follows from it (`knowledge`).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl


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
        numerator, denominator: The numbers, None where none is printed.
    """

    name: Name
    start: date
    status: str
    numerator: int | None
    denominator: int | None


@dataclass(frozen=True)
class Words:
    """What the labels say: the area code of each authority's own row, and how each measure is counted."""

    county_of: dict[str, str]
    counted_as: dict[str, str]


def read_lines(path: Path) -> list[Line]:
    """Return the rows of `public.csv` or `public.parquet`.

    Raises:
        UnreadableFiguresError: The file is missing, or has not the columns of figures.
    """
    try:
        rows = _of_csv(path) if path.suffix == ".csv" else pl.read_parquet(path).iter_rows(named=True)
        return [_line(row) for row in rows]
    except (OSError, KeyError, ValueError, pl.exceptions.PolarsError) as error:
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
        yield from csv.DictReader(lines)


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
    )


def _number(printed: object) -> int | None:
    text = str(printed)
    return int(text) if text.isdigit() else None
