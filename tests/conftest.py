"""What the whole test suite shares: parsed projects and small homes that are made once per session.

What belongs here: fixtures that more than one folder of tests needs. What does not: helpers of one folder.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.settings import Home
from pipelines.warehouse.dbt import ParsedProject


def pytest_configure(config: pytest.Config) -> None:
    """Let one warning of a library pass that says only which other library it would rather be."""
    config.addinivalue_line("filterwarnings", "ignore:sqlglotrs is deprecated:DeprecationWarning")


@pytest.fixture(scope="session")
def parsed_project_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty home in whose Dagster folder the dbt project is parsed already."""
    home = Home(tmp_path_factory.mktemp("parsed") / "home")
    home.initialise()
    ParsedProject(home.dagster / "dbt")
    return home.root


@pytest.fixture(scope="session")
def parsed_project(parsed_project_cache: Path) -> ParsedProject:
    """Return the parsed dbt project."""
    return ParsedProject(Home(parsed_project_cache).dagster / "dbt")
