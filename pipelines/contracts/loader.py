"""Reads the contracts: the packaged YAML, then what a council lays over it.

What belongs here: reading, checking against the JSON Schema, merging the overlay. What does not: the types (model).

`<family>/<table>.yml` is a contract; `<family>/years/<table>.<year>.yml` says what a year changes in it, each year
building upon the one before. Where a contract says when its collection years end, the data date says which year's
layout reads a file, and a year may forbid what another allows. Where it does not, one file holds several years (a log),
and a year only adds columns and headers to the contract.

The overlay is a folder (in a home: `config/contracts`) with the same names: `<family>/<table>.yml` adds aliases,
headers of the data date and a tolerance, or replaces whole columns; `spellings/<list>.csv` adds spellings of codes.
A file whose table is not packaged is a contract of its own.

`<family>/years/<table>.<year>.yml` in the overlay is a year of the council's own, or replaces ours.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePath
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from pipelines.contracts.codes import CodeLists, SpellingsError, code_list
from pipelines.contracts.model import (
    Ages,
    Column,
    Contract,
    ContractError,
    Contracts,
    NumberedRule,
    RowRule,
    Tolerance,
    Values,
)
from pipelines.contracts.text import header_key

_MOST_FAULTS = 3
_DEFAULT_TOLERANCE = {"share": 0.2, "minimum_rows": 20}
Document = dict[str, Any]
Differences = dict[tuple[str, str], dict[int, tuple[str, Document]]]


def load_contracts(overlay: Path | None = None) -> Contracts:
    """Return the packaged contracts with a council's overlay merged in.

    Args:
        overlay: folder of additions, in a home `config/contracts`; it need not exist.

    Raises:
        ContractError: a file is no YAML, has the wrong shape or contradicts itself; the text says which and where.
    """
    documents = _packaged_documents()
    differences = _differences(overlay)
    for name, (where, document) in documents.items():
        if "collection_year_ends" not in document:
            documents[name] = where, _with_all_years(document, differences.pop(name, {}))
    for (family, table), (where, addition) in _overlay_documents(overlay).items():
        packaged = documents.get((family, table))
        documents[family, table] = (where, addition if packaged is None else _merged(packaged[1], addition, where))
    codes = CodeLists(overlay / "spellings" if overlay is not None else None)
    contracts: dict[str, Contract] = {}
    for (family, table), (where, document) in documents.items():
        _check_shape(document, _schema(), where)
        by_year = differences.pop((family, table), {})
        if "collection_year_ends" not in document:
            document, by_year = _with_all_years(document, by_year), {}  # noqa: PLW2901 - the document as it is now
        contract = _contract(family, table, document, codes, where)
        years = tuple(_years(contract, document, codes, by_year))
        contracts[contract.name] = replace(contract, years=years, contract_hash=_hash_of_all(contract, years))
    for where, _ in (found for by_year in differences.values() for found in by_year.values()):
        raise ContractError(f"{where}: there is no contract of that table for it to change.")
    return Contracts(contracts, codes)


@cache
def _schema() -> Document:
    text = (files("pipelines.contracts") / "contract.schema.json").read_text(encoding="utf-8")
    schema: Document = json.loads(text)
    return schema


def _schema_of(part: str) -> Document:
    return {"$ref": f"#/$defs/{part}", "$defs": _schema()["$defs"]}


def _packaged_documents() -> dict[tuple[str, str], tuple[str, Document]]:
    """Return every packaged contract."""
    documents: dict[tuple[str, str], tuple[str, Document]] = {}
    for family in sorted(files("pipelines.contracts").iterdir(), key=lambda entry: entry.name):
        if not family.is_dir():
            continue
        for source in sorted(family.iterdir(), key=lambda entry: entry.name):
            if source.name.endswith(".yml"):
                where = f"pipelines/contracts/{family.name}/{source.name}"
                documents[family.name, source.name.removesuffix(".yml")] = (where, _read(source, where))
    return documents


def _overlay_documents(overlay: Path | None) -> dict[tuple[str, str], tuple[str, Document]]:
    if overlay is None or not overlay.is_dir():
        return {}
    documents = {}
    for source in sorted(overlay.glob("*/*.yml")):
        documents[source.parent.name, source.stem] = (str(source), _read(source, str(source)))
    return documents


def _differences(overlay: Path | None) -> Differences:
    """Return what each collection year changes, by (family, table) and year; a council's file replaces the packaged."""
    sources: list[tuple[str, Traversable | Path, str]] = []
    for family in sorted(files("pipelines.contracts").iterdir(), key=lambda entry: entry.name):
        years = family / "years"
        if years.is_dir():
            sources += [
                (family.name, source, f"pipelines/contracts/{family.name}/years/{source.name}")
                for source in years.iterdir()
                if source.name.endswith(".yml")
            ]
    if overlay is not None and overlay.is_dir():
        sources += [(path.parent.parent.name, path, str(path)) for path in overlay.glob("*/years/*.yml")]
    found: Differences = {}
    for family_name, source, where in sources:
        table, _, year = PurePath(source.name).stem.rpartition(".")
        if not table or not year.isdecimal():
            raise ContractError(f"{where}: its name must be <table>.<year>.yml.")
        difference = _read(source, where)
        _check_shape(difference, _schema_of("difference"), where)
        found.setdefault((family_name, table), {})[int(year)] = (where, difference)
    return found


