"""Two worlds that differ only in what the public edition hides: no sentence, bar or table of a public page tells which.

The packs' other formats are made of the same cells, and are read by the attacker before they are issued
(`test_printed`).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.editions import PUBLIC
from pipelines.rendering import render
from pipelines.rendering.packs import PACKS

DISTRICT = "E07000121"
KEYS = ("authority", "area_code", "measure_id", "period_kind", "period_label", "breakdown", "breakdown_value")
# What is rated in a build: the target in force, which is published, beside the figure, which may be hidden.
RATED = """
    create schema marts;
    create table marts.measure_rating as
    select
        authority, area_code, measure_id, period_kind, period_label, breakdown, breakdown_value, statistic, value,
        case when value < 4 then 'red' else 'green' end as rating, 4.0 as target, cast(null as double) as floor,
        'more' as better, 'local' as kind, 'the protocol' as source
    from read_parquet(?)
    where breakdown = 'total' and period_kind = 'quarter' and statistic in ('events', 'people')
"""


@dataclass(frozen=True)
class World:
    """A build and the public pages made of it, by their names."""

    build: Path
    pages: dict[str, str]


def world(full_build: Path, build: Path, *, more: int) -> World:
    """Return a build whose hidden numbers are `more` than those of the shared one, with its public pages."""
    shutil.copytree(full_build, build)
    figures = build / "figures"
    hidden = pl.read_parquet(figures / "public.parquet").filter(pl.col("status") == "c")
    told = pl.read_parquet(figures / "internal.parquet").join(
        hidden.select(*KEYS, "statistic", hidden=pl.lit(value=True)), on=[*KEYS, "statistic"], how="left"
    )
    changed = told.with_columns(
        pl.when(pl.col("hidden")).then(pl.col(name) + more).otherwise(pl.col(name)).alias(name)
        for name in ("value", "numerator", "denominator")
    )
    changed.drop("hidden").write_parquet(figures / "internal.parquet")
    with duckdb.connect(str(build / "warehouse.duckdb")) as warehouse:
        warehouse.execute("update marts.obligation_due set days_to_go = days_to_go - ?", [more])
        warehouse.execute("update landing.protocol_forms__commentary set text = text || ?", [f" That is {more} more."])
    with duckdb.connect(str(build / "analyst.duckdb")) as analyst:
        analyst.execute(RATED, [str(figures / "internal.parquet")])
    packs = [one.pack for one in PACKS.values() if PUBLIC in one.editions]
    made = render(build, build / "pages", packs=packs, formats=["html"], renderer="embedded", areas=[DISTRICT])
    return World(build, {one.path.name: one.path.read_text("utf-8") for one in made})


def ratings(build: Path) -> list[tuple[str]]:
    with duckdb.connect(str(build / "analyst.duckdb"), read_only=True) as analyst:
        return analyst.execute("select rating from marts.measure_rating order by all").fetchall()


@pytest.fixture(scope="module")
def worlds(full_build: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, World]:
    """Two worlds with other hidden numbers."""
    folder = tmp_path_factory.mktemp("worlds")
    return world(full_build, folder / "one", more=0), world(full_build, folder / "other", more=2)


def test_every_kind_of_public_page_is_the_same_whatever_is_hidden(worlds: tuple[World, World]) -> None:
    """Given other hidden counts, ratings and texts, when the pages are made, then not a byte of any differs."""
    one, other = worlds
    assert len(one.pages) == 6
    assert one.pages.keys() == other.pages.keys()
    assert [name for name, page in one.pages.items() if page != other.pages[name]] == []
    assert all("[c]" in page for name, page in one.pages.items() if not name.startswith("young_people"))


def test_the_worlds_differ_in_every_hidden_number(worlds: tuple[World, World]) -> None:
    """Given the same worlds, then whoever sees the internal figures, or their ratings, tells one from the other."""
    one, other = (pl.read_parquet(each.build / "figures" / "internal.parquet") for each in worlds)
    public = pl.read_parquet(worlds[0].build / "figures" / "public.parquet")
    differing = one.filter(one["value"].ne_missing(other["value"]))
    assert differing.select(*KEYS, "statistic").equals(public.filter(status="c").select(*KEYS, "statistic"))
    rated = [ratings(each.build) for each in worlds]
    assert rated[0] != rated[1]
