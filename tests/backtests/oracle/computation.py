"""From a truth folder to figures and events: the oracle's one entry.

What belongs here: the order of the steps. What does not: any rule of the definitions page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from .current_rows import Emitted
from .events import Circumstances, Event, events_of
from .housing import HousingRecords, OutsideLinks, read_housing
from .observations import Observation, ObservationKey, listed_periods, observe, read_data_dates
from .people import CASE_SYSTEM, PersonOf, read_lives
from .reference import Reference, read_reference
from .spells import read_spells


@dataclass(frozen=True)
class OracleResult:
    """What the figures must be, and the events behind them."""

    observations: dict[ObservationKey, Observation]
    events: list[Event]
    listed: dict[str, tuple[date, date]]
    """Authority → first day and day after the last day of the listed periods."""
    person_of: PersonOf
    """(authority, case-system id) → true person, to read a warehouse's person keys."""


def compute(truth: Path, seeds: Path, *, as_known_at: datetime | None = None) -> OracleResult:
    """Apply `measures.md`, as read in decision 2, to the records that the generator emitted.

    Args:
        truth: the generator's truth folder with `emitted/*.parquet` and `links.parquet`.
        seeds: the folder of the dbt project's seeds.
        as_known_at: use only files received by this moment; all files when absent.

    Raises:
        FileNotFoundError: a seed or the links are missing.
    """
    reference = read_reference(seeds)
    emitted = Emitted(truth, as_known_at)
    person_of, outside = read_links(truth)
    dates = read_data_dates(emitted)
    quarters = {
        name: listed_periods("accommodation_now", reference.authorities[name], latest)
        for name, latest in dates.case_system.items()
    }
    stock_days = {name: [quarter.last_day for quarter in listed] for name, listed in quarters.items()}
    events = [
        event
        for someone in _everyone(emitted, reference, person_of, outside)
        for event in events_of(someone, stock_days.get(someone.authority, []))
    ]
    return OracleResult(
        observations=observe(events, dates, reference),
        events=events,
        listed={name: (listed[0].start, listed[-1].end) for name, listed in quarters.items() if listed},
        person_of=person_of,
    )


def read_links(truth: Path) -> tuple[PersonOf, OutsideLinks]:
    """The true person of every case-system id, and of every application and case that has one."""
    person_of: PersonOf = {}
    outside: OutsideLinks = {}
    columns = ("family", "table", "sender", "source_ref", "person")
    for family, table, sender, ref, person in pl.read_parquet(truth / "links.parquet").select(columns).iter_rows():
        if person is None:
            continue
        if (family, table) == (CASE_SYSTEM, "ssd_person"):
            person_of[sender, ref] = person
        elif table in {"applications", "cases"}:
            outside[family, sender, ref] = person
    return person_of, outside


def _everyone(
    emitted: Emitted, reference: Reference, person_of: PersonOf, outside: OutsideLinks
) -> Iterator[Circumstances]:
    """Every person in every authority that knows them, in order of authority and person."""
    lives = read_lives(emitted, reference, person_of)
    spells = read_spells(emitted, reference, person_of, lives)
    housing = read_housing(emitted, reference, outside)
    for key in sorted(lives):
        yield Circumstances(lives[key], spells[key], housing.get(key[1], HousingRecords()), reference)
