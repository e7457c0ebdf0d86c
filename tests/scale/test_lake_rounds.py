"""Four councils refresh at once into one lake, ten times, with one killed each time: the figures of a serial run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lake_rounds import COUNCILS, rounds_equal_serial

from pipelines.warehouse.dbt import ParsedProject

ROUNDS = 10


def test_ten_rounds_with_one_killed_in_each(
    catalogue: Callable[[], str], parsed_project: ParsedProject, tmp_path: Path
) -> None:
    """Given new deliveries for four councils in each round, when one refresh is killed, then nothing comes out else."""
    done, compared = rounds_equal_serial(
        tmp_path, catalogue, parsed_project, councils=list(COUNCILS), rounds=ROUNDS, seed=1
    )

    print("killed:", ", ".join(done.killed), "seconds:", ", ".join(f"{one:.0f}" for one in done.seconds))
    assert len(done.killed) == ROUNDS
    assert all(one.rows_here > 50 for found in compared.values() for one in found)
    assert [one.sentence() for found in compared.values() for one in found if not one.is_equal] == []
