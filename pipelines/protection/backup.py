"""Backup and restore: the stores and the configuration in one file, the keys in another.

What it promises: a backup is whole or is not there; each of its files is checked when it is restored; it holds no
secret, so that whoever finds it has no person keys, and a stolen key alone opens nothing.

What belongs here: what is saved, and how it comes back. What does not: builds, packs and Dagster's history, which a
refresh makes again from the stores.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from pipelines.durable import PRIVATE, make_folder, sync, sync_tree
from pipelines.settings import Home, HomeNotFoundError
from pipelines.warehouse.lock import only_one

FORMAT = 1
CONTENTS = "contents.json"
KEY_SUFFIX = ".secret"
BLOCK = 1 << 20


class BackupError(Exception):
    """A backup cannot be made, or is not whole, or would overwrite something."""


@dataclass(frozen=True)
class Saved:
    """What a backup holds: the file itself, how many files in it, and how many bytes these have."""

    path: Path
    files: int
    size: int


def back_up(home: Home, folder: Path, now: datetime) -> Saved:
    """Write the stores and the configuration, without keys, into one new file in `folder`.

    The home's lock is held meanwhile, so no refresh and no landing changes what is read; readers are not affected.

    Raises:
        HomeNotFoundError: The home was never initialised.
        HomeIsBusyError: A refresh is running.
        BackupError: The folder lies in the home, whose loss is what a backup is for.
    """
    if folder.resolve().is_relative_to(home.root):
        raise BackupError(f"{folder} lies in the home itself. Put backups on another disk, which survives this one.")
    with only_one(home):
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        target = folder / f"lasting-homes-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar"
        if target.exists():
            raise BackupError(f"{target} is there already.")
        draft = target.with_suffix(".part")
        try:
            saved = _write(home, draft, now)
            sync(draft)
            draft.replace(target)
            sync(folder)
        finally:
            draft.unlink(missing_ok=True)
    return Saved(target, saved.files, saved.size)


def back_up_keys(home: Home, target: Path) -> list[str]:
    """Write the keys of the home into one new file, readable by its owner only; return their names.

    Keep it apart from the backups of the data: in a safe, with somebody else.

    Raises:
        HomeNotFoundError: The home has no keys.
        BackupError: The file is there already, or lies in the home.
    """
    if target.resolve().is_relative_to(home.root):
        raise BackupError(f"{target} lies in the home itself. Keep the keys apart from the data.")
    keys = {path.name: path.read_text(encoding="ascii").strip() for path in sorted(home.config.glob(f"*{KEY_SUFFIX}"))}
    if not keys:
        raise HomeNotFoundError(f"There are no keys in {home.config}. Make a home with: lasting-homes init")
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupError(f"{target} is there already; an older key may be all that opens an older backup.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(json.dumps({"format": FORMAT, "keys": keys}, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return sorted(keys)


def restore(
    backup: Path, home: Home, *, keys: Path | None, new_person_key: bool = False, erasures_lost: bool = False
) -> Saved:
    """Make a home from a backup and its keys; figures return with the next refresh.

    Everything is written beside the home first and takes its place by one rename.

    Args:
        backup: What `back_up` wrote.
        home: A home that does not exist yet.
        keys: What `back_up_keys` wrote; None makes new keys, which changes every person key.
        new_person_key: Make a new person key although the old one is there, which still recognises who was erased.
        erasures_lost: Go on although the keys are lost by which those who were erased are recognised.

    Raises BackupError: something is there already, the backup is not whole, or deliveries would bring back who was
        erased.
    """
    if home.root.exists() and any(home.root.iterdir()):
        raise BackupError(f"{home.root} is not empty. Restore into a new folder, look at it, then let it take over.")
    draft = Home(home.root.with_name(f".{home.root.name}.restoring"))
    if draft.root.exists():
        raise BackupError(f"{draft.root} is left from a restore that was interrupted: remove it and start again.")
    draft.root.mkdir(mode=PRIVATE, parents=True)
    saved = _read(backup, draft)
    old = _keys_of(keys) if keys else {}
    if not old and not erasures_lost and any((draft.registry / "erasures").glob("[0-9]*.json")):
        shutil.rmtree(draft.root)
        raise BackupError(
            f"{backup} is of a home from which people were erased. They are recognised by its keys: without them, the "
            "next deliveries bring them back. Give the old keys as well (--keys FILE --new-keys). If they are lost, "
            "add --erasures-lost, and erase everybody again after their next delivery (docs/runbook/keys.md)."
        )
    person_key = draft.person_key_file.name
    if new_person_key and person_key in old:
        replaced = old.pop(person_key)
        old.setdefault(draft.erasure_key_file.name, replaced)
    for name, digits in old.items():
        _write_key(draft.config / name, digits)
    draft.initialise()
    sync_tree(draft.root)
    if home.root.exists():
        home.root.rmdir()
    draft.root.replace(home.root)
    sync(home.root.parent)
    return saved


def _stores(home: Home) -> tuple[Path, ...]:
    stores = (home.archive, home.landing, home.rejects, home.registry, home.ledger, home.audit, home.shares)
    return (*stores, home.config)


def _files(home: Home) -> Iterator[Path]:
    """Yield what is saved: all files of the stores but drafts, locks and keys; receipts after what they vouch for."""
    for store in _stores(home):
        for path in sorted(store.rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith(".") and path.suffix != KEY_SUFFIX:
                yield path


class _Hashing(io.RawIOBase):
    """Reads a file and remembers the hash of what was read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        block = self._file.read(size)
        self.sha256.update(block)
        return block


