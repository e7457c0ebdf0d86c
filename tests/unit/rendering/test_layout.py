"""Layout by measure: nothing cut off, nothing on top of something else, no heading left alone; on paper and on screens.

Text boxes are measured where the reader's program puts them: in Chromium for web pages, in PDFium for PDF. Unlike
pictures of pages they do not differ by a shade between machines, and what fails says which words stand where.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from chromium import Page
from test_accessibility import INTERNAL

MILLIMETRE = 72 / 25.4
SIDE, TOP, BOTTOM, HEIGHT, WIDTH = 18 * MILLIMETRE, 22 * MILLIMETRE, 20 * MILLIMETRE, 842.0, 595.3
HEADING = 11.5
"""The least size, in points, of a heading's letters; of words at the margin only those of headings are so large."""
LINES_WITH_A_HEADING = 2
SCREENS = {"window": 1280, "phone": 390, "A4": 673}
"""CSS pixels: a window, a usual phone, and what lies between the margins of A4."""
LEAST_LETTERS = 7.5
"""CSS pixels of a chart's letters on a phone; the table after it has the same numbers in full size."""
each_pack = pytest.mark.parametrize("kind", ["KHOG", "board", "district", "young people", "exceptions"])


@dataclass(frozen=True)
class Piece:
    """A run of letters on a page of a PDF, in points from the lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float

    def covers(self, other: Piece) -> bool:
        """Whether both take the same place, by more than letters that touch."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.top, other.top) - max(self.bottom, other.bottom)
        return wide > 1.0 and high > 0.35 * min(self.top - self.bottom, other.top - other.bottom)


def pieces(sheet: Any) -> list[Piece]:
    """Return the runs of letters of a page of a PDF."""
    text = sheet.get_textpage()
    found = []
    for place in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(place)
        words = text.get_text_bounded(left, bottom, right, top).strip()
        if words:
            at = pdfium.FPDFText_GetCharIndexAtPos(text, left + 1, (bottom + top) / 2, 4, 4)
            size = pdfium.FPDFText_GetFontSize(text, at) if at >= 0 else 0.0
            found.append(Piece(words, left, bottom, right, top, size))
    return found


def sheets(path: Path) -> list[list[Piece]]:
    with pypdfium2.PdfDocument(path) as document:
        return [pieces(sheet) for sheet in document]


def body(found: list[Piece]) -> list[Piece]:
    """Return what stands between the running header and footer."""
    return [one for one in found if one.top < HEIGHT - TOP + 2 and one.bottom > BOTTOM - 2]


@each_pack
def test_on_paper_nothing_is_cut_off_or_covered(full_site: Path, kind: str) -> None:
    for number, found in enumerate(sheets((full_site / INTERNAL[kind]).with_suffix(".pdf")), start=1):
        outside = [one.text for one in found if one.left < SIDE - 1 or one.right > WIDTH - SIDE + 1]
        assert outside == [], f"page {number}"
        covered = [(one.text, other.text) for one, other in itertools.combinations(found, 2) if one.covers(other)]
        assert covered == [], f"page {number}"


@each_pack
def test_on_paper_no_heading_is_left_alone_at_the_foot_of_a_page(full_site: Path, kind: str) -> None:
    """Given a page's last heading, at least two lines of what it heads stand below it."""
    pages = sheets((full_site / INTERNAL[kind]).with_suffix(".pdf"))
    headings = 0
    for number, found in enumerate(pages, start=1):
        for heading in (one for one in body(found) if one.size >= HEADING and one.left < SIDE + 1.5):
            headings += 1
            below = {round(one.top) for one in body(found) if one.top < heading.bottom and one.size < HEADING}
            assert len(below) >= LINES_WITH_A_HEADING, f"page {number}: {heading.text}"
    assert headings >= 5


@each_pack
def test_on_paper_no_page_is_nearly_empty_but_the_last(full_site: Path, kind: str) -> None:
    """Given whole tables that move to the next page, what they leave is never most of a page."""
    pages = sheets((full_site / INTERNAL[kind]).with_suffix(".pdf"))
    for number, found in enumerate(pages[:-1], start=1):
        lowest = min(one.bottom for one in body(found))
        assert lowest < HEIGHT * 0.55, f"page {number} ends with {min(body(found), key=lambda one: one.bottom).text}"


