"""Days, ages and half-open spans.

What belongs here: arithmetic on `datetime.date` that the definitions page states in words. What does not: the financial
calendar (`periods`) and anything that knows what a record is.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable
from datetime import date, timedelta

DAY = timedelta(days=1)
FOREVER = date.max
"""Stands for the end of something open wherever ends are compared; never leaves a function as a result."""


def add_months(day: date, months: int) -> date:
    """The same day number `months` later, or that month's last day (page §1, "Months and days")."""
    index = day.year * 12 + (day.month - 1) + months
    year, month = divmod(index, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def age_on(born: date, day: date) -> int:
    """Completed years; who was born on 29 February attains an age on 1 March in a common year (page §1)."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birthday(born: date, age: int) -> date:
    """The day on which `age` is attained: 1 March in a common year for who was born on 29 February (page §1)."""
    year = born.year + age
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return date(year, born.month, born.day)


def working_days_after(day: date, number: int, holidays: Collection[date]) -> date:
    """The day `number` working days after `day`, counted from the next day (page §1, reading 76)."""
    at = day
    while number:
        at += DAY
        if at.weekday() < 5 and at not in holidays:
            number -= 1
    return at


def known_by(day: date | None, data_date: date) -> date | None:
    """A date of a row, unless it lies after the row's data date (reading 37)."""
    return None if day is None or day > data_date else day


def capped(end: date | None, data_date: date) -> date:
    """The end of a record that has none: the day after the data date of its file (reading 2)."""
    return data_date + DAY if end is None else end


def covers(start: date, end: date | None, day: date) -> bool:
    """Whether the half-open span `[start, end)` holds `day`; no end is open (reading 1)."""
    return start <= day and (end is None or day < end)


def subtract(start: date, end: date, taken: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """The parts of `[start, end)` that no span of `taken` covers, in order of time (reading 14)."""
    parts = []
    at = start
    for taken_start, taken_end in sorted(taken):
        if taken_end <= at:
            continue
        if taken_start >= end:
            break
        if taken_start > at:
            parts.append((at, taken_start))
        at = taken_end
    if at < end:
        parts.append((at, end))
    return parts
