"""The order of it all: every file of the inbox, from its bytes to its receipt.

What belongs here: the sequence, and what a failure at each point means. What does not: the steps themselves.

Each step is durable before the next begins: the original, the rows, the receipt, and only then the inbox is cleared.
Whatever is cut off is done again by the next run, with the same result, because loads are named by their content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pipelines.contracts import Contract, Contracts
from pipelines.landing import erased, inbox, long_text, resolutions, store
from pipelines.landing.checking import Checked, Readers, check
from pipelines.landing.data_dates import Meta, read_meta, settle_data_date
from pipelines.landing.erased import Tombstones
from pipelines.landing.inbox import Candidate, NotReadyError, Taken
from pipelines.landing.long_text import Block
from pipelines.landing.model import (
    FileReceipt,
    LandingReport,
    Load,
    Outcome,
    RefusedFileError,
    Resolution,
    load_id_of,
)
from pipelines.landing.reading import (
    Indexes,
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
from pipelines.landing.senders import authority_of
from pipelines.landing.store import Durable, no_crash
from pipelines.progress import Progress, silent
from pipelines.settings import Home

STAGE = "landing"
_FILES_BETWEEN_MESSAGES = 25


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A file that was taken from the inbox, and what is known of it without opening it."""

    candidate: Candidate
    authority: str
    meta: Meta
    received_at: datetime


def land(  # noqa: PLR0913 - five by the seam, and the hook that lets a test play a crash
    home: Home,
    contracts: Contracts,
    *,
    now: datetime,
    settle_seconds: float = 10,
    progress: Progress = silent,
    durable: Durable = no_crash,
) -> LandingReport:
    """Land everything in the inbox that is ready.

    Args:
        home: an initialised home.
        contracts: the contracts in force.
        now: time of arrival (aware) of every file whose `.meta.yml` does not say another.
        settle_seconds: how long a file must have stood still.
        progress: told what happens.
        durable: called before each durable step; for tests that play a crash.

    Returns:
        A receipt for every file found. A file that cannot be landed does not stop the others.

    Raises:
        RowsLostError: rows read differ from rows accepted plus rejected, which is a fault of this program.
    """
    indexes = {family: HeaderIndex(contracts.of_family(family)) for family in contracts.families}
    with store.alone(home, lambda message: progress(STAGE, message)):
        store.discard_half_generation(home)
        known = {load.load_id: load for load in store.read_receipts(home)}
        intake = _Intake(
            home,
            contracts,
            indexes,
            Readers(contracts.codes),
            now.astimezone(UTC),
            settle_seconds,
            durable,
            known,
            store.current_generation(home),
            Tombstones.of(home),
        )
        missing = not home.inbox.is_dir()
        found = list(inbox.candidates(home.inbox))
        progress(STAGE, f"there is no inbox at {home.inbox}" if missing else f"{len(found)} files in the inbox")
        report = LandingReport(tuple(_received(intake, found, progress)), inbox_missing=missing)
        durable("workbooks")
        for name in write_workbooks(home, contracts, known.values()):
            progress(STAGE, f"to send back: {home.rejects.name}/{name}")
    progress(STAGE, report.summary().split("\n")[1])
    return report


def _received(intake: _Intake, found: Sequence[Candidate], progress: Progress) -> Iterator[FileReceipt]:
    """Yield the receipt of each file, and tell of refusals and of every so many files."""
    rows = 0
    for number, candidate in enumerate(found, start=1):
        receipt = intake.receive(candidate)
        if receipt.outcome == "refused":
            progress(STAGE, f"refused: {receipt.family}/{receipt.sender}/{receipt.file_name}: {receipt.reason}")
        rows += sum(load.rows_read for load in receipt.loads) if receipt.outcome == "landed" else 0
        if number % _FILES_BETWEEN_MESSAGES == 0 or number == len(found):
            progress(STAGE, f"{number} of {len(found)} files, {rows:,} rows read")
        yield receipt


