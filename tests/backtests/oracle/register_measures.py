"""What happens on the housing registers.

What belongs here: readings 69 to 71 as events of one person in one authority, and reading 72, which is about records of
nobody known. What does not: what a register's rows say (`registers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from .circumstances import Circumstances, Event
from .dates import DAY
from .housing import CaseFacts
from .reference import Reference
from .registers import Application

_WINDOW = 28 * DAY


def register_flows(someone: Circumstances) -> Iterator[Event]:
    """Every event on the registers of one person."""
    yield from _bids_and_offers(someone)
    yield from _registrations(someone)
    yield from _agency_assessments(someone)
    yield from _both_areas(someone)


def register_stocks(someone: Circumstances, quarter_ends: Iterable[date]) -> Iterator[Event]:
    """Applications on the register on the last days of the quarters (reading 69)."""
    for day in quarter_ends:
        if not someone.in_scope(day):
            continue
        for application in someone.applications:
            if application.on_register(day):
                yield from _on_register(someone, application, day)


def _on_register(someone: Circumstances, application: Application, day: date) -> Iterator[Event]:
    version = application.version_on(day)
    scheme, council = application.scheme, application.council
    area = someone.area(council)
    rank = someone.reference.rank_of(scheme, council, version.band, day)
    yield someone.stock(
        "on_register",
        day,
        area,
        scheme=scheme,
        band=version.band or "not_known",
        rank="not_known" if rank is None else str(rank),
        at_care_leaver_band=_at_care_leaver_band(application, rank, day, someone.reference),
        bedroom_need=_bedrooms(version.bedroom_need),
    )
    yield someone.stock("flagged_on_register", day, area, in_numerator=version.care_leaver_flag, scheme=scheme)
    yield someone.stock("adviser_named_on_register", day, area, in_numerator=version.adviser_named, scheme=scheme)


def _at_care_leaver_band(application: Application, rank: int | None, day: date, reference: Reference) -> str:
    """Whether the band is at least as good as the register's band for care leavers (reading 69)."""
    band = reference.care_leaver_band(application.scheme, application.council, day)
    if band == "not_published":
        return "not_published"
    if band == "none":
        return "no_priority"
    promised = reference.rank_of(application.scheme, application.council, band, day)
    if promised is None or rank is None:
        return "not_known"
    return "yes" if rank <= promised else "no"


def _bedrooms(need: int | None) -> str:
    return "not_known" if need is None else str(need) if need < 4 else "4_or_more"


def _bids_and_offers(someone: Circumstances) -> Iterator[Event]:
    """Bids, direct offers taken up and refused offers (reading 70)."""
    for bid in someone.registrations.bids:
        if someone.in_scope(bid.bid_on):
            yield someone.event("bidding_people", bid.bid_on, someone.area(bid.council), scheme=bid.scheme)
    for letting in someone.housing.lettings:
        if letting.route == "direct" and someone.in_scope(letting.start):
            area = someone.area(letting.offered_in)
            yield someone.event("direct_offers", letting.start, area, scheme=letting.scheme)
    for offer in someone.registrations.offers:
        day = offer.responded_on or offer.offered_on
        if offer.response == "refused" and someone.in_scope(day):
            reasonable = {True: "yes", False: "no", None: "not_known"}[offer.refusal_reasonable]
            area = someone.area(offer.council)
            yield someone.event("offers_refused", day, area, scheme=offer.scheme, reasonable=reasonable)


def _registrations(someone: Circumstances) -> Iterator[Event]:
    """Backdated registrations, and those refused for want of a local connection (readings 70 and 71)."""
    for application in someone.applications:
        area = someone.area(application.council)
        day, effective_on = application.registered_on, application.effective_on
        if effective_on is not None and effective_on < day and someone.in_scope(day):
            yield someone.event("backdated_registrations", day, area, scheme=application.scheme)
        refused_on = application.local_connection_refused_on
        if refused_on is not None and someone.in_scope(refused_on):
            yield _other_area(someone, refused_on, area, "refused")


