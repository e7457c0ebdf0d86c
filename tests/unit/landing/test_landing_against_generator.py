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
from pipelines.synthetic.truth import truth_name

# With forty people in a file a share strays that far by chance.
CHANCE_IN_FORTY = 0.1
ROW = ["family", "sender", "file_name", "data_date", "row_number"]
LISTS = ("case_system__annex_a_list_8", "case_system__annex_a_list_9")
NAMES = tuple(name for table in TABLES.values() if (name := f"{table.family}__{table.name}") not in LISTS)
RETURNS = tuple(name for name in NAMES if "ssda903" in name)

World = tuple[Inbox, Path, LandingReport]


def made(folder: Path, people: int, case_systems: dict[str, str] | None = None) -> World:
    inbox = Inbox(folder / "home")
    generate(inbox.home.inbox, folder / "truth", people=people, seed=7, months=7, case_systems=case_systems)
    return inbox, folder / "truth" / "emitted", inbox.land()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Seven months, one 31 March among them, of both counties with sixty people each, landed."""
    both = dict.fromkeys(("kent", "lancashire"), "ssd_and_ssda903")
    return made(tmp_path_factory.mktemp("world"), 60, both)


@pytest.fixture(scope="module")
def world_of_lists(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Fewer people, of whom one county sends Ofsted's lists and the other the yearly return, and no dataset."""
    return made(tmp_path_factory.mktemp("lists"), 25, {"kent": "ssda903", "lancashire": "annex_a"})


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


def test_every_generated_file_lands(world: World) -> None:
    inbox, _, report = world
    assert {receipt.outcome for receipt in report.files} == {"landed"}
    assert {load.name for load in report.loads} == set(NAMES)
    assert inbox.left() == []


def compare_accepted(world: World, name: str) -> None:
    inbox, truth, report = world
    meant = emitted(truth, name).filter(pl.col("outcome") == "accepted")
    canonical = [column.name for column in packaged_contracts()[name].columns]
    columns = [*ROW, "received_at", *canonical]
    meant = meant.select(*ROW, "received_at", *(pl.col(truth_name(column)).alias(column) for column in canonical))
    found = landed(inbox, "accepted", name, report)
    assert (found["data_date"] == found["load_data_date"]).all()
    assert meant.height > 0
    assert found.select(columns).sort(ROW).equals(meant.select(columns).sort(ROW))


def compare_rejected(world: World, name: str) -> None:
    inbox, truth, report = world
    meant = emitted(truth, name).filter(pl.col("outcome") == "rejected")
    found = landed(inbox, "rejects", name, report).rename({"load_data_date": "data_date"})
    assert found.select(ROW).sort(ROW).equals(meant.select(ROW).sort(ROW))
    # The generator names by their rules only what the page of seams names.
    named = ("end_before_start", "duplicate_key", "missing")
    both = meant.select(*ROW, "reject_rule").join(found, on=ROW)
    assert both.filter(pl.col("reject_rule").is_in(named) & (pl.col("reject_rule") != pl.col("rule"))).height == 0


def compare_refused(world: World, name: str) -> None:
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


@pytest.mark.parametrize("name", NAMES)
def test_accepted_rows_hold_exactly_the_values_meant(world: World, name: str) -> None:
    compare_accepted(world, name)


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_meant_to_be_rejected_are_and_no_other(world: World, name: str) -> None:
    compare_rejected(world, name)


@pytest.mark.parametrize("name", NAMES)
def test_the_cells_meant_to_be_refused_are_and_no_other(world: World, name: str) -> None:
    compare_refused(world, name)


@pytest.mark.parametrize("name", [*LISTS, *RETURNS])
def test_what_is_sent_instead_of_the_dataset_lands_as_meant(world_of_lists: World, name: str) -> None:
    compare_accepted(world_of_lists, name)
    compare_rejected(world_of_lists, name)
    compare_refused(world_of_lists, name)


def test_who_sends_lists_sends_no_dataset(world_of_lists: World) -> None:
    _, _, report = world_of_lists
    sent = {(load.sender, load.table) for load in report.loads if load.family == "case_system"}
    assert sent == {("lancashire", name.split("__")[1]) for name in LISTS} | {
        ("kent", name.split("__")[1]) for name in RETURNS
    }


def test_the_world_holds_something_of_everything(world: World) -> None:
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
