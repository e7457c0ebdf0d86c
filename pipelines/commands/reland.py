"""`lasting-homes reland`: read the archived originals again under today's contracts, and say what comes out otherwise.

What belongs here: the call and its telling. What does not: reading (`pipelines.landing.relanding`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.commands.held import held_as_data, held_as_text, held_now
from pipelines.commands.outcome import Outcome, count, place

if TYPE_CHECKING:
    from pipelines.landing import Load
    from pipelines.landing.relanding import Change, RelandReport
    from pipelines.settings import Home

LISTED = 40
COUNTED = {"rows_accepted": "rows accepted", "rows_rejected": "rejected", "cells_refused": "cells refused"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `reland`."""
    parser.add_argument("--dry-run", action="store_true", help="only say what would come out otherwise")


def run(options: argparse.Namespace) -> Outcome:
    """Read every archived original again; what comes out otherwise becomes a new generation of the landing."""
    from pipelines.contracts import load_contracts
    from pipelines.landing.relanding import reland
    from pipelines.progress import to_standard_error
    from pipelines.settings import Settings
    from pipelines.warehouse.lock import only_one

    home = Settings.of_home(options.home).folders
    with only_one(home):
        report = reland(
            home,
            load_contracts(home.config / "contracts"),
            now=datetime.now(UTC),
            dry_run=options.dry_run,
            progress=to_standard_error(),
        )
    changed = {change.after.load_id for change in report.changes}
    held = [load for load in held_now(home) if load.load_id in changed] if report.made else []
    lines = [*_as_text(report, home, dry_run=options.dry_run), *held_as_text(home, held)]
    data = {**report.as_json(), "dry_run": options.dry_run, "held": held_as_data(home, held)}
    return Outcome("\n".join(lines), data, 3 if report.not_read or held else 0)


def _as_text(report: RelandReport, home: Home, *, dry_run: bool) -> Iterator[str]:
    if not report.originals:
        yield "Nothing has landed yet, so there is nothing to read again."
        return
    yield (
        f"{count(report.loads - len(report.not_read), 'load')} of {count(report.originals, 'original')} read again "
        f"under today's contracts: {_outcome(report, dry_run=dry_run)}"
    )
    in_rows = [change for change in report.changes if change.in_rows]
    yield from (f"  {_change(change)}" for change in in_rows[:LISTED])
    if len(in_rows) > LISTED:
        yield f"  … and {len(in_rows) - LISTED} more; --json lists all."
    others = len(report.changes) - len(in_rows)
    if others:
        yield f"  {count(others, 'load')} with the same rows, but with other columns or other words for a reason."
    for one in report.not_read:
        yield f"Stays as it was: {_place(one.load)}: {one.reason}"
    if report.made:
        yield (
            f"The next refresh uses generation {report.generation}. The one before stays readable: "
            f"lasting-homes refresh --generation {report.generation - 1} --home {place(home.root)}"
        )


def _outcome(report: RelandReport, *, dry_run: bool) -> str:
    if not report.changes:
        return f"nothing comes out otherwise; generation {report.generation} stays the current one."
    differ = f"{count(len(report.changes), 'load comes', 'loads come')} out otherwise"
    return f"{differ}; nothing was written." if dry_run else f"{differ}, in generation {report.generation}."


def _change(change: Change) -> str:
    before, after = change.before, change.after
    if before is None:
        told = [f"{after.counts[name]:,} {noun}" for name, noun in COUNTED.items()]
        return f"{_place(after)}: not recognised before; {', '.join(told)}"
    told = [_from_to(before.counts[name], after.counts[name], noun) for name, noun in COUNTED.items()]
    return f"{_place(after)}: {', '.join(told)}; {count(change.rows_changed, 'row')} read otherwise"


def _from_to(before: int, after: int, noun: str) -> str:
    return f"{before:,} {noun}" if before == after else f"{before:,} → {after:,} {noun}"


def _place(load: Load) -> str:
    return f"{load.family}/{load.sender}/{load.file_name} ({load.table}, data of {load.data_date})"
