"""`lasting-homes restore`: a new home from a backup and its keys.

What belongs here: the call and its telling. What does not: how it comes back (`pipelines.protection.backup`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.commands.outcome import Outcome, UsageError, count, place


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `restore`."""
    parser.add_argument("backup", type=Path, help="what `lasting-homes backup --out` wrote")
    parser.add_argument("--keys", type=Path, metavar="FILE", help="what `lasting-homes backup --keys` wrote")
    parser.add_argument(
        "--new-keys",
        action="store_true",
        help="make a new person key: with --keys because the old one was seen, without because it is lost",
    )
    parser.add_argument(
        "--erasures-lost", action="store_true", help="go on though who was erased can no longer be recognised"
    )


def run(options: argparse.Namespace) -> Outcome:
    """Make the home; it must not exist yet."""
    from pipelines.commands.init import make
    from pipelines.protection.backup import restore
    from pipelines.settings import Settings

    if options.keys is None and not options.new_keys:
        raise UsageError("Give the keys of the home (--keys FILE), or say that they are lost (--new-keys).")
    home = Settings.of_home(options.home).folders
    saved = restore(
        options.backup,
        home,
        keys=options.keys,
        new_person_key=options.new_keys,
        erasures_lost=options.erasures_lost,
    )
    make(home)
    text = (
        f"Restored {count(saved.files, 'file')}, {saved.size:,} bytes, each as it was saved, to {home.root}.\n"
        f"Figures and databases come back with: lasting-homes refresh --home {place(home.root)}"
    )
    if options.new_keys:
        text += "\nThe keys are new: every person key is another one than before (docs/runbook/keys.md)."
    return Outcome(text, {"home": str(home.root), "files": saved.files, "bytes": saved.size})
