"""Restricted databases at rest: DuckDB's own encryption (AES-GCM, 256 bits), and where the key comes from.

What belongs here: the key, telling an encrypted file from a plain one, attaching either. What does not: settings of a
connection (`pipelines.warehouse.database`).

The key never stands in an argument, a statement, a log or a run's configuration: a process finds it itself, in the
environment or in a file, and hands it to DuckDB in a variable that is cleared at once.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from pipelines.extensions import load_extension
from pipelines.settings import Home

KEY_VARIABLE = "LASTING_HOMES_DATABASE_KEY"
KEY_FILE_VARIABLE = "LASTING_HOMES_DATABASE_KEY_FILE"
SHORTEST_KEY = 32
# DuckDB reads encrypted files by itself, and writes them, what spills to disk too, with the OpenSSL of this extension.
WRITER = "httpfs"
# The file's main header: a checksum of 8 bytes, the magic bytes, 8 bytes of version, 8 of flags, of which the lowest
# bit says that the rest is encrypted.
_MAGIC, _FLAGS = slice(8, 12), 20


class DatabaseKeyError(Exception):
    """A restricted database cannot be opened or written, because its key is missing, unusable or another one."""


def is_encrypted(path: Path) -> bool:
    """Return whether a DuckDB file is encrypted; False for one that is empty or not there."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.read(_FLAGS + 1)
    return len(start) > _FLAGS and start[_MAGIC] == b"DUCK" and bool(start[_FLAGS] & 1)


def key_for(path: Path) -> str | None:
    """Return the key of a build's database: from the environment, from the file named there, or from its home.

    None for a file outside the builds of a home, such as one that is made while the dbt project is parsed.

    Raises DatabaseKeyError when the environment gives a key that is none.
    """
    builds = path.resolve().parents[1] if len(path.resolve().parents) > 1 else path
    if builds.name != "builds":
        return None
    home = Home(builds.parent)
    if given := os.environ.get(KEY_VARIABLE):
        return _checked(given, f"The environment variable {KEY_VARIABLE}")
    if named := os.environ.get(KEY_FILE_VARIABLE):
        return _read(Path(named))
    return _read(home.database_key_file) if home.database_key_file.is_file() else None


def wants_key(path: Path) -> bool:
    """Return whether a database is encrypted, or will be when it is made."""
    return is_encrypted(path) if path.exists() else key_for(path) is not None


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str, *, read_only: bool) -> None:
    """Attach a database under a name, with its key where it has one.

    A file that is not there yet is made encrypted where there is a key for it. What a query on a connection with an
    encrypted database spills to disk is encrypted from then on, by whoever the connection was opened.

    Raises DatabaseKeyError, which says what to do.
    """
    locked = wants_key(path)
    given = ["read_only"] if read_only else []
    given += ["encryption_key getvariable('database_key')"] if locked else []
    options = f" ({', '.join(given)})" if given else ""
    quoted = str(path).replace("'", "''")
    if not locked:
        connection.execute(f"attach '{quoted}' as {name}{options}")
        return
    key = key_for(path)
    if key is None:
        raise DatabaseKeyError(
            f"{path} is encrypted and there is no key for it. Put the key back as config/database_key.secret of the "
            f"home, or name its file in {KEY_FILE_VARIABLE}. If it is lost, remove the home's link `published` and the "
            "folders in builds/: a refresh makes them again from the stores, with a new key."
        )
    load_extension(connection, WRITER)
    if connection.execute("select current_setting('temp_file_encryption')").fetchall() != [(True,)]:
        connection.execute("set temp_file_encryption = true")
    connection.execute("set variable database_key = $key", {"key": key})
    try:
        connection.execute(f"attach '{quoted}' as {name}{options}")
    except duckdb.InvalidInputException as error:
        if "encryption key" not in str(error):
            raise
        raise DatabaseKeyError(
            f"{path} was encrypted with another key. Look at which key this process is given ({KEY_VARIABLE}, "
            f"{KEY_FILE_VARIABLE}, else config/database_key.secret of the home) and restore the one that made the "
            "build. If it is lost, remove the home's link `published` and the folders in builds/, and refresh: "
            "databases are made again from the stores."
        ) from None
    finally:
        connection.execute("reset variable database_key")


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise DatabaseKeyError(
            f"The key of the databases cannot be read from {path}: {type(error).__name__}."
        ) from None
    return _checked(text, str(path))


def _checked(text: str, where: str) -> str:
    key = text.strip()
    if len(key) < SHORTEST_KEY:
        raise DatabaseKeyError(
            f"{where} holds no key: at least {SHORTEST_KEY} characters are wanted. "
            "Make one with: python -c 'import secrets; print(secrets.token_hex(32))'"
        )
    return key
