"""How a life is written down: what each system holds of one person, and the figures that a careful reader expects.

What belongs here: turning a few words into the records of the twelve extracts. What does not: the lives themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from .world import HOUSING_DATES, JUN_2026, SNAPSHOT_DATES, delivery_dates


@dataclass(frozen=True)
class Record:
    """A data row and the deliveries that hold it."""

    family: str
    table: str
    sender: str
    values: dict[str, Any]
    deliveries: tuple[date, ...]


class Event(NamedTuple):
    """An expected event of one life; `end` as reading 22 and the seams say, `None` where there is none."""

    measure_id: str
    authority: str
    area_code: str
    start: date
    end: date | None = None
    quantity: int = 1
    breakdowns: tuple[tuple[str, str], ...] = ()
    """Breakdown values worth stating for this event; others are not checked."""


class HomeOnDay(NamedTuple):
    """The expected home on the last day of a quarter; kind `None` is "not in the cohort"."""

    authority: str
    day: date
    kind: str | None
    area_code: str = ""
    suitability: str = "not_known"


class Figure(NamedTuple):
    """An expected figure with this life alone in the world."""

    measure_id: str
    authority: str
    area_code: str
    period_kind: str
    period_label: str
    statistic: str
    value: int | None
    breakdown: str = "total"
    breakdown_value: str = "total"


@dataclass
class Life:
    """One awkward life: what happened, what the systems hold of it, and what must come out.

    `events` are all the events of flows and nights; `homes` and `figures` are samples. `events_before` are all the
    events as known before the last delivery, for lives in which that delivery changed something.
    """

    name: str
    story: str
    born: date | None = date(2006, 1, 15)
    records: list[Record] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)
    outside: list[tuple[str, str, str]] = field(default_factory=list)
    """(family, sender, ref) of every application and case."""
    events: Sequence[Event] = ()
    events_before: Sequence[Event] | None = None
    homes: Sequence[HomeOnDay] = ()
    figures: Sequence[Figure] = ()

    def known_to(self, authority: str, *, died: date | None = None, sex: str = "f", ethnicity: str = "WBRI") -> str:
        """A case-system id in `authority`, in every snapshot; the second call gives a second id."""
        ids = self.ids.setdefault(authority, [])
        person_id = f"{authority[:1].upper()}-{self.name}-{len(ids) + 1}"
        ids.append(person_id)
        self._add(
            "case_system",
            "ssd_person",
            authority,
            {
                "pers_person_id": person_id,
                "pers_forename": "Zed",
                "pers_surname": "Example",
                "pers_sex": sex,
                "pers_ethnicity": ethnicity,
                "pers_dob": self.born,
                "pers_death_date": died,
            },
        )
        return person_id

    def status(
        self,
        authority: str,
        status: str | None = "former_relevant",
        *,
        on: Sequence[date] = SNAPSHOT_DATES,
        **values: Any,
    ) -> None:
        """A care-leaver row in the snapshots `on`.

        `values`: activity, in_touch, latest_contact, accommodation, tenure, suitability, person_id.
        """
        for day in on:
            row = len(self.records)
            self._add(
                "case_system",
                "ssd_care_leavers",
                authority,
                {
                    "clea_table_id": f"{self.name}-{row}",
                    "clea_person_id": values.get("person_id", self.ids[authority][0]),
                    "clea_care_leaver_eligibility": status,
                    "clea_care_leaver_in_touch": values.get("in_touch", "YES"),
                    "clea_care_leaver_latest_contact": values.get("latest_contact"),
                    "clea_care_leaver_accommodation": values.get("accommodation"),
                    "clea_care_leaver_accommodation_tenure": values.get("tenure"),
                    "clea_care_leaver_accom_suitable": values.get("suitability"),
                    "clea_care_leaver_activity": values.get("activity", "F5"),
                },
                deliveries=(day,),
            )

    def form(self, authority: str, code: str | None, start: date, end: date | None = None, **values: Any) -> None:
        """An accommodation-form row.

        `values`: tenure, suitability, sub_type, postcode, district, placed_by, record_id, recorded_on, withdrawn,
        person_id, deliveries.
        """
        self._add(
            "protocol_forms",
            "accommodation",
            authority,
            {
                "record_id": values.get("record_id", f"{self.name}-{start.isoformat()}-{code}"),
                "recorded_on": values.get("recorded_on", start),
                "withdrawn": values.get("withdrawn"),
                "person_id": values.get("person_id", self.ids[authority][0]),
                "start_date": start,
                "end_date": end,
                "accommodation_code": code,
                "tenure": values.get("tenure"),
                "suitability": values.get("suitability"),
                "sub_type": values.get("sub_type"),
                "postcode": values.get("postcode"),
                "district_gss": values.get("district"),
                "placed_by": values.get("placed_by"),
            },
            since=start,
            deliveries=values.get("deliveries"),
        )

    def care_placement(self, authority: str, start: date, end: date | None, postcode: str) -> None:
        """A looked-after placement and its episode."""
        person_id = self.ids[authority][0]
        key = f"{self.name}-{start.isoformat()}"
        self._add(
            "case_system",
            "ssd_cla_placement",
            authority,
            {
                "clap_cla_placement_id": key,
                "clap_person_id": person_id,
                "clap_cla_placement_start_date": start,
                "clap_cla_placement_type": "U6",
                "clap_cla_placement_postcode": postcode,
                "clap_cla_placement_end_date": end,
            },
            since=start,
        )
        self._add(
            "case_system",
            "ssd_cla_episodes",
            authority,
            {
                "clae_cla_episode_id": key,
                "clae_person_id": person_id,
                "clae_cla_episode_start_date": start,
                "clae_cla_episode_ceased_date": end,
                "clae_entered_care_date": start,
            },
            since=start,
        )

    def address(self, authority: str, start: date, end: date | None, postcode: str) -> None:
        """An address of the case system."""
        self._add(
            "case_system",
            "ssd_address",
            authority,
            {
                "addr_table_id": f"{self.name}-{start.isoformat()}",
                "addr_person_id": self.ids[authority][0],
                "addr_address_start_date": start,
                "addr_address_end_date": end,
                "addr_address_postcode": postcode,
            },
            since=start,
        )

    def immigration(self, authority: str, status: str) -> None:
        """An immigration status."""
        self._add(
            "case_system",
            "ssd_immigration_status",
            authority,
            {
                "immi_immigration_status_id": f"{self.name}-{status}",
                "immi_person_id": self.ids[authority][0],
                "immi_immigration_status": status,
            },
        )

    def letting(self, scheme: str, tenancy_start: date, district: str | None, **values: Any) -> None:
        """An application with an accepted offer.

        `values`: route, needs_type, tenancy_ref, application_deliveries.
        """
        ref = f"{self.name}-{tenancy_start.isoformat()}"
        self.outside.append(("lettings", scheme, ref))
        self._add(
            "lettings",
            "applications",
            scheme,
            {
                "application_ref": ref,
                "forename": "Zed",
                "surname": "Example",
                "date_of_birth": self.born,
                "registered_on": date(2025, 6, 2),
                "status": "housed",
            },
            deliveries=values.get("application_deliveries"),
        )
        self._add(
            "lettings",
            "offers",
            scheme,
            {
                "offer_ref": ref,
                "application_ref": ref,
                "property_ref": f"P-{ref}",
                "offered_on": tenancy_start,
                "route": values.get("route", "bid"),
                "response": "accepted",
                "responded_on": tenancy_start,
                "tenancy_start": tenancy_start,
                "tenancy_ref": values.get("tenancy_ref", f"T-{ref}"),
                "needs_type": values.get("needs_type", "general_needs"),
                "local_authority_gss": district,
            },
            since=tenancy_start,
        )

    def case(self, district: str, ref: str, application_on: date, **values: Any) -> None:
        """A homelessness case; `values` are columns of `cases`, and `deliveries`."""
        deliveries = values.pop("deliveries", None)
        self.outside.append(("homelessness", district, ref))
        self._add(
            "homelessness",
            "cases",
            district,
            {
                "case_ref": ref,
                "local_authority_gss": district,
                "forename": "Zed",
                "surname": "Example",
                "date_of_birth": self.born,
                "application_on": application_on,
                **values,
            },
            since=application_on,
            deliveries=deliveries,
        )

    def no_duty(self, district: str, ref: str, application_on: date, **values: Any) -> None:
        """A case that is assessed on the day of application, no duty owed: it closes at once."""
        self.case(
            district,
            ref,
            application_on,
            assessed_on=application_on,
            initial_assessment="not_threatened",
            **values,
        )

    def relief(self, district: str, ref: str, application_on: date, end: date | None = None, **values: Any) -> None:
        """A case with a relief duty from the day of application."""
        self.case(
            district,
            ref,
            application_on,
            assessed_on=application_on,
            initial_assessment="already_homeless",
            relief_start=application_on,
            relief_end=end,
            **values,
        )

    def prevention(self, district: str, ref: str, application_on: date, end: date | None = None, **values: Any) -> None:
        """A case with a prevention duty from the day of application."""
        self.case(
            district,
            ref,
            application_on,
            assessed_on=application_on,
            initial_assessment="threatened",
            prevention_start=application_on,
            prevention_end=end,
            **values,
        )

    def placed(
        self,
        district: str,
        case_ref: str,
        entry: date,
        exit_on: date | None,
        accommodation_type: str = "bed_and_breakfast",
        **values: Any,
    ) -> None:
        """Temporary accommodation; `values`: placed_in, deliveries."""
        self._add(
            "homelessness",
            "placements",
            district,
            {
                "case_ref": case_ref,
                "placement_ref": f"{case_ref}-{entry.isoformat()}",
                "accommodation_type": accommodation_type,
                "entry_on": entry,
                "exit_on": exit_on,
                "placed_in_gss": values.get("placed_in"),
            },
            since=entry,
            deliveries=values.get("deliveries"),
        )

    def events_known_at(self, moment: datetime | None) -> Sequence[Event]:
        """The events expected with everything known, or with what was known before the last delivery.

        Where the last delivery corrected nothing, those are the events up to the data date of the one before.
        """
        if moment is None:
            return self.events
        if self.events_before is not None:
            return self.events_before
        return [event for event in self.events if event.start <= JUN_2026]

    def _add(
        self,
        family: str,
        table: str,
        sender: str,
        values: dict[str, Any],
        *,
        since: date | None = None,
        deliveries: tuple[date, ...] | None = None,
    ) -> None:
        """A row in `deliveries`, else in all of the sender's with a data date on or after `since`."""
        held = delivery_dates(family, sender) if deliveries is None else deliveries
        self.records.append(
            Record(family, table, sender, values, tuple(day for day in held if since is None or since <= day))
        )


FIRST_DELIVERY_ONLY = (JUN_2026,)
LAST_DELIVERY_ONLY = tuple(day for day in HOUSING_DATES if day != JUN_2026)
