"""Every kind of page in a real browser: axe-core finds nothing, and keys, zoom, paper, dark and forced colours work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from chromium import Page

from pipelines.rendering import Site

AXE = Path(__file__).parent / "axe-core" / "axe.min.js"
INTERNAL = {
    "KHOG": "khog_kent_2026-27-Q2_internal.html",
    "board": "corporate_parenting_board_lancashire_2026-27-Q2_internal.html",
    "district": "district_kent_ashford_2026-27-Q2_internal.html",
    "young people": "young_people_kent_2026-27-Q2_internal.html",
    "exceptions": "exceptions_kent_2026-27-Q2_restricted.html",
}
PUBLIC = {
    "public board": "corporate_parenting_board_kent_2026-27-Q2_public.html",
    "index": "index.html",
    "measures": "measures.html",
    "search": "search.html",
}
TRACES = {
    "traces": "trace.html",
    "changes": "changes.html",
    "trace of a measure": "trace_accommodation_now_kent_2026-27-Q2_internal.html",
    "trace of a promise": "trace_pathway_plan_review_kent_2026-27-Q2_internal.html",
}
each_page = pytest.mark.parametrize("kind", [*INTERNAL, *PUBLIC, *TRACES])
SCREEN, PHONE, ZOOMED = (1280, 900), (320, 640), (320, 256)
"""A window, the narrowest phone of WCAG 1.4.10, and the first at 400 %."""
FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])"
LOOKS: dict[str, tuple[tuple[int, int], str, dict[str, str]]] = {
    "screen": (SCREEN, "", {}),
    "dark": (SCREEN, "", {"prefers_color_scheme": "dark"}),
    "forced colours": (SCREEN, "", {"forced_colors": "active"}),
    "narrow": (PHONE, "", {}),
    "printed": (SCREEN, "print", {}),
}
A4 = (595.0, 842.0)


@pytest.fixture
def go(browser: Page, full_site: Path, site: Site, traces: Path) -> Any:
    """Return a function that goes to a kind of page in one of the looks."""

    def to(kind: str, look: str = "screen") -> Page:
        folders = ((full_site, INTERNAL), (site.index.parent, PUBLIC), (traces, TRACES))
        path = next(folder / names[kind] for folder, names in folders if kind in names)
        (width, height), medium, features = LOOKS[look]
        browser.size(width, height)
        browser.media(medium, **features)
        browser.go(path.as_uri())
        return browser

    return to


def violations(page: Page) -> list[str]:
    """Return what axe-core finds against WCAG 2.2 and good practice: rule, how many, and the first place."""
    page.ask(AXE.read_text(encoding="utf-8") + "; true")
    found = page.ask("axe.run(document, {resultTypes: ['violations']}).then(said => JSON.stringify(said.violations))")
    return [
        f"{one['id']}: {one['help']} ({len(one['nodes'])} times, first {one['nodes'][0]['target']})"
        for one in json.loads(found)
    ]


@each_page
def test_a_page_uses_the_width_of_the_screen(go: Any, kind: str) -> None:
    """Given a window, then the text takes most of it, beside a list of contents or without one."""
    page = go(kind)
    assert page.ask("document.querySelector('main').getBoundingClientRect().width") > 0.6 * SCREEN[0]


@each_page
def test_axe_finds_nothing_on_any_kind_of_page(go: Any, kind: str) -> None:
    assert violations(go(kind)) == []


@pytest.mark.parametrize("look", [look for look in LOOKS if look != "screen"])
@pytest.mark.parametrize("kind", ["public board", "district", "search"])
def test_axe_finds_nothing_in_any_look(go: Any, kind: str, look: str) -> None:
    assert violations(go(kind, look)) == []


def test_axe_would_find_something(go: Any) -> None:
    """Given a page made worse, the same question names what is wrong."""
    page = go("index")
    page.ask("document.documentElement.removeAttribute('lang'); document.querySelector('h1').style.color = '#333'; 1")
    assert {one.partition(":")[0] for one in violations(page)} == {"html-has-lang", "color-contrast"}


@each_page
def test_every_place_is_reached_with_the_keyboard_in_order_and_seen(go: Any, kind: str) -> None:
    """Given a reader without a mouse, the first key shows the way past the contents, each next one where it is."""
    page = go(kind)
    page.press("Tab", 9)
    first = page.ask("[document.activeElement.className, document.activeElement.getBoundingClientRect().left]")
    assert first[0] == "skip-link"
    assert first[1] >= 0
    page.press("Enter", 13, text="\r")
    assert page.ask("document.activeElement.id") == "main"
    found = f'[...document.querySelectorAll("#main :is({FOCUSABLE})")].filter(one => one.checkVisibility())'
    page.ask(f"window.places = {found}; 1")
    count = page.ask("places.length")
    for place in range(min(count, 12)):
        page.press("Tab", 9)
        assert page.ask("places.indexOf(document.activeElement)") == place
        style = page.ask("(s => [s.outlineStyle, s.outlineWidth])(getComputedStyle(document.activeElement))")
        assert style[0] != "none"
        assert style[1] != "0px"
    assert page.ask(
        "[...document.querySelectorAll('*')].every(one => one.tabIndex <= 0 && !one.hasAttribute('accesskey'))"
    )


@each_page
@pytest.mark.parametrize("size", [PHONE, ZOOMED], ids=["320 px", "400 %"])
def test_a_narrow_page_scrolls_one_way_only(go: Any, kind: str, size: tuple[int, int]) -> None:
    """Given 320 CSS pixels, only tables scroll sideways, in a frame that keys reach; nothing covers the page."""
    page = go(kind)
    page.size(*size)
    assert page.ask("document.documentElement.scrollWidth") <= size[0]
    beyond = page.ask(
        "[...document.querySelectorAll('body *')].filter(one => !one.closest('.table-frame, svg, .skip-link, script')"
        " && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 80))"
    )
    assert beyond == []
    assert page.ask(
        "[...document.querySelectorAll('.table-frame')].every(one => one.tabIndex === 0)"
        " && ![...document.querySelectorAll('body *')].some(one => getComputedStyle(one).position === 'fixed')"
    )


def test_a_wide_table_scrolls_with_the_arrow_keys_and_keeps_its_rows_headings(go: Any) -> None:
    page = go("board", "narrow")
    wide = "[...document.querySelectorAll('.table-frame')].find(one => one.scrollWidth > one.clientWidth + 150)"
    page.ask(f"window.wide = {wide}; wide.focus(); 1")
    before = page.ask("wide.querySelector('tbody th').getBoundingClientRect().left")
    for _ in range(5):
        page.press("ArrowRight", 39)
    assert page.ask("new Promise(done => setTimeout(() => done(wide.scrollLeft), 400))") > 0
    assert page.ask("wide.querySelector('tbody th').getBoundingClientRect().left") == before


def test_the_search_answers_to_the_keyboard(go: Any) -> None:
    page = go("search")
    page.ask("document.getElementById('search-words').focus(); 1")
    page.write("bed breakfast")
    page.press("Enter", 13, text="\r")
    assert page.ask("document.getElementById('search-said').textContent").endswith("found, the first 50 shown.") or (
        "sections found" in page.ask("document.getElementById('search-said').textContent")
    )
    found = page.ask("[...document.querySelectorAll('#search-found a')].map(one => one.textContent)")
    assert "Bed and breakfast" in found


@each_page
def test_a_printed_page_cuts_nothing_off(go: Any, kind: str, tmp_path: Path) -> None:
    """Given the browser's own printer and A4, all text lies inside the page, tables with all their columns."""
    page = go(kind)
    page.print(tmp_path / "printed.pdf")
    words = page.ask("document.querySelector('#main').innerText.split(/\\s+/).length")
    printed = 0
    with pypdfium2.PdfDocument(tmp_path / "printed.pdf") as document:
        for sheet in document:
            assert sheet.get_size() == pytest.approx(A4, abs=1.5)
            text = sheet.get_textpage()
            printed += len(text.get_text_bounded().split())
            edges = [text.get_rect(place) for place in range(text.count_rects())]
            assert all(edge[0] >= 0 and edge[2] <= A4[0] for edge in edges)
    if kind != "search":
        assert printed >= 0.98 * words


def test_forced_colours_leave_charts_readable_and_the_status_framed(go: Any) -> None:
    page = go("board", "forced colours")
    assert page.ask("getComputedStyle(document.querySelector('figure svg')).forcedColorAdjust") == "none"
    assert page.ask("getComputedStyle(document.querySelector('figure svg')).backgroundColor") == "rgb(255, 255, 255)"
    assert page.ask("getComputedStyle(document.querySelector('.edition strong')).borderTopStyle") == "solid"


def test_dark_charts_take_the_pages_colours(go: Any) -> None:
    page = go("board", "dark")
    paper = page.ask("getComputedStyle(document.documentElement).backgroundColor")
    assert paper != "rgb(255, 255, 255)"
    grounds = page.ask(
        "[...document.querySelectorAll('figure svg > rect:first-child')].map(one => getComputedStyle(one).fill)"
    )
    assert grounds
    assert set(grounds) == {paper}
