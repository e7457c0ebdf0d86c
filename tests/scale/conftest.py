"""What is built on Spark and on DuckDB: a small demo, the hand-made lives, both in one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from backtests.lives import ALL_LIVES, write_inbox

from pipelines.protection.encryption import attach
from pipelines.scale.rows import SCHEMAS
from pipelines.settings import Home
from pipelines.warehouse.build import Build
from pipelines.warehouse.database import open_for_writing
from pipelines.warehouse.dbt import ParsedProject, run_dbt
from pipelines.warehouse.publish import published_build


@pytest.fixture(scope="session")
def lives_warehouse(
    made_once: Callable[[str, Callable[[Path], object]], Path],
    build_inbox_with_true_links: Callable[[Path, Path], Path],
) -> Path:
    """Return the warehouse of all hand-made lives with everything received; tests only read it."""

    def make(folder: Path) -> None:
        inbox, truth = folder / "inbox", folder / "truth"
        write_inbox(ALL_LIVES, inbox, truth)
        # With the home around it, whose key opens it.
        shutil.copytree(build_inbox_with_true_links(inbox, truth).parents[1], folder / "home", symlinks=True)

    folder = made_once("lives-build", make)
    (build,) = (one for one in (folder / "home" / "builds").iterdir() if one.is_dir())
    return build / "warehouse.duckdb"


@pytest.fixture(scope="session")
def small_warehouse(small_home: Home) -> Path:
    """Return the warehouse of the small home."""
    return published_build(small_home).warehouse


def begin_build(folder: Path, *warehouses: Path) -> Build:
    """Return a build in an empty folder whose rows and links are those of all the warehouses."""
    build = Build(folder.name, folder)
    with open_for_writing(build.warehouse) as connection:
        names = [f"given_{number}" for number, _ in enumerate(warehouses)]
        for name, warehouse in zip(names, warehouses, strict=True):
            attach(connection, warehouse, name, read_only=True)
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
            tables = connection.execute(
                "select table_name from duckdb_tables() where database_name = ? and schema_name = ?", [names[0], schema]
            ).fetchall()
            for (table,) in tables:
                rows = " union all by name ".join(f'from {name}.{schema}."{table}"' for name in names)
                connection.execute(f'create table {schema}."{table}" as {rows}')
    return build


@pytest.fixture(scope="session")
def demo_and_lives_warehouse(
    small_warehouse: Path,
    lives_warehouse: Path,
    parsed_project: ParsedProject,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return the warehouse of one build with the rows of the small home and of the lives, whose people differ."""
    build = begin_build(tmp_path_factory.mktemp("demo-and-lives"), small_warehouse, lives_warehouse)
    assert run_dbt(build, parsed_project).failed == ()
    return build.warehouse


@pytest.fixture
def begun_build(small_warehouse: Path, tmp_path: Path) -> Build:
    """Return a build that has the rows and links of the small home, and no models yet."""
    return begin_build(tmp_path, small_warehouse)
