"""From the bytes of a file to its recognised tables, short or long.

What belongs here: which reader a file gets, which of its tables is which extract, the day that a table itself states.
What does not: the readers, taking files from the inbox (intake), reading what was archived again (relanding).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipelines.contracts import Contract
from pipelines.landing import bulk_upload, long_text, published, ssda903_xml
from pipelines.landing.csv_reader import SEPARATORS, Rows, all_rows, decode, first_rows
from pipelines.landing.data_dates import date_in_column
from pipelines.landing.guards import kind_of
from pipelines.landing.long_text import Block
from pipelines.landing.model import RefusedFileError
from pipelines.landing.recognition import HEADER_ROWS_SEARCHED, HeaderIndex, Recognised
from pipelines.landing.reject_workbooks import ROW_HEADING
from pipelines.landing.xlsx_reader import sheets

Indexes = Mapping[str, HeaderIndex]
# Families whose files must be known as a whole before their columns have names.
_RENAMED_FAMILIES = frozenset({"core"})


@dataclass(frozen=True, slots=True)
class Table:
    """A recognised table of a file; of a long one only the first rows are held."""

    found: Recognised
    rows: Rows

    @property
    def header(self) -> list[str]:
        """The header row, as the sender wrote it."""
        return self.rows[self.found.header_index]


def tables_of(content: bytes, indexes: Indexes, family: str) -> tuple[list[Table], list[str]]:
    """Return the recognised tables of a file, and what else there is to say about it.

    Raises RefusedFileError when nothing is recognised, or one extract stands in two sheets.
    """
    kind = kind_of(content)
    if kind == "text":
        return [_text_table(decode(content), indexes, family)], []
    if kind == "xml":
        return _xml_tables(content, indexes, family)
    by_sheet = published.long_tables(content) if family == "published" else sheets(content)
    by_sheet = {name: _with_headers(rows, family) for name, rows in by_sheet.items()}
    found = {name: indexes[family].recognise(rows) for name, rows in by_sheet.items()}
    tables = [Table(match, by_sheet[name]) for name, match in found.items() if match is not None]
    if not tables:
        raise _unknown(list(by_sheet.values()), indexes, family)
    _check_no_workbook_of_rejects(tables)
    names = [table.found.contract.table for table in tables]
    if len(set(names)) != len(names):
        raise RefusedFileError(
            "Two sheets of the workbook hold the same extract.", "Keep one of them, or put both tables into one sheet."
        )
    unknown = [name for name, match in found.items() if match is None and any(map(any, by_sheet[name]))]
    return tables, [f"Sheets not recognised, not landed: {', '.join(unknown)}."] if unknown else []


def in_force(table: Table, data_date: date) -> Table:
    """Return the table with its contract as it stands in the collection year of the data date."""
    return replace(table, found=replace(table.found, contract=table.found.contract.in_force(data_date)))


def _xml_tables(content: bytes, indexes: Indexes, family: str) -> tuple[list[Table], list[str]]:
    by_kind, not_read = ssda903_xml.tables(content)
    found = {kind: indexes[family].recognise(rows) for kind, rows in by_kind.items()}
    if None in found.values():
        raise _unknown(list(by_kind.values()), indexes, family)
    remarks = [f"Groups of the XML that are not read: {', '.join(not_read)}."] if not_read else []
    return [Table(match, by_kind[kind]) for kind, match in found.items() if match is not None], remarks


def _text_table(text: str, indexes: Indexes, family: str) -> Table:
    beginning, separator = recognised_text(text, indexes, family)
    return Table(beginning.found, _with_headers(all_rows(text, separator), family))


def recognised_text(text: str, indexes: Indexes, family: str) -> tuple[Table, str]:
    """Return the first rows of a text, recognised, and its separator."""
    previews = {separator: first_rows(text, separator, HEADER_ROWS_SEARCHED) for separator in SEPARATORS}
    for separator, preview in previews.items():
        match = indexes[family].recognise(_with_headers(preview, family))
        if match is not None:
            table = Table(match, _with_headers(preview, family))
            _check_no_workbook_of_rejects([table])
            return table, separator
    raise _unknown(list(previews.values()), indexes, family)


def _with_headers(rows: Rows, family: str) -> Rows:
    """Return the rows with headers in words; CORE's bulk uploads number their columns instead."""
    return bulk_upload.named(rows) if family in _RENAMED_FAMILIES else rows


def recognised_beginning(beginning: bytes, indexes: Indexes, family: str) -> tuple[Table, str]:
    """Return the first rows of a long text, recognised, and its separator."""
    return recognised_text(decode(long_text.beginning_of(beginning)), indexes, family)


def must_be_held_in_memory(contract: Contract) -> bool:
    """Return whether a table cannot be read block by block.

    So it is where columns get their names from the whole file, and where in any year a rule of a national body looks
    at cells that could be read.
    """
    ruled = bool(contract.rules) or any(of_year.rules for _, of_year in contract.years)
    return ruled or contract.family in _RENAMED_FAMILIES


def _unknown(tables: Sequence[Rows], indexes: Indexes, family: str) -> RefusedFileError:
    """Return why no extract was recognised: another family's, or headers that are missing.

    Headers of the file are not quoted: where the header row is missing, they would be a person's data.
    """
    for other, index in indexes.items():
        for rows in tables:
            match = index.recognise(rows) if other != family else None
            if match is not None:
                return RefusedFileError(
                    f"The headers are those of {other}/{match.contract.table}, but the file lies in {family}.",
                    f"Move it below inbox/{other}/.",
                )
    nearest = [near for rows in tables if (near := indexes[family].nearest(rows)) is not None]
    if not nearest:
        return RefusedFileError(
            f"No extract of {family} is recognised: none of its headers stands in the first rows.",
            "Check that it is the right file and that it has a header row.",
        )
    contract, missing = min(nearest, key=lambda near: len(near[1]))
    return RefusedFileError(
        f"The file looks like {contract.table}, but lacks: {', '.join(missing)}.",
        "Add the columns, or add the file's own headers as aliases in config/contracts.",
    )


def _check_no_workbook_of_rejects(tables: Sequence[Table]) -> None:
    """Raise RefusedFileError for a workbook that landing itself wrote: taken for the extract, it would end the rest."""
    for table in tables:
        if table.header[:1] == [ROW_HEADING]:
            raise RefusedFileError(
                "This is the workbook of rows that could not be taken, not an extract.",
                "Correct the rows at the source and send the whole extract again.",
            )


def stated_date(table: Table) -> date | None:
    """Return the data date that a column of a table states, None where none does."""
    position = table.found.data_date_position
    if position is None:
        return None
    return date_in_column(_cells(table.rows[table.found.header_index + 1 :], position))


def stated_date_of_blocks(blocks: Iterator[Block], found: Recognised) -> date | None:
    """Return the data date that a column of a long table states; what stands above its first record does not count."""
    position, above = found.data_date_position, found.header_index + 1
    if position is None:
        return None
    cells: set[str] = set()
    for block in blocks:
        inside = Block(
            block.first_row,
            block.rows[above:] if block.rows is not None else None,
            block.columns.slice(above) if block.columns is not None else None,
        )
        cells.update(inside.cells(position))
        above = max(above - block.length, 0)
        if len(cells) > 2:
            break
    return date_in_column(cells)


def _cells(rows: Rows, position: int) -> Iterator[str]:
    return (row[position] for row in rows if position < len(row))
