"""An Excel workbook for each protocol form, made from its contract.

What belongs here: headings, drop-down lists, checks while typing, the example. What does not: what the columns are
(contracts) and how a filled-in workbook lands (landing).

Landing reads what stands below the headings, so the explanation and the example stand above them: there is nothing to
delete before sending, and no row whose content must be guessed to be an example.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from pipelines.contracts import Column, Contract, Contracts, code_list
from pipelines.contracts.text import bare
from pipelines.project_files import project_folder

FAMILY = "protocol_forms"
ROWS_TO_FILL = 1_000
HEADING_ROW = 6
"""Spreadsheet row of the headings; data begins in the next."""
LISTS = "Lists"

_EARLIEST, _LATEST = date(1900, 1, 2), date(2100, 1, 1)
_EXAMPLE_DAY = date(2026, 4, 1)
_EXAMPLES: Mapping[str, str] = {
    "record_id": "EXAMPLE-1",
    "person_id": "100001",
    "forename": "Forename",
    "surname": "Surname",
    "ni_number": "QQ123456C",
    "email": "officer@example.org",
    "quarter": "2026-27-Q1",
    "area": "E10000016",
}
_EXPECTED: Mapping[str, str] = {
    "date": "a date, dd/mm/yyyy",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "Yes or No",
    "code": "one of the list",
    "postcode": "a full postcode",
    "text": "text",
}
_CAPITALS: Mapping[str, str] = {"gss": "GSS", "ni": "NI", "gbp": "GBP", "art": "ART"}


class TemplateError(Exception):
    """A template cannot be written; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Lists:
    """The sheet of lists: name of a list -> the range of its choices, and its rows."""

    choices: Mapping[str, Sequence[tuple[str, str]]]

    def place(self, name: str) -> str:
        column = 2 * list(self.choices).index(name)
        letter = xlsxwriter.utility.xl_col_to_name(column)
        return f"={LISTS}!${letter}$2:${letter}${len(self.choices[name]) + 1}"


def write_templates(contracts: Contracts, out: Path, forms: Sequence[str] = ()) -> list[Path]:
    """Write a workbook for each form, `<out>/<form>_template.xlsx`.

    Args:
        contracts: the contracts in force, a council's own forms included.
        out: folder, made if need be.
        forms: names of forms; all when empty.

    Returns:
        The files, in order of form.

    Raises:
        TemplateError: there is no such form, or a file of that name exists (it may have been filled in).
    """
    known = {contract.table: contract for contract in contracts.of_family(FAMILY)}
    unknown = sorted(set(forms) - known.keys())
    if unknown:
        raise TemplateError(f"There is no form {', '.join(unknown)}. The forms are: {', '.join(sorted(known))}.")
    targets = {form: out / f"{form}_template.xlsx" for form in sorted(forms or known)}
    for path in targets.values():
        if path.exists():
            raise TemplateError(f"{path} exists and may have been filled in. Move it, or choose another folder.")
    out.mkdir(parents=True, exist_ok=True)
    for form, path in targets.items():
        _write(known[form], path)
    return list(targets.values())


def heading(column: Column) -> str:
    """Return a column's heading for people; landing knows it because case and spaces do not count."""
    words = [_CAPITALS.get(word, word) for word in column.name.split("_")]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])


def example(column: Column, place: int) -> str | date:
    """Return an obviously invented value that lands, "" where the column is usually blank.

    Args:
        column: the column.
        place: its place in the form; later columns get later days, so that an end follows its start.
    """
    if column.name == "withdrawn":
        return ""
    if column.name in _EXAMPLES:
        return _EXAMPLES[column.name]
    if column.name.endswith("_gss"):
        return _areas()[0][0]
    if column.type == "date":
        return _EXAMPLE_DAY + timedelta(days=place)
    if column.type == "code":
        return _choices(column)[0][0]
    return {"integer": "1", "number": "120.50", "boolean": "Yes", "postcode": "XK11 1AA"}.get(column.type, "Example")


def _write(contract: Contract, path: Path) -> None:
    lists = _Lists({name: _choices(column) for column in contract.columns if (name := _list_of(column)) is not None})
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy", "strings_to_formulas": False}) as book:
        # A fixed day: the same contract gives the same bytes.
        book.set_properties({"title": contract.description, "created": datetime(2026, 1, 1)})  # noqa: DTZ001
        sheet = book.add_worksheet(contract.table)
        _write_explanation(book, sheet, contract)
        _write_columns(book, sheet, contract, lists)
        _write_lists(book, lists)


