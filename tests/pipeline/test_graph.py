"""The asset graph as a whole: a change to it must be seen by whoever reviews it.

The snapshot holds every asset's key, dependencies, group, owners, kinds and description, every check, the job's
selection and the schedule. After an intended change: pytest tests/pipeline/test_graph.py --snapshot-update
"""

import re
from pathlib import Path

import dagster as dg
import pytest
from syrupy.assertion import SnapshotAssertion

from pipelines.contracts import load_contracts
from pipelines.definitions import JOB, build_definitions
from pipelines.settings import Settings


@pytest.fixture(scope="module")
def definitions(parsed_project_cache: Path) -> dg.Definitions:
    return build_definitions(Settings(home=parsed_project_cache))


def test_every_asset_is_as_agreed(definitions: dg.Definitions, snapshot: SnapshotAssertion) -> None:
    assets = {
        spec.key.to_user_string(): {
            "group": spec.group_name,
            "deps": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
            "owners": sorted(spec.owners),
            "kinds": sorted(spec.kinds),
            "description": spec.description,
        }
        for spec in sorted(definitions.resolve_all_asset_specs(), key=lambda one: one.key)
    }
    assert assets == snapshot


def test_every_check_is_as_agreed(definitions: dg.Definitions, snapshot: SnapshotAssertion) -> None:
    graph = definitions.resolve_asset_graph()
    assert sorted(f"{key.asset_key.to_user_string()}: {key.name}" for key in graph.asset_check_keys) == snapshot


def test_the_job_and_its_schedule_are_as_agreed(definitions: dg.Definitions, snapshot: SnapshotAssertion) -> None:
    job = definitions.resolve_job_def(JOB)
    schedule = definitions.resolve_schedule_def("nightly")
    assert {
        "description": job.description,
        "executor": job.executor_def.name,
        "assets": sorted(key.to_user_string() for key in job.asset_layer.selected_asset_keys),
        "schedule": [schedule.cron_schedule, schedule.execution_timezone, schedule.job_name],
    } == snapshot


def test_every_asset_is_described_grouped_and_owned(definitions: dg.Definitions) -> None:
    for spec in definitions.resolve_all_asset_specs():
        name = spec.key.to_user_string()
        assert spec.description and spec.description != spec.key.path[-1], f"{name} is not described"
        assert spec.group_name and spec.group_name != "default", f"{name} is in no group"
        assert spec.owners, f"{name} is owned by nobody"
        assert spec.kinds, f"{name} has no kind"


def test_data_flow_from_the_extracts_to_the_packs(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    extracts = {key for key in graph.get_all_asset_keys() if graph.get(key).group_name == "extracts"}
    packs = {key for key in graph.get_all_asset_keys() if graph.get(key).group_name == "packs"}
    assert len(extracts) == len(load_contracts())
    for pack in packs:
        upstream = dg.AssetSelection.assets(pack).upstream().resolve(graph)
        assert extracts <= upstream, f"{pack.to_user_string()} does not depend on every extract"
        for stage in ("identity/person_link", "marts/measure_observation", "figures", "published_build"):
            assert dg.AssetKey(stage.split("/")) in upstream


def test_no_asset_reads_a_later_layer(definitions: dg.Definitions) -> None:
    order = [
        "extracts",
        "landing",
        "identity",
        "seeds",
        "staging",
        "core",
        "measures",
        "obligations",
        "marts",
        "analyst",
    ]
    place = {group: number for number, group in enumerate([*order, "disclosure", "publication", "packs"])}
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        for parent in node.parent_keys:
            assert place[graph.get(parent).group_name] <= place[node.group_name], f"{key} reads {parent}"


def test_the_description_of_a_job_is_a_sentence(definitions: dg.Definitions) -> None:
    assert re.search(r"\w+ .*\.$", definitions.resolve_job_def(JOB).description or "")
