"""`lasting-homes restore`: a new home from a backup and its keys.

What belongs here: the call and its telling. What does not: how it comes back (`pipelines.protection.backup`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.commands.outcome import Outcome, count, place


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `restore`."""
    parser.add_argument("backup", type=Path, help="what `lasting-homes backup --out` wrote")
    keys = parser.add_mutually_exclusive_group(required=True)
    keys.add_argument("--keys", type=Path, metavar="FILE", help="what `lasting-homes backup --keys` wrote")
    keys.add_argument("--new-keys", action="store_true", help="the keys are lost: make new ones; person keys change")


def run(options: argparse.Namespace) -> Outcome:
    """Make the home; it must not exist yet."""
    from pipelines.commands.init import make
    from pipelines.protection.backup import restore
    from pipelines.settings import Settings

    home = Settings.of_home(options.home).folders
    saved = restore(options.backup, home, keys=options.keys)
    make(home)
    text = (
        f"Restored {count(saved.files, 'file')}, {saved.size:,} bytes, each as it was saved, to {home.root}.\n"
        f"Figures and databases come back with: lasting-homes refresh --home {place(home.root)}"
    )
    if options.new_keys:
        text += "\nThe keys are new: every person key is another one than before (docs/runbook/keys.md)."
    return Outcome(text, {"home": str(home.root), "files": saved.files, "bytes": saved.size})
