"""Care: when a young person was looked after, where, and what that makes them in law.

What belongs here: placements up to 18, eligibility (Children Act 1989 schedule 2 paragraph 19B and sections 23A to
24), and the timelines that the leaving-care team keeps: activity, in touch, adviser. What does not: homes after care
(homes.py).
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.synthetic.chance import Chance
from pipelines.synthetic.days import birthday
from pipelines.synthetic.lives import Life, Origin, Placement, Timeline
from pipelines.synthetic.people import names
from pipelines.synthetic.reference import Reference

THIRTEEN_WEEKS = timedelta(weeks=13)
FOSTER = ("U1", "U3", "U4", "U6")


def draw_place(life: Life, ref: Reference, chance: Chance, *, near: str | None = None) -> tuple[str | None, str]:
    """Return the district (None where no seed maps it) and a postcode of a place where the person lives next."""
    authority = life.person.authority
    kind = chance.weighted({"near": 55 if near else 0, "county": 35, "unitary": 3, "other_county": 1, "unmapped": 6})
    if kind == "near":
        district: str | None = near
    elif kind == "county":
        district = chance.choice(ref.districts[authority])
    elif kind == "unitary":
        district = chance.choice(ref.unitaries[authority])
    elif kind == "other_county":
        district = chance.choice(ref.districts["lancashire" if authority == "kent" else "kent"])
    else:
        district = None
    return district, ref.postcode(chance, district)


def _entered_care(life: Life, chance: Chance) -> date:
    born = life.person.born
    if life.person.former_uasc:
        return chance.between(birthday(born, 15) + timedelta(days=120), birthday(born, 17) + timedelta(days=330))
    if chance.happens(0.06):  # too late for thirteen weeks before 18: a qualifying young person
        return chance.between(birthday(born, 17) + timedelta(days=290), birthday(born, 17) + timedelta(days=355))
    return chance.between(birthday(born, 4), birthday(born, 17) + timedelta(days=180))


def _placement_type(chance: Chance, on: date, born: date, *, uasc: bool) -> str:
    if on >= birthday(born, 16) and chance.happens(0.62 if uasc else 0.35):
        return "K3" if on >= date(2024, 4, 1) else chance.choice(("H5", "P2"))
    return chance.weighted(
        {"U6": 36, "U4": 20, "U1": 8, "U3": 6, "K2": 18, "P1": 5, "R1": 3, "K1": 1, "R5": 1, "Z1": 2}
    )


def _look_after(life: Life, ref: Reference, chance: Chance, entered: date, left: date | None) -> None:
    """Fill the time in care with placements that follow one another."""
    day, near = entered, None
    while day < (left or life.until):
        district, postcode = draw_place(life, ref, chance, near=near)
        kind = _placement_type(chance, day, life.person.born, uasc=life.person.former_uasc)
        end = day + chance.length(450 if day >= birthday(life.person.born, 14) else 1500, least=7)
        if left is not None and end >= left - timedelta(days=10):
            end = left
        life.placements.append(
            Placement(
                start=day,
                end=None if left is None and end >= life.until else end,
                placement_type=kind,
                district=district,
                postcode=postcode,
                entered_care=entered,
                reason="X1",
            )
        )
        day, near = end, district


def _leaving(life: Life, chance: Chance, entered: date) -> date | None:
    """Return the day on which care ends: mostly the 18th birthday; None when that is still to come."""
    born, eighteenth = life.person.born, birthday(life.person.born, 18)
    if chance.happens(0.12) and entered < birthday(born, 17):
        early = chance.between(max(birthday(born, 16), entered + timedelta(days=40)), eighteenth - timedelta(days=20))
        return early if early < life.until else None
    return eighteenth if eighteenth < life.until else None


def _eligibility(life: Life, chance: Chance, entered: date, left: date | None) -> list[tuple[date, str]]:
    born = life.person.born
    sixteenth, eighteenth = birthday(born, 16), birthday(born, 18)
    looked_after = (left or life.until) - max(entered, birthday(born, 14))
    long_enough = looked_after >= THIRTEEN_WEEKS
    changes: list[tuple[date, str]] = []
    if long_enough:
        changes.append((max(sixteenth, entered + THIRTEEN_WEEKS), "eligible"))
        if left is not None and left < eighteenth:
            changes.append((max(left, sixteenth), "relevant"))
        changes.append((eighteenth, "former_relevant"))
    elif left is not None:
        changes.append((max(left, sixteenth), "qualifying"))
    if chance.happens(0.2):  # closed at 21; some come back
        closing = chance.between(birthday(born, 21), birthday(born, 22))
        changes.append((closing, "none"))
        if chance.happens(0.3):
            changes.append((closing + chance.length(200, least=30), "former_relevant" if long_enough else "qualifying"))
    return changes


def _activities(life: Life, chance: Chance) -> list[tuple[date, str]]:
    day, changes = birthday(life.person.born, 16), []
    while day < life.until:
        young = day < birthday(life.person.born, 19)
        weights = {"F2": 46, "P2": 6, "F4": 4, "F5": 8, "P5": 3, "G5": 20, "G4": 6, "G6": 2, "": 5}
        older = {
            "F1": 9,
            "P1": 1,
            "F2": 13,
            "P2": 3,
            "F4": 3,
            "P4": 1,
            "F5": 22,
            "P5": 6,
            "G5": 20,
            "G4": 9,
            "G6": 4,
            "": 9,
        }
        changes.append((day, chance.weighted(weights if young else older)))
        day += chance.length(330, least=60)
    return changes


def _contact(life: Life, chance: Chance) -> list[tuple[date, str]]:
    """In touch by age: DfE's tables show contact fading after the 21st birthday (standards.md section 8.1)."""
    born = life.person.born
    changes = [(birthday(born, 16), "YES")]
    fading = {18: 0.08, 19: 0.08, 20: 0.1, 21: 0.2, 22: 0.3, 23: 0.35, 24: 0.4}
    for age, lost in fading.items():
        day = chance.between(birthday(born, age), birthday(born, age + 1) - timedelta(days=1))
        if chance.happens(lost):
            changes.append((day, chance.weighted({"NO": 55, "REFU": 8, "NREQ": 22, "RHOM": 6, "": 9})))
        elif chance.happens(0.5):
            changes.append((day, "YES"))
    if life.died is not None:
        changes = [change for change in changes if change[0] < life.died] + [(life.died, "DIED")]
    return changes


