"""Putting a build into the lake: all of a council's tables in one transaction, or none.

What belongs here: writing a finished build, knowing which builds the lake has had. What does not: building.

The lake is never built in. Whoever reads it sees a council's tables of one build, whenever they look and whatever was
killed; and two councils that write at once meet only in the catalogue, where the one that loses the race tries again.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipelines.lake.connection import NAME, Lake
from pipelines.warehouse.build import Build

# Schema of the analysts' database -> what is appended to the council's name for its schema in the lake.
SCHEMAS = {"main": "", "marts": "__marts"}
ATTEMPTS = 12
_LONGEST_PAUSE_SECONDS = 5.0
_CHANCE = random.SystemRandom()


class LakeBusyError(Exception):
    """Others kept writing to the lake for so long that this build did not get in."""


@dataclass(frozen=True)
class Publication:
    """One build of one council as the lake has it.

    Attributes:
        council: The name under which the council's tables stand.
        build_id: The build.
        as_known_at: What had been received by then is in it; UTC.
        snapshot: The lake's snapshot that first had it.
        published_at: When the lake took it.
    """

    council: str
    build_id: str
    as_known_at: datetime
    snapshot: int
    published_at: datetime


def publish_to_lake(
    lake: Lake,
    council: str,
    build: Build,
    *,
    carries_others: bool = False,
    reached: Callable[[str], None] = lambda _: None,
) -> tuple[Publication, bool]:
    """Put what analysts may read of a good build into the lake; return it, and whether the lake had it already.

    Args:
        lake: The lake; it is made when its catalogue is empty.
        council: The name under which the tables stand: `<council>.<table>`, marts as `<council>__marts.<table>`.
        build: A good build. Its analysts' database is read: pseudonymous, without direct identifiers.
        carries_others: Write a snapshot in any case, which says what every other council has in it, so that the
            snapshots before it can go.
        reached: Hears the name of each step.

    Raises:
        LakeUnreachableError: The lake cannot be opened.
        LakeBusyError: It was not to be had in `ATTEMPTS` attempts. Nothing of the build is in it then.
    """
    with lake.open() as connection:
        connection.execute(f"attach '{str(build.analyst).replace(chr(39), chr(39) * 2)}' as build (read_only)")
        for attempt in range(ATTEMPTS):
            latest = newest_of_each(publications(connection))
            if not carries_others and council in latest and latest[council].build_id == build.build_id:
                return latest[council], True
            others = [one for name, one in sorted(latest.items()) if carries_others and name != council]
            try:
                _write(connection, council, build, others, reached)
            except (duckdb.TransactionException, duckdb.IOException) as error:
                _roll_back(connection)
                refusal = str(error).splitlines()[0]
            else:
                taken = newest_of_each(publications(connection))
                if all(taken[one.council] == one for one in others):
                    return taken[council], False
                refusal = "another council published meanwhile"
            # A pause of chance length, so that two who met do not meet again.
            time.sleep(_CHANCE.uniform(0.5, 1) * min(0.1 * 2**attempt, _LONGEST_PAUSE_SECONDS))
    raise LakeBusyError(
        f"The lake did not take build {build.build_id} of {council} in {ATTEMPTS} attempts, because others wrote at "
        f"the same time ({refusal}). What it holds of the council is whole. Run the same command again, or wait for "
        "the next night."
    )


def publications(connection: duckdb.DuckDBPyConnection) -> list[Publication]:
    """Return every build that an open lake has taken and still has a snapshot of, oldest first."""
    rows = connection.execute(
        f"select commit_extra_info, snapshot_id, snapshot_time from {NAME}.snapshots() "
        "where commit_extra_info is not null order by snapshot_id"
    ).fetchall()
    found: list[Publication] = []
    for text, snapshot, moment in rows:
        facts = json.loads(text)
        listed = newest_of_each(found)
        for carried in facts.get("others", ()):
            one = _publication(carried, snapshot, datetime.fromisoformat(carried["published_at"]))
            if one.council not in listed or listed[one.council].published_at < one.published_at:
                found.append(one)
        found.append(_publication(facts, snapshot, moment))
    return found


def newest_of_each(found: Iterable[Publication]) -> dict[str, Publication]:
    """Return the newest publication of each council, of a list that has the oldest first."""
    return {one.council: one for one in found}


def _publication(facts: Mapping[str, str], snapshot: int, moment: datetime) -> Publication:
    return Publication(
        facts["council"], facts["build_id"], datetime.fromisoformat(facts["as_known_at"]), snapshot, moment
    )


def _write(
    connection: duckdb.DuckDBPyConnection,
    council: str,
    build: Build,
    others: Sequence[Publication],
    reached: Callable[[str], None],
) -> None:
    connection.execute("begin")
    for schema, suffix in SCHEMAS.items():
        target = f'{NAME}."{council}{suffix}"'
        connection.execute(f"create schema if not exists {target}")
        tables = _tables(connection, "build", schema)
        for table in tables:
            connection.execute(f'create or replace table {target}."{table}" as from build.{schema}."{table}"')
            _describe(connection, schema, table, f'{target}."{table}"')
        for table in set(_tables(connection, NAME, f"{council}{suffix}")) - set(tables):
            connection.execute(f'drop table {target}."{table}"')
        reached(f"tables of {schema} written")
    facts: dict[str, object] = {
        "council": council,
        "build_id": build.build_id,
        "as_known_at": build.facts()["as_known_at"],
    }
    if others:
        facts["others"] = [
            {
                "council": one.council,
                "build_id": one.build_id,
                "as_known_at": one.as_known_at.isoformat(),
                "published_at": one.published_at.isoformat(),
            }
            for one in others
        ]
    connection.execute(
        f"call {NAME}.set_commit_message($council, $message, extra_info => $facts)",
        {"council": council, "message": f"build {build.build_id}", "facts": json.dumps(facts)},
    )
    reached("before the commit")
    connection.execute("commit")


def _describe(connection: duckdb.DuckDBPyConnection, schema: str, table: str, target: str) -> None:
    """Give the table and its columns the comments that they have in the build."""
    place = [schema, table]
    (comment,) = connection.execute(
        "select comment from duckdb_tables() where database_name = 'build' and (schema_name, table_name) = (?, ?)",
        place,
    ).fetchall()[0]
    columns = connection.execute(
        "select column_name, comment from duckdb_columns() "
        "where database_name = 'build' and (schema_name, table_name) = (?, ?) and comment is not null",
        place,
    ).fetchall()
    if comment:
        connection.execute(f"comment on table {target} is '{comment.replace(chr(39), chr(39) * 2)}'")
    for column, said in columns:
        connection.execute(f"comment on column {target}.\"{column}\" is '{said.replace(chr(39), chr(39) * 2)}'")


def _tables(connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> list[str]:
    found = connection.execute(
        "select table_name from duckdb_tables() where database_name = ? and schema_name = ? order by 1",
        [database, schema],
    )
    return [str(name) for (name,) in found.fetchall()]


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        connection.execute("rollback")
    except duckdb.TransactionException:
        # A commit that failed has ended its transaction already.
        return
