"""What a refresh lends Spark, and that nothing of it is left."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from pipelines.scale import engine
from pipelines.scale.engine import models_made_by_spark
from pipelines.scale.spark import SparkBuild, SparkBuildFailedError, SparkSession
from pipelines.settings import Settings, SettingsError
from pipelines.warehouse.build import Build


def sentences(said: list[str]) -> engine.Progress:
    return lambda _, sentence: said.append(sentence)


def settings(tmp_path: Path, **given: object) -> Settings:
    return Settings(home=tmp_path / "home", spark_master="local[2]", spark_folder=tmp_path / "lent", **given)


def leave_rows_tables_and_logs(folder: Path) -> None:
    for part in ("rows/landing/load", "tables/marts.db/measure_event", "spark", "logs"):
        (folder / part).mkdir(parents=True)


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build("20261124T000000000Z-alder", tmp_path / "build")


def test_without_a_spark_dbt_is_told_nothing(build: Build, tmp_path: Path) -> None:
    with models_made_by_spark(Settings(home=tmp_path), build, sentences([])) as made:
        assert made == {}


def test_a_spark_without_a_folder_is_refused_in_words(build: Build, tmp_path: Path) -> None:
    named = Settings(home=tmp_path, spark_master="local[2]")

    with pytest.raises(SettingsError, match="Name a folder on an encrypted volume"):
        models_made_by_spark(named, build, sentences([])).__enter__()


def test_dbt_is_told_of_the_tables_which_are_gone_afterwards(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def built(_: Path, folder: Path, session: SparkSession) -> SparkBuild:
        assert (session.master, session.partitions, session.is_small) == ("local[2]", 6, True)
        leave_rows_tables_and_logs(folder)
        return SparkBuild(folder / "tables", folder / "manifest.json", 214, ("measure_event",), 61.4, ())

    monkeypatch.setattr(engine, "build_on_spark", built)
    given = settings(tmp_path, spark_partitions=6, spark_small=True)

    with models_made_by_spark(given, build, sentences(said)) as made:
        tables = tmp_path / "lent" / build.build_id / "tables"
        assert made == {"made_elsewhere": {"tables": str(tables), "models": ["measure_event"]}}
        assert tables.is_dir()

    assert list((tmp_path / "lent").iterdir()) == []
    assert said == ["214 models built on Spark in 61 s"]


def test_of_a_run_that_failed_only_logs_are_left(build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Path, folder: Path, __: SparkSession) -> SparkBuild:
        leave_rows_tables_and_logs(folder)
        raise SparkBuildFailedError("1 of 283 nodes failed on Spark: fct_move")

    monkeypatch.setattr(engine, "build_on_spark", fails)

    with pytest.raises(SparkBuildFailedError):
        models_made_by_spark(settings(tmp_path), build, sentences([])).__enter__()

    (folder,) = (tmp_path / "lent").iterdir()
    assert [path.name for path in folder.iterdir()] == ["logs"]


def test_rows_of_a_killed_step_are_removed_and_those_of_a_living_one_left(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a folder whose lock nobody holds and one whose lock is held, when another step begins."""
    killed, living = tmp_path / "lent" / "killed", tmp_path / "lent" / "living"
    for folder in (killed, living):
        leave_rows_tables_and_logs(folder)
        folder.with_suffix(".lock").touch()

    def fails(_: Path, __: Path, ___: SparkSession) -> SparkBuild:
        raise SparkBuildFailedError("1 of 283 nodes failed on Spark: fct_move")

    monkeypatch.setattr(engine, "build_on_spark", fails)
    with living.with_suffix(".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(SparkBuildFailedError):
            models_made_by_spark(settings(tmp_path), build, sentences([])).__enter__()

    assert [path.name for path in killed.iterdir()] == ["logs"]
    assert sorted(path.name for path in living.iterdir()) == ["logs", "rows", "spark", "tables"]
    assert sorted(path.name for path in (tmp_path / "lent").glob("*.lock")) == ["living.lock"]
