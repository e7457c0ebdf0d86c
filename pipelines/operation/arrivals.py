"""What to start when files arrive: landing at once, a refresh when the day's senders are in or the hour has come.

What belongs here: the decision, from what lies on disk and from the clock. What does not: starting anything
(`automation`), landing itself.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.landing import Load
from pipelines.landing.inbox import candidates
from pipelines.landing.store import read_receipts
from pipelines.operation.deliveries import anything_due_today, expected, waited_for_today
from pipelines.settings import LONDON, Home, Settings
from pipelines.warehouse import judgements
from pipelines.warehouse.holds import decisions


@dataclass(frozen=True)
class Wanted:
    """What should be started, and why, or why nothing.

    Attributes:
        what: `land`, `refresh` or nothing.
        key: Stays the same for as long as the same thing is wanted for the same reason, so that it starts once.
        sentence: For people.
    """

    what: str | None
    key: str
    sentence: str


def wanted(settings: Settings, now: datetime, ready: Sequence[str], tried: Collection[str]) -> Wanted:
    """Return what the arrivals of a home call for.

    Args:
        settings: Of the home.
        now: The clock, UTC.
        ready: What `ready_files` says.
        tried: What it said when files were landed last: one that could not be read is still there, and not tried again.
    """
    home = settings.folders
    arrived = [file for file in ready if file not in tried]
    if arrived:
        return Wanted("land", f"land-{_digest(arrived)}", f"{len(arrived)} files in the inbox are ready.")
    loads = list(read_receipts(home))
    fresh = unseen(home, loads)
    if not fresh:
        return Wanted(None, "", "Nothing new has arrived since the last refresh.")
    deliveries = expected(home)
    local = now.astimezone(LONDON)
    key = f"refresh-{_digest([f'{load.load_id} {load.generation}' for load in fresh])}"
    if local.time() >= settings.arrivals_by:
        hour = f"{settings.arrivals_by:%H:%M}"
        return Wanted("refresh", key, f"{len(fresh)} new loads, and it is past {hour} in London.")
    missing = waited_for_today(deliveries, loads, now)
    if missing or not anything_due_today(deliveries, now):
        for_whom = ", ".join(one.name for one in missing) if missing else "nobody in particular"
        until = f"{settings.arrivals_by:%H:%M}"
        return Wanted(None, "", f"{len(fresh)} new loads wait for {for_whom}, at the latest until {until}.")
    return Wanted("refresh", key, f"{len(fresh)} new loads, and everybody due today is in.")


def ready_files(home: Home, settle_seconds: float) -> list[str]:
    """Return the files of the inbox that have stood still for long enough, each with its size and time of arrival."""
    found = []
    for candidate in candidates(home.inbox):
        try:
            details = candidate.path.lstat()
            meta = candidate.meta_path.lstat().st_ctime_ns if candidate.meta_path.exists() else 0
        except FileNotFoundError:
            continue
        if abs(time.time() - details.st_mtime) >= settle_seconds:
            came = max(details.st_ctime_ns, meta)
            found.append(f"{candidate.path.relative_to(home.inbox)} {details.st_size} {came}")
    return found


def unseen(home: Home, loads: Sequence[Load]) -> list[Load]:
    """Return the loads that no refresh has judged and nobody has accepted: those that arrived since the last one."""
    judged = judgements.recorded(home)
    accepted = {one.load_id for one in decisions(home) if one.decision == "accepted"}
    return [load for load in loads if (load.load_id, load.generation) not in judged and load.load_id not in accepted]


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:16]
