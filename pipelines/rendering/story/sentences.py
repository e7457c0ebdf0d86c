"""Sentences made from figures by rule.

What belongs here: what may be said of a row of quarters, for any measure. What does not: opinions. A sentence never
names a direction that the test in `trend` does not support, and never a number that is not shown.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.rendering.story.figures import NOT_LISTED, Figure
from pipelines.rendering.story.periods import Quarter
from pipelines.trend import Direction, Point, direction_of, judgement_of


@dataclass(frozen=True)
class Series:
    """One measure and statistic over successive quarters, the oldest first; the last is the pack's quarter."""

    title: str
    noun: str
    quarters: tuple[Quarter, ...]
    figures: tuple[Figure, ...]
    polarity: str = "neutral"

    @property
    def now(self) -> Figure:
        """The figure of the pack's quarter."""
        return self.figures[-1]

    def steps_back(self, quarters: int) -> Figure | None:
        """Return the figure `quarters` earlier, None when it lies before the series."""
        return self.figures[-1 - quarters] if quarters < len(self.figures) else None

    @property
    def listed(self) -> tuple[Figure, ...]:
        """The figures from the first quarter that the file lists; earlier ones lie before monitoring began."""
        first = next((place for place, figure in enumerate(self.figures) if figure.status != "z"), len(self.figures))
        return self.figures[first:]

    @property
    def direction(self) -> Direction:
        """What may be said of the quarters listed, from the figures of this edition alone."""
        return direction_of([_point(figure) for figure in self.listed], self.now.key.statistic)

    @property
    def verdict(self) -> str:
        """The direction in the few words of a table, with better or worse where the measure has such."""
        direction = self.direction
        judgement = judgement_of(direction, self.polarity)
        return DIRECTIONS[direction] + {"improving": " (better)", "worsening": " (worse)"}.get(judgement, "")


DIRECTIONS = {
    Direction.RISING: "Rising",
    Direction.FALLING: "Falling",
    Direction.NO_CLEAR_TREND: "No clear trend",
    Direction.NONE: "None in any quarter",
    Direction.TOO_SMALL: "Not stated: small numbers",
    Direction.TOO_FEW_POINTS: "Not stated: too few quarters",
    Direction.NOT_AVAILABLE: "Not stated: data missing",
    Direction.NOT_SHOWN: "Not stated: quarters hidden",
}
HIDDEN = "c"


def _point(figure: Figure) -> Point:
    lacking = (figure.senders_expected or 0) - (figure.senders_received or 0)
    rests_on_rows = figure.key.statistic in ("share", "median", "p90")
    base = figure.denominator if figure.denominator is not None else figure.numerator
    value = figure.value
    if figure.status == "low" and figure.denominator:
        value = (figure.numerator or 0) / figure.denominator
    return Point(value, (base or 0) if rests_on_rows else None, lacking, figure.status == HIDDEN)


WHY_NOT = {"c": " (not shown, to protect people)", "x": " (not available)"}
BEFORE = " (before monitoring began)"


def counted(figure: Figure, noun: str) -> str:
    """Return "1 move", "23 moves", "1 person", "[c] people", or "[x]" alone where nothing was counted.

    Without a noun only the number, as where it stood before: "23", "58% of 428".
    """
    if not noun:
        return f"{figure.text} of {figure.of.text}" if figure.of is not None else figure.text
    if figure.of is not None:
        return f"{figure.text} of {figure.of.text} {singular(noun) if figure.denominator == 1 else noun}"
    if figure.shown:
        return f"{figure.text} {singular(noun) if figure.value == 1 else noun}"
    return figure.text if figure.status in ("x", "z") else f"{figure.text} {noun}"


def why_not(figure: Figure) -> str:
    """Return, in brackets, why a figure has no number; nothing when it has one."""
    if figure.status == "z":
        said = (figure.reason or "").rstrip(".")
        return f" ({said[:1].lower()}{said[1:]})" if said and said != NOT_LISTED else BEFORE
    return WHY_NOT.get(figure.status, "")


def singular(noun: str) -> str:
    """Return one of `noun`."""
    return "person" if noun == "people" else noun.removesuffix("s")


