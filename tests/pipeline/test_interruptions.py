"""A refresh that is killed: what was published stays, and the next refresh completes.

SIGKILL leaves no process any chance to tidy up, so nothing here relies on one.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from killing import Killer
from small_homes import Extracts, copy_of, figures_of, make_home, settings_of

from pipelines.definitions import JOB, build_definitions
from pipelines.landing.store import archived, parquet_of, read_receipts
from pipelines.refresh import Refresh, refresh, run_stages
from pipelines.settings import Home, Settings
from pipelines.warehouse.build import builds
from pipelines.warehouse.database import open_for_reading
from pipelines.warehouse.dbt import ParsedProject
from pipelines.warehouse.holds import decisions
from pipelines.warehouse.publish import published_build

pytestmark = pytest.mark.slow

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


# How many moments are looked at (`make soak` looks at more), how many of them in one refresh, and how long that takes.
MOMENTS, PICTURES, REFRESH_SECONDS = 20, 9, 15.0


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    """Return the process whose forks are killed."""
    made = Killer()
    yield made
    made.close()


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


def is_whole(home: Home, sent: Mapping[str, str]) -> None:
    """Raise where a file of those that were sent is lost, a load is half there, or a half build can be seen."""
    loads = list(read_receipts(home))
    for load in loads:
        path = parquet_of(home, "accepted", load)
        assert path.is_file(), f"the rows of {load.load_id} are missing"
        assert archived(home, load.file_sha256).is_file()
    landed = {load.file_sha256 for load in loads}
    for place, digest in sent.items():
        waiting = (path for path in (home.root / place).parent.glob("*") if path.is_file())
        assert digest in landed or digest in map(_digest, waiting), f"{place} is lost"
    build = published_build(home)
    assert build.is_good
    assert (
        build.facts()["build_id"]
        == build.build_id
        == json.loads((build.figures / "build.json").read_text())["build_id"]
    )
    assert set(pl.read_parquet(build.figures / "internal.parquet")["build_id"]) == {build.build_id}
    assert "measure_observation" in set(readable(home))
    assert [one.decision for one in decisions(home)] == []


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_killed_at_random_moments_and_completed_at_last(
    home: Home, parsed_project: ParsedProject, complete: pl.DataFrame, killer: Killer
) -> None:
    """Each killed refresh is looked at at many moments, and the next begins over what it left behind.

    Every day brings some districts' files, so that each refresh has something to land. What lies in the folder of a
    process that stands still is what SIGKILL would leave there: each of these pictures must be whole, and must be so
    after the beginning of a next refresh. What the kills themselves leave must come to the right figures in the end.
    """
    chance = random.Random(int(os.environ.get("KILLS_SEED", "1")))  # noqa: S311 - moments, not secrets
    wanted = int(os.environ.get("KILLS", str(MOMENTS)))
    waiting = home.root.with_name("not-sent-yet")
    shutil.move(home.inbox / "homelessness", waiting)
    districts = sorted(path.name for path in waiting.iterdir())
    sent = {
        f"inbox/homelessness/{path.relative_to(waiting)}": _digest(path)
        for path in waiting.rglob("*")
        if path.is_file() and path.suffix != ".yml"
    }
    arrived: dict[str, str] = {}
    seconds, looked_at = REFRESH_SECONDS, 0
    while looked_at < wanted:
        for district in districts[:4]:
            shutil.move(waiting / district, home.inbox / "homelessness" / district)
            arrived |= {place: digest for place, digest in sent.items() if f"/{district}/" in place}
        districts = districts[4:]
        moments = sorted(chance.uniform(0, seconds) for _ in range(min(PICTURES, wanted - looked_at - 1)))
        begun = time.monotonic()
        killed = killer.kill_after("killed_work:refresh", str(home.root), seconds=seconds, pictures=moments)
        if not killed:
            seconds = max(1.0, 0.9 * (time.monotonic() - begun))  # this machine is faster than was thought
        is_whole(home, arrived)
        looked_at += killed
        for picture in sorted(home.root.parent.glob(f"{home.root.name}.*")):
            is_whole(left := Home(picture), arrived)
            Refresh(settings_of(left), project=parsed_project).land_inbox()
            is_whole(left, arrived)
            assert all(build.is_good for build in builds(left)), "a half build was left"
            assert not [path for path in left.inbox.rglob("*") if path.is_file()]
            looked_at += 1
            shutil.rmtree(picture)
    for district in districts:
        shutil.move(waiting / district, home.inbox / "homelessness" / district)

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
