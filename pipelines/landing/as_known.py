"""What was known at a time: the current rows of every extract, for identity and for the warehouse alike.

What belongs here: which loads count, which version of a row is the latest, what vanishing means (measures.md
section 1). What does not: judging a load (quality holds it), joining extracts (warehouse).

Order between snapshots follows the data date, then the receipt; what was received later than asked for is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import partial

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]

from pipelines.contracts import Contract, Contracts
from pipelines.landing import store
from pipelines.landing.model import Load
from pipelines.settings import Home

SQL_TYPES = {
    "text": "varchar",
    "date": "date",
    "timestamp": "timestamp",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "code": "varchar",
    "postcode": "varchar",
}
# A query for the accepted rows of these loads of one extract: load_id, row_number, data_date, received_at and the
# canonical columns. It may lack canonical columns that the contract has been given since.
AcceptedRows = Callable[[Contract, Sequence[Load]], str]

_STAMPS = "load.sender, load.authority, rows.load_id, rows.row_number, rows.data_date, rows.received_at"
_IN_ORDER = "order by sender, data_date, load_id, row_number"


def known_loads(
    home: Home, as_known_at: datetime, held: Collection[str] = (), generation: int | None = None
) -> list[Load]:
    """Return the loads received by then, in order of extract, sender, data date and receipt.

    Args:
        home: the home whose landing is read.
        as_known_at: aware; a load received at that very moment counts.
        held: load ids that are held at the door; they count as if they had not come.
        generation: as the originals were read in that generation of the landing; None is the newest.

    Raises NoSuchGenerationError.
    """
    without = frozenset(held)
    receipts = store.read_receipts(home, generation)
    known = [load for load in receipts if load.received_at <= as_known_at and load.load_id not in without]
    return sorted(known, key=lambda load: (load.name, load.sender, *_recency(load)))


def attach_current_rows(
    connection: duckdb.DuckDBPyConnection, home: Home, contracts: Contracts, loads: Sequence[Load]
) -> dict[str, int]:
    """Make schema `landing` in the open database, anew; `docs/seams.md` lists its tables.

    The tables hold copies, so the database stands alone. Only the Parquet files that matter are opened.

    Returns:
        `<family>__<table>` -> number of current rows, for every contract.
    """
    return make_current_rows(connection, contracts, loads, partial(_landed_rows, home))


def make_current_rows(
    connection: duckdb.DuckDBPyConnection, contracts: Contracts, loads: Sequence[Load], accepted: AcceptedRows
) -> dict[str, int]:
    """Do what `attach_current_rows` does for accepted rows that lie elsewhere than in a home (a benchmark's)."""
    connection.execute("drop schema if exists landing cascade")
    connection.execute("create schema landing")
    _make_load_table(connection, loads)
    by_extract: dict[str, list[Load]] = {contract.name: [] for contract in contracts}
    for load in loads:
        if load.name in by_extract:
            by_extract[load.name].append(load)
    return {
        contract.name: _make_extract(connection, accepted, contract, by_extract[contract.name])
        for contract in contracts
    }


def _recency(load: Load) -> tuple[str, datetime, str]:
    """Return what decides between two loads of one sender: data date, then receipt; the id makes it one order."""
    return load.data_date.isoformat(), load.received_at, load.load_id


def _snapshots(loads: Iterable[Load]) -> list[Load]:
    """Return one load for each sender and data date: of a file and its correction, the later receipt."""
    latest = {(load.sender, load.data_date): load for load in sorted(loads, key=_recency)}
    return list(latest.values())


def _latest_of_each_sender(loads: Iterable[Load]) -> list[Load]:
    latest = {load.sender: load for load in sorted(loads, key=_recency)}
    return list(latest.values())


def _make_load_table(connection: duckdb.DuckDBPyConnection, loads: Sequence[Load]) -> None:
    texts = ("load_id", "family", "table", "sender", "authority", "file_name", "file_sha256")
    counts = ("rows_read", "rows_accepted", "rows_rejected", "cells_refused")
    columns: dict[str, pa.DataType] = {
        **dict.fromkeys(texts, pa.string()),
        "data_date": pa.date32(),
        "received_at": pa.timestamp("us"),
        **dict.fromkeys(counts, pa.int64()),
        "contract_hash": pa.string(),
    }
    records = [{name: getattr(load, name) for name in columns} for load in loads]
    for record in records:
        record["received_at"] = record["received_at"].replace(tzinfo=None)
    table = pa.Table.from_pylist(records, schema=pa.schema(list(columns.items())))
    connection.register("loads_to_copy", table)
    connection.execute("create table landing.load as select * from loads_to_copy order by load_id")
    connection.unregister("loads_to_copy")


def _make_extract(
    connection: duckdb.DuckDBPyConnection, accepted: AcceptedRows, contract: Contract, loads: list[Load]
) -> int:
    """Make the tables of one extract and return the number of its current rows."""
    if contract.on_missing == "state_ends":
        snapshots = _snapshots(loads)
        _make(connection, f"{contract.name}__history", _rows_of(connection, accepted, contract, snapshots))
        _make_states(connection, contract, _latest_of_each_sender(snapshots))
    elif contract.on_missing == "withdrawn":
        _make(connection, contract.name, _rows_of(connection, accepted, contract, _latest_of_each_sender(loads)))
    else:
        _make(connection, contract.name, _latest_versions(contract, _rows_of(connection, accepted, contract, loads)))
    return int(connection.sql(f"select count(*) from landing.{contract.name}").fetchall()[0][0])


def _make(connection: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
    connection.execute(f"create table landing.{name} as select * from ({select}) {_IN_ORDER}")


def _landed_rows(home: Home, contract: Contract, loads: Sequence[Load]) -> str:
    """Return a query for what the home's Parquet files of these loads of one extract hold."""
    paths = [str(store.parquet_of(home, "accepted", load)).replace("'", "''") for load in loads]
    files = ", ".join(f"'{path}'" for path in paths)
    return f"select * from read_parquet([{files}], union_by_name = true, hive_partitioning = false)"


def _rows_of(
    connection: duckdb.DuckDBPyConnection, accepted: AcceptedRows, contract: Contract, loads: Sequence[Load]
) -> str:
    """Return a query for all accepted rows of the loads, stamped; an empty one of the same shape without loads."""
    types = {column.name: SQL_TYPES[column.type] for column in contract.columns}
    if not loads:
        shape = {
            **dict.fromkeys(("sender", "authority", "load_id"), "varchar"),
            "row_number": "bigint",
            "data_date": "date",
            "received_at": "timestamp",
            **types,
        }
        return "select " + ", ".join(f"cast(null as {kind}) as {name}" for name, kind in shape.items()) + " where false"
    rows = f"({accepted(contract, loads)})"
    # Rows landed before a column was added to the contract do not have it.
    present = set(connection.sql(f"select * from {rows} limit 0").columns)
    columns = ", ".join(
        f"cast({'rows.' + name if name in present else 'null'} as {kind}) as {name}" for name, kind in types.items()
    )
    return (
        f"select {_STAMPS}, {columns} from {rows} as rows "
        "inner join landing.load as load on load.load_id = rows.load_id"
    )


def _latest_versions(contract: Contract, rows: str) -> str:
    """Return a query for the latest version of each key, without those withdrawn."""
    key = ", ".join(("sender", *contract.key))
    stated = f"{contract.latest_by} desc nulls last, " if contract.latest_by else ""
    newest_first = f"{stated}data_date desc, received_at desc, load_id desc, row_number"
    withdrawn = any(column.name == "withdrawn" for column in contract.columns)
    return (
        f"select * exclude (version) from (select *, row_number() over (partition by {key} order by {newest_first}) "
        f"as version from ({rows})) where version = 1" + (" and not coalesce(withdrawn, false)" if withdrawn else "")
    )


def _make_states(connection: duckdb.DuckDBPyConnection, contract: Contract, latest: Sequence[Load]) -> None:
    """Make the current rows of a table whose rows are states: each key's latest version and when it vanished.

    A state ends on the data date of the first snapshot of its sender that no longer has it. Without a key no row can be
    followed, and the current rows are those of the latest snapshot.
    """
    history = f"landing.{contract.name}__history"
    if not contract.key:
        ids = ", ".join(f"'{load.load_id}'" for load in latest) or "null"
        select = f"select *, cast(null as date) as vanished_on from {history} where load_id in ({ids})"
    else:
        snapshots = (
            "select distinct sender, data_date from landing.load "
            f"where family = '{contract.family}' and \"table\" = '{contract.table}'"
        )
        later = "snapshot.sender = version.sender and snapshot.data_date > version.data_date"
        versions = _latest_versions(contract, f"select * from {history}")
        select = (
            f"select version.*, (select min(snapshot.data_date) from ({snapshots}) as snapshot where {later}) "
            f"as vanished_on from ({versions}) as version"
        )
    _make(connection, contract.name, select)
