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
    from pipelines.contracts import Contracts
    from pipelines.landing import LandingReport
    from pipelines.landing.since_last import SinceLast
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
    contracts = load_contracts(home.config / "contracts")
    with only_one(home):
        report = land(
            home,
            contracts,
            now=datetime.now(UTC),
            settle_seconds=settings.settle_seconds,
            progress=to_standard_error(),
        )
    held = held_now(home)
    changed = _since_last(home, contracts, report)
    text = "\n".join([files_as_text(report, home), *map(_change_as_text, changed), *held_as_text(home, held)])
    data = {
        "files": files_as_data(report),
        "since_last": [_change_as_data(one) for one in changed],
        "held": held_as_data(home, held),
    }
    return Outcome(text, data, 3 if needs_attention(report) or held else 0)


def _since_last(home: Home, contracts: Contracts, report: LandingReport) -> list[SinceLast]:
    """Return what the latest new file of each extract and sender changes, where it is sent in full."""
    from pipelines.landing.since_last import since_last
    from pipelines.landing.store import read_receipts

    known = list(read_receipts(home)) if report.loads else []
    latest = {
        (load.name, load.sender): load
        for load in sorted(report.loads, key=lambda load: (load.name, load.sender, load.data_date, load.received_at))
    }
    found = (since_last(home, contracts[load.name], load, known) for load in latest.values())
    return [one for one in found if one is not None]


def _change_as_text(one: SinceLast) -> str:
    load = one.load
    return (
        f"since last: {load.family}/{load.sender}/{load.file_name}: of {load.table}, {one.new:,} new, "
        f"{one.corrected:,} corrected, {len(one.gone_rows):,} no longer there since {one.before.data_date}"
    )


def _change_as_data(one: SinceLast) -> dict[str, Any]:
    return {**asdict(one), "load": one.load.load_id, "before": one.before.load_id}


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
