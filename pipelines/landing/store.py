"""What landing keeps: the archive, the Parquet files and the receipts.

What belongs here: where things lie and how they are written, so that a crash leaves all of a file or nothing of it.
What does not: in which order (intake), what is in them (checking).

The archive is insert-only and named by content; a load exists once its receipt does, and a generation of loads once
its record does.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from pipelines.durable import make_folder, sync
from pipelines.formats import require_known
from pipelines.landing.model import FIRST_GENERATION, Load, folder_of
from pipelines.settings import Home


class NoSuchGenerationError(Exception):
    """A generation was asked for that was never made."""


def parquet_of(home: Home, kind: str, load: Load) -> Path:
    """Return where a load's rows lie (or would lie); `kind` is accepted, rejects, refused_cells or faulty_rows."""
    return home.landing / load.path_of(kind)


def receipts_folder(home: Home, generation: int = FIRST_GENERATION) -> Path:
    """Return the folder of a generation's receipts."""
    return home.landing / folder_of(generation) / "receipts"


def receipt_of(home: Home, load: Load) -> Path:
    """Return where the receipt of a load lies (or would lie)."""
    return receipts_folder(home, load.generation) / f"{load.load_id}.json"


def generation_record_of(home: Home, generation: int) -> Path:
    """Return where the record of a generation lies: from when it is written, the generation is the current one."""
    return home.landing / "generations" / f"{generation:04}.json"


def current_generation(home: Home) -> int:
    """Return the number of the newest generation: 1 until `lasting-homes reland` has made another."""
    records = home.landing.glob("generations/[0-9]*.json")
    return max((int(path.stem) for path in records), default=FIRST_GENERATION)


def write_generation(home: Home, generation: int, record: Mapping[str, Any]) -> None:
    """Write a generation's record, the one step that makes it the current one."""
    with _durably(generation_record_of(home, generation)) as temporary:
        temporary.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def discard_half_generation(home: Home) -> None:
    """Remove what an interrupted relanding has left: a generation's folder without its record."""
    folder = home.landing / folder_of(current_generation(home) + 1)
    if folder.is_dir():
        shutil.rmtree(folder)


def archived(home: Home, file_sha256: str) -> Path:
    """Return where the original bytes with that hash lie (or would lie)."""
    return home.archive / file_sha256[:2] / file_sha256


def write_archive(home: Home, file_sha256: str, content: bytes) -> None:
    """Keep the original bytes, unless they are kept already."""
    target = archived(home, file_sha256)
    if not target.is_file() or target.stat().st_size != len(content):
        with _durably(target) as temporary:
            temporary.write_bytes(content)


def rewrite_archive(home: Home, file_sha256: str, content: bytes) -> None:
    """Replace kept original bytes by those without an erased person; the file keeps the name of what was received.

    The hash of what is there from now on stands beside it, so that damage still shows.
    """
    with _durably(_hash_without_the_erased(home, file_sha256)) as temporary:
        temporary.write_text(hashlib.sha256(content).hexdigest() + "\n", encoding="ascii")
    with _durably(archived(home, file_sha256)) as temporary:
        temporary.write_bytes(content)


def is_what_was_kept(home: Home, file_sha256: str, found_sha256: str) -> bool:
    """Return whether bytes with that hash are the original, or the original without an erased person."""
    path = _hash_without_the_erased(home, file_sha256)
    return found_sha256 == file_sha256 or (path.is_file() and path.read_text(encoding="ascii").strip() == found_sha256)


def _hash_without_the_erased(home: Home, file_sha256: str) -> Path:
    return archived(home, file_sha256).with_suffix(".erased")


def write_rows(home: Home, kind: str, load: Load, rows: pa.Table | None) -> None:
    """Write a load's rows of one kind (None: there are none), replacing what an interrupted run may have left."""
    target = parquet_of(home, kind, load)
    if rows is None:
        target.unlink(missing_ok=True)
        return
    with _durably(target) as temporary:
        pq.write_table(rows, temporary, compression="zstd")


def write_receipt(home: Home, load: Load) -> None:
    """Write the receipt: from here on the load exists, if its generation does."""
    with _durably(receipt_of(home, load)) as temporary:
        temporary.write_text(json.dumps(load.as_json(), indent=1) + "\n", encoding="utf-8")


