"""Housing registers: who joins one, in which band, what is offered, and what is let.

What belongs here: registrations that fit the homes of a life, and those that lead nowhere. What does not: how a
scheme writes them down (lettings.py).
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.synthetic.chance import Chance
from pipelines.synthetic.days import birthday, months_after
from pipelines.synthetic.lives import Home, Life, Offer, Registration
from pipelines.synthetic.reference import Reference

NEVER_LET = 0.5
TWO_REGISTERS = 0.12
LANCASHIRE_SINCE = date(2022, 7, 1)  # nobody was asked to register at 16 before
LATE_LETTINGS = 0.05
SUPPORTED_BY_LETTING = 0.07
ROUTES: dict[str | None, float] = {"bid": 0.68, "direct": 0.17, "nomination": 0.12, None: 0.03}


def _needs(chance: Chance, home: Home) -> str | None:
    if home.code != "U":
        return "sheltered" if chance.happens(0.08) else "supported"
    return None if chance.happens(0.04) else "general_needs"


def letting(chance: Chance, home: Home, district: str) -> Offer:
    """Return the accepted offer by which a home was let; its tenancy mostly begins on the day of moving in."""
    spread = chance.weighted({"at once": 60, "near": 30, "far": 8, "too far": 2})
    least, most = {"at once": (0, 0), "near": (-7, 7), "far": (-28, 28), "too far": (-45, -29)}[spread]
    start = chance.after(home.start, least, most)
    offered = chance.after(start, -40, -6)
    late = chance.happens(LATE_LETTINGS)
    return Offer(
        offered_on=offered,
        route=chance.weighted(ROUTES),
        response="accepted",
        responded_on=chance.after(offered, 0, 5),
        reasonable=None,
        sign_up_on=chance.after(start, -5, 0),
        tenancy_start=start,
        needs_type=_needs(chance, home),
        bedrooms=chance.weighted({1: 85, 2: 12, 3: 3}),
        district=district,
        known=chance.after(start, 8, 60) if late else start,
        written_twice=chance.happens(0.02),
    )


def missed_offer(chance: Chance, district: str, first: date, last: date) -> Offer:
    """Return an offer that came to nothing between two days."""
    offered = chance.between(first, last)
    response = chance.weighted({"refused": 48, "withdrawn": 28, "expired": 20, None: 4})
    return Offer(
        offered_on=offered,
        route=chance.weighted(ROUTES),
        response=response,
        responded_on=None if response is None else chance.after(offered, 1, 12),
        reasonable=chance.happens(0.4) if response == "refused" else None,
        sign_up_on=None,
        tenancy_start=None,
        needs_type="general_needs",
        bedrooms=1,
        district=district,
        known=offered,
    )


def register(chance: Chance, ref: Reference, district: str, registered: date, *, leaver: bool) -> Registration:
    """Return a registration in the scheme of `district`, live from soon after `registered`."""
    scheme = ref.scheme_of[district]
    bands = ref.bands[scheme]
    good = ref.leaver_band.get(district, bands[min(1, len(bands) - 1)])
    live = chance.after(registered, 0, 35)
    band = good if leaver and chance.happens(0.7) else chance.choice(bands)
    made = Registration(
        scheme=scheme,
        district=district,
        registered_on=registered,
        effective_on=chance.after(registered, -120, -1) if chance.happens(0.06) else chance.after(registered, 0, 20),
        statuses=[(registered, "pending"), (live, "live")],
        band=band,
        band_on=None if chance.happens(0.03) else chance.after(live, 0, 30),
        bedroom_need=chance.weighted({1: 88, 2: 10, 3: 2}),
        renewals=[registered + timedelta(days=365 * year + chance.randint(-20, 40)) for year in (1, 2, 3, 4)],
        closed=None,
    )
    if leaver and chance.happens(0.25):
        made.priority_requested_on = chance.after(registered, 0, 120)
        if chance.happens(0.15):
            made.better_alternative_on = chance.after(made.priority_requested_on, 5, 60)
    if chance.happens(0.015):
        made.local_connection_refused_on = chance.after(registered, 5, 40)
    if ref.scheme_authority[scheme] == "kent" and leaver and chance.happens(0.2):
        made.agency_assessment_on = chance.after(registered, -30, 60)
    return made


def finish(chance: Chance, made: Registration, housed: Offer | None, until: date) -> None:
    """Give a registration its offers and its end: housed by `housed`, or else dormant, removed or still waiting."""
    live = made.statuses[-1][0]
    horizon = housed.offered_on - timedelta(days=1) if housed is not None else until
    for _ in range(chance.weighted({0: 62, 1: 24, 2: 10, 3: 4})):
        if live < horizon:
            made.offers.append(missed_offer(chance, made.district, live, horizon))
    made.offers.sort(key=lambda offer: offer.offered_on)
    if housed is not None and housed.tenancy_start is not None:
        made.offers.append(housed)
        made.statuses += [(max(live, housed.offered_on), "under_offer"), (max(live, housed.known), "housed")]
        return  # an export made for the protocol keeps the housed, so that a letting still finds its applicant
    lasts = live + chance.length(500, least=60)
    fate = chance.weighted({"suspended": 15, "hibernated": 35, "removed": 40, "rejected": 10})
    made.statuses.append((lasts, fate))
    if fate in ("removed", "rejected"):
        made.closed = chance.after(lasts, 60, 600)


def _let_homes(life: Life, ref: Reference, chance: Chance) -> list[Home]:
    """Return the homes that a scheme of these counties let, and mark some supported ones as let."""
    let = []
    for home in life.homes:
        by_chance = home.code in "DET" and home.came_by == "own" and chance.happens(SUPPORTED_BY_LETTING)
        if by_chance:
            home.came_by = "letting"
        if home.came_by == "letting" and home.district in ref.scheme_of:
            let.append(home)
    return let


def change_bands(chance: Chance, made: Registration, ref: Reference) -> None:
    """Draw later awards: a better band after the priority was asked for, in time or late, or another for any reason."""
    if made.band_on is None:
        return
    bands = ref.bands[made.scheme]
    over = made.closed or made.statuses[-1][0]
    good = ref.leaver_band.get(made.district, bands[0])
    day = made.band_on
    if made.priority_requested_on is not None and chance.happens(0.7):
        asked = max(day, made.priority_requested_on)
        spread = chance.weighted({(1, 27): 60, (28, 28): 12, (29, 29): 5, (30, 90): 23})
        made.band_changes.append((chance.after(asked, *spread), good))
        day = made.band_changes[-1][0]
    while chance.happens(0.15):
        day = chance.after(day, 30, 400)
        made.band_changes.append((day, chance.choice(bands)))
    made.band_changes = [change for change in made.band_changes if made.band_on < change[0] < over]


def _local_district(life: Life, ref: Reference) -> tuple[str | None, str | None]:
    """Return the district of a looked-after child's local connection, and the one in which it is placed at 16."""
    county, sixteenth = ref.districts[life.person.authority], birthday(life.person.born, 16)
    day = max(sixteenth, life.placements[0].entered_care)
    placed = next(
        (one.district for one in life.placements if one.start <= day and (not one.end or day < one.end)), None
    )
    origin = life.origin.district if life.origin is not None else None
    here = [gss if gss in county else None for gss in (origin, placed)]
    return here[0] or here[1], here[1]


