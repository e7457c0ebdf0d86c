"""Figures: events added up by area, period and breakdown, with what is known of their senders.

What belongs here: readings 33 to 36. What does not: which events there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from .current_rows import Emitted
from .events import Event
from .periods import Period, months, quarters, rolling_years, years_to_date
from .reference import OUTSIDE_COUNTY, UNKNOWN_AREA, Authority, Reference

FLOW, STOCK, NIGHTS = "flow", "stock", "nights"

COUNTED_AS = {
    "private_sector_moves": FLOW,
    "supported_moves": FLOW,
    "social_moves": FLOW,
    "tenure_not_known_moves": FLOW,
    "homeless_presentations": FLOW,
    "homeless_presentations_case_system_only": FLOW,
    "bnb_nights": NIGHTS,
    "bnb_stays": FLOW,
    "accommodation_now": STOCK,
}
"""The measures of this version (reading 33)."""

STATISTICS = {FLOW: ("people", "events"), STOCK: ("people",), NIGHTS: ("nights", "people")}
TOTAL = "total"
NOT_AVAILABLE = "not_available"


class ObservationKey(NamedTuple):
    """What a figure is about."""

    measure_id: str
    authority: str
    area_code: str
    period_kind: str
    period_label: str
    breakdown: str
    breakdown_value: str
    statistic: str


class Observation(NamedTuple):
    """A figure: value, what it is out of, and what is known of its senders."""

    value: int | None
    denominator: int | None
    coverage: str
    senders_received: int
    senders_expected: int
    as_at: date | None


@dataclass(frozen=True)
class DataDates:
    """The latest data date of every sender by part of the system (reading 36)."""

    case_system: dict[str, date]
    homelessness: dict[str, date]
    lettings: dict[str, date]


@dataclass(frozen=True)
class Coverage:
    """Whether a figure can be shown, and who stands behind it."""

    status: str
    received: int
    expected: int
    as_at: date | None


def read_data_dates(emitted: Emitted) -> DataDates:
    """A sender's data date is the latest of ssd_care_leavers, cases or offers (reading 36)."""

    def latest(family: str, name: str) -> dict[str, date]:
        loads = emitted.table(family, name, ()).loads
        return {sender: keys[-1][0] for sender, keys in loads.items()}

    return DataDates(
        case_system=latest("case_system", "ssd_care_leavers"),
        homelessness=latest("homelessness", "cases"),
        lettings=latest("lettings", "offers"),
    )


def listed_periods(measure_id: str, authority: Authority, latest: date) -> list[Period]:
    """The periods that a measure lists for an authority (reading 34)."""
    span = (authority.monitoring_from, latest)
    if COUNTED_AS[measure_id] == STOCK:
        return quarters(*span)
    listed = [*quarters(*span), *years_to_date(*span), *rolling_years(*span)]
    return [*listed, *months(*span)] if measure_id.startswith("bnb_") else listed


def observe(events: Iterable[Event], dates: DataDates, reference: Reference) -> dict[ObservationKey, Observation]:
    """Every listed figure of every measure and authority that has a case system (reading 33)."""
    by_measure: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        by_measure.setdefault((event.authority, event.measure_id), []).append(event)
    figures: dict[ObservationKey, Observation] = {}
    for name, latest in sorted(dates.case_system.items()):
        county = County(reference.authorities[name], dates, reference)
        for measure_id in COUNTED_AS:
            of_measure = by_measure.get((name, measure_id), [])
            for period in listed_periods(measure_id, county.authority, latest):
                counted = [event for event in of_measure if _counts_in(event, period)]
                figures.update(county.figures(measure_id, period, counted))
    return figures


