"""One council's turn: its whole refresh in a process of its own, then its build in the lake.

What belongs here: starting the command and saying what came of it. What does not: what a refresh does, and how a build
goes into the lake (`pipelines.lake`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pipelines.cli import DONE, DONE_WITH_REJECTS
from pipelines.lake.of_home import publish_home
from pipelines.settings import Settings
from pipelines.warehouse.publish import published_build

_COMMAND = "import sys; from pipelines.cli import main; sys.exit(main())"
# What names one home or one Dagster history, and so cannot be meant for every council.
_OF_ITS_OWN = ("DAGSTER_", "LASTING_HOMES_HOME")


class CouncilError(Exception):
    """A council's refresh did not succeed; the lake has its former build. The text is the command's own sentence."""


class CouncilKilledError(Exception):
    """The process of a council's refresh was killed; the same again may succeed."""


@dataclass(frozen=True)
class Refreshed:
    """What came of a council's turn: its build, the lake's snapshot that has it, what waits for somebody; counts."""

    build_id: str
    snapshot: int
    loads_held: int
    rows_rejected: int
    needs_attention: bool


def refresh_council(council: str, root: Path) -> Refreshed:
    """Refresh the home at `root` and see that its build is in the lake under the council's name.

    Raises:
        CouncilError: The home is not this council's or cannot be refreshed; another council is not affected.
        CouncilKilledError: The refresh was killed.
        LakeUnreachableError: The refresh succeeded, and the lake went away before it was asked.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OF_ITS_OWN)}
    named = Settings.of_home(root).lake_council
    if named != council:
        raise CouncilError(
            f"The home {root} is not that of {council}: its config/settings.yml says lake_council: {named or 'nothing'}"
            f". Set it to {council}, or correct the list of councils."
        )
    ran = subprocess.run(  # noqa: S603 - this program's own command
        [sys.executable, "-c", _COMMAND, "refresh", "--home", str(root), "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    if ran.returncode < 0:
        raise CouncilKilledError(f"The refresh of {council} was killed by signal {-ran.returncode}.")
    if ran.returncode not in {DONE, DONE_WITH_REJECTS}:
        raise CouncilError(_sentence(ran.stdout) or f"lasting-homes refresh ended with exit code {ran.returncode}.")
    settings = Settings.of_home(root)
    publication, _ = publish_home(settings)
    facts = published_build(settings.folders).facts()
    return Refreshed(
        build_id=publication.build_id,
        snapshot=publication.snapshot,
        loads_held=int(facts["loads_held"]),
        rows_rejected=int(facts["rows_rejected"]),
        needs_attention=ran.returncode == DONE_WITH_REJECTS,
    )


def _sentence(printed: str) -> str | None:
    """Return the error of the command's JSON document; None when it ended without one."""
    try:
        return str(json.loads(printed)["error"])
    except (ValueError, KeyError):
        return None
