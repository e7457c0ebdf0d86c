"""The words of DfE's real tables are those that the seeds translate, so that no figure falls out of the comparison."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from built_project import PROJECT

SHARED = Path(__file__).parents[4] / "shared" / "data" / "dfe"
SEEDS = PROJECT / "seeds" / "published"
# Parts of "total information not known", which is compared as a whole.
PARTS = {"local authority not in touch", "young person no longer requires services", "young person refuses contact"}
TABLES = {
    "la_care_leavers_accommodation_suitability": ("care_leavers_suitability", "accommodation_suitability", "age"),
    "la_care_leavers_accommodation_suitability_22to25": (
        "care_leavers_suitability",
        "accommodation_suitability",
        "age",
    ),
    "la_care_leavers_intouch": ("care_leavers_in_touch", "in_touch", "age"),
    "national_accommodation_of_care_leavers": (
        "care_leavers_accommodation",
        "accommodation_type",
        "care_leaver_age",
    ),
}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data folder is not beside the project")
@pytest.mark.parametrize("name", TABLES)
def test_every_category_and_age_of_dfes_tables_is_translated(name: str) -> None:
    table, category, age = TABLES[name]
    published = rows(SHARED / f"DfE_2024release_{name}.csv")
    known = {row["category"] for row in rows(SEEDS / "published_category.csv") if row["table_name"] == table}
    ages = {row["age_label"] for row in rows(SEEDS / "published_age.csv")}

    parts = PARTS if table == "care_leavers_accommodation" else set()
    assert {row[category].lower() for row in published} == known | parts
    assert {row[age] for row in published} <= ages


def test_what_is_compared_is_counted_by_a_measure_that_has_it() -> None:
    measures = {row["measure_id"] for row in rows(PROJECT / "seeds" / "measures" / "measures.csv")}
    listed = {
        (row["measure_id"], row["breakdown"], row["breakdown_value"])
        for row in rows(PROJECT / "seeds" / "measures" / "breakdown_value.csv")
    }
    wrong = [
        (row["comparison"], value)
        for row in rows(SEEDS / "comparison.csv")
        for value in row["breakdown_values"].split()
        if row["measure_id"] not in measures
        or not {(row["measure_id"], row["breakdown"], value), ("*", row["breakdown"], value)} & listed
    ]

    assert wrong == []
