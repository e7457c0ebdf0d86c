"""The truth, written apart: what each written row must become, who the people are, how they lived, who is who.

What belongs here: the Parquet files of the truth folder (`docs/seams.md`). What does not: anything read back from the
inbox.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from pipelines.synthetic.rows import dtype
from pipelines.synthetic.tables import TABLES, Table

META: dict[str, pl.DataType] = {
    "family": pl.String(),
    "sender": pl.String(),
    "file_name": pl.String(),
    "data_date": pl.Date(),
    "received_at": pl.Datetime("us", "UTC"),
    "row_number": pl.Int64(),
    "person": pl.String(),
    "outcome": pl.String(),
    "reject_rule": pl.String(),
    "refused_columns": pl.String(),
}


FILES: dict[str, pl.DataType] = {
    "family": pl.String(),
    "table": pl.String(),
    "sender": pl.String(),
    "file_name": pl.String(),
    "data_date": pl.Date(),
    "received_at": pl.Datetime("us", "UTC"),
    "rows": pl.Int64(),
}


def truth_name(column: str) -> str:
    """Return the name of a canonical column in the truth: its own, unless the truth has a column of that name."""
    return f"canonical_{column}" if column in META else column


def emitted_schema(table: Table) -> dict[str, pl.DataType]:
    """Return the columns of one emitted table and their types."""
    return META | {truth_name(field.name): dtype(field) for field in table.fields}


class EmittedTruth:
    """Writes one Parquet file per table, a row group per delivered file, so that memory does not grow with history."""

    def __init__(self, folder: Path) -> None:
        """Make the folder; one file per table opens when its first rows arrive."""
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.rows = self.rejected = self.refused = 0

    def add(self, table: Table, frame: pl.DataFrame) -> None:
        """Add the rows of one file; `frame` holds the canonical columns and META, the outcome as row_outcome."""
        schema = emitted_schema(table)
        from_frame = {"outcome": "row_outcome"} | {truth_name(field.name): field.name for field in table.fields}
        chosen = frame.select(
            pl.col(from_frame.get(name, name)).cast(kind).alias(name) for name, kind in schema.items()
        )
        arrow = chosen.to_arrow(compat_level=pl.CompatLevel.oldest())
        if table.name not in self._writers:
            path = self._folder / f"{table.family}__{table.name}.parquet"
            self._writers[table.name] = pq.ParquetWriter(path, arrow.schema, compression="zstd")
        self._writers[table.name].write_table(arrow)
        self.rows += chosen.height
        self.rejected += chosen.filter(pl.col("outcome") == "rejected").height
        refused = chosen.get_column("refused_columns")
        self.refused += int(refused.str.count_matches("[^,]+").sum())

    def close(self) -> None:
        """Finish the files; without this they cannot be read. A table of which nothing was sent has an empty one."""
        for table in TABLES.values():
            if table.name not in self._writers:
                empty = pl.DataFrame(schema=emitted_schema(table))
                empty.write_parquet(self._folder / f"{table.family}__{table.name}.parquet")
        for writer in self._writers.values():
            writer.close()


def write(path: Path, rows: list[dict[str, Any]], schema: dict[str, pl.DataType]) -> None:
    """Write rows as one Parquet file with exactly the given columns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(path)
