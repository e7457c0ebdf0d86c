"""Dagster's code location for many councils: a partition for each, and a job that does all, a step for each.

What belongs here: how councils are shown, started and tried again. What does not: which there are (`listing`), and
what one turn is (`refreshing`).

Nothing of this history is about people: names of councils, ids of builds, counts.
"""

# Dagster reads the types of parameters when it makes an asset, so annotations are not postponed here.

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import dagster as dg

from pipelines.causes import said_of
from pipelines.councils.listing import councils_of
from pipelines.councils.refreshing import CouncilKilledError, Refreshed, refresh_council

COUNCIL_IN_LAKE = dg.AssetKey(["council_in_lake"])
ONE_JOB = "one_council"
ALL_JOB = "all_councils"
# A refresh that was killed is tried again; one that failed by itself would fail again.
TRIES_AGAIN = 2


def build_councils(
    councils: Mapping[str, Path] | None = None, *, executor: dg.ExecutorDefinition = dg.multiprocess_executor
) -> dg.Definitions:
    """Assemble the code location.

    Args:
        councils: The home of each council; from `LASTING_HOMES_COUNCILS` when None.
        executor: What carries out the steps of both jobs.

    Raises:
        CouncilsError: The list of councils cannot be used.
    """
    homes = councils_of() if councils is None else dict(councils)

    @dg.asset(
        key=COUNCIL_IN_LAKE,
        partitions_def=dg.StaticPartitionsDefinition(list(homes)),
        description="A council's home, refreshed from its inbox, and its published build in the lake.",
        group_name="councils",
        owners=["team:warehouse"],
        kinds={"ducklake"},
    )
    def council_in_lake(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """Refresh the home of the partition's council and see that the lake has its build."""
        return dg.MaterializeResult(metadata=asdict(_turn(context.partition_key, homes[context.partition_key])))

    def step_of(council: str) -> dg.OpDefinition:
        @dg.op(name=council, out=dg.Out(dg.Nothing), description="The same as the partition of that name.")
        def turn(context: dg.OpExecutionContext) -> None:
            done = _turn(council, homes[council])
            context.log_event(dg.AssetMaterialization(COUNCIL_IN_LAKE, partition=council, metadata=asdict(done)))

        return turn

    @dg.job(name=ALL_JOB, executor_def=executor, description="Every council, a step for each; none waits for another.")
    def all_councils() -> None:
        for council in homes:
            step_of(council)()

    one_council = dg.define_asset_job(
        ONE_JOB,
        selection=dg.AssetSelection.assets(COUNCIL_IN_LAKE),
        executor_def=executor,
        description="One council; a backfill gives each council a run of its own.",
    )
    return dg.Definitions(assets=[council_in_lake], jobs=[all_councils, one_council], executor=executor)


def job_of_all_councils() -> dg.JobDefinition:
    """Return the job that does every council, as a process that carries out one of its steps finds it by name."""
    return build_councils().resolve_job_def(ALL_JOB)


def _turn(council: str, home: Path) -> Refreshed:
    """Give a council its turn; what may be said of a failure is said, and a killed one goes again."""
    try:
        return refresh_council(council, home)
    except CouncilKilledError as killed:
        raise dg.RetryRequested(max_retries=TRIES_AGAIN, seconds_to_wait=1) from killed
    except Exception as error:  # noqa: BLE001 - the border to Dagster's history: everything ends as a sentence
        # Only our own errors quote nobody's value; of any other its kind is told, and its text is left out.
        raise dg.Failure(description=said_of(error), allow_retries=False) from None


def __getattr__(name: str) -> dg.Definitions:
    """Build `defs` when Dagster asks for it, so that importing this module reads no list."""
    if name == "defs":
        return build_councils()
    raise AttributeError(name)
