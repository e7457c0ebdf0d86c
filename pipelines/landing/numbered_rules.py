"""Rules of a national body over the cells of a row, under the body's own numbers (DfE's `344`, `3001` …).

What belongs here: which cells break such a rule. What does not: the rules themselves, which are the contract's
(`rules`), and what becomes of a broken cell (checking refuses it).

DfE's rules: standards.md section 2.3. Rules that need a second table (a child of OC3 who is in no Header) are not rules
of a row: `quality` looks such references up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.contracts import Ages, CollectionYear, NumberedRule


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A cell that breaks a rule: the index of its row, its column, the rule."""

    index: int
    column: str
    rule: NumberedRule


@dataclass(frozen=True, slots=True)
class Table:
    """What the rules look at.

    Attributes:
        values: typed values by column, None for a blank or unreadable cell.
        blank: whether the cell of a column and row holds nothing at all.
        year: the collection year, where the layout goes by years.
    """

    values: Mapping[str, Sequence[Any]]
    blank: Callable[[str, int], bool]
    year: CollectionYear | None


def broken_cells(rules: Sequence[NumberedRule], table: Table, rows: int) -> Iterator[BrokenCell]:
    """Yield the cells that break a rule, in the order of the rules; a cell may break several."""
    for rule in rules:
        if rule.all_or_none:
            yield from _unpaired(rule, table, rows)
        elif rule.only or rule.never:
            yield from _not_allowed(rule, table, rows)
        elif rule.ages or rule.not_ages:
            yield from _of_another_age(rule, table, rows)


def _concerned(rule: NumberedRule, table: Table, rows: int) -> Iterator[int]:
    """Yield the rows in which every column of `when` holds one of its values."""
    conditions = [(table.values[name], frozenset(values)) for name, values in rule.when]
    for index in range(rows):
        if all(cells[index] in values for cells, values in conditions):
            yield index


def _unpaired(rule: NumberedRule, table: Table, rows: int) -> Iterator[BrokenCell]:
    """Yield the blank cells of rows in which others of the columns are filled, readably or not."""
    for index in range(rows):
        blanks = [name for name in rule.all_or_none if table.blank(name, index)]
        if 0 < len(blanks) < len(rule.all_or_none):
            yield from (BrokenCell(index, name, rule) for name in blanks)


def _not_allowed(rule: NumberedRule, table: Table, rows: int) -> Iterator[BrokenCell]:
    concerned = list(_concerned(rule, table, rows))
    for group, allowed in ((rule.only, True), (rule.never, False)):
        for name, values in group:
            cells = table.values[name]
            for index in concerned:
                if cells[index] is not None and (cells[index] in values) is not allowed:
                    yield BrokenCell(index, name, rule)


def _of_another_age(rule: NumberedRule, table: Table, rows: int) -> Iterator[BrokenCell]:
    """Yield the filled cells of people whose age the rule forbids; without a date of birth nobody can say."""
    ages = rule.ages or rule.not_ages
    if ages is None or table.year is None:
        return
    for index in _concerned(rule, table, rows):
        born = table.values[ages.born][index]
        if born is not None and is_of_age(born, ages, table.year) is (rule.not_ages is not None):
            for name in rule.refuse:
                if table.values[name][index] is not None:
                    yield BrokenCell(index, name, rule)


def is_of_age(born: date, ages: Ages, year: CollectionYear) -> bool:
    """Return whether a person born on that day is of such an age at that point of the collection year."""
    if ages.at == "birthday":
        birthdays = (birthday(born, age) for age in range(ages.least, ages.most + 1))
        return any(year.first_day <= day <= year.last_day for day in birthdays)
    oldest = completed_years(born, year.last_day if ages.at == "in_year" else year.first_day)
    return completed_years(born, year.first_day) <= ages.most and oldest >= ages.least


def completed_years(born: date, day: date) -> int:
    """Return the age in completed years on a day."""
    years = day.year - born.year
    return years - (1 if day < birthday(born, years) else 0)


def birthday(born: date, age: int) -> date:
    """Return the day on which an age is reached; born on 29 February, in a common year it is 1 March."""
    year = born.year + age
    leap_day_is_missing = (born.month, born.day) == (2, 29) and not (year % 4 == 0 and (year % 100 or year % 400 == 0))
    return date(year, 3, 1) if leap_day_is_missing else born.replace(year=year)
