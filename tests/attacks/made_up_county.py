"""A county of small counts, drawn at random: events first, then observations as the warehouse would count them.

It has measures and breakdowns that the public edition lists, and kinds of period that it does not.

Every total is counted from the events, so what should add up does. Nobody in here exists.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
SEED_FILES = (
    "measures/measures",
    "measures/obligations",
    "measures/breakdown_value",
    "protocol/authority",
    "protocol/area",
    "protocol/scheme",
)
COUNTY = "E10000017"
DISTRICTS = [f"E070001{number:02}" for number in range(17, 29)]
FORMER_UASC = ["yes", "no", "not_known"]
BREAKDOWNS = {
    "homeless_presentations": {
        "category": ["threatened", "already_homeless", "no_duty", "not_assessed"],
        "former_uasc": FORMER_UASC,
    },
    "bnb_nights": {
        "tier": ["county", "district", "both"],
        "age_band": ["16_17", "18_20", "21_24"],
        "ordinal": ["1", "2", "3_or_more"],
        "former_uasc": FORMER_UASC,
    },
    "accommodation_now": {
        "kind_of_home": ["supported", "social_general_needs", "private_rented", "family", "custody", "not_known"],
        "suitability": ["suitable", "unsuitable", "not_known"],
        "former_uasc": FORMER_UASC,
    },
}
STATISTICS = {
    "homeless_presentations": ("people", "events"),
    "bnb_nights": ("people", "nights"),
    "accommodation_now": ("people",),
}
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


@dataclass(frozen=True)
class Event:
    """One thing that counts, in month `month` counted from January of year 0."""

    person: int
    month: int
    area: str
    nights: int
    values: dict[str, str]


@dataclass(frozen=True)
class Period:
    """Months `first` to `last` under a kind and a label."""

    kind: str
    label: str
    first: int
    last: int

    @property
    def start(self) -> date:
        return date(self.first // 12, self.first % 12 + 1, 1)


def write_warehouse(build: Path, seed: int, *, districts: int, quarters: int, events_a_quarter: float) -> None:
    """Write `build/warehouse.duckdb` with `marts.measure_observation` and the seeds that disclosure reads."""
    draw = random.Random(seed)  # noqa: S311 repeatable, not secret
    areas = [*draw.sample(DISTRICTS, districts), "outside_county", "unknown"]
    first = 2023 * 12 + 3 + 3 * draw.randrange(4)
    rows = [
        row
        for measure in STATISTICS
        for row in _observations(draw, measure, areas, range(first, first + 3 * quarters), events_a_quarter)
    ]
    write_observations(build, rows)


def write_observations(build: Path, rows: list[Any]) -> None:
    """Write `build/warehouse.duckdb` with these observations, as tuples or dictionaries, and the seeds."""
    build.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(build / "warehouse.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.register("rows", pl.DataFrame(rows, COLUMNS, orient="row"))
        connection.execute("create table marts.measure_observation as select * from rows")
        write_seeds(connection)


def known_by_quarter(build: Path, before_last: int) -> None:
    """Take back what had not happened when the quarter `before_last` quarters before the last had just ended."""
    with duckdb.connect(str(build / "warehouse.duckdb")) as connection:
        labels = connection.execute(
            "select distinct period_label from marts.measure_observation where period_kind = 'quarter' order by 1"
        ).fetchall()
        connection.execute(
            "delete from marts.measure_observation where period_kind <> 'month' and period_label > ?",
            [labels[-1 - before_last][0]],
        )


def write_seeds(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the project's own seeds into schema `seeds`."""
    connection.execute("create schema seeds")
    for name in SEED_FILES:
        path = SEEDS / f"{name}.csv"
        connection.execute(f"create table seeds.{path.stem} as select * from read_csv('{path}', all_varchar = true)")


def _observations(
    draw: random.Random, measure: str, areas: list[str], months: range, events_a_quarter: float
) -> Iterator[tuple[Any, ...]]:
    weights = [draw.choice([1, 1, 2, 5]) for _ in areas]
    breakdowns = BREAKDOWNS[measure]
    origin = {person: draw.choices(FORMER_UASC, [3, 6, 1])[0] for person in range(60)}
    events = []
    for month in months:
        for _ in range(round(draw.uniform(0, 2) * events_a_quarter / 3)):
            person = draw.randrange(60)
            values = {
                breakdown: draw.choices(values, range(2 * len(values), 0, -2))[0]
                for breakdown, values in breakdowns.items()
            } | {"former_uasc": origin[person]}
            events.append(Event(person, month, draw.choices(areas, weights)[0], draw.choice([1, 1, 2, 3, 9]), values))
    for period in _periods(measure, months):
        inside = [event for event in events if period.first <= event.month <= period.last]
        if measure == "accommodation_now":
            inside = list({event.person: event for event in inside}.values())
        yield from _period_rows(measure, areas, period, inside)


def _periods(measure: str, months: range) -> Iterator[Period]:
    firsts = list(months)[::3]
    for place, first in enumerate(firsts):
        label = _label(first)
        yield Period("quarter", label, first, first + 2)
        if measure == "accommodation_now":
            continue
        in_year = [one for one in firsts[: place + 1] if _label(one)[:7] == label[:7]]
        yield Period("ytd", label, in_year[0], first + 2)
        if place >= 3:
            yield Period("rolling_4q", label, first - 9, first + 2)
        if measure == "bnb_nights":
            for month in range(first, first + 3):
                yield Period("month", f"{month // 12}-{month % 12 + 1:02}", month, month)


def _label(first_month: int) -> str:
    year, quarter = divmod(first_month - 3, 12)
    return f"{year}-{(year + 1) % 100:02}-Q{quarter // 3 + 1}"


def _period_rows(measure: str, areas: list[str], period: Period, events: list[Event]) -> Iterator[tuple[Any, ...]]:
    cells: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for area in (COUNTY, *areas):
        cells[area, "total", "total"] = []
    for breakdown, values in BREAKDOWNS[measure].items():
        cells.update({(COUNTY, breakdown, value): [] for value in values})
    for event in events:
        for area in (COUNTY, event.area):
            cells[area, "total", "total"].append(event)
            for breakdown, value in event.values.items():
                cells[area, breakdown, value].append(event)
    for (area, breakdown, value), members in cells.items():
        counts = {
            "people": len({event.person for event in members}),
            "events": len(members),
            "nights": sum(event.nights for event in members),
        }
        for statistic in STATISTICS[measure]:
            number = counts[statistic]
            cohort = len(cells[area, "total", "total"]) if measure == "accommodation_now" else None
            yield (
                measure, "1", "lancashire", area, period.kind, period.start, period.label, breakdown, value, statistic,
                number, cohort, float(number), date(2026, 9, 30), 4, 4, "complete",
            )  # fmt: skip
