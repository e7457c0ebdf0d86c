"""Where the lake is, and opening it.

What belongs here: the lake's address and connections to it. What does not: what is written into it or read from it.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.extensions import load_extension
from pipelines.settings import Settings
from pipelines.warehouse.database import OFFLINE

NAME = "lake"
_EXTENSIONS = ("ducklake", "postgres_scanner")
_PAUSES_WHILE_MADE = (0.2, 0.5, 1.0, 2.0, 4.0)


class NoLakeError(Exception):
    """The settings name no lake, or not all of it."""


class LakeUnreachableError(Exception):
    """The lake's catalogue or its folder cannot be reached."""


@dataclass(frozen=True)
class Lake:
    """A lake.

    Attributes:
        catalogue: How PostgreSQL is reached, in libpq's words: `host=… dbname=… user=…`. Never a password, which libpq
            takes from its own password file.
        data: The folder of Parquet files that every council and every reader of the lake shares.
    """

    catalogue: str
    data: Path

    @classmethod
    def of(cls, settings: Settings) -> Lake:
        """Return the lake of the settings.

        Raises:
            NoLakeError: None is set, half of it is, or a password stands where it could be read by others.
        """
        if settings.lake_catalogue is None or settings.lake_data is None:
            raise NoLakeError(
                "This home knows of no lake. Set lake_catalogue (for example: host=db.example dbname=lake user=kent) "
                "and lake_data (the folder that all councils share) in config/settings.yml."
            )
        if re.search(r"(^|\s)password\s*=", settings.lake_catalogue) or "://" in settings.lake_catalogue:
            raise NoLakeError(
                "lake_catalogue is written in words, host=… dbname=… user=…, and holds no password. PostgreSQL's "
                "client takes the password from its own file (PGPASSFILE or ~/.pgpass), which only you can read."
            )
        return cls(settings.lake_catalogue, settings.lake_data.resolve())

    def open(self, *, for_reading: bool = False) -> duckdb.DuckDBPyConnection:
        """Return a connection that has the lake as database `lake`.

        Raises:
            LakeUnreachableError: The catalogue does not answer, or holds no lake and `for_reading` may not make one.
        """
        connection = duckdb.connect(config=dict(OFFLINE))
        try:
            for extension in _EXTENSIONS:
                load_extension(connection, extension)
            if for_reading:
                self._attach(connection, NAME, "read_only")
            else:
                self._attach_or_make(connection)
        except duckdb.Error as error:
            connection.close()
            raise LakeUnreachableError(
                f"The lake cannot be opened; what this home has published stays. {str(error).splitlines()[0]}"
            ) from None
        return connection

    def attach(self, connection: duckdb.DuckDBPyConnection, name: str, *, snapshot: int) -> None:
        """Attach the lake once more, as it was in a snapshot, to a connection that `open` has given."""
        self._attach(connection, name, f"read_only, snapshot_version {snapshot}")

    def _attach_or_make(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Attach the lake for writing; of several who find none and make it at once, one succeeds and the rest wait."""
        for pause in (*_PAUSES_WHILE_MADE, None):
            try:
                self._attach(connection, NAME, f"data_path '{_quoted(str(self.data))}'")
            except duckdb.Error as error:
                if pause is None or "Failed to initialize DuckLake" not in str(error):
                    raise
                time.sleep(pause)
            else:
                return

    def _attach(self, connection: duckdb.DuckDBPyConnection, name: str, options: str) -> None:
        connection.execute(f"attach 'ducklake:postgres:{_quoted(self.catalogue)}' as {name} ({options})")


def _quoted(text: str) -> str:
    return text.replace("'", "''")
