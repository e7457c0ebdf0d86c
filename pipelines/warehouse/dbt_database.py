"""What dbt opens: the build's database, encrypted or not, attached under the name that every compiled model gives it.

What belongs here: the plugin of dbt-duckdb that the profile names. What does not: running dbt
(`pipelines.warehouse.dbt`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from pipelines.protection.encryption import attach

NAME = "warehouse"


class Plugin(BasePlugin):
    """Attaches the database before dbt does, which then finds it there; so the key is in no profile and no log."""

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Let what spills to disk lie beside the database; it is encrypted if the database is (`attach`)."""
        config["temp_directory"] = f"{self._path(creds)}.tmp"

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Attach the database of the profile."""
        attach(conn, self._path(self.creds), NAME, read_only=False)

    def configure_cursor(self, cursor: Any) -> None:
        """Use it, so that what models name without a database (types, views that can move) is made in it."""
        cursor.execute(f"use {NAME}")

    @staticmethod
    def _path(credentials: Any) -> Path:
        (database,) = credentials.attach
        return Path(database.path)
