"""A direction is stated only when the whole window supports it."""

from __future__ import annotations

import itertools

import pytest

from pipelines.rendering.story.trend import Trend, mann_kendall, trend_of


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([20, 22, 25, 27, 30, 31, 36, 40], Trend.RISING),
        ([40, 36, 31, 30, 27, 25, 22, 20], Trend.FALLING),
        ([30, 22, 36, 25, 40, 27, 31, 38], Trend.NO_CLEAR_TREND),
        ([25, 25, 25, 25, 25, 25, 25, 25], Trend.NO_CLEAR_TREND),
        ([25, 24, 26, 25, 24, 26, 25, 90], Trend.NO_CLEAR_TREND),
        ([20, 22, 25, None, 30, 31, 36, 40], Trend.NOT_SHOWN),
        ([None] * 8, Trend.NOT_SHOWN),
        ([0] * 8, Trend.ALL_ZERO),
        ([0], Trend.ALL_ZERO),
        ([50], Trend.TOO_FEW),
        ([10, 20, 30, 40, 50], Trend.TOO_FEW),
        ([1, 2, 3, 4, 5, 6, 7, 8], Trend.TOO_SMALL),
        ([], Trend.TOO_FEW),
    ],
)
def test_trend(values: list[float | None], expected: Trend) -> None:
    assert trend_of(values) is expected


def test_the_probability_is_close_to_that_of_counting_every_order() -> None:
    """Given seven different numbers: without a trend each of their 5,040 orders is equally likely."""
    numbers = (10, 11, 12, 14, 13, 16, 15)
    score, probability = mann_kendall(numbers)
    orders = list(itertools.permutations(range(7)))
    exact = sum(abs(mann_kendall(order)[0]) >= score for order in orders) / len(orders)
    assert probability == pytest.approx(exact, abs=0.01)
