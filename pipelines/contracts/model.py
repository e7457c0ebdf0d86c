"""The types of a contract.

What belongs here: the typed shape of what the YAML says.
What does not: reading the YAML (loader), applying it (landing).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from pipelines.contracts.codes import CodeLists

ColumnType = Literal["text", "date", "timestamp", "integer", "number", "boolean", "code", "postcode"]
OnBadValue = Literal["refuse_cell", "reject_row", "reject_file"]
Privacy = Literal["direct_identifier", "pseudonymous", "sensitive", "none"]
# Families that no figure counts: they are compared with the figures, and come by collection or publication.
CORROBORATING_FAMILIES = frozenset({"core", "published"})

Delivery = Literal["full", "increment", "append"]
OnMissing = Literal["state_ends", "withdrawn", "nothing"]


class ContractError(Exception):
    """A contract, an overlay or a list of spellings is wrong; the text says which file and what to change."""


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column.

    Attributes:
        name: canonical name, which always matches a header.
        type: what landing makes of the text.
        aliases: other headers that senders use, compared after `header_key`.
        on_bad_value: what an unreadable value does: the cell, the row or the file is turned away.
        code_list: name of the list in `dbt_project/seeds/codes`, for type code only.
        required: the header must be there and a blank value rejects the row.
        privacy: the strictest use of the value that is allowed outside the restricted schema.
        completeness: share of rows (0 to 1) expected to hold a value.
        description: what the value means, one sentence.
        none_dates: dates (ISO) that the sending system writes for "none".
        derives: canonical column and column of the spellings file, where a label carries more than its code; with
            `symbols`, the column that takes the symbol's meaning.
        patterns: regular expressions over the words of a header (`bare`), tried where no name and no alias matches, for
            headers that drift from year to year.
        values: every text that the column may hold and its code, where a national layout closes the list; with it the
            spellings of the code list do not count.
        header_needed: the header must be there though its cells may be blank.
        symbols: what a publisher writes where a number would stand, and the figure status that it means; such a cell
            lands without a number and is no fault.
    """

    name: str
    type: ColumnType
    aliases: tuple[str, ...]
    on_bad_value: OnBadValue
    code_list: str | None
    required: bool
    privacy: Privacy
    completeness: float
    description: str
    none_dates: tuple[str, ...] = ()
    derives: tuple[tuple[str, str], ...] = ()
    patterns: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    header_needed: bool = False
    symbols: tuple[tuple[str, str], ...] = ()

    @property
    def header_required(self) -> bool:
        """Whether a file without this header cannot be this extract.

        True for required columns, and for columns whose bad value rejects the row: a file without end dates would turn
        every ended placement into an open one.
        """
        return self.required or self.header_needed or self.on_bad_value != "refuse_cell"


@dataclass(frozen=True, slots=True)
class RowRule:
    """A rule over several columns of a row; `end_before_start` is the only one."""

    name: Literal["end_before_start"]
    start: str
    end: str


Values = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Ages:
    """The ages that a rule asks for, in completed years.

    Attributes:
        born: column of the date of birth.
        at: `year_start`: on the first day of the collection year; `in_year`: on any day of it; `birthday`: a birthday
            within it.
        least: youngest age.
        most: oldest age.
    """

    born: str
    at: Literal["year_start", "in_year", "birthday"]
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class NumberedRule:
    """A rule of a national body, which keeps its number: what breaks it is rejected or refused under that number.

    A rule says one of: `bad_value` (any unreadable value of the column), `repeated_key`, `all_or_none` (columns filled
    together or not at all), or, for rows in which every column of `when` holds one of its values: `only` (a column may
    hold nothing else), `never` (a column may not hold these), `ages` (the person must be of an age) or `not_ages`.

    Attributes:
        number: the body's own, e.g. DfE's `344`.
        message: the body's words and what to do.
        refuse: the columns whose cells are refused by `ages` and `not_ages`.
    """

    number: str
    message: str
    bad_value: str | None = None
    repeated_key: bool = False
    all_or_none: tuple[str, ...] = ()
    when: Values = ()
    only: Values = ()
    never: Values = ()
    ages: Ages | None = None
    not_ages: Ages | None = None
    refuse: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """Every column that the rule names."""
        named = {name for group in (self.when, self.only, self.never) for name, _ in group}
        named.update((*self.all_or_none, *self.refuse), (one.born for one in (self.ages, self.not_ages) if one))
        return frozenset(named | ({self.bad_value} if self.bad_value else set()))


