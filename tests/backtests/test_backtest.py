"""The back-test: with the true links given, the warehouse's figures equal the oracle's, exactly.

`build_with_true_links` and `build_inbox_with_true_links` (tests/conftest.py) run the real pipeline.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from small_homes import Extracts, make_home, settings_of

from pipelines.refresh import refresh
from pipelines.synthetic import generate
from pipelines.warehouse.database import open_for_reading

from .lives import ALL_LIVES, write_inbox
from .lives.builder import ALWAYS_STATED
from .lives.world import BEFORE_LAST_DELIVERY
from .nearness import nearness
from .oracle import Difference, compare, compute
from .oracle.catalogue import ALL, OBLIGATION_IDS
from .oracle.comparison import events_of_warehouse, obligations_of_warehouse
from .oracle.trends import differing_trends

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
PEOPLE = 300
SOAKED = range(1, 6)
"""Seeds; the first on every day, all with SOAK=1."""

BuildWithTrueLinks = Callable[[int, int], tuple[Path, Path]]
"""(people per county, seed) → (build folder, truth folder)."""
BuildInboxWithTrueLinks = Callable[[Path, Path], Path]
"""(inbox, truth folder with the links) → build folder."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", SOAKED if os.environ.get("SOAK") else SOAKED[:1])
def test_figures_equal_the_oracles(seed: int, build_with_true_links: BuildWithTrueLinks) -> None:
    """Given generated counties, when the pipeline runs on the true links, then figures and trends are the oracle's."""
    build, truth = build_with_true_links(PEOPLE, seed)

    oracle = compute(truth, SEEDS)
    differences = compare(oracle, build / "warehouse.duckdb")

    _say(differences)
    _say(differing_trends(build / "warehouse.duckdb"))
    assert {event.measure_id for event in oracle.events} == set(ALL)


@pytest.mark.slow
@pytest.mark.parametrize("moment", [None, BEFORE_LAST_DELIVERY], ids=["everything", "before the last delivery"])
def test_hand_made_lives_come_out_of_the_pipeline(
    moment: datetime | None,
    tmp_path: Path,
    lives_build: tuple[Path, Path],
    build_inbox_with_true_links: BuildInboxWithTrueLinks,
) -> None:
    """Given what had arrived of the hand-made lives, then the warehouse has just the events worked out by hand."""
    build, truth = lives_build
    if moment is not None:
        inbox, truth = tmp_path / "inbox", tmp_path / "truth"
        write_inbox(ALL_LIVES, inbox, truth, received_by=moment)
        build = build_inbox_with_true_links(inbox, truth)

    oracle = compute(truth, SEEDS, as_known_at=moment)
    _say(compare(oracle, build / "warehouse.duckdb"))

    stated = {(life.name, measure_id) for life in ALL_LIVES for measure_id in (*ALWAYS_STATED, *life.states)}
    by_hand = Counter(
        (e.measure_id, e.authority, life.name, e.area_code, e.start, e.end, e.quantity)
        for life in ALL_LIVES
        for e in life.events_known_at(moment)
        if moment is None or e.measure_id in ALWAYS_STATED
    )
    found = events_of_warehouse(build / "warehouse.duckdb", oracle)
    asked = set(ALWAYS_STATED) if moment is not None else set(ALL) - set(OBLIGATION_IDS)
    assert by_hand == Counter(
        row[:7] for row in found.elements() if row.measure_id in asked and (row.person, row.measure_id) in stated
    )
    promised = obligations_of_warehouse(build / "warehouse.duckdb", oracle)
    told = Counter(
        (o.obligation_id, o.authority, life.name, o.area_code, o.trigger, o.due, o.met, o.waived, o.status)
        for life in ALL_LIVES
        for o in (life.obligations if moment is None else life.obligations_before or ())
    )
    lives = {life.name for life in ALL_LIVES if moment is None or life.obligations_before is not None}
    assert told == Counter(
        (*row[:4], row.trigger_date, row.due_date, row.met_date, row.waived_reason, row.status)
        for row in promised.elements()
        if row.person in lives and (row.person, row.obligation_id) in stated
    )


@pytest.mark.slow
def test_the_definitions_are_near_the_lives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Given a generated world, then what the definitions make of its records is not far from how people lived."""
    generate(tmp_path / "inbox", tmp_path / "truth", people=100, seed=1)

    distance = nearness(compute(tmp_path / "truth", SEEDS), tmp_path / "truth", SEEDS)

    with capsys.disabled():
        print(f"\n{distance}")
    assert distance.homes_alike > 0.7
    assert distance.moves_lived > 0.8


def _say(differences: list[Difference]) -> None:
    """Fail with the differences in words, the first forty of them."""
    told = "\n".join(str(difference) for difference in differences[:40])
    assert not differences, f"{len(differences)} differences from the oracle:\n{told}"


@pytest.mark.slow
def test_the_pipelines_own_links_cost_coverage_and_invent_little(
    tmp_path: Path, extracts_of: Callable[[int, int], Extracts], capsys: pytest.CaptureFixture[str]
) -> None:
    """Given no true links, then each measure counts most of what the oracle counts, and hardly anything besides."""
    extracts = extracts_of(PEOPLE, 1)
    home = make_home(tmp_path / "home", extracts)
    build = refresh(settings_of(home)).build.folder

    with open_for_reading(build / "warehouse.duckdb") as warehouse:
        counted = dict(warehouse.execute("select measure_id, count(*) from marts.measure_event group by 1").fetchall())
    expected = Counter(
        event.measure_id
        for event in compute(extracts.truth, SEEDS).events
        if event.measure_id in {*ALWAYS_STATED, "accommodation_now"}
    )

    coverage = {measure: counted.get(measure, 0) / number for measure, number in sorted(expected.items())}
    with capsys.disabled():
        print("\nevents with the pipeline's own links, as a share of those with the true links:")
        print("".join(f"  {measure}: {share:.0%}\n" for measure, share in coverage.items()))
    assert coverage["accommodation_now"] == pytest.approx(1, abs=0.05)
    assert all(0.6 < share < 1.3 for share in coverage.values()), coverage
