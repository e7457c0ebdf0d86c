"""Everything known of one person in one authority, and the shape of what is counted.

What belongs here: what several measures ask of a person: home on a day, areas, scope, common breakdowns. What does not:
any measure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from .bed_and_breakfast import Placement, Stay, bed_and_breakfast, stays_of, temporary_placements
from .current_rows import Row
from .dates import DAY, covers
from .forms import FormsOfPerson
from .homes import Candidate, HomeOnDay, candidates, home_on
from .housing import HousingRecords
from .moves import Move, moves_of
from .people import Life
from .reference import Reference
from .registers import Application, Registrations, TenancyEnd
from .spells import Spell, Spells


@dataclass(frozen=True)
class Event:
    """One event or span that counts: a row of `measure_event`, with the true person for the person key."""

    measure_id: str
    authority: str
    person: str | None
    area_code: str
    start_date: date
    end_date: date | None
    quantity: int
    breakdowns: dict[str, str]
    in_numerator: bool | None = None


@dataclass(frozen=True)
class Circumstances:
    """Everything known of one person in one authority."""

    life: Life
    spells: Spells
    housing: HousingRecords
    reference: Reference
    data_date: date
    """The authority's latest case-system data date, DD (reading 38)."""
    registrations: Registrations = field(default_factory=Registrations)
    forms: FormsOfPerson = field(default_factory=dict)
    tenancy_ends: dict[tuple[str, str], TenancyEnd] = field(default_factory=dict)
    _homes: dict[date, HomeOnDay] = field(default_factory=dict)

    @property
    def authority(self) -> str:
        """The authority whose case system knows the person."""
        return self.life.authority.name

    @property
    def applications(self) -> list[Application]:
        """The person's applications to any register, in order of registration."""
        return self.registrations.applications

    @cached_property
    def moves(self) -> list[Move]:
        """Every move, counted or not (reading 20)."""
        return moves_of(self.housing.lettings, self.housing.duty_ends, self.spells.homes, self.reference)

    @cached_property
    def independent_moves(self) -> list[Move]:
        """Moves of the independent family, in order of start (reading 43)."""
        independent = (move for move in self.moves if self.reference.family_of_kind[move.kind] == "independent")
        return sorted(independent, key=lambda move: move.start)

    @cached_property
    def temporary_placements(self) -> list[Placement]:
        """Temporary accommodation, bed and breakfast included (reading 59)."""
        return temporary_placements(self.housing.placements, self.spells.forms)

    @cached_property
    def bed_and_breakfast(self) -> list[Placement]:
        """Placements in bed and breakfast (reading 29)."""
        return bed_and_breakfast(self.temporary_placements)

    @cached_property
    def bed_and_breakfast_stays(self) -> list[Stay]:
        """The counted stays (reading 31)."""
        return stays_of(self.bed_and_breakfast, lambda night: self.life.in_scope(night, from_16=True))

    def form(self, name: str) -> list[Row]:
        """The current rows of a form about the person, in order of record id."""
        return self.forms.get(name, [])

    def in_scope(self, day: date, *, from_16: bool = False) -> bool:
        """Whether the person is in scope on `day` (reading 39)."""
        return self.life.in_scope(day, from_16=from_16)

    def area(self, district: str | None) -> str:
        """Area code of a district, seen from the authority (reading 10)."""
        return self.reference.area(self.authority, district)

    def home_as_stock(self, day: date) -> HomeOnDay:
        """The home on `day` (reading 23)."""
        home = self._homes.get(day)
        if home is None:
            home = self._homes[day] = home_on(day, self._candidates, self.spells, self.reference)
        return home

    def home(self, day: date) -> HomeOnDay:
        """The home on `day` of a flow or an obligation: not after the data date (reading 40)."""
        return self.home_as_stock(min(day, self.data_date))

    def home_area(self, day: date) -> str:
        """Area code of that home."""
        return self.area(self.home(day).district)

    def care_placement_on(self, day: date) -> Spell | None:
        """The looked-after placement that covers `day`: of several the latest begun (reading 74, ambiguity O6)."""
        covering = [spell for spell in self.spells.care_placements if covers(spell.start, spell.end, day)]
        latest = max((spell.start for spell in covering), default=None)
        begun = sorted((spell for spell in covering if spell.start == latest), key=lambda spell: spell.record_id)
        return begun[0] if begun else None

    def event(
        self,
        measure_id: str,
        start: date,
        area: str,
        *,
        end: date | None = None,
        quantity: int = 1,
        in_numerator: bool | None = None,
        valued_on: date | None = None,
        **own: str,
    ) -> Event:
        """An event of this person with the common breakdowns of `valued_on`, else of its start, and its own ones."""
        breakdowns = self.life.breakdowns_on(valued_on or start, area) | own
        return Event(measure_id, self.authority, self.life.person, area, start, end, quantity, breakdowns, in_numerator)

    def stock(
        self,
        measure_id: str,
        day: date,
        area: str,
        *,
        quantity: int = 1,
        in_numerator: bool | None = None,
        **own: str,
    ) -> Event:
        """A stock's row: it ends the next day."""
        return self.event(measure_id, day, area, end=day + DAY, quantity=quantity, in_numerator=in_numerator, **own)

    @cached_property
    def _candidates(self) -> list[Candidate]:
        return candidates(self.spells.homes, self.moves, self.housing.placements, self.reference)
