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
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.durable import PRIVATE
from pipelines.identity.model import LEFT, RIGHT, Predictor, Scoring, predict_here
from pipelines.scale.lending import lent_folder, named_spark
from pipelines.scale.spark import SparkBuildFailedError, SparkSession, require_spark, session_environment
from pipelines.settings import Settings

PREDICTED = "predicted_on_spark"


@dataclass(frozen=True)
class SparkPredictor:
    """A `Predictor` that lends the two tables to Spark; what is left in `folder` says `lent_folder`."""

    session: SparkSession
    folder: Path

    def __call__(self, database: duckdb.DuckDBPyConnection, scoring: Scoring) -> duckdb.DuckDBPyRelation:
        """Return Splink's predictions as a table of `database`; see `Predictor`.

        Raises:
            SparkIsMissingError: PySpark or Java is missing.
            SparkBuildFailedError: Spark ended without predictions; the message names the log, and quotes no value.
        """
        require_spark()
        with lent_folder(self.folder, f"linking-{secrets.token_hex(8)}") as lent:
            folder = lent.folder
            folder.mkdir(mode=PRIVATE)
            rows = folder / "rows"
            rows.mkdir(mode=PRIVATE)
            tables = {LEFT + scoring.left: scoring.left, RIGHT + scoring.right: scoring.right}
            for name, table in tables.items():
                database.execute(f"copy {table} to '{_quoted(rows / name)}.parquet' (format parquet)")
            task = {"settings": scoring.settings, "tables": list(tables), "least_weight": scoring.least_weight}
            (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
            log = folder / "output.log"
            with log.open("wb") as output:
                run = subprocess.run(  # noqa: S603
                    [*(sys.executable, "-m", "pipelines.scale.scoring_on_spark"), folder, str(self.session.partitions)],
                    env=session_environment(folder, self.session),
                    cwd=folder,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    pass_fds=(lent.lock,),
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


def configured_predictor(settings: Settings) -> Predictor:
    """Return what scores on the Spark of the settings, which they are asked for when there is something to score.

    The predictor raises SettingsError where they name a Spark that cannot be used, and else what `SparkPredictor` does.
    """

    def predict(database: duckdb.DuckDBPyConnection, scoring: Scoring) -> duckdb.DuckDBPyRelation:
        spark = named_spark(settings)
        on = SparkPredictor(spark.session, spark.folder) if spark else predict_here
        return on(database, scoring)

    return predict


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
