"""The forms of the protocol: the current rows of every list that an authority keeps.

What belongs here: which row of a form counts and which of its dates are known (reading 37). What does not: the
accommodation form, whose rows are spells (`spells`), and what any row means.
"""

from __future__ import annotations

from typing import NamedTuple

from .current_rows import Emitted, Row
from .dates import known_by
from .people import PersonOf, by_person
from .record_ids import record_id

FAMILY = "protocol_forms"


class Shape(NamedTuple):
    """The columns of a form: its own date, dates that a later file must still bear out, and the rest.

    A row whose own date lies after its data date is left out; other dates that do are read as null, planned ones as
    they are (reading 37).
    """

    own_date: str | None
    dates: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


OF_PEOPLE = {
    "bnb_approval": Shape("entry_date", ("approved_on", "adviser_told_on")),
    "consent": Shape("consent_given_on", ("consent_withdrawn_on",), ("authority_gss_or_agency", "scope")),
    "custody": Shape(
        "entered_on", ("released_on",), ("planned_release_on", "resettlement_review_on", "address_on_release_known")
    ),
    "duty_to_refer": Shape("known_on", ("referred_on",), ("district_gss",)),
    "escalation": Shape("raised_on", ("resolved_on",), ("dispute_id", "stage", "district_gss")),
    "home_survey": Shape("asked_on", ("answered_on",), ("feels_safe", "rates_home_positively")),
    "housing_contact": Shape("contact_date", (), ("district_gss", "contact_type", "adviser_present", "declined")),
    "identity_documents": Shape(None, ("photo_or_birth_seen_on", "ni_number_known_on", "income_proof_seen_on")),
    "intentionality": Shape(
        "considered_on",
        ("decided_on", "adviser_told_on", "young_person_told_on"),
        ("case_ref", "district_gss", "canonical_outcome"),
    ),
    "local_connection": Shape("decided_on", (), ("origin_gss", "host_gss")),
    "panel": Shape("panel_date", (), ("planned_destination",)),
    "pathway_plan": Shape("plan_date", ("review_date", "housing_section_shared_on"), ("shared_with_gss",)),
    "readiness": Shape(
        None, ("tenancy_ready_on",), ("planned_move_date", "preferred_district_gss", "planned_destination")
    ),
    "second_chance": Shape(
        "assessed_on", ("rebanded_on", "arrears_plan_on", "arrears_cleared_on"), ("canonical_outcome",)
    ),
    "tenancy_event": Shape(
        "event_date", ("tenancy_start",), ("tenancy_ref", "event", "severity", "reason", "raised_by")
    ),
    "tenancy_training": Shape("completed_on"),
}
"""Forms about a person; `canonical_outcome` is how the truth folder calls the form's column `outcome`."""

OF_AUTHORITIES = {
    "partner_return": Shape("received_on", (), ("district_gss", "quarter")),
    "protocol_review": Shape("review_date"),
    "spoc": Shape("from_date", ("to_date",), ("district_gss",)),
}

FormsOfPerson = dict[str, list[Row]]
"""Form → its rows, each with `id`, the record id of reading 75."""


def read_forms_of_people(emitted: Emitted, person_of: PersonOf) -> dict[tuple[str, str], FormsOfPerson]:
    """By (authority, person), every form's rows in order of their record ids."""
    forms: dict[tuple[str, str], FormsOfPerson] = {}
    for name, shape in OF_PEOPLE.items():
        for key, rows in by_person(_current_rows(emitted, name, shape, "person_id"), person_of, "person_id").items():
            forms.setdefault(key, {})[name] = rows
    _give_disputes_to_their_last_person(forms)
    return forms


def _give_disputes_to_their_last_person(forms: dict[tuple[str, str], FormsOfPerson]) -> None:
    """All rows of a dispute become forms of the person of its last row (reading 73, escalations)."""
    disputes: dict[tuple[str, str, str], list[tuple[Row, tuple[str, str]]]] = {}
    for key, of_person in forms.items():
        for row in of_person.pop("escalation", []):
            dispute = ("dispute", row["dispute_id"]) if row["dispute_id"] is not None else ("row", row["record_id"])
            disputes.setdefault((key[0], *dispute), []).append((row, key))
    for rows in disputes.values():
        rows.sort(key=lambda told: str(told[0]["id"]))
        _, person = max(rows, key=lambda told: told[0]["recorded_on"])
        forms[person].setdefault("escalation", []).extend(row for row, _ in rows)


def read_forms_of_authorities(emitted: Emitted) -> dict[str, FormsOfPerson]:
    """By authority, the rows of the forms that are about districts or the protocol itself."""
    forms: dict[str, FormsOfPerson] = {}
    for name, shape in OF_AUTHORITIES.items():
        for row in _current_rows(emitted, name, shape):
            forms.setdefault(row["sender"], {}).setdefault(name, []).append(row)
    return forms


def _current_rows(emitted: Emitted, name: str, shape: Shape, *others: str) -> list[Row]:
    own = (shape.own_date,) if shape.own_date is not None else ()
    columns = ("record_id", "recorded_on", "withdrawn", *own, *shape.dates, *shape.others, *others)
    latest = emitted.table(FAMILY, name, columns).latest_versions("record_id", latest_by="recorded_on")
    rows = []
    for row in latest:
        if shape.own_date is not None and row[shape.own_date] > row["data_date"]:
            continue
        known = {column: known_by(row[column], row["data_date"]) for column in shape.dates}
        rows.append({**row, **known, "id": record_id(name, row["sender"], row["record_id"])})
    return sorted(rows, key=lambda row: str(row["id"]))
