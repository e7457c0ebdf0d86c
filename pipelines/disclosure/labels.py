"""The words that figures are printed under, so that a pack needs the figures folder and nothing else.

What belongs here: `figures/labels.parquet`, gathered from the seeds, and the labels of periods. What does not: words of
a pack's own, which stand in the pack.
"""

from datetime import date, timedelta

import duckdb
import polars as pl

SCHEMA = {
    "kind": pl.String,
    "key": pl.String,
    "label": pl.String,
    "measure_id": pl.String,
    "breakdown": pl.String,
    "parent": pl.String,
    "definition": pl.String,
    "definition_version": pl.String,
    "clause": pl.String,
    "unit": pl.String,
    "polarity": pl.String,
    "counted_as": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "start_date": pl.Date,
    "end_date": pl.Date,
    "sort_order": pl.Int64,
}

BREAKDOWNS = {
    "total": "All",
    "age_band": "Age",
    "eligibility": "Leaving care status",
    "former_uasc": "Former unaccompanied child",
    "sex": "Sex",
    "ethnic_group": "Ethnic group",
    "disability": "Disability",
    "home_area": "Where the home is",
    "agreement": "Which records show it",
    "route": "Route of letting",
    "scheme": "Letting scheme",
    "category": "Outcome of the assessment",
    "tier": "Who placed",
    "ordinal": "Stays in 12 months",
    "kind_of_home": "Kind of home",
    "suitability": "Suitability",
    "counted_from": "Counted from",
    "days_waiting": "Days waiting",
    "months_after": "Months after the move",
    "outcome": "Outcome",
    "reason": "Reason",
    "homes_begun": "Homes begun since leaving care",
    "placement_type": "Type of temporary accommodation",
    "limit_nights": "Limit of nights",
    "dependent_children": "Dependent children",
    "care_reason": "Why out of care",
    "duty": "Homelessness duty",
    "into_private_sector": "Into the private rented sector",
    "refusal": "What was refused",
    "told_before": "Who was told before",
    "band": "Band",
    "rank": "Rank of the band",
    "at_care_leaver_band": "At the band for care leavers",
    "bedroom_need": "Bedrooms needed",
    "reasonable": "Refusal found reasonable",
    "registration": "Registration",
    "since_tests_lifted": "Since local connection tests were lifted",
    "whose": "Whose care leaver",
    "register": "Where the record stands",
    "in_touch": "In touch",
    "last_contact": "Last contact",
    "planned_destination": "Planned destination",
    "rebanded": "Re-banded",
    "arrears_plan": "Arrears plan",
    "severity": "Severity",
    "raised_by": "Who raised it",
    "resolution": "Resolved or open",
    "stage_reached": "Stage reached",
    "obligation_status": "Status",
}
STATISTICS = {
    "people": "People",
    "events": "Events",
    "nights": "Nights",
    "median": "Median",
    "p90": "90th centile",
    "share": "Share",
}
STATUSES = {
    "value": ("Shown", "The number itself."),
    "c": ("[c]", "Hidden so that nobody can be recognised."),
    "x": ("[x]", "Not available: a sender that the figure needs has sent no data for the period."),
    "z": ("[z]", "Not applicable."),
    "low": ("[low]", "More than none, but rounds to zero."),
}
SPECIAL_AREAS = {"outside_county": "Outside the county", "unknown": "District not known"}


def labels(connection: duckdb.DuckDBPyConnection, figures: pl.DataFrame) -> pl.DataFrame:
    """Return one row per thing that has a name, by `kind` and `key`.

    * `measure`, obligations too: title, definition, version, clause, unit, polarity, how it is counted, validity;
    * `authority`: `parent` is the code of its own area row; `area`: `parent` is the authority, null for areas of none;
    * `scheme`: `parent` is the authority;
    * `breakdown`, and `breakdown_value` with its `breakdown` and `measure_id` (`*` for all);
    * `period`: `parent` is the kind of period, `start_date` and `end_date` half-open;
    * `statistic` and `status`.

    Args:
        connection: The warehouse, for the schema `seeds`.
        figures: The figures, for the periods that they have.
    """
    rows = [
        *({name: row[name] for name in SCHEMA if name in row} for row in _from_seeds(connection)),
        *_listed("area", SPECIAL_AREAS),
        *_listed("breakdown", BREAKDOWNS),
        *_periods(figures),
        *_listed("statistic", STATISTICS),
        *_statuses(),
    ]
    return pl.DataFrame(rows, SCHEMA, orient="row").sort(
        "kind", "measure_id", "breakdown", "parent", "sort_order", "definition_version", "key", "start_date"
    )


