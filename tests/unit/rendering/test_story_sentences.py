"""What a pack says in words, at the edges too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from figures_factory import MakePack, Options

from pipelines.rendering import story
from pipelines.rendering.story.figures import Figure, FiguresNotFoundError, Key, load_figures, share_text
from pipelines.rendering.story.periods import Quarter
from pipelines.rendering.story.sentences import alternative_text, counted

ONE_MEASURE = Options(authorities=("kent",), measures=("supported_moves",), quarters=8)


def every_value(number: int | None) -> Options:
    def change(row: dict[str, Any]) -> None:
        row["numerator"] = row["value"] = number

    return replace(ONE_MEASURE, change=change)


def sentence(make_pack: MakePack, options: Options) -> str:
    return story.headline_sentences(make_pack(options), ["supported_moves"])


def test_a_headline_gives_the_quarter_and_the_two_it_is_compared_with(make_pack: MakePack) -> None:
    """Given figures that can be shown, people come first, with whom they are among, and the moves beside them."""
    pack = make_pack()
    labels = ("2026-27-Q2", "2026-27-Q1", "2025-26-Q2")
    now, before, last_year = (pack.find("supported_moves", period=label).text for label in labels)
    moves, everybody = pack.find("supported_moves", "events").text, pack.find("accommodation_now").text
    said = story.headline_sentences(pack, ["supported_moves"])
    assert f"{now} people of {everybody} care leavers ({moves} moves) in 2026-27-Q2" in said
    assert f"after {before} in the quarter before and {last_year} a year earlier" in said


def test_all_zero_is_said_as_none(make_pack: MakePack) -> None:
    said = sentence(make_pack, every_value(0))
    assert "0 people" in said
    assert "There were none in any of the eight quarters shown." in said


def test_all_suppressed_says_that_nothing_is_shown_and_names_no_direction(make_pack: MakePack) -> None:
    said = sentence(make_pack, every_value(3))
    assert r"\[c\] people in 2026-27-Q2 (not shown, to protect people), after \[c\] in the quarter before" in said
    assert "No trend is stated" in said
    assert not any(word in said for word in ("rose", "fell", "3 people"))


def test_all_unavailable_is_never_a_zero(make_pack: MakePack) -> None:
    said = sentence(make_pack, every_value(None))
    assert r"\[x\] in 2026-27-Q2 (not available)" in said
    assert " 0 " not in said


def test_one_quarter_only_has_nothing_to_compare_with(make_pack: MakePack) -> None:
    said = sentence(make_pack, replace(ONE_MEASURE, quarters=1))
    assert "the quarter before" not in said
    assert "No trend is stated, because there are too few quarters." in said


def test_one_is_singular() -> None:
    figure = Figure(Key("supported_moves", "E10000016", "2026-27-Q2"), "value", 1.0)
    assert counted(figure, "people") == "1 person"
    assert counted(figure, "moves") == "1 move"


def test_the_alternative_text_of_a_chart_holds_every_number(make_pack: MakePack) -> None:
    series = make_pack().series("private_sector_moves", "people")
    said = alternative_text(series)
    for quarter, figure in zip(series.quarters, series.figures, strict=True):
        assert f"{quarter.label} {figure.text}" in said


def test_a_hidden_quarter_is_drawn_below_zero_with_its_marker_and_never_as_a_number(make_pack: MakePack) -> None:
    def hide_one(row: dict[str, Any]) -> None:
        if row["measure_id"] == "supported_moves" and row["period_label"] == "2026-27-Q1":
            row["numerator"] = row["value"] = 2

    pack = make_pack(replace(ONE_MEASURE, change=hide_one))
    story.trend_section(pack, "supported_moves")
    drawn = (pack.folder / "charts" / "trend-supported_moves.svg").read_text(encoding="utf-8")
    assert ">[c]<" in drawn
    assert ">2<" not in drawn


def test_bars_stand_in_the_order_of_the_table_also_where_one_is_hidden(make_pack: MakePack) -> None:
    def hide_one(row: dict[str, Any]) -> None:
        if row["breakdown_value"] == "social_general_needs":
            row["numerator"] = row["value"] = 2

    pack = make_pack(Options(authorities=("kent",), measures=("accommodation_now",), quarters=1, change=hide_one))
    story.composition(pack, "accommodation_now", "kind_of_home", chart=True)
    drawn = (pack.folder / "charts" / "accommodation-now-by-kind-of-home.svg").read_text(encoding="utf-8")
    values = pack.figures.values("accommodation_now", "kind_of_home")
    at = [drawn.index(f">{pack.figures.labels.value('accommodation_now', 'kind_of_home', value)}<") for value in values]
    assert at == sorted(at)
    assert ">[c]<" in drawn


def test_a_share_never_gives_back_what_is_hidden() -> None:
    def figure(status: str, value: float | None = None) -> Figure:
        return Figure(Key("accommodation_now", "E10000016", "2026-27-Q2"), status, value)

    assert share_text(figure("value", 20), figure("value", 80)) == "25%"
    assert share_text(figure("c"), figure("value", 80)) == "[c]"
    assert share_text(figure("value", 20), figure("c")) == "[c]"
    assert share_text(figure("x"), figure("value", 80)) == "[x]"
    assert share_text(figure("value", 0), figure("value", 80)) == "0%"
    assert share_text(figure("value", 1), figure("value", 900)) == "[low]"
    assert share_text(figure("value", 0), figure("value", 0)) == "[z]"


def test_quarters_step_over_the_turn_of_the_year() -> None:
    quarter = Quarter.parse("2025-26-Q4")
    assert quarter.first_day == date(2026, 1, 1)
    assert quarter.last_day == date(2026, 3, 31)
    assert quarter.after(1).label == "2026-27-Q1"
    assert quarter.after(-4).label == "2024-25-Q4"
    assert quarter.months == "January to March 2026"
    assert quarter.month_labels() == ["2026-01", "2026-02", "2026-03"]
    assert Quarter.parse("1999-00-Q1").label == "1999-00-Q1"


@pytest.mark.parametrize("label", ["2026-Q1", "2026-28-Q1", "2026-27-Q5", "2026-27"])
def test_what_is_no_financial_quarter_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="is not a financial quarter"):
        Quarter.parse(label)


def test_a_late_district_does_not_turn_the_pack_back_by_a_quarter(make_pack: MakePack) -> None:
    """Given a district three months behind, the pack reports the case system's quarter and prints the earlier date."""
    pack = make_pack()
    assert pack.quarter.label == "2026-27-Q2"
    assert pack.figures.as_at == date(2026, 6, 30)
    assert "30 June 2026" in story.standing(pack)


def test_a_build_without_figures_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FiguresNotFoundError, match="lasting-homes refresh"):
        load_figures(tmp_path, authority="kent", edition="public")


def test_an_authority_without_figures_says_what_to_do(build: Path) -> None:
    with pytest.raises(FiguresNotFoundError, match="Put surrey's extracts into the inbox"):
        load_figures(build, authority="surrey", edition="public")
