"""Builds and renderings that the tests of this folder share, and a browser to read the pages with."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import chromium
import pytest
from figures_factory import MakePack, Options, write_figures_folder
from small_homes import copy_of, made_before, made_to_know_nothing
from warehouse_factory import write_warehouse

from pipelines.editions import INTERNAL
from pipelines.project_files import reports
from pipelines.rendering import ALL, Rendered, Site, render, render_site
from pipelines.rendering.site import INDEX, Writer, write_traces
from pipelines.rendering.story import Pack
from pipelines.rendering.story.figures import load_figures
from pipelines.settings import Home
from pipelines.warehouse.publish import published_build

MadeOnce = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def build(made_once: MadeOnce) -> Path:
    """Twelve quarters of both counties; one district of each has not sent its homelessness cases."""
    return made_once("rendering-build", write_figures_folder)


@pytest.fixture(scope="session")
def packs(build: Path, made_once: MadeOnce) -> list[Rendered]:
    """Both packs in all formats, public edition, embedded renderer."""

    def make(folder: Path) -> None:
        (folder / "made").write_bytes(pickle.dumps(render(build, folder, renderer="embedded")))

    made: list[Rendered] = pickle.loads((made_once("rendering-packs", make) / "made").read_bytes())  # noqa: S301
    return made


@pytest.fixture(scope="session")
def site(build: Path, made_once: MadeOnce) -> Site:
    """The public edition as a web site: index, packs, districts, young people's pages, measures and search."""

    def make(folder: Path) -> None:
        (folder / "made").write_bytes(pickle.dumps(render_site(build, folder, pack_formats=["html"])))

    made: Site = pickle.loads((made_once("rendering-site", make) / "made").read_bytes())  # noqa: S301
    return made


@pytest.fixture(scope="session")
def full_build(made_once: MadeOnce) -> Path:
    """The same with every measure and promise of the seeds, and the few tables that other pages read."""

    def make(folder: Path) -> None:
        write_warehouse(write_figures_folder(folder, Options(everything=True)))

    return made_once("rendering-full-build", make)


@pytest.fixture(scope="session")
def full_site(full_build: Path, made_once: MadeOnce) -> Path:
    """Every page of the internal edition as a web page and on paper, with one district of each county."""

    def make(folder: Path) -> None:
        packs = (*ALL, "district", "young_people", "exceptions")
        areas = ("E07000105", "E07000121")
        formats = ("html", "pdf")
        render(full_build, folder, packs=packs, formats=formats, renderer="embedded", edition="internal", areas=areas)

    return made_once("rendering-full-site", make)


@pytest.fixture(scope="session")
def traces(small_home: Home, made_once: MadeOnce) -> Path:
    """Where each figure of the small home comes from, as pages, beside Kent's pack.

    The build before knew nothing of the quarter, and a page of an earlier quarter was left in the folder.
    """

    def make(folder: Path) -> None:
        home = copy_of(small_home, folder / "home")
        made_to_know_nothing(made_before(home), since="2026-27-Q2")
        build = published_build(home).folder
        figures = {one: load_figures(build, authority=one, edition=INTERNAL) for one in ("kent", "lancashire")}
        writer = Writer(folder / "r", folder, figures["kent"], INTERNAL)
        (folder / "trace_on_register_kent_2025-26-Q4_internal.html").write_text("of a build before")
        write_traces(build, folder, figures, writer)
        render(build, folder, packs=["khog"], formats=["html"], renderer="embedded", edition=INTERNAL, home=INDEX)
        for scratch in (folder / "r", home.root):
            shutil.rmtree(scratch)

    return made_once("rendering-traces", make)


@pytest.fixture(scope="session")
def browser() -> Iterator[chromium.Page]:
    """A browser without a window, started once."""
    program = chromium.program()
    if program is None:
        pytest.skip("There is no Chromium. Install it with: sudo apt-get install chromium")
    with chromium.chromium(program) as page:
        yield page


@pytest.fixture
def make_pack(build: Path, tmp_path: Path) -> MakePack:
    """A pack without a kernel: its cells' functions can be called at once, on the shared build or on a test's own."""
    (tmp_path / "fonts").symlink_to(reports() / "fonts")

    def make(options: Options | None = None, *, authority: str = "kent", edition: str = "public") -> Pack:
        folder = build if options is None else write_figures_folder(tmp_path / "own-build", options)
        return Pack(load_figures(folder, authority=authority, edition=edition), "a test", tmp_path)

    return make
