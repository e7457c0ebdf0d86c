"""Counts of a run in public: none small, none that the total gives away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.disclosure.run_counts import hidden_counts


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([10, 20, 0], set()),
        ([], set()),
        ([3, 40, 50], {0, 1}),
        ([1, 1, 50], {0, 1, 2}),
        ([4, 4, 50], {0, 1}),
        ([3, 0], {0, 1}),
        ([5, 0, 7], set()),
    ],
)
def test_a_small_count_takes_company_until_the_total_says_nothing(counts: list[int], hidden: set[int]) -> None:
    assert hidden_counts(counts, 5) == hidden


@given(st.lists(st.integers(0, 30), max_size=6), st.integers(1, 8))
def test_every_small_count_could_be_another(counts: list[int], threshold: int) -> None:
    hidden = hidden_counts(counts, threshold)
    assert {place for place, number in enumerate(counts) if 0 < number < threshold} <= hidden
    if hidden and len(hidden) < len(counts):
        # more than one is hidden, and together they could be a count that is not small
        assert len(hidden) > 1
        assert sum(counts[place] for place in hidden) >= threshold
