"""`lasting-homes contracts check`: what of a new file is understood, and the lines that make it understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from pipelines.cli import main
from pipelines.contracts import load_contracts
from pipelines.project_files import project_folder
from pipelines.settings import Home

SHARED = project_folder("dbt_project").parents[1] / "shared" / "data"
needs_shared_data = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data folder is not beside the project")
OFFERS = """Shortlist Offer Ref,Member Reference,Date of the Offer,Let Type,Beds,Colour
O1,A1,01/09/2026,Bid,2,red
O2,A2,02/09/2026,Shuffled,x,red
O3,A3,03/09/2026,shuffled,2,red
O4,A4,04/09/2026,Bid,2,red
"""
PERSONS = """pers_person_id,pers_forename,pers_surname,pers_sex,pers_dob
1,Bramble,Mock,M,2006-01-31
2,Fennel,Teasel,Bramble,2006-02-28
3,Sorrel,Teasel,AB123456C,31 of May
4,Sorrel,Teasel,Fem.,2006-02-28
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A fresh home."""
    made = Home(tmp_path / "home")
    made.initialise()
    return made


def put(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def check(home: Home, file: Path, *options: str) -> int:
    return main(["contracts", "check", str(file), "--home", str(home.root), *options])


def checked(home: Home, file: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    check(home, file, "--json", *options)
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_every_column_of_the_file_is_told(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (table,) = checked(home, put(tmp_path, "o.csv", OFFERS), capsys)["tables"]
    assert (table["family"], table["table"], table["recognised"], table["header_row"]) == (
        "lettings",
        "offers",
        False,
        1,
    )
    assert [(one["column"], one["suggestion"]) for one in table["columns"]] == [
        ("offer_ref", None),
        (None, "application_ref"),
        (None, "offered_on"),
        ("route", None),
        ("bedrooms", None),
        (None, None),
    ]
    assert table["missing_needed"] == ["application_ref", "offered_on"]
    assert "response" in table["missing_others"]
    assert table["counts"] == {"rows_read": 4, "rows_accepted": 4, "rows_rejected": 0, "cells_refused": 3}


def test_unknown_codes_are_counted_with_their_spelling_and_other_bad_cells_without(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (table,) = checked(home, put(tmp_path, "o.csv", OFFERS), capsys)["tables"]
    assert table["unknown_codes"] == [
        {
            "column": "route",
            "code_list": "letting_route",
            "cells": 2,
            "spellings": [["Shuffled", 1, 3], ["shuffled", 1, 4]],
            "more": 0,
            "withheld": 0,
        }
    ]
    assert table["bad_cells"] == [{"column": "bedrooms", "rule": "not_a_whole_number", "cells": 1, "first_row": 3}]


def test_no_name_and_no_identifier_is_ever_shown(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a sex column into which a name and a National Insurance number have slipped
    file = put(tmp_path, "p 2026-09-30.csv", PERSONS)
    # When it is told in both ways
    check(home, file)
    check(home, file, "--json")
    told = capsys.readouterr().out
    # Then the odd spelling is shown and nobody's data is
    assert "Fem." in told
    assert "2 spellings not shown" in told
    for private in ("Bramble", "Teasel", "Sorrel", "AB123456C", "2006-02-28", "31 of May"):
        assert private not in told


def test_a_file_that_is_understood_ends_with_0_and_any_other_with_3(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = "".join(PERSONS.splitlines(keepends=True)[:2])
    assert check(home, put(tmp_path, "p 2026-09-30.csv", good)) == 0
    assert check(home, put(tmp_path, "p 2026-09-30.csv", good.replace("pers_sex", "pers_ sort"))) == 3
    assert check(home, put(tmp_path, "p 2026-09-30.csv", good.replace("pers_person_id", "who"))) == 3
    assert check(home, put(tmp_path, "p.csv", good)) == 3
    told = capsys.readouterr().out
    assert "Missing, and without them it is not this extract: pers_person_id." in told
    assert "Data date: it is not known which day the file describes." in told
    assert "Data date: 2026-09-30." in told


def test_write_adds_the_lines_and_the_file_is_then_understood(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = put(tmp_path, "o.csv", OFFERS)
    document = checked(home, file, capsys, "--write")
    written = home.config / "contracts" / "lettings" / "offers.yml"
    assert document["written"] == [str(written)]
    assert (
        "Member Reference"
        in load_contracts(home.config / "contracts")["lettings__offers"].column("application_ref").aliases
    )
    (table,) = checked(home, file, capsys)["tables"]
    assert (table["recognised"], table["missing_needed"]) == (True, [])


def test_write_keeps_what_the_overlay_held(home: Home, tmp_path: Path) -> None:
    overlay = home.config / "contracts" / "lettings" / "offers.yml"
    overlay.parent.mkdir(parents=True)
    before = "# ours\ntolerance: {share: 0.5, minimum_rows: 5}\ncolumns:\n- {name: bedrooms, aliases: [Rooms]}\n"
    overlay.write_text(before, encoding="utf-8")
    check(home, put(tmp_path, "o.csv", OFFERS), "--write")
    contract = load_contracts(home.config / "contracts")["lettings__offers"]
    assert contract.tolerance.share == 0.5
    assert "Rooms" in contract.column("bedrooms").aliases
    assert "Date of the Offer" in contract.column("offered_on").aliases
    assert overlay.with_name("offers.yml.before").read_text(encoding="utf-8") == before


def test_without_a_home_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = Home(tmp_path / "nowhere")
    assert check(nowhere, put(tmp_path, "o.csv", OFFERS), "--write") == 1
    assert "is not a Lasting Homes home" in capsys.readouterr().err
    assert not nowhere.root.exists()


def test_a_column_is_only_suggested_where_its_cells_can_be_read(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = OFFERS.replace("/09/2026", " days ago")
    (table,) = checked(home, put(tmp_path, "o.csv", wrong), capsys)["tables"]
    assert [one["suggestion"] for one in table["columns"]] == [None, "application_ref", None, None, None, None]


def test_two_headers_that_are_alike_to_one_column_are_a_person_s_choice(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = OFFERS.replace("Colour", "Member Referenc")
    (table,) = checked(home, put(tmp_path, "o.csv", twice), capsys)["tables"]
    assert "application_ref" not in [one["suggestion"] for one in table["columns"]]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--family", "nonsense"), "nonsense is not a family of extracts"),
        (("--family", "homelessness"), "Nothing in the file looks like a known extract"),
        (("--sender", "surrey"), "surrey is not a known sender of lettings"),
    ],
)
def test_what_cannot_be_checked_says_why(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], told: str
) -> None:
    assert check(home, put(tmp_path, "o.csv", OFFERS), *options) == 1
    assert told in capsys.readouterr().err


def test_a_workbook_is_told_sheet_by_sheet(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as book:
        for name, rows in (
            ("Notes", ["Made by the council"]),
            ("Needs", ["", "Case Ref,support_need", "C1,Learning disability"]),
        ):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row.split(","))
    document = checked(home, tmp_path / "b.xlsx", capsys)
    assert document["unknown_sheets"] == 1
    (table,) = document["tables"]
    assert (table["sheet"], table["table"], table["header_row"]) == ("Needs", "support_needs", 2)


OC3 = """CHILD,DOB,IN_TOUCH,ACTIV,ACCOM
1,01/02/2005,YES,F3,U1
2,01/02/2005,DIED,F4,U1
3,01/02/2005,YES,F4,U1
"""


def test_a_yearly_extract_is_checked_by_the_layout_and_the_rules_of_its_year(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a file with an activity that ended in 2021, and a person who died and has a home
    check(home, put(tmp_path, "oc3 2025-03-31.csv", OC3))
    told = capsys.readouterr().out
    # Then both are told, the second under DfE's number
    assert "activ: 1 cell with a value that the layout of that year does not have." in told
    assert "  F3  (1 cell, first in row 2)" in told
    assert "accom: 1 cell break rule 344, first in row 3." in told
    # And in the layout of 2021 the first was allowed
    check(home, put(tmp_path, "oc3 2021-03-31.csv", OC3))
    assert "F3  (" not in capsys.readouterr().out


def test_a_return_in_xml_is_told_table_by_table(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    child = (
        "<CHILD><HEADER><CHILDID>1</CHILDID><SEX>F</SEX><DOB>30/03/2006</DOB><ETHNIC>WBRI</ETHNIC></HEADER>"
        "<EPISODE><DECOM>20/01/2023</DECOM><RNE>S</RNE><LS>V2</LS><PL>U4</PL></EPISODE></CHILD>"
    )
    file = put(tmp_path, "return 2025-03-31.xml", f"<EXPSSDA903>{child}</EXPSSDA903>")
    assert [table["table"] for table in checked(home, file, capsys)["tables"]] == ["ssda903_header", "ssda903_episodes"]


def test_sheets_of_other_purposes_beside_an_extract_are_counted_and_not_explained(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "all 2026-09-30.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, headers in (
            ("People", ["pers_person_id", "pers_forename", "pers_sex"]),
            ("Visits", ["pers_forename", "pers_sex", "visited"]),
        ):
            book.add_worksheet(name).write_row(0, 0, headers)
    document = checked(home, path, capsys)
    assert ([table["sheet"] for table in document["tables"]], document["unknown_sheets"]) == (["People"], 1)


@needs_shared_data
def test_a_bulk_upload_of_core_is_told_by_its_field_numbers(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    file = SHARED / "core" / "2023_24_lettings_bulk_upload.csv"
    (table,) = checked(home, file, capsys, "--family", "core")["tables"]
    assert (table["table"], table["recognised"]) == ("lettings_bulk_upload", True)


@needs_shared_data
def test_many_headers_that_mean_nothing_stand_after_the_table(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    check(home, SHARED / "core" / "lettings_log_csv_export_codes_25.csv")
    told = capsys.readouterr().out
    assert "Not known, and not read (192): duplicate_set_id, created_by" in told
    assert "not known; not read" not in told
