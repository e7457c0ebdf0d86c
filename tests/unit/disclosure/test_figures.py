"""Figures in two editions: what each status means, what is published, and what a file says where it shows no number."""

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hand_made_observations import (
    ASHFORD,
    CANTERBURY,
    DARTFORD,
    KENT,
    by_area,
    figures,
    make_build,
    observation,
    statuses,
)

from pipelines.disclosure import DisclosureError, write_figures

pytestmark = pytest.mark.usefixtures("wide_programme")
SMALL_DISTRICT = {KENT: 30, ASHFORD: 3, CANTERBURY: 7, DARTFORD: 20}


def test_inside_nothing_is_hidden_and_outside_the_small_count_and_its_company(tmp_path: Path) -> None:
    # given a county of 30 with one small district
    build = make_build(tmp_path, by_area("events", SMALL_DISTRICT))
    report = write_figures(build, build_id="b1")
    # then the internal edition shows all four, the public one hides the small district and the next smallest
    assert set(statuses(build, "internal").values()) == {"value"}
    assert statuses(build) == {KENT: "value", ASHFORD: "c", CANTERBURY: "c", DARTFORD: "value"}
    assert (report.figures, report.suppressed, report.hidden.small, report.hidden.company) == (4, 2, 1, 1)


def test_small_and_company_cannot_be_told_apart(tmp_path: Path) -> None:
    build = make_build(tmp_path, by_area("events", SMALL_DISTRICT))
    write_figures(build, build_id="b1")
    hidden = figures(build, "public").filter(pl.col("status") == "c")
    assert hidden["reason"].n_unique() == 1
    assert hidden.select("numerator", "denominator", "value").null_count().row(0) == (2, 2, 2)


@pytest.mark.parametrize(
    ("threshold", "shown"),
    [(1, {ASHFORD, CANTERBURY, DARTFORD}), (3, {ASHFORD, CANTERBURY, DARTFORD}), (4, {DARTFORD}), (8, {DARTFORD})],
)
def test_the_threshold_is_the_smallest_published_count(tmp_path: Path, threshold: int, shown: set[str]) -> None:
    build = make_build(tmp_path, by_area("events", SMALL_DISTRICT))
    write_figures(build, build_id="b1", threshold=threshold)
    assert {area for area, status in statuses(build).items() if status == "value"} == shown | {KENT}


def test_a_zero_is_a_zero_in_public(tmp_path: Path) -> None:
    build = make_build(tmp_path, by_area("events", {KENT: 9, ASHFORD: 9, CANTERBURY: 0}))
    write_figures(build, build_id="b1")
    public = figures(build, "public").filter(pl.col("area_code") == CANTERBURY)
    assert public.select("status", "value").row(0) == ("value", 0.0)


@pytest.mark.parametrize(("people", "nights"), [(2, 40), (8, 40)])
def test_people_and_nights_of_a_cell_go_together(tmp_path: Path, people: int, nights: int) -> None:
    # given a district with few people and many nights, or the reverse of what hides it
    rows = [
        *by_area("people", {KENT: 40, ASHFORD: people, CANTERBURY: 30, DARTFORD: 31}, measure_id="bnb_nights"),
        *by_area("nights", {KENT: 500, ASHFORD: nights, CANTERBURY: 200, DARTFORD: 260}, measure_id="bnb_nights"),
    ]
    build = make_build(tmp_path, rows)
    write_figures(build, build_id="b1")
    by_statistic = (
        figures(build, "public").filter(pl.col("area_code") == ASHFORD).select("statistic", "status").iter_rows()
    )
    assert dict(by_statistic) == dict.fromkeys(("people", "nights"), "c" if people < 5 else "value")


def test_few_nights_hide_the_people_too(tmp_path: Path) -> None:
    rows = [
        observation(5, statistic="people", measure_id="bnb_nights"),
        observation(4, statistic="nights", measure_id="bnb_nights"),
    ]
    build = make_build(tmp_path, rows)
    write_figures(build, build_id="b1")
    assert statuses(build, by="statistic") == {"people": "c", "nights": "c"}


