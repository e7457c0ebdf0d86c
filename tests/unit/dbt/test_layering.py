"""What a model may read, and what each model must carry, held over dbt's manifest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from built_project import Built

MAY_READ = {
    "staging": {"source"},
    "core": {"staging", "core", "seeds"},
    "measures": {"core", "seeds"},
    "obligations": {"core", "obligations", "seeds"},
    "marts": {"measures", "obligations", "marts", "core", "seeds"},
    "analyst": {"marts", "core", "seeds"},
}
IDENTIFIERS = {"date_of_birth", "death_date", "postcode", "forename", "surname", "ni_number", "person_id", "case_ref"}


def models(built: Built) -> list[dict[str, Any]]:
    return [node for node in built.manifest["nodes"].values() if node["resource_type"] == "model"]


def layer(node: dict[str, Any]) -> str:
    return "source" if node["resource_type"] == "source" else str(node["schema"])


def parents(built: Built, model: dict[str, Any]) -> Iterable[dict[str, Any]]:
    nodes = {**built.manifest["nodes"], **built.manifest["sources"]}
    return (nodes[unique_id] for unique_id in model["depends_on"]["nodes"])


def test_every_layer_has_models(built: Built) -> None:
    assert {layer(model) for model in models(built)} == set(MAY_READ)


def test_models_read_only_the_layers_before_them(built: Built) -> None:
    backwards = [
        f"{model['name']} reads {parent['name']} ({layer(parent)})"
        for model in models(built)
        for parent in parents(built, model)
        if layer(parent) not in MAY_READ[layer(model)]
    ]

    assert backwards == []


def test_a_staging_model_reads_one_source_and_joins_nothing(built: Built) -> None:
    wrong = [
        model["name"]
        for model in models(built)
        if layer(model) == "staging" and (len(model["depends_on"]["nodes"]) != 1 or " join " in model["raw_code"])
    ]

    assert wrong == []


def test_a_description_says_what_one_row_is(built: Built) -> None:
    wrong = [model["name"] for model in models(built) if not model["description"].startswith("One row per ")]

    assert wrong == []


def test_every_model_has_an_owner(built: Built) -> None:
    assert [model["name"] for model in models(built) if not model["config"]["meta"].get("owner")] == []


def test_every_model_has_a_tested_primary_key(built: Built) -> None:
    keyed = {
        node["attached_node"]
        for node in built.manifest["nodes"].values()
        if node["resource_type"] == "test" and node.get("test_metadata", {}).get("name") == "primary_key"
    }

    assert [model["name"] for model in models(built) if model["unique_id"] not in keyed] == []


@pytest.mark.parametrize("schema", ["core", "marts", "analyst"])
def test_every_column_that_people_read_is_described(built: Built, schema: str, warehouse: Any) -> None:
    described = {
        (model["alias"], column)
        for model in models(built)
        if layer(model) == schema
        for column, facts in model["columns"].items()
        if facts["description"]
    }
    present = warehouse.execute(
        "select table_name, column_name from information_schema.columns where table_schema = ?", [schema]
    ).fetchall()

    assert sorted(set(present) ^ described) == []


@pytest.mark.parametrize("schema", ["marts", "analyst"])
def test_what_analysts_read_holds_no_direct_identifier(built: Built, schema: str) -> None:
    held = [
        f"{model['name']}.{column}"
        for model in models(built)
        if layer(model) == schema
        for column in model["columns"]
        if column in IDENTIFIERS
    ]

    assert held == []


def test_no_view_names_the_catalogue_of_its_build(built: Built, warehouse: Any) -> None:
    """Given that the file is called otherwise once published, then a view reads tables of whichever file it is in."""
    views = warehouse.sql("select view_name, sql from duckdb_views() where not internal").fetchall()
    ((catalogue,),) = warehouse.sql("select current_database()").fetchall()

    assert {name for name, _ in views} == {"measure_observation", "measure_trend"}
    assert [name for name, sql in views if f"{catalogue}." in sql.partition(" AS ")[2]] == []
