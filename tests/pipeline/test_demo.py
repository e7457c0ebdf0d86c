"""The demo through the command line: from nothing to packs, and again.

Given a machine without a network, when `lasting-homes demo` is run, then a stranger can see what came of it.
"""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from processes import Cut, Demo
from small_homes import copy_of, figures_of

from pipelines.contracts import load_contracts
from pipelines.settings import Home
from pipelines.warehouse.publish import published_build

pytestmark = pytest.mark.slow
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def again(demo: Demo, lasting_homes: Run) -> dict[str, Any]:
    """Return what the second run of the same demo says with --json, beside the figures of the first."""
    first = pl.read_parquet(demo.home / "published" / "figures" / "internal.parquet")
    said = lasting_homes("demo", "--home", demo.home, "--people", "40", "--json")
    assert said.returncode == 0, said.stderr
    return {"first": first, "said": json.loads(said.stdout), "progress": said.stderr}


def test_the_demo_is_done_although_rows_were_rejected(demo: Demo) -> None:
    assert demo.said.returncode == 0, demo.said.stderr
    read, accepted, rejected = (
        int(number.replace(",", ""))
        for number in re.search(  # type: ignore[union-attr]
            r"rows +([\d,]+) read = ([\d,]+) accepted \+ ([\d,]+) rejected", demo.said.stdout
        ).groups()
    )
    assert read == accepted + rejected
    assert rejected > 0, "a demo without a rejected row teaches nobody what to do with one"
    assert "rejected rows and refused cells are expected" in demo.said.stdout


@pytest.mark.parametrize(
    "promised", ["files read", "cells refused", "housing records", "checks passed", "headline figures", "Data Docs"]
)
def test_the_demo_says(demo: Demo, promised: str) -> None:
    assert promised in demo.said.stdout


def test_every_place_that_the_demo_names_exists(demo: Demo) -> None:
    places = re.findall(re.escape(str(demo.home)) + r"\S*", demo.said.stdout.split("where")[-1])
    assert len(places) == 6
    assert [place for place in places if not Path(place).exists()] == []


def test_progress_goes_to_standard_error_plainly(demo: Demo) -> None:
    lines = demo.said.stderr.splitlines()
    assert all(re.match(r" *\d+\.\ds  \w+ +\S", line) for line in lines), demo.said.stderr
    assert {line.split()[1] for line in lines} >= {"generate", "landing", "quality", "identity", "warehouse", "publish"}
    assert "\x1b" not in demo.said.stderr + demo.said.stdout


def test_both_packs_are_there_in_three_formats(demo: Demo) -> None:
    made = {path.name.split("_2")[0] + path.suffix for path in (demo.home / "packs").iterdir()}
    for pack in ("khog_kent", "corporate_parenting_board_lancashire"):
        assert {f"{pack}{suffix}" for suffix in (".html", ".pdf", ".docx")} <= made


def test_the_second_run_generates_nothing_and_gives_the_same_figures(demo: Demo, again: dict[str, Any]) -> None:
    assert "were made before" in again["progress"]
    assert "lives in" not in again["progress"]
    second = pl.read_parquet(demo.home / "published" / "figures" / "internal.parquet")
    assert again["first"].drop("build_id").equals(second.drop("build_id"))
    assert again["first"]["build_id"][0] != second["build_id"][0]


def test_letters_call_their_senders_by_name(demo: Demo) -> None:
    letters = {path.name: path.read_text(encoding="utf-8") for path in (demo.home / "published/data_docs").iterdir()}
    read = {name: re.sub(r"<[^>]*>", " ", text) for name, text in letters.items()}
    assert "Preston" in read["index.html"]
    assert "Your homelessness data: Preston" in read["homelessness-e07000123.html"]
    assert [name for name, text in read.items() if "E07000" in text] == []