def read_receipts(home: Home, generation: int | None = None) -> Iterator[Load]:
    """Yield every load there is, in order of load id.

    Args:
        home: where.
        generation: as it stood in that generation; None is the newest. A generation holds only what it reads
            otherwise than the one before, so the receipts of those before it count as well.

    Raises:
        NoSuchGenerationError: There is no such generation.
        NewerStoreError: The landing was written by a newer release.
    """
    require_known(home.landing)
    newest = current_generation(home)
    wanted = newest if generation is None else generation
    if not FIRST_GENERATION <= wanted <= newest:
        raise NoSuchGenerationError(f"There is no generation {wanted} of the landing; the newest is {newest}.")
    paths = {
        path.name: path
        for number in range(FIRST_GENERATION, wanted + 1)
        for path in receipts_folder(home, number).glob("*.json")
    }
    for _, path in sorted(paths.items()):
        yield Load.from_json(json.loads(path.read_text(encoding="utf-8")))


def resolution_of(home: Home, load_id: str) -> Path:
    """Return where the record lies of what a load settled of earlier rejects (or would lie)."""
    return home.landing / "resolutions" / f"{load_id}.json"


def write_resolution(home: Home, load_id: str, record: Mapping[str, Any] | None) -> None:
    """Write what a load settled of earlier rejects; None where there was nothing to settle."""
    target = resolution_of(home, load_id)
    if record is None:
        target.unlink(missing_ok=True)
        return
    with _durably(target) as temporary:
        temporary.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def read_resolution(home: Home, load_id: str) -> dict[str, Any]:
    """Return what a load settled of earlier rejects, empty where there was nothing."""
    path = resolution_of(home, load_id)
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def write_private(target: Path, content: bytes) -> None:
    """Write a file that only its owner may read (mode 0600)."""
    with _durably(target) as temporary:
        temporary.touch(mode=0o600)
        temporary.chmod(0o600)
        temporary.write_bytes(content)


@contextmanager
def incoming(home: Home) -> Iterator[Path]:
    """Give a path in the archive for a file whose hash is not known yet; what is not kept is removed."""
    make_folder(home.archive)
    path = home.archive / ".incoming"
    path.unlink(missing_ok=True)  # left by a run that was killed; one run at a time, so nobody else's
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def keep_incoming(home: Home, file_sha256: str, path: Path) -> None:
    """Make a file given by `incoming` part of the archive, unless its bytes are kept already."""
    target = archived(home, file_sha256)
    if not target.is_file() or target.stat().st_size != path.stat().st_size:
        make_folder(target.parent)
        sync(path)
        path.replace(target)
        sync(target.parent)


class RowsWriter:
    """A load's rows of one kind, written block by block; they are in their place only after `finish`."""

    def __init__(self, home: Home, kind: str, load: Load, recurring: Sequence[str] = ()) -> None:
        """Prepare to write; nothing is written before the first rows.

        Args:
            home: where.
            kind: as in `parquet_of`.
            load: whose rows.
            recurring: columns whose values recur; looking for recurring ids and names costs more than it saves.
        """
        self._recurring = list(recurring)
        self._target = parquet_of(home, kind, load)
        self._temporary = self._target.with_name(f".{self._target.name}.part")
        self._writer: pq.ParquetWriter | None = None

    def write(self, rows: pa.Table) -> None:
        """Append rows; all must have the schema of the first."""
        if self._writer is None:
            make_folder(self._target.parent)
            self._writer = pq.ParquetWriter(
                self._temporary, rows.schema, compression="zstd", use_dictionary=self._recurring or True
            )
        self._writer.write_table(rows)

    def finish(self) -> None:
        """Put the rows in their place; where none were written, remove what an interrupted run may have left."""
        if self._writer is None:
            self._target.unlink(missing_ok=True)
            return
        self._writer.close()
        sync(self._temporary)
        self._temporary.replace(self._target)
        sync(self._target.parent)
        self._writer = None

    def discard(self) -> None:
        """Remove what was written and not finished."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._temporary.unlink(missing_ok=True)


@contextmanager
def alone(home: Home, say: Callable[[str], None]) -> Iterator[None]:
    """Let one run of landing at a time into a home; a second one says so and waits. A killed run frees the way."""
    make_folder(home.landing)
    with (home.landing / ".lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run is landing files; waiting for it to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _durably(target: Path) -> Iterator[Path]:
    """Give a temporary path beside the target; on leaving it is flushed to disk and renamed into place."""
    make_folder(target.parent)
    temporary = target.with_name(f".{target.name}.part")
    try:
        yield temporary
        sync(temporary)
        temporary.replace(target)
        sync(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


Durable = Callable[[str], None]
"""Called with a step's name just before it is made durable; tests raise from it to play a crash."""


def no_crash(step: str) -> None:
    """Let every step happen; what landing uses outside tests."""
