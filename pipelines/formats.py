"""The version of each durable store: in which shape its files are, so that no program ever guesses.

What belongs here: the numbers, the file that holds one (`<store>/format.json`), and the refusal of what is newer than
this program. What does not: the steps from one number to the next (`pipelines.upgrades`).

A store without that file has the shape of the first release, which wrote none. A number changes when a program of the
number before could no longer read the store rightly; it never goes back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from pipelines.durable import write_durably

FIRST = 1
CURRENT: Mapping[str, int] = {"landing": 2, "registry": 2, "ledger": 1, "audit": 1}
FILE = "format.json"


class NewerStoreError(Exception):
    """A store was written by a newer release than this one, which must not touch it."""


class FormatDamagedError(Exception):
    """The file that says a store's version cannot be read."""


def format_of(store: Path) -> int:
    """Return the version of a store's files.

    Raises FormatDamagedError.
    """
    path = store / FILE
    if not path.is_file():
        return FIRST
    try:
        return int(json.loads(path.read_text(encoding="utf-8"))["format"])
    except (ValueError, KeyError, TypeError):
        raise FormatDamagedError(f"{path} does not say the version of the store. Restore it from the backup.") from None


def state_format(store: Path, number: int) -> None:
    """Write the version of a store's files, whole or not at all."""
    document = {"format": number, "written_by": f"lasting-homes {version('lasting-homes')}"}
    write_durably(store / FILE, json.dumps(document, indent=1) + "\n")


def formats_of(root: Path) -> dict[str, int]:
    """Return the version of every store that a home has.

    Raises:
        NewerStoreError: One is newer than this program.
        FormatDamagedError: One cannot be read.
    """
    found = {name: format_of(root / name) for name in CURRENT if (root / name).is_dir()}
    for name, number in found.items():
        require_known(root / name, number)
    return found


def require_known(store: Path, number: int | None = None) -> None:
    """Raise NewerStoreError when a store is newer than this program."""
    number = format_of(store) if number is None else number
    if number > CURRENT[store.name]:
        raise NewerStoreError(
            f"{store} was written by a newer release: its version is {number}, and lasting-homes "
            f"{version('lasting-homes')} knows up to {CURRENT[store.name]}. Nothing was changed. Install that release "
            "again, or restore a backup from before it into a new home."
        )
