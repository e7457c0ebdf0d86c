"""`lasting-homes rollback`: publish an earlier good build again.

What belongs here: choosing the build and telling what follows. What does not: the swap (`pipelines.warehouse.publish`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from datetime import datetime
from typing import TYPE_CHECKING

from pipelines.commands.outcome import Outcome, UsageError, in_london, place, table

if TYPE_CHECKING:
    from pipelines.warehouse.build import Build


class NoSuchBuildError(UsageError):
    """There is no such good build, or none before the published one."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rollback`."""
    parser.add_argument("--to", metavar="BUILD", help="this build, or the beginning of its id; else the one before")
    parser.add_argument("--list", action="store_true", help="list the builds that can be published again")


def run(options: argparse.Namespace) -> Outcome:
    """Point `published` at an earlier good build, under the home's lock; nothing is built or lost."""
    from pipelines.settings import Settings
    from pipelines.warehouse.build import builds
    from pipelines.warehouse.lock import only_one
    from pipelines.warehouse.publish import publish, published_build

    settings = Settings.of_home(options.home)
    home = settings.folders
    now = published_build(home)
    good = [build for build in builds(home) if build.is_good]
    if options.list:
        return _listed(good, now)
    with only_one(home):
        now = published_build(home)
        good = [build for build in builds(home) if build.is_good]
        chosen = _chosen(options.to, good, now)
        publish(home, chosen, keep=settings.builds_kept)
    where = f"--home {place(home.root)}"
    text = (
        f"Published again: build {chosen.build_id} of {_built(chosen)}. It was {now.build_id}, which stays on disk.\n"
        "Packs are not rendered again, and the next refresh publishes a new build: to keep the one of now, put right "
        f"first what was wrong.\nForward again: lasting-homes rollback --to {now.build_id} {where}\n"
        f"The packs of this build: lasting-homes report {where}"
    )
    return Outcome(text, {"published": chosen.build_id, "before": now.build_id})


def _chosen(wanted: str | None, good: list[Build], now: Build) -> Build:
    earlier = [build for build in good if build.build_id < now.build_id and not build.looks_back]
    if wanted is None:
        if not earlier:
            raise NoSuchBuildError(
                f"No good build is older than the published one, {now.build_id}. How many stay is set by `builds_kept`."
            )
        return earlier[-1]
    found = [build for build in good if build.build_id.startswith(wanted)]
    if len(found) != 1:
        ids = ", ".join(build.build_id for build in good)
        raise NoSuchBuildError(f"{wanted!r} is the beginning of {len(found)} good builds. There are: {ids}.")
    return found[0]


def _listed(good: list[Build], now: Build) -> Outcome:
    rows = [
        (one.build_id, _built(one), _known(one), "published" if one.build_id == now.build_id else "") for one in good
    ]
    return Outcome(
        table(("build", "built", "as known", ""), rows),
        {"builds": [one.build_id for one in good], "published": now.build_id},
    )


def _known(build: Build) -> str:
    return in_london(build.facts()["as_known_at"]) if build.looks_back else "then"


def _built(build: Build) -> str:
    return in_london(datetime.fromisoformat(build.facts()["built_at"]))
