"""Analysts read while a refresh publishes: neither waits, and nobody sees two builds in one."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import Home
from pipelines.warehouse.build import Build, open_build
from pipelines.warehouse.database import NICENESS, open_for_analysts
from pipelines.warehouse.publish import publish, published_build

ROWS = 20_000
# The function stops the query in the first rows that it is given, and is called for every row after them.
LONG = (
    "select min(one.build), max(one.build), min(held), count(*) "
    "from (select build, {hold}(build) as held from mark) as one, other"
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.initialise()
    put_up(home, 0)
    return home


def put_up(home: Home, number: int) -> Build:
    """Publish a build of which two tables say, in every row, that they are of this one."""
    build = open_build(home, inputs=[str(number)])
    with duckdb.connect(str(build.analyst)) as database:
        for table in ("mark", "other"):
            rows = ROWS if table == "mark" else 1
            database.execute(f"create table {table} as select {number} as build from range({rows})")
    build.mark_good({})
    publish(home, build, keep=1)
    return build


def test_a_long_query_ends_on_the_build_it_began_with_while_others_see_the_new_ones(home: Home) -> None:
    """Given two analysts in one long query each, when three builds are published and the first is removed, then the
    queries end whole, on the first build, and who opens anew sees the third."""
    first = published_build(home)
    connections = [open_in_thread(first) for _ in range(2)]
    begun, published = threading.Semaphore(0), threading.Event()
    answers: list[tuple[int, ...]] = []

    def ask(connection: duckdb.DuckDBPyConnection, name: str) -> None:
        begun_already = False

        def hold(build: int) -> int:
            nonlocal begun_already
            if not begun_already:
                begun_already = True
                begun.release()
                assert published.wait(60)
            return build

        connection.create_function(name, hold, ["BIGINT"], "BIGINT", side_effects=True)
        row = connection.execute(LONG.format(hold=name)).fetchone()
        assert row
        answers.append(row)

    readers = [threading.Thread(target=ask, args=(one, f"hold_{number}")) for number, one in enumerate(connections)]
    for reader in readers:
        reader.start()
    assert begun.acquire(timeout=20)
    assert begun.acquire(timeout=20)
    for number in (1, 2, 3):
        put_up(home, number)
        with open_in_thread(published_build(home)) as fresh:
            seen = fresh.execute("select distinct mark.build, other.build from mark, other").fetchall()
        assert seen == [(number, number)]
    assert not first.folder.exists()
    assert answers == []
    published.set()
    for reader in readers:
        reader.join()
    assert answers == [(0, 0, 0, ROWS)] * 2
    for connection in connections:
        connection.close()


def open_in_thread(build: Build) -> duckdb.DuckDBPyConnection:
    """Open the build as an analyst does, in a thread of its own, so that the tests keep their priority."""
    opened: list[duckdb.DuckDBPyConnection] = []
    thread = threading.Thread(target=lambda: opened.append(open_for_analysts(build.analyst)))
    thread.start()
    thread.join()
    return opened[0]


def test_an_analyst_has_one_thread_and_steps_back(home: Home) -> None:
    found: list[tuple[object, int]] = []

    def look() -> None:
        with open_for_analysts(published_build(home).analyst) as connection:
            row = connection.execute("select current_setting('threads')").fetchone()
            found.append((row and row[0], os.getpriority(os.PRIO_PROCESS, 0)))

    before = os.getpriority(os.PRIO_PROCESS, 0)
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [(1, max(before, NICENESS))]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
