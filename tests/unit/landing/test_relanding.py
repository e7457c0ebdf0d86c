"""The archived originals read again under today's contracts: a new generation, whole or not at all."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import openpyxl
import pytest
from inbox_of_a_test import NOW, PERSON, Inbox, workbook
from test_landing_intake import KilledBefore, KilledError

from pipelines.contracts import load_contracts
from pipelines.landing import inbox as inbox_module
from pipelines.landing import long_text
from pipelines.landing.as_known import attach_current_rows, known_loads
from pipelines.landing.relanding import RelandReport, reland
from pipelines.landing.store import NoSuchGenerationError, archived

EVER = datetime.max.replace(tzinfo=UTC)
LATER = NOW + timedelta(days=30)
# A spelling that no list knows, and a header that no contract does.
ROWS = ("1,Bram,Mock,Squirrel,WBRI,2006-01-31,", "2,Cora,Mock,F,WBRI,2006-02-28,", ",No,Id,F,WBRI,2006-03-31,")
STEPS = ("accepted", "rejects", "refused_cells", "faulty_rows", "receipt", "generation", "workbooks")


def add_spelling(inbox: Inbox, text: str = "Squirrel,m", code_list: str = "sex") -> None:
    """Let the council's own contracts know one spelling more."""
    overlay = inbox.home.config / "contracts"
    (overlay / "spellings").mkdir(parents=True, exist_ok=True)
    (overlay / "spellings" / f"{code_list}.csv").write_text(f"spelling,code\n{text}\n", encoding="utf-8")
    inbox.contracts = load_contracts(overlay)


def add_alias(inbox: Inbox, table: str, column: str, header: str) -> None:
    folder = inbox.home.config / "contracts" / "case_system"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{table}.yml").write_text(f"columns:\n- name: {column}\n  aliases: [{header}]\n", encoding="utf-8")
    inbox.contracts = load_contracts(inbox.home.config / "contracts")


def again(inbox: Inbox, *, dry_run: bool = False, now: datetime = LATER) -> RelandReport:
    return reland(inbox.home, inbox.contracts, now=now, dry_run=dry_run)


def sexes(inbox: Inbox, generation: int | None = None) -> list[tuple[str, str | None]]:
    """Return id and sex of everyone, as the landing stood in a generation."""
    with duckdb.connect() as connection:
        attach_current_rows(
            connection, inbox.home, inbox.contracts, known_loads(inbox.home, EVER, generation=generation)
        )
        return connection.execute(
            "select pers_person_id, pers_sex from landing.case_system__ssd_person order by 1"
        ).fetchall()


@pytest.fixture
def landed(inbox: Inbox) -> Inbox:
    """A home in which a file has landed with a refused cell and a rejected row."""
    inbox.persons(*ROWS)
    inbox.land()
    return inbox


def test_a_spelling_that_is_known_today_turns_a_refused_cell_into_a_value(landed: Inbox) -> None:
    # Given a file that landed before its spelling was known
    (before,) = known_loads(landed.home, EVER)
    add_spelling(landed)
    # When the originals are read again
    report = again(landed)
    # Then the cell has its value, in a generation of its own
    (change,) = report.changes
    assert (report.generation, report.made, report.loads, report.originals) == (2, True, 1, 1)
    assert change.before == before
    assert (change.after.counts, change.rows_changed) == (
        {"rows_accepted": 2, "rows_rejected": 1, "cells_refused": 0},
        1,
    )
    assert sexes(landed) == [("1", "m"), ("2", "f")]
    # And what was received, when and for which day stays as it was
    (after,) = known_loads(landed.home, EVER)
    assert (after.load_id, after.received_at, after.data_date) == (before.load_id, before.received_at, before.data_date)
    assert after.contract_hash == landed.contracts["case_system__ssd_person"].contract_hash != before.contract_hash
    # And the reading of before is there for whoever asks for it
    assert known_loads(landed.home, EVER, generation=1) == [before]
    assert sexes(landed, generation=1) == [("1", None), ("2", "f")]


def test_the_record_of_a_generation_says_when_by_which_contracts_and_what_changed(landed: Inbox) -> None:
    add_spelling(landed)
    report = again(landed)
    record = json.loads((landed.home.landing / "generations" / "0002.json").read_text(encoding="utf-8"))
    assert record["landed_at"] == "2026-11-04T06:00:00Z"
    assert record["contracts"] == {one.name: one.contract_hash for one in landed.contracts}
    assert record["changes"] == [report.changes[0].as_json()]
    assert record["changes"][0]["before"] == {"rows_accepted": 2, "rows_rejected": 1, "cells_refused": 1}


