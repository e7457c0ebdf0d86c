"""Which state a file describes: its column, else its name, else the meta file; else it is held."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from inbox_of_a_test import NOW, Inbox

from pipelines.landing.data_dates import dates_in_name

HEADER = "case_ref,support_need"
ROW = "A1,Learning disability"


@pytest.mark.parametrize(
    "name",
    [
        "cases 2026-09-30.csv",
        "cases_20260930.csv",
        "30-09-2026 cases.csv",
        "cases30092026v2.csv",
        "20260930T0600_2026-09-30.csv",
    ],
)
def test_a_date_in_the_name(name: str) -> None:
    assert dates_in_name(name) == {date(2026, 9, 30)}


@pytest.mark.parametrize(
    "name", ["cases.csv", "cases 2026-27-Q1.csv", "case 123456789.csv", "31-02-2026.csv", "20261399.csv"]
)
def test_no_date_in_the_name(name: str) -> None:
    assert dates_in_name(name) == set()


def put(inbox: Inbox, name: str, *, column: str | None = None, meta: str | None = None) -> None:
    header, row = (HEADER, ROW) if column is None else (f"{HEADER},Report Date", f"{ROW},{column}")
    inbox.put(f"homelessness/E07000105/{name}", f"{header}\n{row}\n{row.replace('A1', 'A2')}\n", meta=meta)


def landed_date(inbox: Inbox) -> date:
    (load,) = inbox.land().loads
    return load.data_date


def test_the_column_comes_before_the_name_and_the_name_before_the_meta_file(inbox: Inbox) -> None:
    put(inbox, "n 2026-08-31.csv", column="30/06/2026", meta="data_date: 2026-07-31")
    assert landed_date(inbox) == date(2026, 6, 30)
    put(inbox, "n 2026-08-31.csv", meta="data_date: 2026-07-31")
    assert landed_date(inbox) == date(2026, 8, 31)
    put(inbox, "n.csv", meta="data_date: 2026-07-31")
    assert landed_date(inbox) == date(2026, 7, 31)


def test_a_blank_column_leaves_it_to_the_name(inbox: Inbox) -> None:
    put(inbox, "n 2026-08-31.csv", column="")
    assert landed_date(inbox) == date(2026, 8, 31)


def test_a_name_with_two_dates_leaves_it_to_the_meta_file(inbox: Inbox) -> None:
    put(inbox, "2026-07-01 to 2026-09-30.csv", meta="data_date: 2026-09-30")
    assert landed_date(inbox) == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("name", "column", "meta", "told"),
    [
        ("n.csv", None, None, "Neither a column nor the file's name holds a date"),
        ("2026-07-01 to 2026-09-30.csv", None, None, "name holds several dates"),
        ("n 2027-09-30.csv", None, None, "2027-09-30 lies after the day it was received"),
        ("n.csv", "soon", None, "different dates, or none that can be read"),
        ("n.csv", None, "date: 2026-09-30", "something else than data_date and received_at"),
        ("n.csv", None, "data_date: thirtieth", "a date or time that cannot be read"),
        ("n.csv", None, "data_date: [", "not readable as YAML"),
        ("n.csv", None, "# " + "x" * 5000, "far too long"),
    ],
)
def test_a_file_whose_date_is_not_known_stays_and_is_told_why(
    inbox: Inbox, name: str, column: str | None, meta: str | None, told: str
) -> None:
    put(inbox, name, column=column, meta=meta)
    receipt = inbox.land_one()
    assert (receipt.outcome, told in receipt.reason) == ("refused", True)
    assert f"{name}.why.txt" in inbox.left()
    assert name in inbox.left()


def test_different_dates_in_the_column_are_refused(inbox: Inbox) -> None:
    inbox.put("homelessness/E07000105/n.csv", f"{HEADER},Report Date\nA,x,2026-09-30\nB,y,2026-09-29\n")
    assert "different dates" in inbox.land_one().reason


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        (None, NOW),
        ("received_at: 2026-10-02T06:00:00Z", datetime(2026, 10, 2, 6, tzinfo=UTC)),
        ("received_at: 2026-10-02T07:00:00+01:00", datetime(2026, 10, 2, 6, tzinfo=UTC)),
        ("received_at: 2026-10-02T06:00:00", datetime(2026, 10, 2, 6, tzinfo=UTC)),
        ("received_at: '2026-10-02 06:00:00+00:00'", datetime(2026, 10, 2, 6, tzinfo=UTC)),
    ],
)
def test_the_time_of_arrival_is_now_unless_the_meta_file_says_another(
    inbox: Inbox, meta: str | None, expected: datetime
) -> None:
    put(inbox, "n 2026-09-30.csv", meta=meta)
    (load,) = inbox.land().loads
    assert load.received_at == expected
    assert {row["received_at"] for row in inbox.rows()} == {expected.replace(tzinfo=None)}
