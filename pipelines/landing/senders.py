"""Who may send what, and to which county a sender belongs.

What belongs here: reading the protocol's own lists (authorities, schemes, districts). What does not: their facts, which
are seeds in `dbt_project/seeds/protocol`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from pipelines.landing.model import RefusedFileError
from pipelines.project_files import project_folder


@cache
def authorities_of_senders(family: str) -> Mapping[str, str]:
    """Return sender -> authority for a family: authorities for themselves, schemes, districts by GSS code.

    CORE files come from counties and districts. A publisher (of England's statistics) stands for itself.
    """
    if family == "lettings":
        return {row["scheme"]: row["authority"] for row in _seed("scheme")}
    if family == "published":
        return {row["publisher"]: row["publisher"] for row in _seed("publisher")}
    if family == "core":
        return {**authorities_of_senders("case_system"), **authorities_of_senders("homelessness")}
    if family == "homelessness":
        return {row["area_code"]: row["authority"] for row in _seed("area") if row["area_type"] == "district"}
    return {row["authority"]: row["authority"] for row in _seed("authority")}


def authority_of(family: str, sender: str) -> str:
    """Return the county that a sender belongs to; raises RefusedFileError for an unknown sender."""
    senders = authorities_of_senders(family)
    if sender not in senders:
        raise RefusedFileError(
            f"{sender} is not a known sender of {family}.",
            f"Move the file into the folder of one of: {', '.join(sorted(senders))}.",
        )
    return senders[sender]


@cache
def names_of_senders() -> Mapping[str, str]:
    """Return sender -> the name by which people know it: "Dover" for the district E07000108."""
    lists = {"authority": "authority", "scheme": "scheme", "area": "area_code", "publisher": "publisher"}
    return {row[sender]: row[f"{seed}_name"] for seed, sender in lists.items() for row in _seed(seed)}


def _seed(name: str) -> list[dict[str, str]]:
    path = project_folder("dbt_project") / "seeds" / "protocol" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
