"""Excel workbooks: from bytes to the rows of each sheet, all text.

What belongs here: sheets, dates, numbers and error cells of .xlsx. What does not: what the cells mean.

Formulas are read by the value that Excel stored. A date cell becomes its ISO date; a number without a fraction loses
its `.0`. The reader (calamine) gives error cells (`#N/A`) as blanks, which would lose them silently, so they are taken
from the sheet's XML and put back.
"""

from __future__ import annotations

import posixpath
import re
from datetime import datetime, time
from io import BytesIO
from typing import Any

from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, XmlError, ZipError

from pipelines.landing.csv_reader import Rows
from pipelines.landing.guards import column_number, open_workbook
from pipelines.landing.model import RefusedFileError

_ERROR_CELL = re.compile(
    rb'<(?:\w{1,9}:)?c\s(?=[^<>]{0,200}\bt="e")[^<>]{0,200}?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]{0,200}>'
    rb"(?:<(?:\w{1,9}:)?f[^<>]{0,200}>[^<]*</(?:\w{1,9}:)?f>|<(?:\w{1,9}:)?f[^<>]{0,200}/>)?<(?:\w{1,9}:)?v>([^<]*)<"
)
_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheets(content: bytes) -> dict[str, Rows]:
    """Return sheet name -> rows; row `n` of the sheet is at index `n - 1`.

    Raises RefusedFileError for a workbook that is damaged, protected or unsafe to open.
    """
    parts = open_workbook(content)
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        names = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        cells = {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
        sheet_parts = _sheet_parts(parts)
    except PasswordError as error:
        raise RefusedFileError("The workbook has a password.", "Save it without a password and put it back.") from error
    except (CalamineError, XmlError, ZipError, ParseError, LookupError) as error:
        raise RefusedFileError(
            "The workbook is damaged or was not copied whole.", "Export it again, or open it in Excel and save it anew."
        ) from error
    found = {}
    for name in names:
        rows = [[_text(cell) for cell in row] for row in cells[name]]
        _put_back_errors(rows, parts.get(sheet_parts.get(name, ""), b""))
        found[name] = rows
    return found


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date().isoformat()
    if isinstance(cell, time) and cell == time(0):
        # A date cell with the serial number of 1 January 1900, which case systems write for "none".
        return "1900-01-01"
    return str(cell)


def _sheet_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """Return sheet name -> name of its part in the archive."""
    targets = {
        relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
        for relation in fromstring(parts["xl/_rels/workbook.xml.rels"])
    }
    names = {}
    for element in fromstring(parts["xl/workbook.xml"]).iter():
        if element.tag.endswith("}sheet"):
            names[element.get("name", "")] = targets.get(element.get(_RELATIONSHIP), "")
    return names


def _put_back_errors(rows: Rows, part: bytes) -> None:
    if b't="e"' not in part:
        return
    for match in _ERROR_CELL.finditer(part):
        row, column = int(match[2]) - 1, column_number(match[1]) - 1
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = match[3].decode("utf-8", errors="replace")
