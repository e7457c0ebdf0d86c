"""The table programme: which figures each edition holds at all.

What belongs here: reading `table_programme.csv` and choosing what it lists. What does not: which of that is hidden
(`suppression`). What is not listed is no figure: in public, because each further sum is one more way to subtract;
inside, because a file that no spreadsheet opens is read by nobody. `docs/table-programme.md` says why each part is
listed.

One row of the file is one kind of table:

* `edition`; `authority` or `*`; `areas` (`county` or `districts`, which means all rows but the county's);
* `measures`: ids, `*`, or `obligations` for each of those; `statistics` likewise, or `*`;
* `breakdown`: names, `total`, `common` (those that every measure about people has) or `own` (all others);
* `period_kind`: names or `*`; `quarters`: how many, counted back from the last one that is over; `every`: only each
  such one of these, so that windows of four quarters do not overlap.

Lists are separated by spaces.
"""

import csv
from functools import reduce
from operator import or_
from pathlib import Path

import polars as pl

from pipelines.editions import INTERNAL

TABLES = Path(__file__).with_name("table_programme.csv")
ANY = "*"
OBLIGATIONS = "obligations"
TOTAL = "total"
COMMON_BREAKDOWNS = (
    "age_band",
    "eligibility",
    "former_uasc",
    "sex",
    "ethnic_group",
    "disability",
    "home_area",
)


def read_tables() -> list[dict[str, str]]:
    """Return the rows of the programme as they are written."""
    with TABLES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def listed(edition: str) -> pl.Expr:
    """Return whether a figure is one that the edition lists.

    Reads the columns `measure_id, authority, is_county, is_obligation, breakdown, period_kind, statistic, available`
    and `quarters_back` (0 is the last quarter that is over, 1 the one before, below 0 those to come). In public a
    quarter's total of a listed measure that is not available is always listed: it holds no number, and packs say from
    it which sender is missing.
    """
    tables = [table for table in read_tables() if table["edition"] == edition]
    in_tables = reduce(or_, map(_in_table, tables), pl.lit(value=False))
    if edition == INTERNAL:
        return in_tables
    silent = (
        ~pl.col("available")
        & (pl.col("breakdown") == TOTAL)
        & (pl.col("period_kind") == "quarter")
        & reduce(or_, map(_of_measures, tables), pl.lit(value=False))
    )
    return in_tables | silent


def _in_table(table: dict[str, str]) -> pl.Expr:
    inside = _of_measures(table) & (pl.col("is_county") == (table["areas"] == "county")) & _of_breakdown(table)
    for name, column in (("period_kind", "period_kind"), ("statistics", "statistic"), ("authority", "authority")):
        if table[name] != ANY:
            inside &= pl.col(column).is_in(table[name].split())
    if table["quarters"]:
        inside &= pl.col("quarters_back") < int(table["quarters"])
    if table["every"]:
        inside &= pl.col("quarters_back") % int(table["every"]) == 0
    return inside


def _of_measures(table: dict[str, str]) -> pl.Expr:
    if table["measures"] == ANY:
        return pl.lit(value=True)
    if table["measures"] == OBLIGATIONS:
        return pl.col("is_obligation")
    return pl.col("measure_id").is_in(table["measures"].split())


def _of_breakdown(table: dict[str, str]) -> pl.Expr:
    names = table["breakdown"].split()
    inside = pl.col("breakdown").is_in(names)
    if "common" in names:
        inside |= pl.col("breakdown").is_in(COMMON_BREAKDOWNS)
    if "own" in names:
        inside |= (pl.col("breakdown") != TOTAL) & ~pl.col("breakdown").is_in(COMMON_BREAKDOWNS)
    return inside