def test_json_says_what_the_text_says(demo: Demo, again: dict[str, Any]) -> None:
    said = again["said"]
    assert set(said) == {"home", "published", "rejects", "headlines", "packs", "seconds"}
    assert 0 < said["published"]["files"] <= said["published"]["loads"]
    assert sum(one["rows"] for one in said["rejects"]) == said["published"]["rows_rejected"]
    assert f"{said['published']['files']} files" in demo.said.stdout
    assert {one["authority"] for one in said["headlines"]} == {"kent", "lancashire"}


def test_another_demo_does_not_mix_with_this_one(demo: Demo, lasting_homes: Run) -> None:
    said = lasting_homes("demo", "--home", demo.home, "--people", "41")
    assert said.returncode == 1
    assert "40 people with seed 1" in said.stderr


def test_dagster_knows_the_run(demo: Demo) -> None:
    with sqlite3.connect(demo.home / "dagster" / "history" / "runs.db") as runs:
        assert {row[0] for row in runs.execute("select status from runs")} == {"SUCCESS"}
    with sqlite3.connect(demo.home / "dagster" / "history" / "runs" / "index.db") as index:
        known = {row[0] for row in index.execute("select asset_key from asset_keys")}
    for key in (
        '["case_system", "ssd_person"]',
        '["marts", "measure_event"]',
        '["published_build"]',
        '["packs", "khog"]',
    ):
        assert key in known


def test_no_person_is_named_outside_the_restricted_places(demo: Demo, again: dict[str, Any]) -> None:
    """Names, dates of birth, NI numbers and postcodes stay in landing, the archive, the inbox and warehouse.duckdb."""
    home = Home(demo.home)
    build = published_build(home)
    people = set(_identifiers(home))
    assert len(people) > 500, "this test would pass without looking at anything"
    open_to_more = [home.dagster, home.logs, home.packs, home.config, build.figures, build.data_docs]
    files = [path for folder in open_to_more for path in folder.rglob("*") if path.is_file()]
    # What dbt parsed holds the made-up rows of its unit tests, which are in the repository anyway.
    files = [path for path in files if home.dagster / "dbt" not in path.parents] + [build.folder / "good.json"]
    found = {
        (path.relative_to(home.root).as_posix(), len(person))
        for path in files
        for person in _found(path.read_bytes(), people)
    }
    assert not found
    said = (demo.said.stdout + demo.said.stderr + again["progress"]).encode()
    assert not _found(said, people)


def _identifiers(home: Home) -> Iterator[bytes]:
    """Yield every direct identifier that landed, as it would stand in a text."""
    for contract in load_contracts():
        columns = [column for column in contract.columns if column.privacy == "direct_identifier"]
        for path in (home.landing / "accepted" / f"family={contract.family}" / f"table={contract.table}").rglob(
            "*.parquet"
        ):
            for column in columns:
                values = pl.read_parquet(path, columns=[column.name])[column.name].drop_nulls().unique()
                yield from (str(value).encode() for value in values if len(str(value)) > 5)


def _found(content: bytes, people: set[bytes]) -> set[bytes]:
    """Return the identifiers that stand in the content as words of their own."""
    words = set(re.findall(rb"[\w'\-\x80-\xff]+", content))
    return {person for person in people if (person in words if b" " not in person else person in content)}


@dataclass(frozen=True)
class FirstWeek:
    """What the commands of the README's first week said in a copy of the demo's home, by its first words."""

    home: Path
    said: dict[str, subprocess.CompletedProcess[str]]

    def of(self, command: str) -> subprocess.CompletedProcess[str]:
        """Return what the first command that begins so said."""
        return next(said for line, said in self.said.items() if line.startswith(command))


