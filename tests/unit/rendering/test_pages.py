"""The pages beside the boards' packs: districts, young people, the restricted list, and the site with its search."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from figures_factory import MakePack, Options
from lxml import html
from warehouse_factory import PEOPLE

from pipelines.rendering import RenderingError, Site, render
from pipelines.rendering.site import INDEX, MEASURES, SEARCH
from pipelines.rendering.story.figures import Figure, Key
from pipelines.rendering.story.periods import Quarter
from pipelines.rendering.story.sentences import Series, steps_clause, trend_clause

QUARTER = "2026-27-Q2"


def root_of(path: Path) -> Any:
    return html.parse(str(path)).getroot()


def text_of(path: Path) -> str:
    return " ".join(root_of(path).get_element_by_id("main").text_content().split())


def table_of(path: Path, caption: str) -> list[list[str]]:
    """The cells of the first table whose caption begins so, without its headings."""
    [table, *_] = [
        one for one in root_of(path).xpath("//table") if one.findtext(".//caption//span", "").startswith(caption)
    ]
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in table.xpath("tbody/tr")]


def test_a_district_page_is_of_that_district_and_puts_the_four_quarters_first(
    full_build: Path, full_site: Path
) -> None:
    page = full_site / f"district_kent_ashford_{QUARTER}_internal.html"
    assert "Ashford: care leavers" in root_of(page).findtext(".//h1")
    rows = table_of(page, "Moves and homelessness")
    figures = pl.read_parquet(full_build / "figures" / "internal.parquet")
    [mine] = figures.filter(
        (pl.col("measure_id") == "supported_moves")
        & (pl.col("area_code") == "E07000105")
        & (pl.col("period_kind") == "rolling_4q")
        & (pl.col("period_label") == QUARTER)
        & (pl.col("breakdown") == "total")
        & (pl.col("statistic") == "people")
    )["value"]
    [shown] = [row[1] for row in rows if row[0].startswith("Care leavers placed in supported accommodation")]
    assert shown == f"{mine:,.0f}"
    assert "The district opened a shared house." in text_of(page)
    assert "An older wording" not in text_of(page)


def test_the_restricted_list_names_keys_advisers_and_days_and_nobody_who_needs_nothing(full_site: Path) -> None:
    page = full_site / f"exceptions_kent_{QUARTER}_restricted.html"
    assert table_of(page, "In bed and breakfast") == [
        ["key-long-in-bnb", "Adviser Fennimore", "Ashford", "2 July 2026", "90", "14 September 2026"],
        ["key-new-in-bnb", "Adviser Fennimore", "Ashford", "28 September 2026", "2", "29 September 2026"],
    ]
    assert table_of(page, "Promises overdue") == [
        ["key-no-home", "Adviser Fennimore", "Ashford", "Pathway plans reviewed every six months", "2", "41"]
    ]
    [unknown] = table_of(page, "Home not known")
    assert unknown == ["key-without-home", "nobody named", "District not known", "not known", "–", "not known"]
    assert PEOPLE[-1][0] not in text_of(page)
    assert "key-left-long-ago" not in text_of(page)
    assert "Restricted: about people" in page.read_text(encoding="utf-8")


def test_the_restricted_list_has_no_public_edition(full_build: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderingError, match="about people and has no public edition"):
        render(full_build, tmp_path, packs=["exceptions"], formats=["html"], renderer="embedded")


def test_the_young_peoples_page_says_how_promises_were_kept_in_short_sentences(full_site: Path) -> None:
    page = full_site / f"young_people_lancashire_{QUARTER}_internal.html"
    said = [" ".join(item.text_content().split()) for item in root_of(page).xpath("//main//li")]
    kept = [one for one in said if re.search(r"We did this on time \d+% of the time\. It came up \d+ times\.", one)]
    assert len(kept) >= 8
    sentences = [part for one in said for part in re.split(r"[.?] ", one)]
    assert max(len(sentence.split()) for sentence in sentences) <= 20


def syllables(word: str) -> int:
    """Return about how many syllables a word has: its groups of vowels, a silent e at the end not among them."""
    groups = re.findall(r"[aeiouy]+", re.sub(r"(?<![aeiouyl])e(?:s|d)?$", "", word.lower()))
    return max(1, len(groups))


@pytest.mark.parametrize("county", ["kent", "lancashire"])
def test_the_young_peoples_page_can_be_read_at_eleven(full_site: Path, county: str) -> None:
    """Given its sentences, but not how the page was made, the Flesch-Kincaid grade and five years are 11 at most."""
    root = root_of(full_site / f"young_people_{county}_{QUARTER}_internal.html")
    [made] = root.xpath("//section[@id='about-this-pack']")
    made.getparent().remove(made)
    blocks = [" ".join(one.text_content().split()) for one in root.xpath("//main//p|//main//li")]
    sentences = [one for block in blocks for one in re.split(r"(?<=[.?:])\s+", block) if one]
    words = [word for sentence in sentences for word in re.findall(r"[A-Za-z’]+", sentence)]
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    assert len(words) > 200
    assert grade + 5 <= 11
    hard = {word for word in words if syllables(word) > 3}
    assert not hard


def test_actions_show_what_is_overdue_and_leave_out_what_was_done_long_ago(full_site: Path) -> None:
    rows = table_of(full_site / f"khog_kent_{QUARTER}_internal.html", "Actions open")
    assert [(row[0], row[3], row[5]) for row in rows] == [
        ("Find a landlord.", "Housing lead", "Overdue"),
        ("Write to the schemes.", "nobody named", "Open"),
    ]


def test_published_figures_stand_beside_each_other_with_their_year(full_site: Path) -> None:
    page = full_site / f"corporate_parenting_board_kent_{QUARTER}_internal.html"
    assert table_of(page, "Published shares") == [["Foyers", "4%", "3%"], ["Supported lodgings", "[c]", "5%"]]
    assert "in the year to 31 March 2025" in text_of(page)


def test_a_site_leads_everywhere_and_fetches_nothing(site: Site) -> None:
    """Given the public edition, every page is reached from the index, leads back, and needs no other address."""
    folder = site.index.parent
    index = root_of(site.index)
    linked = {link.get("href") for link in index.xpath("//main//a")}
    assert {one.path.name for one in site.rendered} | {MEASURES, SEARCH} <= linked
    assert len([one for one in site.rendered if one.pack == "district"]) == 24
    for page in sorted(folder.glob("*.html")):
        root = root_of(page)
        addresses = root.xpath("//*[not(self::a)]/@src|//*[not(self::a)]/@href|//script/@src")
        assert all(address.startswith(("data:", "#")) for address in addresses), page.name
        targets = {link.partition("#")[0] for link in root.xpath("//a/@href")} - {""}
        assert all((folder / target).is_file() for target in targets), page.name
        assert page.name == INDEX or INDEX in targets, page.name
        assert not list(folder.glob("exceptions*"))
    [listed] = root_of(folder / SEARCH).xpath("//script[@id='search-index']/text()")
    found = {(entry["page"].split(":")[0], entry["heading"]) for entry in json.loads(listed)}
    assert {("Kent", "Bed and breakfast"), ("Pendle", "The last four quarters")} <= found


@pytest.mark.parametrize(
    ("values", "steps", "trend"),
    [
        ([30, 22, 36, 25, 40, 27, 31, 41], "It rose in three of the last four quarters.", "there is no clear trend"),
        ([20, 22, 25, 27, 30, 31, 36, 40], "It rose in four of the last four quarters.", "the number rose"),
        ([40, 36, 31, 30, 27, 25, 22, 20], "It fell in four of the last four quarters.", "the number fell"),
        ([25] * 8, "", "there is no clear trend"),
    ],
)
def test_steps_are_counted_and_the_direction_is_the_tests_alone(values: list[int], steps: str, trend: str) -> None:
    quarters = tuple(Quarter.parse(QUARTER).back(len(values)))
    figures = tuple(
        Figure(Key("supported_moves", "E10000016", quarter.label), "value", float(value))
        for quarter, value in zip(quarters, values, strict=True)
    )
    series = Series("Moves", "people", quarters, figures)
    assert steps_clause(series) == steps
    assert trend in trend_clause(series)


def test_a_value_that_occurs_nowhere_in_a_district_is_none_unless_its_total_is_hidden(make_pack: MakePack) -> None:
    """Given a district's presentations by age, an age without a row is 0, or takes the hidden total's marker."""

    def drop(row: dict[str, Any]) -> None:
        if row["area_code"] == "E07000105" and row["breakdown_value"] == "total":
            row["value"] = row["numerator"] = 9 if row["period_kind"] == "rolling_4q" else 3

    pack = make_pack(Options(authorities=("kent",), measures=("homeless_presentations",), change=drop))
    figures = pack.figures
    key = Key("homeless_presentations", "E07000105", QUARTER, "people", "rolling_4q", "age_band", "no_such_age")
    assert figures.find_in_district(key).text == "0"
    assert figures.find_in_district(replace(key, period_kind="quarter")).text == "[c]"
