"""The figures of an edition as a workbook: one sheet a measure, every row with its status and its ids.

What belongs here: which rows and columns it has, and their words. What does not: the look of a workbook
(`pipelines.workbooks`), and which figures may be shown, which is decided before (`public_edition`).

The public workbook holds the whole public edition, as the CSV beside it does. The internal one would have a quarter of
a million rows: it holds the totals of the latest quarter and of the four up to it, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.disclosure.observations import COLUMNS
from pipelines.disclosure.programme import TOTAL
from pipelines.disclosure.status import VALUE
from pipelines.editions import EDITIONS, INTERNAL
from pipelines.workbooks import workbook

MEASURES, NOTES = "Measures", "Notes"
# Headings in words, then the columns of the figures file under their own names.
SHOWN = (
    "Council",
    "Area",
    "Period",
    "Broken down by",
    "Category",
    "Counted",
    "Figure",
    "Status",
    "Why not shown",
)
# No cell is blank: a reader who cannot see the sheet would not know whether something is missing.
IS_SHOWN, NOT_PRINTED = "it is shown", "none printed"
NUMBERS = ("numerator", "denominator", "senders_received", "senders_expected")
IDS = tuple(name for name in COLUMNS if name != "value")
KINDS = {
    "quarter": "quarter",
    "rolling_4q": "four quarters",
    "ytd": "year to date",
    "month": "month",
}


def write_workbook(target: Path, figures: pl.DataFrame, labels: pl.DataFrame, *, edition: str, build_id: str) -> int:
    """Write the figures of one edition and return the number of rows.

    Args:
        target: The workbook.
        figures: The figures as the CSV has them: a marker such as `[c]` wherever a status shows no number.
        labels: The words that they are printed under (`labels.parquet`).
        edition: `public` or `internal`.
        build_id: The build, for the cover.
    """
    held = _latest_totals(figures) if edition == INTERNAL else figures
    words = _Words(labels)
    tables = sorted(held.partition_by("measure_id", as_dict=True).items(), key=lambda one: words.order(str(one[0][0])))
    named = [(f"Table {place}", str(measure), rows) for place, ((measure,), rows) in enumerate(tables, start=1)]
    authorities = [words.of("authority", one) for one in sorted(held["authority"].unique())]
    title = f"Figures of {' and '.join(authorities)}"
    as_at: date | None = held["as_at"].max()  # type: ignore[assignment]
    made_at = datetime.combine(as_at or date(2000, 1, 1), time(), UTC)
    with workbook(target, f"{title}, {EDITIONS[edition]}", made_at) as book:
        book.cover(title, _cover(edition, build_id, as_at, complete=len(held) == len(figures)))
        book.contents([(name, words.of("measure", measure)) for name, measure, _ in named])
        book.table(NOTES, "Status of a figure, and the symbol in its place", *_statuses(labels), numbers=())
        book.table(
            MEASURES, "What each table counts", *_measures(labels, [measure for _, measure, _ in named]), numbers=()
        )
        for name, measure, rows in named:
            lines = [_line(row, words) for row in rows.iter_rows(named=True)]
            numbers = [SHOWN.index("Figure"), *(len(SHOWN) + IDS.index(one) for one in NUMBERS)]
            book.table(name, f"{name}: {words.of('measure', measure)}", [*SHOWN, *IDS], lines, numbers=numbers)
    return len(held)


def _latest_totals(figures: pl.DataFrame) -> pl.DataFrame:
    """Return the totals of each authority's latest quarter that any data reach, and of the four quarters up to it."""
    totals = figures.filter(pl.col("breakdown") == TOTAL, pl.col("period_kind").is_in(["quarter", "rolling_4q"]))
    reached = totals.filter(pl.col("period_start") <= pl.col("as_at").max())
    latest = reached.group_by("authority", "period_kind").agg(pl.col("period_start").max())
    return totals.join(latest, on=latest.columns, how="semi", maintain_order="left")


def _cover(edition: str, build_id: str, as_at: date | None, *, complete: bool) -> list[str]:
    held = (
        "This workbook holds every figure of the edition."
        if complete
        else "This workbook holds the totals of the latest quarter and of the four quarters up to it, for every area. "
        "Breakdowns and other periods are in the file of the same name that ends in .csv."
    )
    return [
        EDITIONS[edition],
        f"Build {build_id}; data as at {as_at or 'a day that is not known'} by the sender that is furthest on.",
        "Whether these figures are released stands in the ledger: lasting-homes verify, with this file, says so.",
        held,
        f"Each measure has a sheet of its own; “Contents” leads to them and “{MEASURES}” says what each counts.",
        f"Every row has a status, which “{NOTES}” explains: a symbol stands where no number is shown, never a blank.",
        "The last columns are those of the .csv file, under the same names, for programs.",
    ]


def _statuses(labels: pl.DataFrame) -> tuple[list[str], list[list[str]]]:
    rows = labels.filter(kind="status").sort("sort_order").select("key", "label", "definition").rows()
    return ["Status", "Symbol", "Meaning"], [[str(cell or "") for cell in row] for row in rows]


def _measures(labels: pl.DataFrame, listed: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    columns = ["key", "label", "definition", "clause", "definition_version", "unit", "polarity"]
    rows = {row["key"]: row for row in labels.filter(kind="measure").select(columns).iter_rows(named=True)}
    headings = ["Measure", "Title", "Definition", "Clause", "Version", "Unit", "Which way is better"]
    return headings, [[str(rows.get(one, {}).get(name) or "") for name in columns] for one in listed]


def _line(row: Mapping[str, Any], words: _Words) -> list[str]:
    """Return the cells of one figure: its words, then its ids."""
    shown = [
        words.of("authority", row["authority"]),
        words.of("area", row["area_code"]),
        f"{row['period_label']} ({KINDS[row['period_kind']]})",
        words.of("breakdown", row["breakdown"]),
        words.value(row["measure_id"], row["breakdown"], row["breakdown_value"]),
        words.of("statistic", row["statistic"]),
        row["value"],
        row["status"],
        row["reason"] if row["status"] != VALUE else IS_SHOWN,
    ]
    return [NOT_PRINTED if cell is None else str(cell) for cell in (*shown, *(row[name] for name in IDS))]


class _Words:
    """The labels of keys; a key without one stands for itself."""

    def __init__(self, labels: pl.DataFrame) -> None:
        self._rows: dict[tuple[str, str | None, str | None, str], dict[str, Any]] = {}
        for row in labels.iter_rows(named=True):
            owner = row["measure_id"] if row["kind"] == "breakdown_value" else None
            self._rows[row["kind"], owner, row["breakdown"], row["key"]] = row

    def of(self, kind: str, key: str) -> str:
        row = self._rows.get((kind, None, None, key), {})
        return str(row.get("label") or key)

    def value(self, measure: str, breakdown: str, value: str) -> str:
        for owner in (measure, "*"):
            row = self._rows.get(("breakdown_value", owner, breakdown, value))
            if row is not None and row["label"]:
                return str(row["label"])
        return value

    def order(self, measure: str) -> tuple[float, str]:
        """Return where a measure stands among all."""
        place = self._rows.get(("measure", None, None, measure), {}).get("sort_order")
        return (float("inf") if place is None else float(place)), measure
