"""A home of the first release comes forward by itself; one of a newer release is not touched.

`first_release/` was written by the first release's own code: two files that landed with a rejected row and refused
cells, their judgements, and a delivery that was held and accepted. Its people are made up.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines import upgrades
from pipelines.cli import main
from pipelines.contracts import load_contracts
from pipelines.formats import CURRENT, FILE, FormatDamagedError, NewerStoreError, format_of, formats_of, state_format
from pipelines.landing import land
from pipelines.landing.as_known import attach_current_rows
from pipelines.landing.store import read_receipts
from pipelines.operation.arrivals import unseen
from pipelines.protection.backup import back_up, restore
from pipelines.protection.trail import trail_of
from pipelines.settings import Home
from pipelines.upgrades import STEPS, bring_forward
from pipelines.warehouse import judgements
from pipelines.warehouse.holds import decisions, held
from pipelines.warehouse.lock import only_one

FIRST_RELEASE = Path(__file__).parent / "first_release"
NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)
PERSON = "case_system/kent/ssd_person"


@pytest.fixture
def old(tmp_path: Path) -> Home:
    """Return a home whose stores are those of the first release."""
    home = Home(tmp_path / "home")
    home.initialise()
    for store in CURRENT:
        (home.root / store / FILE).unlink()
    shutil.copytree(FIRST_RELEASE, home.root, dirs_exist_ok=True)
    return home


def kept(home: Home) -> dict[str, bytes]:
    """Return what was received and accepted, which no upgrade may change: originals and rows."""
    return {
        str(path.relative_to(home.root)): path.read_bytes()
        for folder in (home.archive, home.landing)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".json" and "faulty_rows" not in path.parts and path.name != ".lock"
    }


def test_every_step_from_the_first_release_on_exists() -> None:
    assert set(STEPS) == {(store, number) for store, newest in CURRENT.items() for number in range(2, newest + 1)}


def test_a_new_home_has_todays_versions(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.initialise()
    assert formats_of(home.root) == CURRENT


def test_stores_of_the_first_release_come_forward_with_the_first_who_writes(old: Home) -> None:
    """Given them, when anybody takes the home's lock, then all is there in today's shape, and nothing is lost."""
    assert set(formats_of(old.root).values()) == {1}
    before, taken = kept(old), decisions(old)
    with only_one(old):
        pass
    assert formats_of(old.root) == CURRENT
    assert kept(old) == before
    assert decisions(old) == taken
    loads = list(read_receipts(old))
    assert [(load.name, load.rows_read, load.generation) for load in loads] == [
        ("case_system__ssd_person", 3, 1),
        ("homelessness__support_needs", 2, 1),
    ]
    assert unseen(old, loads) == [], "what was judged is not judged again"
    assert set(judgements.recorded(old)) == {(load.load_id, 1) for load in loads}
    assert held(loads, decisions(old), NOW) == set()
    (entry,) = trail_of(old).entries()
    assert (entry.action, len(entry.details["stores"])) == ("upgraded", 2)
    with duckdb.connect() as warehouse:
        rows = attach_current_rows(warehouse, old, load_contracts(), loads)
    assert (rows["case_system__ssd_person"], rows["homelessness__support_needs"]) == (2, 2)


def test_faults_of_the_first_release_can_be_sent_back(old: Home) -> None:
    """Given faults of which only cell and rule were kept, then the workbooks list their rows as they were sent."""
    with only_one(old):
        land(old, load_contracts(), now=NOW, settle_seconds=0)
    assert sorted(path.name for path in old.rejects.glob("[!.]*.xlsx")) == [
        "case_system_kent.xlsx",
        "homelessness_E07000108.xlsx",
    ]


def test_a_file_that_landed_before_the_upgrade_is_known_after_it(old: Home) -> None:
    original = max(old.archive.rglob("cc*"), key=lambda path: path.is_file())
    folder = old.inbox / "case_system" / "kent"
    folder.mkdir(parents=True)
    (folder / "again_2026-09-30.csv").write_bytes(original.read_bytes())
    with only_one(old):
        (receipt,) = land(old, load_contracts(), now=NOW, settle_seconds=0).files
    assert receipt.outcome == "already_landed"


def test_where_an_original_is_gone_the_rest_comes_forward(old: Home) -> None:
    shutil.rmtree(old.archive)
    with only_one(old):
        pass
    assert formats_of(old.root) == CURRENT
    assert len(list(read_receipts(old))) == 2


@pytest.mark.parametrize("killed_after", ["write_rows", "write_receipt"])
def test_an_upgrade_that_was_cut_off_is_done_again(
    old: Home, killed_after: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    undisturbed = Home(shutil.copytree(old.root, tmp_path / "undisturbed"))
    with only_one(undisturbed):
        pass
    store = upgrades.landing.store

    def then_killed(step: Callable[..., None]) -> Callable[..., None]:
        def act(*given: object) -> None:
            step(*given)
            raise KeyboardInterrupt

        return act

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(store, killed_after, then_killed(getattr(store, killed_after)))
        bring_forward(old)
    assert format_of(old.landing) == 1
    with only_one(old):
        pass

    def everything(home: Home) -> dict[str, bytes]:
        stores = (home.landing, home.registry)
        return {str(one.relative_to(home.root)): one.read_bytes() for root in stores for one in _files(root)}

    assert everything(old) == everything(undisturbed)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("store", sorted(CURRENT))
def test_a_newer_store_is_refused_before_anything_is_touched(
    old: Home, store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    state_format(old.root / store, CURRENT[store] + 1)
    before = {path: path.read_bytes() for path in _files(old.root)}
    assert main(["refresh", "--home", str(old.root)]) == 1
    said = capsys.readouterr().err
    assert "was written by a newer release" in said
    assert "restore a backup from before it" in said
    assert "Traceback" not in said
    with pytest.raises(NewerStoreError), only_one(old):
        pass
    assert {path: path.read_bytes() for path in _files(old.root) if path.name != ".lock"} == {
        path: content for path, content in before.items() if path.name != ".lock"
    }


def test_a_landing_of_a_newer_release_is_not_even_read(old: Home) -> None:
    state_format(old.landing, CURRENT["landing"] + 1)
    with pytest.raises(NewerStoreError):
        list(read_receipts(old))


def test_a_damaged_version_is_never_guessed(old: Home) -> None:
    (old.ledger / FILE).write_text("{}", encoding="utf-8")
    with pytest.raises(FormatDamagedError, match="Restore it from the backup"), only_one(old):
        pass


def test_a_backup_of_the_first_release_restores_and_comes_forward(
    old: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a backup whose stores state no version, when restored, then the first who writes brings them forward."""
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.warehouse.lock.formats_of", lambda _: {})
        saved = back_up(old, tmp_path / "disk", NOW)
    back = Home(tmp_path / "back")
    restore(saved.path, back, keys=None)
    assert {format_of(back.landing), format_of(back.registry)} == {1}
    with only_one(back):
        pass
    assert formats_of(back.root) == CURRENT
    assert len(list(read_receipts(back))) == 2
