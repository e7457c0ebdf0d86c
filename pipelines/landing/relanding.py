"""Reading the archived originals again under today's contracts: a new generation of the landing.

It promises: what was received, when, and for which day stays as it was; a load that comes out otherwise is written
beside its earlier reading, never over it; the generation becomes the current one in one step, its record, and until
then nobody sees any of it; where nothing comes out otherwise, nothing is written.

What belongs here: the order of it, comparing two readings, the report. What does not: how a file is read (reading,
checking), which generation a build uses (as_known).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from pipelines.contracts import Contracts
from pipelines.landing import long_text, store
from pipelines.landing.checking import Readers, check
from pipelines.landing.inbox import NotReadyError, Taken
from pipelines.landing.long_text import Block
from pipelines.landing.model import Load, RefusedFileError, load_id_of
from pipelines.landing.reading import (
    Table,
    in_force,
    must_be_held_in_memory,
    recognised_beginning,
    stated_date,
    stated_date_of_blocks,
    tables_of,
)
from pipelines.landing.recognition import HeaderIndex
from pipelines.landing.reject_workbooks import write_workbooks
from pipelines.landing.rows import KINDS, Counts, LongRows, counted, kept_of
from pipelines.landing.store import Durable, no_crash
from pipelines.progress import Progress, silent
from pipelines.settings import Home

STAGE = "relanding"
_FILES_BETWEEN_MESSAGES = 25
_ROWS_AT_ONCE = 65_536
# What two readings of a load are compared by; the cells as the sender wrote them follow from these.
_COMPARED = ("accepted", "rejects", "refused_cells")


@dataclass(frozen=True, slots=True)
class Change:
    """A load that comes out otherwise than before.

    Attributes:
        before: the load as it was read last; None for a table that was not recognised before.
        after: the load as it is read today.
        rows_changed: accepted rows of today's reading that the last one does not have just so.
    """

    before: Load | None
    after: Load
    rows_changed: int

    @property
    def in_rows(self) -> bool:
        """Whether rows come out otherwise, and not only their shape or the words of a reason."""
        return self.before is None or self.rows_changed > 0 or self.before.counts != self.after.counts

    def as_json(self) -> dict[str, Any]:
        """Return the change by load: counts before and after, and the contract's hash."""
        facts = {name: getattr(self.after, name) for name in ("load_id", "family", "table", "sender", "file_name")}
        return {
            **facts,
            "data_date": self.after.data_date.isoformat(),
            "before": self.before.counts if self.before else None,
            "after": self.after.counts,
            "rows_changed": self.rows_changed,
            "contract_hash": self.after.contract_hash,
        }


@dataclass(frozen=True, slots=True)
class NotRead:
    """A load that cannot be read today and stays as it was read last; `reason` is in plain words."""

    load: Load
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return which load, and why."""
        facts = {name: getattr(self.load, name) for name in ("load_id", "family", "table", "sender", "file_name")}
        return {**facts, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class RelandReport:
    """What reading the originals again came to.

    Attributes:
        generation: the newest generation there is now.
        made: whether it was made by this run.
        originals: files of the archive that were read.
        loads: loads that were read again.
        changes: loads that come out otherwise, in the order in which they were received.
        not_read: loads that stay as they were.
    """

    generation: int
    made: bool
    originals: int
    loads: int
    changes: tuple[Change, ...] = ()
    not_read: tuple[NotRead, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the report as one document."""
        return {
            "generation": self.generation,
            "made": self.made,
            "originals": self.originals,
            "loads": self.loads,
            "changes": [change.as_json() for change in self.changes],
            "not_read": [one.as_json() for one in self.not_read],
        }


def reland(  # noqa: PLR0913 - as `land`, and whether it is only to be tried
    home: Home,
    contracts: Contracts,
    *,
    now: datetime,
    dry_run: bool = False,
    progress: Progress = silent,
    durable: Durable = no_crash,
) -> RelandReport:
    """Read every archived original again, and make a new generation of the loads that come out otherwise.

    Args:
        home: an initialised home.
        contracts: the contracts in force.
        now: time of the generation (aware).
        dry_run: only say what would come out otherwise.
        progress: told what happens.
        durable: called before each durable step; for tests that play a crash.

    Raises:
        RowsLostError: rows read differ from rows accepted plus rejected, which is a fault of this program.
    """
    with store.alone(home, lambda message: progress(STAGE, message)):
        store.discard_half_generation(home)
        current = store.current_generation(home)
        run = _Relanding(home, contracts, current + 1, write=not dry_run, durable=durable)
        originals = _originals(store.read_receipts(home))
        for number, loads in enumerate(originals, start=1):
            run.read(loads)
            if number % _FILES_BETWEEN_MESSAGES == 0 or number == len(originals):
                progress(STAGE, f"{number} of {len(originals)} originals read again, {len(run.changes)} loads differ")
        made = bool(run.changes) and not dry_run
        report = RelandReport(
            generation=current + 1 if made else current,
            made=made,
            originals=len(originals),
            loads=run.loads,
            changes=tuple(run.changes),
            not_read=tuple(run.not_read),
        )
        if made:
            durable("generation")
            hashes = {contract.name: contract.contract_hash for contract in contracts}
            landed_at = now.astimezone(UTC).isoformat().replace("+00:00", "Z")
            record = {**report.as_json(), "landed_at": landed_at, "contracts": hashes}
            store.write_generation(home, report.generation, record)
        else:
            store.discard_half_generation(home)
        if not dry_run:
            durable("workbooks")
            for name in write_workbooks(home, contracts, store.read_receipts(home)):
                progress(STAGE, f"to send back: {home.rejects.name}/{name}")
    return report


