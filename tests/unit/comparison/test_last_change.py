"""What the published build changed, against the one before it: both are kept, and neither is built anew."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from small_homes import copy_of, made_before, made_to_know_nothing

from pipelines.comparison import since_the_build_before
from pipelines.settings import Home
from pipelines.warehouse.database import open_for_reading, open_for_writing
from pipelines.warehouse.publish import published_build


@pytest.fixture
def home(small_home: Home, tmp_path: Path) -> Home:
    return copy_of(small_home, tmp_path / "home")


def test_without_an_earlier_build_nothing_is_compared_and_that_is_said(home: Home) -> None:
    change = since_the_build_before(published_build(home))
    assert change.before is None
    assert change.why_not.startswith("No earlier build is kept")


def test_builds_of_other_programs_or_settings_are_not_compared(home: Home) -> None:
    made_before(home, configuration_hash="another")
    change = since_the_build_before(published_build(home))
    assert change.before is None
    assert "by another version of the program or with other settings" in change.why_not


def test_a_total_that_differs_is_found_with_what_explains_it(home: Home) -> None:
    before = made_before(home)
    assert since_the_build_before(published_build(home)).figures == []
    # given a day before that knew two people fewer in one figure
    where = "measure_id = 'on_register' and authority = 'kent' and area_code = 'E10000016' and period_kind = 'quarter' "
    where += "and period_label = '2026-27-Q1' and breakdown = 'total' and statistic = 'people'"
    with open_for_writing(before.warehouse) as warehouse:
        warehouse.execute(f"update coded.measure_observation set value = value - 2 where {where}")
    # then that one figure is told, by the build that is kept
    change = since_the_build_before(published_build(home))
    assert change.before == before.build_id
    (moved,) = change.figures
    assert (moved.measure_id, moved.period_label, moved.statistic) == ("on_register", "2026-27-Q1", "people")
    assert moved.before is not None
    assert moved.after == moved.before + 2


def test_a_build_of_a_past_night_is_not_the_one_before(home: Home) -> None:
    made_before(home, built_at=datetime.now().astimezone().isoformat())
    assert since_the_build_before(published_build(home)).before is None


def test_of_every_measure_each_changed_total_is_told_with_the_loads_that_hold_its_records(home: Home) -> None:
    """Given a build before that knew nothing of this year, then every total of it is told, and why where it counts any.

    What has no figure in either build is not told.
    """
    before = made_before(home)
    made_to_know_nothing(before, since="2026-27-Q1")
    now = published_build(home)
    change = since_the_build_before(now)
    with open_for_reading(now.warehouse) as warehouse:
        listed = warehouse.execute(
            "select measure_id, authority, area_code, period_label, statistic, value from marts.measure_observation "
            "where period_kind = 'quarter' and period_label >= '2026-27-Q1' and breakdown = 'total' "
            "and value is not null"
        ).fetchall()
        catalogue = {one for (one,) in warehouse.execute("select measure_id from core.dim_measure").fetchall()}
    told = {
        (one.measure_id, one.authority, one.area_code, one.period_label, one.statistic, one.after): one
        for one in change.figures
    }
    assert sorted(told) == sorted(listed)
    assert {measure for measure, _ in change.by_measure} == {row[0] for row in listed}
    assert {row[0] for row in listed} == catalogue
    without_records = {"protocol_review", "spoc_named"}  # asked of a district, also where nobody has answered
    counted = [
        told[row]
        for row in listed
        if row[-1] and row[-2] in ("people", "events", "nights") and row[0] not in without_records
    ]
    assert len({one.measure_id for one in counted}) > 30
    assert [one for one in counted if not one.records or "holds" not in one.loads.values()] == []
    assert {load for one in change.figures for load in one.loads} <= {load.load_id for load in change.loads}
    assert change.known_at == tuple(datetime.fromisoformat(one.facts()["as_known_at"]) for one in (before, now))
