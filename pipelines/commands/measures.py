"""`lasting-homes measures`: what is measured and promised, as defined, what is aimed at, which sources have arrived.

What belongs here: printing the catalogue that the seeds hold. What does not: any figure, and any definition in words
of its own.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pipelines.commands.outcome import Outcome, UsageError

if TYPE_CHECKING:
    import duckdb

# The catalogue in force, measures before obligations, each in the order of its clause.
CATALOGUE = """
select
    measure_id as id,
    'measure' as kind,
    title,
    clause,
    definition,
    definition_version,
    valid_from,
    counted_as,
    unit,
    polarity,
    sources_needed,
    null as project_figure,
    measure_id as targets_of_all
from seeds.measures
where valid_to is null
union all
select
    obligation_id as id,
    'obligation' as kind,
    title,
    clause,
    definition,
    definition_version,
    valid_from,
    'share' as counted_as,
    'promises' as unit,
    'higher_is_better' as polarity,
    sources_needed,
    project_figure,
    case when about = 'person' then 'obligation' else 'obligation_of_district' end as targets_of_all
from seeds.obligations
where valid_to is null
order by kind, id
"""
TARGETS = """
select
    measure_id,
    authority,
    breakdown,
    breakdown_value,
    statistic,
    target,
    floor,
    better,
    kind,
    source,
    in_force_from as valid_from,
    valid_to,
    is_awaited
from core.dim_target
order by measure_id, authority, breakdown_value, statistic, valid_from
"""
POLARITY = {"higher_is_better": "More is better.", "lower_is_better": "Fewer is better.", "neutral": ""}
SET_BY = {"council": "Target of the council", "protocol": "Expected by the protocol", "law": "Expected by law"}
# The table that says as at when a family speaks (decision 2, reading 36).
SPEAKING_TABLE = {"case_system": "care_leavers", "homelessness": "cases", "lettings": "offers"}
# Who should send what: counties their case system and forms, districts homelessness cases, schemes lettings.
SENDERS = """
select authority as sender, authority, 'case_system' as family from seeds.authority
union all
select authority, authority, 'protocol_forms' from seeds.authority
union all
select area_code, authority, 'homelessness' from seeds.area where authority is not null
union all
select scheme, authority, 'lettings' from seeds.scheme
order by 3, 1
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `measures`."""
    parser.add_argument("id", nargs="?", help="one measure or obligation; all without it")


def run(options: argparse.Namespace) -> Outcome:
    """Print the catalogue of the published build, with the senders that have arrived for each entry."""
    from pipelines.settings import Settings
    from pipelines.warehouse.database import open_for_reading
    from pipelines.warehouse.publish import published_build

    build = published_build(Settings.of_home(options.home).folders)
    with open_for_reading(build.warehouse) as warehouse:
        entries = catalogue(warehouse)
    if options.id is not None:
        entries = [entry for entry in entries if entry["id"] == options.id]
        if not entries:
            raise UsageError(f"There is no measure or obligation {options.id!r}. Without an id this command lists all.")
    return Outcome(
        "\n\n".join(_paragraph(entry) for entry in entries), {"build_id": build.build_id, "entries": entries}
    )


def catalogue(warehouse: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return one entry per measure and obligation in force.

    An entry has the columns of its seed row, `kind` ("measure" or "obligation"), `targets` (rows of the seed `target`
    that are about it, `is_awaited` where they wait for a law) and `sources`: per source needed its `expected` senders,
    those `received`, and those `missing`, a sender being received when it has sent the table that the source asks for.
    """
    columns = [
        "id",
        "kind",
        "title",
        "clause",
        "definition",
        "definition_version",
        "valid_from",
        "counted_as",
        "unit",
        "polarity",
        "sources_needed",
        "project_figure",
        "targets_of_all",
    ]
    received = {
        (family, table, sender)
        for family, table, sender in warehouse.execute(
            "select family, extract_name, sender from core.dim_extract"
        ).fetchall()
    }
    senders: dict[str, list[str]] = {}
    for sender, _, family in warehouse.execute(SENDERS).fetchall():
        senders.setdefault(family, []).append(sender)
    targets = _rows(warehouse, TARGETS)
    entries = []
    for row in warehouse.execute(CATALOGUE).fetchall():
        entry = dict(zip(columns, row, strict=True))
        meant = (entry["id"], entry.pop("targets_of_all"))
        entry["targets"] = [
            {name: value for name, value in target.items() if name != "measure_id"}
            for target in targets
            if target["measure_id"] in meant
        ]
        entry["sources"] = [
            _source(token, senders, received) for token in (entry.pop("sources_needed") or "").split(" ") if token
        ]
        entries.append(entry)
    return entries


def _rows(warehouse: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = warehouse.execute(query)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _source(token: str, senders: Mapping[str, list[str]], received: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """Return who has sent what a token of `sources_needed` asks for (decision 8, reading 48)."""
    family, _, table = token.partition(":")
    wanted = table or SPEAKING_TABLE[family]
    expected = senders.get(family, [])
    arrived = [sender for sender in expected if (family, wanted, sender) in received]
    return {
        "source": token,
        "expected": len(expected),
        "received": len(arrived),
        "missing": [sender for sender in expected if sender not in arrived],
    }


def _paragraph(entry: Mapping[str, Any]) -> str:
    figure = f" The project's own figure: {entry['project_figure']}." if entry["project_figure"] else ""
    sources = "; ".join(
        f"{one['source']} {one['received']} of {one['expected']}"
        + (f" (not yet: {', '.join(one['missing'])})" if 0 < len(one["missing"]) < one["expected"] else "")
        for one in entry["sources"]
    )
    missing = [one["source"] for one in entry["sources"] if not one["received"]]
    verdict = f"Not available: nothing arrived of {', '.join(missing)}." if missing else "Available."
    since = f" since {entry['valid_from']}" if entry["valid_from"] else ""
    polarity = POLARITY[entry["polarity"]]
    return "\n".join(
        [
            f"{entry['id']} ({entry['kind']}): {entry['title']}",
            f"  clauses {entry['clause']}; definition {entry['definition_version']}{since}; "
            f"counted as {entry['counted_as']} of {entry['unit']}",
            f"  {entry['definition']}{figure}{' ' if polarity else ''}{polarity}",
            *(_target(one) for one in entry["targets"]),
            f"  Sources: {sources}. {verdict}",
        ]
    )


def _target(target: Mapping[str, Any]) -> str:
    """Return a target in words: who set it, of what, how much, for whom, since when, and where it is written."""
    among = "" if target["breakdown"] == "total" else f" with {target['breakdown']} {target['breakdown_value']}"
    whose = "" if target["authority"] == "*" else f" in {target['authority']}"
    bound = "at least" if target["better"] == "higher" else "at most"
    floor = "" if target["floor"] is None else f", floor {_amount(target['floor'], target['statistic'])}"
    since = f", from {target['valid_from']}" if target["valid_from"] else ""
    until = f", until {target['valid_to']}" if target["valid_to"] else ""
    awaited = ", once the law is in force" if target["is_awaited"] else ""
    return (
        f"  {SET_BY[target['kind']]}: {target['statistic']}{among}{whose} {bound} "
        f"{_amount(target['target'], target['statistic'])}{floor}{since}{until}{awaited}. {target['source']}."
    )


def _amount(value: float, statistic: str) -> str:
    return f"{value:.4g}" if statistic != "share" else f"{value * 100:.4g} %"
