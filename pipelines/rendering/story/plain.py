"""Plain words for young people: what was promised and how it was kept, what homes there are, what others said.

What belongs here: turning figures into short sentences. What does not: the words of a promise, which stand in the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.rendering.story.figures import Figure
from pipelines.rendering.story.markdown import Column, Markdown, bullets
from pipelines.rendering.story.pack import Pack
from pipelines.rendering.story.periods import in_words

HIDDEN = "We do not show this number. So few people are in it that someone could tell who they are."
MISSING = "We do not have this number yet."


def plain_when(pack: Pack) -> Markdown:
    """Return in one short paragraph which months the page is about, and up to which day it knows."""
    months, day = pack.quarter.months, in_words(pack.figures.as_at)
    return Markdown(f"The numbers go up to {months}. They are made from what we knew on {day}.")


def plain_promises(pack: Pack, promises: Mapping[str, str]) -> Markdown:
    """Return for each promise, in the words given, how often it was kept on time in the last four quarters."""
    lines = []
    for obligation, words in promises.items():
        if not pack.lists(obligation, "rolling_4q"):
            continue
        lines.append(f"**{words}** {_kept(pack, pack.find(obligation, 'share', kind='rolling_4q'))}")
    return bullets(lines) if lines else Markdown(f"{MISSING} It is not in the {pack.figures.edition} edition.")


def _kept(pack: Pack, share: Figure) -> str:
    if share.of is not None and share.shown:
        return f"We did this on time {pack.show(share)} of the time. It came up {pack.show(share.of)} times."
    return _why(share)


def _why(figure: Figure) -> str:
    if figure.status == "c":
        return HIDDEN
    return "It did not come up in the last year." if figure.status == "z" else MISSING


def plain_homes(pack: Pack, words: Mapping[str, str]) -> Markdown:
    """Return where care leavers live, one line for each kind of home in the words given, as a small table."""
    measure = "accommodation_now"
    labels = pack.figures.labels
    rows = [
        [
            words.get(value) or labels.value(measure, "kind_of_home", value),
            pack.show(pack.find(measure, breakdown="kind_of_home", value=value)),
        ]
        for value in pack.figures.values(measure, "kind_of_home")
    ]
    everyone = ["Everybody", pack.show(pack.find(measure))]
    columns = [Column("Kind of home", 4, numbers=False), Column("Young people", 2)]
    return pack.table("homes", "Where care leavers live", columns, rows, total=everyone)


def plain_shares(pack: Pack, questions: Sequence[tuple[str, str]]) -> Markdown:
    """Return what young people answered in the last four quarters: for each measure the words given, and the share."""
    lines = []
    for measure, words in questions:
        share = pack.find(measure, "share", kind="rolling_4q")
        if not pack.lists(measure, "rolling_4q"):
            lines.append(f"How many {words}? {MISSING}")
        elif share.of is not None and share.shown:
            lines.append(f"{pack.show(share)} {words}, out of {pack.show(share.of)}.")
        else:
            lines.append(f"How many {words}? {_why(share)}")
    return bullets(lines)
