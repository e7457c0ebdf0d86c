"""The figures of the hand-made people (hand_made_warehouse.py tells their story), from landing to the observations."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

QUARTER = "2026-27-Q1"
KENT, LANCASHIRE = "E10000016", "E10000017"
ASHFORD, DOVER, CHORLEY, PRESTON, WYRE = "E07000105", "E07000108", "E07000118", "E07000123", "E07000128"


def events(warehouse: duckdb.DuckDBPyConnection, measure_id: str, columns: str) -> list[tuple[Any, ...]]:
    return warehouse.execute(
        f"select {columns} from marts.measure_event where measure_id = ? and start_date >= date '2026-04-01' "
        "order by start_date, person_key",
        [measure_id],
    ).fetchall()


def observed(
    warehouse: duckdb.DuckDBPyConnection,
    measure_id: str,
    area_code: str,
    statistic: str,
    *,
    breakdown: str = "total",
    value: str = "total",
    period: tuple[str, str] = ("quarter", QUARTER),
) -> tuple[Any, ...]:
    row = warehouse.execute(
        "select value, coverage from marts.measure_observation where measure_id = ? and area_code = ? "
        "and statistic = ? and breakdown = ? and breakdown_value = ? and period_kind = ? and period_label = ?",
        [measure_id, area_code, statistic, breakdown, value, *period],
    ).fetchall()
    assert len(row) == 1, f"{measure_id} {area_code} {breakdown} {value} {period} stands {len(row)} times"
    return row[0]


def test_a_letting_and_a_form_of_one_move_are_one_move(warehouse: duckdb.DuckDBPyConnection) -> None:
    moves = events(
        warehouse, "social_moves", "person_key, area_code, start_date, route, scheme, agreement, former_uasc"
    )

    assert moves == [("alder", ASHFORD, date(2026, 5, 1), "bid", "kent_homechoice", "both_systems", "yes")]


def test_a_move_known_to_snapshots_only_starts_with_the_address(warehouse: duckdb.DuckDBPyConnection) -> None:
    moves = events(warehouse, "private_sector_moves", "person_key, area_code, start_date, age_band, agreement")

    assert moves == [("elm", PRESTON, date(2026, 5, 9), "16_17", "case_system_only")]


def test_applying_again_while_a_case_is_open_is_one_presentation(warehouse: duckdb.DuckDBPyConnection) -> None:
    presentations = events(warehouse, "homeless_presentations", "person_key, area_code, category, agreement")

    assert presentations == [
        ("birch", ASHFORD, "threatened", "both_systems"),
        ("cedar", PRESTON, "already_homeless", "housing_only"),
    ]
    assert events(warehouse, "homeless_presentations_case_system_only", "person_key") == []
    assert observed(warehouse, "homeless_presentations", DOVER, "people") == (0, "complete")


def test_nights_belong_to_the_placement_entered_earlier(warehouse: duckdb.DuckDBPyConnection) -> None:
    nights = events(warehouse, "bnb_nights", "area_code, start_date, end_date, quantity, tier, ordinal, agreement")

    assert nights == [
        (PRESTON, date(2026, 6, 10), date(2026, 6, 14), 4, "both", "1", "both_systems"),
        (CHORLEY, date(2026, 6, 14), date(2026, 7, 1), 17, "both", "1", "both_systems"),
    ]
    assert observed(warehouse, "bnb_nights", LANCASHIRE, "nights") == (21, "partial")
    assert observed(warehouse, "bnb_nights", LANCASHIRE, "people") == (1, "partial")
    assert observed(warehouse, "bnb_stays", PRESTON, "events", period=("month", "2026-06")) == (1, "complete")
    assert observed(warehouse, "bnb_stays", CHORLEY, "events", period=("month", "2026-06")) == (0, "complete")


@pytest.mark.parametrize(
    ("kind", "people"), [("bed_and_breakfast", 1), ("private_rented", 1), ("supported", 0), ("not_known", 0)]
)
def test_everyone_in_scope_lives_somewhere(warehouse: duckdb.DuckDBPyConnection, kind: str, people: int) -> None:
    assert observed(warehouse, "accommodation_now", LANCASHIRE, "people") == (2, "partial")
    assert observed(warehouse, "accommodation_now", LANCASHIRE, "people", breakdown="kind_of_home", value=kind) == (
        people,
        "partial",
    )


def test_a_silent_sender_is_not_a_zero(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert observed(warehouse, "homeless_presentations", WYRE, "people") == (None, "not_available")

    outside = warehouse.execute(
        "select authority, value, coverage from marts.measure_observation where measure_id = 'homeless_presentations' "
        "and area_code = 'outside_county' and statistic = 'people' and period_kind = 'quarter' and period_label = ? "
        "order by authority",
        [QUARTER],
    ).fetchall()
    assert outside == [("kent", 0, "complete"), ("lancashire", 0, "partial")]


def test_an_unlinked_letting_counts_nowhere(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.sql("select count(*) from core.fct_letting").fetchall() == [(1,)]


def test_an_event_leads_to_its_file_and_row(warehouse: duckdb.DuckDBPyConnection) -> None:
    source = warehouse.sql(
        "select source.load_id, source.row_number from marts.measure_event as event "
        "inner join core.record_source as source on event.record_id = source.record_id "
        "where event.measure_id = 'social_moves'"
    ).fetchall()

    assert source == [("offers-kent_homechoice-2026-06-30", 2)]
