"""Warehouses as known at a moment, beside the published build and never in its place.

What belongs here: what is known at a moment, finding a kept build of the same knowledge, else building one in a folder
of its own. What does not: comparing (`figures`).

A scratch build needs no lock of the home: it reads the landing and the registry, which only grow, in one generation and
up to one moment. It stands in `.compare.<random>` of the home, outside `builds`, where a refresh that runs meanwhile
would take it for its own half build.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipelines.identity import Linker
from pipelines.identity import decisions as link_decisions
from pipelines.identity.decisions import LinkDecision
from pipelines.landing.as_known import known_loads
from pipelines.landing.store import current_generation
from pipelines.progress import Progress, silent
from pipelines.refresh import NothingLandedError, Refresh, configured_linker
from pipelines.settings import LONDON, Home, HomeNotFoundError, Settings
from pipelines.warehouse.build import builds
from pipelines.warehouse.database import open_for_reading
from pipelines.warehouse.dbt import ParsedProject
from pipelines.warehouse.holds import HoldDecision, held
from pipelines.warehouse.holds import decisions as hold_decisions
from pipelines.warehouse.invariants import dbt_passed, require
from pipelines.warehouse.lock import HomeIsBusyError, only_one

PREFIX = ".compare."


@dataclass(frozen=True)
class Knowledge:
    """What a build as known at a moment is made of; equal knowledge gives equal figures.

    Attributes:
        moment: The moment, UTC.
        generation: The generation of the landing that is read.
        loads: The ids of the loads that are used.
        links: The decisions about who is who taken by then.
        held: The decision that keeps each load back that is known and not used.
    """

    moment: datetime = field(compare=False)
    generation: int
    loads: frozenset[str]
    links: tuple[LinkDecision, ...]
    held: tuple[HoldDecision, ...] = field(compare=False)


def knowledge_at(settings: Settings, moment: datetime) -> Knowledge:
    """Return what is known in the settings' home at a moment (UTC).

    Raises NothingLandedError when nothing had been received by then.
    """
    home = settings.folders
    generation = settings.generation or current_generation(home)
    known = known_loads(home, moment, generation=generation)
    if not known:
        raise NothingLandedError(
            f"Nothing had been received in {home.root} by {moment.astimezone(LONDON):%d.%m.%Y, %H:%M}, so there are no "
            "figures of that day to compare. Ask for a later day."
        )
    taken = hold_decisions(home)
    kept_back = held(known, taken, moment)
    return Knowledge(
        moment,
        generation,
        frozenset(load.load_id for load in known) - kept_back,
        tuple(link_decisions.decisions(home, moment)),
        tuple({one.load_id: one for one in taken if one.load_id in kept_back}.values()),
    )


@contextmanager
def warehouses_as_known(
    settings: Settings,
    wanted: Sequence[Knowledge],
    *,
    linker: Linker | None = None,
    project: ParsedProject | None = None,
    progress: Progress = silent,
) -> Iterator[list[Path]]:
    """Give the warehouse of each knowledge for the duration of the block: of a kept build, else built for it.

    Args:
        settings: The home and its configuration; `as_known_at` is not read.
        wanted: What each warehouse is to know.
        linker: Decides who is who; that of the settings when None.
        project: The parsed dbt project; parsed into the home when None.
        progress: Hears one plain sentence per step.

    Raises:
        InvariantError: A model or a data test of a scratch build failed.
    """
    home = settings.folders
    linker = linker or configured_linker(settings)
    project = project or ParsedProject(home.dagster / "dbt")
    with ExitStack() as scratch:
        found = []
        for one in wanted:
            kept = _kept(settings, one, linker, project)
            if kept:
                progress("compare", f"as known at {one.moment.astimezone(LONDON):%d.%m.%Y}: build {kept.parent.name}")
            found.append(kept or scratch.enter_context(_built(settings, one, linker, project, progress)))
        yield found


def _kept(settings: Settings, wanted: Knowledge, linker: Linker, project: ParsedProject) -> Path | None:
    """Return the warehouse of a good build of the same knowledge, configuration and code, the newest; None without."""
    configuration = Refresh(settings, linker=linker, project=project).configuration_hash()
    for build in reversed(builds(settings.folders)):
        facts = build.facts()
        if (facts.get("configuration_hash"), facts.get("generation")) != (configuration, wanted.generation):
            continue
        moment = datetime.fromisoformat(facts["as_known_at"])
        if tuple(link_decisions.decisions(settings.folders, moment)) != wanted.links:
            continue
        with open_for_reading(build.warehouse) as warehouse:
            used = {load_id for (load_id,) in warehouse.execute("select load_id from landing.load").fetchall()}
        if used == wanted.loads:
            return build.warehouse
    return None


@contextmanager
def _built(
    settings: Settings, wanted: Knowledge, linker: Linker, project: ParsedProject, progress: Progress
) -> Iterator[Path]:
    """Build a warehouse in a folder of its own, and remove the folder at the end."""
    with _scratch_home(settings.folders) as home:
        own = settings.model_copy(
            update={"home": home.root, "as_known_at": wanted.moment, "generation": wanted.generation}
        )
        run = Refresh(own, linker=linker, project=project, progress=progress)
        run.judge_loads()
        run.link_people()
        require([dbt_passed(run.transform())])
        yield run.build.warehouse


@contextmanager
def _scratch_home(home: Home) -> Iterator[Home]:
    """Give a home with the same configuration, landing and registry, and with builds of its own, under its lock."""
    if not home.builds.is_dir():
        raise HomeNotFoundError(
            f"{home.root} is not a Lasting Homes home. Make one with: lasting-homes init --home {home.root}"
        )
    _remove_left_over(home)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home.root))
    try:
        for shared in (home.config, home.landing, home.registry):
            (folder / shared.name).symlink_to(shared)
        scratch = Home(folder)
        scratch.initialise()
        with only_one(scratch):
            yield scratch
    finally:
        shutil.rmtree(folder)


def _remove_left_over(home: Home) -> None:
    """Remove the scratch homes of comparisons that were killed: those whose lock is free."""
    for folder in home.root.glob(f"{PREFIX}*"):
        try:
            with only_one(Home(folder)):
                shutil.rmtree(folder)
        except (HomeIsBusyError, HomeNotFoundError):
            continue
