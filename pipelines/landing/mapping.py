"""How a file that has not landed would map: column by column, for the analyst who must make it land.

What belongs here: reading a file as landing would, without keeping anything, and what to add to a contract so that it
is understood. What does not: telling it (`pipelines.commands.contracts`), writing the overlay (`contracts.overlay`).

Nothing here repeats a cell, except the unknown spellings of code columns; and of those none that looks like a name, an
identifier, a date or a postcode, because a shifted column puts people's data under a code's header.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from pipelines.contracts import Column, Contract, Contracts
from pipelines.contracts.text import bare, header_key
from pipelines.landing import bulk_upload, published, ssda903_xml
from pipelines.landing.checking import Checked, ColumnReader, Readers, check, cleaned
from pipelines.landing.csv_reader import SEPARATORS, Rows, all_rows, decode, first_rows
from pipelines.landing.data_dates import date_in_column
from pipelines.landing.guards import check_size, kind_of
from pipelines.landing.model import RefusedFileError
from pipelines.landing.recognition import HEADER_ROWS_SEARCHED, HeaderIndex, Recognised
from pipelines.landing.xlsx_reader import sheets

DATA_DATE = "(data date)"
MOST_SPELLINGS = 10
# More than this of a text file is not needed to say how it maps.
MOST_TEXT_BYTES = 16 * 2**20
_LEAST_HEADERS = 2
_ALIKE = 0.75
_CLEARLY = 0.15
_LEAST_READABLE = 0.9
# A new sender spells codes in ways of its own; half of them known is a good sign already.
_LEAST_CODES_READABLE = 0.5
# Dates, postcodes, NI numbers, references: anything with two digits in a row beside other characters.
_MAY_IDENTIFY = re.compile(r"\d{2}.*\D|\D.*\d{2}|\d{4}|@")
_MOST_CELLS_TRIED = 2_000


@dataclass(frozen=True, slots=True)
class UnknownCodes:
    """The spellings of one code column that its list does not know, most frequent first.

    Attributes:
        column: canonical name.
        code_list: the list that would have to know them; "" where a national layout closes the list.
        cells: cells with an unknown spelling.
        spellings: (spelling, cells, first row), at most `MOST_SPELLINGS`.
        more: distinct unknown spellings beyond those.
        withheld: distinct unknown spellings that may be a person's data and are therefore not shown.
    """

    column: str
    code_list: str
    cells: int
    spellings: tuple[tuple[str, int, int], ...]
    more: int
    withheld: int


@dataclass(frozen=True, slots=True)
class BadCells:
    """Cells of one column that break one rule: how many, and in which row first; never the cells themselves."""

    column: str
    rule: str
    cells: int
    first_row: int


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How one table of a file maps.

    Attributes:
        sheet: name of the sheet, "" for text.
        contract: the extract that it is, or looks most like.
        recognised: whether it would land.
        header_row: spreadsheet row of the headers.
        columns: (header as written, canonical name, DATA_DATE or None where it is not known), from left to right.
        missing_needed: canonical columns without which the file is not this extract.
        missing_others: canonical columns that the file does not have.
        suggestions: unknown header -> canonical column that it seems to be.
        counts: rows read, accepted and rejected and cells refused, were the suggestions followed; empty where columns
            that are needed would still be missing.
    """

    sheet: str
    contract: Contract
    recognised: bool
    header_row: int
    columns: tuple[tuple[str, str | None], ...]
    missing_needed: tuple[str, ...]
    missing_others: tuple[str, ...]
    suggestions: Mapping[str, str]
    unknown_codes: tuple[UnknownCodes, ...]
    bad_cells: tuple[BadCells, ...]
    counts: Mapping[str, int]

    @property
    def unknown_headers(self) -> tuple[str, ...]:
        """Headers that mean nothing to the contract."""
        return tuple(header for header, name in self.columns if name is None and header)

    @property
    def needs_someone(self) -> bool:
        """Whether anything of the table would not be understood."""
        return bool(not self.recognised or self.unknown_headers or self.unknown_codes or self.bad_cells)


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How a file maps: its tables, the sheets that are none, and whether only its beginning was looked at."""

    tables: tuple[TableMapping, ...]
    unknown_sheets: tuple[str, ...]
    beginning_only: bool


def beginning_of(path: Path) -> bytes:
    """Return the bytes of a file, of a long text a little more than is looked at; raises RefusedFileError."""
    with path.open("rb") as opened:
        content = opened.read(MOST_TEXT_BYTES + 1)
        kind = kind_of(content)
        check_size(path.stat().st_size, kind)
        return content if kind == "text" else content + opened.read()


def map_file(
    content: bytes, contracts: Contracts, family: str | None = None, data_date: date | None = None
) -> FileMapping:
    """Return how the bytes of a file would map to the contracts (of one family, if it is given).

    Args:
        content: the bytes, of a long text a little more than is looked at.
        contracts: the contracts in force.
        family: tried with every contract where it is None.
        data_date: the day that the file describes, which says the layout of yearly extracts; a column of the file that
            states the day goes before it.

    Raises RefusedFileError when they are no table that landing reads, or nothing in them looks like a known extract.
    """
    candidates = tuple(contracts) if family is None else contracts.of_family(family)
    if not candidates:
        raise RefusedFileError(
            f"{family} is not a family of extracts.", f"Name one of: {', '.join(contracts.families)}."
        )
    tables, beginning_only = _tables(content, candidates)
    found = {name: _header(rows, candidates) for name, rows in tables.items()}
    readers = Readers(contracts.codes)
    mapped = [
        _map(name, tables[name], header, readers, data_date) for name, header in found.items() if header is not None
    ]
    # A workbook has sheets of other purposes that share a column or two with the extract that another sheet is.
    recognised = {one.contract.name for one in mapped if one.recognised}
    mapped = [one for one in mapped if one.recognised or one.contract.name not in recognised]
    if not mapped:
        raise RefusedFileError(
            "Nothing in the file looks like a known extract: no row among the first has two known headers.",
            "Check that it is the right file and that it has a header row, or give another --family.",
        )
    told = {one.sheet for one in mapped}
    return FileMapping(tuple(mapped), tuple(name for name in found if name and name not in told), beginning_only)


def _tables(content: bytes, candidates: Sequence[Contract]) -> tuple[dict[str, Rows], bool]:
    """Return the tables by name of their sheet, and whether only the beginning of a long text was taken."""
    kind = kind_of(content)
    if kind == "xml":
        return ssda903_xml.tables(content)[0], False
    if kind == "xlsx":
        return _sheets(content, candidates), False
    taken = content[:MOST_TEXT_BYTES]
    if len(taken) < len(content):
        taken = taken[: taken.rfind(b"\n") + 1]
    text = decode(taken)

    def known(separator: str) -> int:
        header = _header(first_rows(text, separator, HEADER_ROWS_SEARCHED), candidates)
        return header[2] if header else 0

    rows = all_rows(text, max(SEPARATORS, key=known))
    if _header(rows, candidates) is None and "core" in {contract.family for contract in candidates}:
        # CORE's bulk upload numbers its columns.
        rows = bulk_upload.named(rows)
    return {"": rows}, len(taken) < len(content)


def _sheets(content: bytes, candidates: Sequence[Contract]) -> dict[str, Rows]:
    """Return the sheets of a workbook; those of published statistics have headings over several rows."""
    families = {contract.family for contract in candidates}
    try:
        found = sheets(content) if families != {"published"} else {}
    except RefusedFileError:
        if "published" not in families:
            raise
        found = {}
    if "published" in families and not any(_header(rows, candidates) for rows in found.values()):
        return published.long_tables(content) or found
    return found


def _header(rows: Rows, candidates: Sequence[Contract]) -> tuple[Contract, int, int] | None:
    """Return the contract, the index of its header row and how many of its headers stand there; the best of all."""
    best: tuple[tuple[bool, int], Contract, int, int] | None = None
    for index, row in enumerate(rows[:HEADER_ROWS_SEARCHED]):
        keys = {header_key(cell) for cell in row if cell}
        for contract in candidates:
            seen = {column.name for column in contract.columns if keys & _headers(column)}
            whole = {column.name for column in contract.columns if column.header_required} <= seen
            rank = (whole and len(seen) > 0, len(seen))
            if len(seen) >= (1 if whole else _LEAST_HEADERS) and (best is None or rank > best[0]):
                best = rank, contract, index, len(seen)
    return best[1:] if best else None


def _headers(column: Column) -> set[str]:
    return {header_key(text) for text in (column.name, *column.aliases)}


def _map(
    sheet: str, rows: Rows, found: tuple[Contract, int, int], readers: Readers, data_date: date | None
) -> TableMapping:
    contract, header_index, _ = found
    header = rows[header_index]
    recognised = HeaderIndex([contract]).recognise([header])
    if recognised is not None and recognised.data_date_position is not None:
        position = recognised.data_date_position
        stated = date_in_column(row[position] for row in rows[header_index + 1 :] if position < len(row))
        data_date = stated or data_date
    if data_date is not None:
        contract = contract.in_force(data_date)
    columns = tuple((cleaned(cell), name) for cell, name in zip(header, _names(header, contract), strict=True))
    mapped = {name for _, name in columns}
    never_sent = {target for column in contract.columns if column.symbols for target, _ in column.derives}
    missing = [column for column in contract.columns if column.name not in mapped | never_sent]
    suggestions = _suggestions(columns, missing, rows[header_index + 1 :], readers.of(contract))
    positions = {
        name: place
        for place, (cell, known) in reversed(list(enumerate(columns)))
        if (name := known or suggestions.get(cell)) is not None and name != DATA_DATE
    }
    if recognised is not None:
        positions.update(recognised.positions)
    followed = Recognised(contract, header_index, positions, None)
    complete = all(column.name in positions for column in contract.columns if column.header_required)
    checked = check(rows, followed, readers) if complete else None
    return TableMapping(
        sheet=sheet,
        contract=contract,
        recognised=recognised is not None,
        header_row=header_index + 1,
        columns=columns,
        missing_needed=tuple(column.name for column in missing if column.header_required),
        missing_others=tuple(column.name for column in missing if not column.header_required),
        suggestions=suggestions,
        unknown_codes=tuple(_unknown_codes(rows, followed, readers.of(contract))),
        bad_cells=(*_bad_cells(rows, followed, readers.of(contract)), *_ruled_cells(checked, contract)),
        counts={
            "rows_read": checked.rows_read,
            "rows_accepted": checked.accepted.num_rows,
            "rows_rejected": checked.rejects.num_rows,
            "cells_refused": checked.refused_cells.num_rows,
        }
        if checked
        else {},
    )


def _names(header: Sequence[str], contract: Contract) -> Iterator[str | None]:
    by_key = {key: column.name for column in contract.columns for key in _headers(column)}
    dates = {header_key(text) for text in contract.data_date_headers}
    for cell in header:
        key = header_key(cell)
        yield by_key.get(key) or (DATA_DATE if key in dates else None)


def _suggestions(
    columns: Sequence[tuple[str, str | None]], missing: Sequence[Column], rows: Rows, readers: Sequence[ColumnReader]
) -> dict[str, str]:
    """Return unknown header -> missing column, where each is clearly the other's likeliest and the cells can be read.

    A header that stands twice, or a column that two headers are alike to, gets no suggestion: that is a person's call.
    """
    by_name = {reader.column.name: reader for reader in readers}
    counted = Counter(header for header, _ in columns)
    alike: dict[tuple[str, str], float] = {}
    for place, (header, known) in enumerate(columns):
        if known is None and header and counted[header] == 1:
            for column in missing:
                likeness = max(_likeness(header, text) for text in (column.name, *column.aliases))
                if likeness >= _ALIKE and _readable(rows, place, by_name[column.name]):
                    alike[header, column.name] = likeness
    chosen = {}
    for (header, name), likeness in alike.items():
        rivals = [
            other for pair, other in alike.items() if pair != (header, name) and (pair[0] == header or pair[1] == name)
        ]
        if likeness >= max(rivals, default=0) + _CLEARLY:
            chosen[header] = name
    return chosen


def _likeness(header: str, known: str) -> float:
    """Return how alike two headers are, 0 to 1: by their letters, or by their words in any order."""
    left, right = set(bare(header).split()), set(bare(known.replace("_", " ")).split())
    words = len(left & right) / max(len(left | right), 1)
    return max(words, SequenceMatcher(None, header_key(header), header_key(known)).ratio())


def _readable(rows: Rows, place: int, reader: ColumnReader) -> bool:
    cells = [row[place] for row in rows[:_MOST_CELLS_TRIED] if place < len(row) and row[place].strip()]
    good = sum(reader[cell].rule is None for cell in cells)
    return good >= (_LEAST_CODES_READABLE if reader.column.type == "code" else _LEAST_READABLE) * len(cells)


def _cells(rows: Rows, found: Recognised, name: str) -> Iterator[tuple[int, str]]:
    """Yield spreadsheet row and cell of one column, below the header."""
    place = found.positions[name]
    for number, row in enumerate(rows[found.header_index + 1 :], start=found.header_index + 2):
        if place < len(row) and row != rows[found.header_index]:
            yield number, row[place]


def _unknown_codes(rows: Rows, found: Recognised, readers: Sequence[ColumnReader]) -> Iterator[UnknownCodes]:
    known_of_people: set[str] | None = None
    for reader in readers:
        column = reader.column
        if column.type != "code" or column.name not in found.positions:
            continue
        cells: Counter[str] = Counter()
        first: dict[str, int] = {}
        for number, cell in _cells(rows, found, column.name):
            if reader[cell].rule == "unknown_code":
                spelling = cleaned(cell)
                cells[spelling] += 1
                first.setdefault(spelling, number)
        if not cells:
            continue
        if known_of_people is None:
            known_of_people = _of_people(rows, found)
        shown = [text for text, _ in cells.most_common() if not _may_identify(text, known_of_people)]
        yield UnknownCodes(
            column.name,
            "" if column.values else column.code_list or "",
            cells.total(),
            tuple((text, cells[text], first[text]) for text in shown[:MOST_SPELLINGS]),
            max(len(shown) - MOST_SPELLINGS, 0),
            len(cells) - len(shown),
        )


def _of_people(rows: Rows, found: Recognised) -> set[str]:
    """Return every cell and every word of a cell that stands in a column of names or identifiers."""
    private = [
        column.name
        for column in found.contract.columns
        if column.privacy in ("direct_identifier", "pseudonymous") and column.name in found.positions
    ]
    cells = {bare(cell) for name in private for _, cell in _cells(rows, found, name)}
    return {part for cell in cells for part in (cell, *cell.split()) if part}


def _may_identify(spelling: str, known_of_people: set[str]) -> bool:
    words = bare(spelling)
    return (
        bool(_MAY_IDENTIFY.search(spelling))
        or words in known_of_people
        or not known_of_people.isdisjoint(word for word in words.split() if len(word) > 2)
    )


def _bad_cells(rows: Rows, found: Recognised, readers: Sequence[ColumnReader]) -> Iterator[BadCells]:
    for reader in readers:
        if reader.column.name not in found.positions:
            continue
        cells: Counter[str] = Counter()
        first: dict[str, int] = {}
        for number, cell in _cells(rows, found, reader.column.name):
            rule = reader[cell].rule
            if rule is not None and rule != "unknown_code":
                cells[rule] += 1
                first.setdefault(rule, number)
        yield from (BadCells(reader.column.name, rule, count, first[rule]) for rule, count in cells.most_common())


def _ruled_cells(checked: Checked | None, contract: Contract) -> Iterator[BadCells]:
    """Yield the cells that can be read but break a numbered rule of a national body."""
    numbers = {rule.number for rule in contract.rules if not rule.bad_value and not rule.repeated_key}
    if checked is None or not numbers:
        return
    cells: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], int] = {}
    for cell in checked.refused_cells.select(["column", "rule", "row_number"]).to_pylist():
        if cell["rule"] in numbers:
            cells[cell["column"], cell["rule"]] += 1
            first.setdefault((cell["column"], cell["rule"]), cell["row_number"])
    for (column, rule), count in sorted(cells.items()):
        yield BadCells(column, rule, count, first[column, rule])
