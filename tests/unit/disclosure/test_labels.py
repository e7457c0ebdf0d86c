"""Labels: a pack needs the figures folder and nothing else."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hand_made_observations import SEEDS, make_build, observation

from pipelines.disclosure import write_figures
from pipelines.disclosure.labels import BREAKDOWNS, period_label


@pytest.fixture
def labels(tmp_path: Path) -> pl.DataFrame:
    rows = [
        observation(9),
        observation(9, period_kind="rolling_4q", period_start=date(2025, 7, 1)),
        observation(9, area_code="unknown"),
    ]
    build = make_build(tmp_path, rows)
    write_figures(build, build_id="b1")
    return pl.read_parquet(build / "figures" / "labels.parquet")


def test_a_measure_comes_with_all_that_a_page_prints(labels: pl.DataFrame) -> None:
    row = labels.filter(kind="measure", key="bnb_nights").row(0, named=True)
    assert row["label"] == "Nights in bed and breakfast"
    assert (row["clause"], row["unit"], row["polarity"]) == ("L15", "nights", "lower_is_better")
    assert (row["counted_as"], row["definition_version"], row["valid_from"]) == ("nights", "1", date(2023, 10, 1))
    assert row["definition"]


def test_every_area_has_a_name_and_its_authority(labels: pl.DataFrame) -> None:
    areas = {row["key"]: (row["label"], row["parent"]) for row in labels.filter(kind="area").iter_rows(named=True)}
    assert areas["E07000105"] == ("Ashford", "kent")
    assert areas["E10000017"] == ("Lancashire", "lancashire")
    assert areas["E06000035"] == ("Medway", None)
    assert areas["outside_county"] == ("Outside the county", None)
    assert labels.filter(kind="authority", key="kent")["parent"].item() == "E10000016"


def test_every_breakdown_of_the_seed_has_a_label(labels: pl.DataFrame) -> None:
    seed = pl.read_csv(SEEDS / "measures" / "breakdown_value.csv", infer_schema=False)
    assert set(seed["breakdown"]) <= set(BREAKDOWNS)
    values = labels.filter(kind="breakdown_value").select("measure_id", "breakdown", "key", "label").rows()
    shared = seed["measure_id"].str.starts_with("obligation")
    own = set(seed.filter(~shared).select("measure_id", "breakdown", "breakdown_value", "label").rows())
    of_obligations = {
        (obligation, *row)
        for obligation, about in pl.read_csv(SEEDS / "measures" / "obligations.csv", infer_schema=False)
        .select("obligation_id", "about")
        .rows()
        for row in seed.filter(measure_id="obligation" if about == "person" else "obligation_of_district")
        .select("breakdown", "breakdown_value", "label")
        .rows()
    }
    assert set(values) == own | of_obligations


def test_periods_are_half_open_and_named_in_words(labels: pl.DataFrame) -> None:
    periods = labels.filter(kind="period").select("parent", "key", "label", "start_date", "end_date").rows()
    assert periods == [
        ("quarter", "2026-27-Q1", "April to June 2026", date(2026, 4, 1), date(2026, 7, 1)),
        ("rolling_4q", "2026-27-Q1", "July 2025 to June 2026", date(2025, 7, 1), date(2026, 7, 1)),
    ]


def test_a_month_is_one_month() -> None:
    assert period_label(date(2025, 12, 1), date(2026, 1, 1)) == "December 2025"


def test_statuses_are_explained(labels: pl.DataFrame) -> None:
    explained = labels.filter(kind="status")
    assert set(explained["key"]) == {"value", "c", "x", "z", "low"}
    assert explained["definition"].null_count() == 0


def test_one_label_per_thing(labels: pl.DataFrame) -> None:
    identity = ["kind", "key", "measure_id", "breakdown", "parent", "definition_version", "start_date"]
    assert not labels.select(identity).is_duplicated().any()
