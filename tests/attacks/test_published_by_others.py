"""The audit finds what national tables give away, so that ours can be held to it."""

from collections import Counter

import pytest
from dfe_tables import BY_AGE, BY_YEAR_OF_AGE, DFE, narrow_groups

pytestmark = [
    pytest.mark.needs_data,
    pytest.mark.skipif(not DFE.is_dir(), reason="../shared/data/dfe is not here"),
]


def test_dfe_hides_counts_that_a_reader_knows_to_within_one_person() -> None:
    # given the table by council and age of 2020 to 2024, where the suitable are shown and the other two hidden
    found = narrow_groups(BY_AGE, width=2)
    # then in 63 groups the hidden ones add up to 0 or 1
    assert len(found) == 63
    assert Counter(year for year, _, _ in found) == {"2020": 16, "2021": 17, "2022": 10, "2023": 9, "2024": 11}
    assert {(one.least, one.most) for ranges in found.values() for one in ranges} == {(0, 0), (0, 1)}


def test_dfe_gives_two_counts_away_exactly() -> None:
    exactly = narrow_groups(BY_AGE, width=1)
    assert [len(ranges) for ranges in exactly.values()] == [2]


def test_more_groups_are_narrower_than_our_own_width() -> None:
    # 3 is the width of a threshold of 5; another 54 groups lie in the table by single year of age
    assert len(narrow_groups(BY_AGE, width=3)) == 63
    assert len(narrow_groups(BY_YEAR_OF_AGE, width=2)) == 54
