"""Trends by another road: scipy's regression over the figures of a warehouse, by decision 12 alone.

What belongs here: the direction of every series of `marts.measure_observation`, in plain Python. What does not: the
figures themselves (`observations`), and any code of the pipeline.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
from scipy.stats import linregress

from pipelines.warehouse.database import open_for_reading

from .comparison import Difference

_SERIES = ("measure_id", "authority", "area_code", "breakdown", "breakdown_value", "statistic")
_OF_ROWS = ("share", "median", "p90")
_BETTER = {
    ("rising", "higher_is_better"): "improving",
    ("falling", "lower_is_better"): "improving",
    ("rising", "lower_is_better"): "worsening",
    ("falling", "higher_is_better"): "worsening",
}
_COMMON = ("total", "age_band", "eligibility", "former_uasc", "sex", "ethnic_group", "disability", "home_area")
_LATEST = 4
Row = dict[str, Any]


def differing_trends(warehouse: Path) -> list[Difference]:
    """Every trend that is not what decision 12 says, those lacking or too many included."""
    with open_for_reading(warehouse) as connection:
        expected = dict(_trends(connection))
        found = {
            tuple(row[name] for name in (*_SERIES, "period_label")): (row["direction"], row["judgement"])
            for row in _rows(connection, "from marts.measure_trend")
        }
    return [
        Difference(f"trend {key}", str(expected.get(key)), str(found.get(key)))
        for key in sorted(expected.keys() | found.keys())
        if expected.get(key) != found.get(key)
    ]


def _trends(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[tuple[str, ...], tuple[str, str]]]:
    measures = {row["measure_id"]: row for row in _rows(connection, "from core.dim_measure")}
    counties = {row["area_code"] for row in _rows(connection, "from core.dim_area where area_type = 'county'")}
    clocks = {row["authority"]: row for row in _rows(connection, "from core.dim_clock")}
    as_found = {
        (row["measure_id"], row["breakdown"])
        for row in _rows(connection, "from seeds.breakdown_value")
        if row["as_found"]
    }
    ends = {
        (row["authority"], row["period_label"]): row["last_day"]
        for row in _rows(connection, "from core.dim_period where period_kind = 'quarter'")
    }
    asked = {
        authority: sorted(label for (of, label), end in ends.items() if of == authority and end <= clock["as_at"])[
            -_LATEST:
        ]
        for authority, clock in clocks.items()
    }
    series: dict[tuple[str, ...], dict[int, Row]] = defaultdict(dict)
    for row in _rows(connection, "from marts.measure_observation where period_kind = 'quarter'"):
        measure, clock = measures[row["measure_id"]], clocks[row["authority"]]
        end: date | None = ends.get((row["authority"], row["period_label"]))
        whole = end is not None and row["period_start"] >= clock["monitoring_from"] and end <= clock["as_at"]
        listed = row["breakdown"] == "total" or row["area_code"] in counties
        always = (measure["listed_as"], row["breakdown"]) not in as_found
        if whole and listed and always and measure["counted_as"] != "forecast":
            number = row["period_start"].year * 4 + (row["period_start"].month - 1) // 3
            series[tuple(row[name] for name in _SERIES)][number] = row
    for key, quarters in series.items():
        polarity = _polarity(measures[key[0]], breakdown=key[3], statistic=key[5])
        for last, row in quarters.items():
            if row["period_label"] not in asked[key[1]]:
                continue
            direction = _direction(quarters, last, statistic=key[5])
            yield (*key, row["period_label"]), (direction, _BETTER.get((direction, polarity), direction))


def _polarity(measure: Row, breakdown: str, statistic: str) -> str:
    own_statistic = {"share": ("share",), "duration": ("median", "p90")}.get(measure["counted_as"], (statistic,))
    return str(measure["polarity"]) if statistic in own_statistic and breakdown in _COMMON else "neutral"


def _direction(quarters: Mapping[int, Row], last: int, statistic: str) -> str:  # noqa: PLR0911 - as the page lists them
    window = {number: row for number, row in quarters.items() if last - 7 <= number <= last}
    present = {number: row for number, row in window.items() if _kind(row) != "missing"}
    lacking = {number: row["senders_expected"] - row["senders_received"] for number, row in window.items()}
    if last not in present or any(lacking[number] < lacking[last] for number in present):
        return "not_available"
    if _kind(window[last]) == "small":
        return "too_small"
    alike = [number for number in sorted(present) if lacking[number] == lacking[last]]
    used = {number: _rounded(window[number]["value"]) for number in alike if _kind(window[number]) == "point"}
    is_count = statistic not in _OF_ROWS
    if is_count and not any(used.values()):
        return "none"
    if len(alike) < 6:
        return "too_few_points"
    if len(used) < 6 or (is_count and max(used.values()) < 10):
        return "too_small"
    if len(set(used.values())) == 1:
        return "no_clear_trend"
    line = linregress(list(used), list(used.values()))
    if line.pvalue >= 0.05:
        return "no_clear_trend"
    return "rising" if line.slope > 0 else "falling"


def _kind(row: Row) -> str:
    if row["coverage"] == "not_available":
        return "missing"
    if row["statistic"] in _OF_ROWS and row["denominator"] < 10:
        return "small"
    return "missing" if row["value"] is None else "point"


def _rounded(value: float) -> float:
    """Return a value to four places, halves up."""
    return float(Decimal(value).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    return connection.sql(query).pl().to_dicts()
