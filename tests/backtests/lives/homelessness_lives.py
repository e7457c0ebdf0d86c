"""Lives about homelessness: nights, duties, decisions, and who was told."""

from __future__ import annotations

from datetime import date

from .builder import Event, Figure, Life, Obligation, Stock
from .world import (
    BURNLEY,
    CHORLEY,
    GRAVESHAM,
    JUN_2026,
    KENT,
    LANCASHIRE,
    LANCASHIRE_COUNTY,
    MAR_2026,
    PRESTON,
    SEP_2026,
    THANET,
    UNKNOWN,
    WYRE,
)

_NIGHTS = (
    "bnb_people",
    "bnb_over_limit",
    "temporary_accommodation_nights",
    "no_fixed_abode_nights",
    "bnb_move_on",
    "bnb_told_adviser",
    "bnb_approval",
)
_CASES = ("duties_owed", "duty_outcomes", "no_priority_need", "duties_ended_for_refusal", "intentional_decisions")


def bed_and_breakfast_over_a_quarters_end() -> Life:
    life = Life(
        "bed_and_breakfast_over_a_quarters_end",
        "Twelve nights from 29 March 2026 with a child: three in March and nine in April. The third night past, on 1 "
        "April, is over the limit; the adviser was told at once, and the plan came on the tenth working day, Good "
        "Friday and Easter Monday not counted.",
        states=(*_NIGHTS, *_CASES, "personal_housing_plan"),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    entry, left = date(2026, 3, 29), date(2026, 4, 10)
    life.relief(
        WYRE, "OVER-1", entry, household_type="single_parent_female", personal_housing_plan_on=date(2026, 4, 14)
    )
    life.placed(WYRE, "OVER-1", entry, left)
    life.told(LANCASHIRE, "bnb_approval", entry, entry_date=entry, adviser_told_on=entry)
    tier = (("tier", "district"), ("agreement", "housing_only"))
    life.events = [
        Event("homeless_presentations", LANCASHIRE, WYRE, entry),
        Event("duties_owed", LANCASHIRE, WYRE, entry, breakdowns=(("duty", "relief"),)),
        Event("bnb_stays", LANCASHIRE, WYRE, entry, left),
        Event("bnb_nights", LANCASHIRE, WYRE, entry, left, 12),
        Event("bnb_people", LANCASHIRE, WYRE, entry, left, 12, (*tier, ("ordinal", "1"))),
        Event(
            "temporary_accommodation_nights",
            LANCASHIRE,
            WYRE,
            entry,
            left,
            12,
            (*tier, ("placement_type", "bed_and_breakfast")),
        ),
        Event(
            "bnb_over_limit",
            LANCASHIRE,
            WYRE,
            date(2026, 4, 1),
            breakdowns=(*tier, ("limit_nights", "3"), ("dependent_children", "yes")),
        ),
    ]
    life.stocks = [
        Stock("bnb_now", LANCASHIRE, MAR_2026, WYRE, 1, tier),
        Stock("bnb_now", LANCASHIRE, date(2026, 4, 30), None),
        Stock(
            "temporary_accommodation_now",
            LANCASHIRE,
            MAR_2026,
            WYRE,
            1,
            (("tier", "district"), ("placement_type", "bed_and_breakfast")),
        ),
    ]
    life.obligations = [
        Obligation("bnb_move_on", LANCASHIRE, WYRE, entry, date(2026, 4, 1), left, "late"),
        Obligation("bnb_told_adviser", LANCASHIRE, WYRE, entry, entry, entry, "in_time"),
        Obligation("personal_housing_plan", LANCASHIRE, WYRE, entry, date(2026, 4, 14), date(2026, 4, 14), "in_time"),
    ]
    life.figures = [
        Figure("bnb_nights", LANCASHIRE, LANCASHIRE_COUNTY, "month", "2026-03", "nights", 3),
        Figure("bnb_nights", LANCASHIRE, WYRE, "quarter", "2026-27-Q1", "nights", 9),
        Figure("bnb_people", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2025-26-Q4", "people", 1),
        Figure("bnb_people", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2026-27-Q1", "people", 1),
        Figure("bnb_people", LANCASHIRE, LANCASHIRE_COUNTY, "rolling_4q", "2026-27-Q1", "people", 1),
        Figure("bnb_now", LANCASHIRE, LANCASHIRE_COUNTY, "month", "2026-03", "people", 1),
        Figure("bnb_over_limit", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2025-26-Q4", "events", 0),
        Figure("bnb_over_limit", LANCASHIRE, LANCASHIRE_COUNTY, "month", "2026-04", "events", 1, "limit_nights", "3"),
    ]
    return life


def still_there_on_the_last_day() -> Life:
    life = Life(
        "still_there_on_the_last_day",
        "Enters bed and breakfast on 28 September 2026 and is there still when the files end: three nights, no limit "
        "passed, the move due tomorrow. Nobody told the adviser.",
        states=_NIGHTS,
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    entry = date(2026, 9, 28)
    life.relief(WYRE, "STILL-1", entry)
    life.placed(WYRE, "STILL-1", entry, None)
    until = date(2026, 10, 1)
    life.events = [
        Event("homeless_presentations", LANCASHIRE, WYRE, entry),
        Event("bnb_stays", LANCASHIRE, WYRE, entry, until),
        *(
            Event(measure_id, LANCASHIRE, WYRE, entry, until, 3)
            for measure_id in ("bnb_nights", "bnb_people", "temporary_accommodation_nights")
        ),
    ]
    life.stocks = [Stock("bnb_now", LANCASHIRE, SEP_2026, WYRE, 1, (("agreement", "housing_only"),))]
    life.obligations = [
        Obligation("bnb_move_on", LANCASHIRE, WYRE, entry, until, None, "not_yet_due"),
        Obligation("bnb_told_adviser", LANCASHIRE, WYRE, entry, entry, None, "overdue"),
    ]
    return life


def hostel_then_county_emergency() -> Life:
    life = Life(
        "hostel_then_county_emergency",
        "A hostel from the district and emergency accommodation from the county overlap by two nights, which are the "
        "hostel's. Neither is bed and breakfast. A month in the county's bed and breakfast follows in August: 42 "
        "nights are passed on the last day. Approval came a day late.",
        states=_NIGHTS,
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.relief(PRESTON, "HOSTEL-1", date(2026, 5, 1), household_type="single_adult_male")
    life.placed(PRESTON, "HOSTEL-1", date(2026, 5, 1), date(2026, 5, 10), "hostel_or_refuge")
    life.form(LANCASHIRE, "V", date(2026, 5, 8), date(2026, 5, 20), placed_by="county", district=CHORLEY)
    entry, left = date(2026, 8, 1), date(2026, 9, 13)
    life.form(LANCASHIRE, "W", entry, left, placed_by="county", district=CHORLEY)
    life.told(LANCASHIRE, "bnb_approval", date(2026, 8, 3), entry_date=entry, approved_on=date(2026, 8, 2))
    both = (("tier", "both"), ("agreement", "both_systems"))
    county = (("tier", "county"), ("agreement", "case_system_only"))

    def nights(area: str, start: date, end: date, *told: tuple[str, str]) -> Event:
        number = (end - start).days
        return Event("temporary_accommodation_nights", LANCASHIRE, area, start, end, number, told)

    def over(day: date, limit: str) -> Event:
        told = (*county, ("limit_nights", limit), ("dependent_children", "not_known"))
        return Event("bnb_over_limit", LANCASHIRE, CHORLEY, day, breakdowns=told)

    life.events = [
        Event("homeless_presentations", LANCASHIRE, PRESTON, date(2026, 5, 1)),
        nights(PRESTON, date(2026, 5, 1), date(2026, 5, 10), *both, ("placement_type", "hostel_or_refuge")),
        nights(CHORLEY, date(2026, 5, 10), date(2026, 5, 20), *both, ("placement_type", "other")),
        nights(CHORLEY, entry, left, *county, ("placement_type", "bed_and_breakfast")),
        Event("bnb_stays", LANCASHIRE, CHORLEY, entry, left),
        Event("bnb_nights", LANCASHIRE, CHORLEY, entry, left, 43),
        Event("bnb_people", LANCASHIRE, CHORLEY, entry, left, 43, county),
        over(date(2026, 8, 4), "3"),
        over(date(2026, 9, 12), "42"),
    ]
    life.obligations = [
        Obligation("bnb_move_on", LANCASHIRE, CHORLEY, entry, date(2026, 8, 4), left, "late"),
        Obligation("bnb_approval", LANCASHIRE, CHORLEY, entry, entry, date(2026, 8, 2), "late"),
    ]
    life.stocks = [
        Stock("temporary_accommodation_now", LANCASHIRE, JUN_2026, None),
        Stock("bnb_now", LANCASHIRE, date(2026, 8, 31), CHORLEY, 1, county),
    ]
    return life


def no_fixed_abode_over_easter() -> Life:
    life = Life(
        "no_fixed_abode_over_easter",
        "Without a fixed abode from Maundy Thursday 2026 and referred by nobody: due on the Tuesday after Easter, and "
        "refusing contact waives nothing. Again from 25 June, and referred the next day, but still without.",
        states=(*_NIGHTS, "duty_to_refer"),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, in_touch="REFU")
    first, again = date(2026, 4, 2), date(2026, 6, 25)
    life.form(LANCASHIRE, "S", first, date(2026, 4, 20), district=BURNLEY)
    life.form(LANCASHIRE, "S", again, district=BURNLEY)
    life.told(LANCASHIRE, "duty_to_refer", again, known_on=again, referred_on=date(2026, 6, 26), district_gss=BURNLEY)
    only = "homeless_presentations_case_system_only"
    life.events = [
        Event(only, LANCASHIRE, BURNLEY, first),
        Event(only, LANCASHIRE, BURNLEY, again),
        Event("no_fixed_abode_nights", LANCASHIRE, BURNLEY, first, date(2026, 4, 20), 18),
        Event("no_fixed_abode_nights", LANCASHIRE, BURNLEY, again, date(2026, 10, 1), 98),
    ]
    life.stocks = [
        Stock("no_fixed_abode_now", LANCASHIRE, date(2026, 4, 30), None),
        Stock("no_fixed_abode_now", LANCASHIRE, JUN_2026, BURNLEY),
        Stock("no_fixed_abode_now", LANCASHIRE, date(2026, 7, 31), BURNLEY),
    ]
    life.obligations = [
        Obligation("duty_to_refer", LANCASHIRE, BURNLEY, first, date(2026, 4, 7), None, "overdue"),
        Obligation("duty_to_refer", LANCASHIRE, BURNLEY, again, date(2026, 6, 26), date(2026, 6, 26), "in_time"),
    ]
    life.figures = [
        Figure("no_fixed_abode_nights", LANCASHIRE, LANCASHIRE_COUNTY, "month", "2026-06", "nights", 6),
        Figure("no_fixed_abode_nights", LANCASHIRE, BURNLEY, "quarter", "2026-27-Q1", "nights", 24),
    ]
    return life


def told_on_the_day() -> Life:
    life = Life(
        "told_on_the_day",
        "Preston decides on 1 June 2026 that it was intentional; the adviser knew the day before, the young person "
        "only that day. A form of 29 June is about the same decision, one of the 30th is another.",
        states=(*_CASES, "intentionality_notice"),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    decided = date(2026, 6, 1)
    life.no_duty(PRESTON, "TOLD-1", date(2026, 5, 1), main_duty_decision="intentional", main_duty_decided_on=decided)
    about = {"considered_on": date(2026, 5, 20), "outcome": "intentional"}
    life.told(
        LANCASHIRE,
        "intentionality",
        JUN_2026,
        **about,
        decided_on=decided,
        case_ref="TOLD-1",
        district_gss=PRESTON,
        adviser_told_on=date(2026, 5, 31),
        young_person_told_on=decided,
    )
    for day in (date(2026, 6, 29), JUN_2026):
        life.told(LANCASHIRE, "intentionality", JUN_2026, **about, decided_on=day)
    life.events = [
        Event("homeless_presentations", LANCASHIRE, PRESTON, date(2026, 5, 1)),
        Event("intentional_decisions", LANCASHIRE, PRESTON, decided, breakdowns=(("told_before", "adviser_only"),)),
        Event("intentional_decisions", LANCASHIRE, UNKNOWN, JUN_2026, breakdowns=(("told_before", "neither"),)),
    ]
    life.obligations = [
        Obligation("intentionality_notice", LANCASHIRE, PRESTON, decided, date(2026, 5, 31), decided, "late"),
        Obligation("intentionality_notice", LANCASHIRE, UNKNOWN, JUN_2026, date(2026, 6, 29), None, "overdue"),
    ]
    return life


def no_priority_at_twenty() -> Life:
    life = Life(
        "no_priority_at_twenty",
        "No priority need is found on the eve of the 21st birthday, and again later, when it is no alert. On the 21st "
        "birthday the adviser has just left.",
        born=date(2005, 6, 1),
        states=(*_CASES, "presenters_without_adviser"),
    )
    life.known_to(KENT)
    life.status(KENT)
    life.adviser(KENT, date(2024, 1, 1), date(2026, 6, 1))
    for ref, applied_on, decided_on in (
        ("PRIORITY-1", date(2026, 5, 1), date(2026, 5, 31)),
        ("PRIORITY-2", date(2026, 6, 1), date(2026, 6, 10)),
    ):
        life.no_duty(THANET, ref, applied_on, main_duty_decision="no_priority_need", main_duty_decided_on=decided_on)
    life.events = [
        Event("homeless_presentations", KENT, THANET, date(2026, 5, 1)),
        Event("homeless_presentations", KENT, THANET, date(2026, 6, 1)),
        Event("no_priority_need", KENT, THANET, date(2026, 5, 31), breakdowns=(("age_band", "18_20"),)),
        Event("presenters_without_adviser", KENT, THANET, date(2026, 6, 1), breakdowns=(("age_band", "21_24"),)),
    ]
    return life


def homeless_six_months_after_care() -> Life:
    life = Life(
        "homeless_six_months_after_care",
        "Leaves care on 31 December 2025, the 18th birthday; homeless for that reason on 30 June 2026, which is six "
        "months later. A second application the day after is too late.",
        born=date(2007, 12, 31),
        states=("homeless_from_care",),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.care_placement(LANCASHIRE, date(2023, 1, 1), date(2025, 12, 31), "XL171AA", "K2")
    life.no_duty(WYRE, "CARE-1", JUN_2026, reason_for_loss="left_looked_after_placement")
    life.no_duty(WYRE, "CARE-2", date(2026, 7, 1))
    life.events = [
        Event("homeless_presentations", LANCASHIRE, WYRE, JUN_2026),
        Event("homeless_presentations", LANCASHIRE, WYRE, date(2026, 7, 1)),
        Event(
            "homeless_from_care",
            LANCASHIRE,
            WYRE,
            JUN_2026,
            breakdowns=(("care_reason", "both"), ("category", "no_duty")),
        ),
    ]
    return life


def duties_of_a_reopened_case() -> Life:
    life = Life(
        "duties_of_a_reopened_case",
        "A relief duty ends in a private home; the case is reopened and a prevention duty ends in a refusal. One "
        "presentation, two duties, two outcomes.",
        states=_CASES,
    )
    life.known_to(KENT)
    life.status(KENT)
    life.relief(
        GRAVESHAM,
        "REOPENED-1",
        date(2026, 1, 5),
        date(2026, 2, 10),
        relief_end_reason="secured",
        relief_accommodation="prs_hmo",
    )
    life.prevention(
        GRAVESHAM,
        "REOPENED-2",
        date(2026, 4, 1),
        date(2026, 5, 29),
        prevention_end_reason="refused_suitable",
        reopened_from="REOPENED-1",
    )
    relief, prevention = (("duty", "relief"),), (("duty", "prevention"),)
    secured = (*relief, ("outcome", "relief:secured"), ("into_private_sector", "yes"))
    refused = (*prevention, ("outcome", "prevention:refused_suitable"), ("into_private_sector", "no"))
    life.events = [
        Event("homeless_presentations", KENT, GRAVESHAM, date(2026, 1, 5)),
        Event("private_sector_moves", KENT, GRAVESHAM, date(2026, 2, 10)),
        Event("duties_owed", KENT, GRAVESHAM, date(2026, 1, 5), breakdowns=relief),
        Event("duties_owed", KENT, GRAVESHAM, date(2026, 4, 1), breakdowns=prevention),
        Event("duty_outcomes", KENT, GRAVESHAM, date(2026, 2, 10), breakdowns=secured),
        Event("duty_outcomes", KENT, GRAVESHAM, date(2026, 5, 29), breakdowns=refused),
        Event(
            "duties_ended_for_refusal",
            KENT,
            GRAVESHAM,
            date(2026, 5, 29),
            breakdowns=(*prevention, ("refusal", "offer")),
        ),
    ]
    return life


def alerts_on_one_tenancy() -> Life:
    life = Life(
        "alerts_on_one_tenancy",
        "An alert on 27 March 2026, another three days later while it is open, a meeting on 8 April, the day after "
        "the fifth working day. Resolved on 10 April, the day of a third alert, which has a row of its own.",
        states=("breakdown_alerts", "risk_meeting"),
    )
    life.known_to(KENT)
    life.status(KENT)
    life.form(KENT, "K", date(2026, 1, 5), postcode="XK201AA")
    told = (
        ("alert", date(2026, 3, 27)),
        ("alert", date(2026, 3, 30)),
        ("meeting", date(2026, 4, 8)),
        ("alert_resolved", date(2026, 4, 10)),
        ("alert", date(2026, 4, 10)),
        ("alert", date(2026, 9, 29)),
    )
    for event, day in told:
        life.told(KENT, "tenancy_event", day, event=event, event_date=day, tenancy_ref="T-RISK", severity="high")

    def alert(day: date, resolution: str) -> Event:
        shown = (("resolution", resolution), ("severity", "high"), ("raised_by", "not_known"))
        return Event("breakdown_alerts", KENT, THANET, day, breakdowns=shown)

    life.events = [
        Event("private_sector_moves", KENT, THANET, date(2026, 1, 5)),
        alert(date(2026, 3, 27), "resolved"),
        alert(date(2026, 3, 30), "resolved"),
        alert(date(2026, 4, 10), "resolved"),
        alert(date(2026, 9, 29), "open"),
    ]
    life.obligations = [
        Obligation("risk_meeting", KENT, THANET, date(2026, 3, 27), date(2026, 4, 7), date(2026, 4, 8), "late"),
        Obligation("risk_meeting", KENT, THANET, date(2026, 4, 10), date(2026, 4, 17), None, "overdue"),
        Obligation("risk_meeting", KENT, THANET, date(2026, 9, 29), date(2026, 10, 6), None, "not_yet_due"),
    ]
    return life


def approved_twice() -> Life:
    life = Life(
        "approved_twice",
        "The county places in Chorley; the placement is approved on the day, and the approval is repeated two days "
        "later: the first counts.",
        states=("bnb_approval",),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    entry, left = date(2026, 7, 7), date(2026, 7, 11)
    life.form(LANCASHIRE, "W", entry, left, district=CHORLEY, placed_by="county")
    for approved_on in (entry, date(2026, 7, 9)):
        life.told(LANCASHIRE, "bnb_approval", approved_on, entry_date=entry, approved_on=approved_on)
    life.events = [
        Event("bnb_nights", LANCASHIRE, CHORLEY, entry, left, 4),
        Event("bnb_stays", LANCASHIRE, CHORLEY, entry, left),
    ]
    life.obligations = [Obligation("bnb_approval", LANCASHIRE, CHORLEY, entry, entry, entry, "in_time")]
    return life


LIVES = (
    bed_and_breakfast_over_a_quarters_end(),
    still_there_on_the_last_day(),
    approved_twice(),
    hostel_then_county_emergency(),
    no_fixed_abode_over_easter(),
    told_on_the_day(),
    no_priority_at_twenty(),
    homeless_six_months_after_care(),
    duties_of_a_reopened_case(),
    alerts_on_one_tenancy(),
)
