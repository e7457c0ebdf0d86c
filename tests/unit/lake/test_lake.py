"""The lake: a council's tables are of one build, whoever writes beside it and whatever is killed."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from made_builds import FIRST_KNOWN, ROWS, TABLES, made_build

from pipelines.extensions import load_extension
from pipelines.lake import (
    Lake,
    LakeBusyError,
    LakeUnreachableError,
    NoLakeError,
    forget_the_past,
    open_lake_for_analysts,
    publications,
    publish_to_lake,
)
from pipelines.lake import publication as publication_module
from pipelines.lake.publication import newest_of_each
from pipelines.settings import Settings
from pipelines.warehouse.database import OFFLINE

PROCESS = Path(__file__).with_name("publishing_process.py")


def shown(lake: Lake, **how: object) -> dict[str, int]:
    """The build that each council's tables show, in every table the same and whole."""
    connection, councils = open_lake_for_analysts(lake, **how)  # type: ignore[arg-type]
    with connection:
        found: dict[str, set[tuple[int, int, int]]] = {}
        for table in TABLES:
            rows = connection.execute(
                f"select council, min(build), max(build), count(*) from {table} group by council"
            ).fetchall()
            for council, *facts in rows:
                found.setdefault(council, set()).add(tuple(facts))
    assert set(found) == {one.council for one in councils}
    seen = {}
    for council, facts in found.items():
        ((low, high, rows_of_one),) = facts
        assert low == high
        assert rows_of_one == ROWS
        seen[council] = low
    return seen


def test_each_council_has_its_own_and_all_are_read_together(lake: Lake, tmp_path: Path) -> None:
    first, second = made_build(tmp_path, 1), made_build(tmp_path, 2)
    publish_to_lake(lake, "kent", first)
    publish_to_lake(lake, "lancashire", second)
    assert shown(lake) == {"kent": 1, "lancashire": 2}


def test_a_build_goes_in_once(lake: Lake, tmp_path: Path) -> None:
    build = made_build(tmp_path, 1)
    taken, was_there = publish_to_lake(lake, "kent", build)
    again, is_there = publish_to_lake(lake, "kent", build)
    assert (was_there, is_there, again) == (False, True, taken)


def test_the_lake_as_it_was_known(lake: Lake, tmp_path: Path) -> None:
    """Given a build known on the 2nd and one on the 4th, when asked as known on the 3rd, then the first is shown."""
    publish_to_lake(lake, "kent", made_build(tmp_path, 1))
    publish_to_lake(lake, "kent", made_build(tmp_path, 3))
    publish_to_lake(lake, "lancashire", made_build(tmp_path, 4))
    assert shown(lake, as_known_at=FIRST_KNOWN + timedelta(days=2)) == {"kent": 1}
    assert shown(lake) == {"kent": 3, "lancashire": 4}


def test_a_table_that_is_gone_is_gone_and_comments_are_kept(lake: Lake, tmp_path: Path) -> None:
    build, next_build = made_build(tmp_path, 1), made_build(tmp_path, 2)
    with duckdb.connect(str(next_build.analyst)) as database:
        database.execute("drop table stay")
    publish_to_lake(lake, "kent", build)
    publish_to_lake(lake, "kent", next_build)
    with lake.open(for_reading=True) as connection:
        tables = connection.execute(
            "select table_name, comment from duckdb_tables() where database_name = 'lake' and schema_name = 'kent'"
        ).fetchall()
        columns = connection.execute(
            "select comment from duckdb_columns() where database_name = 'lake' and schema_name = 'kent' "
            "and table_name = 'person' and column_name = 'build'"
        ).fetchall()
    assert sorted(tables) == [("home", None), ("person", "One row per person.")]
    assert columns == [("Which build.",)]


