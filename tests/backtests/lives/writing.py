"""Lives as files: a truth folder for the oracle, and an inbox of CSV extracts for the real pipeline.

What belongs here: turning records into rows of deliveries, typed for the truth and as text for the inbox. What does
not: any rule about what the rows mean.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from .builder import Life, Record
from .world import (
    BOOLEAN_COLUMNS,
    DATE_COLUMNS,
    DISTRICTS,
    INTEGER_COLUMNS,
    KENT,
    LANCASHIRE,
    MEDWAY,
    NAMES_IN_TRUTH,
    NUMBER_COLUMNS,
    SCHEMES,
    TABLES,
    delivery_dates,
    received_at,
)

_AUTHORITIES = (KENT, LANCASHIRE)


@dataclass(frozen=True)
class Delivery:
    """One file: the rows of one table of one sender on one data date, each with its true person."""

    family: str
    table: str
    sender: str
    data_date: date
    rows: list[tuple[str | None, dict[str, Any]]]

    @property
    def file_name(self) -> str:
        """The same name in the inbox and in the truth."""
        return f"{self.table}_{self.data_date.isoformat()}.csv"


def write_inbox(lives: Sequence[Life], inbox: Path, truth: Path, *, received_by: datetime | None = None) -> None:
    """Write every delivery as CSV with canonical headers and a `.meta.yml`, and the truth about it.

    Args:
        lives: who lives in this world.
        inbox: gets `<family>/<sender>/<file>` and `<file>.meta.yml`.
        truth: gets `emitted/*.parquet`, `links.parquet` and `files.parquet`, as the generator's truth folder, of every
            delivery.
        received_by: leave later deliveries out of the inbox.
    """
    for delivery in deliveries(lives):
        if received_by is not None and received_at(delivery.data_date) > received_by:
            continue
        folder = inbox / delivery.family / delivery.sender
        folder.mkdir(parents=True, exist_ok=True)
        columns = TABLES[delivery.family, delivery.table]
        with (folder / delivery.file_name).open("w", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow(columns)
            writer.writerows([_text(row, column) for column in columns] for _, row in delivery.rows)
        meta = {"data_date": delivery.data_date, "received_at": f"{received_at(delivery.data_date):%Y-%m-%dT%H:%M:%SZ}"}
        (folder / f"{delivery.file_name}.meta.yml").write_text(yaml.safe_dump(meta), encoding="utf-8")
    write_truth(lives, truth)


def write_truth(lives: Sequence[Life], truth: Path) -> None:
    """Write what the generator's truth folder would hold of these lives."""
    (truth / "emitted").mkdir(parents=True, exist_ok=True)
    files = list(deliveries(lives))
    for (family, table), columns in TABLES.items():
        of_table = [delivery for delivery in files if (delivery.family, delivery.table) == (family, table)]
        frame = pl.DataFrame(list(_emitted_rows(of_table)), schema=_schema(columns), orient="row")
        frame.write_parquet(truth / "emitted" / f"{family}__{table}.parquet")
    pl.DataFrame(
        [(d.family, d.table, d.sender, d.file_name, d.data_date, received_at(d.data_date), len(d.rows)) for d in files],
        schema={
            "family": pl.String,
            "table": pl.String,
            "sender": pl.String,
            "file_name": pl.String,
            "data_date": pl.Date,
            "received_at": pl.Datetime("us", "UTC"),
            "rows": pl.Int64,
        },
        orient="row",
    ).write_parquet(truth / "files.parquet")
    pl.DataFrame(
        list(_links(lives)),
        schema=dict.fromkeys(("authority", "family", "table", "sender", "source_ref", "person"), pl.String),
        orient="row",
    ).write_parquet(truth / "links.parquet")


def deliveries(lives: Sequence[Life]) -> Iterator[Delivery]:
    """Every file of this world, in order of table, sender and date; no file is empty, for strangers are in each."""
    records: dict[tuple[str, str, str], list[tuple[str | None, Record]]] = {}
    known: Iterable[tuple[str | None, Record]] = ((life.name, record) for life in lives for record in life.records)
    for person, record in [*known, *((None, record) for record in strangers())]:
        records.setdefault((record.family, record.table, record.sender), []).append((person, record))
    for (family, table, sender), of_sender in sorted(records.items()):
        for data_date in delivery_dates(family, sender):
            rows = [(person, record.values) for person, record in of_sender if data_date in record.deliveries]
            yield Delivery(family, table, sender, data_date, rows)


_EIGHTH = date(2024, 1, 8)
_FORMS_OF_THE_CHILD: dict[str, dict[str, Any]] = {
    "bnb_approval": {"entry_date": _EIGHTH},
    "consent": {"consent_given_on": _EIGHTH},
    "custody": {"entered_on": _EIGHTH},
    "duty_to_refer": {"known_on": _EIGHTH},
    "escalation": {"raised_on": _EIGHTH},
    "home_survey": {"asked_on": _EIGHTH},
    "housing_contact": {"contact_date": _EIGHTH},
    "identity_documents": {},
    "intentionality": {"considered_on": _EIGHTH},
    "local_connection": {"decided_on": _EIGHTH},
    "panel": {"panel_date": _EIGHTH},
    "partner_return": {"district_gss": MEDWAY, "quarter": "2023-24-Q4", "received_on": _EIGHTH},
    "pathway_plan": {"plan_date": _EIGHTH},
    "protocol_review": {"review_date": date(2023, 6, 1)},
    "readiness": {},
    "second_chance": {"assessed_on": _EIGHTH},
    "spoc": {"district_gss": MEDWAY, "from_date": _EIGHTH},
    "tenancy_event": {"event": "notice", "event_date": _EIGHTH},
    "tenancy_training": {"completed_on": _EIGHTH},
}
"""A row in each form; those about districts name one of neither county."""


