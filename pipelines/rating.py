"""Red, amber or green: the rule of decision 12, for whoever shows figures.

What belongs here: the colour of a figure that may be shown, by its target and floor. What does not: targets (seed
`target`), reading figures. `marts.measure_rating` colours every figure by the same rule; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pipelines.trend import RESTING_ON_ROWS

SMALLEST_COUNT = 5
SMALLEST_BASE = 10


class Rating(StrEnum):
    """The values of `marts.measure_rating.rating`."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_RATED = "not_rated"


@dataclass(frozen=True)
class Target:
    """What is aimed at, and the floor below (or above) which something must be done; a share is from 0 to 1."""

    target: float
    better: Literal["higher", "lower"]
    floor: float | None = None


def rating_of(
    value: float | None, target: Target | None, statistic: str = "events", base: float | None = None
) -> Rating:
    """Return the colour of a figure of a period that has ended.

    Green at the target or beyond it, red beyond the floor, amber between, and short of the target where no floor is
    set. No colour without a target, for a figure that is hidden or not available (`value` None), for a count from 1 to
    4, or for a share or middle value of fewer than ten rows (`base`).
    """
    if target is None or value is None or _is_small(value, statistic, base):
        return Rating.NOT_RATED
    sign = 1 if target.better == "higher" else -1
    if sign * value >= sign * target.target:
        return Rating.GREEN
    if target.floor is not None and sign * value < sign * target.floor:
        return Rating.RED
    return Rating.AMBER


def _is_small(value: float, statistic: str, base: float | None) -> bool:
    if statistic in RESTING_ON_ROWS:
        return base is None or base < SMALLEST_BASE
    return 0 < value < SMALLEST_COUNT
