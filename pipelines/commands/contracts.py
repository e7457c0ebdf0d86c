"""`lasting-homes contracts check FILE`: how a new file maps, and what to add so that it is understood.

What belongs here: the options, and telling what was found. What does not: finding it (`pipelines.landing.mapping`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.commands.outcome import Outcome, count, place, table

if TYPE_CHECKING:
    from pipelines.landing.mapping import FileMapping, TableMapping

UNDERSTOOD, NOT_ALL_UNDERSTOOD = 0, 3
# More headers than this that mean nothing are listed after the table and not within it.
MOST_UNREAD = 15


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `contracts`."""
    parser.add_argument("action", choices=["check"], help="check: say how a file maps; nothing is landed")
    parser.add_argument("file", type=Path, metavar="FILE", help="a file as its sender made it")
    parser.add_argument("--family", help="case_system, lettings, … ; tried with every contract without it")
    parser.add_argument("--sender", help="who would send it: checks that landing knows that sender of the family")
    parser.add_argument("--write", action="store_true", help="add the suggested aliases to the home's config/contracts")


def run(options: argparse.Namespace) -> Outcome:
    """Say how the file maps; with --write, add the suggested aliases."""
    from pipelines.contracts import load_contracts
    from pipelines.contracts.overlay import write_aliases
    from pipelines.landing.mapping import DATA_DATE, beginning_of, map_file
    from pipelines.landing.senders import authority_of
    from pipelines.settings import HomeNotFoundError, Settings

    home = Settings.of_home(options.home).folders
    overlay = home.config / "contracts"
    if options.write and not home.config.is_dir():
        raise HomeNotFoundError(
            f"{home.root} is not a Lasting Homes home, so there is no place for the lines. "
            f"Make one with: lasting-homes init --home {home.root}"
        )
    day, why_not = _data_date(options.file)
    mapping = map_file(beginning_of(options.file), load_contracts(overlay), options.family, day)
    if options.sender:
        for one in mapping.tables:
            authority_of(one.contract.family, options.sender)
    written = []
    if options.write:
        for one in mapping.tables:
            if one.suggestions:
                contract = one.contract
                written.append(write_aliases(overlay, contract.family, contract.table, one.suggestions.items()))
    stated = all(any(name == DATA_DATE for _, name in one.columns) for one in mapping.tables)
    dated = stated or day is not None
    data_date = "stands in a column of the file." if stated else f"{day.isoformat()}." if day else why_not
    understood = dated and not any(one.needs_someone for one in mapping.tables)
    lines = [f"Data date: {data_date}", *_as_text(mapping, options.file, overlay)]
    lines += [f"Written: {place(path)}" for path in written]
    data = {**_as_data(mapping), "data_date": data_date, "written": [str(path) for path in written]}
    return Outcome("\n".join(lines), data, UNDERSTOOD if understood else NOT_ALL_UNDERSTOOD)


def _data_date(file: Path) -> tuple[date | None, str]:
    """Return the day that the file's name or the note beside it says, or None and why it is not known."""
    from pipelines.landing.data_dates import META_SUFFIX, read_meta, settle_data_date
    from pipelines.landing.model import RefusedFileError

    try:
        meta = read_meta(file.with_name(file.name + META_SUFFIX))
        return settle_data_date(None, file.name, meta, datetime.now(UTC)), ""
    except RefusedFileError as refused:
        return None, str(refused).removeprefix("Held: ")


def _as_text(mapping: FileMapping, file: Path, overlay: Path) -> Iterator[str]:
    if mapping.beginning_only:
        yield "The file is long: only its beginning was looked at."
    for one in mapping.tables:
        yield from _table_as_text(one, file, overlay)
    if mapping.unknown_sheets:
        yield f"Not looked like any extract: {count(len(mapping.unknown_sheets), 'other sheet')}; not landed."