def _advisers(life: Life, chance: Chance) -> list[tuple[date, str]]:
    day, changes = birthday(life.person.born, 16), []
    while day < life.until:
        changes.append((day, str(chance.choice(names()["advisers"]))))
        day += chance.length(500, least=90)
    return changes


def draw_origin(life: Life, ref: Reference, chance: Chance) -> None:
    """Draw the family home before care: mostly in the county, often in the district of the first placement."""
    if life.person.former_uasc or chance.happens(0.15):
        return
    entered = life.placements[0].entered_care
    district, postcode = draw_place(life, ref, chance, near=life.placements[0].district)
    moved_in = max(life.person.born, entered - chance.length(1500, least=60))
    life.origin = Origin(district, postcode, moved_in)


def grow_up(life: Life, ref: Reference, chance: Chance) -> None:
    """Draw care and the leaving-care team's timelines into `life`."""
    entered = min(_entered_care(life, chance), life.until - timedelta(days=30))
    if chance.happens(0.006):
        first = max(birthday(life.person.born, 17), entered + timedelta(days=30))
        died = chance.between(first, birthday(life.person.born, 25))
        if died < life.until:
            life.died = life.until = died
    left = _leaving(life, chance, entered)
    if life.died is not None and (left is None or left > life.died):
        left = life.died
    _look_after(life, ref, chance, entered, left)
    life.left_care = left
    if left is not None:
        reasons = {"E8": 40, "E5": 20, "E6": 8, "E17": 15, "E4A": 6, "E4B": 6, "E9": 2, "E13": 3}
        life.placements[-1].reason = "E2" if left == life.died else chance.weighted(reasons)
    life.eligibility = Timeline(_eligibility(life, chance, entered, left))
    life.activity = Timeline(_activities(life, chance))
    life.in_touch = Timeline(_contact(life, chance))
    life.adviser = Timeline(_advisers(life, chance))
