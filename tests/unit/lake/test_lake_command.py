"""`lasting-homes lake`: what it says, and what it leaves in the audit trail."""

import os
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest
from made_builds import made_build

from pipelines.cli import main
from pipelines.definitions import JOB, build_definitions
from pipelines.lake import Lake, publications
from pipelines.lake.assets import LAKE_PUBLICATION, lake_publication_asset
from pipelines.protection import trail
from pipelines.rendering import ALL
from pipelines.rendering.assets import pack_key
from pipelines.settings import Home, Settings
from pipelines.warehouse.database import NICENESS
from pipelines.warehouse.publish import publish


@pytest.fixture
def home(lake: Lake, tmp_path: Path) -> Home:
    """Return a home with a published build, and the lake in its settings."""
    home = Home(tmp_path / "home")
    home.initialise()
    (home.config / "settings.yml").write_text(
        f"lake_catalogue: {lake.catalogue}\nlake_data: {lake.data}\nlake_council: kent\n", encoding="utf-8"
    )
    build = made_build(home.builds, 1)
    named = build.folder.rename(home.builds / build.build_id)
    publish(home, type(build)(build.build_id, named), keep=2)
    return home


def test_publishing_and_forgetting_are_said_and_recorded(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for action in ("publish", "publish", "forget", "list"):
        assert main(["lake", action, "--home", str(home.root)]) == 0, capsys.readouterr().err
        said.append(capsys.readouterr().out)
    assert said[0].startswith("The lake has taken it: build 2026")
    assert said[1].startswith("The lake has it already: build 2026")
    assert said[2].startswith("The lake holds nothing older: 2 snapshots of all councils gone. It has build 2026")
    assert said[3].split()[-1] == "1"  # builds kept
    entries = trail.trail_of(home).entries()
    assert [one.action for one in entries] == ["lake_published", "lake_forgotten"]


def test_a_home_without_a_name_in_the_lake_is_told(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    settings = home.config / "settings.yml"
    settings.write_text(settings.read_text("utf-8").replace("lake_council: kent\n", ""), encoding="utf-8")
    assert main(["lake", "publish", "--home", str(home.root)]) == 1
    assert "lake_council is not set" in capsys.readouterr().err


def test_who_asks_the_lake_steps_back(home: Home) -> None:
    """Given a lake with a build, then `sql --lake` runs at low priority; in a thread, so that the tests keep theirs."""
    assert main(["lake", "publish", "--home", str(home.root)]) == 0
    found: list[tuple[int, int]] = []

    def ask() -> None:
        ended = main(["sql", "--lake", "select 1 as one", "--home", str(home.root)])
        found.append((ended, os.getpriority(os.PRIO_PROCESS, 0)))

    before = os.getpriority(os.PRIO_PROCESS, 0)
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [(0, max(before, NICENESS))]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_the_night_puts_the_published_build_in(home: Home, parsed_project_cache: Path) -> None:
    """Given a home with a lake, then its night ends there, and its build is in the lake."""
    shutil.copytree(Home(parsed_project_cache).dagster, home.dagster, dirs_exist_ok=True)
    settings = Settings.of_home(home.root)
    job = build_definitions(settings).resolve_job_def(JOB)
    assert LAKE_PUBLICATION in job.asset_layer.executable_asset_keys
    # after the packs, which a lake that is away must not cost
    assert {pack_key(pack) for pack in ALL} <= job.asset_layer.get(LAKE_PUBLICATION).parent_keys
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [lake_publication_asset()],
            resources={"refresh": dg.ResourceDefinition.hardcoded_resource(SimpleNamespace(settings=settings))},
            instance=instance,
        )
    assert result.success
    with Lake.of(settings).open(for_reading=True) as connection:
        assert [one.council for one in publications(connection)] == ["kent"]


def test_a_home_without_a_lake_has_no_such_step(parsed_project_cache: Path) -> None:
    job = build_definitions(Settings(home=parsed_project_cache)).resolve_job_def(JOB)
    assert LAKE_PUBLICATION not in job.asset_layer.executable_asset_keys
