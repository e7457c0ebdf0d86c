"""The audit trail: who ran, released, shared, reviewed, erased, accepted, and opened a trace.

What belongs here: what is recorded of each command, and reading the trail. What does not: how entries are kept
(`chain`), values of people: an entry holds names of measures, areas, files and counts only.

What an entry must say of a person stands beside the chain, one line a person in `details/`, and the entry holds that
line's hash. So a person can be erased from the trail while the chain still holds (`pipelines.protection.erasure`).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.durable import make_folder, write_durably
from pipelines.protection.actor import account
from pipelines.protection.chain import Chain, ChainBrokenError, Entry
from pipelines.settings import Home

# What is kept of a command's options: these and no others. A query, a reason or an id could name somebody.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "trace": ("measure", "authority", "quarter", "district"),
    "due": ("days", "authority", "district", "overdue"),
    "sql": ("restricted",),
    "review": (),
    "accept": ("load",),
    "report": ("edition", "pack", "site"),
    "rollback": ("to",),
    "backup": (),
    "restore": (),
}


@dataclass(frozen=True)
class PersonLine:
    """What an entry says of one person.

    Attributes:
        person_key: Their key.
        says: The rest, as JSON types.
    """

    person_key: str
    says: Mapping[str, Any]


def trail_of(home: Home) -> Chain:
    """Return the chain of the audit trail."""
    return Chain(home.audit / "trail")


def record(home: Home, action: str, details: Mapping[str, Any], *, at: datetime | None = None) -> Entry:
    """Append one entry by whoever runs this process."""
    return trail_of(home).append(action, details, actor=account(), at=at)


def record_about_people(
    home: Home, action: str, details: Mapping[str, Any], people: Sequence[PersonLine], *, at: datetime | None = None
) -> Entry:
    """Append an entry about people: their lines first, then the entry with the hash of each.

    The lines lie in `details/<name>.jsonl`, in the order of the hashes; the entry says which file. Each has a random
    salt, so that the hash that stays after an erasure says nothing of anybody.
    """
    folder = home.audit / "details"
    make_folder(folder)
    lines = [
        json.dumps({"salt": secrets.token_hex(16), "person_key": one.person_key, **one.says}, sort_keys=True)
        for one in people
    ]
    path = folder / f"{action}-{secrets.token_hex(8)}.jsonl"
    write_durably(path, "".join(line + "\n" for line in lines))
    about = {**details, "people": len(lines), "people_file": path.name, "people_hashes": [_hash(one) for one in lines]}
    return record(home, action, about, at=at)


def people_of(home: Home, entry: Entry) -> list[dict[str, Any]]:
    """Return what an entry says of people who have not been erased since.

    Raises ChainBrokenError when a line there is none of those that were written.
    """
    path = home.audit / "details" / str(entry.details.get("people_file", ""))
    if not path.is_file():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if _hash(line) not in entry.details["people_hashes"]:
            raise ChainBrokenError(
                f"audit: what entry {entry.number} says of a person is not what was written. Restore "
                f"details/{path.name} from the backup."
            )
        found.append({name: value for name, value in json.loads(line).items() if name != "salt"})
    return found


def record_command(home: Home, command: str, options: Mapping[str, Any], code: int) -> Entry | None:
    """Append an entry for a command that is audited by its name alone; None for one that is not, or without a home."""
    if command not in OPTIONS or not home.audit.is_dir():
        return None
    kept = {name: _plain(options[name]) for name in OPTIONS[command] if options.get(name)}
    return record(home, command, {**kept, "exit_code": code})


def rows(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return the entries as rows of a table: number, at, actor, action, about."""
    return [
        {
            "number": one.number,
            "at": one.at,
            "actor": one.actor,
            "action": one.action,
            "about": ", ".join(
                f"{name} {_said(value)}" for name, value in one.details.items() if not name.startswith("people_")
            ),
            "hash": one.hash,
        }
        for one in entries
    ]


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode("utf-8")).hexdigest()


def details_files(home: Home) -> list[Path]:
    """Return the files that say something of people, in order of name."""
    return sorted((home.audit / "details").glob("*.jsonl"))