def _originals(loads: Iterator[Load]) -> list[list[Load]]:
    """Return the loads by the file that they were taken from, in the order in which the files were received."""
    of_file = attrgetter("family", "sender", "file_sha256")
    grouped = [list(group) for _, group in groupby(sorted(loads, key=of_file), key=of_file)]
    for group in grouped:
        group.sort(key=attrgetter("received_at", "data_date", "table"))
    return sorted(grouped, key=lambda group: (group[0].received_at, of_file(group[0])))


@dataclass(slots=True)
class _Relanding:
    """One run: what was found so far."""

    home: Home
    contracts: Contracts
    generation: int
    write: bool
    durable: Durable
    changes: list[Change] = field(default_factory=list)
    not_read: list[NotRead] = field(default_factory=list)
    loads: int = 0
    indexes: Mapping[str, HeaderIndex] = field(init=False)
    readers: Readers = field(init=False)

    def __post_init__(self) -> None:
        families = self.contracts.families
        self.indexes = {family: HeaderIndex(self.contracts.of_family(family)) for family in families}
        self.readers = Readers(self.contracts.codes)

    def read(self, loads: Sequence[Load]) -> None:
        """Read one original again, from which these loads were taken."""
        self.loads += len(loads)
        if loads[0].family not in self.indexes:
            self._keep(loads, f"There is no contract of {loads[0].family} any more.")
            return
        try:
            with store.archived(self.home, loads[0].file_sha256).open("rb") as opened:
                taken = Taken(opened)
                read = self._read_long(taken, loads) if taken.is_long_text else None
                if read is None:
                    read = self._read_whole(taken.content(), loads)
        except FileNotFoundError:
            self._keep(loads, "Its original is not in the archive.")
            return
        except (RefusedFileError, NotReadyError) as refused:
            self._keep(loads, str(refused))
            return
        gone = [load for load in loads if load.table not in read]
        self._keep(gone, "Nothing in its file is recognised as this extract any more.")

    def _keep(self, loads: Sequence[Load], reason: str) -> None:
        self.not_read += [NotRead(load, reason) for load in loads]

    def _read_whole(self, content: bytes, loads: Sequence[Load]) -> set[str]:
        """Read a file that is held in memory and return the names of its tables."""
        self._check_bytes(hashlib.sha256(content).hexdigest(), loads[0])
        tables, _ = tables_of(content, self.indexes, loads[0].family)
        for table in tables:
            for before, load in self._loads_of(table, loads, stated_date(table)):
                dated = in_force(table, load.data_date)
                checked = check(dated.rows, dated.found, self.readers)
                after = counted(replace(load, contract_hash=dated.found.contract.contract_hash), Counts.of(checked))
                self._compare(before, after, kept_of(after, dated, checked))
        return {table.found.contract.table for table in tables}

    def _read_long(self, taken: Taken, loads: Sequence[Load]) -> set[str] | None:
        """Read a long text block by block and return its table's name; None where it must be held in memory."""
        family, path = loads[0].family, store.archived(self.home, loads[0].file_sha256)
        table, separator = recognised_beginning(taken.beginning(long_text.READ_BYTES), self.indexes, family)
        if must_be_held_in_memory(table.found.contract):
            taken.check_fits_in_memory()
            return None
        survey = long_text.survey(taken.chunks(long_text.READ_BYTES), separator)
        self._check_bytes(survey.sha256, loads[0])

        def blocks() -> Iterator[Block]:
            return long_text.blocks(path, survey, separator, table.header)

        for before, load in self._loads_of(table, loads, stated_date_of_blocks(blocks(), table.found)):
            found = in_force(table, load.data_date).found
            after = replace(load, contract_hash=found.contract.contract_hash)
            with LongRows(self.home, after, found, table.header) as rows:
                rows.check(self.readers, blocks)
                after = counted(after, rows.counts)
                for kind in KINDS:
                    self.durable(kind)
                    rows.finish(kind)
            self._compare_written(before, after)
        return {table.found.contract.table}

    def _check_bytes(self, sha256: str, load: Load) -> None:
        if not store.is_what_was_kept(self.home, load.file_sha256, sha256):
            raise RefusedFileError("Its original in the archive is damaged.", "Restore it from your backup.")

    def _loads_of(self, table: Table, loads: Sequence[Load], stated: date | None) -> Iterator[tuple[Load | None, Load]]:
        """Yield the loads that a table is, as they were read last and as they begin today.

        One that was read before keeps its data date. A table that was not recognised before has the date that it
        states, else those that its file came for.
        """
        contract = table.found.contract
        known = [load for load in loads if load.table == contract.table]
        for load in known:
            yield load, replace(load, generation=self.generation)
        if known:
            return
        for arrival in {load.data_date: load for load in loads}.values():
            day = stated or arrival.data_date
            load_id = load_id_of(contract.family, arrival.sender, contract.table, day, arrival.file_sha256)
            yield (
                None,
                replace(arrival, load_id=load_id, table=contract.table, data_date=day, generation=self.generation),
            )
            if stated:
                return

    def _compare(self, before: Load | None, after: Load, kept: Mapping[str, pa.Table | None]) -> None:
        """Keep a reading that is held in memory, if it differs from the last one."""
        if before is not None and all(self._is_kept(before, kind, kept[kind]) for kind in _COMPARED):
            return
        if self.write:
            for kind, rows in kept.items():
                self.durable(kind)
                store.write_rows(self.home, kind, after, rows)
            self._close(after)
        self._tell(before, after, kept["accepted"])

    def _is_kept(self, before: Load, kind: str, rows: pa.Table | None) -> bool:
        path = store.parquet_of(self.home, kind, before)
        if rows is None or not path.is_file():
            return rows is None and not path.is_file()
        return bool(pq.read_table(path, partitioning=None).equals(rows))

    def _compare_written(self, before: Load | None, after: Load) -> None:
        """Keep a long reading, which is written already, if it differs from the last one."""
        paths = {kind: store.parquet_of(self.home, kind, after) for kind in KINDS}
        same = before is not None and all(
            _same_rows(store.parquet_of(self.home, kind, before), paths[kind]) for kind in _COMPARED
        )
        if not same:
            self._tell(before, after, paths["accepted"])
            self._close(after)
            return
        for path in paths.values():
            path.unlink(missing_ok=True)

    def _close(self, after: Load) -> None:
        self.durable("receipt")
        store.write_receipt(self.home, after)

    def _tell(self, before: Load | None, after: Load, accepted: pa.Table | Path) -> None:
        earlier = store.parquet_of(self.home, "accepted", before) if before is not None else None
        changed = (
            _rows_changed(earlier, accepted, self.home.landing)
            if earlier is not None and earlier.is_file()
            else after.rows_accepted
        )
        self.changes.append(Change(before, after, changed))


