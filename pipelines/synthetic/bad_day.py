"""A bad day at the door: one of each file that landing must turn away, hold or take only in part.

What belongs here: those files, and in a sentence what landing should do with each. What does not: the defects of
ordinary days (defects.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from pipelines.synthetic.files import CREATED

REFUSED, WAITING, PARTLY = "refused", "waiting", "partly"


@dataclass(frozen=True)
class BadFile:
    """One file of a bad day.

    Attributes:
        name: short name of the case, unique.
        path: the file.
        expected: `refused` (stays, with its reason), `waiting` (not touched yet), `partly` (lands, see the numbers).
        reason: what is wrong, in a sentence.
        rows: data rows in the file, where it can be read.
        rejected: data rows that landing must reject.
        refused_cells: cells that landing must refuse.
    """

    name: str
    path: Path
    expected: str
    reason: str
    rows: int = 0
    rejected: int = 0
    refused_cells: int = 0


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
PLACEMENT_HEADERS = (
    "clap_cla_placement_id,clap_cla_id,clap_person_id,clap_cla_placement_start_date,clap_cla_placement_type,"
    "clap_cla_placement_postcode,clap_cla_placement_end_date"
)
UNTIDY_ROWS = (
    "P1,C1,0000001,01/04/2026,U6,XK11 2AB,",  # good
    "P2,C1,0000001,01/05/2026,Zz unknown 7,XK11 2AB,",  # unknown code: one cell refused
    "P3,C1,0000001,31/02/2026,U6,XK11 2AB,",  # no such day: rejected
    "P4,C1,0000001,01/06/2026,U6,XK11 2AB,01/05/2026",  # ends before it starts: rejected
    "P1,C1,0000001,02/04/2026,U6,XK11 2AB,",  # the first row's key again: rejected
    ",C1,0000001,01/07/2026,U6,XK11 2AB,",  # no key: rejected
    "P5,C1,0000001,01/07/1825,U6,XK11 2AB,",  # two centuries ago: rejected
    '"P6","C1","0000001","01/08/2026","K2","XK11 2AB",""',  # good, quoted
)


def _workbook(headers: tuple[str, ...], rows: list[tuple[Any, ...]], *, sheet: str) -> bytes:
    into = BytesIO()
    with xlsxwriter.Workbook(into, {"in_memory": True}) as book:
        book.set_properties({"created": CREATED})
        page = book.add_worksheet(sheet)
        for column, header in enumerate(headers):
            page.write_string(0, column, header)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, tuple):  # a formula and the value that the sender's Excel last worked out
                    page.write_formula(number, column, value[0], None, value[1])
                elif value is not None:
                    page.write(number, column, value)
    return into.getvalue()


def _form_with_formulas() -> bytes:
    headers = (
        "record_id",
        "recorded_on",
        "withdrawn",
        "person_id",
        "start_date",
        "end_date",
        "accommodation_code",
        "tenure",
    )
    rows: list[tuple[Any, ...]] = [
        ("F1", "02/09/2026", None, "0000001", "01/09/2026", None, "U", "council"),
        ("F2", "02/09/2026", None, ('="000000"&2', "0000002"), "01/09/2026", None, "D", None),
        ("F3", "02/09/2026", None, "0000003", ("=E2+5", 46271), None, "U", ("=NA()", "#N/A")),
    ]
    return _workbook(headers, rows, sheet="accommodation")


def _put(folder: Path, name: str, content: bytes, *, meta: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    if meta:
        (folder / f"{name}.meta.yml").write_text(meta, encoding="ascii")
    return path


def _unreadable(case_system: Path, homelessness: Path, stamp: str) -> list[BadFile]:
    """Write the files of which nothing can be read."""
    whole = _workbook(("Case Number", "Need"), [("000000001", "Care leaver aged 18-20 years")] * 40, sheet="Report")
    return [
        BadFile("empty", _put(case_system, f"ssd_person_{stamp}.csv", b""), REFUSED, "The file has no bytes."),
        BadFile(
            "pdf as csv",
            _put(case_system, f"ssd_care_leavers_{stamp}.csv", PDF),
            REFUSED,
            "A PDF under the name of a CSV.",
        ),
        BadFile(
            "truncated workbook",
            _put(homelessness, f"support_needs_{stamp}.xlsx", whole[: len(whole) // 2]),
            REFUSED,
            "The workbook was cut off on its way.",
        ),
        BadFile(
            "unknown extract",
            _put(case_system, f"allotments_{stamp}.csv", b"Plot,Rent,Waiting Since\r\n12,30.00,2019-04-01\r\n"),
            REFUSED,
            "Headers that no contract knows.",
        ),
        BadFile(
            "no data date",
            _put(case_system, "placements final FINAL.csv", f"{PLACEMENT_HEADERS}\r\n{UNTIDY_ROWS[0]}\r\n".encode()),
            REFUSED,
            "Neither a column nor the name nor a .meta.yml says which state it describes.",
        ),
        BadFile(
            "macro program",
            _put(case_system, f"ssd_address_{stamp}.exe", b"MZ\x90\x00this is no extract"),
            REFUSED,
            "A program, not an extract.",
        ),
    ]


def generate_bad_day(inbox: Path, *, as_at: date = date(2026, 9, 30)) -> list[BadFile]:
    """Write a small set of bad files into the inbox and return what each is and what landing should do with it.

    Args:
        inbox: folder that receives `<family>/<sender>/<file>`.
        as_at: data date in the names of the files.
    """
    stamp = f"{as_at:%Y%m%d}"
    case_system = inbox / "case_system" / "kent"
    form = inbox / "protocol_forms" / "kent"
    untidy = "\r\n".join((PLACEMENT_HEADERS, *UNTIDY_ROWS)) + "\r\n"
    return [
        *_unreadable(case_system, inbox / "homelessness" / "E07000107", stamp),
        BadFile(
            "still being written",
            _put(case_system, f"ssd_cla_episodes_{stamp}.csv.part", b"clae_cla_episode_id,clae_pers"),
            WAITING,
            "The sender's program has not finished: the name still ends in .part.",
        ),
        BadFile(
            "untidy rows",
            _put(case_system, f"ssd_cla_placement_{stamp}.csv", untidy.encode()),
            PARTLY,
            "An unknown code, impossible dates, an end before its start, a key twice, a key missing.",
            rows=len(UNTIDY_ROWS),
            rejected=5,
            refused_cells=1,
        ),
        BadFile(
            "formulas",
            _put(form, "accommodation.xlsx", _form_with_formulas(), meta=f"data_date: {as_at}\n"),
            PARTLY,
            "Formulas are read by their value; a formula that failed (#N/A) is a refused cell.",
            rows=3,
            rejected=0,
            refused_cells=1,
        ),
    ]
