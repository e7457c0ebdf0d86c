"""How people are written down wrongly: names, dates of birth, NI numbers, postcodes, and single cells.

What belongs here: the defects that make linkage and landing hard, with their rates (sources.md section 7). What does
not: late, corrected and withdrawn records, which each source's module draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.synthetic.chance import Chance
from pipelines.synthetic.people import Person

NAME_VARIANT, NAME_VARIANT_UASC = 0.12, 0.25
NAMES_SWAPPED, NAMES_SWAPPED_UASC = 0.02, 0.06
DAY_MONTH_SWAPPED = 0.01
DIGIT_WRONG = 0.01
POSTCODE_OLD = 0.35
POSTCODE_MISSING = 0.10
FLAG_MISSING = 0.25
FLAG_WRONG = 0.03
UNKNOWN_SPELLING = 0.01
UNREADABLE_DATE = 0.002
REJECTED_ROWS = 0.0015

UNKNOWN_SPELLINGS = ("Zz unknown 7", "Zz code not mapped", "?zz 99")
# text -> rule by which landing turns it away
UNREADABLE_DATES = {
    "31/02/2025": "not_a_date",
    "00/00/0000": "not_a_date",
    "date tbc": "not_a_date",
    "1066-10-14": "impossible_date",
}

# Day and month can only be swapped when the day could be a month and is not the month: 11 of 12 days out of about 30.
_SWAPPABLE = 12 * 11 / 365
# Other ways in which one name from another alphabet is written in Latin letters.
_TRANSLITERATIONS = (
    ("kh", "k"),
    ("ou", "u"),
    ("ee", "i"),
    ("z", "s"),
    ("y", "i"),
    ("ei", "ay"),
    ("e", "i"),
    ("a", "e"),
)


@dataclass(frozen=True)
class Identity:
    """A person as one record has them."""

    forename: str | None
    surname: str | None
    date_of_birth: date | None
    ni_number: str | None
    postcode: str | None


def transliterated(name: str) -> str:
    """Return another Latin spelling of an invented name; the first rule that changes it wins."""
    for old, new in _TRANSLITERATIONS:
        changed = name[0] + name[1:].replace(old, new, 1)
        if changed != name:
            return changed
    return name + "h"


def _variant(person: Person, chance: Chance) -> tuple[str, str]:
    forename, surname = person.forename, person.surname
    if person.former_uasc:
        if " " in forename and chance.happens(0.5):
            return forename.split(" ")[0], surname
        if chance.happens(0.5):
            return transliterated(forename), surname
        return forename, transliterated(surname)
    if "-" in surname and chance.happens(0.5):
        return forename, surname.split("-")[1]
    if chance.happens(0.75):
        return person.nickname, surname
    at = chance.randint(1, len(forename) - 2)  # two letters typed in the wrong order
    typed = forename[:at] + forename[at + 1] + forename[at] + forename[at + 2 :]
    return (typed if typed != forename else person.nickname), surname


def written_name(person: Person, chance: Chance) -> tuple[str, str]:
    """Return forename and surname as a clerk of another council wrote them."""
    uasc, defects = person.former_uasc, person.defects
    names = person.forename, person.surname
    if chance.happens(defects * (NAME_VARIANT_UASC if uasc else NAME_VARIANT)):
        names = _variant(person, chance)
    if chance.happens(defects * (NAMES_SWAPPED_UASC if uasc else NAMES_SWAPPED)):
        names = names[1], names[0]
    return names


def written_birth(born: date, chance: Chance, defects: float = 1.0) -> date:
    """Return the date of birth as written: rarely with day and month swapped, rarely with one digit wrong.

    `defects` multiplies the rates of both.
    """
    swappable = born.day <= 12 and born.day != born.month
    if swappable and chance.happens(defects * DAY_MONTH_SWAPPED / _SWAPPABLE):
        return date(born.year, born.day, born.month)
    if chance.happens(defects * DIGIT_WRONG):
        if chance.happens(0.5) and (born.month, born.day) != (2, 29):
            return born.replace(year=born.year + chance.choice((-1, 1)))
        return born.replace(day=born.day - 10 if born.day > 10 else born.day + 10)
    return born


def as_written(person: Person, chance: Chance, *, ni_missing: float, postcodes: list[str]) -> Identity:
    """Return the person as a housing record has them.

    Args:
        person: the true person; their `defects` multiply every rate here.
        chance: the record's own stream, so that every export repeats the same mistakes.
        ni_missing: share of records without NI number (0 to 1).
        postcodes: compact postcodes of the person's homes, the present one last; empty ones are none.
    """
    forename, surname = written_name(person, chance)
    born = written_birth(person.born, chance, person.defects)
    known = [postcode for postcode in postcodes if postcode]
    missing, old = person.defects * POSTCODE_MISSING, person.defects * POSTCODE_OLD
    where = chance.weighted({"missing": missing, "old": old, "now": max(0.0, 1 - missing - old)})
    postcode = known[-1] if known and where != "missing" else None
    if where == "old" and len(known) > 1:
        postcode = chance.choice(known[:-1])
    ni_number = None if chance.happens(person.defects * ni_missing) else person.ni_number
    return Identity(forename, surname, born, ni_number, postcode)
