"""Shares with a district: people with a live consent that names it, and of them only what they consented to.

What belongs here: choosing people and fields, writing a share, saying what had been shared of those who withdrew. What
does not: whose consent is live (`consents`), monitoring figures, which are not reduced by consent
(`docs/release.md` says why).

A share is a folder `shares/<GSS code>/<number>_<data date>/` with one CSV per scope; its name says the edition. Each is
logged in the audit trail: what, to whom, of whom, under which consents.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.durable import make_folder, sync, sync_tree, write_durably
from pipelines.landing.erased import unfinished
from pipelines.protection import trail
from pipelines.protection.trail import PersonLine
from pipelines.release.consents import Consent, consents_naming
from pipelines.settings import Home

ACTION = "shared"
FIELDS = Path(__file__).with_name("share_fields.csv")
EDITION = "restricted"

# Of each person with a live consent: what any scope may hold. Which fields leave is in `share_fields.csv`.
PEOPLE = """
with names as (
    select
        alias.person_key,
        person.pers_forename as forename,
        person.pers_surname as surname,
        1 as place,
        person.data_date
    from landing.case_system__ssd_person as person
    inner join identity.person_alias as alias
        on person.authority = alias.authority and person.pers_person_id = alias.person_id
    union all
    select
        alias.person_key,
        person.forename,
        person.surname,
        2 as place,
        person.data_date
    from landing.protocol_forms__person_index as person
    inner join identity.person_alias as alias
        on person.authority = alias.authority and person.person_id = alias.person_id
),

advisers as (
    select
        alias.person_key,
        care.clea_care_leaver_personal_advisor as personal_adviser,
        care.data_date
    from landing.case_system__ssd_care_leavers as care
    inner join identity.person_alias as alias
        on care.authority = alias.authority and care.clea_person_id = alias.person_id
    where care.clea_care_leaver_personal_advisor is not null
    union all
    select
        alias.person_key,
        care.allocated_personal_advisor,
        care.data_date
    from landing.case_system__annex_a_list_9 as care
    inner join identity.person_alias as alias
        on care.authority = alias.authority and care.child_unique_id = alias.person_id
    where care.allocated_personal_advisor is not null
)

select
    wanted.person_key,
    (
        select forename from names where names.person_key = wanted.person_key
        order by place, data_date desc, forename limit 1
    ) as forename,
    (
        select surname from names where names.person_key = wanted.person_key
        order by place, data_date desc, forename limit 1
    ) as surname,
    (
        select min(date_of_birth) from core.dim_person where dim_person.person_key = wanted.person_key
    ) as date_of_birth,
    (
        select personal_adviser from advisers where advisers.person_key = wanted.person_key
        order by data_date desc, personal_adviser limit 1
    ) as personal_adviser,
    (
        select max(planned_move_date) from core.fct_readiness
        where fct_readiness.person_key = wanted.person_key and planned_move_date > $as_at
    ) as planned_move_date,
    (
        select max(referred_on) from core.fct_duty_to_refer
        where fct_duty_to_refer.person_key = wanted.person_key and district_gss = $district
    ) as referred_on
