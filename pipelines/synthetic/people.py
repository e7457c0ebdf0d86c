"""Who the people are: care leavers of each county and strangers who stand in the same registers.

What belongs here: numbers, ages, names, identity. What does not: what happens to them (lives.py), how they are
misspelt (defects.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from pipelines.synthetic.chance import Chance, stream
from pipelines.synthetic.days import age_on, birthday, years_before
from pipelines.synthetic.reference import reference

# Known at each age on the as-at date, full size (DfE 2024 and 2025 releases: standards.md section 8.1). Those of 25 and
# over have left the case system by then and stand in its earlier snapshots only.
AT_AGE: dict[str, dict[int, int]] = {
    "kent": {
        16: 240,
        17: 255,
        18: 255,
        19: 390,
        20: 400,
        21: 400,
        22: 560,
        23: 590,
        24: 620,
        25: 590,
        26: 590,
        27: 590,
    },
    "lancashire": {
        16: 120,
        17: 125,
        18: 125,
        19: 220,
        20: 225,
        21: 225,
        22: 255,
        23: 265,
        24: 270,
        25: 260,
        26: 260,
        27: 260,
    },
}
COUNTED_AGES = range(17, 25)  # the ages that `people` counts
UASC_SHARE = {"kent": 0.5, "lancashire": 0.08}
TWIN_SHARE = 0.012
NAMESAKE_SHARE = 0.0015
TWO_IDS_SHARE = 0.04
ASSIGNED_BIRTHDAY_SHARE = 0.15  # of former UASC
BOTH_COUNTIES_SHARE = 0.003
LEAP_SHARE = (
    1 / 150
)  # of the ages at which a 29 February is possible; nature's 1 in 1,461 would be nobody in a small run


@dataclass(frozen=True, slots=True)
class CaseId:
    """One id in one case system, and since when the person has it there."""

    authority: str
    number: str
    since: date


@dataclass(frozen=True, slots=True)
class Person:
    """A true person.

    Attributes:
        person: name of the person in the truth; no source holds it.
        authority: the county that looked after them; empty for a stranger.
        case_ids: their ids in case systems, oldest first; empty for a stranger.
        leaver_of: GSS code of another authority whose care leaver a stranger is.
        defects: how many times the usual rates the mistakes of writing this person down strike.
    """

    person: str
    authority: str
    forename: str
    nickname: str
    surname: str
    sex: str
    ethnicity: str
    born: date
    former_uasc: bool
    ni_number: str
    case_ids: tuple[CaseId, ...] = ()
    leaver_of: str | None = None
    defects: float = 1.0

    def ids_in(self, authority: str) -> tuple[CaseId, ...]:
        """Return the person's ids in one authority's case system."""
        return tuple(one for one in self.case_ids if one.authority == authority)


@cache
def names() -> dict[str, Any]:
    """Read the fixed list of invented names."""
    found: dict[str, Any] = yaml.safe_load((files("pipelines.synthetic") / "names.yml").read_text(encoding="utf-8"))
    return found


def ni_number(number: int) -> str:
    """Return the National Insurance number of the `number`-th person: QQ is a prefix that is never issued."""
    return f"QQ{number % 1_000_000:06d}{'ABCD'[number // 1_000_000 % 4]}"


def numbers_at_age(authority: str, people: int | None, years: int = 3) -> dict[int, int]:
    """Return how many people to make at each age, in the proportions of AT_AGE, at least one at each age.

    Of those who had their 25th birthday within the `years` of the history there are as many a year as of the oldest.
    """
    full = dict(AT_AGE[reference().pattern[authority]])
    oldest = max(full)
    full |= dict.fromkeys(range(oldest + 1, 25 + years), full[oldest])
    if people is None:
        return full
    scale = people / sum(full[age] for age in COUNTED_AGES)
    return {age: max(1, round(number * scale)) for age, number in full.items()}


def _ethnicity(chance: Chance, *, uasc: bool) -> str:
    if uasc:
        return chance.weighted({"AOTH": 40, "BAFR": 30, "OOTH": 20, "WOTH": 5, "NOBT": 5})
    return chance.weighted(
        {"WBRI": 76, "WOTH": 5, "MWBC": 3, "MWBA": 2, "MWAS": 1.5, "MOTH": 2, "BAFR": 2, "BCRB": 1, "BOTH": 1}
        | {"APKN": 2, "ABAN": 0.8, "AIND": 0.5, "AOTH": 1, "CHNE": 0.2, "OOTH": 1, "WROM": 0.6, "REFU": 0.4, "NOBT": 1}
    )


def _named(chance: Chance, sex: str, *, uasc: bool) -> tuple[str, str, str]:
    """Return forename, what friends say, surname."""
    known = names()
    kind = sex if sex in ("m", "f") else "m"
    if uasc:
        first = str(chance.choice(known["uasc_forenames"][kind]))
        second = str(chance.choice(known["uasc_forenames"][kind])) if chance.happens(0.3) else ""
        return f"{first} {second}".strip(), first, str(chance.choice(known["uasc_surnames"]))
    forename, nickname = chance.choice(known["forenames"][kind])
    return str(forename), str(nickname), str(chance.choice(known["surnames"]))


def _born(chance: Chance, age: int, as_at: date, *, uasc: bool, defects: float) -> date:
    first = years_before(as_at, age + 1) + timedelta(days=1)
    last = years_before(as_at, age)
    if uasc and chance.happens(ASSIGNED_BIRTHDAY_SHARE * defects):
        return date(last.year, 1, 1)  # assigned: 1 January of the year that lies in the range
    return chance.between(first, last)


def _number_form(authority: str) -> str:
    """Return how an authority's case system numbers people."""
    return {"kent": "{:07d}", "lancashire": "L{:06d}"}[reference().pattern[authority]]


