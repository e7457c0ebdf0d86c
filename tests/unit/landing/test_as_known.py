"""What was known at a time: late and corrected files, vanished people, withdrawn rows, held loads."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest
from inbox_of_a_test import PLACEMENT, Inbox

from pipelines.contracts import load_contracts
from pipelines.landing.as_known import attach_current_rows, known_loads

END = datetime(2030, 1, 1, tzinfo=UTC)
STAMPS = ["sender", "authority", "load_id", "row_number", "data_date", "received_at"]
FORM = "record_id,recorded_on,withdrawn,person_id,start_date,end_date,accommodation_code"


def received(day: str) -> str:
    return f"received_at: {day}T06:00:00Z\n"


class Known:
    """The schema `landing` as known at a time."""

    def __init__(self, inbox: Inbox, as_known_at: datetime = END, held: Collection[str] = ()) -> None:
        self.connection = duckdb.connect()
        self.loads = known_loads(inbox.home, as_known_at, held)
        self.counts = attach_current_rows(self.connection, inbox.home, inbox.contracts, self.loads)

    def rows(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        return sorted(self.connection.execute(f"select {columns} from landing.{table}").fetchall(), key=str)

    def columns(self, table: str) -> list[str]:
        return [row[0] for row in self.connection.execute(f"describe landing.{table}").fetchall()]


def persons(inbox: Inbox, day: str, *people: str, arrived: str = "2026-10-01") -> None:
    rows = [f"{person.split(':')[0]},{person.split(':')[-1]},Mock,M,WBRI,2006-01-31," for person in people]
    inbox.persons(*rows, day=day, meta=received(arrived))
    inbox.land()


def test_without_a_single_file_every_table_is_there_and_empty(inbox: Inbox) -> None:
    known = Known(inbox)
    assert known.counts == dict.fromkeys((contract.name for contract in inbox.contracts), 0)
    assert known.loads == []
    for contract in inbox.contracts:
        canonical = [column.name for column in contract.columns]
        more = ["vanished_on"] if contract.on_missing == "state_ends" else []
        assert known.columns(contract.name) == [*STAMPS, *canonical, *more]
        if more:
            assert known.columns(f"{contract.name}__history") == [*STAMPS, *canonical]


def test_types_are_those_of_the_contract_with_and_without_files(inbox: Inbox) -> None:
    before = Known(inbox).connection.execute("describe landing.case_system__ssd_person").fetchall()
    persons(inbox, "2026-09-30", "1")
    after = Known(inbox).connection.execute("describe landing.case_system__ssd_person").fetchall()
    assert [row[:2] for row in before] == [row[:2] for row in after]


def test_the_loads_known_are_a_table(inbox: Inbox) -> None:
    persons(inbox, "2026-08-31", "1", arrived="2026-09-02")
    known = Known(inbox)
    (load,) = known.loads
    wanted = 'load_id, family, "table", sender, data_date, received_at, rows_read, contract_hash'
    assert known.rows("load", wanted) == [
        (
            load.load_id,
            "case_system",
            "ssd_person",
            "kent",
            date(2026, 8, 31),
            datetime.fromisoformat("2026-09-02T06:00:00"),
            1,
            load.contract_hash,
        )
    ]


def test_the_database_stands_alone_once_made(inbox: Inbox) -> None:
    persons(inbox, "2026-09-30", "1")
    known = Known(inbox)
    for path in inbox.home.landing.rglob("*.parquet"):
        path.unlink()
    assert known.rows("case_system__ssd_person", "pers_person_id") == [("1",)]


def test_a_person_who_vanishes_keeps_the_latest_version_and_the_day_of_the_first_file_without(inbox: Inbox) -> None:
    persons(inbox, "2026-07-31", "1:Old", "2:Two")
    persons(inbox, "2026-08-31", "1:New", "2:Two")
    persons(inbox, "2026-09-30", "2:Two")
    persons(inbox, "2026-10-01", "2:Two", "3:Three")
    rows = Known(inbox).rows("case_system__ssd_person", "pers_person_id, pers_forename, data_date, vanished_on")
    assert rows == [
        ("1", "New", date(2026, 8, 31), date(2026, 9, 30)),
        ("2", "Two", date(2026, 10, 1), None),
        ("3", "Three", date(2026, 10, 1), None),
    ]


def test_a_person_who_comes_back_has_not_vanished(inbox: Inbox) -> None:
    for day, people in (("2026-07-31", ["1"]), ("2026-08-31", []), ("2026-09-30", ["1"])):
        persons(inbox, day, *people)
    assert Known(inbox).rows("case_system__ssd_person", "pers_person_id, vanished_on") == [("1", None)]


def test_senders_do_not_end_each_others_states(inbox: Inbox) -> None:
    persons(inbox, "2026-08-31", "1")
    inbox.persons("9,B,Mock,M,WBRI,2006-01-31,", day="2026-09-30", sender="lancashire")
    inbox.land()
    rows = Known(inbox).rows("case_system__ssd_person", "sender, pers_person_id, vanished_on")
    assert rows == [("kent", "1", None), ("lancashire", "9", None)]


def test_a_late_file_takes_its_place_by_data_date_and_not_by_arrival(inbox: Inbox) -> None:
    persons(inbox, "2026-09-30", "1:September", arrived="2026-10-01")
    persons(inbox, "2026-08-31", "1:August", "2:August", arrived="2026-10-20")
    known = Known(inbox)
    rows = known.rows("case_system__ssd_person", "pers_person_id, pers_forename, vanished_on")
    assert rows == [("1", "September", None), ("2", "August", date(2026, 9, 30))]
    assert len(known.rows("case_system__ssd_person__history", "data_date")) == 3


def test_a_corrected_file_of_the_same_day_replaces_the_first(inbox: Inbox) -> None:
    persons(inbox, "2026-09-30", "1:Wrong", "2:Never", arrived="2026-10-01")
    persons(inbox, "2026-09-30", "1:Right", arrived="2026-10-03")
    known = Known(inbox)
    assert known.rows("case_system__ssd_person", "pers_person_id, pers_forename") == [("1", "Right")]
    assert known.rows("case_system__ssd_person__history", "pers_forename") == [("Right",)]
    assert len(known.loads) == 2


def test_before_the_correction_came_the_first_file_stood(inbox: Inbox) -> None:
    persons(inbox, "2026-09-30", "1:Wrong", arrived="2026-10-01")
    persons(inbox, "2026-09-30", "1:Right", arrived="2026-10-03")
    seen = {
        moment: Known(inbox, datetime.fromisoformat(moment)).rows("case_system__ssd_person", "pers_forename")
        for moment in ("2026-10-01T05:59:59Z", "2026-10-01T06:00:00Z", "2026-10-03T05:59:59Z", "2026-10-03T06:00:00Z")
    }
    assert list(seen.values()) == [[], [("Wrong",)], [("Wrong",)], [("Right",)]]


def test_a_held_load_counts_as_if_it_had_not_come(inbox: Inbox) -> None:
    persons(inbox, "2026-08-31", "1:August", "2:August")
    persons(inbox, "2026-09-30", "1:September")
    (held,) = [load.load_id for load in known_loads(inbox.home, END) if load.data_date == date(2026, 9, 30)]
    known = Known(inbox, held=[held])
    assert known.rows("case_system__ssd_person", "pers_forename, vanished_on") == [("August", None), ("August", None)]
    assert len(known.loads) == 1


def test_without_a_key_the_current_rows_are_those_of_the_latest_file_and_all_are_in_the_history(inbox: Inbox) -> None:
    header = "clea_person_id,clea_care_leaver_eligibility,clea_care_leaver_in_touch"
    for day, rows in (
        ("2026-08-31", "1,Relevant,YES\n2,Relevant,YES\n"),
        ("2026-09-30", "1,Former Relevant,YES\n" * 2),
    ):
        inbox.put(f"case_system/kent/c {day}.csv", f"{header}\n{rows}")
    inbox.land()
    known = Known(inbox)
    table = "case_system__ssd_care_leavers"
    assert known.rows(table, "clea_person_id, vanished_on") == [("1", None), ("1", None)]
    assert len(known.rows(f"{table}__history", "clea_person_id")) == 4


@pytest.mark.parametrize("latest", ["", "P2,C1,7,2025-05-01,U4,,\n"])
def test_an_event_that_a_later_full_file_lacks_is_withdrawn(inbox: Inbox, latest: str) -> None:
    for day, rows in (("2026-08-31", "P1,C1,7,2025-04-01,U4,,\nP2,C1,7,2025-04-01,U4,,\n"), ("2026-09-30", latest)):
        inbox.put(f"case_system/kent/p {day}.csv", f"{PLACEMENT}\n{rows}")
    inbox.land()
    known = Known(inbox)
    table = "case_system__ssd_cla_placement"
    rows = known.rows(table, "clap_cla_placement_id, clap_cla_placement_start_date")
    assert rows == ([("P2", date(2025, 5, 1))] if latest else [])
    assert "vanished_on" not in known.columns(table)


def forms(inbox: Inbox, day: str, *rows: str, arrived: str = "2026-10-01") -> None:
    content = "\n".join([FORM, *rows]) + "\n"
    inbox.put(f"protocol_forms/kent/form {day} {arrived.replace('-', '.')}.csv", content, meta=received(arrived))
    inbox.land()


def current_forms(inbox: Inbox) -> list[tuple[Any, ...]]:
    return Known(inbox).rows("protocol_forms__accommodation", "record_id, accommodation_code, data_date")


def test_rows_of_an_append_table_never_vanish_and_their_latest_version_counts(inbox: Inbox) -> None:
    forms(inbox, "2026-08-31", "R1,2026-08-01,,7,2026-07-01,,U", "R2,2026-08-01,,7,2026-07-01,,B")
    forms(inbox, "2026-09-30", "R1,2026-09-01,,7,2026-07-01,,D", "R3,2026-09-01,,7,2026-07-01,,S")
    assert current_forms(inbox) == [
        ("R1", "D", date(2026, 9, 30)),
        ("R2", "B", date(2026, 8, 31)),
        ("R3", "S", date(2026, 9, 30)),
    ]


def test_a_withdrawn_row_is_gone_until_a_later_file_gives_it_back(inbox: Inbox) -> None:
    forms(inbox, "2026-07-31", "R1,2026-07-01,,7,2026-07-01,,U", "R2,2026-07-01,,7,2026-07-01,,B")
    forms(inbox, "2026-08-31", "R1,2026-08-01,yes,7,2026-07-01,,U")
    assert [row[0] for row in current_forms(inbox)] == ["R2"]
    forms(inbox, "2026-09-30", "R1,2026-09-01,,7,2026-07-01,,U")
    assert [row[0] for row in current_forms(inbox)] == ["R1", "R2"]


def test_of_two_versions_of_one_day_the_later_receipt_counts(inbox: Inbox) -> None:
    forms(inbox, "2026-09-30", "R1,2026-09-01,,7,2026-07-01,,U", arrived="2026-10-04")
    forms(inbox, "2026-09-30", "R1,2026-09-01,,7,2026-07-01,,B", arrived="2026-10-03")
    assert [row[1] for row in current_forms(inbox)] == ["U"]


def test_the_same_ref_of_two_senders_is_two_things(inbox: Inbox) -> None:
    header = "offer_ref,application_ref,offered_on"
    for scheme in ("b_with_us", "select_move"):
        inbox.put(f"lettings/{scheme}/o 2026-09-30.csv", f"{header}\nO1,A1,2026-09-01\n")
    inbox.land()
    assert Known(inbox).rows("lettings__offers", "sender, offer_ref") == [("b_with_us", "O1"), ("select_move", "O1")]


def test_rows_landed_before_a_column_was_added_have_it_empty(inbox: Inbox) -> None:
    persons(inbox, "2026-08-31", "1:A")
    overlay = inbox.home.config / "contracts" / "case_system"
    overlay.mkdir(parents=True)
    (overlay / "ssd_person.yml").write_text(
        "columns:\n  - {name: pers_nationality, type: text, privacy: sensitive, completeness: 0,"
        " description: Nationality.}\n",
        encoding="utf-8",
    )
    inbox.contracts = load_contracts(inbox.home.config / "contracts")
    inbox.put("case_system/kent/p 2026-09-30.csv", "pers_person_id,pers_nationality\n1,Invented\n")
    inbox.land()
    rows = Known(inbox).rows("case_system__ssd_person__history", "data_date, pers_nationality")
    assert rows == [(date(2026, 8, 31), None), (date(2026, 9, 30), "Invented")]


def test_made_again_it_is_the_same(inbox: Inbox) -> None:
    persons(inbox, "2026-08-31", "1:A", "2:B")
    known = Known(inbox)
    before = known.connection.execute("select * from landing.case_system__ssd_person").fetchall()
    again = attach_current_rows(known.connection, inbox.home, inbox.contracts, known.loads)
    assert again == known.counts
    assert known.connection.execute("select * from landing.case_system__ssd_person").fetchall() == before
