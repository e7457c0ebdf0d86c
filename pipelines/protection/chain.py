"""An append-only record in which every entry names the hash of the one before it.

What belongs here: appending, reading and checking a chain. What does not: what an entry says (`trail`,
`pipelines.release.ledger`).

One file per entry, so that a crash leaves all of an entry or nothing of it. Changing, removing or inserting an entry
shows, because the entry after it names another hash. What this does not prove: whoever may write the whole folder can
write a whole new chain, or take the last entries away. That shows only against a hash that was kept elsewhere: the
head that is printed in each released pack.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.durable import make_folder, write_durably

START = "0" * 64


class ChainBrokenError(Exception):
    """An entry of a chain was changed, removed or inserted; the text says which."""


@dataclass(frozen=True)
class Entry:
    """One entry.

    Attributes:
        number: Its place, from 1.
        at: When it was appended, UTC.
        actor: Who did it: an account (`actor`).
        action: What was done, in one word.
        details: About what; never a value of a person.
        previous: The hash of the entry before it; zeros for the first.
        hash: SHA-256, in hexadecimal, over all of the above.
    """

    number: int
    at: datetime
    actor: str
    action: str
    details: Mapping[str, Any]
    previous: str
    hash: str


class Chain:
    """The chain in one folder."""

    def __init__(self, folder: Path) -> None:
        """Look at `folder`, which need not exist before the first entry."""
        self.folder = folder

    def append(self, action: str, details: Mapping[str, Any], *, actor: str, at: datetime | None = None) -> Entry:
        """Append one entry and return it.

        Raises ChainBrokenError when the last entry there is no longer what was written.
        """
        with self._alone():
            last = self._last()
            number = last.number + 1 if last else 1
            body = {
                "number": number,
                "at": (at or datetime.now(UTC)).astimezone(UTC).isoformat(),
                "actor": actor,
                "action": action,
                "details": dict(details),
                "previous": last.hash if last else START,
            }
            document = {**body, "hash": _hash_of(body)}
            text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
            path = self._path(number)
            write_durably(path, text)
            return self._read(path)

    def entries(self) -> list[Entry]:
        """Return every entry, the oldest first, after checking the whole chain.

        Raises ChainBrokenError, which names the first entry that is not as it was written.
        """
        found: list[Entry] = []
        for number, path in enumerate(self._paths(), start=1):
            entry = self._read(path)
            before = found[-1].hash if found else START
            if entry.number != number or entry.previous != before or path != self._path(number):
                raise ChainBrokenError(
                    f"{self.folder.name}: entry {number} does not follow the one before it: an entry was removed or "
                    "changed. Restore the folder from the backup; do not repair it by hand."
                )
            found.append(entry)
        return found

    def head(self) -> str:
        """Return the hash of the last entry, zeros when there is none."""
        last = self._last()
        return last.hash if last else START

    def _last(self) -> Entry | None:
        paths = self._paths()
        return self._read(paths[-1]) if paths else None

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*.json"))

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08}.json"

    def _read(self, path: Path) -> Entry:
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            written = document.pop("hash")
            entry = Entry(**{**document, "at": datetime.fromisoformat(document["at"])}, hash=written)
        except (ValueError, KeyError, TypeError, AttributeError):
            written, document, entry = "", {}, None
        if entry is None or _hash_of(document) != written:
            raise ChainBrokenError(
                f"{self.folder.name}: entry {path.stem.lstrip('0')} is not what was written. Restore the file from "
                "the backup; do not repair it by hand."
            )
        return entry

    @contextmanager
    def _alone(self) -> Iterator[None]:
        make_folder(self.folder)
        with (self.folder / ".lock").open("w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _hash_of(body: Mapping[str, Any]) -> str:
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()
