"""Pairs are scored on Spark as they are in DuckDB: the same pairs, levels and weights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.identity.comparisons import COUNTY_MODEL
from pipelines.identity.model import Predictor, predict_here, score
from pipelines.scale.scoring import SparkPredictor
from pipelines.scale.spark import LOCAL_CLUSTER, SparkBuildFailedError, SparkSession, what_is_missing

pytestmark = pytest.mark.skipif(what_is_missing() is not None, reason=what_is_missing() or "")

CLUSTER = SparkSession(master=LOCAL_CLUSTER, is_small=True, partitions=2)
EVERY_PAIR = -1000.0
# Values that meet each other in every way that a comparison tells apart; None, and an empty list, say nothing.
NAMES = (
    ("caldan", "fictby"),
    ("fictby", "caldan"),
    ("kaldan", "fiktby"),
    ("cal", "fictby"),
    ("caldan mostyn", "fictby"),
    ("caldan", "fictyb"),
    ("caldan", "unrealshaw"),
    ("garvan", "fictby"),
    ("fictby", "dummerley"),
    ("zephina", "protoshaw"),
    ("иванко", "протов"),
    ("иваонк", "протов"),
    ("caldan иванко", "fictby"),
    ("", ""),
)
BIRTHS = (
    date(2006, 3, 4),
    date(2006, 4, 3),
    date(2006, 3, 5),
    date(2007, 3, 4),
    date(2006, 1, 1),
    date(2006, 6, 28),
    date(1999, 9, 19),
    date(2004, 2, 29),
    None,
)
POSTCODES = (["XK331AA"], ["XK331AB", "XM122BB"], ["XM122BB"], ["XP991ZZ"], [])
NI_NUMBERS = (["QQ123456A"], ["QQ123457A"], ["QQ999999B"], [])
ADVISERS = (["elman sampleton"], ["elman sampleton", "hestan feignworth"], ["ivelan testerman"], [])
COUNCILS = (["kent"], ["lancashire"], ["kent", "lancashire"], [])
CLAIMS = ("kent", "leaver", "none", "another council", None)


def sounds(name: str) -> list[str]:
    return [word.replace("c", "k") for word in name.split()]


def records(*, turned: bool) -> Iterator[dict[str, Any]]:
    """Yield a side's rows; one side turns round what stands beside what, so that most differs from most."""
    columns = (NAMES, BIRTHS, POSTCODES, NI_NUMBERS, ADVISERS, COUNCILS, CLAIMS)
    given = (column[::-1] if turned else column for column in columns)
    for number, row in enumerate(zip_longest(*given)):
        name, birth, postcodes, ni_numbers, advisers, councils, claim = row
        forename, surname = name
        words = sounds(f"{forename} {surname}")
        yield {
            "unique_id": number,
            "owner": number,
            "forename": forename,
            "surname": surname,
            "parts": sorted(f"{forename} {surname}".split()),
            "forename_variants": [forename, "calder"] if forename.startswith("cal") else [],
            "sound_forename": " ".join(sounds(forename)),
            "sound_surname": " ".join(sounds(surname)),
            "sound_name": " ".join(sorted(words)),
            "sounds": sorted(words),
            "birth": birth,
            "postcodes": postcodes or [],
            "sectors": [postcode[:-3] for postcode in postcodes or []],
            "ni_numbers": ni_numbers or [],
            "advisers": advisers or [],
            "councils": councils or [],
            "care_claim": claim if turned else None,
            # keys are hashes: half of them are beyond what 63 bits hold
            "block_keys": [2**64 - 1, 2**63 + number % 2],
        }


@pytest.fixture
def sides() -> duckdb.DuckDBPyConnection:
    """Return a database with a person side and a record side of which every pair shares a key."""
    texts = ("parts", "forename_variants", "sounds", "postcodes", "sectors", "ni_numbers", "advisers", "councils")
    types = dict.fromkeys(texts, pl.List(pl.String)) | {"care_claim": pl.String, "block_keys": pl.List(pl.UInt64)}
    database = duckdb.connect()
    for side, turned in (("person_side", False), ("record_side", True)):
        database.register("given", pl.DataFrame(list(records(turned=turned)), schema_overrides=types))
        database.execute(f"create table {side} as from given")
        database.unregister("given")
    return database


def scored(database: duckdb.DuckDBPyConnection, predict: Predictor) -> pl.DataFrame:
    scores = score(
        database, COUNTY_MODEL, left="person_side", right="record_side", least_weight=EVERY_PAIR, predict=predict
    )
    return scores.pairs.order("left_id, right_id").pl()


def test_every_level_of_every_comparison_is_the_same(sides: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """Given pairs of every level, and a folder whose name has spaces, when Splink scores them on both engines."""
    here = scored(sides, predict_here)
    on_spark = scored(sides, SparkPredictor(CLUSTER, tmp_path / "lent to Spark"))

    assert len(here) == len(NAMES) ** 2
    for comparison in COUNTY_MODEL.comparisons:
        levels = set(here[f"gamma_{comparison.name}"].to_list())
        assert levels == set(range(-1, len(comparison.levels))), comparison.name
    assert on_spark.equals(here)
    assert list((tmp_path / "lent to Spark").iterdir()) == []


def test_a_side_without_records_has_no_pairs(sides: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    sides.execute("delete from record_side")

    on_spark = scored(sides, SparkPredictor(SparkSession(is_small=True), tmp_path))

    assert on_spark.is_empty()
    assert on_spark.columns == scored(sides, predict_here).columns


def test_a_spark_that_cannot_be_reached_is_named_with_its_log(sides: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    nowhere = SparkSession(master="no-such-scheme://nowhere", is_small=True)

    with pytest.raises(SparkBuildFailedError, match=r"linking of people \(exit code 1\); see .*output\.log\.$"):
        scored(sides, SparkPredictor(nowhere, tmp_path))

    (folder,) = tmp_path.iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["output.log", "task.json"]
