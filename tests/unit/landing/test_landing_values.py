"""One cell: what it becomes, or which rule it breaks."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts import load_contracts
from pipelines.landing.values import (
    EARLIEST,
    LATEST,
    MESSAGES,
    Reading,
    read_boolean,
    read_date,
    read_integer,
    read_number,
    read_postcode,
    read_text,
    reader_for,
)


@pytest.mark.parametrize(
    "text",
    [
        "30/09/2026",
        "30/9/2026",
        "30/09/2026 00:00",
        "30/09/2026 14:05:59",
        "2026-09-30",
        "2026-09-30T00:00:00",
        "2026-09-30 14:05:59.123",
        "2026-09-30T14:05:59Z",
        "46295",
        "46295.0",
        "46295.58",
    ],
)
def test_dates_are_read_day_first_as_iso_and_as_excel_serials(text: str) -> None:
    assert read_date(text) == Reading(date(2026, 9, 30))


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2026",
        "09/30/2026",
        "30/09/26",
        "tomorrow",
        "2026-13-01",
        "00/00/0000",
        "30.09.2026",
        "12",
        "1998",
        "999999",
    ],
)
def test_what_names_no_day_is_no_date(text: str) -> None:
    assert read_date(text).rule == "not_a_date"


@pytest.mark.parametrize("text", ["1900-01-01", "01/01/1900", "1", "1066-10-14", "2100-01-02", "99999"])
def test_days_outside_a_human_life_are_impossible(text: str) -> None:
    assert read_date(text).rule == "impossible_date"


@pytest.mark.parametrize(("text", "day"), [("1900-01-02", EARLIEST), ("2100-01-01", LATEST)])
def test_the_outermost_days_are_possible(text: str, day: date) -> None:
    assert read_date(text) == Reading(day)


@given(st.dates(date(1927, 5, 18), LATEST))
def test_every_way_of_writing_a_day_gives_the_day(day: date) -> None:
    serial = str((day - date(1899, 12, 30)).days)
    for text in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day.isoformat()}T00:00:00", serial):
        assert read_date(text) == Reading(day)


@pytest.mark.parametrize("text", ["1900-01-01", "01/01/1900", "1900-01-01T00:00:00", "1"])
def test_the_case_systems_none_is_none_where_the_contract_says_so(text: str) -> None:
    contracts = load_contracts()
    column = contracts["case_system__ssd_care_leavers"].column("clea_pathway_plan_review_date")
    assert reader_for(column, contracts.codes)(text) == Reading(None)


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", True), ("Y", True), ("TRUE", True), ("1", True), ("No", False), ("f", False), ("0", False)],
)
def test_yes_and_no(text: str, value: bool) -> None:
    assert read_boolean(text) == Reading(value)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (read_integer, "2", 2),
        (read_integer, "2.0", 2),
        (read_number, "2.50", 2.5),
        (read_postcode, "xk11 1ab", "XK111AB"),
        (read_postcode, "M1 1AE", "M11AE"),
        (read_text, "007", "007"),
        (read_text, "#7 Elm Row", "#7 Elm Row"),
    ],
)
def test_values_are_kept(read: object, text: str, value: object) -> None:
    assert read(text) == Reading(value)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("read", "text", "rule"),
    [
        (read_integer, "2.5", "not_a_whole_number"),
        (read_integer, "two", "not_a_whole_number"),
        (read_number, "1,5", "not_a_number"),
        (read_boolean, "maybe", "not_yes_or_no"),
        (read_postcode, "XK11", "not_a_postcode"),
        (read_text, "#N/A", "spreadsheet_error"),
        (read_date, "#REF!", "spreadsheet_error"),
        (read_integer, "#VALUE!", "spreadsheet_error"),
        (read_number, "#VALUE!", "spreadsheet_error"),
        (read_boolean, "#MULTIVALUE", "spreadsheet_error"),
        (read_postcode, "#N/A", "spreadsheet_error"),
    ],
)
def test_what_cannot_be_read_names_its_rule_and_the_rule_says_what_to_do(read: object, text: str, rule: str) -> None:
    assert read(text) == Reading(None, rule)  # type: ignore[operator]
    assert len(MESSAGES[rule]) > 40
