"""What pandoc and Quarto leave undone in Word documents.

What belongs here: changes to the parts of a .docx file, before a render (its running words) and after it (the headings
of table rows). What does not: looks, which are in `reports/theme/make_reference_docx.py`.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

RUNNING = re.compile(r"word/(?:header|footer)\d+\.xml")
TABLE_LOOK = re.compile(r"<w:tblLook [^>]*/>")
FIRST_ROW_AND_COLUMN = (
    '<w:tblLook w:val="00A0" w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" '
    'w:noHBand="0" w:noVBand="0" />'
)
"""Pandoc says that a first row is of headings but not that a first column is (ECMA-376 part 1, 17.4.56)."""


def fill_running_words(reference: Path, words: Mapping[str, str]) -> None:
    """Replace the words in double braces in the headers and footers of the reference document."""

    def fill(name: str, text: str) -> str:
        if RUNNING.fullmatch(name):
            for placeholder, word in words.items():
                text = text.replace(f"{{{{{placeholder}}}}}", escape(word))
        return text

    _rewrite(reference, fill)


def mark_row_headings(document: Path) -> None:
    """Say of every table that its first column holds the headings of its rows, as every table of a pack's does."""

    def mark(name: str, text: str) -> str:
        return TABLE_LOOK.sub(FIRST_ROW_AND_COLUMN, text) if name == "word/document.xml" else text

    _rewrite(document, mark)


def _rewrite(path: Path, change: Callable[[str, str], str]) -> None:
    """Give every XML part of a Word document to `change` with its name; pictures stay as they are."""
    with zipfile.ZipFile(path) as archive:
        parts = {info: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in parts.items():
            is_text = info.filename.endswith(".xml")
            changed = change(info.filename, content.decode("utf-8")).encode("utf-8") if is_text else content
            archive.writestr(info, changed, zipfile.ZIP_DEFLATED)
