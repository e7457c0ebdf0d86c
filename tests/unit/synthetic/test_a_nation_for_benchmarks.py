"""More authorities than two: invented ones, in the seeds of a copy of the program."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipelines.project_files import dbt_project
from pipelines.synthetic.nation import add_authorities

PIPELINES = Path(__file__).parents[3] / "pipelines"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the seeds, as a benchmark makes it."""
    shutil.copytree(dbt_project() / "seeds", tmp_path / "dbt_project" / "seeds")
    return tmp_path


def seed(copy: Path, name: str) -> list[dict[str, str]]:
    with (copy / "dbt_project" / "seeds" / "protocol" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_invented_district_has_a_scheme_bands_and_postcodes_of_its_own(copy: Path) -> None:
    add_authorities(copy / "dbt_project", 153)
    authorities = seed(copy, "authority")
    districts = [row["area_code"] for row in seed(copy, "area") if row["area_type"] == "district"]
    prefixes = [row["prefix"] for row in seed(copy, "postcode_area")]

    assert len(authorities) == 153
    assert {row["protocol_letter"] for row in authorities} == {"K", "L"}
    assert len(set(districts)) == len(districts) > 320
    assert len(set(prefixes)) == len(prefixes)
    for name, column in (
        ("scheme_area", "area_code"),
        ("scheme_band", "local_authority_gss"),
        ("postcode_area", "district_gss"),
    ):
        assert set(districts) <= {row[column] for row in seed(copy, name)}, name


def test_a_measure_by_scheme_may_find_every_invented_scheme(copy: Path) -> None:
    path = copy / "dbt_project" / "seeds" / "measures" / "breakdown_value.csv"
    before = pl.read_csv(path).filter(pl.col("breakdown") == "scheme")
    add_authorities(copy / "dbt_project", 5)
    added = pl.read_csv(path).filter(pl.col("breakdown_value").str.starts_with("syn"))

    assert set(added["breakdown_value"]) == {"syn001_homes", "syn002_homes", "syn003_homes"}
    assert set(added["measure_id"]) == set(before["measure_id"])
    assert added["as_found"].all()


def test_a_copy_is_filled_once(copy: Path) -> None:
    add_authorities(copy / "dbt_project", 3)

    with pytest.raises(ValueError, match="3 to 400"):
        add_authorities(copy / "dbt_project", 4)


def test_a_copy_s_program_writes_extracts_of_every_authority(copy: Path) -> None:
    shutil.copytree(PIPELINES, copy / "pipelines", ignore=shutil.ignore_patterns("__pycache__"))
    add_authorities(copy / "dbt_project", 4)
    given = ["--inbox", "inbox", "--truth", "truth", "--people", "8", "--months", "6", "--every", "3"]
    subprocess.run(
        [sys.executable, "-m", "pipelines.synthetic.nation", "extracts", *given],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)},
        check=True,
        capture_output=True,
    )
    folders = {path.name for path in (copy / "inbox" / "case_system").iterdir()}
    links = pl.read_parquet(copy / "truth" / "links.parquet")

    assert folders == {"kent", "lancashire", "syn001", "syn002"}
    assert {"syn001_homes", "syn002_homes"} <= {path.name for path in (copy / "inbox" / "lettings").iterdir()}
    assert set(links["authority"].drop_nulls()) == folders
    assert links.select("authority", "family", "sender", "source_ref").is_unique().all()
