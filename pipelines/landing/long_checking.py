"""One long table against its contract, block by block, in bounded memory.

What belongs here: reading whole columns at once where all is well, and finding the rows where it is not. What does not:
the rules, which are those of `checking`: every row with anything odd in it is read again there, alone.

Memory grows by eight bytes a row (a hash of its key) and by the keys that are there twice, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]

from pipelines.contracts import Contract
from pipelines.landing.checking import ARROW_TYPES, Checked, ColumnReader, Readers, check_rows, unique_by
from pipelines.landing.long_text import Block
from pipelines.landing.model import RefusedFileError
from pipelines.landing.recognition import Recognised

Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]
Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]

_MOST_SUSPECTS = 2_000_000
# Text that `cleaned` may change, or that is no plain text: odd characters, spaces at an edge or in a row, `#`, NULL.
_UNTIDY = r"[^!-~ ]|  |^ | $|^#|^NULL$"
_NULL = b"NULL"
_PLAIN_POSTCODE = r"^[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$"
# Above this share of distinct texts, looking at each text once costs more than looking at each cell.
_MANY = 0.2


@dataclass(frozen=True, slots=True)
class CheckedBlock:
    """A block that was checked, and the rows of it that have a fault, as they were written."""

    checked: Checked
    faulty: dict[int, list[str]]


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of a block: its values, and which cells break a rule or need a closer look."""

    values: pa.Array
    odd: Mask
    derived: dict[str, pa.Array]


@dataclass(frozen=True, slots=True)
class _Cells:
    """The records of a block: those shaped like the header as columns of text; all as rows, where they came as rows."""

    numbers: Numbers
    columns: pa.Table
    rows: dict[int, list[str]] | None

    def misshapen(self) -> dict[int, list[str]]:
        """Return the records that are not shaped like the header."""
        return (
            {number: self.rows[number] for number in self.rows.keys() - set(self.numbers.tolist())} if self.rows else {}
        )


