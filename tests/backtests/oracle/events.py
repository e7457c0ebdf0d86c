"""The events that each measure counts, with their breakdowns.

What belongs here: putting one person's moves, presentations, stays and homes together with scope, area and breakdowns.
What does not: adding events up (`observations`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from .bed_and_breakfast import Stay, placements_of, stays_of
from .dates import DAY
from .homes import candidates, home_on
from .housing import HousingRecords
from .moves import MOVE_MEASURES, Move, moves_of
from .people import Life, home_area
from .presentations import agreement_of, case_system_only, presentations_of
from .reference import Reference
from .spells import Spells


@dataclass(frozen=True)
class Event:
    """One event or span that counts: a row of `measure_event`, with the true person for the person key."""

    measure_id: str
    authority: str
    person: str
    area_code: str
    start_date: date
    end_date: date | None
    quantity: int
    breakdowns: dict[str, str]


@dataclass(frozen=True)
class Circumstances:
    """Everything known of one person in one authority."""

    life: Life
    spells: Spells
    housing: HousingRecords
    reference: Reference

    @property
    def authority(self) -> str:
        """The authority whose case system knows the person."""
        return self.life.authority.name

    def area(self, district: str | None) -> str:
        """Area code of a district, seen from the authority (reading 10)."""
        return self.reference.area(self.authority, district)

    def event(
        self,
        measure_id: str,
        start: date,
        end: date | None,
        area: str,
        breakdowns: dict[str, str],
        *,
        quantity: int = 1,
    ) -> Event:
        """An event of this person; `breakdowns` in full."""
        return Event(measure_id, self.authority, self.life.person, area, start, end, quantity, breakdowns)


def events_of(someone: Circumstances, stock_days: Iterable[date]) -> Iterator[Event]:
    """Every event of one person in one authority; `stock_days` are the last days of the quarters."""
    moves = moves_of(someone.housing.lettings, someone.housing.duty_ends, someone.spells.homes, someone.reference)
    yield from _moves(someone, moves)
    yield from _presentations(someone)
    yield from _case_system_only(someone)
    yield from _bed_and_breakfast(someone)
    yield from _accommodation(someone, moves, stock_days)


def _moves(someone: Circumstances, moves: Iterable[Move]) -> Iterator[Event]:
    """Moves of the four counted kinds of who is in scope on their start (page §2)."""
    for move in moves:
        measure_id = MOVE_MEASURES.get(move.kind)
        if measure_id is None or not someone.life.in_scope(move.start):
            continue
        area = someone.area(move.district)
        breakdowns = someone.life.breakdowns_on(move.start, area) | {
            "agreement": move.agreement,
            "route": move.route,
            "scheme": move.scheme,
        }
        yield someone.event(measure_id, move.start, move.end, area, breakdowns)


def _presentations(someone: Circumstances) -> Iterator[Event]:
    """Presentations of who is in scope on the day of application (reading 27)."""
    for case in presentations_of(someone.housing.cases):
        if not someone.life.in_scope(case.application_on):
            continue
        area = someone.area(case.district)
        breakdowns = someone.life.breakdowns_on(case.application_on, area) | {
            "agreement": agreement_of(case, someone.spells.homes),
            "category": case.category,
        }
        yield someone.event("homeless_presentations", case.application_on, None, area, breakdowns)


def _case_system_only(someone: Circumstances) -> Iterator[Event]:
    """Presentations that stand apart, never in the headline (reading 28)."""
    for presentation in case_system_only(someone.spells.homes, someone.housing.cases):
        if not someone.life.in_scope(presentation.start):
            continue
        area = someone.area(presentation.district)
        breakdowns = someone.life.breakdowns_on(presentation.start, area) | {"agreement": "case_system_only"}
        yield someone.event("homeless_presentations_case_system_only", presentation.start, None, area, breakdowns)


def _bed_and_breakfast(someone: Circumstances) -> Iterator[Event]:
    """Stays, and runs of nights, of who is in scope with the lower limit of 16 (readings 30 to 32)."""
    age_from = someone.life.authority.bed_and_breakfast_age_from
    placements = placements_of(someone.housing.placements, someone.spells.forms)
    for stay in stays_of(placements, lambda night: someone.life.in_scope(night, age_from)):
        area = someone.area(stay.first_placement.district)
        breakdowns = _breakdowns_of_stay(someone, stay, area)
        yield someone.event("bnb_stays", stay.entry, stay.last_night + DAY, area, breakdowns)
        for run in stay.runs():
            lies_in = someone.area(run.placement.district)
            yield someone.event(
                "bnb_nights",
                run.start,
                run.end,
                lies_in,
                breakdowns | {"home_area": home_area(lies_in)},
                quantity=(run.end - run.start).days,
            )


def _breakdowns_of_stay(someone: Circumstances, stay: Stay, area: str) -> dict[str, str]:
    """Breakdowns as on the first night left (page §3)."""
    return someone.life.breakdowns_on(stay.entry, area) | {
        "agreement": stay.agreement,
        "tier": stay.tier,
        "ordinal": stay.shown_ordinal,
    }


def _accommodation(someone: Circumstances, moves: Iterable[Move], stock_days: Iterable[date]) -> Iterator[Event]:
    """The home of who is in scope on the last day of a quarter; adds up to the cohort (page §3)."""
    records = candidates(someone.spells.homes, moves, someone.housing.placements, someone.reference)
    for day in stock_days:
        if not someone.life.in_scope(day):
            continue
        home = home_on(day, records, someone.spells, someone.reference)
        area = someone.area(home.district)
        breakdowns = someone.life.breakdowns_on(day, area) | {
            "kind_of_home": home.kind,
            "suitability": home.suitability,
        }
        yield someone.event("accommodation_now", day, day + DAY, area, breakdowns)
