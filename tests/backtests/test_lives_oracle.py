"""The oracle against lives whose figures were worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from .lives import ALL_LIVES, Event, Life, write_truth
from .lives.builder import ALWAYS_STATED, Figure, Obligation
from .lives.world import ASHFORD, BEFORE_LAST_DELIVERY, CANTERBURY, KENT_COUNTY, LANCASHIRE_COUNTY, TUNBRIDGE_WELLS
from .oracle import OracleResult, compute
from .oracle.catalogue import ALL, OBLIGATION_IDS
from .oracle.circumstances import Event as OracleEvent
from .oracle.observations import COLUMNS, KEY

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


def test_every_measure_and_obligation_is_stated_by_a_life() -> None:
    """Given the hand-made lives, then none of them all is left without an expectation worked out by hand."""
    stated = {event.measure_id for life in ALL_LIVES for event in life.events}
    stated |= {stock.measure_id for life in ALL_LIVES for stock in life.stocks}
    stated |= {obligation.obligation_id for life in ALL_LIVES for obligation in life.obligations}
    stated |= {figure.measure_id for life in ALL_LIVES for figure in life.figures}
    assert stated == set(ALL)


@pytest.mark.parametrize("life", ALL_LIVES, ids=NAMES)
def test_events_are_those_worked_out_by_hand(life: Life, now: OracleResult) -> None:
    """Given a life, when the oracle reads its records, then exactly the expected events count."""
    found = [
        _told(event)
        for event in _flows_of(now, life)
        if life.states_measure(event.measure_id) and event.measure_id not in OBLIGATION_IDS
    ]
    assert sorted(found) == sorted(_plain(event) for event in life.events), life.story


@pytest.mark.parametrize("life", ALL_LIVES, ids=NAMES)
def test_events_known_before_the_last_delivery(life: Life, before: OracleResult) -> None:
    """Given what had arrived by mid-July 2026, then a later correction or withdrawal has not happened yet."""
    expected = [_plain(event) for event in life.events_known_at(BEFORE_LAST_DELIVERY)]
    found = [_told(event) for event in _flows_of(before, life) if event.measure_id in ALWAYS_STATED]
    assert sorted(found) == sorted(expected), life.story


@pytest.mark.parametrize("life", [life for life in ALL_LIVES if life.events], ids=lambda life: life.name)
def test_breakdowns_that_the_life_states(life: Life, now: OracleResult) -> None:
    """Given expected events with breakdown values, then the oracle has as many events with them."""
    for expected in life.events:
        stated = dict(expected.breakdowns)
        alike = [event for event in life.events if _plain(event) == _plain(expected) and event.breakdowns]
        found = [
            event
            for event in _flows_of(now, life)
            if _told(event) == _plain(expected) and stated.items() <= event.breakdowns.items()
        ]
        assert found, f"{expected}: {[e.breakdowns for e in _flows_of(now, life) if _told(e) == _plain(expected)]}"
        assert len(found) >= len([event for event in alike if event == expected])


@pytest.mark.parametrize("life", [life for life in ALL_LIVES if life.stocks], ids=lambda life: life.name)
def test_stocks_on_the_days_that_the_life_states(life: Life, now: OracleResult) -> None:
    """Given a day on which a stock is taken, then the life has the row that it states there, or none."""
    for expected in life.stocks:
        found = [
            event
            for event in _flows_of(now, life)
            if (event.measure_id, event.authority, event.start_date)
            == (expected.measure_id, expected.authority, expected.day)
        ]
        if expected.area_code is None:
            assert not found, expected
            continue
        (row,) = found
        assert (row.area_code, row.quantity, row.in_numerator) == (
            expected.area_code,
            expected.quantity,
            expected.in_numerator,
        ), expected
        assert {name: row.breakdowns[name] for name, _ in expected.breakdowns} == dict(expected.breakdowns), expected


@pytest.mark.parametrize(
    "life", [life for life in ALL_LIVES if set(life.states) & set(OBLIGATION_IDS)], ids=lambda life: life.name
)
def test_obligations_are_those_worked_out_by_hand(life: Life, now: OracleResult) -> None:
    """Given a life that states obligations, then the oracle has exactly those rows of them."""
    assert _obligations_of(now, life) == sorted(life.obligations, key=repr), life.story


@pytest.mark.parametrize(
    "life", [life for life in ALL_LIVES if life.obligations_before is not None], ids=lambda life: life.name
)
def test_obligations_known_before_the_last_delivery(life: Life, before: OracleResult) -> None:
    """Given what had arrived by mid-July 2026, then obligations stand as they stood then."""
    assert _obligations_of(before, life) == sorted(life.obligations_before or (), key=repr), life.story


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
    figures = compute(tmp_path, SEEDS).about(figure.measure_id for figure in life.figures).figures
    for figure in life.figures:
        assert _value(figures, figure) == figure.value, str(figure)


def test_a_district_that_missed_its_delivery_is_not_available(now: OracleResult) -> None:
    """Given that Tunbridge Wells last sent at 30 June, then its next quarter is not available and Kent's is partial."""

    def observation(area: str, label: str) -> dict[str, object]:
        return _row(now.figures, "homeless_presentations", "kent", area, "quarter", label, "total", "total", "people")

    assert observation(TUNBRIDGE_WELLS, "2026-27-Q1")["coverage"] == "complete"
    missing = observation(TUNBRIDGE_WELLS, "2026-27-Q2")
    assert (missing["value"], missing["coverage"], missing["senders_received"], missing["senders_expected"]) == (
        None,
        "not_available",
        1,
        2,
    )
    county = observation(KENT_COUNTY, "2026-27-Q2")
    assert (county["coverage"], county["senders_received"], county["senders_expected"]) == ("partial", 12, 13)
    assert county["as_at"] == date(2026, 6, 30)


