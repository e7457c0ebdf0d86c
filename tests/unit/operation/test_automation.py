"""What Dagster's daemon starts: the night at two in London, files soon after they come, alerts on failure."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import RunFailureReason
from dagster._core.execution.retries import auto_reexecution_should_retry_run
from dagster._utils.schedules import cron_string_iterator

from pipelines.commands.init import DAGSTER
from pipelines.definitions import build_definitions
from pipelines.landing import Load
from pipelines.landing.store import write_receipt
from pipelines.operation import automation
from pipelines.operation.alerts import Alert
from pipelines.operation.arrivals import ready_files, wanted
from pipelines.refresh import NothingLandedError
from pipelines.settings import LONDON, Home, Settings
from pipelines.warehouse import judgements
from pipelines.warehouse.lock import HomeIsBusyError, only_one

TODAY = date(2026, 10, 5)
LIST = "deliveries:\n  - {family: homelessness, sender: E07000108, every: month, day: 5}\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.initialise()
    (made.config / "deliveries.yml").write_text(LIST, "utf-8")
    return made


@pytest.fixture(scope="module")
def definitions(parsed_project_cache: Path) -> dg.Definitions:
    return build_definitions(Settings(home=parsed_project_cache))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def settings_of(home: Home) -> Settings:
    return Settings.of_home(home.root, settle_seconds=10)


def arrive(home: Home, seconds_ago: float = 11, name: str = "cases_2026-09-30.csv") -> Path:
    folder = home.inbox / "homelessness" / "E07000108"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("case_ref\n", encoding="utf-8")
    os.utime(path, (time.time() - seconds_ago,) * 2)
    return path


def landed(home: Home, sender: str = "E07000108") -> Load:
    load = Load(
        f"load_{sender}", "homelessness", "cases", sender, "kent", "cases.csv", "0" * 64, date(2026, 9, 30),
        datetime(2026, 10, 5, 6, tzinfo=UTC), 60, 60, 0, 0, "c",
    )  # fmt: skip
    write_receipt(home, load)
    return load


def at(hour: int) -> datetime:
    return datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("first", "utc_hours"),
    [(datetime(2026, 3, 28, tzinfo=LONDON), [2, 1, 1]), (datetime(2026, 10, 24, tzinfo=LONDON), [1, 2, 2])],
)
def test_the_night_runs_once_at_two_in_london_when_the_clocks_change(
    definitions: dg.Definitions, first: datetime, utc_hours: list[int]
) -> None:
    schedule = definitions.resolve_schedule_def("nightly")
    moments = cron_string_iterator(first.timestamp(), str(schedule.cron_schedule), schedule.execution_timezone)
    nights = [next(moments) for _ in range(3)]
    assert [night.astimezone(UTC).hour for night in nights] == utc_hours
    assert [night.astimezone(LONDON).hour for night in nights] == [2, 2, 2]
    assert [night.astimezone(LONDON).date().day - first.day for night in nights] == [0, 1, 2]


def test_a_night_is_asked_for_once_and_tagged_with_its_date(
    definitions: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    schedule = definitions.resolve_schedule_def("nightly")
    context = dg.build_schedule_context(instance, datetime(2026, 10, 25, 2, tzinfo=LONDON).astimezone(UTC))
    (request,) = schedule.evaluate_tick(context).run_requests or []
    assert (request.run_key, request.tags[automation.NIGHT]) == ("night-2026-10-25", "2026-10-25")


def test_a_file_is_landed_when_it_has_stood_still_and_tried_once(home: Home) -> None:
    arrive(home, seconds_ago=2)
    assert ready_files(home, 10) == []
    arrive(home)
    ready = ready_files(home, 10)
    assert wanted(settings_of(home), at(9), ready, []).what == "land"
    assert wanted(settings_of(home), at(9), ready, ready).what is None


def test_a_refused_file_that_is_sent_again_is_tried_again(home: Home) -> None:
    arrive(home)
    tried = ready_files(home, 10)
    time.sleep(0.02)
    arrive(home)
    assert wanted(settings_of(home), at(9), ready_files(home, 10), tried).what == "land"


def test_figures_follow_when_everybody_due_today_is_in(home: Home) -> None:
    """Given a file of another district, then Dover is waited for; when Dover's is in, then it is refreshed."""
    landed(home, "E07000105")
    before = wanted(settings_of(home), at(9), [], [])
    assert before.what is None and "wait for Dover (homelessness), at the latest until 18:00" in before.sentence
    landed(home)
    assert wanted(settings_of(home), at(9), [], []).what == "refresh"


def test_figures_follow_when_the_hour_has_come(home: Home) -> None:
    landed(home, "E07000105")
    assert wanted(settings_of(home), at(17), [], []).what is None
    assert wanted(settings_of(home), at(18), [], []).what == "refresh"


def test_what_a_refresh_has_seen_starts_no_other(home: Home) -> None:
    load = landed(home)
    first = wanted(settings_of(home), at(9), [], [])
    assert first.key == wanted(settings_of(home), at(10), [], []).key
    judgements.record(home, [{"load_id": load.load_id, "generation": 1}], at(9))
    assert wanted(settings_of(home), at(19), [], []).what is None


