"""What people have decided about who is who: `registry/links/`, append-only.

What belongs here: the decisions, writing and reading them, and what follows from all of them together at a moment. What
does not: proposing pairs (`rules_then_model`, `second_ids`), the workbook by which people decide (`review`).

A decision is about two records: that they are one person (`same`), two people (`different`), or that nobody can tell
(`unsure`). It holds against every rule and every model, in every later run, until people decide again about the same
two records; of two decisions that contradict each other, also by way of third records, the later counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from pipelines.durable import make_folder, write_durably
from pipelines.settings import Home

Verdict = Literal["same", "different", "unsure"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
CASE_SYSTEM = ("case_system", "ssd_person")


class DecisionError(Exception):
    """A decision, or a file of the registry, is not as it must be; nothing of it was taken."""


@dataclass(frozen=True, order=True)
class RecordRef:
    """A case-system id (`case_system`, `ssd_person`, authority, id), an application or a homelessness case."""

    family: str
    table: str
    sender: str
    ref: str

    @classmethod
    def case_id(cls, authority: str, person_id: str) -> RecordRef:
        """Return the reference of a case-system id."""
        return cls(*CASE_SYSTEM, authority, person_id)

    @property
    def is_case_id(self) -> bool:
        """Whether this is an id of a case system, and not a housing record."""
        return (self.family, self.table) == CASE_SYSTEM


@dataclass(frozen=True)
class LinkDecision:
    """One decision of one person about two records.

    Attributes:
        one: The housing record, or the first of two case-system ids.
        other: A case-system id.
        verdict: `same`, `different` or `unsure`.
        decided_at: When, UTC.
        by: Who.
        reason: Why, in their words; no value of the young person belongs in it.
    """

    one: RecordRef
    other: RecordRef
    verdict: Verdict
    decided_at: datetime
    by: str
    reason: str

    def __post_init__(self) -> None:
        """Refuse what could not be followed."""
        if self.verdict not in VERDICTS:
            raise DecisionError(f"{self.verdict!r} is no decision; it must be one of {', '.join(VERDICTS)}.")
        if not self.by.strip():
            raise DecisionError("A decision needs the name of the person who took it.")
        if self.verdict != "unsure" and not self.reason.strip():
            raise DecisionError("A decision needs a reason, so that a successor can follow it.")
        if not self.other.is_case_id or self.one == self.other:
            raise DecisionError("A decision is about a record and a case-system id, or about two case-system ids.")

    @property
    def pair(self) -> tuple[RecordRef, RecordRef]:
        """The two records in one order, whichever way round they were decided."""
        first, second = sorted((self.one, self.other))
        return first, second


def record(home: Home, decisions: Sequence[LinkDecision]) -> Path | None:
    """Append decisions to the registry as one new file, one JSON object a line; nothing written before is touched.

    Returns the file, or None when there was nothing to record.
    """
    if not decisions:
        return None
    lines = "".join(json.dumps(_as_json(one), sort_keys=True, ensure_ascii=False) + "\n" for one in decisions)
    folder = home.registry / "links"
    make_folder(folder)
    first = min(one.decided_at for one in decisions)
    path = folder / f"{first:%Y%m%dT%H%M%S%f}-{hashlib.sha256(lines.encode()).hexdigest()[:12]}.jsonl"
    write_durably(path, lines)
    return path


def decisions(home: Home, as_known_at: datetime | None = None) -> list[LinkDecision]:
    """Return every decision taken by a moment (UTC; None is all), oldest first.

    Raises DecisionError when a line of the registry cannot be read: a decision lost silently could mix people up.
    """
    found = []
    for path in sorted((home.registry / "links").glob("[!.]*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                one = _from_json(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise DecisionError(
                    f"{path.name}, line {number}, is no decision ({type(error).__name__}). The registry is never "
                    "edited by hand: restore the file from the backup."
                ) from None
            if as_known_at is None or one.decided_at <= as_known_at:
                found.append(one)
    return sorted(found, key=lambda one: one.decided_at)


def latest(taken: Iterable[LinkDecision]) -> list[LinkDecision]:
    """Return the decisions that stand, newest first: of several about the same two records, the last."""
    standing: dict[tuple[RecordRef, RecordRef], LinkDecision] = {}
    for one in sorted(taken, key=lambda decision: decision.decided_at):
        standing[one.pair] = one
    return sorted(standing.values(), key=lambda one: (one.decided_at, one.pair), reverse=True)


def _as_json(one: LinkDecision) -> dict[str, object]:
    return {
        "one": [one.one.family, one.one.table, one.one.sender, one.one.ref],
        "other": [one.other.family, one.other.table, one.other.sender, one.other.ref],
        "verdict": one.verdict,
        "decided_at": one.decided_at.isoformat(),
        "by": one.by,
        "reason": one.reason,
    }


def _from_json(document: dict[str, object]) -> LinkDecision:
    one, other = document["one"], document["other"]
    if not isinstance(one, list) or not isinstance(other, list):
        raise TypeError("one and other are lists of four texts")
    verdict = str(document["verdict"])
    return LinkDecision(
        RecordRef(*map(str, one)),
        RecordRef(*map(str, other)),
        next((known for known in VERDICTS if known == verdict), "unsure") if verdict in VERDICTS else _no(verdict),
        datetime.fromisoformat(str(document["decided_at"])),
        str(document["by"]),
        str(document["reason"]),
    )


def _no(verdict: str) -> Verdict:
    raise ValueError(verdict)