def trend_clause(series: Series) -> str:
    """Return the sentence on the direction of the quarters listed; never more than the test supports."""
    quarters = len(series.listed)
    span = f"the {number_word(quarters)} quarters shown"
    what = {"share": "share", "median": "middle value", "p90": "90th centile"}.get(series.now.key.statistic, "number")
    return {
        Direction.RISING: f"Over {span} the {what} rose.",
        Direction.FALLING: f"Over {span} the {what} fell.",
        Direction.NO_CLEAR_TREND: f"Over {span} there is no clear trend.",
        Direction.NOT_SHOWN: f"No trend is stated, because not every one of {span} has a number that can be shown.",
        Direction.NOT_AVAILABLE: "No trend is stated, because data of the latest quarter are missing.",
        Direction.TOO_FEW_POINTS: "No trend is stated, because there are too few quarters.",
        Direction.TOO_SMALL: "No trend is stated, because the numbers are too small.",
        Direction.NONE: f"There were none in any of {span}." if quarters > 1 else "",
    }[series.direction]


STEPS = 4
"""Quarters of which the packs say how often the number rose or fell: a year."""


def steps_clause(series: Series) -> str:
    """Return how often the figure rose or fell in the last four quarters, where all of them are shown.

    It counts steps and claims no direction; the test's sentence follows it.
    """
    last = series.listed[-STEPS - 1 :]
    if len(last) <= STEPS or not all(figure.shown for figure in last):
        return ""
    pairs = list(itertools.pairwise(figure.value or 0 for figure in last))
    rose, fell = sum(after > before for before, after in pairs), sum(after < before for before, after in pairs)
    if not rose and not fell:
        return ""
    word, count = ("rose", rose) if rose >= fell else ("fell", fell)
    return f"It {word} in {number_word(count)} of the last four quarters."


def number_word(number: int) -> str:
    """Return a small number as a word, a larger one as digits."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if number < len(words) else str(number)


def alternative_text(series: Series) -> str:
    """Return the chart in words, with its numbers: what a reader who cannot see the picture needs."""
    named = zip(series.quarters, series.figures, strict=True)
    points = ", ".join(f"{quarter.label} {figure.text}" for quarter, figure in named if figure.status != "z")
    if not points:
        return f"Line chart of {series.title}, {series.noun} by quarter: no quarter has a figure."
    hidden = sum(not figure.shown for figure in series.listed)
    drawn_apart = " Quarters without a number are drawn below the line of zero, hollow." if hidden else ""
    sentence = trend_clause(series)
    return f"Line chart of {series.title}, {series.noun} by quarter: {points}. {sentence}{drawn_apart}"


def bars_alternative_text(title: str, parts: Sequence[tuple[str, Figure]], total: Figure) -> str:
    """Return a bar chart in words, with its numbers."""
    listed = ", ".join(f"{label} {figure.text}" for label, figure in parts)
    return f"Bar chart of {title}: {listed}; all {total.text}."


def survival_text(title: str, points: Sequence[tuple[int, Figure]]) -> str:
    """Return a survival curve in words, with its numbers and what each is a share of."""
    said = ", ".join(
        f"after {month} months {figure.text}" + (f" of {figure.of.text}" if figure.of is not None else "")
        for month, figure in points
    )
    return f"Line chart of {title}, the share still held: {said}."


def stacked_text(title: str, bars: Sequence[tuple[str, Figure]], parts: Mapping[str, Sequence[Figure]]) -> str:
    """Return stacked bars in words: every part of every period, and the whole that they add up to."""
    said = "; ".join(
        f"{period}: "
        + ", ".join(f"{name} {figures[place].text}" for name, figures in parts.items())
        + f", all {whole.text}"
        for place, (period, whole) in enumerate(bars)
    )
    return f"Bar chart of {title}: {said}."


def multiples_text(title: str, panels: Sequence[tuple[str, Sequence[tuple[str, Figure]]]]) -> str:
    """Return small lines in words: for each district its first and its last number."""
    said = "; ".join(f"{area} from {points[0][1].text} to {points[-1][1].text}" for area, points in panels)
    span = f"{panels[0][1][0][0]} to {panels[0][1][-1][0]}" if panels else ""
    return f"Line chart of {title}, one small line a district, {span}: {said}."


def calendar_text(title: str, rows: Sequence[tuple[str, str, Figure]]) -> str:
    """Return a calendar in words: every month with its number."""
    said = ", ".join(f"{month} {year} {figure.text}" for year, month, figure in rows if figure.status != "z")
    return f"Calendar of {title}, by financial year and month: {said}."
