"""`lasting-homes verify [PACK]`: prove that a pack's figures are those of the ledger, and that the ledger is whole.

What belongs here: what is said. What does not: the proof (`pipelines.release.verifying`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.commands.outcome import Outcome, UsageError, count, in_london


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `verify`."""
    parser.add_argument("pack", nargs="?", type=Path, help="a pack or figures file; without it, the whole ledger")


def run(options: argparse.Namespace) -> Outcome:
    """Check one file, or everything that was released."""
    from pipelines.release.verifying import verify_all, verify_file
    from pipelines.settings import Settings

    home = Settings.of_home(options.home).folders
    if options.pack is None:
        found = verify_all(home)
        lines = [f"The ledger is whole: {count(len(found), 'release')}."]
        lines += [f"  {one.name}: {count(files, 'file')} as released" for one, files in found]
        return Outcome("\n".join(lines), {"releases": {one.name: files for one, files in found}})
    if not options.pack.is_file():
        raise UsageError(f"There is no file {options.pack}.")
    proved = verify_file(home, options.pack)
    release = proved.release
    approved = in_london(release.approved_at) if release.approved_at else ""
    text = (
        f"{options.pack.name} is {proved.name} of {release.name}, byte for byte as released: approved by "
        f"{release.approved_by} on {approved}.\n"
        f"Its figures are the frozen ones: {count(proved.files, 'file')} of the release and "
        f"{count(proved.entries, 'entry', 'entries')} of the ledger's chain were checked."
    )
    return Outcome(text, {"release": release.name, "file": proved.name, "ledger": release.approval})
