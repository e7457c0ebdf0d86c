"""What successive files of one sender say together: what came, what went, what was corrected, what is not believed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from inbox_of_a_test import NOW, Inbox

import quality
from pipelines.cli import main
from pipelines.landing import Load
from pipelines.landing.as_known import attach_current_rows, known_loads
from pipelines.landing.since_last import SinceLast, since_last
from pipelines.landing.store import read_receipts, read_resolution
from pipelines.warehouse.holds import BY_THE_CHECKS, HoldDecision, decisions, held, record

EVER = datetime.max.replace(tzinfo=UTC)
EPISODES = "CHILD,DECOM,RNE,LS,PLACE,DEC,REC"
FIRST = "c1,01/05/2024,S,C2,U1,,"
SECOND = "c2,01/06/2024,S,C2,U1,01/09/2024,E11"


def person(number: int, forename: str = "Ann") -> str:
    return f"{number},{forename},Mock,M,WBRI,2006-01-31,"


def change(inbox: Inbox, load: Load) -> SinceLast:
    found = since_last(inbox.home, inbox.contracts[load.name], load, read_receipts(inbox.home))
    assert found is not None
    return found


def current(inbox: Inbox, table: str, columns: str, held_ids: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        attach_current_rows(connection, inbox.home, inbox.contracts, known_loads(inbox.home, EVER, held_ids))
        return connection.execute(f"select {columns} from landing.{table} order by all").fetchall()


def test_what_a_snapshot_no_longer_has_is_known_and_told_from_what_it_corrects(inbox: Inbox) -> None:
    # Given a snapshot of four, and a later one in which one is gone, one is corrected and one is new
    inbox.persons(*map(person, (1, 2, 3, 4)), day="2026-08-31")
    inbox.land()
    inbox.persons(person(5), person(1), person(3, "Anna"), person(4))
    (load,) = inbox.land().loads
    # When they are compared
    found = change(inbox, load)
    # Then each of them is known, and the one that is gone by its row in the earlier file
    assert (found.new, found.corrected, found.same, found.gone_rows) == (1, 1, 2, (3,))
    assert found.before.data_date == date(2026, 8, 31)
    assert current(inbox, "case_system__ssd_person", "pers_person_id, vanished_on") == [
        ("1", None),
        ("2", date(2026, 9, 30)),
        ("3", None),
        ("4", None),
        ("5", None),
    ]


def test_without_a_key_equal_rows_are_paired_one_by_one(inbox: Inbox) -> None:
    header = "clea_person_id,clea_care_leaver_accommodation\n"
    inbox.put("case_system/kent/l 2026-08-31.csv", f"{header}1,U\n1,U\n2,B\n")
    inbox.land()
    inbox.put("case_system/kent/l 2026-09-30.csv", f"{header}2,D\n1,U\n")
    found = change(inbox, inbox.land().loads[0])
    assert (found.new, found.corrected, found.same, found.gone_rows) == (1, 0, 1, (3, 4))


def test_the_first_file_and_a_form_have_nothing_to_be_compared_with(inbox: Inbox) -> None:
    inbox.persons(person(1))
    for day in ("2026-08-31", "2026-09-30"):
        inbox.put(
            f"protocol_forms/kent/f {day}.csv",
            "record_id,recorded_on,person_id,start_date,end_date\nR,2026-08-01,1,2026-08-01,\n",
        )
    for load in inbox.land().loads:
        assert since_last(inbox.home, inbox.contracts[load.name], load, read_receipts(inbox.home)) is None


def test_landing_says_what_each_snapshot_changes(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    (inbox.home.config / "settings.yml").write_text("settle_seconds: 0\n", encoding="utf-8")
    inbox.persons(*map(person, (1, 2, 3)), day="2026-08-31")
    inbox.land()
    inbox.persons(person(1), person(3, "Anna"))
    assert main(["land", "--home", str(inbox.home.root)]) == 0
    assert (
        "since last: case_system/kent/persons 2026-09-30.csv: of ssd_person, 0 new, 1 corrected, "
        "1 no longer there since 2026-08-31"
    ) in capsys.readouterr().out


def test_files_that_come_late_and_out_of_order_land_in_their_own_time(inbox: Inbox) -> None:
    # Given files of three months that arrive in the order 3, 1, 2
    for day, people in (("2026-09-30", (2,)), ("2026-07-31", (1,)), ("2026-08-31", (1, 2, 3))):
        inbox.persons(*map(person, people), day=day)
        (load,) = inbox.land().loads
    # Then each stands where it belongs: the late one is compared with the month before it
    assert change(inbox, load).before.data_date == date(2026, 7, 31)
    assert current(inbox, "case_system__ssd_person", "pers_person_id, data_date, vanished_on") == [
        ("1", date(2026, 8, 31), date(2026, 9, 30)),
        ("2", date(2026, 9, 30), None),
        ("3", date(2026, 8, 31), date(2026, 9, 30)),
    ]


def test_a_shrunken_snapshot_is_held_until_it_is_accepted(
    inbox: Inbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a snapshot of sixty, and a later one of twenty
    inbox.persons(*map(person, range(60)), day="2026-08-31")
    inbox.persons(*map(person, range(20)))
    loads = inbox.land().loads
    # When they are judged
    profiles = quality.profile_loads(loads, inbox.home.landing, inbox.contracts)
    report = quality.check_loads(profiles, inbox.contracts, data_docs=tmp_path / "docs")
    (held_id,) = report.held_load_ids
    (reason,) = report.reasons(held_id)
    assert "it is 33.3% (20 rows after 60 on 31 August 2026)" in reason
    record(inbox.home, HoldDecision(held_id, "held", NOW, BY_THE_CHECKS, reason))
    # Then the last accepted one is used, and nobody has vanished
    vanished = "count(*) filter (vanished_on is null), count(*) filter (vanished_on is not null)"
    assert current(inbox, "case_system__ssd_person", vanished, [held_id]) == [(60, 0)]
    # Until a person accepts it
    assert main(["accept", held_id, "--why", "Old records were closed", "--home", str(inbox.home.root)]) == 0
    capsys.readouterr()
    now_held = held(loads, decisions(inbox.home), datetime.now(UTC) + timedelta(days=3650))
    assert now_held == set()
    assert current(inbox, "case_system__ssd_person", vanished, sorted(now_held)) == [(20, 40)]


def test_a_delta_sent_again_changes_nothing(inbox: Inbox) -> None:
    columns = "child, decom, ls, dec"
    inbox.put("case_system/kent/episodes 2025-03-31.csv", f"{EPISODES}\n{FIRST}\n{SECOND}\n")
    inbox.land()
    kept, before = inbox.stored(), current(inbox, "case_system__ssda903_episodes", columns)
    # The same bytes under another name
    inbox.put("case_system/kent/again 2025-03-31.csv", f"{EPISODES}\n{FIRST}\n{SECOND}\n")
    assert inbox.land_one().outcome == "already_landed"
    assert inbox.stored() == kept
    # The same rows in another file, of the same day and of a later one
    for day, rows in (("2025-03-31", f"{SECOND}\n{FIRST}\n"), ("2026-03-31", f"{FIRST}\n")):
        inbox.put(f"case_system/kent/episodes {day}.csv", f"{EPISODES}\n{rows}")
        inbox.land()
        assert current(inbox, "case_system__ssda903_episodes", columns) == before
    # And what a later delta leaves out is still there
    assert {row[0] for row in before} == {"c1", "c2"}


def test_a_corrected_delta_resolves_what_it_corrects_and_nothing_else(inbox: Inbox) -> None:
    # Given a delta with two rows that cannot be read
    bad = ["c3,soon,S,C2,U1,,", "c4,01/07/2024,S,C2,U1,never,"]
    inbox.put(
        "case_system/kent/episodes 2025-03-31.csv", "\n".join([EPISODES, FIRST, SECOND.replace("C2", "XX"), *bad])
    )
    (first,) = inbox.land().loads
    assert rejected_rows(inbox) == [3, 4, 5]
    # When a delta corrects the cell of one row, and one of the rejected rows
    correction = [SECOND, "c4,01/07/2024,S,C2,U1,01/08/2024,E11"]
    inbox.put("case_system/kent/more 2025-03-31.csv", "\n".join([EPISODES, *correction]))
    report = inbox.land(now=NOW + timedelta(days=1))
    # Then these are resolved, by record, and leave the workbook
    (resolution,) = report.resolutions
    assert (resolution.earlier, resolution.corrected, resolution.gone) == (3, 2, 0)
    resolved = read_resolution(inbox.home, resolution.load_id)["resolved"]
    assert [(one["load_id"], one["row_number"], one["how"]) for one in resolved] == [
        (first.load_id, 5, "corrected"),
        (first.load_id, 3, "corrected"),
    ]
    assert rejected_rows(inbox) == [4]


def rejected_rows(inbox: Inbox) -> list[int]:
    book = openpyxl.load_workbook(inbox.home.rejects / "case_system_kent.xlsx", read_only=True)
    return [int(str(row[0])) for row in book["ssda903_episodes"].iter_rows(min_row=2, values_only=True)]