class LongCheck:
    """Checks the blocks of one table, in their order; twice where keys may be there twice."""

    def __init__(self, header: Sequence[str], found: Recognised, readers: Readers) -> None:
        """Prepare to check the table with that header."""
        self._header = list(header)
        self._found = found
        self._readers = readers
        self._suspects: Hashes = np.empty(0, np.uint64)
        self._hashes: list[Hashes] = []
        self._seen: set[bytes] = set()

    @property
    def contract(self) -> Contract:
        """The extract that the table is."""
        return self._found.contract

    def blocks(self, blocks: Iterator[Block]) -> Iterator[CheckedBlock]:
        """Yield each block checked; raises RefusedFileError where a contract refuses the whole file."""
        self._hashes = []
        self._seen = set()
        for block in blocks:
            yield self._check(self._below_header(block))

    def must_be_repeated(self) -> bool:
        """Return whether keys seem to be there twice: the blocks must then be checked again, from the first.

        A key is looked for by its hash first. Raises RefusedFileError where more than two million keys are repeated.
        """
        if len(self._suspects) or not self._hashes:
            return False
        ordered = np.sort(np.concatenate(self._hashes))
        self._suspects = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        if len(self._suspects) > _MOST_SUSPECTS:
            raise RefusedFileError(
                f"More than {_MOST_SUSPECTS:,} keys ({', '.join(unique_by(self.contract))}) stand in the file twice.",
                "The file probably holds the table twice: export it again.",
            )
        return len(self._suspects) > 0

    def _below_header(self, block: Block) -> _Cells:
        """Return the records of a block that lie below the header, as columns as far as they have its shape."""
        above = max(self._found.header_index + 2 - block.first_row, 0)
        if block.columns is not None:
            numbers = np.arange(block.first_row + above, block.first_row + block.length)
            return _Cells(numbers, block.columns.slice(above), None)
        rows = dict(enumerate((block.rows or [])[above:], start=block.first_row + above))
        width = len(self._header)
        shaped = {number: row[:width] for number, row in rows.items() if _has_shape(row, width)}
        places = zip(*shaped.values(), strict=True) if shaped else [()] * width
        columns = pa.table([pa.array(cells, pa.string()) for cells in places], [str(place) for place in range(width)])
        return _Cells(np.fromiter(shaped, np.int64, len(shaped)), columns, rows)

    def _check(self, cells: _Cells) -> CheckedBlock:
        columns = {reader.column.name: self._read(reader, cells) for reader in self._readers.of(self.contract)}
        values = {name: column.values for name, column in columns.items()}
        for column in columns.values():
            for target, derived in column.derived.items():
                values[target] = pc.coalesce(values[target], derived)
        plain = pa.table({"row_number": pa.array(cells.numbers, pa.int64()), **values})
        repeated = self._may_be_repeated([values[name] for name in unique_by(self.contract)], len(cells.numbers))
        odd = self._odd(cells, columns, values) & ~repeated
        plain = plain.filter(pa.array(~(odd | repeated)))
        # Keys are remembered only where they may be repeated, so that a file of faults alone takes no memory either.
        rows = _rows(cells, odd) | cells.misshapen()
        rows_repeated = _rows(cells, repeated)
        parts = [
            check_rows(sorted(rows.items()), self._header, self._found, self._readers, set()),
            check_rows(sorted(rows_repeated.items()), self._header, self._found, self._readers, self._seen),
        ]
        checked = Checked(
            plain.num_rows + sum(part.rows_read for part in parts),
            _in_order([plain, *(part.accepted for part in parts)]),
            _in_order([part.rejects for part in parts]),
            _in_order([part.refused_cells for part in parts]),
        )
        numbers = {*checked.rejects["row_number"].to_pylist(), *checked.refused_cells["row_number"].to_pylist()}
        rows |= rows_repeated
        return CheckedBlock(checked, {number: rows[number] for number in sorted(numbers)})

    def _read(self, reader: ColumnReader, cells: _Cells) -> _Column:
        column = reader.column
        place = self._found.positions.get(column.name)
        length = len(cells.numbers)
        if place is None:
            return _Column(pa.nulls(length, ARROW_TYPES[column.type]), np.full(length, column.required), {})
        texts = _whole(cells.columns.column(place))
        return _read_text(reader, texts) if column.type == "text" else _read_typed(reader, texts)

    def _odd(self, cells: _Cells, columns: dict[str, _Column], values: dict[str, pa.Array]) -> Mask:
        """Return which rows need a closer look: a fault, no known value, the header again."""
        odd: Mask = np.zeros(len(cells.numbers), dtype=np.bool_)
        for column in columns.values():
            odd |= column.odd
        for rule in self.contract.row_rules:
            odd |= _true(pc.less(values[rule.end], values[rule.start]))
        known = np.zeros(len(odd), dtype=np.bool_)
        for one in values.values():
            known |= _true(one.is_valid())
        first = min(self._found.positions.values())
        odd |= ~known | _true(pc.equal(_whole(cells.columns.column(first)), self._header[first]))
        return odd

    def _may_be_repeated(self, key: Sequence[pa.Array], length: int) -> Mask:
        """Return which rows have a key that seems to be there twice, and remember the hash of every whole key."""
        if not key:
            return np.zeros(length, dtype=np.bool_)
        frame = pl.DataFrame({str(place): pl.from_arrow(values) for place, values in enumerate(key)})
        hashes: Hashes = frame.hash_rows(seed=1, seed_1=2, seed_2=3, seed_3=4).to_numpy()
        whole = np.ones(len(hashes), dtype=np.bool_)
        for values in key:
            whole &= _true(values.is_valid())
        self._hashes.append(hashes[whole])
        if not len(self._suspects):
            return np.zeros(len(hashes), dtype=np.bool_)
        repeated: Mask = np.isin(hashes, self._suspects) & whole
        return repeated