def _agency_assessments(someone: Circumstances) -> Iterator[Event]:
    """Kent Agency Assessments of the form and of the register, one within 28 days of another once (reading 70)."""
    told = [
        (row["contact_date"], 0, row["id"], row["district_gss"])
        for row in someone.form("housing_contact")
        if row["contact_type"] == "kent_agency_assessment"
    ]
    told += [
        (application.kent_agency_assessment_on, 1, application.record_id, application.council)
        for application in someone.applications
        if application.kent_agency_assessment_on is not None
    ]
    last: date | None = None
    for day, _, _, district in sorted(told, key=lambda each: each[:3]):
        if last is not None and day <= last + _WINDOW:
            continue
        last = day
        if someone.in_scope(day):
            yield someone.event("agency_assessments", day, someone.area(district))


def _both_areas(someone: Circumstances) -> Iterator[Event]:
    """Registered in the host and in the origin area (reading 71)."""
    pairs = {(row["origin_gss"], row["host_gss"]) for row in someone.form("local_connection")}
    for origin, host in sorted(pair for pair in pairs if None not in pair and pair[0] != pair[1]):
        first = earliest_registrations(someone.applications)
        if origin in first and host in first:
            day = max(first[origin], first[host])
            if someone.in_scope(day):
                yield _other_area(someone, day, someone.area(host), "both_areas")


def earliest_registrations(applications: Iterable[Application]) -> dict[str, date]:
    """Council → the earliest registration there."""
    first: dict[str, date] = {}
    for application in applications:
        if application.council is not None:
            first[application.council] = min(first.get(application.council, date.max), application.registered_on)
    return first


def _other_area(someone: Circumstances, day: date, area: str, registration: str) -> Event:
    lifted = day >= someone.reference.local_connection_lifted
    return someone.event(
        "other_area_registrations",
        day,
        area,
        registration=registration,
        since_tests_lifted="yes" if lifted else "no",
    )


def other_authority_care_leavers(
    applications: Iterable[tuple[str | None, Application]],
    cases: Iterable[tuple[str | None, CaseFacts]],
    needs: Mapping[tuple[str, str], set[str]],
    known_in: Mapping[str, set[str]],
    reference: Reference,
) -> Iterator[Event]:
    """Flagged housing records whose person is nobody of the county, or not said to be (reading 72).

    Args:
        applications: every application with its true person, if any.
        cases: every case likewise.
        needs: (district, case_ref) → support needs.
        known_in: true person → authorities whose case systems know them.
        reference: the seeds.
    """
    for person, application in applications:
        if application.care_leaver_flag or application.care_leaver_of is not None:
            told = _Told("lettings", application.registered_on, application.council, application.care_leaver_of)
            authority = reference.authority_of_scheme[application.scheme]
            yield from _of_other_authority(authority, told, known_in.get(person or "", set()), reference)
    for person, facts in cases:
        flagged = needs.get((facts.district, facts.case_ref), set()) & reference.care_leaver_needs
        if facts.care_leaver_of is not None or flagged:
            told = _Told("homelessness", facts.application_on, facts.district, facts.care_leaver_of)
            authority = reference.districts[facts.district]
            yield from _of_other_authority(authority, told, known_in.get(person or "", set()), reference)


class _Told(NamedTuple):
    """What a flagged record says."""

    register: str
    on: date
    district: str | None
    care_leaver_of: str | None


def _of_other_authority(authority: str, told: _Told, known_in: set[str], reference: Reference) -> Iterator[Event]:
    """The record's row, unless the county's case system knows the person and no other county is named."""
    county = reference.authorities[authority].gss_code
    other_named = told.care_leaver_of is not None and told.care_leaver_of != county
    if authority in known_in and not other_named:
        return
    stated = other_named or (bool(known_in) and authority not in known_in)
    yield Event(
        "other_authority_care_leavers",
        authority,
        None,
        reference.area(authority, told.district),
        told.on,
        None,
        1,
        {"whose": "stated" if stated else "not_known", "register": told.register},
    )
