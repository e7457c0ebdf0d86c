"""Every measure and obligation of the catalogue: its events add up to its figures, and lead to rows of files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from pipelines.settings import Home
from pipelines.tracing import Asked, Behind, behind_figures, traced_events
from pipelines.warehouse.database import open_for_reading
from pipelines.warehouse.publish import published_build

FIGURES = """
    select
        figure.authority, period.period_start, period.period_end, figure.area_code, area.area_type = 'county',
        figure.measure_id, measure.counted_as, figure.statistic, figure.value, figure.denominator
    from marts.measure_observation as figure
    inner join core.dim_measure as measure using (measure_id)
    inner join core.dim_area as area using (authority, area_code)
    inner join core.dim_period as period using (authority, period_kind, period_label)
    where figure.period_kind = 'quarter' and figure.breakdown = 'total' and figure.coverage <> 'not_available'
        and measure.counted_as <> 'forecast' and figure.statistic not in ('median', 'p90')
"""
ASKED_OF_A_DISTRICT = {"protocol_review", "spoc_named"}
"""Promises that no record asks for: where nobody has answered there is no row."""


@pytest.fixture(scope="module")
def warehouse(small_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_for_reading(published_build(small_home).warehouse) as connection:
        yield connection


def test_the_events_of_every_measure_add_up_to_its_figures(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Given every quarterly total of every area, then its people, events, nights and share are those of its events."""
    found: dict[tuple[str, date, date, str | None], dict[str, Behind]] = {}
    seen = set()
    for authority, first, after, area, county, measure, counted_as, statistic, value, of in warehouse.execute(
        FIGURES
    ).fetchall():
        key = (authority, first, after, None if county else area)
        if key not in found:
            found[key] = behind_figures(warehouse, Asked(authority, first, after, area=key[3]))
        behind = found[key].get(measure, Behind())
        where = (measure, statistic, *key)
        if statistic == "share":
            assert of == behind.judged, where
            expected = behind.in_numerator / behind.judged if behind.judged else None
            assert value == (pytest.approx(expected) if expected is not None else None), where
        else:
            nights = behind.quantity if counted_as == "nights" else None
            assert value == {"people": behind.people, "events": behind.events, "nights": nights}[statistic], where
        if behind.events:
            seen.add(measure)
    happened = warehouse.execute("select distinct measure_id from marts.measure_event").fetchall()
    assert len(seen) > 60
    assert seen == {measure for (measure,) in happened} - {"turning_18"}, "all but the forecast"


def test_every_event_leads_to_a_row_of_a_delivered_file(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Given the events of a quarter, each stands in rows of files that the build read."""
    loads = {one for (one,) in warehouse.execute("select load_id from landing.load").fetchall()}
    without = set()
    for authority in ("kent", "lancashire"):
        for event in traced_events(warehouse, Asked(authority, date(2026, 4, 1), date(2026, 7, 1))):
            assert {source.load_id for source in event.sources} <= loads
            if not event.sources:
                without.add(event.measure_id)
    assert without <= ASKED_OF_A_DISTRICT


def test_the_most_that_are_wanted_are_the_first_by_day(warehouse: duckdb.DuckDBPyConnection) -> None:
    asked = Asked("kent", date(2026, 4, 1), date(2026, 7, 1))
    everything, first = traced_events(warehouse, asked), traced_events(warehouse, asked, most=3)
    assert max(event.place for event in everything) > 20
    assert first == [event for event in everything if event.place <= 3]


def test_one_measure_of_one_area_is_part_of_all(warehouse: duckdb.DuckDBPyConnection) -> None:
    first, after = date(2026, 4, 1), date(2026, 7, 1)
    everything = traced_events(warehouse, Asked("kent", first, after))
    district = next(one.area_code for one in everything if one.measure_id == "on_register")
    part = traced_events(warehouse, Asked("kent", first, after, "on_register", district))
    assert len(part) > 0
    assert {(one.measure_id, one.area_code) for one in part} == {("on_register", district)}
    assert {one.record_id for one in part} <= {one.record_id for one in everything}
