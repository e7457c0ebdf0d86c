"""`lasting-homes status`: how the home stands, at a glance.

What belongs here: telling it. What does not: finding it out (`pipelines.operation.status`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.commands.outcome import Outcome, count, in_london, place, table

if TYPE_CHECKING:
    from pipelines.operation.status import HomeStatus
    from pipelines.release.ledger import Release
    from pipelines.settings import Home


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `status`."""
    parser.add_argument(
        "--alert", action="store_true", help="also tell what is overdue, as set; for a timer that needs no daemon"
    )


def run(options: argparse.Namespace) -> Outcome:
    """Say what is published, what is late, held, rejected, and what waits for somebody. Exit code 3 if anything is."""
    from pipelines.operation.status import status_of
    from pipelines.settings import Settings

    settings = Settings.of_home(options.home)
    home = settings.folders
    now = datetime.now(UTC)
    found = status_of(home, now)
    if options.alert:
        from pipelines.operation.watch import watch

        watch(settings, now)
    return Outcome(_text(found, home), _data(found), 3 if found.needs_somebody else 0)


def _text(found: HomeStatus, home: Home) -> str:
    from pipelines.operation.deliveries import how_long

    where = f"--home {place(home.root)}"
    if found.age is None or found.built_at is None or found.published is None:
        good = f"none yet: lasting-homes refresh {where}"
    else:
        good = f"{in_london(found.built_at)}, {how_long(found.age)} ago, build {found.published.build_id}"
    lines = [
        ("last good refresh", good),
        *([("rolled back", f"from build {found.rolled_back_from}")] if found.rolled_back_from else []),
        *([("the past", f"as known on {in_london(found.known_at)}: lasting-homes refresh")] if found.known_at else []),
        *([("now", f"process {found.running} is changing this home")] if found.running else []),
        ("late", _late(found)),
        ("held", f"{count(len(found.held), 'delivery', 'deliveries')}: lasting-homes accept" if found.held else "none"),
        ("rejected rows", f"workbooks to send back in rejects: {', '.join(found.rejected)}" if found.rejected else "-"),
        ("not readable", f"{', '.join(found.refused)}: see the .why.txt beside it" if found.refused else "none"),
        ("not used yet", f"{count(found.unseen, 'load')} landed since the last refresh" if found.unseen else "none"),
        ("to review", f"{count(found.review, 'pair')}: lasting-homes review" if found.review else "none"),
        ("to sign off", _sign_off(found)),
    ]
    told = [f"Late: {one.sentence}" for one in found.late]
    told += [f"Held: {one.family}/{one.table} of {one.sender}, data of {one.data_date}" for one in found.held]
    return "\n".join([table(("home", str(home.root)), lines), *told])


def _sign_off(found: HomeStatus) -> str:
    waiting = [f"{one.name}, prepared by {one.prepared_by}: {approval_of(one)}" for one in found.sign_off]
    return "; ".join(waiting) or "none"


def approval_of(release: Release) -> str:
    """Return the command by which somebody else approves a release."""
    return f"lasting-homes release {release.quarter} --edition {release.edition} --approve"


def _late(found: HomeStatus) -> str:
    if not found.expects:
        return "not known: config/deliveries.yml lists no deliveries"
    return f"{len(found.late)} of {count(found.expects, 'delivery', 'deliveries')}"


def _data(found: HomeStatus) -> dict[str, Any]:
    return {
        "published": found.published.build_id if found.published else None,
        "built_at": found.built_at,
        "rolled_back_from": found.rolled_back_from,
        "good_builds": list(found.good_builds),
        "running": found.running,
        "deliveries_expected": found.expects,
        "late": [
            {
                "family": one.delivery.family,
                "sender": one.delivery.sender,
                "name": one.delivery.name,
                "due": one.due,
                "late_by_hours": round(one.late_by.total_seconds() / 3600, 1),
                "last_received": one.last_received,
                "sentence": one.sentence,
            }
            for one in found.late
        ],
        "held": [one.as_json() for one in found.held],
        "rejected": list(found.rejected),
        "refused": list(found.refused),
        "loads_not_used_yet": found.unseen,
        "pairs_to_review": found.review,
        "to_sign_off": [
            {"release": one.name, "prepared_by": one.prepared_by, "prepared_at": one.prepared_at}
            for one in found.sign_off
        ],
        "known_at": found.known_at,
    }
