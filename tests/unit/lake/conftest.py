"""A PostgreSQL server for the lake's catalogue, on loopback, gone with the tests."""

from __future__ import annotations

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

from pipelines.lake import Lake

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture(scope="session")
def catalogue() -> Iterator[Callable[[], str]]:
    """Return a function that makes an empty database in a server of these tests' own and says how to reach it."""
    if not _PROGRAMS:
        pytest.skip("PostgreSQL is not installed; scripts/apt-packages.sh lists the packages that tests need")
    programs = _PROGRAMS[-1]
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


@pytest.fixture
def lake(catalogue: Callable[[], str], tmp_path: Path) -> Lake:
    """Return an empty lake."""
    return Lake(catalogue(), tmp_path / "lake")
