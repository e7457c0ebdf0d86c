"""How a figure is said in a sentence or a table of the commands and of the pages about a build.

What belongs here: one figure as text. What does not: the packs, which round shares to whole per cents and print symbols
(`pipelines.rendering.story.figures`).
"""

from __future__ import annotations


def figure_as_text(statistic: str, value: float | None) -> str:
    """Return a figure as people say it: a share in per cent, a middle value to one place, a count whole."""
    if value is None:
        return "not available"
    if statistic == "share":
        return f"{value:.1%}"
    return f"{value:,.1f}" if statistic in {"median", "p90"} else f"{value:,.0f}"
