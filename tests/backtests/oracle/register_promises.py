"""Promises about registering for a home, and about consent and papers.

What belongs here: of reading 74 consent_recorded, landlord_consent, identity_documents, register_application,
both_registers, host_authority_approached, plan_shared, register_renewed and top_band.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .circumstances import Circumstances
from .current_rows import Row
from .dates import DAY, add_months
from .obligations import Promise
from .planning_promises import PeriodOfCare, care_at_16
from .reference import OUTSIDE_COUNTY
from .register_measures import earliest_registrations
from .registers import Application

TOP_BAND_DAYS = 28 * DAY
_DOCUMENTS = ("photo_or_birth_seen_on", "ni_number_known_on", "income_proof_seen_on")


def register_promises(someone: Circumstances) -> Iterator[Promise]:
    """Every promise of these of one person."""
    yield from _consents(someone)
    yield from _identity_documents(someone)
    yield from _registration_at_16(someone)
    yield from _placed_elsewhere_at_16(someone)
    yield from _plans_shared(someone)
    for application in someone.applications:
        yield from _renewals(someone, application)
        yield from _top_band(someone, application)


def _consents(someone: Circumstances) -> Iterator[Promise]:
    told = [(application.council, application.registered_on) for application in someone.applications]
    told += [(case.district, case.application_on) for case in someone.housing.cases]
    told += [(row["district_gss"], row["referred_on"]) for row in someone.form("duty_to_refer")]
    first: dict[str, date] = {}
    for code, day in told:
        if code is not None and day is not None:
            first[code] = min(first.get(code, date.max), day)
    for code, day in sorted(first.items()):
        given = _given(_naming(someone, code), day)
        yield Promise("consent_recorded", day, day, min(given, default=None), someone.area(code))
    landlords = [row for row in someone.form("consent") if row["scope"] == "landlord"]
    for offer in someone.registrations.offers:
        day = offer.sign_up_on
        if day is not None:
            met = min(_given(landlords, day), default=None)
            yield Promise("landlord_consent", day, day, met, someone.area(offer.council))


def _naming(someone: Circumstances, code: str | None) -> list[Row]:
    """Consents that name a council, those to a landlord not among them."""
    return [
        row
        for row in someone.form("consent")
        if code is not None and row["authority_gss_or_agency"] == code and row["scope"] != "landlord"
    ]


def _given(consents: list[Row], day: date) -> list[date]:
    """When the consents not withdrawn by `day` were given."""
    return [
        row["consent_given_on"]
        for row in consents
        if row["consent_withdrawn_on"] is None or row["consent_withdrawn_on"] > day
    ]


def _identity_documents(someone: Circumstances) -> Iterator[Promise]:
    if not someone.applications:
        return
    first = someone.applications[0]
    seen = [
        min((row[column] for row in someone.form("identity_documents") if row[column] is not None), default=None)
        for column in _DOCUMENTS
    ]
    known = [day for day in seen if day is not None]
    met = max(known) if len(known) == len(_DOCUMENTS) else None
    yield Promise("identity_documents", first.registered_on, first.registered_on, met, someone.area(first.council))


def _registration_at_16(someone: Circumstances) -> Iterator[Promise]:
    for period, trigger in care_at_16(someone):
        district = _own_district(someone, _district_before_care(someone, period)) or _district_of_placement(
            someone, trigger
        )
        registered = [
            application.registered_on
            for application in someone.applications
            if district is not None
            and application.council == district
            and (application.closed_on is None or application.closed_on > trigger)
        ]
        due, met = add_months(trigger, 3), min(registered, default=None)
        yield Promise("register_application", trigger, due, met, someone.area(district))


def _district_before_care(someone: Circumstances, period: PeriodOfCare) -> str | None:
    """District of the last address begun before a period of care."""
    before = [row for row in someone.spells.addresses if row["addr_address_start_date"] < period.start]
    before.sort(key=lambda row: str(row["addr_table_id"]))
    last = max(before, key=lambda row: row["addr_address_start_date"], default=None)
    return someone.reference.district_of_postcode(last["addr_address_postcode"]) if last is not None else None


def _district_of_placement(someone: Circumstances, day: date) -> str | None:
    placement = someone.care_placement_on(day)
    return someone.reference.district_of_postcode(placement.postcode) if placement is not None else None


def _own_district(someone: Circumstances, district: str | None) -> str | None:
    """The district, if it is one of the authority's own."""
    own = district is not None and someone.reference.districts.get(district) == someone.authority
    return district if own else None


