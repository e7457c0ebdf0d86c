"""Lives about who counts: ages, statuses, deaths, counties."""

from __future__ import annotations

from datetime import date

from .builder import Event, Figure, HomeOnDay, Life
from .world import (
    ASHFORD,
    CANTERBURY,
    CHORLEY,
    DEC_2025,
    DOVER,
    JUN_2026,
    KENT,
    KENT_COUNTY,
    KENT_HOMECHOICE,
    LANCASHIRE,
    LANCASHIRE_COUNTY,
    LANCASTER,
    MAIDSTONE,
    MAR_2026,
    OUTSIDE,
    PRESTON,
    SEP_2025,
    SEP_2026,
    THANET,
    UNKNOWN,
    WYRE,
)


def leap_day_birth() -> Life:
    life = Life(
        "leap_day_birth",
        "Born on 29 February 2008: 18 on 1 March 2026. The move of the day before is a 17-year-old's, outside Kent's "
        "range.",
        born=date(2008, 2, 29),
    )
    life.known_to(KENT)
    life.status(KENT)
    life.form(KENT, "E", date(2026, 2, 28), date(2026, 3, 1), postcode="XK111AA")
    life.form(KENT, "K", date(2026, 3, 1), postcode="XK112AB")
    life.events = [Event("private_sector_moves", KENT, ASHFORD, date(2026, 3, 1), breakdowns=(("age_band", "18_20"),))]
    life.homes = [
        HomeOnDay(KENT, DEC_2025, None),
        HomeOnDay(KENT, MAR_2026, "private_rented", ASHFORD),
    ]
    return life


def died() -> Life:
    life = Life(
        "died", "Dies on 15 May 2026; a row that says they moved that day counts nothing, the dead have no home."
    )
    life.known_to(KENT, died=date(2026, 5, 15))
    life.status(KENT)
    life.form(KENT, "D", date(2026, 2, 1), postcode="XK161AA", suitability="suitable")
    life.form(KENT, "K", date(2026, 5, 15), postcode="XK161AB")
    life.events = [Event("supported_moves", KENT, MAIDSTONE, date(2026, 2, 1))]
    life.homes = [
        HomeOnDay(KENT, MAR_2026, "supported", MAIDSTONE, "suitable"),
        HomeOnDay(KENT, JUN_2026, None),
    ]
    return life


