"""No name and no date of birth leaves the restricted schemas of a build: every value of everything else is looked at.

`test_demo.py` looks at what Dagster, logs, packs, figures and Data Docs hold; here it is the databases and the build.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import duckdb
import pytest

from pipelines.settings import Home
from pipelines.warehouse.build import Build
from pipelines.warehouse.database import open_for_reading
from pipelines.warehouse.publish import published_build

# Schemas of warehouse.duckdb that analysts or reports read, or that linkage makes; the others are the restricted ones.
OPEN_SCHEMAS = ("identity", "seeds", "measures", "obligations", "marts", "analyst")
NAMES = """
select pers_forename as name from landing.case_system__ssd_person__history
union
select pers_surname from landing.case_system__ssd_person__history
union
select unnest([forename, surname, personal_adviser]) from landing.lettings__applications__history
union
select unnest([forename, surname]) from landing.homelessness__cases
"""
NUMBERS = """
select ni_number from landing.lettings__applications__history
union
select unnest([ni_number, postcode]) from landing.homelessness__cases
union
select addr_address_postcode from landing.case_system__ssd_address
"""
BIRTHS = """
select alias.person_key, held.pers_dob as born
from landing.case_system__ssd_person__history as held
inner join identity.person_alias as alias
    on alias.authority = held.authority and alias.person_id = held.pers_person_id
where held.pers_dob is not null
union
select link.person_key, record.date_of_birth
from landing.lettings__applications__history as record
inner join identity.person_link as link on link.sender = record.sender and link.source_ref = record.application_ref
where record.date_of_birth is not null and link.person_key is not null
"""
WORD = re.compile(r"[\w'\-]+")


@pytest.fixture(scope="module")
def build(small_home: Home) -> Build:
    return published_build(small_home)


@pytest.fixture(scope="module")
def secrets(build: Build) -> set[str]:
    """Every name, NI number and postcode that landed, in small letters; of names each word of three letters or more."""
    with open_for_reading(build.warehouse) as warehouse:
        names = [row[0] for row in warehouse.execute(NAMES).fetchall() if row[0]]
        numbers = [row[0] for row in warehouse.execute(NUMBERS).fetchall() if row[0]]
    found = {word.lower() for name in names for word in WORD.findall(name) if len(word) >= 3}
    return found | {number.lower() for number in numbers}


@pytest.fixture(scope="module")
def reference(build: Build) -> set[str]:
    """Every word of the reference data; somebody may have been given one as a name, but it came before any person."""
    with open_for_reading(build.warehouse) as warehouse:
        return {word for _, values in texts(warehouse, ["seeds"]) for value in values for word in WORD.findall(value)}


def texts(database: duckdb.DuckDBPyConnection, schemas: Iterable[str]) -> Iterable[tuple[str, set[str]]]:
    """Yield each column's name and every value that it holds as text, lists and structures included."""
    listed = ", ".join(f"'{schema}'" for schema in schemas)
    for schema, table, column in database.execute(
        "select table_schema, table_name, column_name from information_schema.columns "
        f"where table_schema in ({listed}) order by all"
    ).fetchall():
        values = database.execute(f'select distinct cast("{column}" as varchar) from {schema}."{table}"').fetchall()
        yield f"{schema}.{table}.{column}", {value.lower() for (value,) in values if value is not None}


def leaks(columns: Iterable[tuple[str, set[str]]], secrets: set[str]) -> set[str]:
    """Return the columns in which a secret stands as a value or as a word of one."""
    return {
        name
        for name, values in columns
        if values & secrets or any(not secrets.isdisjoint(WORD.findall(value)) for value in values)
    }


def test_the_search_finds_what_is_there(build: Build, secrets: set[str]) -> None:
    assert len(secrets) > 300
    with open_for_reading(build.warehouse) as warehouse:
        found = leaks(texts(warehouse, ["landing"]), secrets)
    assert "landing.case_system__ssd_person.pers_forename" in found
    assert "landing.lettings__applications.personal_adviser" in found
    assert "landing.homelessness__cases.ni_number" in found


def test_no_name_number_or_postcode_is_in_an_open_schema(build: Build, secrets: set[str], reference: set[str]) -> None:
    with open_for_reading(build.warehouse) as warehouse:
        found = leaks(texts(warehouse, OPEN_SCHEMAS), secrets - reference)
    assert found == set()


def test_no_name_number_or_postcode_is_in_the_analysts_database(
    build: Build, secrets: set[str], reference: set[str]
) -> None:
    with open_for_reading(build.analyst) as analyst:
        schemas = [row[0] for row in analyst.execute("select distinct schema_name from duckdb_tables()").fetchall()]
        assert leaks(texts(analyst, schemas), secrets - reference) == set()


@pytest.mark.parametrize("database", ["warehouse", "analyst"])
def test_nobodys_own_date_of_birth_stands_beside_their_key(build: Build, database: str) -> None:
    with open_for_reading(build.warehouse) as warehouse:
        births = warehouse.execute(BIRTHS).to_arrow_table()
    assert births.num_rows > 100
    with open_for_reading(getattr(build, database)) as opened:
        opened.register("births", births)
        dated = opened.execute(
            """
            select dated.table_schema, dated.table_name, dated.column_name, keyed.column_name
            from information_schema.columns as dated
            inner join information_schema.columns as keyed
                on keyed.table_schema = dated.table_schema and keyed.table_name = dated.table_name
            where (dated.data_type = 'DATE' or dated.data_type like 'TIMESTAMP%')
                and keyed.column_name in ('person_key', 'key_before', 'key_after')
                and dated.table_schema not in ('core', 'staging', 'landing', 'main')
            """
        ).fetchall()
        assert dated, "this test would pass without looking at anything"
        found = [
            f"{schema}.{table}.{column}"
            for schema, table, column, key in dated
            if opened.execute(
                f'select count(*) from {schema}."{table}" as t '
                f'inner join births on births.person_key = t."{key}" and births.born = cast(t."{column}" as date)'
            ).fetchall()
            != [(0,)]
        ]
    assert found == []


def test_no_name_is_in_the_other_files_of_the_build(
    build: Build, small_home: Home, secrets: set[str], reference: set[str]
) -> None:
    """Compiled SQL, results of dbt, figures, facts of the run; logs and the registry of the home."""
    folders = [build.folder, small_home.logs, small_home.registry, small_home.audit, small_home.ledger]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    files = [path for path in files if path.suffix != ".duckdb"]
    assert any(path.name == "build.json" for path in files)
    # Parquet of figures is read as CSV beside it; words of the reference data and of SQL came before any person.
    looked_for = secrets - reference
    found = {
        path.relative_to(small_home.root).as_posix()
        for path in files
        if path.suffix in {".json", ".csv", ".sql", ".jsonl", ".yml", ".log", ".html", ".txt"}
        and not looked_for.isdisjoint(WORD.findall(path.read_text(encoding="utf-8").lower()))
    }
    assert found == set()
