"""The oracle's figures, events and obligations beside a warehouse's.

What belongs here: reading `marts` of a built warehouse, read-only, and saying in words what differs. What does not: any
tolerance; equal means equal, except that shares, medians and centiles are equal to nine digits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import polars as pl

from pipelines.warehouse.database import open_for_reading

from .catalogue import ALL, NIGHTS, SHARE, SPAN
from .computation import OracleResult
from .observations import FIGURE, KEY

DIGITS = 9
_COUNTS = ("value", "numerator", "denominator")


class EventRow(NamedTuple):
    """An event as both sides can tell it; `person` is the true person, breakdowns in the catalogue's order."""

    measure_id: str
    authority: str
    person: str | None
    area_code: str
    start_date: date
    end_date: date | None
    quantity: int
    in_numerator: bool | None = None
    breakdowns: tuple[str | None, ...] = ()

    def __str__(self) -> str:
        """One line for a reader of a failed test."""
        end = self.end_date.isoformat() if self.end_date is not None else "open"
        told = zip(ALL[self.measure_id].breakdowns, self.breakdowns, strict=False)
        own = ", ".join(f"{name}={_text(value)}" for name, value in told)
        held = "" if self.in_numerator is None else f" {'in' if self.in_numerator else 'not in'} the numerator"
        return (
            f"event {self.measure_id} {self.authority} person {_text(self.person)} {self.area_code}"
            f" {self.start_date} to {end} quantity {self.quantity}{held} ({own})"
        )


class ObligationOnBothSides(NamedTuple):
    """An obligation as both sides can tell it."""

    obligation_id: str
    authority: str
    person: str | None
    area_code: str
    clause: str
    trigger_date: date
    due_date: date
    met_date: date | None
    waived_reason: str | None
    quantity: int
    status: str

    def __str__(self) -> str:
        """One line for a reader of a failed test."""
        return (
            f"obligation {self.obligation_id} ({self.clause}) {self.authority} person {_text(self.person)}"
            f" {self.area_code} {self.trigger_date} due {self.due_date} met {_text(self.met_date)}:"
            f" {self.status} {_text(self.waived_reason)} quantity {self.quantity}"
        )


@dataclass(frozen=True)
class Difference:
    """One thing that the oracle and the warehouse tell differently."""

    subject: str
    expected: str
    got: str

    def __str__(self) -> str:
        """One line for a reader of a failed test."""
        return f"{self.subject}: expected {self.expected}, got {self.got}"


def compare(oracle: OracleResult, warehouse: Path) -> list[Difference]:
    """Every figure, event and obligation that differs, figures first; an empty list is agreement.

    Args:
        oracle: what must be.
        warehouse: a built `warehouse.duckdb` with the schemas `identity` and `marts`; opened read-only.

    Raises:
        ValueError: one person key stands for two true persons.
    """
    with open_for_reading(warehouse) as connection:
        person_of = _true_persons(connection, oracle)
        events = _read_events(connection, oracle, person_of)
        obligations = _read_obligations(connection, oracle, person_of)
        return [
            *_differing_figures(oracle.figures, _read_figures(connection, oracle)),
            *_differing_rows(oracle_events(oracle), events),
            *_differing_rows(oracle_obligations(oracle), obligations),
        ]


def oracle_events(oracle: OracleResult) -> Counter[EventRow]:
    """The oracle's events inside the listed periods."""
    rows = (
        EventRow(
            e.measure_id,
            e.authority,
            e.person,
            e.area_code,
            e.start_date,
            e.end_date,
            e.quantity,
            e.in_numerator,
            tuple(e.breakdowns[name] for name in ALL[e.measure_id].breakdowns),
        )
        for e in oracle.events
    )
    return _inside_listed_periods(rows, oracle)


def oracle_obligations(oracle: OracleResult) -> Counter[ObligationOnBothSides]:
    """The oracle's obligations of the measures to compare."""
    return Counter(
        ObligationOnBothSides(
            row.obligation_id,
            row.authority,
            row.person,
            row.area_code,
            row.clause,
            row.trigger_date,
            row.due_date,
            row.met_date,
            row.waived_reason,
            row.quantity,
            row.status,
        )
        for row in oracle.obligations
        if row.obligation_id in oracle.measures
    )


def events_of_warehouse(warehouse: Path, oracle: OracleResult) -> Counter[EventRow]:
    """The warehouse's events inside the listed periods, with true persons for person keys.

    Raises:
        ValueError: one person key stands for two true persons.
    """
    with open_for_reading(warehouse) as connection:
        return _read_events(connection, oracle, _true_persons(connection, oracle))


def obligations_of_warehouse(warehouse: Path, oracle: OracleResult) -> Counter[ObligationOnBothSides]:
    """The warehouse's obligations, with true persons for person keys.

    Raises:
        ValueError: one person key stands for two true persons.
    """
    with open_for_reading(warehouse) as connection:
        return _read_obligations(connection, oracle, _true_persons(connection, oracle))


PersonOfKey = Callable[[str | None], str | None]


def _true_persons(connection: duckdb.DuckDBPyConnection, oracle: OracleResult) -> PersonOfKey:
    person_of_key: dict[str, str] = {}
    for authority, person_id, key in connection.execute(
        "select authority, person_id, person_key from identity.person_alias"
    ).fetchall():
        person = oracle.person_of.get((authority, person_id), f"unknown id {person_id}")
        if person_of_key.setdefault(key, person) != person:
            raise ValueError(f"person key {key} stands for two people: {person_of_key[key]} and {person}")

    def person_of(key: str | None) -> str | None:
        return None if key is None else person_of_key.get(key, f"unknown key {key}")

    return person_of


