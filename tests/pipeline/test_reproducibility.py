"""The stores are the truth: a build can be thrown away, and the past can be asked for."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest
from small_homes import Extracts, copy_of, figures_of, make_home, settings_of

from pipelines.cli import main
from pipelines.contracts import load_contracts
from pipelines.definitions import PAST_NIGHTS_JOB, build_definitions
from pipelines.landing.as_known import known_loads
from pipelines.landing.relanding import reland
from pipelines.refresh import Refresh, refresh
from pipelines.settings import Home
from pipelines.warehouse.assets import PAST_NIGHT
from pipelines.warehouse.build import builds
from pipelines.warehouse.database import open_for_reading
from pipelines.warehouse.dbt import ParsedProject
from pipelines.warehouse.holds import BY_THE_CHECKS, HoldDecision, held, record
from pipelines.warehouse.publish import published_build

pytestmark = pytest.mark.slow
Run = Callable[..., subprocess.CompletedProcess[str]]
AS_KNOWN_AT = datetime(2026, 6, 30)  # noqa: DTZ001 - a day in London, as settings give it


@pytest.fixture
def home(small_home: Home, tmp_path: Path) -> Home:
    """Return a copy of the small home, to change."""
    return copy_of(small_home, tmp_path / "home")


@pytest.fixture(scope="module")
def earlier(
    tmp_path_factory: pytest.TempPathFactory, small_extracts: Extracts, parsed_project: ParsedProject
) -> pl.DataFrame:
    """Return the figures of a home that had received, by the end of June 2026, what there was then, and no more."""
    home = make_home(tmp_path_factory.mktemp("earlier") / "home", small_extracts)
    for meta in home.inbox.rglob("*.meta.yml"):
        received = meta.read_text(encoding="utf-8").split("received_at:")[1].split()[0].strip("'\"")
        if received[:10] > "2026-06-30":
            meta.with_name(meta.name.removesuffix(".meta.yml")).unlink()
            meta.unlink()
    return figures_of(refresh(settings_of(home), project=parsed_project).build.folder)


def test_builds_can_be_deleted(home: Home, parsed_project: ParsedProject, lasting_homes: Run) -> None:
    """Given what landed and was decided, and nothing else, when it is refreshed, then the figures are the same."""
    before = figures_of(published_build(home).folder)
    shutil.rmtree(home.builds)
    home.published.unlink()
    home.initialise()
    shutil.copytree(parsed_project.folder.parent, home.dagster / "dbt")
    said = lasting_homes("refresh", "--home", home.root)
    assert said.returncode == 0, said.stderr
    assert figures_of(published_build(home).folder).equals(before)


def test_a_past_night_is_built_again_as_it_was_known_then(
    home: Home, parsed_project: ParsedProject, earlier: pl.DataFrame, tmp_path: Path
) -> None:
    """Given everything received to date, when a past night is run again, then it gives the figures of that day.

    It is kept beside the published build, which stays, and pushes out none that could be gone back to.
    """
    published = published_build(home)
    shutil.copytree(parsed_project.folder.parent, home.dagster / "dbt", dirs_exist_ok=True)
    job = build_definitions(settings_of(home), judge=None).resolve_job_def(PAST_NIGHTS_JOB)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        run = job.execute_in_process(instance=instance, partition_key=f"{AS_KNOWN_AT:%Y-%m-%d}")
        assert instance.get_materialized_partitions(PAST_NIGHT) == {f"{AS_KNOWN_AT:%Y-%m-%d}"}
    assert run.success
    (then,) = [build for build in builds(home) if build.looks_back]
    assert figures_of(then.folder).equals(earlier)
    assert not earlier.equals(figures_of(published.folder))
    assert then.facts()["as_known_at"] == "2026-06-30T22:59:59.999999+00:00", "midnight in London, in UTC"
    assert published_build(home).build_id == published.build_id
    assert not published.looks_back


def test_a_new_version_of_duckdb_needs_only_a_refresh(
    home: Home, parsed_project: ParsedProject, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given a published build that this DuckDB cannot read, then a refresh goes on, and the status can be asked for."""
    warehouse = published_build(home).warehouse
    content = bytearray(warehouse.read_bytes())
    content[12:20] = (9_999).to_bytes(8, "little")  # where DuckDB keeps the version of its storage
    warehouse.unlink()  # the file itself is shared with the home that this one is a copy of
    warehouse.write_bytes(content)
    with pytest.raises(duckdb.Error, match=r"version|checksum"):
        open_for_reading(warehouse)

    run = judged(home, parsed_project)
    report = run.link_people()

    assert report.people > 0
    assert run.link_changes == {}
    main(["status", "--home", str(home.root)])
    assert "last good refresh" in capsys.readouterr().out


