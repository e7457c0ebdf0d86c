"""The lake says what the build says, row for row: it takes the analysts' database, whose record ids are keyed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.lake import Lake, publish_to_lake
from pipelines.scale.parity import COMPARED, compare_relations, key_of
from pipelines.warehouse.build import Build
from pipelines.warehouse.dbt import ParsedProject


@pytest.mark.parametrize("data", ["small_warehouse", "lives_warehouse"])
def test_the_lake_says_what_the_build_says(
    data: str,
    request: pytest.FixtureRequest,
    catalogue: Callable[[], str],
    parsed_project: ParsedProject,
    tmp_path: Path,
) -> None:
    """Given a build, when the lake has taken it, then every row of what counts is there, and no other."""
    folder = Path(request.getfixturevalue(data)).parent.resolve()
    build = Build(folder.name, folder)
    lake, nodes = Lake(catalogue(), tmp_path / "lake"), parsed_project.manifest["nodes"]
    publish_to_lake(lake, "kent", build)

    with lake.open(for_reading=True) as connection:
        connection.execute(f"attach '{build.analyst}' as build (read_only)")
        compared = [
            compare_relations(
                connection, name, f"from build.marts.{name}", f"from lake.kent__marts.{name}", key_of(name, nodes)
            )
            for name in COMPARED
        ]

    assert all(one.rows_here > 100 for one in compared)
    assert [one.sentence() for one in compared if not one.is_equal] == []
