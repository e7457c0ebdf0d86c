"""A refresh whose models Spark builds, for a home whose settings name one.

What belongs here: lending Spark the rows of a build, and giving its tables back to that build. What does not: running
Spark (`pipelines.scale.spark`), and what follows from the figures, which stays on one node.

Rows of people lie in plain files while Spark works, so that nothing of them outlasts the step, however it ends.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipelines.progress import Progress
from pipelines.scale.spark import SparkSession, build_on_spark
from pipelines.settings import Settings, SettingsError
from pipelines.warehouse.build import Build

MADE_ELSEWHERE = "made_elsewhere"


@contextmanager
def models_made_by_spark(settings: Settings, build: Build, progress: Progress) -> Iterator[dict[str, Any]]:
    """Yield the dbt variables with which the build takes its models from Spark; none where no Spark is named.

    While the body runs, Spark's tables are there. Afterwards the folder of this build is gone but for dbt's logs of a
    run that failed.

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
    folder = settings.spark_folder.resolve() / build.build_id
    session = SparkSession(
        master=settings.spark_master,
        driver_memory=settings.spark_memory,
        partitions=settings.spark_partitions,
        is_small=settings.spark_small,
    )
    try:
        made = build_on_spark(build.warehouse, folder, session)
        progress("warehouse", f"{made.models} models built on Spark in {made.seconds:.0f} s")
        yield {MADE_ELSEWHERE: {"tables": str(made.tables), "models": list(made.written)}}
    except BaseException:
        for part in ("rows", "tables", "spark"):
            shutil.rmtree(folder / part, ignore_errors=True)
        raise
    shutil.rmtree(folder)
