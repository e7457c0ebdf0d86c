"""The identity step: people, their keys, and one link decision per housing record.

What belongs here: the order of the step, grouping ids into people, the keys, and the check that nothing got lost. What
does not: the decisions themselves, which are a `Linker`'s.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from pipelines.identity.decisions import LinkDecision
from pipelines.identity.evidence import RECORD_TABLES
from pipelines.identity.grouping import group_ids, ids_kept_apart, verdicts_of_people
from pipelines.identity.held import make_held
from pipelines.identity.linker import Linker
from pipelines.identity.unmatched import count_flagged_unmatched

NO_MATCH = "no_match"
REVIEW = "review"
DECIDED, DECIDED_DIFFERENT, DECIDED_UNSURE = "decided", "decided_different", "decided_unsure"
KEY_LENGTH = 20

# Every landed table that names a case-system id: an id that only a form or an episode knows is a person all the same.
CASE_ID_COLUMNS = (
    ("case_system__ssd_person__history", "pers_person_id"),
    ("case_system__ssd_person", "pers_person_id"),
    ("case_system__ssd_care_leavers__history", "clea_person_id"),
    ("case_system__ssd_care_leavers", "clea_person_id"),
    ("case_system__ssd_cla_placement", "clap_person_id"),
    ("case_system__ssd_cla_episodes", "clae_person_id"),
    ("case_system__ssd_address", "addr_person_id"),
    ("case_system__ssd_immigration_status__history", "immi_person_id"),
    ("case_system__ssd_immigration_status", "immi_person_id"),
    ("case_system__annex_a_list_9__history", "child_unique_id"),
    ("case_system__annex_a_list_8__history", "child_unique_id"),
    ("case_system__ssda903_header__history", "child"),
    ("case_system__ssda903_episodes", "child"),
    ("case_system__ssda903_uasc__history", "child"),
    ("case_system__ssda903_oc3__history", "child"),
    ("protocol_forms__accommodation", "person_id"),
    ("protocol_forms__person_index", "person_id"),
)

CANDIDATE_TABLES = {
    "linkage_candidate": "record bigint, person bigint, place integer, weight double, probability double",
    "linkage_reason": "record bigint, person bigint, step integer, comparison varchar, level varchar, weight double",
    "linkage_id_candidate": "authority varchar, person_id varchar, other_authority varchar, other_person_id varchar, "
    "reason varchar",
    "linkage_parameter": "comparison varchar, level varchar, rank integer, m double, u double, weight double",
}


class LinkageError(Exception):
    """A linker broke its contract; the run must stop, because people could be mixed up or lost."""


@dataclass(frozen=True)
class LinkCount:
    """How many records of one table had one outcome by one method."""

    family: str
    table_name: str
    outcome: str
    method: str
    records: int


@dataclass(frozen=True)
class LinkReport:
    """What the step did, in counts only.

    Attributes:
        linker: The linker's name.
        case_ids: Case-system ids ever seen.
        people: People behind those ids.
        counts: Records by table, outcome and method, in that order; they add up to all applications and cases.
        id_pairs_to_review: Pairs of case-system ids for people to look at.
    """

    linker: str
    case_ids: int
    people: int
    counts: tuple[LinkCount, ...]
    id_pairs_to_review: int = 0

    @property
    def outcomes(self) -> dict[str, int]:
        """Records by outcome, `linked`, `review` and `unlinked`, all always there."""
        return {"linked": self.linked, "review": self.review, "unlinked": self.unlinked}

    @property
    def records(self) -> int:
        """All applications and homelessness cases."""
        return sum(count.records for count in self.counts)

    @property
    def linked(self) -> int:
        """Those with a person."""
        return sum(count.records for count in self.counts if count.outcome == "linked")

    @property
    def unlinked(self) -> int:
        """Those without a person, and without one to look at."""
        return self.records - self.linked - self.review

    @property
    def review(self) -> int:
        """Those that wait for a person to decide; they count nowhere until then."""
        return sum(count.records for count in self.counts if count.outcome == "review")

    @property
    def decided(self) -> int:
        """Those that stand as people decided, whatever rules and model say."""
        return sum(count.records for count in self.counts if count.method.startswith(DECIDED))


def link(
    connection: duckdb.DuckDBPyConnection, *, linker: Linker, key: bytes, decisions: Sequence[LinkDecision] = ()
) -> LinkReport:
    """Read the schema `landing` and write the schema `identity`, replacing it.

    Writes `identity.person_alias (authority, person_id, person_key)`, one row per case-system id ever seen, and
    `identity.person_link (family, table_name, sender, source_ref, person_key, outcome, method, probability)`, one row
    per application and homelessness case; beside them `identity.link_candidate`, `identity.link_reason`,
    `identity.id_candidate` and `identity.model_parameter`, which say what the linker thought of (`Linker`), and
    `identity.flagged_unmatched` (`unmatched`). No name, birthday or NI number is written anywhere.

    `person_key` is the first 20 hexadecimal digits of HMAC-SHA256(key, `<authority>|<person_id>`) of the
    person's first authority by alphabet and their smallest id there: it depends on nobody else, so nothing moves when
    somebody arrives.

    Args:
        connection: An open, writable connection that holds the schema `landing` (docs/seams.md).
        linker: Who decides.
        key: The home's secret (`Home.person_key`).
        decisions: What people decided, as known (`decisions.decisions`); it overrides the linker.

    Returns:
        The counts of the step.

    Raises:
        ValueError: The key is empty.
        LinkageError: The linker decided twice on one record, or two people got one key.
    """
    if not key:
        raise ValueError("The person-key secret is empty. Make one with: lasting-homes init")
    try:
        _number_case_ids_and_records(connection)
        make_held(connection)
        _make_room_for_candidates(connection)
        _group_ids_into_people(connection, linker, decisions)
        _heed_decisions(connection, decisions)
        _write_aliases(connection, key)
        _write_links(connection, linker)
        _write_candidates(connection)
        count_flagged_unmatched(connection)
        return _report(connection, linker)
    finally:
        _drop_working_tables(connection)


def _number_case_ids_and_records(connection: duckdb.DuckDBPyConnection) -> None:
    ids = " union ".join(
        f"select authority, {column} as person_id from landing.{table} where {column} is not null"
        for table, column in CASE_ID_COLUMNS
    )
    connection.execute(
        f"create or replace temp table linkage_case_id as select authority, person_id from ({ids}) order by all"
    )
    records = " union ".join(
        f"select '{family}' as family, '{table}' as table_name, sender, {ref} as source_ref"
        f" from landing.{family}__{table}"
        for family, table, ref in RECORD_TABLES
    )
    connection.execute(
        f"""
        create or replace temp table linkage_record as
        select row_number() over (order by family, table_name, sender, source_ref) as record, *
        from ({records})
        """
    )


def _make_room_for_candidates(connection: duckdb.DuckDBPyConnection) -> None:
    for table, columns in CANDIDATE_TABLES.items():
        connection.execute(f"create or replace temp table {table} ({columns})")


def _group_ids_into_people(
    connection: duckdb.DuckDBPyConnection, linker: Linker, decisions: Sequence[LinkDecision]
) -> None:
    """Make `linkage_person (authority, person_id, person)`: the person's number is that of their first id."""
    pairs = linker.same_person(connection)
    merged = group_ids([((row[0], row[1]), (row[2], row[3])) for row in pairs.fetchall()], decisions)
    connection.register(
        "linkage_merged",
        pl.DataFrame(
            [(*case_id, *first) for case_id, first in merged.items()],
            schema=dict.fromkeys(("authority", "person_id", "first_authority", "first_person_id"), pl.String),
            orient="row",
        ),
    )
    connection.execute(
        """
        create or replace temp table linkage_person as
        with named as (
            select
                authority, person_id,
                coalesce(first_authority, authority) as first_authority,
                coalesce(first_person_id, person_id) as first_person_id
            from linkage_case_id
            left join linkage_merged using (authority, person_id)
        )
        select
            authority, person_id, first_authority, first_person_id,
            dense_rank() over (order by first_authority, first_person_id) as person
        from named
        """
    )
    connection.unregister("linkage_merged")


