"""A county that nobody wrote code for: given labels from its seeds and figures, its packs are there, in its names."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest
from lxml import html

from pipelines.rendering import Rendered, render

NEW, NAME, CODE = "ottershire", "Ottershire", "E10000099"
OLD_CODE = "E10000016"
NAMES_OF_THINGS = ("Kent Homechoice", "Kent Agency Assessments")
"""A lettings scheme, as the figures have it, and a measure, by their proper names."""


def renamed(text: str) -> str:
    """Return an id of Kent's as the new county's: the authority, its own code, and those of its districts."""
    if text == "kent":
        return NEW
    return text.replace(OLD_CODE, CODE).replace("E070001", "E079901")


def new_name(text: str) -> str:
    """Return a place of Kent's under the new county's names."""
    return NAME if text == "Kent" else f"Otter {text}"


@pytest.fixture(scope="module")
def third_county(full_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything of Kent's under a name, codes and districts that stand nowhere in the program."""
    build = tmp_path_factory.mktemp("third")
    (build / "figures").mkdir()
    rows = pl.read_parquet(full_build / "figures" / "internal.parquet").filter(pl.col("authority") == "kent")
    rows.with_columns(pl.col("authority", "area_code").map_elements(renamed, return_dtype=pl.String)).write_parquet(
        build / "figures" / "internal.parquet"
    )
    labels = pl.read_parquet(full_build / "figures" / "labels.parquet").to_dicts()
    own = [one for one in labels if one["kind"] in ("area", "authority") and "kent" in (one["key"], one["parent"])]
    shared = [one for one in labels if one["kind"] not in ("area", "authority") or not one["parent"]]
    for one in own:
        one |= {"key": renamed(one["key"]), "parent": renamed(one["parent"]), "label": new_name(one["label"])}
    pl.DataFrame([*shared, *own], infer_schema_length=None).write_parquet(build / "figures" / "labels.parquet")
    said = json.loads((full_build / "figures" / "build.json").read_text("utf-8"))
    senders = [one for one in said["senders"] if one["authority"] == "kent"]
    said["senders"] = [{**one, "authority": NEW, "sender": renamed(one["sender"])} for one in senders]
    (build / "figures" / "build.json").write_text(json.dumps(said), "utf-8")
    shutil.copy(full_build / "warehouse.duckdb", build)
    with duckdb.connect(str(build / "warehouse.duckdb")) as connection:
        tables = connection.execute(
            "select table_schema || '.' || table_name from information_schema.columns where column_name = 'authority'"
        ).fetchall()
        for (table,) in tables:
            connection.execute(f"update {table} set authority = ? where authority = 'kent'", [NEW])
    return build


@pytest.fixture(scope="module")
def pages(third_county: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Rendered]:
    packs = ("corporate_parenting_board", "district", "young_people")
    out = tmp_path_factory.mktemp("packs")
    return render(
        third_county, out, packs=packs, formats=["html"], edition="internal", areas=["E07990105"], renderer="embedded"
    )


def test_a_new_county_has_every_page_that_no_protocol_of_another_owns(pages: list[Rendered]) -> None:
    assert [one.path.name.partition("_2026")[0] for one in pages] == [
        "corporate_parenting_board_ottershire",
        "district_ottershire_otter-ashford",
        "young_people_ottershire",
    ]


def test_its_pages_speak_of_it_and_of_nobody_elses_places(pages: list[Rendered]) -> None:
    """Given its pages, its names stand on them, and of other counties only what a published comparison or a word is."""
    for one in pages:
        root = html.parse(str(one.path)).getroot()
        assert root.findtext(".//h1").split(":")[0] in (NAME, "Otter Ashford")
        for aside in root.xpath("//section[@id='definitions' or @id='how-we-compare']|//dl"):
            aside.getparent().remove(aside)
        text = " ".join(root.get_element_by_id("main").text_content().split())
        for name in NAMES_OF_THINGS:
            text = text.replace(name, "")
        assert "Lancashire" not in text
        assert not {"Kent", "Pendle"} & set(text.replace(",", " ").replace(".", " ").split())


def test_it_has_as_many_figures_as_the_county_whose_figures_it_was_given(
    pages: list[Rendered], full_site: Path
) -> None:
    own = json.loads(pages[0].figures.read_text("utf-8"))["figures"]
    kents = full_site / "corporate_parenting_board_kent_2026-27-Q2_internal.figures.json"
    assert [one["text"] for one in own] == [one["text"] for one in json.loads(kents.read_text("utf-8"))["figures"]]
    assert all(one["id"].startswith(NEW) for one in own if one["id"].startswith(("kent", "lancashire", NEW)))