def test_where_nothing_comes_out_otherwise_nothing_is_made(landed: Inbox) -> None:
    kept = landed.stored()
    report = again(landed)
    assert (report.made, report.generation, report.changes, report.loads) == (False, 1, (), 1)
    # Neither after a change that no file feels
    add_spelling(landed, "Hedgehog,m")
    assert again(landed).made is False
    assert landed.stored() == kept


def test_a_second_time_there_is_nothing_left_to_change(landed: Inbox) -> None:
    add_spelling(landed)
    again(landed)
    kept = landed.stored()
    report = again(landed, now=LATER + timedelta(days=1))
    assert (report.made, report.generation) == (False, 2)
    assert landed.stored() == kept


def test_a_trial_says_the_same_and_writes_nothing(landed: Inbox) -> None:
    add_spelling(landed)
    kept = landed.stored()
    tried = again(landed, dry_run=True)
    assert (tried.made, tried.generation) == (False, 1)
    assert landed.stored() == kept
    assert again(landed).changes == tried.changes


def test_an_alias_turns_a_column_that_was_not_read_into_values(inbox: Inbox) -> None:
    inbox.put("case_system/kent/p 2026-09-30.csv", "pers_person_id,Gendre\n1,M\n2,F\n")
    inbox.land()
    assert sexes(inbox) == [("1", None), ("2", None)]
    add_alias(inbox, "ssd_person", "pers_sex", "Gendre")
    assert again(inbox).changes[0].rows_changed == 2
    assert sexes(inbox) == [("1", "m"), ("2", "f")]


def test_a_sheet_that_is_recognised_only_today_lands_as_of_the_day_its_file_came(inbox: Inbox) -> None:
    # Given a workbook of which one sheet was not recognised
    content = workbook(
        [PERSON.split(","), ["1", "Bram", "Mock", "M", "WBRI", "2006-01-31"]], [["disa_table_id", "whose"], ["D1", "1"]]
    )
    inbox.put("case_system/kent/all 2026-09-30.xlsx", content)
    (person,) = inbox.land_one().loads
    # When its header is known
    add_alias(inbox, "ssd_disability", "disa_person_id", "whose")
    (change,) = again(inbox).changes
    # Then it lands, with the day and the arrival of the file
    assert change.before is None
    assert (change.after.table, change.after.data_date, change.after.received_at) == (
        "ssd_disability",
        person.data_date,
        person.received_at,
    )
    assert [load.table for load in known_loads(inbox.home, EVER)] == ["ssd_disability", "ssd_person"]
    assert [load.table for load in known_loads(inbox.home, EVER, generation=1)] == ["ssd_person"]
    # And sent again it is known
    inbox.put("case_system/kent/all 2026-09-30.xlsx", content)
    assert inbox.land_one().outcome == "already_landed"


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_before_any_step_leaves_the_old_generation_or_the_new_one_whole(tmp_path: Path, step: str) -> None:
    # Given what an undisturbed run makes
    undisturbed, inbox = Inbox(tmp_path / "undisturbed"), Inbox(tmp_path / "killed")
    for one in (undisturbed, inbox):
        one.persons(*ROWS)
        one.persons(*ROWS[:2], day="2026-08-31")
        one.land()
        add_spelling(one)
    again(undisturbed)
    # When a run is killed before the step, at the second load where it has two
    nth = 2 if step in ("accepted", "receipt") else 1
    with pytest.raises(KilledError):
        reland(inbox.home, inbox.contracts, now=LATER, durable=KilledBefore(step, nth))
    # Then all loads are of one generation
    done = step == "workbooks"
    assert {load.generation for load in known_loads(inbox.home, EVER)} == ({2} if done else {1})
    assert sexes(inbox) == [("1", "m" if done else None), ("2", "f")]
    # And the next run makes good what is missing, once
    assert again(inbox).made is not done
    assert inbox.stored() == undisturbed.stored()
    assert workbook_rows(inbox) == workbook_rows(undisturbed)


def workbook_rows(inbox: Inbox) -> list[int]:
    """Return the rows that the workbook of rejects lists, none where there is no workbook."""
    path = inbox.home.rejects / "case_system_kent.xlsx"
    if not path.is_file():
        return []
    book = openpyxl.load_workbook(path, read_only=True)
    return [int(str(row[0])) for row in book["ssd_person"].iter_rows(min_row=2, values_only=True)]


def test_what_a_new_file_finds_after_a_crash_is_the_old_generation(landed: Inbox) -> None:
    add_spelling(landed)
    with pytest.raises(KilledError):
        reland(landed.home, landed.contracts, now=LATER, durable=KilledBefore("generation"))
    landed.persons(ROWS[1], day="2026-10-03")
    landed.land()
    assert {load.generation for load in known_loads(landed.home, EVER)} == {1}
    assert not (landed.home.landing / "generations" / "0002").exists()