def _heed_decisions(connection: duckdb.DuckDBPyConnection, decisions: Sequence[LinkDecision]) -> None:
    """Make `linkage_verdict (record, person, verdict)` from people's decisions, and what linkers must heed of it.

    `linkage_barred (record, person)` are the pairs that are two people. `linkage_open (record)` are the records about
    which somebody could not tell: as long as one candidate is open nobody else can be concluded from the others.
    A decision about a record or an id that is not in landing (withdrawn, or not known yet) waits for it. Ids that
    people hold to be two people are not asked about again.
    """
    people = {
        (authority, person_id): person
        for authority, person_id, person in connection.execute(
            "select authority, person_id, person from linkage_person"
        ).fetchall()
    }
    rows = verdicts_of_people(people, decisions)
    texts = dict.fromkeys(("family", "table_name", "sender", "source_ref"), pl.String)
    connection.register(
        "linkage_decided", pl.DataFrame(rows, {**texts, "person": pl.Int64, "verdict": pl.String}, orient="row")
    )
    connection.execute(
        """
        create or replace temp table linkage_verdict as
        select record, person, verdict
        from linkage_decided
        inner join linkage_record using (family, table_name, sender, source_ref)
        """
    )
    connection.unregister("linkage_decided")
    connection.execute(
        """
        create or replace temp table linkage_barred as
        select record, person from linkage_verdict where verdict = 'different'
        """
    )
    connection.execute(
        """
        create or replace temp table linkage_open as
        select distinct record from linkage_verdict where verdict = 'unsure'
        """
    )
    for one, other in ids_kept_apart(decisions):
        connection.execute(
            """
            delete from linkage_id_candidate
            where (authority, person_id, other_authority, other_person_id) in ((?, ?, ?, ?), (?, ?, ?, ?))
            """,
            [*one, *other, *other, *one],
        )


