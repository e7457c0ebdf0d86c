"""Lives about homes: what the form, the snapshots and looked-after placements make of one another."""

from __future__ import annotations

from datetime import date

from .builder import Event, Figure, HomeOnDay, Life
from .world import (
    ASHFORD,
    CANTERBURY,
    DEC_2025,
    DOVER,
    FYLDE,
    JUN_2026,
    KENT,
    KENT_COUNTY,
    LANCASHIRE,
    LANCASHIRE_COUNTY,
    LANCASTER,
    MAIDSTONE,
    MAR_2026,
    SEP_2025,
    SEP_2026,
    SEVENOAKS,
    SWALE,
    TUNBRIDGE_WELLS,
    UNKNOWN,
)


def thirty_first_of_march_and_first_of_april() -> Life:
    life = Life(
        "thirty_first_of_march_and_first_of_april",
        "A night in supported accommodation ends the year, a private tenancy begins the next: one move in each "
        "quarter, both in the rolling year, one in the year to date.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.form(KENT, "T", date(2026, 3, 31), date(2026, 4, 1), postcode="XK141AA")
    life.form(KENT, "U", date(2026, 4, 1), tenure="private", postcode="XK142BB")
    life.events = [
        Event("supported_moves", KENT, DOVER, date(2026, 3, 31), date(2026, 4, 1)),
        Event("private_sector_moves", KENT, DOVER, date(2026, 4, 1), breakdowns=(("agreement", "case_system_only"),)),
    ]
    life.homes = [HomeOnDay(KENT, MAR_2026, "supported", DOVER), HomeOnDay(KENT, JUN_2026, "private_rented", DOVER)]
    life.figures = [
        Figure("supported_moves", KENT, DOVER, "quarter", "2025-26-Q4", "people", 1),
        Figure("supported_moves", KENT, DOVER, "quarter", "2026-27-Q1", "people", 0),
        Figure("private_sector_moves", KENT, DOVER, "quarter", "2026-27-Q1", "people", 1),
        Figure("supported_moves", KENT, KENT_COUNTY, "ytd", "2025-26-Q4", "events", 1),
        Figure("supported_moves", KENT, KENT_COUNTY, "ytd", "2026-27-Q1", "events", 0),
        Figure("supported_moves", KENT, KENT_COUNTY, "rolling_4q", "2026-27-Q1", "events", 1),
        Figure("private_sector_moves", KENT, KENT_COUNTY, "rolling_4q", "2026-27-Q1", "events", 1),
    ]
    return life


def tenure_none_then_private_at_one_address() -> Life:
    life = Life(
        "tenure_none_then_private_at_one_address",
        "Independent living, first without a tenure, then with a private one, at one postcode: two kinds, so two "
        "homes and two moves.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.form(LANCASHIRE, "U", date(2025, 11, 1), date(2026, 1, 15), tenure="none", postcode="XL151AA")
    life.form(LANCASHIRE, "U", date(2026, 1, 15), tenure="private", postcode="XL151AA", suitability="suitable")
    life.events = [
        Event("tenure_not_known_moves", LANCASHIRE, LANCASTER, date(2025, 11, 1), date(2026, 1, 15)),
        Event("private_sector_moves", LANCASHIRE, LANCASTER, date(2026, 1, 15)),
    ]
    life.homes = [
        HomeOnDay(LANCASHIRE, DEC_2025, "tenure_not_known", LANCASTER),
        HomeOnDay(LANCASHIRE, MAR_2026, "private_rented", LANCASTER, "suitable"),
    ]
    return life


def care_placement_ends_on_the_18th_birthday() -> Life:
    life = Life(
        "care_placement_ends_on_the_18th_birthday",
        "A supported spell is recorded around the end of the looked-after placement. Only the placement's end makes "
        "it a home, so the move is on the birthday.",
        born=date(2008, 5, 5),
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, "eligible", on=(SEP_2025, DEC_2025, MAR_2026))
    life.status(LANCASHIRE, "former_relevant", on=(JUN_2026, SEP_2026))
    life.care_placement(LANCASHIRE, date(2024, 1, 1), date(2026, 5, 5), "XL131AA")
    life.form(LANCASHIRE, "D", date(2026, 4, 1), postcode="XL132BB", suitability="unsuitable")
    life.events = [
        Event(
            "supported_moves",
            LANCASHIRE,
            FYLDE,
            date(2026, 5, 5),
            breakdowns=(("age_band", "18_20"), ("eligibility", "eligible")),
        )
    ]
    life.homes = [
        HomeOnDay(LANCASHIRE, MAR_2026, "in_care_placement", FYLDE),
        HomeOnDay(LANCASHIRE, JUN_2026, "supported", FYLDE, "unsuitable"),
    ]
    return life


def staying_put() -> Life:
    life = Life(
        "staying_put",
        "Stays with former foster carers from the 18th birthday: a home of its own kind that no measure counts as a "
        "move.",
        born=date(2008, 2, 2),
    )
    life.known_to(KENT)
    life.status(KENT)
    life.care_placement(KENT, date(2020, 1, 1), date(2026, 2, 2), "XK191AA")
    life.form(KENT, "Z", date(2026, 2, 2), postcode="XK191AA", suitability="suitable")
    life.homes = [HomeOnDay(KENT, DEC_2025, None), HomeOnDay(KENT, MAR_2026, "staying_put", SWALE, "suitable")]
    return life


def form_gap_filled_by_snapshots() -> Life:
    life = Life(
        "form_gap_filled_by_snapshots",
        "Between two form rows the snapshots speak: with family until the address of 20 December, then a private "
        "tenancy. The family home reappears after a form row without a recorded start, so it is no move.",
    )
    life.known_to(KENT)
    life.status(KENT, accommodation="B", on=(SEP_2025,))
    life.status(KENT, accommodation="U", tenure="private", suitability="suitable", on=(DEC_2025, MAR_2026))
    life.status(KENT, accommodation="K", on=(JUN_2026, SEP_2026))
    life.address(KENT, date(2024, 1, 1), date(2025, 12, 20), "XK162BB")
    life.address(KENT, date(2025, 12, 20), None, "XK163CC")
    life.form(KENT, "T", date(2025, 10, 10), date(2025, 12, 15), postcode="XK161AA")
    life.form(KENT, "K", date(2026, 4, 20), postcode="XK164DD")
    life.events = [
        Event("supported_moves", KENT, MAIDSTONE, date(2025, 10, 10), date(2025, 12, 15)),
        Event("private_sector_moves", KENT, MAIDSTONE, date(2025, 12, 20), date(2026, 4, 20)),
        Event("private_sector_moves", KENT, MAIDSTONE, date(2026, 4, 20)),
    ]
    life.homes = [
        HomeOnDay(KENT, date(2025, 6, 30), "not_known", UNKNOWN),
        HomeOnDay(KENT, SEP_2025, "family", MAIDSTONE),
        HomeOnDay(KENT, DEC_2025, "private_rented", MAIDSTONE, "suitable"),
        HomeOnDay(KENT, JUN_2026, "private_rented", MAIDSTONE, "not_known"),
    ]
    return life


def first_snapshot_is_no_move() -> Life:
    life = Life(
        "first_snapshot_is_no_move",
        "In supported accommodation since before the first snapshot, as the address says: a home from the first data "
        "date on, never a move.",
    )
    life.known_to(KENT)
    life.status(KENT, accommodation="D", suitability="suitable")
    life.address(KENT, date(2025, 9, 1), None, "XK171AA")
    life.homes = [
        HomeOnDay(KENT, date(2025, 6, 30), "not_known", UNKNOWN),
        HomeOnDay(KENT, SEP_2025, "supported", SEVENOAKS, "suitable"),
    ]
    return life


def first_appears_in_a_later_snapshot() -> Life:
    life = Life(
        "first_appears_in_a_later_snapshot",
        "First stands in the snapshot of March: that home is no move either, whatever the address; the change to "
        "lodgings between March and June is one, dated by the address.",
    )
    life.known_to(KENT)
    life.status(KENT, accommodation="D", on=(MAR_2026,))
    life.status(KENT, accommodation="K", on=(JUN_2026, SEP_2026))
    life.address(KENT, date(2026, 2, 1), date(2026, 5, 5), "XK171AA")
    life.address(KENT, date(2026, 5, 5), None, "XK111BB")
    life.events = [Event("private_sector_moves", KENT, ASHFORD, date(2026, 5, 5))]
    life.homes = [
        HomeOnDay(KENT, DEC_2025, "not_known", UNKNOWN),
        HomeOnDay(KENT, MAR_2026, "supported", SEVENOAKS),
        HomeOnDay(KENT, JUN_2026, "private_rented", ASHFORD),
    ]
    return life


def change_without_an_address() -> Life:
    life = Life(
        "change_without_an_address",
        "A change between two snapshots without an address starts on the later data date; its district is not known.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, accommodation="B", on=(SEP_2025, DEC_2025))
    life.status(LANCASHIRE, accommodation="E", on=(MAR_2026, JUN_2026, SEP_2026))
    life.events = [Event("supported_moves", LANCASHIRE, UNKNOWN, MAR_2026, breakdowns=(("home_area", "not_known"),))]
    life.homes = [HomeOnDay(LANCASHIRE, DEC_2025, "family", UNKNOWN)]
    life.figures = [Figure("supported_moves", LANCASHIRE, UNKNOWN, "quarter", "2025-26-Q4", "people", 1)]
    return life


def gap_of_one_day() -> Life:
    life = Life(
        "gap_of_one_day",
        "Two supported spells at one address, one day apart: one home, there on the day between as well. A room of "
        "another sub-type is no move.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.form(KENT, "T", date(2026, 1, 5), MAR_2026, postcode="XK141AA", sub_type="shared")
    life.form(KENT, "T", date(2026, 4, 1), postcode="XK141AA", sub_type="self_contained")
    life.events = [Event("supported_moves", KENT, DOVER, date(2026, 1, 5))]
    life.homes = [HomeOnDay(KENT, MAR_2026, "supported", DOVER), HomeOnDay(KENT, JUN_2026, "supported", DOVER)]
    return life


def gap_of_two_days() -> Life:
    life = Life("gap_of_two_days", "Two supported spells at one address, two days apart: two homes, two moves.")
    life.known_to(KENT)
    life.status(KENT)
    life.form(KENT, "T", date(2026, 1, 5), date(2026, 3, 30), postcode="XK141AA")
    life.form(KENT, "T", date(2026, 4, 1), postcode="XK141AA")
    life.events = [
        Event("supported_moves", KENT, DOVER, date(2026, 1, 5), date(2026, 3, 30)),
        Event("supported_moves", KENT, DOVER, date(2026, 4, 1)),
    ]
    life.homes = [HomeOnDay(KENT, MAR_2026, "not_known", UNKNOWN), HomeOnDay(KENT, JUN_2026, "supported", DOVER)]
    return life


def unknown_postcode_in_a_chain() -> Life:
    life = Life(
        "unknown_postcode_in_a_chain",
        "A spell without a postcode takes the last known one of the chain; the third spell's other postcode is a new "
        "home.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE)
    life.form(LANCASHIRE, "D", date(2025, 10, 1), date(2025, 12, 1), postcode="XL131AA")
    life.form(LANCASHIRE, "D", date(2025, 12, 1), date(2026, 2, 1))
    life.form(LANCASHIRE, "D", date(2026, 2, 1), postcode="XL131AB")
    life.events = [
        Event("supported_moves", LANCASHIRE, FYLDE, date(2025, 10, 1), date(2026, 2, 1)),
        Event("supported_moves", LANCASHIRE, FYLDE, date(2026, 2, 1)),
    ]
    life.homes = [HomeOnDay(LANCASHIRE, DEC_2025, "supported", FYLDE)]
    return life


def home_open_beyond_the_data_date() -> Life:
    life = Life(
        "home_open_beyond_the_data_date",
        "Tunbridge Wells last sent at 30 June, the bed and breakfast still open: the night of the 30th is the last one "
        "counted, but in September the person is still there.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.relief(TUNBRIDGE_WELLS, "LATE-1", date(2026, 6, 20))
    life.placed(TUNBRIDGE_WELLS, "LATE-1", date(2026, 6, 25), None)
    life.events = [
        Event("homeless_presentations", KENT, TUNBRIDGE_WELLS, date(2026, 6, 20)),
        Event("bnb_nights", KENT, TUNBRIDGE_WELLS, date(2026, 6, 25), date(2026, 7, 1), 6),
        Event("bnb_stays", KENT, TUNBRIDGE_WELLS, date(2026, 6, 25), date(2026, 7, 1)),
    ]
    life.homes = [
        HomeOnDay(KENT, JUN_2026, "bed_and_breakfast", TUNBRIDGE_WELLS),
        HomeOnDay(KENT, SEP_2026, "bed_and_breakfast", TUNBRIDGE_WELLS),
    ]
    life.figures = [
        Figure("bnb_nights", KENT, TUNBRIDGE_WELLS, "quarter", "2026-27-Q1", "nights", 6),
        Figure("bnb_nights", KENT, TUNBRIDGE_WELLS, "quarter", "2026-27-Q2", "nights", None),
        Figure("bnb_nights", KENT, TUNBRIDGE_WELLS, "ytd", "2026-27-Q2", "nights", 6),
        Figure("bnb_nights", KENT, KENT_COUNTY, "quarter", "2026-27-Q2", "nights", 0),
        Figure("accommodation_now", KENT, KENT_COUNTY, "quarter", "2026-27-Q2", "people", 1),
        Figure("accommodation_now", KENT, TUNBRIDGE_WELLS, "quarter", "2026-27-Q2", "people", None),
    ]
    return life


def longest_prefix_and_no_prefix() -> Life:
    life = Life(
        "longest_prefix_and_no_prefix",
        "XK11 is Ashford, but XK11 7 is Canterbury; a postcode of no known prefix lies nowhere known.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.form(KENT, "K", date(2026, 1, 5), date(2026, 2, 5), postcode="XK117ZZ")
    life.form(KENT, "T", date(2026, 2, 5), postcode="ZZ991ZZ")
    life.events = [
        Event("private_sector_moves", KENT, CANTERBURY, date(2026, 1, 5), date(2026, 2, 5)),
        Event("supported_moves", KENT, UNKNOWN, date(2026, 2, 5)),
    ]
    life.homes = [HomeOnDay(KENT, MAR_2026, "supported", UNKNOWN)]
    return life


def code_not_known_and_custody() -> Life:
    life = Life(
        "code_not_known_and_custody",
        "A form row without a code is a home of a kind not known, and hides the snapshot below it; custody is a kind "
        "of home and no move.",
    )
    life.known_to(LANCASHIRE)
    life.status(LANCASHIRE, accommodation="D", on=(SEP_2025, DEC_2025, MAR_2026))
    life.status(LANCASHIRE, accommodation="X", on=(JUN_2026, SEP_2026))
    life.form(LANCASHIRE, None, date(2025, 12, 1), date(2026, 1, 10), postcode="XL151AA", suitability="suitable")
    life.homes = [
        HomeOnDay(LANCASHIRE, SEP_2025, "supported", UNKNOWN),
        HomeOnDay(LANCASHIRE, DEC_2025, "not_known", LANCASTER, "suitable"),
        HomeOnDay(LANCASHIRE, MAR_2026, "supported", UNKNOWN),
        HomeOnDay(LANCASHIRE, JUN_2026, "custody", UNKNOWN),
    ]
    life.figures = [
        Figure(
            "accommodation_now",
            LANCASHIRE,
            LANCASHIRE_COUNTY,
            "quarter",
            "2026-27-Q1",
            "people",
            1,
            "kind_of_home",
            "custody",
        ),
        Figure(
            "accommodation_now",
            LANCASHIRE,
            LANCASHIRE_COUNTY,
            "quarter",
            "2026-27-Q1",
            "people",
            0,
            "kind_of_home",
            "supported",
        ),
    ]
    return life


LIVES = (
    thirty_first_of_march_and_first_of_april(),
    tenure_none_then_private_at_one_address(),
    care_placement_ends_on_the_18th_birthday(),
    staying_put(),
    form_gap_filled_by_snapshots(),
    first_snapshot_is_no_move(),
    first_appears_in_a_later_snapshot(),
    change_without_an_address(),
    gap_of_one_day(),
    gap_of_two_days(),
    unknown_postcode_in_a_chain(),
    home_open_beyond_the_data_date(),
    longest_prefix_and_no_prefix(),
    code_not_known_and_custody(),
)
