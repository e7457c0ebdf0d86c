"""DfE's and MHCLG's tables: every layout lands whole, symbols are statuses, areas are told by GSS code alone."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest
from inbox_of_a_test import NOW, Inbox, packaged_contracts

from pipelines.landing import Load
from pipelines.landing.as_known import attach_current_rows, known_loads
from pipelines.landing.mapping import map_file

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
needs_shared_data = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data folder is not beside the project")
SUITABILITY = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,la_name,"
    "new_la_code,age,accommodation_suitability,number,percentage"
)
LANCASHIRE = "2024,Reporting year,Local authority,E92000001,England,E12000002,North West,888,Lancashire,E10000017"


def figures(inbox: Inbox) -> list[tuple[object, ...]]:
    columns = ("number", "number_status", "percentage", "percentage_status")
    return [tuple(row[name] for name in columns) for row in inbox.rows()]


def test_a_symbol_is_a_status_and_no_fault_and_nothing_else_is_taken_for_one(inbox: Inbox) -> None:
    lines = ["c,c", '"1,234",k', "z,z", "x,0", ",", "about 5,6"]
    rows = [f"{LANCASHIRE},Aged {22 + number},Suitability total,{line}" for number, line in enumerate(lines)]
    inbox.put("published/dfe/t 2024-11-14.csv", "\n".join([SUITABILITY, *rows]))
    (load,) = inbox.land().loads
    assert (load.authority, load.rows_read, load.rows_accepted, load.cells_refused) == ("dfe", 6, 6, 1)
    assert figures(inbox) == [
        (None, "c", None, "c"),
        (1234.0, None, None, "low"),
        (None, "z", None, "z"),
        (None, "x", 0.0, None),
        (None, None, None, None),
        (None, None, 6.0, None),
    ]
    assert inbox.refused() == [(7, "number", "about 5", "not_a_number")]


def test_a_file_that_does_not_say_its_release_is_held(inbox: Inbox) -> None:
    inbox.put("published/dfe/release.csv", f"{SUITABILITY}\n{LANCASHIRE},Aged 22,Suitability total,5,1\n")
    assert "Held: it is not known which day the file describes" in inbox.land_one().reason


def test_names_are_not_kept(inbox: Inbox) -> None:
    inbox.put("published/dfe/t 2024-11-14.csv", f"{SUITABILITY}\n{LANCASHIRE},Aged 22,Suitability total,5,1\n")
    inbox.land()
    assert "Lancashire" not in str(inbox.rows())
    assert inbox.rows()[0]["local_authority_gss"] == "E10000017"


def test_an_unknown_publisher_is_answered_with_the_known_ones(inbox: Inbox) -> None:
    inbox.put("published/kent/t 2024-11-14.csv", f"{SUITABILITY}\n{LANCASHIRE},Aged 22,Suitability total,5,1\n")
    assert "one of: dfe, mhclg" in inbox.land_one().reason


@needs_shared_data
@pytest.mark.parametrize(
    ("name", "table", "rows", "confidential"),
    [
        ("la_care_leavers_accommodation_suitability", "care_leavers_suitability", 6680, 1416),
        ("la_care_leavers_accommodation_suitability_22to25", "care_leavers_suitability", 5312, 1640),
        ("la_care_leavers_intouch", "care_leavers_in_touch", 8350, 2583),
        ("national_accommodation_of_care_leavers", "care_leavers_accommodation", 630, 48),
    ],
)
def test_dfes_tables_land_row_for_row(inbox: Inbox, name: str, table: str, rows: int, confidential: int) -> None:
    content = (SHARED / "dfe" / f"DfE_2024release_{name}.csv").read_bytes()
    inbox.put(f"published/dfe/{name}.csv", content, meta="data_date: 2024-11-14")
    (load,) = inbox.land().loads
    assert (load.table, load.rows_read, load.rows_accepted, load.cells_refused) == (table, rows, rows, 0)
    assert inbox.frame().filter(pl.col("number_status") == "c").height == confidential
    # What the file writes as "c" is counted here without landing's help.
    assert sum(line.split(",")[-2] == "c" for line in content.decode("utf-8-sig").splitlines()) == confidential


@needs_shared_data
def test_dfes_numbers_for_lancashire_are_those_published(inbox: Inbox) -> None:
    content = (SHARED / "dfe" / "DfE_2024release_la_care_leavers_accommodation_suitability_22to25.csv").read_bytes()
    inbox.put("published/dfe/t 2024-11-14.csv", content)
    inbox.land()
    found = inbox.frame().filter(local_authority_gss="E10000017", time_period="2024", age="Aged 25")
    assert dict(found.select("accommodation_suitability", "number").iter_rows()) == {
        "Accommodation considered suitable": None,
        "Accommodation considered not suitable": None,
        "No information": 96.0,
        "Suitability total": 138.0,
    }


def mhclg(title: str = "Table A3 - Support needs\nEngland, April to June 2025", *, ashford: str | int = 5) -> bytes:
    """Return a workbook built as MHCLG's are: cover, hidden labels, merged headings, a share, notes, a stray cell."""
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "Contents"
    cover["D5"] = "January to March 2025"
    sheet = book.create_sheet("A3")
    for row in (
        [title],
        [None, None, None, None, "Hidden label", None, "Another hidden label"],
        [None, None, None, None, "Total owed a duty1,2", None, "Care leavers3"],
        [None, None, None, None, "Of which:", None, "Aged 18-20", "%", "Aged 21-24"],
        ["E92000001", "ENGLAND", None, None, 100, None, 50, 0.5, 1e-05],
        ["E12000007", "London", None, None, 40, None, 20, 0.5, 20],
        ["-", "Rest of England", None, None, 60, None, 30, 0.5, 30],
        [None, "London (again)"],
        ["E12000007", "London", None, None, 40, None, 20, 0.5, 20],
        ["E07000105", "Ashford", None, "hidden", 9, None, ashford, "-", ".."],
        ["E07000112", "Folkestone and Hythe", None, None, 3, None, "[c]", "[z]", "[x]"],
        ["Notes: 1 as published."],
    ):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet.merge_cells("G3:I3")
    sheet["AON9"] = "a stray cell a thousand columns away"
    into = BytesIO()
    book.save(into)
    return into.getvalue()


