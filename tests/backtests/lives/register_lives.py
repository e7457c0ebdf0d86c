"""Lives about registers, consent and papers."""

from __future__ import annotations

from datetime import date

from .builder import Event, Figure, Life, Obligation, Stock
from .world import (
    ASHFORD,
    DEC_2025,
    DOVER,
    JUN_2026,
    KENT,
    KENT_COUNTY,
    KENT_HOMECHOICE,
    LANCASHIRE,
    MAIDSTONE,
    MAR_2026,
    OUTSIDE,
    PRESTON,
    SELECT_MOVE,
    SEP_2026,
    UNKNOWN,
    WEST_LANCASHIRE,
)

_WEST_LANCS = "west_lancs_homefinder"


def renewed_once_then_removed() -> Life:
    life = Life(
        "renewed_once_then_removed",
        "Registered in January 2025, renewed in December, removed on 1 August 2026: nothing more to renew. The plan "
        "was never shared; consent stood from 1 July 2025 until it was withdrawn on 1 February 2026, so that before "
        "and after it there was nothing to share with.",
        states=("register_renewed", "plan_shared", "top_band"),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    registered = date(2025, 1, 10)
    life.applied(
        _WEST_LANCS,
        "RENEWED",
        WEST_LANCASHIRE,
        registered,
        band="B",
        band_on=date(2025, 1, 20),
        renewed_on=date(2025, 12, 20),
        deliveries=(JUN_2026,),
    )
    life.applied(
        _WEST_LANCS,
        "RENEWED",
        WEST_LANCASHIRE,
        registered,
        band="B",
        band_on=date(2025, 1, 20),
        renewed_on=date(2025, 12, 20),
        status="removed",
        status_on=date(2026, 8, 1),
        deliveries=(SEP_2026,),
    )
    life.told(
        LANCASHIRE,
        "consent",
        date(2026, 2, 1),
        consent_given_on=date(2025, 7, 1),
        consent_withdrawn_on=date(2026, 2, 1),
        authority_gss_or_agency=WEST_LANCASHIRE,
    )

    def shared(day: date, status: str, waived: str | None = None) -> Obligation:
        return Obligation("plan_shared", LANCASHIRE, WEST_LANCASHIRE, day, day, None, status, waived)

    renewed = date(2025, 12, 20)
    life.obligations = [
        Obligation("register_renewed", LANCASHIRE, WEST_LANCASHIRE, registered, date(2026, 1, 10), renewed, "in_time"),
        shared(registered, "waived", "no_consent"),
        shared(date(2025, 7, 10), "overdue"),
        shared(date(2026, 1, 10), "overdue"),
        shared(date(2026, 7, 10), "waived", "no_consent"),
        Obligation("top_band", LANCASHIRE, WEST_LANCASHIRE, registered, date(2025, 2, 7), date(2025, 1, 20), "in_time"),
    ]
    life.obligations_before = [
        *life.obligations[:4],
        Obligation("register_renewed", LANCASHIRE, WEST_LANCASHIRE, renewed, date(2026, 12, 20), None, "not_yet_due"),
        life.obligations[5],
    ]
    life.stocks = [
        Stock("on_register", LANCASHIRE, JUN_2026, WEST_LANCASHIRE, 1, (("at_care_leaver_band", "yes"),)),
        Stock("on_register", LANCASHIRE, SEP_2026, None),
    ]
    return life


def papers_a_day_late() -> Life:
    life = Life(
        "papers_a_day_late",
        "Registers in Ashford and turns to Dover on 1 April 2026, referred there the day before. Ashford is named in a "
        "consent of that day. The consent for Dover was withdrawn on the day of referral, and one for landlords is "
        "none. The last of three papers is seen a day late; the plan was shared before.",
        states=("consent_recorded", "identity_documents", "plan_shared"),
    )
    life.known_to(KENT)
    life.status(KENT)
    first = date(2026, 4, 1)
    life.applied(KENT_HOMECHOICE, "PAPERS", ASHFORD, first)
    life.no_duty(DOVER, "PAPERS-1", first)
    life.told(KENT, "duty_to_refer", first, known_on=date(2026, 3, 30), referred_on=MAR_2026, district_gss=DOVER)
    life.told(KENT, "consent", first, consent_given_on=first, authority_gss_or_agency=ASHFORD, scope="register")
    life.told(
        KENT,
        "consent",
        MAR_2026,
        consent_given_on=date(2026, 3, 30),
        consent_withdrawn_on=MAR_2026,
        authority_gss_or_agency=DOVER,
    )
    life.told(
        KENT, "consent", MAR_2026, consent_given_on=date(2026, 3, 1), authority_gss_or_agency=DOVER, scope="landlord"
    )
    life.told(
        KENT,
        "identity_documents",
        first,
        photo_or_birth_seen_on=date(2026, 3, 20),
        ni_number_known_on=date(2026, 3, 25),
    )
    life.told(KENT, "identity_documents", date(2026, 4, 2), income_proof_seen_on=date(2026, 4, 2))
    life.told(
        KENT,
        "pathway_plan",
        first,
        plan_date=date(2026, 3, 1),
        housing_section_shared_on=date(2026, 3, 1),
        shared_with_gss=ASHFORD,
    )
    life.events = [Event("homeless_presentations", KENT, DOVER, first)]
    life.obligations = [
        Obligation("consent_recorded", KENT, ASHFORD, first, first, first, "in_time"),
        Obligation("consent_recorded", KENT, DOVER, MAR_2026, MAR_2026, None, "overdue"),
        Obligation("identity_documents", KENT, ASHFORD, first, first, date(2026, 4, 2), "late"),
        Obligation("plan_shared", KENT, ASHFORD, first, first, date(2026, 3, 1), "in_time"),
    ]
    return life


def registered_in_one_county_known_to_two() -> Life:
    life = Life(
        "registered_in_one_county_known_to_two",
        "Known to both counties and registered in Ashford: Kent's promise is made once, Lancashire's again after six "
        "months, there outside the county. Nobody consented. Ashford's register publishes no band for care leavers.",
        states=("plan_shared", "top_band", "register_renewed"),
    )
    for authority in (KENT, LANCASHIRE):
        life.known_to(authority)
        life.status(authority)
    registered = date(2026, 3, 1)
    life.applied(KENT_HOMECHOICE, "TWO-COUNTIES", ASHFORD, registered, band="B")

    def shared(authority: str, area: str, day: date) -> Obligation:
        return Obligation("plan_shared", authority, area, day, day, None, "waived", "no_consent")

    life.obligations = [
        shared(KENT, ASHFORD, registered),
        shared(LANCASHIRE, OUTSIDE, registered),
        shared(LANCASHIRE, OUTSIDE, date(2026, 9, 1)),
        Obligation("register_renewed", LANCASHIRE, OUTSIDE, registered, date(2027, 3, 1), None, "not_yet_due"),
    ]
    told = (("at_care_leaver_band", "not_published"), ("rank", "2"), ("band", "B"), ("bedroom_need", "not_known"))
    life.stocks = [
        Stock("on_register", KENT, DEC_2025, None),
        Stock("on_register", KENT, MAR_2026, ASHFORD, 1, told),
        Stock("on_register", LANCASHIRE, MAR_2026, OUTSIDE, 1, told),
    ]
    return life


def two_districts_and_two_assessments() -> Life:
    life = Life(
        "two_districts_and_two_assessments",
        "Registers in Ashford, then in Dover on the day on which the tests of local connection were lifted; Dover had "
        "refused the day before. Of three assessments the second comes 28 days after the first and is the same.",
        states=(
            "other_area_registrations",
            "agency_assessments",
            "backdated_registrations",
            "bidding_people",
            "offers_refused",
            "direct_offers",
        ),
    )
    life.known_to(KENT)
    life.status(KENT)
    life.applied(
        KENT_HOMECHOICE,
        "TWO-ASHFORD",
        ASHFORD,
        date(2025, 7, 1),
        effective_on=date(2025, 6, 30),
        kent_agency_assessment_on=date(2025, 7, 29),
    )
    life.applied(
        KENT_HOMECHOICE,
        "TWO-DOVER",
        DOVER,
        date(2025, 7, 10),
        effective_on=date(2025, 7, 10),
        local_connection_refused_on=date(2025, 7, 9),
        kent_agency_assessment_on=date(2025, 7, 30),
    )
    life.told(
        KENT, "local_connection", date(2025, 8, 1), origin_gss=ASHFORD, host_gss=DOVER, decided_on=date(2025, 8, 1)
    )
    life.told(KENT, "local_connection", date(2025, 8, 2), origin_gss=DOVER, host_gss=DOVER, decided_on=date(2025, 8, 2))
    life.told(
        KENT,
        "housing_contact",
        date(2025, 7, 1),
        contact_date=date(2025, 7, 1),
        contact_type="kent_agency_assessment",
        district_gss=MAIDSTONE,
    )
    life.bid(KENT_HOMECHOICE, "TWO-DOVER", date(2025, 8, 4))
    life.offered(
        KENT_HOMECHOICE,
        "TWO-ASHFORD",
        date(2025, 9, 1),
        response="refused",
        responded_on=date(2025, 9, 8),
        refusal_reasonable=False,
        route="direct",
        tenancy_start=date(2025, 9, 15),
    )
    life.offered(KENT_HOMECHOICE, "TWO-DOVER", date(2025, 9, 2), response="refused", local_authority_gss=MAIDSTONE)
    scheme = ("scheme", KENT_HOMECHOICE)
    life.events = [
        Event(
            "other_area_registrations",
            KENT,
            DOVER,
            date(2025, 7, 9),
            breakdowns=(("registration", "refused"), ("since_tests_lifted", "no")),
        ),
        Event(
            "other_area_registrations",
            KENT,
            DOVER,
            date(2025, 7, 10),
            breakdowns=(("registration", "both_areas"), ("since_tests_lifted", "yes")),
        ),
        Event("agency_assessments", KENT, MAIDSTONE, date(2025, 7, 1)),
        Event("agency_assessments", KENT, DOVER, date(2025, 7, 30)),
        Event("backdated_registrations", KENT, ASHFORD, date(2025, 7, 1), breakdowns=(scheme,)),
        Event("bidding_people", KENT, DOVER, date(2025, 8, 4), breakdowns=(scheme,)),
        Event("offers_refused", KENT, ASHFORD, date(2025, 9, 8), breakdowns=(scheme, ("reasonable", "no"))),
        Event("offers_refused", KENT, MAIDSTONE, date(2025, 9, 2), breakdowns=(("reasonable", "not_known"),)),
    ]
    life.figures = [
        Figure("on_register", KENT, KENT_COUNTY, "quarter", "2025-26-Q2", "people", 1),
        Figure("on_register", KENT, KENT_COUNTY, "quarter", "2025-26-Q2", "events", 2),
        Figure("on_register", KENT, DOVER, "quarter", "2025-26-Q2", "events", 1),
        Figure("offers_refused", KENT, KENT_COUNTY, "quarter", "2025-26-Q2", "people", 1),
        Figure("offers_refused", KENT, KENT_COUNTY, "quarter", "2025-26-Q2", "events", 2),
    ]
    return life


def signed_up_and_viewed() -> Life:
    life = Life(
        "signed_up_and_viewed",
        "Views a home alone, signs up declining company, gives consent to the landlord a day late, and had finished "
        "the course the day before moving in by direct offer.",
        states=("adviser_at_viewing", "landlord_consent", "tenancy_training", "direct_offers"),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.applied(SELECT_MOVE, "VIEWED", PRESTON, date(2026, 4, 1), status="housed", status_on=date(2026, 5, 18))
    life.offered(
        SELECT_MOVE,
        "VIEWED",
        date(2026, 4, 30),
        response="accepted",
        route="direct",
        sign_up_on=date(2026, 5, 11),
        tenancy_start=date(2026, 5, 18),
        tenancy_ref="T-VIEWED",
    )
    viewed, signed_up = date(2026, 5, 1), date(2026, 5, 11)
    life.told(LANCASHIRE, "housing_contact", viewed, contact_date=viewed, contact_type="viewing", adviser_present=False)
    life.told(LANCASHIRE, "housing_contact", signed_up, contact_date=signed_up, contact_type="sign_up", declined=True)
    life.told(LANCASHIRE, "consent", date(2026, 5, 12), consent_given_on=date(2026, 5, 12), scope="landlord")
    life.told(LANCASHIRE, "tenancy_training", date(2026, 5, 17), completed_on=date(2026, 5, 17))
    life.events = [
        Event("social_moves", LANCASHIRE, UNKNOWN, date(2026, 5, 18), breakdowns=(("route", "direct"),)),
        Event("direct_offers", LANCASHIRE, PRESTON, date(2026, 5, 18), breakdowns=(("scheme", SELECT_MOVE),)),
    ]
    life.obligations = [
        Obligation("adviser_at_viewing", LANCASHIRE, UNKNOWN, viewed, viewed, None, "overdue"),
        Obligation("adviser_at_viewing", LANCASHIRE, PRESTON, signed_up, signed_up, signed_up, "in_time"),
        Obligation("landlord_consent", LANCASHIRE, PRESTON, signed_up, signed_up, date(2026, 5, 12), "late"),
        Obligation(
            "tenancy_training",
            LANCASHIRE,
            UNKNOWN,
            date(2026, 5, 18),
            date(2026, 5, 17),
            date(2026, 5, 17),
            "in_time",
        ),
    ]
    return life


LIVES = (
    renewed_once_then_removed(),
    papers_a_day_late(),
    registered_in_one_county_known_to_two(),
    two_districts_and_two_assessments(),
    signed_up_and_viewed(),
)
