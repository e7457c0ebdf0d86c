"""`lasting-homes review`: the pairs that people must decide, out as a workbook and back as decisions.

What belongs here: the call and its telling. What does not: the workbook (`pipelines.identity.review`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands.outcome import Outcome, count

if TYPE_CHECKING:
    from pipelines.settings import Home

FOLDER = "review"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `review`."""
    parser.add_argument("--out", type=Path, metavar="FILE", help="the new workbook (in the home's folder review)")
    parser.add_argument("--import", dest="answers", type=Path, metavar="FILE", help="take the decisions of a workbook")
    parser.add_argument("--by", metavar="NAME", help="who decided, for rows that do not say it")


def run(options: argparse.Namespace) -> Outcome:
    """Export the queue of the published build, or take the decisions of a workbook."""
    from pipelines.settings import Settings

    home = Settings.of_home(options.home).folders
    home.person_key()  # a folder that is no home says so at once
    if options.answers:
        return _take(home, options.answers, options.by)
    return _export(home, options.out)


def _export(home: Home, out: Path | None) -> Outcome:
    from pipelines.identity.review import review_queue, write_workbook
    from pipelines.warehouse.database import open_for_reading
    from pipelines.warehouse.publish import published_build

    build = published_build(home)
    with open_for_reading(build.warehouse) as warehouse:
        pairs = review_queue(warehouse)
    if not pairs:
        return Outcome("Nothing waits for a decision.", {"pairs": 0, "workbook": None})
    if out is None:
        folder = home.root / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        out = folder / f"review-{build.build_id}-{datetime.now(UTC):%Y%m%dT%H%M%S}.xlsx"
    write_workbook(pairs, out)
    text = (
        f"{count(len(pairs), 'pair')} to decide in {out}\n"
        "It holds names and birthdays: keep it where such data may be, and delete it afterwards.\n"
        f"Take the answers with: lasting-homes review --home {home.root} --import {out}"
    )
    return Outcome(text, {"pairs": len(pairs), "workbook": str(out)})


def _take(home: Home, answers: Path, by: str | None) -> Outcome:
    from pipelines.identity.decisions import record
    from pipelines.identity.review import read_decisions
    from pipelines.warehouse.lock import only_one

    taken = read_decisions(answers, now=datetime.now(UTC).replace(microsecond=0), by=by)
    with only_one(home):
        path = record(home, taken)
    by_verdict = {verdict: sum(one.verdict == verdict for one in taken) for verdict in ("same", "different", "unsure")}
    if path is None:
        print(f"{answers.name} has no answers yet.", file=sys.stderr)
    told = ", ".join(f"{number} {verdict}" for verdict, number in by_verdict.items() if number)
    text = f"{count(len(taken), 'decision')} recorded ({told}). They count from the next refresh." if taken else ""
    return Outcome(text, {"decisions": len(taken), **by_verdict, "registry": path.name if path else None})
