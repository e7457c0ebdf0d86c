"""The code location: the only place where the stages, their resources and their schedule are put together.

What belongs here: `build_definitions`, which tests call with resources of their own, and `defs`, which Dagster loads
(`workspace.yaml`). What does not: any step of the pipeline.

Names: an extract is `<family>/<table>`, a dbt node `<layer>/<name>`, everything else `<stage>/<what it is>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.contracts import Contracts, load_contracts
from pipelines.disclosure.assets import figures_asset
from pipelines.identity import Linker
from pipelines.identity.assets import identity_assets
from pipelines.lake.assets import lake_publication_asset
from pipelines.landing import Load
from pipelines.landing.assets import accepted_loads_asset, extract_assets
from pipelines.landing.senders import names_of_senders
from pipelines.operation.automation import (
    AS_KNOWN_AT,
    arrivals_sensor,
    failure_alert,
    freshness_sensor,
    nightly_schedule,
    on_time_check,
)
from pipelines.progress import Progress, to_standard_error
from pipelines.refresh import Judge, Refresh, Verdict, configured_linker
from pipelines.rendering.assets import pack_assets
from pipelines.settings import Settings
from pipelines.warehouse.assets import PAST_NIGHT, dbt_assets, past_night_asset, published_build_asset
from pipelines.warehouse.dbt import ParsedProject
from pipelines.warehouse.lock import only_one

JOB = "refresh"
LANDING_JOB = "land"
PAST_NIGHTS_JOB = "past_nights"
# How long a run waits for whoever is changing the home by hand.
PATIENCE = timedelta(minutes=30)
# A run whose process died is started again from its beginning, as `run_retries` of the home's dagster.yaml allows. One
# that failed by itself would fail again: nothing here depends on anything that comes and goes but the home's lock.
RETRIES = {"dagster/max_retries": "2", "dagster/retry_strategy": "ALL_STEPS"}
# Every asset that writes to the home shares a pool of one, so that Dagster's own queue never starts two refreshes.
WRITER = "warehouse_writer"
INTERRUPTED = "This run was interrupted: its process no longer holds the home's lock. Nothing it made was published."


def judge_with_great_expectations(  # noqa: PLR0913 - as `Judge` has it
    loads: Sequence[Load],
    accepted: Sequence[Load],
    *,
    landing: Path,
    contracts: Contracts,
    data_docs: Path,
    earlier: Sequence[Mapping[str, Any]],
) -> Verdict:
    """Judge new deliveries by the suites made from the contracts; loads Great Expectations (5 s) only then."""
    import quality  # noqa: PLC0415

    profiles = quality.profile_loads(loads, landing, contracts, previous=accepted)
    return quality.check_loads(
        profiles,
        contracts,
        data_docs=data_docs,
        sender_names=names_of_senders(),
        earlier=[quality.Judgement.from_json(one) for one in earlier],
    )


def build_definitions(  # noqa: PLR0913 - all that a caller may replace
    settings: Settings | None = None,
    *,
    linker: Linker | None = None,
    judge: Judge | None = judge_with_great_expectations,
    progress: Progress | None = None,
    started: Callable[[Refresh], None] = lambda _: None,
    patience: timedelta = timedelta(),
) -> dg.Definitions:
    """Assemble the whole graph.

    Args:
        settings: Where the home is; from the environment when None. The home need not exist to look at the graph.
        linker: Decides who is who; as configured (`refresh.configured_linker`) when None.
        judge: Judges deliveries; None leaves every load unheld, for tests that are about something else.
        progress: Hears one plain sentence per step; standard error when None.
        started: Is given each refresh as it begins, so that a caller in the same process can ask it what it did.
        patience: How long a run waits for whoever is changing the home.
    """
    settings = settings or Settings.of_home()
    home = settings.folders
    contracts = load_contracts(home.config / "contracts")
    project = ParsedProject(home.dagster / "dbt" if home.dagster.is_dir() else None)

    @dg.resource(description="One refresh of the home, under the home's lock for as long as the run lasts.")
    def refresh(context: dg.InitResourceContext) -> Iterator[Refresh]:
        with only_one(home, patience=patience):
            _end_interrupted_runs(context)
            run = Refresh(
                _of_run(settings, context.run),
                judge=judge,
                linker=linker or configured_linker(settings),
                project=project,
                progress=progress or to_standard_error(),
            )
            started(run)
            yield run

    manifest = project.manifest
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all() - dg.AssetSelection.assets(PAST_NIGHT),
        tags=RETRIES,
        description="Everything from the inbox to the packs: land, judge, link, build, disclose, publish, render.",
        executor_def=dg.in_process_executor,
    )
    landing = dg.define_asset_job(
        LANDING_JOB,
        selection=dg.AssetSelection.groups("extracts").without_checks(),
        tags=RETRIES,
        description="Land what is ready in the inbox, and nothing else.",
        executor_def=dg.in_process_executor,
    )
    past_nights = dg.define_asset_job(
        PAST_NIGHTS_JOB,
        selection=dg.AssetSelection.assets(PAST_NIGHT),
        tags=RETRIES,
        description="Build past nights again as they were known then, one or many; nothing is published.",
        executor_def=dg.in_process_executor,
    )
    return dg.Definitions(
        assets=[
            extract_assets(contracts, pool=WRITER),
            accepted_loads_asset(contracts, pool=WRITER),
            identity_assets(pool=WRITER),
            dbt_assets(manifest, pool=WRITER),
            figures_asset(pool=WRITER),
            published_build_asset(manifest, pool=WRITER),
            past_night_asset(pool=WRITER),
            pack_assets(),
            *([lake_publication_asset()] if settings.lake_council else []),
        ],
        jobs=[job, landing, past_nights],
        asset_checks=[on_time_check(settings)],
        schedules=[nightly_schedule(job)],
        sensors=[
            arrivals_sensor(settings, land=landing, refresh=job),
            freshness_sensor(settings),
            failure_alert(settings),
        ],
        resources={"refresh": refresh},
        executor=dg.in_process_executor,
    )


def _of_run(settings: Settings, run: dg.DagsterRun | None) -> Settings:
    """Return the settings for a run: one for a day (tag or partition) builds what was known at the end of that day."""
    tags = run.tags if run else {}
    day = tags.get(AS_KNOWN_AT) or tags.get("dagster/partition")
    return settings.model_copy(update={"as_known_at": datetime.fromisoformat(day)}) if day else settings


def _end_interrupted_runs(context: dg.InitResourceContext) -> None:
    """Mark runs as failed that the instance believes to be running, although this process holds the lock."""
    instance = context.instance
    if instance is None:
        return
    unfinished = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING])
    this_run = context.run.run_id if context.run else None
    for run in instance.get_runs(filters=unfinished):
        if run.run_id != this_run:
            instance.report_run_failed(run, INTERRUPTED)


def __getattr__(name: str) -> dg.Definitions:
    """Build `defs` when Dagster asks for it, so that importing this module for `build_definitions` parses nothing."""
    if name == "defs":
        return build_definitions(patience=PATIENCE)
    raise AttributeError(name)
