"""How a session of Spark is started, and what is said where Spark cannot run."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.scale import spark
from pipelines.scale.rows import write_rows
from pipelines.scale.spark import SparkIsMissingError, SparkSession, build_on_spark, session_environment


def program(folder: Path, said: str) -> Path:
    """Return a program that answers anything with these words, where Java does: on standard error."""
    file = folder / "bin" / "java"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{said}\nEND\n", encoding="ascii")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ('openjdk version "17.0.20" 2026-07-21\nOpenJDK Runtime Environment', 17),
        ('java version "1.8.0_392"', 1),
        ('openjdk version "21" 2023-09-19', 21),
        ("no such thing", None),
    ],
)
def test_the_version_of_java_is_read_from_what_it_says(tmp_path: Path, said: str, version: int | None) -> None:
    assert spark.java_version(str(program(tmp_path, said))) == version


def test_without_a_java_of_its_age_it_says_which_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda _: object())
    program(tmp_path, 'java version "1.8.0_392"')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    assert "Java 17 or 21; here is 1. On Debian" in (spark.what_is_missing() or "")

    program(tmp_path, 'openjdk version "17.0.20" 2026-07-21')
    assert spark.what_is_missing() is None


def test_without_spark_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda _: None)

    with pytest.raises(SparkIsMissingError, match=r"pyspark and dbt-spark.* Run: make spark-deps"):
        build_on_spark(tmp_path / "warehouse.duckdb", tmp_path / "spark", SparkSession())

    assert list(tmp_path.iterdir()) == []


def test_a_small_session_interprets_and_another_compiles() -> None:
    small, large = SparkSession(is_small=True).arguments(), SparkSession(master="spark://host:7077").arguments()

    assert "NO_CODEGEN" in small
    assert "NO_CODEGEN" not in large
    assert large.startswith("--master spark://host:7077 ")
    assert small.endswith(large_end := " pyspark-shell")
    assert large.endswith(large_end)


def test_a_session_keeps_an_event_log_where_it_is_told(tmp_path: Path) -> None:
    assert "eventLog" not in SparkSession().arguments()
    assert f"'spark.eventLog.dir={tmp_path.as_uri()}'" in SparkSession(event_log=tmp_path).arguments()


def test_rows_are_laid_out_as_spark_reads_them(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as warehouse:
        for schema in ("landing", "identity", "marts"):
            warehouse.execute(f"create schema {schema}")
        warehouse.execute('create table landing."load" as select 1 as load_id')
        warehouse.execute("create table identity.person_alias as select 'alder' as person_key where false")
        warehouse.execute("create table marts.measure_event as select 1 as quantity")

    assert write_rows(tmp_path / "warehouse.duckdb", tmp_path / "rows") == 2

    written = {str(path.relative_to(tmp_path / "rows")) for path in (tmp_path / "rows").rglob("*.parquet")}
    assert written == {"landing/load/rows.parquet", "identity/person_alias/rows.parquet"}
    folders = [tmp_path / "rows", *(path.parent for path in (tmp_path / "rows").rglob("*.parquet"))]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


def test_what_spark_writes_between_stages_lies_with_what_it_was_lent_and_it_gets_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LASTING_HOMES_DATABASE_KEY", "a secret of the test")
    monkeypatch.setenv("LASTING_HOMES_DATABASE_KEY_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("SPARK_LOCAL_DIRS", str(tmp_path / "elsewhere"))

    environment = session_environment(tmp_path, SparkSession())

    assert Path(environment["SPARK_LOCAL_DIRS"]).is_relative_to(tmp_path / "spark")
    assert not any(name.startswith("LASTING_HOMES_DATABASE_KEY") for name in environment)
