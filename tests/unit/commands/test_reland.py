"""`lasting-homes reland`: the originals read again, told load by load, with exit codes that a script can use."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import main
from pipelines.contracts import load_contracts
from pipelines.landing import land
from pipelines.landing.as_known import known_loads
from pipelines.landing.store import archived
from pipelines.settings import Home
from pipelines.warehouse.holds import BY_THE_CHECKS, HoldDecision, record

RECEIVED = datetime(2026, 10, 2, 6, tzinfo=UTC)
PERSONS = "pers_person_id,pers_forename,pers_sex\n1,Bramble,Squirrel\n2,Fennel,F\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in which one file has landed, with a spelling that nobody knew."""
    made = Home(tmp_path / "home")
    made.initialise()
    folder = made.inbox / "case_system" / "kent"
    folder.mkdir(parents=True)
    (folder / "persons 2026-09-30.csv").write_text(PERSONS, encoding="utf-8")
    land(made, load_contracts(), now=RECEIVED, settle_seconds=0)
    return made


def know_the_spelling(home: Home) -> None:
    spellings = home.config / "contracts" / "spellings"
    spellings.mkdir(parents=True)
    (spellings / "sex.csv").write_text("spelling,code\nSquirrel,m\n", encoding="utf-8")


def reland(home: Home, *words: str) -> int:
    return main(["reland", *words, "--home", str(home.root)])


def as_data(home: Home, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    reland(home, "--json", *words)
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_nothing_to_change_is_said_so(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert reland(home) == 0
    assert capsys.readouterr().out == (
        "1 load of 1 original read again under today's contracts: nothing comes out otherwise; "
        "generation 1 stays the current one.\n"
    )


def test_an_empty_home_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = Home(tmp_path / "empty")
    empty.initialise()
    assert reland(empty) == 0
    assert capsys.readouterr().out == "Nothing has landed yet, so there is nothing to read again.\n"


def test_what_changed_is_told_by_load_and_the_way_back(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    know_the_spelling(home)
    assert reland(home) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 load of 1 original read again under today's contracts: 1 load comes out otherwise, in generation 2.",
        "  case_system/kent/persons 2026-09-30.csv (ssd_person, data of 2026-09-30): 2 rows accepted, 0 rejected, "
        "1 → 0 cells refused; 1 row read otherwise",
        "The next refresh uses generation 2. The one before stays readable: "
        f"lasting-homes refresh --generation 1 --home {home.root}",
    ]


def test_a_trial_run_changes_nothing(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    know_the_spelling(home)
    assert reland(home, "--dry-run") == 0
    assert "1 load comes out otherwise; nothing was written." in capsys.readouterr().out
    assert not (home.landing / "generations" / "0002.json").exists()


def test_as_data_it_names_loads_counts_and_the_contract_and_nobody(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    know_the_spelling(home)
    told = as_data(home, capsys)
    (change,) = told["changes"]
    assert (told["generation"], told["made"], told["dry_run"]) == (2, True, False)
    assert change["before"] == {"rows_accepted": 2, "rows_rejected": 0, "cells_refused": 1}
    assert change["after"] == {"rows_accepted": 2, "rows_rejected": 0, "cells_refused": 0}
    assert change["contract_hash"] == (
        load_contracts(home.config / "contracts")["case_system__ssd_person"].contract_hash
    )
    assert not any(word in json.dumps(told) for word in ("Bramble", "Fennel", "Squirrel"))
    # And again there is nothing
    assert as_data(home, capsys)["made"] is False


def test_a_lost_original_is_told_and_needs_someone(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    (load,) = known_loads(home, RECEIVED)
    archived(home, load.file_sha256).unlink()
    assert reland(home) == 3
    assert (
        "Stays as it was: case_system/kent/persons 2026-09-30.csv (ssd_person, data of 2026-09-30): "
        "Its original is not in the archive."
    ) in capsys.readouterr().out


def test_a_held_delivery_that_reads_otherwise_now_is_named_with_the_way_to_accept_it(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    (load,) = known_loads(home, RECEIVED)
    record(home, HoldDecision(load.load_id, "held", RECEIVED + timedelta(minutes=1), BY_THE_CHECKS, "Half is blank."))
    know_the_spelling(home)
    assert reland(home) == 3
    assert f"lasting-homes accept {load.load_id}" in capsys.readouterr().out
