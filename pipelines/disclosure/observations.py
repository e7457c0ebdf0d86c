"""The observations of a build, read and checked before anything is decided about them.

What belongs here: the columns that disclosure relies on, the facts of the seeds that statuses need, and the refusal of
observations that no status fits. What does not: the statuses (`status`).
"""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl

KEY = (
    "measure_id",
    "definition_version",
    "authority",
    "area_code",
    "period_kind",
    "period_start",
    "period_label",
    "breakdown",
    "breakdown_value",
    "statistic",
)
COLUMNS = (
    *KEY,
    "numerator",
    "denominator",
    "value",
    "as_at",
    "senders_received",
    "senders_expected",
    "coverage",
)
COUNTS = ("people", "events", "nights")
TOTAL = "total"
NOT_AVAILABLE = "not_available"


class DisclosureError(Exception):
    """The figures cannot be written safely; nothing of this build may be shown."""


def open_warehouse(build: Path) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to the build's warehouse.

    Raises:
        DisclosureError: The build has no warehouse.
    """
    warehouse = build / "warehouse.duckdb"
    if not warehouse.exists():
        raise DisclosureError(f"{warehouse} does not exist: run the refresh up to the warehouse before the figures.")
    return duckdb.connect(str(warehouse), read_only=True)


def read_observations(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return `marts.measure_observation` in the order of its key, with the facts that decide a status.

    Beside the observation's own columns: `counted_as` (of its measure; an obligation is a share), `is_county` (the
    row of the authority itself), `in_force` (the measure's definition and the area exist in the period), `period_end`
    (the day after it).

    Raises:
        DisclosureError: An observation stands twice, its measure or authority has no seed row, its period cannot be
            read, or a count has no value although its coverage says that there is one.
    """
    rows = _with_period_ends(pl.DataFrame(connection.sql(_OBSERVATIONS).to_arrow_table()))
    rows = rows.with_columns(
        (
            (pl.col("last_valid_on").is_null() | (pl.col("last_valid_on") >= pl.col("period_start")))
            & (pl.col("first_valid_on").is_null() | (pl.col("first_valid_on") < pl.col("period_end")))
        ).alias("in_force")
    ).drop("last_valid_on", "first_valid_on")
    _refuse(rows, rows.select(KEY).is_duplicated(), "stand twice in marts.measure_observation")
    _refuse(
        rows,
        rows["counted_as"].is_null(),
        "have no row in the seed `measures` or `obligations` for their definition_version",
    )
    _refuse(rows, rows["is_county"].is_null(), "have no row in the seed `authority`")
    months = {"month": 1, "quarter": 3, "ytd": None, "rolling_4q": 12}
    for kind, length in months.items():
        first_day = pl.col("period_end").dt.offset_by(f"-{length}mo") if length else pl.col("period_start")
        wrong = (pl.col("period_kind") == kind) & (
            (pl.col("period_start") != first_day) | (pl.col("period_start") >= pl.col("period_end"))
        )
        _refuse(rows, rows.select(wrong).to_series(), "have a period_start that is not the first day of their period")
    _refuse(
        rows,
        rows["statistic"].is_in(COUNTS) & rows["numerator"].is_null() & (rows["coverage"] != NOT_AVAILABLE),
        "have no numerator although their coverage is not `not_available`",
    )
    return rows.sort(KEY)


def _with_period_ends(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `period_end`; each of the few periods is read once, however many observations it has."""
    periods = rows.select("period_kind", "period_label").unique()
    ends = [period_end(kind, label) for kind, label in periods.iter_rows()]
    ended = periods.with_columns(pl.Series("period_end", ends, pl.Date))
    return rows.join(ended, on=["period_kind", "period_label"], how="left", maintain_order="left")


def period_end(kind: str, label: str) -> date:
    """Return the day after the last day of a period: of a month `2026-06`, or of the quarter `2026-27-Q1`.

    `ytd` and `rolling_4q` are named by their last quarter, so they end with it (decision 2, reading 34).

    Raises:
        DisclosureError: The label is of neither form.
    """
    try:
        year, last_month = int(label[:4]), (int(label[5:7]) if kind == "month" else 3 + 3 * int(label[9:]))
        return date(year + last_month // 12, last_month % 12 + 1, 1)
    except ValueError as error:
        raise DisclosureError(
            f"Period label {label!r} of kind {kind!r} cannot be read: expected 2026-06 for a month, else 2026-27-Q1."
        ) from error


def _refuse(rows: pl.DataFrame, wrong: pl.Series, sentence: str) -> None:
    """Stop when any row is wrong, naming the first by its key; a key names no person."""
    if wrong.any():
        first = rows.filter(wrong).select(KEY).row(0)
        named = ", ".join(f"{name}={value}" for name, value in zip(KEY, first, strict=True))
        raise DisclosureError(f"{wrong.sum()} observations {sentence}. The first: {named}.")


_OBSERVATIONS = f"""
with listed as (
    select measure_id, definition_version, counted_as, valid_to from seeds.measures
    union all
    select obligation_id as measure_id, definition_version, 'share' as counted_as, valid_to from seeds.obligations
)

select
    {", ".join(f"observation.{column}" for column in COLUMNS if column not in ("numerator", "denominator", "value"))},
    cast(observation.numerator as bigint) as numerator,
    cast(observation.denominator as bigint) as denominator,
    cast(observation.value as double) as value,
    listed.counted_as,
    authority.gss_code = observation.area_code as is_county,
    -- A seed column without any value has no type of its own.
    least(
        try_cast(cast(listed.valid_to as varchar) as date), try_cast(cast(area.valid_to as varchar) as date)
    ) as last_valid_on,
    try_cast(cast(area.valid_from as varchar) as date) as first_valid_on
from marts.measure_observation as observation
left join listed
    on listed.measure_id = observation.measure_id
    and cast(listed.definition_version as varchar) = cast(observation.definition_version as varchar)
left join seeds.authority on authority.authority = observation.authority
left join seeds.area on area.area_code = observation.area_code
"""
