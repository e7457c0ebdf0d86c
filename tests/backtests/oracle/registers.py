"""The housing registers: applications and their versions, bids, offers, and how tenancies ended.

What belongs here: readings 37, 41 and 42 for what the schemes send. What does not: lettings as moves (`housing`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from .current_rows import Emitted, Row
from .dates import known_by
from .housing import OutsideLinks
from .record_ids import record_id

FAMILY = "lettings"
_CLOSED = {"housed", "removed", "rejected"}
_OPEN = {"live", "under_offer", "suspended"}

_DATES = (
    "band_on",
    "priority_requested_on",
    "better_alternative_on",
    "status_on",
    "renewed_on",
    "local_connection_refused_on",
    "kent_agency_assessment_on",
)
_COLUMNS = (
    "application_ref",
    "local_authority_gss",
    "registered_on",
    "effective_on",
    "band",
    "status",
    "care_leaver_flag",
    "care_leaver_of_gss",
    "personal_adviser",
    "bedroom_need",
    *_DATES,
)


class Version(NamedTuple):
    """What one file of a register says of an application."""

    data_date: date
    band: str | None
    band_on: date | None
    renewed_on: date | None
    care_leaver_flag: bool
    adviser_named: bool
    bedroom_need: int | None


@dataclass(frozen=True)
class Application:
    """An application as its latest version has it, with its earlier ones."""

    scheme: str
    ref: str
    council: str | None
    registered_on: date
    effective_on: date | None
    status: str | None
    status_on: date | None
    data_date: date
    vanished_on: date | None
    priority_requested_on: date | None
    better_alternative_on: date | None
    local_connection_refused_on: date | None
    kent_agency_assessment_on: date | None
    care_leaver_flag: bool
    care_leaver_of: str | None
    versions: tuple[Version, ...]
    record_id: str

    @property
    def order(self) -> tuple[date, str, str]:
        """How "the earliest application" is told: registered_on, then scheme, then reference (reading 51)."""
        return (self.registered_on, self.scheme, self.ref)

    @property
    def closed_on(self) -> date | None:
        """Housed, removed, rejected or gone from the register; `None` is never (reading 41)."""
        if self.status in _CLOSED:
            return self.status_on or self.data_date
        return self.vanished_on

    def registered(self, day: date) -> bool:
        """Whether it stands registered on `day` (reading 41)."""
        return self.registered_on <= day and (self.closed_on is None or self.closed_on > day)

    def on_register(self, day: date) -> bool:
        """Whether it is one of those on the register on `day` (reading 69)."""
        if self.registered_on > day or (self.vanished_on is not None and self.vanished_on <= day):
            return False
        return self.status in _OPEN or (self.status_on is not None and self.status_on > day)

    def version_on(self, day: date) -> Version:
        """The version of the last file up to `day`, else of the first after it (reading 42)."""
        by_then = [version for version in self.versions if version.data_date <= day]
        return by_then[-1] if by_then else self.versions[0]


@dataclass(frozen=True)
class Offer:
    """An offer of a home, whatever the answer."""

    scheme: str
    council: str | None
    """The offer's, else the application's (reading 40)."""
    offered_on: date
    route: str | None
    response: str | None
    responded_on: date | None
    refusal_reasonable: bool | None
    sign_up_on: date | None
    record_id: str


class Bid(NamedTuple):
    """A bid of an application."""

    scheme: str
    council: str | None
    bid_on: date


class TenancyEnd(NamedTuple):
    """What a scheme says of a tenancy's end."""

    ended_on: date
    reason: str | None


@dataclass
class Registrations:
    """What the registers hold of one person."""

    applications: list[Application] = field(default_factory=list)
    """In order of registration."""
    offers: list[Offer] = field(default_factory=list)
    bids: list[Bid] = field(default_factory=list)


class Registers(NamedTuple):
    """What the registers hold."""

    of_person: dict[str, Registrations]
    applications: list[tuple[str | None, Application]]
    """Every application with its true person, if any county knows one."""
    council_of_application: dict[tuple[str, str], str | None]
    """(scheme, application_ref) → council, of every current application."""
    tenancy_ends: dict[tuple[str, str], TenancyEnd]
    """(scheme, tenancy_ref) → its end."""


