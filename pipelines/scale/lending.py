"""The Spark that a home names, and the folder in which it is lent rows of people.

What belongs here: from settings to a session and a folder, and removing what was lent. What does not: what Spark does
with it (`pipelines.scale.engine`, `pipelines.scale.scoring`).

Rows of people lie in plain files while Spark works. The step removes them when it ends; where its process was killed,
the next step that lends anything in the same folder does. A folder's lock tells: who begins Spark hands the lock on to
it (`Lent.lock`), so that it is free only when both have ended, and its file goes when the rows are gone.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.durable import make_folder
from pipelines.scale.spark import SparkSession
from pipelines.settings import Settings, SettingsError

# What holds rows of people, and Spark's own files; beside it are logs and the SQL that dbt compiled.
LENT = ("rows", "tables", "spark")
# What Spark and DuckDB take for a pattern when they read files.
PATTERN = set("*?[]{}")


@dataclass(frozen=True)
class NamedSpark:
    """A session as the home's settings want it, and the folder of the home's naming."""

    session: SparkSession
    folder: Path


@dataclass(frozen=True)
class Lent:
    """A folder for one step, and the descriptor of its lock, for `pass_fds` of the process that begins Spark."""

    folder: Path
    lock: int


def named_spark(settings: Settings) -> NamedSpark | None:
    """Return the Spark of the settings, None where they name none.

    Raises:
        SettingsError: `spark_master` is set and `spark_folder` is not, or has letters that stand for others.
    """
    if settings.spark_master is None:
        return None
    if settings.spark_folder is None:
        raise SettingsError(
            "spark_master is set and spark_folder is not. Name a folder on an encrypted volume that every machine of "
            "that Spark sees under the same path: rows of people lie there while Spark works."
        )
    folder = settings.spark_folder.resolve()
    if PATTERN.intersection(str(folder)):
        raise SettingsError(
            f"spark_folder is {folder}. Spark would read one of its letters as a pattern: name a folder without any of "
            f"{' '.join(sorted(PATTERN))}"
        )
    session = SparkSession(
        master=settings.spark_master,
        driver_memory=settings.spark_memory,
        partitions=settings.spark_partitions,
        is_small=settings.spark_small,
    )
    return NamedSpark(session, folder)


@contextmanager
def lent_folder(parent: Path, name: str) -> Iterator[Lent]:
    """Yield a folder under a lock of its own, which the body makes and in which Spark is lent rows.

    What killed steps left is removed first. Afterwards the folder is gone but for the logs of a step that failed, which
    may quote a value. What cannot be removed, because Spark has not quite ended or a file system keeps it, is left to
    the next step.
    """
    make_folder(parent)
    for left in parent.glob("*.lock"):
        # Another step may end, or remove it, at the same moment; another account's is not ours to remove. It is opened
        # for writing because a network file system locks nothing else.
        with suppress(FileNotFoundError, BlockingIOError, PermissionError), left.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(left)
    folder = parent / name
    mine = parent / f"{name}.lock"
    beginning = parent / f".{name}"
    with beginning.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Only now, so that nobody ever finds it free.
        beginning.rename(mine)
        try:
            yield Lent(folder, lock.fileno())
        except BaseException:
            _remove(mine)
            raise
        _remove(mine, with_logs=True)


def _remove(lock: Path, *, with_logs: bool = False) -> None:
    """Remove what the folder of a lock holds of rows, and the lock where nothing of it is left."""
    folder = lock.with_suffix("")
    for gone in [folder] if with_logs else [folder / part for part in LENT]:
        shutil.rmtree(gone, ignore_errors=True)
    if not any((folder / part).exists() for part in LENT):
        lock.unlink(missing_ok=True)
