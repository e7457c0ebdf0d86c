"""The table programme: what the public edition lists, and that nothing else is published."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hand_made_observations import ASHFORD, KENT, SEEDS, figures, make_build, observation

from pipelines.disclosure import programme, write_figures

YEAR = date(2025, 7, 1)


@pytest.fixture
def tables() -> list[dict[str, str]]:
    return programme.read_tables()


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
    assert set(figures(build, "internal").select("area_code", "breakdown", "period_kind").rows()) == {
        *((KENT, breakdown, kind) for breakdown in ("total", "route", "sex") for kind in ("quarter", "rolling_4q")),
        (KENT, "total", "ytd"),
        (KENT, "total", "month"),
        (KENT, "route", "month"),
        *((ASHFORD, "total", kind) for kind in ("month", "quarter", "rolling_4q")),
        *((ASHFORD, "route", kind) for kind in ("quarter", "rolling_4q")),
    }
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


def window_start(back: int) -> date:
    """Return the first day of the four quarters that end `back` quarters before September 2026."""
    year, month = divmod(12 * 2025 + 9 - 3 * back, 12)
    return date(year, month + 1, 1)


def quarter_label(back: int) -> str:
    year, quarter = divmod(4 * 2026 + 1 - back, 4)
    return f"{year}-{(year + 1) % 100:02}-Q{quarter + 1}"


def test_windows_of_a_year_do_not_overlap_and_old_periods_are_left_out(tmp_path: Path) -> None:
    # given moves in seventeen windows of four quarters, of which the last ends in September 2026
    windows = [
        observation(
            20,
            measure_id="social_moves",
            statistic="events",
            period_kind="rolling_4q",
            period_start=window_start(back),
            period_label=quarter_label(back),
        )
        for back in range(17)
    ]
    build = make_build(tmp_path, [*windows, observation(20, period_label="2026-27-Q2", period_start=date(2026, 7, 1))])
    write_figures(build, build_id="b1")
    of_moves = figures(build, "public").filter(measure_id="social_moves")
    # then the public edition has every fourth of three years, the internal edition every one of them
    assert of_moves["period_label"].to_list() == ["2024-25-Q2", "2025-26-Q2", "2026-27-Q2"]
    assert len(figures(build, "internal").filter(measure_id="social_moves")) == 12


def test_periods_count_from_the_last_that_the_case_system_covers(tmp_path: Path) -> None:
    # given a measure of the case system alone, whose data end with June, and one of a sender that is ahead of it
    rows = [
        observation(20, measure_id=measure, as_at=as_at, period_label=label, period_start=start, statistic="people")
        for measure, as_at in (("in_touch", date(2026, 7, 20)), ("protocol_coverage", date(2026, 11, 1)))
        for label, start in (("2026-27-Q1", date(2026, 4, 1)), ("2026-27-Q2", date(2026, 7, 1)))
    ]
    year = {"measure_id": "social_moves", "statistic": "events", "period_kind": "rolling_4q"}
    rows += [
        observation(20, **year, period_start=start, period_label=label)
        for label, start in (("2026-27-Q1", date(2025, 7, 1)), ("2026-27-Q2", date(2025, 10, 1)))
    ]
    build = make_build(tmp_path, rows)
    write_figures(build, build_id="b1")
    # then the public windows end with June, as the packs do
    assert figures(build, "public").filter(period_kind="rolling_4q")["period_label"].to_list() == ["2026-27-Q1"]


def test_every_table_names_what_exists(tables: list[dict[str, str]]) -> None:
    measures = set(pl.read_csv(SEEDS / "measures" / "measures.csv", infer_schema=False)["measure_id"])
    labels = pl.read_csv(SEEDS / "measures" / "breakdown_value.csv", infer_schema=False)
    breakdowns = set(labels.select("measure_id", "breakdown").iter_rows())
    authorities = set(pl.read_csv(SEEDS / "protocol" / "authority.csv", infer_schema=False)["authority"])
    for table in tables:
        named = table["measures"].split()
        assert set(named) <= {*measures, "*", "obligations"}
        assert table["edition"] in {"public", "internal"}
        assert table["authority"] in {*authorities, "*"}
        assert table["areas"] in {"county", "districts"}
        assert set(table["period_kind"].split()) <= {"month", "quarter", "ytd", "rolling_4q", "*"}
        assert set(table["statistics"].split()) <= {"people", "events", "nights", "share", "*"}
        assert table["quarters"].isdigit()
        for measure in named if table["edition"] == "public" else []:
            for breakdown in table["breakdown"].split():
                assert {(measure, breakdown), ("*", breakdown)} & breakdowns, (measure, breakdown)
        assert table["read_by"]


def public(tables: list[dict[str, str]]) -> list[dict[str, str]]:
    return [table for table in tables if table["edition"] == "public"]


def test_every_measure_and_obligation_has_a_public_total_of_the_county(tables: list[dict[str, str]]) -> None:
    measures = set(pl.read_csv(SEEDS / "measures" / "measures.csv", infer_schema=False)["measure_id"])
    totals = [table for table in public(tables) if (table["areas"], table["breakdown"]) == ("county", "total")]
    listed = {measure for table in totals for measure in table["measures"].split()}
    # the people of bnb_nights are those of bnb_people
    assert measures - listed == {"bnb_people"}
    assert "obligations" in listed


def test_breakdowns_are_public_for_the_county_only(tables: list[dict[str, str]]) -> None:
    assert {table["breakdown"] for table in public(tables) if table["areas"] == "districts"} == {"total"}


def test_figures_of_districts_are_totals_and_own_breakdowns(tables: list[dict[str, str]]) -> None:
    # the common breakdowns by district stay in the databases
    below = {table["breakdown"] for table in tables if table["areas"] == "districts"}
    assert below == {"total", "own"}


def test_public_windows_do_not_overlap(tables: list[dict[str, str]]) -> None:
    assert {table["every"] for table in public(tables) if table["period_kind"] == "rolling_4q"} == {"4"}


def test_below_the_county_a_table_is_public_for_one_kind_of_period_only(tables: list[dict[str, str]]) -> None:
    # a quarter and the four-quarter sums around it give each other away, which costs totals of the county
    below = [table for table in public(tables) if table["areas"] == "districts" or table["breakdown"] != "total"]
    listed = [
        (measure, table["authority"], table["areas"], breakdown)
        for table in below
        for measure in table["measures"].split()
        for breakdown in table["breakdown"].split()
    ]
    assert {len(table["period_kind"].split()) for table in below} == {1}
    assert len(listed) == len(set(listed))
