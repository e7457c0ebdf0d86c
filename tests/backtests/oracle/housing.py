"""Housing records: lettings, homelessness cases, the ends of their duties, and temporary accommodation.

What belongs here: which rows of the registers and of the homelessness files count and whose they are (readings 3, 17,
18 and the records of 23). What does not: how they join into moves, presentations or stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from .current_rows import Emitted, Row
from .dates import DAY, known_by
from .record_ids import record_id
from .reference import Reference

OutsideLinks = dict[tuple[str, str, str], str]
"""(family, sender, application_ref or case_ref) → true person."""


@dataclass(frozen=True)
class Letting:
    """An accepted offer with a tenancy (reading 17)."""

    start: date
    kind: str
    district: str | None
    route: str
    scheme: str
    tenancy_ref: str | None
    offered_in: str | None
    """The offer's council, else the application's (reading 40)."""
    record_id: str


@dataclass(frozen=True)
class DutyEnd:
    """A homelessness duty that ended in a home (reading 18)."""

    start: date
    kind: str
    district: str
    record_id: str


@dataclass(frozen=True)
class Case:
    """A homelessness application and when it stood open (reading 26)."""

    application_on: date
    close: date | None
    case_ref: str
    district: str
    category: str
    reopened_from: str | None
    record_id: str

    def covers(self, day: date) -> bool:
        """Whether the case is open on `day`; always on its own application day (reading 26)."""
        return day == self.application_on or (self.application_on <= day and (self.close is None or day < self.close))


class Duty(NamedTuple):
    """A begun or ended duty of a case (reading 66)."""

    duty: str
    on: date
    reason: str | None = None
    into_private_sector: bool = False


@dataclass(frozen=True)
class CaseFacts:
    """What else a case says, with the dates that its file can know (readings 37 and 64 to 68)."""

    district: str
    case_ref: str
    application_on: date
    reason_for_loss: str | None
    household_type: str | None
    care_leaver_of: str | None
    prevention_start: date | None
    relief_start: date | None
    personal_housing_plan_on: date | None
    decision: str | None
    decided_on: date | None
    duties_owed: tuple[Duty, ...]
    duties_ended: tuple[Duty, ...]
    record_id: str


@dataclass(frozen=True)
class TemporaryPlacement:
    """A homelessness placement that lasted at least a night by its own dates."""

    accommodation_type: str | None
    entry: date
    exit: date | None
    district: str
    placed_in: str | None
    case_ref: str
    data_date: date
    record_id: str


@dataclass
class HousingRecords:
    """What the housing side holds of one person; it serves every authority that knows the person (reading 19)."""

    lettings: list[Letting] = field(default_factory=list)
    duty_ends: list[DutyEnd] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    case_facts: dict[str, CaseFacts] = field(default_factory=dict)
    """Record id of a case → what else it says."""
    placements: list[TemporaryPlacement] = field(default_factory=list)


def read_housing(emitted: Emitted, reference: Reference, links: OutsideLinks) -> dict[str, HousingRecords]:
    """Housing records by true person; unlinked records are left out (page §1, "Unlinked")."""
    housing: dict[str, HousingRecords] = {}
    for person, letting in _read_lettings(emitted, links):
        housing.setdefault(person, HousingRecords()).lettings.append(letting)
    cases = [(person, row) for person, row in read_cases(emitted, links) if person is not None]
    for person, row in cases:
        records = housing.setdefault(person, HousingRecords())
        case = _case(row, reference)
        records.cases.append(case)
        records.case_facts[case.record_id] = case_facts(row, reference)
        records.duty_ends += _duty_ends(row, reference)
    person_of_case = {(row["sender"], row["case_ref"]): person for person, row in cases}
    for row in _read_placements(emitted):
        placed = person_of_case.get((row["sender"], row["case_ref"]))
        if placed is not None:
            housing[placed].placements.append(_placement(row))
    for records in housing.values():
        records.lettings.sort(key=lambda letting: (letting.start, letting.record_id))
        records.duty_ends = once_in_28_days(records.duty_ends, reference)
        records.cases.sort(key=lambda case: (case.application_on, case.record_id))
    return housing


def once_in_28_days(duty_ends: Iterable[DutyEnd], reference: Reference) -> list[DutyEnd]:
    """In each family, a duty end within 28 days after the last one kept is the same one (reading 18)."""
    kept: list[DutyEnd] = []
    last_of_family: dict[str, date] = {}
    for duty_end in sorted(duty_ends, key=lambda end: (end.start, end.record_id)):
        family = reference.family_of_kind[duty_end.kind]
        last = last_of_family.get(family)
        if last is not None and duty_end.start <= last + 28 * DAY:
            continue
        last_of_family[family] = duty_end.start
        kept.append(duty_end)
    return kept


def _read_lettings(emitted: Emitted, links: OutsideLinks) -> list[tuple[str, Letting]]:
    applications = emitted.table("lettings", "applications", ("application_ref", "local_authority_gss"))
    known = {
        (row["sender"], row["application_ref"]): row["local_authority_gss"]
        for row in applications.latest_versions("application_ref")
    }
    columns = (
        "offer_ref",
        "application_ref",
        "property_ref",
        "route",
        "response",
        "tenancy_start",
        "tenancy_ref",
        "needs_type",
        "local_authority_gss",
    )
    offers = emitted.table("lettings", "offers", columns).latest_versions("offer_ref")
    lettings = []
    for row in _once_per_tenancy(offers):
        application = (row["sender"], row["application_ref"])
        person = links.get(("lettings", *application))
        if person is not None and application in known:
            lettings.append((person, _letting(row, known[application])))
    return lettings


def _once_per_tenancy(offers: Iterable[Row]) -> list[Row]:
    """Accepted offers with a tenancy that has begun, the earliest of each tenancy (readings 3 and 17)."""
    first: dict[tuple[str | None, ...], Row] = {}
    for row in sorted(offers, key=lambda offer: (offer["tenancy_start"] or date.max, offer["offer_ref"])):
        start = row["tenancy_start"]
        if row["response"] != "accepted" or start is None or start > row["data_date"]:
            continue
        first.setdefault(_tenancy(row), row)
    return list(first.values())


def _tenancy(row: Row) -> tuple[str | None, ...]:
    if row["tenancy_ref"] is not None:
        return (row["sender"], row["tenancy_ref"])
    return (row["sender"], row["application_ref"], row["property_ref"])


def _letting(row: Row, council_of_application: str | None) -> Letting:
    general_needs = (row["needs_type"] or "general_needs") == "general_needs"
    return Letting(
        start=row["tenancy_start"],
        kind="social_general_needs" if general_needs else "supported",
        district=row["local_authority_gss"],
        route=row["route"] or "not_known",
        scheme=row["sender"],
        tenancy_ref=row["tenancy_ref"],
        offered_in=row["local_authority_gss"] or council_of_application,
        record_id=record_id("letting", *_tenancy(row)),
    )


def read_cases(emitted: Emitted, links: OutsideLinks) -> list[tuple[str | None, Row]]:
    """The current cases begun by their data date, each with its true person, if any county knows one."""
    columns = (
        "case_ref",
        "application_on",
        "assessed_on",
        "initial_assessment",
        "prevention_start",
        "prevention_end",
        "prevention_end_reason",
        "prevention_accommodation",
        "relief_start",
        "relief_end",
        "relief_end_reason",
        "relief_accommodation",
        "main_duty_decision",
        "main_duty_decided_on",
        "main_duty_end",
        "main_duty_end_reason",
        "reopened_from",
        "reason_for_loss",
        "household_type",
        "care_leaver_of_gss",
        "personal_housing_plan_on",
    )
    rows = emitted.table("homelessness", "cases", columns).rows_of_latest_loads()
    linked = ((links.get(("homelessness", row["sender"], row["case_ref"])), row) for row in rows)
    return [(person, row) for person, row in linked if row["application_on"] <= row["data_date"]]


def _case(row: Row, reference: Reference) -> Case:
    assessment = row["initial_assessment"]
    return Case(
        application_on=row["application_on"],
        close=_close(row, reference),
        case_ref=row["case_ref"],
        district=row["sender"],
        category="not_assessed" if assessment is None else reference.category_of_assessment[assessment],
        reopened_from=row["reopened_from"],
        record_id=record_id("case", row["sender"], row["case_ref"]),
    )


def case_facts(row: Row, reference: Reference) -> CaseFacts:
    """What a case says beyond its presentation; dates after its file's data date are not known (reading 37)."""

    def known(column: str) -> date | None:
        return known_by(row[column], row["data_date"])

    decided_on = known("main_duty_decided_on")
    accepted_on = decided_on if row["main_duty_decision"] == "accepted" else None
    begun = (("prevention", known("prevention_start")), ("relief", known("relief_start")), ("main", accepted_on))
    private = {
        "prevention": row["prevention_end_reason"] == "secured_alternative"
        and _secured(row["prevention_accommodation"], reference) == "private_rented",
        "relief": row["relief_end_reason"] == "secured"
        and _secured(row["relief_accommodation"], reference) == "private_rented",
        "main": row["main_duty_end_reason"] == "private_rented_accepted",
    }
    ended = (
        ("prevention", known("prevention_end"), row["prevention_end_reason"]),
        ("relief", known("relief_end"), row["relief_end_reason"]),
        ("main", known("main_duty_end"), row["main_duty_end_reason"]),
    )
    return CaseFacts(
        district=row["sender"],
        case_ref=row["case_ref"],
        application_on=row["application_on"],
        reason_for_loss=row["reason_for_loss"],
        household_type=row["household_type"],
        care_leaver_of=row["care_leaver_of_gss"],
        prevention_start=known("prevention_start"),
        relief_start=known("relief_start"),
        personal_housing_plan_on=known("personal_housing_plan_on"),
        decision=row["main_duty_decision"],
        decided_on=decided_on,
        duties_owed=tuple(Duty(duty, on) for duty, on in begun if on is not None),
        duties_ended=tuple(Duty(duty, on, reason, private[duty]) for duty, on, reason in ended if on is not None),
        record_id=record_id("case", row["sender"], row["case_ref"]),
    )