def measures(inbox: Inbox) -> list[tuple[object, ...]]:
    names = ("area_gss", "measure", "value", "value_status", "source_cell")
    return [tuple(row[name] for name in names) for row in inbox.rows()]


def test_a_wide_table_becomes_a_row_for_each_figure(inbox: Inbox) -> None:
    inbox.put("published/mhclg/detailed.xlsx", mhclg())
    (load,) = inbox.land().loads
    assert (load.table, str(load.data_date), load.authority) == ("statutory_homelessness", "2025-06-30", "mhclg")
    assert (load.rows_read, load.rows_accepted, load.cells_refused) == (16, 16, 0)
    assert {(row["table_id"], row["table_title"], row["period"]) for row in inbox.rows()} == {
        ("A3", "Support needs", "April to June 2025")
    }
    assert measures(inbox)[:4] == [
        ("E92000001", "Total owed a duty", 100.0, None, "A3!E5"),
        ("E92000001", "Care leavers | Aged 18-20", 50.0, None, "A3!G5"),
        ("E92000001", "Care leavers | Aged 18-20 | %", 0.5, None, "A3!H5"),
        ("E92000001", "Care leavers | Aged 21-24", 1e-05, None, "A3!I5"),
    ]


def test_symbols_hidden_rows_repeated_london_and_lines_without_a_code(inbox: Inbox) -> None:
    inbox.put("published/mhclg/detailed.xlsx", mhclg())
    inbox.land()
    found = measures(inbox)
    assert [row[2:4] for row in found if row[0] == "E07000105"] == [(9, None), (5, None), (None, "c"), (None, "x")]
    assert [row[3] for row in found if row[0] == "E07000112"] == [None, "c", "z", "x"]
    assert [row[4] for row in found if row[0] == "E12000007"] == ["A3!E6", "A3!G6", "A3!H6", "A3!I6"]
    assert "idden" not in str(found) and "Ashford" not in str(found) and "stray" not in str(found)


def test_a_table_that_lacks_its_period_is_of_the_covers(inbox: Inbox) -> None:
    inbox.put("published/mhclg/detailed.xlsx", mhclg("Table A3 - Support needs\nEngland"))
    (load,) = inbox.land().loads
    assert str(load.data_date) == "2025-03-31"


@pytest.mark.parametrize("family", ["published", None])
def test_before_it_lands_it_can_be_looked_at(family: str | None) -> None:
    (table,) = map_file(mhclg(), packaged_contracts(), family).tables
    assert (table.contract.table, table.recognised, table.missing_others) == ("statutory_homelessness", True, ())