@dataclass(frozen=True)
class County:
    """One authority's side of the figures."""

    authority: Authority
    dates: DataDates
    reference: Reference

    def figures(
        self, measure_id: str, period: Period, events: list[Event]
    ) -> Iterator[tuple[ObservationKey, Observation]]:
        """All figures of one measure and period from the events counted in it."""
        own = self.reference.districts_of(self.authority.name)
        for area in [self.authority.gss_code, *own, OUTSIDE_COUNTY, UNKNOWN_AREA]:
            of_area = [event for event in events if area in (self.authority.gss_code, event.area_code)]
            coverage = self.coverage(measure_id, area, period)
            out_of = _people(of_area, period) if COUNTED_AS[measure_id] == STOCK else None
            for breakdown, value, of_cell in self._cells(measure_id, area, of_area, coverage):
                for statistic in STATISTICS[COUNTED_AS[measure_id]]:
                    key = (
                        measure_id,
                        self.authority.name,
                        area,
                        period.kind,
                        period.label,
                        breakdown,
                        value,
                        statistic,
                    )
                    count = _COUNT[statistic](of_cell, period)
                    yield ObservationKey(*key), _observation(count, out_of, coverage)

    def coverage(self, measure_id: str, area: str, period: Period) -> Coverage:
        """Who had to send, who did, and whether the figure can be shown (reading 36)."""
        is_district = area in self.reference.districts
        districts = [area] if is_district else self.reference.districts_of(self.authority.name)
        case_system = self.dates.case_system.get(self.authority.name)
        needed = [case_system]
        sources = self.reference.sources_needed[measure_id]
        if "homelessness" in sources:
            needed += [self.dates.homelessness.get(district) for district in districts]
        if "lettings" in sources:
            schemes = self.reference.schemes_serving(districts, period.start, period.last_day)
            needed += [self.dates.lettings.get(scheme) for scheme in schemes]
        received = sum(_covers(sent, period) for sent in needed)
        shown = received == len(needed) if is_district else _covers(case_system, period)
        status = NOT_AVAILABLE if not shown else "complete" if received == len(needed) else "partial"
        known = [sent for sent in needed if sent is not None]
        return Coverage(status, received, len(needed), min(known) if len(known) == len(needed) else None)

    def _cells(
        self, measure_id: str, area: str, events: list[Event], coverage: Coverage
    ) -> Iterator[tuple[str, str, list[Event]]]:
        """The rows that an area lists, each with its events (reading 35).

        The total always, in the county row every value of the seed, elsewhere the values that occur in an area shown.
        """
        yield TOTAL, TOTAL, events
        is_county = area == self.authority.gss_code
        if not is_county and coverage.status == NOT_AVAILABLE:
            return
        for breakdown, listed in self.reference.breakdowns_of(measure_id).items():
            of_value: dict[str, list[Event]] = {value: [] for value in listed} if is_county else {}
            for event in events:
                of_value.setdefault(event.breakdowns[breakdown], []).append(event)
            for value, of_cell in of_value.items():
                yield breakdown, value, of_cell


def _observation(count: int, out_of: int | None, coverage: Coverage) -> Observation:
    hidden = coverage.status == NOT_AVAILABLE
    return Observation(
        value=None if hidden else count,
        denominator=None if hidden else out_of,
        coverage=coverage.status,
        senders_received=coverage.received,
        senders_expected=coverage.expected,
        as_at=coverage.as_at,
    )


def _counts_in(event: Event, period: Period) -> bool:
    """Flows on their day, nights where their span meets the period, stocks on the period's last day."""
    counted_as = COUNTED_AS[event.measure_id]
    if counted_as == NIGHTS:
        return _nights_in(event, period) > 0
    return event.start_date == period.last_day if counted_as == STOCK else period.holds(event.start_date)


def _nights_in(event: Event, period: Period) -> int:
    if event.end_date is None:
        raise ValueError(f"{event.measure_id}: a run of nights without an end")
    return (min(event.end_date, period.end) - max(event.start_date, period.start)).days


def _covers(sent: date | None, period: Period) -> bool:
    return sent is not None and sent >= period.start


def _people(events: list[Event], _: Period) -> int:
    return len({event.person for event in events})


def _events(events: list[Event], _: Period) -> int:
    return len(events)


def _nights(events: list[Event], period: Period) -> int:
    return sum(_nights_in(event, period) for event in events)


_COUNT: dict[str, Callable[[list[Event], Period], int]] = {"people": _people, "events": _events, "nights": _nights}
