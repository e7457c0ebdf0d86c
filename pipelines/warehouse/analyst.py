"""The analyst's database: marts and pseudonymous tables, with their descriptions, and nothing that names a person.

What belongs here: copying what may be read by analysts into a file of its own. What does not: deciding which columns
a mart has (`dbt_project/models/marts`).
"""

from __future__ import annotations

import duckdb

from pipelines.warehouse.build import Build
from pipelines.warehouse.database import OFFLINE

SCHEMA = "marts"


def write_analyst_database(build: Build) -> int:
    """Write `analyst.duckdb` from the schema `marts` of the build's warehouse; return the number of tables.

    Views become tables: a view compiled by dbt names the database of its build. Comments on tables and columns are
    carried over, so that `describe` and a schema browser explain themselves.
    """
    build.analyst.unlink(missing_ok=True)
    with duckdb.connect(str(build.analyst), config=dict(OFFLINE)) as database:
        database.execute(f"attach {_text(str(build.warehouse))} as source (read_only)")
        database.execute(f"create schema {SCHEMA}")
        names = [
            name
            for (name,) in database.execute(
                "select table_name from information_schema.tables "
                "where table_catalog = 'source' and table_schema = ? order by table_name",
                [SCHEMA],
            ).fetchall()
        ]
        for name in names:
            table = f"{SCHEMA}.{_name(name)}"
            database.execute(f"create table {table} as select * from source.{table}")
            _carry_comments(database, name)
        database.execute("detach source")
    return len(names)


def _carry_comments(database: duckdb.DuckDBPyConnection, name: str) -> None:
    table = f"{SCHEMA}.{_name(name)}"
    where = "where database_name = 'source' and schema_name = ? and {} = ? and comment is not null"
    for (comment,) in database.execute(
        f"select comment from duckdb_tables() {where.format('table_name')} "
        f"union all select comment from duckdb_views() {where.format('view_name')}",
        [SCHEMA, name, SCHEMA, name],
    ).fetchall():
        database.execute(f"comment on table {table} is {_text(comment)}")
    for column, comment in database.execute(
        f"select column_name, comment from duckdb_columns() {where.format('table_name')} order by column_index",
        [SCHEMA, name],
    ).fetchall():
        database.execute(f"comment on column {table}.{_name(column)} is {_text(comment)}")


def _name(identifier: str) -> str:
    doubled = identifier.replace('"', '""')
    return f'"{doubled}"'


def _text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
