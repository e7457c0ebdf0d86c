"""Financial quarters, as the figures write them: `2026-27-Q1` is April to June 2026.

What belongs here: stepping from quarter to quarter, and their words. What does not: which periods have figures.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

LABEL = re.compile(r"^(\d{4})-(\d{2})-Q([1-4])$")
FIRST_MONTHS = {1: 4, 2: 7, 3: 10, 4: 1}


@dataclass(frozen=True, order=True)
class Quarter:
    """One financial quarter: the year in which its financial year begins, and its number from 1 to 4."""

    year: int
    number: int

    @classmethod
    def parse(cls, label: str) -> Quarter:
        """Return the quarter that `label` ("2026-27-Q1") names.

        Raises ValueError when the label is not a financial quarter.
        """
        found = LABEL.match(label)
        if found is None or int(found[2]) != (int(found[1]) + 1) % 100:
            raise ValueError(f"“{label}” is not a financial quarter; write it like 2026-27-Q1")
        return cls(int(found[1]), int(found[3]))

    @property
    def label(self) -> str:
        """The quarter as figures write it."""
        return f"{self.year}-{(self.year + 1) % 100:02d}-Q{self.number}"

    @property
    def first_day(self) -> date:
        """The first day of the quarter."""
        return date(self.year + (self.number == 4), FIRST_MONTHS[self.number], 1)

    @property
    def last_day(self) -> date:
        """The last day of the quarter."""
        return self.after(1).first_day - timedelta(days=1)

    @property
    def months(self) -> str:
        """The quarter in plain words: "April to June 2026"."""
        first, last = self.first_day, self.last_day
        return f"{calendar.month_name[first.month]} to {calendar.month_name[last.month]} {last.year}"

    def after(self, quarters: int) -> Quarter:
        """Return the quarter that lies `quarters` later; earlier when negative."""
        years, number = divmod(self.number - 1 + quarters, 4)
        return Quarter(self.year + years, number + 1)

    def back(self, count: int) -> list[Quarter]:
        """Return the `count` quarters that end with this one, the oldest first."""
        return [self.after(-steps) for steps in range(count - 1, -1, -1)]

    def month_labels(self) -> list[str]:
        """Return the labels of the quarter's three months: "2026-04", "2026-05", "2026-06"."""
        first = self.first_day
        return [f"{first.year}-{first.month + step:02d}" for step in range(3)]


def in_words(day: date | None) -> str:
    """Return "30 September 2026", or "not known" for no day."""
    return "not known" if day is None else f"{day.day} {calendar.month_name[day.month]} {day.year}"
