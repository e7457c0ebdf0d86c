"""What earlier releases of the public edition say, beside what would be published now.

What belongs here: reading released figures, and what follows for each figure from having been released. What does not:
the ledger that keeps them (release), and whether a reader can put two releases together (`attacker`).

A released table (one measure of one authority in one period) stays as it was released while late records change its
shown numbers by less than the threshold: a difference of one is one person. When a number changes by more the table is
restated as a whole, and numbers that change by less are hidden in it.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipelines.disclosure.observations import COUNTS, DisclosureError
from pipelines.disclosure.status import LOW, SHARE, SUPPRESSED, VALUE

TABLE = ("measure_id", "authority", "period_kind", "period_label")
SAME_FIGURE = (*TABLE, "area_code", "breakdown", "breakdown_value", "statistic")
NUMBERS = ("numerator", "denominator", "value")
HELD_REASON = "As released; records that came later change too little to be shown."


def read_released(earlier: Sequence[Path]) -> pl.DataFrame:
    """Return each figure as it was last released: `was_status`, `was_numerator`, `was_denominator`, `was_value`.

    Raises:
        DisclosureError: A file cannot be read.
    """
    columns = [*SAME_FIGURE, "status", *NUMBERS]
    parts = []
    for path in earlier:
        try:
            rows = pl.read_csv(path, infer_schema=False) if path.suffix == ".csv" else pl.read_parquet(path)
            parts.append(rows.select(*(pl.col(name).cast(pl.String) for name in columns)))
        except (OSError, pl.exceptions.PolarsError) as error:
            raise DisclosureError(f"The earlier release {path} cannot be read: {error}") from error
    every = pl.concat(parts) if parts else pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    last = every.unique(SAME_FIGURE, keep="last", maintain_order=True)
    kinds = {"numerator": pl.Int64, "denominator": pl.Int64, "value": pl.Float64}
    return last.select(
        *SAME_FIGURE,
        pl.col("status").alias("was_status"),
        *(pl.col(name).cast(kind, strict=False).alias(f"was_{name}") for name, kind in kinds.items()),
    )


def beside_released(rows: pl.DataFrame, released: pl.DataFrame, threshold: pl.Expr) -> pl.DataFrame:
    """Put what was released in the place of what changed too little, and say what else follows.

    Adds `was_known` (a release shows the same number), `was_hidden` (hidden then, in a table that has not been restated
    since) and `change_small` (the table is restated, this figure by too little).

    Args:
        rows: Figures with their statuses.
        released: See `read_released`.
        threshold: The smallest change that may be published, by row.
    """
    rows = rows.join(released, on=list(SAME_FIGURE), how="left", maintain_order="left")
    # Only counts and shares have a number whose change is one of people.
    counted = pl.col("statistic").is_in([*COUNTS, SHARE])
    both = pl.col("was_numerator").is_not_null() & pl.col("numerator").is_not_null()
    change = (pl.col("numerator") - pl.col("was_numerator")).abs()
    rows = rows.with_columns(
        pl.when(counted & both).then(change).otherwise(0).alias("change"), threshold.alias("least_change")
    )
    restated = (pl.col("change") >= pl.col("least_change")).any().over(TABLE)
    changed = (pl.col("change") > 0).any().over(TABLE)
    rows = rows.with_columns(restated.alias("restated"), (changed & ~restated).alias("held"))
    was_shown = pl.col("was_status").is_in([VALUE, LOW])
    hold = pl.col("held") & was_shown
    rows = rows.with_columns(
        *(pl.when(hold).then(pl.col(f"was_{name}")).otherwise(pl.col(name)).alias(name) for name in NUMBERS),
        pl.when(hold).then(pl.col("was_status")).otherwise(pl.col("status")).alias("status"),
        pl.when(hold).then(pl.lit(HELD_REASON)).otherwise(pl.col("reason")).alias("reason"),
    )
    return rows.with_columns(
        (was_shown & ~pl.col("restated") & (pl.col("was_numerator") == pl.col("numerator")))
        .fill_null(value=False)
        .alias("was_known"),
        ((pl.col("was_status") == SUPPRESSED) & ~pl.col("restated")).fill_null(value=False).alias("was_hidden"),
        (pl.col("restated") & pl.col("change").is_between(1, pl.col("least_change") - 1))
        .fill_null(value=False)
        .alias("change_small"),
    ).drop("was_status", *(f"was_{name}" for name in NUMBERS), "change", "least_change", "restated", "held")
