"""What is different from the quarter before: ratings, alerts, and promises kept more or less often.

What belongs here: comparing two quarters as they are counted today. What does not: figures that were released and are
counted otherwise now (restatements), and trends (`sentences`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.rating import SMALLEST_BASE
from pipelines.rendering.story.figures import Figure
from pipelines.rendering.story.headlines import named
from pipelines.rendering.story.markdown import Markdown, bullets, escape, paragraphs
from pipelines.rendering.story.pack import Pack
from pipelines.rendering.story.promises import PROMISES, promises
from pipelines.rendering.story.sentences import counted
from pipelines.rendering.story.targets import WORDS, is_alert, rating_of_figure

POINTS = 10
"""Percentage points by which a promise is kept more or less often before it is named."""


def what_changed(pack: Pack) -> Markdown:
    """Return what a board should notice since the pack of the quarter before, in bullets; each with both figures."""
    before = pack.quarter.after(-1).label
    if not any(pack.lists(one, "quarter") for one in promises(pack)):
        return Markdown(
            f"The {pack.figures.edition} edition lists promises for four quarters together only, so they cannot be set "
            f"against {before}. The headline figures above stand beside those of {before}."
        )
    points, base = pack.note("changes/points", str(POINTS)), pack.note("changes/base", str(SMALLEST_BASE))
    said = (
        f"Compared with {before}, both quarters as they are counted today. A promise is named when it was kept in time "
        f"at least {points} percentage points more or less often, each time out of {base} or more."
    )
    lines = [*_ratings(pack, before), *_promises(pack, before)]
    return paragraphs(said, bullets(lines) if lines else "No rating changed, and no promise by so much.")


def _ratings(pack: Pack, before: str) -> list[str]:
    """Return figures whose colour changed, and alerts that came or went."""
    lines = []
    for figure, aim in pack.aims():
        if figure.key.period_kind != "quarter" or pack.figures.labels.unit(figure.key.measure) == PROMISES:
            continue
        earlier = pack.figures.find(replace(figure.key, period=before))
        if not (figure.shown and earlier.shown):
            continue
        name = escape(named(pack, figure))
        alerts = is_alert(figure, aim), is_alert(earlier, aim)
        ratings = WORDS[rating_of_figure(figure, aim)], WORDS[rating_of_figure(earlier, aim)]
        if alerts[0] != alerts[1]:
            word = "New alert" if alerts[0] else "No longer an alert"
            lines.append(f"**{word}:** {name}: {_both(pack, figure, earlier)}.")
        elif ratings[0] != ratings[1] and "Not rated" not in ratings:
            lines.append(f"**{ratings[0]}, before {ratings[1].lower()}:** {name}: {_both(pack, figure, earlier)}.")
    return lines


def _promises(pack: Pack, before: str) -> list[str]:
    """Return the promises kept clearly more often, then those kept clearly less often."""
    moved: list[tuple[float, str, Figure, Figure]] = []
    for obligation in promises(pack):
        now = pack.find(obligation, "share")
        earlier = pack.find(obligation, "share", period=before)
        bases = (now.denominator or 0, earlier.denominator or 0)
        if now.shown and earlier.shown and min(bases) >= SMALLEST_BASE:
            points = 100 * ((now.value or 0) - (earlier.value or 0))
            if abs(points) >= POINTS:
                moved.append((points, pack.figures.labels.title(obligation), now, earlier))
    better = [one for one in sorted(moved, key=lambda one: -one[0]) if one[0] > 0]
    worse = [one for one in sorted(moved, key=lambda one: one[0]) if one[0] < 0]
    return [*_kept(pack, "Kept more often", better), *_kept(pack, "Kept less often", worse)]


def _kept(pack: Pack, words: str, moved: Sequence[tuple[float, str, Figure, Figure]]) -> list[str]:
    return [f"**{words}:** {escape(title)}: {_both(pack, now, earlier)}." for _, title, now, earlier in moved]


def _both(pack: Pack, now: Figure, earlier: Figure) -> str:
    """Return "62% of 378, before 71% of 400" and note every number."""
    for figure in (now, earlier):
        pack.show(figure)
        if figure.of is not None:
            pack.show(figure.of)
    return f"{escape(counted(now, ''))}, before {escape(counted(earlier, ''))}"
