"""`lasting-homes trace`: from a figure to the records behind it, and from each to files, rows and loads.

What belongs here: the command's options and words. What does not: which events a figure counts (`pipelines.tracing`).
The rows listed are those that the published build counted, with every record joined into them, and their sum stands
beside the figure.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.commands.outcome import Outcome, UsageError, count, table
from pipelines.figure_words import figure_as_text

if TYPE_CHECKING:
    import duckdb

    from pipelines.tracing import Behind, TracedEvent, TracedSource


class UnknownFigureError(UsageError):
    """No such measure, authority, district or quarter."""


# What tells apart the rows of one record where a measure looks at it several times.
PARTS = ("counted_from", "months_after")
# Of a share: whether a row is in what is shared, in the rest, or, without a word, in neither.
IN_SHARE = "in_numerator"
# What is said of a promise beside what is said of every event; there start_date is the due date.
PROMISED = ("trigger_date", "met_date", "status", "waived_reason")
# What is said of each row of a file behind an event.
SOURCE_HEADERS = ("family", "sender", "file_name", "row_number", "data_date", "load_id")
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
    *SOURCE_HEADERS,
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
    from pipelines.tracing import Asked, Behind, behind_figures, traced_events
    from pipelines.warehouse.database import open_for_reading
    from pipelines.warehouse.publish import published_build

    build = published_build(Settings.of_home(options.home).folders)
    first, after = quarter(options.quarter)
    with open_for_reading(build.warehouse) as warehouse:
        _require(warehouse, options.measure)
        area, area_name = _area(warehouse, options.authority, options.district)
        asked = Asked(options.authority, first, after, options.measure, options.district)
        events = traced_events(warehouse, asked)
        behind = behind_figures(warehouse, asked).get(options.measure, Behind())
        figures = _figures(warehouse, options, area)
    records = [_record(event, source) for event in events for source in event.sources or (None,)]
    data = {
        "build_id": build.build_id,
        "measure": options.measure,
        "authority": options.authority,
        "area_code": area,
        "quarter": options.quarter,
        "figures": figures,
        "records": records,
    }
    return Outcome(_text(options, area_name, figures, behind, records), data)


def _record(event: TracedEvent, source: TracedSource | None) -> dict[str, Any]:
    """Return a row of the answer: an event beside one row of a file behind it, if there is one."""
    of_source = {name: getattr(source, name, None) for name in SOURCE_HEADERS}
    return {name: of_source[name] if name in of_source else getattr(event, name) for name in HEADERS}


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


def _require(warehouse: duckdb.DuckDBPyConnection, measure: str) -> None:
    measures = [name for (name,) in warehouse.execute("select measure_id from core.dim_measure order by 1").fetchall()]
    if measure not in measures:
        raise UnknownFigureError(f"There is no measure or obligation {measure!r}. There are: {', '.join(measures)}.")


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


def _text(
    options: argparse.Namespace, area: str, figures: dict[str, Any], behind: Behind, records: list[dict[str, Any]]
) -> str:
    shown = ", ".join(f"{name} {figure_as_text(name.split()[0], value)}" for name, value in figures.items())
    lines = [
        f"{options.measure}, {area}, {options.quarter}: {shown or 'no figure for this period'}.",
        _behind(behind),
    ]
    if records:
        promises = any(one["status"] for one in records)
        left_out = {"record_id", "load_id", *(() if promises else PROMISED)}
        left_out |= {name for name in PARTS if not any(one[name] for one in records)}
        left_out |= set() if behind.judged else {IN_SHARE}
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


def _behind(behind: Behind) -> str:
    """Return what the events add up to, or that there are none."""
    if not behind.events:
        return "Nothing that it counts falls into this quarter, as far as is known."
    share = f" Of the share: {behind.in_numerator:,} of {behind.judged:,}." if behind.judged else ""
    return (
        f"Behind it: {count(behind.events, 'event')} of {count(behind.people, 'person', 'people')}, "
        f"quantity {behind.quantity:,}.{share}"
    )
