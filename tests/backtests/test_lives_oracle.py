"""The oracle against lives whose figures were worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from .lives import ALL_LIVES, Event, Life, write_truth
from .lives.world import BEFORE_LAST_DELIVERY, KENT_COUNTY, LANCASHIRE_COUNTY, TUNBRIDGE_WELLS
from .oracle import OracleResult, compute
from .oracle.events import Event as OracleEvent
from .oracle.observations import Observation, ObservationKey

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
NAMES = [life.name for life in ALL_LIVES]


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All lives in one world."""
    folder = tmp_path_factory.mktemp("truth")
    write_truth(ALL_LIVES, folder)
    return folder


@pytest.fixture(scope="module")
def now(truth: Path) -> OracleResult:
    """What the oracle makes of all lives."""
    return compute(truth, SEEDS)


@pytest.fixture(scope="module")
def before(truth: Path) -> OracleResult:
    """What it would have made of them before the last delivery."""
    return compute(truth, SEEDS, as_known_at=BEFORE_LAST_DELIVERY)


def test_names_of_lives_are_their_own() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("life", ALL_LIVES, ids=NAMES)
def test_events_are_those_worked_out_by_hand(life: Life, now: OracleResult) -> None:
    """Given a life, when the oracle reads its records, then exactly the expected events count."""
    assert _flows_of(now, life) == sorted(_plain(event) for event in life.events), life.story


@pytest.mark.parametrize("life", ALL_LIVES, ids=NAMES)
def test_events_known_before_the_last_delivery(life: Life, before: OracleResult) -> None:
    """Given what had arrived by mid-July 2026, then a later correction or withdrawal has not happened yet."""
    expected = [_plain(event) for event in life.events_known_at(BEFORE_LAST_DELIVERY)]
    assert _flows_of(before, life) == sorted(expected), life.story


@pytest.mark.parametrize("life", [life for life in ALL_LIVES if life.events], ids=lambda life: life.name)
def test_breakdowns_that_the_life_states(life: Life, now: OracleResult) -> None:
    """Given an expected event with breakdown values, then the oracle's event has them."""
    for expected in life.events:
        found = next(event for event in now.events if event.person == life.name and _told(event) == _plain(expected))
        assert {name: found.breakdowns[name] for name, _ in expected.breakdowns} == dict(expected.breakdowns)


@pytest.mark.parametrize("life", ALL_LIVES, ids=NAMES)
def test_homes_on_quarter_ends(life: Life, now: OracleResult) -> None:
    """Given the last day of a quarter, then the person lives where the life says, or is not in the cohort."""
    for expected in life.homes:
        found = [
            event
            for event in now.events
            if (event.measure_id, event.authority, event.person, event.start_date)
            == ("accommodation_now", expected.authority, life.name, expected.day)
        ]
        homes = [
            (event.breakdowns["kind_of_home"], event.area_code, event.breakdowns["suitability"]) for event in found
        ]
        in_cohort = [] if expected.kind is None else [(expected.kind, expected.area_code, expected.suitability)]
        assert homes == in_cohort, f"{life.story} ({expected.authority}, {expected.day})"


@pytest.mark.parametrize("life", [life for life in ALL_LIVES if life.figures], ids=lambda life: life.name)
def test_figures_with_one_life_in_the_world(life: Life, tmp_path: Path) -> None:
    """Given a world of one person, then the figures are those that the life states."""
    write_truth([life], tmp_path)
    observations = compute(tmp_path, SEEDS).observations
    for figure in life.figures:
        key = ObservationKey(
            figure.measure_id,
            figure.authority,
            figure.area_code,
            figure.period_kind,
            figure.period_label,
            figure.breakdown,
            figure.breakdown_value,
            figure.statistic,
        )
        assert observations[key].value == figure.value, " ".join(key)


def test_a_district_that_missed_its_delivery_is_not_available(now: OracleResult) -> None:
    """Given that Tunbridge Wells last sent at 30 June, then its next quarter is not available and Kent's is partial."""

    def observation(area: str, label: str) -> Observation:
        key = ("homeless_presentations", "kent", area, "quarter", label, "total", "total", "people")
        return now.observations[ObservationKey(*key)]

    assert observation(TUNBRIDGE_WELLS, "2026-27-Q1").coverage == "complete"
    missing = observation(TUNBRIDGE_WELLS, "2026-27-Q2")
    assert (missing.value, missing.coverage, missing.senders_received, missing.senders_expected) == (
        None,
        "not_available",
        1,
        2,
    )
    county = observation(KENT_COUNTY, "2026-27-Q2")
    assert (county.coverage, county.senders_received, county.senders_expected) == ("partial", 12, 13)
    assert county.as_at == date(2026, 6, 30)


def test_accommodation_adds_up_to_the_cohort(now: OracleResult) -> None:
    """Given any area and quarter, then the kinds of home add up to the people in scope, as do suitabilities."""
    by_cell: dict[tuple[str, ...], int] = {}
    for key, figure in now.observations.items():
        if key.measure_id == "accommodation_now":
            cell = (key.authority, key.area_code, key.period_label, key.breakdown)
            by_cell[cell] = by_cell.get(cell, 0) + (figure.value or 0)
    for (authority, area, label, breakdown), people in by_cell.items():
        if breakdown != "total":
            assert people == by_cell[authority, area, label, "total"], (area, label, breakdown)


def test_events_by_area_add_up_to_the_county(now: OracleResult) -> None:
    """Given events of a flow, then the areas add up to the county's own row where every sender has sent."""
    by_area: dict[ObservationKey, int] = {}
    for key, figure in now.observations.items():
        if key.area_code not in _COUNTIES:
            whole = key._replace(area_code="")
            by_area[whole] = by_area.get(whole, 0) + (figure.value or 0)
    checked = 0
    for key, figure in now.observations.items():
        is_sum = key.statistic in {"events", "nights"} and figure.coverage == "complete"
        if key.area_code in _COUNTIES and key.breakdown == "total" and is_sum:
            assert by_area[key._replace(area_code="")] == figure.value, " ".join(key)
            checked += 1
    assert checked > 100


_COUNTIES = {KENT_COUNTY, LANCASHIRE_COUNTY}

_Plain = tuple[str, str, str, date, str, int]


def _plain(event: Event) -> _Plain:
    return (event.measure_id, event.authority, event.area_code, event.start, str(event.end), event.quantity)


def _told(event: OracleEvent) -> _Plain:
    return (
        event.measure_id,
        event.authority,
        event.area_code,
        event.start_date,
        str(event.end_date),
        event.quantity,
    )


def _flows_of(result: OracleResult, life: Life) -> list[_Plain]:
    return sorted(
        _told(event) for event in result.events if event.person == life.name and event.measure_id != "accommodation_now"
    )