def _placed_elsewhere_at_16(someone: Circumstances) -> Iterator[Promise]:
    """Placed on the 16th birthday in another own district, or outside the county."""
    if someone.life.date_of_birth is None:
        return
    sixteen = someone.life.birthday(16)
    due = add_months(sixteen, 3)
    placed_in = _district_of_placement(someone, sixteen)
    if someone.area(placed_in) == OUTSIDE_COUNTY:
        contacts = someone.form("housing_contact")
        asked = [row["contact_date"] for row in contacts if row["contact_type"] == "host_enquiry"]
        yield Promise("host_authority_approached", sixteen, due, min(asked, default=None), OUTSIDE_COUNTY)
    host = _own_district(someone, placed_in)
    for period, _ in care_at_16(someone):
        origin = _own_district(someone, _district_before_care(someone, period))
        if not period.covers(sixteen) or host is None or origin is None or host == origin:
            continue
        first = earliest_registrations(someone.applications)
        met = max(first[host], first[origin]) if host in first and origin in first else None
        yield Promise("both_registers", sixteen, due, met, someone.area(host))


def _plans_shared(someone: Circumstances) -> Iterator[Promise]:
    """Kent: on the first registration, once; Lancashire: on each registration and each six months of it."""
    if someone.life.authority.letter == "K":
        for application in someone.applications[:1]:
            yield _plan_shared(someone, application, application.registered_on, None)
        return
    for application in someone.applications:
        before: date | None = None
        trigger = application.registered_on
        months = 0
        while not months or (application.registered(trigger) and trigger <= someone.data_date):
            yield _plan_shared(someone, application, trigger, before)
            before, months = trigger, months + 6
            trigger = add_months(application.registered_on, months)


def _plan_shared(someone: Circumstances, application: Application, trigger: date, before: date | None) -> Promise:
    """Met by the first sharing with the council, or, after the first trigger, by the first after the one before."""
    shared = [
        row["housing_section_shared_on"]
        for row in someone.form("pathway_plan")
        if row["housing_section_shared_on"] is not None and row["shared_with_gss"] in {None, application.council}
    ]
    met = min((day for day in shared if before is None or day > before), default=None)
    consented = any(day <= trigger for day in _given(_naming(someone, application.council), trigger))
    area = someone.area(application.council)
    return Promise("plan_shared", trigger, trigger, met, area, lacks_consent=not consented)


def _renewals(someone: Circumstances, application: Application) -> Iterator[Promise]:
    renewed = {version.renewed_on for version in application.versions if version.renewed_on is not None}
    chain = sorted({application.registered_on} | renewed)
    for day, following in zip(chain, [*chain[1:], None], strict=False):
        due = add_months(day, 12)
        if following is not None or application.registered(min(due, someone.data_date)):
            yield Promise("register_renewed", day, due, following, someone.area(application.council))


def _top_band(someone: Circumstances, application: Application) -> Iterator[Promise]:
    trigger = application.priority_requested_on or application.registered_on
    promised = _promised_rank(someone, application, trigger)
    if promised is None:
        return
    met = [application.better_alternative_on] if application.better_alternative_on is not None else []
    for version in application.versions:
        if version.band_on is None:
            continue
        rank = someone.reference.rank_of(application.scheme, application.council, version.band, version.band_on)
        if rank is not None and rank <= promised:
            met.append(version.band_on)
    yield Promise(
        "top_band", trigger, trigger + TOP_BAND_DAYS, min(met, default=None), someone.area(application.council)
    )


def _promised_rank(someone: Circumstances, application: Application, day: date) -> int | None:
    """Rank of the band for care leavers; `None` where the register publishes none (ambiguity O12)."""
    band = someone.reference.care_leaver_band(application.scheme, application.council, day)
    if band == "none":
        return 1
    return someone.reference.rank_of(application.scheme, application.council, band, day) if band is not None else None
