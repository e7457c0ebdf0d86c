"""Figures: events added up by area, period and breakdown, with what is known of their senders.

What belongs here: readings 33 to 36 and 45 to 48, as a table: the cells in which something was counted, and the rule
that says which cells are listed. What does not: which events there are.

The figures are many and mostly zero, so they are a data frame (`COLUMNS`), never an object each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

import polars as pl

from .catalogue import ALL, FORECAST, NIGHTS, OBLIGATION_IDS, SPAN, TOTAL, Measure
from .circumstances import Event
from .coverage import NOT_AVAILABLE, County, Coverage, DataDates
from .obligations import promised
from .periods import Period, periods_of_kind, quarters_ahead
from .reference import OUTSIDE_COUNTY, UNKNOWN_AREA, Reference

KEY = (
    "measure_id",
    "authority",
    "area_code",
    "period_kind",
    "period_label",
    "breakdown",
    "breakdown_value",
    "statistic",
)
"""What a figure is about."""
FIGURE = ("value", "numerator", "denominator", "coverage", "senders_received", "senders_expected", "as_at")
"""What it says."""
COLUMNS = (*KEY, *FIGURE)

_PLACE = ("measure_id", "authority", "area_code", "period_kind", "period_label")
_CELL = (*_PLACE, "breakdown", "breakdown_value")
ACCOMMODATION = "accommodation_now"


def periods_of(measure: Measure, county: County) -> list[Period]:
    """The periods that a measure lists for an authority (readings 34, 46 and 73)."""
    if measure.counted_as == FORECAST:
        return quarters_ahead(county.latest)
    since = county.authority.monitoring_from
    return [period for kind in measure.period_kinds for period in periods_of_kind(kind, since, county.latest)]


def observe(
    events: Iterable[Event], dates: DataDates, reference: Reference, measures: Collection[str] = tuple(ALL)
) -> pl.DataFrame:
    """Every listed figure of `measures`, obligations among them, in columns `COLUMNS`."""
    counties = [County(reference.authorities[name], dates, reference) for name in sorted(dates.case_system)]
    listed = pl.DataFrame(
        _places(counties, reference, measures),
        schema={
            **dict.fromkeys(_PLACE, pl.String),
            "is_county": pl.Boolean,
            "coverage": pl.String,
            "senders_received": pl.Int64,
            "senders_expected": pl.Int64,
            "as_at": pl.Date,
        },
        orient="row",
    )
    cells = _cells(_counted(events, counties, reference, measures), counties)
    return _figures(listed, cells, reference)


def lists(measure_id: str, county: County, reference: Reference) -> bool:
    """Whether an authority lists a measure: every measure, and the obligations of its own protocol."""
    return measure_id not in OBLIGATION_IDS or promised(measure_id, county.authority, reference)


def _places(
    counties: Iterable[County], reference: Reference, measures: Collection[str]
) -> Iterator[tuple[object, ...]]:
    """Each measure, area and period with its coverage."""
    for county in counties:
        own = reference.districts_of(county.authority.name)
        judgements: dict[tuple[object, ...], Coverage] = {}
        for measure_id, measure in ALL.items():
            if measure_id not in measures or not lists(measure_id, county, reference):
                continue
            for period in periods_of(measure, county):
                judged = _quarter_of_data_date(county) if measure.counted_as == FORECAST else period
                for area in [county.authority.gss_code, *own, OUTSIDE_COUNTY, UNKNOWN_AREA]:
                    asked = (county.asks_of(measure_id), area, judged.start, judged.end)
                    known = judgements.get(asked) or county.coverage(measure_id, area, judged)
                    judgements[asked] = known
                    yield (
                        measure_id,
                        county.authority.name,
                        area,
                        period.kind,
                        period.label,
                        area == county.authority.gss_code,
                        known.status,
                        known.received,
                        known.expected,
                        known.as_at,
                    )


def _quarter_of_data_date(county: County) -> Period:
    return periods_of_kind("quarter", county.authority.monitoring_from, county.latest)[-1]


def _counted(
    events: Iterable[Event], counties: Iterable[County], reference: Reference, measures: Collection[str]
) -> pl.DataFrame:
    """Each event once for each period in which it counts, with its nights there."""
    by_measure: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        by_measure.setdefault((event.authority, event.measure_id), []).append(event)
    names = sorted({name for measure in ALL.values() for name in measure.breakdowns})
    rows = []
    for county in counties:
        for measure_id, measure in ALL.items():
            of_measure = by_measure.get((county.authority.name, measure_id), [])
            if measure_id not in measures or not of_measure or not lists(measure_id, county, reference):
                continue
            held = _Periods(measure, periods_of(measure, county))
            own = [name if name in measure.breakdowns else None for name in names]
            for event in of_measure:
                values = [None if name is None else event.breakdowns[name] for name in own]
                for period, nights in held.that_count(event):
                    rows.append(
                        (
                            measure_id,
                            event.authority,
                            event.area_code,
                            period.kind,
                            period.label,
                            event.person,
                            nights,
                            event.quantity,
                            event.in_numerator,
                            *values,
                        )
                    )
    schema = {
        **dict.fromkeys((*_PLACE, "person"), pl.String),
        "nights": pl.Int64,
        "quantity": pl.Int64,
        "in_numerator": pl.Boolean,
        **dict.fromkeys(names, pl.String),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


class _Periods:
    """A measure's periods, to be asked which of them count an event."""

    def __init__(self, measure: Measure, periods: list[Period]) -> None:
        self._measure = measure
        self._periods = periods
        self._ending_on: dict[date, list[Period]] = {}
        for period in periods:
            self._ending_on.setdefault(period.last_day, []).append(period)

    def that_count(self, event: Event) -> Iterator[tuple[Period, int]]:
        """Flows on their day, nights and spans where they meet a period, stocks on its last day; and the nights."""
        if self._measure.is_stock:
            for period in self._ending_on.get(event.start_date, []):
                yield period, 0
        elif self._measure.counted_as in {NIGHTS, SPAN}:
            if event.end_date is None:
                raise ValueError(f"{event.measure_id}: a run of nights without an end")
            for period in self._periods:
                nights = (min(event.end_date, period.end) - max(event.start_date, period.start)).days
                if nights > 0:
                    yield period, nights
        else:
            for period in self._periods:
                if period.holds(event.start_date):
                    yield period, 0


