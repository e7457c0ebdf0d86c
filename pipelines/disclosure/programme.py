"""The table programme of the public edition: which figures are published at all.

What belongs here: reading `table_programme.csv` and choosing the rows it lists. What does not: which of them are hidden
(`suppression`). What is not listed is not published: a figure that nobody reads costs others their number, because each
further sum is one more way to subtract. `docs/table-programme.md` says why each part is listed.
"""

import csv
from functools import reduce
from operator import or_
from pathlib import Path

import polars as pl

from pipelines.disclosure.observations import TOTAL
from pipelines.disclosure.relations import QUARTER
from pipelines.disclosure.status import UNAVAILABLE

TABLES = Path(__file__).with_name("table_programme.csv")
ANY = "*"


def in_programme() -> pl.Expr:
    """Return whether a figure is one that the public edition lists.

    A quarter's total of a listed measure that is not available is always listed: it holds no number, and packs say from
    it which sender is missing.
    """
    with TABLES.open(encoding="utf-8", newline="") as lines:
        tables = list(csv.DictReader(lines))
    listed = reduce(or_, map(_in_table, tables))
    measures = {table["measure_id"] for table in tables}
    of_listed_measure = pl.lit(value=True) if ANY in measures else pl.col("measure_id").is_in(sorted(measures))
    not_available = (
        (pl.col("status") == UNAVAILABLE)
        & (pl.col("breakdown") == TOTAL)
        & (pl.col("period_kind") == QUARTER)
        & of_listed_measure
    )
    return listed | not_available


def _in_table(table: dict[str, str]) -> pl.Expr:
    inside = (
        (pl.col("breakdown") == table["breakdown"])
        & (pl.col("period_kind") == table["period_kind"])
        & (pl.col("is_county") == (table["areas"] == "county"))
    )
    for name in ("measure_id", "authority"):
        if table[name] != ANY:
            inside &= pl.col(name) == table[name]
    return inside