def test_what_a_sender_lacks_is_not_available_with_the_reason_in_words(tmp_path: Path) -> None:
    rows = by_area("events", {KENT: 12, ASHFORD: None, CANTERBURY: 12}, senders_received=2)
    build = make_build(tmp_path, rows)
    write_figures(build, build_id="b1")
    for edition in ("internal", "public"):
        row = figures(build, edition).filter(pl.col("area_code") == ASHFORD).row(0, named=True)
        assert (row["status"], row["value"]) == ("x", None)
        assert row["reason"].endswith("reach this period: 2 of 3 have.")


def test_what_the_available_areas_leave_is_protected_like_a_count(tmp_path: Path) -> None:
    # given a district whose sender is missing, so that county less the others gives its 2
    rows = by_area("events", {KENT: 42, ASHFORD: None, CANTERBURY: 15, DARTFORD: 25})
    build = make_build(tmp_path, rows)
    write_figures(build, build_id="b1")
    # then nothing of its own is hidden: what it reported is not known to be all of it
    assert statuses(build)[ASHFORD] == "x"
    # but a small count beside it is not given away by the difference
    other = make_build(tmp_path / "other", by_area("events", {KENT: 29, ASHFORD: None, CANTERBURY: 2, DARTFORD: 25}))
    write_figures(other, build_id="b1")
    assert statuses(other) == {KENT: "value", ASHFORD: "x", CANTERBURY: "c", DARTFORD: "c"}


def test_an_area_that_did_not_exist_yet_is_not_applicable(tmp_path: Path) -> None:
    build = make_build(
        tmp_path,
        by_area("events", {KENT: 12, ASHFORD: 0, CANTERBURY: 12}),
        change_seeds=f"update seeds.area set valid_from = '2027-04-01' where area_code = '{ASHFORD}'",
    )
    write_figures(build, build_id="b1")
    assert statuses(build) == {KENT: "value", ASHFORD: "z", CANTERBURY: "value"}
    assert "not in force" in figures(build, "public").filter(pl.col("status") == "z")["reason"][0]


def test_a_definition_that_has_ended_is_not_applicable(tmp_path: Path) -> None:
    build = make_build(tmp_path, [observation(0)], change_seeds="update seeds.measures set valid_to = '2026-03-31'")
    write_figures(build, build_id="b1")
    assert statuses(build) == {KENT: "z"}


@pytest.mark.parametrize(
    ("part", "whole", "internal", "public"),
    [
        (50, 200, "value", "value"),
        (3, 200, "value", "c"),
        (198, 200, "value", "c"),
        (0, 3, "value", "c"),
        (6, 2000, "low", "low"),
        (1, 2000, "low", "c"),
        (0, 2000, "value", "value"),
        (0, 0, "z", "z"),
    ],
)
def test_a_share_is_shown_low_hidden_or_not_applicable(
    tmp_path: Path, part: int, whole: int, internal: str, public: str
) -> None:
    share = observation(part, statistic="share", denominator=whole, value=part / whole if whole else None)
    build = make_build(tmp_path, [share])
    write_figures(build, build_id="b1")
    assert statuses(build, "internal") == {KENT: internal}
    assert statuses(build) == {KENT: public}
    shown = figures(build, "public")["value"][0]
    assert (shown is None) == (public != "value")


def test_a_share_goes_with_the_count_of_its_cell(tmp_path: Path) -> None:
    rows = [
        *by_area("people", {KENT: 60, ASHFORD: 20, CANTERBURY: 40}),
        *by_area("share", {KENT: 30, ASHFORD: 3, CANTERBURY: 27}, denominator=100, value=0.3),
    ]
    build = make_build(tmp_path, rows)
    write_figures(build, build_id="b1")
    ashford = figures(build, "public").filter(pl.col("area_code") == ASHFORD)
    assert ashford["status"].to_list() == ["c", "c"]


