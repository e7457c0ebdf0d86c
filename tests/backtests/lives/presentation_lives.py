"""Lives about presenting as homeless."""

from __future__ import annotations

from datetime import date

from .builder import Event, Figure, HomeOnDay, Life
from .world import (
    BURNLEY,
    CANTERBURY,
    DOVER,
    JUN_2026,
    KENT,
    KENT_COUNTY,
    LANCASHIRE,
    MAIDSTONE,
    MAR_2026,
    PENDLE,
    SEP_2026,
    SWALE,
    THANET,
)


def reopened_case() -> Life:
    life = Life(
        "reopened_case",
        "The second case names the first as reopened, so it is the first one's presentation although that had "
        "closed. The third names a case that nobody sent: a presentation of its own.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.prevention(CANTERBURY, "REOPEN-1", date(2025, 10, 1), date(2025, 11, 20), prevention_end_reason="contact_lost")
    life.prevention(CANTERBURY, "REOPEN-2", date(2025, 12, 5), date(2026, 1, 5), reopened_from="REOPEN-1")
    life.no_duty(CANTERBURY, "REOPEN-3", date(2026, 1, 10), reopened_from="REOPEN-9")
    life.events = [
        Event("homeless_presentations", KENT, CANTERBURY, date(2025, 10, 1), breakdowns=(("category", "threatened"),)),
        Event("homeless_presentations", KENT, CANTERBURY, date(2026, 1, 10), breakdowns=(("category", "no_duty"),)),
    ]
    return life


def applications_in_two_districts_on_one_day() -> Life:
    life = Life(
        "applications_in_two_districts_on_one_day",
        "Applies in Swale and in Thanet on one day: one presentation, that of the smaller record id: "
        "md5 of case|E07000114|SAMEDAY-2 begins with 11, of case|E07000113|SAMEDAY-1 with ff.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.no_duty(SWALE, "SAMEDAY-1", date(2026, 5, 10))
    life.no_duty(THANET, "SAMEDAY-2", date(2026, 5, 10))
    life.events = [Event("homeless_presentations", KENT, THANET, date(2026, 5, 10))]
    return life


def person_in_two_districts() -> Life:
    life = Life(
        "person_in_two_districts",
        "Applies in Maidstone while Dover still owes relief: Dover's presentation. Applies there again on the very day "
        "on which Dover's duty ends: a second presentation, for the case is closed that day.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.relief(DOVER, "TWO-1", date(2026, 1, 5), date(2026, 5, 31), relief_end_reason="contact_lost")
    life.placed(DOVER, "TWO-1", date(2026, 3, 20), date(2026, 4, 10), "hostel_or_refuge", placed_in=MAIDSTONE)
    life.no_duty(MAIDSTONE, "TWO-2", date(2026, 4, 20))
    life.no_duty(MAIDSTONE, "TWO-3", date(2026, 5, 31))
    life.events = [
        Event("homeless_presentations", KENT, DOVER, date(2026, 1, 5), breakdowns=(("category", "already_homeless"),)),
        Event("homeless_presentations", KENT, MAIDSTONE, date(2026, 5, 31)),
    ]
    life.homes = [
        HomeOnDay(KENT, MAR_2026, "temporary_or_emergency", MAIDSTONE),
        HomeOnDay(KENT, JUN_2026, "not_known", "unknown"),
    ]
    life.figures = [
        Figure("homeless_presentations", KENT, KENT_COUNTY, "rolling_4q", "2026-27-Q1", "events", 2),
        Figure("homeless_presentations", KENT, KENT_COUNTY, "rolling_4q", "2026-27-Q1", "people", 1),
        Figure("homeless_presentations", KENT, DOVER, "rolling_4q", "2026-27-Q1", "people", 1),
        Figure("homeless_presentations", KENT, MAIDSTONE, "rolling_4q", "2026-27-Q1", "people", 1),
    ]
    return life


def case_without_an_assessment() -> Life:
    life = Life(
        "case_without_an_assessment",
        "A case nobody has assessed stays open; the application of nine months later is still its presentation.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.case(PENDLE, "UNASSESSED-1", date(2025, 11, 3))
    life.no_duty(BURNLEY, "UNASSESSED-2", date(2026, 8, 3))
    life.events = [
        Event(
            "homeless_presentations",
            LANCASHIRE,
            PENDLE,
            date(2025, 11, 3),
            breakdowns=(("category", "not_assessed"), ("agreement", "housing_only")),
        )
    ]
    return life


def decision_that_is_no_acceptance_closes() -> Life:
    life = Life(
        "decision_that_is_no_acceptance_closes",
        "Relief ended on 1 March, the decision of 20 March was no priority need: open until the 20th.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.relief(
        PENDLE,
        "DECIDED-1",
        date(2026, 1, 4),
        date(2026, 3, 1),
        main_duty_decision="no_priority_need",
        main_duty_decided_on=date(2026, 3, 20),
    )
    life.no_duty(PENDLE, "DECIDED-2", date(2026, 3, 19))
    life.no_duty(PENDLE, "DECIDED-3", date(2026, 3, 20))
    life.events = [
        Event("homeless_presentations", LANCASHIRE, PENDLE, date(2026, 1, 4)),
        Event("homeless_presentations", LANCASHIRE, PENDLE, date(2026, 3, 20)),
    ]
    return life


def no_fixed_abode_that_no_district_knows() -> Life:
    life = Life(
        "no_fixed_abode_that_no_district_knows",
        "Three spells without an abode and no application: the second starts 50 days after the first and is the "
        "same, the third 61 days after it. They stand apart from the presentations.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.form(LANCASHIRE, "S", date(2026, 5, 1), date(2026, 5, 20), district=BURNLEY)
    life.form(LANCASHIRE, "S", date(2026, 6, 20), date(2026, 6, 25), district=BURNLEY)
    life.form(LANCASHIRE, "S", date(2026, 7, 1), district=BURNLEY)
    life.events = [
        Event("homeless_presentations_case_system_only", LANCASHIRE, BURNLEY, date(2026, 5, 1)),
        Event("homeless_presentations_case_system_only", LANCASHIRE, BURNLEY, date(2026, 7, 1)),
    ]
    life.homes = [HomeOnDay(LANCASHIRE, SEP_2026, "no_fixed_abode", BURNLEY)]
    life.figures = [Figure("homeless_presentations", LANCASHIRE, BURNLEY, "quarter", "2026-27-Q1", "people", 0)]
    return life


def no_fixed_abode_56_days_before_an_application() -> Life:
    life = Life(
        "no_fixed_abode_56_days_before_an_application",
        "Without an abode from 1 February, applies on 29 March, 56 days later: both systems know of one presentation.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.form(LANCASHIRE, "S", date(2026, 2, 1), date(2026, 4, 1), district=PENDLE)
    life.no_duty(PENDLE, "NFA-56", date(2026, 3, 29))
    life.events = [
        Event(
            "homeless_presentations", LANCASHIRE, PENDLE, date(2026, 3, 29), breakdowns=(("agreement", "both_systems"),)
        )
    ]
    return life


def no_fixed_abode_57_days_before_an_application() -> Life:
    life = Life(
        "no_fixed_abode_57_days_before_an_application",
        "The same a day later: the spell stands apart, and the application is known to housing only.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.form(LANCASHIRE, "S", date(2026, 2, 1), date(2026, 4, 1), district=BURNLEY)
    life.no_duty(PENDLE, "NFA-57", date(2026, 3, 30))
    life.events = [
        Event(
            "homeless_presentations", LANCASHIRE, PENDLE, date(2026, 3, 30), breakdowns=(("agreement", "housing_only"),)
        ),
        Event("homeless_presentations_case_system_only", LANCASHIRE, BURNLEY, date(2026, 2, 1)),
    ]
    return life


def application_28_days_before_no_fixed_abode() -> Life:
    life = Life(
        "application_28_days_before_no_fixed_abode",
        "Applies on 3 April, without an abode from 1 May, 28 days later: one presentation that both systems know.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.form(LANCASHIRE, "S", date(2026, 5, 1), district=PENDLE)
    life.no_duty(PENDLE, "NFA-28", date(2026, 4, 3))
    life.events = [
        Event(
            "homeless_presentations", LANCASHIRE, PENDLE, date(2026, 4, 3), breakdowns=(("agreement", "both_systems"),)
        )
    ]
    return life


LIVES = (
    reopened_case(),
    applications_in_two_districts_on_one_day(),
    person_in_two_districts(),
    case_without_an_assessment(),
    decision_that_is_no_acceptance_closes(),
    no_fixed_abode_that_no_district_knows(),
    no_fixed_abode_56_days_before_an_application(),
    no_fixed_abode_57_days_before_an_application(),
    application_28_days_before_no_fixed_abode(),
)
