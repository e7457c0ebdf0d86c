"""The analyst's database: marts and wide tables without names, each with its description, and figures as views.

What belongs here: copying what may be read by analysts into a file of its own, and the two views of figures. What does
not: deciding which columns a table has (`dbt_project/models/marts` and `dbt_project/models/analyst`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.editions import EDITIONS, INTERNAL
from pipelines.protection.encryption import attach
from pipelines.warehouse.build import Build
from pipelines.warehouse.database import OFFLINE

# Schema of the warehouse -> schema here. The file's own name is `analyst` for whoever opens it, so that the wide tables
# are `analyst.person` and plainly `person`; a schema of the same name would make both ambiguous.
SCHEMAS = {"marts": "marts", "analyst": "main"}
# The plain hashes among the columns: record ids are hashes of a sender's reference, `adviser` is one of a name.
KEYED_SUFFIX = "record_id"
KEYED = "adviser"


@dataclass(frozen=True)
class View:
    """A view of marts and wide tables, with its own description and those of its columns."""

    name: str
    description: str
    sql: str
    columns: Mapping[str, str]


_FIGURE_COLUMNS = {
    "measure_id": "Which measure or obligation.",
    "title": "Its title in plain words.",
    "is_obligation": "Whether it is the share of a promise kept in time.",
    "authority": "The county whose protocol the row serves.",
    "area_code": "GSS code of the county or of one of its districts, `outside_county` or `unknown`.",
    "area_name": "Name of that area.",
    "area_type": "county, district, outside_county or unknown.",
    "period_kind": "month, quarter, ytd (from 1 April) or rolling_4q.",
    "period_label": "The period as people call it, for example 2026-27-Q1.",
    "period_start": "Its first day.",
    "last_day": "Its last day, which is what a stock is told of.",
    "periods_ago": "0 for the latest period of its kind that has ended, 1 for the one before, -1 for one that goes on.",
    "breakdown": "By what it is broken down; `total` is everything.",
    "breakdown_value": "The value of the breakdown; `total` for everything.",
    "statistic": "people, events, nights, share, median or p90. People are counted anew in every row: never add them.",
    "numerator": "The count; of a share the part of which it is told.",
    "denominator": "What a share or a median is told of; null for counts, the whole cohort for accommodation_now.",
    "value": "The figure. Null where it is not available or where there is nothing to divide by.",
    "people": "People, each once.",
    "events": "Events: moves, presentations, stays, applications, promises.",
    "nights": "Nights.",
    "share": "Share, 0 to 1.",
    "share_of": "How many the share is told of.",
    "median": "Median, in the measure's unit.",
    "p90": "90th centile, in the measure's unit.",
    "coverage": "complete, partial (not every sender in) or not_available.",
    "as_at": "Earliest data date among the extracts used.",
}
_PLACE = ("measure_id", "title", "is_obligation", "authority", "area_code", "area_name", "area_type")
_CELL = ("period_kind", "period_label", "period_start", "last_day", "periods_ago", "breakdown", "breakdown_value")
_LISTED = ", ".join("figure.period_start" if column == "period_start" else column for column in (*_PLACE, *_CELL))
_FROM = """
from marts.measure_observation as figure
join measure using (measure_id)
join area using (authority, area_code)
join period using (authority, period_kind, period_label)
"""


def _text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


VIEWS = (
    View(
        "edition",
        "One row: the edition that this database is, wherever a copy of it lies and whatever its file is called.",
        f"select {_text(INTERNAL)} as edition, {_text(EDITIONS[INTERNAL])} as meaning",
        {"edition": "internal: pseudonymous, and small counts are not hidden.", "meaning": "What packs say of it."},
    ),
    View(
        "figure",
        "One row per figure in long form: measure, area, period, breakdown and statistic. Small counts are not hidden "
        "here: what leaves the office comes from the figures of the public edition.",
        f"select {_LISTED}, statistic, numerator, denominator, value, coverage, as_at {_FROM}",
        _FIGURE_COLUMNS,
    ),
    View(
        "figure_wide",
        "One row per measure, area, period and breakdown, with a column for each statistic. Small counts are not "
        "hidden here.",
        f"""select {_LISTED},
            max(value) filter (statistic = 'people') as people,
            max(value) filter (statistic = 'events') as events,
            max(value) filter (statistic = 'nights') as nights,
            max(value) filter (statistic = 'share') as share,
            max(denominator) filter (statistic = 'share') as share_of,
            max(value) filter (statistic = 'median') as median,
            max(value) filter (statistic = 'p90') as p90,
            min(coverage) as coverage, min(as_at) as as_at
        {_FROM} group by all""",
        _FIGURE_COLUMNS,
    ),
)


def write_analyst_database(build: Build, manifest: Mapping[str, Any], *, key: bytes) -> int:
    """Write `analyst.duckdb` from the schemas `marts` and `analyst` of the build's warehouse; return how many tables.

    The descriptions that dbt's manifest has of models and columns become comments, so that `describe` and a schema
    browser explain themselves. Figures are views of marts in long and in wide form, which name no catalogue, since the
    file's name is for its reader to choose.

    A record id is a plain hash of a sender's reference, an adviser's of a name, which who knows the references or the
    names could try out. Here they are hashed once more with `key`, the home's secret, so that rows still join and
    nobody is found by guessing.
    """
    build.analyst.unlink(missing_ok=True)
    models = {
        (node["schema"], node["alias"]): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in SCHEMAS
    }
    with duckdb.connect(str(build.analyst), config=dict(OFFLINE)) as database:
        attach(database, build.warehouse, "source", read_only=True)
        for schema in SCHEMAS.values():
            database.execute(f"create schema if not exists {schema}")
        for (schema, name), model in sorted(models.items()):
            origin, table = f"source.{schema}.{_name(name)}", f"{SCHEMAS[schema]}.{_name(name)}"
            columns = [row[0] for row in database.execute(f"describe {origin}").fetchall()]
            listed = ", ".join(_keyed(column) if _is_plain_hash(column) else _name(column) for column in columns)
            database.execute(f"create table {table} as select {listed} from {origin}", _secret(listed, key))
            described = {name: facts.get("description", "") for name, facts in model.get("columns", {}).items()}
            _comment(database, "table", table, model.get("description", ""), described)
        database.execute("detach source")
        for view in VIEWS:
            database.execute(f"create view {view.name} as {view.sql}")
            _comment(database, "view", view.name, view.description, view.columns)
    return len(models) + len(VIEWS)


def _is_plain_hash(column: str) -> bool:
    return column == KEYED or column.endswith(KEYED_SUFFIX)


def _secret(listed: str, key: bytes) -> dict[str, str]:
    return {"secret": key.hex()} if "$secret" in listed else {}


def _keyed(column: str) -> str:
    name = _name(column)
    return f"case when {name} is not null then substr(sha256($secret || {name}), 1, 32) end as {name}"


def _comment(
    database: duckdb.DuckDBPyConnection, kind: str, table: str, description: str, columns: Mapping[str, str]
) -> None:
    if description:
        database.execute(f"comment on {kind} {table} is {_text(description.strip())}")
    existing = {row[0] for row in database.execute(f"describe {table}").fetchall()}
    for name, text in columns.items():
        if name in existing and text:
            database.execute(f"comment on column {table}.{_name(name)} is {_text(text.strip())}")


def _name(identifier: str) -> str:
    doubled = identifier.replace('"', '""')
    return f'"{doubled}"'