from (select unnest($people) as person_key) as wanted
"""
APPLICATIONS = """
select person_key, application_ref, registered_on, status
from core.fct_application
where district = $district and person_key in (select unnest($people))
order by person_key, registered_on, application_ref
"""
CASES = """
select person_key, case_ref, application_on
from core.fct_homelessness_case
where district = $district and person_key in (select unnest($people))
order by person_key, application_on, case_ref
"""
RECORDS = {"register": APPLICATIONS, "homelessness": CASES}


class UnknownDistrictError(Exception):
    """No county of the home has such a district."""


class ErasureUnfinishedError(Exception):
    """The published build still holds somebody who is being erased."""


@dataclass(frozen=True)
class Withdrawn:
    """Somebody who was in an earlier share and is not in this one.

    Attributes:
        person_key: Who.
        reference: What the district knows them by: application or case references that were shared.
        why: `withdrawn`, or what else ended it.
        shared: The earlier shares: number, day, scope and fields of each.
    """

    person_key: str
    reference: tuple[str, ...]
    why: str
    shared: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Share:
    """One share.

    Attributes:
        district: GSS code.
        number: Its place among the shares with that district, from 1.
        as_at: The data date.
        folder: Where it lies.
        files: Its files, by scope.
        people: How many people are in it.
        withdrawn: Who was in an earlier one and is no longer, with what had been shared.
    """

    district: str
    number: int
    as_at: date
    folder: Path
    files: Mapping[str, Path]
    people: int
    withdrawn: tuple[Withdrawn, ...]


def fields_of_scopes() -> dict[str, list[str]]:
    """Return the fields that each scope of consent covers, in order."""
    found: dict[str, list[str]] = {}
    with FIELDS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["scope"], []).append(row["field"])
    return found


def share(home: Home, warehouse: duckdb.DuckDBPyConnection, district: str, *, now: datetime | None = None) -> Share:
    """Write the next share with a district, log it, and return it.

    Args:
        home: The home; its audit trail says what earlier shares held.
        warehouse: The published warehouse, open for reading.
        district: The district's GSS code.
        now: The clock, UTC.

    Raises:
        UnknownDistrictError: There is no such district.
        ConsentsNotReadError: Consents have arrived that the build has not used.
        ErasureUnfinishedError: An erasure was begun and not finished.
    """
    if unfinished(home):
        raise ErasureUnfinishedError(
            "Somebody is being erased, and the published build still holds them, so nothing is shared. Run "
            "lasting-homes erase for that person again until it ends well."
        )
    authority, as_at = _authority_of(warehouse, district)
    consents = [one for one in consents_naming(warehouse, home, district) if one.authority == authority]
    live = [one for one in consents if one.is_live(as_at)]
    by_scope = {
        scope: _rows(warehouse, scope, fields, [one for one in live if one.scope == scope], district, as_at)
        for scope, fields in fields_of_scopes().items()
    }
    earlier = earlier_shares(home, district)
    number = len(earlier) + 1
    folder = home.shares / district / f"{number:04}_{as_at}"
    draft = folder.with_name(f".{folder.name}")
    shutil.rmtree(draft, ignore_errors=True)  # left by a run that was killed
    make_folder(draft)
    names = {scope: f"share_{district}_{scope}_{as_at}_{EDITION}.csv" for scope, rows in by_scope.items() if rows}
    hashes = {name: _write(draft / name, fields_of_scopes()[scope], by_scope[scope]) for scope, name in names.items()}
    withdrawn = _withdrawn(earlier, live, consents)
    trail.record_about_people(
        home,
        ACTION,
        {
            "district": district,
            "number": number,
            "as_at": as_at.isoformat(),
            "files": hashes,
            "no_longer_shared": len(withdrawn),
        },
        _lines(by_scope, live),
        at=now or datetime.now(UTC),
    )
    # Only what is logged can be sent: the files get their place after the entry.
    sync_tree(draft)
    draft.rename(folder)
    sync(folder.parent)
    files = {scope: folder / name for scope, name in names.items()}
    people = {one.person_key for one in live}
    return Share(district, number, as_at, folder, files, len(people), withdrawn)


def earlier_shares(home: Home, district: str) -> list[dict[str, Any]]:
    """Return what was shared with a district before, the oldest first: number, day and people of each."""
    return [
        {"number": entry.details["number"], "at": entry.at, "people": trail.people_of(home, entry)}
        for entry in trail.trail_of(home).entries()
        if entry.action == ACTION and entry.details["district"] == district
    ]


def _authority_of(warehouse: duckdb.DuckDBPyConnection, district: str) -> tuple[str, date]:
    districts = {
        code: (name, authority, as_at)
        for code, name, authority, as_at in warehouse.execute(
            "select area.area_code, area.area_name, area.authority, clock.as_at from core.dim_area as area "
            "inner join core.dim_clock as clock on area.authority = clock.authority where area.area_type = 'district' "
            "order by area.authority, area.area_name"
        ).fetchall()
    }
    if district not in districts:
        listed = ", ".join(f"{code} ({name})" for code, (name, _, _) in districts.items())
        raise UnknownDistrictError(f"There is no district {district!r}. There are: {listed}.")
    _, authority, as_at = districts[district]
    return authority, as_at


def _rows(  # noqa: PLR0913, PLR0917 - what a scope's table is made of
    warehouse: duckdb.DuckDBPyConnection,
    scope: str,
    fields: Sequence[str],
    live: Sequence[Consent],
    district: str,
    as_at: date,
) -> list[dict[str, Any]]:
    """Return a scope's rows: one per person and record of the district, with the person's key beside the fields."""
    keys = sorted({one.person_key for one in live})
    if not keys:
        return []
    people = _table(warehouse, PEOPLE, {"people": keys, "district": district, "as_at": as_at})
    records: list[dict[str, Any]] = []
    if scope in RECORDS:
        records = _table(warehouse, RECORDS[scope], {"people": keys, "district": district})
    rows = []
    for person in sorted(people, key=lambda one: (str(one["surname"]), str(one["forename"]), one["person_key"])):
        own = [one for one in records if one["person_key"] == person["person_key"]] or [{}]
        rows += [
            {"person_key": person["person_key"], **{name: {**person, **one}.get(name) for name in fields}}
            for one in own
        ]
    return rows


def _table(warehouse: duckdb.DuckDBPyConnection, query: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    answer = warehouse.execute(query, given)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _write(path: Path, fields: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Write one file and return the hash of its bytes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=fields, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_durably(path, text.getvalue())
    path.chmod(0o600)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _lines(by_scope: Mapping[str, Sequence[Mapping[str, Any]]], live: Sequence[Consent]) -> list[PersonLine]:
    """Return what the trail says of each person and scope: under which consents, which fields, which references."""
    fields = fields_of_scopes()
    lines = []
    for scope, rows in by_scope.items():
        for key in dict.fromkeys(row["person_key"] for row in rows):
            own = [row for row in rows if row["person_key"] == key]
            references = sorted(
                {str(row[name]) for row in own for name in ("application_ref", "case_ref") if row.get(name)}
            )
            consents = [one.record_id for one in live if (one.person_key, one.scope) == (key, scope)]
            filled = [name for name in fields[scope] if any(row[name] is not None for row in own)]
            lines.append(
                PersonLine(key, {"scope": scope, "consents": consents, "fields": filled, "references": references})
            )
    return lines


def _withdrawn(
    earlier: Sequence[Mapping[str, Any]], live: Sequence[Consent], consents: Sequence[Consent]
) -> tuple[Withdrawn, ...]:
    """Return those whose scope was in the share before this one and is covered by no live consent now."""
    if not earlier:
        return ()
    still = {(one.person_key, one.scope) for one in live}
    gone = [one for one in earlier[-1]["people"] if (one["person_key"], one["scope"]) not in still]
    found = []
    for line in gone:
        whose = (line["person_key"], line["scope"])
        shared = [
            {
                "number": one["number"],
                "on": one["at"].date().isoformat(),
                "scope": own["scope"],
                "fields": own["fields"],
            }
            for one in earlier
            for own in one["people"]
            if (own["person_key"], own["scope"]) == whose
        ]
        own_consents = [one for one in consents if (one.person_key, one.scope) == whose]
        found.append(Withdrawn(whose[0], tuple(line["references"]), _why(own_consents), tuple(shared)))
    return tuple(found)


def _why(consents: Sequence[Consent]) -> str:
    days = [one.withdrawn_on for one in consents if one.withdrawn_on is not None]
    if days:
        return f"consent withdrawn on {max(days)}"
    if any(one.in_doubt for one in consents):
        return "a later version of the consent could not be read"
    return "the consent is no longer in the county's records"
