"""One table: which rows are rejected, which cells refused, and that nothing is lost between the two."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from inbox_of_a_test import PLACEMENT, Inbox

from pipelines.contracts import load_contracts
from pipelines.landing import RowsLostError, checking
from pipelines.landing.checking import Checked

CARE_LEAVERS = (
    "clea_person_id,clea_care_leaver_eligibility,clea_care_leaver_in_touch,clea_care_leaver_latest_contact,"
    "clea_care_leaver_accommodation,clea_care_leaver_accom_suitable,clea_pathway_plan_review_date"
)


def placements(inbox: Inbox, *rows: str) -> None:
    inbox.put("case_system/kent/placements 2026-09-30.csv", "\n".join([PLACEMENT, *rows]) + "\n")
    inbox.land()


def test_a_bad_value_refuses_its_cell_and_the_person_stays(inbox: Inbox) -> None:
    inbox.persons("1,Bram,Mock,Z9,XXXX,31/02/2006,1066-10-14")
    inbox.land()
    (row,) = inbox.rows()
    assert [row[name] for name in ("pers_person_id", "pers_sex", "pers_ethnicity", "pers_dob")] == [
        "1",
        None,
        None,
        None,
    ]
    assert inbox.refused() == [
        (2, "pers_sex", "Z9", "unknown_code"),
        (2, "pers_ethnicity", "XXXX", "unknown_code"),
        (2, "pers_dob", "31/02/2006", "not_a_date"),
        (2, "pers_death_date", "1066-10-14", "impossible_date"),
    ]


def test_a_refused_cell_says_what_was_expected_and_what_to_do(inbox: Inbox) -> None:
    inbox.persons("1,Bram,Mock,M,XXXX,2006-01-31,")
    inbox.land()
    (cell,) = inbox.rows("refused_cells")
    assert "add it to the spellings of the list" in cell["message"]
    assert "XXXX" not in cell["message"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (",C1,7,2025-04-01,U4,XK11 1AB,", ("clap_cla_placement_id", "missing")),
        ("P1,C1, \u00a0,2025-04-01,U4,XK11 1AB,", ("clap_person_id", "missing")),
        ("P1,C1,7,,U4,XK11 1AB,", ("clap_cla_placement_start_date", "missing")),
        ("P1,C1,7,soon,U4,XK11 1AB,", ("clap_cla_placement_start_date", "not_a_date")),
        ("P1,C1,7,1066-10-14,U4,XK11 1AB,", ("clap_cla_placement_start_date", "impossible_date")),
        ("P1,C1,7,2025-04-01,U4,XK11 1AB,later", ("clap_cla_placement_end_date", "not_a_date")),
        ("P1,C1,#N/A,2025-04-01,U4,XK11 1AB,", ("clap_person_id", "spreadsheet_error")),
        ("P1,C1,7,2025-04-01,U4,XK11 1AB,2025-03-31", ("clap_cla_placement_end_date", "end_before_start")),
        ("P1,C1,,2025-04-01,U4,XK11 1AB,2025-03-31", ("clap_person_id", "missing")),
        # of several reasons the first counts, in the order of the columns
        (",C1,,soon,U4,XK11 1AB,later", ("clap_cla_placement_id", "missing")),
    ],
)
def test_a_bad_key_or_date_of_the_event_rejects_the_row(inbox: Inbox, row: str, expected: tuple[str, str]) -> None:
    placements(inbox, "P0,C1,7,2025-01-01,U4,XK11 1AB,2025-01-01", row)
    assert [row["clap_cla_placement_id"] for row in inbox.rows()] == ["P0"]
    assert inbox.rules() == [(3, *expected)]


def test_a_rejected_row_is_kept_as_it_was_written_and_its_refused_cells_are_not_listed_twice(inbox: Inbox) -> None:
    placements(inbox, "P1, C1 ,7,soon,Q9,nowhere,")
    (reject,) = inbox.rows("rejects")
    assert reject["value"] == "soon"
    assert json.loads(reject["row"]) == {
        "clap_cla_placement_id": "P1",
        "clap_cla_id": "C1",
        "clap_person_id": "7",
        "clap_cla_placement_start_date": "soon",
        "clap_cla_placement_type": "Q9",
        "clap_cla_placement_postcode": "nowhere",
        "clap_cla_placement_end_date": None,
    }
    assert inbox.refused() == []


def test_of_two_rows_with_one_key_the_first_is_kept(inbox: Inbox) -> None:
    inbox.persons("1,First,M,M,WBRI,2006-01-31,", "2,Other,M,M,WBRI,2006-01-31,", "1,Second,M,M,WBRI,2006-01-31,")
    inbox.land()
    assert [row["pers_forename"] for row in inbox.rows()] == ["First", "Other"]
    assert inbox.rules() == [(4, "pers_person_id", "duplicate_key")]


def test_a_rejected_row_does_not_take_the_key_from_a_good_one(inbox: Inbox) -> None:
    placements(inbox, "P1,C1,7,2025-04-01,U4,,2025-03-31", "P1,C1,7,2025-04-01,U4,,2025-04-30")
    assert [(row["row_number"], row["clap_cla_placement_id"]) for row in inbox.rows()] == [(3, "P1")]


def test_several_rows_of_one_person_are_lawful_where_there_is_no_key(inbox: Inbox) -> None:
    row = "1,Relevant,YES,2026-09-01,U,Suitable,2026-09-01"
    inbox.put("case_system/kent/c 2026-09-30.csv", f"{CARE_LEAVERS}\n{row}\n{row}\n")
    inbox.land()
    assert len(inbox.rows()) == 2


def test_an_unknown_support_need_is_a_refused_cell_and_a_blank_one_rejects_the_row(inbox: Inbox) -> None:
    rows = ["A1,Learning disability", "A1,Zz", "A1,Zzz", "A1,", "A1,LEARNING DISABILITY"]
    inbox.put("homelessness/E07000105/n 2026-09-30.csv", "\n".join(["case_ref,support_need", *rows]) + "\n")
    inbox.land()
    assert [row["support_need"] for row in inbox.rows()] == ["learning_disability", None, None]
    assert inbox.refused() == [(3, "support_need", "Zz", "unknown_code"), (4, "support_need", "Zzz", "unknown_code")]
    assert inbox.rules() == [(5, "support_need", "missing"), (6, "support_need", "duplicate_key")]


def test_the_local_label_of_the_accommodation_gives_the_tenure(inbox: Inbox) -> None:
    labels = ["Own tenancy council", "Independent living", "B - With parents", "Own tenancy private", "Tree house"]
    rows = [f"{number},Relevant,YES,,{label},Suitable," for number, label in enumerate(labels)]
    inbox.put("case_system/kent/c 2026-09-30.csv", "\n".join([CARE_LEAVERS, *rows]) + "\n")
    inbox.land()
    assert [
        (row["clea_care_leaver_accommodation"], row["clea_care_leaver_accommodation_tenure"]) for row in inbox.rows()
    ] == [("U", "council"), ("U", None), ("B", None), ("U", "private"), (None, None)]


def test_the_case_systems_none_and_words_for_nothing_recorded_are_blank_and_not_refused(inbox: Inbox) -> None:
    row = "1,Relevant,Not recorded,1900-01-01,,Unknown,01/01/1900"
    inbox.put("case_system/kent/c 2026-09-30.csv", f"{CARE_LEAVERS}\n{row}\n")
    inbox.land()
    (landed,) = inbox.rows()
    assert {name for name, value in landed.items() if value is not None and name.startswith("clea_")} == {
        "clea_person_id",
        "clea_care_leaver_eligibility",
    }
    assert inbox.refused() == []


def test_columns_not_in_the_file_are_null_and_types_are_those_of_the_contract(inbox: Inbox) -> None:
    header = "application_ref,registered_on,care_leaver_flag,bedroom_need,postcode"
    inbox.put("lettings/b_with_us/a 2026-09-30.csv", f"{header}\nA1,01/09/2026,Y,2.0,xk11  1ab\n")
    inbox.land()
    (row,) = inbox.rows()
    assert [row[name] for name in header.split(",")] == ["A1", date(2026, 9, 1), True, 2, "XK111AB"]
    assert row["kent_agency_assessment_on"] is None
    schema = {name: str(kind) for name, kind in inbox.frame().schema.items()}
    assert (schema["kent_agency_assessment_on"], schema["care_leaver_flag"], schema["bedroom_need"]) == (
        "Date",
        "Boolean",
        "Int64",
    )
    assert list(schema)[:4] == ["load_id", "row_number", "data_date", "received_at"]


def test_a_column_may_refuse_the_whole_file(inbox: Inbox) -> None:
    overlay = inbox.home.config / "contracts" / "case_system"
    overlay.mkdir(parents=True)
    (overlay / "ssd_person.yml").write_text(
        "columns:\n  - {name: pers_dob, type: date, on_bad_value: reject_file, privacy: direct_identifier,"
        " completeness: 1, description: Date of birth.}\n",
        encoding="utf-8",
    )
    inbox.contracts = load_contracts(inbox.home.config / "contracts")
    inbox.persons("1,A,B,M,WBRI,2006-01-31,", "2,A,B,M,WBRI,some day,")
    receipt = inbox.land_one()
    assert receipt.outcome == "refused"
    assert "Row 3, column pers_dob, is bad" in receipt.reason
    assert "some day" not in receipt.reason
    assert inbox.stored() == {}


def test_should_a_row_ever_be_lost_the_run_fails_and_nothing_of_the_file_is_kept(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    right = checking.check

    def losing(*arguments: object) -> Checked:
        checked = right(*arguments)  # type: ignore[arg-type]
        return Checked(checked.rows_read, checked.accepted.slice(1), checked.rejects, checked.refused_cells)

    inbox.persons("1,A,B,M,WBRI,2006-01-31,")
    monkeypatch.setattr("pipelines.landing.intake.check", losing)
    with pytest.raises(RowsLostError, match="1 rows read, 0 accepted and 0 rejected"):
        inbox.land()
    assert inbox.stored() == {}
    assert inbox.left() == ["persons 2026-09-30.csv"]
