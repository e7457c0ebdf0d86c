"""Judging loads: what is held, what is warned about, what is an error of ours, and what senders read."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from loads_of_a_test import HandMadeLanding, HandMadeLoad
from loads_of_a_test import cases_without_fault as cases

import quality
from pipelines.contracts import Contracts
from quality import suites, validation
from quality.report import CheckResult, QualityReport

CASES = "homelessness__cases"
NEEDS = "homelessness__support_needs"
DOVER, THANET = "E07000108", "E07000114"
JUNE, JULY, AUGUST = date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)
PERSONAL_VALUES = ("Zebedia", "Quillfeather", "2006-04-03", "03/04/2006", "QQ123456C", "ZZ991ZZ", "DO-0001")


@pytest.fixture
def data_docs(tmp_path: Path) -> Path:
    return tmp_path / "data_docs"


def judge(
    landing: HandMadeLanding,
    contracts: Contracts,
    data_docs: Path,
    *loads: HandMadeLoad,
    previous: tuple[HandMadeLoad, ...] = (),
) -> QualityReport:
    profiles = quality.profile_loads(loads, landing.folder, contracts, previous=previous)
    return quality.check_loads(profiles, contracts, data_docs=data_docs, sender_names={DOVER: "Dover"})


def result(report: QualityReport, name: str, owner: str = DOVER, extract: str = CASES) -> CheckResult:
    return next(r for r in report.results if (r.name, r.owner, r.extract) == (name, owner, extract))


def test_a_first_and_a_steady_second_file_pass(landing: HandMadeLanding, contracts: Contracts, data_docs: Path) -> None:
    loads = landing.load(CASES, DOVER, JUNE, cases(40)), landing.load(CASES, DOVER, JULY, cases(41))
    report = judge(landing, contracts, data_docs, *loads)
    assert report.held_load_ids == ()
    assert result(report, "rows_did_not_fall").success
    assert result(report, "rows_did_not_fall").loads_judged == 1
    assert 0 < report.checks_passed <= report.checks_run


def test_a_fall_beyond_the_tolerance_holds_the_load_and_says_why(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path
) -> None:
    # Given Dover's cases falling from 40 to 20, and Thanet's steady
    june = landing.load(CASES, DOVER, JUNE, cases(40))
    fallen = landing.load(CASES, DOVER, JULY, cases(20))
    steady = [landing.load(CASES, THANET, day, cases(40)) for day in (JUNE, JULY)]
    # When they are judged
    report = judge(landing, contracts, data_docs, june, fallen, *steady)
    # Then only Dover's newer one is held, and the reason gives both numbers
    assert report.held_load_ids == (fallen.load_id,)
    volume = result(report, "rows_did_not_fall")
    assert (volume.severity, volume.success, volume.load_ids) == ("hold", False, (fallen.load_id,))
    assert volume.sentence == (
        "The file has at least 80% of the rows of your last accepted one. Not so: "
        "as at 31 July 2026 it is 50.0% (20 rows after 40 on 30 June 2026)."
    )
    assert report.reasons(fallen.load_id) == (volume.sentence,)
    assert result(report, "rows_did_not_fall", THANET).success


def test_of_three_years_of_snapshots_only_the_broken_one_is_held(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path
) -> None:
    days = [day.date() for day in pd.date_range("2023-10-31", periods=36, freq="ME")]
    loads = [landing.load(CASES, DOVER, day, cases(10 if n == 20 else 60 + n)) for n, day in enumerate(days)]
    report = judge(landing, contracts, data_docs, *loads)
    assert report.held_load_ids == (loads[20].load_id,)


def test_a_fall_of_a_handful_of_rows_is_not_judged(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path
) -> None:
    loads = landing.load(CASES, DOVER, JUNE, cases(8)), landing.load(CASES, DOVER, JULY, cases(3))
    report = judge(landing, contracts, data_docs, *loads)
    assert report.held_load_ids == ()
    assert result(report, "rows_did_not_fall").loads_judged == 0


def test_an_empty_file_after_a_full_one_is_held(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path
) -> None:
    june, empty = landing.load(CASES, DOVER, JUNE, cases(40)), landing.load(CASES, DOVER, JULY, [])
    assert judge(landing, contracts, data_docs, june, empty).held_load_ids == (empty.load_id,)


def test_a_needed_column_that_is_empty_holds_and_a_thin_one_only_warns(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path
) -> None:
    without = landing.load(CASES, DOVER, JUNE, cases(40, initial_assessment=None))
    half = cases(40)
    for row in half[:20]:
        row["initial_assessment"] = None
    thin = landing.load(CASES, THANET, JUNE, half)
    report = judge(landing, contracts, data_docs, without, thin)
    assert report.held_load_ids == (without.load_id,)
    assert result(report, "not_empty__initial_assessment", THANET).success
    filled = result(report, "filled_as_expected", THANET)
    assert (filled.severity, filled.load_ids) == ("warn", (thin.load_id,))
    assert filled.sentence.endswith("Not so: as at 30 June 2026 `initial_assessment` short by 20.0 points.")


def test_mostly_broken_references_hold_and_a_few_only_warn(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path
) -> None:
    def needs(sender: str, found: int) -> HandMadeLoad:
        refs = [f"DO-{n:04}" for n in range(found)] + [f"lost {n}" for n in range(40 - found)]
        rows = [{"case_ref": ref, "support_need": "care_leaver_18_20"} for ref in refs]
        return landing.load(NEEDS, sender, JUNE, rows)

    parents = [landing.load(CASES, sender, JUNE, cases(40)) for sender in (DOVER, THANET)]
    broken, leaky = needs(DOVER, 19), needs(THANET, 30)
    report = judge(landing, contracts, data_docs, *parents, broken, leaky)
    assert report.held_load_ids == (broken.load_id,)
    assert not result(report, "found__cases", THANET, NEEDS).success


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        ("cells_were_readable", {"refused": {"initial_assessment": 3}}),
        ("rows_were_readable", {"rejected": 3}),
        ("arrived_in_time", {"days_later": 90}),
        ("arrived_in_time", {"days_later": -1}),
    ],
)
def test_what_is_odd_but_usable_only_warns(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path, check: str, changes: dict[str, object]
) -> None:
    load = landing.load(CASES, DOVER, JUNE, cases(40), **changes)  # type: ignore[arg-type]
    report = judge(landing, contracts, data_docs, load)
    assert report.held_load_ids == ()
    assert {failure.name for failure in report.failures} == {check}


def test_dates_that_contradict_each_other_are_a_warning_that_names_the_later_one(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path
) -> None:
    rows = cases(40)
    for row in rows[:4]:
        row["assessed_on"] = pd.Timestamp("2025-01-01")
    report = judge(landing, contracts, data_docs, landing.load(CASES, DOVER, JUNE, rows))
    assert (report.held_load_ids, [failure.name for failure in report.failures]) == ((), ["dates_are_in_order"])
    said = result(report, "dates_are_in_order").sentence
    assert said.endswith("Not so: as at 30 June 2026 `assessed_on` 10.0%.")


def test_of_several_unreadable_columns_each_is_named_the_worst_first(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path
) -> None:
    refused = {"assessed_on": 4, "initial_assessment": 6, "household_type": 2}
    report = judge(landing, contracts, data_docs, landing.load(CASES, DOVER, JUNE, cases(40), refused=refused))
    said = result(report, "cells_were_readable").sentence
    assert said.endswith("Not so: as at 30 June 2026 `initial_assessment` 15.0%, `assessed_on` 10.0%.")


def test_a_mix_of_codes_that_shifts_is_a_warning(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path
) -> None:
    june = landing.load(CASES, DOVER, JUNE, cases(40))
    july = landing.load(CASES, DOVER, JULY, cases(40, initial_assessment="relief"))
    report = judge(landing, contracts, data_docs, june, july)
    assert report.held_load_ids == ()
    assert result(report, "codes_are_steady").sentence.endswith("as at 31 July 2026 `initial_assessment` 50.0 points.")


def test_great_expectations_and_the_walk_agree_on_every_held_load(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path
) -> None:
    """The yardstick of a load is chosen by the same bounds that Great Expectations judges by."""
    sizes = [60, 20, 58, 47, 37, 29, 30, 0, 24, 90, 71]
    days = [day.date() for day in pd.date_range("2025-10-31", periods=len(sizes), freq="ME")]
    loads = [landing.load(CASES, DOVER, day, cases(size)) for day, size in zip(days, sizes, strict=True)]
    profiles = quality.profile_loads(loads, landing.folder, contracts)
    yardsticks = set(profiles[CASES]["compared_with"].dropna())
    held = set(quality.check_loads(profiles, contracts, data_docs=data_docs).held_load_ids)
    assert held
    assert held & yardsticks == set()
    last = loads[-1].load_id
    assert yardsticks == {load.load_id for load in loads} - held - {last}


def test_an_expectation_that_raises_is_an_error_of_ours(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path
) -> None:
    # Given a profile that lost a column that the suite judges
    profiles = quality.profile_loads([landing.load(CASES, DOVER, JUNE, cases(40))], landing.folder, contracts)
    profiles[CASES]["row_ratio"] = "a word"
    # Then judging it is neither a pass nor a failure of the sender's
    with pytest.raises(quality.CheckCouldNotRun, match="rows_did_not_fall of homelessness__cases could not run"):
        quality.check_loads(profiles, contracts, data_docs=data_docs)
    assert not data_docs.exists()


def test_an_answer_without_its_loads_is_an_error_of_ours(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles = quality.profile_loads(
        [landing.load(CASES, DOVER, JUNE, cases(40), rejected=20)], landing.folder, contracts
    )
    run = validation._run

    def forgetful(extract: str, frame: pd.DataFrame, checks: tuple[suites.Check, ...]) -> object:
        answers = run(extract, frame, checks)
        for answer in answers.results:
            answer.result.pop("unexpected_index_list", None)
        return answers

    monkeypatch.setattr(validation, "_run", forgetful)
    with pytest.raises(quality.CheckCouldNotRun, match="did not say which loads failed it"):
        quality.check_loads(profiles, contracts, data_docs=data_docs)


def test_nothing_new_is_said_in_words_and_costs_no_import(contracts: Contracts, data_docs: Path) -> None:
    report = quality.check_loads({}, contracts, data_docs=data_docs)
    assert (report.results, report.loads_judged) == ((), 0)
    assert "No file arrived" in report.data_docs.read_text(encoding="utf-8")
    outcome = subprocess.run(
        [sys.executable, "-c", "import quality, sys; print('great_expectations' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert outcome.stdout.strip() == "False"


class Page(HTMLParser):
    """What a page loads and how it is built."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.headings: list[int] = []
        self.language: str | None = None
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action", "data", "srcset"}]
        if tag == "html":
            self.language = dict(attrs).get("lang")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))