def _write_aliases(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    rows = connection.execute(
        "select distinct person, first_authority, first_person_id from linkage_person order by person"
    ).fetchall()
    keys = [_person_key(key, authority, person_id) for _, authority, person_id in rows]
    if len(set(keys)) != len(keys):
        raise LinkageError("Two people got one person key. Make another secret and run the refresh again.")
    connection.register(
        "linkage_key_of_person",
        pl.DataFrame(
            {"person": [row[0] for row in rows], "person_key": keys}, {"person": pl.Int64, "person_key": pl.String}
        ),
    )
    connection.execute("create or replace temp table linkage_key as select * from linkage_key_of_person")
    connection.unregister("linkage_key_of_person")
    connection.execute("create schema if not exists identity")
    connection.execute(
        """
        create or replace table identity.person_alias as
        select authority, person_id, person_key
        from linkage_person
        inner join linkage_key using (person)
        order by authority, person_id
        """
    )


def _person_key(key: bytes, authority: str, person_id: str) -> str:
    return hmac.new(key, f"{authority}|{person_id}".encode(), hashlib.sha256).hexdigest()[:KEY_LENGTH]


def _write_links(connection: duckdb.DuckDBPyConnection, linker: Linker) -> None:
    decisions = linker.decide(connection)
    decisions.query("decision", "create or replace temp table linkage_outcome as select * from decision")
    twice = connection.execute(
        "select count(*) from (select record from linkage_outcome group by record having count(*) > 1)"
    ).fetchone()
    if twice and twice[0]:
        raise LinkageError(
            f"The linker {linker.name} decided more than once on {twice[0]} records; nothing was linked."
        )
    connection.execute(
        f"""
        create or replace table identity.person_link as
        with barred as (
            select linkage_outcome.record
            from linkage_outcome
            inner join linkage_barred using (record, person)
        ),
        decided as (
            select
                record.*,
                case
                    when same.record is not null then same.person
                    when barred.record is null and linkage_open.record is null then linkage_outcome.person
                end as person,
                case
                    when same.record is not null then '{DECIDED}'
                    when linkage_open.record is not null then '{DECIDED_UNSURE}'
                    when barred.record is not null then '{DECIDED_DIFFERENT}'
                    else coalesce(linkage_outcome.method, '{NO_MATCH}')
                end as method,
                case when same.record is null then linkage_outcome.probability end as probability
            from linkage_record as record
            left join linkage_outcome using (record)
            left join linkage_verdict as same on same.record = record.record and same.verdict = 'same'
            left join barred on barred.record = record.record
            left join linkage_open on linkage_open.record = record.record
        )
        select
            family, table_name, sender, source_ref, person_key,
            case
                when person_key is not null then 'linked'
                when method in ('{REVIEW}', '{DECIDED_UNSURE}') then 'review'
                else 'unlinked'
            end as outcome,
            method,
            cast(probability as double) as probability
        from decided
        left join linkage_key using (person)
        order by record
        """
    )


def _write_candidates(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep what the linker thought of, under the keys of people and without anybody's values."""
    connection.execute(
        """
        create or replace table identity.link_candidate as
        select family, table_name, sender, source_ref, person_key, place, weight, probability
        from linkage_candidate
        inner join linkage_record using (record)
        inner join linkage_key using (person)
        order by record, place
        """
    )
    connection.execute(
        """
        create or replace table identity.link_reason as
        select family, table_name, sender, source_ref, person_key, step, comparison, level, linkage_reason.weight
        from linkage_reason
        inner join linkage_record using (record)
        inner join linkage_key using (person)
        order by record, person, step
        """
    )
    connection.execute(
        "create or replace table identity.id_candidate as select * from linkage_id_candidate order by all"
    )
    connection.execute(
        """
        create or replace table identity.model_parameter as
        select * from linkage_parameter order by comparison, rank desc
        """
    )


def _report(connection: duckdb.DuckDBPyConnection, linker: Linker) -> LinkReport:
    totals = connection.execute("select count(*), count(distinct person_key) from identity.person_alias").fetchone()
    case_ids, people = totals if totals else (0, 0)
    counts = connection.execute(
        """
        select family, table_name, outcome, method, count(*)
        from identity.person_link
        group by all
        order by all
        """
    ).fetchall()
    waiting = connection.execute("select count(*) from identity.id_candidate").fetchone()
    return LinkReport(
        linker.name, case_ids, people, tuple(LinkCount(*row) for row in counts), waiting[0] if waiting else 0
    )


def _drop_working_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Names were needed for the step only: leave none behind in a connection that lives on."""
    working = connection.execute(
        "select table_name from duckdb_tables() where temporary and table_name like 'linkage\\_%' escape '\\'"
    ).fetchall()
    for (table,) in working:
        connection.execute(f"drop table temp.{table}")
