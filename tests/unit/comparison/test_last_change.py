"""What the published build changed, against the one before it: both are kept, and neither is built anew."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from small_homes import copy_of

from pipelines.comparison import since_the_build_before
from pipelines.settings import Home
from pipelines.warehouse.build import GOOD, Build
from pipelines.warehouse.database import open_for_writing
from pipelines.warehouse.publish import published_build


@pytest.fixture
def home(small_home: Home, tmp_path: Path) -> Home:
    return copy_of(small_home, tmp_path / "home")


def made_before(home: Home, **facts: str) -> Build:
    """Add a build of a day before, with the published one's warehouse, and return it."""
    now = published_build(home)
    before = Build("20000101T000000000Z-00000000", home.builds / "20000101T000000000Z-00000000")
    before.folder.mkdir()
    shutil.copyfile(now.warehouse, before.warehouse)
    said = now.facts()
    known = datetime.fromisoformat(said["as_known_at"]) - timedelta(days=1)
    said |= {"as_known_at": known.isoformat(), "built_at": known.isoformat(), **facts}
    (before.folder / GOOD).write_text(json.dumps(said), encoding="utf-8")
    return before


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
