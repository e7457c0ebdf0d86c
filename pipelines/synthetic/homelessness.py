"""Homelessness files: what a district's H-CLIC system says of each case, need and placement on a date.

What belongs here: the view of a case on a date, corrected and withdrawn cases, how the applicant is written down.
What does not: headers and labels (layouts.yml, seeds).
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.synthetic.chance import Chance
from pipelines.synthetic.defects import FLAG_MISSING, FLAG_WRONG, as_written
from pipelines.synthetic.layouts import Layout
from pipelines.synthetic.lettings import merged
from pipelines.synthetic.lives import Case, Stay
from pipelines.synthetic.people import Person
from pipelines.synthetic.reference import Reference
from pipelines.synthetic.rows import Row, Value

NI_MISSING = 0.30
LATE = 0.10
CORRECTED = 0.02
WITHDRAWN = 0.01

# field -> the date on which it becomes known
KNOWN_WITH = {
    "initial_assessment": "assessed_on",
    "prevention_end_reason": "prevention_end",
    "prevention_accommodation": "prevention_end",
    "relief_end_reason": "relief_end",
    "relief_accommodation": "relief_end",
    "main_duty_decision": "main_duty_decided_on",
    "priority_need": "main_duty_decided_on",
    "main_duty_end_reason": "main_duty_end",
}


class HomelessApplicant:
    """One case and the way in which the district wrote the applicant down."""

    def __init__(self, person: Person, case: Case, ref: Reference, chance: Chance, postcodes: list[str]) -> None:
        """Draw the record's own mistakes once; every export repeats them."""
        self.person, self.case = person, case
        self.known = person.person if person.authority else None
        self._identity = as_written(person, chance, ni_missing=NI_MISSING, postcodes=postcodes)
        self._entered = chance.after(case.application_on, 8, 60) if chance.happens(LATE) else case.application_on
        self._leaver_of = self._draw_leaver_of(ref, chance)
        self._wrong_until = chance.after(case.application_on, 90, 400) if chance.happens(CORRECTED) else date.min
        self._applied_wrongly = chance.after(case.application_on, 1, 12)
        self._withdrawn = chance.after(case.application_on, 100, 500) if chance.happens(WITHDRAWN) else date.max
        self._stay_lags = [chance.randint(8, 60) if chance.happens(LATE) else chance.randint(0, 3) for _ in case.stays]

    def _draw_leaver_of(self, ref: Reference, chance: Chance) -> str | None:
        of = ref.county.get(self.person.authority) or self.person.leaver_of
        if of is not None:
            return None if chance.happens(self.person.defects * FLAG_MISSING) else of
        wrong = chance.happens(self.person.defects * FLAG_WRONG)
        return chance.choice(tuple(ref.county.values())) if wrong else None

    def _stands(self, day: date) -> bool:
        return self._entered <= day < self._withdrawn

    def row(self, day: date) -> dict[str, Value] | None:
        """Return the canonical row of the case in the file of `day`, None where the file does not hold it."""
        if not self._stands(day):
            return None
        values: dict[str, Value] = {
            "case_ref": self.case.ref,
            "local_authority_gss": self.case.district,
            "forename": self._identity.forename,
            "surname": self._identity.surname,
            "date_of_birth": self._identity.date_of_birth,
            "ni_number": self._identity.ni_number,
            "postcode": self._identity.postcode,
            "application_on": self._applied_wrongly if day < self._wrong_until else self.case.application_on,
            "care_leaver_of_gss": self._leaver_of,
            "reopened_from": self.case.reopened.ref if self.case.reopened is not None else None,
        }
        decided = self.case.decided
        for name, value in decided.items():
            known = decided.get(KNOWN_WITH[name]) if name in KNOWN_WITH else value
            if not isinstance(known, date) or known <= day:
                values[name] = value
        return values

    def placement(self, index: int, day: date) -> dict[str, Value] | None:
        """Return the canonical row of one stay in the file of `day`; its end only once it has come."""
        stay: Stay = self.case.stays[index]
        if not self._stands(day) or stay.entry_on + timedelta(days=self._stay_lags[index]) > day:
            return None
        return {
            "case_ref": self.case.ref,
            "placement_ref": f"{index + 1}",
            "accommodation_type": stay.accommodation_type,
            "entry_on": stay.entry_on,
            "exit_on": stay.exit_on if stay.exit_on is not None and stay.exit_on <= day else None,
            "out_of_district": stay.placed_in != self.case.district,
            "placed_in_gss": stay.placed_in,
        }

    def need(self, need: str, day: date) -> dict[str, Value] | None:
        """Return the canonical row of a support need in the file of `day`."""
        return {"case_ref": self.case.ref, "support_need": need} if self._stands(day) else None


def case_rows(applicants: list[HomelessApplicant], exports: list[date]) -> list[Row]:
    """Return the versions of all cases of one district over its exports."""
    rows: list[Row] = []
    for one in applicants:
        rows += merged(one.known, [(day, one.row(day)) for day in exports], one.case.ref)
    return rows


def placement_rows(applicants: list[HomelessApplicant], exports: list[date]) -> list[Row]:
    """Return the versions of all placements of one district over its exports."""
    rows: list[Row] = []
    for one in applicants:
        for index in range(len(one.case.stays)):
            views = [(day, one.placement(index, day)) for day in exports]
            rows += merged(one.known, views, f"{one.case.ref}/{index + 1}")
    return rows


def need_rows(applicants: list[HomelessApplicant], exports: list[date], plan: Layout) -> list[Row]:
    """Return the support needs of one district's cases.

    Only a case's first need may be misspelt: two unreadable needs of one case would share a business key.
    """
    rows: list[Row] = []
    for one in applicants:
        for index, need in enumerate(one.case.needs):
            name = f"{one.case.ref}/{need}"
            made = merged(one.known, [(day, one.need(need, day)) for day in exports], name)
            if index:
                for row in made:
                    row.written["support_need"] = plan.spell("support_need", need, name)
            rows += made
    return rows
