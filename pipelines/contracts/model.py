"""The types of a contract.

What belongs here: the typed shape of what the YAML says.
What does not: reading the YAML (loader), applying it (landing).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pipelines.contracts.codes import CodeLists

ColumnType = Literal["text", "date", "timestamp", "integer", "number", "boolean", "code", "postcode"]
OnBadValue = Literal["refuse_cell", "reject_row", "reject_file"]
Privacy = Literal["direct_identifier", "pseudonymous", "sensitive", "none"]
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


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a full file may shrink against the last one before its load is held.

    Attributes:
        share: part of the last file's rows that may be missing (0 to 1).
        minimum_rows: with fewer rows than this in the last file, shrinking proves nothing and is not judged.
    """

    share: float
    minimum_rows: int


@dataclass(frozen=True, slots=True)
class Contract:
    """What one extract (table) of a family must look like; see `docs/seams.md`.

    Attributes:
        latest_by: of an append table, the column that says which version of a key is the latest, before the data date
            does. Two versions may then stand in one file. "" where only the data date says it.
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
