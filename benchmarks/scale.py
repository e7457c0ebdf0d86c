"""What the models cost on DuckDB and on Spark, at growing numbers of people: `make bench-scale`.

Makes two counties of three years with the national generator, lets their people stand as often as is asked for
(`nation_landing`, `--copies`), and runs `dbt build`, models only, on DuckDB and on Spark on this machine, each from a
process of its own that parses the project itself. Spark's event log says what more machines would change
(`spark_stages`). Leaves Spark out of a size for which the time that is left is not enough, going by the growth so far.

What belongs here: the course of the benchmark and its lines. What does not: measuring, and the arithmetic.
How to read them: `README.md` beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measuring import peak_of_children, run_measured
from spark_stages import Size, StageTimes, cores_that_pay, exponent, people_that_pay, read_stages

from pipelines.project_files import dbt_project
from pipelines.scale.parity import compare
from pipelines.scale.spark import SparkSession, build_on_spark

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
# Of each county, aged 17 to 24 on the last day: about a thousand people are known of both in three years.
PEOPLE, MONTHS, EVERY = 340, 36, 3
CORES_SHOWN = (2, 8, 32, 128)


@dataclass(frozen=True)
class EngineCost:
    """Seconds of `dbt build` as dbt counts them, and the peak memory in MiB of all its processes together."""

    seconds: float
    peak_mib: float


def on_duckdb(warehouse: Path, folder: Path) -> EngineCost:
    """Build the models in the warehouse itself, as a program of its own."""
    project = dbt_project()
    command = [
        *(sys.executable, "-m", "dbt.cli.main", "--no-version-check", "build", "--target", "duckdb"),
        *("--exclude", "resource_type:unit_test", "resource_type:test"),
        *("--project-dir", str(project), "--profiles-dir", str(project)),
        *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
    ]
    folder.mkdir(parents=True)
    environment = {**os.environ, "LASTING_HOMES_WAREHOUSE": str(warehouse), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    with peak_of_children() as peak:
        subprocess.run(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    results = json.loads((folder / "target" / "run_results.json").read_text(encoding="utf-8"))
    return EngineCost(float(results["elapsed_time"]), peak[0])


def on_spark(warehouse: Path, work: Path, session: SparkSession, cores: int) -> tuple[EngineCost, StageTimes]:
    """Build the models on Spark from the rows of the warehouse, and fail where it says other than DuckDB."""
    folder, events = work / "spark", work / "events"
    events.mkdir()
    with peak_of_children() as peak:
        built = build_on_spark(warehouse, folder, replace(session, event_log=events))
    results = json.loads((folder / "target" / "run_results.json").read_text(encoding="utf-8"))
    differing = [one.sentence() for one in compare(warehouse, built.tables, built.manifest) if not one.is_equal]
    if differing:
        raise SystemExit("DuckDB and Spark differ: " + "; ".join(differing))
    return EngineCost(float(results["elapsed_time"]), peak[0]), read_stages(events, cores)


def measure(copies: int, work: Path, truth: Path, spark: SparkSession | None, cores: int) -> dict[str, Any]:
    """Make one size, run DuckDB on it and, where it is given, Spark on so many cores, and return what they took.

    `work` is a new folder.
    """
    work.mkdir(parents=True)
    warehouse = work / "warehouse.duckdb"
    size = ("--people", str(PEOPLE), "--months", str(MONTHS), "--every", str(EVERY), "--copies", str(copies))
    script = HERE / "nation_landing.py"
    _, made = run_measured("landing", [sys.executable, script, *size, "--truth", truth, "--database", warehouse])
    record: dict[str, Any] = {**json.loads(made), "load_before": round(os.getloadavg()[0], 2)}
    duckdb_cost = on_duckdb(warehouse, work / "duckdb")
    record["duckdb"] = asdict(duckdb_cost)
    print(_line("DuckDB", record, duckdb_cost), flush=True)
    if spark:
        spark_cost, times = on_spark(warehouse, work, spark, cores)
        record["spark"] = asdict(spark_cost)
        record["stages"] = asdict(times)
        record["cores_that_pay"] = cores_that_pay(times, duckdb_cost.seconds)
        print(_line("Spark", record, spark_cost), flush=True)
        said = ", ".join(f"{cores} cores {times.on(cores):.0f} s" for cores in CORES_SHOWN)
        print(
            f"  no task ran {times.driver:.0f} s, one task alone {times.serial:.0f} s, shared work "
            f"{times.parallel:.0f} core-seconds (the model says {times.of_measured:.2f} of what was measured); {said}; "
            f"quicker than DuckDB here from {record['cores_that_pay'] or 'no number of'} cores",
            flush=True,
        )
    return record


def _line(engine: str, record: dict[str, Any], cost: EngineCost) -> str:
    return (
        f"{record['people']:,} people, {record['rows']:,} rows: {engine} {cost.seconds:.0f} s, "
        f"{cost.peak_mib:,.0f} MiB; load before {record['load_before']}"
    )


def _growth(records: list[dict[str, Any]], engine: str) -> float | None:
    """Return the power with which an engine's time grew between its two largest sizes; None where there are not two."""
    measured = [(one["people"], one[engine]["seconds"]) for one in records if engine in one]
    return exponent(measured[-2], measured[-1]) if len(measured) > 1 else None