def _read(source: Traversable | Path, where: str) -> Document:
    try:
        document = yaml.load(source.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContractError(f"{where} is not readable as YAML: {error}") from error
    if not isinstance(document, dict):
        raise ContractError(f"{where} must hold a mapping (description, delivery, columns …).")
    return document


def _check_shape(document: Document, schema: Document, where: str) -> None:
    """Raise ContractError when the document has not the shape of the schema; the text names the fault."""
    errors = sorted(Draft202012Validator(schema).iter_errors(document), key=lambda error: list(map(str, error.path)))
    if errors:
        faults = _faults(errors[0])
        told = "; ".join(f"at {_place(fault, document)}: {fault.message}" for fault in faults[:_MOST_FAULTS])
        raise ContractError(f"{where}: {told} (contract.schema.json says what is allowed).")


def _faults(error: ValidationError) -> list[ValidationError]:
    """Return what is wrong; where one of several shapes would do, what is wrong with the one that is nearest."""
    by_shape: dict[Any, list[ValidationError]] = {}
    for fault in error.context or ():
        by_shape.setdefault(fault.schema_path[0], []).append(fault)
    if not by_shape:
        return [error]
    nearest = min(by_shape.values(), key=lambda faults: (_weight(faults), len(faults)))
    return [deeper for fault in nearest for deeper in _faults(fault)]


def _weight(faults: Sequence[ValidationError]) -> int:
    """Return how many words of the document, or missing from it, are against a shape."""
    return sum(
        len(re.findall(r"'[^']+'", fault.message)) if fault.validator == "additionalProperties" else 1
        for fault in faults
    )


def _place(fault: ValidationError, document: Document) -> str:
    """Return where a fault stands, with the name of the column or the number of the rule that it stands in."""
    path = list(fault.absolute_path)
    place = "/".join(str(part) for part in path) or "the top"
    inside = document[str(path[0])][path[1]] if len(path) > 1 and isinstance(path[1], int) else {}
    name = inside.get("name", inside.get("number")) if isinstance(inside, dict) else None
    return f"{place} ({name})" if name else place


def _merged(packaged: Document, addition: Document, where: str) -> Document:
    """Return the packaged document with an overlay's additions."""
    _check_shape(addition, _schema_of("overlay"), where)
    merged = dict(packaged)
    merged.update({key: addition[key] for key in ("owner", "tolerance") if key in addition})
    merged["data_date_headers"] = [*packaged.get("data_date_headers", []), *addition.get("data_date_headers", [])]
    columns = {column["name"]: dict(column) for column in packaged["columns"]}
    for column in addition.get("columns", []):
        name = column["name"]
        if "type" in column:
            columns[name] = column
        elif name in columns:
            columns[name]["aliases"] = [*columns[name].get("aliases", []), *column["aliases"]]
        else:
            raise ContractError(f"{where}: there is no column {name!r} to add aliases to; give it a type to add it.")
    merged["columns"] = list(columns.values())
    return merged


def _years(
    base: Contract, document: Document, codes: CodeLists, differences: Mapping[int, tuple[str, Document]]
) -> Iterator[tuple[int, Contract]]:
    """Yield the contract as each year changes it, oldest first."""
    for year, (where, difference) in sorted(differences.items()):
        document = _changed(document, difference, where)
        _check_shape(document, _schema(), where)
        yield year, _contract(base.family, base.table, document, codes, where)


def _with_all_years(document: Document, differences: Mapping[int, tuple[str, Document]]) -> Document:
    """Return the document with what every year adds; raises ContractError where a year would take anything away."""
    for _, (where, difference) in sorted(differences.items()):
        names = {column["name"] for column in document["columns"]}
        adds = [
            column.keys() <= {"name", "aliases"} if column["name"] in names else "type" in column
            for column in difference.get("columns", [])
        ]
        if not adds or not all(adds) or difference.keys() > {"description", "columns"}:
            raise ContractError(
                f"{where}: its contract does not say when its collection years end, so a year may add columns and "
                "headers and change nothing else."
            )
        document = _changed(document, difference, where)
    return document


def _changed(document: Document, difference: Document, where: str) -> Document:
    """Return the document with what a year changes: columns by name, rules by number."""
    columns = {column["name"]: dict(column) for column in document["columns"]}
    for column in difference.get("columns", []):
        name = column["name"]
        if "type" in column:
            columns[name] = column
        elif name not in columns:
            raise ContractError(f"{where}: there is no column {name!r} to change; give it a type to add it.")
        else:
            aliases = [*columns[name].get("aliases", []), *column.get("aliases", [])]
            columns[name].update({**column, "aliases": aliases} if aliases else column)
    rules = {rule["number"]: rule for rule in document.get("rules", [])}
    rules.update({rule["number"]: rule for rule in difference.get("rules", [])})
    for number in difference.get("without_rules", []):
        if rules.pop(number, None) is None:
            raise ContractError(f"{where}: there is no rule {number} to leave out.")
    return {**document, "columns": list(columns.values()), "rules": list(rules.values())}


def _contract(family: str, table: str, document: Document, codes: CodeLists, where: str) -> Contract:
    columns = tuple(_column(column) for column in document["columns"])
    contract = Contract(
        family=family,
        table=table,
        description=document["description"],
        owner=document["owner"],
        delivery=document["delivery"],
        on_missing=document["on_missing"],
        key=tuple(document["key"]),
        tolerance=Tolerance(**document.get("tolerance", _DEFAULT_TOLERANCE)),
        data_date_headers=tuple(document.get("data_date_headers", ())),
        latest_by=document.get("latest_by", ""),
        row_rules=tuple(
            RowRule("end_before_start", **rule["end_before_start"]) for rule in document.get("row_rules", ())
        ),
        columns=columns,
        contract_hash=_hash(document, columns, codes, where),
        rules=tuple(_rule(rule) for rule in document.get("rules", ())),
        collection_year_ends=_month_and_day(document.get("collection_year_ends")),
    )
    _check_names(contract, where)
    _check_values(contract, codes, where)
    _check_rules(contract, where)
    return contract


def _column(column: Document) -> Column:
    return Column(
        name=column["name"],
        type=column["type"],
        aliases=tuple(column.get("aliases", ())),
        on_bad_value=column.get("on_bad_value", "refuse_cell"),
        code_list=column.get("code_list"),
        required=column.get("required", False),
        privacy=column["privacy"],
        completeness=float(column["completeness"]),
        description=column["description"],
        none_dates=tuple(column.get("none_dates", ())),
        derives=tuple(column.get("derives", {}).items()),
        patterns=tuple(column.get("patterns", ())),
        values=_closed_values(column.get("values", ())),
        header_needed=column.get("header_needed", False),
        symbols=tuple(column.get("symbols", {}).items()),
    )


def _closed_values(values: list[str] | dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return text and code: a list is of codes written as they are, a mapping says the code of each text."""
    return tuple(values.items()) if isinstance(values, dict) else tuple((value, value) for value in values)


def _rule(rule: Document) -> NumberedRule:
    return NumberedRule(
        number=rule["number"],
        message=rule["message"],
        bad_value=rule.get("bad_value"),
        repeated_key=rule.get("repeated_key", False),
        all_or_none=tuple(rule.get("all_or_none", ())),
        when=_by_column(rule, "when"),
        only=_by_column(rule, "only"),
        never=_by_column(rule, "never"),
        ages=Ages(**rule["ages"]) if "ages" in rule else None,
        not_ages=Ages(**rule["not_ages"]) if "not_ages" in rule else None,
        refuse=tuple(rule.get("refuse", ())),
    )


def _by_column(rule: Document, part: str) -> Values:
    return tuple((name, tuple(values)) for name, values in rule.get(part, {}).items())


def _month_and_day(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    month, day = text.split("-")
    return int(month), int(day)


def _check_names(contract: Contract, where: str) -> None:
    """Raise ContractError when the contract names a column that it does not have, or a header means two columns."""
    names = {column.name for column in contract.columns}
    if len(names) != len(contract.columns):
        raise ContractError(f"{where}: a column is listed twice.")
    mentioned = {*contract.key, *filter(None, [contract.latest_by])}
    mentioned.update(name for rule in contract.row_rules for name in (rule.start, rule.end))
    mentioned.update(target for column in contract.columns for target, _ in column.derives)
    if not mentioned <= names:
        raise ContractError(f"{where}: {', '.join(sorted(mentioned - names))} is named but is no column of it.")
    owner: dict[str, str] = {}
    for column in contract.columns:
        for header in (column.name, *column.aliases):
            if owner.setdefault(header_key(header), column.name) != column.name:
                raise ContractError(f"{where}: the header {header!r} means two columns.")


def _check_values(contract: Contract, codes: CodeLists, where: str) -> None:
    """Raise ContractError when a closed list of values names a code that its code list does not have."""
    for column in contract.columns:
        unknown = {code for _, code in column.values} - set(codes[column.code_list].codes if column.code_list else ())
        if unknown:
            raise ContractError(
                f"{where}: {column.name} allows {', '.join(sorted(unknown))}, which its code list does not have."
            )
        for pattern in column.patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ContractError(f"{where}: the pattern {pattern!r} of {column.name} is wrong: {error}.") from error


def _check_rules(contract: Contract, where: str) -> None:
    """Raise ContractError when a rule names no column of the contract, or ages without collection years."""
    names = {column.name for column in contract.columns}
    numbers = [rule.number for rule in contract.rules]
    if len(set(numbers)) != len(numbers):
        raise ContractError(f"{where}: a rule is listed twice.")
    for rule in contract.rules:
        if not rule.columns <= names:
            unknown = ", ".join(sorted(rule.columns - names))
            raise ContractError(f"{where}: rule {rule.number} names {unknown}, which is no column of it.")
        if (rule.ages or rule.not_ages) and contract.collection_year_ends is None:
            raise ContractError(f"{where}: rule {rule.number} asks for ages in a collection year; say when it ends.")


def _hash_of_all(contract: Contract, years: tuple[tuple[int, Contract], ...]) -> str:
    """Return the contract's hash, over those of its years where it has any."""
    if not years:
        return contract.contract_hash
    hashes = [contract.contract_hash, *(of_year.contract_hash for _, of_year in years)]
    return hashlib.sha256("|".join(hashes).encode("ascii")).hexdigest()


def _hash(document: Document, columns: tuple[Column, ...], codes: CodeLists, where: str) -> str:
    """Return the SHA-256 of the contract and of every spelling it can read: what decides how a file lands."""
    lists = sorted({column.code_list for column in columns if column.code_list and not column.values})
    try:
        spellings = {
            name: {
                "codes": [dict(row) for row in code_list(name)],
                "spellings": {text: [found.code, dict(found.derived)] for text, found in codes[name].spellings.items()},
            }
            for name in lists
        }
    except SpellingsError as error:
        raise ContractError(f"{where}: {error}") from error
    effective = json.dumps([document, spellings], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(effective.encode("utf-8")).hexdigest()
