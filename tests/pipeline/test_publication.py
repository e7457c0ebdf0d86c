"""Publishing: a build appears whole or not at all, and what is surplus or unfinished goes."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.settings import Home
from pipelines.warehouse.build import Build, builds, discard_half_builds, open_build
from pipelines.warehouse.lock import HomeIsBusyError, only_one
from pipelines.warehouse.publish import BuildNotGoodError, NothingPublishedError, publish, published_build

NOW = datetime(2026, 10, 2, 6, 0, 0, 123_000, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.initialise()
    return made


def good_build(home: Home, second: int) -> Build:
    build = open_build(home, inputs=[str(second)], now=NOW.replace(second=second))
    (build.folder / "warehouse.duckdb").write_text(f"build {second}", encoding="utf-8")
    build.mark_good({"files": second})
    return build


def test_a_build_id_says_when_and_from_what(home: Home) -> None:
    first = open_build(home, inputs=["b", "a"], now=NOW)
    assert re.fullmatch(r"20261002T060000123Z-[0-9a-f]{8}", first.build_id)
    later = open_build(home, inputs=["a", "b"], now=NOW.replace(microsecond=124_000))
    assert later.build_id > first.build_id
    assert later.build_id[-8:] == first.build_id[-8:], "the same inputs, in whatever order, have the same digest"


def test_a_build_can_be_read_by_its_owner_only(home: Home) -> None:
    build = open_build(home, inputs=[], now=NOW)
    assert build.folder.stat().st_mode & 0o777 == 0o700


def test_publishing_moves_the_link_in_one_step(home: Home) -> None:
    first, second = good_build(home, 1), good_build(home, 2)
    publish(home, first, keep=3)
    read_by_an_open_reader = (home.published / "warehouse.duckdb").open(encoding="utf-8")

    publish(home, second, keep=3)

    assert published_build(home).build_id == second.build_id
    assert (home.published / "warehouse.duckdb").read_text(encoding="utf-8") == "build 2"
    with read_by_an_open_reader as reader:
        assert reader.read() == "build 1", "who was reading goes on reading the old build"
    assert not home.published.readlink().is_absolute(), "a home can be moved or restored elsewhere"


def test_a_build_that_was_never_found_good_is_not_published(home: Home) -> None:
    publish(home, good_build(home, 1), keep=3)
    with pytest.raises(BuildNotGoodError):
        publish(home, open_build(home, inputs=[], now=NOW), keep=3)
    assert published_build(home).build_id.startswith("20261002T060001")


def test_the_newest_good_builds_are_kept_and_the_published_one_always(home: Home) -> None:
    made = [good_build(home, second) for second in range(1, 5)]
    publish(home, made[0], keep=2)
    assert [build.build_id for build in builds(home)] == [build.build_id for build in (made[0], made[2], made[3])]


def test_what_a_killed_refresh_leaves_behind_is_removed(home: Home) -> None:
    good, half = good_build(home, 1), open_build(home, inputs=[], now=NOW.replace(second=2))
    (half.folder / "warehouse.duckdb").write_text("half", encoding="utf-8")
    assert discard_half_builds(home) == [half.build_id]
    assert [build.build_id for build in builds(home)] == [good.build_id]


def test_a_home_without_a_build_says_what_to_do(home: Home) -> None:
    with pytest.raises(NothingPublishedError, match="lasting-homes refresh"):
        published_build(home)


def test_two_refreshes_of_a_home_do_not_meet(home: Home) -> None:
    with only_one(home), pytest.raises(HomeIsBusyError, match=f"process {os.getpid()}"), only_one(home):
        pass
    with only_one(home):
        pass
