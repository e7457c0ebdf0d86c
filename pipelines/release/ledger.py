"""The ledger: what was released, by whom, and that it is still what was released.

What belongs here: the folders of releases, the chain that names their hashes, and reading both. What does not: the
steps of a release (`releasing`), comparing later figures with it (`restatements`).

`ledger/releases/<release>/` holds the released bytes and `manifest.json`; `ledger/chain/` one entry for each step:
`prepared` (with the manifest's hash), `approved`, `issued` (with the hash of every pack). A folder without its entry
was never prepared. What is released is never changed: a quarter that is released again gets another number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.protection.chain import Chain, Entry
from pipelines.settings import Home

PREPARED, APPROVED, ISSUED = "prepared", "approved", "issued"
MANIFEST = "manifest.json"
STANDING = "release.json"
FIGURES = "figures"
PACKS = "packs"
# Not published with the release: what later figures are compared with. Of people, so it is outside the manifest.
EVENTS = "events_restricted.parquet"


class LedgerError(Exception):
    """The ledger does not hold what is asked for, or not what was written."""


@dataclass(frozen=True)
class Release:
    """One release and how far it has come.

    Attributes:
        name: `<quarter>_<edition>_<number>`.
        quarter: As `2026-27-Q1`.
        edition: `internal` or `public`.
        folder: Where its bytes lie.
        manifest_hash: SHA-256 of its manifest.
        prepared_by, prepared_at: Who and when.
        approved_by, approved_at: Who and when; None before.
        approval: The hash of the approval's entry, which is printed in the packs; None before.
        packs: Name and SHA-256 of each issued pack; empty before.
    """

    name: str
    quarter: str
    edition: str
    folder: Path
    manifest_hash: str
    prepared_by: str
    prepared_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    approval: str | None = None
    packs: Mapping[str, str] | None = None

    @property
    def is_released(self) -> bool:
        """Whether it was approved: from then on its figures count as known to everybody."""
        return self.approval is not None

    @property
    def figures(self) -> Path:
        """The released figures, as Parquet."""
        return self.folder / FIGURES / f"{self.edition}.parquet"

    def manifest(self) -> dict[str, Any]:
        """Return the manifest.

        Raises LedgerError when it is not the one that was prepared.
        """
        path = self.folder / MANIFEST
        if not path.is_file() or sha256(path) != self.manifest_hash:
            raise LedgerError(f"The manifest of {self.name} is not what was prepared. Restore it from the backup.")
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return manifest

    def check(self) -> int:
        """Check every file of the release against the ledger; return how many there are.

        Raises LedgerError, which names the first that is missing or changed.
        """
        files = {**self.manifest()["outputs"], **{f"{PACKS}/{name}": digest for name, digest in self._packs.items()}}
        for name, digest in files.items():
            path = self.folder / name
            if not path.is_file() or sha256(path) != digest:
                raise LedgerError(f"{name} of {self.name} is not what was released. Restore it from the backup.")
        return len(files)

    @property
    def _packs(self) -> Mapping[str, str]:
        return self.packs or {}


def chain_of(home: Home) -> Chain:
    """Return the ledger's chain."""
    return Chain(home.ledger / "chain")


def releases(home: Home) -> list[Release]:
    """Return every release, in the order in which they were prepared.

    Raises ChainBrokenError when the chain is not whole.
    """
    return list(_by_name(home, chain_of(home).entries()).values())


def release_named(home: Home, name: str) -> Release:
    """Return the release of that name; raises LedgerError when there is none."""
    found = {one.name: one for one in releases(home)}
    if name not in found:
        listed = ", ".join(found) or "none yet"
        raise LedgerError(f"There is no release {name!r}. There are: {listed}.")
    return found[name]


def released(home: Home, edition: str) -> list[Release]:
    """Return the approved releases of an edition, in the order of approval."""
    approved = [one for one in releases(home) if one.is_released and one.edition == edition]
    return sorted(approved, key=lambda one: (one.approved_at or one.prepared_at, one.name))


def awaiting_approval(home: Home) -> list[Release]:
    """Return what can be approved: of each quarter and edition the release prepared last, unless it was approved."""
    newest = {(one.quarter, one.edition): one for one in releases(home)}
    return [one for one in newest.values() if not one.is_released]


def released_figures(home: Home, edition: str = "public") -> list[Path]:
    """Return the figures of every approved release, the oldest first: what readers know, for suppression and audit.

    Raises LedgerError when one of them is not what was released.
    """
    found = released(home, edition)
    for one in found:
        one.check()
    return [one.figures for one in found]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _by_name(home: Home, entries: Iterable[Entry]) -> dict[str, Release]:
    found: dict[str, Release] = {}
    for entry in entries:
        said = entry.details
        name = said["release"]
        if entry.action == PREPARED:
            found[name] = Release(
                name,
                said["quarter"],
                said["edition"],
                home.ledger / "releases" / name,
                said["manifest"],
                entry.actor,
                entry.at,
            )
        elif entry.action == APPROVED:
            found[name] = replace(found[name], approved_by=entry.actor, approved_at=entry.at, approval=entry.hash)
        elif entry.action == ISSUED:
            found[name] = replace(found[name], packs={**(found[name].packs or {}), **said["packs"]})
    return found
