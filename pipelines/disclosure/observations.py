"""The observations of a build, read and checked before anything is decided about them.

What belongs here: the columns that disclosure relies on, the facts of the seeds that statuses need, and the refusal of
observations that no status fits. What does not: the statuses (`status`).
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.disclosure.programme import listed
from pipelines.editions import INTERNAL, PUBLIC
from pipelines.warehouse.database import open_for_reading

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
# What tells one kind of figure from another; areas, and values of a breakdown, are of one kind.
KINDS = (
    "measure_id",
    "definition_version",
    "authority",
    "period_kind",
    "period_label",
    "breakdown",
    "statistic",
)
COUNTS = ("people", "events", "nights")
NOT_AVAILABLE = "not_available"
WINDOW = "rolling_4q"


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
    return open_for_reading(warehouse, threads=2)


def read_observations(connection: duckdb.DuckDBPyConnection, *, background: bool = False) -> pl.DataFrame:
    """Return what some edition lists of `marts.measure_observation`, in the order of its key.

    With `background` also, in neither edition, the quarters and the windows of four of what the public edition lists by
    such windows: earlier releases may have listed other windows, and from windows that overlap a quarter follows.

    Beside the observation's own columns: `counted_as` (of its measure; an obligation is a share), `about` (person,
    record or district), `is_county` (the row of the authority itself), `in_force` (the measure's definition and the
    area exist in the period), `period_end` (the day after it), and `in_internal`, `in_public` and `in_background`:
    whether the edition lists it, or it is one of those others.

    Raises:
        DisclosureError: An observation stands twice, its measure or authority has no seed row, its period cannot be
            read, or a count has no value although its coverage says that there is one.
    """
    _with_listed(connection, background=background)
    rows = pl.DataFrame(connection.sql(_OBSERVATIONS).to_arrow_table())
    rows = rows.with_columns(
        (
            (pl.col("last_valid_on").is_null() | (pl.col("last_valid_on") >= pl.col("period_start")))
            & (pl.col("first_valid_on").is_null() | (pl.col("first_valid_on") < pl.col("period_end")))
        ).alias("in_force")
    ).drop("last_valid_on", "first_valid_on")
    _refuse(rows, rows.select(KEY).is_duplicated(), "stand twice in marts.measure_observation")
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


def _with_listed(connection: duckdb.DuckDBPyConnection, *, background: bool) -> None:
    """Make the view `listed`: what the editions list, one row per kind of figure and period.

    The marts hold many times what any edition lists, so the choice is made before the rows are read.
    """
    kinds = pl.DataFrame(connection.sql(_KINDS).to_arrow_table())
    _refuse(
        kinds,
        kinds["counted_as"].is_null(),
        "have no row in the seed `measures` or `obligations` for their definition_version",
        KINDS,
    )
    _refuse(kinds, kinds["is_county"].is_null(), "have no row in the seed `authority`", KINDS)
    kinds = _with_quarters_back(_with_period_ends(kinds))
    chosen = kinds.with_columns(listed(edition).alias(f"in_{edition}") for edition in (INTERNAL, PUBLIC))
    in_window = (pl.col("in_public") & (pl.col("period_kind") == WINDOW)).any()
    behind = in_window.over("measure_id", "authority", "is_county", "breakdown", "statistic")
    needed = behind & pl.col("period_kind").is_in(["quarter", WINDOW]) & (pl.col("counted_as") != "stock")
    chosen = chosen.with_columns((needed & pl.lit(background)).alias("in_background"))
    chosen = chosen.filter(pl.col("in_internal") | pl.col("in_public") | pl.col("in_background"))
    connection.register("listed", chosen.drop("quarters_back", "is_obligation", "case_system_as_at", "last_as_at"))


def _with_quarters_back(kinds: pl.DataFrame) -> pl.DataFrame:
    """Add how many quarters a period ends before the authority's last quarter that is over by its data; below 0 after.

    Over by the data of the case system, which every protocol has, else by the latest data of any sender.
    """
    last_day = pl.col("period_end").dt.offset_by("-1d")
    number = 4 * last_day.dt.year() + (last_day.dt.month() - 1) // 3
    counted = (pl.col("counted_as") != "forecast") & (pl.col("period_kind") == "quarter")
    as_at = pl.coalesce(pl.col("case_system_as_at").max(), pl.col("last_as_at").max()).over("authority")
    over = counted & (last_day <= as_at)
    last_over = number.filter(over).max().over("authority")
    last_listed = number.filter(counted).max().over("authority")
    any_period = number.max().over("authority")
    return kinds.with_columns((pl.coalesce(last_over, last_listed, any_period) - number).alias("quarters_back"))


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


def _refuse(rows: pl.DataFrame, wrong: pl.Series, sentence: str, key: Sequence[str] = KEY) -> None:
    """Stop when any row is wrong, naming the first by its key; a key names no person."""
    if wrong.any():
        first = rows.filter(wrong).select(key).row(0)
        named = ", ".join(f"{name}={value}" for name, value in zip(key, first, strict=True))
        raise DisclosureError(f"{wrong.sum()} observations {sentence}. The first: {named}.")


_LISTED_AS = """
listed_as as (
    select measure_id, definition_version, counted_as, valid_to, about, sources_needed, false as is_obligation
    from seeds.measures
    union all
    select obligation_id, definition_version, 'share', valid_to, about, sources_needed, true
    from seeds.obligations
)
"""

_KINDS = f"""
with {_LISTED_AS}

select
    {", ".join(f"observation.{column}" for column in KINDS)},
    listed_as.counted_as,
    listed_as.about,
    listed_as.is_obligation,
    listed_as.valid_to,
    authority.gss_code = observation.area_code as is_county,
    observation.coverage <> '{NOT_AVAILABLE}' as available,
    -- The case system's date where it alone is needed; the other dates speak of other senders.
    max(
        case when listed_as.sources_needed = 'case_system' then cast(observation.as_at as date) end
    ) as case_system_as_at,
    max(cast(observation.as_at as date)) as last_as_at
from marts.measure_observation as observation
left join listed_as
    on listed_as.measure_id = observation.measure_id
    and cast(listed_as.definition_version as varchar) = cast(observation.definition_version as varchar)
left join seeds.authority on authority.authority = observation.authority
group by all
"""

_OBSERVATIONS = f"""
select
    {", ".join(f"observation.{column}" for column in COLUMNS if column not in ("numerator", "denominator", "value"))},
    cast(observation.numerator as bigint) as numerator,
    cast(observation.denominator as bigint) as denominator,
    cast(observation.value as double) as value,
    listed.counted_as,
    listed.about,
    listed.is_county,
    listed.period_end,
    listed.in_internal,
    listed.in_public,
    listed.in_background,
    -- A seed column without any value has no type of its own.
    least(
        try_cast(cast(listed.valid_to as varchar) as date), try_cast(cast(area.valid_to as varchar) as date)
    ) as last_valid_on,
    try_cast(cast(area.valid_from as varchar) as date) as first_valid_on
from marts.measure_observation as observation
inner join seeds.authority on authority.authority = observation.authority
inner join listed
    on {" and ".join(f"listed.{column} = observation.{column}" for column in KINDS)}
    and listed.is_county = (authority.gss_code = observation.area_code)
    and listed.available = (observation.coverage <> '{NOT_AVAILABLE}')
left join seeds.area on area.area_code = observation.area_code
"""
