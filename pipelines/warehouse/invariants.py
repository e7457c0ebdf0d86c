"""What must hold before a build may be published.

What belongs here: statements about a whole build, each one query or comparison. What does not: rules about rows
(landing), about deliveries (quality) or about models (dbt tests, whose outcome is one of the statements).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.warehouse.build import Build
from pipelines.warehouse.database import open_for_reading
from pipelines.warehouse.dbt import DbtReport

# Without a row in each of these a build says nothing about anybody, however well its tests went.
PRIMARY_TABLES = (
    "core.dim_person",
    "core.dim_area",
    "core.dim_period",
    "core.record_source",
    "marts.measure_event",
    "marts.measure_observation",
)

NAMES = (
    "dbt_passed",
    "loads_add_up",
    "rows_have_loads",
    "primary_tables_filled",
    "every_measure_observed",
    "views_of_warehouse_can_move",
    "views_of_analyst_can_move",
    "analyst_has_no_identifier",
)
# Checked last, by `pipelines.release.editions`, which knows where landing holds identifiers.
EDITIONS_HOLD = "lower_editions_hold_no_identifier"


@dataclass(frozen=True)
class Invariant:
    """One statement about a build and whether it holds; `sentence` says what was found, in counts only."""

    name: str
    passed: bool
    sentence: str


class InvariantError(Exception):
    """A build broke an invariant, so what was published stays so; `outcomes` are all statements."""

    def __init__(self, outcomes: Sequence[Invariant]) -> None:
        self.outcomes = tuple(outcomes)
        broken = "\n".join(f"  {outcome.name}: {outcome.sentence}" for outcome in outcomes if not outcome.passed)
        super().__init__(f"The build was not published; what was published stays. What does not hold:\n{broken}")


def check_invariants(build: Build, dbt: DbtReport, *, direct_identifiers: Collection[str]) -> list[Invariant]:
    """Check every statement and return the outcomes; raising is left to `require`.

    Args:
        build: A build with its warehouse, analyst's database and figures written and closed.
        dbt: What became of the dbt nodes.
        direct_identifiers: Names of the columns that the contracts call direct identifiers.
    """
    with open_for_reading(build.warehouse) as warehouse:
        outcomes = [
            dbt_passed(dbt),
            _loads_add_up(warehouse),
            _rows_have_loads(warehouse),
            _primary_tables_filled(warehouse),
            _every_measure_observed(warehouse),
            _views_name_no_catalogue(warehouse, build.warehouse),
        ]
    with open_for_reading(build.analyst) as analyst:
        outcomes += [
            _views_name_no_catalogue(analyst, build.analyst),
            _no_direct_identifier(analyst, direct_identifiers),
        ]
    return outcomes


def require(outcomes: Sequence[Invariant]) -> None:
    """Raise InvariantError, with every broken statement, unless all hold."""
    if not all(outcome.passed for outcome in outcomes):
        raise InvariantError(outcomes)


def dbt_passed(dbt: DbtReport) -> Invariant:
    """Return whether every model was built and no test of severity `error` failed."""
    failed = [
        f"{node.name} ({node.status}: {node.message.splitlines()[0][:200] if node.message else 'no message'})"
        for node in dbt.failed
    ]
    found = "; ".join(failed[:10]) if failed else f"{len(dbt.tests)} tests ran"
    return Invariant("dbt_passed", not failed, found)


def _loads_add_up(warehouse: duckdb.DuckDBPyConnection) -> Invariant:
    wrong = _column(
        warehouse, "select load_id from landing.load where rows_read <> rows_accepted + rows_rejected order by load_id"
    )
    read, accepted, rejected = _row(
        warehouse,
        "select coalesce(sum(rows_read), 0), coalesce(sum(rows_accepted), 0), coalesce(sum(rows_rejected), 0) "
        "from landing.load",
    )
    found = f"{read} rows read = {accepted} accepted + {rejected} rejected"
    return Invariant("loads_add_up", not wrong, f"not so for loads {', '.join(wrong)}" if wrong else found)


def _rows_have_loads(warehouse: duckdb.DuckDBPyConnection) -> Invariant:
    """No current row may come from a load that is not among the loads of the build."""
    tables = _column(
        warehouse,
        "select table_name from information_schema.tables where table_schema = 'landing' and table_name <> 'load'",
    )
    strays = [
        table
        for table in tables
        if _row(
            warehouse,
            f'select count(*) from landing."{table}" where load_id not in (select load_id from landing.load)',
        )[0]
    ]
    found = f"rows of unknown loads in {', '.join(strays)}" if strays else f"{len(tables)} landing tables"
    return Invariant("rows_have_loads", not strays, found)


def _primary_tables_filled(warehouse: duckdb.DuckDBPyConnection) -> Invariant:
    existing = set(
        _column(warehouse, "select table_schema || '.' || table_name from information_schema.tables order by 1")
    )
    empty = [
        table
        for table in PRIMARY_TABLES
        if table not in existing or not _row(warehouse, f"select count(*) from {table}")[0]
    ]
    found = f"without rows: {', '.join(empty)}" if empty else f"{len(PRIMARY_TABLES)} tables have rows"
    return Invariant("primary_tables_filled", not empty, found)


def _every_measure_observed(warehouse: duckdb.DuckDBPyConnection) -> Invariant:
    """Every measure in force, and every obligation that a county with a data date promises, must have figures."""
    missing = _column(
        warehouse,
        """
        with in_force as (
            select measure_id from seeds.measures where valid_to is null
            union all
            select obligation.obligation_id
            from seeds.obligations as obligation
            where obligation.valid_to is null
                and exists (
                    select 1 from core.dim_clock as clock
                    where obligation.letters like '%' || clock.protocol_letter || '%'
                )
        )
        select measure_id from in_force
        where measure_id not in (select measure_id from marts.measure_observation)
        order by measure_id
        """,
    )
    found = f"without observations: {', '.join(missing)}" if missing else "every measure and obligation has figures"
    return Invariant("every_measure_observed", not missing, found)


def _views_name_no_catalogue(database: duckdb.DuckDBPyConnection, path: Path) -> Invariant:
    """A view compiled by dbt names the database of its build and breaks wherever the file has another name."""
    names_catalogue = re.compile(rf'(?:\b|"){re.escape(path.stem)}"?\s*\.\s*"?\w+"?\s*\.')
    views = database.execute(
        "select schema_name || '.' || view_name, sql from duckdb_views() where not internal order by 1"
    ).fetchall()
    wrong = [name for name, sql in views if names_catalogue.search(sql.partition(" AS ")[2])]
    found = f"naming {path.stem}: {', '.join(wrong)}" if wrong else f"{len(views)} views, none names a catalogue"
    return Invariant(f"views_of_{path.stem}_can_move", not wrong, found)


def _no_direct_identifier(analyst: duckdb.DuckDBPyConnection, identifiers: Collection[str]) -> Invariant:
    columns = analyst.execute(
        "select table_schema || '.' || table_name || '.' || column_name, column_name "
        "from information_schema.columns order by 1"
    ).fetchall()
    wrong = [full_name for full_name, column in columns if column in identifiers]
    found = f"direct identifiers: {', '.join(wrong)}" if wrong else f"{len(columns)} columns, no direct identifier"
    return Invariant("analyst_has_no_identifier", not wrong, found)


def _column(database: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [str(row[0]) for row in database.execute(query).fetchall()]


def _row(database: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    row = database.execute(query).fetchone()
    return tuple(int(value) for value in row or ())
