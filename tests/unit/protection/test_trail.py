"""The audit trail: who did what, without anybody's values."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.protection import actor, trail
from pipelines.protection.chain import ChainBrokenError
from pipelines.protection.trail import PersonLine
from pipelines.settings import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.initialise()
    return home


def test_the_actor_is_who_logged_in_and_no_variable_changes_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    login = tmp_path / "loginuid"
    monkeypatch.setattr(actor, "LOGIN", login)
    monkeypatch.setenv("USER", "somebody")
    monkeypatch.setenv("LOGNAME", "somebody")
    running = actor.account()
    assert running != "somebody"
    login.write_text("987654", "ascii")
    assert actor.account() == "user id 987654"
    login.write_text("4294967295", "ascii")
    assert actor.account() == running


def test_a_command_is_recorded_with_the_options_that_name_nobody(home: Home) -> None:
    options = {"query": "select 'Zephina'", "restricted": True, "csv": False}
    entry = trail.record_command(home, "sql", options, 0)
    assert entry is not None
    assert entry.details == {"restricted": True, "exit_code": 0}
    # and whoever makes the internal site opens every trace on it
    made = trail.record_command(home, "report", {"edition": "internal", "site": True, "out": "/home/zephina"}, 0)
    assert made is not None
    assert made.details == {"edition": "internal", "site": True, "exit_code": 0}
    assert trail.record_command(home, "codes", {}, 0) is None


def test_what_an_entry_says_of_people_can_be_erased_and_not_changed(home: Home) -> None:
    entry = trail.record_about_people(
        home, "shared", {"district": "E07000123"}, [PersonLine("aa", {"scope": "register"}), PersonLine("bb", {})]
    )
    assert [one["person_key"] for one in trail.people_of(home, entry)] == ["aa", "bb"]
    assert "aa" not in {str(value) for value in entry.details.values()}
    file = home.audit / "details" / entry.details["people_file"]
    lines = file.read_text("utf-8").splitlines()
    file.write_text(lines[1] + "\n", "utf-8")
    assert [one["person_key"] for one in trail.people_of(home, entry)] == ["bb"]
    file.write_text(lines[1].replace("bb", "cc") + "\n", "utf-8")
    with pytest.raises(ChainBrokenError, match="not what was written"):
        trail.people_of(home, entry)


def test_the_command_lists_the_trail_and_refuses_a_broken_one(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    trail.record(home, "refreshed", {"build": "b1"})
    trail.record(home, "released", {"release": "2026-27-Q1"})
    assert main(["audit", "--home", str(home.root), "--action", "released"]) == 0
    said = capsys.readouterr().out
    assert "2 entries, the chain is whole" in said
    assert "release 2026-27-Q1" in said
    assert "build b1" not in said
    (home.audit / "trail" / "00000001.json").unlink()
    assert main(["audit", "--home", str(home.root)]) == 1
    assert "Restore the folder from the backup" in capsys.readouterr().err
