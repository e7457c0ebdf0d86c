"""`lasting-homes refresh`: from the inbox to the published build, through Dagster.

What belongs here: starting the job in this process and saying what came of it. What does not: the stages.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from pipelines.commands.held import held_as_data, held_as_text
from pipelines.commands.land import files_as_data, files_as_text, needs_attention
from pipelines.commands.outcome import Outcome, count, in_london, table

if TYPE_CHECKING:
    from pipelines.progress import Progress
    from pipelines.refresh import Refresh
    from pipelines.settings import Settings


class RefreshFailedError(Exception):
    """The job ended without success and without an error of ours."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `refresh`."""
    parser.add_argument(
        "--as-known-at",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="use only what had been received and decided by the end of that day",
    )
    parser.add_argument(
        "--generation", type=int, metavar="N", help="read the landing as it stood in that generation (see reland)"
    )
    parser.add_argument("--packs", action="store_true", help="also render the packs")


def run(options: argparse.Namespace) -> Outcome:
    """Run the job and report what landed, what is held and what is published."""
    from pipelines.progress import to_standard_error
    from pipelines.settings import Settings

    known_at = options.as_known_at and datetime.combine(options.as_known_at, time.min)
    given = {"as_known_at": known_at, "generation": options.generation}
    settings = Settings.of_home(options.home, **{name: value for name, value in given.items() if value is not None})
    done = through_dagster(settings, packs=options.packs, progress=to_standard_error())
    facts = done.published.facts if done.published else {}
    code = 3 if needs_attention(done.landing_report) or done.held_loads else 0
    data = {
        "published": facts,
        "files": files_as_data(done.landing_report),
        "held": held_as_data(done.home, done.held_loads),
    }
    return Outcome(_text(done, facts), data, code)


def through_dagster(settings: Settings, *, packs: bool, progress: Progress) -> Refresh:
    """Run the job `refresh` in this process with the history of the home's Dagster folder; return what it did.

    Raises the stage's own error when one fails, HomeIsBusyError and HomeNotFoundError before anything starts.
    """
    from pipelines.warehouse.lock import only_one

    with only_one(settings.folders):
        progress("start", f"home {settings.folders.root}; loading Dagster and dbt")
    # Dagster prints every event to the console unless told otherwise; people get the progress lines instead.
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    os.environ["DAGSTER_HOME"] = str(settings.folders.dagster)
    import dagster as dg

    from pipelines.definitions import JOB, build_definitions
    from pipelines.rendering.assets import pack_key

    started: list[Refresh] = []
    definitions = build_definitions(settings, progress=progress, started=started.append)
    job = definitions.resolve_job_def(JOB)
    wanted = [key for key in job.asset_layer.selected_asset_keys if packs or key.path[0] != pack_key("").path[0]]
    with dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(
            instance=instance,
            asset_selection=None if packs else wanted,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    if not result.success or not started:
        raise RefreshFailedError("Dagster ended the run without success; its page shows the events.")
    return started[-1]


def _text(done: Refresh, facts: Mapping[str, Any]) -> str:
    lines = [files_as_text(done.landing_report, done.home)] if done.landing_report else []
    lines += held_as_text(done.home, done.held_loads)
    lines.append(facts_as_text(facts))
    if done.settings.as_known_at is not None:
        lines.append("What is published now is the past. Back to today with: lasting-homes refresh")
    return "\n".join(lines)


def facts_as_text(facts: Mapping[str, Any]) -> str:
    """Return the facts of a build as a small table."""
    rows = [
        ("build", facts["build_id"]),
        ("as known at", in_london(facts["as_known_at"])),
        ("data as at", _as_at(facts)),
        ("files read", count(facts["files"], "file")),
        (
            "rows",
            f"{facts['rows_read']:,} read = {facts['rows_accepted']:,} accepted + {facts['rows_rejected']:,} rejected",
        ),
        ("cells refused", f"{facts['cells_refused']:,}"),
        ("deliveries held", f"{facts['loads_held']:,} of {facts['loads'] + facts['loads_held']:,}"),
        ("people", f"{facts['people']:,}"),
        (
            "housing records",
            f"{facts['linked']:,} linked, {facts['review']:,} for review, {facts['unlinked']:,} unlinked",
        ),
        ("checks passed", _checks(facts)),
    ]
    if not facts.get("fewest_hidden", True):
        words = "more hidden than need be, none unsafe: time ran out. Refresh when the machine is quieter"
        rows.append(("public figures", words))
    return table(("published", ""), rows)


def _checks(facts: Mapping[str, Any]) -> str:
    warned = facts["checks_run"] - facts["checks_passed"]
    passed = f"{facts['checks_passed']:,} of {facts['checks_run']:,}"
    return f"{passed}; {count(warned, 'warning')}, see the Data Docs" if warned else passed


def _as_at(facts: Mapping[str, Any]) -> str:
    """Return the data dates of the senders' latest files, from the earliest to the latest."""
    dates = sorted({date.fromisoformat(sender["data_date"]) for sender in facts["senders"]})
    return " to ".join(f"{one.day} {one:%B %Y}" for one in (dates if len(dates) == 1 else (dates[0], dates[-1])))
