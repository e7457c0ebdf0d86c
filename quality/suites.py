"""The suites: what is expected of a load as a whole, generated from its extract's contract.

What belongs here: the checks, their bounds, severities and sentences. What does not: how the numbers are counted
(`profiles`), how a check is run (`validation`), or a threshold that a contract states itself.

A check is a bound on one number of a load's profile. `None` in the profile means "not to be judged": the first load of
a sender has nothing to be compared with, and a share of a handful of rows says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipelines.contracts import CORROBORATING_FAMILIES, Contract
from quality.expectations import happened, in_order, never_empty, references_of

Severity = Literal["hold", "warn"]
Unit = Literal["share", "points", "days"]

MOST_REJECTED = 0.05
MOST_REFUSED = 0.05
MOST_FUTURE = 0.02
MOST_DISORDER = 0.05
MOST_DRIFT = 0.25
MOST_GROWTH = 2.0
LATEST_ARRIVAL_DAYS = 45
FEWEST_FOUND = 0.5
EXPECTED_FOUND = 0.9


@dataclass(frozen=True)
class Check:
    """One expectation of a load.

    Attributes:
        name: Stable name, unique in its extract.
        extract: `<family>__<table>`.
        column: The column of the profile that is judged.
        lower: Smallest value that passes; None is no limit.
        upper: Largest value that passes; None is no limit.
        above_lower: The value must lie above `lower`, not on it.
        parts: Prefix of the profile's columns of which `column` is the worst; those beyond the bound are named.
        unit: How the number is written in a letter.
        severity: `hold` keeps the load out of the figures until somebody accepts it; `warn` only tells.
        description: What is expected, as a sentence to the sender.
        advice: What the sender does when it is not so.
    """

    name: str
    extract: str
    column: str
    unit: Unit
    severity: Severity
    description: str
    advice: str
    lower: float | None = None
    upper: float | None = None
    above_lower: bool = False
    parts: str = ""

    def keeps(self, value: float | None) -> bool:
        """Return whether a value passes; None and NaN are not judged and pass."""
        if value is None or math.isnan(value):
            return True
        if self.lower is not None and (value <= self.lower if self.above_lower else value < self.lower):
            return False
        return self.upper is None or value <= self.upper


def code_columns(contract: Contract) -> tuple[str, ...]:
    """Names of the columns whose mix of codes is compared with the load before."""
    return tuple(column.name for column in contract.columns if column.type == "code")


def event_date_columns(contract: Contract) -> tuple[str, ...]:
    """Names of the dates of what has happened: those whose bad value rejects the row, and others that are listed."""
    defining = (c.name for c in contract.columns if c.type == "date" and c.on_bad_value == "reject_row")
    return tuple(dict.fromkeys([*defining, *happened(contract.name)]))


def filled_columns(contract: Contract) -> tuple[str, ...]:
    """Names of the columns whose filled share is counted: expected to be filled, though a row can do without."""
    expected = (c.name for c in contract.columns if c.completeness > 0 and not c.required)
    return tuple(dict.fromkeys([*never_empty(contract.name), *expected]))


def typed_columns(contract: Contract) -> tuple[str, ...]:
    """Names of the columns in which an unreadable value is refused cell by cell."""
    return tuple(c.name for c in contract.columns if c.type != "text" and c.on_bad_value == "refuse_cell")


def suite(contract: Contract) -> tuple[Check, ...]:
    """Return the checks of an extract, the ones that hold a load first."""
    checks = [
        *_volume(contract),
        *_references(contract),
        *_completeness(contract),
        *_rows_and_arrival(contract),
        *_dates_in_order(contract),
        *_unread_cells(contract),
        *_drift(contract),
    ]
    return tuple(sorted(checks, key=lambda check: check.severity != "hold"))


def holding_checks(contract: Contract) -> tuple[Check, ...]:
    """Return the checks that hold a load."""
    return tuple(check for check in suite(contract) if check.severity == "hold")


def _repeats_everything(contract: Contract) -> bool:
    """Return whether each file holds the whole list anew; an increment and a yearly publication hold what is new."""
    return contract.delivery != "increment" and contract.family not in CORROBORATING_FAMILIES


def _volume(contract: Contract) -> Iterator[Check]:
    if not _repeats_everything(contract):
        return
    tolerance = contract.tolerance.share
    yield Check(
        name="rows_did_not_fall",
        extract=contract.name,
        column="row_ratio",
        unit="share",
        severity="hold",
        lower=1 - tolerance,
        description=f"The file has at least {1 - tolerance:.0%} of the rows of your last accepted one.",
        advice="Send the whole table again, or tell the analyst that the fall is real.",
    )
    if contract.delivery == "full":
        yield Check(
            name="rows_did_not_double",
            extract=contract.name,
            column="row_ratio",
            unit="share",
            severity="warn",
            upper=MOST_GROWTH,
            description="The file has no more than twice the rows of your last accepted one.",
            advice="Look whether two deliveries went into one file.",
        )


def _references(contract: Contract) -> Iterator[Check]:
    levels: tuple[tuple[str, Severity, float], ...] = (
        ("found_mostly", "hold", FEWEST_FOUND),
        ("found", "warn", EXPECTED_FOUND),
    )
    for reference in references_of(contract.name):
        keys, parent = ", ".join(reference.columns), reference.parent_table
        for name, severity, least in levels:
            yield Check(
                name=f"{name}__{parent}",
                extract=contract.name,
                column=f"found_share_{parent}",
                unit="share",
                severity=severity,
                lower=least,
                description=f"In at least {least:.0%} of the rows `{keys}` is one that `{parent}` has too.",
                advice=f"Send `{contract.table}` and `{parent}` from one system, with the same references.",
            )


def _completeness(contract: Contract) -> Iterator[Check]:
    for name in never_empty(contract.name):
        yield Check(
            name=f"not_empty__{name}",
            extract=contract.name,
            column=f"filled_share_{name}",
            unit="share",
            severity="hold",
            lower=0.0,
            above_lower=True,
            description=f"`{name}` is filled in some rows.",
            advice="Look whether the column was renamed, or its spellings changed, and send the file again.",
        )
    expected = [(name, contract.column(name).completeness) for name in filled_columns(contract)]
    if expected:
        yield Check(
            name="filled_as_expected",
            extract=contract.name,
            column="shortfall_worst",
            parts="shortfall_",
            unit="points",
            severity="warn",
            upper=0.0,
            description="Each column is filled in at least its share of the rows: "
            + ", ".join(f"`{name}` {share:.0%}" for name, share in expected)
            + ".",
            advice="Fill the column where it is known; what is blank is counted as not known.",
        )


def _rows_and_arrival(contract: Contract) -> Iterator[Check]:
    yield Check(
        name="rows_were_readable",
        extract=contract.name,
        column="rejected_share",
        unit="share",
        severity="warn",
        upper=MOST_REJECTED,
        description=f"No more than {MOST_REJECTED:.0%} of the rows are rejected.",
        advice="The list of rejected rows says, row by row, what was expected.",
    )
    yield Check(
        name="arrived_in_time",
        extract=contract.name,
        column="arrival_days",
        unit="days",
        severity="warn",
        lower=0,
        upper=LATEST_ARRIVAL_DAYS,
        description=f"The file arrives within {LATEST_ARRIVAL_DAYS} days after its data date, and never before it.",
        advice="Look at the data date in the file or its name, and send the next one sooner.",
    )
    if event_date_columns(contract):
        yield Check(
            name="dates_are_not_in_the_future",
            extract=contract.name,
            column="future_share",
            unit="share",
            severity="warn",
            upper=MOST_FUTURE,
            description=f"No more than {MOST_FUTURE:.0%} of the rows have an event after the file's data date.",
            advice="Events are counted once they have happened; look for days and months that changed places.",
        )


def _dates_in_order(contract: Contract) -> Iterator[Check]:
    if pairs := in_order(contract.name):
        yield Check(
            name="dates_are_in_order",
            extract=contract.name,
            column="disorder_worst",
            parts="disorder_",
            unit="share",
            severity="warn",
            upper=MOST_DISORDER,
            description=f"In no more than {MOST_DISORDER:.0%} of the rows do dates contradict each other: "
            + ", ".join(f"`{second}` before `{first}`" for first, second in pairs)
            + ".",
            advice="Look at the rows in which the second date is the earlier one; often a year is mistyped.",
        )


def _unread_cells(contract: Contract) -> Iterator[Check]:
    if typed_columns(contract):
        yield Check(
            name="cells_were_readable",
            extract=contract.name,
            column="refused_share_worst",
            parts="refused_share_",
            unit="share",
            severity="warn",
            upper=MOST_REFUSED,
            description=f"In no column are more than {MOST_REFUSED:.0%} of the cells unreadable.",
            advice="The list of refused cells says what was expected; a new spelling can be added for you.",
        )


def _drift(contract: Contract) -> Iterator[Check]:
    if code_columns(contract):
        yield Check(
            name="codes_are_steady",
            extract=contract.name,
            column="drift_worst",
            parts="drift_",
            unit="points",
            severity="warn",
            upper=MOST_DRIFT,
            description=(
                f"No code gains or loses more than {MOST_DRIFT * 100:.0f} points in its share of the rows since your "
                "last accepted file."
            ),
            advice="Look whether the coding changed; if it did, tell the analyst from when.",
        )
