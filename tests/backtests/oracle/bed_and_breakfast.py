"""Nights and stays in bed and breakfast, and in temporary accommodation of every kind.

What belongs here: readings 29 to 32, 59 and 61, for one person in one authority. What does not: which period a night
falls into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from .dates import DAY, add_months, capped, covers
from .housing import TemporaryPlacement
from .record_ids import record_id
from .spells import Spell

BED_AND_BREAKFAST, OTHER, OWN_ARRANGEMENTS = "bed_and_breakfast", "other", "own_arrangements"
COUNTY, DISTRICT, BOTH = "county", "district", "both"
_CODES = {"W": BED_AND_BREAKFAST, "V": OTHER}
"""Codes of the form that are temporary accommodation, with their placement type (reading 59)."""


@dataclass(frozen=True)
class Placement:
    """One placement, whoever told of it; `exit` is known or capped (reading 29)."""

    entry: date
    exit: date
    tier: str
    district: str | None
    from_form: bool
    placement_type: str
    known_exit: date | None
    """As recorded, however late; an older open record ends with its own file (reading 2); `None` is open."""
    ended: bool
    """Whether an exit is recorded that its file can know (reading 74, bnb_move_on)."""
    case: str | None
    """Record id of the homelessness case."""
    record_id: str

    @property
    def claim(self) -> tuple[date, bool, tuple[bool, str], str]:
        """The smaller claim has the night (reading 30)."""
        return (self.entry, self.tier == COUNTY, (self.district is None, self.district or ""), self.record_id)

    def covers(self, night: date) -> bool:
        """A night belongs to the date on which it begins."""
        return self.entry <= night < self.exit

    def stands_on(self, day: date) -> bool:
        """Whether a stock on `day` finds somebody there: an open placement goes on (reading 61)."""
        return covers(self.entry, self.known_exit, day)


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

    @property
    def end(self) -> date:
        """The day after the last night left (reading 62, A18)."""
        return self.last_night + DAY

    @property
    def ended(self) -> bool:
        """Whether no placement that reaches the stay's end is open or capped (reading 74, ambiguity O14)."""
        return all(placement.ended for placement in self.placements if placement.exit >= self.end)

    @property
    def case(self) -> str | None:
        """The case of the first homelessness placement (reading 62)."""
        return next((placement.case for placement in self.placements if not placement.from_form), None)

    def _counted(self) -> list[Placement]:
        return [placement for placement in self.placements if any(placement.covers(night) for night in self.nights)]


@dataclass(frozen=True)
class Run:
    """Consecutive nights of one placement, half-open."""

    placement: Placement
    start: date
    end: date


def temporary_placements(temporary: Iterable[TemporaryPlacement], forms: Iterable[Spell]) -> list[Placement]:
    """Temporary accommodation of both systems, bed and breakfast included (reading 59)."""
    found = [_of_case(p) for p in temporary if p.accommodation_type != OWN_ARRANGEMENTS]
    return found + [_of_form(s) for s in forms if s.accommodation_code in _CODES and s.placed_by in {COUNTY, DISTRICT}]


def bed_and_breakfast(placements: Iterable[Placement]) -> list[Placement]:
    """Those of them in bed and breakfast (reading 29)."""
    return [placement for placement in placements if placement.placement_type == BED_AND_BREAKFAST]


def standing_on(day: date, placements: Iterable[Placement]) -> list[Placement]:
    """The placements in which a stock on `day` finds somebody, the one that counts first (readings 30 and 61)."""
    return sorted((placement for placement in placements if placement.stands_on(day)), key=lambda p: p.claim)


def stays_of(placements: Sequence[Placement], in_scope: Callable[[date], bool]) -> list[Stay]:
    """The counted stays of one person in one authority, in order of time, with their ordinals (reading 31)."""
    stays: list[Stay] = []
    for stay in _islands(placements):
        _give_nights(stay, in_scope)
        if stay.nights:
            stay.ordinal = 1 + sum(1 for past in stays if add_months(stay.entry, -12) <= past.entry < stay.entry)
            stays.append(stay)
    return stays


def _of_case(placement: TemporaryPlacement) -> Placement:
    return Placement(
        entry=placement.entry,
        exit=_exit(placement.exit, placement.data_date),
        tier=DISTRICT,
        district=placement.district,
        from_form=False,
        placement_type=placement.accommodation_type or OTHER,
        known_exit=placement.exit,
        ended=placement.exit is not None and placement.exit <= placement.data_date,
        case=record_id("case", placement.district, placement.case_ref),
        record_id=placement.record_id,
    )


def _of_form(spell: Spell) -> Placement:
    return Placement(
        entry=spell.start,
        exit=_exit(spell.end, spell.data_date),
        tier=spell.placed_by or "",
        district=spell.district,
        from_form=True,
        placement_type=_CODES[spell.accommodation_code or ""],
        known_exit=spell.end,
        ended=spell.end is not None and spell.end <= spell.data_date,
        case=None,
        record_id=spell.record_id,
    )


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
