"""The hand-written map of the boards' questions holds: each row's page, section and words are there."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from pipelines import project_files

DOCS = Path(__file__).resolve().parents[3] / "docs"
ROW = re.compile(r"^\| \d+ \|")
PAGES = {
    "board": "corporate_parenting_board_lancashire_2026-27-Q2_internal.html",
    "khog": "khog_kent_2026-27-Q2_internal.html",
    "district": "district_kent_ashford_2026-27-Q2_internal.html",
    "young": "young_people_kent_2026-27-Q2_internal.html",
    "exceptions": "exceptions_kent_2026-27-Q2_restricted.html",
}
QUESTIONS, FEWEST_ANSWERED = 72, 55


@dataclass(frozen=True)
class Row:
    """One question of the map."""

    number: int
    page: str
    section: str
    words: str
    said: str


def rows() -> list[Row]:
    lines = (DOCS / "questions.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if ROW.match(line)]
    return [Row(int(one[0]), one[2], one[3], one[4].strip('"'), one[5]) for one in cells]


@cache
def page(path: Path) -> Any:
    return html.parse(str(path)).getroot()


def test_every_question_is_in_the_map_once_and_most_are_answered() -> None:
    assert [row.number for row in rows()] == list(range(1, QUESTIONS + 1))
    answered = [row for row in rows() if row.page != "no"]
    assert len(answered) >= FEWEST_ANSWERED
    assert {row.page for row in answered} <= set(PAGES)
    for row in rows():
        assert row.said, row.number
        assert bool(row.section and row.words) == (row.page != "no"), row.number


@pytest.mark.parametrize("row", [row for row in rows() if row.page != "no"], ids=lambda row: str(row.number))
def test_the_answer_stands_where_the_map_says(full_site: Path, row: Row) -> None:
    root = page(full_site / PAGES[row.page])
    sections = [
        section
        for section in root.xpath("//main//section")
        if " ".join("".join(section.xpath("./*[self::h2 or self::h3]//text()")).split()) == row.section
    ]
    assert sections, f"{row.page} has no section “{row.section}”"
    left_out = "ancestor-or-self::*[contains(concat(' ', @class, ' '), ' not-listed ')]"
    said = (part for section in sections for part in section.xpath(f".//text()[not({left_out})]"))
    assert row.words in " ".join("".join(said).split())


@pytest.mark.parametrize(("seed", "key"), [("measures", "measure_id"), ("obligations", "obligation_id")])
def test_every_measure_and_promise_reaches_a_board_pack(full_site: Path, seed: str, key: str) -> None:
    shown = {
        figure["id"].split("/")[1]
        for pack in ("board", "khog")
        for figure in json.loads((full_site / PAGES[pack]).with_suffix(".figures.json").read_text("utf-8"))["figures"]
        if figure["id"].count("/") > 1
    }
    with (project_files.dbt_project() / "seeds" / "measures" / f"{seed}.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        known = {row[key] for row in csv.DictReader(file) if not row["valid_to"]}
    assert known
    assert known - shown == set()
