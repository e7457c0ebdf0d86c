"""Loads as quality sees them: what it must know of one, and the loads of one extract in order.

What belongs here: types and order. What does not: what is in the files (`profiles`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Protocol

from pipelines.contracts import Contract


class LoadFacts(Protocol):
    """What a profile needs to know of a load; landing's `Load` has all of it."""

    @property
    def load_id(self) -> str:
        """Identifies the load, and names its Parquet file."""

    @property
    def family(self) -> str:
        """Family of the extract."""

    @property
    def table(self) -> str:
        """Table of the extract."""

    @property
    def sender(self) -> str:
        """Who sent it."""

    @property
    def authority(self) -> str:
        """The county whose home it lies in."""

    @property
    def data_date(self) -> date:
        """The day whose state it describes."""

    @property
    def received_at(self) -> datetime:
        """When it arrived, UTC."""

    @property
    def rows_read(self) -> int:
        """Rows in the file."""

    @property
    def rows_accepted(self) -> int:
        """Rows that landed."""

    @property
    def rows_rejected(self) -> int:
        """Rows that did not."""

    @property
    def cells_refused(self) -> int:
        """Cells that landed as not known."""

    def path_of(self, kind: str) -> PurePath:
        """Where its rows of a kind (`accepted`, `refused_cells`) lie below the folder `landing`, if there are any."""


@dataclass(frozen=True)
class Batch:
    """The loads of one extract in the order of the time that they describe."""

    contract: Contract
    loads: tuple[LoadFacts, ...]
    judged: frozenset[str]
    landing: Path

    def files(self, kind: str, loads: Iterable[LoadFacts] | None = None) -> list[str]:
        """Return the Parquet files of a kind (`accepted`, `refused_cells`) that exist."""
        paths = (self.landing / load.path_of(kind) for load in (self.loads if loads is None else loads))
        return [str(path) for path in paths if path.exists()]


def batch_of(contract: Contract, known: Sequence[LoadFacts], new: frozenset[str], landing: Path) -> Batch:
    """Take an extract's new loads and, of the earlier ones, each that comes right before a new one of its sender."""
    of_extract = sorted(
        (load for load in known if (load.family, load.table) == (contract.family, contract.table)),
        key=lambda load: (load.sender, load.data_date, load.received_at, load.load_id),
    )
    wanted: list[LoadFacts] = []
    last_old: LoadFacts | None = None
    for load in of_extract:
        if load.load_id not in new:
            last_old = load
            continue
        if last_old is not None and last_old.sender == load.sender and last_old not in wanted:
            wanted.append(last_old)
        wanted.append(load)
    return Batch(contract, tuple(wanted), frozenset(load.load_id for load in wanted) & new, landing)
