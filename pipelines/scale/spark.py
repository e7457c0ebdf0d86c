"""The models on Spark: one `dbt build --target spark` in a process of its own.

What belongs here: what Spark needs to run, the settings of its session, the run and what became of it. What does not:
SQL (the dialect's differences are dispatch macros of the dbt project), whether the figures agree
(`pipelines.scale.parity`) and the other thing that Spark can do, scoring pairs (`pipelines.scale.scoring`).

Spark runs in a process of its own, because its Java machine ends with the process that began it, and takes the memory
with it. The tables are Parquet files, which anything can read after that.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipelines.durable import PRIVATE
from pipelines.project_files import dbt_project
from pipelines.protection.encryption import KEY_FILE_VARIABLE, KEY_VARIABLE
from pipelines.scale.rows import write_rows

JAVA_VERSIONS = (17, 21)
# Two executors of one core and 1 GiB each, real processes beside the driver, on this machine.
LOCAL_CLUSTER = "local-cluster[2,1,1024]"
# The files of defaults that Hadoop looks for, first in `conf` of SPARK_HOME.
HADOOP_DEFAULTS = ("core", "hdfs", "mapred", "yarn")


class SparkIsMissingError(Exception):
    """Spark, dbt's adapter for it, or Java is not on this machine."""


class SparkBuildFailedError(Exception):
    """A model failed on Spark, or dbt ended without results."""


@dataclass(frozen=True)
class SparkSession:
    """How a session of Spark is started.

    `master` is Spark's own word for where the work goes; `driver_memory` is the driver's heap as Java says it ("2g");
    `partitions` is the number of parts that a shuffle makes; `threads` is the number of models at once.

    `is_small`: the data is so little that planning and compiling cost more than the rows: plans are interpreted rather
    than compiled, not planned anew between stages, and not written out for a log that nobody reads.

    `event_log`: a folder that is there, for Spark's own record of jobs, stages and tasks; None for no record.
    """

    master: str = "local[2]"
    driver_memory: str = "2g"
    partitions: int = 2
    threads: int = 2
    is_small: bool = False
    event_log: Path | None = None

    def arguments(self) -> str:
        """Return the words for `PYSPARK_SUBMIT_ARGS`."""
        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "ERROR",
            "spark.default.parallelism": str(self.partitions),
        }
        if self.event_log:
            settings |= {
                "spark.eventLog.enabled": "true",
                "spark.eventLog.compress": "false",
                "spark.eventLog.dir": self.event_log.as_uri(),
            }
        if self.is_small:
            settings |= {
                "spark.sql.adaptive.enabled": "false",
                "spark.sql.codegen.wholeStage": "false",
                "spark.sql.codegen.factoryMode": "NO_CODEGEN",
                "spark.sql.parquet.compression.codec": "uncompressed",
                "spark.sql.ui.explainMode": "simple",
                "spark.sql.maxPlanStringLength": "0",
                "spark.locality.wait": "0",
                "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                "spark.executor.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            }
        said = " ".join(f"--conf '{name}={value}'" for name, value in settings.items())
        return f"--master {self.master} --driver-memory {self.driver_memory} {said} pyspark-shell"


@dataclass(frozen=True)
class SparkBuild:
    """What a build on Spark left behind: its tables as `<tables>/<schema>.db/<table>/*.parquet`, and the times.

    `models` is how many models it made; `written` are the names of those that are tables, the others being views.
    """

    tables: Path
    manifest: Path
    models: int
    written: tuple[str, ...]
    seconds: float
    slowest: tuple[tuple[str, float], ...]


def java() -> str | None:
    """Return the Java that Spark would start: that of JAVA_HOME, else the first on the path; None without one."""
    named = os.environ.get("JAVA_HOME")
    return str(Path(named) / "bin" / "java") if named else shutil.which("java")


def java_version(program: str) -> int | None:
    """Return the main version of a Java program, None when it is not there or says none."""
    try:
        said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    except OSError:
        return None
    _, _, rest = said.partition('version "')
    digits = rest.split(".")[0].split('"')[0]
    return int(digits) if digits.isdecimal() else None


def what_is_missing() -> str | None:
    """Return what Spark lacks on this machine and how to get it, None when PySpark, dbt-spark and a Java are here."""
    needed = {"pyspark": "pyspark", "dbt-spark": "dbt.adapters.spark"}
    missing = [name for name, module in needed.items() if not _has(module)]
    if missing:
        return f"Spark needs {' and '.join(missing)}, which this environment has not. Run: make spark-deps"
    program = java()
    found = java_version(program) if program else None
    if found not in JAVA_VERSIONS:
        return (
            f"Spark needs Java 17 or 21; here is {found or 'none'}. On Debian and Ubuntu: "
            "sudo apt-get install openjdk-17-jre-headless; or set JAVA_HOME to one that you have."
        )
    return None


def require_spark() -> None:
    """Raise `SparkIsMissingError`, which says how to get it, where anything that Spark needs is missing."""
    missing = what_is_missing()
    if missing:
        raise SparkIsMissingError(missing)


