"""The queue of a build: every pair that waits for a person, with both sides and the reasons.

What belongs here: reading the queue from a warehouse. What does not: how it is shown (`workbook`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.identity.decisions import LinkDecision, RecordRef, latest

# A candidate less likely than this beside a likelier one is not worth a person's time.
LEAST_PROBABILITY = 0.01
POSTCODES_SHOWN = 8


@dataclass(frozen=True)
class Side:
    """One side of a pair, in words; an empty text is not known. Restricted: it holds names and birthdays."""

    source: str
    reference: str
    names: str
    births: str
    ni_number: str
    postcodes: str
    adviser: str
    care: str


@dataclass(frozen=True)
class Step:
    """One comparison: what was found, and what it adds to the weight (log2 of the odds)."""

    comparison: str
    found: str
    weight: float


@dataclass(frozen=True)
class Pair:
    """Two records that may be of one person.

    Attributes:
        one: The housing record, or the first case-system id.
        other: A case-system id of the candidate.
        this: The side of `one`.
        that: The side of `other`.
        probability: The model's, 0 to 1; None for two case-system ids, which a rule judges.
        steps: From chance to the whole weight; empty for two ids.
        note: Why people are asked.
    """

    one: RecordRef
    other: RecordRef
    this: Side
    that: Side
    probability: float | None
    steps: tuple[Step, ...]
    note: str

    @property
    def pair_id(self) -> str:
        """A short name of the pair, the same in every workbook; it shows rows whose cells were mixed up."""
        return pair_id(self.one, self.other)


def pair_id(one: RecordRef, other: RecordRef) -> str:
    """Return the short name of a pair."""
    text = "|".join((one.family, one.table, one.sender, one.ref, other.family, other.table, other.sender, other.ref))
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def review_queue(warehouse: duckdb.DuckDBPyConnection) -> list[Pair]:
    """Return the pairs that wait for a decision, the likeliest first, pairs of case-system ids at the end.

    Args:
        warehouse: A connection to a build's warehouse, which holds `landing` and `identity`.
    """
    return [*_record_pairs(warehouse), *_id_pairs(warehouse)]


def still_waiting(pairs: Sequence[Pair], taken: Iterable[LinkDecision]) -> list[Pair]:
    """Return the pairs that no decision settles: what was decided since the build counts from the next refresh.

    `unsure` settles nothing. A record that was found to be somebody's is not asked about with anybody else.

    Args:
        pairs: The queue of a build.
        taken: Everything that people decided, by now.
    """
    settled = {one.pair for one in latest(taken) if one.verdict != "unsure"}
    found = {one.one for one in latest(taken) if one.verdict == "same" and not one.one.is_case_id}
    return [pair for pair in pairs if tuple(sorted((pair.one, pair.other))) not in settled and pair.one not in found]


def pair_about(warehouse: duckdb.DuckDBPyConnection, one: RecordRef, other: RecordRef) -> Pair | None:
    """Return the pair of two records that somebody wants to decide about, whether or not it waits in the queue.

    So a link or a merge that rules or the model made is undone, and one is made that they did not think of.

    Args:
        warehouse: A connection to a build's warehouse.
        one: A housing record or a case-system id.
        other: A case-system id.

    Returns:
        The pair, with the model's reasons where it compared the two; None when the build does not know one of them.
    """
    known = warehouse.execute(
        "select person_key from identity.person_alias where authority = ? and person_id = ?", [other.sender, other.ref]
    ).fetchone()
    if known is None:
        return None
    note = "You asked about this pair."
    if one.is_case_id:
        found = warehouse.execute(
            "select person_key from identity.person_alias where authority = ? and person_id = ?", [one.sender, one.ref]
        ).fetchone()
        if found is None:
            return None
        now = "one person" if found == known else "two people"
        return Pair(one, other, _id_side(warehouse, one), _id_side(warehouse, other), None, (), f"{note} Now: {now}.")
    rows = _rows(warehouse, _RECORD, {"family": one.family, "sender": one.sender, "ref": one.ref, "key": known[0]})
    if not rows:
        return None
    row = rows[0]
    steps = [
        Step(*found[5:]) for found in warehouse.execute(_STEPS).fetchall() if found[:5] == (*_texts(one), known[0])
    ]
    now = "linked to this person" if row["person_key"] == known[0] else f"{row['outcome']}, not with this person"
    that = _id_side(warehouse, other)
    return Pair(one, other, _record_side(one, row), that, row["probability"], tuple(steps), f"{note} Now: {now}.")


def _record_pairs(warehouse: duckdb.DuckDBPyConnection) -> list[Pair]:
    steps: dict[tuple[str, ...], list[Step]] = {}
    for found in warehouse.execute(_STEPS).fetchall():
        steps.setdefault(tuple(found[:5]), []).append(Step(*found[5:]))
    pairs = []
    for row in _rows(warehouse, _RECORDS, {"least": LEAST_PROBABILITY}):
        one = RecordRef(row["family"], row["table_name"], row["sender"], row["source_ref"])
        key = (one.family, one.table, one.sender, one.ref, row["person_key"])
        note = "People decided before that they cannot tell." if row["method"] == "decided_unsure" else ""
        pairs.append(
            Pair(
                one,
                RecordRef.case_id(row["authority"], row["person_id"]),
                _record_side(one, row),
                _person_side(warehouse, row["person_key"]),
                row["probability"],
                tuple(steps.get(key, ())),
                note or "The model is not sure enough.",
            )
        )
    return pairs


def _rows(warehouse: duckdb.DuckDBPyConnection, query: str, values: dict[str, object]) -> list[dict[str, Any]]:
    cursor = warehouse.execute(query, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _texts(ref: RecordRef) -> tuple[str, str, str, str]:
    return ref.family, ref.table, ref.sender, ref.ref


def _record_side(one: RecordRef, row: dict[str, Any]) -> Side:
    claims = [text for text in (_flag(row["care_leaver_flag"]), row["care_leaver_of_gss"]) if text]
    return Side(
        source=f"{one.table} of {one.sender}",
        reference=one.ref,
        names=" ".join(part for part in (row["forename"], row["surname"]) if part),
        births=_day(row["date_of_birth"]),
        ni_number=row["ni_number"] or "",
        postcodes=row["postcode"] or "",
        adviser=row["personal_adviser"] or "",
        care=", ".join(claims),
    )


def _id_pairs(warehouse: duckdb.DuckDBPyConnection) -> list[Pair]:
    pairs = []
    for authority, person_id, other_authority, other_person_id, reason in warehouse.execute(_IDS).fetchall():
        one, other = RecordRef.case_id(authority, person_id), RecordRef.case_id(other_authority, other_person_id)
        this, that = _id_side(warehouse, one), _id_side(warehouse, other)
        pairs.append(Pair(one, other, this, that, None, (), f"The same name and birthday, but: {reason}."))
    return pairs


def _person_side(warehouse: duckdb.DuckDBPyConnection, person_key: str) -> Side:
    ids = warehouse.execute(
        "select authority, person_id from identity.person_alias where person_key = ? order by all", [person_key]
    ).fetchall()
    sides = [_id_side(warehouse, RecordRef.case_id(authority, person_id)) for authority, person_id in ids]
    joined = {
        name: "; ".join(dict.fromkeys(text for side in sides if (text := getattr(side, name))))
        for name in Side.__dataclass_fields__
    }
    return Side(**joined)


def _id_side(warehouse: duckdb.DuckDBPyConnection, ref: RecordRef) -> Side:
    held = warehouse.execute(
        """
        select
            coalesce(string_agg(distinct trim(concat_ws(' ', pers_forename, pers_surname)), '; '), ''),
            coalesce(string_agg(distinct strftime(pers_dob, '%d/%m/%Y'), '; '), '')
        from (
            select authority, pers_person_id, pers_forename, pers_surname, pers_dob
            from landing.case_system__ssd_person__history
            union all
            select authority, person_id, forename, surname, date_of_birth from landing.protocol_forms__person_index
        )
        where authority = $authority and pers_person_id = $person_id
        """,
        {"authority": ref.sender, "person_id": ref.ref},
    ).fetchone() or ("", "")
    places = warehouse.execute(_POSTCODES, {"authority": ref.sender, "person_id": ref.ref}).fetchall()
    advisers = warehouse.execute(
        """
        select coalesce(string_agg(distinct clea_care_leaver_personal_advisor, '; '), '')
        from landing.case_system__ssd_care_leavers__history
        where authority = $authority and clea_person_id = $person_id
        """,
        {"authority": ref.sender, "person_id": ref.ref},
    ).fetchone() or ("",)
    return Side(
        source=f"case system of {ref.sender}",
        reference=ref.ref,
        names=held[0],
        births=held[1],
        ni_number="",
        postcodes=", ".join(place for (place,) in places[:POSTCODES_SHOWN]),
        adviser=advisers[0],
        care=ref.sender,
    )


def _day(day: Any) -> str:
    return day.strftime("%d/%m/%Y") if day else ""


def _flag(flag: bool | None) -> str:
    return {True: "flagged a care leaver", False: "not flagged", None: ""}[flag]


_LANDED = """
    select
        'lettings' as family, 'applications' as table_name, sender, application_ref as source_ref, forename, surname,
        date_of_birth, ni_number, postcode, personal_adviser, care_leaver_flag, care_leaver_of_gss
    from landing.lettings__applications
    union all
    select
        'homelessness', 'cases', sender, case_ref, forename, surname, date_of_birth, ni_number, postcode, null, null,
        care_leaver_of_gss
    from landing.homelessness__cases
