"""The protocol's promises: how many were kept in time, late, not yet, or were waived, clause by clause.

What belongs here: the tables of obligations. What does not: the people behind them (`people`, in the restricted list).
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.rendering.story.breakdowns import KINDS
from pipelines.rendering.story.figures import Figure
from pipelines.rendering.story.markdown import Column, Markdown, paragraphs
from pipelines.rendering.story.missing import not_listed, why_missing
from pipelines.rendering.story.pack import Pack
from pipelines.rendering.story.targets import WORDS, rating_of_figure

PROMISES = "promises"
"""The unit of obligations among the labels."""
STATUSES = ("in_time", "late", "overdue", "waived", "not_yet_due")
HEADINGS = ("In time", "Late", "Overdue", "Waived", "Not yet due")


def promises(pack: Pack) -> list[str]:
    """Return the ids of the obligations that the edition lists for the pack's authority, in the order of the labels."""
    labels = pack.figures.labels
    own = [measure for measure in pack.figures.measures() if labels.unit(measure) == PROMISES]
    return [one for one in own if pack.lists(one, "rolling_4q") or pack.lists(one, "quarter")]


def where_promised(pack: Pack, obligation: str, words: str) -> Markdown:
    """Return the words, with the clause, where the authority's own protocol makes the promise; else nothing."""
    if obligation not in promises(pack):
        return Markdown("")
    return Markdown(f"{words} ({own_clauses(pack, obligation)})")


def own_clauses(pack: Pack, obligation: str) -> str:
    """Return the clauses of the authority's own protocol that promise it: "L7".

    Every promise that is listed for an authority is in its protocol, so its letter is the one that all of them share.
    Where they share more than one, all clauses are given.
    """
    of = {one: _clauses(pack, one) for one in promises(pack)}
    shared = set.intersection(*({clause[:1] for clause in clauses} for clauses in of.values())) if of else set()
    clauses = of.get(obligation) or _clauses(pack, obligation)
    own = [clause for clause in clauses if clause[:1] in shared]
    return ", ".join(own if len(shared) == 1 else clauses)


def _clauses(pack: Pack, obligation: str) -> list[str]:
    return str(pack.figures.labels.measure(obligation).get("clause") or "").split(", ")


def promises_table(pack: Pack, *, kind: str = "rolling_4q", only: Sequence[str] = ()) -> Markdown:
    """Return the promises that fell due as rows: how each stands, and the share kept in time.

    Waived promises are in no share; a row's five columns add up to all that fell due. An edition that does not list
    them has the share alone.
    """
    listed = [one for one in promises(pack) if (not only or one in only) and pack.lists(one, kind)]
    by_status = any(pack.lists(one, kind, breakdown="obligation_status") for one in listed)
    rows, found = [], list[Figure]()
    for obligation in listed:
        figures = [
            pack.find(obligation, "events", kind=kind, breakdown="obligation_status", value=status)
            for status in (STATUSES if by_status else ())
        ]
        share = pack.find(obligation, "share", kind=kind)
        found += [*figures, share]
        name = f"{pack.figures.labels.title(obligation)} ({own_clauses(pack, obligation)})"
        cells = [*(pack.show(one) for one in figures), pack.show(share), pack.show_denominator(share)]
        rows.append([name, *cells, WORDS[rating_of_figure(share, pack.aim(share))]])
    title = f"Promises that fell due {KINDS[kind]}"
    if not rows:
        return not_listed(pack, title)
    columns = [
        Column("Promise, with its clause", 8, numbers=False),
        *(Column(heading, 2) for heading in (HEADINGS if by_status else ())),
        Column("Kept in time", 2),
        Column("Out of", 2),
        Column("Rating", 3, numbers=False),
    ]
    name = f"promises-{kind.replace('_', '-')}" + (f"-{only[0].replace('_', '-')}" if only else "")
    return paragraphs(pack.table(name, f"{title}, {pack.quarter.label}", columns, rows), why_missing(found))
