"""Lives whose records change between deliveries: corrections, withdrawals, cases that vanish."""

from __future__ import annotations

from datetime import date

from .builder import FIRST_DELIVERY_ONLY, LAST_DELIVERY_ONLY, Event, HomeOnDay, Life
from .world import FOLKESTONE, JUN_2026, KENT, SWALE, TONBRIDGE


def late_correction() -> Life:
    life = Life(
        "late_correction",
        "The form said lodgings from 1 May; the file of September corrects it to supported accommodation from 12 May.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.form(KENT, "K", date(2026, 5, 1), postcode="XK181AA", record_id="CORRECTED-1", deliveries=FIRST_DELIVERY_ONLY)
    life.form(
        KENT,
        "T",
        date(2026, 5, 12),
        postcode="XK181AA",
        record_id="CORRECTED-1",
        recorded_on=date(2026, 9, 10),
        deliveries=LAST_DELIVERY_ONLY,
    )
    life.events = [Event("supported_moves", KENT, FOLKESTONE, date(2026, 5, 12))]
    life.events_before = [Event("private_sector_moves", KENT, FOLKESTONE, date(2026, 5, 1))]
    life.homes = [HomeOnDay(KENT, JUN_2026, "supported", FOLKESTONE)]
    return life


def withdrawn_form_row() -> Life:
    life = Life("withdrawn_form_row", "A form row is withdrawn in the file of September: it never was.")
    life.known_to(KENT)
    life.status(KENT)
    for withdrawn, deliveries in ((None, FIRST_DELIVERY_ONLY), (True, LAST_DELIVERY_ONLY)):
        life.form(
            KENT,
            "K",
            date(2026, 4, 10),
            postcode="XK211AA",
            record_id="WITHDRAWN-1",
            withdrawn=withdrawn,
            deliveries=deliveries,
        )
    life.events_before = [Event("private_sector_moves", KENT, TONBRIDGE, date(2026, 4, 10))]
    life.homes = [HomeOnDay(KENT, JUN_2026, "not_known", "unknown")]
    return life


def vanished_case() -> Life:
    life = Life(
        "vanished_case", "Swale's file of September no longer holds the case, nor its placement: both withdrawn."
    )
    life.known_to(KENT)
    life.status(KENT)
    life.relief(SWALE, "VANISHED-1", date(2026, 5, 2), deliveries=FIRST_DELIVERY_ONLY)
    life.placed(SWALE, "VANISHED-1", date(2026, 5, 2), date(2026, 5, 4), deliveries=FIRST_DELIVERY_ONLY)
    life.events_before = [
        Event("homeless_presentations", KENT, SWALE, date(2026, 5, 2)),
        Event("bnb_nights", KENT, SWALE, date(2026, 5, 2), date(2026, 5, 4), 2),
        Event("bnb_stays", KENT, SWALE, date(2026, 5, 2), date(2026, 5, 4)),
    ]
    return life


def form_row_left_out_of_a_later_file() -> Life:
    life = Life(
        "form_row_left_out_of_a_later_file",
        "An open form row is missing from the file of September. A list that only grows loses nothing by that, but "
        "the row is known up to the night of 30 June only.",
    )
    life.known_to(KENT)
    life.status(KENT)
    life.form(KENT, "T", date(2026, 5, 5), postcode="XK211AA", deliveries=FIRST_DELIVERY_ONLY)
    life.events = [Event("supported_moves", KENT, TONBRIDGE, date(2026, 5, 5), date(2026, 7, 1))]
    life.events_before = [Event("supported_moves", KENT, TONBRIDGE, date(2026, 5, 5))]
    life.homes = [
        HomeOnDay(KENT, JUN_2026, "supported", TONBRIDGE),
        HomeOnDay(KENT, date(2026, 9, 30), "not_known", "unknown"),
    ]
    return life


LIVES = (late_correction(), withdrawn_form_row(), vanished_case(), form_row_left_out_of_a_later_file())
