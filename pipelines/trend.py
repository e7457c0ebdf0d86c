"""Whether a line of quarters rises or falls: the rule of decision 12, for whoever shows figures.

What belongs here: the direction of a series, from the figures that may be shown, and whether that is better or worse.
What does not: reading figures, words for readers. `marts.measure_trend` states the same of every series, hidden points
included; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor

WINDOW = 8
FEWEST = 6
SMALLEST = 10
# The square of Student's t at the 5% level, two-sided, in millionths, by number of points.
T_SQUARED = {6: 7_708_647, 7: 6_607_891, 8: 5_987_378}
# A share is kept to the hundredth of a percentage point, everything as a whole number, so that every step is exact.
SCALE = 10_000
RESTING_ON_ROWS = frozenset({"share", "median", "p90"})


class Direction(StrEnum):
    """What may be said of a line; the values of `marts.measure_trend.direction`, and `not_shown`."""

    RISING = "rising"
    FALLING = "falling"
    NO_CLEAR_TREND = "no_clear_trend"
    NONE = "none"
    TOO_SMALL = "too_small"
    TOO_FEW_POINTS = "too_few_points"
    NOT_AVAILABLE = "not_available"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True)
class Point:
    """The figure of one quarter.

    Attributes:
        value: the count, the share from 0 to 1, or the middle value in days; None where there is none to see.
        base: of a share or middle value the denominator (the rows behind it); None for counts.
        senders_lacking: senders expected less senders received.
        is_hidden: whether the figure exists but is suppressed in this edition.
    """

    value: float | None
    base: float | None = None
    senders_lacking: int = 0
    is_hidden: bool = False


def direction_of(points: Sequence[Point], statistic: str = "events") -> Direction:
    """Return the direction of the quarter that `points`, oldest first, one a quarter without a gap, end with.

    At least six of the last eight quarters, the last among them, that lack as many senders as the last; shares and
    middle values of ten rows or more, counts with a highest of ten or more; then the slope of a least-squares line,
    tested at the 5% level. One hidden figure in the window and no direction is stated: what is stated is then what the
    internal edition states, and follows from shown figures alone.

    Args:
        points: quarters that monitoring covers whole and that have ended.
        statistic: people, events, nights, share, median or p90.
    """
    window = list(enumerate(points))[-WINDOW:]
    if any(point.is_hidden for _, point in window):
        return Direction.NOT_SHOWN
    rests_on_rows = statistic in RESTING_ON_ROWS
    there = [(place, point) for place, point in window if _is_there(point, rests_on_rows)]
    if not there or there[-1][0] != len(points) - 1:
        return Direction.NOT_AVAILABLE
    last = there[-1][1]
    if last.senders_lacking > min(point.senders_lacking for _, point in there):
        return Direction.NOT_AVAILABLE
    alike = [(place, point) for place, point in there if point.senders_lacking == last.senders_lacking]
    return _direction_of_alike(alike, rests_on_rows)


def judgement_of(direction: Direction, polarity: str) -> str:
    """Return `improving` or `worsening` where a direction has a better and a worse, else the direction itself.

    `polarity`: higher_is_better, lower_is_better or neutral, as in the seed `measures`.
    """
    better = {"higher_is_better": Direction.RISING, "lower_is_better": Direction.FALLING}.get(polarity)
    if better is None or direction not in (Direction.RISING, Direction.FALLING):
        return direction.value
    return "improving" if direction is better else "worsening"


def _is_there(point: Point, rests_on_rows: bool) -> bool:
    """Whether a quarter has a figure; a share of too few rows, of none even, is there, and small."""
    return point.value is not None or (rests_on_rows and point.base is not None and point.base < SMALLEST)


def _direction_of_alike(alike: Sequence[tuple[int, Point]], rests_on_rows: bool) -> Direction:
    """Return the direction of numbered quarters that are there and lack as many senders as their last one."""
    usable = [(place, point) for place, point in alike if not (rests_on_rows and (point.base or 0) < SMALLEST)]
    if not usable or usable[-1][0] != alike[-1][0]:
        return Direction.TOO_SMALL
    line = [(place, floor((point.value or 0) * SCALE + 0.5)) for place, point in usable]
    highest = max(value for _, value in line)
    if not rests_on_rows and highest == 0:
        return Direction.NONE
    if len(alike) < FEWEST:
        return Direction.TOO_FEW_POINTS
    if len(line) < FEWEST or (not rests_on_rows and highest < SMALLEST * SCALE):
        return Direction.TOO_SMALL
    return _slope(line)


def _slope(line: Sequence[tuple[int, int]]) -> Direction:
    """Return the direction of the least-squares line, by Student's t of its slope, in whole numbers throughout."""
    number = len(line)
    sum_x, sum_y = sum(x for x, _ in line), sum(y for _, y in line)
    squares_x = number * sum(x * x for x, _ in line) - sum_x * sum_x
    squares_y = number * sum(y * y for _, y in line) - sum_y * sum_y
    products = number * sum(x * y for x, y in line) - sum_x * sum_y
    unexplained = squares_x * squares_y - products * products
    if (number - 2) * products * products * 1_000_000 > unexplained * T_SQUARED[number]:
        return Direction.RISING if products > 0 else Direction.FALLING
    return Direction.NO_CLEAR_TREND