def turned_25_mid_quarter() -> Life:
    life = Life(
        "turned_25_mid_quarter",
        "25 on 20 May 2026: the move of the 19th counts in Lancashire, that of the 20th does not.",
        born=date(2001, 5, 20),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.form(LANCASHIRE, "K", date(2026, 5, 19), date(2026, 5, 20), postcode="XL171AA")
    life.form(LANCASHIRE, "T", date(2026, 5, 20), postcode="XL171AB")
    life.events = [Event("private_sector_moves", LANCASHIRE, PRESTON, date(2026, 5, 19), date(2026, 5, 20))]
    life.homes = [
        HomeOnDay(LANCASHIRE, MAR_2026, "not_known", UNKNOWN),
        HomeOnDay(LANCASHIRE, JUN_2026, None),
    ]
    life.figures = [
        Figure("accommodation_now", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2025-26-Q4", "people", 1),
        Figure("accommodation_now", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2026-27-Q1", "people", 0),
    ]
    return life


def twenty_two_in_higher_education() -> Life:
    life = Life(
        "twenty_two_in_higher_education",
        "22 and in full-time higher education: in Kent's range.",
        born=date(2003, 8, 1),
    )
    life.known_to(KENT)
    life.status(KENT, activity="F1")
    life.form(KENT, "K", date(2026, 2, 2), postcode="XK201AA")
    life.events = [Event("private_sector_moves", KENT, THANET, date(2026, 2, 2), breakdowns=(("age_band", "21_24"),))]
    life.homes = [HomeOnDay(KENT, SEP_2026, "private_rented", THANET)]
    return life


def twenty_two_in_work() -> Life:
    life = Life("twenty_two_in_work", "22 and in training or employment: out of Kent's range.", born=date(2003, 8, 1))
    life.known_to(KENT)
    life.status(KENT, activity="F5")
    life.form(KENT, "K", date(2026, 2, 2), postcode="XK201AA")
    life.homes = [HomeOnDay(KENT, SEP_2026, None)]
    return life


def left_university_at_22() -> Life:
    life = Life(
        "left_university_at_22",
        "22; the snapshot of 30 June 2026 is the first that no longer says F1: the 29th is in scope, the 30th is not.",
        born=date(2003, 8, 1),
    )
    life.known_to(KENT)
    life.status(KENT, activity="F1", on=(SEP_2025, DEC_2025, MAR_2026))
    life.status(KENT, activity="G5", on=(JUN_2026, SEP_2026))
    life.form(KENT, "T", date(2026, 6, 29), date(2026, 6, 30), postcode="XK141AA")
    life.form(KENT, "K", date(2026, 6, 30), postcode="XK141AB")
    life.events = [Event("supported_moves", KENT, DOVER, date(2026, 6, 29), date(2026, 6, 30))]
    life.homes = [HomeOnDay(KENT, MAR_2026, "not_known", UNKNOWN), HomeOnDay(KENT, JUN_2026, None)]
    return life


def entered_care_at_17() -> Life:
    life = Life(
        "entered_care_at_17",
        "Enters care at 17 and first stands in the snapshot of March 2026, whose status is carried back to every "
        "earlier day: in the cohort from the 16th birthday on. A care placement is a home but no move.",
        born=date(2008, 9, 10),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, "eligible", on=(MAR_2026, JUN_2026, SEP_2026))
    life.care_placement(LANCASHIRE, date(2026, 1, 20), None, "XL121AA")
    life.homes = [
        HomeOnDay(LANCASHIRE, date(2024, 6, 30), None),
        HomeOnDay(LANCASHIRE, date(2024, 9, 30), "not_known", UNKNOWN),
        HomeOnDay(LANCASHIRE, DEC_2025, "not_known", UNKNOWN),
        HomeOnDay(LANCASHIRE, MAR_2026, "in_care_placement", CHORLEY),
    ]
    return life


def carried_back_before_18() -> Life:
    life = Life(
        "carried_back_before_18",
        "Former relevant in the first snapshot, so before it: eligible while an episode of care runs, relevant after "
        "it, former relevant from the 18th birthday. A form row of no day at all is no home.",
        born=date(2007, 3, 1),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.immigration(LANCASHIRE, "uasc")
    life.care_placement(LANCASHIRE, date(2020, 5, 5), date(2024, 6, 1), "XL151AA")
    life.form(LANCASHIRE, "T", date(2024, 6, 1), date(2024, 7, 1), postcode="XL151AB")
    life.form(LANCASHIRE, "E", date(2024, 7, 1), date(2025, 3, 1), postcode="XL151AC")
    life.form(LANCASHIRE, "K", date(2025, 3, 1), postcode="XL151AD")
    life.form(LANCASHIRE, "D", date(2024, 5, 20), date(2024, 5, 20), postcode="XL151AE")
    life.events = [
        Event(
            "supported_moves",
            LANCASHIRE,
            LANCASTER,
            date(2024, 6, 1),
            date(2024, 7, 1),
            breakdowns=(("eligibility", "relevant"), ("age_band", "16_17"), ("former_uasc", "yes")),
        ),
        Event(
            "supported_moves",
            LANCASHIRE,
            LANCASTER,
            date(2024, 7, 1),
            date(2025, 3, 1),
            breakdowns=(("eligibility", "relevant"),),
        ),
        Event(
            "private_sector_moves",
            LANCASHIRE,
            LANCASTER,
            date(2025, 3, 1),
            breakdowns=(("eligibility", "former_relevant"), ("age_band", "18_20")),
        ),
    ]
    life.homes = [HomeOnDay(LANCASHIRE, date(2024, 3, 31), "in_care_placement", LANCASTER)]
    life.figures = [
        Figure(
            "accommodation_now",
            LANCASHIRE,
            LANCASHIRE_COUNTY,
            "quarter",
            "2023-24-Q4",
            "people",
            1,
            "eligibility",
            "eligible",
        ),
        Figure("supported_moves", LANCASHIRE, LANCASTER, "ytd", "2024-25-Q2", "events", 2),
        Figure("supported_moves", LANCASHIRE, LANCASTER, "ytd", "2024-25-Q2", "people", 1),
    ]
    return life


def known_to_both_counties() -> Life:
    life = Life(
        "known_to_both_counties",
        "Both case systems know the person: one row in each county, and a district of the other county is outside. "
        "Only Kent's own form joins the letting in Kent's figures.",
        born=date(2005, 12, 1),
    )
    life.known_to(KENT)
    life.known_to(LANCASHIRE)
    life.status(KENT)
    life.status(LANCASHIRE)
    life.no_duty(PRESTON, "BOTH-1", date(2026, 3, 3))
    life.letting(KENT_HOMECHOICE, date(2026, 5, 5), CANTERBURY, route="direct")
    life.form(KENT, "U", date(2026, 5, 6), tenure="council", postcode="XK121AA", suitability="unsuitable")
    life.events = [
        Event("homeless_presentations", KENT, OUTSIDE, date(2026, 3, 3), breakdowns=(("home_area", OUTSIDE),)),
        Event("homeless_presentations", LANCASHIRE, PRESTON, date(2026, 3, 3), breakdowns=(("category", "no_duty"),)),
        Event(
            "social_moves",
            KENT,
            CANTERBURY,
            date(2026, 5, 5),
            breakdowns=(("agreement", "both_systems"), ("route", "direct"), ("scheme", KENT_HOMECHOICE)),
        ),
        Event("social_moves", LANCASHIRE, OUTSIDE, date(2026, 5, 5), breakdowns=(("agreement", "housing_only"),)),
    ]
    life.homes = [
        HomeOnDay(KENT, JUN_2026, "social_general_needs", CANTERBURY, "unsuitable"),
        HomeOnDay(LANCASHIRE, JUN_2026, "social_general_needs", OUTSIDE, "not_known"),
    ]
    life.figures = [
        Figure("homeless_presentations", KENT, KENT_COUNTY, "quarter", "2025-26-Q4", "people", 1),
        Figure("homeless_presentations", KENT, OUTSIDE, "quarter", "2025-26-Q4", "people", 1),
        Figure("homeless_presentations", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2025-26-Q4", "people", 1),
    ]
    return life


def two_ids_in_one_county() -> Life:
    life = Life(
        "two_ids_in_one_county",
        "Two ids in Kent, one without eligibility: the row with a status stands for the person, both ids' forms are "
        "theirs. The later contact of the row without eligibility does not matter.",
    )
    first = life.known_to(KENT)
    second = life.known_to(KENT)
    life.status(KENT, "none", person_id=first, latest_contact=date(2025, 9, 1), accommodation="B")
    life.status(KENT, person_id=second, accommodation="Y")
    life.form(KENT, "T", date(2026, 4, 10), date(2026, 4, 20), person_id=first, postcode="XK111AA")
    life.form(KENT, "K", date(2026, 4, 20), person_id=second, postcode="XK111AB")
    life.events = [
        Event("supported_moves", KENT, ASHFORD, date(2026, 4, 10), date(2026, 4, 20)),
        Event("private_sector_moves", KENT, ASHFORD, date(2026, 4, 20)),
    ]
    life.homes = [
        HomeOnDay(KENT, MAR_2026, "other", UNKNOWN),
        HomeOnDay(KENT, JUN_2026, "private_rented", ASHFORD),
    ]
    return life


def absent_from_one_snapshot() -> Life:
    life = Life(
        "absent_from_one_snapshot",
        "Missing from the snapshot of June 2026 and back in September: no status in between, so the move of July "
        "counts nowhere.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, on=(SEP_2025, DEC_2025, MAR_2026, SEP_2026))
    life.form(LANCASHIRE, "T", date(2026, 7, 15), postcode="XL221AA")
    life.homes = [
        HomeOnDay(LANCASHIRE, MAR_2026, "not_known", UNKNOWN),
        HomeOnDay(LANCASHIRE, JUN_2026, None),
        HomeOnDay(LANCASHIRE, SEP_2026, "supported", WYRE),
    ]
    return life


def no_birth_date() -> Life:
    life = Life("no_birth_date", "Without a date of birth a person is in no range and counts nowhere.", born=None)
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.form(LANCASHIRE, "T", date(2026, 2, 2), postcode="XL221AA")
    life.no_duty(WYRE, "NODOB-1", date(2026, 2, 1))
    life.homes = [HomeOnDay(LANCASHIRE, MAR_2026, None)]
    return life


LIVES = (
    leap_day_birth(),
    died(),
    turned_25_mid_quarter(),
    twenty_two_in_higher_education(),
    twenty_two_in_work(),
    left_university_at_22(),
    entered_care_at_17(),
    carried_back_before_18(),
    known_to_both_counties(),
    two_ids_in_one_county(),
    absent_from_one_snapshot(),
    no_birth_date(),
)
