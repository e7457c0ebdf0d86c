"""Each wrong way to count is caught: the hand-made lives tell it from the right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.warehouse.dbt import ParsedProject

from .mutations import MUTATIONS, Mutation, Warehouse
from .oracle import OracleResult, compute
from .oracle.comparison import (
    compare,
    events_of_warehouse,
    obligations_of_warehouse,
    oracle_events,
    oracle_obligations,
)

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
COMPILED = Path("dbt") / "target" / "compiled" / "lasting_homes" / "models"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def oracle(lives_build: tuple[Path, Path]) -> OracleResult:
    """What must be."""
    return compute(lives_build[1], SEEDS)


@pytest.fixture(scope="module")
def warehouse(lives_build: tuple[Path, Path], parsed_project: ParsedProject) -> Warehouse:
    """The warehouse of the hand-made lives."""
    build, _ = lives_build
    return Warehouse(build / "warehouse.duckdb", build / COMPILED, parsed_project.manifest)


def caught(mutation: Mutation, oracle: OracleResult, path: Path) -> bool:
    """Whether the back-test's comparison finds a difference."""
    if mutation.figures:
        return bool(compare(oracle, path))
    return events_of_warehouse(path, oracle) != oracle_events(oracle) or obligations_of_warehouse(
        path, oracle
    ) != oracle_obligations(oracle)


def test_there_are_at_least_twenty_and_each_is_its_own() -> None:
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS) >= 20


def test_a_change_that_changes_nothing_is_not_caught(
    warehouse: Warehouse, oracle: OracleResult, tmp_path: Path
) -> None:
    """Given the right SQL made anew in the mutations' way, then nothing differs: what is caught is the mutation."""
    same = Mutation("none", "fct_scope", "with status_spells", "with  status_spells", figures=True)

    assert compare(oracle, warehouse.with_mutation(same, tmp_path / "same.duckdb")) == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_wrong_count_is_caught(
    mutation: Mutation, warehouse: Warehouse, oracle: OracleResult, tmp_path: Path
) -> None:
    assert caught(mutation, oracle, warehouse.with_mutation(mutation, tmp_path / "mutated.duckdb"))


def test_a_mutation_of_text_that_is_gone_is_refused(warehouse: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="would change nothing"):
        warehouse.with_mutation(Mutation("gone", "fct_scope", "no such text", ""), tmp_path / "gone.duckdb")
