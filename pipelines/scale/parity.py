"""Whether two engines say the same, row for row.

What belongs here: comparing tables that another engine wrote as Parquet with those of a build's DuckDB file. What does
not: building either.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.protection.encryption import attach
from pipelines.warehouse.database import open_for_writing

# What everything published is made of.
COMPARED = ("measure_event", "measure_observation", "obligation_status")
SHOWN = 5


@dataclass(frozen=True)
class Difference:
    """A column in which rows of one key differ, and the first such key, its person left out; `rows` is how many."""

    column: str
    rows: int
    first_key: str


@dataclass(frozen=True)
class TableParity:
    """One table on both sides: its number of rows here and there, the rows that only one side has, and why."""

    table: str
    rows_here: int
    rows_there: int
    only_here: int
    only_there: int
    differences: tuple[Difference, ...]

    @property
    def is_equal(self) -> bool:
        """Whether both sides hold the same rows, each as often."""
        return not self.only_here and not self.only_there

    def sentence(self) -> str:
        """Return the finding in words; no value of a person's row is in it."""
        if self.is_equal:
            return f"{self.table}: {self.rows_here:,} rows, all equal"
        details = "; ".join(f"{one.column} in {one.rows:,} rows, first at {one.first_key}" for one in self.differences)
        return (
            f"{self.table}: {self.rows_here:,} rows here and {self.rows_there:,} there, {self.only_here:,} "
            f"only here and {self.only_there:,} only there{f': {details}' if details else ''}"
        )


def compare(warehouse: Path, tables: Path, manifest: Path, names: Sequence[str] = COMPARED) -> tuple[TableParity, ...]:
    """Compare tables of the schema `marts`, every column of every row, duplicates counted.

    Args:
        warehouse: A build's DuckDB file.
        tables: The other engine's folder, `<schema>.db/<table>/*.parquet` in it.
        manifest: dbt's manifest of the other engine's run, which says what a table's key is.
        names: The tables to compare.

    Raises ValueError when a column is there on one side only.
    """
    nodes: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    with open_for_writing(Path(":memory:")) as connection:
        attach(connection, warehouse, "build", read_only=True)
        return tuple(_compare(connection, tables, name, key_of(name, nodes)) for name in names)


def key_of(table: str, nodes: Mapping[str, Any]) -> list[str]:
    """Return the columns that a table's own test says are its key, from the nodes of dbt's manifest."""
    for node in nodes.values():
        test = node.get("test_metadata") or {}
        if test.get("name") == "primary_key" and node.get("attached_node") == f"model.lasting_homes.{table}":
            return list(test["kwargs"]["columns"])
    raise ValueError(f"{table} has no test that says what its key is")


def _compare(connection: duckdb.DuckDBPyConnection, tables: Path, name: str, key: list[str]) -> TableParity:
    files = str(tables / "marts.db" / name / "*.parquet").replace("'", "''")
    connection.execute(f"create or replace temp view there_as_written as from read_parquet('{files}')")
    columns_here = connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where database_name = 'build' and schema_name = 'marts' and table_name = ? order by column_index",
        [name],
    ).fetchall()
    types: dict[str, str] = dict(columns_here)
    there = {row[0] for row in connection.execute("describe there_as_written").fetchall()}
    if there != set(types):
        raise ValueError(f"{name} has other columns there: {', '.join(sorted(there ^ set(types)))}")
    # The other engine may keep a whole number in fewer bits; a value that does not fit fails the cast.
    cast = ", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind in types.items())
    columns = ", ".join(f'"{column}"' for column in types)
    return compare_relations(
        connection, name, f"select {columns} from build.marts.{name}", f"select {cast} from there_as_written", key
    )


def compare_relations(
    connection: duckdb.DuckDBPyConnection, name: str, here: str, there: str, key: list[str]
) -> TableParity:
    """Compare two queries of one connection, every column of every row, duplicates counted.

    Args:
        connection: Where both can be asked; temporary tables are left in it.
        name: What the finding calls the table.
        here: A query of rows with the columns of `key`.
        there: A query with the same columns in the same order.
        key: The columns by which rows that differ are told.
    """
    connection.execute(f"create or replace temp table here as {here}")
    connection.execute(f"create or replace temp table there as {there}")
    connection.execute("create or replace temp table only_here as from here except all from there")
    connection.execute("create or replace temp table only_there as from there except all from here")
    rows = {table: _count(connection, table) for table in ("here", "there", "only_here", "only_there")}
    columns = [row[0] for row in connection.execute("describe here").fetchall()]
    return TableParity(
        table=name,
        rows_here=rows["here"],
        rows_there=rows["there"],
        only_here=rows["only_here"],
        only_there=rows["only_there"],
        differences=_differences(connection, columns, key) if rows["only_here"] or rows["only_there"] else (),
    )


def _differences(connection: duckdb.DuckDBPyConnection, columns: list[str], key: list[str]) -> tuple[Difference, ...]:
    """Return the columns in which rows of one key differ, and `(row)` for keys that one side lacks."""
    same_key = " and ".join(f'h."{column}" is not distinct from t."{column}"' for column in key)
    shown = [column for column in key if column != "person_key"]
    found = []
    for column in [one for one in columns if one not in key]:
        said = ", ".join(f"'{one}=', h.\"{one}\", ' '" for one in shown)
        row = connection.execute(
            f"select count(*), min(concat({said})) from only_here as h inner join only_there as t on {same_key} "
            f'where h."{column}" is distinct from t."{column}"'
        ).fetchone()
        if row and row[0]:
            found.append(Difference(column, int(row[0]), str(row[1]).strip()))
    for here, there, side in (("only_here", "only_there", "here"), ("only_there", "only_here", "there")):
        said = ", ".join(f"'{one}=', h.\"{one}\", ' '" for one in shown)
        row = connection.execute(
            f"select count(*), min(concat({said})) from {here} as h "
            f"where not exists (select 1 from {there} as t where {same_key})"
        ).fetchone()
        if row and row[0]:
            found.append(Difference(f"(no such key but {side})", int(row[0]), str(row[1]).strip()))
    return tuple(sorted(found, key=lambda one: -one.rows)[:SHOWN])


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    found = connection.execute(f"select count(*) from {table}").fetchone()
    return int(found[0]) if found else 0
