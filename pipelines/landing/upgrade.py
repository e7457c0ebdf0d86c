"""Landing as the first release left it, brought forward.

What belongs here: steps from one version of the landing's files to the next. What does not: reading originals under
today's contracts (relanding): an upgrade changes no row that was accepted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pyarrow.parquet as pq  # type: ignore[import-untyped]

from pipelines.contracts import load_contracts
from pipelines.landing import store
from pipelines.landing.checking import ERASED
from pipelines.landing.inbox import NotReadyError, Taken
from pipelines.landing.model import Load, RefusedFileError
from pipelines.landing.reading import Indexes, in_force, tables_of
from pipelines.landing.recognition import HeaderIndex
from pipelines.landing.reject_workbooks import faulty_rows
from pipelines.landing.rows import named
from pipelines.settings import Home


def keep_faulty_rows(home: Home) -> str:
    """Version 2: receipts state their generation, and rows with a fault are kept as their sender wrote them.

    The first release kept of a fault only the cell and the rule, so its loads would be missing from the workbooks that
    are sent back. Their rows are read from the archived originals; the receipt is written last. Where an original is
    gone or no longer recognised, the load stays without.
    """
    old = [
        Load.from_json(document)
        for path in sorted(store.receipts_folder(home).glob("*.json"))
        if "generation" not in (document := json.loads(path.read_text(encoding="utf-8")))
    ]
    faulty = {load.load_id: faults for load in old if (faults := _Faults.of(home, load)).are_missing_in(home)}
    contracts = load_contracts(home.config / "contracts") if faulty else None
    indexes = {family: HeaderIndex(contracts.of_family(family)) for family in contracts.families} if contracts else {}
    found = 0
    for load in old:
        if load.load_id in faulty:
            found += faulty[load.load_id].keep(home, indexes)
        store.write_receipt(home, load)
    return f"{len(old)} receipts state their generation, and {found} loads have their faulty rows beside them."


@dataclass(frozen=True, slots=True)
class _Faults:
    """The rows of a load in which something was wrong, by number."""

    load: Load
    rows: tuple[int, ...]

    @classmethod
    def of(cls, home: Home, load: Load) -> _Faults:
        paths = [store.parquet_of(home, kind, load) for kind in ("rejects", "refused_cells")]
        numbers = {
            fault["row_number"]
            for path in paths
            if path.is_file()
            for fault in pq.read_table(path, columns=["row_number", "rule"], partitioning=None).to_pylist()
            if fault["rule"] != ERASED
        }
        return cls(load, tuple(sorted(numbers)))

    def are_missing_in(self, home: Home) -> bool:
        """Return whether the load has faulty rows, and they are not kept yet."""
        return bool(self.rows) and not store.parquet_of(home, "faulty_rows", self.load).is_file()

    def keep(self, home: Home, indexes: Indexes) -> bool:
        """Write the rows as the original has them; return whether it could be read."""
        load = self.load
        if load.family not in indexes:
            return False
        try:
            with store.archived(home, load.file_sha256).open("rb") as opened:
                tables, _ = tables_of(Taken(opened).content(), indexes, load.family)
        except (FileNotFoundError, RefusedFileError, NotReadyError):
            return False
        for one in tables:
            if one.found.contract.table == load.table:
                table = in_force(one, load.data_date)
                cells = {number: table.rows[number - 1] for number in self.rows if number <= len(table.rows)}
                rows = faulty_rows(cells, table.found, table.header)
                store.write_rows(home, "faulty_rows", load, named(rows, load))
                return True
        return False
