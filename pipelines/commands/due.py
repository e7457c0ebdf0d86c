"""`lasting-homes due`: what falls due, and what is overdue, by person key.

What belongs here: the query of `marts.obligation_due` and its table. What does not: deciding what is due
(`dbt_project/models/obligations`), and names: advisers and young people stand here by their keys.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from pipelines.commands.outcome import Outcome, UsageError, count, table

if TYPE_CHECKING:
    import duckdb

DAYS = (30, 60, 90)
DUE = """
select
    due.authority,
    due.due_date,
    due.days_to_go,
    due.status,
    due.obligation_id,
    obligation.title,
    due.clause,
    due.person_key,
    due.area_code,
    due.kind_of_home,
    due.adviser,
    due.record_id
from marts.obligation_due as due
inner join seeds.obligations as obligation
    on due.obligation_id = obligation.obligation_id and obligation.valid_to is null
where
    due.days_to_go <= $days
    and ($authority is null or due.authority = $authority)
    and ($district is null or due.area_code = $district)
    and ($with_overdue or due.status <> 'overdue')
order by due.authority, due.due_date, due.obligation_id, due.person_key, due.record_id
"""
HEADERS = (
    "authority",
    "due_date",
    "days_to_go",
    "status",
    "obligation_id",
    "title",
    "clause",
    "person_key",
    "area_code",
    "kind_of_home",
    "adviser",
    "record_id",
)
SHOWN = ("authority", "due_date", "days_to_go", "status", "title", "person_key", "area_code", "kind_of_home", "adviser")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `due`."""
    parser.add_argument("--days", type=int, choices=DAYS, default=30, help="how far ahead (30)")
    parser.add_argument("--authority", help="kent or lancashire; both without it")
    parser.add_argument("--district", metavar="E07000123", help="a district's GSS code; every area without it")
    parser.add_argument("--overdue", action="store_true", help="list what is overdue too")


def run(options: argparse.Namespace) -> Outcome:
    """List what falls due within the days asked for, as at the published build's data dates."""
    from pipelines.settings import Settings
    from pipelines.warehouse.database import open_for_reading
    from pipelines.warehouse.publish import published_build

    build = published_build(Settings.of_home(options.home).folders)
    with open_for_reading(build.warehouse) as warehouse:
        as_at = dict(warehouse.execute("select authority, as_at from core.dim_clock order by 1").fetchall())
        promises = falling_due(
            warehouse,
            days=options.days,
            authority=options.authority,
            district=options.district,
            with_overdue=options.overdue,
        )
    data = {"build_id": build.build_id, "as_at": as_at, "days": options.days, "promises": promises}
    return Outcome(_text(options.days, as_at, promises), data)


def falling_due(
    warehouse: duckdb.DuckDBPyConnection,
    *,
    days: int,
    authority: str | None = None,
    district: str | None = None,
    with_overdue: bool = False,
) -> list[dict[str, Any]]:
    """Return the promises of `marts.obligation_due` that fall due within `days` of their authority's data date.

    Raises UsageError when there is no such authority or district.
    """
    _require(warehouse, "authority", authority, "select authority from seeds.authority order by 1")
    _require(
        warehouse,
        "area",
        district,
        "select distinct area_code from core.dim_area where area_type <> 'county' order by 1",
    )
    rows = warehouse.execute(
        DUE, {"days": days, "authority": authority, "district": district, "with_overdue": with_overdue}
    ).fetchall()
    return [dict(zip(HEADERS, row, strict=True)) for row in rows]


def _require(warehouse: duckdb.DuckDBPyConnection, what: str, asked_for: str | None, known: str) -> None:
    listed = [name for (name,) in warehouse.execute(known).fetchall()]
    if asked_for is not None and asked_for not in listed:
        raise UsageError(f"There is no {what} {asked_for!r}. There are: {', '.join(listed)}.")


def _text(days: int, as_at: dict[str, Any], promises: list[dict[str, Any]]) -> str:
    said = ", ".join(f"{authority} as at {day}" for authority, day in as_at.items())
    people = {one["person_key"] for one in promises if one["person_key"]}
    overdue = sum(one["status"] == "overdue" for one in promises)
    first = (
        f"{count(len(promises) - overdue, 'promise')} due within {days} days"
        + (f" and {overdue:,} overdue" if overdue else "")
        + f", of {count(len(people), 'person', 'people')} ({said})."
    )
    lines = [first]
    if promises:
        lines += ["", table(list(SHOWN), [[one[name] for name in SHOWN] for one in promises])]
    lines.append("By keys of people and advisers: for use inside the county only.")
    return "\n".join(lines)