def _spark_would_take(records: list[dict[str, Any]], people: int) -> float:
    """Return seconds, by the growth so far, or in proportion where that is not known; 0 for the first size."""
    measured = [(one["people"], one["spark"]["seconds"]) for one in records if "spark" in one]
    if not measured:
        return 0.0
    growth = _growth(records, "spark") or 1.0
    return float(measured[-1][1] * (people / measured[-1][0]) ** growth)


def main() -> int:
    """Measure each size and print its lines; keep the record in `results/`."""
    parser = argparse.ArgumentParser(description="Measure the models on DuckDB and Spark at growing sizes.")
    parser.add_argument("--copies", type=int, nargs="+", default=[10, 100, 1000], help="people, in thousands or so")
    parser.add_argument("--cores", type=int, default=os.cpu_count(), help="tasks at once on Spark")
    parser.add_argument("--memory", default="8g", help="Spark's memory")
    parser.add_argument("--minutes", type=float, default=360, help="begin nothing that would not be done by then")
    parser.add_argument("--truth", type=Path, help="a folder that keeps what is generated, for the next run")
    parser.add_argument("--work", type=Path, help="an empty folder to work in; kept afterwards")
    given = parser.parse_args()
    started, records = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="lasting-homes-scale-") as folder:
        work = (given.work or Path(folder)).resolve()
        truth = (given.truth or work / "truth").resolve()

        session = SparkSession(
            master=f"local[{given.cores}]", driver_memory=given.memory, partitions=2 * given.cores, threads=2
        )
        for copies in given.copies:
            left = given.minutes * 60 - (time.monotonic() - started)
            spark = session if _spark_would_take(records, copies * 1000) < left else None
            records.append(measure(copies, work / str(copies), truth, spark, given.cores))
            if spark is None:
                print("  Spark was left out: by its growth so far it would not be done in the minutes given")
    for engine in ("duckdb", "spark"):
        if (growth := _growth(records, engine)) is not None:
            print(f"{engine}: time grows with the power {growth:.2f} of people between the two largest sizes")
    both = [
        Size(one["people"], one["duckdb"]["seconds"], StageTimes(**one["stages"])) for one in records if "stages" in one
    ]
    if len(both) > 1:
        for cores in CORES_SHOWN:
            found = people_that_pay(both[-2], both[-1], cores)
            print(f"{cores} cores: Spark would pay from {f'{found:,.0f}' if found else 'no number of'} people on")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"scale-{datetime.now(UTC):%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
