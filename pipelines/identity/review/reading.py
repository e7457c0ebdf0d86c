"""Reading the review workbook back: answers become decisions, or nothing of it does.

What belongs here: finding the answers and refusing what cannot be followed, with the row and what to do. What does not:
keeping decisions (`pipelines.identity.decisions`).
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

from pipelines.identity.decisions import VERDICTS, LinkDecision, RecordRef, Verdict
from pipelines.identity.review.queue import pair_id
from pipelines.identity.review.workbook import ANSWERS, DECIDE, KEYS

TOLD = 20


class WorkbookError(Exception):
    """The workbook holds something that cannot be followed; no decision of it was taken."""


def read_decisions(path: Path, *, now: datetime, by: str | None = None) -> list[LinkDecision]:
    """Return the answers in a review workbook, in the order of its rows.

    Rows without an answer are passed over. Nobody's name or birthday is read.

    Args:
        path: The workbook.
        now: When the decisions are taken, UTC.
        by: Who decided, where a row's own cell is empty.

    Raises:
        WorkbookError: The file is no review workbook, or rows cannot be followed; every such row is named.
    """
    rows = _rows(path)
    columns = {str(name): place for place, name in enumerate(next(rows, ()))}
    missing = [name for name in ("Pair", *ANSWERS, *KEYS) if name not in columns]
    if missing:
        raise WorkbookError(
            f"{path.name} is no review workbook: the sheet {DECIDE} has no column {', '.join(missing)}. Export one "
            "with `lasting-homes review`, write the answers into it, and leave its headings as they are."
        )
    found: list[LinkDecision] = []
    wrong: list[str] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        cells = {name: _text(row[place]) for name, place in columns.items() if place < len(row)}
        if not any(cells.get(name) for name in ("Decision", "Reason")):
            continue
        problem = _problem(cells, by) or (
            f"repeats the pair of row {seen[cells['Pair']]}" if cells["Pair"] in seen else ""
        )
        if problem:
            wrong.append(f"row {number} {problem}")
            continue
        seen[cells["Pair"]] = number
        found.append(_decision(cells, now, by))
    if wrong:
        more = f" … and {len(wrong) - TOLD} more rows." if len(wrong) > TOLD else ""
        raise WorkbookError(f"Nothing of {path.name} was taken. " + "; ".join(wrong[:TOLD]) + "." + more)
    return found


def _rows(path: Path) -> Iterator[tuple[object, ...]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns that it does not know the small charts
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, InvalidFileException) as error:
        raise WorkbookError(f"{path.name} cannot be read as a workbook ({type(error).__name__}).") from None
    try:
        if DECIDE not in book.sheetnames:
            raise WorkbookError(f"{path.name} has no sheet {DECIDE}. Export one with `lasting-homes review`.")
        yield from book[DECIDE].iter_rows(values_only=True)
    finally:
        book.close()


def _problem(cells: dict[str, str], by: str | None) -> str:
    """Return what is wrong with a row, without quoting any cell about a person; empty when nothing is."""
    one, other = _refs(cells)
    if pair_id(one, other) != cells.get("Pair"):
        return "does not belong together: its columns were sorted or edited apart; export the workbook anew"
    verdict = cells.get("Decision", "").lower()
    if verdict not in VERDICTS:
        found = "an unknown decision" if verdict else "no decision beside its reason"
        return f"has {found}: write {' or '.join(VERDICTS)}"
    if verdict != "unsure" and not cells.get("Reason"):
        return "has no reason: write what settled it"
    if not cells.get("Decided by") and not by:
        return "does not say who decided: write it in Decided by, or give --by"
    return ""


def _decision(cells: dict[str, str], now: datetime, by: str | None) -> LinkDecision:
    one, other = _refs(cells)
    verdict: Verdict = next(known for known in VERDICTS if known == cells["Decision"].lower())
    return LinkDecision(one, other, verdict, now, cells.get("Decided by") or by or "", cells.get("Reason", ""))


def _refs(cells: dict[str, str]) -> tuple[RecordRef, RecordRef]:
    family, table, sender, ref, council, person_id = (cells.get(name, "") for name in KEYS)
    return RecordRef(family, table, sender, ref), RecordRef.case_id(council, person_id)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
