"""Building a past release again from landing, and comparing it with what was released.

What belongs here: a build beside the home's own, as known when the release was prepared, and the comparison. What does
not: the stages (`pipelines.refresh`). The home is read only: the build is made in a scratch folder of the home and
removed.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from pipelines.landing.erased import erasures_folder
from pipelines.release.ledger import Release
from pipelines.release.releasing import code_hash
from pipelines.release.restatements import KEY
from pipelines.settings import Home

LINKED = ("landing", "archive", "registry", "ledger", "config")
COMPARED = ("definition_version", "numerator", "denominator", "value", "status")


@dataclass(frozen=True)
class Rebuilt:
    """What came of building a release again.

    Attributes:
        release: Which.
        figures: How many figures were released.
        differing: How many of these come out otherwise, or are missing or new.
        erased: How many erasures there were since the release was prepared.
        same_program: Whether the program is the one that made the release.
    """

    release: str
    figures: int
    differing: int
    erased: int
    same_program: bool

    @property
    def is_equal(self) -> bool:
        """Whether every figure came out as released."""
        return self.differing == 0


def rebuild(home: Home, release: Release, build: Callable[[Home, Release], Path]) -> Rebuilt:
    """Build a release again and compare.

    Args:
        home: The home; nothing in it changes.
        release: The release, whose files are checked first.
        build: Builds in the scratch home that it is given, as known then, and returns the folder of the figures.

    Raises LedgerError when the release's files are not what was released.
    """
    release.check()
    with scratch(home) as beside:
        again = pl.read_parquet(build(beside, release) / f"{release.edition}.parquet")
    then = pl.read_parquet(release.figures)
    since = sum(
        datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["at"]) > release.prepared_at
        for path in erasures_folder(home).glob("[0-9]*.json")
    )
    return Rebuilt(release.name, len(then), differing(then, again), since, release.manifest()["code"] == code_hash())


def differing(then: pl.DataFrame, again: pl.DataFrame) -> int:
    """Return how many figures differ, are missing or are new."""
    columns = [*KEY, *COMPARED]
    one, other = then.select(columns), again.select(columns).cast(then.select(columns).schema)
    changed = one.join(other, on=columns, how="anti", nulls_equal=True)
    new = other.join(one, on=list(KEY), how="anti", nulls_equal=True)
    return len(changed) + len(new)


@contextmanager
def scratch(home: Home) -> Iterator[Home]:
    """Give a home beside the home's own whose stores are the home's, and remove it with all that was built in it."""
    folder = Path(tempfile.mkdtemp(prefix=".rebuild-", dir=home.root))
    beside = Home(folder)
    try:
        for path in beside.folders:
            if path.name in LINKED:
                path.symlink_to(home.root / path.name, target_is_directory=True)
            else:
                path.mkdir(mode=0o700)
        yield beside
    finally:
        for name in LINKED:
            (folder / name).unlink(missing_ok=True)
        shutil.rmtree(folder)