def judged(home: Home, project: ParsedProject, **given: object) -> Refresh:
    """Return a refresh that has decided which deliveries it uses, and goes no further."""
    run = Refresh(settings_of(home, **given), project=project)
    run.judge_loads()
    return run


def test_a_hold_counts_from_when_it_was_decided(home: Home, parsed_project: ParsedProject) -> None:
    """Given a person who holds a delivery today, then yesterday's knowledge still has it, and today's has not."""
    loads = judged(home, parsed_project).loads
    latest = max((load for load in loads if load.table == "ssd_care_leavers"), key=lambda one: one.data_date)
    today = datetime.now(UTC)
    record(home, HoldDecision(latest.load_id, "held", today, "the performance analyst", "Sent from the test system."))

    after = judged(home, parsed_project)
    assert latest.load_id not in {load.load_id for load in after.loads}
    assert [load.load_id for load in after.held_loads] == [latest.load_id]
    yesterday = judged(home, parsed_project, as_known_at=today - timedelta(minutes=1))
    assert latest.load_id in {load.load_id for load in yesterday.loads}

    record(home, HoldDecision(latest.load_id, "accepted", datetime.now(UTC), "the performance analyst", "It was not."))
    assert not judged(home, parsed_project).held_loads


def test_a_hold_by_the_checks_counts_from_receipt(small_home: Home) -> None:
    """No build was ever published with a delivery that had not been judged."""
    loads = known_loads(small_home, datetime.max.replace(tzinfo=UTC))
    old = next(load for load in loads if load.data_date < date(2025, 1, 1))
    decision = HoldDecision(old.load_id, "held", datetime.now(UTC), BY_THE_CHECKS, "It shrank.")
    assert held(loads, [decision], old.received_at) == {old.load_id}
    assert held(loads, [decision], old.received_at - timedelta(seconds=1)) == set()


def test_a_build_reads_the_newest_generation_and_an_earlier_one_on_request(
    home: Home, parsed_project: ParsedProject
) -> None:
    # Given a home in which a spelling that nobody knew is known since, and the originals were read again
    (spelling,) = (
        pl.read_parquet(
            home.landing / "refused_cells/family=case_system/table=ssd_care_leavers", hive_partitioning=False
        )
        .filter((pl.col("rule") == "unknown_code") & (pl.col("column") == "clea_care_leaver_accommodation"))
        .select("value")
        .row(0)
    )
    spellings = home.config / "contracts" / "spellings"
    spellings.mkdir(parents=True, exist_ok=True)
    (spellings / "accommodation.csv").write_text(f'spelling,code\n"{spelling}",U\n', encoding="utf-8")
    report = reland(home, load_contracts(home.config / "contracts"), now=datetime(2027, 1, 1, tzinfo=UTC))
    assert report.made
    # When it is built, and built as its first generation read it
    newest = Refresh(settings_of(home), project=parsed_project)
    first = Refresh(settings_of(home, generation=1), project=parsed_project)
    loads = {load.load_id: load for load in newest.judge_loads()}
    earlier = {load.load_id: load for load in first.judge_loads()}
    # Then they use the same loads, as they were read then and as they are read now
    changed = {change.after.load_id for change in report.changes}
    assert loads.keys() == earlier.keys() > changed
    assert {load_id for load_id, load in loads.items() if load.generation == 2} == changed
    assert {load.generation for load in earlier.values()} == {1}
    assert all(loads[one].cells_refused < earlier[one].cells_refused for one in changed)
    # And they are two builds
    assert newest.build.build_id != first.build.build_id
