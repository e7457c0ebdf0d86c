"""What lands of generated extracts is, row for row and cell for cell, what the generator says it must be.

The generator's list of records emitted is written by other hands than landing and shares no code with it.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from inbox_of_a_test import Inbox, packaged_contracts

import quality
from pipelines.landing import LandingReport
from pipelines.synthetic import generate, generate_bad_day
from pipelines.synthetic.tables import TABLES

# With forty people in a file a share strays that far by chance.
CHANCE_IN_FORTY = 0.1
ROW = ["family", "sender", "file_name", "data_date", "row_number"]
NAMES = tuple(f"{table.family}__{table.name}" for table in TABLES.values())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Inbox, Path, LandingReport]:
    """Four months of both counties with forty people each, landed."""
    folder = tmp_path_factory.mktemp("world")
    inbox = Inbox(folder / "home")
    generate(inbox.home.inbox, folder / "truth", people=40, seed=7, months=4)
    return inbox, folder / "truth" / "emitted", inbox.land()


def emitted(truth: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(truth / f"{name}.parquet").with_columns(pl.col("received_at").dt.replace_time_zone(None))


def landed(inbox: Inbox, kind: str, name: str, report: LandingReport) -> pl.DataFrame:
    """Return the rows of one extract and kind, with the file they came from."""
    loads = pl.DataFrame(
        [
            {
                "load_id": load.load_id,
                "family": load.family,
                "sender": load.sender,
                "file_name": load.file_name,
                "load_data_date": load.data_date,
            }
            for load in report.loads
            if load.name == name
        ],
        schema={
            **dict.fromkeys(("load_id", "family", "sender", "file_name"), pl.String),
            "load_data_date": pl.Date,
        },
    )
    family, table = name.split("__")
    paths = sorted((inbox.home.landing / kind / f"family={family}" / f"table={table}").rglob("*.parquet"))
    if not paths:
        return loads.clear().with_columns(
            pl.lit(None, pl.Int64).alias("row_number"),
            pl.lit(None, pl.String).alias("column"),
            rule=pl.lit(None, pl.String),
        )
    rows = pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in paths])
    return rows.join(loads, on="load_id", how="inner")


def test_every_generated_file_lands(world: tuple[Inbox, Path, LandingReport]) -> None:
    inbox, _, report = world
    assert {receipt.outcome for receipt in report.files} == {"landed"}
    assert {load.name for load in report.loads} == set(NAMES)
    assert inbox.left() == []


@pytest.mark.parametrize("name", NAMES)
def test_accepted_rows_hold_exactly_the_values_meant(world: tuple[Inbox, Path, LandingReport], name: str) -> None:
    inbox, truth, report = world
    meant = emitted(truth, name).filter(pl.col("outcome") == "accepted")
    columns = [*ROW, "received_at", *(column.name for column in packaged_contracts()[name].columns)]
    found = landed(inbox, "accepted", name, report)
    assert (found["data_date"] == found["load_data_date"]).all()
    assert meant.height > 0
    assert found.select(columns).sort(ROW).equals(meant.select(columns).sort(ROW))


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_meant_to_be_rejected_are_and_no_other(world: tuple[Inbox, Path, LandingReport], name: str) -> None:
    inbox, truth, report = world
    meant = emitted(truth, name).filter(pl.col("outcome") == "rejected")
    found = landed(inbox, "rejects", name, report).rename({"load_data_date": "data_date"})
    assert found.select(ROW).sort(ROW).equals(meant.select(ROW).sort(ROW))
    # The generator names by their rules only what the page of seams names.
    named = ("end_before_start", "duplicate_key", "missing")
    both = meant.select(*ROW, "reject_rule").join(found, on=ROW)
    assert both.filter(pl.col("reject_rule").is_in(named) & (pl.col("reject_rule") != pl.col("rule"))).height == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_cells_meant_to_be_refused_are_and_no_other(world: tuple[Inbox, Path, LandingReport], name: str) -> None:
    inbox, truth, report = world
    meant = (
        emitted(truth, name)
        .filter((pl.col("outcome") == "accepted") & (pl.col("refused_columns").fill_null("") != ""))
        .select(*ROW, pl.col("refused_columns").str.split(",").alias("column"))
        .explode("column", empty_as_null=True, keep_nulls=True)
    )
    found = landed(inbox, "refused_cells", name, report).rename({"load_data_date": "data_date"})
    order = [*ROW, "column"]
    assert found.select(order).sort(order).equals(meant.select(order).sort(order))


def test_the_world_holds_something_of_everything(world: tuple[Inbox, Path, LandingReport]) -> None:
    """Otherwise the comparisons above would prove little."""
    _, _, report = world
    assert report.rows_accepted > 2_000
    assert report.rows_rejected > 0
    assert report.cells_refused > 20
    assert report.rows_read == report.rows_accepted + report.rows_rejected


def test_a_bad_day_ends_as_the_generator_says(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "home")
    day = generate_bad_day(inbox.home.inbox)
    receipts = {receipt.file_name: receipt for receipt in inbox.land().files}
    for bad in day:
        receipt = receipts.pop(bad.path.name)
        assert receipt.outcome == ("landed" if bad.expected == "partly" else bad.expected), bad.name
        found = [(load.rows_read, load.rows_rejected, load.cells_refused) for load in receipt.loads]
        assert found == ([(bad.rows, bad.rejected, bad.refused_cells)] if bad.expected == "partly" else []), bad.name
        assert bad.path.exists() == (bad.expected != "partly"), bad.name
        assert bad.path.with_name(bad.path.name + ".why.txt").exists() == (bad.expected == "refused"), bad.name
    assert receipts == {}


def test_ordinary_extracts_are_as_complete_as_their_contracts_expect(world: tuple[Inbox, Path, LandingReport]) -> None:
    inbox, _, report = world
    profiles = quality.profile_loads(report.loads, inbox.home.landing, inbox.contracts)
    short = {
        name: worst
        for name, frame in profiles.items()
        if (worst := frame.filter(like="shortfall_").max().max()) > CHANCE_IN_FORTY
    }
    assert short == {}
