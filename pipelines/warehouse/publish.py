"""The swap: one rename makes a good build the published one.

What belongs here: the link `published` and the retention of older builds. What does not: deciding that a build is good.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from pipelines.durable import sync, sync_tree
from pipelines.settings import Home
from pipelines.warehouse.build import Build, retain


class NothingPublishedError(Exception):
    """The home has no published build yet."""


class BuildNotGoodError(Exception):
    """A build was about to be published although its invariants had not been recorded as holding."""


def published_build(home: Home) -> Build:
    """Return the published build.

    Raises NothingPublishedError when there is none.
    """
    if not home.published.exists():
        raise NothingPublishedError(
            f"{home.root} has no published build yet. Put extracts into {home.inbox} and run: "
            f"lasting-homes refresh --home {home.root}"
        )
    folder = home.published.resolve()
    return Build(folder.name, folder)


def publish(home: Home, build: Build, *, keep: int, reached: Callable[[str], None] = lambda _: None) -> list[str]:
    """Point `published` at the build and remove surplus older builds; return the ids of those removed.

    Everything in the build reaches the disk before the link does. `reached` hears the name of each durable step.

    Raises BuildNotGoodError when the build was never marked good.
    """
    if not build.is_good:
        raise BuildNotGoodError(f"Build {build.build_id} has no record that its invariants held; it stays unpublished.")
    sync_tree(build.folder)
    sync(home.builds)
    reached("build_on_disk")
    temporary = home.root / f".published.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(os.path.relpath(build.folder, home.root))
    reached("link_made")
    temporary.replace(home.published)
    sync(home.root)
    reached("link_swapped")
    removed = retain(home, keep=keep, published=build)
    for left_over in home.root.glob(".published.*"):
        left_over.unlink()
    reached("old_builds_removed")
    return removed
