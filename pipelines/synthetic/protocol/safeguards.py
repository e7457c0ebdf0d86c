"""When it goes wrong: custody, bed and breakfast, findings of intentional homelessness, disputes.

What belongs here: those forms (K9.4, K10, L14, L15, L18). What does not: the crises themselves (crises.py).
"""

from __future__ import annotations

from datetime import date

from pipelines.synthetic.chance import Chance
from pipelines.synthetic.days import months_after
from pipelines.synthetic.lives import Case, Life
from pipelines.synthetic.protocol.records import Book, Change, met
from pipelines.synthetic.reference import Reference
from pipelines.synthetic.rows import Value

REASONS = ("No other place that night", "Awaiting a supported place", "Left a refuge", "Family broke down", None)
APPROVERS = {"kent": "Assistant Director", "lancashire": "Head of Service"}
STAGES = ("1", "2", "3", "4")
DISPUTES = 0.025


def custody(book: Book, life: Life, ref: Reference) -> None:
    """Write down each stay in custody: the planned release, put off for some, the resettlement review, the address."""
    chance = book.chance("custody", life)
    for index, home in enumerate(one for one in life.homes if one.code == "X"):
        if not chance.happens(0.9):
            continue
        ends = home.end or life.until
        planned = chance.after(ends, -20, 20) if chance.happens(0.85) else None
        values: dict[str, Value] = {"entered_on": home.start, "planned_release_on": planned}
        later: list[Change] = []
        if planned is not None:
            if chance.happens(0.2):  # the release is moved
                moved = chance.after(planned, -40, 60)
                if moved > home.start:
                    later.append((chance.between(home.start, min(planned, moved)), {"planned_release_on": moved}))
            review = met(chance, months_after(planned, -3), never=0.2, early=50)
            if review is not None:
                review = max(review, home.start)
                later.append((review, {"resettlement_review_on": review}))
        known = chance.weighted({True: 62, False: 25, None: 13})
        later.append((chance.between(home.start, ends), {"address_on_release_known": known}))
        if home.end is not None and home.end <= life.until:
            later.append((home.end, {"released_on": home.end}))
        later = [(day, change) for day, change in later if day <= life.until]
        book.enter(
            "custody", life, f"{index}", home.start, values, chance=chance, later=later, wrong="planned_release_on"
        )


def approve_bed_and_breakfast(book: Book, life: Life, ref: Reference) -> None:
    """Write down who approved a county's placement, and when the adviser heard of a district's (L15)."""
    chance = book.chance("bnb_approval", life)
    entries = [
        (home.start, "county")
        for home in (*life.homes, *life.side_homes)
        if home.code == "W" and home.placed_by == "county"
    ]
    entries += [
        (stay.entry_on, "district")
        for case in life.cases
        for stay in case.stays
        if stay.accommodation_type == "bed_and_breakfast"
    ]
    for index, (entry, tier) in enumerate(sorted(entries)):
        if entry > life.until or not chance.happens(0.85):
            continue
        values: dict[str, Value] = {
            "entry_date": entry,
            "approved_by_role": APPROVERS[book.pattern] if tier == "county" and chance.happens(0.95) else None,
            "reason": chance.choice(REASONS),
        }
        dates = {"adviser_told_on": met(chance, entry, never=0.2, early=2)}
        if tier == "county":
            dates["approved_on"] = met(chance, entry, never=0.12, early=3)
            dates["art_referred_on"] = chance.after(entry, -3, 5) if chance.happens(0.6) else None
        if chance.happens(0.15):
            dates["temporary_accommodation_refused_on"] = chance.after(entry, -4, 0)
        values |= {name: day for name, day in dates.items() if day is not None and day <= entry}
        later: list[Change] = [
            (day, {name: day}) for name, day in dates.items() if day is not None and entry < day <= life.until
        ]
        book.enter("bnb_approval", life, f"{index}", entry, values, chance=chance, later=later)


def _found_intentional(case: Case) -> date | None:
    """Return when a council first found the applicant intentionally homeless, None where it did not."""
    decided = case.decided
    found = [
        decided.get(day)
        for reason, day in (
            ("main_duty_decision", "main_duty_decided_on"),
            ("relief_end_reason", "relief_end"),
            ("main_duty_end_reason", "main_duty_end"),
        )
        if decided.get(reason) == "intentional"
    ]
    return min((day for day in found if isinstance(day, date)), default=None)


def _told(chance: Chance, decided: date) -> dict[str, Value]:
    """Return when adviser and young person heard that the finding was considered: before it, on its day, or after."""
    names = ("adviser_told_on", "young_person_told_on")
    # Both must have heard by the day before.
    days = {name: met(chance, chance.after(decided, -1, -1), never=0.14, early=30) for name in names}
    return {name: day for name, day in days.items() if day is not None}


def consider_intentionality(book: Book, life: Life, ref: Reference) -> None:
    """Write down the findings considered: those that H-CLIC shows, those withdrawn, a few that it does not show."""
    chance = book.chance("intentionality", life)
    for index, case in enumerate(life.cases):
        decided = _found_intentional(case)
        if decided is None and not chance.happens(0.1):
            continue
        outcome = "intentional"
        if decided is None:
            outcome = chance.weighted({"not_intentional": 55, "withdrawn": 30, "intentional": 15})
            decided = chance.after(case.application_on, 30, 120)
        elif not chance.happens(0.85):
            continue
        considered = chance.after(decided, -40, -5)
        values: dict[str, Value] = {
            "case_ref": case.ref or None if chance.happens(0.93) else None,
            "district_gss": case.district,
            "considered_on": considered,
        }
        later: list[Change] = [
            (day, {name: day}) for name, day in _told(chance, decided).items() if isinstance(day, date)
        ]
        later.append((decided, {"decided_on": decided, "outcome": outcome}))
        later = [(max(day, considered), change) for day, change in later if day <= life.until]
        if considered <= life.until:
            book.enter("intentionality", life, f"{index}", considered, values, chance=chance, later=later)


def escalate(book: Book, life: Life, ref: Reference) -> None:
    """Write down disputes: a row for each stage reached; the day of the solution stands in the last (K10, L18)."""
    chance = book.chance("escalation", life)
    if not chance.happens(DISPUTES) or not life.homes:
        return
    raised = chance.between(max(life.homes[0].start, book.launched), life.until)
    reached = chance.weighted({1: 50, 2: 30, 3: 14, 4: 6})
    district = chance.choice(ref.districts[book.authority]) if chance.happens(0.95) else None
    dispute = f"DSP-{life.person.ids_in(book.authority)[0].number}"
    days = [raised]
    for _ in range(1, reached):
        days.append(chance.after(days[-1], 3, 25))
    solved = chance.after(days[-1], 1, 45) if chance.happens(0.75) else None
    for stage, day in zip(STAGES, days, strict=False):
        values: dict[str, Value] = {
            "dispute_id": dispute,
            "raised_on": raised,
            "stage": stage,
            "stage_date": day,
            "district_gss": district,
        }
        last = day == days[-1]
        later: list[Change] = []
        if last and solved is not None and solved <= life.until:
            later = [(solved, {"resolved_on": solved})]
        if day <= life.until:
            book.enter("escalation", life, stage, day, values, chance=chance, later=later)
