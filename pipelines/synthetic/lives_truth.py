"""The truth about people: who they are, how they lived, which records are theirs.

What belongs here: `people.parquet`, `links.parquet` and `lives/*.parquet` (`docs/seams.md`). What does not: the truth
about rows of files (truth.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.synthetic.homelessness import HomelessApplicant
from pipelines.synthetic.lettings import RegisteredApplicant
from pipelines.synthetic.lives import Life
from pipelines.synthetic.people import Person
from pipelines.synthetic.truth import write

TEXT, DAY, FLAG, NUMBER = pl.String(), pl.Date(), pl.Boolean(), pl.Int64()
Schema = dict[str, pl.DataType]

LINKS: Schema = dict.fromkeys(("authority", "family", "table", "sender", "source_ref", "person"), TEXT)
PEOPLE: Schema = {
    "person": TEXT,
    "authority": TEXT,
    "case_system_ids": TEXT,
    "date_of_birth": DAY,
    "former_uasc": FLAG,
    "sex": TEXT,
    "ethnicity": TEXT,
    "died": DAY,
    "left_care": DAY,
}
HOMES: Schema = {
    "code": TEXT,
    "tenure": TEXT,
    "start": DAY,
    "end": DAY,
    "district": TEXT,
    "postcode": TEXT,
    "suitable": FLAG,
    "sub_type": TEXT,
    "placed_by": TEXT,
    "end_reason": TEXT,
    "came_by": TEXT,
    "recorded": DAY,
}
HOMELESSNESS: Schema = {
    "person": TEXT,
    "district": TEXT,
    "case_ref": TEXT,
    "application_on": DAY,
    "reopened_from": TEXT,
    "stays": NUMBER,
}
REGISTRATIONS: Schema = {
    "person": TEXT,
    "scheme": TEXT,
    "district": TEXT,
    "application_ref": TEXT,
    "registered_on": DAY,
    "status": TEXT,
    "tenancy_start": DAY,
    "at_sixteen": FLAG,
}


def _link(authority: str, table: tuple[str, str], sender: str, source_ref: str, person: Person) -> dict[str, Any]:
    return {
        "authority": authority or None,
        "family": table[0],
        "table": table[1],
        "sender": sender,
        "source_ref": source_ref,
        "person": person.person if person.authority else None,
    }


def all_links(
    lives: list[Life],
    applicants: Mapping[str, list[RegisteredApplicant]],
    cases: Mapping[str, list[HomelessApplicant]],
) -> list[dict[str, Any]]:
    """Return who is truly behind every case-system id, application and case; strangers have no person.

    The authority of a case-system id is its sender; that of an outside record is the county that looked after them.
    """
    links = [
        _link(one.authority, ("case_system", "ssd_person"), one.authority, one.number, life.person)
        for life in lives
        for one in life.person.case_ids
    ]
    for scheme, registered in applicants.items():
        table = ("lettings", "applications")
        links += [_link(one.person.authority, table, scheme, one.made.ref, one.person) for one in registered]
    for district, homeless in cases.items():
        table = ("homelessness", "cases")
        links += [_link(one.person.authority, table, district, one.case.ref, one.person) for one in homeless]
    return links


def _people(life: Life) -> list[dict[str, Any]]:
    """Return one row for each authority whose case system knows the person."""
    person = life.person
    return [
        {
            "person": person.person,
            "authority": authority,
            "case_system_ids": ",".join(one.number for one in person.ids_in(authority)),
            "date_of_birth": person.born,
            "former_uasc": person.former_uasc,
            "sex": person.sex,
            "ethnicity": person.ethnicity,
            "died": life.died,
            "left_care": life.left_care,
        }
        for authority in sorted({one.authority for one in person.case_ids})
    ]


def _homelessness(life: Life) -> list[dict[str, Any]]:
    return [
        {
            "person": life.person.person,
            "district": case.district,
            "case_ref": case.ref or None,
            "application_on": case.application_on,
            "reopened_from": case.reopened.ref if case.reopened is not None else None,
            "stays": len(case.stays),
        }
        for case in life.cases
    ]


def _registrations(life: Life) -> list[dict[str, Any]]:
    return [
        {
            "person": life.person.person,
            "scheme": made.scheme,
            "district": made.district,
            "application_ref": made.ref or None,
            "registered_on": made.registered_on,
            "status": made.statuses[-1][1],
            "tenancy_start": max((one.tenancy_start for one in made.offers if one.tenancy_start), default=None),
            "at_sixteen": made.at_sixteen,
        }
        for made in life.registrations
    ]


def write_lives(folder: Path, lives: list[Life], links: list[dict[str, Any]]) -> None:
    """Write people, links and lives below the truth folder."""
    write(folder / "people.parquet", [row for life in lives for row in _people(life)], PEOPLE)
    write(folder / "links.parquet", links, LINKS)
    homes = [
        {"person": life.person.person} | {name: getattr(home, name) for name in HOMES}
        for life in lives
        for home in life.homes
    ]
    write(folder / "lives" / "homes.parquet", homes, {"person": TEXT} | HOMES)
    found = [row for life in lives for row in _homelessness(life)]
    write(folder / "lives" / "homelessness.parquet", found, HOMELESSNESS)
    registered = [row for life in lives for row in _registrations(life)]
    write(folder / "lives" / "registrations.parquet", registered, REGISTRATIONS)
