"""Lives about leaving care: sixteen, seventeen and a half, eighteen, custody, plans and contact."""

from __future__ import annotations

from datetime import date

from .builder import FIRST_DELIVERY_ONLY, LAST_DELIVERY_ONLY, Event, Figure, Life, Obligation, Stock
from .world import (
    DEC_2025,
    JUN_2026,
    KENT,
    LANCASHIRE,
    LANCASHIRE_COUNTY,
    LANCASTER,
    MAR_2026,
    OUTSIDE,
    PRESTON,
    SELECT_MOVE,
    SEP_2025,
    SEP_2026,
    UNKNOWN,
    WYRE,
)

_AT_16 = ("panel_at_16", "register_application", "both_registers", "host_authority_approached")


def sixteen_on_the_last_of_march() -> Life:
    life = Life(
        "sixteen_on_the_last_of_march",
        "Sixteen on 31 March 2026, placed in Preston, from Lancaster: a panel on the last day, 30 June; in both "
        "registers a day late. Eighteen on 31 March 2028. No plan is on record.",
        born=date(2010, 3, 31),
        states=(*_AT_16, "turning_18", "pathway_plan_review", "housing_options_meeting"),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, "eligible", on=(MAR_2026, JUN_2026, SEP_2026))
    life.address(LANCASHIRE, date(2016, 5, 1), date(2020, 1, 1), "XL151AA")
    life.care_placement(LANCASHIRE, date(2020, 1, 1), None, "XL171AA")
    life.applied(SELECT_MOVE, "SIXTEEN-PRESTON", PRESTON, date(2026, 6, 1))
    life.applied("ideal_choice_homes", "SIXTEEN-LANCASTER", LANCASTER, date(2026, 7, 1))
    life.told(LANCASHIRE, "panel", JUN_2026, panel_date=JUN_2026, planned_destination="staying_put")
    life.told(LANCASHIRE, "readiness", date(2026, 4, 1), planned_destination="private_rented")
    life.told(LANCASHIRE, "readiness", date(2026, 9, 1), preferred_district_gss=WYRE)
    birthday, due = date(2026, 3, 31), date(2026, 6, 30)
    eighteen = date(2028, 3, 31)
    life.events = [
        Event(
            "turning_18",
            LANCASHIRE,
            WYRE,
            eighteen,
            breakdowns=(("planned_destination", "staying_put"), ("age_band", "16_17")),
        )
    ]
    life.obligations = [
        Obligation("panel_at_16", LANCASHIRE, PRESTON, birthday, due, JUN_2026, "in_time"),
        Obligation("register_application", LANCASHIRE, LANCASTER, birthday, due, date(2026, 7, 1), "late"),
        Obligation("both_registers", LANCASHIRE, PRESTON, birthday, due, date(2026, 7, 1), "late"),
        Obligation("pathway_plan_review", LANCASHIRE, PRESTON, birthday, due, None, "overdue"),
        Obligation(
            "housing_options_meeting", LANCASHIRE, PRESTON, date(2027, 9, 30), date(2027, 9, 30), None, "not_yet_due"
        ),
    ]
    life.figures = [
        Figure("turning_18", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2027-28-Q4", "people", 1),
        Figure("turning_18", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2028-29-Q2", "people", 0),
        Figure("panel_at_16", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2026-27-Q1", "share", 1.0),
        Figure("register_application", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2026-27-Q1", "share", 0.0),
    ]
    return life


def placed_outside_before_sixteen() -> Life:
    life = Life(
        "placed_outside_before_sixteen",
        "Placed in Ashford since the age of eight, sixteen on 10 June 2026: the host was approached on the last day. "
        "No address before care is known, so the register is Ashford's. At seventeen the options meeting is due.",
        born=date(2010, 6, 10),
        states=(*_AT_16, "housing_options_meeting"),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, "eligible")
    life.care_placement(LANCASHIRE, date(2019, 5, 1), None, "XK111AA")
    day = date(2026, 9, 10)
    life.told(LANCASHIRE, "housing_contact", day, contact_date=day, contact_type="host_enquiry")
    birthday, seventeen = date(2026, 6, 10), date(2027, 6, 10)
    life.obligations = [
        Obligation("host_authority_approached", LANCASHIRE, OUTSIDE, birthday, day, day, "in_time"),
        Obligation("register_application", LANCASHIRE, OUTSIDE, birthday, day, None, "overdue"),
        Obligation("panel_at_16", LANCASHIRE, OUTSIDE, birthday, day, None, "overdue"),
        Obligation("housing_options_meeting", LANCASHIRE, OUTSIDE, seventeen, seventeen, None, "not_yet_due"),
    ]
    return life


def seventeen_and_a_half_in_february() -> Life:
    life = Life(
        "seventeen_and_a_half_in_february",
        "Seventeen on 29 August 2025, so seventeen and a half on 28 February 2026; the meeting is held on 1 March. A "
        "joint planning meeting before is none.",
        born=date(2008, 8, 29),
        states=("housing_options_meeting",),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, "eligible")
    life.care_placement(LANCASHIRE, date(2024, 9, 2), None, "XL221AA")
    for day, kind in ((date(2026, 2, 20), "joint_planning"), (date(2026, 3, 1), "options_meeting")):
        life.told(LANCASHIRE, "housing_contact", day, contact_date=day, contact_type=kind)
    due = date(2026, 2, 28)
    life.obligations = [Obligation("housing_options_meeting", LANCASHIRE, WYRE, due, due, date(2026, 3, 1), "late")]
    return life


def entered_care_twice_at_17() -> Life:
    life = Life(
        "entered_care_twice_at_17",
        "In care from 20 January to 10 February 2026, at home for a night, and in care again: two periods, each with "
        "a panel of its own. A third episode that touches the second is the same period.",
        born=date(2008, 9, 10),
        states=("panel_at_16",),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, "eligible", on=(MAR_2026, JUN_2026, SEP_2026))
    life.care_placement(LANCASHIRE, date(2026, 1, 20), date(2026, 2, 10), "XL171AA")
    life.care_placement(LANCASHIRE, date(2026, 2, 11), date(2026, 3, 5), "XL171BB")
    life.care_placement(LANCASHIRE, date(2026, 3, 5), None, "XL221CC")
    life.told(LANCASHIRE, "panel", date(2026, 2, 5), panel_date=date(2026, 2, 5))
    life.obligations = [
        Obligation("panel_at_16", LANCASHIRE, WYRE, date(2026, 1, 20), date(2026, 4, 20), date(2026, 2, 5), "in_time"),
        Obligation("panel_at_16", LANCASHIRE, WYRE, date(2026, 2, 11), date(2026, 5, 11), None, "overdue"),
    ]
    return life


def birth_date_corrected_by_a_year() -> Life:
    life = Life(
        "birth_date_corrected_by_a_year",
        "Until September the case system said born on 12 May 2010; then a year earlier. What was due for the "
        "sixteenth birthday of 2026 was due a year before.",
        born=date(2010, 5, 12),
        states=("panel_at_16",),
    )
    person_id = life.known_to(LANCASHIRE)
    of_person = life.records[-1]
    life.records[-1] = of_person.in_deliveries(*(day for day in of_person.deliveries if day < SEP_2026))
    life.records.append(of_person.in_deliveries(SEP_2026, pers_dob=date(2009, 5, 12)))
    life.status(LANCASHIRE, "eligible", person_id=person_id)
    life.care_placement(LANCASHIRE, date(2021, 3, 1), None, "XL171AA")
    life.told(LANCASHIRE, "panel", date(2026, 6, 1), panel_date=date(2026, 6, 1))
    held = date(2026, 6, 1)
    life.obligations = [
        Obligation("panel_at_16", LANCASHIRE, PRESTON, date(2025, 5, 12), date(2025, 8, 12), held, "late")
    ]
    life.obligations_before = [
        Obligation("panel_at_16", LANCASHIRE, PRESTON, date(2026, 5, 12), date(2026, 8, 12), held, "in_time")
    ]
    return life


def release_moved() -> Life:
    life = Life(
        "release_moved",
        "A first sentence ends on 31 December 2025 with the address known. In a second the release planned for "
        "September 2026 is moved to December, and the review is held five days late, two days after the panel.",
        states=("resettlement_review", "panel_before_release", "releases_with_address"),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.told(
        LANCASHIRE,
        "custody",
        date(2026, 1, 2),
        entered_on=date(2025, 10, 1),
        released_on=DEC_2025,
        address_on_release_known=True,
    )
    second = {"record_id": "MOVED-1", "entered_on": date(2026, 1, 5)}
    life.told(
        LANCASHIRE,
        "custody",
        date(2026, 1, 6),
        **second,
        planned_release_on=date(2026, 9, 15),
        deliveries=FIRST_DELIVERY_ONLY,
    )
    life.told(
        LANCASHIRE,
        "custody",
        date(2026, 7, 10),
        **second,
        planned_release_on=date(2026, 12, 15),
        resettlement_review_on=date(2026, 9, 20),
        deliveries=LAST_DELIVERY_ONLY,
    )
    life.told(LANCASHIRE, "panel", date(2026, 9, 18), panel_date=date(2026, 9, 18))
    life.events = [
        Event("releases_with_address", LANCASHIRE, UNKNOWN, DEC_2025, in_numerator=True),
    ]
    reviewed = date(2026, 9, 20)
    life.obligations = [
        Obligation("resettlement_review", LANCASHIRE, UNKNOWN, date(2026, 12, 15), date(2026, 9, 15), reviewed, "late"),
        Obligation("panel_before_release", LANCASHIRE, UNKNOWN, reviewed, reviewed, date(2026, 9, 18), "in_time"),
    ]
    life.obligations_before = [
        Obligation("resettlement_review", LANCASHIRE, UNKNOWN, date(2026, 9, 15), date(2026, 6, 15), None, "overdue"),
    ]
    return life


def abroad_when_the_plan_was_due() -> Life:
    life = Life(
        "abroad_when_the_plan_was_due",
        "Abroad from 1 April 2026, so that the plan of 1 November is not asked for on 1 May. A date 28 days after "
        "the first is the same, and a review on 1 December 2026 is not known yet.",
        states=("pathway_plan_review",),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, review_date=date(2025, 8, 1))
    life.form(LANCASHIRE, "G", date(2026, 4, 1))
    for day in (date(2025, 11, 1), date(2025, 11, 29)):
        life.told(LANCASHIRE, "pathway_plan", JUN_2026, plan_date=day, review_date=date(2026, 12, 1))
    life.obligations = [
        Obligation(
            "pathway_plan_review",
            LANCASHIRE,
            UNKNOWN,
            date(2025, 8, 1),
            date(2026, 2, 1),
            date(2025, 11, 1),
            "in_time",
        ),
        Obligation(
            "pathway_plan_review", LANCASHIRE, UNKNOWN, date(2025, 11, 1), date(2026, 5, 1), None, "waived", "abroad"
        ),
    ]
    return life


def twenty_five_before_it_was_due() -> Life:
    life = Life(
        "twenty_five_before_it_was_due",
        "25 on 20 May 2026. A survey of the 19th counts, of the 20th not; the plan due in June is waived.",
        born=date(2001, 5, 20),
        states=(
            "pathway_plan_review",
            "home_survey_share",
            "home_survey_feels_safe",
            "home_survey_rates_positively",
        ),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.told(LANCASHIRE, "pathway_plan", JUN_2026, plan_date=date(2025, 12, 1))
    life.told(
        LANCASHIRE,
        "home_survey",
        JUN_2026,
        asked_on=date(2026, 5, 19),
        answered_on=date(2026, 5, 25),
        feels_safe=False,
    )
    life.told(LANCASHIRE, "home_survey", JUN_2026, asked_on=date(2026, 5, 20), answered_on=date(2026, 5, 25))
    life.told(LANCASHIRE, "home_survey", JUN_2026, asked_on=date(2026, 5, 1), rates_home_positively=True)
    life.told(
        LANCASHIRE,
        "home_survey",
        JUN_2026,
        asked_on=date(2026, 4, 1),
        answered_on=date(2026, 4, 1),
        rates_home_positively=True,
    )
    life.events = [
        Event("home_survey_share", LANCASHIRE, UNKNOWN, date(2026, 4, 1), in_numerator=True),
        Event("home_survey_share", LANCASHIRE, UNKNOWN, date(2026, 5, 1), in_numerator=False),
        Event("home_survey_share", LANCASHIRE, UNKNOWN, date(2026, 5, 19), in_numerator=True),
        Event("home_survey_feels_safe", LANCASHIRE, UNKNOWN, date(2026, 5, 19), in_numerator=False),
        Event("home_survey_rates_positively", LANCASHIRE, UNKNOWN, date(2026, 4, 1), in_numerator=True),
    ]
    life.obligations = [
        Obligation(
            "pathway_plan_review",
            LANCASHIRE,
            UNKNOWN,
            date(2025, 12, 1),
            date(2026, 6, 1),
            None,
            "waived",
            "out_of_scope",
        ),
    ]
    return life


def contact_lost_and_found() -> Life:
    life = Life(
        "contact_lost_and_found",
        "Last contact 56 days before the end of September 2025, and 92 before the end of the year; then none, then "
        "one that the snapshot cannot know. Before the first snapshot its contact lies ahead.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, on=(SEP_2025,), in_touch="NO", latest_contact=date(2025, 8, 5))
    life.status(LANCASHIRE, on=(DEC_2025,), in_touch="RHOM", latest_contact=SEP_2025)
    life.status(LANCASHIRE, on=(MAR_2026,), in_touch="DIED")
    life.status(LANCASHIRE, on=(JUN_2026,), in_touch="YES", latest_contact=date(2026, 7, 5))
    life.status(LANCASHIRE, on=(SEP_2026,), in_touch="NREQ", latest_contact=MAR_2026)

    def contact(day: date, in_touch: str, last_contact: str) -> Stock:
        told = (("in_touch", in_touch), ("last_contact", last_contact))
        return Stock("in_touch", LANCASHIRE, day, UNKNOWN, 1, told)

    life.stocks = [
        contact(date(2025, 6, 30), "NO", "not_known"),
        contact(SEP_2025, "NO", "0_to_56"),
        contact(DEC_2025, "RHOM", "92_to_182"),
        contact(MAR_2026, "not_known", "not_known"),
        contact(JUN_2026, "YES", "not_known"),
        contact(SEP_2026, "NREQ", "183_or_more"),
    ]
    return life


def disputed_twice() -> Life:
    life = Life(
        "disputed_twice",
        "One dispute in two rows, raised on 15 January 2026, taken to the third stage and resolved on 1 March; one "
        "without a number, open for 29 days.",
        states=("escalations", "second_chances", "housing_contact_before_leaving"),
    )
    life.known_to(KENT)
    life.status(KENT)
    rows = (
        (date(2026, 2, 1), {"raised_on": date(2026, 2, 1), "stage": "1", "district_gss": "E07000105"}),
        (
            date(2026, 3, 2),
            {
                "raised_on": date(2026, 1, 15),
                "stage": "3",
                "resolved_on": date(2026, 3, 1),
                "district_gss": "E07000108",
            },
        ),
    )
    for recorded_on, values in rows:
        life.told(KENT, "escalation", recorded_on, dispute_id="DISPUTE-1", **values)
    life.told(KENT, "escalation", date(2026, 9, 1), raised_on=date(2026, 9, 1))
    life.told(
        KENT,
        "second_chance",
        date(2026, 4, 1),
        assessed_on=date(2026, 4, 1),
        outcome="agreed",
        arrears_plan_on=date(2026, 4, 2),
        rebanded_on=date(2026, 4, 3),
    )
    life.told(KENT, "readiness", date(2026, 1, 5), planned_move_date=date(2026, 5, 31))
    life.told(KENT, "housing_contact", date(2026, 2, 28), contact_date=date(2026, 2, 28), contact_type="joint_planning")
    life.events = [
        Event(
            "escalations",
            KENT,
            "E07000108",
            date(2026, 1, 15),
            quantity=45,
            breakdowns=(("stage_reached", "3"), ("resolution", "resolved")),
        ),
        Event(
            "escalations",
            KENT,
            UNKNOWN,
            date(2026, 9, 1),
            quantity=29,
            breakdowns=(("stage_reached", "not_known"), ("resolution", "open")),
        ),
        Event(
            "second_chances",
            KENT,
            UNKNOWN,
            date(2026, 4, 1),
            breakdowns=(("outcome", "agreed"), ("rebanded", "yes"), ("arrears_plan", "opened")),
        ),
    ]
    life.obligations = [
        Obligation(
            "housing_contact_before_leaving",
            KENT,
            UNKNOWN,
            date(2026, 5, 31),
            date(2026, 2, 28),
            date(2026, 2, 28),
            "in_time",
        )
    ]
    return life


def disabled_as_of_late() -> Life:
    life = Life(
        "disabled_as_of_late",
        "The case system has a row that says no disability, and one that says a disability of sight.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.disability(KENT, "NONE")
    life.disability(KENT, "VIS")
    life.stocks = [Stock("in_touch", KENT, JUN_2026, UNKNOWN, 1, (("disability", "yes"),))]
    return life


def eighteen_on_the_data_date() -> Life:
    life = Life(
        "eighteen_on_the_data_date",
        "Eighteen on 30 September 2026, the last day of which anything is known: no longer ahead.",
        born=date(2008, 9, 30),
        states=("turning_18",),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, "eligible")
    life.figures = [Figure("turning_18", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2026-27-Q3", "people", 0)]
    return life


LIVES = (
    sixteen_on_the_last_of_march(),
    placed_outside_before_sixteen(),
    seventeen_and_a_half_in_february(),
    eighteen_on_the_data_date(),
    entered_care_twice_at_17(),
    birth_date_corrected_by_a_year(),
    release_moved(),
    abroad_when_the_plan_was_due(),
    twenty_five_before_it_was_due(),
    contact_lost_and_found(),
    disputed_twice(),
    disabled_as_of_late(),
)
