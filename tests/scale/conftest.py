"""What is built on Spark and on DuckDB: the small home, and the hand-made lives."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from backtests.lives import ALL_LIVES, write_inbox

from pipelines.settings import Home
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
