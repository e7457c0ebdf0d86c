"""`lasting-homes share --district …`: the list of consented people for a district's single point of contact.

What belongs here: the option, and what is said about the share. What does not: who is in it (`pipelines.release`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pipelines.commands.outcome import Outcome, UsageError, count, place

if TYPE_CHECKING:
    from pipelines.release.shares import Share


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `share`."""
    parser.add_argument("--district", required=True, metavar="E07000123", help="the district's GSS code")


def run(options: argparse.Namespace) -> Outcome:
    """Write the next share with the district from the published build, and log it."""
    from pipelines.release.shares import UnknownDistrictError, share
    from pipelines.settings import Settings
    from pipelines.warehouse.database import open_for_reading
    from pipelines.warehouse.publish import published_build

    home = Settings.of_home(options.home).folders
    build = published_build(home)
    with open_for_reading(build.warehouse) as warehouse:
        try:
            made = share(home, warehouse, options.district)
        except UnknownDistrictError as error:
            raise UsageError(str(error)) from None
    data = {
        "build_id": build.build_id,
        "district": made.district,
        "number": made.number,
        "as_at": made.as_at,
        "people": made.people,
        "files": {scope: str(path) for scope, path in made.files.items()},
        "no_longer_shared": [
            {"person_key": one.person_key, "references": one.reference, "why": one.why, "shared": one.shared}
            for one in made.withdrawn
        ],
    }
    return Outcome(_text(made), data)


def _text(made: Share) -> str:
    lines = [
        f"Share {made.number} with {made.district}, data as at {made.as_at}: {count(made.people, 'person', 'people')} "
        "with a live consent that names it."
    ]
    lines += [f"  {scope}: {place(path)}" for scope, path in made.files.items()]
    if made.withdrawn:
        lines += ["", "No longer shared. Ask the district to delete what it was given:"]
        for one in made.withdrawn:
            known_as = ", ".join(one.reference) or "no reference"
            given = "; ".join(
                f"share {was['number']} of {was['on']}, {was['scope']}: {', '.join(was['fields'])}"
                for was in one.shared
            )
            lines.append(f"  {one.person_key} ({known_as}): {one.why}. Given: {given}.")
    lines += [
        "",
        "Restricted: names people. Send it only as agreed with the district; the share is in the audit trail.",
    ]
    return "\n".join(lines)
