"""The rows as known at a moment: which of the emitted records count.

What belongs here: reading the generator's record of what each sender was sent, and the page's rules on versions, full
files, lists that only grow and records that vanish. What does not: what the rows mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

Row = dict[str, Any]
LoadKey = tuple[date, datetime]
"""Data date, then time of receipt: the order in which a sender's files of one table follow each other."""


@dataclass(frozen=True)
class Table:
    """One extract table: its emitted rows and the loads of each sender, as known at a moment."""

    name: str
    frame: pl.DataFrame
    loads: dict[str, list[LoadKey]]

    def latest_load(self, sender: str) -> LoadKey | None:
        """The sender's load of the highest data date, then of the latest receipt (page §1, "Three clocks")."""
        return max(self.loads.get(sender, []), default=None)

    def rows(self) -> Iterator[Row]:
        """Every accepted row of every load."""
        return self.frame.iter_rows(named=True)

    def rows_of_latest_loads(self) -> list[Row]:
        """The rows of each sender's latest load: full tables from whose later files a row can be withdrawn."""
        rows = []
        for sender in sorted(self.loads):
            key = self.latest_load(sender)
            if key is None:
                continue
            of_load = (pl.col("sender") == sender) & (pl.col("data_date") == key[0]) & (pl.col("received_at") == key[1])
            rows += self.frame.filter(of_load).to_dicts()
        return [{**row, "in_latest_load": True} for row in rows]

    def latest_versions(self, *key: str, latest_by: str | None = None) -> list[Row]:
        """The latest version of each business key of each sender: state tables and lists that only grow.

        A withdrawn version takes its record away (seams, "Every file of an append table repeats the whole list"); of
        several versions the one of the highest `latest_by` is the latest, then of the latest load.
        """
        latest: dict[tuple[Any, ...], Row] = {}

        def age(row: Row) -> tuple[date, LoadKey]:
            return (row[latest_by] if latest_by is not None else date.min, _load_key(row))

        for row in self.rows():
            identity = (row["sender"], *(row[column] for column in key))
            known = latest.get(identity)
            if known is None or age(row) > age(known):
                latest[identity] = row
        return [
            {**row, "in_latest_load": _load_key(row) == self.latest_load(row["sender"])}
            for row in latest.values()
            if not row.get("withdrawn")
        ]


class Emitted:
    """The truth folder's records as emitted, cut at `as_known_at`."""

    def __init__(self, truth: Path, as_known_at: datetime | None = None) -> None:
        self._folder = truth / "emitted"
        self._known_at = as_known_at.astimezone(UTC) if as_known_at is not None else None
        self._files = self._read_files(truth / "files.parquet")

    def table(self, family: str, name: str, columns: Iterable[str]) -> Table:
        """Accepted rows with `columns`; a table of which nothing was emitted has no rows and no loads."""
        path = self._folder / f"{family}__{name}.parquet"
        loads: dict[str, set[LoadKey]] = {}
        for sender, data_date, received_at in self._files.get((family, name), []):
            loads.setdefault(sender, set()).add((data_date, received_at))
        wanted = ["sender", "data_date", "received_at", *columns]
        if not path.exists():
            return Table(name, pl.DataFrame(schema=dict.fromkeys(wanted, pl.Null)), _ordered(loads))
        known = self._known(pl.scan_parquet(path))
        for sender, data_date, received_at in (
            known.select("sender", "data_date", "received_at").unique().collect().iter_rows()
        ):
            loads.setdefault(sender, set()).add((data_date, received_at))
        frame = known.filter(pl.col("outcome") == "accepted").select(wanted).collect()
        return Table(name, frame, _ordered(loads))

    def _known(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        return frame if self._known_at is None else frame.filter(pl.col("received_at") <= self._known_at)

    def _read_files(self, path: Path) -> dict[tuple[str, str], list[tuple[str, date, datetime]]]:
        """Loads by family and table, those without a row included, where the generator lists its files."""
        files: dict[tuple[str, str], list[tuple[str, date, datetime]]] = {}
        if path.exists():
            columns = ("family", "table", "sender", "data_date", "received_at")
            for family, table, sender, data_date, received_at in (
                self._known(pl.scan_parquet(path)).select(columns).collect().iter_rows()
            ):
                files.setdefault((family, table), []).append((sender, data_date, received_at))
        return files


def _load_key(row: Row) -> LoadKey:
    return (row["data_date"], row["received_at"])


def _ordered(loads: dict[str, set[LoadKey]]) -> dict[str, list[LoadKey]]:
    return {sender: sorted(keys) for sender, keys in loads.items()}
