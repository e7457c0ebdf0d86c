"""CORE: exports with two header rows, re-exported when a log changed; bulk uploads whose columns are numbered."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from inbox_of_a_test import NOW, Inbox, packaged_contracts

from pipelines.landing.as_known import attach_current_rows, known_loads
from pipelines.landing.bulk_upload import layouts

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "core"
needs_shared_data = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data folder is not beside the project")
EXPORT = "id,status,updated_at,collection_start_year,startdate,prevten,reason,SCHTYPE"
DESCRIBED = (
    "Log ID,Status of log,Time and date the log was last updated,Year collection period opened,"
    "What is the tenancy start date?,Where was the household immediately before?,Main reason,What type of scheme?"
)


def export(*logs: str) -> str:
    return "\n".join([DESCRIBED, EXPORT, *logs]) + "\n"


def logs(inbox: Inbox) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        attach_current_rows(connection, inbox.home, packaged_contracts(), known_loads(inbox.home, NOW))
        return connection.sql("select id, status, prevten from landing.core__lettings_log order by id").fetchall()


def test_names_are_taken_from_the_second_header_row(inbox: Inbox) -> None:
    inbox.put(
        "core/E07000105/e 2026-09-30.csv", export("7,completed,2026-05-02T10:00:00+01:00,2026,2026-04-20,13,55,4")
    )
    (load,) = inbox.land().loads
    assert (load.authority, load.rows_read, load.rows_accepted) == ("kent", 1, 1)
    (row,) = inbox.rows()
    assert row["row_number"] == 3
    assert (row["updated_at"], row["startdate"]) == (datetime(2026, 5, 2, 9), date(2026, 4, 20))  # noqa: DTZ001 - kept in UTC
    assert (row["prevten"], row["reason"], row["scheme_type"]) == ("13", "55", "4")


def test_of_a_log_exported_again_the_latest_change_counts_whichever_file_came_last(inbox: Inbox) -> None:
    newest = "1,completed,2026-10-25T01:10:00+00:00,2026,2026-04-20,13,,"
    inbox.put(
        "core/kent/a 2026-09-30.csv",
        export(
            "1,in_progress,2026-10-25T01:50:00+01:00,2026,2026-04-20,3,,", newest, "2,completed,2026-05-01,2026,,,,"
        ),
    )
    inbox.put("core/kent/b 2026-10-01.csv", export("1,in_progress,2026-06-01T00:00:00+01:00,2026,2026-04-20,9,,"))
    inbox.land()
    assert inbox.rules() == []
    assert logs(inbox) == [("1", "completed", "13"), ("2", "completed", None)]


def test_the_same_version_twice_in_a_file_and_a_log_without_a_moment_are_rejected(inbox: Inbox) -> None:
    log = "1,completed,2026-05-01T00:00:00+01:00,2026,2026-04-20,13,,"
    inbox.put("core/kent/a 2026-09-30.csv", export(log, log, "2,completed,yesterday,2026,,,,", "3,completed,,2026,,,,"))
    (load,) = inbox.land().loads
    assert (load.rows_read, load.rows_accepted, load.rows_rejected) == (4, 1, 3)
    assert inbox.rules() == [
        (4, "updated_at", "duplicate_key"),
        (5, "updated_at", "not_a_time"),
        (6, "updated_at", "missing"),
    ]


def test_the_later_years_add_columns_to_the_base() -> None:
    names = [column.name for column in packaged_contracts()["core__lettings_log"].columns]
    assert names[-4:] == ["referral_type", "referral_register", "referral_noms", "referral_org"]


@needs_shared_data
@pytest.mark.parametrize("year", ["24", "25"])
def test_the_services_own_exports_land(inbox: Inbox, year: str) -> None:
    """Its test files have blank ids, so their only row is rejected; with an id it is accepted whole."""
    original = (SHARED / f"lettings_log_csv_export_codes_{year}.csv").read_text(encoding="utf-8")
    inbox.put("core/kent/as it is 2026-09-30.csv", original)
    described, names, log = list(csv.reader(StringIO(original)))
    log[names.index("id")] = "4711"
    with_id = StringIO()
    csv.writer(with_id).writerows([described, names, log])
    inbox.put("core/kent/with an id 2026-09-30.csv", with_id.getvalue())
    found = {load.file_name: load for load in inbox.land().loads}
    blank, filled = found["as it is 2026-09-30.csv"], found["with an id 2026-09-30.csv"]
    assert (blank.rows_read, blank.rows_accepted, blank.rows_rejected) == (1, 0, 1)
    assert (filled.rows_read, filled.rows_accepted, filled.cells_refused) == (1, 1, 0)
    (row,) = inbox.rows()
    assert (row["collection_start_year"], row["startdate"]) == (2000 + int(year), date(2000 + int(year), 4, 1))
    assert (row["la"], row["age1"], row["cap"], row["chr"]) == ("E09000003", 35, "0", "1")


def bulk(year: int, **given: str) -> str:
    """Return a template of that year with one letting: questions above, field numbers, a blank first column."""
    layout = next(layout for layout in layouts() if layout.year == year)
    cells = {int(layout.fields[column]): text for column, text in given.items()}
    numbers = range(1, layout.fields_in_all + 1)
    rows = [
        ["Question", *("What?" for _ in numbers)],
        ["Bulk upload field number", *map(str, numbers)],
        ["", *(cells.get(number, "") for number in numbers)],
    ]
    return "\n".join(",".join(row) for row in rows) + "\n"


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_a_bulk_upload_of_each_year_lands(inbox: Inbox, year: int) -> None:
    given = {
        "owning_organisation": "3",
        "tenancycode": "T54",
        "age1": "19",
        "prevten": "13",
        "chr": "2",
        "la": "E07000112",
    }
    start = {"start_day": "1", "start_month": "10", "start_year": str(year % 100)}
    inbox.put("core/kent/upload 2026-09-30.csv", bulk(year, **given, **start))
    (load,) = inbox.land().loads
    assert (load.table, load.rows_read, load.rows_accepted, load.cells_refused) == ("lettings_bulk_upload", 1, 1, 0)
    (row,) = inbox.rows()
    assert (row["row_number"], row["startdate"], row["collection_start_year"]) == (3, date(year, 10, 1), year)
    assert {name: str(row[name]) for name in given} == given


def test_the_fields_of_the_collected_years_are_where_the_services_templates_have_them() -> None:
    """Each year's numbers of lead age, previous tenure and homelessness (standards.md section 5.3 for 2026-27)."""
    found = {one.year: [one.fields[name] for name in ("age1", "prevten", "homeless")] for one in layouts()}
    assert found == {
        2023: ["46", "104", "105"],
        2024: ["42", "100", "101"],
        2025: ["42", "100", "101"],
        2026: ["41", "115", "116"],
    }


