"""The table programme: what the public edition lists, and that nothing else is published."""

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hand_made_observations import ASHFORD, KENT, SEEDS, figures, make_build, observation

from pipelines.disclosure import programme, write_figures

YEAR = date(2025, 7, 1)


@pytest.fixture
def tables() -> list[dict[str, str]]:
    with programme.TABLES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_totals_and_listed_breakdowns_are_published_and_nothing_else(tmp_path: Path) -> None:
    # given moves into social housing in every kind of period, by area, by a listed and by an unlisted breakdown
    moves = [
        observation(20, measure_id="social_moves", statistic="events", **part, **period)
        for part in (
            {},
            {"area_code": ASHFORD},
            {"breakdown": "route", "breakdown_value": "bid"},
            {"breakdown": "route", "breakdown_value": "bid", "area_code": ASHFORD},
            {"breakdown": "sex", "breakdown_value": "m"},
        )
        for period in (
            {},
            {"period_kind": "rolling_4q", "period_start": YEAR},
            {"period_kind": "ytd"},
            {"period_kind": "month", "period_label": "2026-04"},
        )
    ]
    build = make_build(tmp_path, moves)
    write_figures(build, build_id="b1")
    assert len(figures(build, "internal")) == 20
    assert set(figures(build, "public").select("area_code", "breakdown", "period_kind").rows()) == {
        (KENT, "total", "quarter"),
        (KENT, "total", "rolling_4q"),
        (KENT, "route", "rolling_4q"),
        (ASHFORD, "total", "rolling_4q"),
    }


def test_a_table_of_one_authority_is_published_for_that_one_only(tmp_path: Path) -> None:
    stays: dict[str, object] = {
        "measure_id": "bnb_stays",
        "statistic": "events",
        "breakdown": "ordinal",
        "breakdown_value": "1",
    }
    stays |= {"period_kind": "rolling_4q", "period_start": YEAR}
    rows = [observation(20, **stays), observation(20, **stays, authority="lancashire", area_code="E10000017")]
    build = make_build(tmp_path, rows)
    write_figures(build, build_id="b1")
    assert figures(build, "public")["authority"].to_list() == ["lancashire"]


def test_a_district_without_data_is_always_listed_because_packs_name_it(tmp_path: Path) -> None:
    build = make_build(tmp_path, [observation(None, area_code=ASHFORD), observation(None, breakdown="sex")])
    write_figures(build, build_id="b1")
    assert figures(build, "public").select("area_code", "breakdown", "status").rows() == [(ASHFORD, "total", "x")]


def test_every_table_names_what_exists(tables: list[dict[str, str]]) -> None:
    measures = set(pl.read_csv(SEEDS / "measures" / "measures.csv", infer_schema=False)["measure_id"])
    labels = pl.read_csv(SEEDS / "measures" / "breakdown_value.csv", infer_schema=False)
    breakdowns = set(labels.select("measure_id", "breakdown").iter_rows())
    authorities = set(pl.read_csv(SEEDS / "protocol" / "authority.csv", infer_schema=False)["authority"])
    for table in tables:
        assert table["measure_id"] in {*measures, "*"}
        assert table["authority"] in {*authorities, "*"}
        assert table["areas"] in {"county", "districts"}
        assert table["period_kind"] in {"month", "quarter", "ytd", "rolling_4q"}
        assert {(table["measure_id"], table["breakdown"]), ("*", table["breakdown"])} & breakdowns
        assert table["read_by"]


def test_breakdowns_are_listed_for_the_county_only(tables: list[dict[str, str]]) -> None:
    assert {table["breakdown"] for table in tables if table["areas"] == "districts"} == {"total"}


def test_below_the_county_a_table_is_listed_for_one_kind_of_period_only(tables: list[dict[str, str]]) -> None:
    # a quarter and the four-quarter sums around it give each other away, which costs totals of the county
    below = [table for table in tables if table["areas"] == "districts" or table["breakdown"] != "total"]
    listed = [(table["measure_id"], table["authority"], table["areas"], table["breakdown"]) for table in below]
    assert len(listed) == len(set(listed))
