"""A lost disk: the home comes back from a backup and its keys, whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.contracts import load_contracts
from pipelines.landing import land
from pipelines.landing.erased import case_id, tombstone
from pipelines.landing.store import read_receipts
from pipelines.protection import backup as module
from pipelines.protection.backup import BackupError, back_up, back_up_keys, restore
from pipelines.settings import Home
from pipelines.warehouse.lock import HomeIsBusyError, only_one

NOW = datetime(2026, 10, 8, 19, tzinfo=UTC)
PERSON = (
    "pers_person_id,pers_forename,pers_surname,pers_sex,pers_ethnicity,pers_dob\n1,Zebedee,Invented,M,WBRI,2006-01-01\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in which a file has landed and a decision was taken."""
    made = Home(tmp_path / "home")
    made.initialise()
    folder = made.inbox / "case_system" / "kent"
    folder.mkdir(parents=True)
    (folder / "ssd_person_2026-09-30.csv").write_text(PERSON, encoding="utf-8")
    land(made, load_contracts(), now=NOW, settle_seconds=0)
    (made.registry / "links").mkdir()
    (made.registry / "links" / "one.jsonl").write_text("{}\n", encoding="utf-8")
    (made.config / "settings.yml").write_text("builds_kept: 7\n", encoding="utf-8")
    (made.shares / "E07000108" / "0001_2026-09-30").mkdir(parents=True)
    (made.shares / "E07000108" / "0001_2026-09-30" / "register_restricted.csv").write_text("a\n", encoding="utf-8")
    return made