@dataclass(frozen=True, slots=True)
class CollectionYear:
    """A collection year, named by the calendar year in which it ends.

    Attributes:
        name: 2025 for the year that ends in 2025.
        last_day: of the year, e.g. 31 March 2025.
    """

    name: int
    last_day: date

    @property
    def first_day(self) -> date:
        """The day after the last day of the year before."""
        return self.last_day.replace(year=self.last_day.year - 1) + timedelta(days=1)

    @classmethod
    def of(cls, day: date, ends: tuple[int, int]) -> CollectionYear:
        """Return the year that holds the day, of those that end on that month and day."""
        last_day = date(day.year, *ends)
        return cls(day.year, last_day) if day <= last_day else cls(day.year + 1, date(day.year + 1, *ends))


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a full file may shrink against the last one before its load is held.

    Attributes:
        share: part of the last file's rows that may be missing (0 to 1).
        minimum_rows: with fewer rows than this in the last file, shrinking proves nothing and is not judged.
    """

    share: float
    minimum_rows: int


def _optional(column: Column) -> Column:
    """Return a column that one year adds, as one that a file of another year may lack."""
    return replace(column, required=False, header_needed=False, on_bad_value="refuse_cell")


@dataclass(frozen=True, slots=True)
class Contract:
    """What one extract (table) of a family must look like; see `docs/seams.md`.

    Attributes:
        latest_by: of an append table, the column that says which version of a key is the latest, before the data date
            does. Two versions may then stand in one file. "" where only the data date says it.
        rules: rules of a national body, by their own numbers.
        collection_year_ends: month and day on which the collection year ends, where the layout goes by such years.
        years: the contract as each listed collection year changes it, oldest first; a year lasts until the next one.
        year: the collection year that `in_force` was asked for.
    """

    family: str
    table: str
    description: str
    owner: str
    delivery: Delivery
    on_missing: OnMissing
    key: tuple[str, ...]
    tolerance: Tolerance
    data_date_headers: tuple[str, ...]
    row_rules: tuple[RowRule, ...]
    columns: tuple[Column, ...]
    contract_hash: str
    latest_by: str = ""
    rules: tuple[NumberedRule, ...] = ()
    collection_year_ends: tuple[int, int] | None = None
    years: tuple[tuple[int, Contract], ...] = ()
    year: CollectionYear | None = None

    @property
    def name(self) -> str:
        """`<family>__<table>`, the name of the extract everywhere."""
        return f"{self.family}__{self.table}"

    def column(self, name: str) -> Column:
        """Return the column of that canonical name; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def in_force(self, data_date: date) -> Contract:
        """Return the contract as it stands in the collection year of a data date; itself where years do not matter."""
        if self.collection_year_ends is None:
            return self
        year = CollectionYear.of(data_date, self.collection_year_ends)
        of_year = [contract for first, contract in self.years if first <= year.name]
        return replace(of_year[-1] if of_year else self, year=year)

    def for_recognition(self) -> Contract:
        """Return the contract with the aliases and patterns of all its years: a header is known before its year is."""
        columns = {column.name: column for column in self.columns}
        for column in (column for _, contract in self.years for column in contract.columns):
            known = columns.setdefault(column.name, _optional(column))
            columns[column.name] = replace(
                known,
                aliases=tuple(dict.fromkeys((*known.aliases, *column.aliases))),
                patterns=tuple(dict.fromkeys((*known.patterns, *column.patterns))),
            )
        return replace(self, columns=tuple(columns.values()))


class Contracts:
    """All contracts in force and the code lists they use. Iterates over `Contract` in order of name."""

    def __init__(self, contracts: Mapping[str, Contract], codes: CodeLists) -> None:
        self._contracts = dict(sorted(contracts.items()))
        self.codes = codes

    def __iter__(self) -> Iterator[Contract]:
        return iter(self._contracts.values())

    def __len__(self) -> int:
        return len(self._contracts)

    def __contains__(self, name: object) -> bool:
        return name in self._contracts

    def __getitem__(self, name: str) -> Contract:
        """Return the contract named `<family>__<table>`; raises KeyError."""
        return self._contracts[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Every `<family>__<table>`, sorted."""
        return tuple(self._contracts)

    @property
    def families(self) -> tuple[str, ...]:
        """The families that have a contract, sorted."""
        return tuple(sorted({contract.family for contract in self}))

    def of_family(self, family: str) -> tuple[Contract, ...]:
        """Return the contracts of one family, in order of name."""
        return tuple(contract for contract in self if contract.family == family)