"""

_RECORDS = f"""
with records as ({_LANDED}),
first_ids as (
    select person_key, min(struct_pack(authority := authority, person_id := person_id)) as first_id
    from identity.person_alias
    group by person_key
)
select
    records.*, link.method, candidate.person_key, candidate.probability,
    first_ids.first_id.authority as authority, first_ids.first_id.person_id as person_id
from identity.person_link as link
inner join identity.link_candidate as candidate using (family, table_name, sender, source_ref)
inner join first_ids on first_ids.person_key = candidate.person_key
inner join records using (family, table_name, sender, source_ref)
where link.outcome = 'review' and (candidate.place = 1 or candidate.probability >= $least)
order by max(candidate.probability) over (partition by family, table_name, sender, source_ref) desc,
    family, table_name, sender, source_ref, candidate.place
"""

_RECORD = f"""
with records as ({_LANDED})
select records.*, link.person_key, link.outcome, candidate.probability
from records
inner join identity.person_link as link using (family, table_name, sender, source_ref)
left join identity.link_candidate as candidate
    on candidate.family = records.family and candidate.table_name = records.table_name
    and candidate.sender = records.sender and candidate.source_ref = records.source_ref
    and candidate.person_key = $key
where records.family = $family and records.sender = $sender and records.source_ref = $ref
"""

_STEPS = """
select family, table_name, sender, source_ref, person_key, comparison, level, weight
from identity.link_reason
order by family, table_name, sender, source_ref, person_key, step
"""

# An answered pair leaves the queue: joined ids share a key, and those decided to be two people are not asked again.
_IDS = """
select candidate.authority, candidate.person_id, other_authority, other_person_id, reason
from identity.id_candidate as candidate
inner join identity.person_alias as one
    on one.authority = candidate.authority and one.person_id = candidate.person_id
inner join identity.person_alias as other
    on other.authority = other_authority and other.person_id = other_person_id
where one.person_key <> other.person_key
order by all
"""

_POSTCODES = """
with places as (
    select addr_address_postcode as postcode, addr_address_start_date as since
    from landing.case_system__ssd_address
    where authority = $authority and addr_person_id = $person_id
    union all
    select clap_cla_placement_postcode, clap_cla_placement_start_date
    from landing.case_system__ssd_cla_placement
    where authority = $authority and clap_person_id = $person_id
    union all
    select pl_post, decom
    from landing.case_system__ssda903_episodes
    where authority = $authority and child = $person_id
    union all
    select postcode, valid_from
    from landing.protocol_forms__person_index
    where authority = $authority and person_id = $person_id
    union all
    select postcode, start_date
    from landing.protocol_forms__accommodation
    where authority = $authority and person_id = $person_id
)
select postcode
from places
where postcode is not null
group by postcode
order by max(since) desc nulls last, postcode
"""
