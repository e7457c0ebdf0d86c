"""What is expected of an extract beyond its contract: read from `expectations.yml`.

What belongs here: reading and checking that file. What does not: facts of a column, which are the contract's, and
looking anything up in data (`profiles`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.contracts import Contracts

FILE = Path(__file__).parent / "expectations.yml"


class ExpectationsError(Exception):
    """`expectations.yml` names an extract or a column that no contract has."""


@dataclass(frozen=True)
class Reference:
    """A key of one extract that names a row of another.

    Attributes:
        child: The extract that holds the reference, `<family>__<table>`.
        columns: Its columns.
        parent: The extract that is referred to.
        parent_columns: Its columns, in the same order.
        since: The child's date by which rows much older than the parent's first file are left out, if any are.
    """

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    since: str | None

    @property
    def parent_table(self) -> str:
        """The table of the parent, as a letter names it."""
        return self.parent.partition("__")[2]

    @property
    def same_family(self) -> bool:
        """Whether one sender sends both tables; otherwise they meet in the authority."""
        return self.child.partition("__")[0] == self.parent.partition("__")[0]


def references_of(extract: str) -> tuple[Reference, ...]:
    """Return the references that an extract holds."""
    return tuple(
        Reference(extract, tuple(entry["columns"]), entry["parent"], tuple(entry["parent_columns"]), entry.get("since"))
        for entry in _document()["references"].get(extract, ())
    )


def never_empty(extract: str) -> tuple[str, ...]:
    """Return the columns without which an extract is of no use."""
    return tuple(_document()["never_empty"].get(extract, ()))


def happened(extract: str) -> tuple[str, ...]:
    """Return the dates of an extract that cannot lie after its data date, besides those that define an event."""
    return tuple(_document()["happened"].get(extract, ()))


def in_order(extract: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of dates of an extract of which the first cannot lie after the second."""
    return tuple((first, second) for first, second in _document()["in_order"].get(extract, ()))


def check_expectations(contracts: Contracts) -> None:
    """Raise ExpectationsError if the file names what no contract has."""
    named = [(extract, never_empty(extract)) for extract in _document()["never_empty"]]
    named += [(extract, happened(extract)) for extract in _document()["happened"]]
    named += [(extract, pair) for extract in _document()["in_order"] for pair in in_order(extract)]
    for extract in _document()["references"]:
        for reference in references_of(extract):
            named += [(extract, reference.columns), (reference.parent, reference.parent_columns)]
            named += [(extract, (reference.since,))] if reference.since else []
    for extract, columns in named:
        if extract not in contracts:
            raise ExpectationsError(f"{FILE.name} names {extract}, which has no contract.")
        missing = set(columns) - {column.name for column in contracts[extract].columns}
        if missing:
            raise ExpectationsError(f"{FILE.name}: {extract} has no column {', '.join(sorted(missing))}.")


@cache
def _document() -> dict[str, dict[str, Any]]:
    document: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return document
