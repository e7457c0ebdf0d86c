"""Lives about tenancies: how long it took to get one, whether it was held, and how it ended."""

from __future__ import annotations

from datetime import date

from .builder import FIRST_DELIVERY_ONLY, LAST_DELIVERY_ONLY, Event, Figure, Life, Obligation, Stock
from .world import (
    ASHFORD,
    CANTERBURY,
    DEC_2025,
    DOVER,
    GRAVESHAM,
    JUN_2026,
    KENT,
    KENT_COUNTY,
    KENT_HOMECHOICE,
    LANCASHIRE,
    MAR_2026,
    PENDLE,
    PRESTON,
    SELECT_MOVE,
    SEP_2025,
    SEP_2026,
    UNKNOWN,
)

_TENANCIES = ("tenancies_sustained", "tenancies_ended")


def evicted_after_three_months() -> Life:
    life = Life(
        "evicted_after_three_months",
        "A private home from 31 March 2025 is lost by eviction on 30 June, which is just three months: nothing was "
        "held. A council home follows and is held at every look.",
        states=(*_TENANCIES, "tenancy_training"),
    )
    life.known_to(KENT)
    life.status(KENT)
    life.form(KENT, "K", date(2025, 3, 31), date(2025, 6, 30), postcode="XK111AA", end_reason="eviction")
    life.form(KENT, "U", date(2025, 6, 30), tenure="council", postcode="XK111BB")
    life.told(KENT, "tenancy_training", date(2026, 1, 5), course="Ready", completed_on=date(2025, 6, 29))
    lost = (("kind_of_home", "private_rented"), ("outcome", "broke_down"))
    kept = (("kind_of_home", "social_general_needs"), ("outcome", "held"))

    def sustained(start: date, told: tuple[tuple[str, str], ...], *, held: bool) -> list[Event]:
        return [
            Event(
                "tenancies_sustained",
                KENT,
                ASHFORD,
                start,
                breakdowns=(*told, ("months_after", months)),
                in_numerator=held,
            )
            for months in ("3", "6", "12")
        ]

    life.events = [
        Event("private_sector_moves", KENT, ASHFORD, date(2025, 3, 31), date(2025, 6, 30)),
        Event("social_moves", KENT, ASHFORD, date(2025, 6, 30)),
        *sustained(date(2025, 3, 31), lost, held=False),
        *sustained(date(2025, 6, 30), kept, held=True),
        Event("tenancies_ended", KENT, ASHFORD, date(2025, 6, 30), breakdowns=(("reason", "eviction"),)),
    ]
    life.obligations = [
        Obligation("tenancy_training", KENT, ASHFORD, date(2025, 3, 31), date(2025, 3, 30), date(2025, 6, 29), "late"),
        Obligation(
            "tenancy_training", KENT, ASHFORD, date(2025, 6, 30), date(2025, 6, 29), date(2025, 6, 29), "in_time"
        ),
    ]
    life.figures = [
        Figure("tenancies_sustained", KENT, KENT_COUNTY, "quarter", "2024-25-Q4", "share", 0.0),
        Figure("tenancies_sustained", KENT, KENT_COUNTY, "quarter", "2024-25-Q4", "events", 3),
        Figure("tenancies_sustained", KENT, KENT_COUNTY, "ytd", "2025-26-Q1", "share", 1.0, "months_after", "12"),
        Figure("tenancies_sustained", KENT, KENT_COUNTY, "rolling_4q", "2025-26-Q1", "share", 0.5),
        Figure("tenancies_sustained", KENT, KENT_COUNTY, "rolling_4q", "2025-26-Q1", "people", 1),
        Figure("tenancies_sustained", KENT, KENT_COUNTY, "quarter", "2025-26-Q2", "share", None),
        Figure("tenancy_training", KENT, KENT_COUNTY, "rolling_4q", "2025-26-Q1", "share", 0.5),
        Figure(
            "tenancy_training", KENT, KENT_COUNTY, "quarter", "2024-25-Q4", "events", 1, "obligation_status", "late"
        ),
        Figure(
            "tenancy_training", KENT, KENT_COUNTY, "quarter", "2025-26-Q1", "events", 0, "obligation_status", "late"
        ),
    ]
    return life


