"""The steps of a release: one person prepares it, another approves it, the packs are issued.

What belongs here: those steps, what is frozen, and what stops them. What does not: the ledger itself (`ledger`), the
pages (`pipelines.rendering`), suppression and its audit, which run with every build (`pipelines.disclosure`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from pipelines import project_files
from pipelines.disclosure.attacker.documents import require_nothing_told
from pipelines.durable import PRIVATE, make_folder, sync, sync_tree, write_durably
from pipelines.protection import trail
from pipelines.release.editions import RELEASED, require_no_identifier
from pipelines.release.identifiers import Identifiers
from pipelines.release.ledger import (
    APPROVED,
    EVENTS,
    FIGURES,
    ISSUED,
    MANIFEST,
    PACKS,
    PREPARED,
    STANDING,
    Release,
    chain_of,
    release_named,
    released,
    releases,
    sha256,
)
from pipelines.settings import Home
from pipelines.warehouse.build import Build
from pipelines.warehouse.database import open_for_reading

# Files of a build's figures that are of a higher edition than the key's.
HIGHER = {"public": ("internal", "restricted"), "internal": ("restricted",)}
CODE = {".py", ".sql", ".yml", ".csv", ".qmd", ".typ", ".css", ".html", ".json"}


class NotReleasableError(Exception):
    """A release cannot be made as asked; the text says what to do first."""


class SamePersonError(Exception):
    """Who prepared a release wanted to approve it."""


class RenderPacks(Protocol):
    """Renders the packs of a folder that looks like a build's, and returns the files made."""

    def __call__(self, frozen: Path, out: Path, *, edition: str) -> Sequence[Path]:
        """Render into `out`."""


