"""What a build on Spark would take on more machines, worked out from the times of its stages.

What belongs here: reading Spark's event log, and the arithmetic. What does not: running anything (`scale`).

The model is of three parts. While no task ran, Spark's driver planned or waited, which more machines do not shorten.
Work of a stage with one task lies in one place, and no machine more takes any of it. Work of stages with more tasks is
split among all cores. A stage's tasks are as long as what Spark itself counted, from launch to finish.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from pathlib import Path


@dataclass(frozen=True)
class StageTimes:
    """Seconds of one run: in which no task ran; of tasks that were alone in their stage; of all others.

    `cores` is how many tasks could run at once, `wall` what the run took from first to last event.
    """

    cores: int
    wall: float
    driver: float
    serial: float
    parallel: float

    def on(self, cores: int) -> float:
        """Return the seconds that the model says on so many cores."""
        return self.driver + self.serial + self.parallel / cores

    @property
    def of_measured(self) -> float:
        """The model's seconds on the cores of the run, as a share of what the run took."""
        return self.on(self.cores) / self.wall


def read_stages(folder: Path, cores: int) -> StageTimes:
    """Read the event log of one application.

    Args:
        folder: What Spark was told as `spark.eventLog.dir`.
        cores: How many tasks could run at once.

    Raises ValueError when the folder holds no event log with a task in it.
    """
    first = last = 0
    tasks: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for file in sorted(folder.glob("*/events_*")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                event = json.loads(line)
                if event["Event"] == "SparkListenerApplicationStart":
                    first = event["Timestamp"]
                elif event["Event"] == "SparkListenerApplicationEnd":
                    last = event["Timestamp"]
                elif event["Event"] == "SparkListenerTaskEnd":
                    info = event["Task Info"]
                    stage = (event["Stage ID"], event["Stage Attempt ID"])
                    tasks[stage].append((info["Launch Time"], info["Finish Time"]))
    if not tasks:
        raise ValueError(f"{folder} holds no event log with a task in it.")
    spans = [span for stage in tasks.values() for span in stage]
    last = max(last, *(end for _, end in spans))
    seconds = {stage: sum(end - start for start, end in spans) / 1000 for stage, spans in tasks.items()}
    wall = (last - first) / 1000
    return StageTimes(
        cores=cores,
        wall=wall,
        driver=wall - covered(spans) / 1000,
        serial=sum(spent for stage, spent in seconds.items() if len(tasks[stage]) == 1),
        parallel=sum(spent for stage, spent in seconds.items() if len(tasks[stage]) > 1),
    )


def covered(spans: Iterable[tuple[int, int]]) -> int:
    """Return how long at least one of the spans lasts, each (start, end), in their unit."""
    whole, until = 0, 0
    for start, end in sorted(spans):
        whole += max(0, end - max(start, until))
        until = max(until, end)
    return whole


def cores_that_pay(times: StageTimes, seconds: float) -> int | None:
    """Return the fewest cores on which the model is below `seconds`; None where no number is enough."""
    left = seconds - times.driver - times.serial
    if left <= 0:
        return None
    return int(times.parallel // left) + 1


def exponent(smaller: tuple[float, float], larger: tuple[float, float]) -> float:
    """Return the power with which seconds grow with people, from two (people, seconds)."""
    return log(larger[1] / smaller[1]) / log(larger[0] / smaller[0])


@dataclass(frozen=True)
class Size:
    """One size that both engines were measured at: people, DuckDB's seconds, the times of Spark's stages."""

    people: float
    duckdb: float
    stages: StageTimes


def people_that_pay(smaller: Size, larger: Size, cores: int, most: float = 1e9) -> float | None:
    """Return from how many people on the model on `cores` is below DuckDB; None where it is not up to `most`.

    Each part grows with the power that it grew with between the two sizes, a part that shrank with none. It is looked
    for upwards from the larger size, in steps of a tenth: beyond what was measured, so no more than a guide.
    """

    def at(people: float, before: float, after: float) -> float:
        power = max(0.0, exponent((smaller.people, before), (larger.people, after)))
        return after * (people / larger.people) ** power

    one, other = smaller.stages, larger.stages
    people = larger.people
    while people <= most:
        spark = StageTimes(
            cores=cores,
            wall=0.0,
            driver=at(people, one.driver, other.driver),
            serial=at(people, one.serial, other.serial),
            parallel=at(people, one.parallel, other.parallel),
        ).on(cores)
        if spark < at(people, smaller.duckdb, larger.duckdb):
            return people
        people *= 1.1
    return None