@dataclass(frozen=True, slots=True)
class _Intake:
    """One run of landing."""

    home: Home
    contracts: Contracts
    indexes: Indexes
    readers: Readers
    now: datetime
    settle_seconds: float
    durable: Durable
    known: dict[str, Load]
    generation: int
    tombstones: Tombstones

    def receive(self, candidate: Candidate) -> FileReceipt:
        """Land one file, or say why not."""
        name = candidate.path.name if candidate.path.name.isprintable() else ascii(candidate.path.name)
        try:
            with inbox.taking(candidate, self.settle_seconds) as taken:
                arrival = self._arrival(candidate)
                if taken.is_long_text and self.tombstones:
                    # Whoever was erased is looked for in the file as a whole.
                    taken.check_fits_in_memory()
                elif taken.is_long_text:
                    return self._land_long(arrival, taken)
                content = taken.content()
            return self._land(arrival, content)
        except NotReadyError as waiting:
            return FileReceipt(candidate.family, candidate.sender, name, "waiting", str(waiting))
        except RefusedFileError as refused:
            inbox.write_why(candidate, refused)
            return FileReceipt(candidate.family, candidate.sender, name, "refused", str(refused))

    def _arrival(self, candidate: Candidate) -> _Arrival:
        if candidate.family not in self.contracts.families:
            raise RefusedFileError(
                f"{candidate.family} is not a family of extracts.",
                f"Move the file below one of: {', '.join(self.contracts.families)}.",
            )
        authority = authority_of(candidate.family, candidate.sender)
        meta = read_meta(candidate.meta_path)
        return _Arrival(candidate, authority, meta, meta.received_at or self.now)

    def _land(self, arrival: _Arrival, content: bytes) -> FileReceipt:
        candidate = arrival.candidate
        sha256 = hashlib.sha256(content).hexdigest()
        if self.tombstones:
            received, matches = content, self.tombstones.matches(arrival.authority, candidate.sender)
            content = erased.without(received, self.indexes, candidate.family, matches)
            if content != received:
                store.rewrite_archive(self.home, sha256, content)
        tables, remarks = tables_of(content, self.indexes, candidate.family)
        known: list[Load] = []
        new: list[tuple[Load, Table, Checked]] = []
        for found in tables:
            data_date = settle_data_date(stated_date(found), candidate.path.name, arrival.meta, arrival.received_at)
            table = in_force(found, data_date)
            load = self._load(arrival, table.found.contract, data_date, sha256)
            before = self.known.get(load.load_id)
            if before is not None:
                known.append(before)
                continue
            checked = check(table.rows, table.found, self.readers)
            new.append((counted(load, Counts.of(checked)), table, checked))
        settled = self._keep(sha256, content, new)
        loads = (*known, *(load for load, _, _ in new))
        return self._receipt(candidate, "landed" if new else "already_landed", remarks, loads, settled)

    def _receipt(
        self,
        candidate: Candidate,
        outcome: Outcome,
        remarks: list[str],
        loads: tuple[Load, ...],
        settled: tuple[Resolution, ...],
    ) -> FileReceipt:
        """Take a file that has landed out of the inbox and return what became of it."""
        self.durable("remove")
        if not inbox.remove(candidate):
            remarks.append("The file could not be taken out of the inbox; it will be recognised and not landed again.")
        return FileReceipt(
            candidate.family, candidate.sender, candidate.path.name, outcome, " ".join(remarks), loads, settled
        )

    def _land_long(self, arrival: _Arrival, taken: Taken) -> FileReceipt:
        """Land a text too long to be held in memory: copied to the archive, then checked from there in blocks."""
        candidate = arrival.candidate
        table, separator = recognised_beginning(taken.beginning(long_text.READ_BYTES), self.indexes, candidate.family)
        if must_be_held_in_memory(table.found.contract):
            taken.check_fits_in_memory()
            return self._land(arrival, taken.content())
        with store.incoming(self.home) as path:
            survey = long_text.copy(taken.chunks(long_text.READ_BYTES), path, separator)

            def blocks() -> Iterator[Block]:
                return long_text.blocks(path, survey, separator, table.header)

            stated = stated_date_of_blocks(blocks(), table.found)
            data_date = settle_data_date(stated, candidate.path.name, arrival.meta, arrival.received_at)
            found = in_force(table, data_date).found
            load = self._load(arrival, found.contract, data_date, survey.sha256)
            if (before := self.known.get(load.load_id)) is not None:
                return self._receipt(candidate, "already_landed", [], (before,), ())
            with LongRows(self.home, load, found, table.header) as rows:
                rows.check(self.readers, blocks)
                load = counted(load, rows.counts)
                self.durable("archive")
                store.keep_incoming(self.home, survey.sha256, path)
                for kind in KINDS:
                    self.durable(kind)
                    rows.finish(kind)
            settled = self._close(load)
        return self._receipt(candidate, "landed", [], (load,), settled)

    def _keep(self, sha256: str, content: bytes, new: Sequence[tuple[Load, Table, Checked]]) -> tuple[Resolution, ...]:
        """Make everything durable, in this order: the original, each load's rows, what they settle, its receipt."""
        self.durable("archive")
        store.write_archive(self.home, sha256, content)
        settled: list[Resolution] = []
        for load, table, checked in new:
            for kind, rows in kept_of(load, table, checked).items():
                self.durable(kind)
                store.write_rows(self.home, kind, load, rows)
            settled += self._close(load)
        return tuple(settled)

    def _close(self, load: Load) -> tuple[Resolution, ...]:
        """Record what the load, whose rows are written, settles of earlier rejects; then write its receipt."""
        contract = self.contracts[load.name]
        earlier = resolutions.earlier_loads(load, contract, self.known.values())
        found = resolutions.settle(self.home, contract, load, earlier, self.readers.of(contract))
        self.durable("resolution")
        store.write_resolution(self.home, load.load_id, found[1] if found else None)
        self.durable("receipt")
        store.write_receipt(self.home, load)
        self.known[load.load_id] = load
        return (found[0],) if found else ()

    def _load(self, arrival: _Arrival, contract: Contract, data_date: date, sha256: str) -> Load:
        """Return the load that a table becomes, before its rows are counted."""
        sender = arrival.candidate.sender
        return Load(
            load_id=load_id_of(contract.family, sender, contract.table, data_date, sha256),
            family=contract.family,
            table=contract.table,
            sender=sender,
            authority=arrival.authority,
            file_name=arrival.candidate.path.name,
            file_sha256=sha256,
            data_date=data_date,
            received_at=arrival.received_at,
            rows_read=0,
            rows_accepted=0,
            rows_rejected=0,
            cells_refused=0,
            contract_hash=contract.contract_hash,
            generation=self.generation,
        )
