"""One cell: from its text to a value of the contract's type, or the rule that it breaks.

What belongs here: pure functions of one text. What does not: columns and rows (checking), blanks (checking).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from pipelines.contracts import CodeLists, Column
from pipelines.contracts.text import folded

Value = str | int | float | bool | date | datetime | None

EARLIEST = date(1900, 1, 2)
LATEST = date(2100, 1, 1)
"""Dates outside are impossible for a care leaver, a register or a case (docs/seams.md)."""

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: \d{1,2}:\d{2}.*)?")
# Five digits are 1927 to 2173: "12" or "1998" alone is no date, and 1 is how 1900-01-01, which is none, arrives.
_SERIAL = re.compile(r"(\d{5}|[01])(?:\.\d+)?")
_SERIAL_EPOCH = date(1899, 12, 30)
# Excel counts a 29 February 1900 that never was, so serials before 1 March 1900 are a day ahead.
_SERIAL_LEAP_FAULT = 60
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
_WHOLE = re.compile(r"[+-]?\d{1,15}(?:\.0*)?")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d*)?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_YES = frozenset({"yes", "y", "true", "t", "1", "1.0"})
_NO = frozenset({"no", "n", "false", "f", "0", "0.0"})

SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#MULTIVALUE"}
)

MESSAGES = {
    "missing": "This value is needed and the cell is blank. Fill it in at the source and send again.",
    "not_a_date": "Expected a date: dd/mm/yyyy, yyyy-mm-dd or an Excel date. Correct it at the source.",
    "not_a_time": "Expected a date with a time, as 2026-09-30T14:05:00+01:00. Correct it at the source.",
    "impossible_date": f"The date lies outside {EARLIEST} to {LATEST}. Correct it at the source.",
    "unknown_code": "This spelling is not known. Correct it at the source, or add it to the spellings of the list.",
    "not_a_whole_number": "Expected a whole number. Correct it at the source.",
    "not_a_number": "Expected a number. Correct it at the source.",
    "not_yes_or_no": "Expected yes or no (or Y/N, TRUE/FALSE, 1/0). Correct it at the source.",
    "not_a_postcode": "Expected a full postcode. Correct it at the source.",
    "spreadsheet_error": "The cell holds an error of the spreadsheet. Mend the formula at the source.",
    "end_before_start": "The end lies before the start. Correct one of the two dates at the source.",
    "duplicate_key": "An earlier row of the file has the same key and is kept. Remove one of them at the source.",
    "wrong_number_of_cells": "The row has more or fewer cells than the header: a stray separator or quote. Mend it.",
    "erased": "The person was erased. There is nothing to correct.",
    "repeated_header": "The row repeats the header. Remove it if two exports were joined.",
}
"""Rule -> what was expected and what to do next; never the value, which stands in a column of its own."""


class Reading(NamedTuple):
    """What a text was read as: a value, or None and the rule it breaks; `derived` holds what a label says besides."""

    value: Value
    rule: str | None = None
    derived: tuple[tuple[str, str], ...] = ()


Reader = Callable[[str], Reading]


def reader_for(column: Column, codes: CodeLists) -> Reader:
    """Return the function that reads one (trimmed, not blank) text of the column."""
    if column.type == "code":
        return _closed_reader(column.values) if column.values else _code_reader(column, codes)
    if column.type == "date" and column.none_dates:
        return _date_reader_with_none(frozenset(date.fromisoformat(text) for text in column.none_dates))
    if column.symbols:
        return _figure_reader(column)
    return {
        "text": read_text,
        "date": read_date,
        "timestamp": read_timestamp,
        "integer": read_integer,
        "number": read_number,
        "boolean": read_boolean,
        "postcode": read_postcode,
    }[column.type]


def read_text(text: str) -> Reading:
    """Read text as it is, except an error of the spreadsheet (`#N/A`)."""
    if text.startswith("#") and text in SPREADSHEET_ERRORS:
        return Reading(None, "spreadsheet_error")
    return Reading(text)


@lru_cache(maxsize=200_000)
def _day(text: str) -> date | None:
    """Return the day a text names, whatever its year, or None when it names no day."""
    iso = _ISO.fullmatch(text)
    day_first = None if iso else _DAY_FIRST.fullmatch(text)
    serial = None if iso or day_first else _SERIAL.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if day_first:
            return date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
        if serial:
            number = int(serial[1])
            return _SERIAL_EPOCH + timedelta(days=number + (1 if number < _SERIAL_LEAP_FAULT else 0))
    except ValueError:
        return None
    return None


def read_date(text: str) -> Reading:
    """Read dd/mm/yyyy, yyyy-mm-dd (either with a time, which is dropped) or an Excel serial number."""
    day = _day(text)
    if day is None:
        return Reading(None, "spreadsheet_error" if text in SPREADSHEET_ERRORS else "not_a_date")
    if not EARLIEST <= day <= LATEST:
        return Reading(None, "impossible_date")
    return Reading(day)


def _date_reader_with_none(none_dates: frozenset[date]) -> Reader:
    def read(text: str) -> Reading:
        return Reading(None) if _day(text) in none_dates else read_date(text)

    return read


def read_timestamp(text: str) -> Reading:
    """Read an ISO date with a time and, if given, its distance from UTC; the moment is kept in UTC without zone.

    A moment without a zone is taken as UTC: it only decides which of two versions of a record is the later.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return Reading(None, "spreadsheet_error" if text in SPREADSHEET_ERRORS else "not_a_time")
    if not EARLIEST <= moment.date() <= LATEST:
        return Reading(None, "impossible_date")
    return Reading(moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment)


