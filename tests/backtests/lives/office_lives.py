"""What offices hold that is about no person known: contacts of districts, returns, reviews, flagged strangers."""

from __future__ import annotations

from datetime import date

from .builder import Figure, Life
from .world import (
    ASHFORD,
    CANTERBURY,
    KENT,
    KENT_COUNTY,
    LANCASHIRE,
    LANCASHIRE_COUNTY,
    OUTSIDE,
    PRESTON,
    SELECT_MOVE,
    WYRE,
)


def an_office_with_a_gap() -> Life:
    life = Life(
        "an_office_with_a_gap",
        "Ashford's contact leaves on 29 June 2025 and the next begins on 1 July: two days without. Its return came for "
        "that quarter only. Kent reviewed its protocol on 1 May 2025: in the quarter, and in the twelve months up to "
        "30 April 2026, not in those up to 30 April 2025.",
    )
    first = date(2025, 4, 1)
    for since, until in ((first, date(2025, 6, 29)), (date(2025, 7, 1), None)):
        life.noted(KENT, "spoc", first, district_gss=ASHFORD, from_date=since, to_date=until)
    life.noted(KENT, "partner_return", first, district_gss=ASHFORD, quarter="2025-26-Q1", received_on=date(2025, 7, 9))
    life.noted(KENT, "protocol_review", first, review_date=date(2025, 5, 1))

    def share(measure_id: str, area: str, label: str, value: float) -> Figure:
        return Figure(measure_id, KENT, area, "quarter", label, "share", value)

    life.figures = [
        share("spoc_named", ASHFORD, "2025-26-Q1", 0.0),
        share("spoc_named", ASHFORD, "2025-26-Q2", 1.0),
        share("protocol_coverage", ASHFORD, "2024-25-Q4", 0.0),
        share("protocol_coverage", ASHFORD, "2025-26-Q1", 0.0),
        share("protocol_coverage", ASHFORD, "2025-26-Q2", 1.0),
        share("partner_returns_received", ASHFORD, "2025-26-Q1", 1.0),
        share("partner_returns_received", ASHFORD, "2025-26-Q2", 0.0),
        share("partner_returns_received", KENT_COUNTY, "2025-26-Q1", 1 / 12),
        share("protocol_review", KENT_COUNTY, "2025-26-Q1", 0.5),
        share("protocol_review", KENT_COUNTY, "2026-27-Q1", 0.5),
        Figure("protocol_review", KENT, KENT_COUNTY, "quarter", "2026-27-Q1", "events", 2),
        Figure("protocol_review", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2026-27-Q1", "events", 1),
        Figure("spoc_named", KENT, ASHFORD, "rolling_4q", "2025-26-Q4", "events", 3, "obligation_status", "in_time"),
    ]
    return life


def an_office_covered_twice() -> Life:
    life = Life(
        "an_office_covered_twice",
        "Canterbury's first contact covers July 2025, the second from 15 July to the end of August: the 30 days of "
        "September are without, though two cover the end of July. From November two contacts cover every day.",
    )
    covers = (
        (date(2025, 7, 1), date(2025, 8, 1)),
        (date(2025, 7, 15), date(2025, 9, 1)),
        (date(2025, 10, 1), None),
        (date(2025, 11, 1), None),
    )
    for since, until in covers:
        life.noted(KENT, "spoc", since, district_gss=CANTERBURY, from_date=since, to_date=until)
    life.figures = [
        Figure("spoc_named", KENT, CANTERBURY, "quarter", label, "share", value)
        for label, value in (("2025-26-Q1", 0.0), ("2025-26-Q2", 0.0), ("2025-26-Q3", 1.0))
    ]
    return life


def flagged_and_known_to_nobody() -> Life:
    life = Life(
        "flagged_and_known_to_nobody",
        "Flagged as a care leaver on Preston's register, by nobody said whose; then as Kent's in a case of Wyre; and "
        "by a support need in another.",
    )
    registered = date(2026, 1, 5)
    life.applied(SELECT_MOVE, "NOBODY-1", PRESTON, registered, care_leaver_flag=True)
    life.applied(SELECT_MOVE, "NOBODY-2", PRESTON, registered)
    life.no_duty(WYRE, "NOBODY-3", registered, care_leaver_of_gss=KENT_COUNTY)
    life.no_duty(WYRE, "NOBODY-4", date(2026, 3, 31))
    life.needs(WYRE, "NOBODY-4", "care_leaver_18_20")

    def events(area: str, value: int, *of: str) -> Figure:
        measure = ("other_authority_care_leavers", LANCASHIRE, area, "quarter", "2025-26-Q4", "events")
        return Figure(*measure, value, *of)

    life.figures = [
        events(PRESTON, 1),
        events(WYRE, 2),
        events(LANCASHIRE_COUNTY, 3),
        events(LANCASHIRE_COUNTY, 1, "whose", "stated"),
        events(LANCASHIRE_COUNTY, 2, "whose", "not_known"),
        events(LANCASHIRE_COUNTY, 1, "register", "lettings"),
        events(OUTSIDE, 0),
    ]
    return life


LIVES = (an_office_with_a_gap(), an_office_covered_twice(), flagged_and_known_to_nobody())
