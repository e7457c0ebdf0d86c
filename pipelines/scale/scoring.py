"""Scoring pairs of records on Spark, with the parameters that were estimated in DuckDB.

What belongs here: lending Spark the two tables, starting it, and giving its predictions back. What does not: Splink on
Spark (`pipelines.scale.scoring_on_spark`, the program that is started), the model (`pipelines.identity.model`).

The training stays on the home's machine: it looks at a bounded number of pairs, takes its samples by DuckDB's hashes,
and sums in one order, so that a home's links do not depend on the engine. What grows with the people is the scoring.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.durable import PRIVATE
from pipelines.identity.model import LEFT, RIGHT
from pipelines.scale.lending import lent_folder
from pipelines.scale.spark import SparkBuildFailedError, SparkSession, require_spark, session_environment

PREDICTED = "predicted_on_spark"


@dataclass(frozen=True)
class SparkPredictor:
    """A `Predictor` that lends the two tables to Spark; what is left in `folder` says `lent_folder`."""

    session: SparkSession
    folder: Path

    def __call__(
        self,
        database: duckdb.DuckDBPyConnection,
        settings: Mapping[str, Any],
        *,
        left: str,
        right: str,
        least_weight: float,
    ) -> duckdb.DuckDBPyRelation:
        """Return Splink's predictions as a table of `database`; see `Predictor`.

        Raises:
            SparkIsMissingError: PySpark or Java is missing.
            SparkBuildFailedError: Spark ended without predictions; the message names the log, and quotes no value.
        """
        require_spark()
        with lent_folder(self.folder, f"linking-{secrets.token_hex(8)}") as folder:
            folder.mkdir(mode=PRIVATE)
            rows = folder / "rows"
            rows.mkdir(mode=PRIVATE)
            for place, table in ((LEFT, left), (RIGHT, right)):
                database.execute(f"copy {table} to '{_quoted(rows / (place + table))}.parquet' (format parquet)")
            task = {"settings": settings, "tables": [LEFT + left, RIGHT + right], "least_weight": least_weight}
            (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
            log = folder / "output.log"
            with log.open("wb") as output:
                run = subprocess.run(  # noqa: S603
                    [*(sys.executable, "-m", "pipelines.scale.scoring_on_spark"), folder, str(self.session.partitions)],
                    env=session_environment(folder, self.session),
                    cwd=folder,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    check=False,
                )
            # What it returned does not count: a session of Spark may complain while it ends, when all has been done.
            written = folder / "tables" / "predicted"
            if not (written / "_SUCCESS").exists():
                raise SparkBuildFailedError(
                    f"Spark ended without scores for the linking of people (exit code {run.returncode}); see {log}."
                )
            database.execute(
                f"create or replace table {PREDICTED} as from read_parquet('{_quoted(written)}/*.parquet')"
            )
        return database.table(PREDICTED)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
