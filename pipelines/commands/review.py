"""`lasting-homes review`: the pairs that people must decide, as a workbook and back, or as a page on this machine.

What belongs here: the call and its telling, starting and ending the page. What does not: the workbook and the page
themselves (`pipelines.identity.review`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.commands.outcome import Outcome, UsageError, count, table
from pipelines.figure_words import figure_as_text

if TYPE_CHECKING:
    from pipelines.identity.decisions import LinkDecision, RecordRef
    from pipelines.identity.review import Pair
    from pipelines.settings import Home

FOLDER = "review"
LOOPBACK = "127.0.0.1"


TABLES = {"lettings": "applications", "homelessness": "cases"}


class NoSuchWorkbookError(UsageError):
    """The file whose decisions are to be taken is not there."""


class NoSuchPairError(UsageError):
    """Two records about which nothing can be decided."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `review`."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--out", type=Path, metavar="FILE", help="the new workbook (in the home's folder review)")
    what.add_argument("--import", dest="answers", type=Path, metavar="FILE", help="take the decisions of a workbook")
    what.add_argument("--web", action="store_true", help="decide on a page that only this machine can open")
    what.add_argument(
        "--changes", action="store_true", help="list what the last refresh changed in who is who, and in which figures"
    )
    parser.add_argument(
        "--pair",
        nargs=2,
        action="append",
        default=[],
        metavar=("ONE", "OTHER"),
        help="decide about these two, whatever stands now: a record (lettings/SENDER/REF, homelessness/DISTRICT/REF) "
        "or a case-system id (COUNCIL/ID), and a case-system id",
    )
    parser.add_argument("--by", metavar="NAME", help="who decides, for rows that do not say it and for the page")
    parser.add_argument("--port", type=int, default=0, metavar="NUMBER", help="the page's port (any that is free)")


def run(options: argparse.Namespace) -> Outcome:
    """Export the queue of the published build, take the decisions of a workbook, serve the page or list changes."""
    from pipelines.settings import Settings

    home = Settings.of_home(options.home).folders
    home.person_key()  # a folder that is no home says so at once
    if options.answers:
        return _take(home, options.answers, options.by)
    if options.web:
        return _serve(home, options.pair, options.by or "", options.port)
    if options.changes:
        return _changes(home)
    return _export(home, options.pair, options.out)


def _queue(home: Home, wanted: Sequence[Sequence[str]]) -> tuple[str, list[Pair]]:
    """Return the published build's id and its queue; where pairs are named, these instead.

    Raises NoSuchPairError when the build does not know what is named.
    """
    from pipelines.identity.review import pair_about, review_queue
    from pipelines.warehouse.database import open_for_reading
    from pipelines.warehouse.publish import published_build

    build = published_build(home)
    with open_for_reading(build.warehouse) as warehouse:
        if not wanted:
            return build.build_id, review_queue(warehouse)
        pairs = []
        for words in wanted:
            one, other = sorted(map(_ref, words), key=lambda ref: ref.is_case_id)
            if not other.is_case_id or one == other:
                raise NoSuchPairError("A decision is about a record and a case-system id, or about two of these ids.")
            pair = pair_about(warehouse, one, other)
            if pair is None:
                raise NoSuchPairError(f"The published build does not know both {words[0]} and {words[1]}.")
            pairs.append(pair)
        return build.build_id, pairs


def _ref(word: str) -> RecordRef:
    """Return what `lettings/kent_homechoice/A1` or `kent/P1` names."""
    from pipelines.identity.decisions import RecordRef

    first, _, rest = word.partition("/")
    if first in TABLES:
        sender, _, ref = rest.partition("/")
        found = RecordRef(first, TABLES[first], sender, ref)
    else:
        found = RecordRef.case_id(first, rest)
    if not (found.sender and found.ref):
        raise NoSuchPairError(f"{word} is neither lettings/SENDER/REF, homelessness/DISTRICT/REF nor COUNCIL/ID.")
    return found


def _export(home: Home, wanted: Sequence[Sequence[str]], out: Path | None) -> Outcome:
    from pipelines.identity.decisions import decisions
    from pipelines.identity.review import still_waiting, write_workbook

    build_id, queue = _queue(home, wanted)
    pairs = queue if wanted else still_waiting(queue, decisions(home))
    decided = len(queue) - len(pairs)
    later = f"{count(decided, 'pair')} decided since the build, which counts from the next refresh."
    if not pairs:
        text = "Nothing waits for a decision." + (f" {later}" if decided else "")
        return Outcome(text, {"pairs": 0, "decided": decided, "workbook": None})
    if out is None:
        folder = home.root / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        out = folder / f"review-{build_id}-{datetime.now(UTC):%Y%m%dT%H%M%S}.xlsx"
    write_workbook(pairs, out)
    lines = [
        f"{count(len(pairs), 'pair')} to decide in {out}",
        *([later] if decided else []),
        "It holds names and birthdays: keep it where such data may be, and delete it afterwards.",
        f"Take the answers with: lasting-homes review --home {home.root} --import {out}",
    ]
    return Outcome("\n".join(lines), {"pairs": len(pairs), "decided": decided, "workbook": str(out)})


def _take(home: Home, answers: Path, by: str | None) -> Outcome:
    from pipelines.identity.decisions import record
    from pipelines.identity.review import read_decisions
    from pipelines.warehouse.lock import only_one

    if not answers.is_file():
        raise NoSuchWorkbookError(f"There is no file {answers}. Export a workbook with `lasting-homes review`.")
    taken = read_decisions(answers, now=datetime.now(UTC), by=by)
    with only_one(home):
        path = record(home, taken)
    by_verdict = {verdict: sum(one.verdict == verdict for one in taken) for verdict in ("same", "different", "unsure")}
    if path is None:
        print(f"{answers.name} has no answers yet.", file=sys.stderr)
    told = ", ".join(f"{number} {verdict}" for verdict, number in by_verdict.items() if number)
    text = f"{count(len(taken), 'decision')} recorded ({told}). They count from the next refresh." if taken else ""
    return Outcome(text, {"decisions": len(taken), **by_verdict, "registry": path.name if path else None})


def _serve(home: Home, wanted: Sequence[Sequence[str]], by: str, port: int) -> Outcome:
    """Show the queue on a page of this machine until the person ends it with Ctrl+C."""
    import uvicorn

    from pipelines.identity.decisions import decisions
    from pipelines.identity.review.web import Desk, review_pages

    queue = _Queue(home, wanted)
    queue()  # a home without a published build says so at once
    desk = Desk(queue, lambda: decisions(home), lambda one: _record(home, one), by)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen()  # who follows the address at once is answered as soon as the server runs
        port = listener.getsockname()[1]
        # Nothing of a request or a failure is logged: an address holds the token, an exception's text may hold a name.
        configuration = uvicorn.Config(
            review_pages(desk, port=port),
            log_level="critical",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            http="h11",
            loop="asyncio",
            forwarded_allow_ips="",
        )
        print(
            f"Open http://{LOOPBACK}:{port}{desk.root}\nIt shows names and birthdays: give the address to nobody. "
            "End it with Ctrl+C.",
            file=sys.stderr,
            flush=True,
        )
        try:
            uvicorn.Server(configuration).run(sockets=[listener])
        except KeyboardInterrupt:
            print(file=sys.stderr)
    told = " They count from the next refresh." if desk.recorded else ""
    return Outcome(f"{count(desk.recorded, 'decision')} recorded.{told}", {"decisions": desk.recorded})


class _Queue:
    """The published build's queue, read again when another build is published."""

    def __init__(self, home: Home, wanted: Sequence[Sequence[str]]) -> None:
        self._home = home
        self._wanted = wanted
        self._read: tuple[str, Sequence[Pair]] = ("", ())

    def __call__(self) -> tuple[str, Sequence[Pair]]:
        from pipelines.warehouse.publish import published_build

        if published_build(self._home).build_id != self._read[0]:
            self._read = _queue(self._home, self._wanted)
        return self._read


def _record(home: Home, one: LinkDecision) -> None:
    """Append one decision; raises BusyError while a refresh runs."""
    from pipelines.identity.decisions import record
    from pipelines.identity.review.web import BusyError
    from pipelines.warehouse.lock import HomeIsBusyError, only_one

    try:
        with only_one(home):
            record(home, [one])
    except HomeIsBusyError:
        raise BusyError(
            "A refresh is running. What you wrote is still here: record it when the refresh is over."
        ) from None


CHANGES = """
select change, kind, family, sender, source_ref from identity.person_change order by change, kind, sender, source_ref
"""
MOVED = """
select change, measure_id, area_code, period_label, breakdown, breakdown_value, statistic, counted_before,
    counted_after, out_of_before, out_of_after, figure_before, figure_after
from identity.affected_figure
order by change, measure_id, period_label desc, area_code, breakdown, breakdown_value, statistic
"""


def _changes(home: Home) -> Outcome:
    """List the changes of who is who that the published build brought, each with the figures that it moved."""
    from pipelines.warehouse.database import open_for_reading
    from pipelines.warehouse.publish import published_build

    with open_for_reading(published_build(home).warehouse) as warehouse:
        changed, moved = (
            [dict(zip((column[0] for column in asked.description), row, strict=True)) for row in asked.fetchall()]
            for asked in (warehouse.execute(query) for query in (CHANGES, MOVED))
        )
    if not changed:
        return Outcome("Nobody is linked differently than in the build before.", {"changes": []})
    listed = []
    for number in dict.fromkeys(one["change"] for one in changed):
        about, figures = (
            [
                {name: value for name, value in one.items() if name != "change"}
                for one in rows
                if one["change"] == number
            ]
            for rows in (changed, moved)
        )
        listed.append({"change": number, "records": about, "figures": figures})
    return Outcome("\n\n".join(map(_change_as_text, listed)), {"changes": listed})


def _change_as_text(change: dict[str, Any]) -> str:
    what = [f"{one['kind']}: {one['family']} {one['sender']} {one['source_ref']}" for one in change["records"]]
    rows = [
        (
            one["measure_id"],
            one["area_code"],
            one["period_label"],
            one["statistic"] if one["breakdown"] == "total" else f"{one['statistic']} from {one['breakdown_value']}",
            " -> ".join(_counted(one[f"counted_{build}"], one[f"out_of_{build}"]) for build in ("before", "after")),
            " -> ".join(figure_as_text(one["statistic"], one[f"figure_{build}"]) for build in ("before", "after")),
        )
        for one in change["figures"]
    ]
    headers = ("figure", "area", "quarter", "counts", "of these people", "the figure")
    figures = table(headers, rows) if rows else "It moves no quarter's total."
    return "\n".join([f"Change {change['change']}", *what, figures])


def _counted(counted: int, out_of: int | None) -> str:
    return f"{counted}" if out_of is None else f"{counted} of {out_of}"
