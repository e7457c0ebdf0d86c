"""One table against its contract: typed rows, rejected rows, refused cells.

What belongs here: the rules of a row and of a table.
What does not: reading files, single cells (values), writing (store).

Most files have few rows and the same texts come again each month, so every distinct text of a column is read once in a
run, and the rest is plain look-up; on small files that is several times faster than column expressions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import compress
from operator import itemgetter
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from pipelines.contracts import CodeLists, Column, Contract, NumberedRule
from pipelines.landing.csv_reader import Rows
from pipelines.landing.model import MARK, RefusedFileError
from pipelines.landing.numbered_rules import BrokenCell, Table, broken_cells
from pipelines.landing.recognition import Recognised
from pipelines.landing.values import MESSAGES, Reading, reader_for

ARROW_TYPES: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "code": pa.string(),
    "postcode": pa.string(),
}
REFUSED_CELLS = pa.schema(
    [("row_number", pa.int64()), *((name, pa.string()) for name in ("column", "value", "rule", "message"))]
)
REJECTS = REFUSED_CELLS.append(pa.field("row", pa.string()))
# What SQL Server's export writes for a missing value; not read as one in names, where it may be a name.
_NULL = "NULL"
ERASED = "erased"
_ZERO_WIDTH = str.maketrans("\u200b\ufeff", "  ")
# Codes and dates recur; ids and names beyond this number are cheap to read again.
_MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Checked:
    """A table that was checked.

    Attributes:
        rows_read: data rows of the table; rows without any content are none.
        accepted: `row_number` and every canonical column, typed.
        rejects: one row per rejected row: the columns of `REJECTS`, `row` being its known cells as JSON.
        refused_cells: one row per refused cell of an accepted row: the columns of `REFUSED_CELLS`.
    """

    rows_read: int
    accepted: pa.Table
    rejects: pa.Table
    refused_cells: pa.Table


def cleaned(cell: str) -> str:
    """Return the cell without spaces around it, and with single plain ones inside (also for non-breaking ones)."""
    text = cell if cell.isascii() else cell.translate(_ZERO_WIDTH)
    return " ".join(text.split())


def is_erased(row: Sequence[str]) -> bool:
    """Return whether a row was about somebody who was erased: every cell with content holds the mark."""
    return MARK in row and {cell for cell in row if cell} == {MARK}


class ColumnReader(dict[str, Reading]):
    """What each text of one column was read as: look a cell up, and it is read if it is new."""

    def __init__(self, column: Column, codes: CodeLists) -> None:
        """Prepare to read cells of that column."""
        super().__init__()
        self.column = column
        self._read = reader_for(column, codes)
        self._blank = Reading(None, "missing" if column.required else None)
        self._blanks = ("",) if column.privacy == "direct_identifier" else ("", _NULL)

    def __missing__(self, cell: str) -> Reading:
        text = cleaned(cell)
        reading = self._blank if text in self._blanks else self._read(text)
        if len(self) < _MOST_REMEMBERED:
            self[cell] = reading
        return reading

    def turns_away_the_row(self, rule: str) -> bool:
        """Return whether a cell of this column that breaks the rule rejects its row."""
        return rule == "missing" or self.column.on_bad_value != "refuse_cell"


class Readers:
    """The column readers of every contract met in a run, so that a text is read once for all its files."""

    def __init__(self, codes: CodeLists) -> None:
        """Start with nothing read."""
        self._codes = codes
        self._of_contract: dict[tuple[str, str], list[ColumnReader]] = {}

    def of(self, contract: Contract) -> list[ColumnReader]:
        """Return a reader for each column of the contract, in its order."""
        name = contract.name, contract.contract_hash
        if name not in self._of_contract:
            self._of_contract[name] = [ColumnReader(column, self._codes) for column in contract.columns]
        return self._of_contract[name]


@dataclass(frozen=True, slots=True)
class _ReadColumn:
    """One column of a table: its cells, what each was read as, and (index, rule) of the bad ones."""

    reader: ColumnReader
    cells: Sequence[str]
    readings: list[Reading]
    faults: list[tuple[int, str]]

    @property
    def name(self) -> str:
        return self.reader.column.name

    def is_blank(self, index: int) -> bool:
        """Return whether the cell holds nothing, readable or not."""
        return self.readings[index].value is None and self.readings[index].rule in (None, "missing")


# Index of a rejected row -> the column and the rule that rejected it; the first reason counts, in the order of the
# contract's columns, then its row rules, then its key.
_Verdicts = dict[int, tuple[str, str]]


def check(rows: Rows, found: Recognised, readers: Readers) -> Checked:
    """Return the rows below the header, each accepted or rejected by the contract in force on the data date.

    Raises RefusedFileError when a column whose contract says `reject_file` holds a bad value.
    """
    below = enumerate(rows[found.header_index + 1 :], start=found.header_index + 2)
    return check_rows(below, rows[found.header_index], found, readers, set())


def check_rows(
    rows: Iterable[tuple[int, list[str]]], header: Sequence[str], found: Recognised, readers: Readers, seen: set[bytes]
) -> Checked:
    """Return some rows of a table, given with their spreadsheet row, each accepted or rejected.

    Args:
        rows: in the order of the file.
        header: the header row of the table.
        found: which column is which.
        readers: what the texts of each column were read as.
        seen: digests of the keys of earlier rows; those of these rows are added.

    Raises RefusedFileError when a column whose contract says `reject_file` holds a bad value.
    """
    numbers, shaped, misshapen = _split(rows, header, found)
    columns = [_read(reader, found.positions.get(reader.column.name), shaped) for reader in readers.of(found.contract)]
    _check_whole_file(columns, numbers)
    values = _values(columns)
    verdicts = _verdicts(columns, values, found.contract, seen)
    told = _Told(found.contract.rules)
    broken = _broken(columns, values, found.contract)
    for cell in broken:
        values[cell.column][cell.index] = None
    rejects = sorted([*misshapen, *_rejected(columns, numbers, verdicts, told)], key=itemgetter("row_number"))
    return Checked(
        rows_read=len(numbers) + len(misshapen),
        accepted=_accepted(columns, values, numbers, verdicts),
        rejects=pa.Table.from_pylist(rejects, schema=REJECTS),
        refused_cells=_refused(columns, numbers, verdicts, told, broken),
    )


class _Told:
    """What a rule of landing is called and says: a national body's number and words, where it has a rule for that."""

    def __init__(self, rules: Sequence[NumberedRule]) -> None:
        self._by_column = {rule.bad_value: rule for rule in rules if rule.bad_value}
        self._repeated_key = next((rule for rule in rules if rule.repeated_key), None)

    def of(self, column: str, rule: str) -> dict[str, str]:
        """Return `rule` and `message` for a rule that a cell of the column broke."""
        numbered = self._repeated_key if rule == "duplicate_key" else self._by_column.get(column)
        if numbered is None or rule == "end_before_start":
            return {"rule": rule, "message": MESSAGES[rule]}
        return {"rule": numbered.number, "message": numbered.message}