def _figure_reader(column: Column) -> Reader:
    """Return a reader of published figures: a number, or a symbol whose meaning goes into the column of the status."""
    meanings = {text.casefold(): status for text, status in column.symbols}
    targets = [target for target, _ in column.derives]

    def read(text: str) -> Reading:
        status = meanings.get(text.casefold())
        if status is None:
            return read_number(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)
        return Reading(None, None, tuple((target, status) for target in targets))

    return read


def read_integer(text: str) -> Reading:
    """Read a whole number; a spreadsheet's `2.0` is 2."""
    if _WHOLE.fullmatch(text):
        return Reading(int(float(text)))
    return Reading(None, "spreadsheet_error" if text in SPREADSHEET_ERRORS else "not_a_whole_number")


def read_number(text: str) -> Reading:
    """Read a decimal number with a point."""
    if _NUMBER.fullmatch(text):
        return Reading(float(text))
    return Reading(None, "spreadsheet_error" if text in SPREADSHEET_ERRORS else "not_a_number")


def read_boolean(text: str) -> Reading:
    """Read yes or no in the words that spreadsheets and databases use."""
    word = text.casefold()
    if word in _YES or word in _NO:
        return Reading(word in _YES)
    return Reading(None, "spreadsheet_error" if text in SPREADSHEET_ERRORS else "not_yes_or_no")


def read_postcode(text: str) -> Reading:
    """Read a full postcode, upper case without spaces."""
    postcode = text.upper().replace(" ", "")
    if _POSTCODE.fullmatch(postcode):
        return Reading(postcode)
    return Reading(None, "spreadsheet_error" if text in SPREADSHEET_ERRORS else "not_a_postcode")


def _closed_reader(values: tuple[tuple[str, str], ...]) -> Reader:
    """Return the reader of a column whose layout lists everything that it may hold."""
    meanings = {folded(text): code for text, code in values}

    def read(text: str) -> Reading:
        code = meanings.get(folded(text))
        if code is not None:
            return Reading(code)
        return Reading(None, "spreadsheet_error" if text in SPREADSHEET_ERRORS else "unknown_code")

    return read


def _code_reader(column: Column, codes: CodeLists) -> Reader:
    codes_of_list = codes[column.code_list or ""]
    derives = column.derives

    def read(text: str) -> Reading:
        if text in SPREADSHEET_ERRORS:
            return Reading(None, "spreadsheet_error")
        found = codes_of_list.resolve(text)
        if found is None:
            return Reading(None, "unknown_code")
        derived = tuple((target, found.derived[fact]) for target, fact in derives if fact in found.derived)
        return Reading(found.code, None, derived)

    return read
