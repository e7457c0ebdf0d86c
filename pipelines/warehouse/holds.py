"""Decisions to hold a load back, or to accept it after all: `registry/holds/`, append-only.

What belongs here: writing decisions and reading which loads are held at a moment. What does not: judging a load
(quality), falling back on the sender's last accepted load (landing.as_known).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from pipelines.durable import make_folder, write_durably
from pipelines.landing import Load
from pipelines.settings import Home

BY_THE_CHECKS = "quality checks"


@dataclass(frozen=True)
class HoldDecision:
    """One decision about one load; the latest decision about a load counts."""

    load_id: str
    decision: Literal["held", "accepted"]
    decided_at: datetime
    by: str
    reason: str


def record(home: Home, decision: HoldDecision) -> None:
    """Append one decision to the registry; an existing decision is never changed."""
    folder = home.registry / "holds"
    make_folder(folder)
    document = {**asdict(decision), "decided_at": decision.decided_at.isoformat()}
    path = folder / f"{decision.load_id}-{decision.decided_at:%Y%m%dT%H%M%S%f}.json"
    write_durably(path, json.dumps(document, indent=2) + "\n")


def decisions(home: Home) -> list[HoldDecision]:
    """Return every decision, oldest first."""
    found = []
    for path in sorted((home.registry / "holds").glob("[!.]*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        found.append(HoldDecision(**{**document, "decided_at": datetime.fromisoformat(document["decided_at"])}))
    return sorted(found, key=lambda decision: (decision.decided_at, decision.load_id))


def held(loads: Iterable[Load], taken: Collection[HoldDecision], as_known_at: datetime) -> set[str]:
    """Return the ids of the loads that are held at `as_known_at`.

    A decision of people counts from the moment it was taken. One of the checks counts from the load's receipt: no
    build was ever published with a load that had not been judged, so to look back is to see it held.
    """
    state: dict[str, str] = {}
    received = {load.load_id: load.received_at for load in loads}
    for decision in sorted(taken, key=lambda one: one.decided_at):
        counts_from = received.get(decision.load_id) if decision.by == BY_THE_CHECKS else decision.decided_at
        if counts_from is not None and counts_from <= as_known_at:
            state[decision.load_id] = decision.decision
    return {load_id for load_id, decision in state.items() if decision == "held"}
