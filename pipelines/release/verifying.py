"""Proving that a pack is what was released, and that the ledger is whole.

What belongs here: that. What does not prove: that the figures were right when they were released; that nobody who may
write the ledger rewrote all of it, unless a pack from outside the house, whose printed head is still in the chain, is
compared; who sat at a keyboard that was left unlocked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.release.ledger import PACKS, LedgerError, Release, chain_of, releases, sha256
from pipelines.release.scan import parts_of
from pipelines.settings import Home

_HEAD = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class NotReleasedError(Exception):
    """A file is not one that was released, or the ledger it names is not this one."""


@dataclass(frozen=True)
class Verified:
    """What was proved of a file.

    Attributes:
        release: The release it belongs to.
        name: Its name there.
        entries: How many entries the chain has.
        files: How many files of the release were checked.
    """

    release: Release
    name: str
    entries: int
    files: int


def verify_file(home: Home, path: Path) -> Verified:
    """Prove that a file is, byte for byte, one of a release whose chain and frozen figures are whole.

    Raises:
        ChainBrokenError: The ledger was changed.
        LedgerError: The release's own files were.
        NotReleasedError: The file is none of those released; the text says what it is instead, as far as can be told.
    """
    entries = chain_of(home).entries()
    digest = sha256(path)
    for release in releases(home):
        if not release.is_released:
            continue
        files = {**release.manifest()["outputs"], **{f"{PACKS}/{k}": v for k, v in (release.packs or {}).items()}}
        for name, known in files.items():
            if known == digest:
                return Verified(release, name, len(entries), release.check())
    heads = _printed_heads(path)
    hashes = {entry.hash: entry for entry in entries}
    for head in heads:
        if head in hashes:
            raise NotReleasedError(
                f"{path.name} prints the sign-off of {hashes[head].details['release']}, but its bytes are not those "
                "that were issued: it was changed or rendered again. Do not use it; take the issued pack from the "
                "ledger."
            )
    if heads:
        raise NotReleasedError(
            f"{path.name} prints a sign-off that is not in this ledger. Either it was released from another home, or "
            "this ledger was rewritten since. Compare with the backup of the ledger from before its date."
        )
    raise NotReleasedError(f"{path.name} was never released: it is a draft, or comes from elsewhere.")


def verify_all(home: Home) -> list[tuple[Release, int]]:
    """Check the chain and every file of every release; return the approved ones with the number of their files.

    Raises ChainBrokenError or LedgerError.
    """
    chain_of(home).entries()
    found = [(one, one.check()) for one in releases(home) if one.is_released]
    for one, _ in found:
        if not one.figures.is_file():
            raise LedgerError(f"The figures of {one.name} are missing. Restore them from the backup.")
    return found


def _printed_heads(path: Path) -> list[str]:
    texts = (re.sub(r"\s+", "", text) if path.suffix == ".pdf" else text for _, text in parts_of(path, {}))
    return list(dict.fromkeys(head for text in texts for head in _HEAD.findall(text)))
