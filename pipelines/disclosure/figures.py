"""The disclosure step: from observations to figures that may be shown.

What belongs here: the order of the step, and the files. What does not: the rules themselves (`programme`, `status`,
`suppression`).

The public edition holds what the table programme lists (`programme`); the internal edition every observation, with
nothing hidden.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.disclosure.labels import labels
from pipelines.disclosure.observations import COLUMNS, COUNTS, KEY, TOTAL, open_warehouse, read_observations
from pipelines.disclosure.programme import in_programme
from pipelines.disclosure.relations import QUARTER, Cell
from pipelines.disclosure.status import (
    LOW,
    SUPPRESSED,
    SUPPRESSED_REASON,
    VALUE,
    blank_hidden,
    too_small,
    with_status,
)
from pipelines.disclosure.suppression import suppress

INTERNAL, PUBLIC = "internal", "public"
SYSTEM = ("measure_id", "definition_version", "authority")
SAME_CELL = tuple(name for name in KEY if name != "statistic")
MARKED = ("numerator", "denominator", "value")


@dataclass(frozen=True)
class EditionCount:
    """How many figures of one edition have one status."""

    edition: str
    status: str
    figures: int


@dataclass(frozen=True)
class FigureReport:
    """What the step wrote, in counts.

    Attributes:
        build_id: The build.
        threshold: The smallest published count.
        counts: Figures by edition and status.
        small: Public figures hidden because they are small.
        company: Public figures hidden so that the small ones cannot be worked out.
        county_quarters: Of these, totals of the county for a quarter in whose cell nothing is small.
        county_sums: Of these, totals of the county for longer periods in whose cell nothing is small.
    """

    build_id: str
    threshold: int
    counts: tuple[EditionCount, ...]
    small: int
    company: int
    county_quarters: int
    county_sums: int

    @property
    def figures(self) -> int:
        """Figures of the internal edition: one per observation."""
        return sum(count.figures for count in self.counts if count.edition == INTERNAL)

    @property
    def suppressed(self) -> int:
        """Figures hidden in the public edition."""
        return self.small + self.company


def write_figures(build: Path, *, build_id: str, threshold: int = 5) -> FigureReport:
    """Write the figures of a build in both editions, and the labels they are printed under.

    Reads `marts.measure_observation` and the schema `seeds` of `build/warehouse.duckdb`. Writes, in `build/figures/`,
    `internal.parquet`, `public.parquet`, the same as CSV, and `labels.parquet`, replacing what was there. A figure has
    the columns of the observation and `status` (value, c, x, z, low), `reason`, `edition`, `build_id`, one row per key,
    in the order of the key. Where a status does not show a number, Parquet has null and CSV the marker, as `[c]`. A
    denominator that is itself a hidden figure is null in figures that are shown.

    Args:
        build: The build's folder.
        build_id: What the column `build_id` says.
        threshold: The smallest count that the public edition shows; 1 hides nothing.

    Returns:
        Counts of what was written.

    Raises:
        ValueError: The threshold is below 1.
        DisclosureError: The observations break the seam, or a hidden figure could not be protected; nothing is written.
    """
    if threshold < 1:
        raise ValueError(f"The suppression threshold is {threshold}; it is the smallest published count, 1 or more.")
    with open_warehouse(build) as connection:
        internal = with_status(read_observations(connection))
        words = labels(connection, internal)
    public, hidden = _public(internal, threshold)
    folder = build / "figures"
    folder.mkdir(exist_ok=True)
    counts: list[EditionCount] = []
    for edition, rows in ((INTERNAL, internal), (PUBLIC, public)):
        figures = rows.select(
            *COLUMNS, "status", "reason", pl.lit(edition).alias("edition"), pl.lit(build_id).alias("build_id")
        )
        _write(figures, folder / edition)
        by_status = figures.group_by("status").len().sort("status").iter_rows()
        counts += [EditionCount(edition, status, number) for status, number in by_status]
    words.write_parquet(folder / "labels.parquet")
    return FigureReport(build_id, threshold, tuple(counts), **hidden)


def _public(internal: pl.DataFrame, threshold: int) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return the public edition, and how many of its figures are hidden and why, as `FigureReport` names it."""
    rows = internal.filter(in_programme()).with_columns(too_small(threshold).alias("small")).with_row_index("place")
    hidden: set[int] = set()
    for _, system in rows.group_by(SYSTEM, maintain_order=True):
        hidden |= _hidden_of(system, threshold)
    hide = pl.col("place").is_in(hidden)
    why = _why_hidden(rows.filter(hide))
    rows = rows.with_columns(
        pl.when(hide).then(pl.lit(SUPPRESSED)).otherwise(pl.col("status")).alias("status"),
        pl.when(hide).then(pl.lit(SUPPRESSED_REASON)).otherwise(pl.col("reason")).alias("reason"),
    )
    return blank_hidden(_without_hidden_denominators(rows)), why


