"""Data tests of dbt are compiled once and run over one connection: with what they find, and what they may ask for."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.warehouse.dbt import ParsedProject, run_data_tests


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table counted as select unnest([1, 2, 2]) as number")
    return path


def given(sql: str) -> dict[str, object]:
    return {"nodes": {"test.t": {"unique_id": "test.t", "name": "t", "resource_type": "test", "compiled_code": sql}}}


def test_a_test_that_finds_nothing_passes(warehouse: Path) -> None:
    (result,) = run_data_tests(warehouse, given("select * from counted where number > 2"))
    assert (result.status, result.failures, result.passed) == ("pass", 0, True)


def test_a_test_that_finds_rows_fails_with_their_number(warehouse: Path) -> None:
    (result,) = run_data_tests(warehouse, given("select * from counted where number = 2 -- twice"))
    assert (result.status, result.failures, result.passed) == ("fail", 2, False)
    assert result.message == "2 rows found"


def test_a_test_that_cannot_run_is_an_error_and_quotes_no_value(warehouse: Path) -> None:
    (result,) = run_data_tests(
        warehouse, given("select 1 from counted where cast('Obviously Fake' as date) > date '2026-01-01'")
    )
    assert (result.status, result.failures, result.passed) == ("error", None, False)
    assert result.message == "ConversionException"


def test_what_is_no_test_is_left_alone(warehouse: Path) -> None:
    assert run_data_tests(warehouse, {"nodes": {"model.m": {"resource_type": "model"}}}) == ()


def test_no_test_asks_dbt_for_more_than_a_query_that_finds_nothing(parsed_project: ParsedProject) -> None:
    tests = [node for node in parsed_project.manifest["nodes"].values() if node["resource_type"] == "test"]
    assert len(tests) > 100
    for node in tests:
        asked = {name: node["config"][name] for name in ("severity", "fail_calc", "warn_if", "error_if", "limit")}
        assert asked == {
            "severity": "ERROR",
            "fail_calc": "count(*)",
            "warn_if": "!= 0",
            "error_if": "!= 0",
            "limit": None,
        }, node["name"]
        assert node["compiled_code"], node["name"]