def prepare(  # noqa: PLR0913 - what a release is made of
    home: Home,
    build: Build,
    quarter: str,
    edition: str,
    *,
    actor: str,
    latest_quarter: str,
    identifiers: Identifiers,
    now: datetime | None = None,
) -> Release:
    """Freeze the figures of the published build as the next release of a quarter and edition.

    Args:
        home: The home.
        build: The published build.
        quarter: As `2026-27-Q1`.
        edition: `internal` or `public`.
        actor: Who prepares it.
        latest_quarter: The latest whole quarter of the build, which is the one that its packs are about.
        identifiers: What must not stand in it.
        now: The clock, UTC.

    Raises:
        NotReleasableError: The build is about another quarter, or was suppressed without knowing every release.
        RestrictedValueError: An identifier stands in what would be released.
    """
    if edition not in RELEASED:
        raise NotReleasableError(f"There is no edition {edition!r} to release. There are: {', '.join(RELEASED)}.")
    if quarter != latest_quarter:
        raise NotReleasableError(
            f"The published build's packs are about {latest_quarter}, not {quarter}. To release an earlier quarter, "
            "refresh with LASTING_HOMES_AS_KNOWN_AT set to a day after it and before the next one ended."
        )
    facts = build.facts()
    known = [one.name for one in released(home, edition)]
    _require_known(edition, known, facts)
    number = 1 + sum((one.quarter, one.edition) == (quarter, edition) for one in releases(home))
    name = f"{quarter}_{edition}_{number}"
    folder = home.ledger / "releases" / name
    draft = folder.with_name(f".{name}")
    for left_over in (folder, draft):
        shutil.rmtree(left_over, ignore_errors=True)  # by a run that was killed: without an entry it is no release
    make_folder(draft / FIGURES)
    for path in sorted(build.figures.iterdir()):
        if path.is_file() and not path.name.startswith(HIGHER[edition]):
            shutil.copyfile(path, draft / FIGURES / path.name)
    if edition == "internal":
        shutil.copyfile(build.analyst, draft / f"analyst_{quarter}_{edition}.duckdb")
    require_no_identifier([draft], identifiers)
    manifest = {
        "release": name,
        "quarter": quarter,
        "edition": edition,
        "build_id": build.build_id,
        "as_known_at": facts["as_known_at"],
        "generation": facts.get("generation"),
        "as_at": facts["as_at"],
        "earlier_releases": known,
        "inputs": _inputs(build.warehouse),
        "configuration": facts.get("configuration_hash"),
        "code": code_hash(),
        "definitions": _hash_of_files(project_files.dbt_project() / "seeds"),
        "outputs": {
            path.relative_to(draft).as_posix(): sha256(path) for path in sorted(draft.rglob("*")) if path.is_file()
        },
    }
    _write_events(build.warehouse, draft / EVENTS)
    write_durably(draft / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    sync_tree(draft)
    draft.rename(folder)
    sync(folder.parent)
    details = {"release": name, "quarter": quarter, "edition": edition, "manifest": sha256(folder / MANIFEST)}
    chain_of(home).append(PREPARED, details, actor=actor, at=now)
    trail.record(home, PREPARED, {"release": name}, at=now)
    return release_named(home, name)


def approve(home: Home, name: str, *, actor: str, now: datetime | None = None) -> Release:
    """Approve a prepared release: from here on its figures are released. Return it.

    Raises:
        LedgerError: There is no such release, or its files are not what was prepared.
        SamePersonError: The actor prepared it.
        NotReleasableError: It was approved already, a newer one of its quarter was prepared, or another release came
            between, of which its suppression does not know.
    """
    release = release_named(home, name)
    release.check()
    if release.is_released:
        raise NotReleasableError(f"{name} was approved by {release.approved_by} already.")
    if actor == release.prepared_by:
        raise SamePersonError(
            f"{name} was prepared by {actor}, so somebody else must approve it. They log in with their own account and "
            f"run: lasting-homes release {release.quarter} --edition {release.edition} --approve"
        )
    siblings = [one for one in releases(home) if (one.quarter, one.edition) == (release.quarter, release.edition)]
    if siblings[-1].name != name:
        raise NotReleasableError(f"{siblings[-1].name} was prepared after {name}. Approve that one instead.")
    _require_known(
        release.edition,
        [one.name for one in released(home, release.edition)],
        {"earlier_releases": {release.edition: release.manifest()["earlier_releases"]}},
    )
    chain_of(home).append(APPROVED, {"release": name, "manifest": release.manifest_hash}, actor=actor, at=now)
    trail.record(home, "released", {"release": name}, at=now)
    return _stand(release_named(home, name))


def _stand(release: Release) -> Release:
    """Write beside the figures that they are released, which makes packs of them no drafts; return the release."""
    if release.approved_at is not None:
        standing = {
            "release": release.name,
            "approved_on": release.approved_at.date().isoformat(),
            "ledger": release.approval,
        }
        write_durably(release.folder / STANDING, json.dumps(standing, indent=1) + "\n")
    return release


def issue(home: Home, name: str, render: RenderPacks, *, actor: str, identifiers: Identifiers) -> Release:
    """Render the packs of an approved release from its frozen figures, and enter their hashes into the ledger.

    Raises:
        NotReleasableError: It was not approved.
        RestrictedValueError: An identifier stands in a pack; nothing was issued.
        DocumentsTellError: A public pack prints what the released figures hide; nothing was issued.
    """
    release = release_named(home, name)
    if not release.is_released:
        raise NotReleasableError(f"{name} was not approved yet, so its packs are drafts.")
    release.check()
    _stand(release)  # again, in case its approval was cut off before this
    draft, out = release.folder / f".{PACKS}", release.folder / PACKS
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=PRIVATE)
    try:
        made = [path for path in render(release.folder, draft, edition=release.edition) if path.is_file()]
        require_no_identifier(made, identifiers)
        if release.edition == "public":
            require_nothing_told(made, release.figures, release.folder / FIGURES / "labels.parquet")
        make_folder(out)
        for path in sorted(draft.iterdir()):
            path.replace(out / path.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    sync_tree(out)
    hashes = {path.name: sha256(path) for path in sorted(out.iterdir()) if path.is_file()}
    chain_of(home).append(ISSUED, {"release": name, "packs": hashes}, actor=actor)
    return release_named(home, name)


def waiting(home: Home, quarter: str, edition: str) -> Release:
    """Return the newest release of a quarter and edition; raises NotReleasableError when none was prepared."""
    found = [one for one in releases(home) if (one.quarter, one.edition) == (quarter, edition)]
    if not found:
        raise NotReleasableError(
            f"Nothing was prepared for {quarter}, {edition}. First: lasting-homes release {quarter} --edition {edition}"
        )
    return found[-1]


def _require_known(edition: str, known: Sequence[str], facts: dict[str, Any]) -> None:
    """Refuse figures that were suppressed and audited without everything released so far."""
    suppressed_with = (facts.get("earlier_releases") or {}).get(edition, [])
    if edition == "public" and sorted(suppressed_with) != sorted(known):
        unknown = sorted(set(known) ^ set(suppressed_with))
        raise NotReleasableError(
            f"These figures were suppressed without regard to {', '.join(unknown)}, which was released since. Two "
            "releases could be subtracted from each other. Run lasting-homes refresh, then prepare again."
        )


def _inputs(warehouse: Path) -> dict[str, Any]:
    """Return the hash over every load that the build read: its id and the hash of its file."""
    with open_for_reading(warehouse) as connection:
        loads = connection.execute("select load_id, file_sha256 from landing.load order by load_id").fetchall()
    lines = "".join(f"{load_id} {digest}\n" for load_id, digest in loads)
    return {"loads": len(loads), "sha256": hashlib.sha256(lines.encode("ascii")).hexdigest()}


def _write_events(warehouse: Path, path: Path) -> None:
    """Keep the events behind the figures, by person key: what later figures are compared with, to say why they differ.

    It stays with the restricted data of the home and loses whoever is erased.
    """
    with open_for_reading(warehouse) as connection:
        rows = connection.execute(
            "select distinct measure_id, authority, area_code, person_key, start_date, end_date, quantity, "
            "in_numerator, record_id from marts.measure_event order by all"
        ).pl()
    rows.write_parquet(path)
    path.chmod(0o600)


def code_hash() -> str:
    """Return one hash over the program: Python, SQL, contracts, seeds and the sources of the packs."""
    return _hash_of_files(Path(__file__).parents[1], project_files.dbt_project(), project_files.reports())


def _hash_of_files(*folders: Path) -> str:
    """Return one hash over the program's files below some folders, by relative path."""
    digest = hashlib.sha256()
    for number, folder in enumerate(folders):
        for path in sorted(_program_files(folder)):
            digest.update(f"{number} {path.relative_to(folder).as_posix()} {sha256(path)}\n".encode())
    return digest.hexdigest()


def _program_files(folder: Path) -> Iterable[Path]:
    left_out = {"__pycache__", "target", "logs"}
    return (
        path
        for path in folder.rglob("*")
        if path.suffix in CODE and path.is_file() and not left_out.intersection(path.relative_to(folder).parts)
    )
