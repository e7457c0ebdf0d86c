"""Which state a file describes, and when it arrived.

What belongs here: the data date from a column, else the file's name, else the `.meta.yml` beside it (sources.md
section 0). What does not: dates of events, which are columns like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from pipelines.landing.model import RefusedFileError
from pipelines.landing.values import read_date

META_SUFFIX = ".meta.yml"
_MAX_META_BYTES = 4_096
_IN_NAME = re.compile(
    r"(?<!\d)(?:(?P<y1>(?:19|20)\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)"
    r"|(?P<d2>\d\d)-(?P<m2>\d\d)-(?P<y2>(?:19|20)\d\d)"
    r"|(?P<y3>(?:19|20)\d\d)(?P<m3>0[1-9]|1[0-2])(?P<d3>\d\d)"
    r"|(?P<d4>\d\d)(?P<m4>\d\d)(?P<y4>(?:19|20)\d\d))(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Meta:
    """What a `.meta.yml` says; each may be left out."""

    data_date: date | None = None
    received_at: datetime | None = None


def read_meta(path: Path) -> Meta:
    """Return what the file beside an extract says, nothing where there is no such file.

    Raises RefusedFileError when it is no YAML or holds anything but the two facts.
    """
    if not path.is_file() or path.is_symlink():
        return Meta()
    what_to_do = "Write two lines at most: data_date: 2026-09-30 and received_at: 2026-10-02T06:00:00Z."
    try:
        if path.stat().st_size > _MAX_META_BYTES:
            raise RefusedFileError(f"{path.name} is far too long.", what_to_do)
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, ValueError, RecursionError, OSError) as error:
        raise RefusedFileError(f"{path.name} is not readable as YAML.", what_to_do) from error
    if not isinstance(document, dict) or not document.keys() <= {"data_date", "received_at"}:
        raise RefusedFileError(f"{path.name} holds something else than data_date and received_at.", what_to_do)
    try:
        return Meta(_as_date(document.get("data_date")), _as_moment(document.get("received_at")))
    except ValueError as error:
        raise RefusedFileError(f"{path.name} holds a date or time that cannot be read.", what_to_do) from error


def _as_date(value: Any) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    return date.fromisoformat(str(value))


def _as_moment(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def dates_in_name(file_name: str) -> set[date]:
    """Return every date written in a file name as 2026-09-30, 20260930, 30-09-2026 or 30092026."""
    found = set()
    for match in _IN_NAME.finditer(file_name):
        parts = {name[0]: int(text) for name, text in match.groupdict().items() if text is not None}
        try:
            found.add(date(parts["y"], parts["m"], parts["d"]))
        except ValueError:
            continue
    return found


def date_in_column(cells: Iterable[str]) -> date | None:
    """Return the one date that a data-date column holds, None when all its cells are blank.

    Raises RefusedFileError when its rows disagree or hold no date: the file then describes no one state.
    """
    readings = {read_date(cell.strip()).value for cell in set(cells) if cell.strip()}
    if not readings:
        return None
    day = readings.pop()
    if readings or not isinstance(day, date):
        raise RefusedFileError(
            "The column with the data date holds different dates, or none that can be read.",
            "Send one file for each data date.",
        )
    return day


def settle_data_date(in_column: date | None, file_name: str, meta: Meta, received_at: datetime) -> date:
    """Return the data date of a table: from its column, else from the file's name, else from its meta file.

    Raises RefusedFileError when none says it, or when the date lies after the day on which the file was received: a
    mistyped year would overrule every later file.
    """
    named = dates_in_name(file_name)
    day = in_column or (next(iter(named)) if len(named) == 1 else None) or meta.data_date
    what_to_do = (
        f"Put the date in the file's name (2026-09-30), or write data_date: 2026-09-30 into {file_name}{META_SUFFIX}."
    )
    if day is None:
        why = "The file's name holds several dates" if named else "Neither a column nor the file's name holds a date"
        raise RefusedFileError(f"Held: it is not known which day the file describes. {why}.", what_to_do)
    # One day of grace: a file made late in the evening in London may carry the next UTC day or the other way round.
    if day > received_at.date() + timedelta(days=1):
        raise RefusedFileError(f"Held: the data date {day.isoformat()} lies after the day it was received.", what_to_do)
    return day
