"""A release: one prepares, another approves, the packs are issued, and what was released can be proved."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from frozen import EVENTS, QUARTER, Event, a_build, render_a_page

from pipelines.protection import trail
from pipelines.protection.chain import ChainBrokenError
from pipelines.release.editions import RestrictedValueError
from pipelines.release.identifiers import Identifiers
from pipelines.release.ledger import LedgerError, Release, chain_of, released, released_figures, releases
from pipelines.release.rebuilding import Rebuilt, rebuild
from pipelines.release.releasing import NotReleasableError, SamePersonError, approve, issue, prepare, waiting
from pipelines.release.restatements import restated
from pipelines.release.verifying import NotReleasedError, verify_all, verify_file
from pipelines.settings import Home
from pipelines.warehouse.build import Build

NOBODY = Identifiers(frozenset(), frozenset(), frozenset(), frozenset(), frozenset())
ZEPHINA = Identifiers(frozenset({"zephina"}), frozenset(), frozenset(), frozenset(), frozenset())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.initialise()
    return home


def prepared(home: Home, build: Build, edition: str = "public", identifiers: Identifiers = NOBODY) -> Release:
    return prepare(home, build, QUARTER, edition, actor="ann", latest_quarter=QUARTER, identifiers=identifiers)


def issued(home: Home, build: Build, edition: str = "public") -> Release:
    release = approve(home, prepared(home, build, edition).name, actor="ben")
    return issue(home, release.name, render_a_page, actor="ben", identifiers=NOBODY)


def test_who_prepared_cannot_approve_and_somebody_else_can(home: Home) -> None:
    release = prepared(home, a_build(home))
    assert (release.name, release.is_released) == ("2026-27-Q1_public_1", False)
    assert released_figures(home) == []
    with pytest.raises(SamePersonError, match="somebody else must approve it"):
        approve(home, release.name, actor="ann")
    assert not waiting(home, QUARTER, "public").is_released
    approved = approve(home, release.name, actor="ben")
    assert (approved.prepared_by, approved.approved_by) == ("ann", "ben")
    assert released_figures(home) == [approved.figures]
    assert [one.action for one in trail.trail_of(home).entries()] == ["prepared", "released"]


def test_the_public_release_holds_nothing_of_the_internal_edition(home: Home) -> None:
    build = a_build(home)
    public, internal = prepared(home, build), prepared(home, build, "internal")
    assert {path for path in public.manifest()["outputs"] if "internal" in path or "analyst" in path} == set()
    assert {"figures/internal.parquet", f"analyst_{QUARTER}_internal.duckdb"} <= set(internal.manifest()["outputs"])
    assert {"inputs", "code", "definitions", "configuration", "as_known_at"} <= set(public.manifest())


def test_an_issued_pack_prints_the_ledger_and_is_proved(home: Home) -> None:
    release = issued(home, a_build(home))
    pack = release.folder / "packs" / "khog_public.html"
    text = pack.read_text("utf-8")
    assert "DRAFT" not in text
    assert release.approval == chain_of(home).entries()[1].hash
    assert str(release.approval) in text
    proved = verify_file(home, pack)
    assert (proved.release.name, proved.name) == (release.name, "packs/khog_public.html")
    assert verify_file(home, release.figures).name == "figures/public.parquet"
    assert [one.name for one, _ in verify_all(home)] == [release.name]


def test_a_draft_a_changed_pack_and_a_rewritten_ledger_are_told_apart(home: Home, tmp_path: Path) -> None:
    release = issued(home, a_build(home))
    pack = release.folder / "packs" / "khog_public.html"
    draft = tmp_path / "draft.html"
    render = tmp_path / "made"
    render.mkdir()
    shutil.copytree(release.folder / "figures", tmp_path / "build" / "figures")
    draft = render_a_page(tmp_path / "build", render, edition="public")[0]
    assert "DRAFT" in draft.read_text("utf-8")
    with pytest.raises(NotReleasedError, match="never released"):
        verify_file(home, draft)
    changed = tmp_path / "changed.html"
    changed.write_text(pack.read_text("utf-8").replace("2.0", "3.0"), "utf-8")
    with pytest.raises(NotReleasedError, match="its bytes are not those that were issued"):
        verify_file(home, changed)
    # Given a ledger that was written anew from its first entry, then the pack of before betrays it.
    kept = tmp_path / "kept.html"
    shutil.copyfile(pack, kept)
    shutil.rmtree(home.ledger)
    home.ledger.mkdir()
    issued(home, a_build(home, EVENTS[:1], at="2026-07-03T06:00:00+00:00"))
    assert verify_all(home)
    with pytest.raises(NotReleasedError, match="not in this ledger"):
        verify_file(home, kept)


def test_a_changed_figure_or_entry_stops_everything(home: Home) -> None:
    release = issued(home, a_build(home))
    csv = release.folder / "figures" / "public.csv"
    csv.write_text(csv.read_text("utf-8").replace("2.0", "3.0"), "utf-8")
    with pytest.raises(LedgerError, match=r"figures/public\.csv of 2026-27-Q1_public_1 is not what was released"):
        released_figures(home)
    entry = home.ledger / "chain" / "00000002.json"
    entry.write_text(entry.read_text("utf-8").replace('"ben"', '"eve"'), "utf-8")
    with pytest.raises(ChainBrokenError, match="entry 2"):
        releases(home)


def test_another_quarter_than_the_builds_is_not_released(home: Home) -> None:
    build = a_build(home)
    with pytest.raises(NotReleasableError, match="packs are about 2026-27-Q2"):
        prepare(home, build, QUARTER, "public", actor="ann", latest_quarter="2026-27-Q2", identifiers=NOBODY)


def test_figures_that_do_not_know_a_release_are_neither_prepared_nor_approved(home: Home) -> None:
    """Given a second build that was suppressed before the first release was approved, it cannot follow it."""
    first = prepared(home, a_build(home))
    late = a_build(home, EVENTS[:1], at="2026-07-03T06:00:00+00:00")
    second = prepared(home, late)
    with pytest.raises(NotReleasableError, match="2026-27-Q1_public_2 was prepared after"):
        approve(home, first.name, actor="ben")
    approve(home, second.name, actor="ben")
    with pytest.raises(NotReleasableError, match=r"without regard to 2026-27-Q1_public_2.*refresh"):
        prepared(home, late)
    knowing = a_build(home, EVENTS[:1], known=[second.name], at="2026-07-04T06:00:00+00:00")
    third = prepared(home, knowing)
    assert approve(home, third.name, actor="ben").is_released
    assert [one.name for one in released(home, "public")] == [second.name, third.name]


def test_nothing_with_an_identifier_is_frozen_or_issued(home: Home) -> None:
    build = a_build(home)
    (build.figures / "commentary.json").write_text(json.dumps({"text": "Zephina moved."}), "utf-8")
    with pytest.raises(RestrictedValueError, match=r"commentary\.json"):
        prepared(home, build, identifiers=ZEPHINA)
    assert releases(home) == []

    def careless(frozen: Path, out: Path, *, edition: str) -> Sequence[Path]:
        pages = render_a_page(frozen, out, edition=edition)
        pages[0].write_text("<p>Zephina</p>", "utf-8")
        return pages

    (build.figures / "commentary.json").unlink()
    release = approve(home, prepared(home, build).name, actor="ben")
    with pytest.raises(RestrictedValueError, match=r"khog_public\.html"):
        issue(home, release.name, careless, actor="ben", identifiers=ZEPHINA)
    assert not (release.folder / "packs").exists()
    assert waiting(home, QUARTER, "public").packs is None


@pytest.mark.parametrize(
    ("later", "version", "value", "reason"),
    [
        ((*EVENTS, ("r4", "key4", "2026-06-01")), "1", 3.0, "late record"),
        ((EVENTS[0], ("r2", "key2", "2026-08-10"), EVENTS[2]), "1", 1.0, "correction"),
        (
            (("r1", "key1", "2026-08-10"), EVENTS[1], ("r5", "k", "2026-04-02"), ("r6", "k", "2026-04-03")),
            "1",
            3.0,
            "late record and correction",
        ),
        (EVENTS[1:], "2", 1.0, "definition"),
    ],
)
def test_a_later_figure_stands_beside_the_released_one_with_the_reason(
    home: Home, later: Sequence[Event], version: str, value: float, reason: str
) -> None:
    release = issued(home, a_build(home))
    build = a_build(home, later, version=version, at="2026-10-02T06:00:00+00:00")
    (row,) = restated(released(home, "public"), build, "public").to_dicts()
    assert (row["period_label"], row["release"]) == (QUARTER, release.name)
    assert (row["released_value"], row["value"], row["reason"]) == (2.0, value, reason)


def test_equal_figures_and_running_quarters_are_no_restatement(home: Home) -> None:
    issued(home, a_build(home))
    more = (*EVENTS, ("r7", "key7", "2026-09-01"))
    build = a_build(home, more, at="2026-10-02T06:00:00+00:00")
    assert restated(released(home, "public"), build, "public").is_empty()


def test_a_rebuild_says_equal_or_how_many_differ_and_how_many_were_erased(home: Home) -> None:
    release = issued(home, a_build(home))

    def of(*events: Event) -> Rebuilt:
        def build(beside: Home, asked: Release) -> Path:
            assert (beside.landing / ".probe").read_text("ascii") == "the home's own"
            assert asked.name == release.name
            return a_build(beside, events).figures

        (home.landing / ".probe").write_text("the home's own", "ascii")
        return rebuild(home, release, build)

    same = of(*EVENTS)
    assert (same.is_equal, same.figures, same.erased, same.same_program) == (True, 2, 0, True)
    (home.registry / "erasures").mkdir()
    (home.registry / "erasures" / "000001.json").write_text('{"at": "2999-01-01T00:00:00+00:00"}', "utf-8")
    other = of(*EVENTS[1:])
    assert (other.is_equal, other.differing, other.erased) == (False, 1, 1)
    assert not list(home.root.glob(".rebuild-*"))
    assert (home.landing / ".probe").is_file()
