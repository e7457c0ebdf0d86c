"""The Spark that a home names, and the folder in which it is lent rows of people.

What belongs here: from settings to a session and a folder, and removing what was lent. What does not: what Spark does
with it (`pipelines.scale.engine`, `pipelines.scale.scoring`).

Rows of people lie in plain files while Spark works. The step removes them when it ends; where its process was killed,
the next step that lends anything in the same folder does, since the kernel has released the lock.
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

# What holds rows of people, and Spark's own links; beside it are logs and the SQL that dbt compiled.
LENT = ("rows", "tables", "spark")


@dataclass(frozen=True)
class NamedSpark:
    """A session as the home's settings want it, and the folder of the home's naming."""

    session: SparkSession
    folder: Path


def named_spark(settings: Settings) -> NamedSpark | None:
    """Return the Spark of the settings, None where they name none.

    Raises:
        SettingsError: `spark_master` is set and `spark_folder` is not.
    """
    if settings.spark_master is None:
        return None
    if settings.spark_folder is None:
        raise SettingsError(
            "spark_master is set and spark_folder is not. Name a folder on an encrypted volume that every machine of "
            "that Spark sees under the same path: rows of people lie there while Spark works."
        )
    session = SparkSession(
        master=settings.spark_master,
        driver_memory=settings.spark_memory,
        partitions=settings.spark_partitions,
        is_small=settings.spark_small,
    )
    return NamedSpark(session, settings.spark_folder.resolve())


@contextmanager
def lent_folder(parent: Path, name: str) -> Iterator[Path]:
    """Yield the path of a folder under a lock of its own, which the body makes and in which Spark is lent rows.

    What killed steps left is removed first. Afterwards the folder is gone but for the logs of a step that failed, which
    may quote a value.
    """
    make_folder(parent)
    for left in parent.glob("*.lock"):
        # Another step may end, or remove it, at the same moment.
        with suppress(FileNotFoundError, BlockingIOError), left.open() as lock:
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
            yield folder
            shutil.rmtree(folder)
        finally:
            _remove(mine)


def _remove(lock: Path) -> None:
    for part in LENT:
        shutil.rmtree(lock.with_suffix("") / part, ignore_errors=True)
    lock.unlink(missing_ok=True)
