"""Restricted databases at rest: nothing can be read without the key, and a wrong key says what to do."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from pipelines.protection.encryption import KEY_FILE_VARIABLE, KEY_VARIABLE, DatabaseKeyError, attach, is_encrypted
from pipelines.settings import Home
from pipelines.warehouse.database import open_for_reading, open_for_writing
from pipelines.warehouse.dbt_database import Plugin

SAID = "Zebedee Quill lives here"
OTHER_KEY = "ab" * 32


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in (KEY_VARIABLE, KEY_FILE_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    home = Home(tmp_path / "home")
    home.initialise()
    return home


def written(home: Home) -> Path:
    path = home.builds / "one" / "warehouse.duckdb"
    path.parent.mkdir()
    with open_for_writing(path) as database:
        database.execute("create table somebody as select $1 as said", [SAID])
    return path


def test_a_home_makes_its_own_key_and_nothing_is_readable_without_it(home: Home) -> None:
    # given a home that nobody set up
    assert home.database_key_file.stat().st_mode & 0o777 == 0o600
    path = written(home)
    # then no byte of the database says what stands in it, and DuckDB does not open it
    assert is_encrypted(path)
    assert SAID.encode() not in path.read_bytes()
    with pytest.raises(duckdb.Error, match="without a key"):
        duckdb.connect(str(path), read_only=True)
    # while this program reads it, and tells no query the key
    with open_for_reading(path) as database:
        assert database.execute("select said from somebody").fetchall() == [(SAID,)]
        told = database.execute("select getvariable('database_key'), options from duckdb_databases()").fetchall()
    assert home.database_key_file.read_text("ascii").strip() not in str(told)


@pytest.mark.parametrize("how", ["variable", "file", "home"])
def test_a_wrong_key_is_refused_in_words_that_do_not_say_it(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    path = written(home)
    if how == "variable":
        monkeypatch.setenv(KEY_VARIABLE, OTHER_KEY)
    elif how == "file":
        (tmp_path / "key").write_text(OTHER_KEY, encoding="ascii")
        monkeypatch.setenv(KEY_FILE_VARIABLE, str(tmp_path / "key"))
    else:
        home.database_key_file.write_text(OTHER_KEY, encoding="ascii")
    for opened in (open_for_reading, open_for_writing):
        with pytest.raises(DatabaseKeyError, match="encrypted with another key") as refused:
            opened(path)
        assert OTHER_KEY not in str(refused.value)


def test_a_lost_or_damaged_key_says_what_to_do(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(home)
    home.database_key_file.unlink()
    with pytest.raises(DatabaseKeyError, match="refresh makes them again from the stores"):
        open_for_reading(path)
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(DatabaseKeyError, match="holds no key"):
        open_for_reading(path)


def test_the_key_may_come_from_outside_the_home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a service that hands the key over in its environment, and a home without one
    home.database_key_file.unlink()
    monkeypatch.setenv(KEY_VARIABLE, OTHER_KEY)
    path = written(home)
    assert is_encrypted(path)
    with open_for_reading(path) as database:
        assert database.execute("select said from somebody").fetchall() == [(SAID,)]


def test_a_database_of_before_is_still_read(home: Home) -> None:
    path = home.builds / "one" / "warehouse.duckdb"
    path.parent.mkdir()
    duckdb.connect(str(path)).execute("create table somebody as select 1 as said").close()
    with open_for_reading(path) as database:
        assert database.execute("select said from somebody").fetchall() == [(1,)]


@pytest.mark.parametrize("how", [open_for_writing, open_for_reading])
def test_a_query_larger_than_memory_spills_encrypted(
    home: Home, how: Callable[[Path], duckdb.DuckDBPyConnection]
) -> None:
    # given little memory, for what a council of any size may ask
    path = written(home)
    with how(path) as database:
        database.execute("set memory_limit = '60MB'")
        # then distinct numbers that do not fit are counted all the same
        distinct = "select count(*) from (select distinct number, hash(number) from range(4000000) as all_of(number))"
        assert database.execute(distinct).fetchall() == [(4_000_000,)]
        spilt = database.execute("select current_setting('temp_file_encryption')").fetchall()
    assert spilt == [(True,)]


@pytest.mark.parametrize("encrypted", [True, False])
def test_what_dbt_spills_is_encrypted_where_its_database_is(home: Home, encrypted: bool) -> None:
    path = home.builds / "one" / "warehouse.duckdb" if encrypted else home.root / "warehouse.duckdb"
    plugin = Plugin("database", {}, SimpleNamespace(attach=[SimpleNamespace(path=str(path))]))
    config: dict[str, str] = {}
    plugin.update_connection_config(plugin.creds, config)
    assert config == {"temp_directory": f"{path}.tmp"}
    # and a query that does not fit can be answered
    path.parent.mkdir(exist_ok=True)
    with duckdb.connect(config={**config, "memory_limit": "60MB"}) as connection:
        plugin.configure_connection(connection)
        assert connection.execute("select current_setting('temp_file_encryption')").fetchall() == [(encrypted,)]
        distinct = "select count(*) from (select distinct number, hash(number) from range(4000000) as all_of(number))"
        assert connection.execute(distinct).fetchall() == [(4_000_000,)]


def test_a_connection_of_somebody_else_spills_encrypted_from_the_attaching_on(home: Home) -> None:
    """Given a connection opened for a comparison of two builds, what it spills is encrypted as they are."""
    path = written(home)
    with duckdb.connect() as connection:
        for name in ("before", "after"):
            attach(connection, path, name, read_only=True)
        assert connection.execute("select current_setting('temp_file_encryption')").fetchall() == [(True,)]
        assert connection.execute("select said from before.somebody").fetchall() == [(SAID,)]
