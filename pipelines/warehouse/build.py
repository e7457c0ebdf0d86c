"""Build folders: their names, their parts, and what becomes of those that were never finished.

What belongs here: making, listing and removing `builds/<build_id>`. What does not: what is written into one.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.durable import PRIVATE, sync, sync_tree, write_durably
from pipelines.settings import Home

GOOD = "good.json"


@dataclass(frozen=True)
class Build:
    """One build: a folder whose files always have the same names."""

    build_id: str
    folder: Path

    @property
    def warehouse(self) -> Path:
        """The restricted database: landing's current rows, identity, staging, core, measures and marts."""
        return self.folder / "warehouse.duckdb"

    @property
    def analyst(self) -> Path:
        """The pseudonymous database: marts and analyst views only."""
        return self.folder / "analyst.duckdb"

    @property
    def figures(self) -> Path:
        """What may be shown, as Parquet and CSV."""
        return self.folder / "figures"

    @property
    def data_docs(self) -> Path:
        """The quality pages for senders."""
        return self.folder / "data_docs"

    @property
    def dbt(self) -> Path:
        """The compiled SQL and the results of the dbt run."""
        return self.folder / "dbt"

    @property
    def is_good(self) -> bool:
        """Whether every invariant held."""
        return (self.folder / GOOD).exists()

    @property
    def looks_back(self) -> bool:
        """Whether it was made to know less than was known when it was made: a past night."""
        facts = self.facts()
        if "as_known_at" not in facts or "built_at" not in facts:
            return False
        return datetime.fromisoformat(facts["as_known_at"]) < datetime.fromisoformat(facts["built_at"])

    def mark_good(self, facts: dict[str, Any]) -> None:
        """Record that every invariant held, with the facts of the run (counts, never a person's value).

        What it is said of is on the disk first: after a power cut no build is good whose files are empty.
        """
        sync_tree(self.folder)
        write_durably(self.folder / GOOD, json.dumps(facts, indent=2, sort_keys=True) + "\n")

    def facts(self) -> dict[str, Any]:
        """Return what `mark_good` recorded; empty for a build that was never good."""
        path = self.folder / GOOD
        if not path.exists():
            return {}
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return facts


def open_build(home: Home, *, inputs: Iterable[str], now: datetime | None = None) -> Build:
    """Make an empty build folder, mode 0700, and return it.

    Args:
        home: The home; its `builds` folder must exist.
        inputs: Whatever the build is a function of (load ids, configuration hash, as_known_at); order does not matter.
        now: The clock, UTC; the build id begins with it, so that ids sort by age.

    Raises:
        FileExistsError: A build of the same inputs was opened in the same millisecond.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    digest = hashlib.sha256("\n".join(sorted(inputs)).encode()).hexdigest()[:8]
    build_id = f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}Z-{digest}"
    build = Build(build_id, home.builds / build_id)
    build.folder.mkdir(mode=PRIVATE)
    return build


def builds(home: Home) -> list[Build]:
    """Return every build of the home, finished or not, oldest first."""
    if not home.builds.is_dir():
        return []
    return [Build(folder.name, folder) for folder in sorted(home.builds.iterdir()) if folder.is_dir()]


def discard_half_builds(home: Home) -> list[str]:
    """Remove builds that never passed their invariants, what a killed refresh leaves behind; return their ids.

    Call it only while holding the home's lock: another refresh's build would look the same.
    """
    halves = [build for build in builds(home) if not build.is_good]
    for build in halves:
        shutil.rmtree(build.folder)
    return [build.build_id for build in halves]


def discard_all_but(home: Home, kept: Build) -> int:
    """Remove every build but one, whatever state they are in; return how many those were.

    For what must be in no build that is older; call it only while holding the home's lock.
    """
    others = [build for build in builds(home) if build.build_id != kept.build_id]
    for build in others:
        _discard(build)
    return len(others)


def retain(home: Home, *, keep: int, published: Build | None) -> list[str]:
    """Remove good builds beyond the newest `keep`, never the published one; return the removed ids.

    Builds of past nights are counted apart, so that they push out none that could be gone back to.
    """
    good = [build for build in builds(home) if build.is_good]
    of_now, of_the_past = ([build for build in good if build.looks_back is past] for past in (False, True))
    beyond = [*of_now[:-keep], *of_the_past[:-keep]]
    surplus = [build for build in beyond if published is None or build.build_id != published.build_id]
    for build in surplus:
        _discard(build)
    return [build.build_id for build in surplus]


def _discard(build: Build) -> None:
    (build.folder / GOOD).unlink(missing_ok=True)
    sync(build.folder)  # or a power cut could bring it back, good and without its files
    shutil.rmtree(build.folder)
