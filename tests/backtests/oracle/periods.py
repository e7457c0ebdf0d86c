"""The financial calendar: months, quarters, years to date and rolling years.

What belongs here: which periods are listed and what they are called (readings 34 and 36). What does not: counting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .dates import DAY, add_months


@dataclass(frozen=True)
class Period:
    """One listed period, half-open; `start` is the first day counted."""

    kind: str
    label: str
    start: date
    end: date

    @property
    def last_day(self) -> date:
        """The day on which stocks are taken."""
        return self.end - DAY

    def holds(self, day: date) -> bool:
        """Whether `day` lies in the period."""
        return self.start <= day < self.end


def quarter_start(day: date) -> date:
    """First day of the quarter that holds `day`."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def year_start(day: date) -> date:
    """The 1 April on or before `day`."""
    return date(day.year if day.month >= 4 else day.year - 1, 4, 1)


def quarter_label(start: date) -> str:
    """`2026-27-Q1` for April to June 2026."""
    year = year_start(start).year
    return f"{year}-{(year + 1) % 100:02d}-Q{(start.month - 4) % 12 // 3 + 1}"


def quarters(monitoring_from: date, latest: date) -> list[Period]:
    """Every quarter from the one of `monitoring_from` to the one of `latest` (reading 34)."""
    listed = []
    start = quarter_start(monitoring_from)
    while start <= latest:
        end = add_months(start, 3)
        listed.append(Period("quarter", quarter_label(start), max(start, monitoring_from), end))
        start = end
    return listed


def months(monitoring_from: date, latest: date) -> list[Period]:
    """Every month from the one of `monitoring_from` to the one of `latest` (reading 34)."""
    listed = []
    start = monitoring_from.replace(day=1)
    while start <= latest:
        end = add_months(start, 1)
        listed.append(Period("month", f"{start:%Y-%m}", max(start, monitoring_from), end))
        start = end
    return listed


def years_to_date(monitoring_from: date, latest: date) -> list[Period]:
    """From 1 April, or from `monitoring_from` where that is later, to the end of each quarter (reading 34)."""
    return [
        Period("ytd", quarter.label, max(year_start(quarter.start), monitoring_from), quarter.end)
        for quarter in quarters(monitoring_from, latest)
    ]


def quarters_ahead(latest: date) -> list[Period]:
    """The eight quarters that begin with the quarter of the day after `latest` (reading 73, turning_18)."""
    starts = [add_months(quarter_start(latest + DAY), 3 * number) for number in range(8)]
    return [Period("quarter", quarter_label(start), start, add_months(start, 3)) for start in starts]


def periods_of_kind(kind: str, monitoring_from: date, latest: date) -> list[Period]:
    """The listed periods of one kind (readings 34 and 46).

    Raises:
        KeyError: there is no such kind.
    """
    return {"quarter": quarters, "month": months, "ytd": years_to_date, "rolling_4q": rolling_years}[kind](
        monitoring_from, latest
    )


def rolling_years(monitoring_from: date, latest: date) -> list[Period]:
    """Four quarters ending with each quarter, where all four lie after `monitoring_from` (reading 34)."""
    rolling = (
        Period("rolling_4q", quarter.label, add_months(quarter.end, -12), quarter.end)
        for quarter in quarters(monitoring_from, latest)
    )
    return [period for period in rolling if period.start >= monitoring_from]
