"""What is different in who is who since the published build, and which figures that can move.

What belongs here: comparing two builds' schemas `identity` and `marts`. What does not: keys (`linking`), publishing.

A person's key never changes because somebody else arrived. It changes when two ids turn out to be one person, or one to
be two; and a housing record moves when people decide so, when new evidence arrives, or when the model is changed.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.warehouse.database import OFFLINE

BEFORE = "build_before"


def record_person_changes(connection: duckdb.DuckDBPyConnection, before: Path | None) -> dict[str, int]:
    """Write `identity.person_change`, empty when there is no earlier build; return the rows by kind.

    Columns: `kind, family, table_name, sender, source_ref, key_before, key_after, method`. One row per case-system id
    whose key is another (`merged`: it now has the key of an id that it did not share it with; else `split`) and per
    housing record whose person is another (`linked`, `unlinked`, `moved`), of those that both builds know. What only
    one of them knows has arrived or left, which is no change of who is who.

    Args:
        connection: The new build's warehouse, with its schema `identity`.
        before: The published warehouse.
    """
    connection.execute(
        """
        create or replace table identity.person_change (
            kind varchar, family varchar, table_name varchar, sender varchar, source_ref varchar, key_before varchar,
            key_after varchar, method varchar
        )
        """
    )
    if before is not None and _attach(connection, before, "identity"):
        connection.execute(_PERSON_CHANGES)
        connection.execute(f"detach {BEFORE}")
    rows = connection.execute(
        "select kind, count(*) from identity.person_change group by kind order by kind"
    ).fetchall()
    return dict(rows)


def record_affected_figures(warehouse: Path, before: Path | None) -> int:
    """Write `identity.affected_figure`; return its rows.

    Columns: `measure_id, authority, area_code, first_day, last_day, events_before, events_after`: the events of people
    whose key or records changed, in the published build and in this one, where their numbers differ. Every figure of
    the measure and area whose period holds one of the days can differ for this reason.

    Args:
        warehouse: The new build's database after dbt, closed by everybody else.
        before: The published warehouse; None writes an empty table.
    """
    with duckdb.connect(str(warehouse), config=dict(OFFLINE)) as connection:
        connection.execute(
            """
            create or replace table identity.affected_figure (
                measure_id varchar, authority varchar, area_code varchar, first_day date, last_day date,
                events_before bigint, events_after bigint
            )
            """
        )
        if before is not None and _attach(connection, before, "marts"):
            connection.execute(_AFFECTED_FIGURES)
            connection.execute(f"detach {BEFORE}")
        counted = connection.execute("select count(*) from identity.affected_figure").fetchone()
    return counted[0] if counted else 0


def _attach(connection: duckdb.DuckDBPyConnection, before: Path, schema: str) -> bool:
    """Attach the earlier build read-only; return whether it holds the schema (a build of an older version may not)."""
    path = str(before).replace("'", "''")
    connection.execute(f"attach '{path}' as {BEFORE} (read_only)")
    held = connection.execute(
        "select count(*) from duckdb_tables() where database_name = ? and schema_name = ?", [BEFORE, schema]
    ).fetchone()
    if held and held[0]:
        return True
    connection.execute(f"detach {BEFORE}")
    return False


_PERSON_CHANGES = f"""
insert into identity.person_change
with ids as (
    select new.authority as sender, new.person_id as source_ref, old.person_key as key_before,
        new.person_key as key_after
    from identity.person_alias as new
    inner join {BEFORE}.identity.person_alias as old using (authority, person_id)
),
-- Ids that share a key now and did not before were merged; any other new key comes of a split.
changed_ids as (
    select
        case
            when exists (
                select 1 from ids as fellow
                where fellow.key_after = ids.key_after and fellow.key_before <> ids.key_before
            ) then 'merged'
            else 'split'
        end as kind,
        'case_system' as family, 'ssd_person' as table_name, sender, source_ref, key_before, key_after,
        cast(null as varchar) as method
    from ids
    where key_before <> key_after
),
changed_records as (
    select
        case
            when old.person_key is null then 'linked'
            when new.person_key is null then 'unlinked'
            else 'moved'
        end as kind,
        new.family, new.table_name, new.sender, new.source_ref, old.person_key as key_before,
        new.person_key as key_after, new.method
    from identity.person_link as new
    inner join {BEFORE}.identity.person_link as old using (family, table_name, sender, source_ref)
    where new.person_key is distinct from old.person_key
)
select * from changed_ids
union all
select * from changed_records
order by all
"""

_AFFECTED_FIGURES = f"""
insert into identity.affected_figure
with people as (
    select key_before as person_key from identity.person_change where key_before is not null
    union
    select key_after from identity.person_change where key_after is not null
),
events as (
    select measure_id, authority, area_code, start_date, 1 as before, 0 as after
    from {BEFORE}.marts.measure_event
    semi join people using (person_key)
    union all
    select measure_id, authority, area_code, start_date, 0, 1
    from marts.measure_event
    semi join people using (person_key)
),
days as (
    select measure_id, authority, area_code, start_date, sum(before) as before, sum(after) as after
    from events
    group by all
    having sum(before) <> sum(after)
)
select measure_id, authority, area_code, min(start_date), max(start_date), sum(before), sum(after)
from days
group by measure_id, authority, area_code
order by all
"""
