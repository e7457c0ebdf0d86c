"""Promises about planning, preparing and keeping a home.

What belongs here: of reading 74 pathway_plan_review, housing_contact_before_leaving, tenancy_training,
adviser_at_viewing, risk_meeting, panel_at_16, panel_before_release, housing_options_meeting and resettlement_review.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from .circumstances import Circumstances
from .current_rows import Row
from .dates import DAY, FOREVER, add_months, known_by, working_days_after
from .obligations import AHEAD, Promise
from .people import CareEpisode
from .people_measures import same_tenancy
from .reference import OUTSIDE_COUNTY

_WINDOW = 28 * DAY


class PeriodOfCare(NamedTuple):
    """Touching or overlapping episodes; an open one ends never."""

    start: date
    end: date

    def covers(self, day: date) -> bool:
        """Whether somebody is looked after on `day`."""
        return self.start <= day < self.end


def planning_promises(someone: Circumstances) -> Iterator[Promise]:
    """Every promise of these of one person."""
    yield from _pathway_plan_reviews(someone)
    yield from _housing_contacts(someone)
    yield from _training(someone)
    yield from _viewings(someone)
    yield from _risk_meetings(someone)
    yield from _panels(someone)
    yield from _options_meeting(someone)


def _pathway_plan_reviews(someone: Circumstances) -> Iterator[Promise]:
    name = "pathway_plan_review"
    told = {row["plan_date"] for row in someone.form("pathway_plan")}
    told |= {row["review_date"] for row in someone.form("pathway_plan") if row["review_date"] is not None}
    chain: list[date] = []
    for day in sorted(told | someone.life.review_dates):
        if not chain or day > chain[-1] + _WINDOW:
            chain.append(day)
    for day, following in zip(chain, [*chain[1:], None], strict=False):
        yield Promise(name, day, add_months(day, 6), following)
    if not chain:
        first = _first_day_in_scope(someone)
        if first is not None:
            yield Promise(name, first, add_months(first, 3), None)


def _first_day_in_scope(someone: Circumstances) -> date | None:
    """The first day in scope from 16, from the person's first snapshot on; it may lie ahead (ambiguities O8, P28)."""
    if not someone.life.snapshots:
        return None
    day = min(someone.life.snapshots)
    while add_months(day, 3) <= someone.data_date + AHEAD:
        if someone.in_scope(day, from_16=True):
            return day
        day += DAY
    return None


def _housing_contacts(someone: Circumstances) -> Iterator[Promise]:
    met = min((row["contact_date"] for row in someone.form("housing_contact")), default=None)
    planned = {row["planned_move_date"] for row in someone.form("readiness")} - {None}
    for day in sorted(planned):
        yield Promise("housing_contact_before_leaving", day, add_months(day, -3), met)


def _training(someone: Circumstances) -> Iterator[Promise]:
    met = min((row["completed_on"] for row in someone.form("tenancy_training")), default=None)
    for move in someone.independent_moves:
        yield Promise("tenancy_training", move.start, move.start - DAY, met, someone.area(move.district))


def _viewings(someone: Circumstances) -> Iterator[Promise]:
    """Sign-ups, met by a contact row of that day, and viewings."""
    name = "adviser_at_viewing"
    contacts = someone.form("housing_contact")
    signed_up = {row["contact_date"] for row in contacts if row["contact_type"] == "sign_up" and _accompanied(row)}
    for offer in someone.registrations.offers:
        day = offer.sign_up_on
        if day is not None:
            yield Promise(name, day, day, day if day in signed_up else None, someone.area(offer.council))
    for row in contacts:
        day = row["contact_date"]
        if row["contact_type"] == "viewing":
            yield Promise(name, day, day, day if _accompanied(row) else None, area_of_form(someone, row))


def _accompanied(row: Row) -> bool:
    return bool(row["adviser_present"]) or bool(row["declined"])


def area_of_form(someone: Circumstances, row: Row) -> str | None:
    """The area of a form's district; `None`, the home's, without one."""
    return someone.area(row["district_gss"]) if row["district_gss"] is not None else None


def _risk_meetings(someone: Circumstances) -> Iterator[Promise]:
    """A meeting for each alert, those of one tenancy sharing the first's row while it is open."""
    rows = sorted(someone.form("tenancy_event"), key=lambda row: (row["event_date"], row["id"]))
    for ref in sorted({row["tenancy_ref"] for row in rows}, key=lambda ref: (ref is None, ref or "")):
        of_tenancy = same_tenancy(rows, ref)
        open_until = date.min
        for alert in of_tenancy:
            day = alert["event_date"]
            if alert["event"] != "alert" or day < open_until:
                continue
            open_until = _earliest(of_tenancy, day, "alert_resolved", "ended") or FOREVER
            due = working_days_after(day, 5, someone.reference.bank_holidays)
            yield Promise("risk_meeting", day, due, _earliest(of_tenancy, day, "meeting"))


def _earliest(rows: list[Row], since: date, *events: str) -> date | None:
    days = [row["event_date"] for row in rows if row["event"] in events]
    return min((day for day in days if day >= since), default=None)


def periods_of_care(episodes: list[CareEpisode]) -> list[PeriodOfCare]:
    """Islands of episodes, which are in order of start."""
    periods: list[PeriodOfCare] = []
    for episode in episodes:
        end = episode.ceased or FOREVER
        if periods and episode.start <= periods[-1].end:
            periods[-1] = PeriodOfCare(periods[-1].start, max(periods[-1].end, end))
        else:
            periods.append(PeriodOfCare(episode.start, end))
    return periods


def care_at_16(someone: Circumstances) -> list[tuple[PeriodOfCare, date]]:
    """Periods of care that somebody of 16 or 17 was in, each with its trigger."""
    if someone.life.date_of_birth is None:
        return []
    sixteen, eighteen = someone.life.birthday(16), someone.life.birthday(18)
    found = []
    for period in periods_of_care(someone.life.periods_in_care):
        trigger = max(sixteen, period.start)
        if period.end > sixteen and period.start < eighteen and trigger < eighteen and period.covers(trigger):
            found.append((period, trigger))
    return found


def _panels(someone: Circumstances) -> Iterator[Promise]:
    panels = [row["panel_date"] for row in someone.form("panel")]
    for period, trigger in care_at_16(someone):
        met = min((day for day in panels if day >= period.start), default=None)
        yield Promise("panel_at_16", trigger, add_months(trigger, 3), met)
    for row in someone.form("custody"):
        review = row["resettlement_review_on"]
        if review is not None:
            met = min((day for day in panels if day >= row["entered_on"]), default=None)
            yield Promise("panel_before_release", review, review, met)
        released = row["planned_release_on"]
        if released is not None:
            reviewed = known_by(review, row["data_date"])
            yield Promise("resettlement_review", released, add_months(released, -3), reviewed)


def _options_meeting(someone: Circumstances) -> Iterator[Promise]:
    if someone.life.date_of_birth is None:
        return
    seventeen = someone.life.birthday(17)
    placement = someone.care_placement_on(seventeen)
    outside = placement is not None and district_area(someone, placement.postcode) == OUTSIDE_COUNTY
    day = seventeen if outside else add_months(seventeen, 6)
    meetings = [
        row["contact_date"] for row in someone.form("housing_contact") if row["contact_type"] == "options_meeting"
    ]
    yield Promise("housing_options_meeting", day, day, min(meetings, default=None))


def district_area(someone: Circumstances, postcode: str | None) -> str:
    """Area of a postcode, seen from the authority."""
    return someone.area(someone.reference.district_of_postcode(postcode))