def test_a_revised_release_replaces_figure_by_figure(inbox: Inbox) -> None:
    inbox.put("published/mhclg/first.xlsx", mhclg(), meta="received_at: 2026-01-01T00:00:00Z")
    inbox.put("published/mhclg/revised.xlsx", mhclg(ashford=6), meta="received_at: 2026-02-01T00:00:00Z")
    inbox.land()
    with duckdb.connect() as connection:
        rows = attach_current_rows(connection, inbox.home, packaged_contracts(), known_loads(inbox.home, NOW))
        table = "landing.published__statutory_homelessness"
        query = f"select value from {table} where area_gss = 'E07000105' and measure like '%18-20'"
        assert connection.sql(query).fetchall() == [(6.0,)]
    assert rows["published__statutory_homelessness"] == 16


def test_a_workbook_without_areas_is_refused(inbox: Inbox) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Some", "other", "table"])
    into = BytesIO()
    book.save(into)
    inbox.put("published/mhclg/other 2025-06-30.xlsx", into.getvalue())
    assert "begin with a GSS code" in inbox.land_one().reason


@pytest.mark.parametrize(
    ("honest", "forged"),
    [
        (b'<c r="E5"', b"<c"),
        (b'<row r="5"', b"<row"),
        (b'ref="G3:I3"', b'not="G3:I3"'),
        (b"<v>100</v>", b"<v>&unknown;</v>"),
        (b"</sheetData>", b""),
    ],
)
def test_a_forged_workbook_is_refused_and_never_half_read(inbox: Inbox, honest: bytes, forged: bytes) -> None:
    into = BytesIO()
    with zipfile.ZipFile(BytesIO(mhclg())) as book, zipfile.ZipFile(into, "w") as copy:
        for name in book.namelist():
            copy.writestr(name, book.read(name).replace(honest, forged))
    inbox.put("published/mhclg/forged.xlsx", into.getvalue())
    assert "damaged" in inbox.land_one().reason
    assert inbox.rows() == []


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, Load]:
    """MHCLG's own workbook of April to June 2025, landed once for the tests of it."""
    inbox = Inbox(tmp_path_factory.mktemp("mhclg") / "home")
    name = "Statutory_Homelessness_Detailed_Local_Authority_Data_202506.xlsx"
    inbox.put(f"published/mhclg/{name}", (SHARED / "mhclg" / name).read_bytes())
    (load,) = inbox.land().loads
    return inbox.frame(), load


@needs_shared_data
def test_mhclgs_workbook_lands_figure_for_figure(published: tuple[pl.DataFrame, Load]) -> None:
    frame, load = published
    assert (load.rows_read, load.rows_accepted, load.rows_rejected, load.cells_refused) == (236_820, 236_820, 0, 0)
    assert frame["table_id"].n_unique() == 36
    assert str(load.data_date) == "2025-06-30"


# Read off the published tables by another program (the design's standards.md, section 8.3).
BY_DISTRICT: dict[str, dict[str, float]] = {
    "E07000105": {"assessed": 219, "care leavers 18-20": 1, "aged 18-24": 33, "in TA": 271, "B&B days": 153.5},
    "E07000112": {"assessed": 174, "care leavers 18-20": 5, "aged 18-24": 21, "in TA": 101, "B&B days": 71.5},
    "E07000123": {"assessed": 219, "care leavers 18-20": 2, "aged 18-24": 38, "in TA": 44, "B&B days": 80},
    "E07000124": {"assessed": 23, "care leavers 18-20": 0, "aged 18-24": 2, "in TA": 9, "B&B days": 749},
}
MEASURES = {
    "assessed": ("A1", "Total initial assessments"),
    "care leavers 18-20": ("A3", "Care leaver aged 18-20 years"),
    "aged 18-24": ("A6", "18-24"),
    "in TA": ("TA1", "Total number of households in TA"),
    "B&B days": ("TA7", "B&B or shared annex | Median (days)"),
}


@needs_shared_data
@pytest.mark.parametrize("area", BY_DISTRICT)
def test_mhclgs_figures_are_those_published(published: tuple[pl.DataFrame, Load], area: str) -> None:
    frame = published[0].filter(area_gss=area)
    for told, (table, measure) in MEASURES.items():
        found = frame.filter(table_id=table, measure=measure)["value"].to_list()
        assert found == [BY_DISTRICT[area][told]], told


@needs_shared_data
def test_a_missing_return_is_told_from_a_suppressed_figure(published: tuple[pl.DataFrame, Load]) -> None:
    frame, _ = published
    canterbury = frame.filter(area_gss="E07000106", table_id="A7")
    assert set(canterbury["value_status"].to_list()) == {"x"}
    assert dict(frame.group_by("value_status").len().iter_rows()) == {None: 229_184, "c": 4_768, "x": 2_868}
