"""What lies in the inbox, and what of it is ready.

What belongs here: finding files, waiting for copies to finish, the note beside a file that was refused.
What does not: opening them.

A file's name is never used to build a path except beside itself, and links are never followed.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.landing.data_dates import META_SUFFIX
from pipelines.landing.guards import LONG_TEXT_BYTES, check_size, kind_of
from pipelines.landing.model import RefusedFileError

WHY_SUFFIX = ".why.txt"
_LANDED_SUFFIX = ".landed"
_PARTIAL_SUFFIXES = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".!ut", ".swp")
_PARTIAL_PREFIXES = ("~$", ".~lock.")
_NOT_EXTRACTS = frozenset({"thumbs.db", "desktop.ini"})
_MAX_NAME_BYTES = 200
_FIRST_BYTES = 4_096


class NotReadyError(Exception):
    """A file is not ready to be taken; it is looked at again by the next run. The text says why."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file of the inbox.

    Attributes:
        path: where it lies.
        family: first folder below the inbox, "" for a file that lies outside the folders of senders.
        sender: second folder below the inbox, "" likewise.
    """

    path: Path
    family: str
    sender: str

    @property
    def meta_path(self) -> Path:
        """Where its `.meta.yml` would lie."""
        return self.path.with_name(self.path.name + META_SUFFIX)

    @property
    def why_path(self) -> Path:
        """Where the note lies that says why it was refused."""
        return self.path.with_name(self.path.name + WHY_SUFFIX)


class Taken:
    """A file that is being read: its kind and size, and whether it is still the same."""

    def __init__(self, opened: BinaryIO) -> None:
        """Remember what the file is now; raises RefusedFileError when it is nothing that landing reads."""
        self._opened = opened
        self._before = os.fstat(opened.fileno())
        kind = kind_of(self._opened.read(_FIRST_BYTES))
        check_size(self._before.st_size, kind)
        self.is_long_text = kind == "text" and self._before.st_size > LONG_TEXT_BYTES

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield the bytes of the file; raises NotReadyError at the end when it was changed meanwhile."""
        self._opened.seek(0)
        read = 0
        while chunk := self._opened.read(size):
            read += len(chunk)
            # A file that grows as fast as it is read would never end.
            if read > self._before.st_size:
                raise NotReadyError("It changed while it was being read.")
            yield chunk
        after = os.fstat(self._opened.fileno())
        if (read, self._before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise NotReadyError("It changed while it was being read.")

    def beginning(self, size: int) -> bytes:
        """Return at most that many bytes of its beginning."""
        self._opened.seek(0)
        return self._opened.read(size)

    def check_fits_in_memory(self) -> None:
        """Raise RefusedFileError when the file is too long to be read as a whole."""
        check_size(self._before.st_size, "xlsx")

    def content(self) -> bytes:
        """Return all its bytes; raises NotReadyError when it was changed meanwhile."""
        return b"".join(self.chunks(max(self._before.st_size, 1)))


def candidates(inbox: Path) -> Iterator[Candidate]:
    """Yield every file below the inbox in order of path; hidden files, notes and meta files are none."""
    if not inbox.is_dir():
        return
    for folder, names, files in os.walk(inbox, followlinks=False):
        names.sort()
        here = Path(folder)
        place = here.relative_to(inbox).parts
        family, sender = place if len(place) == 2 else ("", "")
        for name in [name for name in files if name.startswith(".") and name.endswith(_LANDED_SUFFIX)]:
            _clear_up(here / name)
        linked = [name for name in names if (here / name).is_symlink()]
        for name in sorted([*files, *linked]):
            if not _is_no_extract(name):
                yield Candidate(here / name, family, sender)


def _is_no_extract(name: str) -> bool:
    hidden = name.startswith(".") and not name.startswith(_PARTIAL_PREFIXES)
    return hidden or name.casefold() in _NOT_EXTRACTS or name.endswith((META_SUFFIX, WHY_SUFFIX))


@contextmanager
def taking(candidate: Candidate, settle_seconds: float) -> Iterator[Taken]:
    """Give a file that is ready, opened for reading.

    Raises:
        NotReadyError: it is still being written, or changed or vanished while it was read.
        RefusedFileError: it is no plain file in the folder of a sender, may not be read, or is too long for its kind.
    """
    try:
        _check_readiness(candidate, settle_seconds)
        _check_place(candidate)
        # O_NONBLOCK: should a pipe have taken the file's place meanwhile, opening it must not wait for a writer.
        with os.fdopen(os.open(candidate.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
            yield Taken(opened)
    except FileNotFoundError as error:
        raise NotReadyError("It was taken away while it was being looked at.") from error
    except PermissionError as error:
        raise RefusedFileError(
            "The file may not be read by this program.", "Give the account that runs it the right to read."
        ) from error


def _check_readiness(candidate: Candidate, settle_seconds: float) -> None:
    """Raise NotReadyError unless the file has stood still for long enough and bears no partial suffix."""
    name = candidate.path.name.casefold()
    if name.startswith(_PARTIAL_PREFIXES) or name.endswith(_PARTIAL_SUFFIXES):
        raise NotReadyError("Its name says that it is still being written or is open in a program.")
    # A clock that runs ahead elsewhere may stamp a file in the future: the distance counts, not its sign.
    age = abs(time.time() - candidate.path.lstat().st_mtime)
    if age < settle_seconds:
        raise NotReadyError(
            f"It changed {age:.0f} s ago; it is taken when it has stood still for {settle_seconds:g} s."
        )


def _check_place(candidate: Candidate) -> None:
    """Raise RefusedFileError for anything but a plain file, plainly named, in the folder of a sender."""
    details = candidate.path.lstat()
    if not stat.S_ISREG(details.st_mode):
        raise RefusedFileError("This is a link or a device, not a file.", "Copy the file itself into the folder.")
    name = candidate.path.name
    if not name.isprintable() or len(os.fsencode(name)) > _MAX_NAME_BYTES:
        raise RefusedFileError("The file's name is too long or holds characters that cannot be shown.", "Rename it.")
    if not candidate.sender:
        raise RefusedFileError(
            "The file does not lie in the folder of a sender.",
            "Move it to inbox/<family>/<sender>/, as in docs/seams.md.",
        )


def write_why(candidate: Candidate, refused: RefusedFileError) -> None:
    """Leave a note beside the file that says why it was refused and what to do; an unchanged note is left alone.

    Where no note can be written the report alone says it.
    """
    name = ascii(candidate.path.name)[1:-1]
    note = (
        f"{name} was not landed.\n\nWhy: {refused.reason}\nWhat to do: {refused.what_to_do}\n\n"
        "The file stays here and is tried again at the next run. This note goes away when the file lands.\n"
    )
    path = candidate.why_path
    with suppress(OSError):
        if path.is_symlink() or (path.is_file() and path.read_text(encoding="utf-8", errors="replace") == note):
            return
        path.write_text(note, encoding="utf-8")


def remove(candidate: Candidate) -> bool:
    """Take a landed file out of the inbox, with what lies beside it; return whether that was possible.

    The file is first renamed to a hidden name: were it simply deleted, a crash could leave its `.meta.yml` behind for
    the next file of that name, and were the `.meta.yml` deleted first, the file would be left without its data date.
    """
    landed = candidate.path.with_name(f".{candidate.path.name}{_LANDED_SUFFIX}")
    try:
        candidate.path.replace(landed)
        _clear_up(landed)
    except PermissionError:
        return False
    return True


def _clear_up(landed: Path) -> None:
    """Delete a landed file and what lay beside it, unless a new file of that name has come meanwhile."""
    path = landed.with_name(landed.name.removeprefix(".").removesuffix(_LANDED_SUFFIX))
    if not path.exists():
        path.with_name(path.name + META_SUFFIX).unlink(missing_ok=True)
        path.with_name(path.name + WHY_SUFFIX).unlink(missing_ok=True)
    landed.unlink()