def _broken(columns: Sequence[_ReadColumn], values: Mapping[str, list[Any]], contract: Contract) -> list[BrokenCell]:
    """Return the cells that break a numbered rule though they could be read; of several rules the first counts."""
    if not contract.rules or not columns:
        return []
    by_name = {column.name: column for column in columns}
    table = Table(values, lambda name, index: by_name[name].is_blank(index), contract.year)
    first: dict[tuple[int, str], BrokenCell] = {}
    for cell in broken_cells(contract.rules, table, len(columns[0].cells)):
        first.setdefault((cell.index, cell.column), cell)
    return list(first.values())


def unique_by(contract: Contract) -> tuple[str, ...]:
    """Return the columns that no two rows of a file may have alike, none where every row counts.

    Two versions of a record may stand in one file where a column says which is the later.
    """
    return (*contract.key, *filter(None, [contract.latest_by])) if contract.key else ()


def _split(
    rows: Iterable[tuple[int, list[str]]], header: Sequence[str], found: Recognised
) -> tuple[list[int], Rows, list[dict[str, Any]]]:
    """Return the numbers and cells of the rows shaped like the header, and the other rows as rejects.

    Blank cells beyond the header do not count. Rows without any content are no records, but keep their number.
    """
    width = len(header)
    numbers: list[int] = []
    shaped: Rows = []
    misshapen: list[dict[str, Any]] = []
    for number, row in rows:
        content = "".join(row)
        if not content or content.isspace():
            continue
        if MARK in row and is_erased(row):
            misshapen.append(_misshapen(number, ERASED, (), found, width))
        elif row == header:
            misshapen.append(_misshapen(number, "repeated_header", row, found, width))
        elif len(row) == width or (len(row) > width and not "".join(row[width:]).strip()):
            numbers.append(number)
            shaped.append(row)
        else:
            misshapen.append(_misshapen(number, "wrong_number_of_cells", row, found, width))
    return numbers, shaped, misshapen


def _misshapen(number: int, rule: str, row: Sequence[str], found: Recognised, width: int) -> dict[str, Any]:
    cells = found.asked_for(row, width)
    known = {name: cells[position] for name, position in found.positions.items() if position < len(cells)}
    return {"row_number": number, "rule": rule, "message": MESSAGES[rule], "row": _as_json(known)}