def register_at_sixteen(life: Life, ref: Reference, chance: Chance) -> None:
    """Draw Lancashire's early registrations: at 16 in the home district, and in the host's if another (L7, L8).

    Kent's protocol does not ask for them.
    """
    first = max(birthday(life.person.born, 16), life.placements[0].entered_care)
    in_care = life.left_care is None or first < life.left_care
    if life.person.authority != "lancashire" or not in_care or first >= birthday(life.person.born, 18):
        return
    due = months_after(first, 3)
    if due < LANCASHIRE_SINCE:
        return
    home, host = _local_district(life, ref)
    for district, promised in ((home, 0.75), (host if host != home else None, 0.5)):
        if district is None or not chance.happens(promised):
            continue
        spread = chance.weighted({(-88, -1): 62, (0, 0): 12, (1, 1): 6, (2, 120): 20})
        registered = chance.after(due, *spread)
        made = register(chance, ref, district, registered, leaver=True)
        made.at_sixteen = True
        made.statuses[1] = (chance.after(registered, 0, 35), "pending" if chance.happens(0.2) else "live")
        finish(chance, made, None, life.until)
        made.offers.clear()  # nothing is offered to a child
        if registered < life.until:
            life.registrations.append(made)


def _twice(life: Life, ref: Reference, chance: Chance, made: Registration) -> None:
    """Put the person on a second register, or in Kent's one register for a second council."""
    others = [gss for gss in ref.districts[life.person.authority] if gss != made.district]
    elsewhere = [gss for gss in others if ref.scheme_of[gss] != made.scheme]
    district = chance.choice(elsewhere or others)
    registered = chance.after(made.registered_on, 0, 90)
    if registered < life.until:
        second = register(chance, ref, district, registered, leaver=True)
        finish(chance, second, None, life.until)
        life.registrations.append(second)


def join_registers(life: Life, ref: Reference, chance: Chance) -> None:
    """Draw the registrations of a life: one before each letting, else perhaps one that leads nowhere."""
    sixteenth = birthday(life.person.born, 16)
    if sixteenth >= life.until:
        return
    earliest = sixteenth
    lettings = _let_homes(life, ref, chance)
    for home in lettings:
        offer = letting(chance, home, str(home.district))
        offer.home = home
        waited = timedelta(days=20) + chance.length(260)
        registered = max(earliest, offer.offered_on - waited)
        if registered >= offer.offered_on:
            registered = offer.offered_on - timedelta(days=1)
        made = register(chance, ref, offer.district, registered, leaver=True)
        made.statuses[1] = (min(made.statuses[1][0], offer.offered_on), "live")
        finish(chance, made, offer, life.until)
        life.registrations.append(made)
        earliest = max(earliest, home.start)
    if not lettings and chance.happens(NEVER_LET):
        registered = chance.between(sixteenth, min(birthday(life.person.born, 21), life.until))
        district = chance.choice(ref.districts[life.person.authority])
        made = register(chance, ref, district, registered, leaver=True)
        finish(chance, made, None, life.until)
        life.registrations.append(made)
    if life.registrations and chance.happens(TWO_REGISTERS):
        _twice(life, ref, chance, life.registrations[-1])
