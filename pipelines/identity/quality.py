"""How good the links are, measured against the generator's truth.

What belongs here: pairwise precision and recall, for tests and the bench. What does not: anything that the pipeline
calls: the pipeline never reads a truth.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

ALL = "all"


@dataclass(frozen=True)
class QualityRow:
    """Pairs of one source table and one group of people.

    Attributes:
        table: `ssd_person`, `applications`, `cases`, or `all` for the two kinds of record together.
        former_uasc: `yes`, `no`, `not_known` (nobody known to be behind the record), or `all`.
        true_pairs: Pairs that belong together.
        made_pairs: Pairs that were put together.
        right_pairs: Both.
    """

    table: str
    former_uasc: str
    true_pairs: int
    made_pairs: int
    right_pairs: int

    @property
    def precision(self) -> float:
        """The share of made pairs that are right; 1 when none was made."""
        return self.right_pairs / self.made_pairs if self.made_pairs else 1.0

    @property
    def recall(self) -> float:
        """The share of true pairs that were made; 1 when there are none."""
        return self.right_pairs / self.true_pairs if self.true_pairs else 1.0


@dataclass(frozen=True)
class LinkQuality:
    """All rows: each table by group, each table whole, and the records of both tables by group and whole."""

    rows: tuple[QualityRow, ...]

    def of(self, table: str = ALL, former_uasc: str = ALL) -> QualityRow:
        """Return one row; a row of zeros where there was nothing to count."""
        for row in self.rows:
            if (row.table, row.former_uasc) == (table, former_uasc):
                return row
        return QualityRow(table, former_uasc, 0, 0, 0)


def evaluate(connection: duckdb.DuckDBPyConnection, links: Path) -> LinkQuality:
    """Compare the schema `identity` with the truth.

    A pair is a record and a case-system id: a record linked to a person with two ids makes two pairs. For `ssd_person`
    a pair is two ids of one person. Only ids that landing has seen and that the truth knows count, so a file that has
    not arrived is no fault of the linker.

    Args:
        connection: A connection that holds the schema `identity`.
        links: `truth/links.parquet`; `truth/people.parquet` beside it says who is a former unaccompanied
            asylum-seeking child, without it everybody is `not_known`.

    Returns:
        The counts, with precision and recall of each.
    """
    connection.execute("create or replace temp view truth_link as select * from read_parquet('" + _quoted(links) + "')")
    people = links.with_name("people.parquet")
    connection.execute(
        "create or replace temp view truth_person as "
        + (
            "select person, bool_or(lower(cast(former_uasc as varchar)) in ('true', 'yes')) as former_uasc "
            f"from read_parquet('{_quoted(people)}') group by person"
            if people.exists()
            else "select cast(null as varchar) as person, cast(null as boolean) as former_uasc where false"
        )
    )
    try:
        rows = connection.execute(_PAIRS).fetchall()
    finally:
        connection.execute("drop view temp.truth_link")
        connection.execute("drop view temp.truth_person")
    return LinkQuality(tuple(QualityRow(*row) for row in rows))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


_PAIRS = """
with ids as (
    select alias.authority, alias.person_id, alias.person_key, truth_link.person
    from identity.person_alias as alias
    inner join truth_link
        on truth_link.family = 'case_system'
        and truth_link."table" = 'ssd_person'
        and truth_link.authority = alias.authority
        and truth_link.source_ref = alias.person_id
),
records as (
    select link.table_name, link.sender, link.source_ref, link.person_key, truth_link.person
    from identity.person_link as link
    inner join truth_link
        on truth_link.family = link.family
        and truth_link."table" = link.table_name
        and truth_link.sender = link.sender
        and truth_link.source_ref = link.source_ref
),
id_pairs as (
    select
        'ssd_person' as table_name, one.person as person,
        one.person = other.person as is_true, one.person_key = other.person_key as is_made
    from ids as one
    inner join ids as other
        on (one.person = other.person or one.person_key = other.person_key)
        and (one.authority, one.person_id) < (other.authority, other.person_id)
),
record_pairs as (
    select
        records.table_name, coalesce(records.person, ids.person) as person,
        coalesce(records.person = ids.person, false) as is_true,
        coalesce(records.person_key = ids.person_key, false) as is_made
    from records
    inner join ids on records.person = ids.person or records.person_key = ids.person_key
),
pairs as (
    select * from id_pairs
    union all
    select * from record_pairs
    union all
    select 'all', person, is_true, is_made from record_pairs
)
select
    table_name,
    case
        when grouping(truth_person.former_uasc) = 1 then 'all'
        when truth_person.former_uasc then 'yes'
        when not truth_person.former_uasc then 'no'
        else 'not_known'
    end as former_uasc,
    count(*) filter (where is_true) as true_pairs,
    count(*) filter (where is_made) as made_pairs,
    count(*) filter (where is_true and is_made) as right_pairs
from pairs
left join truth_person using (person)
group by grouping sets ((table_name), (table_name, truth_person.former_uasc))
order by all
"""
