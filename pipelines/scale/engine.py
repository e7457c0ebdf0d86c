"""Which engine builds a build's models: DuckDB alone, or Spark for those that run on any engine.

What belongs here: lending Spark the rows of a build, and giving its tables back to that build. What does not: running
Spark (`pipelines.scale.spark`), and what follows from the figures, which stays on one node.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipelines.progress import Progress
from pipelines.scale.lending import lent_folder, named_spark
from pipelines.scale.spark import build_on_spark
from pipelines.settings import Settings
from pipelines.warehouse.build import Build

MADE_ELSEWHERE = "made_elsewhere"


@contextmanager
def models_made_by_spark(settings: Settings, build: Build, progress: Progress) -> Iterator[dict[str, Any]]:
    """Yield the dbt variables with which the build takes its models from Spark; none where no Spark is named.

    While the body runs, Spark's tables are there; for what is left afterwards see `lent_folder`.

    Raises:
        SettingsError: `spark_folder` is not set, or cannot be used.
        SparkIsMissingError: PySpark, dbt-spark or Java is missing.
        SparkBuildFailedError: A model failed on Spark.
    """
    spark = named_spark(settings)
    if spark is None:
        yield {}
        return
    with lent_folder(spark.folder, build.build_id) as lent:
        made = build_on_spark(build.warehouse, lent.folder, spark.session, inherited=(lent.lock,))
        progress("warehouse", f"{made.models} models built on Spark in {made.seconds:.0f} s")
        yield {MADE_ELSEWHERE: {"tables": str(made.tables), "models": list(made.written)}}
