"""Held deliveries: named with why and what to do, accepted by a person, on record for good."""

from __future__ import annotations

import json
import os
import pwd
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.landing import Load
from pipelines.landing.store import write_receipt
from pipelines.protection.actor import account
from pipelines.settings import Home
from pipelines.warehouse.holds import BY_THE_CHECKS, HoldDecision, decisions, held, record

RECEIVED = datetime(2026, 10, 2, 6, tzinfo=UTC)
WHY = "The file has 60 rows where the last one had 400."


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A fresh home."""
    made = Home(tmp_path / "home")
    made.initialise()
    return made


def landed(home: Home, load_id: str) -> Load:
    load = Load(
        load_id=load_id,
        family="case_system",
        table="ssd_person",
        sender="kent",
        authority="kent",
        file_name="persons 2026-09-30.csv",
        file_sha256="0" * 64,
        data_date=date(2026, 9, 30),
        received_at=RECEIVED,
        rows_read=60,
        rows_accepted=60,
        rows_rejected=0,
        cells_refused=0,
        contract_hash="c",
    )
    write_receipt(home, load)
    return load


def held_load(home: Home, load_id: str = "aaaa1111") -> Load:
    load = landed(home, load_id)
    record(home, HoldDecision(load_id, "held", RECEIVED + timedelta(minutes=1), BY_THE_CHECKS, WHY))
    return load


def command(home: Home, *words: str) -> int:
    return main([*words, "--home", str(home.root)])


def test_a_held_delivery_is_listed_with_why_and_what_to_type(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    held_load(home)
    for words in (("accept",), ("land",)):
        assert command(home, *words) == 3
        told = capsys.readouterr().out
        assert "Held: case_system/ssd_person of kent, data of 2026-09-30, from persons 2026-09-30.csv." in told
        assert f"Why: {WHY}" in told
        assert f"lasting-homes accept aaaa1111 --home {home.root}" in told


def test_the_command_told_accepts_it_and_says_who_and_why(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    load = held_load(home)
    assert command(home, "accept", load.load_id, "--why", "The county moved 340 people.", "--json") == 0
    assert json.loads(capsys.readouterr().out)["load_id"] == load.load_id
    first, second = decisions(home)
    assert (first.decision, second.decision) == ("held", "accepted")
    assert (second.by, second.reason) == (pwd.getpwuid(os.getuid()).pw_name, "The county moved 340 people.")
    assert held([load], decisions(home), datetime.now(UTC)) == set()


def test_what_was_decided_before_is_never_changed(home: Home) -> None:
    held_load(home)
    before = {path: path.read_bytes() for path in (home.registry / "holds").iterdir()}
    command(home, "accept", "aaaa")
    after = {path: path.read_bytes() for path in (home.registry / "holds").iterdir()}
    assert len(after) == 2
    assert after.items() >= before.items()


def test_what_was_known_before_the_decision_is_still_held(home: Home) -> None:
    load = held_load(home)
    command(home, "accept", "aaaa1111")
    assert held([load], decisions(home), RECEIVED + timedelta(days=1)) == {"aaaa1111"}


def test_nothing_is_held(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    landed(home, "aaaa1111")
    assert command(home, "accept") == 0
    assert capsys.readouterr().out == "No delivery is held.\n"


def test_a_beginning_that_fits_two_is_not_enough(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    held_load(home, "aaaa1111")
    held_load(home, "aaaa2222")
    assert command(home, "accept", "aaaa") == 1
    assert "several held loads: aaaa1111, aaaa2222" in capsys.readouterr().err
    assert command(home, "accept", "aaaa2") == 0


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("cccc3333", "The load cccc3333 is not held. It is in use."),
        ("ffff", "There is no held load 'ffff'"),
        ("a", "There is no held load 'a'"),
        ("../../x", "There is no held load '../../x'"),
    ],
)
def test_a_load_that_is_not_held_says_so(
    home: Home, capsys: pytest.CaptureFixture[str], wanted: str, told: str
) -> None:
    held_load(home)
    landed(home, "cccc3333")
    assert command(home, "accept", wanted) == 1
    assert told in capsys.readouterr().err
    assert len(decisions(home)) == 1


def test_accepting_twice_says_who_did_it(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    held_load(home)
    assert command(home, "accept", "aaaa1111") == 0
    assert command(home, "accept", "aaaa1111") == 1
    assert f"{account()} accepted it on" in capsys.readouterr().err


def test_a_folder_that_is_no_home_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accept", "aaaa", "--home", str(tmp_path / "nowhere")]) == 1
    assert "lasting-homes init" in capsys.readouterr().err
