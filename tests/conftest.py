"""What the whole test suite shares: extracts, small homes and builds, each made once per session.

What belongs here: fixtures that more than one folder of tests needs. What does not: helpers of one folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from small_homes import Extracts, make_home, settings_of

from pipelines.identity import GivenLinks
from pipelines.refresh import refresh
from pipelines.settings import Home
from pipelines.synthetic import generate
from pipelines.warehouse.dbt import ParsedProject

SMALL = 60
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    """Let one warning of a library pass that says only which other library it would rather be."""
    config.addinivalue_line("filterwarnings", "ignore:sqlglotrs is deprecated:DeprecationWarning")


@pytest.fixture(scope="session")
def parsed_project_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty home in whose Dagster folder the dbt project is parsed already."""
    home = make_home(tmp_path_factory.mktemp("parsed") / "home")
    ParsedProject(home.dagster / "dbt")
    return home.root


@pytest.fixture(scope="session")
def parsed_project(parsed_project_cache: Path) -> ParsedProject:
    """Return the parsed dbt project."""
    return ParsedProject(Home(parsed_project_cache).dagster / "dbt")


@pytest.fixture(scope="session")
def extracts_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, int], Extracts]:
    """Return a function `(people, seed) -> Extracts`; each is generated once."""
    made: dict[tuple[int, int], Extracts] = {}

    def extracts(people: int, seed: int) -> Extracts:
        if (people, seed) not in made:
            folder = tmp_path_factory.mktemp(f"extracts-{people}-{seed}")
            generate(folder / "inbox", folder / "truth", people=people, seed=seed)
            made[people, seed] = Extracts(folder / "inbox", folder / "truth")
        return made[people, seed]

    return extracts


@pytest.fixture(scope="session")
def small_extracts(extracts_of: Callable[[int, int], Extracts]) -> Extracts:
    """Return the extracts of `SMALL` people per county."""
    return extracts_of(SMALL, 1)


@pytest.fixture(scope="session")
def small_home(
    tmp_path_factory: pytest.TempPathFactory, small_extracts: Extracts, parsed_project: ParsedProject
) -> Home:
    """Return a home with everything landed and published, linked by the exact rules; tests only read it."""
    home = make_home(tmp_path_factory.mktemp("small") / "home", small_extracts)
    refresh(settings_of(home), project=parsed_project)
    return home


@pytest.fixture(scope="session")
def build_inbox_with_true_links(
    tmp_path_factory: pytest.TempPathFactory, parsed_project: ParsedProject
) -> Callable[[Path, Path], Path]:
    """Return a function `(inbox, truth folder) -> build folder` that runs the real stages on the true links."""

    def build(inbox: Path, truth: Path) -> Path:
        home = make_home(tmp_path_factory.mktemp("true-links") / "home", Extracts(inbox, truth))
        linker = GivenLinks(truth / "links.parquet")
        return refresh(settings_of(home), linker=linker, project=parsed_project).build.folder

    return build


@pytest.fixture(scope="session")
def build_with_true_links(
    extracts_of: Callable[[int, int], Extracts], build_inbox_with_true_links: Callable[[Path, Path], Path]
) -> Callable[[int, int], tuple[Path, Path]]:
    """Return a function `(people, seed) -> (build folder, truth folder)`; each is built once, with the true links."""
    made: dict[tuple[int, int], tuple[Path, Path]] = {}

    def build(people: int, seed: int) -> tuple[Path, Path]:
        if (people, seed) not in made:
            extracts = extracts_of(people, seed)
            made[people, seed] = build_inbox_with_true_links(extracts.inbox, extracts.truth), extracts.truth
        return made[people, seed]

    return build


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run of continuous integration that skipped a test although the shared data is there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("CI") and SHARED_DATA.is_dir() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that a skip counts as a failure where it does; `-ra` lists which."""
    if terminalreporter.stats.get("skipped") and os.environ.get("CI") and SHARED_DATA.is_dir():
        terminalreporter.write_line("A skipped test is a failure in continuous integration: ../shared/data is here.")
