"""Retention: how long what is kept, by purpose and class, what is due to go, and letting it go.

What belongs here: the rules, what is due on a day, removing it, the record of what was removed. What does not:
removing one person (`pipelines.protection.erasure`); how many builds are kept (`pipelines.warehouse.build`).

Three classes: `rows` (a delivery as a whole: the kept original, its rows in every generation, its receipt), `rejects`
(the rows and cells of a delivery that were turned away, of which the counts stay) and `shares` (what was written for a
district). The age of a delivery counts from its data date, that of a share from its own. A sender's latest delivery of
an extract is never due: figures of today rest on it.
"""

from __future__ import annotations

import calendar
import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Literal

from pipelines.causes import said_of
from pipelines.contracts import Contracts
from pipelines.durable import make_folder, write_durably
from pipelines.landing import store
from pipelines.landing.model import Load
from pipelines.landing.reject_workbooks import write_workbooks
from pipelines.protection import trail
from pipelines.protection.actor import account
from pipelines.settings import Home
from pipelines.warehouse.build import discard_all_but
from pipelines.warehouse.publish import published_build

Class = Literal["rows", "rejects", "shares"]
PACKAGED = Path(__file__).with_name("retention.csv")
ACTION = "retained"
ANY = "*"
_CLASSES = ("rows", "rejects", "shares")
_COLUMNS = ("family", "table", "purpose", "class", "months", "why")
_TURNED_AWAY = ("rejects", "refused_cells", "faulty_rows")


class RetentionNotFinishedError(Exception):
    """No build could be made after deliveries were removed, so that older ones, which hold them, are still there."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(
            "The deliveries were removed, but no new build could be made, and the older builds still hold their rows. "
            f"Mend what is said below and run the same command again.\n{said_of(cause)}"
        )


class RetentionRuleError(Exception):
    """The home's `config/retention.csv` says something that is no rule; the text says where."""


@dataclass(frozen=True)
class Rule:
    """How long something is kept.

    Attributes:
        family: Family of extracts, or `*`.
        table: Extract, or `*`.
        purpose: What for.
        kind: The class: `rows`, `rejects` or `shares`.
        months: How many; None is without end.
        why: In words, for who answers for it.
    """

    family: str
    table: str
    purpose: str
    kind: Class
    months: int | None
    why: str


@dataclass(frozen=True)
class Due:
    """Something whose time is over.

    Attributes:
        rule: By which rule.
        subject: The extract, or the district of a share.
        sender: Who sent it; the district of a share.
        dated: The day that its age counts from.
        due_on: The day on which its time was over.
        name: The load's id, or the share's folder.
    """

    rule: Rule
    subject: str
    sender: str
    dated: date
    due_on: date
    name: str


def rules_of(home: Home) -> list[Rule]:
    """Return the rules: those of the home's `config/retention.csv` before the packaged ones.

    Raises RetentionRuleError.
    """
    own = home.config / "retention.csv"
    return [*(_read(own) if own.is_file() else []), *_read(PACKAGED)]


def rule_for(rules: Sequence[Rule], family: str, table: str, kind: Class) -> Rule | None:
    """Return the rule of an extract and class: one for the extract before one for its family; the first of equals."""
    fitting = [one for one in rules if one.kind == kind and one.family in {family, ANY} and one.table in {table, ANY}]
    return max(fitting, key=lambda one: (one.table == table, one.family == family), default=None)


def due(home: Home, on: date) -> list[Due]:
    """Return what is due on a day, the oldest first.

    Raises RetentionRuleError when the home's own rules cannot be read.
    """
    rules = rules_of(home)
    found: list[Due] = []
    for load in _all_but_latest(store.read_receipts(home)):
        for kind in ("rows", "rejects"):
            rule = rule_for(rules, load.family, load.table, kind)
            over = _over(load.data_date, rule, on)
            if rule is None or over is None or (kind == "rejects" and not _turned_away(home, load)):
                continue
            found.append(Due(rule, load.name, load.sender, load.data_date, over, load.load_id))
            break  # the rows take the rejects with them
    for folder in sorted(home.shares.glob("*/[0-9]*_*")):
        shared_on = date.fromisoformat(folder.name.partition("_")[2])
        rule = rule_for(rules, ANY, ANY, "shares")
        over = _over(shared_on, rule, on)
        if rule is not None and over is not None:
            name = folder.relative_to(home.root).as_posix()
            found.append(Due(rule, "share", folder.parent.name, shared_on, over, name))
    return sorted(found, key=lambda one: (one.due_on, one.rule.kind, one.subject, one.sender, one.name))


