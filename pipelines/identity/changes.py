"""What is different in who is who since the published build, and which figures that can move.

What belongs here: comparing two builds' schemas `identity` and `marts`. What does not: keys (`linking`), publishing.

A person's key never changes because somebody else arrived. It changes when two ids turn out to be one person, or one to
be two; and a housing record moves when people decide so, when new evidence arrives, or when the model is changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import polars as pl

from pipelines.protection.encryption import attach
from pipelines.warehouse.database import open_for_writing

BEFORE = "build_before"
# Middle values are of no total: each is of the days counted from one event (`counted_from`).
MIDDLE_VALUE = "statistic in ('median', 'p90')"


def record_person_changes(connection: duckdb.DuckDBPyConnection, before: Path | None) -> dict[str, int]:
    """Write `identity.person_change`, empty when there is no earlier build; return the rows by kind.

    Columns: `change, kind, family, table_name, sender, source_ref, key_before, key_after, method`. One row per
    case-system id whose key is another (`merged`: it now has the key of an id that it did not share it with; else
    `split`) and per housing record whose person is another (`linked`, `unlinked`, `moved`), of those that both builds
    know. What only one of them knows has arrived or left, which is no change of who is who. Rows that have a key in
    common have the same number `change`, counted from 1.

    Args:
        connection: The new build's warehouse, with its schema `identity`.
        before: The published warehouse.
    """
    connection.execute(
        """
        create or replace table identity.person_change (
            change bigint, kind varchar, family varchar, table_name varchar, sender varchar, source_ref varchar,
            key_before varchar, key_after varchar, method varchar
        )
        """
    )
    if before is not None and _attach(connection, before, "identity"):
        connection.execute(_PERSON_CHANGES)
        connection.execute(f"detach {BEFORE}")
        _number_changes(connection)
    rows = connection.execute(
        "select kind, count(*) from identity.person_change group by kind order by kind"
    ).fetchall()
    return dict(rows)


def record_affected_figures(warehouse: Path, before: Path | None) -> int:
    """Write `identity.affected_figure`; return how many figures it names.

    Columns: `change, measure_id, authority, area_code, period_label, breakdown, breakdown_value, statistic,
    counted_before, counted_after, out_of_before, out_of_after, figure_before, figure_after`. One row per change and
    figure (a quarter's total of an area, of measures and obligations alike; of durations also the median and p90 by
    `counted_from`) in which the people of the change, or their housing records, count differently in this build and in
    the published one: how much they count, and the whole figure, in each build. Of a share they count `counted` of
    `out_of` (null for every other statistic); of a median or p90 `counted` is how many of its events are theirs, and a
    row stands too where these are as many but of other days. New data about these people that arrived in the same
    refresh are in the difference too; the rest of what moved a figure is in `figure_after` alone.

    Args:
        warehouse: The new build's database after dbt, closed by everybody else.
        before: The published warehouse; None writes an empty table.
    """
    with open_for_writing(warehouse) as connection:
        connection.execute(
            """
            create or replace table identity.affected_figure (
                change bigint, measure_id varchar, authority varchar, area_code varchar, period_label varchar,
                breakdown varchar, breakdown_value varchar, statistic varchar, counted_before bigint,
                counted_after bigint, out_of_before bigint, out_of_after bigint, figure_before double,
                figure_after double
            )
            """
        )
        if before is not None and _attach(connection, before, "marts"):
            connection.execute(_AFFECTED_FIGURES)
            connection.execute(f"detach {BEFORE}")
        counted = connection.execute(
            """
            select count(*)
            from (
                select distinct measure_id, authority, area_code, period_label, breakdown_value, statistic
                from identity.affected_figure
            )
            """
        ).fetchone()
    return counted[0] if counted else 0


def _number_changes(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the same number to rows that have a key in common, also by way of third rows."""
    rows = connection.execute(
        "select rowid, key_before, key_after from identity.person_change order by rowid"
    ).fetchall()
    numbers = _connected([(before, after) for _, before, after in rows])
    connection.register(
        "numbered_changes",
        pl.DataFrame({"row": [row for row, _, _ in rows], "number": numbers}, {"row": pl.Int64, "number": pl.Int64}),
    )
    connection.execute(
        """
        update identity.person_change set change = number from numbered_changes where person_change.rowid = "row"
        """
    )
    connection.unregister("numbered_changes")


def _connected(pairs: Iterable[tuple[str | None, str | None]]) -> list[int]:
    """Return for each pair of keys the number of its group, groups numbered from 1 in the order of the pairs."""
    pairs = list(pairs)
    first_of: dict[str, str] = {}

    def first(key: str) -> str:
        while first_of.setdefault(key, key) != key:
            first_of[key] = first_of[first_of[key]]
            key = first_of[key]
        return key

    for one, other in pairs:
        if one is not None and other is not None:
            low, high = sorted((first(one), first(other)))
            first_of[high] = low
    groups = [first(one or other or "") for one, other in pairs]
    number_of = {group: number for number, group in enumerate(dict.fromkeys(groups), start=1)}
    return [number_of[group] for group in groups]