def _case_ids(  # noqa: PLR0913 - what decides the ids
    chance: Chance, authority: str, index: int, born: date, as_at: date, *, defects: float
) -> tuple[CaseId, ...]:
    form = _number_form(authority)
    ids = [CaseId(authority, form.format(12_000 + index * 3), date.min)]
    if chance.happens(TWO_IDS_SHARE * defects):
        since = chance.between(birthday(born, 16), min(birthday(born, 22), as_at))
        ids.append(CaseId(authority, form.format(612_000 + index * 3), since))
    if chance.happens(BOTH_COUNTIES_SHARE) or index == 7:
        other = reference().neighbour[authority]
        form = _number_form(other)
        ids.append(
            CaseId(other, form.format(912_000 + index * 3), chance.between(birthday(born, 17), birthday(born, 19)))
        )
    return tuple(ids)


def _place_of(authority: str) -> int:
    """Return the place of an authority in the seed."""
    return list(reference().county).index(authority)


def _ni_place(authority: str, index: int) -> int:
    """Return which invented NI number a person has: the first two authorities take turns, others have a block each."""
    place = _place_of(authority)
    return index * 2 + place if place < 2 else 1_000_000 + place * 10_000 + index


def _care_leaver(  # noqa: PLR0913 - what decides a person
    seed: int, authority: str, index: int, age: int, as_at: date, *, defects: float
) -> Person:
    chance = stream(seed, "person", authority, index)
    uasc = chance.happens(UASC_SHARE[reference().pattern[authority]])
    sex = chance.weighted({"m": 93, "f": 7} if uasc else {"m": 52, "f": 47, "u": 1})
    forename, nickname, surname = _named(chance, sex, uasc=uasc)
    born = _born(chance, age, as_at, uasc=uasc, defects=defects)
    return Person(
        person=f"{authority}-{index:05d}",
        authority=authority,
        forename=forename,
        nickname=nickname,
        surname=surname,
        sex=sex,
        ethnicity=_ethnicity(chance, uasc=uasc),
        born=born,
        former_uasc=uasc,
        ni_number=ni_number(_ni_place(authority, index)),
        case_ids=_case_ids(chance, authority, index, born, as_at, defects=defects),
        defects=defects,
    )


