"""The figures as a workbook: what the CSV says, cell by cell, for people and for programs."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hand_made_observations import ASHFORD, CANTERBURY, DARTFORD, KENT, by_area, figures, make_build, observation

from pipelines.disclosure import DisclosureError, write_figures
from pipelines.disclosure.attacker.published import read_lines
from pipelines.disclosure.workbook import IDS, write_workbook

pytestmark = pytest.mark.usefixtures("wide_programme")
SMALL_DISTRICT = {KENT: 30, ASHFORD: 3, CANTERBURY: 7, DARTFORD: 20}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    build = make_build(tmp_path, by_area("events", SMALL_DISTRICT))
    write_figures(build, build_id="b1")
    return build


def book(build: Path, edition: str) -> Any:
    return openpyxl.load_workbook(build / "figures" / f"{edition}.xlsx")


def tables(build: Path, edition: str) -> list[dict[str, Any]]:
    """Return the rows of every sheet that is a table of figures, by heading."""
    found = []
    for sheet in book(build, edition):
        if sheet.title.startswith("Table"):
            headings, *rows = list(sheet.iter_rows(min_row=4, values_only=True))
            found += [dict(zip(headings, row, strict=True)) for row in rows]
    return found


def test_the_public_workbook_says_what_the_csv_says(build: Path) -> None:
    """Given hidden and shown figures, each row stands in both, with the same ids, numbers, symbols and status."""
    with (build / "figures" / "public.csv").open(encoding="utf-8", newline="") as lines:
        listed = list(csv.DictReader(lines))
    found = {(row["area_code"], row["period_kind"], row["statistic"]): row for row in tables(build, "public")}
    assert len(found) == len(listed) == 4
    for row in listed:
        one = found[row["area_code"], row["period_kind"], row["statistic"]]
        assert (str(one["Figure"]), one["Status"]) == (row["value"], row["status"])
        for name in IDS:
            assert str(one[name]) == (row[name] or "none printed"), name
    assert {row["Figure"] for row in found.values()} == {"[c]", 20, 30}


def test_it_has_a_cover_contents_notes_and_one_marked_table_a_sheet(build: Path) -> None:
    """Given the guidance for statistics in spreadsheets, then no sheet breaks it."""
    for edition in ("public", "internal"):
        made = book(build, edition)
        assert made.sheetnames[:4] == ["Cover", "Contents", "Notes", "Measures"]
        said = " ".join(str(cell) for (cell, *_) in made["Cover"].iter_rows(values_only=True))
        assert f"{edition.capitalize()} edition" in said
        assert "Build b1" in said
        for sheet in made.worksheets[1:]:
            (table,) = sheet.tables.values()
            assert table.ref.startswith("A4:")
            assert table.ref.endswith(f"{sheet.max_row}")
            cells = [cell for row in sheet.iter_rows(min_row=4) for cell in row]
            assert all(cell.value not in (None, "") for cell in cells), "no cell of a table is blank"
            assert all(cell.data_type != "f" for cell in cells), "no cell is a formula"
            assert sheet.merged_cells.ranges == set()
        links = [cell.hyperlink.location for row in made["Contents"].iter_rows(min_row=5) for cell in row[:1]]
        assert links == [f"'{name}'!A1" for name in made.sheetnames[4:]]
        assert {row[0] for row in made["Notes"].iter_rows(min_row=5, values_only=True)} == {
            *("value", "c", "x", "z", "low")
        }


def test_the_same_figures_give_the_same_bytes(build: Path, tmp_path: Path) -> None:
    rows, words = figures(build, "public"), pl.read_parquet(build / "figures" / "labels.parquet")
    printed = rows.with_columns(pl.col("value", "numerator", "denominator").cast(pl.String))
    for name in ("one.xlsx", "other.xlsx"):
        write_workbook(tmp_path / name, printed, words, edition="public", build_id="b1")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "other.xlsx").read_bytes()


def test_a_name_that_begins_like_a_formula_stays_text(build: Path, tmp_path: Path) -> None:
    rows, words = figures(build, "public"), pl.read_parquet(build / "figures" / "labels.parquet")
    printed = rows.with_columns(pl.col("value", "numerator", "denominator").cast(pl.String))
    hostile = words.with_columns(
        pl.when(pl.col("kind") == "area").then(pl.lit("=1+1")).otherwise(pl.col("label")).alias("label")
    )
    write_workbook(tmp_path / "one.xlsx", printed, hostile, edition="public", build_id="b1")
    sheet = openpyxl.load_workbook(tmp_path / "one.xlsx")["Table 1"]
    cells = [cell for row in sheet.iter_rows(min_row=5) for cell in row if cell.value == "=1+1"]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


def test_the_attacker_reads_the_workbook_as_it_reads_the_csv(build: Path) -> None:
    folder = build / "figures"
    of_csv = read_lines(folder / "public.csv")
    assert len(of_csv) == 4
    assert sorted(read_lines(folder / "public.xlsx"), key=lambda one: one.name) == of_csv


def test_a_workbook_that_shows_what_the_csv_hides_stops_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a workbook that prints one count instead of its symbol, then nothing is written."""

    def telling(target: Path, printed: pl.DataFrame, labels: pl.DataFrame, *, edition: str, build_id: str) -> int:
        first_hidden = (pl.col("status") == "c") & (pl.col("status") == "c").is_first_distinct()
        value = pl.when(first_hidden).then(pl.lit("3")).otherwise(pl.col("value"))
        told = printed.with_columns(value.alias("value"))
        return write_workbook(target, told, labels, edition=edition, build_id=build_id)

    monkeypatch.setattr("pipelines.disclosure.figures.write_workbook", telling)
    build = make_build(tmp_path, by_area("events", SMALL_DISTRICT))
    with pytest.raises(DisclosureError, match=r"one thing as \.csv and another as \.xlsx"):
        write_figures(build, build_id="b1")
    assert not (build / "figures").exists()


def test_the_internal_workbook_holds_the_latest_totals_and_says_so(tmp_path: Path) -> None:
    """Given an earlier quarter, one ahead of all data, a month and a breakdown, then none of them stands in it."""
    rolling = {"period_kind": "rolling_4q", "period_start": date(2025, 7, 1), "period_label": "2026-27-Q1"}
    latest = [*by_area("events", SMALL_DISTRICT), *by_area("events", {KENT: 90}, **rolling)]
    others: list[dict[str, Any]] = [
        {"period_start": date(2026, 1, 1), "period_label": "2025-26-Q4"},
        {"period_start": date(2027, 1, 1), "period_label": "2026-27-Q4"},
        {"period_kind": "month", "period_label": "2026-04"},
        {"breakdown": "sex", "breakdown_value": "f"},
        {**rolling, "period_start": date(2025, 4, 1), "period_label": "2025-26-Q4"},
    ]
    build = make_build(tmp_path, [*latest, *(observation(20, statistic="events", **other) for other in others)])
    write_figures(build, build_id="b1")
    found = [(row["area_code"], row["period_kind"], row["period_label"]) for row in tables(build, "internal")]
    assert sorted(found) == sorted((row["area_code"], row["period_kind"], row["period_label"]) for row in latest)
    said = [cell for (cell, *_) in book(build, "internal")["Cover"].iter_rows(values_only=True)]
    assert any(str(line).startswith("This workbook holds the totals of the latest quarter") for line in said)