def test_a_reader_stays_on_what_it_opened(lake: Lake, tmp_path: Path) -> None:
    publish_to_lake(lake, "kent", made_build(tmp_path, 1))
    connection, _ = open_lake_for_analysts(lake)
    with connection:
        publish_to_lake(lake, "kent", made_build(tmp_path, 2))
        assert connection.execute("select distinct build from person").fetchall() == [(1,)]
    assert shown(lake) == {"kent": 2}


def test_a_reader_reads_nothing_else(lake: Lake, tmp_path: Path) -> None:
    publish_to_lake(lake, "kent", made_build(tmp_path, 1))
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n")
    connection, _ = open_lake_for_analysts(lake)
    with connection:
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"select * from read_csv('{outside}')")
        (database,) = connection.execute(
            "select database_name from duckdb_databases() where database_name like 'snapshot_%'"
        ).fetchall()[0]
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            connection.execute(f"delete from {database}.kent.person")


def test_killed_before_the_commit_the_lake_has_the_build_before(lake: Lake, tmp_path: Path) -> None:
    """Given a build in the lake, when the next is stopped at any step on its way in, then the first is there."""
    publish_to_lake(lake, "kent", made_build(tmp_path, 1))
    build = made_build(tmp_path, 2)
    steps: list[str] = []
    publish_to_lake(lake, "lancashire", build, reached=steps.append)
    assert len(steps) == 3

    for stop_at in steps:

        def stop(step: str, at: str = stop_at) -> None:
            if step == at:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            publish_to_lake(lake, "kent", build, reached=stop)
        assert shown(lake) == {"kent": 1, "lancashire": 2}


