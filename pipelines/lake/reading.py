"""Reading the lake: the tables of each council, and of all of them together.

What belongs here: what an analyst finds on opening the lake, now or as it was known on a day. What does not: writing.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from pipelines.lake.connection import Lake
from pipelines.lake.publication import SCHEMAS, Publication, newest_of_each, publications


def open_lake_for_analysts(
    lake: Lake, *, as_known_at: datetime | None = None
) -> tuple[duckdb.DuckDBPyConnection, list[Publication]]:
    """Return a connection that only reads, and the build of each council that it shows.

    Every table of the analysts' database stands in `main`, or in `marts`, with the rows of all councils and a first
    column `council`. All of them are of the snapshots found on opening, whatever is published meanwhile.

    Args:
        lake: The lake.
        as_known_at: Of each council the newest build that knows nothing received later (UTC); None is its newest.

    Raises:
        LakeUnreachableError: The lake cannot be opened, or holds nothing yet.
    """
    connection = lake.open(for_reading=True)
    known = publications(connection)
    shown = newest_of_each(one for one in known if as_known_at is None or one.as_known_at <= as_known_at)
    councils = sorted(shown.values(), key=lambda one: one.council)
    newest = max((one.snapshot for one in known), default=0)
    snapshot_of = {one.council: newest if as_known_at is None else one.snapshot for one in councils}
    for snapshot in sorted(set(snapshot_of.values())):
        lake.attach(connection, _database(snapshot), snapshot=snapshot)
    for schema, suffix in SCHEMAS.items():
        connection.execute(f"create schema if not exists {schema}")
        parts: dict[str, list[str]] = {}
        for council, snapshot in snapshot_of.items():
            for table in _tables(connection, _database(snapshot), f"{council}{suffix}"):
                origin = f'{_database(snapshot)}."{council}{suffix}"."{table}"'
                parts.setdefault(table, []).append(f"select '{council}' as council, * from {origin}")
        for table, of_councils in parts.items():
            connection.execute(f'create view {schema}."{table}" as {" union all by name ".join(of_councils)}')
    connection.execute("set threads = 1")
    connection.execute(f"set allowed_directories = ['{str(lake.data).replace(chr(39), chr(39) * 2)}']")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection, councils


def _database(snapshot: int) -> str:
    return f"snapshot_{snapshot}"


def _tables(connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> list[str]:
    found = connection.execute(
        "select table_name from duckdb_tables() where database_name = ? and schema_name = ? order by 1",
        [database, schema],
    )
    return [str(name) for (name,) in found.fetchall()]
