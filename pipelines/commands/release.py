"""`lasting-homes release QUARTER`: freeze a quarter's figures, approve them, issue the packs.

What belongs here: the options and what is said. What does not: the steps (`pipelines.release.releasing`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands.outcome import Outcome, UsageError, count, in_london, place
from pipelines.commands.report import FORMATS

if TYPE_CHECKING:
    from pipelines.release.identifiers import Identifiers
    from pipelines.release.ledger import Release
    from pipelines.settings import Home


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `release`."""
    parser.add_argument("quarter", nargs="?", metavar="2026-27-Q1", help="the quarter; without it, list the releases")
    parser.add_argument("--edition", choices=["public", "internal"], default="public", help="which edition (public)")
    parser.add_argument(
        "--approve", action="store_true", help="approve what somebody else prepared, and issue its packs"
    )
    parser.add_argument(
        "--rebuild", metavar="RELEASE", help="build a past release again from landing, and compare its figures"
    )
    parser.add_argument(
        "--format", action="append", choices=FORMATS, help="of the issued packs; all of them without it"
    )


def run(options: argparse.Namespace) -> Outcome:
    """Prepare or approve a release as whoever is logged in; list the releases when no quarter is given."""
    from pipelines.commands.trace import quarter
    from pipelines.settings import HomeNotFoundError, Settings

    home = Settings.of_home(options.home).folders
    if not home.ledger.is_dir():
        raise HomeNotFoundError(
            f"{home.root} is not a Lasting Homes home. Make one with: lasting-homes init --home {home.root}"
        )
    if options.rebuild is not None:
        return _rebuilt(home, options.rebuild)
    if options.quarter is None:
        if options.approve:
            raise UsageError("Say which quarter is approved, for example: lasting-homes release 2026-27-Q1 --approve")
        return _listed(home)
    quarter(options.quarter)
    return _approved(home, options) if options.approve else _prepared(home, options)


def _prepared(home: Home, options: argparse.Namespace) -> Outcome:
    from pipelines.protection.actor import account
    from pipelines.release.releasing import prepare
    from pipelines.warehouse.publish import published_build

    build = published_build(home)
    release = prepare(
        home,
        build,
        options.quarter,
        options.edition,
        actor=account(),
        latest_quarter=_latest_quarter(build.folder, options.edition),
        identifiers=_identifiers(home),
    )
    text = (
        f"Prepared {release.name} of build {build.build_id} by {release.prepared_by}: its figures are frozen in "
        f"{place(release.folder)}.\n"
        f"Nothing is released yet. Somebody else reads the drafts (lasting-homes report --edition {release.edition}) "
        f"and, with their own account, runs: lasting-homes release {release.quarter} --edition {release.edition} "
        "--approve"
    )
    return Outcome(text, _data(release))


def _latest_quarter(build: Path, edition: str) -> str:
    """Return the quarter that the packs are about; of several authorities that of the one furthest behind."""
    import polars as pl

    from pipelines.rendering.story.figures import load_figures

    authorities = pl.read_parquet(build / "figures" / f"{edition}.parquet", columns=["authority"])["authority"].unique()
    return min(load_figures(build, authority=one, edition=edition).current_quarter.label for one in authorities)


def _approved(home: Home, options: argparse.Namespace) -> Outcome:
    from pipelines.progress import to_standard_error
    from pipelines.protection.actor import account
    from pipelines.release.releasing import approve, issue, waiting
    from pipelines.rendering import ALL, render

    release = waiting(home, options.quarter, options.edition)
    if not release.is_released:
        release = approve(home, release.name, actor=account())

    def render_packs(frozen: Path, out: Path, *, edition: str) -> Sequence[Path]:
        formats = options.format or FORMATS
        render(frozen, out, packs=ALL, formats=formats, edition=edition, progress=to_standard_error())
        return sorted(out.iterdir())

    release = issue(home, release.name, render_packs, actor=account(), identifiers=_identifiers(home))
    packs = release.packs or {}
    lines = [
        f"Released {release.name}: prepared by {release.prepared_by}, approved by {release.approved_by}.",
        f"Its entry in the ledger is {release.approval}, which each pack prints.",
        *(f"  {place(release.folder / 'packs' / name)}" for name in packs),
    ]
    return Outcome("\n".join(lines), _data(release))


def _rebuilt(home: Home, name: str) -> Outcome:
    from dataclasses import asdict
    from datetime import datetime

    from pipelines.progress import to_standard_error
    from pipelines.refresh import Refresh, configured_linker
    from pipelines.release.ledger import release_named
    from pipelines.release.rebuilding import rebuild
    from pipelines.settings import Settings
    from pipelines.warehouse.dbt import ParsedProject

    def build(beside: Home, release: Release) -> Path:
        manifest = release.manifest()
        settings = Settings.of_home(
            beside.root,
            as_known_at=datetime.fromisoformat(manifest["as_known_at"]),
            generation=manifest["generation"],
        )
        run = Refresh(
            settings,
            linker=configured_linker(settings),
            project=ParsedProject(home.dagster / "dbt"),
            progress=to_standard_error(),
            compares=False,
        )
        # As it was: releases approved since are not known to it, whatever the clock of its receipts says.
        run.earlier_releases = [release_named(home, one) for one in manifest["earlier_releases"]]
        run.judge_loads()
        run.link_people()
        run.transform()
        run.disclose()
        return run.build.figures

    found = rebuild(home, release_named(home, name), build)
    if found.is_equal:
        text = f"{name} comes out equal: {count(found.figures, 'figure')}, from landing as known then."
    else:
        text = f"{name}: {found.differing:,} of {count(found.figures, 'figure')} come out otherwise."
    if found.erased:
        text += f" {count(found.erased, 'person', 'people')} erased since it was prepared."
    if not found.same_program:
        text += " The program is not the one that made the release: check out that version to compare like with like."
    explained = found.is_equal or found.erased > 0
    return Outcome(text, {**asdict(found), "equal": found.is_equal}, 0 if explained else 1)


def _listed(home: Home) -> Outcome:
    from pipelines.release.ledger import releases

    found = releases(home)
    lines = [f"{count(len(found), 'release')} in {place(home.ledger)}."]
    for one in found:
        prepared = f"prepared by {one.prepared_by} on {in_london(one.prepared_at)}"
        approved = (
            f"approved by {one.approved_by} on {in_london(one.approved_at)}"
            if one.approved_at is not None
            else "not approved"
        )
        lines.append(f"  {one.name}: {prepared}, {approved}, {count(len(one.packs or {}), 'file')} issued")
    return Outcome("\n".join(lines), {"releases": [_data(one) for one in found]})


def _identifiers(home: Home) -> Identifiers:
    from pipelines.contracts import load_contracts
    from pipelines.release.identifiers import identifiers_of
    from pipelines.warehouse.publish import published_build

    return identifiers_of(home, load_contracts(home.config / "contracts"), warehouse=published_build(home).warehouse)


def _data(release: Release) -> dict[str, object]:
    return {
        "release": release.name,
        "folder": str(release.folder),
        "prepared_by": release.prepared_by,
        "approved_by": release.approved_by,
        "ledger": release.approval,
        "packs": dict(release.packs or {}),
    }