def _write_explanation(book: Any, sheet: Any, contract: Contract) -> None:
    title, italic = book.add_format({"bold": True, "font_size": 14}), book.add_format({"italic": True})
    sheet.write(0, 0, contract.table.replace("_", " ").capitalize(), title)
    sheet.write(1, 0, f"{contract.description} Fill in below the headings; nothing above them is read.", italic)
    label = book.add_format({"bold": True, "valign": "top"})
    for row, text in ((2, "Meaning"), (3, "Expected"), (4, "Example (not read)"), (5, "Your notes (not read)")):
        sheet.write(row, 0, text, label)
    sheet.set_column(0, 0, 22)
    sheet.set_row(2, 60)
    sheet.freeze_panes(HEADING_ROW, 1)


def _write_columns(book: Any, sheet: Any, contract: Contract, lists: _Lists) -> None:
    small = book.add_format({"text_wrap": True, "valign": "top", "font_size": 9})
    sample = book.add_format({"italic": True, "font_color": "#595959", "num_format": "dd/mm/yyyy", "align": "left"})
    needed = book.add_format({"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1})
    wanted = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    formats = {"date": book.add_format({"num_format": "dd/mm/yyyy"}), "number": book.add_format({"num_format": "0.00"})}
    text = book.add_format({"num_format": "@"})
    for place, column in enumerate(contract.columns, start=1):
        sheet.set_column(place, place, max(16, len(heading(column)) + 2), formats.get(column.type, text))
        sheet.write(2, place, column.description, small)
        sheet.write(3, place, _EXPECTED[column.type] + ("; needed" if column.required else ""), small)
        shown = example(column, place)
        sheet.write(4, place, *([shown, sample] if isinstance(shown, date) else [str(shown), sample]))
        sheet.write(HEADING_ROW - 1, place, heading(column), needed if column.required else wanted)
        rule = _validation(column, lists)
        if rule:
            sheet.data_validation(HEADING_ROW, place, HEADING_ROW + ROWS_TO_FILL - 1, place, rule)


def _validation(column: Column, lists: _Lists) -> dict[str, Any] | None:
    """Return the check while typing; a wrong code or date is stopped, another district's code only questioned."""
    name = _list_of(column)
    told = {
        "input_title": heading(column)[:32],
        "input_message": column.description[:255],
        "error_title": "Not as expected",
    }
    if name is not None:
        stop = "warning" if column.type == "text" else "stop"
        message = f"Choose from the list; the sheet {LISTS} explains it."
        return told | {"validate": "list", "source": lists.place(name), "error_type": stop, "error_message": message}
    if column.type == "date":
        limits = {"minimum": _EARLIEST, "maximum": _LATEST, "error_message": "Enter a date, dd/mm/yyyy."}
        return told | {"validate": "date", "criteria": "between"} | limits
    if column.type == "boolean":
        return told | {"validate": "list", "source": ["Yes", "No"], "error_message": "Enter Yes or No."}
    if column.type in ("integer", "number"):
        kind = "integer" if column.type == "integer" else "decimal"
        return told | {"validate": kind, "criteria": ">=", "value": 0, "error_message": "Enter a number."}
    return None


def _write_lists(book: Any, lists: _Lists) -> None:
    if not lists.choices:
        return
    sheet = book.add_worksheet(LISTS)
    bold = book.add_format({"bold": True})
    for index, (name, choices) in enumerate(lists.choices.items()):
        sheet.write(0, 2 * index, f"Choices: {name.replace('_', ' ')}", bold)
        sheet.set_column(2 * index, 2 * index + 1, 30)
        for row, (choice, meaning) in enumerate(choices, start=1):
            sheet.write_string(row, 2 * index, choice)
            sheet.write_string(row, 2 * index + 1, meaning)


def _list_of(column: Column) -> str | None:
    """Return the name of the list that a column chooses from, None where it has none."""
    if column.type == "code":
        return column.code_list
    return "area" if column.name.endswith("_gss") else None


def _choices(column: Column) -> list[tuple[str, str]]:
    """Return what can be chosen and what it means: of a code list its labels, which land as their codes."""
    if column.type != "code":
        return _areas()
    return [
        (row["label"] or row["code"], "" if bare(row["label"]) == bare(row["code"]) else row["code"])
        for row in code_list(str(column.code_list))
    ]


def _areas() -> list[tuple[str, str]]:
    """Return GSS code and name of every district that can appear in an extract."""
    path = project_folder("dbt_project") / "seeds" / "protocol" / "area.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return [(row["area_code"], row["area_name"]) for row in csv.DictReader(lines)]
