"""People who were erased: recognising them in a file, and taking them out of its bytes.

What belongs here: tombstones, and a file without the rows of erased people. What does not: deciding who is erased and
clearing the rest of the home (`pipelines.protection.erasure`).

A tombstone is a keyed hash of what a record may be known by: an id of the case system, a reference of an application, a
homelessness case or a tenancy, an NI number, or name and date of birth together. Without the home's secret it says
nothing. Where a row has one, all its cells become `[erased]` before anything of the file is kept; the row keeps its
number and is rejected by the rule `erased`, so rows still add up.
"""

from __future__ import annotations

import csv
import hmac
import io
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from pipelines.contracts import Contract
from pipelines.landing import ssda903_xml
from pipelines.landing.checking import cleaned, is_erased
from pipelines.landing.csv_reader import all_rows, decode
from pipelines.landing.guards import kind_of
from pipelines.landing.model import MARK
from pipelines.landing.reading import Indexes, Table, recognised_text, tables_of
from pipelines.landing.values import read_date
from pipelines.settings import Home

Matches = Callable[[Contract, Mapping[str, str]], bool]
"""Whether a row, given by canonical column, is about somebody who was erased."""
PERSON_FAMILIES = frozenset({"case_system", "protocol_forms", "lettings", "homelessness"})
_CASE_IDS = ("child_unique_id", "child")
_REFERENCES = ("application_ref", "case_ref", "tenancy_ref", "reopened_from")


def case_id(authority: str, person_id: str) -> str:
    """Return what a person's id in a case system is known by."""
    return f"case_id|{authority}|{person_id.strip().lower()}"


def reference(kind: str, sender: str, value: str) -> str:
    """Return what a record of another system is known by; `kind` is the column's name."""
    kind = "case_ref" if kind == "reopened_from" else kind
    return f"{kind}|{sender}|{value.strip().lower()}"


def ni_number(value: str) -> str:
    """Return what an NI number is known by."""
    return f"ni_number|{''.join(value.split()).upper()}"


def name_and_birth(forename: str, surname: str, born: date) -> str:
    """Return what name and date of birth together are known by: accents and capitals do not count."""
    plain = unicodedata.normalize("NFKD", f"{forename} {surname}").encode("ascii", "ignore").decode("ascii")
    return f"person|{' '.join(plain.lower().split())}|{born.isoformat()}"


def known_by(contract: Contract, authority: str, sender: str, cells: Mapping[str, str]) -> Iterator[str]:
    """Yield everything that a row's person may be known by."""
    for name, value in cells.items():
        if not value:
            continue
        if name.endswith("person_id") or name in _CASE_IDS:
            yield case_id(authority, value)
        elif name in _REFERENCES and contract.family in {"lettings", "homelessness"}:
            yield reference(name, sender, value)
        elif name == "ni_number":
            yield ni_number(value)
    forename, surname, born = (
        next((cells[name] for name in cells if name.endswith(ending)), "")
        for ending in ("forename", "surname", "birth")
    )
    born = born or next((cells[name] for name in cells if name == "dob" or name.endswith("_dob")), "")
    day = read_date(born).value if born else None
    if forename and surname and isinstance(day, date):
        yield name_and_birth(forename, surname, day)


class Tombstones:
    """The tombstones of a home."""

    def __init__(self, secret: bytes, hashes: frozenset[str]) -> None:
        """Hold the hashes, and the secret that made them."""
        self._secret = secret
        self.hashes = hashes

    @classmethod
    def of(cls, home: Home) -> Tombstones:
        """Return those of every erasure."""
        receipts = sorted(erasures_folder(home).glob("[0-9]*.json"))
        if not receipts:
            return cls(b"", frozenset())
        hashes = (one for path in receipts for one in json.loads(path.read_text(encoding="utf-8"))["tombstones"])
        return cls(home.erasure_key(), frozenset(hashes))

    def __bool__(self) -> bool:
        """Whether anybody was ever erased."""
        return bool(self.hashes)

    def matches(self, authority: str, sender: str) -> Matches:
        """Return the function that recognises erased people in the rows of a sender."""

        def match(contract: Contract, cells: Mapping[str, str]) -> bool:
            return any(
                tombstone(self._secret, one) in self.hashes for one in known_by(contract, authority, sender, cells)
            )

        return match


def tombstone(secret: bytes, known: str) -> str:
    """Return the keyed hash of what somebody is known by."""
    return hmac.digest(secret, b"tombstone|" + known.encode("utf-8"), "sha256").hex()


def erasures_folder(home: Home) -> Path:
    """Return where the receipts of erasures lie."""
    return home.registry / "erasures"


def unfinished(home: Home) -> list[int]:
    """Return the numbers of erasures that were cut off before the older builds were gone."""
    receipts = sorted(erasures_folder(home).glob("[0-9]*.json"))
    return [int(path.stem) for path in receipts if not json.loads(path.read_text(encoding="utf-8")).get("finished")]


def without(content: bytes, indexes: Indexes, family: str, matches: Matches) -> bytes:
    """Return a file's bytes with every cell of an erased person's rows replaced; the same bytes where there is none.

    Other rows keep their cells and their numbers. A workbook keeps values, formulas become what they last showed.

    Raises RefusedFileError when nothing in the file is recognised.
    """
    if family not in PERSON_FAMILIES:
        return content
    tables, _ = tables_of(content, indexes, family)
    found = {table.found.contract.table: numbers for table in tables if (numbers := _rows_of(table, matches))}
    if not found:
        return content
    kind = kind_of(content)
    if kind == "text":
        return _text_without(content, indexes, family, next(iter(found.values())))
    if kind == "xml":
        return ssda903_xml.without(
            content, {_child(table, n) for table in tables for n in _rows_of(table, matches)} - {""}
        )
    return _workbook_without(content, [(table.rows, _rows_of(table, matches)) for table in tables])


def erased_rows(content: bytes, indexes: Indexes, family: str) -> dict[str, list[int]]:
    """Return the numbers of the rows that hold erased people, by table."""
    tables, _ = tables_of(content, indexes, family)
    return {
        table.found.contract.table: [number for number, row in enumerate(table.rows, start=1) if is_erased(row)]
        for table in tables
    }


def _rows_of(table: Table, matches: Matches) -> set[int]:
    """Return the numbers of the rows about erased people."""
    contract, positions = table.found.contract, table.found.positions
    first = table.found.header_index + 2
    return {
        number
        for number, row in enumerate(table.rows[first - 1 :], start=first)
        if matches(contract, {name: cleaned(row[place]) for name, place in positions.items() if place < len(row)})
    }


def _child(table: Table, number: int) -> str:
    return table.rows[number - 1][0]


def _text_without(content: bytes, indexes: Indexes, family: str, numbers: set[int]) -> bytes:
    text = decode(content)
    _, separator = recognised_text(text, indexes, family)
    rows = all_rows(text, separator)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator="\n")
    for number, row in enumerate(rows, start=1):
        writer.writerow([MARK] * len(row) if number in numbers else row)
    return written.getvalue().encode("utf-8")


def _workbook_without(content: bytes, tables: list[tuple[list[list[str]], set[int]]]) -> bytes:
    """Return the workbook with the rows replaced in the sheets whose cells are those of the tables."""
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415 - loaded where a workbook is rewritten

    from pipelines.landing.xlsx_reader import sheets  # noqa: PLC0415

    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    for name, rows in sheets(content).items():
        numbers = next((found for known, found in tables if known == rows), set())
        for number in numbers:
            for cell in book[name][number]:
                cell.value = MARK
                cell.comment = None
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
