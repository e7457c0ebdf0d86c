"""What became of a sender's earlier rejects when the next file came: corrected, no longer sent, or still there.

What belongs here: comparing a load with the one before it, and the record of that. What does not: what is wrong with a
row (checking), showing it to the sender (reject_workbooks).

A rejected row or refused cell is found again by its business key; without one, by its column, rule and text. The record
is written before the load's receipt, once for each load, and never changed; it holds row numbers and nobody's values.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.dataset as ds  # type: ignore[import-untyped]

from pipelines.contracts import Contract
from pipelines.landing import store
from pipelines.landing.checking import ERASED, ColumnReader
from pipelines.landing.model import Load, Resolution
from pipelines.settings import Home

# Of somebody who was erased nothing is open.
_CAN_BE_CORRECTED = pc.field("rule") != ERASED

Key = tuple[Any, ...]
How = Literal["corrected", "gone"]


@dataclass(frozen=True, slots=True)
class _Fault:
    """A rejected row, or a refused cell of an accepted row; `key` is None where its row has no whole business key."""

    load_id: str
    row_number: int
    column: str | None
    rule: str
    value: str | None
    key: Key | None
    whole_row: bool

    @property
    def looks(self) -> tuple[str | None, str, str | None]:
        """What a fault without a key is found again by."""
        return self.column, self.rule, self.value


@dataclass(frozen=True, slots=True)
class _Settled:
    fault: _Fault
    how: How


def earlier_loads(load: Load, contract: Contract, known: Iterable[Load]) -> list[Load]:
    """Return the loads whose faults the new load may resolve: the one before it, or all of them for increments.

    Every file of the other deliveries repeats the whole list, so what is still wrong is wrong again in the latest one.
    """
    before = sorted(
        (
            one
            for one in known
            if (one.name, one.sender) == (load.name, load.sender)
            and one.load_id != load.load_id
            and (one.data_date, one.received_at) <= (load.data_date, load.received_at)
        ),
        key=lambda one: (one.data_date, one.received_at, one.load_id),
    )
    return before if contract.delivery == "increment" else before[-1:]


def settle(
    home: Home, contract: Contract, load: Load, earlier: Sequence[Load], readers: Sequence[ColumnReader]
) -> tuple[Resolution, dict[str, Any]] | None:
    """Return what the load, whose rows are written already, resolves of earlier ones, and the record to keep.

    Returns None where no earlier load left a fault.
    """
    resolved_before = _resolved_before(home, earlier) if contract.delivery == "increment" else set()
    open_faults = [
        fault
        for one in earlier
        for fault in _faults(home, contract, one, readers)
        if (fault.load_id, fault.row_number, fault.column) not in resolved_before
    ]
    if not open_faults:
        return None
    settled = _settled(open_faults, _faults(home, contract, load, readers), home, contract, load)
    counted = Counter(one.how for one in settled)
    resolution = Resolution(load.load_id, contract.table, len(open_faults), counted["corrected"], counted["gone"])
    record = {
        "load_id": load.load_id,
        "family": load.family,
        "table": load.table,
        "sender": load.sender,
        "received_at": load.as_json()["received_at"],
        "earlier": len(open_faults),
        "resolved": [
            {
                "load_id": one.fault.load_id,
                "row_number": one.fault.row_number,
                "column": one.fault.column,
                "rule": one.fault.rule,
                "how": one.how,
            }
            for one in settled
        ],
    }
    return resolution, record


def _resolved_before(home: Home, earlier: Sequence[Load]) -> set[tuple[str, int, str | None]]:
    return {
        (one["load_id"], one["row_number"], one["column"])
        for load in earlier
        for one in store.read_resolution(home, load.load_id).get("resolved", [])
    }


def _faults(home: Home, contract: Contract, load: Load, readers: Sequence[ColumnReader]) -> list[_Fault]:
    """Return every rejected row and refused cell of a load, with the key of its row."""
    by_name = {reader.column.name: reader for reader in readers}
    faults = []
    if load.rows_rejected:
        for row in _read(home, "rejects", load, ["row_number", "column", "value", "rule", "row"], _CAN_BE_CORRECTED):
            cells = json.loads(row["row"])
            key = tuple(by_name[name][cells.get(name) or ""].value for name in contract.key)
            faults.append(_fault(load, row, key, whole_row=True))
    if load.cells_refused:
        refused = _read(home, "refused_cells", load, ["row_number", "column", "value", "rule"])
        wanted = pc.field("row_number").isin(sorted({row["row_number"] for row in refused}))
        keys = {
            row["row_number"]: tuple(row[name] for name in contract.key)
            for row in _read(home, "accepted", load, ["row_number", *contract.key], wanted)
        }
        faults += [_fault(load, row, keys[row["row_number"]], whole_row=False) for row in refused]
    return faults


def _fault(load: Load, row: dict[str, Any], key: Key, *, whole_row: bool) -> _Fault:
    whole_key = key if key and None not in key else None
    return _Fault(load.load_id, row["row_number"], row["column"], row["rule"], row["value"], whole_key, whole_row)


def _read(
    home: Home, kind: str, load: Load, columns: Sequence[str], wanted: pc.Expression | None = None
) -> list[dict[str, Any]]:
    rows: pa.Table = ds.dataset(store.parquet_of(home, kind, load)).to_table(
        columns=list(dict.fromkeys(columns)), filter=wanted
    )
    return list(rows.to_pylist())


def _settled(
    before: Sequence[_Fault], now: Sequence[_Fault], home: Home, contract: Contract, load: Load
) -> list[_Settled]:
    rejected_now = {fault.key for fault in now if fault.whole_row}
    refused_now = {(fault.key, fault.column) for fault in now if not fault.whole_row}
    accepted_now = _accepted_keys(home, contract, load, {fault.key for fault in before if fault.key is not None})
    alike_now = Counter(fault.looks for fault in now if fault.key is None)
    repeats_all = contract.delivery != "increment"
    settled = []
    for fault in before:
        if fault.key is None:
            still_there = alike_now[fault.looks] > 0
            alike_now[fault.looks] -= 1
        else:
            still_there = fault.key in rejected_now or (
                not fault.whole_row and (fault.key, fault.column) in refused_now
            )
        if still_there:
            continue
        if fault.key in accepted_now:
            settled.append(_Settled(fault, "corrected"))
        elif repeats_all:
            settled.append(_Settled(fault, "gone"))
    return settled


def _accepted_keys(home: Home, contract: Contract, load: Load, keys: Collection[Key]) -> set[Key]:
    """Return those of the keys that an accepted row of the load has."""
    if not keys or not load.rows_accepted:
        return set()
    first = contract.key[0]
    maybe = pc.field(first).isin(sorted({key[0] for key in keys}))
    rows = _read(home, "accepted", load, contract.key, maybe)
    return {tuple(row[name] for name in contract.key) for row in rows} & set(keys)
