"""Whether a line of quarters rises, falls, or shows no clear trend.

What belongs here: one test over the whole window. What does not: comparing this quarter with the last, which reacts to
trivial change (Kent's panel asked for the direction over a set period, and for "no clear trend" to be an answer).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from enum import Enum

FEWEST_QUARTERS = 6
SMALLEST_PEAK = 10
SIGNIFICANCE = 0.05


class Trend(Enum):
    """The only statements about direction that a pack may make."""

    RISING = "Rising"
    FALLING = "Falling"
    NO_CLEAR_TREND = "No clear trend"
    NOT_SHOWN = "Not stated: quarters hidden"
    TOO_FEW = "Not stated: too few quarters"
    TOO_SMALL = "Not stated: small numbers"
    ALL_ZERO = "None in any quarter"


def trend_of(values: Sequence[float | None]) -> Trend:
    """Return the trend of `values`, the oldest first; None is a figure that is not shown or not available.

    A direction needs six quarters, every one of them shown, a highest value of at least ten, and a Mann-Kendall test at
    the 5% level.
    """
    if any(value is None for value in values):
        return Trend.NOT_SHOWN
    numbers = [value for value in values if value is not None]
    if numbers and not any(numbers):
        return Trend.ALL_ZERO
    if len(numbers) < FEWEST_QUARTERS:
        return Trend.TOO_FEW
    if max(numbers) < SMALLEST_PEAK:
        return Trend.TOO_SMALL
    score, probability = mann_kendall(numbers)
    if probability >= SIGNIFICANCE:
        return Trend.NO_CLEAR_TREND
    return Trend.RISING if score > 0 else Trend.FALLING


def mann_kendall(numbers: Sequence[float]) -> tuple[int, float]:
    """Return Kendall's score S and its two-sided probability: normal approximation, corrected for ties and continuity.

    Mann (1945); the variance with ties is Kendall's (1975).
    """
    count = len(numbers)
    score = sum(
        (numbers[later] > numbers[earlier]) - (numbers[later] < numbers[earlier])
        for earlier in range(count)
        for later in range(earlier + 1, count)
    )
    ties = Counter(numbers).values()
    variance = (count * (count - 1) * (2 * count + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    if variance == 0 or score == 0:
        return score, 1.0
    z = (abs(score) - 1) / math.sqrt(variance)
    return score, math.erfc(z / math.sqrt(2))
