"""Spark, with executors that are processes of their own, says what DuckDB says, row for row."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.scale.parity import COMPARED, compare
from pipelines.scale.spark import LOCAL_CLUSTER, SparkSession, build_on_spark

CLUSTER = SparkSession(master=LOCAL_CLUSTER, is_small=True)


@pytest.mark.parametrize("data", ["small_warehouse", "lives_warehouse"])
def test_a_cluster_says_what_duckdb_says(data: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Given current rows and links, when both engines build the models, then every row of what counts is the same."""
    warehouse: Path = request.getfixturevalue(data)

    built = build_on_spark(warehouse, tmp_path / "spark", CLUSTER)
    compared = compare(warehouse, built.tables, built.manifest)

    assert [one.table for one in compared] == list(COMPARED)
    assert all(one.rows_here > 100 for one in compared)
    assert [one.sentence() for one in compared if not one.is_equal] == []
