"""The oracle's figures and events beside a warehouse's.

What belongs here: reading `marts` of a built warehouse, read-only, and saying in words what differs. What does not: any
tolerance; equal means equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from .computation import OracleResult
from .observations import COUNTED_AS, NIGHTS, Observation, ObservationKey


class EventRow(NamedTuple):
    """An event as both sides can tell it; `person` is the true person."""

    measure_id: str
    authority: str
    person: str
    area_code: str
    start_date: date
    end_date: date | None
    quantity: int


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
    """Every figure and event that differs, figures first; an empty list is agreement.

    Args:
        oracle: what must be.
        warehouse: a built `warehouse.duckdb` with the schemas `identity` and `marts`; opened read-only.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        figures = _read_observations(connection)
        events = _read_events(connection, oracle)
    return [*_differing_figures(oracle.observations, figures), *_differing_events(oracle_events(oracle), events)]


def oracle_events(oracle: OracleResult) -> Counter[EventRow]:
    """The oracle's events inside the listed periods."""
    rows = (
        EventRow(e.measure_id, e.authority, e.person, e.area_code, e.start_date, e.end_date, e.quantity)
        for e in oracle.events
    )
    return _inside_listed_periods(rows, oracle.listed)


def events_of_warehouse(warehouse: Path, oracle: OracleResult) -> Counter[EventRow]:
    """The warehouse's events inside the listed periods, with true persons for person keys.

    Raises:
        ValueError: one person key stands for two true persons.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return _read_events(connection, oracle)


def _read_observations(connection: duckdb.DuckDBPyConnection) -> dict[ObservationKey, Observation]:
    rows = connection.execute(
        "select measure_id, authority, area_code, period_kind, period_label, breakdown, breakdown_value, statistic,"
        " value, denominator, coverage, senders_received, senders_expected, as_at from marts.measure_observation"
    ).fetchall()
    figures = {ObservationKey(*row[:8]): Observation(*row[8:]) for row in rows}
    if len(figures) != len(rows):
        raise ValueError(f"marts.measure_observation holds {len(rows) - len(figures)} figures twice")
    return {key: figure for key, figure in figures.items() if key.measure_id in COUNTED_AS}


def _read_events(connection: duckdb.DuckDBPyConnection, oracle: OracleResult) -> Counter[EventRow]:
    person_of_key: dict[str, str] = {}
    for authority, person_id, key in connection.execute(
        "select authority, person_id, person_key from identity.person_alias"
    ).fetchall():
        person = oracle.person_of.get((authority, person_id), f"unknown id {person_id}")
        if person_of_key.setdefault(key, person) != person:
            raise ValueError(f"person key {key} stands for two people: {person_of_key[key]} and {person}")
    rows = connection.execute(
        "select measure_id, authority, person_key, area_code, start_date, end_date, quantity from marts.measure_event"
    ).fetchall()
    events = (
        EventRow(measure, authority, person_of_key.get(key, f"unknown key {key}"), area, start, end, int(quantity))
        for measure, authority, key, area, start, end, quantity in rows
        if measure in COUNTED_AS
    )
    return _inside_listed_periods(events, oracle.listed)


def _inside_listed_periods(events: Iterable[EventRow], listed: Mapping[str, tuple[date, date]]) -> Counter[EventRow]:
    """Events that some listed period counts; nights are cut to the listed days."""
    inside: Counter[EventRow] = Counter()
    for event in events:
        first, last = listed[event.authority]
        if COUNTED_AS[event.measure_id] == NIGHTS and event.end_date is not None:
            start, end = max(event.start_date, first), min(event.end_date, last)
            if start < end:
                inside[event._replace(start_date=start, end_date=end, quantity=(end - start).days)] += 1
        elif first <= event.start_date < last:
            inside[event] += 1
    return inside


def _differing_figures(
    expected: Mapping[ObservationKey, Observation], got: Mapping[ObservationKey, Observation]
) -> Iterator[Difference]:
    for key in sorted(expected.keys() | got.keys()):
        left, right = expected.get(key), got.get(key)
        if left != right:
            yield Difference(" ".join(key), *_telling_parts(left, right))


def _telling_parts(expected: Observation | None, got: Observation | None) -> tuple[str, str]:
    """The parts that differ, or the whole where one side has no such figure."""
    if expected is None or got is None:
        return _whole(expected), _whole(got)
    parts = [name for name in Observation._fields if getattr(expected, name) != getattr(got, name)]
    return tuple(", ".join(f"{name}={_text(getattr(side, name))}" for name in parts) for side in (expected, got))  # type: ignore[return-value]


def _whole(figure: Observation | None) -> str:
    return "no such figure" if figure is None else f"value={_text(figure.value)} ({figure.coverage})"


def _differing_events(expected: Counter[EventRow], got: Counter[EventRow]) -> Iterator[Difference]:
    for event in sorted((expected - got).elements(), key=repr):
        yield Difference(_event_text(event), "this event", "none")
    for event in sorted((got - expected).elements(), key=repr):
        yield Difference(_event_text(event), "none", "this event")


def _event_text(event: EventRow) -> str:
    end = event.end_date.isoformat() if event.end_date is not None else "open"
    return (
        f"event {event.measure_id} {event.authority} person {event.person} {event.area_code}"
        f" {event.start_date} to {end} quantity {event.quantity}"
    )


def _text(value: Any) -> str:
    return "null" if value is None else str(value)
