"""Erasing a person from a home, so that nothing of them is left and no delivery brings them back.

What belongs here: the order of an erasure, what is cleared where, the receipt, and looking through what remains. What
does not: taking a row out of a file's bytes, which landing also does with every later delivery
(`pipelines.landing.erased`); the refresh in between (`pipelines.commands.erase`).

The order: who it is (from the published build); tombstones and the receipt; the originals and their rows; registry,
trail, shares, packs; then a new build, and only then the removal of every older one. Whatever is cut off is done again
by running it again. Released figures stay: they name nobody, and the ledger is what the council published.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from pipelines.causes import said_of
from pipelines.contracts import Contract, Contracts
from pipelines.durable import make_folder, write_durably
from pipelines.landing import erased, store
from pipelines.landing.checking import ERASED, REJECTS
from pipelines.landing.model import Load
from pipelines.landing.recognition import HeaderIndex
from pipelines.landing.reject_workbooks import write_workbooks
from pipelines.landing.values import MESSAGES
from pipelines.protection import trail
from pipelines.protection.actor import account
from pipelines.settings import Home
from pipelines.warehouse.build import discard_all_but
from pipelines.warehouse.database import OFFLINE, open_for_reading
from pipelines.warehouse.publish import published_build

ACTION = "erased"
EVENTS = "events_restricted.parquet"
_KINDS = ("accepted", "rejects", "refused_cells", "faulty_rows")
_LONG_ENOUGH = 6


class NobodyFoundError(Exception):
    """The published build knows nobody by that key or id."""


class ErasureNotFinishedError(Exception):
    """No build could be made after the person was taken out, so the older ones, which hold them, are still there."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(
            "The person was taken out of originals, rows, decisions, trail and shares, but no new build could be made, "
            "and the older builds still hold them. Nothing is shared meanwhile. Mend what is said below and run the "
            f"same command again.\n{said_of(cause)}"
        )


@dataclass(frozen=True)
class Person:
    """Who is erased.

    Attributes:
        keys: Their person keys.
        known_by: All that a record of theirs may be known by (`pipelines.landing.erased`).
        names: Forename and surname, in small letters.
        words: Ids, references and numbers long enough to be theirs wherever they stand.
    """

    keys: frozenset[str]
    known_by: frozenset[str]
    names: frozenset[tuple[str, str]]
    words: frozenset[str]


@dataclass
class Erasure:
    """What came of an erasure so far, in counts.

    Attributes:
        number: Its number in the home.
        rows: Rows taken out, by extract.
        originals: Kept files that were rewritten.
        elsewhere: What was cleared outside landing, by place.
        finished: Whether every older build is gone.
    """

    number: int
    rows: Counter[str] = field(default_factory=Counter)
    originals: int = 0
    elsewhere: Counter[str] = field(default_factory=Counter)
    finished: bool = False


def find(home: Home, contracts: Contracts, wanted: str) -> Person:
    """Return who is meant by a person key or `<authority>/<case-system id>`, with all that their records are known by.

    Raises NobodyFoundError.
    """
    with open_for_reading(published_build(home).warehouse) as warehouse:
        authority, _, person_id = wanted.partition("/")
        keys = {
            key
            for (key,) in warehouse.execute(
                "select distinct person_key from identity.person_alias "
                "where person_key = $wanted or (authority = $authority and person_id = $person_id)",
                {"wanted": wanted, "authority": authority, "person_id": person_id},
            ).fetchall()
        }
        if not keys:
            raise NobodyFoundError(
                "The published build knows nobody by that. Give a person key, as lasting-homes due prints it, or the "
                "case system's id with its authority, as kent/12345."
            )
        aliases = warehouse.execute(
            "select authority, person_id from identity.person_alias where person_key in (select unnest($1))",
            [sorted(keys)],
        ).fetchall()
        links = warehouse.execute(
            "select family, sender, source_ref from identity.person_link where person_key in (select unnest($1))",
            [sorted(keys)],
        ).fetchall()
    known = {erased.case_id(authority, person_id) for authority, person_id in aliases}
    known |= {
        erased.reference("application_ref" if family == "lettings" else "case_ref", sender, ref)
        for family, sender, ref in links
    }
    names: set[tuple[str, str]] = set()
    for _ in range(3):  # an application names an offer, an offer a tenancy
        before = len(known)
        for contract, authority, sender, cells in _rows_known_by(home, contracts, known):
            known.update(erased.known_by(contract, authority, sender, cells))
            full = [cells[name].lower() for name in cells if name.endswith(("forename", "surname")) and cells[name]]
            if len(full) == 2:
                names.add((full[0], full[1]))
        if len(known) == before:
            break
    words = {part for one in known if not one.startswith("person|") for part in [one.rsplit("|", 1)[1]]}
    long_enough = {word for word in words if len(word) >= _LONG_ENOUGH}
    return Person(frozenset(keys), frozenset(known), frozenset(names), frozenset(long_enough | keys))


