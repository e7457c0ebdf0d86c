"""The program that Spark's session lives in while pairs of records are scored: Splink with a trained model.

Usage: `python -m pipelines.scale.scoring_on_spark FOLDER PARTITIONS`. The folder has `task.json` and, for each of the
task's two tables, `rows/<table>.parquet`; the predictions come into `tables/predicted`.

What belongs here: what Spark must be told so that Splink on it says what Splink on DuckDB says. What does not: who
starts this, and why (`pipelines.scale.scoring`).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import sqlglot
from pyspark.sql import SparkSession
from splink import Linker, SettingsCreator, SparkAPI
from splink.backends.spark import similarity_jar_location

# DuckDB's functions that the comparisons use and Spark calls otherwise or has not. `damerau_levenshtein` is in the
# Java archive that comes with Splink.
FUNCTIONS = (
    "list_has_any(one array<string>, other array<string>) returns boolean return arrays_overlap(one, other)",
    "list_has_all(one array<string>, other array<string>) returns boolean return size(array_except(other, one)) = 0",
    "list_contains(list array<string>, value string) returns boolean return array_contains(list, value)",
    "list_extract(list array<string>, place int) returns string return get(list, place - 1)",
    "array_length(list array<string>) returns int return size(list)",
    "strlen(text string) returns int return octet_length(text)",
    "starts_with(text string, start string) returns boolean return startswith(text, start)",
    "hamming(one string, other string) returns int return "
    "case when length(one) <> length(other) then raise_error('hamming: texts of different lengths')"
    " when length(one) = 0 then 0"
    " else size(filter(sequence(1, length(one)), place -> substr(one, place, 1) <> substr(other, place, 1))) end",
    "strftime(day date, form string) returns string return "
    "date_format(day, replace(replace(replace(form, '%Y', 'yyyy'), '%m', 'MM'), '%d', 'dd'))",
)
# A weight is a sum of cases on levels that are cases on columns. Before it runs anything, Spark would infer from each
# what follows for all others, which does not end.
WITHOUT_INFERENCE = ("spark.sql.constraintPropagation.enabled", "false")
KEPT = ("source_dataset_", "unique_id_", "match_weight", "gamma_", "mw_")


class PlainSparkAPI(SparkAPI):
    """Splink's Spark, whose SQL goes through sqlglot's own dialect.

    Splink's dialect for Spark changes a class of sqlglot that cannot be changed where sqlglot is compiled.
    """

    def _setup_for_execute_sql(self, sql: str, physical_name: str) -> str:
        return sqlglot.transpile(sql, read="spark", write="spark")[0]


def main(folder: Path, partitions: int) -> None:
    """Score the pairs of the task in the folder."""
    task: dict[str, Any] = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    session = (
        SparkSession.builder.config("spark.jars", similarity_jar_location())
        .config("spark.sql.shuffle.partitions", str(partitions))
        .config(*WITHOUT_INFERENCE)
        .getOrCreate()
    )
    # Not as a URI: Hadoop would take its "%20" for letters of the name.
    place = f"file://{folder}"
    session.sparkContext.setCheckpointDir(f"{place}/tables/between")
    for function in FUNCTIONS:
        session.sql(f"create temporary function {function}")
    splink = PlainSparkAPI(spark_session=session)  # type: ignore[no-untyped-call]
    tables = [
        splink.register(session.read.parquet(f"{place}/rows/{table}.parquet"), dataset_display_name=table)
        for table in task["tables"]
    ]
    settings = SettingsCreator.from_path_or_dict(task["settings"])
    linker = Linker(tables, settings, log_level=None, validate_settings=False)
    predicted = linker.inference.predict(threshold_match_weight=task["least_weight"], warning_mode="never")
    pairs = session.table(predicted.physical_name)
    pairs.select([name for name in pairs.columns if name.startswith(KEPT)]).write.parquet(f"{place}/tables/predicted")
    session.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