def _why_hidden(hidden: pl.DataFrame) -> dict[str, int]:
    headlines = hidden.filter(
        (pl.col("breakdown") == TOTAL) & pl.col("is_county") & ~pl.col("small").any().over(SAME_CELL)
    )
    small, quarters = len(hidden.filter("small")), len(headlines.filter(period_kind=QUARTER))
    return {
        "small": small,
        "company": len(hidden) - small,
        "county_quarters": quarters,
        "county_sums": len(headlines) - quarters,
    }


def _hidden_of(system: pl.DataFrame, threshold: int) -> set[int]:
    """Return the places of the rows to hide among those of one measure, definition and authority.

    A share or a middle value goes with the counts of its cell, and takes them with it when it is too small itself.
    """
    counted = system.filter(pl.col("statistic").is_in(COUNTS))
    positions = dict(zip(counted["place"], range(len(counted)), strict=True))
    small = counted.join(system.filter("small"), on=SAME_CELL, how="semi", nulls_equal=True)["place"]
    hidden = suppress(_cells(counted), [positions[place] for place in small], threshold)
    hidden_counts = {counted["place"][one] for one in hidden}
    hidden_rows = system.filter(pl.col("small") | pl.col("place").is_in(hidden_counts))
    # A share or a middle value goes even where the counts beside it are none: its denominator may be small.
    others = system.filter(pl.col("status").is_in([VALUE, LOW]) & ~pl.col("statistic").is_in(COUNTS))
    return hidden_counts | set(others.join(hidden_rows, on=SAME_CELL, how="semi", nulls_equal=True)["place"])


def _cells(counted: pl.DataFrame) -> list[Cell]:
    return [
        Cell(
            area=row["area_code"],
            is_county=row["is_county"],
            kind=row["period_kind"],
            start=row["period_start"],
            end=row["period_end"],
            breakdown=row["breakdown"],
            breakdown_value=row["breakdown_value"],
            statistic=row["statistic"],
            count=row["numerator"] if row["status"] == VALUE else None,
            additive=row["statistic"] != "people" or row["counted_as"] == "stock",
        )
        for row in counted.iter_rows(named=True)
    ]


def _without_hidden_denominators(rows: pl.DataFrame) -> pl.DataFrame:
    """Take the denominator out of every figure whose denominator is itself a hidden figure: its area's total."""
    total_of = [name for name in KEY if name not in ("breakdown", "breakdown_value")]
    hidden_totals = rows.filter((pl.col("breakdown") == TOTAL) & (pl.col("status") == SUPPRESSED)).select(total_of)
    unsaid = rows.join(hidden_totals, on=total_of, how="semi", nulls_equal=True)["place"]
    return rows.with_columns(
        pl.when(pl.col("place").is_in(unsaid.to_list()))
        .then(None)
        .otherwise(pl.col("denominator"))
        .alias("denominator")
    )


def _write(figures: pl.DataFrame, path: Path) -> None:
    """Write one edition as Parquet, and as CSV with a marker wherever a status shows no number."""
    figures.write_parquet(path.with_suffix(".parquet"))
    figures.with_columns(_marked(name) for name in MARKED).write_csv(path.with_suffix(".csv"))


def _marked(name: str) -> pl.Expr:
    number = pl.col(name).cast(pl.String).str.strip_suffix(".0")
    marker = pl.when(pl.col("status") != VALUE).then(pl.format("[{}]", pl.col("status")))
    return pl.coalesce(number, marker).alias(name)