def session_environment(folder: Path, session: SparkSession) -> dict[str, str]:
    """Make `spark` in a folder and return the environment in which a process starts this session from it.

    What the driver, and executors on this machine, write between stages and cannot hold in memory comes into `spark`,
    too: it is rows. The key of the home's databases is not passed on, since nothing there is encrypted with it.
    """
    home = _spark_home(folder / "spark", without_hadoop_defaults=session.is_small)
    return {
        **{name: value for name, value in os.environ.items() if name not in (KEY_VARIABLE, KEY_FILE_VARIABLE)},
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_DIRS": str(home / "between"),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": session.arguments(),
    }


def build_on_spark(
    warehouse: Path,
    folder: Path,
    session: SparkSession,
    *,
    with_tests: bool = False,
    inherited: tuple[int, ...] = (),
) -> SparkBuild:
    """Build the models that run on any engine on Spark, from the rows that a build of this program began with.

    Args:
        warehouse: The build's DuckDB file; its schemas `landing` and `identity` are read.
        folder: Where rows, tables, compiled SQL and logs go; it must be empty or absent.
        session: How Spark is started.
        with_tests: Whether dbt's data tests run on Spark, too.
        inherited: Descriptors that the process of Spark keeps open, such as of a lock.

    Raises:
        SparkIsMissingError: PySpark, dbt-spark or Java is missing.
        SparkBuildFailedError: A model or test failed; the message names it and the log, and quotes no value.
    """
    require_spark()
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    write_rows(warehouse, folder / "rows")
    started = time.monotonic()
    run = _dbt(folder, session, with_tests=with_tests, inherited=inherited)
    seconds = time.monotonic() - started
    written = folder / "target" / "run_results.json"
    if not written.exists():
        raise SparkBuildFailedError(
            f"dbt ended without results (exit code {run.returncode}); see {folder / 'output.log'}."
        )
    # What dbt returned does not count: a session of Spark may complain while it ends, when all has been done.
    results: list[dict[str, Any]] = json.loads(written.read_text(encoding="utf-8"))["results"]
    failed = sorted(_name(one) for one in results if one["status"] not in {"success", "pass"})
    if failed:
        raise SparkBuildFailedError(
            f"{len(failed)} of {len(results)} nodes failed on Spark: {', '.join(failed[:5])}; "
            f"see {folder / 'logs' / 'dbt.log'}."
        )
    times = sorted(((_name(one), float(one["execution_time"])) for one in results), key=lambda one: -one[1])
    return SparkBuild(
        tables=folder / "tables",
        manifest=folder / "target" / "manifest.json",
        models=sum(one["unique_id"].startswith("model.") for one in results),
        written=tuple(sorted(path.name for path in (folder / "tables").glob("*.db/*") if path.is_dir())),
        seconds=round(seconds, 1),
        slowest=tuple(times[:10]),
    )


def _dbt(
    folder: Path, session: SparkSession, *, with_tests: bool, inherited: tuple[int, ...]
) -> subprocess.CompletedProcess[bytes]:
    project = dbt_project()
    left_out = ["resource_type:unit_test"] if with_tests else ["resource_type:unit_test", "resource_type:test"]
    environment = {
        **session_environment(folder, session),
        "LASTING_HOMES_ROWS": str(folder / "rows"),
        "LASTING_HOMES_SPARK_TABLES": str(folder / "tables"),
        "LASTING_HOMES_SPARK_PARTITIONS": str(session.partitions),
        "LASTING_HOMES_DBT_THREADS": str(session.threads),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    with (folder / "output.log").open("wb") as output:
        return subprocess.run(  # noqa: S603
            [
                *(sys.executable, "-m", "dbt.cli.main", "--no-version-check", "build", "--target", "spark"),
                *("--exclude", *left_out),
                *("--project-dir", str(project), "--profiles-dir", str(project)),
                *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
            ],
            env=environment,
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=inherited,
            check=False,
        )


def _spark_home(folder: Path, *, without_hadoop_defaults: bool) -> Path:
    """Return a new folder that is SPARK_HOME for one run: PySpark is a whole Spark, and its parts are linked.

    The executors of a cluster on this machine start from it and write their work there, which the environment that the
    program is installed in should not hold.

    Each table that is read sends Hadoop's configuration to every executor, each of its 1,500 properties compressed by
    itself. `without_hadoop_defaults` leaves only what was set: all that files of this machine need, and a quarter less
    of everything's time where the tables are small.
    """
    folder.mkdir(mode=PRIVATE)
    found = find_spec("pyspark")
    for part in Path(found.origin).parent.iterdir() if found and found.origin else ():
        if part.suffix != ".py":
            (folder / part.name).symlink_to(part)
    if without_hadoop_defaults:
        (folder / "conf").mkdir(mode=PRIVATE)
        for name in HADOOP_DEFAULTS:
            (folder / "conf" / f"{name}-default.xml").write_text("<configuration/>\n", encoding="ascii")
    return folder


def _has(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _name(result: dict[str, Any]) -> str:
    return str(result["unique_id"]).split(".")[2]
