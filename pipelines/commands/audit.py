"""`lasting-homes audit`: who did what in this home, as a table; checks the chain while reading it.

What belongs here: the options and the table. What does not: what is recorded (`pipelines.protection.trail`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from datetime import date

from pipelines.commands.outcome import Outcome, count, in_london, table


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `audit`."""
    parser.add_argument("--action", help="only this action, for example shared or trace")
    parser.add_argument("--since", type=date.fromisoformat, metavar="2026-04-01", help="from that day on")


def run(options: argparse.Namespace) -> Outcome:
    """Check the audit trail from its first entry and list it."""
    from pipelines.protection import trail
    from pipelines.settings import LONDON, HomeNotFoundError, Settings

    home = Settings.of_home(options.home).folders
    if not home.audit.is_dir():
        raise HomeNotFoundError(
            f"{home.root} is not a Lasting Homes home. Make one with: lasting-homes init --home {home.root}"
        )
    entries = trail.trail_of(home).entries()
    for entry in entries:
        trail.people_of(home, entry)
    wanted = [
        one
        for one in entries
        if (options.action is None or one.action == options.action)
        and (options.since is None or one.at.astimezone(LONDON).date() >= options.since)
    ]
    rows = trail.rows(wanted)
    head = entries[-1].hash if entries else None
    lines = [f"{count(len(entries), 'entry', 'entries')}, the chain is whole; its head is {head or 'not there yet'}."]
    if rows:
        shown = [[row["number"], in_london(row["at"]), row["actor"], row["action"], row["about"]] for row in rows]
        lines += ["", table(["number", "at", "actor", "action", "about"], shown)]
    return Outcome("\n".join(lines), {"head": head, "entries": rows})
