"""Comparing two engines' tables finds what differs, and names it without naming a person."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.scale.parity import TableParity, compare

COLUMNS = "obligation_id, authority, person_key, record_id, status, due_date, quantity"
ROWS = [
    ("plan_shared", "kent", "alder", "r1", "in_time", date(2026, 4, 1), 1),
    ("plan_shared", "kent", None, "r2", "late", None, 1),
    ("top_band", "lancashire", "cedar", "r3", "overdue", date(2026, 5, 1), 2),
]
KEY = ["obligation_id", "authority", "record_id", "person_key"]


def compared(folder: Path, there: list[tuple[object, ...]], *, rename: str = "") -> TableParity:
    """Return what `compare` finds between ROWS and those rows, written as Spark would: whole numbers in fewer bits."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as here:
        here.execute("create schema marts")
        here.execute(
            "create table marts.obligation_status (obligation_id varchar, authority varchar, person_key varchar, "
            "record_id varchar, status varchar, due_date date, quantity bigint)"
        )
        here.executemany(f"insert into marts.obligation_status ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)", ROWS)
    table = folder / "tables" / "marts.db" / "obligation_status"
    table.mkdir(parents=True)
    with duckdb.connect() as other:
        other.execute(
            "create table t (obligation_id varchar, authority varchar, person_key varchar, record_id varchar, "
            f"{rename or 'status'} varchar, due_date date, quantity integer)"
        )
        if there:
            other.executemany("insert into t values (?, ?, ?, ?, ?, ?, ?)", there)
        other.execute(f"copy t to '{table / 'part-0.parquet'}' (format parquet)")
    manifest = folder / "manifest.json"
    test = {
        "test_metadata": {"name": "primary_key", "kwargs": {"columns": KEY}},
        "attached_node": "model.lasting_homes.obligation_status",
    }
    manifest.write_text(json.dumps({"nodes": {"test.key": test}}), encoding="utf-8")
    (found,) = compare(folder / "warehouse.duckdb", folder / "tables", manifest, ["obligation_status"])
    return found


def test_equal_rows_in_another_order_are_equal(tmp_path: Path) -> None:
    found = compared(tmp_path, list(reversed(ROWS)))

    assert found.is_equal
    assert found.sentence() == "obligation_status: 3 rows, all equal"


def test_a_value_that_differs_is_named_by_column_and_key_without_the_person(tmp_path: Path) -> None:
    found = compared(tmp_path, [ROWS[0], ROWS[1], (*ROWS[2][:4], "in_time", *ROWS[2][5:])])

    assert not found.is_equal
    assert [(one.column, one.rows) for one in found.differences] == [("status", 1)]
    assert "obligation_id=top_band authority=lancashire record_id=r3" in found.sentence()
    assert "cedar" not in found.sentence()


def test_null_is_a_value_like_any_other(tmp_path: Path) -> None:
    found = compared(tmp_path, [ROWS[0], (*ROWS[1][:5], date(2026, 4, 1), 1), ROWS[2]])

    assert [(one.column, one.first_key) for one in found.differences] == [
        ("due_date", "obligation_id=plan_shared authority=kent record_id=r2")
    ]


def test_a_row_that_stands_twice_is_one_too_many(tmp_path: Path) -> None:
    found = compared(tmp_path, [*ROWS, ROWS[0]])

    assert (found.only_here, found.only_there) == (0, 1)
    assert not found.is_equal


def test_a_row_that_is_missing_is_found(tmp_path: Path) -> None:
    found = compared(tmp_path, ROWS[:2])

    assert (found.only_here, found.only_there) == (1, 0)
    assert [one.column for one in found.differences] == ["(no such key but here)"]


def test_another_column_is_no_comparison(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="other columns there: stand, status"):
        compared(tmp_path, ROWS, rename="stand")