def _read_text(reader: ColumnReader, cells: pa.Array) -> _Column:
    """Read a column of text: as it is, but for blanks and the cells that are not tidy."""
    blank = pc.equal(cells, "")
    values = pc.if_else(blank, pa.scalar(None, pa.string()), cells)
    odd = _true(blank) if reader.column.required else np.zeros(len(cells), dtype=np.bool_)
    untidy = None if _is_tidy(cells) else pc.match_substring_regex(cells, _UNTIDY)
    if untidy is not None and pc.any(untidy).as_py():
        readings = [reader[cell] for cell in cells.filter(untidy).to_pylist()]
        values = pc.replace_with_mask(values, untidy, pa.array([one.value for one in readings], pa.string()))
        odd[_true(untidy)] = [one.rule is not None for one in readings]
    return _Column(values, odd, {})


def _is_tidy(cells: pa.Array) -> bool:
    """Return whether no cell can be untidy, told by all letters of the column at once: no space, `#` or NULL in it."""
    _, offsets, letters = cells.buffers()
    if letters is None:
        return True
    bounds = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    text = np.frombuffer(letters, np.uint8)[bounds[0] : bounds[-1]]
    if not len(text):
        return True
    plain = int(text.min()) > ord(" ") and int(text.max()) < 0x7F
    return plain and not np.any(text == ord("#")) and _NULL not in text.tobytes()


def _read_typed(reader: ColumnReader, cells: pa.Array) -> _Column:
    """Read a column of dates, numbers, codes or postcodes: each distinct text once."""
    encoded = cells.dictionary_encode()
    if reader.column.type == "postcode" and len(encoded.dictionary) > _MANY * len(cells):
        return _read_postcodes(reader, cells)
    readings = [reader[text] for text in encoded.dictionary.to_pylist()]
    values = pa.array([one.value for one in readings], ARROW_TYPES[reader.column.type]).take(encoded.indices)
    faults = np.array([one.rule is not None for one in readings], dtype=np.bool_)
    indices = encoded.indices.to_numpy(zero_copy_only=False)
    derived = {}
    for target, _ in reader.column.derives:
        texts = [dict(one.derived).get(target) for one in readings]
        if any(texts):
            derived[target] = pa.array(texts, pa.string()).take(encoded.indices)
    odd = faults[indices] if faults.any() else np.zeros(len(cells), dtype=np.bool_)
    return _Column(values, odd, derived)


def _read_postcodes(reader: ColumnReader, cells: pa.Array) -> _Column:
    plain = pc.match_substring_regex(cells, _PLAIN_POSTCODE)
    values = pc.replace_substring(cells, " ", "")
    others = pc.invert(plain)
    odd = np.zeros(len(cells), dtype=np.bool_)
    if pc.any(others).as_py():
        readings = [reader[cell] for cell in cells.filter(others).to_pylist()]
        values = pc.replace_with_mask(values, others, pa.array([one.value for one in readings], pa.string()))
        odd[_true(others)] = [one.rule is not None for one in readings]
    return _Column(values, odd, {})


def _has_shape(row: Sequence[str], width: int) -> bool:
    """Return whether a record has the header's cells; blank cells beyond them do not count."""
    return len(row) == width or (len(row) > width and not "".join(row[width:]).strip())


def _rows(cells: _Cells, wanted: Mask) -> dict[int, list[str]]:
    """Return the wanted records by row number, as they were written."""
    if not wanted.any():
        return {}
    numbers = cells.numbers[wanted].tolist()
    if cells.rows is not None:
        return {number: cells.rows[number] for number in numbers}
    taken = cells.columns.filter(pa.array(wanted))
    rows = map(list, zip(*(column.to_pylist() for column in taken.columns), strict=True))
    return dict(zip(numbers, rows, strict=True))


def _in_order(parts: Sequence[pa.Table]) -> pa.Table:
    """Return the parts as one table in order of row number; each is so already."""
    filled = [part for part in parts if part.num_rows]
    if len(filled) < 2:
        return filled[0] if filled else parts[0]
    whole = pa.concat_tables(filled)
    return whole.take(pa.array(np.argsort(whole["row_number"].to_numpy(), kind="stable")))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array."""
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays([pa.array([], column.type), *column.chunks])


def _true(array: pa.Array) -> Mask:
    """Return where a comparison holds; where one side is null it does not."""
    mask: Mask = pc.fill_null(array, False).to_numpy(zero_copy_only=False)
    return mask
