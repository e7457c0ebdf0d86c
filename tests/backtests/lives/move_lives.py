"""Lives about one move told by several systems."""

from __future__ import annotations

from datetime import date

from .builder import FIRST_DELIVERY_ONLY, Event, Figure, HomeOnDay, Life
from .world import (
    ASHFORD,
    B_WITH_US,
    DARTFORD,
    DEC_2025,
    GRAVESHAM,
    HYNDBURN,
    JUN_2026,
    KENT,
    KENT_COUNTY,
    KENT_HOMECHOICE,
    LANCASHIRE,
    MAR_2026,
    MEDWAY,
    OUTSIDE,
    ROSSENDALE,
    SELECT_MOVE,
    SOUTH_RIBBLE,
)


def contradictory_tenure() -> Life:
    life = Life(
        "contradictory_tenure",
        "The register let a council home, the form says private tenant from two days later: one move of the "
        "letting's kind.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.letting(KENT_HOMECHOICE, date(2026, 2, 10), ASHFORD)
    life.form(KENT, "U", date(2026, 2, 12), tenure="private", postcode="XK113CC", suitability="suitable")
    life.events = [
        Event(
            "social_moves",
            KENT,
            ASHFORD,
            date(2026, 2, 10),
            breakdowns=(("agreement", "both_systems"), ("route", "bid"), ("scheme", KENT_HOMECHOICE)),
        )
    ]
    life.homes = [HomeOnDay(KENT, MAR_2026, "social_general_needs", ASHFORD, "suitable")]
    life.figures = [
        Figure("social_moves", KENT, KENT_COUNTY, "quarter", "2025-26-Q4", "events", 1, "route", "bid"),
        Figure("social_moves", KENT, KENT_COUNTY, "quarter", "2025-26-Q4", "events", 0, "route", "homelessness_duty"),
        Figure("social_moves", KENT, KENT_COUNTY, "quarter", "2025-26-Q4", "events", 1, "scheme", KENT_HOMECHOICE),
        Figure("private_sector_moves", KENT, KENT_COUNTY, "quarter", "2025-26-Q4", "events", 0),
    ]
    return life


def letting_28_days_from_a_spell() -> Life:
    life = Life("letting_28_days_from_a_spell", "28 days apart is one move, on the day of the letting.")
    life.known_to(KENT)
    life.status(KENT)
    life.letting(KENT_HOMECHOICE, date(2026, 3, 1), ASHFORD)
    life.form(KENT, "U", date(2026, 3, 29), tenure="council", postcode="XK113CC")
    life.events = [Event("social_moves", KENT, ASHFORD, date(2026, 3, 1), breakdowns=(("agreement", "both_systems"),))]
    life.homes = [HomeOnDay(KENT, MAR_2026, "social_general_needs", ASHFORD)]
    return life


def letting_29_days_from_a_spell() -> Life:
    life = Life("letting_29_days_from_a_spell", "29 days apart are two moves; nobody knows the route of the second.")
    life.known_to(KENT)
    life.status(KENT)
    life.letting(KENT_HOMECHOICE, date(2026, 3, 1), ASHFORD)
    life.form(KENT, "U", date(2026, 3, 30), tenure="council", postcode="XK113CC")
    life.events = [
        Event("social_moves", KENT, ASHFORD, date(2026, 3, 1), breakdowns=(("agreement", "housing_only"),)),
        Event(
            "social_moves",
            KENT,
            ASHFORD,
            date(2026, 3, 30),
            breakdowns=(("agreement", "case_system_only"), ("route", "not_known"), ("scheme", "none")),
        ),
    ]
    life.figures = [
        Figure("social_moves", KENT, ASHFORD, "quarter", "2025-26-Q4", "people", 1),
        Figure("social_moves", KENT, ASHFORD, "quarter", "2025-26-Q4", "events", 2),
    ]
    return life


def _two_duty_ends(life: Life, second: date) -> None:
    life.known_to(KENT)
    life.status(KENT)
    life.relief(
        GRAVESHAM,
        f"{life.name}-1",
        date(2025, 12, 1),
        date(2026, 1, 10),
        relief_end_reason="secured",
        relief_accommodation="prs_self_contained",
    )
    life.prevention(
        DARTFORD,
        f"{life.name}-2",
        date(2026, 1, 20),
        second,
        prevention_end_reason="secured_alternative",
        prevention_accommodation="prs_hmo",
    )


def two_duty_ends_within_28_days() -> Life:
    life = Life(
        "two_duty_ends_within_28_days",
        "Two districts each end a duty with a private home, 28 days apart: one move, the earlier.",
    )
    _two_duty_ends(life, date(2026, 2, 7))
    life.events = [
        Event("homeless_presentations", KENT, GRAVESHAM, date(2025, 12, 1)),
        Event("homeless_presentations", KENT, DARTFORD, date(2026, 1, 20)),
        Event("private_sector_moves", KENT, GRAVESHAM, date(2026, 1, 10), breakdowns=(("agreement", "housing_only"),)),
    ]
    life.homes = [HomeOnDay(KENT, MAR_2026, "private_rented", GRAVESHAM)]
    return life


def two_duty_ends_29_days_apart() -> Life:
    life = Life("two_duty_ends_29_days_apart", "Two duty ends in private homes, 29 days apart: two moves.")
    _two_duty_ends(life, date(2026, 2, 8))
    life.events = [
        Event("homeless_presentations", KENT, GRAVESHAM, date(2025, 12, 1)),
        Event("homeless_presentations", KENT, DARTFORD, date(2026, 1, 20)),
        Event("private_sector_moves", KENT, GRAVESHAM, date(2026, 1, 10)),
        Event("private_sector_moves", KENT, DARTFORD, date(2026, 2, 8)),
    ]
    life.homes = [HomeOnDay(KENT, MAR_2026, "private_rented", DARTFORD)]
    return life


def hostel_after_prevention() -> Life:
    life = Life(
        "hostel_after_prevention",
        "Prevention ends in a hostel, the form has it a fortnight later in the next district: one move on the duty's "
        "day, in the spell's district. An earlier prevention that kept the existing home moved nobody.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.prevention(
        HYNDBURN,
        "HOSTEL-1",
        date(2025, 10, 1),
        date(2025, 11, 1),
        prevention_end_reason="secured_existing",
        prevention_accommodation="prs_hmo",
    )
    life.prevention(
        HYNDBURN,
        "HOSTEL-2",
        date(2026, 1, 5),
        date(2026, 2, 20),
        prevention_end_reason="secured_alternative",
        prevention_accommodation="supported_housing_or_hostel",
    )
    life.form(LANCASHIRE, "T", date(2026, 3, 6), postcode="XL191AA", suitability="suitable")
    life.events = [
        Event("homeless_presentations", LANCASHIRE, HYNDBURN, date(2025, 10, 1)),
        Event("homeless_presentations", LANCASHIRE, HYNDBURN, date(2026, 1, 5)),
        Event(
            "supported_moves", LANCASHIRE, ROSSENDALE, date(2026, 2, 20), breakdowns=(("agreement", "both_systems"),)
        ),
    ]
    life.homes = [HomeOnDay(LANCASHIRE, MAR_2026, "supported", ROSSENDALE, "suitable")]
    return life


def letting_duty_end_and_spell() -> Life:
    life = Life(
        "letting_duty_end_and_spell",
        "The main duty ends with a Part 6 offer, which the register let and the form saw: three records, one move, "
        "by the register's route.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.relief(
        SOUTH_RIBBLE,
        "MAIN-1",
        date(2025, 11, 3),
        date(2025, 12, 29),
        relief_end_reason="expired_56_days",
        main_duty_decision="accepted",
        main_duty_decided_on=date(2025, 12, 30),
        main_duty_end=date(2026, 2, 25),
        main_duty_end_reason="part_6_accepted",
    )
    life.letting(SELECT_MOVE, date(2026, 3, 2), SOUTH_RIBBLE, route="nomination")
    life.form(LANCASHIRE, "U", date(2026, 2, 27), date(2026, 6, 1), tenure="housing_association", postcode="XL201AA")
    life.events = [
        Event("homeless_presentations", LANCASHIRE, SOUTH_RIBBLE, date(2025, 11, 3)),
        Event(
            "social_moves",
            LANCASHIRE,
            SOUTH_RIBBLE,
            date(2026, 3, 2),
            date(2026, 6, 1),
            breakdowns=(("agreement", "both_systems"), ("route", "nomination"), ("scheme", SELECT_MOVE)),
        ),
    ]
    life.homes = [
        HomeOnDay(LANCASHIRE, DEC_2025, "not_known", "unknown"),
        HomeOnDay(LANCASHIRE, MAR_2026, "social_general_needs", SOUTH_RIBBLE),
        HomeOnDay(LANCASHIRE, JUN_2026, "not_known", "unknown"),
    ]
    return life


def part_6_offer_without_a_letting() -> Life:
    life = Life(
        "part_6_offer_without_a_letting",
        "A main duty ended by a Part 6 offer that no register tells of: a social move by the homelessness duty.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.relief(
        SOUTH_RIBBLE,
        "MAIN-2",
        date(2025, 11, 3),
        date(2025, 12, 29),
        main_duty_decision="accepted",
        main_duty_decided_on=date(2025, 12, 30),
        main_duty_end=date(2026, 2, 25),
        main_duty_end_reason="part_6_accepted",
    )
    life.events = [
        Event("homeless_presentations", LANCASHIRE, SOUTH_RIBBLE, date(2025, 11, 3)),
        Event(
            "social_moves",
            LANCASHIRE,
            SOUTH_RIBBLE,
            date(2026, 2, 25),
            breakdowns=(("route", "homelessness_duty"), ("scheme", "none")),
        ),
    ]
    return life


def letting_outside_the_county() -> Life:
    life = Life("letting_outside_the_county", "Kent Homechoice lets a home in Medway: kept, outside the county.")
    life.known_to(KENT)
    life.status(KENT)
    life.letting(KENT_HOMECHOICE, date(2026, 4, 7), MEDWAY, route=None)
    life.events = [
        Event(
            "social_moves", KENT, OUTSIDE, date(2026, 4, 7), breakdowns=(("home_area", OUTSIDE), ("route", "not_known"))
        )
    ]
    life.homes = [HomeOnDay(KENT, JUN_2026, "social_general_needs", OUTSIDE)]
    return life


def one_tenancy_offered_twice() -> Life:
    life = Life(
        "one_tenancy_offered_twice",
        "Two accepted offers bear one tenancy reference: one letting, from the earlier start; sheltered counts as "
        "supported.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    for start in (date(2026, 4, 20), date(2026, 4, 13)):
        life.letting(B_WITH_US, start, HYNDBURN, tenancy_ref="T-TWICE", needs_type="sheltered")
    life.events = [Event("supported_moves", LANCASHIRE, HYNDBURN, date(2026, 4, 13))]
    return life


def vanished_application() -> Life:
    life = Life(
        "vanished_application",
        "The application is gone from the later file, its state has ended; the letting made on it stays.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.letting(KENT_HOMECHOICE, date(2026, 5, 11), ASHFORD, application_deliveries=FIRST_DELIVERY_ONLY)
    life.events = [Event("social_moves", KENT, ASHFORD, date(2026, 5, 11))]
    return life


LIVES = (
    contradictory_tenure(),
    letting_28_days_from_a_spell(),
    letting_29_days_from_a_spell(),
    two_duty_ends_within_28_days(),
    two_duty_ends_29_days_apart(),
    hostel_after_prevention(),
    letting_duty_end_and_spell(),
    part_6_offer_without_a_letting(),
    letting_outside_the_county(),
    one_tenancy_offered_twice(),
    vanished_application(),
)
