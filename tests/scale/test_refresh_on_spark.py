"""A home whose models Spark builds publishes what any other home does."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from small_homes import Extracts, figures_of, make_home, settings_of

from pipelines.protection.encryption import attach
from pipelines.refresh import refresh
from pipelines.scale.spark import what_is_missing
from pipelines.settings import Home
from pipelines.warehouse.dbt import ParsedProject
from pipelines.warehouse.publish import published_build

pytestmark = pytest.mark.skipif(what_is_missing() is not None, reason=what_is_missing() or "")


def links_of(warehouse: Path) -> list[list[tuple[object, ...]]]:
    """Return who was linked to whom and why, with the model's parameters, in the order of the values."""
    with duckdb.connect() as connection:
        attach(connection, warehouse, "build", read_only=True)
        return [
            connection.execute(f"from build.identity.{table} order by all").fetchall()
            for table in ("person_link", "link_candidate", "link_reason", "model_parameter")
        ]


def test_figures_are_the_same_and_nothing_of_the_rows_is_left(
    small_home: Home, small_extracts: Extracts, parsed_project: ParsedProject, tmp_path: Path
) -> None:
    """Given a home with a Spark in its settings, when it refreshes, then links and figures equal those without one."""
    home, lent = make_home(tmp_path / "home", small_extracts), tmp_path / "lent"
    said: list[str] = []

    refresh(
        settings_of(home, spark_master="local[2]", spark_folder=lent, spark_small=True),
        project=parsed_project,
        progress=lambda _, sentence: said.append(sentence),
    )

    assert any("models built on Spark" in sentence for sentence in said)
    made, expected = published_build(home), published_build(small_home)
    assert links_of(made.warehouse) == links_of(expected.warehouse)
    for edition in ("internal", "public"):
        assert figures_of(made.folder, edition).equals(figures_of(expected.folder, edition))
    assert list(lent.iterdir()) == []