def test_a_register_without_a_published_band_promises_nothing(now: OracleResult) -> None:
    """Given that Fylde's register publishes no band for care leavers, then top_band is not available there."""

    def coverage(area: str) -> object:
        key = ("top_band", "lancashire", area, "quarter", "2026-27-Q1", "total", "total", "events")
        return _row(now.figures, *key)["coverage"]

    assert coverage("E07000119") == "not_available"
    assert coverage("E07000123") == "complete"
    assert coverage(LANCASHIRE_COUNTY) == "partial"


def test_a_protocol_lists_its_own_obligations_only(now: OracleResult) -> None:
    """Given a promise of one protocol, then the other county has no row of it."""
    listed = now.figures.select("measure_id", "authority").unique()
    assert set(listed.filter(measure_id="panel_at_16")["authority"]) == {"lancashire"}
    assert set(listed.filter(measure_id="risk_meeting")["authority"]) == {"kent"}


def test_kinds_of_home_add_up_to_the_cohort(now: OracleResult) -> None:
    """Given any area and quarter, then the kinds of home add up to the people in scope, as do suitabilities."""
    cells = now.figures.filter(measure_id="accommodation_now").filter(pl.col("coverage") != "not_available")
    place = ("authority", "area_code", "period_label")
    added = cells.group_by(*place, "breakdown").agg(pl.col("value").sum())
    totals = added.filter(breakdown="total").select(*place, whole="value")
    assert added.join(totals, on=place).filter(pl.col("value") != pl.col("whole")).is_empty()
    assert totals["whole"].sum() > 100


def test_events_by_area_add_up_to_the_county(now: OracleResult) -> None:
    """Given events of a flow, then the areas add up to the county's own row where every sender has sent."""
    counties = pl.col("area_code").is_in([KENT_COUNTY, LANCASHIRE_COUNTY])
    counts = now.figures.filter(pl.col("statistic").is_in(["events", "nights"]), breakdown="total")
    counts = counts.filter(~pl.col("measure_id").is_in(["protocol_review"]))
    place = [name for name in KEY if name != "area_code"]
    by_area = counts.filter(~counties).group_by(place).agg(parts=pl.col("value").sum())
    whole = counts.filter(counties, coverage="complete").join(by_area, on=place)
    assert whole.filter(pl.col("value") != pl.col("parts")).is_empty()
    assert whole.height > 1000


@pytest.mark.parametrize(
    ("district", "first", "last", "days"),
    [
        pytest.param(ASHFORD, date(2025, 4, 1), date(2025, 6, 30), 2, id="gone on 29 June, the next from 1 July"),
        pytest.param(CANTERBURY, date(2025, 7, 1), date(2025, 9, 30), 30, id="July's second half covered twice"),
    ],
)
def test_days_without_a_contact_are_counted(
    district: str, first: date, last: date, days: int, now: OracleResult
) -> None:
    (row,) = [
        row
        for row in now.obligations
        if (row.obligation_id, row.area_code, row.due_date) == ("spoc_named", district, last)
    ]
    assert (row.person, row.trigger_date, row.quantity, row.status) == (None, first, days, "overdue")


def test_figures_are_listed_once(now: OracleResult) -> None:
    """Given every measure, then no figure is there twice and none is without a key."""
    assert now.figures.columns == list(COLUMNS)
    assert now.figures.select(KEY).is_duplicated().sum() == 0
    assert now.figures.select(KEY).null_count().sum_horizontal().item() == 0


_Plain = tuple[str, str, str, date, str, int, str]


def _plain(event: Event) -> _Plain:
    return (
        event.measure_id,
        event.authority,
        event.area_code,
        event.start,
        str(event.end),
        event.quantity,
        str(event.in_numerator),
    )


def _told(event: OracleEvent) -> _Plain:
    return (
        event.measure_id,
        event.authority,
        event.area_code,
        event.start_date,
        str(event.end_date),
        event.quantity,
        str(event.in_numerator),
    )


def _flows_of(result: OracleResult, life: Life) -> list[OracleEvent]:
    return [event for event in result.events if event.person == life.name]


def _obligations_of(result: OracleResult, life: Life) -> list[Obligation]:
    found = [
        Obligation(
            row.obligation_id,
            row.authority,
            row.area_code,
            row.trigger_date,
            row.due_date,
            row.met_date,
            row.status,
            row.waived_reason,
        )
        for row in result.obligations
        if row.person == life.name and row.obligation_id in life.states
    ]
    return sorted(found, key=repr)


def _row(figures: pl.DataFrame, *key: str) -> dict[str, object]:
    """The one figure of a key."""
    of_key = [pl.col(name) == part for name, part in zip(KEY, key, strict=True)]
    return figures.row(by_predicate=pl.all_horizontal(of_key), named=True)


def _value(figures: pl.DataFrame, figure: Figure) -> object:
    row = _row(
        figures,
        figure.measure_id,
        figure.authority,
        figure.area_code,
        figure.period_kind,
        figure.period_label,
        figure.breakdown,
        figure.breakdown_value,
        figure.statistic,
    )
    return row["value"]
