"""`lasting-homes compare`: what changed between two days of knowledge, and which loads and decisions changed it.

What belongs here: the command's options and words. What does not: building as known at a day and comparing
(`pipelines.comparison`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.commands.outcome import LONDON, Outcome, UsageError, count, table

if TYPE_CHECKING:
    from pipelines.comparison import ChangedLoad, Comparison, MovedFigure
    from pipelines.identity.decisions import LinkDecision
    from pipelines.warehouse.holds import HoldDecision

SHOWN = 200
DAYS = 2
NAMED = 5
HEADERS = (
    "measure_id",
    "authority",
    "area_code",
    "period_kind",
    "period_label",
    "breakdown",
    "breakdown_value",
    "statistic",
    "before",
    "after",
    "coverage_before",
    "coverage_after",
    "records",
    "relinked",
)
SHOWN_HEADERS = (
    *("measure", "area", "period", "breakdown", "statistic"),
    *("before", "after", "records", "loads", "links"),
)
WHY = {
    "holds": "holds records concerned",
    "no_longer_holds": "no longer holds a record concerned",
    "delivered": "delivered in between",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `compare`."""
    parser.add_argument(
        "--known-at",
        action="append",
        required=True,
        metavar="2026-06-30",
        help="give it twice: the two days (to their end in London), or moments with an offset, to compare",
    )
    parser.add_argument("--measure", help="one measure or obligation; all without it")
    parser.add_argument("--area", metavar="E07000123", help="one area's GSS code; every area without it")
    parser.add_argument(
        "--period", metavar="2026-27-Q1", help="one period's label, of every kind; every quarter without it"
    )
    parser.add_argument("--breakdowns", action="store_true", help="compare the figures of each breakdown too")
    parser.add_argument("--csv", action="store_true", help="print CSV, one row per figure that moved")


def run(options: argparse.Namespace) -> Outcome:
    """Compare what was known at two days; the published build stays as it is."""
    from pipelines.comparison import Comparison, Wanted, compare_warehouses, knowledge_at, warehouses_as_known
    from pipelines.comparison.figures import NotInTheCatalogueError
    from pipelines.progress import to_standard_error
    from pipelines.settings import Settings

    first, second = moments(options.known_at)
    settings = Settings.of_home(options.home)
    before, after = knowledge_at(settings, first), knowledge_at(settings, second)
    links = [one for one in after.links if one not in before.links]
    holds = [one for one in (*before.held, *after.held) if (one in before.held) != (one in after.held)]
    if before == after:
        found = Comparison([], [])
    else:
        wanted = Wanted(options.measure, options.area, options.period, options.breakdowns)
        with warehouses_as_known(settings, [before, after], progress=to_standard_error()) as (old, new):
            try:
                found = compare_warehouses(old, new, wanted=wanted, received_by=first, decisions=links)
            except NotInTheCatalogueError as error:
                raise UsageError(str(error)) from None
    data = _data(first, second, found, links, holds)
    text = _csv(data["figures"]) if options.csv else _text(first, second, found, links, holds)
    return Outcome(text, data)


def moments(asked_for: Sequence[str]) -> tuple[datetime, datetime]:
    """Return the two moments, UTC, the earlier first; a day counts to its end in London.

    Raises UsageError when there are not two, or one is no date.
    """
    from pipelines.settings import end_of_day_in_london

    if len(asked_for) != DAYS:
        raise UsageError("Give --known-at twice: the two days to compare.")
    found = []
    for text in asked_for:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise UsageError(f"{text!r} is no day. Write it like 2026-06-30.") from None
        found.append(end_of_day_in_london(moment) if moment.tzinfo is None else moment.astimezone(UTC))
    return min(found), max(found)


def _data(
    first: datetime,
    second: datetime,
    found: Comparison,
    links: Sequence[LinkDecision],
    holds: Sequence[HoldDecision],
) -> dict[str, Any]:
    loads = {load.load_id: asdict(load) for load in found.loads}
    figures = []
    for figure in found.figures:
        one = {name: getattr(figure, name) for name in HEADERS}
        one["loads"] = [
            {**{name: loads[id_][name] for name in ("load_id", "file_name", "sender", "data_date")}, "why": why}
            for id_, why in figure.loads.items()
        ]
        one["decisions"] = list(figure.decisions)
        figures.append(one)
    return {
        "known_at": [first, second],
        "figures": figures,
        "loads": list(loads.values()),
        "link_decisions": [_link(one) for one in links],
        "hold_decisions": [asdict(one) for one in holds],
    }


