"""A build with a few hand-made observations, and the project's own seeds."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
SEED_FILES = (
    "measures/measures",
    "measures/obligations",
    "measures/breakdown_value",
    "protocol/authority",
    "protocol/area",
    "protocol/scheme",
)
KENT, ASHFORD, CANTERBURY, DARTFORD = "E10000016", "E07000105", "E07000106", "E07000107"
COLUMNS = {
    "measure_id": pl.String,
    "definition_version": pl.String,
    "authority": pl.String,
    "area_code": pl.String,
    "period_kind": pl.String,
    "period_start": pl.Date,
    "period_label": pl.String,
    "breakdown": pl.String,
    "breakdown_value": pl.String,
    "statistic": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "value": pl.Float64,
    "as_at": pl.Date,
    "senders_received": pl.Int64,
    "senders_expected": pl.Int64,
    "coverage": pl.String,
}


def observation(number: float | None = None, **changed: Any) -> dict[str, Any]:
    """Private-sector moves of Kent in April to June 2026, all people, unless told otherwise."""
    row: dict[str, Any] = {
        "measure_id": "private_sector_moves",
        "definition_version": "1",
        "authority": "kent",
        "area_code": KENT,
        "period_kind": "quarter",
        "period_start": date(2026, 4, 1),
        "period_label": "2026-27-Q1",
        "breakdown": "total",
        "breakdown_value": "total",
        "statistic": "people",
        "numerator": number,
        "denominator": None,
        "value": None if number is None else float(number),
        "as_at": date(2026, 9, 30),
        "senders_received": 3,
        "senders_expected": 3,
        "coverage": "complete" if number is not None else "not_available",
    }
    return row | changed


def by_area(statistic: str, numbers: Mapping[str, float | None], **changed: Any) -> list[dict[str, Any]]:
    """One observation per area."""
    return [observation(number, area_code=area, statistic=statistic, **changed) for area, number in numbers.items()]


def make_build(folder: Path, rows: Iterable[dict[str, Any]], *, change_seeds: str = "") -> Path:
    """Write `folder/warehouse.duckdb` and return the folder; `change_seeds` is SQL run on the schema `seeds`."""
    folder.mkdir(exist_ok=True)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create schema marts; create schema seeds")
        connection.register("rows", pl.DataFrame(list(rows), COLUMNS, orient="row"))
        connection.execute("create table marts.measure_observation as select * from rows")
        for name in SEED_FILES:
            path = SEEDS / f"{name}.csv"
            connection.execute(
                f"create table seeds.{path.stem} as select * from read_csv('{path}', all_varchar = true)"
            )
        if change_seeds:
            connection.execute(change_seeds)
    return folder


def figures(build: Path, edition: str) -> pl.DataFrame:
    return pl.read_parquet(build / "figures" / f"{edition}.parquet")


def statuses(build: Path, edition: str = "public", by: str = "area_code") -> dict[str, str]:
    return dict(figures(build, edition).select(by, "status").iter_rows())
