"""How this program opens a DuckDB file.

What belongs here: the settings that every connection shares. What does not: what is asked of the database; keys
(`pipelines.protection.encryption`).

A restricted database is encrypted. DuckDB opens such a file only by attaching it, so that the connection's own
database is an empty one in memory, and the file is the one that is used.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import duckdb

from pipelines.protection.encryption import attach, is_encrypted, wants_key

# Nothing may be fetched at run time, not even an extension that a query would like to have.
OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
# How far behind others an analyst's query stands when both want the processor: 0 is not at all, 19 is last.
NICENESS = 10


def open_for_writing(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the database of a build that only this process knows of, creating it when absent.

    Raises DatabaseKeyError when its key is missing or another one.
    """
    if wants_key(path):
        return _attached(path, OFFLINE, read_only=False)
    return duckdb.connect(str(path), config=dict(OFFLINE))


def can_be_read(path: Path) -> bool:
    """Return whether this version of DuckDB can open a database; a build of another version is made anew, not read."""
    try:
        open_for_reading(path).close()
    except duckdb.Error:
        return False
    return True


def open_for_reading(path: Path, *, threads: int = 1) -> duckdb.DuckDBPyConnection:
    """Open a published database read-only, on one thread, so that readers leave the builder its cores.

    A connection keeps seeing the file it opened after the next publication: open anew to see the new build.

    Raises DatabaseKeyError when its key is missing or another one.
    """
    config = {**OFFLINE, "threads": str(threads)}
    if is_encrypted(path):
        connection = _attached(path, config, read_only=True)
        connection.execute("set enable_external_access = false")
        return connection
    return duckdb.connect(str(path), read_only=True, config={**config, "enable_external_access": "false"})


def open_for_analysts(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a published database as `open_for_reading` does, and let the caller run at low priority from here on.

    A connection of one thread works in the thread that asks, so a refresh at the same time goes first.
    """
    step_back()
    return open_for_reading(path)


def step_back() -> None:
    """Let the caller run at low priority from here on, so that a refresh at the same time goes first.

    On Linux the calling thread alone steps back, with the threads that it starts afterwards; elsewhere the whole
    process. A priority that is low already stays as it is.
    """
    if os.getpriority(os.PRIO_PROCESS, 0) < NICENESS:
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)


def _attached(path: Path, config: Mapping[str, str], *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open a connection that uses an encrypted file, named as the file is; what spills lies beside it."""
    connection = duckdb.connect(config={**config, "temp_directory": f"{path}.tmp"})
    try:
        attach(connection, path, path.stem, read_only=read_only)
        connection.execute(f'use "{path.stem}"')
    except BaseException:
        connection.close()
        raise
    return connection
