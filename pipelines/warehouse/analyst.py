"""The analyst's database: marts and pseudonymous tables, with their descriptions, and nothing that names a person.

What belongs here: copying what may be read by analysts into a file of its own. What does not: deciding which columns
a mart has (`dbt_project/models/marts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from pipelines.warehouse.build import Build
from pipelines.warehouse.database import OFFLINE

SCHEMA = "marts"
# The plain hashes among the columns of marts; `adviser` is one of a name.
KEYED = ("record_id", "adviser")


def write_analyst_database(build: Build, manifest: Mapping[str, Any], *, key: bytes) -> int:
    """Write `analyst.duckdb` from the schema `marts` of the build's warehouse; return the number of tables.

    Views become tables: a view compiled by dbt names the database of its build. The descriptions that dbt's manifest
    has of models and columns become comments, so that `describe` and a schema browser explain themselves.

    A record id is a plain hash of a sender's reference, an adviser's of a name, which who knows the references or the
    names could try out. Here they are hashed once more with `key`, the home's secret, so that rows still join and
    nobody is found by guessing.
    """
    build.analyst.unlink(missing_ok=True)
    models = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
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
            columns = [row[0] for row in database.execute(f"describe source.{table}").fetchall()]
            listed = ", ".join(_keyed(column) if column in KEYED else _name(column) for column in columns)
            database.execute(f"create table {table} as select {listed} from source.{table}", _secret(listed, key))
            _comment(database, table, models.get(name, {}))
        database.execute("detach source")
    return len(names)


def _secret(listed: str, key: bytes) -> dict[str, str]:
    return {"secret": key.hex()} if "$secret" in listed else {}


def _keyed(column: str) -> str:
    return f"substr(sha256($secret || {_name(column)}), 1, 32) as {_name(column)}"


def _comment(database: duckdb.DuckDBPyConnection, table: str, model: Mapping[str, Any]) -> None:
    if model.get("description"):
        database.execute(f"comment on table {table} is {_text(model['description'].strip())}")
    existing = {row[0] for row in database.execute(f"describe {table}").fetchall()}
    for name, column in model.get("columns", {}).items():
        if name in existing and column.get("description"):
            database.execute(f"comment on column {table}.{_name(name)} is {_text(column['description'].strip())}")


def _name(identifier: str) -> str:
    doubled = identifier.replace('"', '""')
    return f'"{doubled}"'


def _text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
