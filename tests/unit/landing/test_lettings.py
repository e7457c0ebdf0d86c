"""Bids and ended tenancies of six schemes, each in the vocabulary of its product."""

from __future__ import annotations

from datetime import date

import pytest
from inbox_of_a_test import Inbox, workbook

# Scheme, separator, headers of bids and of ended tenancies: Locata, Abritas, Universal Housing and three councils' own.
LAYOUTS = [
    (
        "kent_homechoice",
        ",",
        ["Member Ref", "Advert Number", "Bid Date", "Bid Outcome"],
        ["Tenancy Number", "Tenancy End Date", "Reason For Ending"],
    ),
    (
        "select_move",
        ",",
        ["Application Number", "Advert Id", "Date of Bid", "Bid Status"],
        ["Tenancy Id", "End Date", "End Reason"],
    ),
    (
        "b_with_us",
        "\t",
        ["app_ref", "u_advert_ref", "bid_date", "wl_status"],
        ["tag_ref", "eot", "u_eot_reason"],
    ),
    (
        "myhomechoice_fylde_coast",
        ";",
        ["Applicant Ref", "Property Advert Ref", "Bid Placed", "Shortlist Result"],
        ["Tenancy Reference", "Tenancy Ended", "Termination Reason"],
    ),
    (
        "west_lancs_homefinder",
        ",",
        ["HomeFinder Reference", "Advert Number", "Bid On", "Bid Result"],
        ["Tenancy Reference", "Termination Date", "Why Ended"],
    ),
    (
        "ideal_choice_homes",
        ",",
        ["Housing Register No", "Ad No", "Date Bid Placed", "Outcome"],
        ["Tenancy No", "Date Tenancy Ended", "Reason Ended"],
    ),
]
NAMES = [layout[0] for layout in LAYOUTS]


@pytest.mark.parametrize(("scheme", "separator", "bids", "ended"), LAYOUTS, ids=NAMES)
def test_each_schemes_bids_land(inbox: Inbox, scheme: str, separator: str, bids: list[str], ended: list[str]) -> None:
    rows = [bids, ["A1", "V9", "01/09/2026", "Shortlisted"], ["A1", "V8", "2026-09-08", ""], ["A2", "", "1/9/2026", ""]]
    inbox.put(f"lettings/{scheme}/bids 2026-09-30.csv", "\n".join(separator.join(row) for row in rows))
    (load,) = inbox.land().loads
    assert (load.table, load.rows_read, load.rows_accepted, load.rows_rejected) == ("bids", 3, 2, 1)
    assert inbox.rules() == [(4, "advert_ref", "missing")]
    first = inbox.rows()[0]
    assert (first["application_ref"], first["advert_ref"], first["bid_on"], first["outcome"]) == (
        "A1",
        "V9",
        date(2026, 9, 1),
        "Shortlisted",
    )


@pytest.mark.parametrize(("scheme", "separator", "bids", "ended"), LAYOUTS, ids=NAMES)
def test_each_schemes_ended_tenancies_land_from_a_workbook(
    inbox: Inbox, scheme: str, separator: str, bids: list[str], ended: list[str]
) -> None:
    table = [ended, ["T1", date(2026, 8, 31), "Eviction"], ["T2", date(2026, 9, 1), "flew away"], ["T3", "soon", ""]]
    inbox.put(f"lettings/{scheme}/ended 2026-09-30.xlsx", workbook(table))
    (load,) = inbox.land().loads
    assert (load.table, load.rows_read, load.rows_accepted, load.rows_rejected) == ("tenancies_ended", 3, 2, 1)
    assert [(row["tenancy_ref"], row["ended_on"], row["reason"]) for row in inbox.rows()] == [
        ("T1", date(2026, 8, 31), "eviction"),
        ("T2", date(2026, 9, 1), None),
    ]
    assert inbox.refused() == [(3, "reason", "flew away", "unknown_code")]
