"""What may be opened at all: size, kind and the traps of compressed files.

What belongs here: checks on the bytes before a reader sees them. What does not: reading cells.

A file is judged by its first bytes, never by its extension, and a workbook by what it unpacks to: a few kilobytes can
claim gigabytes (decompression bombs), a single far cell makes a reader allocate a whole sheet, XML entities expand.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from typing import Literal

from pipelines.landing.model import RefusedFileError

Kind = Literal["text", "xlsx", "xml"]

# Held in memory as a whole, a table takes about thirty times its size, so longer text is read in blocks (long_text).
LONG_TEXT_BYTES = 2 * 2**20
MAX_TEXT_BYTES = 32 * 2**30
MAX_LINE_BYTES = 4 * 2**20
MAX_WORKBOOK_BYTES = 64 * 2**20
MAX_UNPACKED_BYTES = 256 * 2**20
MAX_PARTS = 2_000
MAX_COLUMNS = 500
MAX_CELL_CHARACTERS = 131_072
MAX_CELLS = 20_000_000

_SAVE_AS = "Save it as CSV (UTF-8) or as an Excel workbook (.xlsx) and put it back."
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls) or a workbook with a password"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3\x00", "a database"),
    (b"\xff\xfe", "text in UTF-16 (Excel calls it Unicode Text)"),
    (b"\xfe\xff", "text in UTF-16 (Excel calls it Unicode Text)"),
)
_XML = re.compile(rb"\s*<(?:\?xml\b|EXPSSDA903\b)")
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|table|head|body|\?xml|[a-z]+[ >])", re.IGNORECASE)
# Where a cell or a row says that it stands: r="AB12", r="12". Excel ends at XFD1048576, this program well before.
_PLACE = rb"\br\s{0,9}=\s{0,9}[\"']"
_FAR_OR_ODD_PLACE = re.compile(_PLACE + rb"(?:[A-Za-z]{3,}[0-9]|[A-Za-z]{0,9}[0-9]{8}|[^\"']{0,99}&)")
_PLACES = re.compile(_PLACE + rb"([A-Za-z]{0,2})([0-9]{1,7})[\"']")
# The reader believes what a part says of its size and reserves the memory: ten million entries are enough.
_FALSE_COUNT = re.compile(rb"[cC]ount\s{0,9}=\s{0,9}[\"']\s{0,9}\+?0*[1-9][0-9]{7}")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def kind_of(content: bytes) -> Kind:
    """Return how to read the bytes; raises RefusedFileError when they are no table that landing reads."""
    if not content:
        raise RefusedFileError("The file is empty.", "Export it again; nothing was landed.")
    if content.startswith(b"PK"):
        return "xlsx"
    for first_bytes, name in _FOREIGN:
        if content.startswith(first_bytes):
            raise RefusedFileError(f"The file is {name}, whatever its extension says.", _SAVE_AS)
    beginning = content[:400].removeprefix(b"\xef\xbb\xbf")
    is_xml = _XML.match(beginning) is not None
    if not is_xml and _MARKUP.match(beginning):
        raise RefusedFileError("The file is a web page or XML, whatever its extension says.", _SAVE_AS)
    check_no_zero_bytes(content)
    return "xml" if is_xml else "text"


def check_no_zero_bytes(content: bytes) -> None:
    """Raise RefusedFileError when the bytes cannot be text."""
    if b"\x00" in content:
        raise RefusedFileError("The file holds zero bytes, so it is no text: damaged, or of another kind.", _SAVE_AS)


def check_size(size: int, kind: Kind) -> None:
    """Raise RefusedFileError for a file larger than landing reads of its kind."""
    limit = MAX_TEXT_BYTES if kind == "text" else MAX_WORKBOOK_BYTES
    if size > limit:
        raise RefusedFileError(
            f"The file has {size / 2**20:,.0f} MiB; at most {limit // 2**20:,} MiB are read.",
            "Send the extract without free text and documents, or as CSV.",
        )


def open_workbook(content: bytes, *, far_cells: bool = False) -> dict[str, bytes]:
    """Return the XML parts of a workbook, unpacked within bounds, by their name in the archive.

    Args:
        content: the file.
        far_cells: whether cells far from the table are let through, for a reader that keeps only cells that exist.

    Raises RefusedFileError for anything that is no sound .xlsx: truncated, encrypted, of another kind, or a bomb.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_directory(archive.infolist())
            # A directory that lies about a size does not help a bomb: no more than the size it says is unpacked.
            parts = {name: archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise RefusedFileError(
            "The workbook is damaged or was not copied whole.", "Export it again, or open it in Excel and save it anew."
        ) from error
    for part in parts.values():
        _check_part(part, far_cells=far_cells)
    return parts


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise RefusedFileError("The file is a ZIP archive or a document, but no .xlsx workbook.", _SAVE_AS)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise RefusedFileError(
            "The workbook is encrypted.", "Save it without a password in a folder that is protected."
        )
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise RefusedFileError(
            "The workbook is packed in a way that Excel never uses.", "Open it in Excel, save it anew, put it back."
        )
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_PARTS or len(names) != len(entries) or unpacked > MAX_UNPACKED_BYTES:
        raise RefusedFileError(
            f"The workbook unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MiB or to too many parts.",
            "Send the table alone, as CSV.",
        )


def _check_part(part: bytes, *, far_cells: bool) -> None:
    if part.startswith(_UTF16_MARKS) or b"<!DOCTYPE" in part or b"<!ENTITY" in part or _FALSE_COUNT.search(part):
        raise RefusedFileError(
            "The workbook holds XML that Excel never writes.", "Open it in Excel, save it anew, put it back."
        )
    if not far_cells and b"sheetData" in part and (_FAR_OR_ODD_PLACE.search(part) or _area(part) > MAX_CELLS):
        raise RefusedFileError(
            "The workbook has a cell far below or far to the right of its table.",
            f"Delete what lies beyond the table; at most {MAX_COLUMNS} columns are read.",
        )


def _area(sheet: bytes) -> int:
    """Return how many cells the sheet's outermost row and column span, which is what a reader allocates."""
    places = _PLACES.findall(sheet)
    widest = max((column_number(letters) for letters in {letters for letters, _ in places}), default=0)
    return widest * max((int(row) for row in {row for _, row in places}), default=0)


def column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA; 0 for none."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
