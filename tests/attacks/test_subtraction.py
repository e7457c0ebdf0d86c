"""Hidden figures of the public edition cannot be worked out by subtraction, and the attacker is no weakling."""

from collections import defaultdict
from pathlib import Path

import pytest
from made_up_county import COUNTY, write_warehouse
from subtraction_attacker import Attacker, Leak, Name

from pipelines.disclosure import (
    AuditReport,
    FigureReport,
    figures,
    linked,
    programme,
    public_edition,
    suppression,
    write_figures,
)
from pipelines.warehouse.database import open_for_reading

COUNTIES = {"lancashire": COUNTY}
SEEDS = range(20)
FEW = range(6)
THRESHOLD = 5
AREA, KIND, BREAKDOWN = 2, 3, 5
COLUMNS = (
    "measure_id", "authority", "area_code", "period_kind", "period_label", "breakdown", "breakdown_value", "statistic",
)  # fmt: skip


def publish(folder: Path, seed: int) -> tuple[Path, FigureReport]:
    """Write the figures of a made-up county, whose size and rate follow from the seed, and return its public CSV."""
    write_warehouse(
        folder, seed, districts=2 + seed % 4, quarters=4 + seed % 5, events_a_quarter=(3, 8, 20, 40)[seed % 4]
    )
    report = write_figures(folder, build_id="attacked", threshold=THRESHOLD)
    return folder / "figures" / "public.csv", report


def truth(public: Path) -> dict[Name, int]:
    """Return every count that was observed, by its name."""
    with open_for_reading(public.parents[1] / "warehouse.duckdb") as connection:
        rows = connection.sql(f"select {', '.join(COLUMNS)}, numerator from marts.measure_observation").fetchall()
    return {tuple(row[:-1]): int(row[-1]) for row in rows}


def told(attacker: Attacker, true: dict[Name, int]) -> dict[Name, int]:
    """Return the hidden figures that are small."""
    hidden = (name for name, printed in attacker.printed.items() if printed == "[c]")
    return {name: true[name] for name in hidden if 0 < true[name] < THRESHOLD}


@pytest.fixture
def wide_programme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """List every kind of period, and districts of every measure."""
    tables = {("districts", "total")} | {("county", breakdown) for breakdown in ("total", *BREAKDOWNS_LISTED)}
    lines = ["edition,measures,authority,areas,breakdown,period_kind,statistics,quarters,every,read_by"]
    lines += [f"internal,*,*,{areas},total common own,*,*,,,tests" for areas in ("county", "districts")]
    lines += [
        f"public,*,*,{areas},{breakdown},{kind},*,,,tests"
        for areas, breakdown in sorted(tables)
        for kind in ("month", "quarter", "ytd", "rolling_4q")
    ]
    path = tmp_path / "wide_programme.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(programme, "TABLES", path)


BREAKDOWNS_LISTED = ("category", "former_uasc", "tier", "age_band", "kind_of_home", "suitability")


@pytest.mark.parametrize("seed", SEEDS)
def test_no_hidden_figure_can_be_worked_out(tmp_path: Path, seed: int) -> None:
    # given the public figures of a county of small counts
    public, _ = publish(tmp_path, seed)
    attacker = Attacker(public, COUNTIES)
    # when somebody subtracts what can be subtracted, knowing no more, or knowing too which counts are small
    # then nothing hidden has only one possible value
    assert attacker.leaks() == []
    assert attacker.leaks(told(attacker, truth(public))) == []
    # and the file is not safe merely because it says nothing
    printed = list(attacker.printed.values())
    assert "[c]" in printed
    assert any(number.isdigit() and number != "0" for number in printed)


@pytest.mark.usefixtures("wide_programme")
def test_whatever_a_programme_lists_is_protected(tmp_path: Path) -> None:
    public, _ = publish(tmp_path, seed=0)
    attacker = Attacker(public, COUNTIES)
    assert attacker.leaks() == []
    assert attacker.leaks(told(attacker, truth(public))) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_totals_of_the_county_are_hidden_only_where_there_is_no_other_way(tmp_path: Path, seed: int) -> None:
    # given the totals of the county that are hidden, though no count in their cell is small
    public, report = publish(tmp_path, seed)
    attacker, true = Attacker(public, COUNTIES), truth(public)
    cells: dict[Name, list[Name]] = defaultdict(list)
    for name, printed in attacker.printed.items():
        if printed == "[c]" and name[AREA] == COUNTY and name[BREAKDOWN] == "total":
            cells[name[:-1]].append(name)
    kept_back = [names for names in cells.values() if all(true[name] >= THRESHOLD for name in names)]
    assert report.hidden.county_quarters + report.hidden.county_sums == sum(map(len, kept_back))
    # then each of them would give something away if it were shown, though all below the county were hidden
    for names in kept_back:
        assert gives_away(attacker, true, names), names


def gives_away(attacker: Attacker, true: dict[Name, int], names: list[Name]) -> bool:
    """Whether showing these totals of the county gives something away to a reader who sees nothing below the county."""
    before = attacker.printed
    hidden = {name: "[c]" for name in before if name[AREA] != COUNTY or name[BREAKDOWN] != "total"}
    attacker.printed = before | hidden | {name: str(true[name]) for name in names}
    few = any(0 < together < THRESHOLD for together in attacker.sums_of_hidden())
    found = few or attacker.leaks(told(attacker, true))
    attacker.printed = before
    return bool(found)


def test_quarters_of_the_county_are_shown(tmp_path: Path) -> None:
    # given twenty counties with few people in districts and breakdowns
    reports = [publish(tmp_path / str(seed), seed)[1] for seed in SEEDS]
    # then one total of a quarter is hidden for the sake of others: five people, each in a home of another kind
    assert sum(report.hidden.company for report in reports) > 250
    assert [report.hidden.county_quarters for report in reports if report.hidden.county_quarters] == [1]


@pytest.fixture
def unaudited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a broken suppressor publish: it neither looks at what is linked nor is audited."""
    monkeypatch.setattr(public_edition, "protect", lambda rows, hidden, **asked: linked.Protected(set(hidden), True))
    monkeypatch.setattr(figures, "_audit", lambda *given: AuditReport(0, 0, (), 0, 0, 0.0))


@pytest.mark.usefixtures("unaudited")
def test_a_suppressor_without_company_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a suppressor that hides small counts only
    monkeypatch.setattr(suppression, "hide_company", lambda hiding: None)
    found: list[Leak] = []
    wrong: list[Leak] = []
    for seed in FEW:
        public, _ = publish(tmp_path / str(seed), seed)
        leaks = Attacker(public, COUNTIES).leaks()
        true = truth(public)
        found += leaks
        wrong += [leak for leak in leaks if true[leak.figure] != leak.value]
    # then the attacker finds hidden figures, and every one of them is the true one
    assert len(found) > 30
    assert wrong == []


@pytest.mark.usefixtures("wide_programme", "unaudited")
def test_a_suppressor_that_looks_at_one_sum_at_a_time_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a suppressor that never asks what all relations together say
    monkeypatch.setattr(suppression, "exposed", lambda *asked: {})
    found = []
    for seed in (0, 4):
        public, _ = publish(tmp_path / str(seed), seed)
        found += Attacker(public, COUNTIES).leaks()
    assert found
