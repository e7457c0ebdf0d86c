"""CSV and workbooks: every cell comes through as it was written, or the file or row says why not."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path

import pytest
from inbox_of_a_test import PERSON, PLACEMENT, Inbox, workbook

from pipelines.landing.xlsx_reader import sheets

HEADERS = PERSON.split(",")
ANNEX_A = Path(__file__).parents[4] / "shared" / "data" / "annex_a" / "Annex_A_2024_Jan.xlsx"


def surnames(inbox: Inbox) -> list[str]:
    inbox.land()
    return [row["pers_surname"] for row in inbox.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_line_ends(inbox: Inbox, encoding: str, separator: str, line_end: str) -> None:
    lines = [separator.join(HEADERS), separator.join(["007", "Zoë", "O’Mock", "F", "WBRI", "31/01/2006", ""])]
    inbox.put("case_system/kent/p 2026-09-30.csv", (line_end.join(lines) + line_end).encode(encoding))
    assert surnames(inbox) == ["O’Mock"]
    (row,) = inbox.rows()
    assert (row["pers_person_id"], row["pers_forename"], row["pers_dob"]) == ("007", "Zoë", date(2006, 1, 31))


def test_a_quoted_line_break_does_not_end_a_record_and_separators_inside_quotes_do_not_count(inbox: Inbox) -> None:
    inbox.persons('1,"Bram\nRic","Mock, ""the"" Ton",M,WBRI,2006-01-31,', "2,A,B,F,WBRI,2006-01-31,")
    assert surnames(inbox) == ['Mock, "the" Ton', "B"]
    assert [row["row_number"] for row in inbox.rows()] == [2, 3]


def test_spaces_of_all_kinds_are_trimmed_and_joined(inbox: Inbox) -> None:
    inbox.persons("1,x, \u00a0Mock\u00a0\u00a0Ton\u200b ,M,WBRI,2006-01-31,")
    assert surnames(inbox) == ["Mock Ton"]


def test_null_is_blank_except_in_names(inbox: Inbox) -> None:
    inbox.persons("1,NULL,Null,NULL,NULL,2006-01-31,NULL")
    inbox.land()
    (row,) = inbox.rows()
    assert [row[name] for name in ("pers_forename", "pers_sex", "pers_ethnicity", "pers_death_date")] == [
        "NULL",
        None,
        None,
        None,
    ]
    assert inbox.refused() == []


def test_a_blank_line_is_no_record_but_keeps_its_row_number(inbox: Inbox) -> None:
    inbox.persons("1,A,B,F,WBRI,2006-01-31,", "", ",,,,,,", " , ,\u00a0,,,,", "2,A,C,F,WBRI,2006-01-31,")
    receipt = inbox.land_one()
    assert (receipt.loads[0].rows_read, [row["row_number"] for row in inbox.rows()]) == (2, [2, 6])


def test_ragged_rows_are_rejected_and_the_others_land(inbox: Inbox) -> None:
    inbox.persons(
        "1,A,B,F,WBRI,2006-01-31,",
        "2,A,B,F",
        "3,A,B,F,WBRI,2006-01-31,,stray",
        "4,A,B,F,WBRI,2006-01-31,,,,",  # blank cells beyond the header are what Excel leaves behind
        PERSON,
    )
    receipt = inbox.land_one()
    assert [row["pers_person_id"] for row in inbox.rows()] == ["1", "4"]
    assert inbox.rules() == [
        (3, None, "wrong_number_of_cells"),
        (4, None, "wrong_number_of_cells"),
        (6, None, "repeated_header"),
    ]
    assert (receipt.loads[0].rows_read, receipt.loads[0].rows_rejected) == (5, 3)


@pytest.mark.parametrize(
    "row", ['1,A,"B"x,F,WBRI,2006-01-31,', '1,A,"never closed,F,WBRI,2006-01-31,', f"1,A,{'x' * 140_000},F,,,"]
)
def test_quotes_that_do_not_pair_refuse_the_file_and_name_the_line(inbox: Inbox, row: str) -> None:
    inbox.persons("9,A,B,F,WBRI,2006-01-31,", row)
    receipt = inbox.land_one()
    assert receipt.outcome == "refused"
    assert "near line 3" in receipt.reason


def test_a_header_without_rows_lands_as_an_empty_load(inbox: Inbox) -> None:
    inbox.persons()
    (load,) = inbox.land_one().loads
    assert (load.rows_read, load.rows_accepted) == (0, 0)
    assert inbox.frame().columns[4:] == HEADERS


def test_a_workbook_is_read_by_value_with_real_dates_serials_texts_and_numbers(inbox: Inbox) -> None:
    at_13_05 = datetime.fromisoformat("2025-06-01T13:05:00")
    rows = [
        ["Extract for the protocol"],
        [None, *PLACEMENT.split(",")],
        [None, "P1", 7, "007", date(2025, 4, 1), "U4", "xk11 1ab", at_13_05],
        [],
        [None, "P2", 7.0, 8, 45748, "K2", "XK11 1AB", None],
        [None, "P3", 7, 9, "01/04/2025", "K2", None, "2025-06-01"],
        [None, "P4", 7, 9, "=DATE(2025,4,1)", "K2", None, None],
    ]
    inbox.put("case_system/kent/p 2026-09-30.xlsx", workbook(rows))
    inbox.land()
    assert [
        (row["row_number"], row["clap_cla_id"], row["clap_person_id"], row["clap_cla_placement_start_date"].isoformat())
        for row in inbox.rows()
    ] == [(3, "7", "007", "2025-04-01"), (5, "7", "8", "2025-04-01"), (6, "7", "9", "2025-04-01")]
    assert [row["clap_cla_placement_end_date"] for row in inbox.rows()] == [date(2025, 6, 1), None, date(2025, 6, 1)]
    # The workbook was never calculated, so the formula's stored value is 0, which is no day of a placement.
    assert inbox.rules() == [(7, "clap_cla_placement_start_date", "impossible_date")]


def test_real_error_cells_of_a_workbook_are_refused_cells_and_not_blanks(inbox: Inbox) -> None:
    row = ["1", "Bram", "Mock", "M", "WBRI", date(2006, 1, 31), None]
    content = workbook([HEADERS, row])
    with_error = replaced(
        content, "xl/worksheets/sheet1.xml", rb'<c r="E2"[^>]*>.*?</c>', b'<c r="E2" t="e"><f>NA()</f><v>#N/A</v></c>'
    )
    inbox.put("case_system/kent/p 2026-09-30.xlsx", with_error)
    inbox.land()
    assert inbox.refused() == [(2, "pers_ethnicity", "#N/A", "spreadsheet_error")]


def test_the_first_of_january_1900_in_a_date_cell_is_none(inbox: Inbox) -> None:
    header = ["clea_person_id", "clea_pathway_plan_review_date", "clea_care_leaver_latest_contact"]
    inbox.put("case_system/kent/c 2026-09-30.xlsx", workbook([header, ["1", date(1900, 1, 1), date(2026, 9, 1)]]))
    inbox.land()
    (row,) = inbox.rows()
    assert (row["clea_pathway_plan_review_date"], row["clea_care_leaver_latest_contact"]) == (None, date(2026, 9, 1))
    assert inbox.refused() == []


def test_cells_of_other_types_are_read_as_what_they_show(inbox: Inbox) -> None:
    header = ["case_ref", "placement_ref", "entry_on", "exit_on", "out_of_district", "placed_in_gss"]
    rows = [[1.5, time(13, 5), date(2026, 9, 1), None, True, "E07000105"], [2, 3, date(2026, 9, 1), None, False, "="]]
    inbox.put("homelessness/E07000105/t 2026-09-30.xlsx", workbook([header, *rows]))
    inbox.land()
    assert [[row[name] for name in ("case_ref", "placement_ref", "out_of_district")] for row in inbox.rows()] == [
        ["1.5", "13:05:00", True],
        ["2", "3", False],
    ]


def test_the_extension_does_not_matter(inbox: Inbox) -> None:
    row = ["1", "Bram", "Mock", "M", "WBRI", "2006-01-31", None]
    inbox.put("case_system/kent/a 2026-09-30.csv", workbook([HEADERS, row]))
    inbox.put("case_system/lancashire/b 2026-09-30.xlsx", f"{PERSON}\n1,Bram,Mock,M,WBRI,2006-01-31,\n")
    assert [receipt.outcome for receipt in inbox.land().files] == ["landed", "landed"]


@pytest.mark.needs_data
@pytest.mark.skipif(not ANNEX_A.is_file(), reason="../shared/data/annex_a is not here")
def test_every_sheet_of_a_real_annex_a_workbook_is_read() -> None:
    found = sheets(ANNEX_A.read_bytes())
    assert [name for name in found if name.startswith("List ")] == [f"List {number}" for number in range(1, 12)]
    list_9 = found["List 9"]
    assert list_9[0][0] == "Child Unique ID"
    assert len(list_9[0]) == 17


def replaced(content: bytes, part: str, pattern: bytes, by: bytes) -> bytes:
    """Return the workbook with the first match of the pattern in one of its parts replaced."""
    into = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                assert re.search(pattern, text)
                text = re.sub(pattern, by, text, count=1)
            new.writestr(name, text)
    return into.getvalue()
