"""Writing so that a power cut or a SIGKILL leaves either the old state or the new one.

What belongs here: fsync of files and folders, new folders, replacement by rename. What does not: deciding what to
write.
"""

from __future__ import annotations

import os
from pathlib import Path

PRIVATE = 0o700


def sync(path: Path) -> None:
    """Flush one file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Flush every file and folder under `folder`, and `folder` itself."""
    for path in sorted(folder.rglob("*")):
        if not path.is_symlink():
            sync(path)
    sync(folder)


def make_folder(path: Path) -> None:
    """Make a folder and those above it for the owner alone, unless they are there, so that a power cut keeps them.

    A file that was flushed is still lost with a folder whose own entry was not.
    """
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=PRIVATE, exist_ok=True)
        sync(path.parent)


def write_durably(path: Path, text: str) -> None:
    """Write `text` to `path` so that the file is never seen half written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)