def _same_rows(one: Path, other: Path) -> bool:
    """Return whether two files hold the same rows in the same columns, read a part at a time."""
    if not one.is_file() or not other.is_file():
        return one.is_file() == other.is_file()
    with pq.ParquetFile(one) as left, pq.ParquetFile(other) as right:
        if not left.schema_arrow.equals(right.schema_arrow) or left.metadata.num_rows != right.metadata.num_rows:
            return False
        pairs = zip(_parts(left), _parts(right), strict=True)
        return all(mine.equals(theirs) for mine, theirs in pairs)


def _parts(file: pq.ParquetFile) -> Iterator[pa.Table]:
    """Yield the rows in parts of equal length, however the file is divided."""
    rest: pa.Table | None = None
    for batch in file.iter_batches(_ROWS_AT_ONCE):
        part = pa.Table.from_batches([batch])
        rest = part if rest is None else pa.concat_tables([rest, part])
        while rest.num_rows >= _ROWS_AT_ONCE:
            yield rest.slice(0, _ROWS_AT_ONCE)
            rest = rest.slice(_ROWS_AT_ONCE)
    if rest is not None and rest.num_rows:
        yield rest


def _rows_changed(before: Path, after: pa.Table | Path, work: Path) -> int:
    """Return how many rows of the later reading the earlier one does not have just so, by the columns of the later.

    A column that the earlier reading does not have counts as blank there.
    """
    with duckdb.connect(config={"threads": 2, "temp_directory": str(work / ".comparing")}) as connection:
        earlier = connection.read_parquet(str(before), hive_partitioning=False)
        later = (
            connection.read_parquet(str(after), hive_partitioning=False)
            if isinstance(after, Path)
            else connection.from_arrow(after)
        )
        known = set(earlier.columns)
        names = later.columns
        mine = later.project(", ".join(f'cast("{name}" as varchar) as "{name}"' for name in names))
        theirs = earlier.project(
            ", ".join(f"cast({f'{chr(34)}{name}{chr(34)}' if name in known else 'null'} as varchar)" for name in names)
        )
        connection.register("mine", mine)
        connection.register("theirs", theirs)
        counts = connection.execute("select count(*) from (from mine except all from theirs)").fetchone()
        return int(counts[0]) if counts else 0