def strangers() -> list[Record]:
    """Somebody else's records in every file, so that every sender has sent: they count in no figure.

    In each county a child of ten, in each district and scheme an applicant whom no county knows.
    """
    records = []
    for authority in _AUTHORITIES:
        child = Life(f"child_in_{authority}", "Ten years old and without a status.", born=date(2016, 1, 1))
        child.known_to(authority)
        child.status(authority, None)
        child.form(authority, "B", date(2024, 1, 1))
        child.care_placement(authority, date(2024, 1, 1), None, "ZZ991ZZ")
        child.address(authority, date(2024, 1, 1), None, "ZZ991ZZ")
        child.immigration(authority, "other")
        child.disability(authority, "NONE")
        child.adviser(authority, date(2024, 1, 1), None)
        for form, values in _FORMS_OF_THE_CHILD.items():
            child.told(authority, form, date(2024, 1, 8), **values)
        records += child.records
    stranger = Life("stranger", "Known to no county.", born=date(2004, 4, 4))
    for scheme in SCHEMES:
        stranger.letting(scheme, date(2024, 1, 8), None)
        stranger.bid(scheme, "stranger-2024-01-08", date(2024, 1, 8))
        stranger.tenancy_ended(scheme, "T-stranger-2024-01-08", date(2024, 2, 8), "other")
    for district in DISTRICTS:
        ref = f"STRANGER-{district}"
        stranger.no_duty(district, ref, date(2024, 1, 8))
        stranger.placed(district, ref, date(2024, 1, 8), date(2024, 1, 9))
        stranger.records.append(
            Record(
                "homelessness",
                "support_needs",
                district,
                {"case_ref": ref, "support_need": "budgeting"},
                delivery_dates("homelessness", district),
            )
        )
    return records + stranger.records


def _emitted_rows(files: Iterable[Delivery]) -> Iterator[tuple[Any, ...]]:
    for delivery in files:
        for row_number, (person, row) in enumerate(delivery.rows, start=2):
            yield (
                delivery.family,
                delivery.sender,
                delivery.file_name,
                delivery.data_date,
                received_at(delivery.data_date),
                row_number,
                person,
                "accepted",
                None,
                None,
                *(row.get(column) for column in TABLES[delivery.family, delivery.table]),
            )


def _links(lives: Sequence[Life]) -> Iterator[tuple[str | None, str, str, str, str, str | None]]:
    """The true person of every case-system id, application and case, the strangers' too."""
    for authority in _AUTHORITIES:
        child = f"child_in_{authority}"
        yield (authority, "case_system", "ssd_person", authority, f"{authority[:1].upper()}-{child}-1", child)
    for life in lives:
        for authority, ids in life.ids.items():
            for person_id in ids:
                yield (authority, "case_system", "ssd_person", authority, person_id, life.name)
        home = next(iter(life.ids), None)
        for family, sender, ref in life.outside:
            yield (home, family, "applications" if family == "lettings" else "cases", sender, ref, life.name)
    for record in strangers():
        if record.table in {"applications", "cases"}:
            ref = record.values["application_ref" if record.table == "applications" else "case_ref"]
            yield (None, record.family, record.table, record.sender, ref, None)


def _schema(columns: Iterable[str]) -> dict[str, pl.DataType]:
    text = pl.String()
    schema: dict[str, pl.DataType] = {
        "family": text,
        "sender": text,
        "file_name": text,
        "data_date": pl.Date(),
        "received_at": pl.Datetime("us", "UTC"),
        "row_number": pl.Int64(),
        "person": text,
        "outcome": text,
        "reject_rule": text,
        "refused_columns": text,
    }
    for column in (NAMES_IN_TRUTH.get(column, column) for column in columns):
        if column in NUMBER_COLUMNS:
            schema[column] = pl.Float64()
        elif column in DATE_COLUMNS:
            schema[column] = pl.Date()
        elif column in BOOLEAN_COLUMNS:
            schema[column] = pl.Boolean()
        else:
            schema[column] = pl.Int64() if column in INTEGER_COLUMNS else text
    return schema


def _text(row: dict[str, Any], column: str) -> str:
    """A cell as an analyst's export has it: ISO dates, yes, codes; the tenure inside the local label."""
    value = row.get(column)
    if column == "clea_care_leaver_accommodation_tenure":
        return ""
    if column == "clea_care_leaver_accommodation" and row.get("clea_care_leaver_accommodation_tenure"):
        return f"Own tenancy {row['clea_care_leaver_accommodation_tenure']}"
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