def test_the_workbook_of_rejects_shows_what_is_open_today(landed: Inbox) -> None:
    assert workbook_rows(landed) == [2, 4]
    add_spelling(landed)
    again(landed)
    assert workbook_rows(landed) == [4]


def test_files_that_land_later_belong_to_the_new_generation_alone(landed: Inbox) -> None:
    add_spelling(landed)
    again(landed)
    landed.persons("3,Dee,Mock,Squirrel,WBRI,2006-04-30,", day="2026-10-03")
    (load,) = landed.land().loads
    assert load.generation == 2
    assert [one.data_date for one in known_loads(landed.home, EVER)] == [date(2026, 9, 30), date(2026, 10, 3)]
    assert [one.data_date for one in known_loads(landed.home, EVER, generation=1)] == [date(2026, 9, 30)]
    # And the next generation reads both again
    add_spelling(landed, "Squirrel,f")
    assert [change.after.generation for change in again(landed).changes] == [3, 3]
    assert sexes(landed) == [("1", "f"), ("2", "f"), ("3", "f")]
    assert sexes(landed, generation=2) == [("1", "m"), ("2", "f"), ("3", "m")]


def test_a_file_of_an_earlier_generation_sent_again_has_landed_before(landed: Inbox) -> None:
    add_spelling(landed)
    again(landed)
    landed.persons(*ROWS)
    assert landed.land_one().outcome == "already_landed"


def test_a_faulty_row_of_before_is_resolved_by_the_next_file_and_not_by_reading_again(landed: Inbox) -> None:
    add_spelling(landed)
    again(landed)
    landed.persons(*ROWS[:2], "3,Now,Id,F,WBRI,2006-03-31,", day="2026-10-03")
    (resolution,) = landed.land_one().resolutions
    assert (resolution.earlier, resolution.gone) == (1, 1)


@pytest.mark.parametrize(
    ("what", "reason"),
    [("missing", "is not in the archive"), ("damaged", "is damaged"), ("unknown", "lacks: pers_person_id")],
)
def test_what_cannot_be_read_again_stays_as_it_was_and_is_told(landed: Inbox, what: str, reason: str) -> None:
    # Given an original that cannot be read, and one that comes out otherwise
    landed.persons(ROWS[0], sender="lancashire")
    landed.land()
    add_spelling(landed)
    (load,) = [one for one in known_loads(landed.home, EVER) if one.sender == "kent"]
    path = archived(landed.home, load.file_sha256)
    if what == "missing":
        path.unlink()
    elif what == "damaged":
        path.write_bytes(path.read_bytes().replace(b"Bram", b"Brom"))
    else:
        landed.put("case_system/kent/q 2026-10-01.csv", "clop,pers_forename,pers_surname\n1,A,B\n")
        add_alias(landed, "ssd_person", "pers_person_id", "clop")
        landed.land()
        (landed.home.config / "contracts" / "case_system" / "ssd_person.yml").unlink()
        landed.contracts = load_contracts(landed.home.config / "contracts")
    # When all are read again
    report = again(landed)
    # Then it stays, is told, and the other one is read
    (kept,) = report.not_read
    assert reason in kept.reason
    assert {change.after.sender for change in report.changes} == {"kent", "lancashire"} - (
        {"kent"} if what != "unknown" else set()
    )
    assert kept.load in known_loads(landed.home, EVER)


def test_a_long_text_is_read_again_block_by_block_with_the_same_result(
    landed: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_spelling(landed)
    in_memory = again(landed, dry_run=True)
    monkeypatch.setattr(inbox_module, "LONG_TEXT_BYTES", 0)
    monkeypatch.setattr(long_text, "BLOCK_BYTES", 100)
    in_blocks = again(landed, dry_run=True)
    assert in_blocks == in_memory
    assert not (landed.home.landing / "generations").exists() or not any(
        (landed.home.landing / "generations").iterdir()
    )
    assert again(landed).changes == in_memory.changes
    assert sexes(landed) == [("1", "m"), ("2", "f")]
    assert again(landed).made is False


def test_the_same_bytes_for_two_days_are_read_again_for_each(inbox: Inbox) -> None:
    for day in ("2026-08-31", "2026-09-30"):
        inbox.persons(*ROWS, day=day)
    inbox.land()
    add_spelling(inbox)
    report = again(inbox)
    assert [change.after.data_date for change in report.changes] == [date(2026, 8, 31), date(2026, 9, 30)]
    assert (report.originals, report.loads) == (1, 2)


def test_a_generation_that_was_never_made_is_told_so(landed: Inbox) -> None:
    with pytest.raises(NoSuchGenerationError, match=r"no generation 2 .* the newest is 1"):
        known_loads(landed.home, EVER, generation=2)
