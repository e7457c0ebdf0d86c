"""The comparison itself: it must see what differs and say it in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from .lives import ALL_LIVES, write_truth
from .lives.world import KENT_COUNTY, LANCASHIRE_COUNTY
from .oracle import OracleResult, compare, compute

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> OracleResult:
    """The oracle's result for two of the lives, of its figures only the counties' totals by quarter."""
    truth = tmp_path_factory.mktemp("truth")
    write_truth([life for life in ALL_LIVES if life.name in {"gap_of_two_days", "both_tiers_from_one_day"}], truth)
    oracle = compute(truth, SEEDS)
    observations = {
        key: figure
        for key, figure in oracle.observations.items()
        if (key.period_kind, key.breakdown) == ("quarter", "total")
        and key.area_code in {KENT_COUNTY, LANCASHIRE_COUNTY}
    }
    return OracleResult(observations, oracle.events, oracle.listed, oracle.person_of)


@pytest.fixture
def warehouse(sample: OracleResult, tmp_path: Path) -> Path:
    """A warehouse that agrees with the oracle in everything."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema identity")
        connection.execute("create schema marts")
        connection.execute(
            "create table identity.person_alias (authority text, person_id text, person_key text);"
            "create table marts.measure_event (measure_id text, authority text, person_key text, area_code text,"
            " start_date date, end_date date, quantity bigint);"
            "create table marts.measure_observation (measure_id text, authority text, area_code text, period_kind text,"
            " period_label text, breakdown text, breakdown_value text, statistic text, value double,"
            " denominator bigint, coverage text, senders_received bigint, senders_expected bigint, as_at date)"
        )
        for (authority, person_id), person in sample.person_of.items():
            connection.execute(
                "insert into identity.person_alias values (?, ?, ?)", [authority, person_id, f"key of {person}"]
            )
        for e in sample.events:
            row = [e.measure_id, e.authority, f"key of {e.person}", e.area_code, e.start_date, e.end_date, e.quantity]
            connection.execute(f"insert into marts.measure_event values ({', '.join('?' * 7)})", row)
        rows = [[*key, *figure] for key, figure in sample.observations.items()]
        connection.executemany(f"insert into marts.measure_observation values ({', '.join('?' * 14)})", rows)
    return path


def test_agreement_is_no_difference(sample: OracleResult, warehouse: Path) -> None:
    """Given the same figures and events, then there is nothing to say."""
    assert compare(sample, warehouse) == []


def test_a_wrong_figure_is_named(sample: OracleResult, warehouse: Path) -> None:
    """Given one wrong value, then one line names the figure, what was expected and what was found."""
    _change(
        warehouse,
        "update marts.measure_observation set value = 7, as_at = null where measure_id = 'supported_moves' and"
        " area_code = 'E10000016' and period_label = '2025-26-Q4' and breakdown = 'total' and statistic = 'events'",
        sample,
    )
    (difference,) = compare(sample, warehouse)
    assert str(difference) == (
        "supported_moves kent E10000016 quarter 2025-26-Q4 total total events:"
        " expected value=1, as_at=2026-06-30, got value=7.0, as_at=null"
    )


def test_a_missing_and_a_surplus_event_are_named(sample: OracleResult, warehouse: Path) -> None:
    """Given an event moved by a day, then the one missing and the one too many are told apart."""
    _change(
        warehouse,
        "update marts.measure_event set start_date = start_date + 1 where measure_id = 'bnb_stays'",
        sample,
    )
    missing, surplus = compare(sample, warehouse)
    stay = "event bnb_stays lancashire person both_tiers_from_one_day E07000128"
    assert str(missing) == f"{stay} 2026-05-01 to 2026-05-05 quantity 1: expected this event, got none"
    assert str(surplus) == f"{stay} 2026-05-02 to 2026-05-05 quantity 1: expected none, got this event"


def test_a_figure_too_many_and_one_too_few(sample: OracleResult, warehouse: Path) -> None:
    """Given a figure under another breakdown value, then both sides say that they lack one."""
    _change(
        warehouse,
        "update marts.measure_observation set breakdown_value = 'all' where breakdown = 'total' and"
        " statistic = 'people' and period_label = '2023-24-Q3' and area_code = 'E10000016'"
        " and measure_id = 'private_sector_moves'",
        sample,
    )
    told = [(difference.expected, difference.got) for difference in compare(sample, warehouse)]
    assert told == [("no such figure", "value=0.0 (complete)"), ("value=0 (complete)", "no such figure")]


def test_events_before_monitoring_do_not_matter(sample: OracleResult, warehouse: Path) -> None:
    """Given an event from before the first listed period, then it is no difference: no figure counts it."""
    _change(
        warehouse,
        "insert into marts.measure_event select measure_id, authority, person_key, area_code, date '2023-09-30',"
        " null, 1 from marts.measure_event where measure_id = 'supported_moves' limit 1",
        sample,
    )
    assert compare(sample, warehouse) == []


def test_one_key_for_two_people_is_an_error(sample: OracleResult, warehouse: Path) -> None:
    """Given a person key that two true persons share, then the comparison refuses to go on."""
    _change(warehouse, "update identity.person_alias set person_key = 'key of somebody'", sample)
    with pytest.raises(ValueError, match="stands for two people"):
        compare(sample, warehouse)


def _change(warehouse: Path, statement: str, sample: OracleResult) -> None:
    """Run one statement that must change something that the comparison then reads."""
    assert sample.listed["kent"] == (date(2023, 10, 1), date(2026, 10, 1))
    with duckdb.connect(str(warehouse)) as connection:
        changed = connection.execute(statement).fetchone()
    assert changed is not None
    assert changed[0] > 0
