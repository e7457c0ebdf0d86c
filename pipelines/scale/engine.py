"""A refresh whose models Spark builds, for a home whose settings name one.

What belongs here: lending Spark the rows of a build, and giving its tables back to that build. What does not: running
Spark (`pipelines.scale.spark`), and what follows from the figures, which stays on one node.

Rows of people lie in plain files while Spark works. The step removes them when it ends; where its process was killed,
the next step that lends anything in the same folder does, since the kernel has released the lock.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines.durable import make_folder
from pipelines.progress import Progress
from pipelines.scale.spark import SparkSession, build_on_spark
from pipelines.settings import Settings, SettingsError
from pipelines.warehouse.build import Build

MADE_ELSEWHERE = "made_elsewhere"
# What holds rows of people, and Spark's own links; beside it are dbt's logs and what it compiled.
LENT = ("rows", "tables", "spark")


@contextmanager
def models_made_by_spark(settings: Settings, build: Build, progress: Progress) -> Iterator[dict[str, Any]]:
    """Yield the dbt variables with which the build takes its models from Spark; none where no Spark is named.

    While the body runs, Spark's tables are there. Afterwards the folder of this build is gone but for dbt's logs of a
    run that failed, which may quote a value.

    Raises:
        SettingsError: `spark_master` is set and `spark_folder` is not.
        SparkIsMissingError: PySpark, dbt-spark or Java is missing.
        SparkBuildFailedError: A model failed on Spark.
    """
    if settings.spark_master is None:
        yield {}
        return
    if settings.spark_folder is None:
        raise SettingsError(
            "spark_master is set and spark_folder is not. Name a folder on an encrypted volume that every machine of "
            "that Spark sees under the same path: rows of people lie there while Spark works."
        )
    session = SparkSession(
        master=settings.spark_master,
        driver_memory=settings.spark_memory,
        partitions=settings.spark_partitions,
        is_small=settings.spark_small,
    )
    with _lent(settings.spark_folder.resolve(), build.build_id) as folder:
        made = build_on_spark(build.warehouse, folder, session)
        progress("warehouse", f"{made.models} models built on Spark in {made.seconds:.0f} s")
        yield {MADE_ELSEWHERE: {"tables": str(made.tables), "models": list(made.written)}}
        shutil.rmtree(folder)


@contextmanager
def _lent(parent: Path, name: str) -> Iterator[Path]:
    """Yield a folder under a lock of its own, and remove what holds rows at the end; first that of killed steps."""
    make_folder(parent)
    for left in parent.glob("*.lock"):
        with left.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            _remove(left)
    folder = parent / name
    mine = parent / f"{name}.lock"
    with mine.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            _remove(mine)


def _remove(lock: Path) -> None:
    for part in LENT:
        shutil.rmtree(lock.with_suffix("") / part, ignore_errors=True)
    lock.unlink()