def _table_as_text(one: TableMapping, file: Path, overlay: Path) -> Iterator[str]:
    from pipelines.contracts.overlay import alias_document, as_yaml

    contract = one.contract
    is_it = "is" if one.recognised else "looks like"
    where = f"Sheet {one.sheet!r}" if one.sheet else file.name
    yield f"{where} {is_it} {contract.family}/{contract.table}; its headers are in row {one.header_row}."
    yield ""
    unread = [header for header in one.unknown_headers if header not in one.suggestions]
    bare = sum(not header for header, name in one.columns if name is None)
    hidden = {*(unread if len(unread) > MOST_UNREAD else ()), *([""] if bare > MOST_UNREAD else ())}
    shown = [(header, name) for header, name in one.columns if name is not None or header not in hidden]
    yield table(("header in the file", "column"), [(header, _meaning(header, name, one)) for header, name in shown])
    yield ""
    if len(unread) > MOST_UNREAD:
        yield f"Not known, and not read ({len(unread)}): {', '.join(unread)}."
    if bare > MOST_UNREAD:
        yield f"Not read: {count(bare, 'column')} without a header."
    if one.missing_needed:
        yield f"Missing, and without them it is not this extract: {', '.join(one.missing_needed)}."
    if one.missing_others:
        yield f"Missing, and left blank: {', '.join(one.missing_others)}."
    for codes in one.unknown_codes:
        yield from _codes_as_text(codes, overlay)
    numbered = {rule.number for rule in contract.rules}
    for bad in one.bad_cells:
        what = f"break rule {bad.rule}" if bad.rule in numbered else bad.rule.replace("_", " ")
        yield f"{bad.column}: {count(bad.cells, 'cell')} {what}, first in row {bad.first_row}."
    if one.counts:
        followed = "With the suggestions below: " if one.suggestions else ""
        yield (
            f"{followed}{count(one.counts['rows_read'], 'row')} read = "
            f"{one.counts['rows_accepted']:,} accepted + {one.counts['rows_rejected']:,} rejected; "
            f"{count(one.counts['cells_refused'], 'cell')} refused."
        )
    if one.suggestions:
        yield f"Lines for {place(overlay / contract.family / (contract.table + '.yml'))} (--write adds them):"
        yield as_yaml(alias_document(one.suggestions.items())).rstrip()
    yield ""


def _meaning(header: str, name: str | None, one: TableMapping) -> str:
    if name is not None:
        return name
    if header in one.suggestions:
        return f"not known; perhaps {one.suggestions[header]}"
    return "not known; not read" if header else "(no header; not read)"


def _codes_as_text(codes: Any, overlay: Path) -> Iterator[str]:
    cells = count(codes.cells, "cell")
    if codes.code_list:
        file = place(overlay / "spellings" / f"{codes.code_list}.csv")
        yield (
            f"{codes.column}: {cells} with a spelling that {codes.code_list} does not know. Correct them at the "
            f"source, or add `spelling,code` lines to {file}:"
        )
    else:
        yield (
            f"{codes.column}: {cells} with a value that the layout of that year does not have. Correct them at the "
            "source, or look whether the data date names the right year:"
        )
    yield from (f"  {text}  ({count(cells, 'cell')}, first in row {row})" for text, cells, row in codes.spellings)
    if codes.more:
        yield f"  … and {count(codes.more, 'more spelling')}"
    if codes.withheld:
        yield f"  {count(codes.withheld, 'spelling')} not shown: may be a name, a date or a reference of a person"


def _as_data(mapping: FileMapping) -> dict[str, Any]:
    return {
        "beginning_only": mapping.beginning_only,
        "tables": [_table_as_data(one) for one in mapping.tables],
        "unknown_sheets": len(mapping.unknown_sheets),
    }


def _table_as_data(one: TableMapping) -> dict[str, Any]:
    from dataclasses import asdict

    columns: Sequence[dict[str, str | None]] = [
        {"header": header, "column": name, "suggestion": one.suggestions.get(header)} for header, name in one.columns
    ]
    return {
        "sheet": one.sheet,
        "family": one.contract.family,
        "table": one.contract.table,
        "recognised": one.recognised,
        "header_row": one.header_row,
        "columns": columns,
        "missing_needed": one.missing_needed,
        "missing_others": one.missing_others,
        "unknown_codes": [asdict(codes) for codes in one.unknown_codes],
        "bad_cells": [asdict(bad) for bad in one.bad_cells],
        "counts": dict(one.counts),
    }
