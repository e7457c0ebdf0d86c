"""The order of it all: every file of the inbox, from its bytes to its receipt.

What belongs here: the sequence, and what a failure at each point means. What does not: the steps themselves.

Each step is durable before the next begins: the original, the rows, the receipt, and only then the inbox is cleared.
Whatever is cut off is done again by the next run, with the same result, because loads are named by their content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pyarrow as pa  # type: ignore[import-untyped]

from pipelines.contracts import Contracts
from pipelines.landing import bulk_upload, inbox, published, resolutions, ssda903_xml, store
from pipelines.landing.checking import Checked, Readers, check
from pipelines.landing.csv_reader import SEPARATORS, Rows, all_rows, decode, first_rows
from pipelines.landing.data_dates import Meta, date_in_column, read_meta, settle_data_date
from pipelines.landing.guards import kind_of
from pipelines.landing.inbox import Candidate, NotReadyError
from pipelines.landing.model import (
    FileReceipt,
    LandingReport,
    Load,
    Outcome,
    RefusedFileError,
    Resolution,
    RowsLostError,
)
from pipelines.landing.recognition import HEADER_ROWS_SEARCHED, HeaderIndex, Recognised
from pipelines.landing.reject_workbooks import ROW_HEADING, faulty_rows, write_workbooks
from pipelines.landing.senders import authority_of
from pipelines.landing.store import Durable, no_crash
from pipelines.landing.xlsx_reader import sheets
from pipelines.progress import Progress, silent
from pipelines.settings import Home

STAGE = "landing"
_FILES_BETWEEN_MESSAGES = 25


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A file that was taken from the inbox, and what is known of it without opening it."""

    candidate: Candidate
    authority: str
    sha256: str
    meta: Meta
    received_at: datetime