def _read_figures(connection: duckdb.DuckDBPyConnection, oracle: OracleResult) -> pl.DataFrame:
    columns = ", ".join((*KEY, *FIGURE))
    figures = connection.execute(f"select {columns} from marts.measure_observation").pl()
    return figures if oracle.measures == set(ALL) else figures.filter(pl.col("measure_id").is_in(oracle.measures))


def _read_events(
    connection: duckdb.DuckDBPyConnection, oracle: OracleResult, person_of: PersonOfKey
) -> Counter[EventRow]:
    """A breakdown for which the warehouse has no column reads as null."""
    table = connection.execute("select * from marts.measure_event limit 0")
    held = {column[0] for column in table.description or []}
    names = sorted({name for measure in ALL.values() for name in measure.breakdowns})
    columns = [name if name in held else f"null as {name}" for name in ("in_numerator", *names)]
    rows = connection.execute(
        "select measure_id, authority, person_key, area_code, start_date, end_date, quantity,"
        f" {', '.join(columns)} from marts.measure_event"
    ).fetchall()
    positions = {
        measure_id: [8 + names.index(name) for name in measure.breakdowns] for measure_id, measure in ALL.items()
    }
    events = (
        EventRow(
            row[0],
            row[1],
            person_of(row[2]),
            *row[3:6],
            int(row[6]),
            row[7] if ALL[row[0]].counted_as == SHARE else None,
            tuple(row[position] for position in positions[row[0]]),
        )
        for row in rows
        if row[0] in ALL
    )
    return _inside_listed_periods(events, oracle)


def _read_obligations(
    connection: duckdb.DuckDBPyConnection, oracle: OracleResult, person_of: PersonOfKey
) -> Counter[ObligationOnBothSides]:
    rows = connection.execute(
        "select obligation_id, authority, person_key, area_code, clause, trigger_date, due_date, met_date,"
        " waived_reason, quantity, status from marts.obligation_status"
    ).fetchall()
    return Counter(
        ObligationOnBothSides(*row[:2], person_of(row[2]), *row[3:9], int(row[9]), row[10])
        for row in rows
        if row[0] in oracle.measures
    )


def _inside_listed_periods(events: Iterable[EventRow], oracle: OracleResult) -> Counter[EventRow]:
    """Events that some listed period counts; nights are cut to the listed days."""
    inside: Counter[EventRow] = Counter()
    for event in events:
        if event.measure_id not in oracle.measures:
            continue
        first, last = oracle.listed.get((event.authority, event.measure_id), (date.max, date.max))
        if ALL[event.measure_id].counted_as in {NIGHTS, SPAN} and event.end_date is not None:
            start, end = max(event.start_date, first), min(event.end_date, last)
            if start < end:
                cut = (event.end_date - event.start_date) - (end - start)
                inside[event._replace(start_date=start, end_date=end, quantity=event.quantity - cut.days)] += 1
        elif first <= event.start_date < last:
            inside[event] += 1
    return inside


def _differing_figures(expected: pl.DataFrame, got: pl.DataFrame) -> Iterator[Difference]:
    """Figures told twice, figures on one side only, and figures that say something else."""
    got = _comparable(got)
    twice = got.group_by(KEY).len("times").filter(pl.col("times") > 1).sort(KEY)
    for row in twice.iter_rows():
        yield Difference(" ".join(row[:-1]), "one figure", f"{row[-1]} of them")
    both = _comparable(expected).join(
        got.unique(subset=KEY), on=KEY, how="full", coalesce=True, suffix="_got", nulls_equal=True
    )
    same = [pl.col(name).eq_missing(pl.col(f"{name}_got")) for name in ("told", *FIGURE)]
    for row in both.filter(~pl.all_horizontal(same)).sort(KEY).iter_rows(named=True):
        yield Difference(" ".join(str(row[name]) for name in KEY), *_telling_parts(row))


def _comparable(figures: pl.DataFrame) -> pl.DataFrame:
    """The columns of a figure in types that both sides share, and `told`, which is true."""
    return figures.select(
        *[pl.col(name).cast(pl.String) for name in KEY],
        *[pl.col(name).cast(pl.Float64).round(DIGITS) for name in _COUNTS],
        pl.col("coverage").cast(pl.String),
        pl.col("senders_received", "senders_expected").cast(pl.Int64),
        pl.col("as_at").cast(pl.Date),
        told=pl.lit(True),
    )


def _telling_parts(row: dict[str, Any]) -> tuple[str, str]:
    """The parts that differ, or the whole where one side has no such figure."""
    if row["told"] is None or row["told_got"] is None:
        return _whole(row, ""), _whole(row, "_got")
    parts = [name for name in FIGURE if row[name] != row[f"{name}_got"]]
    left, right = (", ".join(f"{name}={_text(row[name + side])}" for name in parts) for side in ("", "_got"))
    return left, right


def _whole(row: dict[str, Any], side: str) -> str:
    if row[f"told{side}"] is None:
        return "no such figure"
    return f"value={_text(row[f'value{side}'])} ({row[f'coverage{side}']})"


def _differing_rows(expected: Counter[Any], got: Counter[Any]) -> Iterator[Difference]:
    for row in sorted((expected - got).elements(), key=repr):
        yield Difference(str(row), "this row", "none")
    for row in sorted((got - expected).elements(), key=repr):
        yield Difference(str(row), "none", "this row")


def _text(value: Any) -> str:
    if value is None:
        return "null"
    return f"{value:g}" if isinstance(value, float) else str(value)
