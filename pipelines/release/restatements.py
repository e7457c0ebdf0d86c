"""Restatements: where a later build counts otherwise than what was released, both figures stand side by side.

What belongs here: comparing a build's figures with the latest release of each, and saying why they differ. What does
not: changing what was released, which nothing does; printing (`pipelines.rendering`).

Only figures whose period was over at the release's as-at date are compared: a running year is no restatement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from pipelines.disclosure.observations import KEY as FIGURE_KEY
from pipelines.release.editions import RELEASED
from pipelines.release.ledger import EVENTS, Release, released
from pipelines.settings import Home
from pipelines.warehouse.build import Build
from pipelines.warehouse.database import open_for_reading

# A figure stays the same one when its definition changes: that is a reason for its change.
KEY = tuple(name for name in FIGURE_KEY if name != "definition_version")
COMPARED = ("definition_version", "status", "value")
LATE, CORRECTED, DEFINED = "late record", "correction", "definition"
EVENT = ("person_key", "start_date", "end_date", "quantity", "in_numerator")
SCHEMA = {
    **dict.fromkeys(KEY, pl.String),
    "period_start": pl.Date,
    "release": pl.String,
    "released_on": pl.Date,
    "released_status": pl.String,
    "released_value": pl.Float64,
    "status": pl.String,
    "value": pl.Float64,
    "reason": pl.String,
}


def write_restatements(home: Home, build: Build) -> int:
    """Write `figures/<edition>_restated.parquet` and CSV for each edition, and return how many figures are restated.

    One row per figure of the build that differs from its latest release: the figure's key, `release, released_on,
    released_status, released_value, status, value, reason`. A figure that is hidden in either shows no number.
    """
    number = 0
    for edition in RELEASED:
        rows = restated(released(home, edition), build, edition)
        rows.write_parquet(build.figures / f"{edition}_restated.parquet")
        rows.write_csv(build.figures / f"{edition}_restated.csv")
        number += len(rows)
    return number


def restated(releases: Sequence[Release], build: Build, edition: str) -> pl.DataFrame:
    """Return the figures that differ from the latest of the releases that has them, in the order of their key."""
    now = pl.read_parquet(build.figures / f"{edition}.parquet", columns=[*KEY, *COMPARED])
    seen = pl.DataFrame(schema={name: now.schema[name] for name in KEY})
    parts: list[pl.DataFrame] = []
    for release in reversed(releases):
        then = _over(release).join(seen, on=KEY, how="anti", nulls_equal=True)
        seen = pl.concat([seen, then.select(KEY)])
        both = then.join(now, on=KEY, how="left", suffix="_now", nulls_equal=True, coalesce=True)
        differs = both.filter(
            ~pl.col("status").eq_missing(pl.col("status_now")) | ~pl.col("value").eq_missing(pl.col("value_now"))
        ).filter(pl.col("status_now").is_not_null())
        if len(differs):
            parts.append(_with_reasons(differs, release, build))
    if not parts:
        return pl.DataFrame(schema=SCHEMA)
    return pl.concat(parts).sort(KEY)


def _over(release: Release) -> pl.DataFrame:
    """Return the released figures whose period was over."""
    as_at = date.fromisoformat(release.manifest()["as_at"])
    rows = pl.read_parquet(release.figures, columns=[*KEY, *COMPARED])
    labels = [label for label in rows["period_label"].unique() if last_day(label) <= as_at]
    return rows.filter(pl.col("period_label").is_in(labels))


def last_day(label: str) -> date:
    """Return the last day of a period named `2026-27-Q1`, `2026-06` or `2026-27`; the end of time for another."""
    if quarter := re.fullmatch(r"(\d{4})-\d{2}-Q([1-4])", label):
        months = int(quarter[1]) * 12 + 3 + int(quarter[2]) * 3
    elif month := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", label):
        months = int(month[1]) * 12 + int(month[2])
    elif year := re.fullmatch(r"(\d{4})-(\d{2})", label):
        months = (int(year[1]) + 1) * 12 + 3
    else:
        return date.max
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def _with_reasons(differs: pl.DataFrame, release: Release, build: Build) -> pl.DataFrame:
    events = _Events(release, build)
    reasons = [
        DEFINED if row["definition_version"] != row["definition_version_now"] else events.reason(row)
        for row in differs.iter_rows(named=True)
    ]
    return differs.select(
        *KEY,
        pl.lit(release.name).alias("release"),
        pl.lit(release.approved_at.date() if release.approved_at else None, dtype=pl.Date).alias("released_on"),
        pl.col("status").alias("released_status"),
        pl.col("value").cast(pl.Float64).alias("released_value"),
        pl.col("status_now").alias("status"),
        pl.col("value_now").cast(pl.Float64).alias("value"),
        pl.Series("reason", reasons, dtype=pl.String),
    )


class _Events:
    """The events behind the figures, as released and now: what was not there yet came late, what changed was corrected.

    Restricted; only the reason leaves.
    """

    def __init__(self, release: Release, build: Build) -> None:
        path = release.folder / EVENTS
        then = pl.read_parquet(path) if path.is_file() else pl.DataFrame()
        self.known = path.is_file()
        with open_for_reading(build.warehouse) as connection:
            columns = ", ".join(("measure_id", "authority", "area_code", "record_id", *EVENT))
            now = connection.execute(f"select distinct {columns} from marts.measure_event").pl()
        self._then = self._by_measure(then)
        self._now = self._by_measure(now)

    @staticmethod
    def _by_measure(rows: pl.DataFrame) -> Mapping[tuple[Any, ...], pl.DataFrame]:
        return rows.partition_by(["measure_id", "authority"], as_dict=True) if len(rows) else {}

    def reason(self, row: Mapping[str, Any]) -> str:
        """Return why one figure differs: late records, corrected ones, or both; the program's own change is one too."""
        which = (row["measure_id"], row["authority"])
        first, after = row["period_start"], last_day(row["period_label"]) + timedelta(days=1)
        then, now = (self._in(side.get(which), first, after) for side in (self._then, self._now))
        came = {record for record in now if record not in then}
        changed = {record for record in then if now.get(record) != then[record]}
        reasons = [LATE] * bool(came) + [CORRECTED] * bool(changed or not came)
        return " and ".join(reasons)

    @staticmethod
    def _in(rows: pl.DataFrame | None, first: date, after: date) -> dict[str, list[tuple[Any, ...]]]:
        """Return, by record, its events that touch the period."""
        if rows is None:
            return {}
        starts = pl.col("start_date") < after
        ends = (pl.col("end_date").is_null() & (pl.col("start_date") >= first)) | (pl.col("end_date") > first)
        found: dict[str, list[tuple[Any, ...]]] = {}
        for row in rows.filter(starts & (ends | (pl.col("start_date") >= first))).iter_rows(named=True):
            found.setdefault(row["record_id"], []).append(tuple(str(row[name]) for name in ("area_code", *EVENT)))
        return {record: sorted(events) for record, events in found.items()}