def test_a_letting_without_tenant_code_or_with_an_impossible_start_is_rejected(inbox: Inbox) -> None:
    text = bulk(2025, owning_organisation="3", start_day="31", start_month="2", start_year="2026", tenancycode="T1")
    without = bulk(2025, owning_organisation="3", start_day="1", start_month="5", start_year="25").splitlines()[-1]
    inbox.put("core/kent/upload 2026-09-30.csv", f"{text}{without}\n{',' * 129}\n1,2,3\n")
    (load,) = inbox.land().loads
    assert (load.rows_read, load.rows_accepted, load.rows_rejected) == (3, 0, 3)
    assert inbox.rules() == [
        (3, "startdate", "not_a_date"),
        (4, "tenancycode", "missing"),
        (6, None, "wrong_number_of_cells"),
    ]


def test_a_template_of_no_known_year_is_refused_with_the_years_there_are(inbox: Inbox) -> None:
    inbox.put("core/kent/upload 2026-09-30.csv", "Field number,1,2,3\n,a,b,c\n")
    receipt = inbox.land_one()
    assert receipt.outcome == "refused"
    assert "3 numbered fields; known templates have 134 (2023-24), 130 (2024-25)" in receipt.reason


@pytest.mark.parametrize("numbers", ["1,1," + ",".join(map(str, range(2, 130))), "9" * 5_000, ""])
def test_fields_that_are_numbered_twice_or_wildly_are_no_template(inbox: Inbox, numbers: str) -> None:
    inbox.put("core/kent/upload 2026-09-30.csv", f"Field number,{numbers}\n,a,b,c\n")
    assert "numbered fields; known templates" in inbox.land_one().reason


@needs_shared_data
def test_the_services_own_bulk_upload_lands(inbox: Inbox) -> None:
    content = (SHARED / "2023_24_lettings_bulk_upload.csv").read_bytes()
    inbox.put("core/E07000117/upload.csv", content, meta="data_date: 2023-10-31")
    (load,) = inbox.land().loads
    assert (load.authority, load.rows_read, load.rows_accepted, load.cells_refused) == ("lancashire", 1, 1, 0)
    (row,) = inbox.rows()
    assert (row["row_number"], row["startdate"], row["age1"]) == (9, date(2023, 10, 10), 20)
    assert (row["la"], row["reason"], row["prevten"], row["tenancycode"]) == ("E07000004", "40", "2", "54")