def erase(home: Home, contracts: Contracts, person: Person, *, now: datetime | None = None) -> Erasure:
    """Clear everything but the builds of a person; hold the home's lock. `finish` after the next build does the rest.

    Args:
        home: The home.
        contracts: The contracts in force.
        person: Who, as `find` returned them.
        now: The clock, UTC.
    """
    moment = now or datetime.now(UTC)
    erasure = Erasure(1 + len(list(erased.erasures_folder(home).glob("[0-9]*.json"))))
    secret = home.erasure_key()
    hashes = sorted(erased.tombstone(secret, one) for one in person.known_by)
    _write_receipt(home, erasure, hashes, moment)
    with store.alone(home, lambda _: None):
        _clear_landing(home, contracts, person, erasure)
        for workbook in [*home.rejects.glob("*.xlsx"), *home.rejects.glob(".made.json")]:
            workbook.unlink()
        write_workbooks(home, contracts, store.read_receipts(home))
    _clear_links(home, person, erasure)
    _clear_lines(trail.details_files(home), person, erasure)
    _clear_events(home, person, erasure)
    _clear_shares(home, person, erasure)
    for folder in (home.packs, home.root / "review"):
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.is_file():
                path.unlink()
                erasure.elsewhere[f"{folder.name}: files removed, to be made again"] += 1
    _write_receipt(home, erasure, hashes, moment)
    return erasure


def finish(home: Home, erasure: Erasure) -> None:
    """Remove every build but the published one, which was made after the erasure, and close the receipt."""
    erasure.elsewhere["builds removed"] += discard_all_but(home, published_build(home))
    erasure.finished = True
    for number in erased.unfinished(home):
        path = _receipt_of(home, number)
        document = json.loads(path.read_text(encoding="utf-8"))
        own = _counts(erasure) if number == erasure.number else {"finished": True}
        _write(path, {**document, **own})
    trail.record(home, ACTION, {"erasure": erasure.number, **_counts(erasure)})


