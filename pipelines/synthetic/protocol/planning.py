"""Planning the way out of care: pathway plans, panels, meetings with housing, readiness, local connection.

What belongs here: those forms (K7, K8.1, L4 to L11). What does not: the homes that come of it (homes.py).
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from pipelines.synthetic.case_system import plan_days
from pipelines.synthetic.chance import Chance
from pipelines.synthetic.days import birthday, months_after
from pipelines.synthetic.lives import Home, Life, Placement, Registration
from pipelines.synthetic.protocol.records import Book, Change, met
from pipelines.synthetic.reference import Reference
from pipelines.synthetic.rows import Value

FORM_KEPT = 0.75  # of the people; the plans of the others stand in the case system only
INDEPENDENT = {"council": "social_general_needs", "housing_association": "social_general_needs"}
DESTINATIONS = {
    "private_rented": 18,
    "social_general_needs": 26,
    "supported": 28,
    "staying_put": 14,
    "family": 8,
    "student_home": 3,
    "not_known": 3,
}


def placement_on(life: Life, day: date) -> Placement | None:
    """Return the looked-after placement of a day, None outside care."""
    return next((one for one in life.placements if one.start <= day and (one.end is None or day < one.end)), None)


def _outside(life: Life, ref: Reference, day: date) -> bool:
    """Return whether the person was placed outside the county on that day."""
    placed = placement_on(life, day)
    return placed is not None and placed.district not in ref.districts[life.person.authority]


def _sharings(life: Life, chance: Chance, pattern: str) -> list[tuple[date, str]]:
    """Return when the housing section went to which council: at the registration, in Lancashire each half year too."""
    shared = []
    for made in life.registrations:
        over = min(made.closed or made.statuses[-1][0], life.until)
        due = [made.registered_on]
        if pattern == "lancashire":
            due += [months_after(made.registered_on, 6 * number) for number in range(1, 9)]
        days = [met(chance, day, never=0.2, early=40) for day in due if day <= over]
        shared += [(day, made.district) for day in days if day is not None]
    return sorted(shared)


def plan_pathway(book: Book, life: Life, ref: Reference) -> None:
    """Write down the plans, each with its review once held, and whom its housing section was shared with."""
    chance = book.chance("pathway_plan", life)
    if not chance.happens(FORM_KEPT):
        return
    days = [day for day in plan_days(life, book.authority) if day <= book.as_at]
    shared = _sharings(life, chance, book.pattern)
    for index, (made, reviewed) in enumerate(pairwise([*days, None])):
        if made is None:
            continue
        later: list[Change] = [] if reviewed is None else [(reviewed, {"review_date": reviewed})]
        of_plan = [one for one in shared if made <= one[0] and (reviewed is None or one[0] < reviewed)]
        for number, (day, gss) in enumerate(of_plan):
            change: dict[str, Value] = {"housing_section_shared_on": day, "shared_with_gss": gss}
            if number == 0:
                later.append((day, change))
            else:  # a row has room for one council: another one, or the same again, has a row of its own
                again = change | {"plan_date": made}
                book.enter("pathway_plan", life, f"{index}.{number}", day, again, chance=chance)
        book.enter(
            "pathway_plan", life, f"{index}", made, {"plan_date": made}, chance=chance, later=later, wrong="plan_date"
        )


def decide_connection(book: Book, life: Life, ref: Reference) -> None:
    """Write down decisions on local connection: of those placed in another district, and of some refused (L8, L9)."""
    chance = book.chance("local_connection", life)
    placed = placement_on(life, birthday(life.person.born, 16))
    county = ref.districts[book.authority]
    if placed is None or placed.district == life.placements[0].district or not chance.happens(0.5):
        return
    origin = life.placements[0].district
    day = chance.after(birthday(life.person.born, 16), 10, 500)
    values: dict[str, Value] = {
        "origin_gss": origin if origin in county else chance.choice(county),
        "host_gss": placed.district,
        "basis": chance.choice(("Residence", "Family", "Care leaver of the county", "Employment or training", None)),
        "long_term_settled": chance.weighted({True: 55, False: 35, None: 10}),
        "decided_on": day,
    }
    if day <= book.as_at:
        book.enter("local_connection", life, "1", day, values, chance=chance, wrong="decided_on")


def _panel_dates(life: Life, chance: Chance) -> list[date]:
    """Return when the panel spoke of the person: at 16, before a release from custody, and now and then beside."""
    due = []
    start = max(birthday(life.person.born, 16), life.placements[0].entered_care)
    if life.left_care is None or start < life.left_care:
        due.append(met(chance, months_after(start, 3), never=0.2, early=85))
    for home in life.homes:
        if home.code == "X" and chance.happens(0.65):
            due.append(chance.between(home.start, home.end or life.until))
    if chance.happens(0.08):
        due.append(chance.between(start, life.until))
    return [day for day in due if day is not None and day <= life.until]


def meet_panel(book: Book, life: Life, ref: Reference) -> None:
    """Write down the meetings of the joint housing panel (L4, L14)."""
    chance = book.chance("panel", life)
    for index, day in enumerate(_panel_dates(life, chance)):
        values: dict[str, Value] = {
            "panel_date": day,
            "district_gss": chance.choice(ref.districts[book.authority]),
            "attended": chance.weighted({"self": 55, "advocate": 20, "no": 20, None: 5}),
            "planned_destination": chance.weighted(DESTINATIONS) if chance.happens(0.85) else None,
        }
        book.enter("panel", life, f"{index}", day, values, chance=chance, wrong="panel_date")


def _kind(home: Home) -> str:
    """Return the kind of home in the words of a plan."""
    if home.code == "U":
        return INDEPENDENT.get(home.tenure or "", "student_home" if home.tenure == "student" else "private_rented")
    return {"Z": "staying_put", "B": "family", "C": "residential"}.get(home.code, "supported")


def moves_planned(book: Book, life: Life) -> list[tuple[date, date, Home | None]]:
    """Return for each planned move the day of the plan, the day planned for and the home that came of it.

    The first is the way out of care at 18; those who are still in care have it before them.
    """
    chance = book.chance("planned moves", life)
    planned: list[tuple[date, date, Home | None]] = []
    eighteenth = birthday(life.person.born, 18)
    first = life.homes[0] if life.homes else None
    if chance.happens(0.82):
        planned.append((chance.after(eighteenth, -640, -130), chance.after(eighteenth, -20, 60), first))
    for home in life.homes[1:]:
        if home.code in "UDETZ" and home.came_by in ("own", "letting") and chance.happens(0.5):
            day = chance.weighted({"as planned": 45, "earlier": 25, "later": 30})
            least, most = {"as planned": (0, 0), "earlier": (-60, -1), "later": (1, 60)}[day]
            planned.append((chance.after(home.start, -240, -20), chance.after(home.start, least, most), home))
    return [one for one in planned if one[0] <= life.until]


def get_ready(book: Book, life: Life, ref: Reference) -> None:
    """Write down readiness for a tenancy and the plan to move; plans are put off, readiness comes or does not."""
    chance = book.chance("readiness", life)
    for index, (day, planned_for, home) in enumerate(moves_planned(book, life)):
        independent = home is not None and home.code == "U"
        ready = chance.after(planned_for, -220, 20) if chance.happens(0.8 if independent else 0.35) else None
        aim = _kind(home) if home is not None and chance.happens(0.75) else chance.weighted(DESTINATIONS)
        district = home.district if home is not None and home.district else chance.choice(ref.districts[book.authority])
        values: dict[str, Value] = {
            "bedroom_need": chance.weighted({1: 88, 2: 9, 3: 3}),
            "preferred_district_gss": district if chance.happens(0.85) else None,
            "planned_move_date": planned_for if chance.happens(0.9) else None,
            "planned_destination": aim if chance.happens(0.93) else None,
        }
        later: list[Change] = []
        if ready is not None and ready <= day:
            values["tenancy_ready_on"] = ready
        elif ready is not None:
            later.append((ready, {"tenancy_ready_on": ready}))
        if chance.happens(0.15) and values["planned_move_date"] is not None:
            put_off = chance.after(planned_for, 14, 120)
            later.append((chance.between(day, planned_for), {"planned_move_date": put_off}))
        book.enter("readiness", life, f"{index}", day, values, chance=chance, later=later)


def _meetings(book: Book, life: Life, ref: Reference, chance: Chance) -> list[tuple[date, str, str | None]]:
    """Return day, type and district of the meetings that are due before somebody leaves care (L5, L9, L10)."""
    born, county = life.person.born, ref.districts[life.person.authority]
    found: list[tuple[date | None, str, str | None]] = []
    due = birthday(born, 17) if _outside(life, ref, birthday(born, 17)) else months_after(birthday(born, 17), 6)
    found.append((met(chance, due, never=0.22, early=100), "options_meeting", chance.choice(county)))
    sixteenth = birthday(born, 16)
    if _outside(life, ref, sixteenth):
        placed = placement_on(life, sixteenth)
        host = placed.district if placed is not None else None
        found.append((met(chance, months_after(sixteenth, 3), never=0.3, early=80), "host_enquiry", host))
    for day, planned_for, home in moves_planned(book, life):
        if chance.happens(0.7):
            held = met(chance, months_after(planned_for, -3), never=0.15, early=90)
            district = home.district if home is not None and home.district in county else chance.choice(county)
            found.append((held if held is None else max(day, held), "joint_planning", district))
    return [(day, kind, district) for day, kind, district in found if day is not None]


def _viewings(made: Registration, chance: Chance) -> list[tuple[date, str, str | None]]:
    """Return the contacts that a registration brings: assessment, viewings, sign-ups; some are never written down."""
    found: list[tuple[date, str, str | None]] = []
    if made.agency_assessment_on is not None and chance.happens(0.8):
        found.append((made.agency_assessment_on, "kent_agency_assessment", made.district))
    for offer in made.first_offers:
        if chance.happens(0.55):
            found.append((chance.after(offer.offered_on, 0, 6), "viewing", offer.district))
        if offer.sign_up_on is not None and chance.happens(0.8):
            found.append((offer.sign_up_on, "sign_up", offer.district))
    return found


def meet_housing(book: Book, life: Life, ref: Reference) -> None:
    """Write down the contacts between the person and housing, and whether the adviser was there (K8.1, K9.1, L13)."""
    chance = book.chance("housing_contact", life)
    found = _meetings(book, life, ref, chance)
    for made in life.registrations:
        found += _viewings(made, chance)
    for index, (day, kind, district) in enumerate(sorted(found, key=lambda one: one[:2])):
        if day > life.until:
            continue
        present = chance.weighted({True: 70, False: 22, None: 8})
        values: dict[str, Value] = {
            "contact_date": day,
            "district_gss": district,
            "contact_type": kind,
            "adviser_present": present,
            "declined": chance.weighted({True: 30, False: 40, None: 30}) if present is False else None,
        }
        book.enter("housing_contact", life, f"{index:02d}", day, values, chance=chance, wrong="contact_date")
