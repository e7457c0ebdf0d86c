"""What tests of releases and shares have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from councils import Council

from pipelines.contracts import Contracts, load_contracts
from pipelines.settings import Home


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    return load_contracts()


@pytest.fixture
def council(tmp_path: Path, contracts: Contracts) -> Council:
    home = Home(tmp_path / "home")
    home.initialise()
    return Council(home, contracts)


@pytest.fixture
def consent() -> Callable[..., str]:
    """Return a function that makes one row of the form; a live consent of K1 to Canterbury without arguments."""

    def row(  # noqa: PLR0917 - the columns of the form
        record: str = "R1",
        person: str = "K1",
        named: str = "E07000106",
        scope: str = "register",
        given: str = "2026-01-01",
        ended: str = "",
        recorded: str = "2026-01-01",
        withdrawn: str = "",
    ) -> str:
        return ",".join([record, recorded, withdrawn, person, given, ended, named, scope])

    return row
