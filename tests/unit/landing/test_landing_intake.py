"""The order of it all: one load for the same bytes, and a crash at any step that loses and doubles nothing."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from inbox_of_a_test import NOW, PERSON, Inbox, workbook

from pipelines.landing import land
from pipelines.landing.store import archived

STEPS = ("archive", "accepted", "rejects", "refused_cells", "receipt", "remove")
ROWS = ("1,A,B,M,WBRI,2006-01-31,", "2,A,B,M,XXXX,2006-01-31,", ",A,B,M,WBRI,2006-01-31,")


class KilledError(Exception):
    """The process is killed."""


class KilledBefore:
    """Plays a crash just before the n-th durable step of that name."""

    def __init__(self, step: str, nth: int = 1) -> None:
        self.step, self.left = step, nth

    def __call__(self, step: str) -> None:
        if step == self.step:
            self.left -= 1
            if self.left == 0:
                raise KilledError(step)


def test_what_is_kept_of_a_file(inbox: Inbox) -> None:
    path = inbox.persons(*ROWS)
    content = path.read_bytes()
    receipt = inbox.land_one()
    (load,) = receipt.loads
    # the receipt
    assert inbox.receipts() == [load.as_json()]
    assert (load.family, load.table, load.sender, load.authority) == ("case_system", "ssd_person", "kent", "kent")
    assert (load.rows_read, load.rows_accepted, load.rows_rejected, load.cells_refused) == (3, 2, 1, 1)
    assert load.received_at == NOW
    # the original
    assert load.file_sha256 == hashlib.sha256(content).hexdigest()
    assert archived(inbox.home, load.file_sha256).read_bytes() == content
    # the rows, by place
    place = f"family=case_system/table=ssd_person/authority=kent/sender=kent/{load.load_id}.parquet"
    assert all((inbox.home.landing / kind / place).is_file() for kind in ("accepted", "rejects", "refused_cells"))
    assert {row["load_id"] for kind in ("accepted", "rejects", "refused_cells") for row in inbox.rows(kind)} == {
        load.load_id
    }
    assert inbox.left() == []


def test_there_is_no_file_of_rejects_where_nothing_was_rejected(inbox: Inbox) -> None:
    inbox.persons(ROWS[0])
    inbox.land()
    assert not (inbox.home.landing / "rejects").exists()
    assert not (inbox.home.landing / "refused_cells").exists()


def test_a_scheme_and_a_district_belong_to_their_county(inbox: Inbox) -> None:
    inbox.put("lettings/select_move/a 2026-09-30.csv", "application_ref,registered_on\nA1,2026-09-01\n")
    inbox.put("homelessness/E07000105/n 2026-09-30.csv", "case_ref,support_need\nA1,Learning disability\n")
    assert [load.authority for load in inbox.land().loads] == ["kent", "lancashire"]


def test_everything_kept_is_for_the_owner_alone(inbox: Inbox) -> None:
    inbox.persons(*ROWS)
    inbox.land()
    folders = [path for path in inbox.home.landing.rglob("*") if path.is_dir()]
    assert {oct(path.stat().st_mode & 0o777) for path in folders} == {"0o700"}


def test_the_same_bytes_again_are_the_same_load_under_any_name(inbox: Inbox) -> None:
    inbox.persons(*ROWS)
    (first,) = inbox.land_one().loads
    kept = inbox.stored()
    inbox.put("case_system/kent/another name 20260930.csv", "\n".join([PERSON, *ROWS]) + "\n")
    again = inbox.land(now=NOW + timedelta(days=1)).files[0]
    assert (again.outcome, again.loads) == ("already_landed", (first,))
    assert inbox.stored() == kept
    assert inbox.left() == []


def test_twice_in_one_run_is_one_load(inbox: Inbox) -> None:
    for name in ("a 2026-09-30.csv", "b 2026-09-30.csv"):
        inbox.put(f"case_system/kent/{name}", "\n".join([PERSON, *ROWS]) + "\n")
    report = inbox.land()
    assert [receipt.outcome for receipt in report.files] == ["landed", "already_landed"]
    assert (len(inbox.receipts()), report.rows_read) == (1, 3)


def test_the_same_bytes_for_another_day_or_sender_are_another_load(inbox: Inbox) -> None:
    inbox.persons(*ROWS, day="2026-08-31")
    inbox.persons(*ROWS, day="2026-09-30")
    inbox.persons(*ROWS, day="2026-09-30", sender="lancashire")
    report = inbox.land()
    assert len({load.load_id for load in report.loads}) == 3
    assert len([path for path in inbox.home.archive.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("meta", [None, "data_date: 2026-09-30\nreceived_at: 2026-10-02T06:00:00Z\n"])
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_before_any_step_is_made_good_by_the_next_run(tmp_path: Path, step: str, meta: str | None) -> None:
    # Given what an undisturbed run keeps
    undisturbed = Inbox(tmp_path / "undisturbed")
    undisturbed.persons(*ROWS, meta=meta)
    undisturbed.land()
    # When a run is killed before the step
    inbox = Inbox(tmp_path / "killed")
    inbox.persons(*ROWS, meta=meta)
    with pytest.raises(KilledError):
        inbox.land(durable=KilledBefore(step))
    # Then the file is still there, and a load exists only if all of it does
    assert "persons 2026-09-30.csv" in inbox.left()
    assert len(inbox.receipts()) == (1 if step == "remove" else 0)
    # And the next run keeps the same, once
    (receipt,) = inbox.land().files
    assert receipt.outcome == ("already_landed" if step == "remove" else "landed")
    assert inbox.stored() == undisturbed.stored()
    assert inbox.left() == []


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("step", ["accepted", "receipt"])
def test_a_crash_between_two_loads_of_one_workbook(tmp_path: Path, step: str, nth: int) -> None:
    content = workbook(
        [["case_ref", "support_need"], ["A1", "Learning disability"]],
        [["case_ref", "placement_ref", "entry_on", "exit_on"], ["A1", "1", "01/09/2026", None]],
    )
    undisturbed, inbox = Inbox(tmp_path / "undisturbed"), Inbox(tmp_path / "killed")
    for one in (undisturbed, inbox):
        one.put("homelessness/E07000105/report 2026-09-30.xlsx", content)
    undisturbed.land()
    with pytest.raises(KilledError):
        inbox.land(durable=KilledBefore(step, nth))
    assert inbox.land_one().outcome == "landed"
    assert inbox.stored() == undisturbed.stored()


def test_a_crash_while_the_inbox_is_cleared_leaves_no_meta_file_for_the_next_file_of_that_name(inbox: Inbox) -> None:
    # Given a run that was killed after the file was renamed, before its meta file was deleted
    path = inbox.put("case_system/kent/p.csv", "landed already", meta="data_date: 2026-08-31")
    path.rename(path.with_name(".p.csv.landed"))
    # When the next run comes
    assert inbox.land().files == ()
    # Then nothing of it is left
    assert inbox.left() == []


def test_a_new_file_of_that_name_keeps_its_own_meta_file(inbox: Inbox) -> None:
    inbox.put("case_system/kent/.p.csv.landed", "landed already")
    inbox.put("case_system/kent/p.csv", "\n".join([PERSON, *ROWS]), meta="data_date: 2026-09-30")
    assert inbox.land_one().loads[0].data_date.isoformat() == "2026-09-30"
    assert inbox.left() == []


def test_a_file_that_cannot_be_removed_is_landed_once_and_said_so(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, rename = inbox.persons(*ROWS), Path.replace

    def forbidden_in_the_inbox(source: Path, target: Path) -> Path:
        if source == path:
            raise PermissionError(source, target)
        return rename(source, target)

    monkeypatch.setattr(Path, "replace", forbidden_in_the_inbox)
    first, second = inbox.land_one(), inbox.land_one()
    assert (first.outcome, second.outcome) == ("landed", "already_landed")
    assert "could not be taken out of the inbox" in first.reason
    assert len(inbox.receipts()) == 1


def test_a_full_disk_stops_the_run_and_leaves_no_half_written_file(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(rows: object, path: Path, **options: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    inbox.persons(*ROWS)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        patch.setattr("pipelines.landing.store.pq.write_table", full)
        inbox.land()
    assert list(inbox.stored()) == [path for path in inbox.stored() if path.startswith("archive/")]
    assert inbox.land_one().outcome == "landed"


def test_a_second_run_waits_for_the_first_and_finds_nothing_left_to_do(inbox: Inbox) -> None:
    # Given a run that is stopped in the middle of its work
    inbox.persons(*ROWS)
    reached, go_on = threading.Event(), threading.Event()

    def pause(step: str) -> None:
        if step == "accepted":
            reached.set()
            go_on.wait(timeout=30)

    told: list[str] = []

    def listen(stage: str, message: str) -> None:
        told.append(message)
        go_on.set()

    with ThreadPoolExecutor() as pool:
        first = pool.submit(inbox.land, durable=pause)
        assert reached.wait(timeout=30)
        # When a second one starts, then it says that it waits
        second = pool.submit(land, inbox.home, inbox.contracts, now=NOW, settle_seconds=0, progress=listen)
        assert [receipt.outcome for receipt in first.result(timeout=30).files] == ["landed"]
        assert second.result(timeout=30).files == ()
    assert told[0] == "another run is landing files; waiting for it to end"


def test_the_report_adds_up_and_names_what_needs_someone(inbox: Inbox) -> None:
    inbox.persons(*ROWS)
    inbox.put("case_system/kent/empty 2026-09-30.csv", b"")
    inbox.put("case_system/kent/busy.csv.part", b"")
    told: list[tuple[str, str]] = []
    report = land(
        inbox.home, inbox.contracts, now=NOW, settle_seconds=0, progress=lambda stage, text: told.append((stage, text))
    )
    assert (report.rows_read, report.rows_accepted, report.rows_rejected, report.cells_refused) == (3, 2, 1, 1)
    assert report.summary().splitlines() == [
        "3 files: 1 landed, 0 landed before, 1 refused, 1 waiting",
        "3 rows read = 2 accepted + 1 rejected; 1 cells refused",
        "waiting: case_system/kent/busy.csv.part: "
        "Its name says that it is still being written or is open in a program.",
        "refused: case_system/kent/empty 2026-09-30.csv: The file is empty. Export it again; nothing was landed.",
    ]
    assert {stage for stage, _ in told} == {"landing"}
    assert ("landing", "3 files in the inbox") in told
