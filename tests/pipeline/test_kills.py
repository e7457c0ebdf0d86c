"""Killed at every durable step, and a power cut there: nothing is lost, nothing is half there, the next run is clean.

Each store's work is first done to its end, and the names of its steps are taken down: every file written, flushed,
renamed, linked or removed. Then it is killed at each kind of step, in a home of its own, and done again.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import killed_work
import pyarrow.parquet as pq
import pytest
from killing import Killer
from small_homes import Extracts, make_home

from pipelines.formats import CURRENT, FILE, formats_of
from pipelines.identity import decisions as links
from pipelines.landing import Load
from pipelines.landing.store import archived, parquet_of, read_receipts
from pipelines.release.ledger import releases
from pipelines.settings import Home
from pipelines.warehouse import holds, judgements
from pipelines.warehouse.build import builds, open_build
from pipelines.warehouse.publish import publish, published_build

pytestmark = pytest.mark.slow
FIRST_RELEASE = Path(__file__).parents[1] / "unit" / "upgrade" / "first_release"
LOSSES = ("", "contents", "entries")
# A step at which a power cut leaves something else than one at the step before or after it.
MOVES = ("rename", "remove", "link")


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    """Return the process whose forks are killed."""
    made = Killer()
    yield made
    made.close()


@dataclass(frozen=True)
class Killed:
    """Work that is killed.

    Attributes:
        work: The function of `killed_work`.
        home: A home in which it was not done yet; copied for each kill.
        holds: Raises where something is lost or half there.
    """

    work: str
    home: Home
    holds: Callable[[Home], None]


def kind_of(step: str) -> str:
    """Return what a step does to which kind of file: two files of a kind are written by the same lines."""
    return re.sub(r"[0-9a-f]{8,}|\d+|(?<=sender=)\w+|(?<=table=)\w+|(?<=authority=)\w+|(?<=family=)\w+", "*", step)


def killed_at_every_step(killer: Killer, killed: Killed, tmp_path: Path) -> list[str]:
    """Kill the work at each kind of step, with the page cache and without; return the kinds."""
    undisturbed = _copy(killed.home, tmp_path / "undisturbed")
    steps = killer.steps(f"killed_work:{killed.work}", str(undisturbed.root))
    first: dict[str, int] = {}
    for number, step in enumerate(steps):
        first.setdefault(kind_of(step), number)
    for step, number in first.items():
        for loss in LOSSES if step.startswith(MOVES) else LOSSES[:1]:
            home = _copy(killed.home, tmp_path / "killed")
            killer.kill(f"killed_work:{killed.work}", str(home.root), at=number, loss=loss)
            try:
                killed.holds(home)
                getattr(killed_work, killed.work)(str(home.root))
                killed.holds(home)
                assert _outcome(home) == _outcome(undisturbed)
            except BaseException as error:
                error.add_note(f"killed at step {number}, {steps[number]}, {loss or 'nothing'} lost")
                raise
    return list(first)


def _copy(home: Home, root: Path) -> Home:
    for left in root.parent.glob(f"{root.name}*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    return Home(shutil.copytree(home.root, root, symlinks=True))


def _outcome(home: Home) -> set[str]:
    """Return the files that stay, by name, and by content where no time and no random number is in it."""
    stores = (home.archive, home.landing, home.registry, home.ledger, home.inbox)
    files = [path for store in stores for path in store.rglob("*") if path.is_file() and path.name != ".lock"]
    return {
        str(path.relative_to(home.root))
        + ("" if home.registry in path.parents or "chain" in path.parts else _hash(path))
        for path in files
        if not path.name.startswith(".") and "holds" not in path.parts
    }


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_landing(killer: Killer, small_extracts: Extracts, tmp_path: Path) -> None:
    """Given two deliveries with rejects and refused cells, then no file is lost and no load is half there."""
    home = make_home(tmp_path / "home")
    sent = {}
    for place in ("case_system/kent/ssd_address_*", "homelessness/E07000108/*_cases_*"):
        for path in sorted(path for path in small_extracts.inbox.glob(place) if path.suffix != ".yml")[:1]:
            target = home.inbox / path.relative_to(small_extracts.inbox)
            target.parent.mkdir(parents=True)
            for one in (path, path.with_name(f"{path.name}.meta.yml")):
                shutil.copy(one, target.with_name(one.name))
            sent[_hash(target)] = target.relative_to(home.root)

    def holds_(home: Home) -> None:
        loads = list(read_receipts(home))
        for load in loads:
            _whole(home, load)
        landed = {load.file_sha256 for load in loads}
        for digest, place in sent.items():
            waits = [path for path in (home.root / place).parent.glob("*") if path.is_file() and _hash(path) == digest]
            assert digest in landed or waits, f"{place} is lost"

    kinds = killed_at_every_step(killer, Killed("land_inbox", home, holds_), tmp_path)
    for store in ("archive", "landing/accepted", "landing/rejects", "landing/faulty_rows", "landing/receipts"):
        for act in ("write", "flush", "rename"):
            assert any(re.match(rf"{act} {store}\b", kind) for kind in kinds), f"{act} {store} was not seen"
    assert any(kind.startswith("remove inbox/") for kind in kinds)


def _whole(home: Home, load: Load) -> None:
    kept = {"accepted": load.rows_accepted, "rejects": load.rows_rejected, "refused_cells": load.cells_refused}
    for kind, rows in kept.items():
        path = parquet_of(home, kind, load)
        assert (pq.read_metadata(path).num_rows if path.is_file() else 0) == rows, f"{kind} of {load.load_id}"
    assert _hash(archived(home, load.file_sha256)) == load.file_sha256


def test_registry(killer: Killer, tmp_path: Path) -> None:
    """Judgements, holds, acceptances and links are there or not, and never half."""
    home = _upgraded(tmp_path / "home")
    shutil.rmtree(home.registry / "judgements")
    shutil.rmtree(home.registry / "holds")

    def holds_(home: Home) -> None:
        assert len(judgements.recorded(home)) in {0, 2}
        assert [one.decision for one in holds.decisions(home)] in ([], ["held"], ["held", "accepted"])
        assert len(links.decisions(home)) in {0, 1}

    kinds = killed_at_every_step(killer, Killed("decide", home, holds_), tmp_path)
    for folder in ("judgements", "holds", "links"):
        for act in ("write", "flush", "rename"):
            assert any(kind.startswith(f"{act} registry/{folder}/") for kind in kinds)


def test_ledger(killer: Killer, tmp_path: Path) -> None:
    """What the chain says was prepared, approved or issued is there as it was, and can be gone on with."""
    home = Home(tmp_path / "home")
    home.initialise()
    publish(home, killed_work.releasable(home), keep=2)

    def holds_(home: Home) -> None:
        for one in releases(home):
            one.check()
            for path in (one.folder / "packs").glob("*.html") if one.packs else ():
                assert path.read_text(encoding="utf-8").endswith("released"), "a released pack is no draft"

    kinds = killed_at_every_step(killer, Killed("release", home, holds_), tmp_path)
    for place in ("ledger/chain/", "ledger/releases/", "audit/trail/"):
        assert any(kind.startswith(f"rename {place}") for kind in kinds)


def test_publication(killer: Killer, small_home: Home, tmp_path: Path) -> None:
    """Whatever counts as good is whole, and `published` names one that is."""
    home = Home(tmp_path / "home")
    home.initialise()
    figures = {path.name: _hash(path) for path in published_build(small_home).figures.iterdir()}
    for day in (1, 2):
        build = open_build(home, inputs=[], now=datetime(2026, 10, day, tzinfo=UTC))
        shutil.copytree(published_build(small_home).figures, build.figures)
        build.mark_good({"build_id": build.build_id})
        publish(home, build, keep=2)

    def holds_(home: Home) -> None:
        good = [build for build in builds(home) if build.is_good]
        assert published_build(home).build_id in {build.build_id for build in good}
        for build in good:
            assert build.facts() == {"build_id": build.build_id}
            assert {path.name: _hash(path) for path in build.figures.iterdir()} == figures, build.build_id

    kinds = killed_at_every_step(killer, Killed("publish_another", home, holds_), tmp_path)
    assert {"rename published", "flush builds", "flush ."} <= set(kinds)
    assert any(kind.startswith("link .published") for kind in kinds)


def test_upgrade(killer: Killer, tmp_path: Path) -> None:
    """A store of the first release that is being brought forward is of the old version or of the new one."""
    home = _of_first_release(tmp_path / "home")

    def holds_(home: Home) -> None:
        assert all(1 <= number <= CURRENT[name] for name, number in formats_of(home.root).items())
        loads = list(read_receipts(home))
        assert len(loads) == 2
        for load in loads:
            _whole(home, load)
        assert len(holds.decisions(home)) == 2

    kinds = killed_at_every_step(killer, Killed("upgrade", home, holds_), tmp_path)
    assert {f"rename landing/{FILE}", f"rename registry/{FILE}"} <= set(kinds)


def _of_first_release(root: Path) -> Home:
    home = Home(root)
    home.initialise()
    for store in CURRENT:
        (root / store / FILE).unlink()
    shutil.copytree(FIRST_RELEASE, root, dirs_exist_ok=True)
    return home


def _upgraded(root: Path) -> Home:
    home = _of_first_release(root)
    killed_work.upgrade(str(root))
    return home


@pytest.mark.parametrize("loss", LOSSES[1:])
def test_the_power_cut_takes_what_was_not_flushed(killer: Killer, loss: str, tmp_path: Path) -> None:
    """Given work that flushes nothing, then a power cut takes it: the tests above can fail."""
    home = make_home(tmp_path / "home")
    (home.inbox / "old").write_text("old", encoding="utf-8")
    killer.kill("killed_work:carelessly", str(home.root), at=3, loss=loss)
    found = {path.name: path.read_text(encoding="utf-8") for path in home.inbox.iterdir()}
    assert found == ({"new": "", "moved": "old"} if loss == "contents" else {"old": "old"})
