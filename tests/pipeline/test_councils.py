"""Councils side by side: what fails for one keeps no other out of the lake."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
from small_homes import copy_of

from pipelines.commands.init import make
from pipelines.councils.definitions import COUNCIL_IN_LAKE, job_of_all_councils
from pipelines.lake import Lake, publications
from pipelines.settings import Home
from pipelines.warehouse.dbt import ParsedProject
from pipelines.warehouse.publish import published_build

pytestmark = pytest.mark.slow


def test_a_council_that_fails_stops_no_other(
    catalogue: Callable[[], str],
    small_home: Home,
    parsed_project: ParsedProject,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given a home that is none, one of another council and one in order, when all go, then that one is in the lake."""
    lake = Lake(catalogue(), tmp_path / "lake")
    homes = tmp_path / "homes"
    homes.mkdir()
    good = copy_of(small_home, homes / "kent")
    shutil.copytree(parsed_project.folder.parent, good.dagster / "dbt", dirs_exist_ok=True)
    for name, council in (("essex", "essex"), ("kent", "kent"), ("surrey", "sussex")):
        (homes / name / "config").mkdir(parents=True, exist_ok=True)
        (homes / name / "config" / "settings.yml").write_text(
            f"lake_catalogue: {lake.catalogue}\nlake_data: {lake.data}\nlake_council: {council}\n", encoding="utf-8"
        )
    monkeypatch.setenv("LASTING_HOMES_COUNCILS", str(homes))
    make(good)
    before = published_build(good).build_id

    with dg.instance_for_test() as instance:
        result = dg.execute_job(dg.reconstructable(job_of_all_councils), instance, raise_on_error=False)
        failures = {
            event.node_name: event.step_failure_data.user_failure_data.description
            for event in result.all_events
            if event.is_step_failure
        }
        found = instance.get_latest_materialization_event(COUNCIL_IN_LAKE)

    assert failures.keys() == {"essex", "surrey"}
    assert "is not a Lasting Homes home" in failures["essex"]
    assert "is not that of surrey: its config/settings.yml says lake_council: sussex" in failures["surrey"]
    with lake.open(for_reading=True) as connection:
        ((council, build),) = [(one.council, one.build_id) for one in publications(connection)]
    assert (council, build) == ("kent", published_build(good).build_id)
    assert build != before
    assert found is not None
    assert found.asset_materialization is not None
    assert found.asset_materialization.partition == "kent"
    assert {*found.asset_materialization.metadata} == {
        *("build_id", "snapshot", "loads_held", "rows_rejected", "needs_attention")
    }