def stores(home: Home) -> dict[str, bytes]:
    folders = (home.archive, home.landing, home.registry, home.ledger, home.audit, home.shares, home.config)
    return {
        str(path.relative_to(home.root)): path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def test_a_home_comes_back_as_it_was(home: Home, tmp_path: Path) -> None:
    saved = back_up(home, tmp_path / "disk", NOW)
    back_up_keys(home, tmp_path / "keys.json")
    back = Home(tmp_path / "back")
    restore(saved.path, back, keys=tmp_path / "keys.json")
    assert len(list(read_receipts(back))) == 1
    assert stores(back) == stores(home)
    assert any(name.startswith("shares/E07000108/") for name in stores(back)), "what a district was given"
    assert back.person_key() == home.person_key()
    assert all((path.stat().st_mode & 0o077) == 0 for path in back.root.rglob("*"))


def test_the_backup_holds_no_key(home: Home, tmp_path: Path) -> None:
    saved = back_up(home, tmp_path / "disk", NOW)
    secret = home.person_key_file.read_bytes().strip()
    assert secret not in saved.path.read_bytes()
    assert back_up_keys(home, tmp_path / "keys.json") == ["database_key.secret", "person_key.secret"]
    assert secret in (tmp_path / "keys.json").read_bytes()
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_lost_keys_are_replaced_only_when_that_is_said(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = back_up(home, tmp_path / "disk", NOW)
    back = tmp_path / "back"
    assert main(["restore", str(saved.path), "--home", str(back)]) == 2
    assert not back.exists()
    assert main(["restore", str(saved.path), "--new-keys", "--home", str(back)]) == 0
    assert "every person key is another one" in capsys.readouterr().out
    assert Home(back).person_key() != home.person_key()
    assert (back / "config" / "settings.yml").read_text(encoding="utf-8") == "builds_kept: 7\n"


def erased(home: Home) -> None:
    """Enter the receipt of an erasure of the person who landed, as `erase` does."""
    folder = home.registry / "erasures"
    folder.mkdir()
    known = tombstone(home.erasure_key(), case_id("kent", "1"))
    (folder / "000001.json").write_text(json.dumps({"tombstones": [known], "finished": True}), encoding="utf-8")


def lands_again(home: Home, day: int = 5) -> tuple[int, int]:
    """Land the record once more, of a day in October; return how many rows were taken and how many turned away."""
    folder = home.inbox / "case_system" / "kent"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"ssd_person_2026-10-0{day}.csv").write_text(PERSON, encoding="utf-8")
    report = land(home, load_contracts(), now=NOW, settle_seconds=0)
    return report.rows_accepted, report.rows_rejected


def test_a_person_key_that_was_seen_is_changed_and_the_erased_stay_away(home: Home, tmp_path: Path) -> None:
    """Given a home from which somebody was erased, when its person key is changed, then no delivery brings them back.

    And so it is after the next change, and when the new home is itself restored.
    """
    erased(home)
    keys = tmp_path / "keys.json"
    for number in (1, 2):
        back_up_keys(home, keys)
        saved = back_up(home, tmp_path / f"disk{number}", NOW)
        changed = Home(tmp_path / f"changed{number}")
        restore(saved.path, changed, keys=keys, new_person_key=True)
        assert changed.person_key() != home.person_key()
        assert changed.erasure_key() == home.erasure_key()
        assert lands_again(changed, day=number) == (0, 1)
        home, keys = changed, tmp_path / f"keys{number}.json"
    back_up_keys(home, keys)
    again = Home(tmp_path / "again")
    restore(back_up(home, tmp_path / "disk3", NOW).path, again, keys=keys)
    assert (again.person_key(), again.erasure_key()) == (home.person_key(), home.erasure_key())


def test_lost_keys_do_not_silently_bring_back_who_was_erased(home: Home, tmp_path: Path) -> None:
    erased(home)
    saved = back_up(home, tmp_path / "disk", NOW)
    back = Home(tmp_path / "back")
    with pytest.raises(BackupError, match="bring them back"):
        restore(saved.path, back, keys=None)
    assert list(tmp_path.glob("*back*")) == []
    restore(saved.path, back, keys=None, erasures_lost=True)
    assert lands_again(back) == (1, 0), "the docs say so: erase again"


def test_a_damaged_backup_restores_nothing(home: Home, tmp_path: Path) -> None:
    saved = back_up(home, tmp_path / "disk", NOW)
    content = bytearray(saved.path.read_bytes())
    content[content.index(b"Zebedee")] ^= 1
    (tmp_path / "damaged.tar").write_bytes(content)
    (tmp_path / "short.tar").write_bytes(saved.path.read_bytes()[: saved.path.stat().st_size // 2])
    for number, name in enumerate(("damaged.tar", "short.tar")):
        back = Home(tmp_path / f"back{number}")
        with pytest.raises(BackupError):
            restore(tmp_path / name, back, keys=None)
        assert not back.root.exists()


def test_a_file_from_elsewhere_cannot_write_outside_the_home(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        (tmp_path / "x").write_text("x")
        tar.add(tmp_path / "x", arcname="landing/../../escaped")
    with pytest.raises(BackupError, match="belongs to no store"):
        restore(tmp_path / "evil.tar", Home(tmp_path / "back"), keys=None)
    assert not (tmp_path / "escaped").exists()


def test_nothing_that_exists_is_overwritten(home: Home, tmp_path: Path) -> None:
    saved = back_up(home, tmp_path / "disk", NOW)
    with pytest.raises(BackupError, match="is not empty"):
        restore(saved.path, home, keys=None)
    with pytest.raises(BackupError, match="is there already"):
        back_up(home, tmp_path / "disk", NOW)
    back_up_keys(home, tmp_path / "keys.json")
    with pytest.raises(BackupError, match="is there already"):
        back_up_keys(home, tmp_path / "keys.json")


def test_a_backup_lies_elsewhere_and_waits_for_nobody(home: Home, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="lies in the home itself"):
        back_up(home, home.root / "disk", NOW)
    with only_one(home), pytest.raises(HomeIsBusyError):
        back_up(home, tmp_path / "disk", NOW)


def test_a_full_disk_leaves_no_half_backup(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module, "sync", full)
    with pytest.raises(OSError, match="No space left"):
        back_up(home, tmp_path / "disk", NOW)
    assert list((tmp_path / "disk").iterdir()) == []
