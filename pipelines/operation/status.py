"""How a home stands, at a glance: what is published, and what waits for somebody.

What belongs here: reading the stores and the published build, in counts, sender names and file names. What does not:
changing anything, or showing a person's value.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.identity import decisions as link_decisions
from pipelines.identity.review.queue import review_queue, still_waiting
from pipelines.landing import Load
from pipelines.landing.inbox import WHY_SUFFIX
from pipelines.landing.store import read_receipts
from pipelines.operation.arrivals import unseen
from pipelines.operation.deliveries import Late, expected, late
from pipelines.release.ledger import Release, awaiting_approval
from pipelines.settings import Home, HomeNotFoundError
from pipelines.warehouse.build import Build, builds
from pipelines.warehouse.database import can_be_read, open_for_reading
from pipelines.warehouse.holds import decisions, held
from pipelines.warehouse.publish import NothingPublishedError, published_build


@dataclass(frozen=True)
class HomeStatus:
    """How a home stands.

    Attributes:
        published: The published build; None before the first.
        built_at: When its refresh began, UTC.
        age: How long ago that was.
        good_builds: Ids of the good builds on disk, oldest first, without those of past nights.
        running: The process that is changing the home now, as it says itself; None when nobody is.
        expects: How many deliveries the home's list expects.
        late: The late ones, the longest first.
        held: Loads that are held.
        rejected: File names of the workbooks to send back, one for each sender with something to correct.
        refused: Files of the inbox that could not be read, as `family/sender/name`.
        unseen: How many landed loads no refresh has used yet.
        review: How many pairs people must decide.
        sign_off: Releases that were prepared and wait for somebody else's approval.
        known_at: The past moment as of which the published build knows; None where it knows of everything.
    """

    published: Build | None
    built_at: datetime | None
    age: timedelta | None
    good_builds: Sequence[str]
    running: str | None
    expects: int
    late: Sequence[Late]
    held: Sequence[Load]
    rejected: Sequence[str]
    refused: Sequence[str]
    unseen: int
    review: int
    sign_off: Sequence[Release]
    known_at: datetime | None

    @property
    def needs_somebody(self) -> bool:
        """Whether anything waits for a person; pairs to review are daily work and do not count."""
        waiting = (self.late, self.held, self.rejected, self.refused, self.sign_off)
        return self.published is None or any(waiting)

    @property
    def rolled_back_from(self) -> str | None:
        """The newest good build where an older one is published."""
        newest = self.good_builds[-1] if self.good_builds else None
        return newest if self.published and newest and newest > self.published.build_id else None


def status_of(home: Home, now: datetime) -> HomeStatus:
    """Read how the home stands.

    Raises:
        HomeNotFoundError: The folder was never initialised.
        DeliveriesError: The home's list of deliveries cannot be read.
    """
    if not home.registry.is_dir():
        raise HomeNotFoundError(
            f"{home.root} is not a Lasting Homes home. Make one with: lasting-homes init --home {home.root}"
        )
    loads = list(read_receipts(home))
    # Receipts of the demo lie in the future of its machine: what has landed is known, whatever its time says.
    moment = max([now, *(load.received_at for load in loads)])
    ids = held(loads, decisions(home), moment)
    try:
        build = published_build(home)
    except NothingPublishedError:
        build = None
    facts = build.facts() if build else {}
    built_at = datetime.fromisoformat(facts["built_at"]) if facts else None
    deliveries = expected(home)
    return HomeStatus(
        published=build,
        built_at=built_at,
        age=now - built_at if built_at else None,
        good_builds=[one.build_id for one in builds(home) if one.is_good and not one.looks_back],
        running=writer(home),
        expects=len(deliveries),
        late=late(deliveries, loads, now),
        held=[load for load in loads if load.load_id in ids],
        rejected=sorted(path.name for path in home.rejects.glob("[!.]*.xlsx")),
        refused=_refused(home),
        unseen=len(unseen(home, loads)),
        review=_pairs_waiting(home, build) if build and can_be_read(build.warehouse) else 0,
        sign_off=awaiting_approval(home),
        known_at=datetime.fromisoformat(facts["as_known_at"]) if build and build.looks_back else None,
    )


def writer(home: Home) -> str | None:
    """Return the process that holds the home's lock, as it says itself; None when nobody holds it."""
    path = home.builds / ".lock"
    if not path.exists():
        return None
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
    else:
        return None
    finally:
        os.close(descriptor)


def _refused(home: Home) -> list[str]:
    """Return the files of the inbox beside which lies a note that says why they could not be read."""
    notes = home.inbox.rglob(f"*{WHY_SUFFIX}") if home.inbox.is_dir() else ()
    return sorted(str(note.relative_to(home.inbox)).removesuffix(WHY_SUFFIX) for note in notes)


def _pairs_waiting(home: Home, build: Build) -> int:
    with open_for_reading(build.warehouse) as warehouse:
        pairs = review_queue(warehouse)
    return len(still_waiting(pairs, link_decisions.decisions(home)))
