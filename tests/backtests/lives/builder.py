"""How a life is written down: what each system holds of one person, and the figures that a careful reader expects.

What belongs here: turning a few words into the records of the extracts. What does not: the lives themselves.
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

    def in_deliveries(self, *deliveries: date, **changed: Any) -> Record:
        """The same row, with changed values, in other deliveries."""
        return Record(self.family, self.table, self.sender, self.values | changed, deliveries)


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
    in_numerator: bool | None = None


class Stock(NamedTuple):
    """All rows of a stock, or of a share of one, for one life on one day: none, or one with these values."""

    measure_id: str
    authority: str
    day: date
    area_code: str | None
    """`None`: the life has no row."""
    quantity: int = 1
    breakdowns: tuple[tuple[str, str], ...] = ()
    in_numerator: bool | None = None


class Obligation(NamedTuple):
    """An expected obligation of one life."""

    obligation_id: str
    authority: str
    area_code: str
    trigger: date
    due: date
    met: date | None
    status: str
    waived: str | None = None


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
    value: float | None
    breakdown: str = "total"
    breakdown_value: str = "total"


ALWAYS_STATED = (
    "private_sector_moves",
    "supported_moves",
    "social_moves",
    "tenure_not_known_moves",
    "homeless_presentations",
    "homeless_presentations_case_system_only",
    "bnb_nights",
    "bnb_stays",
)
"""The measures of which every life states all events."""


@dataclass
class Life:
    """One awkward life: what happened, what the systems hold of it, and what must come out.

    `events` are all the events of the measures `ALWAYS_STATED` and `states`, `obligations` all the rows of the
    obligations that `states` names; `homes`, `stocks` and `figures` are samples. `events_before` are all the events of
    `ALWAYS_STATED` as known before the last delivery, for lives in which that delivery changed something, and
    `obligations_before` the obligations then, for lives that state them.
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
    states: Sequence[str] = ()
    """Further measures and obligations that the life states in full."""
    obligations: Sequence[Obligation] = ()
    obligations_before: Sequence[Obligation] | None = None
    stocks: Sequence[Stock] = ()
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

        `values`: activity, in_touch, latest_contact, accommodation, tenure, suitability, review_date, person_id.
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
                    "clea_pathway_plan_review_date": values.get("review_date"),
                },
                deliveries=(day,),
            )

    def form(self, authority: str, code: str | None, start: date, end: date | None = None, **values: Any) -> None:
        """An accommodation-form row.

        `values`: tenure, suitability, sub_type, postcode, district, placed_by, end_reason, record_id, recorded_on,
        withdrawn, person_id, deliveries.
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
                "end_reason": values.get("end_reason"),
            },
            since=start,
            deliveries=values.get("deliveries"),
        )

    def care_placement(
        self, authority: str, start: date, end: date | None, postcode: str, placement_type: str = "U6"
    ) -> None:
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
                "clap_cla_placement_type": placement_type,
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

    def disability(self, authority: str, code: str) -> None:
        """A disability code."""
        self._add(
            "case_system",
            "ssd_disability",
            authority,
            {
                "disa_table_id": f"{self.name}-{code}",
                "disa_person_id": self.ids[authority][0],
                "disa_disability_code": code,
            },
        )

    def adviser(self, authority: str, start: date, end: date | None) -> None:
        """A personal adviser of the case system."""
        self._add(
            "case_system",
            "ssd_involvements",
            authority,
            {
                "invo_involvements_id": f"{self.name}-{start.isoformat()}",
                "invo_person_id": self.ids[authority][0],
                "invo_professional_id": "P-1",
                "invo_professional_role_id": "personal_adviser",
                "invo_involvement_start_date": start,
                "invo_involvement_end_date": end,
            },
            since=start,
        )

    def told(self, authority: str, form: str, recorded_on: date, **values: Any) -> None:
        """A row of any other form, in every delivery from the day on which it was recorded.

        `values` are columns of the form, and `deliveries`; without `record_id` the row has one of its own.
        """
        deliveries = values.pop("deliveries", None)
        self._add(
            "protocol_forms",
            form,
            authority,
            {
                "record_id": f"{self.name}-{len(self.records)}",
                "recorded_on": recorded_on,
                "person_id": self.ids[authority][0],
                **values,
            },
            since=recorded_on,
            deliveries=deliveries,
        )

    def noted(self, authority: str, form: str, recorded_on: date, **values: Any) -> None:
        """A row of a form that is about a district or the protocol, not about the person."""
        row = {"record_id": f"{self.name}-{len(self.records)}", "recorded_on": recorded_on, **values}
        self._add("protocol_forms", form, authority, row, since=recorded_on)

    def applied(self, scheme: str, ref: str, council: str | None, registered_on: date, **values: Any) -> None:
        """An application to a register; `values` are columns of `applications`, and `deliveries`.

        Called again with other deliveries it is a later version.
        """
        deliveries = values.pop("deliveries", None)
        key = ("lettings", scheme, ref)
        if key not in self.outside:
            self.outside.append(key)
        self._add(
            "lettings",
            "applications",
            scheme,
            {
                "application_ref": ref,
                "forename": "Zed",
                "surname": "Example",
                "date_of_birth": self.born,
                "local_authority_gss": council,
                "registered_on": registered_on,
                "status": "live",
                **values,
            },
            since=registered_on,
            deliveries=deliveries,
        )

    def offered(self, scheme: str, application_ref: str, offered_on: date, **values: Any) -> None:
        """An offer; `values` are columns of `offers`."""
        ref = f"{application_ref}-{offered_on.isoformat()}"
        self._add(
            "lettings",
            "offers",
            scheme,
            {
                "offer_ref": ref,
                "application_ref": application_ref,
                "property_ref": f"P-{ref}",
                "offered_on": offered_on,
                **values,
            },
            since=offered_on,
        )

    def bid(self, scheme: str, application_ref: str, bid_on: date) -> None:
        """A bid."""
        values = {"application_ref": application_ref, "advert_ref": f"A-{bid_on.isoformat()}", "bid_on": bid_on}
        self._add("lettings", "bids", scheme, values, since=bid_on)

    def tenancy_ended(self, scheme: str, tenancy_ref: str, ended_on: date, reason: str) -> None:
        """The end of a tenancy as its register has it."""
        values = {"tenancy_ref": tenancy_ref, "ended_on": ended_on, "reason": reason}
        self._add("lettings", "tenancies_ended", scheme, values, since=ended_on)

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

    def needs(self, district: str, case_ref: str, support_need: str) -> None:
        """A support need of a case."""
        self._add("homelessness", "support_needs", district, {"case_ref": case_ref, "support_need": support_need})

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

    def states_measure(self, measure_id: str) -> bool:
        """Whether the life states all its events of a measure."""
        return measure_id in ALWAYS_STATED or measure_id in self.states

    def events_known_at(self, moment: datetime | None) -> Sequence[Event]:
        """The events expected with everything known, or those `ALWAYS_STATED` as known before the last delivery.

        Where the last delivery corrected nothing, those are the events up to the data date of the one before.
        """
        if moment is None:
            return self.events
        if self.events_before is not None:
            return self.events_before
        return [event for event in self.events if event.measure_id in ALWAYS_STATED and event.start <= JUN_2026]

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
