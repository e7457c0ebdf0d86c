"""What stands where a number or a table would: why it is not there.

What belongs here: the sentence for tables that an edition does not list, and the reasons of figures that no sender has
made possible. What does not: the coverage page of the whole pack (`quality`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.rendering.story.figures import MARKERS, Figure
from pipelines.rendering.story.markdown import Markdown, escape
from pipelines.rendering.story.pack import Pack

NUMBER = re.compile(r"\d[\d,]*")


def not_listed(pack: Pack, what: str) -> Markdown:
    """Return the sentence that stands where a table would, when the edition does not list its figures."""
    return Markdown(f"{what}: not listed in the {pack.figures.edition} edition.")


def why_missing(pack: Pack, figures: Iterable[Figure]) -> Markdown:
    """Return why figures of a table are `[x]`, each reason once; nothing when every figure could be made."""
    reasons = {figure.reason: figure for figure in figures if figure.status == "x" and figure.reason}
    said = []
    for reason, figure in reasons.items():
        for place, number in enumerate(NUMBER.findall(reason)):
            pack.note(f"{figure.key.figure_id}/reason/{place}", number)
        said.append(escape(reason.rstrip(".")))
    return Markdown(f"{escape(MARKERS['x'])} in this table: {'; '.join(said)}." if said else "")
