"""How numbers, dates and findings are said in a letter.

What belongs here: sentences. What does not: deciding anything.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from quality.suites import Check, Unit

MOST_NAMED = 3


def long_date(day: date) -> str:
    """Return a date as `30 September 2026`."""
    return f"{day.day} {day:%B %Y}"


def amount(value: float, unit: Unit) -> str:
    """Return a number as a reader expects it: `4.2%`, `12.5 points`, `-3 days`."""
    if unit == "days":
        return f"{value:.0f} {'day' if abs(value) == 1 else 'days'}"
    return f"{value * 100:.1f}{'%' if unit == 'share' else ' points'}"


def sentence(check: Check, failed: pd.DataFrame) -> str:
    """Return what a check expects and, where loads failed it, what they have instead.

    `failed` holds the failing loads' rows of the profile, oldest first; the newest are named, the others counted.
    """
    if failed.empty:
        return check.description
    newest = failed.iloc[::-1].head(MOST_NAMED)
    named = "; ".join(_finding(check, row) for _, row in newest.iterrows())
    more = len(failed) - len(newest)
    return f"{check.description} Not so: {named}{f'; and {more} earlier' if more else ''}."


def _finding(check: Check, row: pd.Series) -> str:
    said = f"as at {long_date(row['data_date'])} "
    if check.parts:
        return said + _worst_parts(check, row)
    said += f"it is {amount(row[check.column], check.unit)}"
    if check.column == "row_ratio":
        said += f" ({row['rows']:.0f} rows after {row['rows_before']:.0f} on {long_date(row['before_date'])})"
    return said


def _worst_parts(check: Check, row: pd.Series) -> str:
    """Name the columns beyond the bound, the worst first."""
    parts = {
        str(name).removeprefix(check.parts): float(value)
        for name, value in row.items()
        if str(name).startswith(check.parts) and name != check.column and not check.keeps(float(value))
    }
    by = " short by" if check.column == "shortfall_worst" else ""
    ordered = sorted(parts.items(), key=lambda part: (-part[1], part[0]))
    return ", ".join(f"`{name}`{by} {amount(value, check.unit)}" for name, value in ordered)