@pytest.fixture(scope="module")
def first_week(demo: Demo, tmp_path_factory: pytest.TempPathFactory, cut_off: Cut) -> FirstWeek:
    """Run the README's own commands, line by line, where a delivery of two rows has come besides."""
    clone = tmp_path_factory.mktemp("first-week")
    (clone / ".venv").symlink_to(Path(sys.prefix))
    home = copy_of(Home(demo.home), clone / "demo")
    inbox = home.inbox / "case_system" / "kent"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "ssd_address_2026-10-31.csv").write_text(
        "addr_table_id,addr_person_id,addr_address_start_date,addr_address_end_date,addr_address_postcode\n"
        "A1,0000001,2026-01-02,,XK11 2AB\nA2,,2026-01-02,,XK11 2AB\n",
        encoding="utf-8",
    )
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    block = text.split("## First week")[1].split("```sh\n")[1].split("```")[0]
    lines = [line for line in block.splitlines() if line and not line.startswith("#")]
    settings, *commands = lines
    said = {
        line: subprocess.run(
            [*cut_off.prefix, "bash", "-c", f"{settings}\n{line}"],
            cwd=clone,
            env=cut_off.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for line in commands
    }
    return FirstWeek(home.root, said)


def test_the_first_week_of_the_readme(first_week: FirstWeek) -> None:
    """Drop a file, see the reject, mend it, see the figure change, trace it: as the README says."""
    wrong = {line: done.stderr for line, done in first_week.said.items() if done.returncode not in {0, 3}}
    assert wrong == {}
    assert re.search(r"\b0 +12\b", first_week.of("lasting-homes sql").stdout), "the figure before"
    landed = first_week.of("lasting-homes land")
    assert landed.returncode == 3
    assert re.search(r"partner_return_2026-11-02.csv: 1 of \d+ rows", landed.stdout)
    assert (first_week.home / "rejects" / "protocol_forms_kent.xlsx").is_file()
    refreshed = first_week.of("lasting-homes refresh")
    assert re.search(r"earlier rejects resolved: [1-9]", refreshed.stdout), "the mended row"
    assert "Held: protocol_forms/partner_return" not in refreshed.stdout
    traced = first_week.of("lasting-homes trace").stdout
    assert "2 of 12" in traced.splitlines()[1], "the figure after"
    for district in ("E07000106", "E07000108"):
        assert re.search(rf"{district} .* True .*partner_return_2026-11-03.csv", traced), (
            f"{district} is traced to its file"
        )


def test_a_broken_delivery_is_held_and_the_refresh_goes_on(demo: Demo, first_week: FirstWeek) -> None:
    """Given a home with figures, when a delivery comes with two of its rows, then it is held and the exit code is 3."""
    said = first_week.of("lasting-homes refresh")
    assert said.returncode == 3, said.stderr
    assert "1 of 2 rows of ssd_address" in first_week.of("lasting-homes land").stdout
    assert "Held: case_system/ssd_address of kent, data of 2026-10-31" in said.stdout
    before, after = (
        figures_of(published_build(Home(home)).folder).filter(pl.col("measure_id") != "partner_returns_received")
        for home in (demo.home, first_week.home)
    )
    assert after.equals(before)


@pytest.mark.usefixtures("again", "first_week")
def test_nothing_tries_to_leave_the_machine(demo: Demo, cut_off: Cut, lasting_homes: Run) -> None:
    """Demo, refresh and report: no usage statistics, no version look-up, no extension, no font from elsewhere."""
    report = lasting_homes("report", "--home", demo.home, "--pack", "khog", "--format", "html")
    assert report.returncode == 0, report.stderr
    assert not cut_off.attempts.exists(), cut_off.attempts.read_text(encoding="utf-8")


def test_the_watch_for_attempts_does_watch(cut_off: Cut) -> None:
    """Given a process that does try, then the attempt is noted: the test above can fail."""
    noted = cut_off.attempts.with_name("provoked.txt")
    program = "import urllib.request as r\ntry: r.urlopen('http://192.0.2.1/', timeout=1)\nexcept OSError: pass"
    subprocess.run(
        [*cut_off.prefix, "python3", "-c", program],
        env={**cut_off.environment, "NETWORK_ATTEMPTS": str(noted)},
        check=True,
    )
    assert "192.0.2.1" in noted.read_text(encoding="utf-8")
