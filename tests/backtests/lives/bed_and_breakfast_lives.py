"""Lives about bed and breakfast."""

from __future__ import annotations

from datetime import date

from .builder import Event, Figure, HomeOnDay, Life
from .world import (
    CHORLEY,
    FYLDE,
    JUN_2026,
    KENT,
    KENT_COUNTY,
    LANCASHIRE,
    LANCASHIRE_COUNTY,
    MAR_2026,
    PRESTON,
    THANET,
    UNKNOWN,
    WYRE,
)


def bed_and_breakfast_across_a_quarter_end() -> Life:
    life = Life(
        "bed_and_breakfast_across_a_quarter_end",
        "Six nights from 29 March: three in each quarter, one stay, which belongs to the quarter of its entry.",
        born=date(2005, 6, 1),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.relief(PRESTON, "ACROSS-1", date(2026, 3, 29))
    life.placed(PRESTON, "ACROSS-1", date(2026, 3, 29), date(2026, 4, 4))
    life.events = [
        Event("homeless_presentations", LANCASHIRE, PRESTON, date(2026, 3, 29)),
        Event("bnb_nights", LANCASHIRE, PRESTON, date(2026, 3, 29), date(2026, 4, 4), 6, (("age_band", "18_20"),)),
        Event("bnb_stays", LANCASHIRE, PRESTON, date(2026, 3, 29), date(2026, 4, 4), 1, (("tier", "district"),)),
    ]
    life.homes = [
        HomeOnDay(LANCASHIRE, MAR_2026, "bed_and_breakfast", PRESTON),
        HomeOnDay(LANCASHIRE, JUN_2026, "not_known", UNKNOWN),
    ]
    life.figures = [
        Figure("bnb_nights", LANCASHIRE, PRESTON, "quarter", "2025-26-Q4", "nights", 3),
        Figure("bnb_nights", LANCASHIRE, PRESTON, "quarter", "2026-27-Q1", "nights", 3),
        Figure("bnb_nights", LANCASHIRE, PRESTON, "quarter", "2026-27-Q1", "people", 1),
        Figure("bnb_nights", LANCASHIRE, PRESTON, "month", "2026-03", "nights", 3),
        Figure("bnb_nights", LANCASHIRE, PRESTON, "month", "2026-04", "nights", 3),
        Figure("bnb_nights", LANCASHIRE, PRESTON, "ytd", "2026-27-Q1", "nights", 3),
        Figure("bnb_nights", LANCASHIRE, PRESTON, "rolling_4q", "2026-27-Q1", "nights", 6),
        Figure("bnb_stays", LANCASHIRE, PRESTON, "quarter", "2025-26-Q4", "events", 1),
        Figure("bnb_stays", LANCASHIRE, PRESTON, "quarter", "2026-27-Q1", "events", 0),
    ]
    return life


def overlapping_placements_of_both_tiers() -> Life:
    life = Life(
        "overlapping_placements_of_both_tiers",
        "Preston's placement of 1 to 5 May overlaps the county's in Chorley of 4 to 8 May: eight nights, the shared "
        "ones Preston's, in one stay of both tiers.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.relief(PRESTON, "TIERS-1", date(2026, 5, 1))
    life.placed(PRESTON, "TIERS-1", date(2026, 5, 1), date(2026, 5, 6))
    life.form(LANCASHIRE, "W", date(2026, 5, 4), date(2026, 5, 9), district=CHORLEY, placed_by="county")
    told_by_both = (("tier", "both"), ("agreement", "both_systems"), ("ordinal", "1"))
    life.events = [
        Event("homeless_presentations", LANCASHIRE, PRESTON, date(2026, 5, 1)),
        Event("bnb_nights", LANCASHIRE, PRESTON, date(2026, 5, 1), date(2026, 5, 6), 5, told_by_both),
        Event("bnb_nights", LANCASHIRE, CHORLEY, date(2026, 5, 6), date(2026, 5, 9), 3, told_by_both),
        Event("bnb_stays", LANCASHIRE, PRESTON, date(2026, 5, 1), date(2026, 5, 9), 1, told_by_both),
    ]
    life.figures = [
        Figure("bnb_nights", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2026-27-Q1", "nights", 8),
        Figure("bnb_nights", LANCASHIRE, LANCASHIRE_COUNTY, "quarter", "2026-27-Q1", "nights", 8, "tier", "both"),
        Figure("bnb_stays", LANCASHIRE, CHORLEY, "quarter", "2026-27-Q1", "events", 0),
    ]
    return life


def both_tiers_from_one_day() -> Life:
    life = Life(
        "both_tiers_from_one_day",
        "District and county place from the same day: the county's placement comes last, so only its later nights "
        "are its.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.relief(WYRE, "ONEDAY-1", date(2026, 5, 1))
    life.placed(WYRE, "ONEDAY-1", date(2026, 5, 1), date(2026, 5, 3))
    life.form(LANCASHIRE, "W", date(2026, 5, 1), date(2026, 5, 5), district=FYLDE, placed_by="county")
    life.events = [
        Event("homeless_presentations", LANCASHIRE, WYRE, date(2026, 5, 1)),
        Event("bnb_nights", LANCASHIRE, WYRE, date(2026, 5, 1), date(2026, 5, 3), 2),
        Event("bnb_nights", LANCASHIRE, FYLDE, date(2026, 5, 3), date(2026, 5, 5), 2),
        Event("bnb_stays", LANCASHIRE, WYRE, date(2026, 5, 1), date(2026, 5, 5), 1, (("tier", "both"),)),
    ]
    return life


def touching_placements_and_ordinals() -> Life:
    life = Life(
        "touching_placements_and_ordinals",
        "Two placements that touch are one stay. The stay of 1 August 2026 is the third within twelve months, for "
        "that of 1 August 2025 still counts. A placement that ends on the day on which it began is no stay.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.relief(WYRE, "TOUCH-1", date(2025, 7, 31))
    life.placed(WYRE, "TOUCH-1", date(2025, 8, 1), date(2025, 8, 2))
    life.placed(WYRE, "TOUCH-1", date(2026, 2, 1), date(2026, 2, 4))
    life.relief(FYLDE, "TOUCH-2", date(2026, 2, 4))
    life.placed(FYLDE, "TOUCH-2", date(2026, 2, 4), date(2026, 2, 6))
    life.placed(WYRE, "TOUCH-1", date(2026, 8, 1), date(2026, 8, 3))
    life.placed(WYRE, "TOUCH-1", date(2026, 9, 3), date(2026, 9, 3))
    life.events = [
        Event("homeless_presentations", LANCASHIRE, WYRE, date(2025, 7, 31)),
        Event("bnb_nights", LANCASHIRE, WYRE, date(2025, 8, 1), date(2025, 8, 2), 1, (("ordinal", "1"),)),
        Event("bnb_stays", LANCASHIRE, WYRE, date(2025, 8, 1), date(2025, 8, 2), 1, (("ordinal", "1"),)),
        Event("bnb_nights", LANCASHIRE, WYRE, date(2026, 2, 1), date(2026, 2, 4), 3, (("ordinal", "2"),)),
        Event("bnb_nights", LANCASHIRE, FYLDE, date(2026, 2, 4), date(2026, 2, 6), 2, (("ordinal", "2"),)),
        Event("bnb_stays", LANCASHIRE, WYRE, date(2026, 2, 1), date(2026, 2, 6), 1, (("ordinal", "2"),)),
        Event("bnb_nights", LANCASHIRE, WYRE, date(2026, 8, 1), date(2026, 8, 3), 2, (("ordinal", "3_or_more"),)),
        Event("bnb_stays", LANCASHIRE, WYRE, date(2026, 8, 1), date(2026, 8, 3), 1, (("ordinal", "3_or_more"),)),
    ]
    life.figures = [
        Figure("bnb_stays", LANCASHIRE, LANCASHIRE_COUNTY, "rolling_4q", "2026-27-Q2", "events", 2),
        Figure("bnb_stays", LANCASHIRE, LANCASHIRE_COUNTY, "rolling_4q", "2026-27-Q2", "people", 1),
        Figure("bnb_nights", LANCASHIRE, FYLDE, "quarter", "2025-26-Q4", "nights", 2),
        Figure("bnb_nights", LANCASHIRE, FYLDE, "quarter", "2025-26-Q4", "people", 1),
    ]
    return life


def under_18_in_kent() -> Life:
    life = Life(
        "under_18_in_kent",
        "17 and placed by the county: Kent's lower limit for bed and breakfast is 16, so the nights count although the "
        "person is in no other measure.",
        born=date(2009, 3, 3),
    )
    life.known_to(KENT)
    life.status(KENT, "relevant")
    life.form(KENT, "W", date(2026, 7, 10), date(2026, 7, 13), district=THANET, placed_by="county")
    alone = (("age_band", "16_17"), ("tier", "county"), ("agreement", "case_system_only"), ("eligibility", "relevant"))
    life.events = [
        Event("bnb_nights", KENT, THANET, date(2026, 7, 10), date(2026, 7, 13), 3, alone),
        Event("bnb_stays", KENT, THANET, date(2026, 7, 10), date(2026, 7, 13), 1, alone),
    ]
    life.homes = [HomeOnDay(KENT, JUN_2026, None)]
    life.figures = [
        Figure("bnb_nights", KENT, KENT_COUNTY, "month", "2026-07", "nights", 3, "age_band", "16_17"),
        Figure("bnb_nights", KENT, KENT_COUNTY, "month", "2026-07", "nights", 0, "age_band", "18_20"),
    ]
    return life


def turned_16_during_a_stay() -> Life:
    life = Life(
        "turned_16_during_a_stay",
        "16 on the third night of five: the stay counts from that night on.",
        born=date(2010, 7, 12),
    )
    life.known_to(KENT)
    life.status(KENT, "eligible")
    life.form(KENT, "W", date(2026, 7, 10), date(2026, 7, 15), district=THANET, placed_by="district")
    life.events = [
        Event("bnb_nights", KENT, THANET, date(2026, 7, 12), date(2026, 7, 15), 3),
        Event("bnb_stays", KENT, THANET, date(2026, 7, 12), date(2026, 7, 15), 1, (("tier", "district"),)),
    ]
    return life


def self_placed() -> Life:
    life = Life(
        "self_placed",
        "Bed and breakfast that the young person found, or of which only a snapshot tells, is a home and counts no "
        "night.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, accommodation="W")
    life.form(LANCASHIRE, "W", date(2026, 3, 1), date(2026, 4, 15), district=PRESTON, placed_by="self")
    life.homes = [
        HomeOnDay(LANCASHIRE, MAR_2026, "bed_and_breakfast", PRESTON),
        HomeOnDay(LANCASHIRE, JUN_2026, "bed_and_breakfast", PRESTON),
    ]
    return life


LIVES = (
    bed_and_breakfast_across_a_quarter_end(),
    overlapping_placements_of_both_tiers(),
    both_tiers_from_one_day(),
    touching_placements_and_ordinals(),
    under_18_in_kent(),
    turned_16_during_a_stay(),
    self_placed(),
)
