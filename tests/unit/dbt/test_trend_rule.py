"""The trend and the colours that packs state are those of the marts, on thousands of made-up series (decision 12)."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
import yaml
from built_project import PROJECT, Built
from scipy.stats import t as student

from pipelines import rating, trend
from pipelines.rating import Target, rating_of
from pipelines.trend import Point, direction_of

QUARTERS, ENDS = 12, 4
SERIES = 1500
STATISTICS = ("events", "share", "median")


@pytest.fixture(scope="module")
def emptied(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the built warehouse, with twelve whole quarters and no observation."""
    copy = tmp_path_factory.mktemp("trend") / built.warehouse.name
    shutil.copy(built.warehouse, copy)
    with duckdb.connect(str(copy)) as warehouse:
        warehouse.execute(
            # Codes hold the texts of this warehouse only; the series below have names of their own.
            "create or replace table marts.measure_observation_coded as from marts.measure_observation limit 0; "
            "delete from core.dim_period; delete from core.dim_clock"
        )
        warehouse.execute(
            "insert into core.dim_clock by name select 'kent' as authority, date '2020-01-01' as "
            "monitoring_from, date '2030-01-01' as as_at"
        )
        for number in range(QUARTERS):
            start = date(2021, 1, 1) + timedelta(days=91 * number)
            warehouse.execute(
                "insert into core.dim_period by name select 'kent' as authority, 'quarter' as period_kind, ? as "
                "period_label, ?::date as period_start, ?::date as last_day",
                [f"q{number:02}", start, start + timedelta(days=90)],
            )
        yield warehouse


def code(built: Built, model: str) -> str:
    return str(built.manifest["nodes"][f"model.lasting_homes.{model}"]["compiled_code"])


def series(chance: random.Random) -> tuple[str, list[Point]]:
    """Return a statistic and the quarters of a line that may drift, jump, be silent, small, level or late."""
    statistic = chance.choice(STATISTICS)
    level, drift, noise = chance.choice((0, 3, 12, 40)), chance.choice((0, 0, 0.7, -2, 4)), chance.choice((0, 1, 4, 15))
    silent, late = chance.choice((0, 0, 0.1, 0.3)), chance.choice((0, 0, 0.1))
    points = []
    for number in range(QUARTERS):
        count = max(0, round(level + drift * number + chance.gauss(0, noise)))
        lacking = int(chance.random() < late)
        if chance.random() < silent:
            points.append(Point(None, senders_lacking=lacking))
        elif statistic == "events":
            points.append(Point(float(count), senders_lacking=lacking))
        else:
            base = chance.choice((0, 9, 10, 10, 37, 37, 37))
            value = min(count, base) / base if statistic == "share" and base else count + 0.5 if base else None
            points.append(Point(value, base=base, senders_lacking=lacking))
    return statistic, points


def observe(warehouse: duckdb.DuckDBPyConnection, made: dict[str, tuple[str, list[Point]]]) -> None:
    rows = [
        {
            "measure_id": "bnb_nights",
            "definition_version": "1",
            "authority": "kent",
            "area_code": "E10000016",
            "period_kind": "quarter",
            "period_label": f"q{number:02}",
            "breakdown": "total",
            "breakdown_value": name,
            "statistic": statistic,
            "value": point.value,
            "denominator": point.base,
            "senders_received": 5 - point.senders_lacking,
            "senders_expected": 5,
            "coverage": "not_available" if point.value is None and point.base is None else "complete",
        }
        for name, (statistic, points) in made.items()
        for number, point in enumerate(points)
    ]
    warehouse.register("made", pl.DataFrame(rows, infer_schema_length=None))
    warehouse.execute("delete from marts.measure_observation_coded")
    warehouse.execute("insert into marts.measure_observation_coded by name from made")


def test_the_marts_and_the_packs_state_the_same_direction(built: Built, emptied: duckdb.DuckDBPyConnection) -> None:
    """Given series of every shape, then SQL and Python agree at each of four quarters, and no answer is left out."""
    chance = random.Random(12)  # noqa: S311
    made = {f"s{number:04}": series(chance) for number in range(SERIES)}
    observe(emptied, made)

    stated = emptied.execute(
        f"select breakdown_value, period_label, direction from ({code(built, 'measure_trend')})"
    ).fetchall()

    assert len(stated) == SERIES * ENDS
    differing = [
        (name, label, direction, made[name])
        for name, label, direction in stated
        if direction_of(made[name][1][: int(label[1:]) + 1], made[name][0]) != direction
    ]
    assert differing == []
    assert {direction for _, _, direction in stated} == set(trend.Direction) - {trend.Direction.NOT_SHOWN}


def test_the_marts_and_the_packs_give_the_same_colour(built: Built, emptied: duckdb.DuckDBPyConnection) -> None:
    """Given figures round each limit, then SQL and Python colour alike."""
    chance = random.Random(13)  # noqa: S311
    made = {f"s{number:04}": series(chance) for number in range(200)}
    observe(emptied, made)
    targets = {
        "events": Target(target=12, floor=20, better="lower"),
        "share": Target(target=0.9, floor=0.5, better="higher"),
        "median": Target(target=30, floor=None, better="lower"),
    }
    rows = [
        {
            "measure_id": "bnb_nights",
            "authority": "kent",
            "breakdown": "total",
            "breakdown_value": name,
            "statistic": statistic,
            "target": targets[statistic].target,
            "floor": targets[statistic].floor,
            "better": targets[statistic].better,
            "kind": "council",
            "is_alert": False,
            "is_awaited": False,
        }
        for name, (statistic, _) in made.items()
    ]
    emptied.register("wanted", pl.DataFrame(rows, infer_schema_length=None))
    emptied.execute("delete from core.dim_target; insert into core.dim_target by name from wanted")

    coloured = emptied.execute(
        f"select breakdown_value, period_label, rating from ({code(built, 'measure_rating')})"
    ).fetchall()

    assert len(coloured) == 200 * QUARTERS
    assert {colour for _, _, colour in coloured} == set(rating.Rating)
    for name, label, colour in coloured:
        statistic, points = made[name]
        point = points[int(label[1:])]
        assert rating_of(point.value, targets[statistic], statistic, point.base) == colour, (name, label, point)


def test_limits_stand_alike_in_both() -> None:
    """The limits of `dbt_project.yml` are those of Python, and those of Student's t are right to the last digit."""
    given = yaml.safe_load(Path(PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]

    assert given["trend_quarters"] == trend.WINDOW
    assert given["trend_fewest"] == trend.FEWEST
    assert given["trend_smallest"] == trend.SMALLEST
    assert given["trend_t_squared"] == trend.T_SQUARED
    assert given["rating_smallest_count"] == rating.SMALLEST_COUNT
    assert given["rating_smallest_base"] == rating.SMALLEST_BASE
    assert {n: round(student.ppf(0.975, n - 2) ** 2 * 1_000_000) for n in range(6, 9)} == trend.T_SQUARED
