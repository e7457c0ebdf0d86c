"""What more machines would change, worked out from a record of tasks made by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from spark_stages import Size, StageTimes, cores_that_pay, covered, exponent, people_that_pay, read_stages


def record(folder: Path, *tasks: tuple[int, int, int]) -> Path:
    """Write an event log that runs from 0 to 60 s, with a task for each (stage, launch, finish), in milliseconds."""
    events: list[dict[str, object]] = [{"Event": "SparkListenerApplicationStart", "Timestamp": 0}]
    events += [
        {
            "Event": "SparkListenerTaskEnd",
            "Stage ID": stage,
            "Stage Attempt ID": 0,
            "Task Info": {"Launch Time": launch, "Finish Time": finish},
        }
        for stage, launch, finish in tasks
    ]
    events.append({"Event": "SparkListenerApplicationEnd", "Timestamp": 60_000})
    (folder / "eventlog_v2_app").mkdir()
    lines = "".join(json.dumps(event) + "\n" for event in events)
    (folder / "eventlog_v2_app" / "events_1_app").write_text(lines, encoding="utf-8")
    return folder


def test_time_is_parted_into_what_no_one_and_everyone_can_share(tmp_path: Path) -> None:
    """Given a stage of two tasks of 10 s side by side and one of a single task of 5 s, in a run of 60 s."""
    times = read_stages(record(tmp_path, (0, 10_000, 20_000), (0, 10_000, 20_000), (1, 30_000, 35_000)), cores=2)

    assert times == StageTimes(cores=2, wall=60.0, driver=45.0, serial=5.0, parallel=20.0)
    assert times.on(2) == 60.0
    assert times.of_measured == 1.0
    assert times.on(20) == 51.0


def test_a_record_without_tasks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no event log with a task"):
        read_stages(record(tmp_path), cores=2)


def test_spans_that_touch_overlap_or_hold_each_other_are_counted_once() -> None:
    assert covered([(5, 8), (0, 2), (1, 3), (3, 4), (6, 7)]) == 7
    assert covered([]) == 0


@pytest.mark.parametrize(("seconds", "cores"), [(51.0, 21), (50.0, None), (49.0, None), (1000.0, 1)])
def test_cores_pay_when_the_model_is_below_the_other_engine(seconds: float, cores: int | None) -> None:
    """Given 50 s that nobody shares and 20 core-seconds, then 50 s are never reached; 51 s by more than 20 cores."""
    assert cores_that_pay(StageTimes(cores=2, wall=60.0, driver=45.0, serial=5.0, parallel=20.0), seconds) == cores


def test_ten_times_the_people_in_a_hundred_times_the_seconds_is_a_square() -> None:
    assert exponent((1_000, 2.0), (10_000, 200.0)) == pytest.approx(2.0)


def size(people: float, duckdb: float, parallel: float) -> Size:
    return Size(people, duckdb, StageTimes(cores=2, wall=0.0, driver=80.0, serial=20.0, parallel=parallel))


def test_spark_pays_where_what_is_shared_grows_past_what_is_not() -> None:
    """Given 100 s that nobody shares, and work in proportion to people: 10 s in DuckDB, 40 core-seconds on 8 cores.

    Of n times 10,000 people DuckDB takes 10 n s and Spark 100 + 5 n s: equal at n = 20.
    """
    found = people_that_pay(size(1_000, 1.0, 4.0), size(10_000, 10.0, 40.0), cores=8)

    assert found is not None
    assert 200_000 < found <= 220_000


def test_spark_never_pays_on_as_many_cores_as_its_work_is_larger() -> None:
    assert people_that_pay(size(1_000, 1.0, 4.0), size(10_000, 10.0, 40.0), cores=4) is None
