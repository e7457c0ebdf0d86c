"""`lasting-homes backup`: the stores and the configuration into one file, the keys into another.

What belongs here: the call and its telling. What does not: what is saved (`pipelines.protection.backup`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from pipelines.commands.outcome import Outcome, UsageError, count


class NothingToBackUpError(UsageError):
    """Neither a folder for the data nor a file for the keys was named."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `backup`."""
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the backup goes, on another disk")
    parser.add_argument("--keys", type=Path, metavar="FILE", help="write the keys into this new file, to be kept apart")


def run(options: argparse.Namespace) -> Outcome:
    """Write a backup, or the keys, or both."""
    from pipelines.protection.backup import back_up, back_up_keys
    from pipelines.settings import Settings

    if options.out is None and options.keys is None:
        raise NothingToBackUpError("Say where to: --out FOLDER for the data, --keys FILE for the keys.")
    home = Settings.of_home(options.home).folders
    lines: list[str] = []
    data: dict[str, object] = {}
    if options.out is not None:
        saved = back_up(home, options.out, datetime.now(UTC))
        lines.append(f"Saved {count(saved.files, 'file')}, {saved.size:,} bytes, without keys: {saved.path}")
        data |= {"backup": str(saved.path), "files": saved.files, "bytes": saved.size}
    if options.keys is not None:
        names = back_up_keys(home, options.keys)
        lines.append(f"Wrote {', '.join(names)}: {options.keys}. Keep it apart from the data, and show it to nobody.")
        data |= {"keys": str(options.keys), "names": names}
    return Outcome("\n".join(lines), data)
