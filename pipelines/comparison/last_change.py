"""What the build at hand changed, against the newest kept build before it.

What belongs here: finding that build, and saying why there is none. What does not: comparing (`figures`), building a
past day anew (`looking_back`): both builds are there already, so that this costs seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.comparison.figures import ChangedLoad, MovedFigure, Wanted, compare_warehouses
from pipelines.identity import decisions as link_decisions
from pipelines.settings import Home
from pipelines.warehouse.build import Build, builds
from pipelines.warehouse.database import can_be_read


@dataclass(frozen=True)
class LastChange:
    """The quarterly totals that differ from the build before.

    Attributes:
        before: The id of that build; None where there is none to compare with, and `why_not` says why.
        figures: In the order of measure, area and period.
        loads: Those that only one of the two builds uses.
    """

    before: str | None
    why_not: str = ""
    figures: Sequence[MovedFigure] = ()
    loads: Sequence[ChangedLoad] = ()


def since_the_build_before(build: Build) -> LastChange:
    """Return what a build of a home changed in the figures of every quarter.

    Builds of past nights are left out: they know less than was known when they were made.
    """
    home = Home(build.folder.parents[1])
    earlier = [one for one in builds(home) if one.is_good and not one.looks_back and one.build_id < build.build_id]
    if not earlier:
        return LastChange(None, "No earlier build is kept that this one could be compared with.")
    before = earlier[-1]
    facts, facts_before = build.facts(), before.facts()
    if facts.get("configuration_hash") != facts_before.get("configuration_hash") or not can_be_read(before.warehouse):
        return LastChange(
            None,
            f"The build before, {before.build_id}, was made by another version of the program or with other settings, "
            "so that figures may differ without a load that changed them. They are not compared here.",
        )
    known_before = datetime.fromisoformat(facts_before["as_known_at"])
    known_now = datetime.fromisoformat(facts["as_known_at"])
    taken_before = link_decisions.decisions(home, known_before)
    decided = [one for one in link_decisions.decisions(home, known_now) if one not in taken_before]
    found = compare_warehouses(
        before.warehouse, build.warehouse, wanted=Wanted(), received_by=known_before, decisions=decided
    )
    return LastChange(before.build_id, figures=found.figures, loads=found.loads)
