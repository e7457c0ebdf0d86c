"""Days: ages, month ends and quarter ends, as the definitions page counts them.

What belongs here: arithmetic on dates. What does not: the dates of anything that happens.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def birthday(born: date, age: int) -> date:
    """Return the day on which a person attains `age`; 1 March in a common year for those born on 29 February."""
    if (born.month, born.day) == (2, 29) and monthrange(born.year + age, 2)[1] == 28:
        return date(born.year + age, 3, 1)
    return born.replace(year=born.year + age)


def years_before(day: date, years: int) -> date:
    """Return the same day `years` earlier; 28 February where 29 February does not exist."""
    return date(day.year - years, day.month, min(day.day, monthrange(day.year - years, day.month)[1]))


def age_on(born: date, day: date) -> int:
    """Return the age in completed years on `day`."""
    years = day.year - born.year
    return years if birthday(born, years) <= day else years - 1


def months_after(day: date, months: int) -> date:
    """Return the same day of the month `months` later (earlier where negative), or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def working_days_after(day: date, number: int) -> date:
    """Return the `number`-th weekday after `day`; bank holidays count as weekdays here."""
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day


def month_ends(as_at: date, months: int) -> list[date]:
    """Return the last days of the `months` months that end with the month of `as_at`, in order."""
    last = as_at.year * 12 + as_at.month - 1
    ends = []
    for number in range(last - months + 1, last + 1):
        year, month = divmod(number, 12)
        ends.append(date(year, month + 1, monthrange(year, month + 1)[1]))
    return ends


def quarter_ends(ends: list[date]) -> list[date]:
    """Return those month ends that end a quarter of the financial year."""
    return [end for end in ends if end.month % 3 == 0]


def quarter_label(end: date) -> str:
    """Return the label of the quarter that ends on `end`, as the forms and packs write it: 2026-27-Q1."""
    start_year = end.year if end.month > 3 else end.year - 1
    return f"{start_year}-{(start_year + 1) % 100:02d}-Q{(end.month - 4) % 12 // 3 + 1}"


def financial_quarter(end: date) -> str:
    """Return the name of the quarter, else the month, that ends on `end`, in words that no reader takes for a date."""
    start_year = end.year if end.month > 3 else end.year - 1
    if end.month % 3:
        return f"month {(end.month - 4) % 12 + 1} of {start_year}-{(start_year + 1) % 100:02d}"
    return f"quarter {(end.month - 4) % 12 // 3 + 1} of {start_year}-{(start_year + 1) % 100:02d}"
