"""Ofsted's Annex A workbook: Lists 8 and 9 in every layout that councils send, however their headers drift."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inbox_of_a_test import Inbox, packaged_contracts, workbook

from pipelines.contracts.text import bare
from pipelines.landing.recognition import HeaderIndex

REAL = Path(__file__).parents[4] / "shared" / "data" / "annex_a" / "Annex_A_2024_Jan.xlsx"
META = "data_date: 2024-01-31"

SEVENTEEN = {
    "child_unique_id": "Child Unique ID",
    "sex": "Gender",
    "ethnicity": "Ethnicity",
    "date_of_birth": "Date of Birth",
    "age_years": "Age of Child (Years)",
    "former_uasc": "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)",
    "has_disability": "Does the Child have a Disability",
    "allocated_personal_advisor": "Allocated Personal Advisor",
    "eligibility_category": "Eligibility Category",
    "latest_pathway_plan_review_date": "Latest Pathway Plan Review Date",
    "la_in_touch": "LA in Touch",
    "latest_date_of_contact": "Latest Date of Contact",
    "type_of_accommodation": "Type of Accommodation",
    "suitability_of_accommodation": "Suitability of Accommodation",
    "activity_status": "Activity Status",
}
NOT_IN_THIRTEEN = {
    "former_uasc",
    "allocated_personal_advisor",
    "latest_pathway_plan_review_date",
    "latest_date_of_contact",
}
CAMEL = {
    "child_unique_id": "ChildUniqueID",
    "sex": "Gender",
    "ethnicity": "Ethnicity",
    "date_of_birth": "DateOfBirth",
    "age_years": "Age",
    "former_uasc": "UASC",
    "has_disability": "HasDisability",
    "allocated_personal_advisor": "AllocatedPersonalAdvisor",
    "eligibility_category": "EligibilityCategory",
    "latest_pathway_plan_review_date": "LatestPathwayPlan",
    "la_in_touch": "LAInTouch",
    "latest_date_of_contact": "LatestContact",
    "type_of_accommodation": "TypeOfAccommodation",
    "suitability_of_accommodation": "SuitabilityOfAccommodation",
    "activity_status": "ActivityStatus",
}
# The same columns as careless hands retype them.
DRIFTED = {
    "child_unique_id": "Child's Unique Identifier",
    "sex": "Sex",
    "ethnicity": "Ethnic Origin",
    "date_of_birth": "Child Date of Birth",
    "age_years": "Age (in years)",
    "former_uasc": "Unaccompanied Asylum Seeking Child (UASC) or formerly UASC if aged 18 or over (Y/N))",
    "has_disability": "“Disabled” (Y/N)",
    "allocated_personal_advisor": "Allocated Personal Adviser (PA)",
    "eligibility_category": "Care Leaver Eligibility Status",
    "latest_pathway_plan_review_date": "Date of latest pathway plan",
    "la_in_touch": "Is the LA in touch?",
    "latest_date_of_contact": "Latest PA contact",
    "type_of_accommodation": "Type of accomodation (current)",
    "suitability_of_accommodation": "Is it suitable?",
    "activity_status": "Main activity",
}
VALUES: dict[str, Any] = {
    "child_unique_id": 7961370,
    "sex": "b) Female",
    "ethnicity": "l) ABAN",
    "date_of_birth": date(2005, 8, 7),
    "age_years": 18.60643394934976,
    "former_uasc": "a) Yes",
    "has_disability": "c) Unknown",
    "allocated_personal_advisor": "Delta\u00a0Arthur",
    "eligibility_category": "b) Former relevant child",
    "latest_pathway_plan_review_date": date(2023, 12, 1),
    "la_in_touch": "f) Rhom",
    "latest_date_of_contact": date(1900, 1, 1),
    "type_of_accommodation": "U: Independent living",
    "suitability_of_accommodation": "b) Unsuitable",
    "activity_status": "G6: Not in education, employment or training - pregnancy or parenting",
}
LANDED: dict[str, Any] = {
    "child_unique_id": "7961370",
    "sex": "f",
    "ethnicity": "ABAN",
    "date_of_birth": date(2005, 8, 7),
    "age_years": 18.60643394934976,
    "former_uasc": "yes",
    "has_disability": None,
    "allocated_personal_advisor": "Delta Arthur",
    "eligibility_category": "former_relevant",
    "latest_pathway_plan_review_date": date(2023, 12, 1),
    "la_in_touch": "RHOM",
    "latest_date_of_contact": None,
    "type_of_accommodation": "U",
    "tenure": None,
    "suitability_of_accommodation": "unsuitable",
    "activity_status": "G6",
}


def put(inbox: Inbox, headers: dict[str, str], values: dict[str, Any]) -> None:
    table = [[*headers.values(), "Allocated Team"], [*(values[name] for name in headers), "Team 1"]]
    inbox.put("case_system/kent/AA.xlsx", workbook(table, names=("List 9",)), meta=META)


@pytest.mark.parametrize("headers", [SEVENTEEN, CAMEL, DRIFTED], ids=["17 columns", "camel case", "drifted"])
def test_list_9_lands_alike_in_each_layout(inbox: Inbox, headers: dict[str, str]) -> None:
    put(inbox, headers, VALUES)

    (load,) = inbox.land().loads

    assert (load.table, load.rows_accepted, load.cells_refused) == ("annex_a_list_9", 1, 0)
    (row,) = inbox.rows()
    assert {name: row[name] for name in LANDED} == LANDED


def test_the_older_layout_lacks_four_columns_and_says_nothing_in_them(inbox: Inbox) -> None:
    thirteen = {name: header for name, header in SEVENTEEN.items() if name not in NOT_IN_THIRTEEN}
    put(inbox, thirteen, VALUES)

    inbox.land()

    (row,) = inbox.rows()
    expected = LANDED | dict.fromkeys(NOT_IN_THIRTEEN)
    assert {name: row[name] for name in expected} == expected


def test_columns_for_the_social_worker_and_the_team_stay_in_the_archive(inbox: Inbox) -> None:
    put(inbox, SEVENTEEN, VALUES)
    inbox.land()
    assert "Team 1" not in str(inbox.rows())


@pytest.mark.parametrize(
    ("written", "rule"),
    [("#N/A", "spreadsheet_error"), ("Code 'C2' is not mapped", "unknown_code"), ("#MULTIVALUE", "spreadsheet_error")],
)
def test_what_is_no_accommodation_is_a_refused_cell_and_never_a_lost_person(
    inbox: Inbox, written: str, rule: str
) -> None:
    put(inbox, SEVENTEEN, VALUES | {"type_of_accommodation": written})

    inbox.land()

    (row,) = inbox.rows()
    assert row["type_of_accommodation"] is None
    assert inbox.refused() == [(2, "type_of_accommodation", written, rule)]


def test_a_label_that_says_whose_tenancy_it_is_fills_the_tenure(inbox: Inbox) -> None:
    put(inbox, SEVENTEEN, VALUES | {"type_of_accommodation": "Own tenancy council"})
    inbox.land()
    (row,) = inbox.rows()
    assert (row["type_of_accommodation"], row["tenure"]) == ("U", "council")


def test_the_activities_of_before_2022_keep_their_own_codes(inbox: Inbox) -> None:
    """F3 was split into apprenticeships (F4) and other work (F5); which of them it was cannot be known."""
    put(inbox, SEVENTEEN, VALUES | {"activity_status": "F3: Full time in training or employment"})
    inbox.land()
    (row,) = inbox.rows()
    assert row["activity_status"] == "F3"


def test_a_person_listed_twice_is_kept_once_and_the_second_row_sent_back(inbox: Inbox) -> None:
    headers = list(SEVENTEEN.values())
    rows = [[VALUES[name] for name in SEVENTEEN]] * 2
    inbox.put("case_system/kent/AA.xlsx", workbook([headers, *rows], names=("List 9",)), meta=META)
    inbox.land()
    assert inbox.rules() == [(3, "child_unique_id", "duplicate_key")]


def test_two_headers_that_look_like_one_column_are_neither(inbox: Inbox) -> None:
    """`Suitable?` beside `Was the last home suitable?`: which one is meant cannot be known, so nothing is read."""
    headers = SEVENTEEN | {"suitability_of_accommodation": "Suitable?"}
    table = [[*headers.values(), "Was the last home suitable?"], [*(VALUES[name] for name in headers), "a) Suitable"]]
    inbox.put("case_system/kent/AA.xlsx", workbook(table, names=("List 9",)), meta=META)
    inbox.land()
    (row,) = inbox.rows()
    assert row["suitability_of_accommodation"] is None


def test_an_exact_header_is_taken_before_one_that_only_looks_like_it(inbox: Inbox) -> None:
    table = [
        ["Suitability of previous home", *SEVENTEEN.values()],
        ["a) Suitable", *(VALUES[name] for name in SEVENTEEN)],
    ]
    inbox.put("case_system/kent/AA.xlsx", workbook(table, names=("List 9",)), meta=META)
    inbox.land()
    (row,) = inbox.rows()
    assert row["suitability_of_accommodation"] == "unsuitable"


@cache
def case_system_headers() -> HeaderIndex:
    return HeaderIndex(packaged_contracts().of_family("case_system"))


@given(st.lists(st.text(max_size=400), max_size=30))
def test_no_row_of_headers_whatever_makes_recognition_fail_other_than_by_refusing(headers: list[str]) -> None:
    found = case_system_headers().recognise([headers])
    if found is not None:
        needed = {column.name for column in found.contract.columns if column.header_required}
        assert needed <= found.positions.keys()


def test_no_pattern_of_a_column_fits_another_columns_own_header() -> None:
    """Otherwise a column that is not sent would be read from its neighbour."""
    for contract in packaged_contracts():
        for column in contract.columns:
            for other in contract.columns:
                if other is not column:
                    fitting = [
                        text for text in column.aliases for like in other.patterns if re.search(like, bare(text))
                    ]
                    assert not fitting, (contract.table, other.name, fitting)


@pytest.mark.needs_data
@pytest.mark.skipif(not REAL.is_file(), reason="../shared/data/annex_a is not here")
class TestRealWorkbook:
    """The workbook of a public project: Lists 1 to 11, List 8 with 5 rows and List 9 with 6."""

    @pytest.fixture
    def landed(self, inbox: Inbox) -> Inbox:
        inbox.put("case_system/kent/Annex_A_2024_Jan.xlsx", REAL.read_bytes(), meta=META)
        self.report = inbox.land()
        return inbox

    def test_lists_8_and_9_land_whole_and_the_others_are_named(self, landed: Inbox) -> None:
        (receipt,) = self.report.files
        assert [(load.table, load.rows_read, load.rows_rejected, load.cells_refused) for load in receipt.loads] == [
            ("annex_a_list_8", 5, 0, 1),
            ("annex_a_list_9", 6, 0, 0),
        ]
        assert receipt.reason == (
            "Sheets not recognised, not landed: "
            "List 1, List 2, List 3, List 4, List 5, List 6, List 7, List 10, List 11."
        )

    def test_what_cannot_be_a_postcode_is_refused(self, landed: Inbox) -> None:
        assert landed.refused() == [(3, "placement_postcode", "nope", "not_a_postcode")]

    def test_the_care_leavers_are_those_of_the_sheet(self, landed: Inbox) -> None:
        leavers = [row for row in landed.rows() if row["eligibility_category"]]
        assert [(row["child_unique_id"], row["type_of_accommodation"], row["activity_status"]) for row in leavers] == [
            ("7961370", "Y", "F1"),
            ("10414520", "U", "F2"),
            ("13782635", "Y", "G5"),
            ("4939073", None, None),
            ("6102196", "U", "F3"),
            ("2295089", "U", "F3"),
        ]
        assert {row["la_in_touch"] for row in leavers} == {"YES"}
        assert leavers[0]["date_of_birth"] == date(2002, 8, 7)
        assert leavers[0]["age_years"] == pytest.approx(18.606, abs=0.001)

    def test_the_children_in_care_are_those_of_the_sheet(self, landed: Inbox) -> None:
        children = [row for row in landed.rows() if row["date_started_to_be_looked_after"]]
        assert [(row["ethnicity"], row["legal_status"], row["placement_type"]) for row in children] == [
            ("NOBT", "E1", "U6"),
            ("WBRI", "C2", "U1"),
            (None, "C2", "U4"),
            ("APKN", "C2", "U6"),
            ("WOTH", "C1", "H5"),
        ]
        assert [row["reason_ceased_to_be_looked_after"] for row in children] == [None, None, None, None, "E47"]
