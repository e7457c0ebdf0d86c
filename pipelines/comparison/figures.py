"""Which figures differ between two warehouses, and by which loads and decisions.

What belongs here: comparing the schemas `marts`, `core`, `identity` and `landing` of two warehouses. What does not:
building them (`looking_back`), changing anything in them.

A figure is explained by the loads that one warehouse uses and the other does not, in this order: those that hold a
record concerned; those in which such a record no longer stands; and, where no record of its own explains a figure (a
sender that is heard for the first time, a birth date that brings a person into scope), those that were delivered by
the senders whose data it needs. A record is concerned when an event of it that falls into the figure differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import duckdb
import polars as pl

from pipelines.figure_words import figure_as_text
from pipelines.identity.decisions import LinkDecision
from pipelines.protection.encryption import attach
from pipelines.warehouse.database import OFFLINE

Change = Literal["received", "accepted", "held"]
Why = Literal["holds", "no_longer_holds", "delivered"]


class NotInTheCatalogueError(Exception):
    """A measure, area or period was asked for that neither of the two days knows."""


@dataclass(frozen=True)
class Wanted:
    """Which figures to look at; None is all.

    Attributes:
        measure: A measure or obligation.
        area: A GSS code, `outside_county` or `unknown`.
        period: A period's label; with it every kind of period, else quarters only.
        breakdowns: Also the figures of each breakdown, not the totals only.
    """

    measure: str | None = None
    area: str | None = None
    period: str | None = None
    breakdowns: bool = False


@dataclass(frozen=True)
class ChangedLoad:
    """A load that only one of the two warehouses uses.

    Attributes:
        change: `received` after the first day; `accepted` between the days, received before; `held` between the days.
    """

    load_id: str
    change: Change
    family: str
    table: str
    sender: str
    file_name: str
    data_date: date
    received_at: datetime


@dataclass(frozen=True)
class MovedFigure:
    """A figure that differs; each day's value is null when not available or not listed.

    Attributes:
        listed_before, listed_after: Whether the period was among those that have figures.
        records: How many records concerned differ.
        relinked: Of these, how many are another person's now.
        loads: Ids of the loads that explain it, each with why.
        decisions: Places, in the given list, of the decisions about who is who that concern its people.
    """

    measure_id: str
    authority: str
    area_code: str
    period_kind: str
    period_label: str
    breakdown: str
    breakdown_value: str
    statistic: str
    before: float | None
    after: float | None
    coverage_before: str | None
    coverage_after: str | None
    records: int = 0
    relinked: int = 0
    loads: Mapping[str, Why] = field(default_factory=dict)
    decisions: Sequence[int] = ()

    @property
    def said_before(self) -> str:
        """The first day's value as people say it."""
        return _said(self.statistic, self.before, listed=self.listed_before)

    @property
    def said_after(self) -> str:
        """The second day's value as people say it."""
        return _said(self.statistic, self.after, listed=self.listed_after)

    @property
    def listed_before(self) -> bool:
        """Whether the first day had a row for the figure."""
        return self.coverage_before is not None

    @property
    def listed_after(self) -> bool:
        """Whether the second day had a row for the figure."""
        return self.coverage_after is not None


def _said(statistic: str, value: float | None, *, listed: bool) -> str:
    return figure_as_text(statistic, value) if listed else "no such period"


@dataclass(frozen=True)
class Comparison:
    """What differs: figures in the order of measure, area and period; loads in the order of receipt."""

    figures: Sequence[MovedFigure]
    loads: Sequence[ChangedLoad]


def compare_warehouses(
    before: Path, after: Path, *, wanted: Wanted, received_by: datetime, decisions: Sequence[LinkDecision] = ()
) -> Comparison:
    """Return the figures that differ, and what explains each.

    Args:
        before: The warehouse of the first day.
        after: The warehouse of the second; both made by the same code and configuration.
        wanted: Which figures to look at.
        received_by: The first day's moment: a load received by then that only the second day uses was accepted.
        decisions: The decisions about who is who that were taken between the days.

    Raises:
        NotInTheCatalogueError: There is no such measure, area or period.
    """
    with duckdb.connect(config={**OFFLINE, "threads": "1"}) as connection:
        for name, path in (("a", before), ("b", after)):
            attach(connection, path, name, read_only=True)
        _require(connection, wanted)
        connection.execute(_CHANGED_LOADS, {"received_by": received_by.replace(tzinfo=None)})
        connection.execute(
            _MOVED,
            {"measure": wanted.measure, "area": wanted.area, "period": wanted.period, "breakdowns": wanted.breakdowns},
        )
        connection.execute(_concerned(connection))
        connection.execute(_RECORDS)
        loads = [ChangedLoad(*row) for row in connection.execute(_LOADS_IN_ORDER).fetchall()]
        explained: dict[int, dict[str, Why]] = {}
        for figure, load_id, why in connection.execute(_EXPLAINED).fetchall():
            explained.setdefault(figure, {})[load_id] = why
        taken = _decisions_of(connection, decisions)
        figures = [
            replace(MovedFigure(*values), loads=explained.get(figure, {}), decisions=taken.get(figure, ()))
            for figure, *values in connection.execute(_FIGURES_IN_ORDER).fetchall()
        ]
    return Comparison(figures, loads)


