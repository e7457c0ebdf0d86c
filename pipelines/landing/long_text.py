"""Text files too long to be held in memory at once: copied, surveyed and read in blocks of whole records.

What belongs here: bytes to blocks of cells. What does not: what the cells mean (long_checking), short files
(csv_reader), which decide what is right: a block is read by Arrow only where both readers must agree on every cell.

Arrow reads a block when its quotation marks pair up, each at an edge of its cell, and no line is blank or has more or
fewer cells than the header. Any other block is read by Python's own reader, and a file whose quotation marks do not
pair up like that is read by it from the first line to the last.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.csv as pa_csv  # type: ignore[import-untyped]

from pipelines.landing.csv_reader import (
    LONGEST_LETTER,
    Rows,
    all_rows,
    has_letters_of_utf8,
    two_encodings,
    unreadable,
)
from pipelines.landing.guards import MAX_LINE_BYTES, check_no_zero_bytes
from pipelines.landing.model import RefusedFileError

READ_BYTES = 4 * 2**20
BLOCK_BYTES = 16 * 2**20
_MAX_RECORD_BYTES = 64 * 2**20
_ARROW_BYTES = 2 * 2**20
_ROWS_IN_A_BLOCK = 50_000
_BOM = codecs.BOM_UTF8
_NO_CP1252 = b"\x81\x8d\x8f\x90\x9d"
_QUOTE, _LINE_FEED, _RETURN = ord('"'), ord("\n"), ord("\r")


@dataclass(frozen=True, slots=True)
class Survey:
    """What was learnt of a file while it was copied.

    Attributes:
        sha256: of its bytes.
        size: in bytes.
        encoding: utf-8 or cp1252.
        quotes: whether it has quotation marks.
        paired: whether they pair up, each at an edge of its cell.
    """

    sha256: str
    size: int
    encoding: str
    quotes: bool
    paired: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Some consecutive records of a file.

    Attributes:
        first_row: spreadsheet row of the first of them.
        rows: all of them as rows of cells, where Arrow could not read them.
        columns: all of them as columns of text of equal length, where it could.
    """

    first_row: int
    rows: Rows | None = None
    columns: pa.Table | None = None

    @property
    def length(self) -> int:
        """How many records."""
        return self.columns.num_rows if self.columns is not None else len(self.rows or [])

    def cells(self, place: int) -> list[str]:
        """Return the cells at one place of the records; records without that place are left out."""
        if self.columns is not None:
            return list(self.columns.column(place).unique().to_pylist())
        return [row[place] for row in self.rows or [] if place < len(row)]


def beginning_of(content: bytes) -> bytes:
    """Return the whole lines among the first bytes of a file, all of them where there is no line end.

    Raises RefusedFileError where these many bytes without a line end are a line that is too long.
    """
    end = content.rfind(b"\n") + 1
    if not end and len(content) >= MAX_LINE_BYTES:
        raise _line_too_long()
    return content[:end] or content


def _line_too_long() -> RefusedFileError:
    return RefusedFileError(
        f"The file has a line of more than {MAX_LINE_BYTES // 2**20} MiB.",
        "Export it again with a line for each record.",
    )


def copy(chunks: Iterable[bytes], into: Path, separator: str) -> Survey:
    """Write the bytes to a file and return what was learnt of them; raises as `survey` does."""
    with into.open("wb") as target:

        def copied() -> Iterator[bytes]:
            for chunk in chunks:
                yield chunk
                target.write(chunk)

        return survey(copied(), separator)


def survey(chunks: Iterable[bytes], separator: str) -> Survey:
    """Return what is to be known of the bytes before they are read.

    Raises RefusedFileError at the first sign that they are no text with lines.
    """
    digest, size = hashlib.sha256(), 0
    lines, letters, quotes = _Lines(), _Letters(), _Quotes(separator)
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        check_no_zero_bytes(chunk)
        lines.see(chunk)
        letters.see(chunk)
        quotes.see(chunk)
    quotes.see(b"\n")
    return Survey(digest.hexdigest(), size, letters.encoding(), quotes.any, quotes.paired and not quotes.open)


class _Lines:
    """Refuses a line that is too long, as soon as it is."""

    def __init__(self) -> None:
        self._so_far = 0

    def see(self, chunk: bytes) -> None:
        at = 0
        while True:
            window = MAX_LINE_BYTES - self._so_far
            end = chunk.rfind(b"\n", at, at + window)
            if end >= 0:
                at, self._so_far = end + 1, 0
            elif len(chunk) - at < window:
                self._so_far += len(chunk) - at
                return
            else:
                raise _line_too_long()


class _Letters:
    """Tells UTF-8 from Windows-1252."""

    def __init__(self) -> None:
        self._decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")("strict")
        self._cp1252 = True
        self._utf8 = False
        self._tail = b""

    def see(self, chunk: bytes) -> None:
        before, self._tail = self._tail, chunk[-LONGEST_LETTER:]
        if chunk.isascii() and (self._decoder is None or not self._decoder.getstate()[0]):
            return
        self._utf8 = self._utf8 or has_letters_of_utf8(before + chunk)
        self._cp1252 = self._cp1252 and len(chunk.translate(None, _NO_CP1252)) == len(chunk)
        if self._decoder is not None:
            try:
                self._decoder.decode(chunk)
            except UnicodeDecodeError:
                self._decoder = None

    def encoding(self) -> str:
        if self._decoder is not None and not self._decoder.getstate()[0]:
            return "utf-8"
        if self._utf8:
            raise two_encodings()
        if self._cp1252:
            return "cp1252"
        raise RefusedFileError("The text is neither UTF-8 nor Windows-1252.", "Export it again as CSV (UTF-8).")


