"""`lasting-homes trace`: from a figure to the records behind it, and from each to files, rows and loads.

What belongs here: the query that opens a figure. What does not: counting it anew by another rule. The rows listed are
those that the published build counted, with every record joined into them, and their sum stands beside the figure.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.commands.outcome import Outcome, UsageError, count, figure_as_text, table

if TYPE_CHECKING:
    import duckdb


class UnknownFigureError(UsageError):
    """No such measure, authority, district or quarter."""


# How the rows of a measure fall into a period: an event by its day, nights and spans by the days they share with it, a
# stock by the day on which it is taken, the period's last, a promise by the day on which it fell due.
EVENTS = """
with counted as (
    select
        event.*,
        case
            when $counted_as in ('nights', 'span')
                then date_diff(
                    'day',
                    greatest(event.start_date, $first),
                    least(event.end_date, $after)
                )
            else event.quantity
        end as quantity_in_period
    from marts.measure_event as event
    where
        event.measure_id = $measure
        and event.authority = $authority
        and ($area is null or event.area_code = $area)
        and case $counted_as
            when 'nights' then event.start_date < $after and event.end_date > $first
            when 'span' then event.start_date < $after and event.end_date > $first
            when 'stock' then event.start_date = $after - interval 1 day
            else event.start_date >= $first and event.start_date < $after
        end
)

select
    counted.person_key,
    counted.area_code,
    counted.start_date,
    counted.end_date,
    cast(counted.quantity_in_period as bigint) as quantity,
    counted.counted_from,
    counted.months_after,
    counted.in_numerator,
    promise.trigger_date,
    promise.met_date,
    promise.status,
    promise.waived_reason,
    counted.record_id,
    load.family,
    load.sender,
    load.file_name,
    source.row_number,
    load.data_date,
    load.load_id
from counted
left join marts.obligation_status as promise
    on
        counted.measure_id = promise.obligation_id
        and counted.authority = promise.authority
        and counted.record_id = promise.record_id
        and counted.start_date = promise.due_date
left join core.record_member as member on counted.record_id = member.record_id and member.entity = $entity
left join core.record_source as source
    on coalesce(member.member_record_id, counted.record_id) = source.record_id
left join landing.load as load on source.load_id = load.load_id
order by counted.start_date, counted.person_key, counted.record_id, load.sender, load.data_date, source.row_number
"""
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
# What tells apart the rows of one record where a measure looks at it several times.
PARTS = ("counted_from", "months_after")
# Of a share: whether a row is in what is shared, in the rest, or, without a word, in neither.
IN_SHARE = "in_numerator"
# What is said of a promise beside what is said of every event; there start_date is the due date.
PROMISED = ("trigger_date", "met_date", "status", "waived_reason")
HEADERS = (
    "person_key",
    "area_code",
    "start_date",
    "end_date",
    "quantity",
    *PARTS,
    IN_SHARE,
    *PROMISED,
    "record_id",
    "family",
    "sender",
    "file_name",
    "row_number",
    "data_date",
    "load_id",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `trace`."""
    parser.add_argument("measure", help="the measure or obligation, for example bnb_nights")
    parser.add_argument("--authority", required=True, help="kent or lancashire")
    parser.add_argument(
        "--quarter", required=True, metavar="2026-27-Q1", help="a financial quarter; Q1 begins in April"
    )
    parser.add_argument("--district", metavar="E07000123", help="a district's GSS code; the whole county without it")


def run(options: argparse.Namespace) -> Outcome:
    """List the records behind a figure of the published build."""
    from pipelines.settings import Settings
    from pipelines.warehouse.database import open_for_reading
    from pipelines.warehouse.publish import published_build

    build = published_build(Settings.of_home(options.home).folders)
    first, after = quarter(options.quarter)
    with open_for_reading(build.warehouse) as warehouse:
        counted_as = _counted_as(warehouse, options.measure)
        area, area_name = _area(warehouse, options.authority, options.district)
        rows = warehouse.execute(
            EVENTS,
            {
                "measure": options.measure,
                "authority": options.authority,
                "area": options.district,
                "first": first,
                "after": after,
                "counted_as": counted_as,
                "entity": ENTITIES.get(options.measure, ""),
            },
        ).fetchall()
        figures = _figures(warehouse, options, area)
    records = [dict(zip(HEADERS, row, strict=True)) for row in rows]
    data = {
        "build_id": build.build_id,
        "measure": options.measure,
        "authority": options.authority,
        "area_code": area,
        "quarter": options.quarter,
        "figures": figures,
        "records": records,
    }
    return Outcome(_text(options, area_name, figures, records), data)


