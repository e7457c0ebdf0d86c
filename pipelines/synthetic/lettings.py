"""Housing registers and lettings: what a scheme's system says of each registration and offer on a date.

What belongs here: the view of a register on a date, and how it writes people down. What does not: headers and
spellings.
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.synthetic.chance import Chance, share
from pipelines.synthetic.defects import FLAG_MISSING, FLAG_WRONG, Identity, as_written
from pipelines.synthetic.lives import Offer, Registration
from pipelines.synthetic.people import Person
from pipelines.synthetic.reference import Reference
from pipelines.synthetic.rows import FOREVER, Row, Value

NI_MISSING = 0.40
ADVISER_NAMED = 0.35


class RegisteredApplicant:
    """One registration and the way in which the scheme wrote the applicant down."""

    def __init__(
        self, person: Person, made: Registration, ref: Reference, chance: Chance, postcodes: list[str]
    ) -> None:
        """Draw the record's own mistakes once; every export repeats them."""
        self.person, self.made = person, made
        self.known = person.person if person.authority else None
        self._identity: Identity = as_written(person, chance, ni_missing=NI_MISSING, postcodes=postcodes)
        self._entered = chance.after(made.registered_on, 0, 20)
        leaver = bool(person.authority or person.leaver_of)
        self._flag = self._draw_flag(chance, leaver=leaver, defects=person.defects)
        of = ref.county.get(person.authority) or person.leaver_of
        self._leaver_of = of if self._flag and leaver and chance.happens(0.6) else None
        self._adviser = (
            f"Adviser {chance.choice('ABCDEFGH')}." if self._flag and chance.happens(ADVISER_NAMED) else None
        )
        self._lowest_band = ref.bands[made.scheme][-1]

    @staticmethod
    def _draw_flag(chance: Chance, *, leaver: bool, defects: float) -> bool | None:
        if leaver:
            return None if chance.happens(defects * FLAG_MISSING) else not chance.happens(defects * FLAG_WRONG)
        return True if chance.happens(defects * FLAG_WRONG) else chance.weighted({False: 0.8, None: 0.2})

    def application(self, day: date) -> dict[str, Value] | None:
        """Return the canonical row of the registration in the file of `day`, None while or once it is not in it."""
        made = self.made
        if self._entered > day or (made.closed is not None and made.closed <= day):
            return None
        status_on, status = max((change for change in made.statuses if change[0] <= day), default=made.statuses[0])
        awarded = made.band_on is not None and made.band_on <= day
        # Lowest at first: standards.md 6.3.
        band_on, band = (made.band_on, made.band) if awarded else (None, self._lowest_band)
        band_on, band = max((change for change in made.band_changes if change[0] <= day), default=(band_on, band))
        return {
            "application_ref": made.ref,
            "forename": self._identity.forename,
            "surname": self._identity.surname,
            "date_of_birth": self._identity.date_of_birth,
            "ni_number": self._identity.ni_number,
            "postcode": self._identity.postcode,
            "local_authority_gss": made.district,
            "registered_on": made.registered_on,
            "effective_on": made.effective_on,
            "band": band,
            "band_on": band_on,
            "priority_requested_on": _by(made.priority_requested_on, day),
            "better_alternative_on": _by(made.better_alternative_on, day),
            "status": status,
            "status_on": status_on,
            "renewed_on": max((renewal for renewal in made.renewals if renewal <= min(day, status_on)), default=None),
            "care_leaver_flag": self._flag,
            "care_leaver_of_gss": self._leaver_of,
            "personal_adviser": self._adviser,
            "bedroom_need": made.bedroom_need,
            "local_connection_refused_on": _by(made.local_connection_refused_on, day),
            "kent_agency_assessment_on": _by(made.agency_assessment_on, day),
        }

    def offer(self, one: Offer, day: date) -> dict[str, Value] | None:
        """Return the canonical row of an offer in the file of `day`; a late letting is in none until it is known."""
        late = one.tenancy_start is not None and one.known > one.tenancy_start
        if one.offered_on > day or (late and one.known > day):
            return None
        answered = one.responded_on is not None and one.responded_on <= day
        signed = one.sign_up_on is not None and one.sign_up_on <= day
        return {
            "offer_ref": one.ref,
            "application_ref": self.made.ref,
            "property_ref": one.property_ref,
            "offered_on": one.offered_on,
            "route": one.route,
            "response": one.response if answered else None,
            "responded_on": one.responded_on if answered else None,
            "refusal_reasonable": one.reasonable if answered else None,
            "sign_up_on": one.sign_up_on if signed else None,
            "tenancy_start": one.tenancy_start if signed else None,
            "tenancy_ref": one.tenancy_ref or None if signed else None,
            "needs_type": one.needs_type,
            "bedrooms": one.bedrooms,
            "local_authority_gss": one.district,
        }


def _by(happened: date | None, day: date) -> date | None:
    return happened if happened is not None and happened <= day else None


def merged(person: str | None, views: list[tuple[date, dict[str, Value] | None]], name: str) -> list[Row]:
    """Return one row per stretch of exports in which a record looks the same; None is an export without it."""
    rows: list[Row] = []
    for day, view in views:
        if rows and rows[-1].seen_until == FOREVER:
            if rows[-1].values == view:
                continue
            rows[-1].seen_until = day
        if view is not None:
            rows.append(Row(person, view, day, cell=name))
    return rows


def application_rows(applicants: list[RegisteredApplicant], exports: list[date]) -> list[Row]:
    """Return the versions of all registrations of one scheme over its exports."""
    rows: list[Row] = []
    for one in applicants:
        rows += merged(one.known, [(day, one.application(day)) for day in exports], one.made.ref)
    return rows


def offer_rows(applicants: list[RegisteredApplicant], exports: list[date], since: date) -> list[Row]:
    """Return the versions of all offers of one scheme made on or after `since`."""
    rows: list[Row] = []
    for one in applicants:
        for offer in one.made.offers:
            if offer.offered_on >= since:
                rows += merged(one.known, [(day, one.offer(offer, day)) for day in exports], offer.ref)
    return rows


def number_offers(applicants: list[RegisteredApplicant], prefix: str) -> None:
    """Give offers, properties and tenancies their references; an offer written twice keeps one tenancy reference."""
    serial = 1000
    for one in applicants:
        doubles: list[Offer] = []
        for offer in one.made.offers:
            serial += 1
            offer.ref = f"{prefix}O{serial}"
            offer.property_ref = f"{prefix}P{serial * 7 % 100_000:05d}"
            missing = share("tenancy ref", offer.ref) < 0.04
            offer.tenancy_ref = f"{prefix}T{serial}" if offer.tenancy_start is not None and not missing else ""
            if offer.written_twice:
                doubles.append(_again(offer, f"{prefix}O{serial}X"))
        one.made.offers += doubles


def _again(offer: Offer, ref: str) -> Offer:
    start = offer.tenancy_start + timedelta(days=3) if offer.tenancy_start is not None else None
    return Offer(
        offered_on=offer.offered_on,
        route=offer.route,
        response=offer.response,
        responded_on=offer.responded_on,
        reasonable=offer.reasonable,
        sign_up_on=offer.sign_up_on,
        tenancy_start=start,
        needs_type=offer.needs_type,
        bedrooms=offer.bedrooms,
        district=offer.district,
        known=offer.known,
        repeats=True,
        home=offer.home,
        ref=ref,
        property_ref=offer.property_ref,
        tenancy_ref=offer.tenancy_ref,
    )
