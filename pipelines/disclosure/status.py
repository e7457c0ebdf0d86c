"""The status of a figure on its own, before anything is hidden for the sake of another.

What belongs here: value, `x`, `z`, `low` and the small counts, each with its reason in words. What does not: hiding one
figure to protect another (`suppression`).
"""

import polars as pl

from pipelines.disclosure.observations import COUNTS, NOT_AVAILABLE

QUANTILES = ("median", "p90")
SHARE = "share"
VALUE, SUPPRESSED, UNAVAILABLE, NOT_APPLICABLE, LOW = "value", "c", "x", "z", "low"

# One wording for small counts and for those hidden beside them: two would tell a reader which counts are small.
SUPPRESSED_REASON = "Hidden so that nobody can be recognised."
OUT_OF_FORCE = "The area or this definition of the measure is not in force in this period."
NOTHING_TO_DIVIDE = "There is nothing here to take a share or a middle value of."
ROUNDS_TO_ZERO = "More than none, but rounds to 0 per cent."


def with_status(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `status` and `reason` as everybody inside sees them.

    * `x`: the coverage is `not_available` (decision 2, reading 36).
    * `z`: nothing was counted and the measure or the area is not in force in the period, or a share, median or
      90th centile has nothing under it.
    * `low`: a share above zero that rounds to 0 per cent (Government Statistical Service shorthand).

    A figure that is not shown has no value; only `low` keeps its numerator and denominator, which are counts of their
    own. Shares are 0 to 1 in `value`.
    """
    empty = pl.col("numerator").fill_null(0) == 0
    counted = pl.col("statistic").is_in(COUNTS)
    nothing_under = pl.when(pl.col("statistic") == SHARE).then(pl.col("denominator").fill_null(0) == 0)
    rounded = 100 * pl.col("value")
    status = (
        pl.when(pl.col("coverage") == NOT_AVAILABLE)
        .then(pl.lit(UNAVAILABLE))
        .when(~pl.col("in_force") & empty)
        .then(pl.lit(NOT_APPLICABLE))
        .when(~counted & nothing_under.otherwise(pl.col("value").is_null()))
        .then(pl.lit(NOT_APPLICABLE))
        .when((pl.col("statistic") == SHARE) & (rounded > 0) & (rounded < 0.5))
        .then(pl.lit(LOW))
        .otherwise(pl.lit(VALUE))
    )
    rows = rows.with_columns(status.alias("status"))
    reason = (
        pl.when(pl.col("status") == UNAVAILABLE)
        .then(
            pl.format(
                "Not every sender that this figure needs has sent data that reach this period: {} of {} have.",
                pl.col("senders_received").cast(pl.String).fill_null("none"),
                pl.col("senders_expected").cast(pl.String).fill_null("those"),
            )
        )
        .when((pl.col("status") == NOT_APPLICABLE) & ~pl.col("in_force"))
        .then(pl.lit(OUT_OF_FORCE))
        .when(pl.col("status") == NOT_APPLICABLE)
        .then(pl.lit(NOTHING_TO_DIVIDE))
        .when(pl.col("status") == LOW)
        .then(pl.lit(ROUNDS_TO_ZERO))
        .otherwise(pl.lit(None, pl.String))
    )
    return blank_hidden(rows.with_columns(reason.alias("reason")))


def blank_hidden(rows: pl.DataFrame) -> pl.DataFrame:
    """Take the numbers out of rows whose status does not show them."""
    keeps_counts = pl.col("status").is_in([VALUE, LOW])
    return rows.with_columns(
        pl.when(keeps_counts).then(pl.col("numerator")).alias("numerator"),
        pl.when(keeps_counts).then(pl.col("denominator")).alias("denominator"),
        pl.when(pl.col("status") == VALUE).then(pl.col("value")).alias("value"),
    )


def too_small(threshold: int) -> pl.Expr:
    """Whether a figure alone would point at few people: 1 up to below the threshold.

    For a share that holds of those in it, those not in it, and all of them; for a middle value of the people behind it,
    whose number must be known.

    Args:
        threshold: The smallest count that may be published.
    """
    numerator, denominator = pl.col("numerator"), pl.col("denominator")

    def few(count: pl.Expr) -> pl.Expr:
        return (count > 0) & (count < threshold)

    return (
        pl.when(~pl.col("status").is_in([VALUE, LOW]))
        .then(pl.lit(value=False))
        .when(pl.col("statistic") == SHARE)
        .then(few(numerator) | few(denominator - numerator) | few(denominator))
        .when(pl.col("statistic").is_in(QUANTILES))
        .then((numerator.is_null() & (threshold > 1)) | few(numerator))
        .otherwise(few(numerator))
        .fill_null(value=False)
    )
