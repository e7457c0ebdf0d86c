"""A workbook for each sender: the rows and cells of their latest files that could not be taken, ready to send back.

What belongs here: what is open, and how it is shown in the sender's own columns. What does not: what is wrong with a
row (checking), what a later file settled (resolutions).

A cell is written as text, never as a formula, and what could become one when a cell is edited or saved as CSV is
marked as text for Excel. The file is for its sender only: mode 0600, in a folder that only the owner may enter.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from pipelines.contracts import Contracts
from pipelines.landing import store
from pipelines.landing.checking import cleaned
from pipelines.landing.model import Load
from pipelines.landing.recognition import Recognised
from pipelines.settings import Home

ROW_HEADING = "Row in your file (not landed)"
FILE_HEADING = "Your file"
FAULT_HEADING = "What is wrong"
MOST_ROWS = 20_000
"""Rows kept and shown of one load; who has more to correct has one fault many times."""
_MOST_CHARACTERS = 32_000
_RISKY = ("=", "+", "-", "@")
_MADE = ".made.json"
_WIDTHS = (12, 28, 70)
_Row = tuple[int, tuple[str, ...]]


def faulty_rows(cells: Mapping[int, Sequence[str]], found: Recognised, header: Sequence[str]) -> pa.Table:
    """Return rows with a fault as the sender wrote them, with the headers and places of the columns beside them.

    Columns that no contract asks for keep their header and single words, such as ids: text stays in the archive.

    Args:
        cells: row number -> cells, in order of row number.
        found: which column is which.
        header: the header row of the file.
    """
    rows = {number: found.asked_for(row, len(header)) for number, row in list(cells.items())[:MOST_ROWS]}
    facts = {"header": json.dumps([cleaned(cell) for cell in header]), "positions": json.dumps(dict(found.positions))}
    table = pa.table(
        {"row_number": pa.array(rows, pa.int64()), "cells": pa.array(list(rows.values()), pa.list_(pa.string()))}
    )
    return table.replace_schema_metadata(facts)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The open faults of one load, row by row."""

    load: Load
    header: Sequence[str]
    positions: Mapping[str, int]
    rows: Mapping[int, Sequence[str]]
    faults: Mapping[int, Sequence[dict[str, Any]]]


def write_workbooks(home: Home, contracts: Contracts, loads: Iterable[Load]) -> list[str]:
    """Write the workbook of every sender whose loads have changed since it was written, and return their names.

    A workbook without a row to correct is removed. What was written for is kept beside the workbooks, so that a run
    that was killed in between is made good by the next one.

    Args:
        home: the home whose `rejects` folder is written.
        contracts: the contracts in force; loads of other extracts are left out.
        loads: every load there is.
    """
    made = _made(home)
    written = []
    now: dict[str, list[str]] = {}
    for (family, sender), theirs in _by_sender(loads):
        name = f"{family}_{sender}.xlsx"
        current = _current(theirs, contracts)
        now[name] = [f"{load.load_id} {load.generation}" for load in current]
        if made.get(name) == now[name]:
            continue
        resolved = _resolved(home, current)
        sheets = [sheet for load in current if (sheet := _sheet(home, load, resolved)) is not None]
        if sheets:
            store.write_private(home.rejects / name, _workbook(sheets))
            written.append(name)
        else:
            (home.rejects / name).unlink(missing_ok=True)
    if now != made:
        store.write_private(home.rejects / _MADE, json.dumps(now, indent=1).encode("utf-8"))
    return written


def _made(home: Home) -> dict[str, list[str]]:
    path = home.rejects / _MADE
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _by_sender(loads: Iterable[Load]) -> list[tuple[tuple[str, str], list[Load]]]:
    def sender(load: Load) -> tuple[str, str]:
        return load.family, load.sender

    return [(key, list(group)) for key, group in groupby(sorted(loads, key=sender), key=sender)]


def _current(loads: Sequence[Load], contracts: Contracts) -> list[Load]:
    """Return the loads whose faults are open: the latest of each extract, all of them for increments."""
    in_order = sorted(loads, key=lambda load: (load.table, load.data_date, load.received_at, load.load_id))
    current = []
    for _, group in groupby(in_order, key=lambda load: load.table):
        theirs = list(group)
        if theirs[0].name in contracts:
            current += theirs if contracts[theirs[0].name].delivery == "increment" else theirs[-1:]
    return current


def _resolved(home: Home, loads: Sequence[Load]) -> set[tuple[str, int, str | None]]:
    """Return the faults (load, row, column) that later ones of these loads have settled; only increments have any."""
    return {
        (one["load_id"], one["row_number"], one["column"])
        for load in loads
        for one in store.read_resolution(home, load.load_id).get("resolved", [])
    }


