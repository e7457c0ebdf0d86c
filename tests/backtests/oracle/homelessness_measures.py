"""Presentations, duties and decisions of the housing authorities.

What belongs here: readings 27, 28 and 64 to 68 as events of one person in one authority. What does not: which case is a
presentation (`presentations`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .circumstances import Circumstances, Event
from .current_rows import Row
from .dates import DAY, add_months
from .housing import Case, CaseFacts
from .presentations import agreement_of, case_system_only, presentations_of

_WINDOW = 28 * DAY
_REFUSED = {
    ("prevention", "refused_suitable"): "offer",
    ("relief", "refused_final_offer"): "offer",
    ("main", "part_6_refused"): "offer",
    ("main", "private_rented_refused"): "offer",
    ("main", "refused_temporary"): "offer",
    ("prevention", "refused_to_cooperate"): "cooperation",
    ("relief", "refusal_to_cooperate"): "cooperation",
}
"""(duty, how it ended) → what was refused (reading 67)."""


@dataclass(frozen=True)
class IntentionalDecision:
    """A decision that somebody is homeless intentionally, and the form that says who was told (reading 68)."""

    on: date
    district: str | None
    form: Row | None
    record_id: str


def homelessness_flows(someone: Circumstances) -> Iterator[Event]:
    """Every event about homelessness of one person."""
    yield from _presentations(someone)
    yield from _case_system_only(someone)
    for facts in someone.housing.case_facts.values():
        yield from _duties(someone, facts)
    for decision in intentional_decisions(someone):
        if someone.in_scope(decision.on):
            area = someone.area(decision.district)
            yield someone.event("intentional_decisions", decision.on, area, told_before=_told_before(decision))


def _presentations(someone: Circumstances) -> Iterator[Event]:
    """Presentations of who is in scope on the day of application (readings 27, 64 and 65)."""
    for case in presentations_of(someone.housing.cases):
        day = case.application_on
        if not someone.in_scope(day):
            continue
        area = someone.area(case.district)
        agreement = agreement_of(case, someone.spells.homes)
        yield someone.event("homeless_presentations", day, area, category=case.category, agreement=agreement)
        care_reason = _care_reason(someone, case)
        if care_reason is not None:
            yield someone.event("homeless_from_care", day, area, care_reason=care_reason, category=case.category)
        advised = any(adviser.covers(day) for adviser in someone.life.advisers)
        if 21 <= someone.life.age_on(day) <= 24 and not advised:
            yield someone.event("presenters_without_adviser", day, area, category=case.category)


def _care_reason(someone: Circumstances, case: Case) -> str | None:
    """Whether care was lost: as the case says, or because a placement ended in the last six months (reading 64)."""
    facts = someone.housing.case_facts[case.record_id]
    said = facts.reason_for_loss == "left_looked_after_placement"
    placed = someone.spells.care_placements + [spell for spell in someone.spells.forms if spell.placed_by == "county"]
    within = any(
        spell.end is not None and spell.end <= case.application_on <= add_months(spell.end, 6) for spell in placed
    )
    if said and within:
        return "both"
    return "reason_only" if said else "within_6_months_only" if within else None


def _case_system_only(someone: Circumstances) -> Iterator[Event]:
    """Presentations that stand apart, never in the headline (reading 28)."""
    for presentation in case_system_only(someone.spells.homes, someone.housing.cases):
        if someone.in_scope(presentation.start):
            area = someone.area(presentation.district)
            yield someone.event(
                "homeless_presentations_case_system_only", presentation.start, area, agreement="case_system_only"
            )


def _duties(someone: Circumstances, facts: CaseFacts) -> Iterator[Event]:
    """Duties begun, how they ended, and decisions of no priority need (readings 66 and 67)."""
    area = someone.area(facts.district)
    for begun in facts.duties_owed:
        if someone.in_scope(begun.on):
            yield someone.event("duties_owed", begun.on, area, duty=begun.duty)
    for ended in facts.duties_ended:
        if not someone.in_scope(ended.on):
            continue
        yield someone.event(
            "duty_outcomes",
            ended.on,
            area,
            duty=ended.duty,
            outcome=f"{ended.duty}:{ended.reason or 'not_known'}",
            into_private_sector="yes" if ended.into_private_sector else "no",
        )
        refusal = _REFUSED.get((ended.duty, ended.reason or ""))
        if refusal is not None:
            yield someone.event("duties_ended_for_refusal", ended.on, area, duty=ended.duty, refusal=refusal)
    decided_on = facts.decided_on if facts.decision == "no_priority_need" else None
    if decided_on is not None and someone.in_scope(decided_on) and 18 <= someone.life.age_on(decided_on) <= 20:
        yield someone.event("no_priority_need", decided_on, area)


def intentional_decisions(someone: Circumstances) -> list[IntentionalDecision]:
    """Decisions of cases, and those that only a form tells of, whatever the scope (reading 68)."""
    forms = someone.form("intentionality")
    decisions = []
    for facts in someone.housing.case_facts.values():
        decided_on = _decided_intentional_on(facts)
        if decided_on is not None:
            form = _form_of(facts, decided_on, forms)
            decisions.append(IntentionalDecision(decided_on, facts.district, form, facts.record_id))
    of_cases = [decision.on for decision in decisions]
    for row in forms:
        decided_on = row["decided_on"]
        if row["canonical_outcome"] != "intentional" or decided_on is None:
            continue
        if not any(abs(on - decided_on) <= _WINDOW for on in of_cases):
            decisions.append(IntentionalDecision(decided_on, row["district_gss"], row, row["id"]))
    return decisions


def _decided_intentional_on(facts: CaseFacts) -> date | None:
    """The earliest of the decision and of duties ended for intentionality (reading 68)."""
    days = [ended.on for ended in facts.duties_ended if ended.duty != "prevention" and ended.reason == "intentional"]
    if facts.decision == "intentional" and facts.decided_on is not None:
        days.append(facts.decided_on)
    return min(days, default=None)


def _form_of(facts: CaseFacts, decided_on: date, forms: list[Row]) -> Row | None:
    """The form of the same case, else the nearest within 28 days (reading 68)."""

    def day(row: Row) -> date:
        told: date = row["decided_on"] or row["considered_on"]
        return told

    same = [row for row in forms if (row["district_gss"], row["case_ref"]) == (facts.district, facts.case_ref)]
    asked = same or [row for row in forms if abs(day(row) - decided_on) <= _WINDOW]
    return min(asked, key=lambda row: (abs(day(row) - decided_on), day(row), row["id"]), default=None)


def _told_before(decision: IntentionalDecision) -> str:
    """Who was told at least a day before the decision (reading 68)."""
    if decision.form is None:
        return "not_known"

    def told(column: str) -> bool:
        on = decision.form[column] if decision.form is not None else None
        return on is not None and on <= decision.on - DAY

    adviser, young_person = told("adviser_told_on"), told("young_person_told_on")
    if adviser and young_person:
        return "both"
    return "adviser_only" if adviser else "young_person_only" if young_person else "neither"
