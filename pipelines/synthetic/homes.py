"""Homes after care: one after the other, each of a kind, in a place, for a while.

What belongs here: which home follows and how it was come by. What does not: what happens when a home is lost
(crises.py), the register that a letting came from (registrations.py).
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.synthetic.chance import Chance
from pipelines.synthetic.childhood import FOSTER, draw_place
from pipelines.synthetic.crises import lose_home
from pipelines.synthetic.days import age_on, birthday
from pipelines.synthetic.lives import Home, Life
from pipelines.synthetic.reference import Reference

# code -> (share of care leavers of 19 to 21 in it, mean stay in days). Shares after DfE 2024 for England (standards.md
# section 8.2), the rare ones raised a little so that a small run has them too. Share over stay is how often one enters.
KINDS: dict[str, tuple[float, int]] = {
    "U": (0.34, 850),
    "D": (0.19, 360),
    "B": (0.11, 420),
    "E": (0.04, 300),
    "T": (0.035, 280),
    "C": (0.03, 300),
    "X": (0.03, 180),
    "Y": (0.03, 180),
    "K": (0.02, 260),
    "R": (0.015, 150),
    "S": (0.006, 40),
    "V": (0.006, 45),
    "W": (0.0025, 25),
    "G": (0.006, 220),
    "H": (0.001, 400),
}
ENTERED = {code: share / days for code, (share, days) in KINDS.items()}
UNSUITABLE = {"X": 0.95, "S": 0.97, "V": 0.7, "W": 0.9, "Y": 0.3, "R": 0.5, "K": 0.15}
LATE_SPELLS = 0.10
CRISIS_AT_END = {"kent": 0.06, "lancashire": 0.075}
AROUND_THE_YEAR_END = 0.03
SOCIAL = ("council", "housing_association")


def draw_tenure(chance: Chance, *, uasc: bool, student: bool) -> str | None:
    """Return whose tenancy an independent home is; None where nobody could say."""
    if student and chance.happens(0.45):
        return "student"
    private = 0.55 if uasc else 0.38
    return chance.weighted(
        {"private": private, "council": 0.26, "housing_association": 0.18, "student": 0.03, None: 0.09}
    )


def recorded_on(chance: Chance, start: date) -> date:
    """Return when the team wrote a home down: at once, or for one spell in ten up to 60 days late."""
    if chance.happens(LATE_SPELLS):
        return chance.after(start, 8, 60)
    return chance.after(start, 0, 4)


def make_home(life: Life, ref: Reference, chance: Chance, code: str, start: date) -> Home:
    """Draw a home of a kind that begins on `start`; its end is still open."""
    near = life.homes[-1].district if life.homes else life.placements[-1].district
    if code in ("G", "H"):
        district, postcode = None, ""
    else:
        district, postcode = draw_place(life, ref, chance, near=near)
    student = (life.activity.at(start) or "") in ("F1", "P1")
    tenure = draw_tenure(chance, uasc=life.person.former_uasc, student=student) if code == "U" else None
    return Home(
        code=code,
        start=start,
        district=district,
        postcode=postcode,
        recorded=recorded_on(chance, start),
        tenure=tenure,
        suitable=not chance.happens(UNSUITABLE.get(code, 0.05)),
        sub_type=chance.choice(("hmo", "self_contained", "shared")) if code in "UKD" else None,
        placed_by=chance.weighted({"county": 45, "self": 55}) if code in "WVD" else "self",
        came_by="letting" if tenure in SOCIAL and chance.happens(0.72) else "own",
    )


def next_code(life: Life, chance: Chance, day: date) -> str:
    """Return the kind of the home that follows on `day`."""
    weights = dict(ENTERED)
    if day < birthday(life.person.born, 18):
        weights = {"B": 40, "D": 32, "E": 12, "X": 5, "S": 3, "V": 2, "W": 3, "Y": 3}
    elif age_on(life.person.born, day) >= 21:
        weights["U"] *= 1.6
    if life.person.former_uasc:
        for code, factor in {"B": 0.2, "D": 1.5, "X": 0.4, "K": 2, "C": 0.3, "U": 1.2}.items():
            weights[code] = weights.get(code, 0) * factor
    return chance.weighted(weights)


def _end(life: Life, chance: Chance, home: Home) -> date:
    """Return the day on which the person leaves the home; some leave at the turn of the financial year."""
    end = home.start + chance.length(KINDS.get(home.code, (0, 300))[1], least=1 if home.code in "SWV" else 7)
    if home.code not in "SWV" and chance.happens(AROUND_THE_YEAR_END):
        turn = chance.choice((date(end.year, 3, 31), date(end.year, 4, 1)))
        end = turn if turn > home.start else end
    if home.code == "Z":
        end = min(end, birthday(life.person.born, 21))
    return end


def _stay_put(life: Life, chance: Chance) -> Home | None:
    """Return the home of one who stays with the foster carers from the 18th birthday, if this one does (K1.2)."""
    last = life.placements[-1]
    if life.left_care != birthday(life.person.born, 18) or last.placement_type not in FOSTER or chance.happens(0.45):
        return None
    start = life.left_care
    recorded = recorded_on(chance, start)
    return Home("Z", start, last.district, last.postcode, recorded, came_by="staying_put")


def _end_reason(chance: Chance, home: Home) -> str | None:
    if home.code not in "UKDETBZ":
        return None
    reasons = {
        "planned_move": 55,
        "notice": 14,
        "eviction": 7,
        "abandonment": 7,
        "arrears": 3,
        "other": 6,
        "not_known": 8,
    }
    return chance.weighted(reasons)


def settle(life: Life, ref: Reference, chance: Chance) -> None:
    """Draw the homes of a life from the day care ended until its last day."""
    if life.left_care is None or life.left_care >= life.until:
        return
    day = life.left_care
    home = _stay_put(life, chance)
    if home is None and chance.happens(0.05):
        day = chance.after(day, -6, -1)  # moved out a few days before the papers said so
    while day < life.until:
        if home is None:
            home = make_home(life, ref, chance, next_code(life, chance, day), day)
        life.homes.append(home)
        home.end = _end(life, chance, home)
        home.end_reason = _end_reason(chance, home)
        day, home = home.end, None
        if (
            day < life.until
            and life.homes[-1].code not in "GHX"
            and chance.happens(CRISIS_AT_END[ref.pattern[life.person.authority]])
        ):
            day, home = lose_home(life, ref, chance, day)
        elif chance.happens(0.04):
            day += timedelta(days=chance.randint(1, 25))  # whereabouts nobody wrote down
    _end_with_life(life)


def _end_with_life(life: Life) -> None:
    if life.died is None:
        return
    for home in life.homes:
        if home.end is None or home.end > life.died:
            home.end, home.end_reason = life.died, "died"


def make_stranger_home(chance: Chance, ref: Reference, district: str, start: date) -> Home:
    """Return a home that a scheme let to somebody else, mostly a general-needs one."""
    code = "U" if chance.happens(0.9) else "D"
    return Home(code, start, district, ref.postcode(chance, district), start, tenure="council", came_by="letting")
