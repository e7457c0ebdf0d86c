"""An empty lake for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.lake import Lake


@pytest.fixture
def lake(catalogue: Callable[[], str], tmp_path: Path) -> Lake:
    """Return an empty lake."""
    return Lake(catalogue(), tmp_path / "lake")
