"""How good the links are, measured against links that are known: the generator's truth, or a sample that people judged.

What belongs here: pairwise precision and recall by group of people, cluster errors. What does not: any decision: a
linker never sees a known link.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.project_files import dbt_project

ALL = "all"


@dataclass(frozen=True)
class QualityRow:
    """Pairs of one source table and one group of people.

    Attributes:
        table: `ssd_person`, `applications`, `cases`, or `all` for the two kinds of record together.
        group: `former_uasc`, `ethnic_group`, or `all`.
        value: `yes`, `no` or an ethnic group of the code list; `not_known` (nobody known to be behind the record), or
            `all`.
        true_pairs: Pairs that belong together.
        made_pairs: Pairs that were put together.
        right_pairs: Both.
    """

    table: str
    group: str
    value: str
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

    def as_json(self) -> dict[str, Any]:
        """Return the row with its two shares; counts of pairs are nobody's value."""
        return {
            "table": self.table,
            "group": self.group,
            "value": self.value,
            "true_pairs": self.true_pairs,
            "made_pairs": self.made_pairs,
            "right_pairs": self.right_pairs,
            "precision": round(self.precision, 5),
            "recall": round(self.recall, 5),
        }


@dataclass(frozen=True)
class LinkQuality:
    """What known links say of a run.

    Attributes:
        rows: Each table by group, each table whole, and the records of both tables by group and whole.
        people_split: People whose ids and records stand under several keys.
        people_mixed: Keys under which several people stand.
        review_share: Records that wait for a decision, of all records (0 to 1).
    """

    rows: tuple[QualityRow, ...]
    people_split: int = 0
    people_mixed: int = 0
    review_share: float = 0.0

    def of(self, table: str = ALL, former_uasc: str = ALL, ethnic_group: str = ALL) -> QualityRow:
        """Return one row; a row of zeros where there was nothing to count."""
        group, value = next(
            ((name, one) for name, one in (("former_uasc", former_uasc), ("ethnic_group", ethnic_group)) if one != ALL),
            (ALL, ALL),
        )
        for row in self.rows:
            if (row.table, row.group, row.value) == (table, group, value):
                return row
        return QualityRow(table, group, value, 0, 0, 0)

    @property
    def recall_gap(self) -> float:
        """How much worse the recall of former UASC is than that of others, in points of 1."""
        return self.of(former_uasc="no").recall - self.of(former_uasc="yes").recall

    def as_json(self) -> dict[str, Any]:
        """Return everything as counts and shares, for `build.json` and Dagster."""
        return {
            "rows": [row.as_json() for row in self.rows],
            "people_split": self.people_split,
            "people_mixed": self.people_mixed,
            "review_share": round(self.review_share, 5),
            "recall_gap_former_uasc": round(self.recall_gap, 5),
        }


def evaluate(connection: duckdb.DuckDBPyConnection, links: Path) -> LinkQuality:
    """Compare the schema `identity` with the truth.

    A pair is a record and a case-system id: a record linked to a person with two ids makes two pairs. For `ssd_person`
    a pair is two ids of one person. Only ids that some file of persons has named and that the truth knows count: an id
    that stands in a form alone has no name or birthday, and a file that has not arrived is no fault of the linker.

    Args:
        connection: A connection that holds the schemas `identity` and `landing`.
        links: `truth/links.parquet`, or a file of its columns; `people.parquet` beside it says who is a former
            unaccompanied asylum-seeking child, and of which ethnicity; without it everybody is `not_known`.

    Returns:
        The counts, with precision and recall of each.
    """
    connection.execute("create or replace temp view truth_link as select * from read_parquet('" + _quoted(links) + "')")
    _make_people(connection, links.with_name("people.parquet"))
    try:
        rows = connection.execute(_PAIRS).fetchall()
        split, mixed, review = connection.execute(_CLUSTERS).fetchall()[0]
    finally:
        connection.execute("drop view temp.truth_link")
        connection.execute("drop table temp.truth_person")
    return LinkQuality(tuple(QualityRow(*row) for row in rows), split, mixed, review)


def _make_people(connection: duckdb.DuckDBPyConnection, people: Path) -> None:
    """Make `truth_person (person, former_uasc, ethnic_group)`; empty without a file, null without its columns."""
    with (dbt_project() / "seeds" / "codes" / "ethnicity.csv").open(encoding="utf-8", newline="") as file:
        groups = {row["code"]: row["ethnic_group"] for row in csv.DictReader(file)}
    found = pl.read_parquet(people) if people.exists() else pl.DataFrame(schema={"person": pl.String})
    uasc = (
        pl.col("former_uasc").cast(pl.String).str.to_lowercase()
        if "former_uasc" in found.columns
        else pl.lit(None, pl.String)
    )
    ethnicity = pl.col("ethnicity") if "ethnicity" in found.columns else pl.lit(None, pl.String)
    frame = found.select(
        "person",
        former_uasc=uasc.replace({"true": "yes", "false": "no"}).cast(pl.String),
        ethnic_group=ethnicity.replace_strict(groups, default=None, return_dtype=pl.String),
    ).unique("person")
    connection.register("truth_people", frame)
    connection.execute("create or replace temp table truth_person as select * from truth_people")
    connection.unregister("truth_people")


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
    semi join (
        select authority, pers_person_id as person_id from landing.case_system__ssd_person__history
        union
        select authority, person_id from landing.protocol_forms__person_index
    ) as named
        on named.authority = alias.authority and named.person_id = alias.person_id
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
        when grouping(former_uasc) = 0 then 'former_uasc'
        when grouping(ethnic_group) = 0 then 'ethnic_group'
        else 'all'
    end as group_name,
    case
        when grouping(former_uasc) = 0 then coalesce(former_uasc, 'not_known')
        when grouping(ethnic_group) = 0 then coalesce(ethnic_group, 'not_known')
        else 'all'
    end as value,
    count(*) filter (where is_true) as true_pairs,
    count(*) filter (where is_made) as made_pairs,
    count(*) filter (where is_true and is_made) as right_pairs
from pairs
left join truth_person using (person)
group by grouping sets ((table_name), (table_name, former_uasc), (table_name, ethnic_group))
order by all
"""

_CLUSTERS = """
with known as (
    select truth_link.person, alias.person_key
    from identity.person_alias as alias
    inner join truth_link
        on truth_link.family = 'case_system'
        and truth_link."table" = 'ssd_person'
        and truth_link.authority = alias.authority
        and truth_link.source_ref = alias.person_id
    union
    select coalesce(truth_link.person, 'nobody known'), link.person_key
    from identity.person_link as link
    inner join truth_link
        on truth_link.family = link.family
        and truth_link."table" = link.table_name
        and truth_link.sender = link.sender
        and truth_link.source_ref = link.source_ref
    where link.person_key is not null
)
select
    (
        select count(*) from (
            select person from known where person <> 'nobody known' group by person having count(*) > 1
        )
    ) as people_split,
    (select count(*) from (select person_key from known group by person_key having count(*) > 1)) as people_mixed,
    (
        select coalesce(avg(case when outcome = 'review' then 1.0 else 0.0 end), 0.0) from identity.person_link
    ) as review_share
"""
