"""Small homes for tests: making one, its settings, reading what it published.

What belongs here: plain functions that several folders of tests call. What does not: fixtures (`conftest.py`).
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from pipelines.settings import Home, Settings
from pipelines.warehouse.build import GOOD, Build
from pipelines.warehouse.database import open_for_writing
from pipelines.warehouse.publish import published_build

# A secret for tests: the same one everywhere, because person keys, and so the ids of records, depend on it.
PERSON_KEY = "00" * 32


@dataclass(frozen=True)
class Extracts:
    """A generated inbox, which tests copy and never change, and the truth about it."""

    inbox: Path
    truth: Path


def make_home(root: Path, extracts: Extracts | None = None) -> Home:
    """Return a new home at `root`, with a copy of the extracts in its inbox."""
    home = Home(root)
    home.initialise()
    home.person_key_file.write_text(PERSON_KEY + "\n", encoding="ascii")
    if extracts:
        shutil.copytree(extracts.inbox, home.inbox, dirs_exist_ok=True)
    return home


def copy_of(home: Home, root: Path) -> Home:
    """Return a copy of a home at `root`, to change; what the pipeline never writes again is linked, not copied.

    Archived files, landed files and builds appear whole and are only ever removed, so that both homes may share them.
    """
    once_written = [home.archive, home.landing, home.builds]
    shutil.copytree(
        home.root,
        root,
        symlinks=True,
        ignore=lambda folder, _: [one.name for one in once_written if one.parent == Path(folder)],
    )
    for folder in once_written:
        shutil.copytree(folder, root / folder.name, copy_function=_link_unless_lock)
    return Home(root)


def _link_unless_lock(source: str, target: str) -> None:
    """Link a file; a lock is copied, for who holds a linked one holds it in both homes."""
    if Path(source).name == ".lock":
        shutil.copy(source, target)
    else:
        os.link(source, target)


def settings_of(home: Home, **given: object) -> Settings:
    """Return settings for tests: files need not stand still first."""
    return Settings.of_home(home.root, settle_seconds=0, **given)


def figures_of(build: Path, edition: str = "internal") -> pl.DataFrame:
    """Return every figure of a build, without the build's id, in the order of the file."""
    return pl.read_parquet(build / "figures" / f"{edition}.parquet").drop("build_id")


def made_before(home: Home, **facts: str) -> Build:
    """Add to a home a build of a day before, with the published one's warehouse and other facts, and return it."""
    now = published_build(home)
    name = "20000101T000000000Z-00000000"
    before = Build(name, home.builds / name)
    before.folder.mkdir()
    shutil.copyfile(now.warehouse, before.warehouse)
    said = now.facts()
    known = datetime.fromisoformat(said["as_known_at"]) - timedelta(days=1)
    said |= {"as_known_at": known.isoformat(), "built_at": known.isoformat(), **facts}
    (before.folder / GOOD).write_text(json.dumps(said), encoding="utf-8")
    return before


def made_to_know_nothing(build: Build, *, since: str) -> None:
    """Take loads, events and the totals from a quarter on out of a build's warehouse; the figures stay listed."""
    with open_for_writing(build.warehouse) as warehouse:
        warehouse.execute("delete from landing.load")
        warehouse.execute("delete from marts.measure_event")
        warehouse.execute(
            "update coded.measure_observation set value = null where period_label >= $1::varchar", [since]
        )
