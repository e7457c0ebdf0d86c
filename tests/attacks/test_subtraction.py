"""Hidden figures of the public edition cannot be worked out by subtraction, and the attacker is no weakling."""

import csv
from pathlib import Path

import pytest
from made_up_county import COUNTY, write_warehouse
from subtraction_attacker import Attacker, Leak

from pipelines.disclosure import suppression, write_figures

COUNTIES = {"kent": COUNTY}
SEEDS = range(20)
FEW = range(6)


def publish(folder: Path, seed: int) -> Path:
    """Write the figures of a made-up county, whose size and rate follow from the seed, and return its public CSV."""
    write_warehouse(
        folder, seed, districts=2 + seed % 4, quarters=4 + seed % 3, events_a_quarter=(3, 8, 20, 40)[seed % 4]
    )
    write_figures(folder, build_id="attacked", threshold=5)
    return folder / "figures" / "public.csv"


def truth(public: Path) -> dict[tuple[str, ...], int]:
    with (public.parent / "internal.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = ("measure_id", "authority", "area_code", "period_kind", "period_label", "breakdown", "breakdown_value")
    return {tuple(row[name] for name in (*names, "statistic")): int(row["numerator"]) for row in rows}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_hidden_figure_can_be_worked_out(tmp_path: Path, seed: int) -> None:
    # given the public figures of a county of small counts
    attacker = Attacker(publish(tmp_path, seed), COUNTIES)
    # when somebody subtracts what can be subtracted
    leaks = attacker.leaks()
    # then nothing hidden has only one possible value
    assert leaks == []
    # and the file is not safe merely because it says nothing
    printed = list(attacker.printed.values())
    assert "[c]" in printed
    assert any(number.isdigit() and number != "0" for number in printed)


def test_a_suppressor_without_company_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a suppressor that hides small counts only
    monkeypatch.setattr(suppression, "hide_company", lambda hiding: None)
    found: list[Leak] = []
    wrong: list[Leak] = []
    for seed in FEW:
        public = publish(tmp_path / str(seed), seed)
        leaks = Attacker(public, COUNTIES).leaks()
        true = truth(public)
        found += leaks
        wrong += [leak for leak in leaks if true[leak.figure] != leak.value]
    # then the attacker finds hidden figures, and every one of them is the true one
    assert len(found) > 100
    assert wrong == []


def test_a_suppressor_that_looks_at_one_sum_at_a_time_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a suppressor that never asks what all relations together say
    monkeypatch.setattr(suppression, "exposed", lambda cells, relations, hidden: set())
    found = [leak for seed in FEW for leak in Attacker(publish(tmp_path / str(seed), seed), COUNTIES).leaks()]
    assert found
