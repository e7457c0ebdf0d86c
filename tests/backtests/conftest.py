"""The hand-made lives, run through the pipeline once for the tests of this folder that read the same warehouse."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .lives import ALL_LIVES, write_inbox


@pytest.fixture(scope="session")
def lives_build(
    made_once: Callable[[str, Callable[[Path], object]], Path],
    build_inbox_with_true_links: Callable[[Path, Path], Path],
) -> tuple[Path, Path]:
    """Return (build folder, truth folder) of all lives with everything received; tests only read them."""

    def make(folder: Path) -> None:
        inbox, truth = folder / "inbox", folder / "truth"
        write_inbox(ALL_LIVES, inbox, truth)
        # With the home around it, whose key opens it.
        home = build_inbox_with_true_links(inbox, truth).parents[1]
        shutil.copytree(home, folder / "home", symlinks=True)

    folder = made_once("lives-build", make)
    (build,) = (one for one in (folder / "home" / "builds").iterdir() if one.is_dir())
    return build, folder / "truth"
