"""How a home stands, at a glance; and an earlier build published again in one command."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.landing import Load
from pipelines.landing.store import write_receipt
from pipelines.operation.status import status_of
from pipelines.release.ledger import APPROVED, PREPARED, chain_of
from pipelines.settings import Home
from pipelines.warehouse.build import builds, open_build, retain
from pipelines.warehouse.holds import BY_THE_CHECKS, HoldDecision, record
from pipelines.warehouse.lock import only_one
from pipelines.warehouse.publish import publish, published_build

NOW = datetime(2026, 10, 8, 19, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.initialise()
    return made


def landed(home: Home, load_id: str) -> None:
    load = Load(
        load_id, "homelessness", "cases", "E07000108", "kent", "cases.csv", "0" * 64, date(2026, 8, 31),
        datetime(2026, 9, 4, 6, tzinfo=UTC), 60, 60, 0, 0, "c",
    )  # fmt: skip
    write_receipt(home, load)


def good_builds(home: Home, number: int) -> list[str]:
    """Publish builds one after the other, as refreshes do, and return their ids."""
    ids = []
    for day in range(1, number + 1):
        build = open_build(home, inputs=[], now=datetime(2026, 10, day, 2, tzinfo=UTC))
        build.mark_good({"built_at": f"2026-10-0{day}T02:00:00+00:00"})
        publish(home, build, keep=3)
        ids.append(build.build_id)
    return ids


def command(home: Home, *words: str) -> int:
    return main([*words, "--home", str(home.root)])


def test_what_waits_for_somebody_is_named(home: Home) -> None:
    """Given a late district, a held delivery, a workbook and an unreadable file, then each is told and counted."""
    landed(home, "aaaa1111")
    (home.config / "deliveries.yml").write_text(
        "deliveries:\n  - {family: homelessness, sender: E07000108, every: month, day: 5}\n", "utf-8"
    )
    record(home, HoldDecision("aaaa1111", "held", NOW - timedelta(days=1), BY_THE_CHECKS, "Far fewer rows."))
    (home.rejects / "homelessness_E07000108.xlsx").touch()
    (home.inbox / "core" / "kent").mkdir(parents=True)
    (home.inbox / "core" / "kent" / "log.csv.why.txt").touch()

    found = status_of(home, NOW)

    assert [one.sentence.split(":")[0] for one in found.late] == ["Dover (homelessness) is 3 days late"]
    assert [load.load_id for load in found.held] == ["aaaa1111"]
    assert found.rejected == ["homelessness_E07000108.xlsx"]
    assert found.refused == ["core/kent/log.csv"]
    assert found.unseen == 1
    assert found.needs_somebody


def test_before_the_first_refresh_the_status_says_what_to_do(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(home, "status") == 3
    said = capsys.readouterr().out
    assert "none yet: lasting-homes refresh --home" in said
    assert "config/deliveries.yml lists no deliveries" in said


def test_a_published_home_tells_its_last_good_refresh(small_home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    command(small_home, "status", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["published"] == published_build(small_home).build_id
    assert datetime.fromisoformat(told["built_at"]) < datetime.now(UTC)
    assert told["pairs_to_review"] > 0
    assert told["rejected"] == sorted(path.name for path in small_home.rejects.glob("*.xlsx"))


def test_a_refresh_under_way_is_told(home: Home) -> None:
    assert status_of(home, NOW).running is None
    with only_one(home):
        assert status_of(home, NOW).running is not None


def test_rolling_back_publishes_the_build_before(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Given three good builds, when rolled back, then the one before is published and none is lost."""
    first, second, third = good_builds(home, 3)
    assert command(home, "rollback") == 0
    assert published_build(home).build_id == second
    assert f"rollback --to {third}" in capsys.readouterr().out
    command(home, "rollback")
    assert published_build(home).build_id == first
    assert command(home, "rollback", "--to", third) == 0
    assert published_build(home).build_id == third


def test_there_is_nothing_before_the_oldest_build(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    good_builds(home, 1)
    assert command(home, "rollback") == 2
    assert "No good build is older" in capsys.readouterr().err


def test_a_build_that_was_never_good_cannot_be_published(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    good_builds(home, 1)
    half = open_build(home, inputs=["half"], now=datetime(2026, 9, 1, tzinfo=UTC))
    assert command(home, "rollback", "--to", half.build_id) == 2
    assert "of 0 good builds" in capsys.readouterr().err


def test_nobody_rolls_back_while_a_refresh_runs(home: Home) -> None:
    ids = good_builds(home, 2)
    with only_one(home):
        assert command(home, "rollback") == 1
    assert published_build(home).build_id == ids[-1]


def past_night(home: Home, day: int) -> str:
    """Keep a build that knows less than there was to know when it was made."""
    build = open_build(home, inputs=[str(day)], now=datetime(2026, 10, day, 9, tzinfo=UTC))
    build.mark_good({"built_at": f"2026-10-0{day}T09:00:00+00:00", "as_known_at": "2026-06-30T22:59:59+00:00"})
    return build.build_id


def test_a_past_night_is_no_way_back_unless_it_is_named(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Given builds of past nights beside those of today, then they are listed, and chosen by name only."""
    first, second = good_builds(home, 2)
    past = past_night(home, 2)
    assert status_of(home, NOW).rolled_back_from is None
    command(home, "rollback", "--list")
    assert "30 June 2026" in capsys.readouterr().out
    command(home, "rollback")
    assert published_build(home).build_id == first
    assert command(home, "rollback", "--to", past) == 0
    capsys.readouterr()
    command(home, "status")
    assert "as known on 30 June 2026" in capsys.readouterr().out
    assert second in {build.build_id for build in builds(home)}


def test_many_past_nights_push_out_no_build_of_today(home: Home) -> None:
    ids = good_builds(home, 3)
    for day in (3, 4, 5, 6):
        past_night(home, day)
    retain(home, keep=2, published=published_build(home))
    assert [build.build_id for build in builds(home) if not build.looks_back] == ids[-2:]
    assert sum(build.looks_back for build in builds(home)) == 2


def test_what_was_prepared_waits_for_somebody_else(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Given a release that one person prepared, then the status names it with what another has to type."""
    chain_of(home).append(
        PREPARED,
        {"release": "2026-27-Q1_public_1", "quarter": "2026-27-Q1", "edition": "public", "manifest": "0"},
        actor="ann",
    )
    good_builds(home, 1)
    assert command(home, "status") == 3
    said = capsys.readouterr().out
    assert "2026-27-Q1_public_1, prepared by ann: lasting-homes release 2026-27-Q1 --edition public --approve" in said
    chain_of(home).append(APPROVED, {"release": "2026-27-Q1_public_1"}, actor="ben")
    assert command(home, "status") == 0


def test_a_clock_that_was_ahead_does_not_hide_what_is_published_after_it(home: Home) -> None:
    """Given a build from the future, when the clock is right again, then each new build is published and stays."""
    ahead = open_build(home, inputs=["ahead"], now=datetime(2027, 1, 1, tzinfo=UTC))
    ahead.mark_good({"built_at": "2027-01-01T00:00:00+00:00"})
    publish(home, ahead, keep=2)
    for build_id in good_builds(home, 3)[-1:]:
        assert published_build(home).build_id == build_id
        assert published_build(home).is_good


def test_only_as_many_builds_stay_as_the_policy_says(home: Home) -> None:
    ids = good_builds(home, 5)
    assert [build.build_id for build in builds(home)] == ids[-3:]
