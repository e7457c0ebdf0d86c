"""`lasting-homes retain`: say what has been kept for its time, and let it go.

What belongs here: the options, the build in between, what is said. What does not: the rules and the removal
(`pipelines.protection.retention`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.commands.outcome import LONDON, Outcome, count, table

if TYPE_CHECKING:
    from pipelines.protection.retention import Due, Rule
    from pipelines.settings import Home, Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `retain`."""
    parser.add_argument("--apply", action="store_true", help="remove what is due; without it nothing is changed")
    parser.add_argument("--rules", action="store_true", help="list what is kept how long, and what for")


def run(options: argparse.Namespace) -> Outcome:
    """List what is due today; with `--apply` remove it, build anew without it, and remove every older build."""
    from pipelines.contracts import load_contracts
    from pipelines.protection.retention import apply, due, rules_of, unfinished
    from pipelines.settings import HomeNotFoundError, Settings
    from pipelines.warehouse.lock import only_one

    settings = Settings.of_home(options.home)
    home = settings.folders
    if not home.registry.is_dir():
        raise HomeNotFoundError(
            f"{home.root} is not a Lasting Homes home. Make one with: lasting-homes init --home {home.root}"
        )
    if options.rules:
        return _rules(rules_of(home))
    today = datetime.now(UTC).astimezone(LONDON).date()
    if not options.apply:
        found = due(home, today)
        return Outcome(_listed(found), {"due": [_data(one) for one in found]})
    with only_one(home):
        found = due(home, today)
        if not found and not unfinished(home):
            return Outcome(_listed(found), {"removed": []})
        said, record = "Nothing more is due.", None
        if found:
            record = apply(home, load_contracts(home.config / "contracts"), found)
            said = f"Removed {_counted(found)}. The record is {record}."
    if unfinished(home):
        removed = _build_without(settings, home)
        said += f"\nA build without what was removed is published, and {count(removed, 'older build')} removed."
    said += "\nBackups lie outside the home: let those go that are older than the longest time."
    if settings.lake_council:
        said += "\nThe lake still holds older builds: lasting-homes lake forget"
    return Outcome(said, {"removed": [_data(one) for one in found], "record": str(record) if record else None})


def _build_without(settings: Settings, home: Home) -> int:
    """Build anew and remove every older build, which holds the rows still; return how many those were."""
    from pipelines.definitions import judge_with_great_expectations
    from pipelines.progress import to_standard_error
    from pipelines.protection.retention import RetentionNotFinishedError, finish
    from pipelines.refresh import Refresh, configured_linker, run_stages
    from pipelines.warehouse.lock import only_one

    run = Refresh(
        settings,
        judge=judge_with_great_expectations,
        linker=configured_linker(settings),
        progress=to_standard_error(),
    )
    try:
        run_stages(run)
    except Exception as error:
        raise RetentionNotFinishedError(error) from error
    with only_one(home):
        return finish(home)


def _listed(found: Sequence[Due]) -> str:
    if not found:
        return "Nothing is due: nothing has been kept longer than its purpose. lasting-homes retain --rules lists them."
    rows = [
        (one.due_on, one.rule.kind, one.subject, one.sender, one.dated, one.rule.purpose, one.rule.months)
        for one in found
    ]
    headers = ("due on", "class", "what", "sender", "of", "kept for", "months")
    return f"{table(headers, rows)}\n\nDue: {_counted(found)}. To remove them: lasting-homes retain --apply"


def _counted(found: Sequence[Due]) -> str:
    words = {"rows": ("delivery", "deliveries"), "rejects": ("delivery's rejects", "deliveries' rejects")}
    numbers = Counter(one.rule.kind for one in found)
    return ", ".join(count(number, *words.get(kind, ("share", "shares"))) for kind, number in sorted(numbers.items()))


def _rules(rules: Sequence[Rule]) -> Outcome:
    rows = [
        (one.kind, one.family, one.table, one.purpose, one.months if one.months else "without end", one.why)
        for one in rules
    ]
    text = table(("class", "family", "extract", "purpose", "months", "why"), rows)
    names = ("class", "family", "table", "purpose", "months", "why")
    return Outcome(text, {"rules": [dict(zip(names, row, strict=True)) for row in rows]})


def _data(one: Due) -> dict[str, object]:
    return {
        "class": one.rule.kind,
        "purpose": one.rule.purpose,
        "months": one.rule.months,
        "what": one.subject,
        "sender": one.sender,
        "dated": one.dated,
        "due_on": one.due_on,
        "name": one.name,
    }
