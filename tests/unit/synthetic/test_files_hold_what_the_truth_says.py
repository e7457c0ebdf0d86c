"""Row for row, each file holds what the truth says that it holds; read here with other libraries than wrote it."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
import yaml
from generated_run import Run
from python_calamine import CalamineWorkbook

from pipelines.synthetic.layouts import Layout, layout
from pipelines.synthetic.tables import TABLES

EXCEL_EPOCH = date(1899, 12, 30)


def cells(path: Path, plan: Layout) -> list[dict[str, object]]:
    """The data rows of a file as header -> cell."""
    if plan.kind == "csv":
        text = path.read_bytes().decode(plan.encoding)
        below = StringIO(text, newline="")
        for _ in range(1, plan.header_row):
            next(below)
        return [dict(row) for row in csv.DictReader(below, delimiter=plan.delimiter)]
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(plan.sheet)
    rows = sheet.to_python(skip_empty_area=False)
    headers = [str(cell) for cell in rows[plan.header_row - 1]]
    return [dict(zip(headers, row, strict=True)) for row in rows[plan.header_row :]]


def as_date(cell: object, dates: str) -> date:
    """The day that a cell names in the layout's way of writing dates."""
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float):
        return EXCEL_EPOCH + timedelta(days=int(cell))
    text = str(cell)
    return date.fromisoformat(text[:10]) if dates.startswith("iso") else datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007


def delivered(run: Run) -> list[tuple[Path, Layout, pl.DataFrame]]:
    """Every file that has a layout, with its truth in the order of its rows."""
    truths: dict[tuple[str, str, str], pl.DataFrame] = {}
    for path in (run.truth / "emitted").glob("*.parquet"):
        for (family, sender, name), rows in pl.read_parquet(path).group_by("family", "sender", "file_name"):
            truths[str(family), str(sender), str(name)] = rows.sort("row_number")
    found = []
    for path in sorted(run.inbox.rglob("*")):
        if path.is_file() and not path.name.endswith((".meta.yml", *MADE_ELSEWHERE)):
            family, sender, name = path.relative_to(run.inbox).parts
            table = next(one for one in TABLES.values() if one.family == family and _is_of(name, one.name))
            rows = truths.get((family, sender, name))
            found.append((path, layout(sender, table), pl.DataFrame() if rows is None else rows))
    return found


# Files without a layout; each has a test of its own below.
MADE_ELSEWHERE = ("lettings bulk upload 2026-09-30.csv", "_invented.xlsx")


def _is_of(name: str, table: str) -> bool:
    return table in name.replace("LCC ", "")


def test_every_row_of_every_file_has_its_truth_and_no_other(small: Run) -> None:
    files = delivered(small)

    elsewhere = small.emitted("lettings_bulk_upload").height + small.emitted("statutory_homelessness").height
    assert sum(rows.height for _, _, rows in files) + elsewhere == small.summary.rows > 3000
    for path, plan, rows in files:
        assert len(cells(path, plan)) == rows.height, path
        numbers = rows["row_number"].to_list() if rows.height else []
        assert numbers == list(range(plan.header_row + 1, plan.header_row + 1 + rows.height)), path


def test_accepted_dates_stand_in_the_cells(small: Run) -> None:
    compared = 0
    for path, plan, rows in delivered(small):
        if not rows.height:
            continue
        written = cells(path, plan)
        for name, header in plan.headers.items():
            if rows.schema[name] != pl.Date:
                continue
            for cell, day in zip(written, rows[name], strict=True):
                if day is not None:
                    assert as_date(cell[header], plan.dates) == day, (path, name)
                    compared += 1
    assert compared > 5000


def test_a_cell_without_value_in_the_truth_is_blank_refused_or_says_none(small: Run) -> None:
    for path, plan, rows in delivered(small):
        written = cells(path, plan) if rows.height else []
        for name, header in plan.headers.items():
            if plan.table.name == "lettings_log" and header not in written[0]:
                continue  # asked for in another collection
            for cell, row in zip(written, rows.iter_rows(named=True), strict=True):
                text = str(cell[header] or "").strip()
                if row[name] is None and text and row["outcome"] == "accepted":
                    refused = name in row["refused_columns"].split(",")
                    symbol = row.get(f"{name}_status") is not None
                    assert refused or symbol or "1900" in text, (path, name, text)
                if row[name] is None and name in row["refused_columns"].split(","):
                    assert text, (path, name, "a refused cell is not blank")


def test_each_file_says_its_data_date_in_exactly_one_of_three_ways(small: Run) -> None:
    ways = defaultdict(int)
    for path, plan, rows in delivered(small):
        meta = yaml.safe_load(path.with_name(path.name + ".meta.yml").read_text(encoding="ascii"))
        in_meta = "data_date" in meta
        in_column = plan.data_date_in == "column" and bool(rows.height)
        in_name = plan.data_date_in == "name"
        assert in_meta + in_column + in_name == 1, path
        ways["meta" if in_meta else "column" if in_column else "name"] += 1
        if rows.height:
            data_date = rows["data_date"][0]
            assert meta.get("data_date", data_date) == data_date
            stamps = (f"{data_date:%Y-%m-%d}", f"{data_date:%Y%m%d}")
            assert any(stamp in path.name for stamp in stamps) == in_name, path
    assert all(ways[way] > 5 for way in ("meta", "column", "name"))


