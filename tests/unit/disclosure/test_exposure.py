"""What a reader can work out, asked of small systems whose answer is plain."""

from datetime import date

import pytest

from pipelines.disclosure.exposure import exposed
from pipelines.disclosure.relations import Cell, Relation


def cells(*counts: int) -> list[Cell]:
    quarter = ("quarter", date(2026, 4, 1), date(2026, 7, 1), "total", "total", "events")
    return [Cell(f"area{place}", place == 0, *quarter, count, True) for place, count in enumerate(counts)]


def test_one_hidden_part_of_a_shown_total_is_exposed_by_all_the_rest() -> None:
    found = exposed(cells(12, 3, 9), [Relation(0, (1, 2), 0)], {1}, 5)
    assert found == {1: {0, 2}}


def test_two_hidden_parts_protect_each_other() -> None:
    assert exposed(cells(12, 3, 9), [Relation(0, (1, 2), 0)], {1, 2}, 5) == {}


def test_a_difference_of_two_sums_is_seen() -> None:
    # given a + b = 12 and a + b + c = 15, all parts hidden: only c follows
    found = exposed(cells(12, 15, 3, 9, 3), [Relation(0, (2, 3), 0), Relation(1, (2, 3, 4), 0)], {2, 3, 4}, 5)
    assert found == {4: {0, 1}}


def test_three_sums_of_two_fix_all_three() -> None:
    # given a + b, b + c and a + c: an odd cycle, which no single relation and no pair of them gives away
    pairs = [Relation(0, (3, 4), 0), Relation(1, (4, 5), 0), Relation(2, (3, 5), 0)]
    found = exposed(cells(20, 25, 15, 5, 15, 10), pairs, {3, 4, 5}, 5)
    assert set(found) == {3, 4, 5}


def test_a_square_of_hidden_cells_is_safe_and_a_bridge_is_not() -> None:
    # given rows 1+2, 3+4 and columns 1+3, 2+4 of a table with shown margins
    margins = cells(30, 30, 30, 30, 10, 20, 20, 10)
    square = [Relation(0, (4, 5), 0), Relation(1, (6, 7), 0), Relation(2, (4, 6), 0), Relation(3, (5, 7), 0)]
    assert exposed(margins, square, {4, 5, 6, 7}, 5) == {}
    assert set(exposed(margins, square, {4, 5, 6}, 5)) == {4, 5, 6}


def test_a_count_is_at_least_one() -> None:
    # given two hidden parts of a total of 2: each must be 1, though algebra does not say so
    assert set(exposed(cells(2, 1, 1), [Relation(0, (1, 2), 0)], {1, 2}, 5)) == {1, 2}


def test_bounds_travel_through_a_hidden_total() -> None:
    # given t = a + b hidden and t + c = 3, so t is at least 2 and c at least 1
    chain = [Relation(1, (2, 3), 0), Relation(0, (1, 4), 0)]
    assert set(exposed(cells(3, 2, 1, 1, 1), chain, {1, 2, 3, 4}, 5)) == {1, 2, 3, 4}


@pytest.mark.parametrize(("remainder", "expected"), [(0, {1}), (4, set()), (-2, set())])
def test_what_is_not_available_is_unknown_and_an_upper_bound_is_no_sum(remainder: int, expected: set[int]) -> None:
    assert set(exposed(cells(12, 3, 9), [Relation(0, (1, 2), remainder)], {1}, 5)) == expected
