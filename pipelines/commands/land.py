"""`lasting-homes land`: land the inbox and say what became of each file.

What belongs here: the call and its telling. What does not: reading files.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.commands.held import held_as_data, held_as_text, held_now
from pipelines.commands.outcome import Outcome, count

if TYPE_CHECKING:
    from pipelines.landing import LandingReport
    from pipelines.settings import Home

LISTED = 40


def configure(parser: argparse.ArgumentParser) -> None:
    """`land` has no options of its own."""


def run(options: argparse.Namespace) -> Outcome:
    """Land what is ready in the inbox; nothing is built or published."""
    from pipelines.contracts import load_contracts
    from pipelines.landing import land
    from pipelines.progress import to_standard_error
    from pipelines.settings import Settings
    from pipelines.warehouse.lock import only_one

    settings = Settings.of_home(options.home)
    home = settings.folders
    with only_one(home):
        report = land(
            home,
            load_contracts(home.config / "contracts"),
            now=datetime.now(UTC),
            settle_seconds=settings.settle_seconds,
            progress=to_standard_error(),
        )
    held = held_now(home)
    text = "\n".join([files_as_text(report, home), *held_as_text(home, held)])
    data = {"files": files_as_data(report), "held": held_as_data(home, held)}
    return Outcome(text, data, 3 if needs_attention(report) or held else 0)


def needs_attention(report: LandingReport | None) -> bool:
    """Return whether in this landing a file was refused or a row rejected, or no inbox was there."""
    if report is None:
        return False
    return bool(report.inbox_missing or report.with_outcome("refused") or report.rows_rejected)


def files_as_data(report: LandingReport | None) -> list[dict[str, Any]]:
    """Return one record per file, with its loads."""
    return [asdict(file) for file in report.files] if report else []


def files_as_text(report: LandingReport, home: Home) -> str:
    """Return the report's summary, and a line for each new load with rejected rows."""
    if report.inbox_missing:
        return (
            f"There is no inbox at {home.inbox}, so nothing new could be read. If it lies on another disk, see that "
            f"the disk is connected; else make it again with: lasting-homes init --home {home.root}"
        )
    if not report.files:
        return "Nothing in the inbox."
    told = [
        f"rejected: {load.family}/{load.sender}/{load.file_name}: {load.rows_rejected:,} of "
        f"{count(load.rows_read, 'row')} of {load.table}"
        for load in report.loads
        if load.rows_rejected
    ]
    if len(told) > LISTED:
        told = [*told[:LISTED], f"… and {len(told) - LISTED} more loads with rejected rows; --json lists all."]
    return "\n".join([report.summary(), *told])
