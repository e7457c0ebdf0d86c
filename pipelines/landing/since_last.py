"""What a full file changes against its sender's last one: rows that are new, corrected, the same or no longer there.

What belongs here: comparing two snapshots of an extract. What does not: what vanishing means for a figure (as_known),
whether a file may be believed (quality).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.contracts import Contract
from pipelines.landing import store
from pipelines.landing.model import Load
from pipelines.landing.resolutions import earlier_loads
from pipelines.settings import Home


@dataclass(frozen=True, slots=True)
class SinceLast:
    """A full file against the one before it in time; counts are of accepted rows.

    Attributes:
        load: the file's load.
        before: the sender's last load of that extract, by data date.
        new: rows whose key the last file did not have.
        corrected: rows whose key it had, with other values.
        same: rows that it had just so.
        gone_rows: where the rows that are no longer there stood in the last file, as row numbers of the spreadsheet.
    """

    load: Load
    before: Load
    new: int
    corrected: int
    same: int
    gone_rows: tuple[int, ...]


def since_last(home: Home, contract: Contract, load: Load, known: Iterable[Load]) -> SinceLast | None:
    """Return what a full file changes; None for the first of its sender, and for extracts that are not sent in full.

    Without a business key a corrected row cannot be told from a new one, so it counts as new and its predecessor as
    gone.

    Args:
        home: the home in which the loads lie.
        contract: the extract.
        load: the load of the file.
        known: every load there is, or at least those of that extract and sender.
    """
    earlier = earlier_loads(load, contract, known)
    if contract.delivery != "full" or not earlier:
        return None
    before = earlier[-1]
    with duckdb.connect(config={"threads": 2}) as connection:
        now = _rows(connection, store.parquet_of(home, "accepted", load))
        then = _rows(connection, store.parquet_of(home, "accepted", before))
        columns = [column.name for column in contract.columns if column.name in {*now.columns} & {*then.columns}]
        # Without a key, equal rows are paired one by one.
        number = f"row_number() over (partition by {_listed(columns)} order by row_number) as twin"
        now, then = (rows.project(f"row_number, {_listed(columns)}, {number}") for rows in (now, then))
        connection.register("later", now)
        connection.register("earlier", then)
        key = contract.key or (*columns, "twin")
        pairs = " and ".join(f'later."{name}" is not distinct from earlier."{name}"' for name in key)
        equal = " and ".join(f'later."{name}" is not distinct from earlier."{name}"' for name in columns)
        paired = f"from later full outer join earlier on {pairs}"
        counted = connection.execute(
            "select count(*) filter (earlier.row_number is null), "
            f"count(*) filter (later.row_number is not null and earlier.row_number is not null and not ({equal})), "
            f"count(*) filter (later.row_number is not null and earlier.row_number is not null and ({equal})) {paired}"
        ).fetchone()
        gone = connection.execute(
            f"select earlier.row_number {paired} where later.row_number is null order by 1"
        ).fetchall()
    new, corrected, same = counted or (0, 0, 0)
    return SinceLast(load, before, new, corrected, same, tuple(row for (row,) in gone))


def _rows(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    return connection.read_parquet(str(path), hive_partitioning=False)


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
