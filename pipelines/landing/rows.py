"""The rows of a load as they are kept: what stands before the columns, their counts, how long loads are written.

What belongs here: shaping and counting checked rows for the store. What does not: checking, paths (store).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import TracebackType

import pyarrow as pa  # type: ignore[import-untyped]

from pipelines.landing.checking import ERASED, Checked, Readers
from pipelines.landing.long_checking import CheckedBlock, LongCheck
from pipelines.landing.long_text import Block
from pipelines.landing.model import Load, RowsLostError
from pipelines.landing.reading import Table
from pipelines.landing.recognition import Recognised
from pipelines.landing.reject_workbooks import MOST_ROWS, faulty_rows
from pipelines.landing.store import RowsWriter
from pipelines.settings import Home

_STAMPS = ("load_id", "data_date", "received_at")
_RECURRING = ("date", "code", "boolean")
KINDS = ("accepted", "rejects", "refused_cells", "faulty_rows")
"""What is kept of a load, in the order in which it is written."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of a table; read must be accepted plus rejected."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    refused: int = 0

    @classmethod
    def of(cls, checked: Checked) -> Counts:
        """Return the counts of a checked table, or of a part of one."""
        return cls(
            checked.rows_read, checked.accepted.num_rows, checked.rejects.num_rows, checked.refused_cells.num_rows
        )

    def __add__(self, other: Counts) -> Counts:
        """Return the counts of two parts together."""
        return Counts(
            self.read + other.read,
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            self.refused + other.refused,
        )


def named(rows: pa.Table, load: Load) -> pa.Table:
    """Return the rows with their load's id before them."""
    return rows.add_column(0, "load_id", pa.repeat(load.load_id, rows.num_rows))


def stamped(accepted: pa.Table, load: Load) -> pa.Table:
    """Return the rows as they are kept: before the columns stand load, row, data date and time of arrival (UTC)."""
    received_at = pa.scalar(load.received_at.replace(tzinfo=None), pa.timestamp("us"))
    stamped = accepted.add_column(1, "data_date", pa.repeat(pa.scalar(load.data_date, pa.date32()), accepted.num_rows))
    return named(stamped.add_column(2, "received_at", pa.repeat(received_at, accepted.num_rows)), load)


def counted(load: Load, counts: Counts) -> Load:
    """Return the load with its counts; raises RowsLostError when a row was lost or doubled."""
    if counts.read != counts.accepted + counts.rejected:
        raise RowsLostError(
            f"{load.name} of {load.sender}: {counts.read} rows read, {counts.accepted} accepted and {counts.rejected} "
            "rejected. This is a fault of the program; nothing of the file was landed. Please report it."
        )
    return replace(
        load,
        rows_read=counts.read,
        rows_accepted=counts.accepted,
        rows_rejected=counts.rejected,
        cells_refused=counts.refused,
    )


def kept_of(load: Load, table: Table, checked: Checked) -> dict[str, pa.Table | None]:
    """Return what is kept of a load that is held in memory, kind by kind; None where there is nothing of a kind."""
    kinds = {
        "accepted": stamped(checked.accepted, load),
        "rejects": named(checked.rejects, load),
        "refused_cells": named(checked.refused_cells, load),
        "faulty_rows": named(_faulty(table, checked), load),
    }
    return {kind: rows if kind == "accepted" or rows.num_rows else None for kind, rows in kinds.items()}


def _faulty(table: Table, checked: Checked) -> pa.Table:
    """Return the rows of the table in which a row was rejected or a cell refused, as the sender wrote them."""
    rejected = (row["row_number"] for row in checked.rejects.to_pylist() if row["rule"] != ERASED)
    numbers = sorted({*rejected, *checked.refused_cells["row_number"].to_pylist()})
    return faulty_rows({number: table.rows[number - 1] for number in numbers}, table.found, table.header)


class LongRows:
    """The rows of one long load, written block by block and put in their places kind by kind."""

    def __init__(self, home: Home, load: Load, found: Recognised, header: Sequence[str]) -> None:
        """Prepare to write the rows of a load."""
        self._load, self._found, self._header = load, found, header
        self._writers = {kind: RowsWriter(home, kind, load) for kind in KINDS}
        recurring = [column.name for column in found.contract.columns if column.type in _RECURRING]
        self._writers["accepted"] = RowsWriter(home, "accepted", load, [*_STAMPS, *recurring])
        self._listed = 0
        self.counts = Counts()

    def __enter__(self) -> LongRows:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was written and not put in its place."""
        self.discard()

    def discard(self) -> None:
        """Remove what was written, and start counting anew."""
        for writer in self._writers.values():
            writer.discard()
        self.counts, self._listed = Counts(), 0

    def check(self, readers: Readers, blocks: Callable[[], Iterator[Block]]) -> None:
        """Check every block of the table and write it; `blocks` gives them from the first, and may be asked twice."""
        checking = LongCheck(self._header, self._found, readers)
        self.write(checking.blocks(blocks()))
        if checking.must_be_repeated():
            self.discard()
            self.write(checking.blocks(blocks()))

    def write(self, blocks: Iterator[CheckedBlock]) -> None:
        """Write every block, while the next one is being checked."""
        with ThreadPoolExecutor(max_workers=1) as other:
            writing: Future[None] | None = None
            for block in blocks:
                if writing is not None:
                    writing.result()
                writing = other.submit(self._write, block)
            if writing is not None:
                writing.result()

    def _write(self, block: CheckedBlock) -> None:
        checked = block.checked
        self.counts += Counts.of(checked)
        listed = dict(list(block.faulty.items())[: MOST_ROWS - self._listed])
        self._listed += len(listed)
        for kind, rows in (
            ("accepted", stamped(checked.accepted, self._load)),
            ("rejects", named(checked.rejects, self._load)),
            ("refused_cells", named(checked.refused_cells, self._load)),
            ("faulty_rows", named(faulty_rows(listed, self._found, self._header), self._load)),
        ):
            if rows.num_rows or kind == "accepted":
                self._writers[kind].write(rows)

    def finish(self, kind: str) -> None:
        """Put the rows of one kind in their place."""
        self._writers[kind].finish()