def apply(home: Home, contracts: Contracts, wanted: Sequence[Due], *, now: datetime | None = None) -> Path:
    """Remove what is due and return the record of it, in `registry/retention/`; hold the home's lock.

    The record is written first, unfinished, so that one that is cut off shows; removing again what is gone is no error.
    After rows went it stays unfinished, because older builds hold them still: a refresh makes a build without them, and
    `finish` does the rest.
    """
    folder = home.registry / "retention"
    make_folder(folder)
    path = folder / f"{1 + len(list(folder.glob('[0-9]*.json'))):06}.json"
    record = {
        "at": (now or datetime.now(UTC)).astimezone(UTC).isoformat(),
        "by": account(),
        "removed": [
            {
                "class": one.rule.kind,
                "purpose": one.rule.purpose,
                "subject": one.subject,
                "sender": one.sender,
                "dated": one.dated.isoformat(),
                "months": one.rule.months,
                "name": one.name,
            }
            for one in wanted
        ],
    }
    write_durably(path, json.dumps({**record, "finished": False}, indent=1) + "\n")
    with store.alone(home, lambda _: None):
        loads = _by_id(home)
        for one in wanted:
            if one.rule.kind == "shares":
                _remove_share(home.root / one.name)
            elif one.rule.kind == "rejects":
                _remove_turned_away(home, loads.get(one.name, ()))
            else:
                _remove_delivery(home, loads, one.name)
        for workbook in [*home.rejects.glob("*.xlsx"), *home.rejects.glob(".made.json")]:
            workbook.unlink()
        write_workbooks(home, contracts, store.read_receipts(home))
    rows_went = any(one.rule.kind == "rows" for one in wanted)
    write_durably(path, json.dumps({**record, "finished": not rows_went}, indent=1) + "\n")
    counted = {kind: sum(one.rule.kind == kind for one in wanted) for kind in _CLASSES}
    trail.record(home, ACTION, {kind: number for kind, number in counted.items() if number}, at=now)
    return path


def unfinished(home: Home) -> list[Path]:
    """Return the records of removals that were cut off, or after which older builds still hold what was removed."""
    records = sorted((home.registry / "retention").glob("[0-9]*.json"))
    return [path for path in records if not json.loads(path.read_text(encoding="utf-8"))["finished"]]


def finish(home: Home) -> int:
    """Remove every build but the published one, which was made after the removal, and close the records.

    Returns how many builds went; hold the home's lock.
    """
    gone = discard_all_but(home, published_build(home))
    for path in unfinished(home):
        record = json.loads(path.read_text(encoding="utf-8"))
        write_durably(path, json.dumps({**record, "finished": True}, indent=1) + "\n")
    return gone


def _read(path: Path) -> list[Rule]:
    rules = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != _COLUMNS:
            raise RetentionRuleError(f"{path} must begin with the line {','.join(_COLUMNS)}")
        for number, row in enumerate(reader, start=2):
            months = (row["months"] or "").strip()
            if row["class"] not in _CLASSES or not (row["purpose"] or "").strip():
                raise RetentionRuleError(
                    f"{path}, line {number}: a rule names a purpose and one of the classes {', '.join(_CLASSES)}."
                )
            if months and not (months.isdigit() and int(months) > 0):
                raise RetentionRuleError(f"{path}, line {number}: months is a whole number from 1, or blank for ever.")
            kind: Class = row["class"]  # type: ignore[assignment]
            rules.append(
                Rule(
                    row["family"], row["table"], row["purpose"], kind, int(months) if months else None, row["why"] or ""
                )
            )
    return rules


def _over(dated: date, rule: Rule | None, on: date) -> date | None:
    """Return the day on which the time was over, None where it is not yet."""
    if rule is None or rule.months is None:
        return None
    months = dated.year * 12 + dated.month - 1 + rule.months
    year, month = months // 12, months % 12 + 1
    over = date(year, month, min(dated.day, calendar.monthrange(year, month)[1]))
    return over if over <= on else None


def _all_but_latest(loads: Iterable[Load]) -> list[Load]:
    """Leave out the latest delivery of each extract and sender; all that were for the same day count as the latest."""

    def of(load: Load) -> tuple[str, str, str, str]:
        return load.family, load.table, load.authority, load.sender

    found: list[Load] = []
    for _, group in groupby(sorted(loads, key=of), key=of):
        own = list(group)
        latest = max(one.data_date for one in own)
        found += [one for one in own if one.data_date < latest]
    return found


def _turned_away(home: Home, load: Load) -> bool:
    return any(store.parquet_of(home, kind, load).is_file() for kind in _TURNED_AWAY)


def _by_id(home: Home) -> Mapping[str, list[Load]]:
    """Return the receipts of every generation, by load id."""
    found: dict[str, list[Load]] = {}
    for generation in range(1, store.current_generation(home) + 1):
        for path in sorted(store.receipts_folder(home, generation).glob("*.json")):
            load = Load.from_json(json.loads(path.read_text(encoding="utf-8")))
            found.setdefault(load.load_id, []).append(load)
    return found


def _remove_turned_away(home: Home, generations: Iterable[Load]) -> None:
    for load in generations:
        for kind in _TURNED_AWAY:
            store.parquet_of(home, kind, load).unlink(missing_ok=True)


def _remove_delivery(home: Home, loads: Mapping[str, Sequence[Load]], load_id: str) -> None:
    """Remove a load: its receipt, without which it does not exist, its rows, and the original if no other has it."""
    generations = loads.get(load_id, ())
    for load in generations:
        store.receipt_of(home, load).unlink(missing_ok=True)
        for kind in ("accepted", *_TURNED_AWAY):
            store.parquet_of(home, kind, load).unlink(missing_ok=True)
    store.write_resolution(home, load_id, None)
    for digest in {load.file_sha256 for load in generations}:
        others = (one for each, own in loads.items() if each != load_id for one in own)
        if not any(one.file_sha256 == digest and store.receipt_of(home, one).is_file() for one in others):
            store.archived(home, digest).unlink(missing_ok=True)


def _remove_share(folder: Path) -> None:
    if folder.is_dir():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