def test_files_arrive_after_their_data_date_and_the_last_ones_within_a_week(small: Run) -> None:
    rows = pl.concat([small.emitted(table).select("data_date", "received_at") for table in TABLES])
    after = rows.with_columns(days=(pl.col("received_at").dt.date() - pl.col("data_date")).dt.total_days())

    assert after["received_at"].dtype == pl.Datetime("us", "UTC")
    assert after["days"].min() >= 1
    assert after.filter(pl.col("data_date") == date(2026, 9, 30))["days"].max() <= 6
    assert after["received_at"].max() < datetime(2026, 10, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sender", "table", "trap"),
    [
        ("kent_homechoice", "applications", b"\xef\xbb\xbfMember Ref,"),
        ("b_with_us", "applications", b"app_ref;forename;"),
        ("west_lancs_homefinder", "offers", b"Nomination Reference\t"),
    ],
)
def test_registers_come_in_their_own_dialects(small: Run, sender: str, table: str, trap: bytes) -> None:
    (first, *_) = sorted((small.inbox / "lettings" / sender).glob(f"*{table}*.csv"))

    assert first.read_bytes().startswith(trap)


def test_free_text_with_line_breaks_stands_in_quotes(small: Run) -> None:
    (first, *_) = sorted((small.inbox / "lettings" / "kent_homechoice").glob("*applications*.csv"))

    assert b'"Says ""will ring back""\r\nno answer 3 times"' in first.read_bytes()


def test_the_bulk_upload_holds_its_rows_below_the_field_numbers(small: Run) -> None:
    (path,) = (small.inbox / "core" / "kent").glob("*bulk*.csv")
    lines = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    rows = small.emitted("lettings_bulk_upload")
    numbers, data = lines[2], lines[3:]

    assert numbers[:3] == ["Bulk upload field number", "1", "2"]
    assert {len(line) for line in lines[1:]} == {148}
    assert rows["row_number"].to_list() == list(range(4, 4 + len(data)))
    assert [line[13] for line in data] == rows["tenancycode"].to_list()
    starts = [date(2000 + int(line[10]), int(line[9]), int(line[8])) for line in data]
    assert starts == rows["startdate"].to_list()


def test_the_homelessness_workbook_holds_its_figures_where_the_truth_says(small: Run) -> None:
    rows = small.emitted("statutory_homelessness")
    assert rows["file_name"].n_unique() == len(list((small.inbox / "published" / "mhclg").glob("*.xlsx")))
    for row in rows.iter_rows(named=True):
        book = CalamineWorkbook.from_path(str(small.inbox / "published" / "mhclg" / row["file_name"]))
        sheet, place = row["source_cell"].split("!")
        lines = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        line = lines[int(place[1:]) - 1]
        column = ord(place[0]) - ord("A")
        assert line[0] == row["area_gss"]
        assert lines[2][column] == row["measure"]
        assert line[column] == {"x": "..", "c": "-", None: row["value"]}[row["value_status"]]


def test_published_small_numbers_are_confidential_and_totals_add_up(small: Run) -> None:
    rows = small.emitted("care_leavers_suitability").filter(pl.col("geographic_level") == "Local authority")
    assert rows["number"].drop_nulls().is_between(1, 5).any() is False
    assert set(rows["number_status"].drop_nulls()) == {"c"}
    key = ["time_period", "local_authority_gss", "age", "file_name"]
    is_total = pl.col("accommodation_suitability") == "Suitability total"
    sums = rows.group_by(key).agg(
        pl.col("number").filter(~is_total).sum().alias("parts"),
        pl.col("number").filter(is_total).sum().alias("total"),
        pl.col("number").filter(~is_total).is_null().any().alias("hidden"),
    )
    assert sums.filter(~pl.col("hidden") & (pl.col("parts") != pl.col("total"))).is_empty()


def test_thanet_does_not_send_its_last_quarter(small: Run) -> None:
    sent = {
        folder.name: len([path for path in folder.iterdir() if not path.name.endswith(".meta.yml")])
        for folder in (small.inbox / "homelessness").iterdir()
    }

    assert sent.pop("E07000114") == 3
    assert set(sent.values()) == {6}
    assert len(sent) == 23


def test_lancashire_sends_one_snapshot_again_after_a_short_one(small: Run) -> None:
    rows = small.emitted("ssd_care_leavers").filter(pl.col("sender") == "lancashire")
    twice = rows.group_by("data_date").agg(pl.col("file_name").n_unique()).filter(pl.col("file_name") == 2)
    of_the_day = rows.filter(pl.col("data_date") == twice["data_date"][0])
    again = pl.col("file_name").str.contains("resent")
    short, whole = of_the_day.filter(~again), of_the_day.filter(again)

    assert short.height < whole.height
    assert short["received_at"].max() < whole["received_at"].min()
