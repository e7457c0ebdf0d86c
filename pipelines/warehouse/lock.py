"""One refresh of a home at a time.

What belongs here: the lock, and that whoever holds it finds the stores in the shape that this program writes. The
kernel releases it when the process ends, however it ends, so a killed refresh never blocks the next one. What does not:
the pool of one that Dagster keeps for its own queue.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module

from pipelines.formats import CURRENT, formats_of
from pipelines.settings import Home, HomeNotFoundError

SECONDS_BETWEEN_TRIES = 0.5


class HomeIsBusyError(Exception):
    """Another process is changing this home."""


@contextmanager
def only_one(home: Home, *, patience: timedelta = timedelta()) -> Iterator[None]:
    """Hold the home's lock for the duration of the block; stores of an older release are brought forward first.

    Args:
        home: The home.
        patience: How long to wait for whoever holds the lock.

    Raises:
        HomeIsBusyError: Another process holds it; the message names that process.
        HomeNotFoundError: The folder was never initialised.
        NewerStoreError: A store was written by a newer release.
    """
    if not home.builds.is_dir():
        raise HomeNotFoundError(
            f"{home.root} is not a Lasting Homes home. Make one with: lasting-homes init --home {home.root}"
        )
    descriptor = os.open(home.builds / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _taken(descriptor, patience):
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
            raise HomeIsBusyError(
                f"Another refresh of {home.root} is running (process {holder}). Readers are not affected; "
                "try again when it has finished."
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
        if any(number != CURRENT[name] for name, number in formats_of(home.root).items()):
            # Reading originals is heavy to load, and needed once in a release.
            import_module("pipelines.upgrades").bring_forward(home)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int, patience: timedelta) -> bool:
    """Try to take the lock until patience is at its end; return whether it was."""
    until = time.monotonic() + patience.total_seconds()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(SECONDS_BETWEEN_TRIES)
        else:
            return True
