"""Whether a pack is signed off, as its pages say it.

What belongs here: reading `release.json`, which stands beside the figures of an approved release, and its words. What
does not: approving (`pipelines.release`). Without that file a pack is a draft.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.rendering.story.periods import in_words

DRAFT = "DRAFT – not signed off"
STANDING = "release.json"
BEGINNING = 12


@dataclass(frozen=True)
class SignOff:
    """An approval.

    Attributes:
        release: `<quarter>_<edition>_<number>`.
        approved_on: The day, UTC.
        ledger: The hash of the approval's entry in the ledger, the head of its chain at that moment.
    """

    release: str
    approved_on: date
    ledger: str


def read_sign_off(folder: Path) -> SignOff | None:
    """Return the sign-off of the figures in a folder; None for a build's, which nobody has approved."""
    path = folder / STANDING
    if not path.is_file():
        return None
    said = json.loads(path.read_text(encoding="utf-8"))
    return SignOff(str(said["release"]), date.fromisoformat(said["approved_on"]), str(said["ledger"]))


def status_words(sign_off: SignOff | None) -> str:
    """Return what stands on every page."""
    if sign_off is None:
        return DRAFT
    return f"Signed off {in_words(sign_off.approved_on)} · ledger {sign_off.ledger[:BEGINNING]}"


def ledger_rows(sign_off: SignOff | None) -> list[list[str]]:
    """Return the rows on the first page that name the release; the whole hash is what `lasting-homes verify` finds."""
    if sign_off is None:
        return []
    return [["Release", sign_off.release], ["Ledger", f"{sign_off.ledger}."]]
