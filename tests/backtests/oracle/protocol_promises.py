"""Promises of the protocol itself: a contact in every district, and its own review.

What belongs here: of reading 74 spoc_named and protocol_review. What does not: anything about a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from .dates import DAY
from .forms import FormsOfPerson
from .obligations import AHEAD, ObligationRow, falls_due, promised, status_of
from .people_measures import contacts_of, has_contact
from .periods import Period
from .reference import Authority, Reference


def protocol_rows(
    authority: Authority, forms: FormsOfPerson, quarters: Iterable[Period], data_date: date, reference: Reference
) -> Iterator[ObligationRow]:
    """The rows of an authority that are about no person."""
    for quarter in quarters:
        yield from _contacts(authority, forms, quarter, data_date, reference)
        yield from _review(authority, forms, (quarter.start, quarter.last_day), data_date, reference)
    if authority.letter == "K":
        last_due = data_date + AHEAD
        for year in range(authority.monitoring_from.year, last_due.year + 1):
            span = (date(year - 1, 5, 1), date(year, 4, 30))
            yield from _review(authority, forms, span, data_date, reference)


def _contacts(
    authority: Authority, forms: FormsOfPerson, quarter: Period, data_date: date, reference: Reference
) -> Iterator[ObligationRow]:
    """Each district's days of the quarter without a single point of contact."""
    if not promised("spoc_named", authority, reference):
        return
    days = [quarter.start + number * DAY for number in range((quarter.end - quarter.start).days)]
    for district in reference.districts_of(authority.name):
        contacts = contacts_of(forms, district)
        without = [day for day in days if not has_contact(contacts, day)]
        met = quarter.last_day if not without and quarter.last_day <= data_date else None
        yield ObligationRow(
            obligation_id="spoc_named",
            authority=authority.name,
            person=None,
            area_code=district,
            clause=reference.obligations["spoc_named"].clause,
            trigger_date=quarter.start,
            due_date=quarter.last_day,
            met_date=met,
            waived_reason=None,
            quantity=sum(1 for day in without if day <= data_date),
            status=status_of(quarter.last_day, met, data_date, waived=False),
            breakdowns={},
        )


def _reviewed(forms: FormsOfPerson, first: date, last: date) -> date | None:
    days = [row["review_date"] for row in forms.get("protocol_review", [])]
    return min((day for day in days if first <= day <= last), default=None)


def _review(
    authority: Authority, forms: FormsOfPerson, span: tuple[date, date], data_date: date, reference: Reference
) -> Iterator[ObligationRow]:
    """A review due on the last day of a span and met within it; both days included."""
    name = "protocol_review"
    trigger, due = span
    met = _reviewed(forms, trigger, due)
    if promised(name, authority, reference) and falls_due(due, authority, data_date):
        yield ObligationRow(
            obligation_id=name,
            authority=authority.name,
            person=None,
            area_code=authority.gss_code,
            clause=reference.obligations[name].clause,
            trigger_date=trigger,
            due_date=due,
            met_date=met,
            waived_reason=None,
            quantity=1,
            status=status_of(due, met, data_date, waived=False),
            breakdowns={},
        )
