"""What tests of the running pipeline share: the command line in a process of its own, cut off from the network.

What belongs here: starting processes and one demo for all. What does not: homes and builds (`tests/conftest.py`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from processes import Cut, Demo

HERE = Path(__file__).parent
COMMAND = Path(sys.executable).with_name("lasting-homes")
DEMO_PEOPLE = 40


@pytest.fixture(scope="session")
def cut_off(tmp_path_factory: pytest.TempPathFactory) -> Cut:
    """Return how to run a command without a network, as far as this machine lets us.

    Every Python process notes each attempt to leave the machine (`offline/sitecustomize.py`) and is denied it. Where
    the kernel allows it, the process also stands in a network namespace of its own that holds only a loopback.
    """
    attempts = tmp_path_factory.mktemp("network") / "attempts.txt"
    alone = (
        "unshare",
        "--user",
        "--map-root-user",
        "--net",
        sys.executable,
        str(HERE / "offline" / "with_loopback.py"),
    )
    possible = subprocess.run([*alone, "true"], check=False, capture_output=True).returncode == 0
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("LASTING_HOMES_", "DAGSTER_"))},
        "PYTHONPATH": os.pathsep.join([str(HERE / "offline"), str(HERE.parents[1])]),
        "NETWORK_ATTEMPTS": str(attempts),
    }
    return Cut(alone if possible else (), environment, attempts)


@pytest.fixture(scope="session")
def lasting_homes(cut_off: Cut) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs `lasting-homes` with the arguments given, cut off from the network."""

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*cut_off.prefix, str(COMMAND), *map(str, arguments)],
            env={**cut_off.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    return run


@pytest.fixture(scope="session")
def demo(
    tmp_path_factory: pytest.TempPathFactory, lasting_homes: Callable[..., subprocess.CompletedProcess[str]]
) -> Demo:
    """Return the first run of a small demo; tests only read its home, unless they say so."""
    home = tmp_path_factory.mktemp("demo") / "home"
    return Demo(home, lasting_homes("demo", "--home", home, "--people", str(DEMO_PEOPLE)))
