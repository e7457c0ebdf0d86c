"""One refresh of a home at a time.

What belongs here: the lock. The kernel releases it when the process ends, however it ends, so a killed refresh never
blocks the next one. What does not: the pool of one that Dagster keeps for its own queue.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.settings import Home, HomeNotFoundError


class HomeIsBusyError(Exception):
    """Another process is changing this home."""


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the home's lock for the duration of the block.

    Raises:
        HomeIsBusyError: Another process holds it; the message names that process.
        HomeNotFoundError: The folder was never initialised.
    """
    if not home.builds.is_dir():
        raise HomeNotFoundError(
            f"{home.root} is not a Lasting Homes home. Make one with: lasting-homes init --home {home.root}"
        )
    descriptor = os.open(home.builds / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
            raise HomeIsBusyError(
                f"Another refresh of {home.root} is running (process {holder}). Readers are not affected; "
                "try again when it has finished."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)
