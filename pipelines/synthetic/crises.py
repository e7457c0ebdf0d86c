"""Losing a home: an application to a district, its duties, temporary accommodation, and what comes after.

What belongs here: how a homelessness case goes (Housing Act 1996 part 7: prevention, relief, main duty). What does
not: how a council writes it down (homelessness.py). The same story serves care leavers and the strangers in the same
files.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from pipelines.synthetic.chance import Chance
from pipelines.synthetic.days import age_on
from pipelines.synthetic.lives import Case, Home, Life, Stay
from pipelines.synthetic.people import Person
from pipelines.synthetic.reference import Reference

# secured accommodation -> (code, tenure) of the home that it is
SECURED: dict[str, tuple[str, str | None]] = {
    "prs_self_contained": ("U", "private"),
    "prs_hmo": ("U", "private"),
    "prs_lodging": ("K", None),
    "council_tenancy": ("U", "council"),
    "registered_provider_tenancy": ("U", "housing_association"),
    "supported_housing_or_hostel": ("D", None),
    "family": ("B", None),
    "friends": ("Y", None),
    "other": ("Y", None),
}
SECURED_WEIGHTS = {
    "prs_self_contained": 22,
    "prs_hmo": 9,
    "prs_lodging": 3,
    "council_tenancy": 14,
    "registered_provider_tenancy": 13,
    "supported_housing_or_hostel": 27,
    "family": 6,
    "friends": 3,
    "other": 2,
}
TEMPORARY = {
    "bed_and_breakfast": 48,
    "nightly_paid": 14,
    "hostel_or_refuge": 20,
    "private_leased": 7,
    "la_ha_stock": 6,
    "other": 2,
    "own_arrangements": 6,
}
TEMPORARY_DAYS = {"bed_and_breakfast": 24, "own_arrangements": 60}
NEVER_ASSESSED = 0.05
OVERLAPPING = 0.06
BOTH_TIERS = 0.12  # the county pays for a room while the district does


@dataclass(slots=True)
class Story:
    """A case and what it means for the home.

    Attributes:
        case: the case.
        over: day on which the next home begins.
        secured: accommodation that a duty secured, None where none was.
        let: whether the home came by an offer of the register (Part 6).
        kept: whether the present home was saved.
    """

    case: Case
    over: date
    secured: str | None = None
    let: bool = False
    kept: bool = False
    rough_from: date | None = None
    stays: list[Stay] = field(default_factory=list)


def _assess(case: Case, chance: Chance, outcome: str) -> date:
    """Record the initial assessment and return its day."""
    assessed = chance.after(case.application_on, 0, 9)
    case.decided["assessed_on"] = assessed
    case.decided["initial_assessment"] = outcome
    if outcome in ("threatened", "threatened_section_21", "already_homeless"):
        case.decided["personal_housing_plan_on"] = None if chance.happens(0.15) else chance.after(assessed, 0, 21)
        if chance.happens(0.4):
            case.decided["adviser_involved_on"] = chance.after(case.application_on, 0, 14)
    return assessed


def _prevent(story: Story, chance: Chance, assessed: date) -> str:
    """Run the prevention duty and return how it ended."""
    case = story.case
    ended = chance.after(assessed, 10, 70)
    reason = chance.weighted(
        {"secured_existing": 20, "secured_alternative": 38, "homeless": 24, "contact_lost": 6, "withdrew": 4}
        | {"expired_56_days": 4, "refused_suitable": 1, "refused_to_cooperate": 1, "not_known": 2}
    )
    case.decided |= {"prevention_start": assessed, "prevention_end": ended, "prevention_end_reason": reason}
    story.over = ended
    if reason.startswith("secured"):
        story.secured = chance.weighted(SECURED_WEIGHTS)
        case.decided["prevention_accommodation"] = None if chance.happens(0.03) else story.secured
        story.kept = reason == "secured_existing"
    return reason


def _relieve(story: Story, chance: Chance, start: date) -> None:
    """Run the relief duty and, where it fails, the main duty."""
    case = story.case
    ended = chance.after(start, 8, 62)
    reason = chance.weighted(
        {"secured": 42, "expired_56_days": 36, "contact_lost": 7, "withdrew": 6, "local_connection_accepted": 2}
        | {"refused_final_offer": 2, "refusal_to_cooperate": 1, "intentional": 1, "not_eligible": 1, "not_known": 2}
    )
    if reason == "expired_56_days":
        ended = start + timedelta(days=56)
    case.decided |= {"relief_start": start, "relief_end": ended, "relief_end_reason": reason}
    story.over = ended
    if reason == "secured":
        story.secured = chance.weighted(SECURED_WEIGHTS)
        case.decided["relief_accommodation"] = None if chance.happens(0.03) else story.secured
    elif reason == "expired_56_days":
        _decide_main_duty(story, chance, ended)


def _decide_main_duty(story: Story, chance: Chance, after: date) -> None:
    case = story.case
    decided = chance.after(after, 0, 15)
    decision = chance.weighted({"accepted": 66, "no_priority_need": 22, "intentional": 6, "not_homeless": 6})
    case.decided |= {"main_duty_decision": decision, "main_duty_decided_on": decided}
    story.over = decided
    if decision != "accepted":
        return
    needs = {"young_applicant": 50, "mental_health": 18, "dependent_children": 12, "pregnant": 4, "other": 16}
    case.decided["priority_need"] = chance.weighted(needs)
    ended = decided + chance.length(130, least=20)
    reason = chance.weighted(
        {"part_6_accepted": 52, "private_rented_accepted": 18, "part_6_refused": 5, "private_rented_refused": 3}
        | {"refused_temporary": 7, "voluntarily_left": 8, "intentional": 3, "not_eligible": 2, "not_known": 2}
    )
    case.decided |= {"main_duty_end": ended, "main_duty_end_reason": reason}
    story.over = ended
    if reason == "part_6_accepted":
        story.secured, story.let = (
            chance.choice(("council_tenancy", "registered_provider_tenancy")),
            chance.happens(0.7),
        )
    elif reason == "private_rented_accepted":
        story.secured = "prs_self_contained"


def _accommodate(story: Story, ref: Reference, chance: Chance, start: date) -> None:
    """Place the applicant in temporary accommodation, one place after another, until the story is over."""
    case, day = story.case, chance.after(start, 0, 12)
    district = case.district
    if district is None:
        return
    authority = next(name for name, codes in ref.districts.items() if district in codes)
    while day < story.over and len(story.stays) < 4:
        kind = chance.weighted(TEMPORARY)
        exit_on = min(day + chance.length(TEMPORARY_DAYS.get(kind, 80), least=1), max(story.over, day))
        if chance.happens(0.03):
            exit_on = day  # cancelled on the day of entry: no night
        elsewhere = None if chance.happens(0.04) else chance.choice(ref.districts[authority] + ref.unitaries[authority])
        placed_in = elsewhere if chance.happens(0.16) else district
        story.stays.append(Stay(kind, day, exit_on, placed_in))
        if chance.happens(0.35):
            day = chance.after(exit_on, 3, 30)
        elif chance.happens(0.6) or exit_on == day:
            break
        else:
            day = exit_on


def _overlap(story: Story, ref: Reference, chance: Chance) -> None:
    """Book some stays twice: a second place from the middle of the first."""
    for stay in list(story.stays):
        if stay.exit_on is None or (stay.exit_on - stay.entry_on).days < 2 or not chance.happens(OVERLAPPING * 1.5):
            continue
        entry = chance.between(stay.entry_on, stay.exit_on - timedelta(days=1))
        kind = "bed_and_breakfast" if chance.happens(0.6) else "hostel_or_refuge"
        story.stays.append(Stay(kind, entry, chance.after(stay.exit_on, -1, 6), stay.placed_in))


def tell(chance: Chance, ref: Reference, district: str | None, day: date, *, not_before: date) -> Story:
    """Tell the story of one application: `day` is the day on which the home is or would be lost.

    Args:
        chance: stream to draw from.
        ref: the seeds.
        district: GSS code of the council applied to; None is a council outside both protocols.
        day: date of the loss.
        not_before: earliest possible day of application.
    """
    threatened = chance.happens(0.3)
    applied = chance.after(day, -50, -5) if threatened else chance.after(day, -3, 25)
    case = Case(district, max(applied, not_before))
    story = Story(case, max(day, case.application_on) + timedelta(days=chance.randint(5, 40)))
    if chance.happens(NEVER_ASSESSED):
        return story
    if chance.happens(0.07):
        _assess(case, chance, chance.weighted({"not_threatened": 5, "withdrew": 4, "not_eligible": 2}))
        return story
    if threatened:
        assessed = _assess(case, chance, "threatened_section_21" if chance.happens(0.12) else "threatened")
        if _prevent(story, chance, assessed) == "homeless":
            day = story.over
            _relieve(story, chance, day)
    else:
        _relieve(story, chance, _assess(case, chance, "already_homeless"))
    if "relief_start" in case.decided and chance.happens(0.72):
        _accommodate(story, ref, chance, max(day, case.application_on))
        _overlap(story, ref, chance)
    elif not threatened and chance.happens(0.6):
        story.rough_from = day
    case.stays = story.stays
    return story


def describe(case: Case, chance: Chance, person: Person, *, from_care: bool, last_code: str) -> None:
    """Fill in who the applicant is: reason for loss, household, referral, support needs (H-CLIC sections 1 to 3)."""
    reasons: dict[str, float] = {
        "family_or_friends": 34,
        "supported_housing_eviction": 14,
        "end_of_prs_assured_shorthold": 15,
        "other": 9,
    }
    reasons |= {
        "relationship_breakdown": 8,
        "domestic_abuse_victim": 6,
        "other_violence": 5,
        "end_of_social_tenancy": 4,
    }
    reasons |= {"left_custody": 40 if last_code == "X" else 1, "left_looked_after_placement": 60 if from_care else 3}
    reasons |= {
        "left_asylum_support": 12 if person.former_uasc else 0.5,
        "end_of_prs_other": 2,
        "left_hospital_psychiatric": 1,
    }
    sex = {"m": "male", "f": "female"}.get(person.sex, "other")
    household = {
        f"single_adult_{sex}": 78,
        f"single_parent_{sex}": 9,
        "couple_no_children": 7,
        "couple_children": 4,
        "not_known": 2,
    }
    places = {
        "family": 26,
        "friends": 18,
        "no_fixed_abode": 16,
        "prs_self_contained": 10,
        "supported_housing_or_hostel": 12,
    }
    places |= {
        "rough_sleeping": 5,
        "council_tenant": 3,
        "temporary_accommodation": 3,
        "institution_custody": 3,
        "other": 4,
    }
    referrals = {
        "none": 52,
        "childrens_social_services": 26,
        "agency": 8,
        "adult_prison": 3,
        "probation": 4,
        "jobcentre": 4,
    }
    referrals |= {"hospital": 2, "not_known": 1}
    case.decided |= {
        "reason_for_loss": chance.weighted(reasons),
        "household_type": chance.weighted(household),
        "accommodation_at_application": chance.weighted(places),
        "referral_body": chance.weighted(referrals),
    }
    case.needs = support_needs(case, chance, person)


SPLIT = date(2023, 4, 1)  # for cases assessed from this day on, care leavers of 21 and over are counted in two bands


def support_needs(case: Case, chance: Chance, person: Person) -> list[str]:
    """Return the support needs that the officer ticks; a quarter of care leavers are not ticked as such."""
    age = age_on(person.born, case.application_on)
    leaver = bool(person.authority or person.leaver_of)
    ticked = chance.happens(0.75) if leaver else chance.happens(0.03)
    needs = []
    if ticked and age >= 18:
        band = "care_leaver_18_20" if age <= 20 else "care_leaver_21_24" if age <= 24 else "care_leaver_25_plus"
        assessed = case.decided.get("assessed_on") or case.application_on
        before = isinstance(assessed, date) and assessed < SPLIT
        retired = band != "care_leaver_18_20" and (chance.happens(0.05) or before)  # still in some councils' lists
        needs.append("care_leaver_21_plus" if retired else band)
    if age <= 17:
        needs.append("young_16_17")
    odds = {
        "mental_health": 0.4,
        "young_18_25": 0.45 if age <= 25 else 0,
        "offending": 0.12,
        "drugs": 0.12,
        "budgeting": 0.08,
    }
    odds |= {"repeat_homelessness": 0.14, "learning_disability": 0.08, "physical_health": 0.1, "rough_sleeping": 0.07}
    odds |= {"former_asylum_seeker": 0.6 if person.former_uasc else 0.0, "education_employment": 0.06, "alcohol": 0.05}
    return needs + [need for need, odd in odds.items() if chance.happens(odd)]


def _sheltered(ref: Reference, chance: Chance, stay: Stay) -> Home:
    """Return the home that a stay was."""
    code = "W" if stay.accommodation_type == "bed_and_breakfast" else "V"
    return Home(
        code=code,
        start=stay.entry_on,
        district=stay.placed_in,
        postcode=ref.postcode(chance, stay.placed_in),
        recorded=chance.after(stay.entry_on, 0, 25),
        end=stay.exit_on,
        suitable=False,
        placed_by="district",
        came_by="crisis",
    )


def _shelters(life: Life, ref: Reference, chance: Chance, story: Story, day: date) -> None:
    """Turn the stays, and the gap before them, into homes as lived; what overlaps is known to the form only."""
    first_stay = min((stay.entry_on for stay in story.stays), default=story.over)
    until = min(first_stay, story.over)
    if until > day:
        code = "S" if story.rough_from is not None or chance.happens(0.6) else "Y"
        rough = Home(code, day, story.case.district, "", day, end=until, suitable=False, came_by="crisis")
        life.homes.append(rough)
    for stay in story.stays:
        if stay.accommodation_type == "own_arrangements" or stay.exit_on is None or stay.exit_on <= stay.entry_on:
            continue
        home = _sheltered(ref, chance, stay)
        overlaps = home.start < (life.homes[-1].end or home.start)
        (life.side_homes if overlaps else life.homes).append(home)
        if chance.happens(BOTH_TIERS):
            again = replace(home, code="W", placed_by="county")
            again.start = again.recorded = chance.after(home.start, -2, 2)
            again.end = chance.after(stay.exit_on, 3, 7)
            life.side_homes.append(again)


def _second_thoughts(life: Life, ref: Reference, chance: Chance, story: Story, last_code: str) -> None:
    """Let some apply to a second district meanwhile, and some cases be reopened after they closed."""
    case = story.case
    if chance.happens(0.05):
        other = chance.choice(ref.districts[life.person.authority])
        applied = chance.after(case.application_on, 1, 30)
        second = tell(chance, ref, other, applied, not_before=applied).case
        describe(second, chance, life.person, from_care=False, last_code=last_code)
        _keep(life, second)
    if chance.happens(0.05):
        later = chance.after(story.over, 10, 40)
        again = tell(chance, ref, case.district, later, not_before=story.over).case
        again.reopened = case
        describe(again, chance, life.person, from_care=False, last_code=last_code)
        _keep(life, again)


def _keep(life: Life, case: Case) -> None:
    if case.application_on < life.until:
        life.cases.append(case)


def lose_home(life: Life, ref: Reference, chance: Chance, day: date) -> tuple[date, Home | None]:
    """Draw a crisis on `day` into the life.

    Returns the day on which the next home begins, and that home where the crisis decided it (its `end` still open).
    """
    from_care = len(life.homes) <= 1
    last = life.homes[-1]
    district = last.district if last.district in sum(ref.districts.values(), ()) else None
    if district is None and chance.happens(0.6):
        district = chance.choice(ref.districts[life.person.authority])
    story = tell(chance, ref, district, day, not_before=last.start)
    describe(story.case, chance, life.person, from_care=from_care, last_code=last.code)
    _keep(life, story.case)
    _second_thoughts(life, ref, chance, story, last.code)
    if story.kept:
        last.end, last.end_reason = chance.after(max(day, story.over), 60, 400), None
        return last.end, None
    begins = max(story.over, last.start + timedelta(days=1))
    last.end = min(day, begins)
    _shelters(life, ref, chance, story, last.end)
    if story.secured is None:
        return begins, None
    return begins, _secured_home(life, ref, chance, story, begins)


def _secured_home(life: Life, ref: Reference, chance: Chance, story: Story, begins: date) -> Home:
    code, tenure = SECURED[story.secured or "other"]
    place = story.case.district
    let = story.let or (tenure in ("council", "housing_association") and chance.happens(0.35))
    return Home(
        code=code,
        start=begins,
        district=place,
        postcode=ref.postcode(chance, place),
        recorded=chance.after(begins, 8, 60) if chance.happens(0.1) else chance.after(begins, 0, 6),
        tenure=tenure,
        came_by="letting" if let else "duty",
    )
