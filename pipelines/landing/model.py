"""What landing says about a file and a load.

What belongs here: the receipts, the report, the two ways of failing. What does not: how they are stored (store).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import PurePath
from typing import Any, Literal

Outcome = Literal["landed", "already_landed", "refused", "waiting"]


FIRST_GENERATION = 1
MARK = "[erased]"
"""What stands in every cell of a row about somebody who was erased."""


def folder_of(generation: int) -> PurePath:
    """Return the folder of a generation's rows and receipts, below the folder `landing`; the first has none."""
    return PurePath() if generation == FIRST_GENERATION else PurePath("generations", f"{generation:04}")


def load_id_of(family: str, sender: str, table: str, data_date: date, file_sha256: str) -> str:
    """Return the id of a load, which every generation of it keeps."""
    named = "|".join((family, sender, table, data_date.isoformat(), file_sha256))
    return hashlib.sha256(named.encode("utf-8")).hexdigest()[:20]


class RefusedFileError(Exception):
    """A file cannot be landed as it is. It stays in the inbox; the text goes into its `.why.txt`.

    Attributes:
        reason: what is wrong with the file, in plain words, without a value of any person.
        what_to_do: what the analyst can do about it.
    """

    def __init__(self, reason: str, what_to_do: str) -> None:
        super().__init__(f"{reason} {what_to_do}")
        self.reason = reason
        self.what_to_do = what_to_do


class RowsLostError(Exception):
    """Rows read are not rows accepted plus rows rejected: a fault of this program, never of the file."""


@dataclass(frozen=True, slots=True)
class Load:
    """One extract taken from one file; its receipt is what makes its rows exist.

    Attributes:
        load_id: first 20 hex digits of a SHA-256 over family, sender, table, data date and the SHA-256 of the bytes.
        authority: the county that the sender belongs to.
        received_at: UTC.
        contract_hash: which contract and spellings the rows were read by.
        generation: the generation of the landing that its rows belong to: 1 until the originals were read again.
    """

    load_id: str
    family: str
    table: str
    sender: str
    authority: str
    file_name: str
    file_sha256: str
    data_date: date
    received_at: datetime
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    cells_refused: int
    contract_hash: str
    generation: int = FIRST_GENERATION

    @property
    def name(self) -> str:
        """`<family>__<table>`, the name of the extract."""
        return f"{self.family}__{self.table}"

    @property
    def counts(self) -> dict[str, int]:
        """Rows accepted and rejected, and cells refused."""
        return {name: getattr(self, name) for name in ("rows_accepted", "rows_rejected", "cells_refused")}

    def path_of(self, kind: str) -> PurePath:
        """Return where its rows lie below the folder `landing` (or would lie).

        Args:
            kind: accepted, rejects, refused_cells or faulty_rows.
        """
        extract = folder_of(self.generation) / kind / f"family={self.family}" / f"table={self.table}"
        return extract / f"authority={self.authority}" / f"sender={self.sender}" / f"{self.load_id}.parquet"

    def as_json(self) -> dict[str, Any]:
        """Return the receipt as it is written: dates ISO, times UTC with Z."""
        fields = asdict(self)
        fields["data_date"] = self.data_date.isoformat()
        fields["received_at"] = self.received_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return fields

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Load:
        """Return the load that a receipt describes; raises KeyError or ValueError when it is not a receipt."""
        return cls(
            **{
                **fields,
                "data_date": date.fromisoformat(fields["data_date"]),
                "received_at": datetime.fromisoformat(fields["received_at"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a new load settles of the rejected rows and refused cells that its sender's earlier loads left open.

    Attributes:
        load_id: the new load.
        earlier: rejected rows and refused cells that were open.
        corrected: those whose row is now accepted, with that cell read.
        gone: those whose row the sender no longer sends, in a file that repeats the whole list.
    """

    load_id: str
    table: str
    earlier: int
    corrected: int
    gone: int


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """What became of one file of the inbox; `reason` says why, or what else there is to know."""

    family: str
    sender: str
    file_name: str
    outcome: Outcome
    reason: str = ""
    loads: tuple[Load, ...] = ()
    resolutions: tuple[Resolution, ...] = ()


@dataclass(frozen=True, slots=True)
class LandingReport:
    """What one run of landing did, file by file."""

    files: tuple[FileReceipt, ...] = field(default_factory=tuple)
    inbox_missing: bool = False

    @property
    def loads(self) -> tuple[Load, ...]:
        """The loads made by this run (not those landed before)."""
        return tuple(load for receipt in self.files if receipt.outcome == "landed" for load in receipt.loads)

    @property
    def rows_read(self) -> int:
        """Data rows found in the files landed by this run."""
        return sum(load.rows_read for load in self.loads)

    @property
    def rows_accepted(self) -> int:
        """Rows of those that landed."""
        return sum(load.rows_accepted for load in self.loads)

    @property
    def rows_rejected(self) -> int:
        """Rows of those that were turned away."""
        return sum(load.rows_rejected for load in self.loads)

    @property
    def cells_refused(self) -> int:
        """Cells of accepted rows that landed as not known."""
        return sum(load.cells_refused for load in self.loads)

    @property
    def resolutions(self) -> tuple[Resolution, ...]:
        """What the loads of this run settled of earlier rejects."""
        return tuple(one for receipt in self.files for one in receipt.resolutions)

    def with_outcome(self, outcome: Outcome) -> tuple[FileReceipt, ...]:
        """Return the files with that outcome, in order of family, sender and name."""
        return tuple(receipt for receipt in self.files if receipt.outcome == outcome)

    def summary(self) -> str:
        """Return the report as plain text: one line of counts, then a line for each file that needs someone."""
        counts = Counter(receipt.outcome for receipt in self.files)
        lines = [
            f"{len(self.files)} files: {counts['landed']} landed, {counts['already_landed']} landed before, "
            f"{counts['refused']} refused, {counts['waiting']} waiting",
            f"{self.rows_read:,} rows read = {self.rows_accepted:,} accepted + {self.rows_rejected:,} rejected; "
            f"{self.cells_refused:,} cells refused",
        ]
        earlier = sum(one.earlier for one in self.resolutions)
        if earlier:
            corrected, gone = (sum(getattr(one, how) for one in self.resolutions) for how in ("corrected", "gone"))
            lines.append(
                f"{corrected + gone:,} of {earlier:,} earlier rejects resolved: {corrected:,} corrected, "
                f"{gone:,} no longer sent"
            )
        for receipt in self.files:
            if receipt.outcome in ("refused", "waiting"):
                place = "/".join(part for part in (receipt.family, receipt.sender, receipt.file_name) if part)
                lines.append(f"{receipt.outcome}: {place}: {receipt.reason}")
        return "\n".join(lines)
