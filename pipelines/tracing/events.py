"""The events behind figures of a quarter, and the rows of files behind each event.

What belongs here: which rows of `marts.measure_event` fall into a quarter's figure, and where their records stand.
What does not: the figures themselves, which are in `marts.measure_observation`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

# Which measures count something that several records were joined into (core.record_member).
ENTITIES = {
    "private_sector_moves": "move",
    "supported_moves": "move",
    "social_moves": "move",
    "tenure_not_known_moves": "move",
    "student_home_moves": "move",
    "days_to_home": "move",
    "tenancies_sustained": "move",
    "tenancies_ended": "move",
    "tenancy_training": "move",
    "bnb_stays": "stay",
    "bnb_over_limit": "stay",
    "bnb_move_on": "stay",
}

# How the rows of a measure fall into a period: an event by its day, nights and spans by the days they share with it, a
# stock by the day on which it is taken, the period's last, a promise by the day on which it fell due.
_COUNTED = f"""
with entities as (
    from (values {", ".join(f"('{measure}', '{entity}')" for measure, entity in ENTITIES.items())})
        as entity (measure_id, entity)
),

counted as (
    select
        event.measure_id,
        event.person_key,
        event.area_code,
        event.start_date,
        event.end_date,
        cast(
            case
                when measure.counted_as in ('nights', 'span')
                    then date_diff(
                        'day',
                        greatest(event.start_date, $first),
                        least(event.end_date, $after)
                    )
                else event.quantity
            end as bigint
        ) as quantity,
        event.counted_from,
        event.months_after,
        event.in_numerator,
        event.record_id,
        event.authority,
        entities.entity
    from marts.measure_event as event
    inner join core.dim_measure as measure on event.measure_id = measure.measure_id
    left join entities on event.measure_id = entities.measure_id
    where
        event.authority = $authority
        and ($measure is null or event.measure_id = $measure)
        and ($area is null or event.area_code = $area)
        and case
            when measure.counted_as in ('nights', 'span') then event.start_date < $after and event.end_date > $first
            when measure.counted_as = 'stock' then event.start_date = $after - interval 1 day
            else event.start_date >= $first and event.start_date < $after
        end
)
"""
_EVENTS = (
    _COUNTED
    + """,

placed as (
    select
        *,
        row_number() over (
            partition by measure_id
            order by start_date, person_key, record_id, area_code, counted_from, months_after
        ) as place
    from counted
),

wanted as (
    from placed
    where $most is null or place <= $most
)

select
    event.measure_id,
    event.place,
    event.person_key,
    event.area_code,
    event.start_date,
    event.end_date,
    event.quantity,
    event.counted_from,
    event.months_after,
    event.in_numerator,
    promise.trigger_date,
    promise.met_date,
    promise.status,
    promise.waived_reason,
    event.record_id,
    load.family,
    load.sender,
    load.file_name,
    source.row_number,
    load.data_date,
    load.load_id
from wanted as event
left join marts.obligation_status as promise
    on
        event.measure_id = promise.obligation_id
        and event.authority = promise.authority
        and event.record_id = promise.record_id
        and event.start_date = promise.due_date
left join core.record_member as member on event.record_id = member.record_id and event.entity = member.entity
left join core.record_source as source
    on coalesce(member.member_record_id, event.record_id) = source.record_id
left join landing.load as load on source.load_id = load.load_id
order by event.measure_id, event.place, load.sender, load.data_date, source.row_number, load.load_id
"""
)
_BEHIND = (
    _COUNTED
    + """
select
    measure_id,
    count(*),
    count(distinct person_key),
    coalesce(sum(quantity), 0)::bigint,
    count(in_numerator),
    count(*) filter (where in_numerator)
from counted
group by measure_id
order by measure_id
"""
)


# How many columns tell of the event; those after them of one row of a file.
_OF_EVENT = 15


@dataclass(frozen=True)
class TracedSource:
    """A row of a delivered file in which a record stands; `row_number` is null where the format has no rows."""

    family: str
    sender: str
    file_name: str
    row_number: int | None
    data_date: date
    load_id: str


@dataclass(frozen=True)
class TracedEvent:
    """An event that a figure counts, with every row of a file behind it.

    Attributes:
        place: Its number among the events of the measure, from 1, by day.
        person_key: Null where the event is a district's.
        quantity: What it adds: of nights and spans the days within the quarter.
        counted_from, months_after: What tells apart the rows of one record that a measure looks at several times.
        in_numerator: Of a share: whether it is in what is shared; null is in neither.
        trigger_date, met_date, status, waived_reason: Of a promise, which falls due on `start_date`.
        sources: By sender, data date and row.
    """

    measure_id: str
    place: int
    person_key: str | None
    area_code: str
    start_date: date
    end_date: date | None
    quantity: int | None
    counted_from: str | None
    months_after: str | None
    in_numerator: bool | None
    trigger_date: date | None
    met_date: date | None
    status: str | None
    waived_reason: str | None
    record_id: str
    sources: tuple[TracedSource, ...] = ()


@dataclass(frozen=True)
class Behind:
    """What the events of a measure add up to: rows, people, quantity and, of a share, how many of how many."""

    events: int = 0
    people: int = 0
    quantity: int = 0
    judged: int = 0
    in_numerator: int = 0


@dataclass(frozen=True)
class Asked:
    """Which figures to open.

    Attributes:
        authority: Whose they are.
        first, after: The first day of the quarter, and the day after its last.
        measure: One measure or obligation; every one without it.
        area: One area's code; the whole county without it.
    """

    authority: str
    first: date
    after: date
    measure: str | None = None
    area: str | None = None


def traced_events(warehouse: duckdb.DuckDBPyConnection, asked: Asked, *, most: int | None = None) -> list[TracedEvent]:
    """Return the events that figures count, in the order of measure and day.

    Args:
        warehouse: The restricted database of a build.
        asked: Which figures.
        most: How many events of each measure are wanted, the first by day; all without it.
    """
    rows = warehouse.execute(_EVENTS, {**asdict(asked), "most": most}).fetchall()
    sources: dict[tuple[str, int], list[TracedSource]] = {}
    about: dict[tuple[str, int], tuple[Any, ...]] = {}
    for row in rows:
        event, source = row[:_OF_EVENT], row[_OF_EVENT:]
        about[event[0], event[1]] = event
        found = sources.setdefault((event[0], event[1]), [])
        if source[-1] is not None:
            found.append(TracedSource(*source))
    return [replace(TracedEvent(*event), sources=tuple(sources[key])) for key, event in about.items()]


def behind_figures(warehouse: duckdb.DuckDBPyConnection, asked: Asked) -> dict[str, Behind]:
    """Return what the events of each measure add up to; a measure without any is not in it."""
    rows = warehouse.execute(_BEHIND, asdict(asked)).fetchall()
    return {measure_id: Behind(*sums) for measure_id, *sums in rows}
