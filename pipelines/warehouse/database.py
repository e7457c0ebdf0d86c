"""How this program opens a DuckDB file.

What belongs here: the settings that every connection shares. What does not: what is asked of the database.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

# Nothing may be fetched at run time, not even an extension that a query would like to have.
OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
# How far behind others an analyst's query stands when both want the processor: 0 is not at all, 19 is last.
NICENESS = 10


def open_for_writing(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the database of a build that only this process knows of, creating it when absent."""
    return duckdb.connect(str(path), config=dict(OFFLINE))


def open_for_reading(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a published database read-only, on one thread, so that readers leave the builder its cores.

    A connection keeps seeing the file it opened after the next publication: open anew to see the new build.
    """
    return duckdb.connect(
        str(path), read_only=True, config={**OFFLINE, "threads": "1", "enable_external_access": "false"}
    )


def open_for_analysts(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a published database as `open_for_reading` does, and let the caller run at low priority from here on.

    A connection of one thread works in the thread that asks, so a refresh at the same time goes first. On Linux the
    calling thread alone steps back, elsewhere the whole process. A priority that is low already stays as it is.
    """
    if os.getpriority(os.PRIO_PROCESS, 0) < NICENESS:
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    return open_for_reading(path)