@pytest.mark.parametrize(
    ("people", "value", "public"), [(20, 31.0, "value"), (4, 31.0, "c"), (None, 31.0, "c"), (0, None, "z")]
)
def test_a_middle_value_of_few_people_is_hidden(
    tmp_path: Path, people: int | None, value: float | None, public: str
) -> None:
    row = observation(people, statistic="median", value=value, coverage="complete")
    build = make_build(tmp_path, [row])
    write_figures(build, build_id="b1")
    assert statuses(build) == {KENT: public}


def test_a_denominator_never_gives_a_hidden_total_back(tmp_path: Path) -> None:
    # given people by home, each with the cohort of its area as denominator, and a county of four people
    stock = {"measure_id": "accommodation_now", "denominator": 4}
    rows = [
        observation(4, **stock),
        observation(4, **stock, breakdown="kind_of_home", breakdown_value="supported"),
        observation(0, **stock, breakdown="kind_of_home", breakdown_value="family"),
    ]
    build = make_build(tmp_path, rows)
    write_figures(build, build_id="b1")
    public = figures(build, "public")
    assert public["denominator"].to_list() == [None, None, None]
    assert dict(public.select("breakdown_value", "status").iter_rows()) == {
        "total": "c",
        "supported": "c",
        "family": "value",
    }


def test_csv_says_the_marker_where_no_number_is_shown(tmp_path: Path) -> None:
    build = make_build(tmp_path, by_area("events", {**SMALL_DISTRICT, "unknown": None}))
    write_figures(build, build_id="b1")
    with (build / "figures" / "public.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["area_code"]: row["value"] for row in rows} == {
        ASHFORD: "[c]",
        CANTERBURY: "[c]",
        DARTFORD: "20",
        KENT: "30",
        "unknown": "[x]",
    }
    assert {row["edition"] for row in rows} == {"public"}
    assert {row["build_id"] for row in rows} == {"b1"}


def test_the_same_observations_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    rows = by_area("events", SMALL_DISTRICT)
    written = []
    for name, ordered in (("one", rows), ("other", rows[::-1])):
        build = make_build(tmp_path / name, ordered)
        write_figures(build, build_id="b1")
        written.append({path.name: path.read_bytes() for path in (build / "figures").iterdir()})
    assert written[0] == written[1]
    editions = {f"{edition}.{form}" for edition in ("internal", "public") for form in ("parquet", "csv", "xlsx")}
    assert set(written[0]) == {*editions, "labels.parquet"}


def test_an_empty_warehouse_gives_empty_figures(tmp_path: Path) -> None:
    build = make_build(tmp_path, [])
    assert write_figures(build, build_id="b1").figures == 0
    assert figures(build, "public").is_empty()


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([observation(3), observation(3)], "stand twice"),
        ([observation(3, measure_id="unheard_of")], "no row in the seed `measures`"),
        ([observation(3, authority="rutland")], "no row in the seed `authority`"),
        ([observation(None, coverage="complete")], "no numerator"),
        ([observation(3, period_label="spring")], "cannot be read"),
        ([observation(3, period_start=date(2026, 5, 1))], "not the first day"),
    ],
)
def test_observations_that_no_status_fits_stop_the_step(
    tmp_path: Path, rows: list[dict[str, object]], sentence: str
) -> None:
    build = make_build(tmp_path, rows)
    with pytest.raises(DisclosureError, match=sentence):
        write_figures(build, build_id="b1")
    assert not (build / "figures").exists()


def test_a_build_without_a_warehouse_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DisclosureError, match="run the refresh"):
        write_figures(tmp_path, build_id="b1")


def test_a_threshold_below_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        write_figures(tmp_path, build_id="b1", threshold=0)
