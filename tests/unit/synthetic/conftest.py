"""Generated runs that several tests look at; each is made once."""

from __future__ import annotations

import pytest
from generated_run import Maker, Run

from pipelines.synthetic import generate


@pytest.fixture(scope="session")
def make_run(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Generate with the given people, months and seed into a new folder."""

    def make(*, people: int, months: int, seed: int = 1) -> Run:
        root = tmp_path_factory.mktemp(f"run-{people}-{months}-{seed}")
        everything = dict.fromkeys(("kent", "lancashire"), "ssd_and_ssda903")
        summary = generate(
            root / "inbox", root / "truth", people=people, months=months, seed=seed, case_systems=everything
        )
        return Run(root / "inbox", root / "truth", summary)

    return make


@pytest.fixture(scope="session")
def small(make_run: Maker) -> Run:
    """Sixty people a county over half a year: every file of every sender, quickly."""
    return make_run(people=60, months=6)


@pytest.fixture(scope="session")
def thousand(make_run: Maker) -> Run:
    """A thousand people a county and one export of each list: enough to measure rates."""
    return make_run(people=1000, months=4)


@pytest.fixture(scope="session", params=(1, 2, 3))
def three_hundred(request: pytest.FixtureRequest, make_run: Maker) -> Run:
    """Three hundred people a county and a year of history, on three seeds."""
    return make_run(people=600, months=12, seed=request.param)
