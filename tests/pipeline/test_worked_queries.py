"""Every worked query of the docs runs on the published database of analysts, and the list of them is whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import Home
from pipelines.warehouse.database import open_for_reading
from pipelines.warehouse.dictionary import dictionary
from pipelines.warehouse.publish import published_build

DOCS = Path(__file__).parents[2] / "docs"
QUERIES = sorted((DOCS / "queries").glob("*.sql"))


@pytest.fixture(scope="module")
def database(small_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_for_reading(published_build(small_home).analyst) as connection:
        yield connection


@pytest.mark.parametrize("query", QUERIES, ids=[query.stem for query in QUERIES])
def test_a_worked_query_runs(query: Path, database: duckdb.DuckDBPyConnection) -> None:
    answer = database.execute(query.read_text(encoding="utf-8"))
    assert answer.description
    answer.fetchall()


def test_most_worked_queries_find_something(database: duckdb.DuckDBPyConnection) -> None:
    """Among few people a rare thing may happen to nobody, but a query that can never find anything shows here."""
    empty = [query.stem for query in QUERIES if not database.execute(query.read_text(encoding="utf-8")).fetchall()]
    assert len(empty) <= 4, empty


def test_the_list_names_every_query_with_its_question() -> None:
    listed = re.findall(
        r"^\| \[(\d\d)\]\(([^)]+)\) \| (.+?) \| [\d, ]+ \|$", (DOCS / "queries" / "README.md").read_text("utf-8"), re.M
    )
    assert [name for _, name, _ in listed] == [query.name for query in QUERIES]
    assert len(QUERIES) >= 40
    for number, name, question in listed:
        assert name.startswith(number)
        assert (DOCS / "queries" / name).read_text("utf-8").startswith(f"-- {question}\n-- Board questions: ")


def test_the_cohort_is_whole(database: duckdb.DuckDBPyConnection) -> None:
    """Where everyone lives adds up to the cohort, as the query promises."""
    rows = database.execute((DOCS / "queries" / "09-where-everyone-lives.sql").read_text("utf-8")).fetchall()
    for authority in {row[0] for row in rows}:
        of_county = [row for row in rows if row[0] == authority]
        (total,) = [people for _, kind, people, _ in of_county if kind == "total"]
        assert sum(people for _, kind, people, _ in of_county if kind != "total") == total
        assert {cohort for *_, cohort in of_county} == {total}


def test_records_join_though_their_keys_are_hashed_once_more(
    database: duckdb.DuckDBPyConnection, small_home: Home
) -> None:
    joined = database.execute(
        "select count(*) from move join home "
        "on home.authority = move.authority and home.record_id = move.home_record_id"
    ).fetchone()
    assert joined
    assert joined[0] > 0
    plain = {row[0] for row in _of_warehouse(small_home, "select record_id from core.record_source")}
    for table, column in database.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() "
        "where not internal and column_name like '%record_id'"
    ).fetchall():
        held = {row[0] for row in database.execute(f"select {column} from {table}").fetchall()}
        assert held.isdisjoint(plain), f"{table}.{column}"


def test_the_wide_figures_are_the_long_ones(database: duckdb.DuckDBPyConnection) -> None:
    (long,) = database.execute("select sum(value) from figure where statistic = 'people'").fetchall()
    (wide,) = database.execute("select sum(people) from figure_wide").fetchall()
    assert long == wide
    (told,) = database.execute("select count(*) from figure").fetchall()
    assert told == database.execute("select count(*) from marts.measure_observation").fetchone()


def test_the_dictionary_is_that_of_the_database(database: duckdb.DuckDBPyConnection) -> None:
    """Written anew by `python -m pipelines.warehouse.dictionary` with the path of a published analyst.duckdb."""
    assert dictionary(database) == (DOCS / "data-dictionary.md").read_text("utf-8")


def _of_warehouse(home: Home, query: str) -> list[tuple[str, ...]]:
    with open_for_reading(published_build(home).warehouse) as warehouse:
        return warehouse.execute(query).fetchall()
