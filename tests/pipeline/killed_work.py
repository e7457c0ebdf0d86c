"""The pieces of work that tests kill, each a function of a home's folder; they run in the forks of `killing.Killer`.

What belongs here: doing the work as the pipeline does it. What does not: killing it, looking at what is left.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from pipelines.contracts import load_contracts
from pipelines.identity import decisions as links
from pipelines.lake.of_home import publish_home
from pipelines.landing import land
from pipelines.landing.store import read_receipts
from pipelines.refresh import Refresh, run_stages
from pipelines.release.identifiers import Identifiers
from pipelines.release.ledger import releases
from pipelines.release.releasing import approve, issue, prepare
from pipelines.settings import Home, Settings
from pipelines.upgrades import bring_forward
from pipelines.warehouse import holds, judgements
from pipelines.warehouse.build import Build, discard_half_builds, open_build
from pipelines.warehouse.publish import publish, published_build

NOW = datetime(2026, 10, 20, 6, tzinfo=UTC)
CONTRACTS = load_contracts()
NOBODY = Identifiers(frozenset(), frozenset(), frozenset(), frozenset(), frozenset())


def land_inbox(root: str) -> None:
    """Land what lies in the inbox."""
    land(Home(Path(root)), CONTRACTS, now=NOW, settle_seconds=0)


def decide(root: str) -> None:
    """Enter into the registry what the checks found, a hold, its acceptance, and an answer about two records."""
    home = Home(Path(root))
    loads = list(read_receipts(home))
    found = [{"load_id": load.load_id, "generation": load.generation, "failed": []} for load in loads]
    if not judgements.recorded(home):
        judgements.record(home, found, NOW)
    for decision in ("held", "accepted"):
        if decision not in {one.decision for one in holds.decisions(home)}:
            record = holds.HoldDecision(loads[0].load_id, decision, datetime.now(UTC), "a.person", "Looked at.")  # type: ignore[arg-type]
            holds.record(home, record)
    if not links.decisions(home):
        one, other = links.RecordRef("homelessness", "cases", "E07000108", "H1"), links.RecordRef.case_id("kent", "7")
        links.record(home, [links.LinkDecision(one, other, "same", NOW, "a.person", "The same name.")])


def release(root: str) -> None:
    """Prepare, approve and issue the newest quarter of the published build, from wherever that had come to."""
    home = Home(Path(root))
    quarter = "2026-27-Q1"
    if not releases(home):
        prepare(
            home,
            published_build(home),
            quarter,
            "public",
            actor="ann",
            latest_quarter=quarter,
            identifiers=NOBODY,
            now=NOW,
        )
    (one,) = releases(home)
    if not one.is_released:
        approve(home, one.name, actor="ben", now=NOW)
    if not one.packs:
        issue(home, one.name, _page, actor="ben", identifiers=NOBODY)


def releasable(home: Home, now: datetime = NOW) -> Build:
    """Return a good build of two figures, published by nobody."""
    build = open_build(home, inputs=[], now=now)
    build.figures.mkdir()
    for edition in ("internal", "public"):
        rows = pl.DataFrame({"measure_id": ["bnb_nights"] * 2, "value": [12.0, 7.0], "edition": [edition] * 2})
        rows.write_parquet(build.figures / f"{edition}.parquet")
    with duckdb.connect(str(build.warehouse)) as warehouse:
        warehouse.execute("create schema marts; create schema landing")
        warehouse.execute("create table landing.load as select 'l1' as load_id, 'aa' as file_sha256")
        warehouse.execute(
            "create table marts.measure_event as select 'bnb_nights' as measure_id, 'kent' as authority, "
            "'E07000106' as area_code, 'key1' as person_key, date '2026-05-10' as start_date, "
            "date '2026-05-17' as end_date, 7 as quantity, null as in_numerator, 'r1' as record_id"
        )
    duckdb.connect(str(build.analyst)).close()
    facts = {"as_known_at": NOW.isoformat(), "generation": 1, "as_at": "2026-06-30", "configuration_hash": "c"}
    build.mark_good({**facts, "build_id": build.build_id, "earlier_releases": {"public": []}})
    return build


def _page(frozen: Path, out: Path, *, edition: str) -> list[Path]:
    """Render as little as shows whether the figures and their status are those of the release."""
    figures = pl.read_parquet(frozen / "figures" / f"{edition}.parquet").height
    path = out / f"khog_{edition}.html"
    path.write_text(f"{figures} {'released' if (frozen / 'release.json').exists() else 'DRAFT'}", "utf-8")
    return [path]


def publish_another(root: str) -> None:
    """Make a build of the published one's figures, find it good, publish it and remove what is surplus."""
    home = Home(Path(root))
    discard_half_builds(home)
    build = open_build(home, inputs=[], now=datetime.now(UTC))
    shutil.copytree(published_build(home).figures, build.figures)
    build.mark_good({"build_id": build.build_id})
    publish(home, build, keep=2)


def carelessly(root: str) -> None:
    """Write, move and write again without flushing anything."""
    inbox = Home(Path(root)).inbox
    (inbox / "new").write_text("new", encoding="utf-8")
    (inbox / "old").rename(inbox / "moved")
    (inbox / "new").write_text("newer", encoding="utf-8")
    (inbox / "new").unlink()


def upgrade(root: str) -> None:
    """Bring the stores forward."""
    bring_forward(Home(Path(root)))


def refresh(root: str) -> None:
    """Run every stage."""
    run_stages(Refresh(Settings.of_home(Path(root), settle_seconds=0)))


def refresh_into_lake(root: str) -> None:
    """Run every stage, then put the published build into the lake that the home's settings name."""
    refresh(root)
    publish_home(Settings.of_home(Path(root)))
