"""People and promises that are no homes: contact, coming of age, releases, alerts, surveys, disputes.

What belongs here: reading 73 as events of one person in one authority, and its stocks about districts. What does not:
obligations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from .circumstances import Circumstances, Event
from .current_rows import Row
from .dates import DAY, add_months, covers
from .forms import FormsOfPerson
from .people import NEVER, SnapshotRow
from .periods import Period, quarter_start
from .reference import Authority, Reference

IN_TOUCH = ("YES", "NO", "REFU", "NREQ", "RHOM")


def people_flows(someone: Circumstances) -> Iterator[Event]:
    """Every event of one person that a form tells of, and the coming of age."""
    yield from _turning_18(someone)
    yield from _releases(someone)
    yield from _second_chances(someone)
    yield from _breakdown_alerts(someone)
    yield from _home_surveys(someone)
    yield from _escalations(someone)


def people_stocks(someone: Circumstances, quarter_ends: Iterable[date]) -> Iterator[Event]:
    """Contact with one person on the last days of the quarters."""
    for day in quarter_ends:
        row, _ = someone.life.row_on(day)
        if row is not None and someone.in_scope(day):
            area = someone.area(someone.home_as_stock(day).district)
            yield someone.stock(
                "in_touch",
                day,
                area,
                in_touch=row.in_touch if row.in_touch in IN_TOUCH else "not_known",
                last_contact=_last_contact(row, day),
            )


def same_tenancy(rows: Iterable[Row], ref: str | None) -> list[Row]:
    """The rows of one tenancy; no reference is a tenancy of its own (reading 74, risk_meeting)."""
    return [row for row in rows if row["tenancy_ref"] == ref]


def district_stocks(
    authority: Authority, forms: FormsOfPerson, quarters: Iterable[Period], reference: Reference
) -> Iterator[Event]:
    """Districts with a named contact, and with their return received, at the end of each quarter (reading 73)."""
    returned = {(row["district_gss"], row["quarter"]) for row in forms.get("partner_return", [])}
    for quarter in quarters:
        day = quarter.last_day
        for district in reference.districts_of(authority.name):
            covered = has_contact(contacts_of(forms, district), day)
            answers = {
                "protocol_coverage": covered,
                "partner_returns_received": (district, quarter.label) in returned,
            }
            for measure_id, answer in answers.items():
                yield Event(measure_id, authority.name, None, district, day, day + DAY, 1, {}, answer)


def contacts_of(forms: FormsOfPerson, district: str) -> list[Row]:
    """The rows that name a district's single point of contact."""
    return [row for row in forms.get("spoc", []) if row["district_gss"] == district]


def has_contact(contacts: Iterable[Row], day: date) -> bool:
    """Whether one of a district's contacts is named on `day`."""
    return any(covers(row["from_date"], row["to_date"], day) for row in contacts)


def _last_contact(row: SnapshotRow, day: date) -> str:
    if row.latest_contact is None or row.latest_contact == NEVER or row.latest_contact > day:
        return "not_known"
    days = (day - row.latest_contact).days
    return "0_to_56" if days <= 56 else "57_to_91" if days <= 91 else "92_to_182" if days <= 182 else "183_or_more"


def _turning_18(someone: Circumstances) -> Iterator[Event]:
    """18th birthdays in the eight quarters from the day after the data date, valued on the data date."""
    if not someone.in_scope(someone.data_date, from_16=True):
        return
    birthday = someone.life.birthday(18)
    last_quarter_ends = add_months(quarter_start(someone.data_date + DAY), 24)
    if not someone.data_date < birthday < last_quarter_ends:
        return
    ready = _latest(someone.form("readiness"), "recorded_on")
    panel = _latest(someone.form("panel"), "panel_date")
    planned = [row["planned_destination"] for row in (ready, panel) if row is not None]
    destination = next((kind for kind in planned if kind is not None), "not_known")
    preferred = ready["preferred_district_gss"] if ready is not None else None
    area = someone.area(preferred) if preferred is not None else someone.home_area(someone.data_date)
    yield someone.event("turning_18", birthday, area, valued_on=someone.data_date, planned_destination=destination)


def _latest(rows: list[Row], column: str) -> Row | None:
    """The row of the latest date, of several the smallest record id; `rows` are in that order."""
    return max(rows, key=lambda row: row[column], default=None)


def _releases(someone: Circumstances) -> Iterator[Event]:
    for row in someone.form("custody"):
        day = row["released_on"]
        if day is not None and someone.in_scope(day):
            known = bool(row["address_on_release_known"])
            yield someone.event("releases_with_address", day, someone.home_area(day), in_numerator=known)


def _second_chances(someone: Circumstances) -> Iterator[Event]:
    for row in someone.form("second_chance"):
        day = row["assessed_on"]
        if not someone.in_scope(day):
            continue
        plan = "opened" if row["arrears_plan_on"] is not None else "none"
        yield someone.event(
            "second_chances",
            day,
            someone.home_area(day),
            outcome=row["canonical_outcome"] or "not_known",
            rebanded="yes" if row["rebanded_on"] is not None else "no",
            arrears_plan="cleared" if row["arrears_cleared_on"] is not None else plan,
        )


def _breakdown_alerts(someone: Circumstances) -> Iterator[Event]:
    for row in someone.form("tenancy_event"):
        day = row["event_date"]
        if row["event"] != "alert" or not someone.in_scope(day):
            continue
        of_tenancy = same_tenancy(someone.form("tenancy_event"), row["tenancy_ref"])
        resolved = any(each["event"] == "alert_resolved" and each["event_date"] >= day for each in of_tenancy)
        yield someone.event(
            "breakdown_alerts",
            day,
            someone.home_area(day),
            severity=row["severity"] or "not_known",
            raised_by=row["raised_by"] or "not_known",
            resolution="resolved" if resolved else "open",
        )


def _home_surveys(someone: Circumstances) -> Iterator[Event]:
    for row in someone.form("home_survey"):
        day = row["asked_on"]
        if not someone.in_scope(day):
            continue
        area = someone.home_area(day)
        answered = row["answered_on"] is not None
        yield someone.event("home_survey_share", day, area, in_numerator=answered)
        replies = {
            "home_survey_feels_safe": row["feels_safe"],
            "home_survey_rates_positively": row["rates_home_positively"],
        }
        for measure_id, reply in replies.items():
            if answered and reply is not None:
                yield someone.event(measure_id, day, area, in_numerator=reply)


def _escalations(someone: Circumstances) -> Iterator[Event]:
    """Disputes whose last row is about this person; `forms` hold every row of a dispute for them (reading 73)."""
    for rows in _disputes(someone.form("escalation")):
        last = _latest(rows, "recorded_on")
        raised_on = min(row["raised_on"] for row in rows)
        if last is None or not someone.in_scope(raised_on):
            continue
        resolved_on = min((row["resolved_on"] for row in rows if row["resolved_on"] is not None), default=None)
        yield someone.event(
            "escalations",
            raised_on,
            someone.area(last["district_gss"]),
            quantity=((resolved_on or someone.data_date) - raised_on).days,
            stage_reached=max((row["stage"] for row in rows if row["stage"] is not None), default="not_known"),
            resolution="open" if resolved_on is None else "resolved",
        )


def _disputes(rows: list[Row]) -> list[list[Row]]:
    """Rows of one dispute together; a row without a dispute's id is a dispute of its own."""
    disputes: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        key = ("dispute", row["dispute_id"]) if row["dispute_id"] is not None else ("row", row["record_id"])
        disputes.setdefault(key, []).append(row)
    return list(disputes.values())