def _require(connection: duckdb.DuckDBPyConnection, wanted: Wanted) -> None:
    known = {
        "measure": (
            wanted.measure,
            "select measure_id from a.core.dim_measure union select measure_id from b.core.dim_measure order by 1",
        ),
        "area": (
            wanted.area,
            "select area_code from a.core.dim_area union select area_code from b.core.dim_area order by 1",
        ),
        "period": (
            wanted.period,
            "select period_label from a.core.dim_period union select period_label from b.core.dim_period order by 1",
        ),
    }
    for what, (asked_for, query) in known.items():
        listed = [name for (name,) in connection.execute(query).fetchall()] if asked_for is not None else []
        if asked_for is not None and asked_for not in listed:
            raise NotInTheCatalogueError(f"There is no {what} {asked_for!r}. There are: {', '.join(listed)}.")


def _concerned(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the statement that lists each moved figure's events that differ; an event lists its breakdowns."""
    own = {
        name for (name,) in connection.execute("select column_name from (describe b.marts.measure_event)").fetchall()
    }
    used = [name for (name,) in connection.execute("select distinct breakdown from moved order by 1").fetchall()]
    cases = " ".join(
        f"when '{name}' then cast(event.{name} as varchar) is not distinct from moved.breakdown_value"
        for name in used
        if name in own
    )
    alike = f"case moved.breakdown {cases} else true end" if cases else "true"
    return f"""
    create temp table concerned as
    with changed as (
        select 'a' as build, * from (from a.marts.measure_event except all from b.marts.measure_event)
        union all by name
        select 'b' as build, * from (from b.marts.measure_event except all from a.marts.measure_event)
    )
    select moved.figure, event.build, event.record_id, event.person_key, event.start_date, event.months_after,
        event.counted_from
    from moved
    inner join changed as event
        on moved.measure_id = event.measure_id and moved.authority = event.authority
        and (moved.is_county or moved.area_code = event.area_code)
        and event.start_date < moved.period_end
        and (event.start_date >= moved.period_start or event.end_date > moved.period_start)
        and {alike}
    """


def _decisions_of(
    connection: duckdb.DuckDBPyConnection, decisions: Sequence[LinkDecision]
) -> dict[int, tuple[int, ...]]:
    """Return by figure the places of the decisions about a person whose event differs in it."""
    refs = [
        (place, ref.family, ref.table, ref.sender, ref.ref)
        for place, one in enumerate(decisions)
        for ref in (one.one, one.other)
    ]
    columns = {
        "place": pl.Int64,
        "family": pl.String,
        "table_name": pl.String,
        "sender": pl.String,
        "source_ref": pl.String,
    }
    connection.register("decided", pl.DataFrame(refs, schema=columns, orient="row"))
    found: dict[int, tuple[int, ...]] = {}
    for figure, place in connection.execute(_DECIDED).fetchall():
        found[figure] = (*found.get(figure, ()), place)
    connection.unregister("decided")
    return found


_CHANGED_LOADS = """
create temp table changed_load as
select
    load.*,
    case when load.received_at > $received_by then 'received' else 'accepted' end as change
from b.landing.load as load
where load.load_id not in (select load_id from a.landing.load)
union all
select load.*, 'held'
from a.landing.load as load
where load.load_id not in (select load_id from b.landing.load)
"""
_LOADS_IN_ORDER = """
select load_id, change, family, "table", sender, file_name, data_date, received_at
from changed_load
order by received_at, family, "table", sender, load_id
"""

# The figures that differ, and the days that each looks at.
_MOVED = """
create temp table moved as
with listed as (
    select 'a' as build, * from a.marts.measure_observation
    union all by name
    select 'b' as build, * from b.marts.measure_observation
),
asked_for as (
    select *
    from listed
    where ($measure is null or measure_id = $measure)
        and ($area is null or area_code = $area)
        and ($breakdowns or breakdown = 'total')
        and case when $period is null then period_kind = 'quarter' else period_label = $period end
),
pairs as (
    select
        measure_id, authority, area_code, period_kind, period_label, breakdown, breakdown_value, statistic,
        max(value) filter (where build = 'a') as value_before,
        max(value) filter (where build = 'b') as value_after,
        max(coverage) filter (where build = 'a') as coverage_before,
        max(coverage) filter (where build = 'b') as coverage_after
    from asked_for
    group by all
),
known_periods as (
    from b.core.dim_period
    union all
    from a.core.dim_period as old anti join b.core.dim_period as new using (authority, period_kind, period_label)
),
-- Forecasts are told of quarters too, which are ahead in one warehouse and may be over in the other.
periods as (
    from known_periods
    union all
    select ahead.* replace ('quarter' as period_kind)
    from known_periods as ahead
    where ahead.period_kind = 'forecast'
        and not exists (
            from known_periods as quarter
            where quarter.authority = ahead.authority and quarter.period_kind = 'quarter'
                and quarter.period_label = ahead.period_label
        )
),
counties as (select authority, area_code from b.core.dim_area where area_type = 'county')
select
    row_number() over (
        order by authority, measure_id, area_code, period_kind, period_label, breakdown, breakdown_value, statistic
    ) as figure,
    pairs.*,
    periods.period_start,
    periods.period_end,
    counties.area_code is not null as is_county
from pairs
inner join periods using (authority, period_kind, period_label)
left join counties using (authority, area_code)
where value_before is distinct from value_after or coverage_before is distinct from coverage_after
"""

# The records behind the events that differ: each names itself, a move or stay also those that were joined into it.
_RECORDS = """
create temp table record_concerned as
with members as (
    select record_id, member_record_id from a.core.record_member
    union
    select record_id, member_record_id from b.core.record_member
)
select distinct figure, record_id from concerned
union
select distinct concerned.figure, members.member_record_id
from concerned
inner join members using (record_id)
"""

_EXPLAINED = """
with sources as (
    select record_id, load_id from a.core.record_source
    union
    select record_id, load_id from b.core.record_source
),
holds as (
    select distinct figure, load_id
    from record_concerned
    inner join sources using (record_id)
    inner join changed_load using (load_id)
),
gone as (
    select distinct figure, load.family, load."table", load.sender
    from record_concerned
    inner join a.core.record_source as source using (record_id)
    inner join a.landing.load as load using (load_id)
    where record_concerned.record_id not in (select record_id from b.core.record_source)
),
no_longer_holds as (
    select distinct gone.figure, changed_load.load_id
    from gone
    inner join changed_load using (family, "table", sender)
    where changed_load.change <> 'held'
),
needed as (
    select moved.*, unnest(string_split(measure.sources_needed, ' ')) as source
    from moved
    inner join b.core.dim_measure as measure using (measure_id)
),
delivered as (
    select distinct needed.figure, changed_load.load_id
    from needed
    inner join changed_load
        on needed.authority = changed_load.authority
        and needed.source in (changed_load.family, changed_load.family || ':' || changed_load."table")
    where changed_load.family <> 'homelessness' or needed.is_county or needed.area_code = changed_load.sender
),
all_of_them as (
    select figure, load_id, 'holds' as why, 1 as preference from holds
    union all
    select figure, load_id, 'no_longer_holds', 2 from no_longer_holds
    union all
    select figure, load_id, 'delivered', 3
    from delivered
    where figure not in (select figure from holds union select figure from no_longer_holds)
)
select all_of_them.figure, load_id, min_by(why, preference)
from all_of_them
inner join changed_load using (load_id)
group by figure, load_id, changed_load.received_at
order by figure, changed_load.received_at, load_id
"""

_DECIDED = """
with keys as (
    select 'case_system' as family, 'ssd_person' as table_name, authority as sender, person_id as source_ref, person_key
    from a.identity.person_alias
    union
    select 'case_system', 'ssd_person', authority, person_id, person_key from b.identity.person_alias
    union
    select family, table_name, sender, source_ref, person_key from a.identity.person_link
    union
    select family, table_name, sender, source_ref, person_key from b.identity.person_link
)
select distinct concerned.figure, decided.place
from concerned
inner join keys using (person_key)
inner join decided using (family, table_name, sender, source_ref)
order by 1, 2
"""

_FIGURES_IN_ORDER = """
with relinked as (
    select distinct old.figure, old.record_id
    from concerned as old
    inner join concerned as new using (figure, record_id, start_date)
    where old.build = 'a' and new.build = 'b' and old.months_after is not distinct from new.months_after
        and old.counted_from is not distinct from new.counted_from
        and old.person_key is distinct from new.person_key
)
select
    moved.figure, measure_id, authority, area_code, period_kind, period_label, breakdown, breakdown_value, statistic,
    value_before, value_after, coverage_before, coverage_after,
    (select count(distinct record_id) from concerned where concerned.figure = moved.figure),
    (select count(*) from relinked where relinked.figure = moved.figure)
from moved
order by moved.figure
"""
