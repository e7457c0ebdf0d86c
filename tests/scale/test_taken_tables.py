"""A build takes the tables that another engine made, in the columns and types of its own, and makes the rest itself."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.protection.encryption import attach
from pipelines.warehouse.build import Build
from pipelines.warehouse.dbt import ParsedProject, run_dbt


def lay_out_periods_without_months(small_warehouse: Path, tables: Path) -> None:
    """Write `core.dim_period` as Spark would, without its months, columns in another order and days as texts."""
    folder = tables / "core.db" / "dim_period"
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        attach(connection, small_warehouse, "own", read_only=True)
        connection.execute(
            "copy (select cast(period_start as varchar) as period_start, * exclude (period_start) "
            f"from own.core.dim_period where period_kind <> 'month') to '{folder}/part-0.parquet' (format parquet)"
        )


def test_a_table_is_taken_in_place_of_the_models_own_rows(
    begun_build: Build, small_warehouse: Path, parsed_project: ParsedProject
) -> None:
    """Given a table of another engine that lacks rows, when the build runs, then it and its readers lack them, too."""
    tables = begun_build.folder / "tables"
    lay_out_periods_without_months(small_warehouse, tables)
    made = {"tables": str(tables), "models": ["dim_period"]}

    report = run_dbt(begun_build, parsed_project, variables={"made_elsewhere": made})

    assert [node.name for node in report.nodes if node.name == "dim_period" and node.passed] == ["dim_period"]
    with duckdb.connect() as connection:
        attach(connection, small_warehouse, "own", read_only=True)
        attach(connection, begun_build.warehouse, "taking", read_only=True)

        def asked(database: str, query: str) -> list[tuple[object, ...]]:
            return connection.execute(query.format(database)).fetchall()

        columns = "select column_name, column_type from (describe {0}.core.dim_period)"
        assert asked("taking", columns) == asked("own", columns)
        not_months = "from {0}.core.dim_period where period_kind <> 'month' order by all"
        assert asked("taking", "from {0}.core.dim_period order by all") == asked("own", not_months) != []
        months = "select count(*) from {0}.marts.measure_observation where period_kind = 'month'"
        assert asked("taking", months) == [(0,)]
        assert asked("own", months) != [(0,)]
        people = "from {0}.core.dim_person order by all"
        assert asked("taking", people) == asked("own", people) != []
