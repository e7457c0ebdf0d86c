"""The rows that a build starts from, as Parquet that any engine reads.

What belongs here: laying out the schemas `landing` and `identity` of a build as files. What does not: which rows are
current (`pipelines.landing.as_known`) and who is who (`pipelines.identity`), which the build has decided already.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.durable import make_folder
from pipelines.protection.encryption import attach
from pipelines.warehouse.database import open_for_writing

SCHEMAS = ("landing", "identity")


def write_rows(warehouse: Path, folder: Path) -> int:
    """Write each table of landing and identity to `<folder>/<schema>/<table>/rows.parquet`; return how many there are.

    The rows are those of people, so that the folders are made with mode 0700. The warehouse is only read.
    """
    with open_for_writing(Path(":memory:")) as connection:
        attach(connection, warehouse, "build", read_only=True)
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'build' "
            "and list_contains(?, schema_name) order by all",
            [SCHEMAS],
        ).fetchall()
        for schema, table in tables:
            make_folder(folder / schema / table)
            file = _quoted(folder / schema / table / "rows.parquet")
            connection.execute(f"copy build.{schema}.\"{table}\" to '{file}' (format parquet)")
    return len(tables)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
