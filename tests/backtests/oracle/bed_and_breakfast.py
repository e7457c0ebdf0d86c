"""Nights and stays in bed and breakfast.

What belongs here: readings 29 to 32, for one person in one authority. What does not: which period a night falls into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from .dates import DAY, add_months, capped
from .housing import TemporaryPlacement
from .spells import Spell

BED_AND_BREAKFAST = "bed_and_breakfast"
COUNTY, DISTRICT, BOTH = "county", "district", "both"


@dataclass(frozen=True)
class Placement:
    """One placement in bed and breakfast, whoever told of it; `exit` is known or capped (reading 29)."""

    entry: date
    exit: date
    tier: str
    district: str | None
    from_form: bool
    record_id: str

    @property
    def claim(self) -> tuple[date, bool, tuple[bool, str], str]:
        """The smaller claim has the night (reading 30)."""
        return (self.entry, self.tier == COUNTY, (self.district is None, self.district or ""), self.record_id)

    def covers(self, night: date) -> bool:
        """A night belongs to the date on which it begins."""
        return self.entry <= night < self.exit


@dataclass
class Stay:
    """Placements that touch or overlap, and the nights left of them (reading 31)."""

    placements: list[Placement]
    nights: dict[date, Placement] = field(default_factory=dict)
    """Night left → the placement that has it, in order of time."""
    ordinal: int = 0

    @property
    def entry(self) -> date:
        """The first night left."""
        return next(iter(self.nights))

    @property
    def last_night(self) -> date:
        """The last night left."""
        return next(reversed(self.nights))

    @property
    def first_placement(self) -> Placement:
        """The placement of the first night left, which gives the stay its area."""
        return self.nights[self.entry]

    @property
    def tier(self) -> str:
        """Who placed: county, district or both, among the placements that cover a night left."""
        tiers = {placement.tier for placement in self._counted()}
        return BOTH if len(tiers) == 2 else tiers.pop()

    @property
    def agreement(self) -> str:
        """Which systems know of the stay."""
        sources = {placement.from_form for placement in self._counted()}
        if len(sources) == 2:
            return "both_systems"
        return "case_system_only" if sources.pop() else "housing_only"

    @property
    def shown_ordinal(self) -> str:
        """The ordinal as a breakdown value."""
        return str(self.ordinal) if self.ordinal < 3 else "3_or_more"

    def runs(self) -> list[Run]:
        """The stay's nights as runs of consecutive nights of one placement (reading 32)."""
        runs: list[Run] = []
        for night, placement in self.nights.items():
            last = runs[-1] if runs else None
            if last is not None and last.placement == placement and last.end == night:
                runs[-1] = Run(placement, last.start, night + DAY)
            else:
                runs.append(Run(placement, night, night + DAY))
        return runs

    def _counted(self) -> list[Placement]:
        return [placement for placement in self.placements if any(placement.covers(night) for night in self.nights)]


@dataclass(frozen=True)
class Run:
    """Consecutive nights of one placement, half-open."""

    placement: Placement
    start: date
    end: date


def placements_of(temporary: Iterable[TemporaryPlacement], forms: Iterable[Spell]) -> list[Placement]:
    """Bed and breakfast of both systems; no night after a file's data date (readings 2 and 29)."""
    found = [
        Placement(p.entry, _exit(p.exit, p.data_date), DISTRICT, p.district, from_form=False, record_id=p.record_id)
        for p in temporary
        if p.accommodation_type == BED_AND_BREAKFAST
    ]
    found += [
        Placement(s.start, _exit(s.end, s.data_date), s.placed_by, s.district, from_form=True, record_id=s.record_id)
        for s in forms
        if s.kind == BED_AND_BREAKFAST and s.placed_by in {COUNTY, DISTRICT}
    ]
    return found


def stays_of(placements: Sequence[Placement], in_scope: Callable[[date], bool]) -> list[Stay]:
    """The counted stays of one person in one authority, in order of time, with their ordinals (reading 31)."""
    stays: list[Stay] = []
    for stay in _islands(placements):
        _give_nights(stay, in_scope)
        if stay.nights:
            stay.ordinal = 1 + sum(1 for past in stays if add_months(stay.entry, -12) <= past.entry < stay.entry)
            stays.append(stay)
    return stays


def _exit(known: date | None, data_date: date) -> date:
    return min(capped(known, data_date), data_date + DAY)


def _islands(placements: Sequence[Placement]) -> list[Stay]:
    islands: list[Stay] = []
    latest_exit = date.min
    for placement in sorted(placements, key=lambda p: p.claim):
        if islands and placement.entry <= latest_exit:
            islands[-1].placements.append(placement)
        else:
            islands.append(Stay([placement]))
        latest_exit = max(latest_exit, placement.exit)
    return islands


def _give_nights(stay: Stay, in_scope: Callable[[date], bool]) -> None:
    """Each night in scope to the covering placement of the smallest claim (reading 30)."""
    night = min(placement.entry for placement in stay.placements)
    last = max(placement.exit for placement in stay.placements)
    while night < last:
        if in_scope(night):
            stay.nights[night] = min((p for p in stay.placements if p.covers(night)), key=lambda p: p.claim)
        night += DAY
