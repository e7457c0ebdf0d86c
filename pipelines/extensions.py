"""DuckDB's extensions, each a package of its own pinned like any other: nothing is fetched at run time.

What belongs here: finding and loading them. What does not: what they are loaded for.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import duckdb


class ExtensionMissingError(Exception):
    """The package of an extension is not installed, or holds none for this version of DuckDB."""


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load an extension into a connection.

    Raises:
        ExtensionMissingError: It is not installed for this version of DuckDB.
    """
    connection.execute(f"load '{str(_file_of(name)).replace(chr(39), chr(39) * 2)}'")


def _file_of(name: str) -> Path:
    try:
        package = Path(str(files(f"duckdb_extension_{name}")))
    except ModuleNotFoundError:
        package = Path("nowhere")
    path = package / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not path.is_file():
        raise ExtensionMissingError(
            f"DuckDB {duckdb.__version__} needs its extension {name}, from the package duckdb-extension-"
            f"{name.replace('_', '-')} of the same version; it is not installed here. Install what requirements.lock "
            "lists (make install)."
        )
    return path
