"""Homelessness presentations, and those that only the case system knows of.

What belongs here: readings 27 and 28. What does not: scope, and how cases close (`housing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .dates import DAY
from .housing import Case
from .spells import Home

_BEFORE = 28 * DAY
_AFTER = 56 * DAY


@dataclass(frozen=True)
class CaseSystemOnlyPresentation:
    """The start of having no fixed abode, of which no housing authority knows (reading 28)."""

    start: date
    district: str | None


def presentations_of(cases: Sequence[Case]) -> list[Case]:
    """The cases of one person, in order, that are presentations of their own (reading 27)."""
    own = []
    references = {(case.district, case.case_ref) for case in cases}
    for position, case in enumerate(cases):
        reopens = case.reopened_from != case.case_ref and (case.district, case.reopened_from) in references
        while_open = any(earlier.covers(case.application_on) for earlier in cases[:position])
        if not reopens and not while_open:
            own.append(case)
    return own


def agreement_of(case: Case, homes: Sequence[Home]) -> str:
    """Whether the case system knows of the homelessness too (reading 27)."""
    known = any(_belongs_to(start, case.application_on) for start in _starts_without_abode(homes))
    return "both_systems" if known else "housing_only"


def case_system_only(homes: Sequence[Home], cases: Sequence[Case]) -> list[CaseSystemOnlyPresentation]:
    """Starts of no fixed abode without an application near, once in 56 days (reading 28)."""
    kept: list[CaseSystemOnlyPresentation] = []
    for home in sorted(homes, key=lambda home: (home.start, home.tie_key)):
        if home.kind != "no_fixed_abode" or not home.start_recorded:
            continue
        if any(_belongs_to(home.start, case.application_on) for case in cases):
            continue
        if not kept or home.start > kept[-1].start + _AFTER:
            kept.append(CaseSystemOnlyPresentation(home.start, home.district))
    return kept


def _starts_without_abode(homes: Sequence[Home]) -> list[date]:
    return [home.start for home in homes if home.kind == "no_fixed_abode" and home.start_recorded]


def _belongs_to(start: date, application_on: date) -> bool:
    return start - _BEFORE <= application_on <= start + _AFTER
