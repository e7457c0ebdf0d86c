"""A generated run as the tests of the generator see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from pipelines.synthetic import GenerationSummary


@dataclass
class Run:
    """One generation: where it lies and what it said of itself."""

    inbox: Path
    truth: Path
    summary: GenerationSummary

    def emitted(self, table: str) -> pl.DataFrame:
        """The truth about the rows of one table, by its own name."""
        (path,) = (self.truth / "emitted").glob(f"*__{table}.parquet")
        return pl.read_parquet(path)

    def accepted(self, table: str) -> pl.DataFrame:
        """Rows of one table that landing must accept."""
        return self.emitted(table).filter(pl.col("outcome") == "accepted")

    def latest(self, table: str, *key: str) -> pl.DataFrame:
        """Accepted rows of one table, the last version of each key."""
        rows = self.accepted(table).sort("data_date", maintain_order=True)
        return rows.group_by("sender", *key, maintain_order=True).last()

    @cached_property
    def people(self) -> pl.DataFrame:
        return pl.read_parquet(self.truth / "people.parquet")

    @cached_property
    def links(self) -> pl.DataFrame:
        return pl.read_parquet(self.truth / "links.parquet")


Maker = Callable[..., Run]
