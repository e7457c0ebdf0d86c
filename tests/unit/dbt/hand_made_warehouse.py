"""A warehouse with a handful of hand-made people, on which the whole dbt project can be built in seconds.

What belongs here: the schemas `landing` and `identity` of `docs/seams.md`, and the rows of the story below.
What does not: generated data (pipelines.synthetic), and what the figures ought to be (the tests say that).

The story, data as at 30 June 2026, three monthly snapshots from 30 April:

- `alder` (Kent, 19) moved into a council home in Ashford on 4 May: the form says 4 May, the lettings scheme 1 May.
- `birch` (Kent, 20) presented as homeless to Ashford on 20 May, was threatened, and presented again to Dover on 1 June
  while that case was open. The form has no fixed abode from 18 May.
- `cedar` (Lancashire, 18) was placed in bed and breakfast by Preston from 10 June, and by the county from 12 June;
  Preston's placement ended on 14 June, the county's is open.
- `elm` (Lancashire, 17, relevant) stood in supported lodgings in April and in independent living, tenure private, in
  May; an address started on 9 May.
- `maple` (Lancashire) was 25 in January and is in no range.
- Nobody knows whose application `APP-9` is.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contracts import load_contracts

SQL_TYPES = {"date": "date", "integer": "bigint", "number": "double", "boolean": "boolean"}
STAMPS = {
    "sender": "varchar",
    "authority": "varchar",
    "load_id": "varchar",
    "row_number": "bigint",
    "data_date": "date",
    "received_at": "timestamp",
}
APRIL, MAY, JUNE = date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)
RECEIVED = datetime(2026, 7, 2, 6, 0, 0)  # noqa: DTZ001 - landing keeps UTC without a zone

Row = dict[str, Any]

CARE_LEAVERS: dict[str, list[tuple[date, Row]]] = {
    "kent": [
        (
            data_date,
            {
                "clea_person_id": person_id,
                "clea_care_leaver_eligibility": "former_relevant",
                "clea_care_leaver_activity": "G5",
                "clea_care_leaver_accommodation": code,
                "clea_care_leaver_accom_suitable": "suitable",
            },
        )
        for data_date in (APRIL, MAY, JUNE)
        for person_id, code in (("K-1", "B"), ("K-2", "B"))
    ],
    "lancashire": [
        (
            data_date,
            {
                "clea_person_id": person_id,
                "clea_care_leaver_eligibility": eligibility,
                "clea_care_leaver_accommodation": code if data_date == APRIL else later_code,
                "clea_care_leaver_accommodation_tenure": None if data_date == APRIL else tenure,
                "clea_care_leaver_accom_suitable": "unsuitable",
            },
        )
        for data_date in (APRIL, MAY, JUNE)
        for person_id, eligibility, code, later_code, tenure in (
            ("L-1", "former_relevant", "T", "T", None),
            ("L-2", "relevant", "E", "U", "private"),
            ("L-3", "former_relevant", "T", "T", None),
        )
    ],
}

PEOPLE: dict[str, list[tuple[str, str, date]]] = {
    "kent": [("K-1", "alder", date(2006, 9, 1)), ("K-2", "birch", date(2006, 1, 10))],
    "lancashire": [
        ("L-1", "cedar", date(2007, 11, 2)),
        ("L-2", "elm", date(2008, 10, 5)),
        ("L-3", "maple", date(2001, 1, 20)),
    ],
}

ROWS: dict[str, dict[str, list[Row]]] = {
    "case_system__ssd_address": {
        "lancashire": [
            {
                "addr_table_id": "A-1",
                "addr_person_id": "L-2",
                "addr_address_start_date": date(2026, 5, 9),
                "addr_address_postcode": "XL171AA",
            }
        ],
    },
    "case_system__ssd_immigration_status": {
        "kent": [
            {"immi_immigration_status_id": "I-1", "immi_person_id": "K-1", "immi_immigration_status": "uasc"},
        ],
    },
    "protocol_forms__accommodation": {
        "kent": [
            {
                "record_id": "F-1",
                "recorded_on": date(2026, 5, 5),
                "person_id": "K-1",
                "start_date": date(2026, 5, 4),
                "accommodation_code": "U",
                "tenure": "council",
                "suitability": "suitable",
                "postcode": "XK111AA",
            },
            {
                "record_id": "F-2",
                "recorded_on": date(2026, 5, 20),
                "person_id": "K-2",
                "start_date": date(2026, 5, 18),
                "accommodation_code": "S",
                "district_gss": "E07000105",
            },
        ],
        "lancashire": [
            {
                "record_id": "F-3",
                "recorded_on": date(2026, 6, 12),
                "person_id": "L-1",
                "start_date": date(2026, 6, 12),
                "accommodation_code": "W",
                "district_gss": "E07000118",
                "placed_by": "county",
            },
        ],
    },
    "lettings__offers": {
        "kent_homechoice": [
            {
                "offer_ref": "O-1",
                "application_ref": "APP-1",
                "tenancy_ref": "T-1",
                "offered_on": date(2026, 4, 20),
                "route": "bid",
                "response": "accepted",
                "tenancy_start": date(2026, 5, 1),
                "local_authority_gss": "E07000105",
            },
            {
                "offer_ref": "O-9",
                "application_ref": "APP-9",
                "tenancy_ref": "T-9",
                "offered_on": date(2026, 4, 20),
                "route": "bid",
                "response": "accepted",
                "tenancy_start": date(2026, 5, 1),
                "local_authority_gss": "E07000105",
            },
        ],
    },
    "homelessness__cases": {
        "E07000105": [
            {
                "case_ref": "C-1",
                "application_on": date(2026, 5, 20),
                "assessed_on": date(2026, 5, 21),
                "initial_assessment": "threatened",
                "prevention_start": date(2026, 5, 21),
            },
        ],
        "E07000108": [
            {"case_ref": "C-2", "application_on": date(2026, 6, 1), "initial_assessment": "already_homeless"},
        ],
        "E07000123": [
            {
                "case_ref": "C-3",
                "application_on": date(2026, 6, 9),
                "initial_assessment": "already_homeless",
                "relief_start": date(2026, 6, 9),
            },
        ],
    },
    "homelessness__placements": {
        "E07000123": [
            {
                "case_ref": "C-3",
                "placement_ref": "P-1",
                "accommodation_type": "bed_and_breakfast",
                "entry_on": date(2026, 6, 10),
                "exit_on": date(2026, 6, 14),
            },
        ],
    },
}

LINKS = [
    ("lettings", "applications", "kent_homechoice", "APP-1", "alder", "linked"),
    ("lettings", "applications", "kent_homechoice", "APP-9", None, "unlinked"),
    ("homelessness", "cases", "E07000105", "C-1", "birch", "linked"),
    ("homelessness", "cases", "E07000108", "C-2", "birch", "linked"),
    ("homelessness", "cases", "E07000123", "C-3", "cedar", "linked"),
]

# Extracts that arrived without rows still say as at when their sender speaks: all but Wyre and one scheme have.
SILENT = {"E07000128", "ideal_choice_homes"}


def write_warehouse(path: Path) -> None:
    """Write the schemas `landing` and `identity` into a new DuckDB file."""
    with duckdb.connect(str(path)) as connection:
        _make_landing(connection)
        _make_identity(connection)


def _make_landing(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema landing")
    connection.execute(
        'create table landing.load (load_id varchar, family varchar, "table" varchar, sender varchar, '
        "authority varchar, data_date date, received_at timestamp)"
    )
    for contract in load_contracts():
        types = STAMPS | {column.name: SQL_TYPES.get(column.type, "varchar") for column in contract.columns}
        states = {"vanished_on": "date"} if contract.on_missing == "state_ends" else {}
        _create(connection, contract.name, types | states)
        if states:
            _create(connection, f"{contract.name}__history", types)
    for sender in _senders(connection):
        for table in ("cases", "placements") if sender.startswith("E07") else ("offers",):
            family = "homelessness" if sender.startswith("E07") else "lettings"
            _load(connection, f"{family}__{table}", sender, JUNE, ROWS[f"{family}__{table}"].get(sender, []))
    for name in ("case_system__ssd_address", "case_system__ssd_immigration_status", "protocol_forms__accommodation"):
        for authority in PEOPLE:
            _load(connection, name, authority, JUNE, ROWS[name].get(authority, []))
    for authority, people in PEOPLE.items():
        persons = [{"pers_person_id": person_id, "pers_dob": born} for person_id, _, born in people]
        _load(connection, "case_system__ssd_person", authority, JUNE, persons)
        for data_date in (APRIL, MAY, JUNE):
            rows = [row for at, row in CARE_LEAVERS[authority] if at == data_date]
            _load(connection, "case_system__ssd_care_leavers", authority, data_date, rows, suffix="__history")


def _senders(connection: duckdb.DuckDBPyConnection) -> list[str]:
    seeds = Path(__file__).parents[3] / "dbt_project" / "seeds" / "protocol"
    query = (
        f"select scheme from read_csv('{seeds / 'scheme.csv'}', header = true) union all "
        f"select area_code from read_csv('{seeds / 'area.csv'}', header = true) where authority is not null"
    )
    return [sender for (sender,) in connection.sql(query).fetchall() if sender not in SILENT]


def _create(connection: duckdb.DuckDBPyConnection, name: str, types: dict[str, str]) -> None:
    columns = ", ".join(f"{column} {kind}" for column, kind in types.items())
    connection.execute(f"create table landing.{name} ({columns})")


def _load(
    connection: duckdb.DuckDBPyConnection, name: str, sender: str, data_date: date, rows: list[Row], *, suffix: str = ""
) -> None:
    family, table = name.split("__")
    load_id = f"{table}-{sender}-{data_date.isoformat()}"
    connection.execute(
        "insert into landing.load values (?, ?, ?, ?, ?, ?, ?)",
        [load_id, family, table, sender, None, data_date, RECEIVED],
    )
    for row_number, row in enumerate(rows, start=2):
        values = {
            "sender": sender,
            "load_id": load_id,
            "row_number": row_number,
            "data_date": data_date,
            "received_at": RECEIVED,
            **row,
        }
        connection.execute(
            f"insert into landing.{name}{suffix} ({', '.join(values)}) values ({', '.join('?' for _ in values)})",
            list(values.values()),
        )


def _make_identity(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema identity")
    connection.execute("create table identity.person_alias (authority varchar, person_id varchar, person_key varchar)")
    connection.execute(
        "create table identity.person_link (family varchar, table_name varchar, sender varchar, source_ref varchar, "
        "person_key varchar, outcome varchar, method varchar, probability double)"
    )
    aliases = [(authority, *person[:2]) for authority, people in PEOPLE.items() for person in people]
    connection.executemany("insert into identity.person_alias values (?, ?, ?)", aliases)
    connection.executemany("insert into identity.person_link values (?, ?, ?, ?, ?, ?, 'given', 1.0)", LINKS)
