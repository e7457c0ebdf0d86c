"""How this program opens a DuckDB file.

What belongs here: the settings that every connection shares. What does not: what is asked of the database.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

# Nothing may be fetched at run time, not even an extension that a query would like to have.
OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def open_for_writing(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the database of a build that only this process knows of, creating it when absent."""
    return duckdb.connect(str(path), config=dict(OFFLINE))


def can_be_read(path: Path) -> bool:
    """Return whether this version of DuckDB can open a database; a build of another version is made anew, not read."""
    try:
        open_for_reading(path).close()
    except duckdb.Error:
        return False
    return True


def open_for_reading(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a published database read-only, on one thread, so that readers leave the builder its cores.

    A connection keeps seeing the file it opened after the next publication: open anew to see the new build.
    """
    return duckdb.connect(
        str(path), read_only=True, config={**OFFLINE, "threads": "1", "enable_external_access": "false"}
    )
