"""Writing a council's additions to a packaged contract: the alias lines of a new file.

What belongs here: the overlay's YAML. What does not: reading and merging it (loader), deciding which header means which
column (landing.mapping).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import ContractError
from pipelines.contracts.text import header_key

BEFORE_SUFFIX = ".before"


def alias_document(aliases: Iterable[tuple[str, str]], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return an overlay with the (header, canonical column) pairs added to what it held before."""
    document: dict[str, Any] = dict(before or {})
    columns: list[dict[str, Any]] = [dict(column) for column in document.get("columns", [])]
    for header, name in aliases:
        column = next((one for one in columns if one["name"] == name), None)
        if column is None:
            column = {"name": name, "aliases": []}
            columns.append(column)
        known = column.setdefault("aliases", [])
        if header_key(header) not in {header_key(text) for text in known}:
            column["aliases"] = [*known, header]
    document["columns"] = columns
    return document


def as_yaml(document: Mapping[str, Any]) -> str:
    """Return the overlay as it is written to `config/contracts/<family>/<table>.yml`."""
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=110)


def write_aliases(overlay: Path, family: str, table: str, aliases: Iterable[tuple[str, str]]) -> Path:
    """Add aliases to the overlay of an extract and return its path; what it held before is kept beside it.

    Raises ContractError, leaving everything as it was, when the contracts could not be read with them.
    """
    path = overlay / family / f"{table}.yml"
    before = path.read_text(encoding="utf-8") if path.is_file() else None
    document = alias_document(aliases, yaml.safe_load(before) if before else None)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(as_yaml(document), encoding="utf-8")
    try:
        load_contracts(overlay)
    except ContractError:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")
        raise
    if before is not None:
        # Rewriting YAML loses its comments; whoever wrote them finds them here.
        path.with_name(path.name + BEFORE_SUFFIX).write_text(before, encoding="utf-8")
    return path
