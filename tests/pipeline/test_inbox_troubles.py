"""What goes wrong at the door: a clear line to the analyst, and the rest goes through."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from small_homes import copy_of, figures_of, make_home, settings_of

from pipelines.landing import Load
from pipelines.landing.as_known import known_loads
from pipelines.refresh import Check, Judged, NothingLandedError, Refresh, refresh
from pipelines.settings import Home
from pipelines.synthetic import generate_bad_day
from pipelines.warehouse.dbt import ParsedProject
from pipelines.warehouse.holds import BY_THE_CHECKS, decisions
from pipelines.warehouse.publish import published_build

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_folder_that_is_no_home(tmp_path: Path, lasting_homes: Run) -> None:
    said = lasting_homes("refresh", "--home", tmp_path / "nowhere")
    assert said.returncode == 1
    assert said.stderr.strip().endswith(f"lasting-homes init --home {tmp_path / 'nowhere'}")
    assert "Traceback" not in said.stderr


def test_an_inbox_that_is_gone(tmp_path: Path, lasting_homes: Run, parsed_project: ParsedProject) -> None:
    home = make_home(tmp_path / "home")
    shutil.copytree(parsed_project.folder.parent, home.dagster / "dbt")
    home.inbox.rmdir()
    said = lasting_homes("refresh", "--home", home.root)
    assert said.returncode == 1
    assert "Nothing has landed" in said.stderr
    assert str(home.inbox) in said.stderr
    assert "Traceback" not in said.stderr
    assert not home.published.is_symlink()


def test_an_inbox_that_is_empty(tmp_path: Path, parsed_project: ParsedProject) -> None:
    home = make_home(tmp_path / "home")
    with pytest.raises(NothingLandedError, match=f"Put extracts into {home.inbox}"):
        refresh(settings_of(home), project=parsed_project)
    assert not home.published.is_symlink()


def test_a_first_file_that_tells_of_no_care_leaver(tmp_path: Path, parsed_project: ParsedProject) -> None:
    """Given people alone, when a first build is asked for, then it says what else must come, and keeps what landed."""
    home = make_home(tmp_path / "home")
    folder = home.inbox / "case_system" / "kent"
    folder.mkdir(parents=True)
    (folder / "ssd_person_2026-09-30.csv").write_text(
        "pers_person_id,pers_forename,pers_surname,pers_sex,pers_ethnicity,pers_dob,pers_death_date\n"
        "K-1,Zed,Example,F,WBRI,2006-01-15,\n",
        encoding="utf-8",
    )
    with pytest.raises(NothingLandedError, match=f"ssd_care_leavers.*into {home.inbox}/case_system/<authority>/"):
        refresh(settings_of(home), project=parsed_project)
    assert [load.rows_accepted for load in known_loads(home, datetime.max.replace(tzinfo=UTC))] == [1]
    assert not home.published.is_symlink()


def test_an_inbox_that_is_gone_takes_nothing_away(
    small_home: Home, tmp_path: Path, parsed_project: ParsedProject
) -> None:
    home = copy_of(small_home, tmp_path / "home")
    shutil.rmtree(home.inbox)
    run = Refresh(settings_of(home), project=parsed_project)
    run.land_inbox()
    run.judge_loads()
    assert run.landing_report is not None
    assert run.landing_report.inbox_missing
    landed = known_loads(small_home, datetime.max.replace(tzinfo=UTC))
    assert [load.load_id for load in run.loads] == [load.load_id for load in landed]


def test_a_bad_day(tmp_path: Path, lasting_homes: Run) -> None:
    """Given one of each bad file, when the inbox is landed, then each has its line and the good rows are in."""
    home = make_home(tmp_path / "home")
    bad = generate_bad_day(home.inbox)
    said = lasting_homes("land", "--home", home.root, "--json", LASTING_HOMES_SETTLE_SECONDS="0")
    assert said.returncode == 3, said.stderr
    told = {file["file_name"]: file for file in json.loads(said.stdout)["files"]}
    for one in bad:
        file = told[one.path.name]
        if one.expected == "partly":
            (load,) = file["loads"]
            assert file["outcome"] == "landed"
            assert (load["rows_read"], load["rows_rejected"], load["cells_refused"]) == (
                one.rows,
                one.rejected,
                one.refused_cells,
            ), one.name
        else:
            assert file["outcome"] == one.expected, one.name
            assert len(file["reason"]) > 20, f"{one.name}: the analyst is told nothing"
            assert one.path.exists(), f"{one.name}: a file that was not landed stays where it is"


def test_a_bad_day_in_words(tmp_path: Path, lasting_homes: Run) -> None:
    home = make_home(tmp_path / "home")
    bad = generate_bad_day(home.inbox)
    said = lasting_homes("land", "--home", home.root, LASTING_HOMES_SETTLE_SECONDS="0")
    assert said.returncode == 3
    for one in bad:
        if one.expected == "refused":
            (line,) = [line for line in said.stdout.splitlines() if one.path.name in line]
            assert line.startswith("refused: ")
    assert "rejected: case_system/kent/ssd_cla_placement" in said.stdout


@pytest.mark.slow
def test_a_bad_day_does_not_stop_a_refresh(small_home: Home, tmp_path: Path, parsed_project: ParsedProject) -> None:
    """Given a home with figures, when a day brings unreadable files, then the figures are those of what can be read."""
    home = copy_of(small_home, tmp_path / "home")
    bad = [one for one in generate_bad_day(home.inbox) if one.expected != "partly"]
    for one in home.inbox.rglob("*"):
        if one.is_file() and one not in {file.path for file in bad}:
            one.unlink()
    done = refresh(settings_of(home), project=parsed_project)
    assert done.landing_report is not None
    assert {file.file_name for file in done.landing_report.with_outcome("refused")} == {
        one.path.name for one in bad if one.expected == "refused"
    }
    assert figures_of(done.build.folder).equals(figures_of(published_build(small_home).folder))


@dataclass
class Verdict:
    """A verdict that holds one delivery."""

    held_load_ids: Sequence[str]
    checks_run: int = 1
    checks_passed: int = 0
    judged: Sequence[Judged] = ()

    def reasons(self, load_id: str) -> Sequence[str]:
        return (f"{load_id} has half the rows of the month before.",)

    def of_extract(self, extract: str) -> Sequence[Check]:
        return ()


def test_a_delivery_that_fails_its_checks_is_held_once_and_its_predecessor_used(
    small_home: Home, tmp_path: Path, parsed_project: ParsedProject
) -> None:
    home = copy_of(small_home, tmp_path / "home")

    def judge(loads: Sequence[Load], *_: object, **__: object) -> Verdict:
        cases = [load for load in loads if load.table == "cases" and load.sender == "E07000123"]
        return Verdict([max(cases, key=lambda load: load.data_date).load_id])

    for _ in range(2):
        run = Refresh(settings_of(home), judge=judge, project=parsed_project)
        run.judge_loads()

    (held,) = run.held_loads
    (decision,) = decisions(home)
    assert (decision.load_id, decision.by) == (held.load_id, BY_THE_CHECKS)
    assert "half the rows" in decision.reason
    cases = [load for load in run.loads if load.table == "cases" and load.sender == "E07000123"]
    assert held.load_id not in {load.load_id for load in cases}
    assert cases, "the sender's earlier deliveries are used"
    assert max(load.data_date for load in cases) < held.data_date


@dataclass
class Kept:
    """What came of judging one delivery."""

    load_id: str

    def as_json(self) -> dict[str, Any]:
        return {"load_id": self.load_id}


def test_a_delivery_is_judged_once(small_home: Home, tmp_path: Path, parsed_project: ParsedProject) -> None:
    """Given deliveries that were judged, then only what has come since is, and compared with what is in use."""
    home = copy_of(small_home, tmp_path / "home")
    seen: list[tuple[set[str], set[str], set[str]]] = []

    def judge(
        loads: Sequence[Load], accepted: Sequence[Load], *, earlier: Sequence[Mapping[str, Any]], **_: object
    ) -> Verdict:
        seen.append(
            (
                {load.load_id for load in loads},
                {load.load_id for load in accepted},
                {one["load_id"] for one in earlier},
            )
        )
        held = sorted(load.load_id for load in loads)[:1]
        return Verdict(held, judged=[Kept(load.load_id) for load in loads])

    for moment in (None, None, datetime(2026, 6, 30)):  # noqa: DTZ001 - a day in London
        run = Refresh(settings_of(home, as_known_at=moment), judge=judge, project=parsed_project)
        run.judge_loads()

    (first, _, before), (again, in_use, told), (then, _, told_then) = seen
    assert len(first) > 500
    assert (before, again, then) == (set(), set(), set())
    assert told == first
    assert len(first - in_use) == 1, "what is held is nobody's yardstick"
    assert set() < told_then < told
    assert len(decisions(home)) == 1
