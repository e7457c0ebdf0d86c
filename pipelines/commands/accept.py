"""`lasting-homes accept LOAD`: use a delivery that was held; without LOAD, list what is held.

What belongs here: finding the load meant and recording the decision. What does not: the registry (`warehouse.holds`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.commands.held import held_as_data, held_as_text, held_now
from pipelines.commands.outcome import Outcome, place

if TYPE_CHECKING:
    from pipelines.landing import Load
    from pipelines.settings import Home

NO_REASON = "Accepted without a reason given."
SHORTEST = 4


class NotHeldError(Exception):
    """The load named is not held, is not known, or could be one of several."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `accept`."""
    parser.add_argument(
        "load", nargs="?", metavar="LOAD", help="id of a held load, or its beginning; without it, list what is held"
    )
    parser.add_argument("--why", metavar="TEXT", help="why it is right; kept with the decision, so name nobody")


def run(options: argparse.Namespace) -> Outcome:
    """Record that a held load is accepted, by whom and why. The next refresh uses it."""
    from pipelines.protection.actor import account
    from pipelines.settings import HomeNotFoundError, Settings
    from pipelines.warehouse.holds import HoldDecision, record

    home = Settings.of_home(options.home).folders
    if not home.registry.is_dir():
        raise HomeNotFoundError(
            f"{home.root} is not a Lasting Homes home. Make one with: lasting-homes init --home {home.root}"
        )
    held = held_now(home)
    if options.load is None:
        return _listed(home, held)
    load = _meant(options.load, held, home)
    decision = HoldDecision(
        load.load_id, "accepted", datetime.now(UTC), account(), (options.why or "").strip() or NO_REASON
    )
    record(home, decision)
    text = (
        f"Accepted: {load.family}/{load.table} of {load.sender}, data of {load.data_date}, from {load.file_name}.\n"
        f"Recorded as the decision of {decision.by}. It is used from the next refresh: "
        f"lasting-homes refresh --home {place(home.root)}"
    )
    return Outcome(text, {"load_id": load.load_id, "by": decision.by, "why": decision.reason})


def _listed(home: Home, held: Sequence[Load]) -> Outcome:
    text = "\n".join(held_as_text(home, held)) or "No delivery is held."
    return Outcome(text, {"held": held_as_data(home, held)}, 3 if held else 0)


def _meant(wanted: str, held: Sequence[Load], home: Home) -> Load:
    """Return the one held load whose id begins so; raises NotHeldError."""
    from pipelines.landing.store import read_receipts
    from pipelines.warehouse.holds import decisions

    found = [load for load in held if load.load_id.startswith(wanted) and len(wanted) >= SHORTEST]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(load.load_id for load in found)
        raise NotHeldError(f"{wanted} is the beginning of several held loads: {ids}. Give more of it.")
    if any(load.load_id == wanted for load in read_receipts(home)):
        earlier = [one for one in decisions(home) if one.load_id == wanted and one.decision == "accepted"]
        since = f"{earlier[-1].by} accepted it on {earlier[-1].decided_at:%Y-%m-%d}." if earlier else "It is in use."
        raise NotHeldError(f"The load {wanted} is not held. {since}")
    raise NotHeldError(
        f"There is no held load {wanted!r}. What is held: lasting-homes accept --home {place(home.root)}"
    )
