"""From a truth folder to figures, events and obligations: the oracle's one entry.

What belongs here: the order of the steps. What does not: any rule of the definitions page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import polars as pl

from .catalogue import ALL
from .circumstances import Circumstances, Event
from .coverage import County, DataDates
from .current_rows import Emitted
from .events import events_of, obligations_of
from .forms import FormsOfPerson, read_forms_of_authorities, read_forms_of_people
from .housing import HousingRecords, OutsideLinks, case_facts, read_cases, read_housing
from .obligations import ObligationRow
from .observations import lists, observe, periods_of
from .people import CASE_SYSTEM, Life, PersonOf, read_lives
from .people_measures import district_stocks
from .periods import months, quarters
from .protocol_promises import protocol_rows
from .reference import Reference, read_reference
from .register_measures import other_authority_care_leavers
from .registers import Registers, Registrations, read_registers
from .spells import read_spells


@dataclass(frozen=True)
class OracleResult:
    """What the events and obligations must be, and from them the figures."""

    events: list[Event]
    """Obligations among them, as measures."""
    obligations: list[ObligationRow]
    listed: dict[tuple[str, str], tuple[date, date]]
    """(authority, measure) → first day and day after the last day of the periods that it lists."""
    person_of: PersonOf
    """(authority, case-system id) → true person, to read a warehouse's person keys."""
    dates: DataDates
    reference: Reference
    measures: frozenset[str] = frozenset(ALL)
    """The measures and obligations to add up and to compare."""

    @cached_property
    def figures(self) -> pl.DataFrame:
        """Every listed figure of `measures`, in the columns of `observations.COLUMNS`."""
        return observe(self.events, self.dates, self.reference, self.measures)

    def about(self, measures: Iterable[str]) -> OracleResult:
        """The same result about some measures only."""
        return replace(self, measures=frozenset(measures))


def compute(truth: Path, seeds: Path, *, as_known_at: datetime | None = None) -> OracleResult:
    """Apply `measures.md`, as read in decisions 2 and 8, to the records that the generator emitted.

    Args:
        truth: the generator's truth folder with `emitted/*.parquet` and `links.parquet`.
        seeds: the folder of the dbt project's seeds.
        as_known_at: use only files received by this moment; all files when absent.

    Raises:
        FileNotFoundError: a seed or the links are missing.
    """
    reference = read_reference(seeds)
    emitted = Emitted(truth, as_known_at)
    person_of, links = read_links(truth)
    dates = DataDates(emitted)
    lives = read_lives(emitted, reference, person_of)
    registers = read_registers(emitted, links)
    events: list[Event] = []
    obligations: list[ObligationRow] = []
    for someone in _everyone(_Read(emitted, reference, person_of, links, dates), lives, registers):
        span = (someone.life.authority.monitoring_from, someone.data_date)
        quarter_ends = [period.last_day for period in quarters(*span)]
        events += events_of(someone, quarter_ends, [period.last_day for period in months(*span)])
        obligations += obligations_of(someone)
    counties = [County(reference.authorities[name], dates, reference) for name in sorted(dates.case_system)]
    forms = read_forms_of_authorities(emitted)
    for county in counties:
        obligations += _of_protocol(county, forms.get(county.authority.name, {}), events, reference)
    events += _of_other_authorities(emitted, reference, links, lives, registers)
    return OracleResult(
        events=events + [row.event for row in obligations],
        obligations=obligations,
        listed=_listed(counties, reference),
        person_of=person_of,
        dates=dates,
        reference=reference,
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


class _Read(NamedTuple):
    """What every further step reads from."""

    emitted: Emitted
    reference: Reference
    person_of: PersonOf
    links: OutsideLinks
    dates: DataDates


def _everyone(read: _Read, lives: dict[tuple[str, str], Life], registers: Registers) -> Iterator[Circumstances]:
    """Every person in every authority that knows them and has sent a snapshot, in order of authority and person."""
    spells = read_spells(read.emitted, read.reference, read.person_of, lives)
    housing = read_housing(read.emitted, read.reference, read.links)
    forms = read_forms_of_people(read.emitted, read.person_of)
    for key in sorted(lives):
        authority, person = key
        if authority not in read.dates.case_system:
            continue
        yield Circumstances(
            life=lives[key],
            spells=spells[key],
            housing=housing.get(person, HousingRecords()),
            reference=read.reference,
            data_date=read.dates.case_system[authority],
            registrations=registers.of_person.get(person, Registrations()),
            forms=forms.get(key, {}),
            tenancy_ends=registers.tenancy_ends,
        )


def _of_protocol(
    county: County, forms: FormsOfPerson, events: list[Event], reference: Reference
) -> Iterator[ObligationRow]:
    """What an authority promises about its districts and itself; its stocks about districts go to `events`."""
    listed = quarters(county.authority.monitoring_from, county.latest)
    events += district_stocks(county.authority, forms, listed, reference)
    yield from protocol_rows(county.authority, forms, listed, county.latest, reference)


def _of_other_authorities(
    emitted: Emitted,
    reference: Reference,
    links: OutsideLinks,
    lives: dict[tuple[str, str], Life],
    registers: Registers,
) -> Iterator[Event]:
    """Housing records of nobody whom the county knows (reading 72)."""
    known_in: dict[str, set[str]] = {}
    for authority, person in lives:
        known_in.setdefault(person, set()).add(authority)
    needs: dict[tuple[str, str], set[str]] = {}
    for row in emitted.table("homelessness", "support_needs", ("case_ref", "support_need")).rows_of_latest_loads():
        needs.setdefault((row["sender"], row["case_ref"]), set()).add(row["support_need"])
    cases = [(person, case_facts(row, reference)) for person, row in read_cases(emitted, links)]
    yield from other_authority_care_leavers(registers.applications, cases, needs, known_in, reference)


def _listed(counties: list[County], reference: Reference) -> dict[tuple[str, str], tuple[date, date]]:
    listed = {}
    for county in counties:
        for measure_id, measure in ALL.items():
            periods = periods_of(measure, county) if lists(measure_id, county, reference) else []
            if periods:
                span = (min(period.start for period in periods), max(period.end for period in periods))
                listed[county.authority.name, measure_id] = span
    return listed
