"""Which deliveries are held, why, and the command that accepts one; told alike by `land`, `refresh` and `accept`.

What belongs here: the telling. What does not: deciding (quality), the registry of decisions (`warehouse.holds`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.commands.outcome import place

if TYPE_CHECKING:
    from pipelines.landing import Load
    from pipelines.settings import Home

ACCEPTING = "lasting-homes accept {load_id} --home {home}"


def held_now(home: Home) -> list[Load]:
    """Return the loads that are held at this moment, in order of extract, sender and data date."""
    from pipelines.landing.as_known import known_loads
    from pipelines.warehouse.holds import decisions, held

    taken = decisions(home)
    everything = known_loads(home, datetime.max.replace(tzinfo=UTC)) if taken else []
    # Receipts of the demo lie in the future of its machine; what has landed is known, whatever its time says.
    moment = max([datetime.now(UTC), *(load.received_at for load in everything)])
    ids = held(everything, taken, moment)
    return [load for load in everything if load.load_id in ids]


def reason(home: Home, load: Load) -> str:
    """Return why a load was held, as the latest decision to hold it says."""
    from pipelines.warehouse.holds import decisions

    reasons = [one.reason for one in decisions(home) if one.load_id == load.load_id and one.decision == "held"]
    return reasons[-1] if reasons else ""


def held_as_text(home: Home, loads: Iterable[Load]) -> list[str]:
    """Return, for each held load, what it is, why it is held and the command that accepts it."""
    lines = []
    for load in loads:
        lines += [
            f"Held: {load.family}/{load.table} of {load.sender}, data of {load.data_date}, from {load.file_name}. "
            "The sender's last accepted delivery is used.",
            f"  Why: {reason(home, load)}",
            f"  If it is right all the same: {ACCEPTING.format(load_id=load.load_id, home=place(home.root))}",
        ]
    return lines


def held_as_data(home: Home, loads: Iterable[Load]) -> list[dict[str, Any]]:
    """Return one record per held load: its receipt, why, and the command that accepts it."""
    return [
        {
            **load.as_json(),
            "why": reason(home, load),
            "accept": ACCEPTING.format(load_id=load.load_id, home=place(home.root)),
        }
        for load in loads
    ]
