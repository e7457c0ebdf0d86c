"""What every test of quality starts from."""

from __future__ import annotations

from pathlib import Path

import pytest
from loads_of_a_test import HandMadeLanding

from pipelines.contracts import Contracts, load_contracts


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    return load_contracts()


@pytest.fixture
def landing(tmp_path: Path, contracts: Contracts) -> HandMadeLanding:
    return HandMadeLanding(tmp_path / "landing", contracts)
