"""What stands where a number or a table would: why it is not there.

What belongs here: the mark for tables that an edition does not list, the reasons of figures that no sender has made
possible, and the meaning of the symbols. What does not: the coverage page of the whole pack (`quality`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.rendering.story.figures import MARKERS, Figure, FigureSet
from pipelines.rendering.story.markdown import Markdown, escape
from pipelines.rendering.story.pack import Pack

NO_DATA = "a sender that the figure needs has sent no data for the period"
NOT_PUBLISHED = "every sender has sent data, but what the figure is measured by is not published"


def not_listed(pack: Pack, what: str) -> Markdown:
    """Return what stands where a table would, when the edition does not list its figures.

    The theme's filter makes one sentence of all that follow each other.
    """
    return Markdown(f'::: {{.not-listed edition="{pack.figures.edition}"}}\n{escape(what)}\n:::')


def reason_of(figure: Figure) -> str:
    """Return why a figure is `[x]`, without a number: how many have sent stands in the table of coverage."""
    received, expected = figure.senders_received, figure.senders_expected
    if received is not None and expected is not None and received >= expected:
        return NOT_PUBLISHED
    return NO_DATA


def why_missing(figures: Iterable[Figure]) -> Markdown:
    """Return why figures of a table are `[x]`, each reason once; nothing when every figure could be made."""
    reasons = dict.fromkeys(reason_of(figure) for figure in figures if figure.status == "x")
    return Markdown(f"{escape(MARKERS['x'])} in this table: {'; '.join(reasons)}." if reasons else "")


def symbol_meanings(figures: FigureSet) -> Sequence[tuple[str, str]]:
    """Return each symbol that stands in place of a number, and what it means."""
    return (
        (
            MARKERS["c"],
            f"Suppressed: a count below {figures.build.threshold}, or one that would give such a count away. Zero is "
            "shown as 0.",
        ),
        (
            MARKERS["x"],
            "Not available: a sender that the figure needs has sent no data for the period, or what it is measured by "
            "is not published.",
        ),
        (
            MARKERS["z"],
            "Not applicable: the period lies before monitoring began, the edition does not list the figure, or there "
            "is nothing to take a share of.",
        ),
        (MARKERS["low"], "Rounds to zero, but is not zero."),
    )