@pytest.fixture
def pages(landing: HandMadeLanding, contracts: Contracts, data_docs: Path) -> dict[str, Page]:
    """The letters of a bad day."""
    loads = [
        landing.load(CASES, DOVER, JUNE, cases(40)),
        landing.load(CASES, DOVER, JULY, cases(20), rejected=9, refused={"initial_assessment": 9}),
        landing.load(CASES, THANET, JULY, cases(40)),
        landing.load(NEEDS, DOVER, JULY, [{"case_ref": "DO-0001", "support_need": "care_leaver_18_20"}] * 30),
    ]
    judge(landing, contracts, data_docs, *loads)
    return {path.name: Page(path) for path in sorted(data_docs.iterdir())}


def test_each_sender_has_a_letter_and_the_index_leads_to_it(pages: dict[str, Page]) -> None:
    assert set(pages) == {"index.html", "homelessness-e07000108.html", "homelessness-e07000114.html"}
    assert set(pages["index.html"].addresses) == set(pages) - {"index.html"}
    dover = pages["homelessness-e07000108.html"].text
    assert "Your homelessness data: Dover" in dover
    assert "<strong>1 is held</strong>" in dover
    assert "20 rows after 40 on 30 June 2026" in dover
    assert "What to do: Send the whole table again" in dover
    assert "nothing needs your attention" in pages["homelessness-e07000114.html"].text


