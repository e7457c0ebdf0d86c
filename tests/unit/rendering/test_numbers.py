"""No number on a page comes from anywhere but the page's list of figures, its dates, its clauses or its fixed words."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from pipelines.project_files import reports

NUMBER = re.compile(r"(?<![\w½-])\d(?:[\d,]*\d)?(?:\.\d+)?%?(?![\w½-])")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
NOT_FIGURES = re.compile(
    rf"\d{{1,2}} (?:{MONTHS}) \d{{4}}(?: at \d\d:\d\d)?"  # a day
    rf"|(?:(?:{MONTHS}) to )?(?:{MONTHS}) \d{{4}}"  # months
    r"|\d{4}-\d{2}(?:-Q\d)?"  # a quarter, a financial year
    r"|\b[KL]\d+(?:\.\d+)?"  # a clause
    r"|Europe/London|pandoc [\d.]+|Typst [\d.]+|version \d+"
)
FIXED_TABLES = ("table-symbols", "table-actions")
"""Tables of words: the meaning of the symbols, and what officers wrote."""
pages = pytest.mark.parametrize(
    "name",
    [
        "khog_kent",
        "corporate_parenting_board_kent",
        "corporate_parenting_board_lancashire",
        "district_kent_ashford",
        "young_people_kent",
        "exceptions_kent",
    ],
)


def file_of(folder: Path, name: str, ending: str) -> Path:
    edition = "restricted" if name.startswith("exceptions") else "internal"
    return folder / f"{name}_2026-27-Q2_{edition}.{ending}"


def listed(folder: Path, name: str) -> Counter[str]:
    source = file_of(folder, name, "figures.json").read_text(encoding="utf-8")
    return Counter(number for one in json.loads(source)["figures"] for number in NUMBER.findall(one["text"]))


def root_of(folder: Path, name: str) -> Any:
    root = html.parse(str(file_of(folder, name, "html"))).getroot()
    for drawn in root.xpath("//*[local-name()='svg']"):
        drawn.drop_tree()
    return root


def numbers(elements: list[Any]) -> Counter[str]:
    found: Counter[str] = Counter()
    for element in elements:
        text = NOT_FIGURES.sub(" ", " ".join(element.text_content().split()))
        found.update(NUMBER.findall(text))
    return found


@pages
def test_every_number_in_a_cell_of_a_table_is_in_the_list(full_site: Path, name: str) -> None:
    """Given all cells but the rows' and columns' headings, no number stands more often than the list has it."""
    cells = [
        cell
        for table in root_of(full_site, name).xpath("//table")
        if table.get("id") not in FIXED_TABLES
        for cell in table.xpath(".//td")
    ]
    in_cells = numbers(cells)
    assert in_cells or name.startswith("exceptions")
    assert in_cells - listed(full_site, name) == Counter()


@pages
def test_every_other_number_is_in_the_list_or_in_the_fixed_words(full_site: Path, name: str) -> None:
    """Given paragraphs and lists, a number that is not listed stands in a page's source or in a definition."""
    root = root_of(full_site, name)
    fixed = set(NUMBER.findall(" ".join(path.read_text(encoding="utf-8") for path in reports().glob("*.qmd"))))
    fixed |= set(numbers(root.xpath("//dl//dd|//dl//dt|//caption|//th|//h1|//h2|//h3")))
    said = numbers(root.xpath("//main//p[not(ancestor::dl)]|//main//li[not(ancestor::nav)]"))
    outside = {number for number in said - listed(full_site, name) if number not in fixed}
    assert outside == set()