def remains(home: Home, person: Person) -> list[str]:
    """Return the files of the home in which something of the person still stands, looking at every byte.

    Looked for: person keys; ids, references and NI numbers of six characters and more; forename and surname side by
    side.
    """
    from pipelines.release.scan import parts_of  # noqa: PLC0415 - loaded where a home is looked through

    pairs = {f"{one} {two}" for one, two in person.names} | {f"{two} {one}" for one, two in person.names}
    found = []
    for path in sorted(home.root.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.stat().st_size == 0:
            continue
        if any(_holds(text.lower(), person.words, pairs) for _, text in parts_of(path, {})):
            found.append(path.relative_to(home.root).as_posix())
    return found


# What is cleared where.


def _clear_landing(home: Home, contracts: Contracts, person: Person, erasure: Erasure) -> None:
    indexes = {family: HeaderIndex(contracts.of_family(family)) for family in contracts.families}
    of_file = attrgetter("family", "sender", "authority", "file_sha256")
    loads = [load for number in range(1, store.current_generation(home) + 1) for load in _receipts_of(home, number)]
    for (family, sender, authority, digest), group in groupby(sorted(loads, key=of_file), key=of_file):
        path = store.archived(home, digest)
        if family not in erased.PERSON_FAMILIES or not path.is_file():
            continue
        content = path.read_bytes()
        if not content.startswith(b"PK") and not any(one in content.lower() for one in _needles(person)):
            continue

        def match(
            contract: Contract, cells: Mapping[str, str], authority: str = authority, sender: str = sender
        ) -> bool:
            return any(one in person.known_by for one in erased.known_by(contract, authority, sender, cells))

        changed = erased.without(content, indexes, family, match)
        if changed != content:
            store.rewrite_archive(home, digest, changed)
            erasure.originals += 1
        marked = erased.erased_rows(changed, indexes, family)
        for load in group:
            erasure.rows[load.name] += _clear_load(home, load, set(marked.get(load.table, ())))


def _receipts_of(home: Home, generation: int) -> Iterator[Load]:
    for path in sorted(store.receipts_folder(home, generation).glob("*.json")):
        yield Load.from_json(json.loads(path.read_text(encoding="utf-8")))


def _needles(person: Person) -> set[bytes]:
    """Return what a file must hold, in small letters, to be about the person: an id, a number or the surname."""
    ids = {one.rsplit("|", 1)[1].encode() for one in person.known_by if not one.startswith("person|")}
    return ids | {surname.encode() for _, surname in person.names}


def _clear_load(home: Home, load: Load, numbers: set[int]) -> int:
    """Take rows out of what is kept of a load and count them as rejected by the rule `erased`; return how many."""
    if not numbers:
        return 0
    tables: dict[str, pa.Table] = {}
    for kind in _KINDS:
        path = store.parquet_of(home, kind, load)
        if path.is_file():
            rows = pq.ParquetFile(path).read()
            gone = pc.is_in(rows["row_number"], value_set=pa.array(sorted(numbers), pa.int64()))
            tables[kind] = rows.filter(pc.invert(gone))
    known = set(pq.ParquetFile(store.parquet_of(home, "accepted", load)).read(["row_number"])["row_number"].to_pylist())
    rejects = store.parquet_of(home, "rejects", load)
    taken_out = len(numbers & known)
    if rejects.is_file():
        turned_away = pq.ParquetFile(rejects).read(["row_number", "rule"]).to_pylist()
        taken_out += sum(row["row_number"] in numbers and row["rule"] != ERASED for row in turned_away)
    marked = [
        {"load_id": load.load_id, "row_number": number, "rule": ERASED, "message": MESSAGES[ERASED], "row": "{}"}
        for number in sorted(numbers)
    ]
    added = pa.Table.from_pylist(marked, schema=REJECTS.insert(0, pa.field("load_id", pa.string())))
    kept = tables.get("rejects")
    together = added if kept is None else pa.concat_tables([kept.cast(added.schema), added])
    tables["rejects"] = together.sort_by("row_number")
    for kind, rows in tables.items():
        store.write_rows(home, kind, load, rows if rows.num_rows or kind == "accepted" else None)
    refused = tables.get("refused_cells")
    store.write_receipt(
        home,
        replace(
            load,
            rows_accepted=tables["accepted"].num_rows,
            rows_rejected=tables["rejects"].num_rows,
            cells_refused=refused.num_rows if refused is not None else 0,
        ),
    )
    return taken_out


def _clear_links(home: Home, person: Person, erasure: Erasure) -> None:
    """Take out every decision of the registry about a record of the person."""

    def about(line: str) -> bool:
        said = json.loads(line)
        return any(_ref_known_by(ref) in person.known_by for ref in (said["one"], said["other"]))

    for path in sorted((home.registry / "links").glob("[!.]*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not about(line)]
        if len(kept) < len(lines):
            write_durably(path, "".join(kept))
            erasure.elsewhere["link decisions"] += len(lines) - len(kept)


def _ref_known_by(ref: Sequence[str]) -> str:
    family, _, sender, value = ref
    if family == "case_system":
        return erased.case_id(sender, value)
    return erased.reference("application_ref" if family == "lettings" else "case_ref", sender, value)


def _clear_lines(files: Iterable[Path], person: Person, erasure: Erasure) -> None:
    """Take the person's lines out of what the audit trail says of people; their hashes stay in the chain."""
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if json.loads(line)["person_key"] not in person.keys]
        if len(kept) < len(lines):
            write_durably(path, "".join(kept))
            erasure.elsewhere["lines of the audit trail"] += len(lines) - len(kept)


def _clear_events(home: Home, person: Person, erasure: Erasure) -> None:
    """Take the person's events out of what releases are compared by; the released figures stay."""
    for path in sorted(home.ledger.glob(f"releases/*/{EVENTS}")):
        events = pl.read_parquet(path)
        kept = events.filter(~pl.col("person_key").is_in(sorted(person.keys)).fill_null(value=False))
        if len(kept) < len(events):
            draft = path.with_name(f".{path.name}")
            kept.write_parquet(draft)
            draft.chmod(0o600)
            draft.replace(path)
            erasure.elsewhere["events behind released figures"] += len(events) - len(kept)


def _clear_shares(home: Home, person: Person, erasure: Erasure) -> None:
    for path in sorted(home.shares.rglob("*.csv")) if home.shares.is_dir() else ():
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines)
            header = next(reader)
            rows = list(reader)
        kept = [row for row in rows if not _is_theirs(dict(zip(header, row, strict=False)), person)]
        if len(kept) < len(rows):
            text = "\n".join(",".join(_quoted(cell) for cell in row) for row in (header, *kept)) + "\n"
            write_durably(path, text)
            path.chmod(0o600)
            erasure.elsewhere["rows of shares"] += len(rows) - len(kept)


def _is_theirs(row: Mapping[str, str], person: Person) -> bool:
    full = row.get("forename", "").lower(), row.get("surname", "").lower()
    refs = {value.lower() for name, value in row.items() if name in {"application_ref", "case_ref"} and value}
    return full in person.names or bool(refs & {one.rsplit("|", 1)[1] for one in person.known_by})


def _quoted(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if re.search(r'[",\n]', cell) else cell


def _rows_known_by(
    home: Home, contracts: Contracts, known: set[str]
) -> Iterator[tuple[Contract, str, str, dict[str, str]]]:
    """Yield every accepted row, of every generation, that has one of these ids or references: contract, who, cells."""
    values = sorted({one.rsplit("|", 1)[1] for one in known if not one.startswith("person|")})
    with duckdb.connect(config=dict(OFFLINE)) as connection:
        for contract in contracts:
            if contract.family not in erased.PERSON_FAMILIES:
                continue
            below = f"accepted/family={contract.family}/table={contract.table}/**/*.parquet"
            for root in ("", "generations/*/"):
                if next(home.landing.glob(root + below), None) is None:
                    continue
                path = str(home.landing / (root + below)).replace("'", "''")
                source = f"read_parquet('{path}', union_by_name = true, hive_partitioning = true)"
                have = connection.sql(f"select * from {source} limit 0").columns
                ids = [
                    column.name
                    for column in contract.columns
                    if column.name in have
                    and (
                        column.name.endswith(("person_id", "_ref", "ni_number"))
                        or column.name in {"child", "child_unique_id"}
                    )
                ]
                if not ids:
                    continue
                wanted = " or ".join(f"lower(replace(\"{name}\", ' ', '')) in (select unnest($1))" for name in ids)
                columns = [column.name for column in contract.columns if column.name in have]
                listed = ", ".join(f'cast("{name}" as varchar)' for name in columns)
                bare = sorted({value.lower().replace(" ", "") for value in values})
                rows = connection.execute(
                    f"select distinct authority, sender, {listed} from {source} where {wanted}", [bare]
                ).fetchall()
                for authority, sender, *cells in rows:
                    row = {name: cell or "" for name, cell in zip(columns, cells, strict=True)}
                    if any(one in known for one in erased.known_by(contract, authority, sender, row)):
                        yield contract, authority, sender, row


def _holds(text: str, words: frozenset[str], pairs: set[str]) -> bool:
    found = set(re.findall(r"[\w\-/]+", text))
    if not words.isdisjoint(found):
        return True
    return any(pair in text for pair in pairs)


def _write_receipt(home: Home, erasure: Erasure, hashes: Sequence[str], at: datetime) -> None:
    folder = erased.erasures_folder(home)
    make_folder(folder)
    document = {
        "erasure": erasure.number,
        "at": at.astimezone(UTC).isoformat(),
        "by": account(),
        **_counts(erasure),
        "tombstones": list(hashes),
    }
    _write(_receipt_of(home, erasure.number), document)


def _counts(erasure: Erasure) -> dict[str, Any]:
    return {
        "rows": dict(sorted((name, number) for name, number in erasure.rows.items() if number)),
        "originals": erasure.originals,
        "elsewhere": dict(sorted(erasure.elsewhere.items())),
        "finished": erasure.finished,
    }


def _receipt_of(home: Home, number: int) -> Path:
    return erased.erasures_folder(home) / f"{number:06}.json"


def _write(path: Path, document: Mapping[str, Any]) -> None:
    write_durably(path, json.dumps(document, indent=1) + "\n")