class _Quotes:
    """Tells whether quotation marks open and close in turn, each at one edge of a cell and at one only."""

    def __init__(self, separator: str) -> None:
        self._before = np.isin(np.arange(256), [ord(separator), _LINE_FEED])
        self._after = np.isin(np.arange(256), [ord(separator), _LINE_FEED, _RETURN])
        self._tail = b"\n"
        self.any = self.open = False
        self.paired = True

    def see(self, chunk: bytes) -> None:
        if not self.paired:
            return
        data = np.frombuffer(self._tail + chunk, dtype=np.uint8)
        # The first byte is context that was judged before, the last one is judged when its successor is known.
        places = np.flatnonzero(data[1:-1] == _QUOTE) + 1 if b'"' in chunk or b'"' in self._tail else np.empty(0, int)
        self._tail = (self._tail + chunk)[-2:]
        if not len(places):
            return
        self.any = True
        opens, closes = self._before[data[places - 1]], self._after[data[places + 1]]
        in_turn = (np.arange(len(places)) % 2 == 0) != self.open
        self.paired = bool(np.all(opens != closes) and np.all(opens == in_turn))
        self.open ^= len(places) % 2 == 1


def blocks(path: Path, survey: Survey, separator: str, header: Sequence[str]) -> Iterator[Block]:
    """Yield every record of the file, header and all, in blocks.

    Raises RefusedFileError where quotation marks do not pair up or a record has no end.
    """
    if not survey.paired:
        yield from _read_carefully(path, survey, separator)
        return
    first_row = 1
    for content in _whole_records(path, quotes=survey.quotes):
        block = _read(content, first_row, survey, separator, len(header))
        yield block
        first_row += block.length


def _whole_records(path: Path, *, quotes: bool) -> Iterator[bytes]:
    with path.open("rb") as source:
        rest = source.read(len(_BOM)).removeprefix(_BOM)
        while chunk := source.read(BLOCK_BYTES):
            rest += chunk
            end = _last_end(rest) if quotes else rest.rfind(b"\n") + 1
            if end:
                yield rest[:end]
                rest = rest[end:]
            elif len(rest) > _MAX_RECORD_BYTES:
                raise RefusedFileError(
                    f"The file has a record of more than {_MAX_RECORD_BYTES // 2**20} MiB.",
                    "A quotation mark is probably missing: export the file again.",
                )
    if rest:
        yield rest


def _last_end(content: bytes) -> int:
    """Return where the last record ends that ends in these bytes, 0 where none does."""
    end = content.rfind(b"\n") + 1
    while end and content.count(b'"', 0, end) % 2:
        end = content.rfind(b"\n", 0, content.rfind(b'"', 0, end)) + 1
    return end


def _read(content: bytes, first_row: int, survey: Survey, separator: str, width: int) -> Block:
    text = content if survey.encoding == "utf-8" else content.decode("cp1252").encode("utf-8")
    columns = None if _has_odd_lines(text) else _columns(text, separator, width, quotes=survey.quotes)
    if columns is None:
        return Block(first_row, rows=all_rows(text.decode("utf-8"), separator, first_row))
    return Block(first_row, columns=columns)


def _has_odd_lines(text: bytes) -> bool:
    """Return whether there are line ends that Python's reader and Arrow see differently."""
    return b"\r" in text and (b"\n\r" in text or text.count(b"\r") != text.count(b"\r\n"))


def _columns(text: bytes, separator: str, width: int, *, quotes: bool) -> pa.Table | None:
    """Return the records as columns of text named by their place, None where one has another number of cells.

    A blank line is a record of one cell, so in a table of one column it could not be told from a blank cell.
    """
    if width == 1:
        return None
    names = [str(place) for place in range(width)]
    odd: list[pa_csv.InvalidRow] = []

    def remember(row: pa_csv.InvalidRow) -> str:
        odd.append(row)
        return "skip"

    try:
        table = pa_csv.read_csv(
            pa.BufferReader(text),
            read_options=pa_csv.ReadOptions(column_names=names, block_size=_ARROW_BYTES),
            parse_options=pa_csv.ParseOptions(
                delimiter=separator,
                quote_char='"' if quotes else False,
                double_quote=False,
                newlines_in_values=quotes,
                ignore_empty_lines=False,
                invalid_row_handler=remember,
            ),
            convert_options=pa_csv.ConvertOptions(
                check_utf8=False, column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return None if odd else table.combine_chunks()


def _read_carefully(path: Path, survey: Survey, separator: str) -> Iterator[Block]:
    """Yield blocks read by Python's reader from the first line to the last."""
    encoding = "utf-8-sig" if survey.encoding == "utf-8" else survey.encoding
    with path.open("r", encoding=encoding, newline=None, buffering=io.DEFAULT_BUFFER_SIZE) as lines:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        first_row = 1
        try:
            while rows := list(islice(reader, _ROWS_IN_A_BLOCK)):
                yield Block(first_row, rows=rows)
                first_row += len(rows)
        except csv.Error as error:
            raise unreadable(reader.line_num) from error
