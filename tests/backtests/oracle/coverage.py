"""Whose files stand behind a figure.

What belongs here: readings 36 and 48. What does not: what the figure is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .current_rows import Emitted
from .periods import Period
from .reference import Authority, Reference

COMPLETE, PARTIAL, NOT_AVAILABLE = "complete", "partial", "not_available"
TOP_BAND = "top_band"
_OF_AUTHORITY = {"case_system", "protocol_forms"}
"""Families whose sender is the authority itself: without them its own rows cannot be shown (reading 48)."""
_OWN_TABLE = {
    "case_system": ("case_system", "ssd_care_leavers"),
    "homelessness": ("homelessness", "cases"),
    "lettings": ("lettings", "offers"),
}
"""Sources named by family alone → the table whose data dates count (reading 36)."""


@dataclass(frozen=True)
class Coverage:
    """Whether a figure can be shown, and who stands behind it."""

    status: str
    received: int
    expected: int
    as_at: date | None


class DataDates:
    """The latest data date of every sender, by table."""

    def __init__(self, emitted: Emitted) -> None:
        self._emitted = emitted
        self._known: dict[tuple[str, str], dict[str, date]] = {}

    def of(self, family: str, table: str) -> dict[str, date]:
        """Sender → latest data date of a table."""
        if (family, table) not in self._known:
            self._known[family, table] = self._emitted.latest_data_dates(family, table)
        return self._known[family, table]

    @property
    def case_system(self) -> dict[str, date]:
        """Authority → its latest case-system data date, DD (reading 38)."""
        return self.of(*_OWN_TABLE["case_system"])


@dataclass(frozen=True)
class County:
    """One authority, and how its rows are covered."""

    authority: Authority
    dates: DataDates
    reference: Reference

    @property
    def latest(self) -> date:
        """The authority's latest case-system data date."""
        return self.dates.case_system[self.authority.name]

    def asks_of(self, measure_id: str) -> tuple[frozenset[str], bool]:
        """What the coverage of a measure hangs on: equal answers, equal coverage."""
        return (self.reference.sources_needed[measure_id], measure_id == TOP_BAND)

    def coverage(self, measure_id: str, area: str, period: Period) -> Coverage:
        """Who had to send, who did, and whether the figure can be shown."""
        is_district = area in self.reference.districts
        districts = [area] if is_district else self.reference.districts_of(self.authority.name)
        asked = [
            (source, sent)
            for source in sorted(self.reference.sources_needed[measure_id])
            for sent in self._sent(source, districts, period)
        ]
        received = sum(_reaches(sent, period) for _, sent in asked)
        own = [sent for source, sent in asked if source.split(":")[0] in _OF_AUTHORITY]
        shown = received == len(asked) if is_district else all(_reaches(sent, period) for sent in own)
        if is_district:
            shown = shown and not self._promises_nothing(measure_id, area, period)
        whole = received == len(asked)
        if not is_district:
            whole = whole and not any(self._promises_nothing(measure_id, each, period) for each in districts)
        status = NOT_AVAILABLE if not shown else COMPLETE if whole else PARTIAL
        known = [sent for _, sent in asked if sent is not None]
        return Coverage(status, received, len(asked), min(known) if known and len(known) == len(asked) else None)

    def _sent(self, source: str, districts: list[str], period: Period) -> Iterator[date | None]:
        """The data dates of the senders that a source asks for, `None` where one has never sent (reading 48)."""
        family, _, table = source.partition(":")
        dates = self.dates.of(family, table) if table else self.dates.of(*_OWN_TABLE[family])
        if family == "homelessness":
            senders = districts
        elif family == "lettings":
            senders = self.reference.schemes_serving(districts, period.start, period.last_day)
        else:
            senders = [self.authority.name]
        for sender in senders:
            yield dates.get(sender)

    def _promises_nothing(self, measure_id: str, district: str, period: Period) -> bool:
        """Whether no register of the district publishes a band for care leavers (reading 74, ambiguity P29)."""
        if measure_id != TOP_BAND:
            return False
        schemes = self.reference.schemes_serving([district], period.start, period.last_day)
        bands = {self.reference.care_leaver_band(scheme, district, period.last_day) for scheme in schemes}
        return bands <= {None, "not_published"}


def _reaches(sent: date | None, period: Period) -> bool:
    return sent is not None and sent >= period.start
