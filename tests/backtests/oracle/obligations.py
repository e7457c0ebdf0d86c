"""What was promised by a day, and whether it was kept.

What belongs here: the shape of an obligation's row, its status and waivers (reading 74, first paragraphs). What does
not: what triggers an obligation and what meets it (`planning_promises`, `register_promises`, `homelessness_promises`,
`protocol_promises`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .circumstances import Circumstances, Event
from .reference import Authority, Reference

AHEAD = timedelta(days=365)
"""How far after the data date an obligation may fall due to have a row."""
STATUSES = ("in_time", "late", "overdue", "not_yet_due", "waived")
_KEPT = {"in_time": True, "late": False, "overdue": False}
_WHATEVER_THE_SCOPE = {"register_application"}
_REFUSING_NEVER_WAIVES = ("bnb_", "duty_to_refer")


@dataclass(frozen=True)
class Promise:
    """A trigger, the day by which something is due, and when it was done, whoever may be in scope."""

    obligation_id: str
    trigger: date
    due: date
    met: date | None
    area: str | None = None
    """`None` is the home's (reading 40)."""
    lacks_consent: bool = False


@dataclass(frozen=True)
class ObligationRow:
    """A row of `obligation_status`, with the true person for the person key."""

    obligation_id: str
    authority: str
    person: str | None
    area_code: str
    clause: str
    trigger_date: date
    due_date: date
    met_date: date | None
    waived_reason: str | None
    quantity: int
    status: str
    breakdowns: dict[str, str]

    @property
    def event(self) -> Event:
        """The same as an event of the measure of that id (reading 74)."""
        return Event(
            measure_id=self.obligation_id,
            authority=self.authority,
            person=self.person,
            area_code=self.area_code,
            start_date=self.due_date,
            end_date=None,
            quantity=self.quantity,
            breakdowns=self.breakdowns | {"obligation_status": self.status},
            in_numerator=_KEPT.get(self.status),
        )


def from_16(obligation_id: str, reference: Reference) -> bool:
    """Whether the clause cell names K3, K7 or K8 (reading 39)."""
    clauses = reference.obligations[obligation_id].clause.split(", ")
    return any(clause.split(".")[0] in {"K3", "K7", "K8"} for clause in clauses)


def promised(obligation_id: str, authority: Authority, reference: Reference) -> bool:
    """Whether the authority's protocol makes the promise."""
    return authority.letter in reference.obligations[obligation_id].letters


def falls_due(due: date, authority: Authority, data_date: date) -> bool:
    """Not before monitoring, not more than a year ahead."""
    return authority.monitoring_from <= due <= data_date + AHEAD


def rows_of(someone: Circumstances, promises: Iterable[Promise]) -> Iterator[ObligationRow]:
    """The rows that one person's promises have."""
    for promise in promises:
        if not promised(promise.obligation_id, someone.life.authority, someone.reference):
            continue
        young = from_16(promise.obligation_id, someone.reference)
        counts = promise.obligation_id in _WHATEVER_THE_SCOPE or someone.in_scope(promise.trigger, from_16=young)
        if counts and falls_due(promise.due, someone.life.authority, someone.data_date):
            yield _row(someone, promise)


def status_of(due: date, met: date | None, data_date: date, *, waived: bool) -> str:
    """In time, not yet due, waived, late or overdue, in that order."""
    if met is not None and met <= due:
        return "in_time"
    if due >= data_date:
        return "not_yet_due"
    if waived:
        return "waived"
    return "overdue" if met is None else "late"


def _row(someone: Circumstances, promise: Promise) -> ObligationRow:
    reason = _reason_to_waive(someone, promise)
    status = status_of(promise.due, promise.met, someone.data_date, waived=reason is not None)
    seen_on = min(promise.due, someone.data_date)
    area = promise.area if promise.area is not None else someone.home_area(promise.due)
    eligibility = someone.life.status_on(seen_on) or "not_known"
    return ObligationRow(
        obligation_id=promise.obligation_id,
        authority=someone.authority,
        person=someone.life.person,
        area_code=area,
        clause=someone.reference.obligations[promise.obligation_id].clause,
        trigger_date=promise.trigger,
        due_date=promise.due,
        met_date=promise.met,
        waived_reason=reason if status == "waived" else None,
        quantity=1,
        status=status,
        breakdowns=someone.life.breakdowns(eligibility, someone.life.age_on(promise.due), area),
    )


def _reason_to_waive(someone: Circumstances, promise: Promise) -> str | None:
    """The first reason that holds on the due date; asked of past due dates only."""
    if promise.due >= someone.data_date or (promise.met is not None and promise.met <= promise.due):
        return None
    name = promise.obligation_id
    if someone.life.dead_by(promise.due):
        return "died"
    asks_scope = name not in _WHATEVER_THE_SCOPE
    if asks_scope and not someone.in_scope(promise.due, from_16=from_16(name, someone.reference)):
        return "out_of_scope"
    if someone.home(promise.due).kind == "abroad":
        return "abroad"
    row, _ = someone.life.row_on(promise.due)
    refuses = row is not None and row.in_touch in {"REFU", "NREQ"}
    if refuses and not name.startswith(_REFUSING_NEVER_WAIVES):
        return "refuses_contact"
    return "no_consent" if promise.lacks_consent else None
