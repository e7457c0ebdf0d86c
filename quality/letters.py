"""The Data Docs: one page for each sender, like a letter, and an index of them.

What this module promises: the pages load nothing, hold counts and shares of whole files only, say results in words,
and come out the same for the same results.

What belongs here: laying out results. What does not: sentences (`wording`) and judgement (`suites`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import jinja2
import pandas as pd

from quality.report import CheckResult, QualityReport
from quality.wording import amount, long_date

TEMPLATES = Path(__file__).parent
NOT_A_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class FileLine:
    """A load as a letter lists it."""

    data_date: str
    received: str
    rows: str
    rejected: str
    compared: str
    result: str


@dataclass(frozen=True)
class Section:
    """What a letter says about one table."""

    table: str
    files: tuple[FileLine, ...]
    attention: tuple[CheckResult, ...]
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True)
class Letter:
    """One sender's page."""

    page: str
    addressee: str
    family: str
    sections: tuple[Section, ...]

    @property
    def files(self) -> int:
        """How many files were judged."""
        return sum(len(section.files) for section in self.sections)

    @property
    def held(self) -> int:
        """How many of them are held."""
        return sum(line.result == "Held" for section in self.sections for line in section.files)

    @property
    def warnings(self) -> int:
        """How many checks ask for attention without holding anything."""
        return sum(r.severity == "warn" for section in self.sections for r in section.attention)


def write_letters(
    report: QualityReport, judged: Mapping[str, pd.DataFrame], folder: Path, sender_names: Mapping[str, str]
) -> None:
    """Write `index.html` and a page for each sender into `folder`.

    Args:
        report: The results.
        judged: By extract, the profile rows of the loads that the results are about.
        folder: Made when it does not exist; pages of an earlier run in it are replaced.
        sender_names: How a sender is addressed, by id.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.html"):
        old.unlink()
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    letters = _letters(report, judged, sender_names)
    for letter in letters:
        (folder / letter.page).write_text(
            pages.get_template("letter.html.jinja").render(letter=letter), encoding="utf-8"
        )
    index = pages.get_template("index.html.jinja").render(letters=letters, report=report)
    (folder / "index.html").write_text(index, encoding="utf-8")


def _letters(
    report: QualityReport, judged: Mapping[str, pd.DataFrame], sender_names: Mapping[str, str]
) -> tuple[Letter, ...]:
    def family_and_owner(result: CheckResult) -> tuple[str, str]:
        return result.extract.partition("__")[0], result.owner

    letters = []
    for (family, owner), results in groupby(sorted(report.results, key=family_and_owner), key=family_and_owner):
        of_extract = groupby(sorted(results, key=lambda r: r.extract), key=lambda r: r.extract)
        sections = tuple(_section(extract, owner, tuple(rs), judged[extract]) for extract, rs in of_extract)
        letters.append(
            Letter(
                page=NOT_A_NAME.sub("-", f"{family}-{owner}".lower()).strip("-") + ".html",
                addressee=sender_names.get(owner, owner),
                family=family.replace("_", " "),
                sections=sections,
            )
        )
    return tuple(letters)


def _section(extract: str, owner: str, results: tuple[CheckResult, ...], frame: pd.DataFrame) -> Section:
    held = {load_id for r in results if r.severity == "hold" for load_id in r.load_ids}
    warned = {load_id for r in results for load_id in r.load_ids}
    loads = frame[frame["sender"] == owner].iloc[::-1]
    return Section(
        table=extract.partition("__")[2],
        files=tuple(_file_line(row, held, warned) for _, row in loads.iterrows()),
        attention=tuple(r for r in results if not r.success),
        checks=results,
    )


def _file_line(row: pd.Series, held: set[str], warned: set[str]) -> FileLine:
    load_id = row["load_id"]
    compared = row["before_date"]
    return FileLine(
        data_date=long_date(row["data_date"]),
        received=long_date(row["received_at"].date()),
        rows=f"{row['rows']:,.0f}",
        rejected=amount(row["rejected_share"], "share") if pd.notna(row["rejected_share"]) else "too few rows to say",
        compared=long_date(compared) if pd.notna(compared) else "nothing yet",
        result="Held" if load_id in held else "Needs attention" if load_id in warned else "Passed",
    )