def _write(home: Home, target: Path, now: datetime) -> Saved:
    contents: dict[str, dict[str, Any]] = {}
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w|") as tar:
        for path in _files(home):
            name = str(PurePosixPath(path.relative_to(home.root)))
            with path.open("rb") as opened:
                entry = tarfile.TarInfo(name)
                entry.size = os.fstat(opened.fileno()).st_size
                entry.mtime = int(os.fstat(opened.fileno()).st_mtime)
                entry.mode = 0o600
                reading = _Hashing(opened)
                tar.addfile(entry, reading)
            contents[name] = {"size": entry.size, "sha256": reading.sha256.hexdigest()}
        document = {"format": FORMAT, "made_at": now.astimezone(UTC).isoformat(), "files": contents}
        text = json.dumps(document, indent=1).encode()
        entry = tarfile.TarInfo(CONTENTS)
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    return Saved(target, len(contents), sum(one["size"] for one in contents.values()))


def _read(backup: Path, home: Home) -> Saved:
    """Write the files of a backup below the home's root; raises BackupError unless all are as they were saved."""
    allowed = {store.name for store in _stores(home)}
    found: dict[str, dict[str, Any]] = {}
    document: dict[str, Any] | None = None
    try:
        with tarfile.open(backup, mode="r|") as tar:
            for entry in tar:
                opened = tar.extractfile(entry)
                if opened is None:
                    raise BackupError(f"{backup} holds {entry.name!r}, which is no file. It is no backup of a home.")
                if entry.name == CONTENTS:
                    document = json.loads(opened.read())
                    continue
                place = PurePosixPath(entry.name)
                if place.is_absolute() or ".." in place.parts or place.parts[0] not in allowed:
                    raise BackupError(f"{backup} holds {entry.name!r}, which belongs to no store. Nothing is restored.")
                found[entry.name] = {"size": entry.size, "sha256": _copy(opened, home.root / place, entry.mtime)}
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{backup} cannot be read to its end: {error}. Take another backup.") from None
    if document is None or document.get("format") != FORMAT:
        raise BackupError(f"{backup} is no whole backup of format {FORMAT}: its list of contents is missing.")
    wrong = sorted(name for name in found.keys() | document["files"] if found.get(name) != document["files"].get(name))
    if wrong:
        raise BackupError(f"{backup} is damaged: {len(wrong)} files are not as they were saved, first {wrong[0]}.")
    return Saved(backup, len(found), sum(one["size"] for one in found.values()))


def _copy(opened: Any, target: Path, modified: float) -> str:
    make_folder(target.parent)
    digest = hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while block := opened.read(BLOCK):
            digest.update(block)
            file.write(block)
    os.utime(target, (modified, modified))
    return digest.hexdigest()


def _keys_of(path: Path) -> dict[str, str]:
    try:
        document = json.loads(path.read_text(encoding="ascii"))
        keys = {str(name): str(digits) for name, digits in document["keys"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupError(f"{path} is no file of keys made by: lasting-homes backup --keys") from None
    if strange := [name for name in keys if PurePosixPath(name).name != name or not name.endswith(KEY_SUFFIX)]:
        raise BackupError(f"{path} holds {strange[0]!r}, which is no name of a key.")
    return keys


def _write_key(target: Path, digits: str) -> None:
    make_folder(target.parent)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(digits + "\n")
