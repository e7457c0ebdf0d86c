"""Profiles count what landing wrote, and nothing in them is a person's value."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from loads_of_a_test import HandMadeLanding
from loads_of_a_test import cases_without_fault as cases

import quality
from pipelines.contracts import Contracts
from quality.expectations import check_expectations

CASES = "homelessness__cases"
DOVER = "E07000108"
JUNE, JULY, AUGUST = date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)


def by_date(profile: pd.DataFrame) -> dict[date, dict[str, object]]:
    return {row["data_date"]: row for row in profile.to_dict("records")}


def test_a_load_is_compared_with_the_one_before_by_data_date_not_by_arrival(
    landing: HandMadeLanding, contracts: Contracts
) -> None:
    # Given July's file, which arrived after August's
    august = landing.load(CASES, DOVER, AUGUST, cases(66))
    june = landing.load(CASES, DOVER, JUNE, cases(50))
    july = landing.load(CASES, DOVER, JULY, cases(60), days_later=60)
    # When all are profiled at once
    rows = by_date(quality.profile_loads([august, june, july], landing.folder, contracts)[CASES])
    # Then each has the one before it as its yardstick, and the first has none
    assert rows[JUNE]["compared_with"] is None
    assert pd.isna(rows[JUNE]["row_ratio"])
    assert (rows[JULY]["compared_with"], rows[JULY]["row_ratio"]) == (june.load_id, 60 / 50)
    assert (rows[AUGUST]["compared_with"], rows[AUGUST]["row_ratio"]) == (july.load_id, 66 / 60)


def test_a_broken_delivery_is_not_the_yardstick_of_the_next(landing: HandMadeLanding, contracts: Contracts) -> None:
    june = landing.load(CASES, DOVER, JUNE, cases(60))
    broken = landing.load(CASES, DOVER, JULY, cases(10))
    august = landing.load(CASES, DOVER, AUGUST, cases(62))
    rows = by_date(quality.profile_loads([june, broken, august], landing.folder, contracts)[CASES])
    assert rows[AUGUST]["compared_with"] == june.load_id
    assert rows[AUGUST]["rows_before"] == 60


def test_a_fall_that_a_person_accepted_is_the_yardstick_of_the_next(
    landing: HandMadeLanding, contracts: Contracts
) -> None:
    # Given a fall from 60 to 30 rows that somebody accepted
    june = landing.load(CASES, DOVER, JUNE, cases(60))
    accepted = landing.load(CASES, DOVER, JULY, cases(30))
    august = landing.load(CASES, DOVER, AUGUST, cases(31))
    # When only the new file is judged
    profile = quality.profile_loads([august], landing.folder, contracts, previous=[june, accepted])[CASES]
    # Then it is compared with the accepted one, which is not judged again
    rows = by_date(profile)
    assert rows[AUGUST]["row_ratio"] == 31 / 30
    assert {day: row["judged"] for day, row in rows.items()} == {JULY: False, AUGUST: True}


def test_senders_are_never_compared_with_each_other(landing: HandMadeLanding, contracts: Contracts) -> None:
    dover = landing.load(CASES, DOVER, JUNE, cases(80))
    thanet = landing.load(CASES, "E07000114", JULY, cases(21))
    rows = by_date(quality.profile_loads([dover, thanet], landing.folder, contracts)[CASES])
    assert rows[JULY]["compared_with"] is None


def test_shares_are_counted_from_rows_and_refused_cells(landing: HandMadeLanding, contracts: Contracts) -> None:
    rows = cases(30) + [{**row, "case_ref": f"X{n}", "initial_assessment": None} for n, row in enumerate(cases(10))]
    rows[0]["application_on"] = pd.Timestamp(AUGUST)
    load = landing.load(CASES, DOVER, JUNE, rows, rejected=10, refused={"initial_assessment": 8, "assessed_on": 2})
    row = by_date(quality.profile_loads([load], landing.folder, contracts)[CASES])[JUNE]
    assert row["rows"] == 40
    assert row["filled_share_initial_assessment"] == 30 / 40
    assert row["refused_share_initial_assessment"] == 8 / 40
    assert row["refused_share_assessed_on"] == 2 / 40
    assert row["rejected_share"] == 10 / 50
    assert row["future_share"] == 1 / 40
    assert row["arrival_days"] == 2


def test_dates_are_held_against_the_data_date_and_against_each_other(
    landing: HandMadeLanding, contracts: Contracts
) -> None:
    # Given forty cases, of which four were assessed before they applied, one of these after the day of the file,
    # and two were relieved before relief began
    rows = cases(40)
    for row in rows[:3]:
        row["assessed_on"] = pd.Timestamp("2025-01-01")
    rows[3]["application_on"] = pd.Timestamp(AUGUST)
    for row in rows[4:6]:
        row["relief_start"], row["relief_end"] = pd.Timestamp("2026-02-02"), pd.Timestamp("2026-02-01")
    rows[7]["date_of_birth"] = pd.Timestamp("2062-04-03")
    load = landing.load(CASES, DOVER, JUNE, rows)
    # When they are counted
    row = by_date(quality.profile_loads([load], landing.folder, contracts)[CASES])[JUNE]
    # Then each fault is in its share
    assert row["disorder_assessed_on"] == 4 / 40
    assert row["disorder_relief_end"] == 2 / 40
    assert row["disorder_application_on"] == 1 / 40, "born after applying"
    assert row["disorder_prevention_end"] == 0
    assert row["disorder_worst"] == 4 / 40
    assert row["future_share"] == 2 / 40


def test_drift_is_the_largest_change_of_a_codes_share_and_not_known_is_a_code(
    landing: HandMadeLanding, contracts: Contracts
) -> None:
    # Given 50 % prevention and 50 % relief, then 50 % prevention, 20 % relief and 30 % not known
    june = landing.load(CASES, DOVER, JUNE, cases(40))
    rows = cases(40)
    for row in rows[1:24:2]:
        row["initial_assessment"] = None
    july = landing.load(CASES, DOVER, JULY, rows)
    frame = by_date(quality.profile_loads([june, july], landing.folder, contracts)[CASES])
    assert frame[JULY]["drift_initial_assessment"] == pytest.approx(0.3)
    assert frame[JULY]["drift_household_type"] == pytest.approx(0.0)
    assert pd.isna(frame[JUNE]["drift_initial_assessment"])


def test_keys_are_looked_up_in_every_load_of_the_same_sender(landing: HandMadeLanding, contracts: Contracts) -> None:
    # Given needs of 20 cases that Dover's earlier file names, 5 of its newer one, and 15 that only Thanet knows
    earlier = landing.load(CASES, DOVER, JUNE, cases(20))
    newer = landing.load(CASES, DOVER, JULY, [{**row, "case_ref": f"N{n}"} for n, row in enumerate(cases(20))])
    other = landing.load(CASES, "E07000114", JULY, [{**row, "case_ref": f"T{n}"} for n, row in enumerate(cases(20))])
    refs = [f"DO-{n:04}" for n in range(20)] + [f"N{n}" for n in range(5)] + [f"T{n}" for n in range(15)]
    needs = landing.load(
        "homelessness__support_needs",
        DOVER,
        JULY,
        [{"case_ref": ref, "support_need": "care_leaver_18_20"} for ref in refs],
    )
    # When only the needs are new
    profiles = quality.profile_loads([needs], landing.folder, contracts, previous=[earlier, newer, other])
    # Then 25 of 40 find their case
    assert list(profiles) == ["homelessness__support_needs"]
    assert profiles["homelessness__support_needs"]["found_share_cases"].tolist() == [25 / 40]


def test_without_the_parent_table_references_are_not_judged(landing: HandMadeLanding, contracts: Contracts) -> None:
    needs = landing.load(
        "homelessness__support_needs", DOVER, JULY, [{"case_ref": f"DO-{n}", "support_need": "x"} for n in range(30)]
    )
    profile = quality.profile_loads([needs], landing.folder, contracts)["homelessness__support_needs"]
    assert profile["found_share_cases"].isna().all()


def test_offers_made_long_before_the_first_register_are_not_looked_up(
    landing: HandMadeLanding, contracts: Contracts
) -> None:
    # Given a register of 30 whose first file is July's, and offers: 40 of two years ago, 30 since, 6 of them unknown
    register = [{"application_ref": f"A{n}"} for n in range(30)]
    old = [{"offer_ref": f"O{n}", "application_ref": f"gone {n}", "offered_on": date(2024, 7, 1)} for n in range(40)]
    new = [{"offer_ref": f"N{n}", "application_ref": f"A{n + 6}", "offered_on": AUGUST} for n in range(30)]
    loads = [
        landing.load("lettings__applications", "select_move", JULY, register),
        landing.load("lettings__offers", "select_move", AUGUST, old + new),
        landing.load("lettings__offers", "select_move", JUNE, old),
    ]
    # When they are profiled
    offers = by_date(quality.profile_loads(loads, landing.folder, contracts)["lettings__offers"])
    # Then only the newer ones count, and a file without any is not judged
    assert offers[AUGUST]["found_share_applications"] == 24 / 30
    assert pd.isna(offers[JUNE]["found_share_applications"])


def test_forms_find_their_people_through_the_authority(landing: HandMadeLanding, contracts: Contracts) -> None:
    people = landing.load("case_system__ssd_person", "kent", JULY, [{"pers_person_id": f"P{n}"} for n in range(30)])
    homes = landing.load(
        "protocol_forms__accommodation",
        "kent",
        JULY,
        [{"record_id": f"R{n}", "person_id": f"P{n}"} for n in range(40)],
    )
    profiles = quality.profile_loads([people, homes], landing.folder, contracts)
    assert profiles["protocol_forms__accommodation"]["found_share_ssd_person"].tolist() == [30 / 40]


def test_too_few_rows_are_not_judged_by_shares(landing: HandMadeLanding, contracts: Contracts) -> None:
    fewer = contracts[CASES].tolerance.minimum_rows - 1
    load = landing.load(CASES, DOVER, JUNE, cases(fewer, initial_assessment=None), rejected=0)
    row = by_date(quality.profile_loads([load], landing.folder, contracts)[CASES])[JUNE]
    assert row["rows"] == fewer
    assert pd.isna(row["filled_share_initial_assessment"])
    assert pd.isna(row["rejected_share"])


def test_a_profile_holds_numbers_and_the_facts_of_loads_only(landing: HandMadeLanding, contracts: Contracts) -> None:
    loads = [landing.load(CASES, DOVER, JUNE, cases(30)), landing.load(CASES, DOVER, JULY, cases(31))]
    profile = quality.profile_loads(loads, landing.folder, contracts)[CASES]
    facts = {"load_id", "sender", "authority", "data_date", "received_at", "judged", "compared_with", "before_date"}
    for name in set(profile.columns) - facts:
        assert profile[name].dtype == "float64", name
    assert "Quillfeather" not in profile.to_csv()


def test_every_reference_and_needed_column_is_in_a_contract(contracts: Contracts) -> None:
    check_expectations(contracts)
