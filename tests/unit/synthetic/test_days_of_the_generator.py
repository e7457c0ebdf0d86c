"""Ages, month ends and quarters as the definitions page counts them."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.synthetic.days import age_on, birthday, financial_quarter, month_ends, quarter_ends


@pytest.mark.parametrize(
    ("born", "age", "attained"),
    [
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2008, 2, 29), 16, date(2024, 2, 29)),
        (date(2007, 9, 30), 19, date(2026, 9, 30)),
    ],
)
def test_an_age_is_attained_on_the_birthday(born: date, age: int, attained: date) -> None:
    assert birthday(born, age) == attained
    assert age_on(born, attained) == age
    assert age_on(born, date.fromordinal(attained.toordinal() - 1)) == age - 1


def test_the_calendar_of_the_demo() -> None:
    ends = month_ends(date(2026, 9, 30), 36)

    assert (ends[0], ends[-1], len(ends)) == (date(2023, 10, 31), date(2026, 9, 30), 36)
    assert quarter_ends(ends)[-4:] == [date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)]
    assert date(2024, 2, 29) in ends


@pytest.mark.parametrize(
    ("end", "name"),
    [
        (date(2026, 6, 30), "quarter 1 of 2026-27"),
        (date(2026, 3, 31), "quarter 4 of 2025-26"),
        (date(2025, 12, 31), "quarter 3 of 2025-26"),
        (date(2026, 8, 31), "month 5 of 2026-27"),
    ],
)
def test_a_quarter_is_named_by_the_financial_year(end: date, name: str) -> None:
    assert financial_quarter(end) == name
