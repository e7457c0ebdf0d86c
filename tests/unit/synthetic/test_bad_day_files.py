"""The bad day holds what it says that it holds."""

from __future__ import annotations

import csv
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import pytest
from python_calamine import CalamineWorkbook

from pipelines.synthetic import BadFile, generate_bad_day


@pytest.fixture
def bad_day(tmp_path: Path) -> dict[str, BadFile]:
    return {one.name: one for one in generate_bad_day(tmp_path / "inbox")}


def test_every_file_lies_where_it_says_in_a_sender_s_folder(bad_day: dict[str, BadFile], tmp_path: Path) -> None:
    for one in bad_day.values():
        assert one.path.is_file()
        assert len(one.path.relative_to(tmp_path / "inbox").parts) == 3
        assert one.reason.endswith(".")


def test_the_empty_file_and_the_pdf(bad_day: dict[str, BadFile]) -> None:
    assert bad_day["empty"].path.stat().st_size == 0
    assert bad_day["pdf as csv"].path.read_bytes().startswith(b"%PDF-")
    assert bad_day["pdf as csv"].path.suffix == ".csv"


def test_the_truncated_workbook_is_no_archive(bad_day: dict[str, BadFile]) -> None:
    with pytest.raises(BadZipFile):
        ZipFile(bad_day["truncated workbook"].path)


def test_the_file_still_being_written_bears_its_suffix(bad_day: dict[str, BadFile]) -> None:
    assert bad_day["still being written"].path.suffix == ".part"
    assert bad_day["still being written"].expected == "waiting"


def test_the_untidy_file_holds_as_many_rows_as_it_says(bad_day: dict[str, BadFile]) -> None:
    untidy = bad_day["untidy rows"]
    rows = list(csv.DictReader(untidy.path.read_text(encoding="utf-8").splitlines()))

    assert len(rows) == untidy.rows
    assert untidy.rejected + untidy.refused_cells < untidy.rows  # some rows are good


def test_the_form_holds_formulas_with_their_values(bad_day: dict[str, BadFile]) -> None:
    path = bad_day["formulas"].path
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()

    with ZipFile(path) as archive:
        assert b"<f>" in archive.read("xl/worksheets/sheet1.xml")
    assert rows[2][3] == "0000002"


def test_a_second_bad_day_is_the_same(bad_day: dict[str, BadFile], tmp_path: Path) -> None:
    again = {one.name: one for one in generate_bad_day(tmp_path / "again")}

    assert {name: one.path.read_bytes() for name, one in again.items()} == {
        name: one.path.read_bytes() for name, one in bad_day.items()
    }
