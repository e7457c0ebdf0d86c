"""Spark, with executors that are processes of their own, says what DuckDB says, row for row."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.scale.parity import COMPARED, compare
from pipelines.scale.spark import LOCAL_CLUSTER, SparkSession, build_on_spark, what_is_missing

# Two parts, so that the rows of one query lie with both executors.
CLUSTER = SparkSession(master=LOCAL_CLUSTER, is_small=True, partitions=2, threads=3)

pytestmark = pytest.mark.skipif(what_is_missing() is not None, reason=what_is_missing() or "")


def test_a_cluster_says_what_duckdb_says(demo_and_lives_warehouse: Path, tmp_path: Path) -> None:
    """Given current rows and links, when both engines build the models, then every row of what counts is the same."""
    built = build_on_spark(demo_and_lives_warehouse, tmp_path / "spark", CLUSTER)
    compared = compare(demo_and_lives_warehouse, built.tables, built.manifest)

    assert [one.table for one in compared] == list(COMPARED)
    assert all(one.rows_here > 100 for one in compared)
    assert [one.sentence() for one in compared if not one.is_equal] == []