def _with_likenesses(seed: int, people: list[Person]) -> list[Person]:
    """Make some neighbours in the list twins, and some namesakes born on one day."""
    chance = stream(seed, "likenesses", people[0].authority)
    changed = list(people)
    for index in range(1, len(people), 2):
        elder, younger = changed[index - 1], changed[index]
        if elder.former_uasc or younger.former_uasc:
            continue
        if chance.happens(2 * NAMESAKE_SHARE) or index == 11:
            younger = replace(younger, forename=elder.forename, nickname=elder.nickname, sex=elder.sex)
        elif not (chance.happens(2 * TWIN_SHARE) or index == 13):
            continue
        changed[index] = replace(younger, surname=elder.surname, born=elder.born)
    return changed


def _with_leap_births(people: list[Person], as_at: date) -> list[Person]:
    """Let one person in 150 of each age that allows it, the first included, be born on 29 February."""
    leap_days = {age_on(day, as_at): day for day in (date(year, 2, 29) for year in range(1996, as_at.year - 15, 4))}
    seen = dict.fromkeys(leap_days, 0)
    changed = []
    for person in people:
        age = age_on(person.born, as_at)
        if age not in leap_days or person.former_uasc:
            changed.append(person)
            continue
        chosen = seen[age] % round(1 / LEAP_SHARE) == 0
        seen[age] += 1
        changed.append(replace(person, born=leap_days[age]) if chosen else person)
    return changed


def care_leavers(  # noqa: PLR0913 - what decides who there is
    seed: int, authority: str, people: int | None, as_at: date, *, defects: float = 1.0, years: int = 3
) -> list[Person]:
    """Return everyone whom one county's case system held at some time in the history, in a fixed order.

    Args:
        seed: seed of the run.
        authority: `kent` or `lancashire`.
        people: number aged 17 to 24 on the as-at date; None is the county's real size. Those of 16 and those who were
            still under 25 in an earlier snapshot come on top, in proportion.
        as_at: date of the last files.
        defects: how many times the usual rates people are written down wrongly.
        years: length of the history.
    """
    ages = [age for age, number in numbers_at_age(authority, people, years).items() for _ in range(number)]
    made = [
        _care_leaver(seed, authority, index, age, as_at, defects=defects) for index, age in enumerate(ages, start=1)
    ]
    return _with_likenesses(seed, _with_leap_births(made, as_at))


def stranger(seed: int, purpose: str, index: int, as_at: date, *, defects: float = 1.0) -> Person:
    """Return a person whom neither county's case system knows; one in seven is a care leaver of another authority."""
    chance = stream(seed, "stranger", purpose, index)
    sex = chance.weighted({"m": 48, "f": 51, "u": 1})
    uasc = chance.happens(0.08)
    forename, nickname, surname = _named(chance, sex, uasc=uasc)
    age = chance.randint(17, 27) if chance.happens(0.5) else chance.randint(28, 70)
    leaver = age <= 27 and chance.happens(0.3)
    return Person(
        person=f"stranger-{purpose}-{index:05d}",
        authority="",
        forename=forename,
        nickname=nickname,
        surname=surname,
        sex=sex,
        ethnicity=_ethnicity(chance, uasc=uasc),
        born=_born(chance, age, as_at, uasc=uasc, defects=defects),
        former_uasc=uasc,
        ni_number=ni_number(500_000 + (250_000 if purpose == "homelessness" else 0) + index),
        leaver_of=chance.choice(("E06000035", "E06000009", "E06000008", "E09000008", "E10000011")) if leaver else None,
        defects=defects,
    )