def moved_in_on_a_leap_day() -> Life:
    life = Life(
        "moved_in_on_a_leap_day",
        "A home from 29 February 2024: looked at on 29 May, on 29 August and, there being no such day, on 28 February "
        "2025, when a planned move ended it: that look is in neither number of the share.",
        born=date(2004, 2, 29),
        states=_TENANCIES,
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.form(LANCASHIRE, "K", date(2024, 2, 29), date(2025, 2, 28), postcode="XL161AA", end_reason="planned_move")

    def sustained(months: str, outcome: str, held: bool | None) -> Event:
        told = (("months_after", months), ("outcome", outcome))
        return Event("tenancies_sustained", LANCASHIRE, PENDLE, date(2024, 2, 29), None, 1, told, held)

    life.events = [
        Event("private_sector_moves", LANCASHIRE, PENDLE, date(2024, 2, 29), date(2025, 2, 28)),
        sustained("3", "held", True),
        sustained("6", "held", True),
        sustained("12", "planned_move", None),
        Event("tenancies_ended", LANCASHIRE, PENDLE, date(2025, 2, 28), breakdowns=(("reason", "planned_move"),)),
    ]
    return life


def died_as_a_tenant() -> Life:
    life = Life(
        "died_as_a_tenant",
        "Dies on 15 May 2026 in a home of their own. What fell due before is overdue, what fell due after is waived, "
        "and nothing further is asked.",
        states=(*_TENANCIES, "pathway_plan_review"),
    )
    life.known_to(KENT, died=date(2026, 5, 15))
    life.status(KENT)
    life.form(KENT, "K", date(2025, 11, 3), postcode="XK121AA")
    life.told(KENT, "pathway_plan", date(2026, 5, 1), plan_date=date(2025, 5, 1), review_date=date(2025, 12, 2))
    held = [
        Event(
            "tenancies_sustained",
            KENT,
            CANTERBURY,
            date(2025, 11, 3),
            breakdowns=(("months_after", months), ("outcome", "held")),
            in_numerator=True,
        )
        for months in ("3", "6")
    ]
    life.events = [
        Event("private_sector_moves", KENT, CANTERBURY, date(2025, 11, 3)),
        *held,
        Event("tenancies_ended", KENT, CANTERBURY, date(2026, 5, 15), breakdowns=(("reason", "died"),)),
    ]
    life.obligations = [
        Obligation(
            "pathway_plan_review", KENT, UNKNOWN, date(2025, 5, 1), date(2025, 11, 1), date(2025, 12, 2), "late"
        ),
        Obligation(
            "pathway_plan_review", KENT, CANTERBURY, date(2025, 12, 2), date(2026, 6, 2), None, "waived", "died"
        ),
    ]
    return life


def the_register_says_when_it_ended() -> Life:
    life = Life(
        "the_register_says_when_it_ended",
        "The form says that notice was given on 31 January, the register that arrears ended the tenancy on 10 "
        "February 2026: the register speaks first.",
        states=_TENANCIES,
    )
    life.known_to(KENT)
    life.status(KENT)
    life.letting(KENT_HOMECHOICE, date(2025, 10, 6), GRAVESHAM, tenancy_ref="REGISTER-ENDED")
    life.tenancy_ended(KENT_HOMECHOICE, "REGISTER-ENDED", date(2026, 2, 10), "arrears")
    life.told(
        KENT,
        "tenancy_event",
        date(2026, 2, 1),
        event="ended",
        event_date=date(2026, 1, 31),
        tenancy_ref="REGISTER-ENDED",
        reason="notice",
    )
    start = date(2025, 10, 6)
    life.events = [
        Event("social_moves", KENT, GRAVESHAM, start),
        Event("tenancies_sustained", KENT, GRAVESHAM, start, None, 1, (("months_after", "3"),), True),
        Event("tenancies_sustained", KENT, GRAVESHAM, start, None, 1, (("outcome", "broke_down"),), False),
        Event("tenancies_ended", KENT, GRAVESHAM, date(2026, 2, 10), breakdowns=(("reason", "arrears"),)),
    ]
    return life


def the_form_says_when_it_ended() -> Life:
    life = Life(
        "the_form_says_when_it_ended",
        "A tenancy without a reference: the form's end names a start 28 days off and counts, another 29 days off does "
        "not. The reason is not given.",
        states=_TENANCIES,
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.form(LANCASHIRE, "K", date(2026, 1, 12), postcode="XL171AA")
    for start, ended in ((date(2025, 12, 14), date(2026, 2, 2)), (date(2026, 2, 9), date(2026, 4, 12))):
        life.told(LANCASHIRE, "tenancy_event", ended, event="ended", event_date=ended, tenancy_start=start)
    start = date(2026, 1, 12)
    life.events = [
        Event("private_sector_moves", LANCASHIRE, PRESTON, start),
        Event("tenancies_sustained", LANCASHIRE, PRESTON, start, None, 1, (("outcome", "ended_not_known"),), False),
        Event("tenancies_sustained", LANCASHIRE, PRESTON, start, None, 1, (("months_after", "6"),), False),
        Event("tenancies_ended", LANCASHIRE, PRESTON, date(2026, 4, 12), breakdowns=(("reason", "not_known"),)),
    ]
    return life


def counted_from_three_days() -> Life:
    life = Life(
        "counted_from_three_days",
        "Registered on 2 June 2025, banded on 1 March and ready on 14 February 2026, housed on 16 March: 287, 15 and "
        "30 days. A second home of one's own 28 days after that registration closed still counts from it, a third "
        "three weeks later does not; neither counts from being ready, which was before the first.",
        states=("days_to_home",),
    )
    life.known_to(KENT)
    life.status(KENT)
    life.applied(
        KENT_HOMECHOICE,
        "THREE-DAYS",
        ASHFORD,
        date(2025, 6, 2),
        band="B",
        band_on=date(2026, 3, 1),
        status="housed",
        status_on=date(2026, 3, 16),
    )
    life.offered(
        KENT_HOMECHOICE,
        "THREE-DAYS",
        date(2026, 3, 9),
        response="accepted",
        route="bid",
        tenancy_start=date(2026, 3, 16),
        local_authority_gss=DOVER,
    )
    life.told(KENT, "readiness", date(2026, 2, 14), tenancy_ready_on=date(2026, 2, 14))
    first, second, third = date(2026, 3, 16), date(2026, 4, 13), date(2026, 5, 4)
    life.form(KENT, "U", first, second, tenure="council", postcode="XK141CC")
    life.form(KENT, "K", second, third, postcode="XK141AA")
    life.form(KENT, "K", third, postcode="XK141BB")

    def waited(start: date, days: int, counted_from: str) -> Event:
        told = (("counted_from", counted_from),)
        return Event("days_to_home", KENT, DOVER, start, quantity=days, breakdowns=told)

    life.events = [
        Event("social_moves", KENT, DOVER, first, second),
        Event("private_sector_moves", KENT, DOVER, second, third),
        Event("private_sector_moves", KENT, DOVER, third),
        waited(first, 287, "registration"),
        waited(first, 15, "band"),
        waited(first, 30, "ready"),
        waited(second, 315, "registration"),
        waited(second, 43, "band"),
    ]
    by = (KENT_COUNTY, "quarter", "2025-26-Q4")
    life.figures = [
        Figure("days_to_home", KENT, *by, "median", 287, "counted_from", "registration"),
        Figure("days_to_home", KENT, *by, "p90", 15, "counted_from", "band"),
        Figure("days_to_home", KENT, *by, "events", 3),
        Figure("days_to_home", KENT, *by, "people", 1),
        Figure("days_to_home", KENT, KENT_COUNTY, "quarter", "2025-26-Q3", "median", None, "counted_from", "ready"),
    ]
    return life


def still_waiting() -> Life:
    life = Life(
        "still_waiting",
        "On Preston's register from 31 March 2026 and ready the same day. At first in band C without flag, from July "
        "in the band for care leavers, flagged and with a named adviser. Renewal and the second sharing fall due.",
        states=("top_band", "register_renewed", "plan_shared"),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    registered = date(2026, 3, 31)
    life.applied(SELECT_MOVE, "WAITING", PRESTON, registered, band="C", bedroom_need=1, deliveries=FIRST_DELIVERY_ONLY)
    life.applied(
        SELECT_MOVE,
        "WAITING",
        PRESTON,
        registered,
        band="A",
        band_on=date(2026, 7, 1),
        bedroom_need=4,
        care_leaver_flag=True,
        personal_adviser="Zed Adviser",
        deliveries=LAST_DELIVERY_ONLY,
    )
    life.told(LANCASHIRE, "readiness", date(2026, 4, 1), tenancy_ready_on=registered)
    life.told(LANCASHIRE, "pathway_plan", date(2026, 4, 1), plan_date=registered, housing_section_shared_on=registered)

    def waiting(measure_id: str, day: date, days: int, band: str, area: str) -> Stock:
        return Stock(measure_id, LANCASHIRE, day, area, days, (("days_waiting", band),))

    at_first = (("band", "C"), ("rank", "3"), ("at_care_leaver_band", "no"), ("bedroom_need", "1"))
    at_last = (("band", "A"), ("rank", "1"), ("at_care_leaver_band", "yes"), ("bedroom_need", "4_or_more"))
    life.stocks = [
        Stock("days_to_home_still_waiting", LANCASHIRE, DEC_2025, None),
        waiting("days_to_home_still_waiting", MAR_2026, 0, "0_to_28", PRESTON),
        waiting("days_to_home_still_waiting", JUN_2026, 91, "29_to_91", PRESTON),
        waiting("days_to_home_still_waiting", SEP_2026, 183, "92_or_more", PRESTON),
        waiting("ready_and_waiting", JUN_2026, 91, "29_to_91", UNKNOWN),
        Stock("on_register", LANCASHIRE, DEC_2025, None),
        Stock("on_register", LANCASHIRE, MAR_2026, PRESTON, 1, at_first),
        Stock("on_register", LANCASHIRE, JUN_2026, PRESTON, 1, at_first),
        Stock("on_register", LANCASHIRE, SEP_2026, PRESTON, 1, at_last),
        Stock("flagged_on_register", LANCASHIRE, JUN_2026, PRESTON, in_numerator=False),
        Stock("flagged_on_register", LANCASHIRE, SEP_2026, PRESTON, in_numerator=True),
        Stock("adviser_named_on_register", LANCASHIRE, JUN_2026, PRESTON, in_numerator=False),
        Stock("adviser_named_on_register", LANCASHIRE, SEP_2026, PRESTON, in_numerator=True),
    ]
    due = date(2026, 9, 30)
    life.obligations = [
        Obligation("top_band", LANCASHIRE, PRESTON, registered, date(2026, 4, 28), date(2026, 7, 1), "late"),
        Obligation("register_renewed", LANCASHIRE, PRESTON, registered, date(2027, 3, 31), None, "not_yet_due"),
        Obligation("plan_shared", LANCASHIRE, PRESTON, registered, registered, registered, "in_time"),
        Obligation("plan_shared", LANCASHIRE, PRESTON, due, due, None, "not_yet_due"),
    ]
    return life


def settled_after_three_addresses() -> Life:
    life = Life(
        "settled_after_three_addresses",
        "Leaves care on 30 June 2024; a foyer, lodgings, five nights of bed and breakfast from 31 March 2025, and a "
        "private home from 5 April, in which somebody is settled twelve months later.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.care_placement(LANCASHIRE, date(2022, 5, 1), date(2024, 6, 30), "XL171AA", "K2")
    life.form(LANCASHIRE, "T", date(2024, 6, 30), date(2024, 12, 1), postcode="XL171BB")
    life.form(LANCASHIRE, "K", date(2024, 12, 1), date(2025, 3, 31), postcode="XL171CC")
    life.form(
        LANCASHIRE, "W", date(2025, 3, 31), date(2025, 4, 5), postcode="XL171DD", placed_by="county", district=PRESTON
    )
    life.form(LANCASHIRE, "U", date(2025, 4, 5), tenure="private", postcode="XL171EE")
    five_nights = (date(2025, 3, 31), date(2025, 4, 5))
    life.events = [
        Event("supported_moves", LANCASHIRE, PRESTON, date(2024, 6, 30), date(2024, 12, 1)),
        Event("private_sector_moves", LANCASHIRE, PRESTON, date(2024, 12, 1), date(2025, 3, 31)),
        Event("private_sector_moves", LANCASHIRE, PRESTON, date(2025, 4, 5)),
        Event("bnb_stays", LANCASHIRE, PRESTON, *five_nights),
        Event("bnb_nights", LANCASHIRE, PRESTON, *five_nights, 5),
    ]

    def addresses(day: date, number: int, shown: str) -> Stock:
        told = (("homes_begun", shown),)
        return Stock("addresses_since_leaving", LANCASHIRE, day, PRESTON, number, told, number >= 3)

    life.stocks = [
        Stock("addresses_since_leaving", LANCASHIRE, date(2024, 3, 31), None),
        addresses(date(2024, 6, 30), 1, "1"),
        addresses(date(2024, 12, 31), 2, "2"),
        addresses(date(2025, 3, 31), 3, "3_or_more"),
        addresses(date(2025, 6, 30), 4, "3_or_more"),
        Stock("settled_12_months", LANCASHIRE, date(2025, 3, 31), None),
        Stock("settled_12_months", LANCASHIRE, MAR_2026, PRESTON, in_numerator=False),
        Stock("settled_12_months", LANCASHIRE, JUN_2026, PRESTON, in_numerator=True),
        Stock("bnb_now", LANCASHIRE, date(2025, 3, 31), PRESTON, 1, (("tier", "county"),)),
    ]
    return life


def stayed_put() -> Life:
    life = Life(
        "stayed_put",
        "Fostered until the eve of the 18th birthday, then staying put until July 2026.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.care_placement(KENT, date(2019, 9, 2), date(2024, 1, 15), "XK141AA", "U4")
    life.form(KENT, "Z", date(2024, 1, 15), date(2026, 7, 1), postcode="XK141AA")
    life.stocks = [
        Stock("staying_put_share", KENT, date(2023, 12, 31), None),
        Stock("staying_put_share", KENT, MAR_2026, DOVER, in_numerator=True),
        Stock("staying_put_share", KENT, SEP_2026, UNKNOWN, in_numerator=False),
        Stock("settled_12_months", KENT, SEP_2025, DOVER, 1, (("kind_of_home", "staying_put"),), True),
    ]
    return life


def went_to_a_student_home() -> Life:
    life = Life(
        "went_to_a_student_home",
        "A student home is a home of one's own, with a measure of its own; training was never completed.",
        states=("student_home_moves", "tenancy_training", *_TENANCIES),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.form(LANCASHIRE, "U", date(2026, 9, 14), tenure="student", postcode="XL151AA")
    area = "E07000121"
    life.events = [
        Event(
            "student_home_moves", LANCASHIRE, area, date(2026, 9, 14), breakdowns=(("agreement", "case_system_only"),)
        )
    ]
    life.obligations = [
        Obligation("tenancy_training", LANCASHIRE, area, date(2026, 9, 14), date(2026, 9, 13), None, "overdue")
    ]
    return life


LIVES = (
    evicted_after_three_months(),
    moved_in_on_a_leap_day(),
    died_as_a_tenant(),
    the_register_says_when_it_ended(),
    the_form_says_when_it_ended(),
    counted_from_three_days(),
    still_waiting(),
    settled_after_three_addresses(),
    stayed_put(),
    went_to_a_student_home(),
)
