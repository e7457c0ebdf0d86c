"""`lasting-homes erase PERSON`: remove a person from everything that the home holds.

What belongs here: the argument, the build in between, what is said. What does not: what is cleared
(`pipelines.protection.erasure`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pipelines.commands.outcome import Outcome, UsageError, count

if TYPE_CHECKING:
    from pipelines.protection.erasure import Erasure


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the argument of `erase`."""
    parser.add_argument(
        "person", metavar="PERSON", help="a person key, or the authority and the case system's id, as kent/12345"
    )


def run(options: argparse.Namespace) -> Outcome:
    """Erase one person, build anew, remove every older build, and look through what remains."""
    from pipelines.contracts import load_contracts
    from pipelines.definitions import judge_with_great_expectations
    from pipelines.progress import to_standard_error
    from pipelines.protection.erasure import ErasureNotFinishedError, NobodyFoundError, erase, find, finish, remains
    from pipelines.refresh import Refresh, configured_linker, run_stages
    from pipelines.settings import Settings
    from pipelines.warehouse.lock import only_one

    settings = Settings.of_home(options.home)
    home = settings.folders
    contracts = load_contracts(home.config / "contracts")
    progress = to_standard_error()
    try:
        person = find(home, contracts, options.person)
    except NobodyFoundError as error:
        raise UsageError(str(error)) from None
    with only_one(home):
        progress("erase", "taking the person out of originals, rows, decisions, trail and shares")
        erasure = erase(home, contracts, person)
    run = Refresh(
        settings,
        judge=judge_with_great_expectations,
        linker=configured_linker(settings),
        progress=progress,
        compares=False,
    )
    try:
        run_stages(run)
    except Exception as error:
        raise ErasureNotFinishedError(error) from error
    with only_one(home):
        finish(home, erasure)
        progress("erase", "looking through every file of the home")
        left = remains(home, person)
    data = {
        "erasure": erasure.number,
        "rows": dict(erasure.rows),
        "originals": erasure.originals,
        "elsewhere": dict(erasure.elsewhere),
        "remains": left,
    }
    return Outcome(_text(erasure, left, in_lake=settings.lake_council is not None), data, 1 if left else 0)


def _text(erasure: Erasure, left: list[str], *, in_lake: bool) -> str:
    lines = [
        f"Erasure {erasure.number}: {count(sum(erasure.rows.values()), 'row')} taken out of "
        f"{count(erasure.originals, 'kept original')}."
    ]
    lines += [f"  {name}: {number:,}" for name, number in sorted((+erasure.rows).items())]
    lines += [f"  {name}: {number:,}" for name, number in sorted(erasure.elsewhere.items())]
    if left:
        lines += ["", "Something of the person still stands in these files; look at them and clear them by hand:"]
        lines += [f"  {path}" for path in left]
    else:
        lines.append("Every remaining byte of the home was looked through; nothing of the person is left in it.")
    if in_lake:
        lines.append("The lake still holds older builds, with the person in them: lasting-homes lake forget")
    lines.append(
        "Backups, what districts were given, and the senders' own systems are not the home's: erase there too. "
        "Deliveries to come will not bring the person back."
    )
    return "\n".join(lines)
