"""The comparison itself: it must see what differs and say it in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from .lives import ALL_LIVES, write_truth
from .lives.world import KENT_COUNTY
from .oracle import OracleResult, compare, compute
from .oracle.catalogue import ALL
from .oracle.observations import COLUMNS

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
LIVES = {"gap_of_two_days", "both_tiers_from_one_day", "counted_from_three_days", "renewed_once_then_removed"}
MEASURES = ("supported_moves", "bnb_stays", "days_to_home", "tenancies_sustained", "register_renewed", "panel_at_16")
"""A flow, a monthly one, a duration, a share and two promises."""

Change = Callable[[str], None]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> OracleResult:
    """The oracle's result for four of the lives."""
    truth = tmp_path_factory.mktemp("truth")
    write_truth([life for life in ALL_LIVES if life.name in LIVES], truth)
    return compute(truth, SEEDS).about(MEASURES)


@pytest.fixture(scope="module")
def agreeing(sample: OracleResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that agrees with the oracle in everything."""
    path = tmp_path_factory.mktemp("agreeing") / "warehouse.duckdb"
    names = sorted({name for measure in ALL.values() for name in measure.breakdowns})
    aliases = [(authority, ref, f"key of {person}") for (authority, ref), person in sample.person_of.items()]
    alias = pl.DataFrame(aliases, schema=["authority", "person_id", "person_key"], orient="row")
    events = pl.DataFrame(
        [
            {
                "measure_id": e.measure_id,
                "authority": e.authority,
                "person_key": f"key of {e.person}" if e.person is not None else None,
                "area_code": e.area_code,
                "start_date": e.start_date,
                "end_date": e.end_date,
                "quantity": e.quantity,
                "in_numerator": e.in_numerator,
                **{name: e.breakdowns.get(name) for name in names},
            }
            for e in sample.events
        ],
        infer_schema_length=None,
    )
    obligations = pl.DataFrame(
        [
            {
                "obligation_id": row.obligation_id,
                "authority": row.authority,
                "person_key": f"key of {row.person}" if row.person is not None else None,
                "area_code": row.area_code,
                "clause": row.clause,
                "trigger_date": row.trigger_date,
                "due_date": row.due_date,
                "met_date": row.met_date,
                "waived_reason": row.waived_reason,
                "quantity": row.quantity,
                "status": row.status,
            }
            for row in sample.obligations
        ],
        infer_schema_length=None,
    )
    frames = {
        "identity.person_alias": alias,
        "marts.measure_event": events,
        "marts.obligation_status": obligations,
        "marts.measure_observation": sample.figures.select(COLUMNS),
    }
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema identity")
        connection.execute("create schema marts")
        for table, frame in frames.items():
            connection.register("frame", frame.to_arrow())
            connection.execute(f"create table {table} as select * from frame")
    return path


@pytest.fixture
def warehouse(agreeing: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    copy = tmp_path / "warehouse.duckdb"
    copy.write_bytes(agreeing.read_bytes())
    return copy


@pytest.fixture
def change(warehouse: Path) -> Change:
    """Return a function that runs one statement, which must change something."""

    def run(statement: str) -> None:
        with duckdb.connect(str(warehouse)) as connection:
            changed = connection.execute(statement).fetchone()
        assert changed is not None
        assert changed[0] > 0

    return run


def test_agreement_is_no_difference(sample: OracleResult, agreeing: Path) -> None:
    """Given the same figures, events and obligations, then there is nothing to say."""
    assert compare(sample, agreeing) == []


def test_a_wrong_figure_is_named(sample: OracleResult, warehouse: Path, change: Change) -> None:
    """Given one wrong value, then one line names the figure, what was expected and what was found."""
    change(
        "update marts.measure_observation set value = 7, as_at = null where measure_id = 'supported_moves' and"
        " area_code = 'E10000016' and period_label = '2025-26-Q4' and breakdown = 'total' and statistic = 'events'"
        " and period_kind = 'quarter'"
    )
    (difference,) = compare(sample, warehouse)
    assert str(difference) == (
        "supported_moves kent E10000016 quarter 2025-26-Q4 total total events:"
        " expected value=1, as_at=2026-06-30, got value=7, as_at=null"
    )


def test_a_zero_too_many_and_one_too_few_are_seen(sample: OracleResult, warehouse: Path, change: Change) -> None:
    """Given a listed zero of a county that is missing, and one listed of a district, then both are named."""
    zero = "measure_id = 'bnb_stays' and period_kind = 'month' and period_label = '2024-05' and breakdown = 'tier'"
    change(
        "update marts.measure_observation set area_code = 'E07000105' where authority = 'kent'"
        f" and breakdown_value = 'county' and statistic = 'people' and {zero}"
    )
    told = [(difference.subject, difference.expected, difference.got) for difference in compare(sample, warehouse)]
    figure = "month 2024-05 tier county people"
    assert told == [
        (f"bnb_stays kent E07000105 {figure}", "no such figure", "value=0 (complete)"),
        (f"bnb_stays kent {KENT_COUNTY} {figure}", "value=0 (complete)", "no such figure"),
    ]


def test_a_figure_told_twice_is_named(sample: OracleResult, warehouse: Path, change: Change) -> None:
    """Given the same figure in two rows, then it is a difference although both are right."""
    change(
        "insert into marts.measure_observation select * from marts.measure_observation where"
        " measure_id = 'supported_moves' and statistic = 'people' and authority = 'kent' and area_code = 'unknown'"
        " and period_kind = 'quarter' and period_label = '2025-26-Q4' and breakdown = 'total'"
    )
    (difference,) = compare(sample, warehouse)
    assert str(difference).endswith("2025-26-Q4 total total people: expected one figure, got 2 of them")


@pytest.mark.parametrize(
    ("statistic", "column"), [("median", "value"), ("median", "denominator"), ("share", "numerator")]
)
def test_medians_and_shares_differ_by_any_part(
    statistic: str, column: str, sample: OracleResult, warehouse: Path, change: Change
) -> None:
    """Given a median or a share one part of which is off, then it is named."""
    change(
        f"update marts.measure_observation set {column} = {column} + 0.001 where statistic = '{statistic}'"
        " and value is not null and period_label = '2025-26-Q4' and period_kind = 'quarter' and area_code = 'E10000016'"
        " and breakdown in ('counted_from', 'total') and breakdown_value in ('registration', 'total')"
        " and measure_id in ('days_to_home', 'tenancies_sustained')"
    )
    (difference,) = compare(sample, warehouse)
    assert f"{column}=" in difference.expected


def test_rounding_in_the_last_digits_is_no_difference(sample: OracleResult, warehouse: Path, change: Change) -> None:
    """Given a centile that another engine interpolates to its own last digit, then it is the same."""
    change("update marts.measure_observation set value = value + 1e-12 where statistic = 'p90' and value is not null")
    assert compare(sample, warehouse) == []


def test_a_missing_and_a_surplus_event_are_named(sample: OracleResult, warehouse: Path, change: Change) -> None:
    """Given an event moved by a day, then the one missing and the one too many are told apart."""
    change("update marts.measure_event set start_date = start_date + 1 where measure_id = 'bnb_stays'")
    missing, surplus = compare(sample, warehouse)
    stay = "event bnb_stays lancashire person both_tiers_from_one_day E07000128"
    assert missing.subject.startswith(f"{stay} 2026-05-01 to 2026-05-05 quantity 1 (age_band=18_20")
    assert (missing.expected, missing.got) == ("this row", "none")
    assert surplus.subject.startswith(f"{stay} 2026-05-02 to 2026-05-05 quantity 1")
    assert (surplus.expected, surplus.got) == ("none", "this row")


@pytest.mark.parametrize(
    "changed", ["disability = 'yes'", "tier = 'county'", "quantity = 2", "person_key = null", "area_code = 'unknown'"]
)
def test_any_column_of_an_event_counts(changed: str, sample: OracleResult, warehouse: Path, change: Change) -> None:
    """Given an event with one wrong column, a breakdown or another, then it is seen."""
    change(f"update marts.measure_event set {changed} where measure_id = 'bnb_stays'")
    assert len(compare(sample, warehouse)) == 2


def test_the_numerator_of_a_share_counts(sample: OracleResult, warehouse: Path, change: Change) -> None:
    """Given a tenancy held that is told as broken, then it is seen; who is in no numerator may be anything else."""
    change(
        "update marts.measure_event set in_numerator = false where measure_id = 'tenancies_sustained' and in_numerator"
    )
    differences = compare(sample, warehouse)
    assert differences
    assert all("the numerator" in difference.subject for difference in differences)


@pytest.mark.parametrize(
    "changed", ["met_date = met_date + 1", "status = 'late'", "clause = 'L8'", "due_date = due_date + 1"]
)
def test_any_column_of_an_obligation_counts(
    changed: str, sample: OracleResult, warehouse: Path, change: Change
) -> None:
    """Given an obligation with one wrong column, then the right row is missing and the wrong one too many."""
    change(f"update marts.obligation_status set {changed} where obligation_id = 'register_renewed'")
    told = [str(difference) for difference in compare(sample, warehouse)]
    assert len(told) == 2
    assert told[0] == (
        "obligation register_renewed (L7) lancashire person renewed_once_then_removed E07000127 2025-01-10 due"
        " 2026-01-10 met 2025-12-20: in_time null quantity 1: expected this row, got none"
    )


def test_events_before_monitoring_do_not_matter(sample: OracleResult, warehouse: Path, change: Change) -> None:
    """Given an event from before the first listed period, then it is no difference: no figure counts it."""
    assert sample.listed["kent", "supported_moves"] == (date(2023, 10, 1), date(2026, 10, 1))
    change(
        "insert into marts.measure_event by name select * replace (date '2023-09-30' as start_date) from"
        " marts.measure_event where measure_id = 'supported_moves' limit 1"
    )
    assert compare(sample, warehouse) == []


def test_an_event_of_a_measure_that_a_county_does_not_list_is_seen(
    sample: OracleResult, warehouse: Path, change: Change
) -> None:
    """Given a figure of a promise that the county's protocol does not make, then it is one too many."""
    change(
        "insert into marts.measure_observation by name select * replace ('kent' as authority, 'E10000016' as"
        " area_code) from marts.measure_observation where measure_id = 'panel_at_16' and period_kind = 'quarter' and"
        " area_code = 'E10000017' and breakdown = 'total' and statistic = 'events' and period_label = '2025-26-Q4'"
    )
    (difference,) = compare(sample, warehouse)
    assert difference.expected == "no such figure"


def test_one_key_for_two_people_is_an_error(sample: OracleResult, warehouse: Path, change: Change) -> None:
    """Given a person key that two true persons share, then the comparison refuses to go on."""
    change("update identity.person_alias set person_key = 'key of somebody'")
    with pytest.raises(ValueError, match="stands for two people"):
        compare(sample, warehouse)


def test_an_event_left_out_changes_figures(sample: OracleResult, agreeing: Path) -> None:
    """Given an oracle that lacks one event, then both the event and its figures differ."""
    lacking = replace(sample, events=[event for event in sample.events if event.measure_id != "bnb_stays"])
    subjects = [difference.subject.split(" ")[0] for difference in compare(lacking, agreeing)]
    assert subjects.count("event") == 1
    assert subjects.count("bnb_stays") > 20
