"""What could not be taken goes back to its sender, and what came of it is on record."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from inbox_of_a_test import NOW, Inbox, workbook
from test_landing_intake import KilledBefore, KilledError

from pipelines.landing.store import read_resolution

HEADER = "Person Ref,pers_person_id,pers_forename,pers_sex,pers_dob"
GOOD = "x1,1,Bram,M,2006-01-31"
BAD_CELL = "x2,2,Fennel,Squirrel,2006-01-31"
BAD_ROW = "x3,,Sorrel,F,2006-01-31"


def persons(inbox: Inbox, *rows: str, day: str = "2026-09-30") -> Path:
    return inbox.put(f"case_system/kent/persons {day}.csv", "\n".join([HEADER, *rows]) + "\n")


def book(inbox: Inbox, name: str = "case_system_kent.xlsx") -> Any:
    return openpyxl.load_workbook(inbox.home.rejects / name)


def marked(sheet: Any) -> list[str]:
    """Return the coordinates of the marked cells."""
    return [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "FFFFD966"]


def test_the_workbook_has_the_sender_s_own_columns_the_marks_and_a_sentence(inbox: Inbox) -> None:
    # Given a file with a good row, a row with a cell that cannot be read, and a row without an id
    persons(inbox, GOOD, BAD_CELL, BAD_ROW)
    # When it lands
    inbox.land()
    # Then the two rows are there as the sender wrote them, in the sender's columns
    sheet = book(inbox)["ssd_person"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][3:] == HEADER.split(",")
    assert rows[1][:2] == [3, "persons 2026-09-30.csv"]
    assert rows[1][3:] == BAD_CELL.split(",")
    assert rows[2][3:] == ["x3", None, "Sorrel", "F", "2006-01-31"]
    # And each has its sentence and its mark
    assert rows[1][2].startswith("pers_sex: This spelling is not known.")
    assert "turned away" not in rows[1][2]
    assert rows[2][2].startswith("pers_person_id: This value is needed and the cell is blank.")
    assert rows[2][2].endswith("The row was turned away.")
    assert marked(sheet) == ["G2", "E3"]
    assert "1 of 3 rows turned away, 1 cells not known; 2 rows are listed." in book(inbox).worksheets[0]["A7"].value


def test_only_its_owner_may_read_it(inbox: Inbox) -> None:
    persons(inbox, BAD_ROW)
    inbox.land()
    assert (inbox.home.rejects / "case_system_kent.xlsx").stat().st_mode & 0o777 == 0o600
    assert inbox.home.rejects.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("attack", ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", " =1+1", "http://x.example/"])
def test_nothing_that_a_sender_wrote_becomes_a_formula_or_a_link(inbox: Inbox, attack: str) -> None:
    inbox.put(
        "case_system/kent/p 2026-09-30.csv", f"{attack},pers_person_id,pers_sex\n{attack},1,{attack}\n{attack},,M\n"
    )
    inbox.land()
    sheet = book(inbox)["ssd_person"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)
    assert not any(str(cell.value).lstrip().startswith(("=", "+", "-", "@")) for cell in cells)
    assert sum(attack.strip() in str(cell.value) for cell in cells) >= 4, "and nothing of it is lost"


def test_a_row_of_a_workbook_with_several_sheets_and_dates(inbox: Inbox) -> None:
    content = workbook(
        [["Case", "x"], ["case_ref", "support_need"], ["A1", "Squirrels"]],
        [["case_ref", "placement_ref", "entry_on", "exit_on"], ["A1", "1", "soon", None]],
    )
    inbox.put("homelessness/E07000105/report 2026-09-30.xlsx", content)
    inbox.land()
    made = book(inbox, "homelessness_E07000105.xlsx")
    assert made.sheetnames == ["Read this first", "placements", "support_needs"]
    assert [cell.value for cell in made["support_needs"][2]][3:] == ["A1", "Squirrels"]
    assert made["support_needs"]["A2"].value == 3
    assert made["placements"]["F2"].value == "soon"


def test_a_corrected_file_resolves_and_the_workbook_goes_away(inbox: Inbox) -> None:
    persons(inbox, GOOD, BAD_CELL, BAD_ROW)
    inbox.land()
    # When the sex of 2 is mended and the row without an id is no longer sent
    persons(inbox, GOOD, BAD_CELL.replace("Squirrel", "F"), day="2026-10-01")
    report = inbox.land(now=NOW + timedelta(days=1))
    # Then both are resolved, each in its way
    assert "2 of 2 earlier rejects resolved: 1 corrected, 1 no longer sent" in report.summary()
    assert not (inbox.home.rejects / "case_system_kent.xlsx").exists()
    # And the record says so without anybody's values
    record = read_resolution(inbox.home, report.loads[0].load_id)
    assert [(one["row_number"], one["column"], one["how"]) for one in record["resolved"]] == [
        (4, "pers_person_id", "gone"),
        (3, "pers_sex", "corrected"),
    ]
    assert not any(value in json.dumps(record) for value in ("Squirrel", "Fennel", "Sorrel"))


def test_what_is_still_wrong_stays_open(inbox: Inbox) -> None:
    persons(inbox, GOOD, BAD_CELL, BAD_ROW)
    inbox.land()
    persons(inbox, GOOD, BAD_CELL, BAD_ROW.replace("x3,,", "x3,3,"), day="2026-10-01")
    report = inbox.land(now=NOW + timedelta(days=1))
    (resolution,) = report.resolutions
    assert (resolution.earlier, resolution.corrected, resolution.gone) == (2, 0, 1)
    assert marked(book(inbox)["ssd_person"]) == ["G2"]


def test_a_row_that_now_fails_for_another_reason_is_not_resolved(inbox: Inbox) -> None:
    header = "clap_cla_placement_id,clap_person_id,clap_cla_placement_start_date,clap_cla_placement_end_date"
    for day, row in (("2026-09-30", "7,1,someday,"), ("2026-10-01", "7,1,2026-02-02,2026-01-01")):
        inbox.put(f"case_system/kent/placements {day}.csv", f"{header}\n{row}\n")
        report = inbox.land(now=NOW + timedelta(days=1))
    (resolution,) = report.resolutions
    assert (resolution.earlier, resolution.corrected, resolution.gone) == (1, 0, 0)


def test_a_late_file_of_an_earlier_day_resolves_nothing_of_a_later_one(inbox: Inbox) -> None:
    persons(inbox, GOOD, BAD_CELL, day="2026-09-30")
    inbox.land()
    persons(inbox, GOOD, day="2026-08-31")
    report = inbox.land(now=NOW + timedelta(days=1))
    assert report.resolutions == ()
    assert marked(book(inbox)["ssd_person"]) == ["G2"]


def test_one_sender_resolves_nothing_of_another(inbox: Inbox) -> None:
    persons(inbox, BAD_CELL)
    inbox.land()
    inbox.put("case_system/lancashire/persons 2026-10-01.csv", f"{HEADER}\n{GOOD}\n")
    assert inbox.land(now=NOW + timedelta(days=1)).resolutions == ()
    assert (inbox.home.rejects / "case_system_kent.xlsx").exists()


def test_a_workbook_of_rejects_put_into_the_inbox_is_not_taken_for_the_extract(inbox: Inbox) -> None:
    persons(inbox, GOOD, BAD_CELL)
    inbox.land()
    sent_back = (inbox.home.rejects / "case_system_kent.xlsx").read_bytes()
    inbox.put("case_system/kent/corrected 2026-10-01.xlsx", sent_back)
    receipt = inbox.land_one()
    assert receipt.outcome == "refused"
    assert "send the whole extract again" in receipt.reason


@pytest.mark.parametrize("step", ["faulty_rows", "resolution", "workbooks"])
def test_a_crash_leaves_neither_half_a_record_nor_an_old_workbook(tmp_path: Path, step: str) -> None:
    undisturbed, inbox = Inbox(tmp_path / "undisturbed"), Inbox(tmp_path / "killed")
    for one in (undisturbed, inbox):
        persons(one, GOOD, BAD_CELL, BAD_ROW)
        one.land()
        persons(one, GOOD, BAD_CELL, day="2026-10-01")
    undisturbed.land(now=NOW + timedelta(days=1))
    with pytest.raises(KilledError):
        inbox.land(now=NOW + timedelta(days=1), durable=KilledBefore(step))
    inbox.land(now=NOW + timedelta(days=1))
    assert inbox.stored() == undisturbed.stored()
    assert contents(inbox) == contents(undisturbed)


def contents(inbox: Inbox) -> list[list[Any]]:
    made = openpyxl.load_workbook(io.BytesIO((inbox.home.rejects / "case_system_kent.xlsx").read_bytes()))
    return [[cell.value for cell in row] for sheet in made.worksheets for row in sheet.iter_rows()]


def test_a_load_with_very_many_faults_lists_the_first(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.landing.reject_workbooks.MOST_ROWS", 3)
    persons(inbox, *(f"x{number},{number},A,Squirrel,2006-01-31" for number in range(10)))
    inbox.land()
    made = book(inbox)
    assert made["ssd_person"].max_row == 4
    assert "10 cells not known; 3 rows are listed." in made.worksheets[0]["A7"].value