def _sheet(home: Home, load: Load, resolved: Collection[tuple[str, int, str | None]]) -> _Sheet | None:
    """Return what is open of a load, None where nothing is."""
    path = store.parquet_of(home, "faulty_rows", load)
    if not path.is_file():
        return None
    table = pq.read_table(path, partitioning=None)
    facts = {
        name.decode(): json.loads(value) for name, value in (table.schema.metadata or {}).items() if value[:1] in b"[{"
    }
    rows = dict(zip(table["row_number"].to_pylist(), table["cells"].to_pylist(), strict=True))
    faults: dict[int, list[dict[str, Any]]] = {}
    for kind in ("rejects", "refused_cells"):
        where = store.parquet_of(home, kind, load)
        if where.is_file():
            for fault in pq.read_table(
                where, columns=["row_number", "column", "rule", "message"], partitioning=None
            ).to_pylist():
                settled = (load.load_id, fault["row_number"], fault["column"]) in resolved
                if fault["row_number"] in rows and not settled:
                    faults.setdefault(fault["row_number"], []).append(fault | {"whole_row": kind == "rejects"})
    return _Sheet(load, facts["header"], facts["positions"], rows, faults) if faults else None


def _workbook(sheets: Sequence[_Sheet]) -> bytes:
    into = BytesIO()
    with xlsxwriter.Workbook(
        into, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as book:
        # The time of making would make every workbook another one; it is that of the files it is about.
        book.set_properties({"created": max(sheet.load.received_at for sheet in sheets).replace(tzinfo=None)})
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        marked = book.add_format({"bg_color": "#FFD966", "border": 1, "quote_prefix": True, "num_format": "@"})
        plain = book.add_format({"quote_prefix": True, "num_format": "@"})
        sentences = book.add_format({"text_wrap": True, "valign": "top"})
        _write_letter(book.add_worksheet("Read this first"), sheets, heading, sentences)
        taken: set[str] = set()
        for sheet in sheets:
            name = _sheet_name(sheet.load, taken)
            _write_sheet(book.add_worksheet(name), sheet, _Formats(heading, marked, plain, sentences))
    return into.getvalue()


@dataclass(frozen=True, slots=True)
class _Formats:
    heading: Format
    marked: Format
    plain: Format
    sentences: Format


def _sheet_name(load: Load, taken: set[str]) -> str:
    name = load.table[:31]
    if name in taken:
        name = f"{load.table[:20]} {load.data_date.isoformat()}"
    taken.add(name)
    return name


def _write_letter(into: Worksheet, sheets: Sequence[_Sheet], heading: Format, sentences: Format) -> None:
    into.set_column(0, 0, 100)
    into.write_string(0, 0, "What could not be taken from your files", heading)
    lines = [
        "Each sheet lists rows of one extract, in your own columns, with a sentence on what is wrong; the cells meant "
        "are marked yellow. Text in columns that nobody asked for is left out.",
        "Where it says that the row was turned away, nothing of the row is used. Where it does not, the row is used "
        "and only the marked cell counts as not known.",
        "Please correct them in your own system and send the whole extract again. Do not send this workbook back as "
        "the extract: it would be refused.",
        "It holds personal data: send it only by the way agreed for the extracts themselves.",
        "",
    ]
    for sheet in sheets:
        load, shown = sheet.load, len(sheet.faults)
        lines.append(
            f"{load.table}, {load.file_name}, data of {load.data_date.isoformat()}: {load.rows_rejected:,} of "
            f"{load.rows_read:,} rows turned away, {load.cells_refused:,} cells not known; {shown:,} rows are listed."
        )
    for number, line in enumerate(lines, start=1):
        into.write_string(number, 0, _safe(line), sentences)


def _write_sheet(into: Worksheet, sheet: _Sheet, formats: _Formats) -> None:
    for column, width in enumerate(_WIDTHS):
        into.set_column(column, column, width)
    into.freeze_panes(1, len(_WIDTHS))
    for column, title in enumerate((ROW_HEADING, FILE_HEADING, FAULT_HEADING, *sheet.header)):
        _write(into, 0, column, title, formats.heading)
    for line, number in enumerate(sorted(sheet.faults), start=1):
        faults = sheet.faults[number]
        into.write_number(line, 0, number)
        _write(into, line, 1, sheet.load.file_name, formats.plain)
        _write(into, line, 2, " ".join(_sentence(fault, sheet) for fault in faults), formats.sentences)
        bad = {sheet.positions.get(fault["column"] or "") for fault in faults}
        for place, cell in enumerate(sheet.rows[number]):
            if cell or place in bad:
                _write(into, line, len(_WIDTHS) + place, cell, formats.marked if place in bad else formats.plain)


def _sentence(fault: Mapping[str, Any], sheet: _Sheet) -> str:
    place = sheet.positions.get(fault["column"] or "")
    where = f"{sheet.header[place]}: " if place is not None else ""
    return f"{where}{fault['message']}" + (" The row was turned away." if fault["whole_row"] else "")


def _write(into: Worksheet, row: int, column: int, text: str, cell_format: Format) -> None:
    """Write text as text; an empty cell keeps its mark."""
    if text:
        into.write_string(row, column, _safe(text), cell_format)
    else:
        into.write_blank(row, column, None, cell_format)


def _safe(text: str) -> str:
    """Return text that Excel can hold: no control characters, not too long, no beginning that a CSV would run."""
    shown = text[:_MOST_CHARACTERS]
    if not shown.isprintable():
        shown = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in shown)
    return f"'{shown}" if text.lstrip().startswith(_RISKY) else shown