LABELS = """
[...document.querySelectorAll('figure svg')].map(svg => {
  const frame = svg.getBoundingClientRect();
  const labels = [...svg.querySelectorAll('text')].filter(one => one.textContent.trim()).map(one => {
    const box = one.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(one).fontSize) * frame.width / svg.viewBox.baseVal.width;
    return {text: one.textContent, left: box.left, right: box.right, top: box.top, bottom: box.bottom, size};
  });
  return {name: svg.getAttribute('aria-label').slice(0, 60), labels,
          frame: {left: frame.left, right: frame.right, top: frame.top, bottom: frame.bottom}};
})
"""
CELLS = """
[...document.querySelectorAll('table')].flatMap(table => [...table.rows].flatMap(row => {
  const boxes = [...row.cells].map(cell => {
    const range = document.createRange(); range.selectNodeContents(cell);
    const lines = [...range.getClientRects()];
    const own = cell.getBoundingClientRect();
    return {text: cell.innerText, left: Math.min(...lines.map(one => one.left)),
            right: Math.max(...lines.map(one => one.right)), edge: own.right, start: own.left};
  });
  return boxes.filter(one => one.right > one.edge + 0.5 || one.left < one.start - 0.5).map(one => one.text);
}))
"""
EMPTY = """
[...document.querySelectorAll('main section')].filter(section => section.children.length < 2)
  .map(section => section.textContent.trim())
"""


def seen(browser: Page, full_site: Path, kind: str, screen: str) -> Page:
    """Return the page at a width; A4 as the browser prints it."""
    browser.size(SCREENS[screen])
    browser.media("print" if screen == "A4" else "")
    browser.go((full_site / INTERNAL[kind]).as_uri())
    return browser


def covers(one: dict[str, float], other: dict[str, float]) -> bool:
    wide = min(one["right"], other["right"]) - max(one["left"], other["left"])
    high = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return wide > 1 and high > 0.35 * min(one["bottom"] - one["top"], other["bottom"] - other["top"])


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("kind", ["KHOG", "board"])
def test_labels_of_charts_stand_apart_inside_their_chart_and_can_be_read(
    browser: Page, full_site: Path, kind: str, screen: str
) -> None:
    charts = seen(browser, full_site, kind, screen).ask(LABELS)
    assert len(charts) >= 8
    for chart in charts:
        labels, frame = chart["labels"], chart["frame"]
        assert labels, chart["name"]
        for one, other in itertools.combinations(labels, 2):
            assert not covers(one, other), (chart["name"], one["text"], other["text"])
        for one in labels:
            assert one["left"] >= frame["left"] - 1, (chart["name"], one["text"])
            assert one["right"] <= frame["right"] + 1, (chart["name"], one["text"])
            assert one["size"] >= LEAST_LETTERS, (chart["name"], one["text"])


@pytest.mark.parametrize("screen", SCREENS)
@each_pack
def test_no_words_leave_their_cell_and_no_section_is_empty(
    browser: Page, full_site: Path, kind: str, screen: str
) -> None:
    page = seen(browser, full_site, kind, screen)
    assert page.ask(CELLS) == []
    assert page.ask(EMPTY) == []


def test_on_a4_no_table_is_wider_than_the_page(browser: Page, full_site: Path) -> None:
    for kind in INTERNAL:
        page = seen(browser, full_site, kind, "A4")
        wide = page.ask(
            "[...document.querySelectorAll('table')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)"
            ".map(one => one.caption.textContent)"
        )
        assert json.dumps(wide) == "[]", kind


def test_these_measures_would_find_what_is_wrong(browser: Page, full_site: Path) -> None:
    """Given a label moved onto its neighbour, a cell too small for its words and an emptied section, each is found."""
    page = seen(browser, full_site, "board", "window")
    page.ask(
        "(() => { const [one, other] = document.querySelectorAll('figure svg text');"
        " one.textContent = other.textContent; one.setAttribute('transform', other.getAttribute('transform'));"
        " other.closest('g').append(one);"
        " const cell = document.querySelector('main table tbody td'); cell.textContent = 'x'.repeat(400);"
        " cell.style.cssText = 'overflow-wrap: normal; max-width: 4em';"
        " const section = document.querySelector('main section section');"
        " [...section.children].slice(1).forEach(one => one.remove()); return 1; })()"
    )
    chart = page.ask(LABELS)[0]
    assert any(covers(one, other) for one, other in itertools.combinations(chart["labels"], 2))
    assert page.ask(CELLS) == ["x" * 400]
    assert len(page.ask(EMPTY)) == 1
    letters = Piece("Presenting: people", 100, 700, 160, 708, 8)
    assert letters.covers(Piece("Presentations", 155, 700, 200, 708, 8))
    assert not letters.covers(Piece("Out of care", 163, 700, 200, 708, 8))