def _link(one: LinkDecision) -> dict[str, Any]:
    """Return a decision about who is who without the references of the two records, which are a person's."""
    return {
        "decided_at": one.decided_at,
        "verdict": one.verdict,
        "by": one.by,
        "records": [f"{ref.family}/{ref.table} of {ref.sender}" for ref in (one.one, one.other)],
    }


def _csv(figures: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*HEADERS, "loads", "decisions"])
    for one in figures:
        loads = "; ".join(
            f"{load['file_name']} ({load['sender']}, {load['data_date']}): {WHY[load['why']]}" for load in one["loads"]
        )
        writer.writerow([*(one[name] for name in HEADERS), loads, len(one["decisions"])])
    return text.getvalue().rstrip("\n")


def _text(
    first: datetime,
    second: datetime,
    found: Comparison,
    links: Sequence[LinkDecision],
    holds: Sequence[HoldDecision],
) -> str:
    days = f"between what was known at {_said(first)} and at {_said(second)}"
    if not (found.figures or found.loads or links or holds):
        return f"Nothing changed {days}: the same loads and the same decisions, so the same figures."
    numbers = {load.load_id: number for number, load in enumerate(found.loads, start=1)}
    lines = []
    if found.figures:
        rows = [_row(figure, numbers) for figure in found.figures[:SHOWN]]
        headers = [
            "measure",
            "area",
            "period",
            "breakdown",
            "statistic",
            "before",
            "after",
            "records",
            "loads",
            "links",
        ]
        lines += [f"{count(len(found.figures), 'figure')} moved {days}.", "", table(headers, rows)]
        if len(found.figures) > SHOWN:
            lines.append(f"The first {SHOWN} are shown; --csv and --json give all.")
        lines += [
            "",
            "loads: by number, those that hold the records concerned; - no longer holds one; ? no record of its own "
            "explains the figure, and these were delivered in between. links: decisions about who is who "
            "that concern these people.",
        ]
    if found.loads:
        lines += ["", *_loads(found.loads)]
    if links:
        lines += ["", f"{count(len(links), 'decision')} about who is who:"]
        for number, one in enumerate(map(_link, links), start=1):
            lines.append(
                f"  {number}. {_said(one['decided_at'])}, {one['by']}: {' and '.join(one['records'])}: {one['verdict']}"
            )
    if holds:
        lines += ["", "Deliveries held on one of the two days only:"]
        lines += [f"  {one.load_id[:8]}, {_said(one.decided_at)}, {one.by}: {one.reason}" for one in holds]
    if not found.figures:
        lines += ["", f"No figure that was asked for changed {days}."]
    lines.append("Counts here are not suppressed: for use inside the county only.")
    return "\n".join(lines).lstrip("\n")


def _loads(loads: Sequence[ChangedLoad]) -> list[str]:
    rows = [
        [str(number), one.change, one.family, one.table, one.sender, one.file_name, one.data_date, one.load_id[:8]]
        for number, one in enumerate(loads, start=1)
    ]
    return [
        f"{count(len(loads), 'load')} that only one of the two days uses:",
        table(["no", "change", "family", "table", "sender", "file", "data_date", "load"], rows),
    ]


def _row(figure: MovedFigure, numbers: dict[str, int]) -> list[object]:
    mark = {"holds": "", "no_longer_holds": "-", "delivered": "?"}
    named = [f"{numbers[id_]}{mark[why]}" for id_, why in figure.loads.items()]
    # Those of a shared reason alone are many where a whole quarter is new.
    loads = " ".join(named) if len(named) <= NAMED or not named[0].endswith("?") else f"any of {len(named)}?"
    kind = "" if figure.period_kind == "quarter" else f" {figure.period_kind}"
    return [
        figure.measure_id,
        figure.area_code,
        f"{figure.period_label}{kind}",
        "" if figure.breakdown == "total" else f"{figure.breakdown}={figure.breakdown_value}",
        figure.statistic,
        figure.said_before,
        figure.said_after,
        figure.records,
        loads,
        " ".join(str(place + 1) for place in figure.decisions),
    ]


def _said(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"
