"""Dagster's own event history in SQLite, with connections that stay open.

Dagster opens a new SQLAlchemy engine for every event, so that each of some thousand statements of a refresh is compiled
again, and the file is opened, checkpointed and closed again. A refresh of few people spends more time on that than on
the whole warehouse. Here each file keeps its engine and one connection; tables, files and migrations are Dagster's.

What belongs here: how often the history is opened. What does not: what is kept in it (`dagster.yaml` of the home).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster import StringSource
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

if TYPE_CHECKING:
    from dagster._serdes import ConfigurableClassData

# How long a statement waits for another process that writes, as in Dagster.
BUSY_SECONDS = 15.0


class OpenEventStorage(SqliteEventLogStorage):
    """Dagster's SQLite event storage, which keeps one connection to each of its files."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open the history in `base_dir`, making its index when there is none."""
        self._engines: dict[str, Engine] = {}
        self._engine_lock = threading.Lock()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Take `dagster_home`, the folder of the home's Dagster files; the history is where Dagster keeps it."""
        return {"dagster_home": StringSource}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> OpenEventStorage:
        """Return the storage that `dagster.yaml` asks for."""
        return cls(str(Path(config_value["dagster_home"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._engine_lock:
            engine = self._engines.get(shard)
            if engine is None:
                engine = self._engines[shard] = _engine(self.conn_string_for_shard(shard))
                self._initdb(engine)
            with engine.connect() as connection, connection.begin():
                yield connection

    def dispose(self) -> None:
        """Close every file."""
        super().dispose()
        with self._engine_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()


def _engine(address: str) -> Engine:
    """Return an engine with one connection, which any thread may use (one at a time, see `_connect`)."""
    engine = create_engine(
        address, poolclass=StaticPool, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def without_waiting_for_the_disk(connection: Any, record: Any) -> None:
        # The history is no record of the figures: after a power cut it may lack its last seconds, never its form.
        connection.execute("pragma synchronous = normal")

    return engine
