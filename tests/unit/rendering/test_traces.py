"""Where each figure comes from, as pages of the internal site: complete, adding up, and never beyond the edition."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import html  # type: ignore[import-untyped]

from pipelines.comparison import ChangedLoad, LastChange, MovedFigure
from pipelines.editions import INTERNAL
from pipelines.rendering import Site, render_site
from pipelines.rendering.errors import RenderingError
from pipelines.rendering.story.figures import FigureSet, load_figures
from pipelines.rendering.traces import LISTED, LISTED_LOADS, Traced, filled, skeleton
from pipelines.settings import Home
from pipelines.tracing import Behind, Lineage, TracedEvent, TracedSource
from pipelines.warehouse.database import open_for_reading
from pipelines.warehouse.publish import published_build

AUTHORITIES = ("kent", "lancashire")


@pytest.fixture(scope="module")
def figures(small_home: Home) -> dict[str, FigureSet]:
    build = published_build(small_home).folder
    return {one: load_figures(build, authority=one, edition=INTERNAL) for one in AUTHORITIES}


@pytest.fixture
def one(figures: dict[str, FigureSet]) -> Traced:
    """A measure with one event, of a file with a hostile name, and a figure that the last refresh changed."""
    source = TracedSource("homelessness", "E07000105", "<script>alert(1)</script>.csv", 7, date(2026, 9, 30), "load-1")
    event = TracedEvent(
        *("bnb_nights", 1, "key-1", "E07000105", date(2026, 7, 1), date(2026, 7, 3), 2, None, None, None),
        *(None, None, None, None, "record-1"),
        sources=(source,) * 5,
    )
    kent = figures["kent"]
    whose = ("kent", kent.county, "quarter", "2026-27-Q1", "total", "total", "nights")
    moved = MovedFigure("bnb_nights", *whose, 3.0, None, "complete", "not_available", 2, 0, {"load-1": "holds"}, (0,))
    other = replace(moved, measure_id="bnb_people")
    load = ChangedLoad("load-1", "received", "homelessness", "cases", "E07000105", "a.csv", *([date(2026, 9, 30)] * 2))  # type: ignore[arg-type]
    change = LastChange("the-build-before", figures=[moved, other], loads=[load])
    return Traced(kent, "bnb_nights", Behind(1, 1, 2, 0, 0), [event], [], "select '<b>'", change)


def pages(folder: Path) -> Iterator[tuple[str, str, Any]]:
    """Return measure, authority and root of each page."""
    for path in sorted(folder.glob("trace_*.html")):
        named = re.fullmatch(r"trace_(\w+)_(kent|lancashire)_\d{4}-\d\d-Q\d_internal\.html", path.name)
        assert named, path.name
        yield named[1], named[2], html.parse(str(path)).getroot()


def said(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


def test_every_measure_and_promise_of_each_authority_has_a_page_that_the_index_leads_to(
    traces: Path, figures: dict[str, FigureSet]
) -> None:
    made = {(measure, authority) for measure, authority, _ in pages(traces)}
    assert made == {(measure, authority) for authority in AUTHORITIES for measure in figures[authority].measures()}
    index = html.parse(str(traces / "trace.html")).getroot()
    assert list(traces.glob("trace_*_2025-26-Q4_*")) == [], "what an earlier quarter left is gone"
    links = set(index.xpath("//main//table//a/@href"))
    assert links == {path.name for path in traces.glob("trace_*.html")}
    for _, _, root in pages(traces):
        assert root.xpath("//header//a[@href='trace.html']")
        assert "Internal edition" in root.xpath("//header")[0].text_content()


def test_the_events_of_a_page_add_up_to_the_county_s_figure(traces: Path) -> None:
    """Given a page with a county figure of events or nights, then the sentence above its events says the same."""
    compared = 0
    for measure, _, root in pages(traces):
        tables = root.xpath("//section[@id='figures']//table[not(contains(caption, 'four quarters'))]")
        sentence = root.xpath("string(//section[@id='events']/p[1])")
        adds_up = re.match(r"([\d,]+) events?(?: of ([\d,]+) p\w+)?, quantity ([\d,]+)\.", sentence)
        if not tables or adds_up is None:
            continue
        headings = [one.text_content() for one in tables[0].xpath("thead//th")]
        counties = [[cell.text_content() for cell in table.xpath("tbody/tr[1]/*")] for table in tables]
        cells = dict(zip(headings, zip(*counties, strict=True), strict=True))
        for heading, number in zip(("Events", "People", "Nights"), adds_up.groups(), strict=True):
            if cells.get(heading, ("[x]",))[0] not in ("[x]", "[z]"):
                assert sum(int(one.replace(",", "")) for one in cells[heading]) == int(number.replace(",", "")), measure
                compared += 1
        rows = root.xpath("//section[@id='events']//tbody/tr")
        assert len(rows) == min(LISTED, int(adds_up[1].replace(",", "")))
    assert compared > 60


def test_every_page_leads_back_to_staging_and_shows_the_sql_that_ran(traces: Path) -> None:
    for measure, _, root in pages(traces):
        layers = [one.text for one in root.xpath("//section[@id='models']//tbody/tr/td[1]")]
        assert layers[0] in ("measures", "obligations"), measure
        assert "staging" in layers, measure
        grains = [one.text for one in root.xpath("//section[@id='models']//tbody/tr/td[3]")]
        assert all(grain.startswith("One row per ") for grain in grains), measure
        assert "select" in root.xpath("string(//pre[@class='sql'])"), measure


def test_no_identifier_of_anybody_stands_on_a_page(traces: Path, small_home: Home) -> None:
    with open_for_reading(published_build(small_home).warehouse) as warehouse:
        found = warehouse.execute(
            "select distinct pers_surname, pers_person_id from landing.case_system__ssd_person"
        ).fetchall()
    assert len(found) > 100
    identifiers = {one for row in found for one in row if one}
    for _, _, root in pages(traces):
        assert not identifiers & set(re.findall(r"\w[\w-]+", root.text_content()))


def test_the_four_quarters_stand_beside_the_quarter(traces: Path) -> None:
    page = html.parse(str(next(traces.glob("trace_pathway_plan_review_kent_*.html")))).getroot()
    captions = [one.text_content() for one in page.xpath("//section[@id='figures']//caption")]
    assert len(captions) == 2
    assert ", the four quarters up to 2026-27-Q" in captions[1]
    areas = [
        [one.text_content() for one in table.xpath(".//tbody//th")]
        for table in page.xpath("//section[@id='figures']//table")
    ]
    assert areas[0][0] == areas[1][0] == "Kent, all"


def test_what_the_last_refresh_changed_stands_on_one_page_measure_by_measure(traces: Path) -> None:
    """Given a build before that knew nothing of the quarter, then each measure is told with files, and leads on."""
    root = html.parse(str(traces / "changes.html")).getroot()
    assert "Internal edition" in root.xpath("//header")[0].text_content()
    assert root.xpath("//header//a[@href='trace.html']")
    command = root.xpath("string(//main//code)")
    assert re.fullmatch(r"lasting-homes compare( --known-at 20\d\d-\d\d-\d\dT[\d:.+]+){2}", command), command
    for authority in AUTHORITIES:
        rows = root.xpath(f"//section[@id='{authority}']//tbody/tr")
        assert len(rows) > 50
        for row in rows:
            page, part = row.xpath("string(.//a/@href)").split("#")
            assert html.parse(str(traces / page)).getroot().xpath(f"//section[@id='{part}']//table"), page
        assert sum(".csv" in row.xpath("string(td[last()])") for row in rows) > 30
    loads = root.xpath("//section[@id='loads']//tbody/tr")
    assert 20 < len(loads) <= LISTED_LOADS
    assert html.parse(str(traces / "trace.html")).getroot().xpath("//main//a[@href='changes.html']")


def test_no_public_page_or_file_leads_to_them(site: Site) -> None:
    folder = site.index.parent
    assert [path.name for path in folder.iterdir() if path.name.startswith(("trace", "changes."))] == []
    told = [
        path.name
        for path in folder.glob("*.html")
        for words in [path.read_text("utf-8").casefold()]
        if "trace" in words or "changes.html" in words
    ]
    assert told == []


def test_a_pack_of_the_internal_site_leads_to_them_from_each_measure_that_it_shows(
    traces: Path, figures: dict[str, FigureSet]
) -> None:
    (pack,) = traces.glob("khog_kent_*_internal.html")
    root = html.parse(str(pack)).getroot()
    listing = json.loads(pack.with_suffix(".figures.json").read_text("utf-8"))
    shown = {one["id"].split("/")[1] for one in listing["figures"]} & set(figures["kent"].measures())
    links = root.xpath("//dl/dt//a/@href")
    assert len(shown) > 20
    assert set(links) >= {figures["kent"].trace_page(measure) for measure in shown}
    assert [href for href in links if not (traces / href).is_file()] == []
    assert root.xpath("//header//a[@href='trace.html']")


def test_a_pack_that_stands_alone_leads_nowhere(full_site: Path) -> None:
    """Given internal packs that are no site, as they are sent by post, then no link of theirs is dead."""
    packs = list(full_site.glob("*_internal.html"))
    assert len(packs) > 4
    assert [pack.name for pack in packs if "trace_" in pack.read_text("utf-8")] == []


@pytest.mark.parametrize(("here", "asked_for"), [("internal", "public"), ("public", "internal")])
def test_no_site_is_made_in_the_folder_of_another_edition(
    here: str, asked_for: str, small_home: Home, tmp_path: Path
) -> None:
    """Given the pages of one edition, then the other is refused that folder, and nothing is written there."""
    (tmp_path / f"khog_kent_2026-27-Q2_{here}.html").touch()
    with pytest.raises(RenderingError, match=f"holds a site of the {here} edition"):
        render_site(published_build(small_home).folder, tmp_path, edition=asked_for)
    assert len(list(tmp_path.iterdir())) == 1


def test_what_a_sender_writes_stays_text(one: Traced) -> None:
    page = filled(f"<main>{skeleton_as_html()}</main>", one)
    assert "<script>" not in page
    assert "<b>" not in page
    words = said(page)
    assert "<script>alert(1)</script>.csv, row 7 (E07000105, data of 30 Sep 2026)" in words
    assert "and 3 more" in words
    assert "1 event of 1 person, quantity 2." in words


def test_what_the_last_refresh_changed_is_told_with_the_loads_that_did_it(one: Traced) -> None:
    words = said(filled(skeleton_as_html(), one))
    assert "1 total not as in the build before, the-build-before." in words
    row = "2026-27-Q1, Kent, all nights 3 not available 2 a record concerned stands in a.csv (E07000105); 1 decision"
    assert re.sub(r"\s+", "", row) in re.sub(r"\s+", "", words)


def test_where_nothing_can_be_compared_the_page_says_why(one: Traced) -> None:
    alone = replace(one, change=LastChange(None, "No earlier build is kept."), behind=Behind(), events=[])
    words = said(filled(skeleton_as_html(), alone))
    assert "No earlier build is kept." in words
    assert "Nothing that this measure counts falls into 2026-27-Q2, as far as is known." in words
    assert "This build has not kept how its models read each other." in words


def skeleton_as_html() -> str:
    """Return the skeleton as pandoc would make it, as far as the marks go."""
    marks = [line for line in skeleton().splitlines() if line.endswith("-STANDS-HERE")]
    assert len(marks) == 5
    return "".join(f"<section><p>{mark}</p></section>" for mark in marks)


def test_a_build_without_its_graph_has_no_lineage(tmp_path: Path, small_home: Home) -> None:
    build = published_build(small_home)
    assert Lineage(build).models("bnb_nights")[0].name == "measure__bnb_nights"
    assert Lineage(build).models("no_such_measure") == []
    assert Lineage(replace(build, folder=tmp_path)).models("bnb_nights") == []
    assert Lineage(replace(build, folder=tmp_path)).sql("bnb_nights") == ""