def _from_seeds(connection: duckdb.DuckDBPyConnection) -> list[dict[str, object]]:
    relations = (connection.sql(query) for query in _SEEDS)
    return [row for relation in relations for row in pl.DataFrame(relation.to_arrow_table()).iter_rows(named=True)]


def _listed(kind: str, words: dict[str, str]) -> list[dict[str, object]]:
    return [
        {"kind": kind, "key": key, "label": label, "sort_order": place}
        for place, (key, label) in enumerate(words.items(), start=1)
    ]


def _statuses() -> list[dict[str, object]]:
    return [
        {"kind": "status", "key": key, "label": label, "definition": meaning, "sort_order": place}
        for place, (key, (label, meaning)) in enumerate(STATUSES.items(), start=1)
    ]


def _periods(figures: pl.DataFrame) -> list[dict[str, object]]:
    periods = figures.select("period_kind", "period_label", "period_start", "period_end").unique().sort(pl.all())
    return [
        {
            "kind": "period",
            "key": key,
            "label": period_label(start, end),
            "parent": kind,
            "start_date": start,
            "end_date": end,
        }
        for kind, key, start, end in periods.iter_rows()
    ]


def period_label(start: date, end: date) -> str:
    """Return a period of whole months in words: "June 2026", "April to June 2026", "July 2025 to June 2026".

    Args:
        start: Its first day.
        end: The day after its last.
    """
    last = end - timedelta(days=1)
    first_month, last_month = f"{start:%B} {start.year}", f"{last:%B} {last.year}"
    if first_month == last_month:
        return last_month
    return f"{start:%B} to {last_month}" if start.year == last.year else f"{first_month} to {last_month}"


_SEEDS = (
    """
    select 'measure' as kind, measure_id as key, title as label, measure_id, definition,
        cast(definition_version as varchar) as definition_version, clause, unit, polarity, counted_as,
        try_cast(cast(valid_from as varchar) as date) as valid_from,
        try_cast(cast(valid_to as varchar) as date) as valid_to,
        row_number() over (order by rowid) as sort_order
    from seeds.measures
    """,
    """
    select 'measure' as kind, obligation_id as key, title as label, obligation_id as measure_id, definition,
        cast(definition_version as varchar) as definition_version, clause, 'promises' as unit,
        'higher_is_better' as polarity, 'share' as counted_as,
        try_cast(cast(valid_from as varchar) as date) as valid_from,
        try_cast(cast(valid_to as varchar) as date) as valid_to,
        (select count(*) from seeds.measures) + row_number() over (order by rowid) as sort_order
    from seeds.obligations
    """,
    "select 'authority' as kind, authority as key, authority_name as label, gss_code as parent from seeds.authority",
    "select 'area' as kind, gss_code as key, authority_name as label, authority as parent from seeds.authority",
    """
    select 'area' as kind, area_code as key, area_name as label, authority as parent,
        try_cast(cast(valid_from as varchar) as date) as valid_from,
        try_cast(cast(valid_to as varchar) as date) as valid_to
    from seeds.area
    """,
    "select 'scheme' as kind, scheme as key, scheme_name as label, authority as parent from seeds.scheme",
    """
    select 'breakdown_value' as kind, breakdown_value as key, label, measure_id, breakdown,
        cast(sort_order as bigint) as sort_order
    from seeds.breakdown_value
    where measure_id not like 'obligation%'
    """,
    # Obligations share their breakdowns, which the seed lists once.
    """
    select 'breakdown_value' as kind, value.breakdown_value as key, value.label,
        obligations.obligation_id as measure_id, value.breakdown, cast(value.sort_order as bigint) as sort_order
    from seeds.breakdown_value as value
    inner join seeds.obligations
        on value.measure_id
        = case when obligations.about = 'person' then 'obligation' else 'obligation_of_district' end
    """,
)