def _attach(connection: duckdb.DuckDBPyConnection, before: Path, schema: str) -> bool:
    """Attach the earlier build read-only; return whether it holds the schema (a build of an older version may not)."""
    attach(connection, before, BEFORE, read_only=True)
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
select cast(null as bigint) as change, * from changed_ids
union all
select cast(null as bigint), * from changed_records
order by all
"""

# What each change counts in each quarter's total, counted as `marts.measure_observation` counts it, for its area and
# for the county. Whose an event is, its key says; events about records have none, so that the records that are linked
# to somebody of the change, in either build, say it for them.
_AFFECTED_FIGURES = f"""
insert into identity.affected_figure
with people as (
    select change, key_before as person_key from identity.person_change where key_before is not null
    union
    select change, key_after from identity.person_change where key_after is not null
),
figures as (
    select 'before' as build, * from {BEFORE}.marts.measure_observation
    union all by name
    select 'after' as build, * from marts.measure_observation
),
quarter_totals as (
    select
        build, measure_id, authority, area_code, period_label, period_start, breakdown, breakdown_value, statistic,
        value
    from figures
    where period_kind = 'quarter' and (breakdown = 'total' or (breakdown = 'counted_from' and {MIDDLE_VALUE}))
),
quarters as (
    select distinct
        totals.measure_id, measure.counted_as, totals.authority, totals.period_label, totals.period_start,
        cast(totals.period_start + interval 3 month as date) as period_end, totals.breakdown, totals.breakdown_value,
        totals.statistic
    from quarter_totals as totals
    inner join core.dim_measure as measure using (measure_id)
),
linked as (
    select person_key, table_name, sender, source_ref from {BEFORE}.identity.person_link
    union
    select person_key, table_name, sender, source_ref from identity.person_link
),
housing_records as (
    select 'applications' as table_name, sender, application_ref as source_ref, load_id, row_number
    from {BEFORE}.landing.lettings__applications
    union
    select 'cases', sender, case_ref, load_id, row_number from {BEFORE}.landing.homelessness__cases
    union
    select 'applications', sender, application_ref, load_id, row_number from landing.lettings__applications
    union
    select 'cases', sender, case_ref, load_id, row_number from landing.homelessness__cases
),
record_ids as (
    select record_id, load_id, row_number from {BEFORE}.core.record_source
    union
    select record_id, load_id, row_number from core.record_source
),
records as (
    select distinct people.change, record_ids.record_id
    from people
    inner join linked using (person_key)
    inner join housing_records using (table_name, sender, source_ref)
    inner join record_ids using (load_id, row_number)
),
all_events as (
    select 'before' as build, * from {BEFORE}.marts.measure_event
    union all by name
    select 'after' as build, * from marts.measure_event
),
events as (
    select people.change, all_events.*
    from all_events
    inner join people using (person_key)
    union all by name
    select records.change, all_events.*
    from all_events
    inner join records using (record_id)
    where all_events.person_key is null
),
counties as (select authority, area_code from core.dim_area where area_type = 'county'),
everywhere as (
    select * from events
    union all
    select events.* replace (counties.area_code as area_code)
    from events
    inner join counties using (authority)
    where events.area_code <> counties.area_code
),
counted as (
    select
        build, change, measure_id, authority, area_code, period_label, breakdown, breakdown_value, statistic,
        case statistic
            when 'people' then count(distinct person_key)
            when 'nights'
                then sum(datediff('day', greatest(start_date, period_start), least(end_date, period_end)))
            when 'share' then count(*) filter (where in_numerator)
            else count(*)
        end as number,
        case statistic when 'share' then count(in_numerator) end as out_of,
        case when {MIDDLE_VALUE} then list(quantity order by quantity) end as days
    from everywhere
    inner join quarters using (measure_id, authority)
    where start_date < period_end
        and (breakdown = 'total' or breakdown_value = counted_from)
        and case
            when counted_as in ('nights', 'span') then start_date >= period_start or end_date > period_start
            when counted_as = 'stock' then start_date = period_end - interval 1 day
            else start_date >= period_start
        end
    group by build, change, measure_id, authority, area_code, period_label, breakdown, breakdown_value, statistic
),
compared as (
    select
        change, measure_id, authority, area_code, period_label, breakdown, breakdown_value, statistic,
        cast(coalesce(sum(number) filter (where build = 'before'), 0) as bigint) as counted_before,
        cast(coalesce(sum(number) filter (where build = 'after'), 0) as bigint) as counted_after,
        cast(coalesce(sum(out_of) filter (where build = 'before'), 0) as bigint) as out_of_before,
        cast(coalesce(sum(out_of) filter (where build = 'after'), 0) as bigint) as out_of_after,
        any_value(days) filter (where build = 'before') is distinct from any_value(days) filter (where build = 'after')
            as other_days
    from counted
    group by all
)
select
    compared.change, compared.measure_id, compared.authority, compared.area_code, compared.period_label,
    compared.breakdown, compared.breakdown_value, compared.statistic, compared.counted_before, compared.counted_after,
    case compared.statistic when 'share' then compared.out_of_before end as out_of_before,
    case compared.statistic when 'share' then compared.out_of_after end as out_of_after,
    old.value as figure_before,
    new.value as figure_after
from compared
left join quarter_totals as old
    on old.build = 'before' and old.measure_id = compared.measure_id and old.authority = compared.authority
    and old.area_code = compared.area_code and old.period_label = compared.period_label
    and old.breakdown_value = compared.breakdown_value and old.statistic = compared.statistic
left join quarter_totals as new
    on new.build = 'after' and new.measure_id = compared.measure_id and new.authority = compared.authority
    and new.area_code = compared.area_code and new.period_label = compared.period_label
    and new.breakdown_value = compared.breakdown_value and new.statistic = compared.statistic
where compared.counted_before <> compared.counted_after
    or compared.out_of_before <> compared.out_of_after
    or compared.other_days
order by all
"""
