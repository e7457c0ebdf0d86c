"""`lasting-homes lake`: put the published build into a lake that many councils share, and say what the lake holds.

What belongs here: the command's options and words. What does not: writing and reading the lake (`pipelines.lake`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.commands.outcome import Outcome, count, in_london, table

if TYPE_CHECKING:
    from pipelines.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lake`."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=("list", "publish", "forget"),
        default="list",
        help="list what it holds (default); publish; or forget: publish, and leave nothing earlier of anybody in it",
    )


def run(options: argparse.Namespace) -> Outcome:
    """List the newest build of each council in the lake, or put this home's published build into it."""
    from pipelines.settings import Settings

    settings = Settings.of_home(options.home)
    return _list(settings) if options.action == "list" else _publish(settings, forgets=options.action == "forget")


def _publish(settings: Settings, *, forgets: bool) -> Outcome:
    from pipelines.lake.of_home import forget_with_home, publish_home

    if forgets:
        publication, gone = forget_with_home(settings)
        said = f"The lake holds nothing older: {count(gone, 'snapshot')} of all councils gone. It has"
        data: dict[str, object] = {**asdict(publication), "snapshots_gone": gone}
    else:
        publication, was_there = publish_home(settings)
        said = "The lake has it already:" if was_there else "The lake has taken it:"
        data = {**asdict(publication), "was_there": was_there}
    return Outcome(
        f"{said} build {publication.build_id} as {publication.council}, snapshot {publication.snapshot}.\n"
        "Names, birthdays and the landing stay in this home.",
        data,
    )


def _list(settings: Settings) -> Outcome:
    from pipelines.lake import Lake, publications

    with Lake.of(settings).open(for_reading=True) as connection:
        found = publications(connection)
    newest = {one.council: one for one in found}
    kept = Counter(one.council for one in found)
    rows = [
        (council, one.build_id, in_london(one.as_known_at), one.snapshot, kept[council])
        for council, one in sorted(newest.items())
    ]
    text = table(("council", "build", "as known at", "snapshot", "builds kept"), rows)
    return Outcome(text, {"councils": [asdict(one) for one in newest.values()]})
