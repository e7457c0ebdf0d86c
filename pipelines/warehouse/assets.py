"""The warehouse in Dagster: one asset per dbt model and seed, and the published build with its invariants.

What belongs here: how the warehouse is shown and started. What does not: what dbt runs (`pipelines.warehouse.dbt`) or
what must hold (`pipelines.warehouse.invariants`).

The models are shown as dagster-dbt shows them, but run by dbt in this process, and their data tests appear as one
check per model: an event for each of several hundred tests would take longer than the tests (decision records).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, build_dbt_asset_specs

from pipelines.disclosure.assets import FIGURES
from pipelines.landing.assets import ACCEPTED_LOADS
from pipelines.refresh import Refresh
from pipelines.settings import LONDON
from pipelines.warehouse.dbt import DbtReport, NodeResult
from pipelines.warehouse.invariants import EDITIONS_HOLD, NAMES, Invariant, InvariantError, dbt_passed, require

PAST_NIGHT = dg.AssetKey(["past_night"])
# Before any home there was; what was known on a night before the first delivery is nothing, which the run says.
FIRST_NIGHT = "2026-04-01"
PUBLISHED_BUILD = dg.AssetKey(["published_build"])
OBSERVATION = dg.AssetKey(["marts", "measure_observation"])
DATA_TESTS = "data_tests"


class Translator(DagsterDbtTranslator):
    """Names dbt's nodes as the folders do, and its sources as the assets that fill them."""

    def __init__(self) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(enable_asset_checks=False, enable_duplicate_source_asset_keys=True)
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return `<layer>/<name>`; for a source the asset of the stage that makes it."""
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] != "source":
            return dg.AssetKey([_layer(dbt_resource_props), name])
        if dbt_resource_props["source_name"] != "landing":
            return dg.AssetKey([dbt_resource_props["source_name"], name])
        family, _, table = name.removesuffix("__history").partition("__")
        return dg.AssetKey([family, table]) if table else ACCEPTED_LOADS

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the layer."""
        return _layer(dbt_resource_props)

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the node's own description, without its SQL."""
        return str(dbt_resource_props.get("description") or dbt_resource_props["name"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        """Return the owners that the node's meta names, else the warehouse team."""
        return super().get_owners(dbt_resource_props) or ["team:warehouse"]


def dbt_assets(manifest: Mapping[str, Any], *, pool: str) -> dg.AssetsDefinition:
    """Return one asset per dbt model and seed, run together, with one check per node that has data tests."""
    key_of = _keys(manifest)
    checks = [
        dg.AssetCheckSpec(DATA_TESTS, asset=key_of[node], description=f"{tests} data tests of dbt.")
        for node, tests in sorted(_tests_per_node(manifest, key_of).items())
    ]

    @dg.multi_asset(
        name="dbt_build",
        specs=build_dbt_asset_specs(manifest=manifest, dagster_dbt_translator=Translator()),
        check_specs=checks,
        pool=pool,
    )
    def dbt_build(refresh: dg.ResourceParam[Refresh]) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        """Run every model, seed and data test of dbt into the build's warehouse."""
        report = refresh.transform()
        rows = refresh.row_counts()
        for node in report.nodes:
            if node.passed and node.unique_id in key_of:
                key = key_of[node.unique_id]
                metadata: dict[str, float] = {"seconds": node.seconds}
                if key.to_user_string() in rows:
                    metadata["dagster/row_count"] = rows[key.to_user_string()]
                yield dg.MaterializeResult(asset_key=key, metadata=metadata)
        yield from _test_results(report, manifest, key_of)
        require([dbt_passed(report)])

    return dbt_build


def published_build_asset(manifest: Mapping[str, Any], *, pool: str) -> dg.AssetsDefinition:
    """Return the asset of the published build; its checks are the invariants."""
    marts = [key for key in _keys(manifest).values() if key.path[0] == "marts"]

    @dg.asset(
        key=PUBLISHED_BUILD,
        deps=[FIGURES, *sorted(marts)],
        description="The build that readers see: `published` points at it since every invariant held.",
        group_name="publication",
        owners=["team:warehouse"],
        kinds={"duckdb"},
        check_specs=[dg.AssetCheckSpec(name, asset=PUBLISHED_BUILD) for name in (*NAMES, EDITIONS_HOLD)],
        pool=pool,
    )
    def publish_build(refresh: dg.ResourceParam[Refresh]) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        """Check the invariants and swap the link; when one does not hold the previous build stays."""
        try:
            published = refresh.publish_build()
        except InvariantError as error:
            yield from _invariant_results(error.outcomes)
            raise
        yield dg.MaterializeResult(
            asset_key=PUBLISHED_BUILD,
            metadata=_plain(published.facts),
        )
        yield from _invariant_results(published.invariants)

    return publish_build


def past_night_asset(*, pool: str) -> dg.AssetsDefinition:
    """Return the asset of past nights: one partition for each day, which can be built again alone or with others."""

    @dg.asset(
        key=PAST_NIGHT,
        partitions_def=dg.DailyPartitionsDefinition(FIRST_NIGHT, timezone=LONDON.key),
        description="A build of what was known at the end of that day: checked and kept, and not published.",
        group_name="publication",
        owners=["team:warehouse"],
        kinds={"duckdb"},
        pool=pool,
    )
    def build_past_night(refresh: dg.ResourceParam[Refresh]) -> dg.MaterializeResult[None]:
        """Judge, link, transform and disclose what was known then; land nothing."""
        refresh.judge_loads()
        refresh.link_people()
        refresh.transform()
        refresh.disclose()
        return dg.MaterializeResult(metadata=_plain(refresh.keep_build().facts))

    return build_past_night


def _plain(facts: Mapping[str, Any]) -> dict[str, int | str]:
    """Return of a build's facts those that make a line over time, and its names."""
    return {name: value for name, value in facts.items() if isinstance(value, int | str)}


def _invariant_results(outcomes: Sequence[Invariant]) -> Iterator[dg.AssetCheckResult]:
    for outcome in outcomes:
        yield dg.AssetCheckResult(
            check_name=outcome.name,
            asset_key=PUBLISHED_BUILD,
            passed=outcome.passed,
            metadata={"found": outcome.sentence},
        )


def _layer(node: Mapping[str, Any]) -> str:
    return "seeds" if node["resource_type"] == "seed" else str(node["fqn"][1])


def _keys(manifest: Mapping[str, Any]) -> dict[str, dg.AssetKey]:
    """Map the unique ids of models and seeds to asset keys."""
    translator = Translator()
    return {
        unique_id: translator.get_asset_key(node)
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in {"model", "seed"}
    }


def _tested_node(test: Mapping[str, Any], key_of: Mapping[str, dg.AssetKey]) -> str | None:
    """Return the node that a data test is about: the one it is attached to, else the last that it reads."""
    attached = test.get("attached_node")
    if attached in key_of:
        return str(attached)
    read = [unique_id for unique_id in test["depends_on"]["nodes"] if unique_id in key_of]
    return str(read[-1]) if read else None


def _tests_per_node(manifest: Mapping[str, Any], key_of: Mapping[str, dg.AssetKey]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and (tested := _tested_node(node, key_of)):
            counts[tested] = counts.get(tested, 0) + 1
    return counts


def _test_results(
    report: DbtReport, manifest: Mapping[str, Any], key_of: Mapping[str, dg.AssetKey]
) -> Iterator[dg.AssetCheckResult]:
    of_node: dict[str, list[NodeResult]] = {}
    for test in report.tests:
        if tested := _tested_node(manifest["nodes"][test.unique_id], key_of):
            of_node.setdefault(tested, []).append(test)
    for unique_id, tests in of_node.items():
        wrong = [test for test in tests if not test.passed]
        yield dg.AssetCheckResult(
            check_name=DATA_TESTS,
            asset_key=key_of[unique_id],
            passed=not wrong,
            metadata={
                "tests": len(tests),
                "failed": [f"{test.name} ({test.status}, {test.failures or 0} rows)" for test in wrong],
            },
        )