def _close(row: Row, reference: Reference) -> date | None:
    """When the case closed; `None` while it is open (reading 26)."""
    assessment, decision = row["initial_assessment"], row["main_duty_decision"]
    begun_and_not_ended = (
        (row["prevention_start"] is not None and row["prevention_end"] is None)
        or (row["relief_start"] is not None and row["relief_end"] is None)
        or (decision == "accepted" and row["main_duty_end"] is None)
    )
    if begun_and_not_ended or assessment is None:
        return None
    ends = [row["prevention_end"], row["relief_end"], row["main_duty_end"]]
    if decision is not None and decision != "accepted":
        ends.append(row["main_duty_decided_on"])
    if reference.category_of_assessment[assessment] == "no_duty":
        ends.append(row["assessed_on"])
    return max((end for end in ends if end is not None), default=None)


def _duty_ends(row: Row, reference: Reference) -> list[DutyEnd]:
    """The duties of a case that ended in another home, none after the file's data date (readings 3 and 18)."""
    homes = []
    if row["prevention_end_reason"] == "secured_alternative":
        homes.append(("prevention", row["prevention_end"], _secured(row["prevention_accommodation"], reference)))
    if row["relief_end_reason"] == "secured":
        homes.append(("relief", row["relief_end"], _secured(row["relief_accommodation"], reference)))
    if row["main_duty_end_reason"] == "part_6_accepted":
        homes.append(("main", row["main_duty_end"], "social_general_needs"))
    if row["main_duty_end_reason"] == "private_rented_accepted":
        homes.append(("main", row["main_duty_end"], "private_rented"))
    return [
        DutyEnd(ended, kind, row["sender"], record_id("duty_end", row["sender"], row["case_ref"], duty))
        for duty, ended, kind in homes
        if ended is not None and ended <= row["data_date"]
    ]


def _secured(accommodation: str | None, reference: Reference) -> str:
    return "not_known" if accommodation is None else reference.kind_of_secured[accommodation]


def _read_placements(emitted: Emitted) -> list[Row]:
    columns = ("case_ref", "placement_ref", "accommodation_type", "entry_on", "exit_on", "placed_in_gss")
    rows = emitted.table("homelessness", "placements", columns).rows_of_latest_loads()
    return [row for row in rows if row["entry_on"] <= row["data_date"] and row["entry_on"] != row["exit_on"]]


def _placement(row: Row) -> TemporaryPlacement:
    return TemporaryPlacement(
        accommodation_type=row["accommodation_type"],
        entry=row["entry_on"],
        exit=row["exit_on"],
        district=row["sender"],
        placed_in=row["placed_in_gss"],
        case_ref=row["case_ref"],
        data_date=row["data_date"],
        record_id=record_id("placement", row["sender"], row["case_ref"], row["placement_ref"]),
    )