def _cells(counted: pl.DataFrame, counties: Iterable[County]) -> pl.DataFrame:
    """Everything that is counted in a cell, of the cells that hold an event: the county's own row among the areas."""
    codes = {county.authority.name: county.authority.gss_code for county in counties}
    of_county = pl.col("authority").replace_strict(codes, return_dtype=pl.String)
    of_counties = counted.with_columns(area_code=of_county)
    elsewhere = counted.filter(pl.col("area_code") != of_county)
    everywhere = pl.concat([of_counties, elsewhere])
    added = [
        pl.col("person").drop_nulls().n_unique().cast(pl.Float64).alias("people"),
        pl.len().cast(pl.Float64).alias("events"),
        pl.col("nights").sum().cast(pl.Float64),
        pl.col("in_numerator").sum().cast(pl.Float64).alias("held"),
        pl.col("in_numerator").count().cast(pl.Float64).alias("asked"),
        pl.col("quantity").quantile(0.5, "linear").alias("median"),
        pl.col("quantity").quantile(0.9, "linear").alias("p90"),
    ]
    totals = everywhere.group_by(_PLACE).agg(added)
    cells = [totals.with_columns(breakdown=pl.lit(TOTAL), breakdown_value=pl.lit(TOTAL))]
    for name in sorted({name for measure in ALL.values() for name in measure.breakdowns}):
        having = [measure_id for measure_id, measure in ALL.items() if name in measure.breakdowns]
        of_name = everywhere.filter(pl.col("measure_id").is_in(having))
        grouped = of_name.group_by(*_PLACE, pl.col(name).alias("breakdown_value")).agg(added)
        cells.append(grouped.with_columns(breakdown=pl.lit(name)).select(cells[0].columns))
    return pl.concat(cells)


def _figures(listed: pl.DataFrame, cells: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """The listed cells with what was counted there, one row for each statistic."""
    shown = pl.col("coverage") != NOT_AVAILABLE
    totals = listed.with_columns(breakdown=pl.lit(TOTAL), breakdown_value=pl.lit(TOTAL))
    of_seed = listed.filter("is_county").join(_listed_values(reference), on="measure_id")
    found = listed.filter(shown).join(cells.filter(pl.col("breakdown") != TOTAL).select(_CELL), on=_PLACE)
    rows = pl.concat([totals, of_seed, found.select(totals.columns)]).unique(subset=_CELL)
    rows = rows.join(cells, on=_CELL, how="left").join(_cohorts(cells), on=_PLACE, how="left")
    rows = rows.with_columns(pl.col("people", "events", "nights", "held", "asked", "cohort").fill_null(0))
    counted = rows.join(_statistics(), on=("measure_id", "breakdown"))
    statistic, is_accommodation = pl.col("statistic"), pl.col("measure_id") == ACCOMMODATION
    counted = counted.with_columns(
        numerator=pl.when(statistic == "people")
        .then("people")
        .when(statistic == "nights")
        .then("nights")
        .when(statistic == "share")
        .then("held")
        .otherwise("events"),
        denominator=pl.when(statistic == "share")
        .then("asked")
        .when(statistic.is_in(["median", "p90"]))
        .then("events")
        .when(is_accommodation)
        .then("cohort"),
    ).with_columns(
        value=pl.when(statistic == "share")
        .then(pl.when(pl.col("asked") > 0).then(pl.col("held") / pl.col("asked")))
        .when(statistic == "median")
        .then("median")
        .when(statistic == "p90")
        .then("p90")
        .otherwise("numerator")
    )
    hidden = [pl.when(shown).then(pl.col(name)).alias(name) for name in ("value", "numerator", "denominator")]
    return counted.with_columns(hidden).select(COLUMNS)


def _listed_values(reference: Reference) -> pl.DataFrame:
    """The values of the seed that a county row lists, zeros included (readings 35 and 47)."""
    rows = []
    for measure_id, measure in ALL.items():
        for breakdown in measure.breakdowns:
            if breakdown not in measure.as_found:
                rows += [(measure_id, breakdown, value) for value in reference.listed_values(measure_id, breakdown)]
    return pl.DataFrame(rows, schema=["measure_id", "breakdown", "breakdown_value"], orient="row")


def _statistics() -> pl.DataFrame:
    """The statistics that are listed of each measure for each breakdown."""
    rows = [
        (measure_id, breakdown, statistic)
        for measure_id, measure in ALL.items()
        for breakdown in (TOTAL, *measure.breakdowns)
        for statistic in measure.statistics(breakdown)
    ]
    return pl.DataFrame(rows, schema=["measure_id", "breakdown", "statistic"], orient="row")


def _cohorts(cells: pl.DataFrame) -> pl.DataFrame:
    """What kinds of home are out of: everybody in scope in the area (reading 33)."""
    totals = cells.filter((pl.col("breakdown") == TOTAL) & (pl.col("measure_id") == ACCOMMODATION))
    return totals.select(*_PLACE, cohort="people")
