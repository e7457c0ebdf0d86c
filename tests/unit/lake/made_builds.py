"""Builds with nothing in them but a number: enough to see whether what the lake shows is of one build."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from pipelines.warehouse.build import Build

FIRST_KNOWN = datetime(2026, 9, 1, tzinfo=UTC)
TABLES = ("main.person", "main.home", "main.stay", "marts.measure_event", "marts.measure_observation")
ROWS = 500


def made_build(folder: Path, number: int) -> Build:
    """Return a good build whose every row, in every table, is `number`; known a day later than the build before."""
    moment = FIRST_KNOWN + timedelta(days=number)
    build = Build(f"{moment:%Y%m%dT%H%M%S}000Z-{number:08x}", folder / f"build-{number}")
    build.folder.mkdir(parents=True)
    with duckdb.connect(str(build.analyst)) as database:
        database.execute("create schema marts")
        for table in TABLES:
            database.execute(f"create table {table} as select {number} as build, range as row from range({ROWS})")
        database.execute("comment on table person is 'One row per person.'")
        database.execute("comment on column person.build is 'Which build.'")
    build.mark_good({"as_known_at": moment.isoformat()})
    return build
