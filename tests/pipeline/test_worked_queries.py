"""Every worked query of the docs runs on the published database of analysts, and the list of them is whole."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def test_presentations_by_category_add_up_to_the_measure(database: duckdb.DuckDBPyConnection) -> None:
    """A table of records holds people whom the protocol does not cover; the question is about those it covers."""
    rows = answers("30-homeless-before-help", database)
    assert {county: sum(row[2] for row in rows if row[0] == county) for county in counties(rows)} == {
        county: figure_of(database, county, "homeless_presentations") for county in counties(rows)
    }


def test_moves_without_temporary_accommodation_are_those_of_the_measures(
    database: duckdb.DuckDBPyConnection,
) -> None:
    rows = answers("34-without-temporary-accommodation", database)
    assert rows
    for county, moves, without in rows:
        measured = [figure_of(database, county, one) for one in ("private_sector_moves", "social_moves")]
        assert moves == sum(measured)
        assert 0 <= without <= moves


@pytest.mark.parametrize(("query", "people"), [("08-unsuitable-by-kind", 2), ("10-hmo-and-lodgings", 3)])
def test_people_by_kind_of_home_are_those_of_the_latest_quarter(
    query: str, people: int, database: duckdb.DuckDBPyConnection
) -> None:
    rows = answers(query, database)
    for county in counties(rows):
        (told,) = database.execute(
            "select sum(numerator) from figure where measure_id = 'accommodation_now' and authority = ? "
            "and statistic = 'people' and period_kind = 'quarter' and area_type = 'county' and periods_ago = 0 "
            "and breakdown = 'suitability' and (breakdown_value = 'unsuitable' or ?)",
            [county, query.startswith("10")],
        ).fetchone() or (None,)
        assert sum(row[people] for row in rows if row[0] == county) == told


def answers(query: str, database: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Return the rows of a worked query."""
    return database.execute((DOCS / "queries" / f"{query}.sql").read_text("utf-8")).fetchall()


def counties(rows: list[tuple[Any, ...]]) -> set[str]:
    """Return the counties that the rows begin with."""
    return {row[0] for row in rows}


def figure_of(database: duckdb.DuckDBPyConnection, county: str, measure: str) -> float:
    """Return a county's events in the year to the latest quarter, from the figures themselves."""
    row = database.execute(
        "select value from marts.measure_observation join period using (authority, period_kind, period_label) "
        "join area using (authority, area_code) where authority = ? and measure_id = ? and statistic = 'events' "
        "and period_kind = 'rolling_4q' and periods_ago = 0 and area_type = 'county' and breakdown = 'total'",
        [county, measure],
    ).fetchone()
    assert row
    return float(row[0])


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


def test_the_database_says_its_edition_under_any_name(small_home: Home, tmp_path: Path) -> None:
    copy = tmp_path / "sent-by-somebody.duckdb"
    copy.write_bytes(published_build(small_home).analyst.read_bytes())
    with open_for_reading(copy) as database:
        said = database.execute("select * from edition").fetchall()
    assert said == [("internal", "Internal edition: not for publication")]


def _of_warehouse(home: Home, query: str) -> list[tuple[str, ...]]:
    with open_for_reading(published_build(home).warehouse) as warehouse:
        return warehouse.execute(query).fetchall()


def test_the_snippet_for_python_runs_as_it_is_printed(small_home: Home) -> None:
    (snippet,) = re.findall(r"```python\n(.+?)```", (DOCS / "analysts.md").read_text("utf-8"), re.S)
    said = subprocess.run(
        [sys.executable, "-c", snippet], cwd=small_home.root, capture_output=True, text=True, check=True
    )
    assert "nights" in said.stdout
