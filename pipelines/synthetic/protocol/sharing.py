"""Sharing what is known: the index of people, consent, referrals under the duty to refer.

What belongs here: those three forms (K3.5, K8.2, L13, L15). What does not: the cases that a referral leads to
(crises.py).
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.synthetic.case_system import window
from pipelines.synthetic.days import working_days_after
from pipelines.synthetic.defects import transliterated
from pipelines.synthetic.lives import Life
from pipelines.synthetic.protocol.records import Book, Change, met
from pipelines.synthetic.reference import Reference
from pipelines.synthetic.rows import Value

NI_KNOWN = 0.6
NO_CONSENT = 0.12
CONSENT_WITHDRAWN = 0.07
REFERRED_OF_CASES = 0.45
LANDLORDS = ("Fictford Homes", "Samplewood Housing Trust", "Mockfield Lettings")


def index_person(book: Book, life: Life, ref: Reference) -> None:
    """Write down who the person is, anew after some of the moves; one record per id."""
    chance = book.chance("person_index", life)
    person = life.person
    opens, _ = window(life, book.authority)
    other = None
    if chance.happens(0.25):
        other = transliterated(person.forename) if person.former_uasc else person.nickname
    number = person.ni_number if chance.happens(NI_KNOWN) else None
    moves = [(placed.start, placed.postcode) for placed in life.placements if placed.postcode]
    moves += [(home.start, home.postcode) for home in life.homes if home.postcode]
    for one in person.ids_in(book.authority):
        first = max(opens, one.since, book.launched)
        values: dict[str, Value] = {
            "forename": person.forename,
            "surname": person.surname,
            "other_names": other,
            "date_of_birth": person.born,
            "ni_number": number,
            "postcode": next((postcode for day, postcode in reversed(moves) if day <= first), None),
            "valid_from": first if chance.happens(0.8) else None,
        }
        later: list[Change] = [
            (day, {"postcode": postcode, "valid_from": day})
            for day, postcode in moves
            if day > first and chance.happens(0.6)
        ]
        book.enter("person_index", life, "1", first, values, chance=chance, later=later)


def referrals(book: Book, life: Life) -> list[tuple[date, date | None, str | None]]:
    """Return when a risk became known, when the council was told (None: never) and which council it was (L15)."""
    chance = book.chance("duty_to_refer", life)
    found: list[tuple[date, date | None, str | None]] = []
    for case in life.cases:
        if chance.happens(REFERRED_OF_CASES):
            known = chance.after(case.application_on, -25, 5)
            found.append((known, met(chance, working_days_after(known, 1), never=0.1, early=0), case.district))
    for home in life.homes:
        if home.code == "S" and chance.happens(0.4):
            known = chance.after(home.start, -2, 4)
            told = met(chance, working_days_after(known, 1), never=0.3, early=0)
            found.append((known, told, home.district))
    if chance.happens(0.02) and life.homes:  # known, referred or not, and no application came of it
        home = chance.choice(life.homes)
        known = chance.after(home.start, 30, 200)
        if known < life.until:
            found.append((known, met(chance, working_days_after(known, 1), never=0.3, early=0), home.district))
    return [(known, told if told is None or told >= known else known, gss) for known, told, gss in found]


def refer(book: Book, life: Life, ref: Reference) -> None:
    """Write down the referrals: at first without the day on which the council was told, where that came later."""
    chance = book.chance("duty_to_refer form", life)
    for index, (known, told, district) in enumerate(referrals(book, life)):
        values: dict[str, Value] = {"known_on": known, "district_gss": district}
        later: list[Change] = []
        if told is not None and told - known <= timedelta(days=3):
            values["referred_on"] = told
        elif told is not None:
            later = [(told, {"referred_on": told})]
        book.enter("duty_to_refer", life, f"{index}", known, values, chance=chance, later=later, wrong="known_on")


def consent(book: Book, life: Life, ref: Reference) -> None:
    """Write down consents: for each council that comes to know the person, and for landlords at the sign-up."""
    chance = book.chance("consent", life)
    wanted: dict[tuple[str, str], date] = {}
    told = [(made.district, "register", made.registered_on) for made in life.registrations]
    told += [(case.district, "homelessness", case.application_on) for case in life.cases if case.district]
    told += [(gss, "homelessness", day) for _, day, gss in referrals(book, life) if gss and day]
    for district, scope, day in sorted(told, key=lambda one: one[2]):
        wanted.setdefault((district, scope), day)
    signed = [offer.sign_up_on for made in life.registrations for offer in made.first_offers if offer.sign_up_on]
    for day in signed:
        wanted[chance.choice(LANDLORDS), "landlord"] = day
    for index, ((whom, scope), day) in enumerate(wanted.items()):
        given = met(chance, day, never=NO_CONSENT, early=120)
        if given is None:
            continue
        unnamed = chance.happens(0.03)
        values: dict[str, Value] = {
            "consent_given_on": given,
            "authority_gss_or_agency": None if unnamed else whom,
            "scope": scope,
        }
        later: list[Change] = []
        if chance.happens(CONSENT_WITHDRAWN):  # a quarter of them before it was needed
            back = chance.between(given, day) if chance.happens(0.25) else chance.after(max(given, day), 1, 400)
            later = [(back, {"consent_withdrawn_on": back})]
        book.enter("consent", life, f"{index}", given, values, chance=chance, later=later, wrong="consent_given_on")
    if chance.happens(0.03):  # given once for all, to an agency and to no council
        day = max(window(life, book.authority)[0], book.since)
        values = {
            "consent_given_on": day,
            "authority_gss_or_agency": "Floating support agency",
            "scope": "homelessness",
        }
        book.enter("consent", life, "a", day, values, chance=chance)