def test_the_sensor_asks_for_a_landing_within_a_minute_of_arrival(
    home: Home, definitions: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    """Ten seconds of standing still and fifteen between looks leave half a minute for the run to start."""
    land, refresh = (definitions.resolve_job_def(name) for name in ("land", "refresh"))
    sensor = automation.arrivals_sensor(settings_of(home), land=land, refresh=refresh)  # type: ignore[arg-type]
    assert sensor.minimum_interval_seconds == 15
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    arrive(home)
    with only_one(home):
        assert not sensor.evaluate_tick(dg.build_sensor_context(instance)).run_requests
    tick = sensor.evaluate_tick(dg.build_sensor_context(instance))
    assert [request.job_name for request in tick.run_requests or []] == ["land"]
    again = sensor.evaluate_tick(dg.build_sensor_context(instance, cursor=tick.cursor))
    assert not again.run_requests


def test_late_senders_are_a_check_with_name_and_days(home: Home, instance: dg.DagsterInstance) -> None:
    sensor = automation.freshness_sensor(settings_of(home))
    tick = sensor.evaluate_tick(dg.build_sensor_context(instance))
    (evaluation,) = tick.asset_events
    assert isinstance(evaluation, dg.AssetCheckEvaluation)
    assert not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.WARN
    assert float(str(evaluation.metadata["Dover (homelessness)"].value)) > 0
    assert not sensor.evaluate_tick(dg.build_sensor_context(instance, cursor=tick.cursor)).asset_events


@pytest.mark.parametrize("job", ["refresh", "land", "past_nights"])
def test_a_run_whose_process_died_is_tried_again_from_its_beginning_and_no_other(
    definitions: dg.Definitions, tmp_path: Path, job: str
) -> None:
    """Given a home's own dagster.yaml, then a dead process is worth another try, and an error of a step is not."""
    (tmp_path / "dagster.yaml").write_text(DAGSTER, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(tmp_path))
        with dg.DagsterInstance.get() as instance:
            found = definitions.resolve_job_def(job)
            run = instance.create_run_for_job(found, status=dg.DagsterRunStatus.FAILURE, tags=found.run_tags)
            assert run.tags["dagster/retry_strategy"] == "ALL_STEPS"
            for reason, again in ((None, True), (RunFailureReason.STEP_FAILURE, False)):
                assert auto_reexecution_should_retry_run(instance, run, reason) is again


def test_a_run_that_is_tried_again_is_not_told_as_failed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Alert] = []
    monkeypatch.setattr(automation, "send", lambda alert, _: sent.append(alert))
    sensor = automation.failure_alert(settings_of(home))

    @dg.op
    def dies() -> None:
        raise NothingLandedError("Nothing has landed.")

    job = dg.JobDefinition(name="refresh", graph_def=dg.GraphDefinition("refresh", node_defs=[dies]))
    for again in ("true", "false"):
        with dg.DagsterInstance.ephemeral() as instance:
            result = job.execute_in_process(
                instance=instance, raise_on_error=False, tags={automation.WILL_RETRY: again}
            )
            event = next(one for one in result.all_events if one.event_type_value == "PIPELINE_FAILURE")
            context = dg.build_run_status_sensor_context("tell_of_failures", event, instance, result.dagster_run)
            sensor(context.for_run_failure())
    assert len(sent) == 1


def test_a_run_waits_for_whoever_changes_the_home_by_hand(home: Home) -> None:
    """Given a refresh by hand at two in the morning, then the night comes after it; a command says so at once."""
    order: list[str] = []
    held = threading.Event()

    def by_hand() -> None:
        with only_one(home):
            held.set()
            time.sleep(0.7)
            order.append("by hand")

    thread = threading.Thread(target=by_hand)
    thread.start()
    held.wait()
    with pytest.raises(HomeIsBusyError), only_one(home):
        pass
    with only_one(home, patience=timedelta(minutes=1)):
        order.append("the night")
    thread.join()
    assert order == ["by hand", "the night"]


def test_a_failed_run_is_told_in_our_words_and_never_in_those_of_a_library(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Alert] = []
    monkeypatch.setattr(automation, "send", lambda alert, _: sent.append(alert))
    sensor = automation.failure_alert(settings_of(home))

    @dg.op
    def ours() -> None:
        raise NothingLandedError("Nothing has landed, so there is nothing to build.")

    @dg.op
    def another() -> None:
        raise ValueError("could not convert 'Zebedee Invented' to a date")

    for op in (ours, another):
        job = dg.JobDefinition(name="refresh", graph_def=dg.GraphDefinition("refresh", node_defs=[op]))
        with dg.DagsterInstance.ephemeral() as instance:
            result = job.execute_in_process(instance=instance, raise_on_error=False)
            event = next(one for one in result.all_events if one.event_type_value == "PIPELINE_FAILURE")
            context = dg.build_run_status_sensor_context("tell_of_failures", event, instance, result.dagster_run)
            sensor(context.for_run_failure())
    assert sent[0].sentence == "The refresh has failed: Nothing has landed, so there is nothing to build."
    assert sent[1].sentence == "The refresh has failed: ValueError."
    assert "Zebedee" not in sent[1].text(home.root)
