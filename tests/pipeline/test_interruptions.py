"""A refresh that is killed: what was published stays, and the next refresh completes.

SIGKILL leaves no process any chance to tidy up, so nothing here relies on one.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from small_homes import Extracts, copy_of, figures_of, make_home, settings_of

from pipelines.definitions import JOB, build_definitions
from pipelines.refresh import Refresh, refresh, run_stages
from pipelines.settings import Home, Settings
from pipelines.warehouse.build import builds
from pipelines.warehouse.database import open_for_reading
from pipelines.warehouse.dbt import ParsedProject
from pipelines.warehouse.publish import published_build

pytestmark = pytest.mark.slow

# Refreshes a home and dies at the named durable step, as at a power cut.
CHILD = """
import os, signal, sys
from pathlib import Path
from pipelines.definitions import JOB, build_definitions
from pipelines.refresh import Refresh, run_stages
from pipelines.settings import Settings

home, stop = Path(sys.argv[1]), sys.argv[2]

def reached(step):
    if step == stop:
        os.kill(os.getpid(), signal.SIGKILL)

run_stages(Refresh(Settings.of_home(home, settle_seconds=0), reached=reached))
"""
# Every durable step, in order. Landing's own are those of one file; it repeats them for the next.
STEPS = (
    "half_builds_removed",
    "archive",
    "accepted",
    "rejects",
    "refused_cells",
    "faulty_rows",
    "resolution",
    "receipt",
    "remove",
    "workbooks",
    "landed",
    "build_opened",
    "holds_written",
    "identity_written",
    "dbt_done",
    "analyst_written",
    "figures_written",
    "marked_good",
    "build_on_disk",
    "link_made",
    "link_swapped",
    "old_builds_removed",
)


@pytest.fixture(scope="module")
def half_sent(
    tmp_path_factory: pytest.TempPathFactory, small_extracts: Extracts, parsed_project: ParsedProject
) -> Home:
    """Return a published home to which the districts' homelessness files have not been sent yet."""
    home = make_home(tmp_path_factory.mktemp("half-sent") / "home", small_extracts)
    shutil.rmtree(home.inbox / "homelessness")
    shutil.copytree(parsed_project.folder.parent, home.dagster / "dbt")
    refresh(settings_of(home), project=parsed_project)
    shutil.copytree(small_extracts.inbox / "homelessness", home.inbox / "homelessness")
    return home


@pytest.fixture
def home(half_sent: Home, tmp_path: Path) -> Home:
    """Return a copy of that home, with the homelessness files waiting in the inbox."""
    return copy_of(half_sent, tmp_path / "home")


@pytest.fixture(scope="module")
def complete(small_home: Home) -> pl.DataFrame:
    """Return the figures that a refresh gives which nobody interrupts."""
    return figures_of(published_build(small_home).folder)


def child(home: Home, stop: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CHILD, str(home.root), stop], stderr=subprocess.DEVNULL)


def readable(home: Home) -> Iterator[str]:
    """Yield the tables of both published databases; raises when one does not open."""
    for name in ("warehouse.duckdb", "analyst.duckdb"):
        with open_for_reading(home.published / name) as database:
            yield from (row[0] for row in database.execute("select table_name from duckdb_tables()").fetchall())


def test_at_every_durable_step_the_disk_shows_one_whole_build(
    home: Home, parsed_project: ParsedProject, complete: pl.DataFrame, tmp_path: Path
) -> None:
    """What is on the disk at a step is what a kill at that step leaves: it is copied there and then, and looked at."""
    before = figures_of(published_build(home).folder)
    assert not before.equals(complete), "nothing would be seen if the old figures were the new ones"
    passed: list[str] = []

    def look(step: str) -> None:
        if step in passed:
            return
        passed.append(step)
        image = Home(tmp_path / "image")
        for folder in (home.builds, home.config):
            shutil.copytree(folder, image.root / folder.name, copy_function=os.link)
        image.published.symlink_to(home.published.readlink())
        swapped = STEPS.index(step) >= STEPS.index("link_swapped")
        assert figures_of(published_build(image).folder).equals(complete if swapped else before), step
        assert "measure_observation" in set(readable(image)), step
        shutil.rmtree(image.root)

    run_stages(Refresh(settings_of(home), project=parsed_project, reached=look))
    assert passed == list(STEPS)


def test_killed_again_and_again_and_completed_at_last(
    home: Home, parsed_project: ParsedProject, complete: pl.DataFrame
) -> None:
    """Each refresh begins over what the killed one before it left behind."""
    before = figures_of(published_build(home).folder)
    for step in ("receipt", "dbt_done", "link_made"):
        assert child(home, step).wait() == -signal.SIGKILL, f"the refresh never reached {step}"
        assert figures_of(published_build(home).folder).equals(before), f"killed at {step}"
    chance = random.Random(1)  # noqa: S311 - moments, not secrets
    for _ in range(2):
        running = child(home, "never")
        time.sleep(chance.uniform(2.0, 8.0))
        running.kill()
        running.wait()
        published = figures_of(published_build(home).folder)
        assert published.equals(before) or published.equals(complete)
    assert "measure_observation" in set(readable(home))

    done = refresh(settings_of(home), project=parsed_project)

    assert figures_of(done.build.folder).equals(complete)
    assert all(build.is_good for build in builds(home)), "a half build was left"
    assert not list(home.root.glob(".published.*"))


def test_dagster_stops_believing_in_a_run_that_was_killed(parsed_project_cache: Path, tmp_path: Path) -> None:
    """Given a run whose process died, when the next one holds the home's lock, then the dead one is a failure."""
    definitions = build_definitions(Settings(home=parsed_project_cache))
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        job = definitions.resolve_job_def(JOB)
        dead = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
        assert definitions.resources
        with dg.build_resources({"refresh": definitions.resources["refresh"]}, instance=instance):
            run = instance.get_run_by_id(dead.run_id)
    assert run is not None
    assert run.status == dg.DagsterRunStatus.FAILURE
