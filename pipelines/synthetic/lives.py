"""What a life is made of: care, homes, crises and registrations as they truly happened.

What belongs here: the types, and the order in which a life is drawn. What does not: the odds of each part
(childhood.py, homes.py, crises.py, registrations.py), and what any source knows of it (the modules of the sources).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from pipelines.synthetic.people import Person

V = TypeVar("V")


@dataclass(slots=True)
class Home:
    """A home as lived, from `start` to the day before `end` (departure day; None is still there).

    Attributes:
        code: accommodation code of the care-leaver return.
        came_by: own, letting, duty, staying_put or crisis (a shelter during homelessness).
        recorded: day on which the leaving-care team wrote it down.
    """

    code: str
    start: date
    district: str | None
    postcode: str
    recorded: date
    end: date | None = None
    tenure: str | None = None
    suitable: bool = True
    sub_type: str | None = None
    placed_by: str = "self"
    end_reason: str | None = None
    came_by: str = "own"


@dataclass(slots=True)
class Placement:
    """A looked-after placement and the episode of care it makes."""

    start: date
    end: date | None
    placement_type: str
    district: str | None
    postcode: str
    entered_care: date
    reason: str | None


@dataclass(slots=True)
class Origin:
    """The family home from which somebody came into care: where it was, and since when the family lived there."""

    district: str | None
    postcode: str
    start: date


@dataclass(slots=True)
class Stay:
    """Temporary accommodation that a district paid for."""

    accommodation_type: str
    entry_on: date
    exit_on: date | None
    placed_in: str | None


@dataclass(slots=True)
class Case:
    """A homelessness application and all that came of it; fields as in the canonical table `cases`.

    Attributes:
        district: GSS code of the council that keeps the case; None is a council outside both protocols.
        reopened: the case of which this one is the reopening.
        decided: field -> value of the case; emission shows what had happened by the date of a file.
        ref: reference at the council, given when all lives are known.
    """

    district: str | None
    application_on: date
    decided: dict[str, date | str | None] = field(default_factory=dict)
    needs: list[str] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    reopened: Case | None = None
    ref: str = ""


@dataclass(slots=True)
class Offer:
    """An offer of a home by a scheme.

    Attributes:
        known: day on which the scheme wrote its outcome down.
        written_twice: whether the scheme enters it a second time, under another reference.
        repeats: whether it is that second entry.
        home: the home as lived that came of it, None where none did.
    """

    offered_on: date
    route: str | None
    response: str | None
    responded_on: date | None
    reasonable: bool | None
    sign_up_on: date | None
    tenancy_start: date | None
    needs_type: str | None
    bedrooms: int
    district: str
    known: date
    written_twice: bool = False
    repeats: bool = False
    home: Home | None = None
    ref: str = ""
    property_ref: str = ""
    tenancy_ref: str = ""


@dataclass(slots=True)
class Registration:
    """An application to a housing register.

    Attributes:
        statuses: day and status, in order.
        band, band_on: the band first awarded, and when.
        band_changes: day and band of later awards, in order.
        closed: day on which it left the register's files.
        at_sixteen: whether the protocol asked for it while the child was in care.
    """

    scheme: str
    district: str
    registered_on: date
    effective_on: date
    statuses: list[tuple[date, str]]
    band: str
    band_on: date | None
    bedroom_need: int
    renewals: list[date]
    closed: date | None
    offers: list[Offer] = field(default_factory=list)
    band_changes: list[tuple[date, str]] = field(default_factory=list)
    at_sixteen: bool = False
    priority_requested_on: date | None = None
    better_alternative_on: date | None = None
    local_connection_refused_on: date | None = None
    agency_assessment_on: date | None = None
    ref: str = ""

    @property
    def first_offers(self) -> list[Offer]:
        """The offers made, each once, however often the scheme wrote it down."""
        return [offer for offer in self.offers if not offer.repeats]


class Timeline(Generic[V]):
    """Values that hold from a day until the next one."""

    def __init__(self, changes: list[tuple[date, V]]) -> None:
        """Keep the changes in order of day; of two on one day the later in the list holds."""
        ordered = sorted(changes, key=lambda change: change[0])
        self._days = [day for day, _ in ordered]
        self._values = [value for _, value in ordered]

    def at(self, day: date) -> V | None:
        """Return the value that holds on `day`, None before the first."""
        index = bisect_right(self._days, day)
        return self._values[index - 1] if index else None

    def entry(self, day: date) -> tuple[date, V] | None:
        """Return since when the value of `day` has held, and the value; None before the first."""
        index = bisect_right(self._days, day)
        return (self._days[index - 1], self._values[index - 1]) if index else None

    @property
    def changes(self) -> list[tuple[date, V]]:
        """The changes, in order."""
        return list(zip(self._days, self._values, strict=True))


@dataclass(slots=True)
class Life:
    """One person's life, as far as it matters here.

    Attributes:
        until: day after which nothing is drawn.
        seed: seed of the run, for the streams of the sources.
        origin: the family home before care, where the case system knows one.
        left_care: day on which the last looked-after episode ended, None while in care.
        eligibility, activity, in_touch, adviser: what the leaving-care team would rightly say on each day.
        side_homes: homes that only the form knows, beside another one (placements of both tiers at once).
        extra_cases: cases in a second district, opened while one was open.
    """

    person: Person
    until: date
    seed: int
    died: date | None = None
    origin: Origin | None = None
    left_care: date | None = None
    placements: list[Placement] = field(default_factory=list)
    homes: list[Home] = field(default_factory=list)
    side_homes: list[Home] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    registrations: list[Registration] = field(default_factory=list)
    eligibility: Timeline[str] = field(default_factory=lambda: Timeline([]))
    activity: Timeline[str] = field(default_factory=lambda: Timeline([]))
    in_touch: Timeline[str] = field(default_factory=lambda: Timeline([]))
    adviser: Timeline[str] = field(default_factory=lambda: Timeline([]))