def test_the_letters_load_nothing_from_anywhere(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert "//" not in page.text, name
        assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags), name
        assert "default-src 'none'" in page.text
        assert not re.search(r"@import|url\(", page.text), name
        assert all(address in pages for address in page.addresses), name


def test_the_letters_hold_no_persons_value(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        for value in PERSONAL_VALUES:
            assert value not in page.text, f"{value} in {name}"


def test_the_letters_can_be_read_by_everyone(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert page.language == "en-GB", name
        assert page.headings[0] == 1 and page.headings.count(1) == 1, name
        assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False)), name
        assert page.tags.count("caption") == page.tags.count("table"), name
        assert {"main", "title"} <= set(page.tags)


def test_a_senders_name_cannot_break_out_of_the_page(
    landing: HandMadeLanding, contracts: Contracts, data_docs: Path
) -> None:
    load = dataclasses.replace(landing.load(CASES, DOVER, JUNE, cases(30)))
    profiles = quality.profile_loads([load], landing.folder, contracts)
    quality.check_loads(profiles, contracts, data_docs=data_docs, sender_names={DOVER: "<script>Dover</script>"})
    assert "script" not in Page(data_docs / "index.html").tags


def test_the_same_loads_give_the_same_pages(landing: HandMadeLanding, contracts: Contracts, tmp_path: Path) -> None:
    loads = landing.load(CASES, DOVER, JUNE, cases(40)), landing.load(CASES, DOVER, JULY, cases(20))
    judge(landing, contracts, tmp_path / "first", *loads)
    judge(landing, contracts, tmp_path / "second", *reversed(loads))
    for page in (tmp_path / "first").iterdir():
        assert page.read_bytes() == (tmp_path / "second" / page.name).read_bytes()
