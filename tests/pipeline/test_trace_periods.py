"""The quarters that `lasting-homes trace` understands."""

from datetime import date

import pytest

from pipelines.commands.trace import UnknownFigureError, quarter


@pytest.mark.parametrize(
    ("label", "first", "after"),
    [
        ("2026-27-Q1", date(2026, 4, 1), date(2026, 7, 1)),
        ("2026-27-Q3", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-27-Q4", date(2027, 1, 1), date(2027, 4, 1)),
        ("1999-00-Q4", date(2000, 1, 1), date(2000, 4, 1)),
    ],
)
def test_a_financial_quarter_begins_in_april(label: str, first: date, after: date) -> None:
    assert quarter(label) == (first, after)


@pytest.mark.parametrize("label", ["2026-Q1", "2026-28-Q1", "2026-27-Q5", "2026-27-q1", ""])
def test_anything_else_is_refused_with_an_example(label: str) -> None:
    with pytest.raises(UnknownFigureError, match="2026-27-Q1"):
        quarter(label)
