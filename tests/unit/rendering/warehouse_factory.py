"""The tables of a build that pages read beside its figures, for two made-up counties. Nobody here exists."""

from __future__ import annotations

from pathlib import Path

import duckdb

PEOPLE = (
    ("key-long-in-bnb", "bed_and_breakfast", "2026-07-02", "2026-09-14"),
    ("key-new-in-bnb", "bed_and_breakfast", "2026-09-28", "2026-09-29"),
    ("key-no-home", "no_fixed_abode", "2026-08-01", "2026-08-20"),
    ("key-settled", "social_general_needs", "2020-01-01", "2026-09-01"),
)
"""Key, kind of home, first day in it, latest contact; the data date is 30 September 2026."""

TABLES = """
    create schema core; create schema marts; create schema landing; create schema seeds;
    create table core.dim_clock as select unnest(['kent', 'lancashire']) as authority, date '2026-09-30' as as_at;
    create table core.fct_care_snapshot (
        authority varchar, person_key varchar, data_date date, personal_adviser varchar, latest_contact date
    );
    create table core.fct_home_in_force (
        authority varchar, person_key varchar, start_date date, end_date date, kind_of_home varchar, district varchar,
        home_start_date date
    );
    create table core.fct_scope (
        authority varchar, person_key varchar, scope varchar, start_date date, end_date date
    );
    create table marts.obligation_due (
        authority varchar, person_key varchar, area_code varchar, obligation_id varchar, status varchar,
        days_to_go integer
    );
    create table landing.protocol_forms__commentary (
        authority varchar, record_id varchar, recorded_on date, data_date date, withdrawn boolean, area varchar,
        quarter varchar, text varchar
    );
    create table landing.protocol_forms__action_log (
        authority varchar, record_id varchar, recorded_on date, data_date date, withdrawn boolean, area varchar,
        quarter varchar, text varchar, owner varchar, due_on date, done_on date
    );
    create table marts.comparator (
        authority varchar, comparator varchar, area_name varchar, period_label varchar, comparison varchar,
        category varchar, age_group varchar, percentage double, percentage_status varchar
    );
    create table seeds.comparison (comparison varchar, breakdown varchar, sort_order integer);
    insert into seeds.comparison values ('kind_supported', 'kind_of_home', 2), ('homes_all', 'total', 4);
"""
COUNTIES = {"kent": ("E10000016", "E07000105"), "lancashire": ("E10000017", "E07000121")}


def write_warehouse(build: Path) -> None:
    """Write `build/warehouse.duckdb`: people in need of action, overdue promises, commentary, actions, comparators."""
    with duckdb.connect(str(build / "warehouse.duckdb")) as connection:
        connection.execute(TABLES)
        for authority, (county, district) in COUNTIES.items():
            for key, kind, since, contact in PEOPLE:
                home = [authority, key, since, None, kind, district, since]
                connection.execute("insert into core.fct_home_in_force values (?, ?, ?, ?, ?, ?, ?)", home)
                snapshot = [authority, key, "2026-09-30", "Adviser Fennimore", contact]
                connection.execute("insert into core.fct_care_snapshot values (?, ?, ?, ?, ?)", snapshot)
                _write_scope(connection, authority, key, "9999-12-31")
            _write_scope(connection, authority, "key-without-home", "9999-12-31")
            _write_scope(connection, authority, "key-left-long-ago", "2025-01-01")
            for status, days in (("overdue", -41), ("overdue", -12), ("not_yet_due", 8)):
                due = [authority, "key-no-home", district, "pathway_plan_review", status, days]
                connection.execute("insert into marts.obligation_due values (?, ?, ?, ?, ?, ?)", due)
            _write_forms(connection, authority, county, district)
            for who, name, foyers, lodgings in (("own_county", "Here", 4.2, None), ("england", "England", 3.0, 4.6)):
                for category, share in (("foyers", foyers), ("supported lodgings", lodgings)):
                    status = None if share else "c"
                    row = [authority, who, name, "2025", "kind_supported", category, "19_21", share, status]
                    connection.execute("insert into marts.comparator values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def _write_scope(connection: duckdb.DuckDBPyConnection, authority: str, key: str, until: str) -> None:
    for scope in ("protocol", "protocol_or_due_to_leave"):
        row = [authority, key, scope, "2023-10-01", until]
        connection.execute("insert into core.fct_scope values (?, ?, ?, ?, ?)", row)


def _write_forms(connection: duckdb.DuckDBPyConnection, authority: str, county: str, district: str) -> None:
    said = (
        ("C1", "2026-07-01", False, district, "An older wording of the district."),
        ("C1", "2026-10-02", False, district, "The district opened a shared house."),
        ("C2", "2026-10-02", True, county, "Written in error."),
    )
    for record, day, withdrawn, area, text in said:
        row = [authority, record, day, "2026-09-30", withdrawn, area, "2026-27-Q2", text]
        connection.execute("insert into landing.protocol_forms__commentary values (?, ?, ?, ?, ?, ?, ?, ?)", row)
    actions = (
        ("A1", "Find a landlord.", "Housing lead", "2026-06-01", None),
        ("A2", "Write to the schemes.", None, "2026-12-01", None),
        ("A3", "Done long ago.", "Secretary", "2024-01-01", "2024-01-02"),
    )
    for record, text, owner, due, done in actions:
        row = [authority, record, "2026-10-01", "2026-09-30", False, county, "2026-27-Q1", text, owner, due, done]
        marks = ", ".join("?" * len(row))
        connection.execute(f"insert into landing.protocol_forms__action_log values ({marks})", row)