def read_registers(emitted: Emitted, links: OutsideLinks) -> Registers:
    """Applications, bids, offers and ends of tenancies, by true person; unlinked ones are of nobody."""
    table = emitted.table(FAMILY, "applications", _COLUMNS)
    versions = table.versions("application_ref")
    current = table.latest_versions("application_ref")
    councils = {(row["sender"], row["application_ref"]): row["local_authority_gss"] for row in current}
    of_person: dict[str, Registrations] = {}
    applications = []
    for row in current:
        if row["registered_on"] > row["data_date"]:
            continue
        key = (row["sender"], row["application_ref"])
        application = _application(row, versions.get(key, [row]))
        person = links.get((FAMILY, *key))
        applications.append((person, application))
        if person is not None:
            of_person.setdefault(person, Registrations()).applications.append(application)
    for person, offer in _read_offers(emitted, links, councils):
        of_person.setdefault(person, Registrations()).offers.append(offer)
    for person, bid in _read_bids(emitted, links, councils):
        of_person.setdefault(person, Registrations()).bids.append(bid)
    for registrations in of_person.values():
        registrations.applications.sort(key=lambda application: application.order)
    return Registers(of_person, applications, councils, _read_tenancy_ends(emitted))


def _application(row: Row, versions: list[Row]) -> Application:
    known = {column: known_by(row[column], row["data_date"]) for column in _DATES}
    return Application(
        scheme=row["sender"],
        ref=row["application_ref"],
        council=row["local_authority_gss"],
        registered_on=row["registered_on"],
        effective_on=row["effective_on"],
        status=row["status"],
        status_on=known["status_on"],
        data_date=row["data_date"],
        vanished_on=row["vanished_on"],
        priority_requested_on=known["priority_requested_on"],
        better_alternative_on=known["better_alternative_on"],
        local_connection_refused_on=known["local_connection_refused_on"],
        kent_agency_assessment_on=known["kent_agency_assessment_on"],
        care_leaver_flag=bool(row["care_leaver_flag"]),
        care_leaver_of=row["care_leaver_of_gss"],
        versions=tuple(_version(each) for each in versions if each["registered_on"] <= each["data_date"]),
        record_id=record_id("application", row["sender"], row["application_ref"]),
    )


def _version(row: Row) -> Version:
    return Version(
        data_date=row["data_date"],
        band=row["band"],
        band_on=known_by(row["band_on"], row["data_date"]),
        renewed_on=known_by(row["renewed_on"], row["data_date"]),
        care_leaver_flag=bool(row["care_leaver_flag"]),
        adviser_named=bool((row["personal_adviser"] or "").strip()),
        bedroom_need=row["bedroom_need"],
    )


def _read_offers(
    emitted: Emitted, links: OutsideLinks, councils: dict[tuple[str, str], str | None]
) -> list[tuple[str, Offer]]:
    columns = (
        "offer_ref",
        "application_ref",
        "offered_on",
        "route",
        "response",
        "responded_on",
        "refusal_reasonable",
        "sign_up_on",
        "local_authority_gss",
    )
    offers = []
    for row in emitted.table(FAMILY, "offers", columns).latest_versions("offer_ref"):
        key = (row["sender"], row["application_ref"])
        person = links.get((FAMILY, *key))
        if person is None or key not in councils or row["offered_on"] > row["data_date"]:
            continue
        offer = Offer(
            scheme=row["sender"],
            council=row["local_authority_gss"] or councils[key],
            offered_on=row["offered_on"],
            route=row["route"],
            response=row["response"],
            responded_on=known_by(row["responded_on"], row["data_date"]),
            refusal_reasonable=row["refusal_reasonable"],
            sign_up_on=known_by(row["sign_up_on"], row["data_date"]),
            record_id=record_id("offer", row["sender"], row["offer_ref"]),
        )
        offers.append((person, offer))
    return offers


def _read_bids(
    emitted: Emitted, links: OutsideLinks, councils: dict[tuple[str, str], str | None]
) -> list[tuple[str, Bid]]:
    table = emitted.table(FAMILY, "bids", ("application_ref", "advert_ref", "bid_on"))
    bids = []
    for row in table.latest_versions("application_ref", "advert_ref", latest_by="bid_on"):
        key = (row["sender"], row["application_ref"])
        person = links.get((FAMILY, *key))
        if person is not None and key in councils and row["bid_on"] <= row["data_date"]:
            bids.append((person, Bid(row["sender"], councils[key], row["bid_on"])))
    return bids


def _read_tenancy_ends(emitted: Emitted) -> dict[tuple[str, str], TenancyEnd]:
    table = emitted.table(FAMILY, "tenancies_ended", ("tenancy_ref", "ended_on", "reason"))
    return {
        (row["sender"], row["tenancy_ref"]): TenancyEnd(row["ended_on"], row["reason"])
        for row in table.latest_versions("tenancy_ref")
        if row["ended_on"] <= row["data_date"]
    }
