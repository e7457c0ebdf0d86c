"""Promises when somebody is or may be homeless.

What belongs here: of reading 74 duty_to_refer, personal_housing_plan, bnb_approval, bnb_told_adviser, bnb_move_on and
intentionality_notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from .bed_and_breakfast import COUNTY
from .circumstances import Circumstances
from .dates import DAY, working_days_after
from .homelessness_measures import intentional_decisions
from .obligations import Promise
from .planning_promises import area_of_form

MOVE_ON = timedelta(days=3)
_BEFORE, _AFTER = 28 * DAY, 56 * DAY


def homelessness_promises(someone: Circumstances) -> Iterator[Promise]:
    """Every promise of these of one person."""
    yield from _referrals(someone)
    yield from _personal_plans(someone)
    yield from _bed_and_breakfast(someone)
    for decision in intentional_decisions(someone):
        form = decision.form or {}
        told = [form.get(column) for column in ("adviser_told_on", "young_person_told_on")]
        known = [day for day in told if day is not None]
        met = max(known) if len(known) == len(told) else None
        area = someone.area(decision.district)
        yield Promise("intentionality_notice", decision.on, decision.on - DAY, met, area)


def _referrals(someone: Circumstances) -> Iterator[Promise]:
    """Each day on which homelessness was known, and starts of no fixed abode that no form knows of."""
    name = "duty_to_refer"
    rows = someone.form(name)
    for row in rows:
        day = row["known_on"]
        yield Promise(name, day, _next_working_day(someone, day), row["referred_on"], area_of_form(someone, row))
    for home in someone.spells.homes:
        if home.kind != "no_fixed_abode" or not home.start_recorded:
            continue
        start = home.start
        if not any(start - _BEFORE <= row["known_on"] <= start + _AFTER for row in rows):
            yield Promise(name, start, _next_working_day(someone, start), None, someone.area(home.district))


def _next_working_day(someone: Circumstances, day: date) -> date:
    return working_days_after(day, 1, someone.reference.bank_holidays)


def _personal_plans(someone: Circumstances) -> Iterator[Promise]:
    for facts in someone.housing.case_facts.values():
        begun = [day for day in (facts.prevention_start, facts.relief_start) if day is not None]
        if begun:
            due = working_days_after(min(begun), 10, someone.reference.bank_holidays)
            met, area = facts.personal_housing_plan_on, someone.area(facts.district)
            yield Promise("personal_housing_plan", min(begun), due, met, area)


def _bed_and_breakfast(someone: Circumstances) -> Iterator[Promise]:
    """Approval of what the county placed, word to the adviser of what a district placed, and moving on."""
    placements = someone.bed_and_breakfast
    of_cases = {placement.entry for placement in placements if not placement.from_form}
    for placement in placements:
        day, area = placement.entry, someone.area(placement.district)
        if placement.tier == COUNTY:
            yield Promise("bnb_approval", day, day, _told(someone, day, "approved_on"), area)
        elif not placement.from_form or day not in of_cases:
            yield Promise("bnb_told_adviser", day, day, _told(someone, day, "adviser_told_on"), area)
    for stay in someone.bed_and_breakfast_stays:
        met = stay.end if stay.ended else None
        area = someone.area(stay.first_placement.district)
        yield Promise("bnb_move_on", stay.entry, stay.entry + MOVE_ON, met, area)


def _told(someone: Circumstances, entry: date, column: str) -> date | None:
    """The earliest such day in the person's approval rows of that entry."""
    rows = (row for row in someone.form("bnb_approval") if row["entry_date"] == entry)
    return min((row[column] for row in rows if row[column] is not None), default=None)
