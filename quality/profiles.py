"""Profiles: what a load looks like as a whole, in counts and shares.

What this module promises: one row per load, none of it a person's value; the same loads give the same numbers.

What belongs here: counting, from the accepted rows and refused cells that landing wrote, with DuckDB. What does not:
any judgement, except which earlier load a load is compared with: the sender's last one by data date that no holding
check keeps out of the figures, so that one broken delivery does not become the yardstick of the next.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.contracts import Contract, Contracts
from quality.expectations import Reference, check_expectations, in_order, references_of
from quality.loads import Batch, LoadFacts, batch_of
from quality.suites import code_columns, event_date_columns, filled_columns, holding_checks, typed_columns

# Landing's files say all of this inside; the folders' names are for people.
PARQUET = "read_parquet(?, union_by_name = true, hive_partitioning = false)"
# What is counted in rows and told as a share of them.
SHARES = ("filled_share_", "refused_share_", "future_share", "disorder_")
QUARTER = "interval 92 days"


def profile_loads(
    loads: Collection[LoadFacts],
    home_landing: Path,
    contracts: Contracts,
    *,
    previous: Collection[LoadFacts] = (),
) -> dict[str, pd.DataFrame]:
    """Count what the suites judge.

    Args:
        loads: The loads to judge.
        home_landing: The home's `landing` folder.
        contracts: The contracts in force.
        previous: Loads judged earlier and accepted, by the checks or by a person. They are compared with, and looked
            up in, but not judged again; the latest one before each new load is enough, more do no harm.

    Returns:
        By extract with a load to judge, one row per load: `load_id, sender, authority, data_date, received_at, judged,
        rows, compared_with, before_date, rows_before, row_ratio, rejected_share, arrival_days, future_share`, and for
        columns that the contract names `filled_share_<column>`, `shortfall_<column>` (what that lacks of the
        contract's completeness), `refused_share_<column>`, `disorder_<column>` (rows in which that date lies before one
        that it cannot), `drift_<column>` (largest change in a code's share of the rows since the load compared with),
        the largest of each as `<…>_worst`, and `found_share_<table>`. Shares lie
        between 0 and 1; NaN is "not to be judged": no earlier load, no rows, or fewer than the contract's
        `minimum_rows`.
    """
    check_expectations(contracts)
    new = {load.load_id for load in loads}
    profiles: dict[str, pd.DataFrame] = {}
    with duckdb.connect(config={"threads": 2, "autoinstall_known_extensions": "false"}) as connection:
        known = [*loads, *(load for load in previous if load.load_id not in new)]
        connection.register("known_load", _load_frame(known))
        for contract in contracts:
            batch = batch_of(contract, known, frozenset(new), home_landing)
            if batch.judged:
                profiles[contract.name] = _profile(connection, batch, contracts, known)
    return profiles


def _load_frame(loads: Sequence[LoadFacts]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "load_id": [load.load_id for load in loads],
            "extract": [f"{load.family}__{load.table}" for load in loads],
            "sender": [load.sender for load in loads],
            "authority": [load.authority for load in loads],
            "data_date": [load.data_date for load in loads],
        },
        dtype="object",
    )


def _profile(
    connection: duckdb.DuckDBPyConnection, batch: Batch, contracts: Contracts, known: Sequence[LoadFacts]
) -> pd.DataFrame:
    contract = batch.contract
    frame = _facts(batch)
    _read_batch(connection, batch)
    frame = frame.join(_counted(connection, contract), on="load_id")
    frame = frame.join(_refused(connection, batch), on="load_id")
    for reference in references_of(contract.name):
        frame = frame.join(_found(connection, batch, reference, contracts, known), on="load_id")
    frame = _shares(frame, contract)
    frame = _compared(frame, contract)
    frame = frame.join(_drift(connection, frame, contract), on="load_id")
    connection.execute("drop table batch")
    for parts in ("refused_share_", "shortfall_", "drift_", "disorder_"):
        frame[f"{parts}worst"] = frame[[name for name in frame.columns if name.startswith(parts)]].max(axis="columns")
    return frame.copy()


def _facts(batch: Batch) -> pd.DataFrame:
    """Lay out what the receipts already say."""
    return pd.DataFrame(
        {
            "load_id": [load.load_id for load in batch.loads],
            "sender": [load.sender for load in batch.loads],
            "authority": [load.authority for load in batch.loads],
            "data_date": [load.data_date for load in batch.loads],
            "received_at": [load.received_at for load in batch.loads],
            "judged": [load.load_id in batch.judged for load in batch.loads],
            "rows": [float(load.rows_accepted) for load in batch.loads],
            "rows_read": [float(load.rows_read) for load in batch.loads],
            "rows_rejected": [float(load.rows_rejected) for load in batch.loads],
            "arrival_days": [float((load.received_at.date() - load.data_date).days) for load in batch.loads],
        }
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _read_batch(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Read once the columns that are counted; what a suite does not need never leaves the files."""
    contract = batch.contract
    needed = dict.fromkeys(
        [
            *code_columns(contract),
            *event_date_columns(contract),
            *filled_columns(contract),
            *(name for pair in in_order(contract.name) for name in pair),
            *(name for reference in references_of(contract.name) for name in reference.columns),
            *(reference.since for reference in references_of(contract.name) if reference.since),
        ]
    )
    columns = ", ".join(["load_id", "data_date", *map(_quoted, needed)])
    files = batch.files("accepted")
    if files:
        connection.execute(
            f"create temp table batch as select {columns} from {PARQUET}",
            [files],
        )
    else:
        empty = ", ".join(["'' as load_id", "null::date as data_date", *(f"null as {_quoted(n)}" for n in needed)])
        connection.execute(f"create temp table batch as select {empty} limit 0")


def _counted(connection: duckdb.DuckDBPyConnection, contract: Contract) -> pd.DataFrame:
    """Count filled cells, events after the data date and dates that contradict each other, per load."""
    counts = [f"count({_quoted(name)}) as {_quoted('filled_share_' + name)}" for name in filled_columns(contract)]
    if dates := event_date_columns(contract):
        later = " or ".join(f"{_quoted(name)} > data_date" for name in dates)
        counts.append(f"count(*) filter (where {later}) as future_share")
    disorder: dict[str, list[str]] = {}
    for first, second in in_order(contract.name):
        disorder.setdefault(second, []).append(f"{_quoted(second)} < {_quoted(first)}")
    counts += [
        f"count(*) filter (where {' or '.join(wrong)}) as {_quoted('disorder_' + second)}"
        for second, wrong in disorder.items()
    ]
    select = ", ".join(["load_id", "count(*) as rows_counted", *counts])
    return connection.execute(f"select {select} from batch group by load_id").df().set_index("load_id")


def _refused(connection: duckdb.DuckDBPyConnection, batch: Batch) -> pd.DataFrame:
    """Count refused cells per load and column."""
    columns = typed_columns(batch.contract)
    counted = pd.DataFrame(
        0.0,
        index=pd.Index([load.load_id for load in batch.loads], name="load_id"),
        columns=[f"refused_share_{name}" for name in columns],
    )
    files = batch.files("refused_cells", (load for load in batch.loads if load.cells_refused))
    if not files or not columns:
        return counted
    found = connection.execute(
        f'select load_id, "column", count(*) from {PARQUET} group by all',
        [files],
    ).fetchall()
    for load_id, column, cells in found:
        if column in columns:
            counted.loc[load_id, f"refused_share_{column}"] = float(cells)
    return counted


def _found(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    reference: Reference,
    contracts: Contracts,
    known: Sequence[LoadFacts],
) -> pd.DataFrame:
    """Return per load the share of its rows whose key some load of the parent table has.

    Any load of the sender counts, not only the latest: a form repeats its whole list and rightly names people whom a
    later snapshot of the case system no longer has. NaN where the sender sent no parent table yet, and where fewer rows
    than the contract's `minimum_rows` are to be looked up.
    """
    column = f"found_share_{reference.parent_table}"
    parent = contracts[reference.parent]
    whose = "sender" if reference.same_family else "authority"
    parents = [load for load in known if (load.family, load.table) == (parent.family, parent.table)]
    files = batch.files("accepted", parents)
    if not files:
        return pd.DataFrame({column: pd.Series(dtype="float64")}).rename_axis("load_id")
    keys = ", ".join(f"parent.{_quoted(name)} as key{n}" for n, name in enumerate(reference.parent_columns))
    same_key = " and ".join(f"batch.{_quoted(name)} = key{n}" for n, name in enumerate(reference.columns))
    in_time = f"batch.{_quoted(reference.since)} >= first_file.data_date - {QUARTER}" if reference.since else "true"
    return (
        connection.execute(
            f"""
            with known_key as (
                select distinct known_load.{whose} as whose, {keys}
                from {PARQUET} as parent
                inner join known_load on known_load.load_id = parent.load_id
            ),
            first_file as (
                select {whose} as whose, min(data_date) as data_date from known_load where extract = ? group by all
            )
            select batch.load_id, avg(case when known_key.whose is null then 0.0 else 1.0 end) as {_quoted(column)}
            from batch
            inner join known_load on known_load.load_id = batch.load_id
            inner join first_file on first_file.whose = known_load.{whose}
            left join known_key on known_key.whose = known_load.{whose} and {same_key}
            where {in_time}
            group by batch.load_id
            having count(*) >= {max(1, batch.contract.tolerance.minimum_rows)}
            """,
            [files, parent.name],
        )
        .df()
        .set_index("load_id")
    )


def _shares(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Turn counts into shares of the rows, and leave out those of too few rows to say anything."""
    rows = frame["rows"].where(frame["rows"] >= max(1, contract.tolerance.minimum_rows))
    counts = [name for name in frame.columns if name.startswith(SHARES)]
    frame[counts] = frame[counts].fillna(0.0).astype("float64").div(rows, axis="index")
    for name in filled_columns(contract):
        short = contract.column(name).completeness - frame[f"filled_share_{name}"]
        frame[f"shortfall_{name}"] = short.clip(lower=0.0).round(9)
    read = frame["rows_read"].where(frame["rows_read"] >= max(1, contract.tolerance.minimum_rows))
    frame["rejected_share"] = frame["rows_rejected"] / read
    return frame.drop(columns=["rows_counted", "rows_rejected"])


def _compared(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Say for each load which earlier one of its sender it is compared with, and the ratio of their rows."""
    names = ["compared_with", "before_date", "rows_before", "row_ratio"]
    rows = [row for _, loads in frame.groupby("sender", sort=False) for row in _followed(loads, contract)]
    return frame.join(pd.DataFrame(rows, columns=["load_id", *names]).set_index("load_id"), on="load_id")


def _followed(loads: pd.DataFrame, contract: Contract) -> Iterator[tuple[str, str | None, date | None, float, float]]:
    """Walk one sender's loads in order; a load that a holding check fails is nobody's yardstick."""
    checks = holding_checks(contract)
    fewest = max(1, contract.tolerance.minimum_rows)
    yardstick: dict[Hashable, Any] | None = None
    for row in loads.to_dict("records"):
        if yardstick is None:
            compared_with, before_date, before = None, None, math.nan
        else:
            compared_with, before_date, before = yardstick["load_id"], yardstick["data_date"], yardstick["rows"]
        ratio = row["rows"] / before if before >= fewest else math.nan
        yield row["load_id"], compared_with, before_date, before, ratio
        if not row["judged"] or all(check.keeps({**row, "row_ratio": ratio}[check.column]) for check in checks):
            yardstick = row


def _drift(connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return per load and code column the largest change in a code's share since the load compared with."""
    columns = code_columns(contract)
    names = [f"drift_{name}" for name in columns]
    enough = (frame["rows"] >= contract.tolerance.minimum_rows) & (
        frame["rows_before"] >= contract.tolerance.minimum_rows
    )
    pairs = frame.loc[enough & frame["compared_with"].notna(), ["load_id", "compared_with"]].astype("object")
    nothing = pd.DataFrame(columns=pd.Index(names), dtype="float64").rename_axis("load_id")
    if not columns or pairs.empty:
        return nothing
    connection.register("pair", pairs)
    counted = " union all ".join(
        f"select load_id, {_text(name)} as name, {_quoted(name)} as code, count(*) as n from batch group by all"
        for name in columns
    )
    found = connection.execute(
        f"""
        with counted as ({counted}),
        shares as (select *, n / sum(n) over (partition by load_id, name) as share from counted),
        change as (
            select pair.load_id, name, code, share from pair inner join shares on shares.load_id = pair.load_id
            union all
            select pair.load_id, name, code, -share from pair inner join shares on shares.load_id = pair.compared_with
        ),
        per_code as (select load_id, name, abs(sum(share)) as moved from change group by load_id, name, code)
        select load_id, 'drift_' || name as name, max(moved) as moved from per_code group by all
        """
    ).df()
    connection.unregister("pair")
    return found.pivot(index="load_id", columns="name", values="moved").reindex(columns=names)
