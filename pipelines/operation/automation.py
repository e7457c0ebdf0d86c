"""Operation in Dagster: the nightly schedule, the sensors of arrival and freshness, the alert on failure.

What belongs here: how the decisions of this stage are started by Dagster's daemon. What does not: the decisions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.landing.assets import ACCEPTED_LOADS
from pipelines.operation.alerts import Alert, send
from pipelines.operation.arrivals import ready_files, wanted
from pipelines.operation.deliveries import Late
from pipelines.operation.status import writer
from pipelines.operation.watch import late_deliveries, watch
from pipelines.settings import LONDON, Settings

if TYPE_CHECKING:
    from dagster import SerializableErrorInfo
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

ON_TIME = "senders_on_time"
# The night a run belongs to, so that runs can be found by it; and, given by hand, how the past is built again.
NIGHT = "lasting_homes/night"
AS_KNOWN_AT = "lasting_homes/as_known_at"
WHY = "lasting_homes/why"
WILL_RETRY = "dagster/will_retry"
OURS = ("pipelines.", "quality.")
OF_THE_SYSTEM = ("OSError", "PermissionError", "FileNotFoundError")
SECONDS_A_DAY = 86_400
SECONDS_BETWEEN_LOOKS = 15
SECONDS_BETWEEN_WATCHES = 300


def nightly_schedule(job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """Return the schedule of two o'clock in the morning in London, an hour that every night has exactly once."""

    @dg.schedule(
        name="nightly",
        job=job,
        cron_schedule="0 2 * * *",
        execution_timezone=LONDON.key,
        description="Refresh at two in the morning, London time.",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        """Ask for one run, tagged with its night; the key keeps a night from being run twice."""
        night = context.scheduled_execution_time.astimezone(LONDON).date().isoformat()
        return dg.RunRequest(run_key=f"night-{night}", tags={NIGHT: night})

    return nightly


def arrivals_sensor(
    settings: Settings, *, land: UnresolvedAssetJobDefinition, refresh: UnresolvedAssetJobDefinition
) -> dg.SensorDefinition:
    """Return the sensor that lands what arrives and refreshes when the day's senders are in or the hour has come."""

    @dg.sensor(
        name="arrivals",
        jobs=[land, refresh],
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        description="Land new files of the inbox; refresh once everybody due today is in, or the hour has come.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def arrivals(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        """Decide from the inbox, the landing and the clock; the cursor holds the files that were tried."""
        home = settings.folders
        if writer(home):
            return dg.SensorResult(skip_reason="Somebody is changing this home.")
        ready = ready_files(home, settings.settle_seconds)
        tried = json.loads(context.cursor or "[]")
        found = wanted(settings, datetime.now(UTC), ready, tried)
        if found.what is None:
            return dg.SensorResult(skip_reason=found.sentence, cursor=json.dumps(sorted(set(tried) & set(ready))))
        cursor = json.dumps(ready) if found.what == "land" else context.cursor
        request = dg.RunRequest(
            run_key=found.key, job_name=land.name if found.what == "land" else refresh.name, tags={WHY: found.sentence}
        )
        return dg.SensorResult(run_requests=[request], cursor=cursor)

    return arrivals


def freshness_sensor(settings: Settings) -> dg.SensorDefinition:
    """Return the sensor that tells of late senders and of a refresh that is overdue, and records the former."""

    @dg.sensor(
        name="freshness",
        minimum_interval_seconds=SECONDS_BETWEEN_WATCHES,
        description="Tell once who is late by how long, and that no refresh has been good for too long.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def freshness(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        """Send what is new; record the check again when who is late has changed."""
        now = datetime.now(UTC)
        found = late_deliveries(settings.folders, now)
        told = watch(settings, now)
        state = hashlib.sha256("\n".join(f"{one.delivery.name} {one.due}" for one in found).encode()).hexdigest()
        if state == context.cursor:
            return dg.SensorResult(skip_reason=f"{len(found)} senders are late, as before; {len(told)} alerts sent.")
        result = _on_time(found)
        evaluation = dg.AssetCheckEvaluation(
            asset_key=ACCEPTED_LOADS,
            check_name=ON_TIME,
            passed=result.passed,
            severity=result.severity,
            metadata=result.metadata,
        )
        return dg.SensorResult(asset_events=[evaluation], cursor=state)

    return freshness


def failure_alert(settings: Settings) -> dg.SensorDefinition:
    """Return the sensor that tells of a failed run in its own words, where these are ours."""

    @dg.run_failure_sensor(
        name="tell_of_failures",
        description="Tell that a refresh or a landing has failed: e-mail and web hook, as set.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def tell_of_failures(context: dg.RunFailureSensorContext) -> None:
        """Send one alert, unless the run is started again by itself; if that fails too, it is told."""
        if context.dagster_run.tags.get(WILL_RETRY) == "true":
            return
        errors = [event.step_failure_data.error for event in context.get_step_failure_events()]
        send(failed_run(context.dagster_run.job_name, context.dagster_run.run_id, errors), settings)

    return tell_of_failures


def on_time_check(settings: Settings) -> dg.AssetChecksDefinition:
    """Return the check that everybody's deliveries are in by their own time."""

    @dg.asset_check(
        asset=ACCEPTED_LOADS,
        name=ON_TIME,
        description="Every sender's deliveries are in by the time agreed; who is late is named, with how late.",
    )
    def senders_on_time() -> dg.AssetCheckResult:
        """Compare the home's list of deliveries with what has landed."""
        return _on_time(late_deliveries(settings.folders, datetime.now(UTC)))

    return senders_on_time


def failed_run(job: str, run_id: str, errors: Sequence[SerializableErrorInfo | None]) -> Alert:
    """Return the alert for a run that failed.

    Our own errors are written to be read and hold no person's value; of any other only the kind is told.

    Args:
        job: `refresh`, `land` or `past_nights`.
        run_id: Dagster's id of the run.
        errors: What the failed steps said, if anything.
    """
    said = list(dict.fromkeys(filter(None, map(_in_our_words, errors))))
    first = said[0].splitlines()[0] if said else "Its process ended before it could say why."
    reading = "What is published has not changed." if job != "land" else "The files stay in the inbox."
    details = (*said, reading, f"Dagster's run: {run_id}")
    kind = "land_failed" if job == "land" else "refresh_failed"
    what = {"land": "landing", "past_nights": "build of a past night"}.get(job, "refresh")
    return Alert(kind, f"{kind} {run_id}", f"The {what} has failed: {first}", details)


def _in_our_words(error: SerializableErrorInfo | None) -> str | None:
    """Return the text of the first error of ours in the chain of causes, else the kind of the innermost."""
    kind = None
    while error is not None:
        name, _, text = error.message.strip().partition(": ")
        if name.startswith(OURS) or name in OF_THE_SYSTEM:
            return str(text)
        kind = error.cls_name or kind
        error = error.cause
    return f"{kind}." if kind else None


def _on_time(found: Sequence[Late]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=not found,
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(one.sentence for one in found) or "Everybody is in.",
        metadata={
            "late": len(found),
            **{one.delivery.name: round(one.late_by.total_seconds() / SECONDS_A_DAY, 2) for one in found},
        },
    )