@dataclass(frozen=True, slots=True)
class _Table:
    """A recognised table of a file."""

    found: Recognised
    rows: Rows


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
        known = {load.load_id: load for load in store.read_receipts(home)}
        intake = _Intake(
            home, contracts, indexes, Readers(contracts.codes), now.astimezone(UTC), settle_seconds, durable, known
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
    indexes: dict[str, HeaderIndex]
    readers: Readers
    now: datetime
    settle_seconds: float
    durable: Durable
    known: dict[str, Load]

    def receive(self, candidate: Candidate) -> FileReceipt:
        """Land one file, or say why not."""
        name = candidate.path.name if candidate.path.name.isprintable() else ascii(candidate.path.name)
        try:
            content = inbox.take(candidate, self.settle_seconds)
            return self._land(candidate, content)
        except NotReadyError as waiting:
            return FileReceipt(candidate.family, candidate.sender, name, "waiting", str(waiting))
        except RefusedFileError as refused:
            inbox.write_why(candidate, refused)
            return FileReceipt(candidate.family, candidate.sender, name, "refused", str(refused))

    def _land(self, candidate: Candidate, content: bytes) -> FileReceipt:
        if candidate.family not in self.contracts.families:
            raise RefusedFileError(
                f"{candidate.family} is not a family of extracts.",
                f"Move the file below one of: {', '.join(self.contracts.families)}.",
            )
        authority = authority_of(candidate.family, candidate.sender)
        meta = read_meta(candidate.meta_path)
        sha256 = hashlib.sha256(content).hexdigest()
        arrival = _Arrival(candidate, authority, sha256, meta, meta.received_at or self.now)
        tables, remarks = _tables(content, self.indexes, candidate.family)
        known: list[Load] = []
        new: list[tuple[Load, _Table, Checked]] = []
        for found in tables:
            data_date = settle_data_date(_stated_date(found), candidate.path.name, meta, arrival.received_at)
            table = _in_force(found, data_date)
            before = self.known.get(_load_id(arrival, table, data_date))
            if before is not None:
                known.append(before)
                continue
            checked = check(table.rows, table.found, self.readers)
            new.append((_load(arrival, table, data_date, checked), table, checked))
        settled = self._keep(sha256, content, new)
        self.durable("remove")
        if not inbox.remove(candidate):
            remarks.append("The file could not be taken out of the inbox; it will be recognised and not landed again.")
        loads = (*known, *(load for load, _, _ in new))
        outcome: Outcome = "landed" if new else "already_landed"
        return FileReceipt(
            candidate.family, candidate.sender, candidate.path.name, outcome, " ".join(remarks), loads, settled
        )

    def _keep(self, sha256: str, content: bytes, new: Sequence[tuple[Load, _Table, Checked]]) -> tuple[Resolution, ...]:
        """Make everything durable, in this order: the original, each load's rows, what they settle, its receipt."""
        self.durable("archive")
        store.write_archive(self.home, sha256, content)
        settled = []
        for load, table, checked in new:
            for kind, rows in (
                ("accepted", _stamped(checked.accepted, load)),
                ("rejects", _named(checked.rejects, load)),
                ("refused_cells", _named(checked.refused_cells, load)),
                ("faulty_rows", _named(_faulty(table, checked), load)),
            ):
                self.durable(kind)
                store.write_rows(self.home, kind, load, rows if kind == "accepted" or rows.num_rows else None)
            settled += self._settle(load)
            self.durable("receipt")
            store.write_receipt(self.home, load)
            self.known[load.load_id] = load
        return tuple(settled)

    def _settle(self, load: Load) -> list[Resolution]:
        """Record what the load, whose rows are written, settles of its sender's earlier rejects."""
        contract = self.contracts[load.name]
        earlier = resolutions.earlier_loads(load, contract, self.known.values())
        found = resolutions.settle(self.home, contract, load, earlier, self.readers.of(contract))
        self.durable("resolution")
        store.write_resolution(self.home, load.load_id, found[1] if found else None)
        return [found[0]] if found else []


def _tables(content: bytes, indexes: dict[str, HeaderIndex], family: str) -> tuple[list[_Table], list[str]]:
    """Return the recognised tables of a file, and what else there is to say about it.

    Raises RefusedFileError when nothing is recognised, or one extract stands in two sheets.
    """
    kind = kind_of(content)
    if kind == "text":
        return [_text_table(decode(content), indexes, family)], []
    if kind == "xml":
        return _xml_tables(content, indexes, family)
    by_sheet = published.long_tables(content) if family == "published" else sheets(content)
    by_sheet = {name: _with_headers(rows, family) for name, rows in by_sheet.items()}
    found = {name: indexes[family].recognise(rows) for name, rows in by_sheet.items()}
    tables = [_Table(match, by_sheet[name]) for name, match in found.items() if match is not None]
    if not tables:
        raise _unknown(list(by_sheet.values()), indexes, family)
    _check_no_workbook_of_rejects(tables)
    names = [table.found.contract.table for table in tables]
    if len(set(names)) != len(names):
        raise RefusedFileError(
            "Two sheets of the workbook hold the same extract.", "Keep one of them, or put both tables into one sheet."
        )
    unknown = [name for name, match in found.items() if match is None and any(map(any, by_sheet[name]))]
    return tables, [f"Sheets not recognised, not landed: {', '.join(unknown)}."] if unknown else []


def _in_force(table: _Table, data_date: date) -> _Table:
    """Return the table with its contract as it stands in the collection year of the data date."""
    return replace(table, found=replace(table.found, contract=table.found.contract.in_force(data_date)))


def _xml_tables(content: bytes, indexes: dict[str, HeaderIndex], family: str) -> tuple[list[_Table], list[str]]:
    by_kind, not_read = ssda903_xml.tables(content)
    found = {kind: indexes[family].recognise(rows) for kind, rows in by_kind.items()}
    if None in found.values():
        raise _unknown(list(by_kind.values()), indexes, family)
    remarks = [f"Groups of the XML that are not read: {', '.join(not_read)}."] if not_read else []
    return [_Table(match, by_kind[kind]) for kind, match in found.items() if match is not None], remarks


def _text_table(text: str, indexes: dict[str, HeaderIndex], family: str) -> _Table:
    previews = {separator: first_rows(text, separator, HEADER_ROWS_SEARCHED) for separator in SEPARATORS}
    for separator, preview in previews.items():
        match = indexes[family].recognise(_with_headers(preview, family))
        if match is not None:
            _check_no_workbook_of_rejects([_Table(match, preview)])
            return _Table(match, _with_headers(all_rows(text, separator), family))
    raise _unknown(list(previews.values()), indexes, family)


def _with_headers(rows: Rows, family: str) -> Rows:
    """Return the rows with headers in words; CORE's bulk uploads number their columns instead."""
    return bulk_upload.named(rows) if family == "core" else rows


def _unknown(tables: Sequence[Rows], indexes: dict[str, HeaderIndex], family: str) -> RefusedFileError:
    """Return why no extract was recognised: another family's, or headers that are missing.

    Headers of the file are not quoted: where the header row is missing, they would be a person's data.
    """
    for other, index in indexes.items():
        for rows in tables:
            match = index.recognise(rows) if other != family else None
            if match is not None:
                return RefusedFileError(
                    f"The headers are those of {other}/{match.contract.table}, but the file lies in {family}.",
                    f"Move it below inbox/{other}/.",
                )
    nearest = [near for rows in tables if (near := indexes[family].nearest(rows)) is not None]
    if not nearest:
        return RefusedFileError(
            f"No extract of {family} is recognised: none of its headers stands in the first rows.",
            "Check that it is the right file and that it has a header row.",
        )
    contract, missing = min(nearest, key=lambda near: len(near[1]))
    return RefusedFileError(
        f"The file looks like {contract.table}, but lacks: {', '.join(missing)}.",
        "Add the columns, or add the file's own headers as aliases in config/contracts.",
    )


def _check_no_workbook_of_rejects(tables: Sequence[_Table]) -> None:
    """Raise RefusedFileError for a workbook that landing itself wrote: taken for the extract, it would end the rest."""
    for table in tables:
        if table.rows[table.found.header_index][:1] == [ROW_HEADING]:
            raise RefusedFileError(
                "This is the workbook of rows that could not be taken, not an extract.",
                "Correct the rows at the source and send the whole extract again.",
            )


def _stated_date(table: _Table) -> date | None:
    position = table.found.data_date_position
    if position is None:
        return None
    return date_in_column(_cells(table.rows[table.found.header_index + 1 :], position))


def _cells(rows: Rows, position: int) -> Iterator[str]:
    return (row[position] for row in rows if position < len(row))


def _load_id(arrival: _Arrival, table: _Table, data_date: date) -> str:
    contract = table.found.contract
    named = (contract.family, arrival.candidate.sender, contract.table, data_date.isoformat(), arrival.sha256)
    return hashlib.sha256("|".join(named).encode("utf-8")).hexdigest()[:20]


def _load(arrival: _Arrival, table: _Table, data_date: date, checked: Checked) -> Load:
    """Return the load's receipt, after making sure that no row was lost or doubled."""
    contract = table.found.contract
    accepted, rejected = checked.accepted.num_rows, checked.rejects.num_rows
    if checked.rows_read != accepted + rejected:
        raise RowsLostError(
            f"{contract.name} of {arrival.candidate.sender}: {checked.rows_read} rows read, {accepted} accepted and "
            f"{rejected} rejected. This is a fault of the program; nothing of the file was landed. Please report it."
        )
    return Load(
        load_id=_load_id(arrival, table, data_date),
        family=contract.family,
        table=contract.table,
        sender=arrival.candidate.sender,
        authority=arrival.authority,
        file_name=arrival.candidate.path.name,
        file_sha256=arrival.sha256,
        data_date=data_date,
        received_at=arrival.received_at,
        rows_read=checked.rows_read,
        rows_accepted=accepted,
        rows_rejected=rejected,
        cells_refused=checked.refused_cells.num_rows,
        contract_hash=contract.contract_hash,
    )


def _faulty(table: _Table, checked: Checked) -> pa.Table:
    """Return the rows of the table in which a row was rejected or a cell refused, as the sender wrote them."""
    numbers = sorted({*checked.rejects["row_number"].to_pylist(), *checked.refused_cells["row_number"].to_pylist()})
    cells = {number: table.rows[number - 1] for number in numbers}
    return faulty_rows(cells, table.found, table.rows[table.found.header_index])


def _named(rows: pa.Table, load: Load) -> pa.Table:
    """Return the rows with their load's id before them."""
    return rows.add_column(0, "load_id", pa.repeat(load.load_id, rows.num_rows))


def _stamped(accepted: pa.Table, load: Load) -> pa.Table:
    """Return the rows as they are kept: before the columns stand load, row, data date and time of arrival (UTC)."""
    received_at = pa.scalar(load.received_at.replace(tzinfo=None), pa.timestamp("us"))
    stamped = accepted.add_column(1, "data_date", pa.repeat(pa.scalar(load.data_date, pa.date32()), accepted.num_rows))
    return _named(stamped.add_column(2, "received_at", pa.repeat(received_at, accepted.num_rows)), load)
