"""The accommodation form: what the leaving-care team enters into the protocol's own template.

What belongs here: which homes get a form, late, corrected, withdrawn and contradictory ones. What does not: headers
and spellings (layouts.yml).
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from pipelines.synthetic.case_system import id_for
from pipelines.synthetic.chance import Chance, stream
from pipelines.synthetic.homes import SOCIAL
from pipelines.synthetic.lives import Home, Life
from pipelines.synthetic.rows import FOREVER, Row, Value

WITH_FORMS = 0.5  # of the people; the others are known from snapshots only
FORM_MISSING = 0.1
PLACED_HOME_WITHOUT_FORMS = 0.7  # a bed-and-breakfast or emergency placement gets its form even so
TENURE_MISSING = 0.08
CONTRADICTORY_TENURE = 0.04
CORRECTED = 0.02
WITHDRAWN = 0.01


def _values(life: Life, home: Home, name: str, chance: Chance) -> dict[str, Value]:
    tenure = home.tenure or "none" if home.code == "U" else None
    if tenure is not None and chance.happens(TENURE_MISSING):
        tenure = None
    elif tenure in ("private", *SOCIAL) and chance.happens(CONTRADICTORY_TENURE):
        tenure = "private" if tenure in SOCIAL else "housing_association"
    suitability = "suitable" if home.suitable else "unsuitable"
    return {
        "record_id": name,
        "person_id": id_for(life, life.person.authority, home.recorded).number,
        "start_date": home.start,
        "accommodation_code": home.code,
        "tenure": tenure,
        "suitability": suitability if chance.happens(0.96) else None,
        "sub_type": home.sub_type,
        "postcode": home.postcode or None if chance.happens(0.9) else None,
        "district_gss": home.district if chance.happens(0.8) else None,
        "placed_by": home.placed_by if chance.happens(0.96) or home.placed_by != "self" else None,
    }


def _mistaken(values: dict[str, Value], home: Home, chance: Chance) -> dict[str, Value]:
    """Return a first version that is wrong in its start or in the kind of home."""
    if chance.happens(0.5):
        return values | {"start_date": chance.after(home.start, -20, 20)}
    return values | {"accommodation_code": chance.choice("DUBV"), "tenure": None}


def _record(life: Life, home: Home, name: str, opened: date, chance: Chance) -> list[Row]:
    """Return the versions of one form: perhaps mistaken, then right, then with its end, or withdrawn."""
    values = _values(life, home, name, chance)
    steps: list[tuple[date, dict[str, Value]]] = [(opened, values)]
    if chance.happens(CORRECTED):
        mistaken = _mistaken(values, home, chance)
        steps = [(opened, mistaken), (opened + timedelta(days=chance.randint(20, 200)), values)]
    if chance.happens(WITHDRAWN):
        steps.append((steps[-1][0] + timedelta(days=chance.randint(10, 150)), values | {"withdrawn": True}))
    elif home.end is not None:
        ended = max(steps[-1][0] + timedelta(days=1), chance.after(home.end, 0, 8))
        if chance.happens(0.1):
            ended += timedelta(days=chance.randint(8, 60))
        steps.append((ended, values | {"end_date": home.end, "end_reason": home.end_reason}))
    rows = [
        Row(life.person.person, step | {"recorded_on": day}, day, cell=name, seen_until=FOREVER) for day, step in steps
    ]
    for earlier, later in pairwise(rows):
        earlier.seen_until = later.seen_from
    return rows


def form_rows(life: Life, launched: date) -> list[Row]:
    """Return all versions of a life's accommodation forms; the form exists since `launched`.

    Homes that ended more than 90 days before the launch never got one; those of the launch were entered on its day.
    """
    chance = stream(life.seed, "accommodation form", life.person.person)
    with_forms = chance.happens(WITH_FORMS)
    authority = life.person.authority
    number = life.person.ids_in(authority)[0].number
    rows: list[Row] = []
    for index, home in enumerate([*life.homes, *life.side_homes]):
        wanted = not chance.happens(FORM_MISSING) if with_forms else False
        if not wanted and home.code in "WV" and home.placed_by == "county":
            wanted = chance.happens(PLACED_HOME_WITHOUT_FORMS)
        if not wanted or (home.end is not None and home.end < launched - timedelta(days=90)):
            continue
        rows += _record(life, home, f"F{number}-{index:02d}", max(home.recorded, launched), chance)
    return rows
