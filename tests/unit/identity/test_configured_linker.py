"""The linker of a home scores where the home's settings say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from hand_made_landing import LandingSchema

from pipelines.identity import link
from pipelines.identity.model import Scoring, predict_here
from pipelines.refresh import configured_linker
from pipelines.scale.scoring import SparkPredictor
from pipelines.settings import Settings, SettingsError

KEY = b"a secret of the test"


@pytest.fixture
def pair(landing: LandingSchema) -> LandingSchema:
    """Somebody whom only the model finds."""
    landing.person("p1", "Quenwyn", "Unrealshaw", born=date(2006, 3, 14), postcodes=("XK331AA",))
    landing.application("a1", "Quewnyn", "Unrealshaw", born=date(2006, 3, 14), postcode="XK331AA")
    return landing


def linked_by(landing: LandingSchema) -> list[tuple[str]]:
    return landing.connection.execute("select method from identity.person_link where source_ref = 'a1'").fetchall()


def test_a_home_that_names_a_spark_scores_there(
    pair: LandingSchema, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int, Path]] = []

    def scores(self: SparkPredictor, database: duckdb.DuckDBPyConnection, scoring: Scoring) -> duckdb.DuckDBPyRelation:
        asked.append((self.session.master, self.session.partitions, self.folder))
        return predict_here(database, scoring)

    monkeypatch.setattr(SparkPredictor, "__call__", scores)
    settings = Settings(
        home=tmp_path, spark_master="spark://nowhere.example", spark_folder=tmp_path / "lent", spark_partitions=5
    )

    link(pair.connection, linker=configured_linker(settings), key=KEY)

    assert asked == [("spark://nowhere.example", 5, tmp_path / "lent")]
    assert linked_by(pair) == [("model",)]


def test_a_home_that_names_none_scores_in_its_own_database(pair: LandingSchema, tmp_path: Path) -> None:
    link(pair.connection, linker=configured_linker(Settings(home=tmp_path)), key=KEY)

    assert linked_by(pair) == [("model",)]


def test_a_spark_without_a_folder_stops_nothing_before_there_is_something_to_score(
    pair: LandingSchema, tmp_path: Path
) -> None:
    linker = configured_linker(Settings(home=tmp_path, spark_master="local[2]"))

    with pytest.raises(SettingsError, match="Name a folder on an encrypted volume"):
        link(pair.connection, linker=linker, key=KEY)
