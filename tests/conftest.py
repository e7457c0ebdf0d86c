"""What the whole test suite shares: extracts, small homes and builds, each made once per session.

Where the tests run in several processes side by side (`pytest -n`), the first that needs one of these makes it and
the others wait for it. `scripts/test.sh` names one folder (`LASTING_HOMES_TESTS_ONCE`) for all its sessions.

What belongs here: fixtures that more than one folder of tests needs. What does not: helpers of one folder.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest
from small_homes import Extracts, make_home, settings_of

from pipelines.identity import GivenLinks
from pipelines.refresh import refresh
from pipelines.settings import Home
from pipelines.synthetic import generate
from pipelines.warehouse.dbt import ParsedProject

SMALL = 60
_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    """Let one warning of a library pass that says only which other library it would rather be."""
    config.addinivalue_line("filterwarnings", "ignore:sqlglotrs is deprecated:DeprecationWarning")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only `make soak` runs; a skip would be taken for a failure by continuous integration."""
    if os.environ.get("SOAK"):
        return
    soaked = [item for item in items if item.get_closest_marker("soak")]
    config.hook.pytest_deselected(items=soaked)
    items[:] = [item for item in items if item not in soaked]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Return a function `(name, make) -> folder`, which `make` fills in whichever process asks for it first."""
    base = tmp_path_factory.getbasetemp()
    if "LASTING_HOMES_TESTS_ONCE" in os.environ:
        base = Path(os.environ["LASTING_HOMES_TESTS_ONCE"])
    elif "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = base / f"once-{name}", base / f"once-{name}.done"
        with (base / f"once-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return once


@pytest.fixture(scope="session")
def parsed_project_cache(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """Return an empty home in whose Dagster folder the dbt project is parsed already."""
    return made_once("parsed", lambda folder: ParsedProject(make_home(folder).dagster / "dbt"))


@pytest.fixture(scope="session")
def parsed_project(parsed_project_cache: Path) -> ParsedProject:
    """Return the parsed dbt project."""
    return ParsedProject(Home(parsed_project_cache).dagster / "dbt")


@pytest.fixture(scope="session")
def extracts_of(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Callable[[int, int], Extracts]:
    """Return a function `(people, seed) -> Extracts`; each is generated once."""

    def extracts(people: int, seed: int) -> Extracts:
        folder = made_once(
            f"extracts-{people}-{seed}",
            lambda folder: generate(folder / "inbox", folder / "truth", people=people, seed=seed),
        )
        return Extracts(folder / "inbox", folder / "truth")

    return extracts


@pytest.fixture(scope="session")
def small_extracts(extracts_of: Callable[[int, int], Extracts]) -> Extracts:
    """Return the extracts of `SMALL` people per county."""
    return extracts_of(SMALL, 1)


@pytest.fixture(scope="session")
def small_home(
    made_once: Callable[[str, Callable[[Path], object]], Path], small_extracts: Extracts, parsed_project: ParsedProject
) -> Home:
    """Return a home with everything landed and published, linked by the pipeline; tests only read it."""

    def make(folder: Path) -> None:
        refresh(settings_of(make_home(folder, small_extracts)), project=parsed_project)

    return Home(made_once("small-home", make))


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


@pytest.fixture(scope="session")
def catalogue() -> Iterator[Callable[[], str]]:
    """Return a function that makes an empty database in a server of these tests' own and says how to reach it."""
    if not _POSTGRES:
        pytest.skip("PostgreSQL is not installed; scripts/apt-packages.sh lists the packages that tests need")
    programs = _POSTGRES[-1]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Its socket's path must be short, which the tests' own folders are not; root may not run a server.
    folder = Path(tempfile.mkdtemp(prefix="lake"))
    as_whom = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_whom:
        shutil.chown(folder, pwd.getpwnam("postgres").pw_uid)

    def run(program: str, *arguments: str) -> None:
        command: Sequence[str] = [*as_whom, str(programs / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)

    data = str(folder / "data")
    run("initdb", "-D", data, "-A", "trust", "-U", "lake", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60"
    run("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    numbers = count(1)

    def new_database() -> str:
        name = f"lake{next(numbers)}"
        run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "lake", name)
        return f"host=127.0.0.1 port={port} user=lake dbname={name}"

    yield new_database
    run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder)


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
