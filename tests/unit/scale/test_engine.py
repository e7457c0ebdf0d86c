"""What a build is told of Spark's tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.scale import engine
from pipelines.scale.engine import models_made_by_spark
from pipelines.scale.spark import SparkBuild, SparkSession
from pipelines.settings import Settings
from pipelines.warehouse.build import Build


def sentences(said: list[str]) -> engine.Progress:
    return lambda _, sentence: said.append(sentence)


def settings(tmp_path: Path, **given: object) -> Settings:
    return Settings(home=tmp_path / "home", spark_master="local[2]", spark_folder=tmp_path / "lent", **given)


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build("20261124T000000000Z-alder", tmp_path / "build")


def test_without_a_spark_dbt_is_told_nothing(build: Build, tmp_path: Path) -> None:
    with models_made_by_spark(Settings(home=tmp_path), build, sentences([])) as made:
        assert made == {}


def test_dbt_is_told_of_the_tables_which_are_gone_afterwards(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def built(_: Path, folder: Path, session: SparkSession, *, inherited: tuple[int, ...]) -> SparkBuild:
        assert len(inherited) == 1
        assert (session.master, session.partitions, session.is_small) == ("local[2]", 6, True)
        (folder / "tables").mkdir(parents=True)
        return SparkBuild(folder / "tables", folder / "manifest.json", 214, ("measure_event",), 61.4, ())

    monkeypatch.setattr(engine, "build_on_spark", built)
    given = settings(tmp_path, spark_partitions=6, spark_small=True)

    with models_made_by_spark(given, build, sentences(said)) as made:
        tables = tmp_path / "lent" / build.build_id / "tables"
        assert made == {"made_elsewhere": {"tables": str(tables), "models": ["measure_event"]}}
        assert tables.is_dir()

    assert list((tmp_path / "lent").iterdir()) == []
    assert said == ["214 models built on Spark in 61 s"]
