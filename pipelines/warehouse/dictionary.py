"""The data dictionary of the analyst's database, as the database itself tells it.

What belongs here: turning the comments on tables and columns into a page. What does not: the descriptions, which are
those of the dbt models.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from pipelines.warehouse.database import open_for_reading

_HEAD = """\
# Data dictionary of the analysts' database

What `published/analyst.duckdb` holds: pseudonymous keys, ages and districts, no name, date of birth or address. The
wide tables are found without a schema (`select * from person`); the schema `marts` holds what the figures are made of.
The same descriptions are comments in the database. Worked queries: [queries](queries/README.md).
"""


def dictionary(database: duckdb.DuckDBPyConnection) -> str:
    """Return Markdown: a section per table and view with its columns, types and descriptions, wide tables first."""
    tables = database.execute(
        "select schema_name, table_name, comment from duckdb_tables() "
        "union all select schema_name, view_name, comment from duckdb_views() where not internal order by 1, 2"
    ).fetchall()
    return "\n".join([_HEAD, *(_section(database, *table) for table in tables)])


def _section(database: duckdb.DuckDBPyConnection, schema: str, table: str, comment: str) -> str:
    columns = database.execute(
        "select column_name, lower(data_type), comment from duckdb_columns() "
        "where schema_name = ? and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()
    name = table if schema == "main" else f"{schema}.{table}"
    rows = [f"| `{column}` | {kind} | {_on_one_line(text)} |" for column, kind, text in columns]
    return "\n".join(
        [f"## {name}\n", f"{_on_one_line(comment)}\n", "| column | type | what it is |", "|---|---|---|", *rows, ""]
    )


def _on_one_line(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    with open_for_reading(Path(sys.argv[1])) as connection:
        sys.stdout.write(dictionary(connection))
