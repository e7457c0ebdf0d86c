"""The public edition: what of the listed figures is hidden, and what is printed where nothing is.

What belongs here: applying an authority's rule to what it lists, measure by measure and then to all that is linked, and
counting what is lost. What does not: which other figures must go with a small one (`suppression`, `linked`).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.disclosure.linked import Protected, protect
from pipelines.disclosure.observations import COUNTS, KEY
from pipelines.disclosure.programme import TOTAL
from pipelines.disclosure.relations import QUARTER, Cell
from pipelines.disclosure.released import beside_released, read_released
from pipelines.disclosure.rule import Rule, Rules
from pipelines.disclosure.status import LOW, SHARE, SUPPRESSED, SUPPRESSED_REASON, VALUE, blank_hidden, too_small
from pipelines.disclosure.suppression import suppress

SYSTEM = ("measure_id", "definition_version", "authority")
SAME_CELL = tuple(name for name in KEY if name != "statistic")
TABLE = ("measure_id", "authority", "period_kind", "period_label")
DISTRICT = "district"


@dataclass(frozen=True)
class Hidden:
    """How many public figures are hidden, and why.

    Attributes:
        small: Because they are small.
        company: So that the small ones cannot be worked out.
        county_quarters: Of these, totals of the county for a quarter in whose cell nothing is small.
        county_sums: Of these, totals of the county for longer periods in whose cell nothing is small.
        fewest: Whether each one hidden for company was found to be needed; False when time ran out before that.
    """

    small: int
    company: int
    county_quarters: int
    county_sums: int
    fewest: bool


@dataclass(frozen=True)
class Kept:
    """How much of the listed counts of people, events and nights is shown.

    Attributes:
        cells: Counts above zero that are listed and known.
        cells_shown: Of these, those with a number.
        cells_by_table: Of these, those that would have one if each table (one measure, authority and period) with a
            small count were hidden as a whole.
        counts, counts_shown, counts_by_table: The same, as what the numbers add up to.
    """

    cells: int
    cells_shown: int
    cells_by_table: int
    counts: int
    counts_shown: int
    counts_by_table: int


def public_edition(
    observed: pl.DataFrame, rules: Rules, *, earlier: Sequence[Path], seconds: float
) -> tuple[pl.DataFrame, Hidden, Kept]:
    """Return the public edition, what is hidden in it, and how much is left.

    Args:
        observed: What is listed, with statuses as everybody inside sees them.
        rules: The rule of each authority.
        earlier: The public files of earlier releases, the oldest first.
        seconds: How long to look for the fewest figures to hide.
    """
    deadline = time.monotonic() + seconds
    rows = observed.filter(pl.col("in_public") | pl.col("in_background"))
    thresholds = {name: rules.of(name).threshold for name in rows["authority"].unique()}
    least_change = pl.col("authority").replace_strict(thresholds, default=1, return_dtype=pl.Int64)
    rows = beside_released(rows, read_released(earlier), least_change).with_row_index("place")
    parts, hidden, fewest = [rows.clear().with_columns(pl.lit(value=False).alias("small"))], set[int](), True
    for (authority,), of_one in rows.group_by("authority", maintain_order=True):
        rule = rules.of(str(authority))
        small = (_hidden_alone(rule) | pl.col("change_small")) & pl.col("in_public")
        marked = of_one.with_columns(small.alias("small"))
        protected = _protected(marked.filter(~_exempt(rule)), rule, deadline)
        parts.append(marked)
        hidden |= protected.places
        fewest &= protected.fewest
    rows = pl.concat(parts).sort("place").filter("in_public")
    hide = pl.col("place").is_in(hidden)
    why, kept = _why_hidden(rows.filter(hide), fewest=fewest), _kept(rows, hide)
    rows = rows.with_columns(
        pl.when(hide).then(pl.lit(SUPPRESSED)).otherwise(pl.col("status")).alias("status"),
        pl.when(hide).then(pl.lit(SUPPRESSED_REASON)).otherwise(pl.col("reason")).alias("reason"),
    )
    rows = blank_hidden(_without_hidden_denominators(rows))
    rounded = [_rounded(of_one, rules.of(str(name))) for (name,), of_one in rows.group_by("authority")]
    return (pl.concat(rounded).sort("place") if rounded else rows), why, kept


def _exempt(rule: Rule) -> pl.Expr:
    """Whether every count of a measure is shown: it counts districts, or the authority exempts it."""
    return (pl.col("about") == DISTRICT) | pl.col("measure_id").is_in(rule.exempt)


def _hidden_alone(rule: Rule) -> pl.Expr:
    """Whether a figure is hidden for its own sake."""
    counted = pl.col("status").is_in([VALUE, LOW])
    hidden = too_small(rule.threshold) | (counted & pl.col("measure_id").is_in(rule.sensitive))
    if rule.zeros == "hide":
        hidden |= counted & (pl.col("numerator") == 0)
    return hidden & ~_exempt(rule)


def _protected(rows: pl.DataFrame, rule: Rule, deadline: float) -> Protected:
    """Return the places of the rows of one authority to hide."""
    published = rows.filter("in_public")
    as_before = set(published.filter("was_hidden")["place"])
    hidden = set(as_before)
    for _, system in published.group_by(SYSTEM, maintain_order=True):
        hidden |= _hidden_of(system, rule)
    # What a release has shown is known: it is no company, and unless it is small nothing is gained by hiding it now.
    known = set(rows.filter("was_known")["place"])
    shown = known - set(rows.filter("small")["place"])
    hidden |= set(rows.filter(~pl.col("in_public"))["place"])
    found = protect(rows, hidden - shown, rule=rule, known=known, deadline=deadline)
    # What a release has hidden stays hidden even where that protects nobody else: shown, it is known for then too.
    return Protected((found.places | as_before) - shown, found.fewest)


def _hidden_of(system: pl.DataFrame, rule: Rule) -> set[int]:
    """Return the places of the rows to hide among those of one measure, definition and authority.

    A share or a middle value goes with the counts of its cell, and takes them with it when it is too small itself.
    """
    counted = system.filter(pl.col("statistic").is_in(COUNTS))
    positions = dict(zip(counted["place"], range(len(counted)), strict=True))
    # Beside a small share a count of none may stay.
    small = counted.join(system.filter("small"), on=SAME_CELL, how="semi", nulls_equal=True).filter(
        pl.col("small") | (pl.col("numerator") > 0)
    )["place"]
    hidden = suppress(_cells(counted), [positions[place] for place in small], rule.threshold)
    hidden_counts = {counted["place"][one] for one in hidden}
    hidden_rows = system.filter(pl.col("small") | pl.col("place").is_in(hidden_counts))
    # A share or a middle value goes even where the counts beside it are none: its denominator may be small.
    others = system.filter(pl.col("status").is_in([VALUE, LOW]) & ~pl.col("statistic").is_in(COUNTS))
    return hidden_counts | set(others.join(hidden_rows, on=SAME_CELL, how="semi", nulls_equal=True)["place"])


def _cells(counted: pl.DataFrame) -> list[Cell]:
    return [Cell.of(row, row["numerator"] if row["status"] == VALUE else None) for row in counted.iter_rows(named=True)]


def _why_hidden(hidden: pl.DataFrame, *, fewest: bool) -> Hidden:
    headlines = hidden.filter(
        (pl.col("breakdown") == TOTAL) & pl.col("is_county") & ~pl.col("small").any().over(SAME_CELL)
    )
    small, quarters = len(hidden.filter("small")), len(headlines.filter(period_kind=QUARTER))
    return Hidden(small, len(hidden) - small, quarters, len(headlines) - quarters, fewest)


def _kept(rows: pl.DataFrame, hide: pl.Expr) -> Kept:
    counts = rows.filter(pl.col("statistic").is_in(COUNTS) & (pl.col("numerator") > 0))
    shown = counts.filter(~hide)
    by_table = counts.join(rows.filter("small"), on=TABLE, how="anti")
    numbers = [int(part["numerator"].sum()) for part in (counts, shown, by_table)]
    return Kept(len(counts), len(shown), len(by_table), *numbers)


def _without_hidden_denominators(rows: pl.DataFrame) -> pl.DataFrame:
    """Take the denominator out of every figure whose denominator is itself a hidden figure: its area's total."""
    total_of = [name for name in KEY if name not in ("breakdown", "breakdown_value")]
    hidden_totals = rows.filter(
        (pl.col("breakdown") == TOTAL) & (pl.col("status") == SUPPRESSED) & (pl.col("statistic") != SHARE)
    ).select(total_of)
    unsaid = rows.join(hidden_totals, on=total_of, how="semi", nulls_equal=True)["place"]
    return rows.with_columns(
        pl.when(pl.col("place").is_in(unsaid.to_list()))
        .then(None)
        .otherwise(pl.col("denominator"))
        .alias("denominator")
    )


def _rounded(rows: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Round the counts that are shown to the rule's multiple, and take shares of rounded counts."""
    step = rule.round_to
    exempt = _exempt(rule)
    if step == 1:
        return rows

    def to_step(name: str) -> pl.Expr:
        return pl.when(exempt).then(pl.col(name)).otherwise((pl.col(name) + step // 2) // step * step).alias(name)

    rows = rows.with_columns(to_step("numerator"), to_step("denominator"))
    counted = pl.col("statistic").is_in(COUNTS) & pl.col("value").is_not_null()
    of_share = (pl.col("statistic") == SHARE) & pl.col("value").is_not_null() & (pl.col("denominator") > 0)
    return rows.with_columns(
        pl.when(counted)
        .then(pl.col("numerator").cast(pl.Float64))
        .when(of_share)
        .then(pl.col("numerator") / pl.col("denominator"))
        .otherwise(pl.col("value"))
        .alias("value")
    )
