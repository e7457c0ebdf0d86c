"""CSV, semicolon and tab separated text: from bytes to rows of cells, all text.

What belongs here: encodings, separators, quoting. What does not: what the cells mean.

Python's own reader in strict mode is used because the fast ones guess: DuckDB's sniffer silently drops lines of ragged
files and polars turns 007 into 7. Nothing is guessed here except the separator, which the recognised header decides.
"""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.landing.guards import MAX_CELL_CHARACTERS
from pipelines.landing.model import RefusedFileError

if TYPE_CHECKING:
    from _csv import Reader

SEPARATORS = (",", ";", "\t")
Rows = list[list[str]]


# Letters and punctuation of western Europe as UTF-8 writes them. In Windows-1252 these bytes would be `Ã©` or `â€™`.
_WRITTEN_AS_UTF8 = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|\xe2\x80[\x80-\xbf]")
LONGEST_LETTER = 3


def decode(content: bytes) -> str:
    """Return the text: UTF-8 with or without byte-order mark, else Windows-1252.

    Raises RefusedFileError for text that is neither, or one in one place and the other in another: read as
    Windows-1252, its letters in UTF-8 would become others.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if has_letters_of_utf8(content):
        raise two_encodings()
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise RefusedFileError(
            f"The text is neither UTF-8 nor Windows-1252 (byte {error.start + 1:,}).", "Export it again as CSV (UTF-8)."
        ) from error


def has_letters_of_utf8(content: bytes) -> bool:
    """Return whether a letter that is not ASCII stands there as UTF-8 writes it."""
    return _WRITTEN_AS_UTF8.search(content) is not None


def two_encodings() -> RefusedFileError:
    """Return why a text in two encodings is refused."""
    return RefusedFileError(
        "The text is UTF-8 in one place and Windows-1252 in another, so some letters would become others.",
        "It was probably put together from two files: export it again as CSV (UTF-8), or send them one by one.",
    )


def first_rows(text: str, separator: str, count: int) -> Rows:
    """Return at most `count` rows, fewer where the text cannot be read further with that separator."""
    rows: Rows = []
    with suppress(csv.Error):
        rows.extend(islice(_reader(text, separator), count))
    return rows


def all_rows(text: str, separator: str, first_line: int = 1) -> Rows:
    """Return every row; row `n` of the spreadsheet is at index `n - 1`, a quoted line break does not end a row.

    Args:
        text: the whole file, or whole records of it.
        separator: between cells.
        first_line: number of the text's first line in its file, for telling where it cannot be read.

    Raises RefusedFileError where quotes do not pair: from there on no one can say which cell is which.
    """
    reader = _reader(text, separator)
    try:
        return list(reader)
    except csv.Error as error:
        raise unreadable(first_line - 1 + reader.line_num) from error


def unreadable(line: int) -> RefusedFileError:
    """Return why a text cannot be read beyond a line."""
    return RefusedFileError(
        f"Quotation marks do not pair, or a cell is longer than {MAX_CELL_CHARACTERS:,} characters, "
        f"near line {line:,}.",
        "Mend that line, or export the file again with quotes doubled inside cells.",
    )


def _reader(text: str, separator: str) -> Reader:
    # Splitting only at real line ends: str.splitlines would also break at U+2028, U+0085 and form feeds inside names.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return csv.reader((line + "\n" for line in lines), delimiter=separator, strict=True)