def test_four_councils_at_once_with_one_killed_each_round(lake: Lake, tmp_path: Path) -> None:
    """Given four processes that each put two builds in, one killed at random, in rounds, then nothing is half there.

    Whatever was killed, each council shows one whole build after every round, none shows less than its process said,
    and at the end all show what a run of one after the other would.
    """
    councils = ("kent", "lancashire", "essex", "surrey")
    chance = random.Random(7)  # noqa: S311 - which process dies when, not a secret
    said_last: dict[str, int] = {}
    for one in range(3):
        builds = [made_build(tmp_path / f"round-{one}", number) for number in (2 * one + 1, 2 * one + 2)]
        arguments = [str(build.folder) for build in builds]
        running = {
            council: subprocess.Popen(
                [sys.executable, str(PROCESS), lake.catalogue, str(lake.data), council, *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for council in councils
        }
        killed = chance.choice(councils)
        try:
            running[killed].wait(timeout=chance.uniform(0.8, 3))
        except subprocess.TimeoutExpired:
            running[killed].kill()
        for council, process in running.items():
            said, complaint = process.communicate(timeout=120)
            assert council == killed or process.returncode == 0, complaint
            numbers = [int(line.removeprefix("build-")) for line in said.split()]
            said_last[council] = max([said_last.get(council, 0), *numbers])
        found = shown(lake)
        for council, number in said_last.items():
            # The killed one may have got in without having said so.
            assert found.get(council, 0) >= number
            assert council == killed or found[council] == 2 * one + 2
    last = made_build(tmp_path, 9)
    for council in councils:
        publish_to_lake(lake, council, last)
    assert shown(lake) == dict.fromkeys(councils, 9)


def everything_in(catalogue: str) -> str:
    """All that PostgreSQL holds for the lake, as text."""
    with duckdb.connect(config=dict(OFFLINE)) as connection:
        load_extension(connection, "postgres_scanner")
        connection.execute(f"attach '{catalogue}' as catalogue (type postgres, read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'catalogue'"
        ).fetchall()
        return "\n".join(
            str(connection.execute(f'select * from catalogue."{schema}"."{table}"').fetchall())
            for schema, table in tables
        )


def test_what_is_forgotten_is_in_no_file_and_no_catalogue(lake: Lake, tmp_path: Path) -> None:
    """Given builds with somebody in them, when the lake forgets with one without them, then nothing of them is left.

    What the other council has stays, and is known as before, also after it has been carried over once more.
    """
    erased = "person-key-of-somebody-erased"
    old, new = made_build(tmp_path, 1), made_build(tmp_path, 3)
    with duckdb.connect(str(old.analyst)) as database:
        database.execute(f"create table contact as select '{erased}' as person_key")
        database.execute(f"create table plan as select '{erased}' as person_key from range(500)")
    publish_to_lake(lake, "kent", old)
    theirs, _ = publish_to_lake(lake, "lancashire", made_build(tmp_path, 2))
    assert erased in everything_in(lake.catalogue)
    for _ in range(2):
        publication, gone = forget_the_past(lake, "kent", new)
        assert gone > 0
        assert erased not in everything_in(lake.catalogue)
        assert not [path for path in lake.data.rglob("*.parquet") if "/plan/" in path.as_posix()]
        assert shown(lake) == {"kent": 3, "lancashire": 2}
        assert shown(lake, as_known_at=FIRST_KNOWN + timedelta(days=2)) == {"lancashire": 2}
        with lake.open(for_reading=True) as connection:
            assert publications(connection) == [replace(theirs, snapshot=publication.snapshot), publication]


def test_what_another_publishes_while_the_past_goes_is_not_lost(lake: Lake, tmp_path: Path) -> None:
    publish_to_lake(lake, "lancashire", made_build(tmp_path, 1))
    newer = [made_build(tmp_path, 2)]

    def meanwhile(step: str) -> None:
        if step == "before the commit" and newer:
            publish_to_lake(lake, "lancashire", newer.pop())

    publish_to_lake(lake, "kent", made_build(tmp_path, 3), carries_others=True, reached=meanwhile)
    assert shown(lake) == {"kent": 3, "lancashire": 2}
    with lake.open(for_reading=True) as connection:
        assert newest_of_each(publications(connection))["lancashire"].build_id.endswith("2")


def test_who_never_gets_in_is_told(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given somebody who writes the same tables in every pause, then the former build stays and the message says so."""
    publish_to_lake(lake, "kent", made_build(tmp_path, 1))
    monkeypatch.setattr(publication_module, "ATTEMPTS", 2)
    monkeypatch.setattr(publication_module.time, "sleep", lambda _: None)

    def disturb(step: str) -> None:
        if step == "before the commit":
            with lake.open() as other:
                other.execute(
                    "create or replace table lake.kent.person as select 1 as build, range as row from range(500)"
                )

    with pytest.raises(LakeBusyError, match=r"did not take build .* of kent in 2 attempts.*whole. Run the same"):
        publish_to_lake(lake, "kent", made_build(tmp_path, 2), reached=disturb)
    assert shown(lake) == {"kent": 1}


def test_every_build_that_it_had_is_listed(lake: Lake, tmp_path: Path) -> None:
    for number in (1, 2):
        publish_to_lake(lake, "kent", made_build(tmp_path, number))
    with lake.open(for_reading=True) as connection:
        found = publications(connection)
    assert [(one.council, one.as_known_at) for one in found] == [
        ("kent", FIRST_KNOWN + timedelta(days=1)),
        ("kent", FIRST_KNOWN + timedelta(days=2)),
    ]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "knows of no lake. Set lake_catalogue"),
        ({"lake_catalogue": "host=db dbname=lake"}, "knows of no lake"),
        ({"lake_catalogue": "host=db password=x", "lake_data": "/lake"}, "holds no password"),
        ({"lake_catalogue": "postgresql://kent:x@db/lake", "lake_data": "/lake"}, "holds no password"),
    ],
)
def test_a_lake_that_is_not_set_up(settings: dict[str, object], told: str) -> None:
    with pytest.raises(NoLakeError, match=told):
        Lake.of(Settings(**settings))  # type: ignore[arg-type]


def test_a_lake_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(LakeUnreachableError, match="what this home has published stays"):
        Lake("host=127.0.0.1 port=1 dbname=lake connect_timeout=2", tmp_path).open()