def _as_json(cells: Mapping[str, str | None]) -> str:
    return json.dumps(cells, ensure_ascii=False)


def _read(reader: ColumnReader, position: int | None, rows: Rows) -> _ReadColumn:
    """Return one column of the table, blank throughout where the file does not have it."""
    cells = [""] * len(rows) if position is None else list(map(itemgetter(position), rows))
    readings = list(map(reader.__getitem__, cells))
    faults = [(index, reading.rule) for index, reading in enumerate(readings) if reading.rule is not None]
    return _ReadColumn(reader, cells, readings, faults)


def _check_whole_file(columns: Sequence[_ReadColumn], numbers: Sequence[int]) -> None:
    for column in columns:
        if column.reader.column.on_bad_value == "reject_file" and column.faults:
            index, rule = column.faults[0]
            raise RefusedFileError(
                f"Row {numbers[index]}, column {column.name}, is bad, and its contract then refuses the whole file.",
                MESSAGES[rule],
            )


def _values(columns: Sequence[_ReadColumn]) -> dict[str, list[Any]]:
    """Return the typed values by column; what a label says besides its code fills blanks of the column meant for it."""
    values = {column.name: [reading.value for reading in column.readings] for column in columns}
    for column in columns:
        for target, _ in column.reader.column.derives:
            for index, reading in enumerate(column.readings):
                if reading.derived and values[target][index] is None:
                    values[target][index] = dict(reading.derived).get(target)
    return values


def _verdicts(
    columns: Sequence[_ReadColumn], values: Mapping[str, list[Any]], contract: Contract, seen: set[bytes]
) -> _Verdicts:
    verdicts: _Verdicts = {}
    for column in columns:
        for index, rule in column.faults:
            if column.reader.turns_away_the_row(rule):
                verdicts.setdefault(index, (column.name, rule))
    for row_rule in contract.row_rules:
        for index, (start, end) in enumerate(zip(values[row_rule.start], values[row_rule.end], strict=True)):
            if start is not None and end is not None and end < start:
                verdicts.setdefault(index, (row_rule.end, row_rule.name))
    if contract.key:
        _reject_repeated_keys(verdicts, values, unique_by(contract), seen)
    return verdicts


def _reject_repeated_keys(
    verdicts: _Verdicts, values: Mapping[str, list[Any]], key: Sequence[str], seen: set[bytes]
) -> None:
    """Reject rows whose key an earlier, accepted row has; a key with a refused cell in it is nobody's double."""
    for index, parts in enumerate(zip(*(values[name] for name in key), strict=True)):
        if index in verdicts or None in parts:
            continue
        digest = blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest in seen:
            verdicts[index] = (key[-1], "duplicate_key")
        seen.add(digest)


def _accepted(
    columns: Sequence[_ReadColumn], values: Mapping[str, list[Any]], numbers: Sequence[int], verdicts: _Verdicts
) -> pa.Table:
    kept = [index not in verdicts for index in range(len(numbers))]

    def of_kept(cells: Sequence[Any]) -> list[Any]:
        return list(compress(cells, kept)) if verdicts else list(cells)

    arrays = {"row_number": pa.array(of_kept(numbers), pa.int64())}
    for column in columns:
        arrays[column.name] = pa.array(of_kept(values[column.name]), ARROW_TYPES[column.reader.column.type])
    return pa.table(arrays)


def _rejected(
    columns: Sequence[_ReadColumn], numbers: Sequence[int], verdicts: _Verdicts, told: _Told
) -> list[dict[str, Any]]:
    rejects = []
    for index, (name, rule) in verdicts.items():
        cells = {column.name: cleaned(column.cells[index]) or None for column in columns}
        rejects.append(
            {
                "row_number": numbers[index],
                "column": name,
                "value": cells[name],
                **told.of(name, rule),
                "row": _as_json(cells),
            }
        )
    return rejects


def _refused(
    columns: Sequence[_ReadColumn],
    numbers: Sequence[int],
    verdicts: _Verdicts,
    told: _Told,
    broken: Sequence[BrokenCell],
) -> pa.Table:
    """Return the bad cells of accepted rows, in order of row and of the contract's columns."""
    found = []
    for column in columns:
        faults = {index: told.of(column.name, rule) for index, rule in column.faults}
        for cell in broken:
            if cell.column == column.name:
                faults[cell.index] = {"rule": cell.rule.number, "message": cell.rule.message}
        found += [
            {
                "row_number": numbers[index],
                "column": column.name,
                "value": cleaned(column.cells[index]),
                **fault,
            }
            for index, fault in faults.items()
            if index not in verdicts
        ]
    return pa.Table.from_pylist(sorted(found, key=itemgetter("row_number")), schema=REFUSED_CELLS)