def quarter(label: str) -> tuple[date, date]:
    """Return the first day of a financial quarter such as `2026-27-Q1` and the day after its last.

    Raises UnknownFigureError when the label is not one.
    """
    parts = re.fullmatch(r"(\d{4})-(\d{2})-Q([1-4])", label)
    if not parts or (int(parts[1]) + 1) % 100 != int(parts[2]):
        raise UnknownFigureError(
            f"{label!r} is not a financial quarter. Write it like 2026-27-Q1, which is April to June 2026."
        )
    months = int(parts[1]) * 12 + 3 + (int(parts[3]) - 1) * 3
    return date(months // 12, months % 12 + 1, 1), date((months + 3) // 12, (months + 3) % 12 + 1, 1)


def _counted_as(warehouse: duckdb.DuckDBPyConnection, measure: str) -> str:
    measures = dict(warehouse.execute("select measure_id, counted_as from core.dim_measure order by 1").fetchall())
    if measure not in measures:
        raise UnknownFigureError(f"There is no measure or obligation {measure!r}. There are: {', '.join(measures)}.")
    return str(measures[measure])


def _area(warehouse: duckdb.DuckDBPyConnection, authority: str, district: str | None) -> tuple[str, str]:
    """Return the code and the name of the area whose figure is opened."""
    counties = {
        row[0]: (row[1], row[2])
        for row in warehouse.execute("select authority, gss_code, authority_name from seeds.authority").fetchall()
    }
    if authority not in counties:
        raise UnknownFigureError(f"There is no authority {authority!r}. There are: {', '.join(sorted(counties))}.")
    if district is None:
        return counties[authority]
    districts = dict(
        warehouse.execute("select area_code, area_name from seeds.area where authority = ?", [authority]).fetchall()
    )
    districts |= {"outside_county": "outside the county", "unknown": "area not known"}
    if district not in districts:
        listed = ", ".join(f"{code} ({name})" for code, name in sorted(districts.items()))
        raise UnknownFigureError(f"{district!r} is no area of {authority}. There are: {listed}.")
    return district, districts[district]


def _figures(warehouse: duckdb.DuckDBPyConnection, options: argparse.Namespace, area: str) -> dict[str, Any]:
    """Return the published totals by statistic: what the listed records must add up to.

    A middle value is of no total, but of the days counted from one event: `median from referral`.
    """
    return dict(
        warehouse.execute(
            "select case breakdown when 'total' then statistic else statistic || ' from ' || breakdown_value end, "
            "value from marts.measure_observation where measure_id = ? and authority = ? "
            "and area_code = ? and period_kind = 'quarter' and period_label = ? "
            "and (breakdown = 'total' or statistic in ('median', 'p90')) order by 1",
            [options.measure, options.authority, area, options.quarter],
        ).fetchall()
    )


def _text(options: argparse.Namespace, area: str, figures: dict[str, Any], records: list[dict[str, Any]]) -> str:
    events = {
        tuple(one[name] for name in ("person_key", "start_date", "record_id", "area_code", *PARTS)): one
        for one in records
    }.values()
    people = {one["person_key"] for one in records if one["person_key"]}
    shown = ", ".join(f"{name} {figure_as_text(name.split()[0], value)}" for name, value in figures.items())
    quantity = sum(one["quantity"] or 0 for one in events)
    judged = [one[IN_SHARE] for one in events if one[IN_SHARE] is not None]
    lines = [
        f"{options.measure}, {area}, {options.quarter}: {shown or 'no figure for this period'}.",
        f"Behind it: {count(len(events), 'event')} of {count(len(people), 'person', 'people')}, "
        f"quantity {quantity:,}." + (f" Of the share: {sum(judged):,} of {len(judged):,}." if judged else ""),
    ]
    if records:
        promises = any(one["status"] for one in records)
        left_out = {"record_id", "load_id", *(() if promises else PROMISED)}
        left_out |= {name for name in PARTS if not any(one[name] for one in records)}
        left_out |= set() if judged else {IN_SHARE}
        wanted = [name for name in HEADERS if name not in left_out]
        lines += [
            "",
            table(
                [*wanted, "record", "load"],
                [
                    [
                        *(one[name] if name != "row_number" else str(one[name] or "") for name in wanted),
                        one["record_id"][:8],
                        (one["load_id"] or "")[:8],
                    ]
                    for one in records
                ],
            ),
        ]
    lines.append("Counts here are not suppressed: for use inside the county only.")
    return "\n".join(lines)
