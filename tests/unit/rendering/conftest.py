"""One build and one rendering of both packs, shared by the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from figures_factory import MakePack, Options, write_figures_folder
from warehouse_factory import write_warehouse

from pipelines.project_files import reports
from pipelines.rendering import ALL, Rendered, render
from pipelines.rendering.story import Pack
from pipelines.rendering.story.figures import load_figures


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve quarters of both counties; one district of each has not sent its homelessness cases."""
    return write_figures_folder(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="session")
def packs(build: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Rendered]:
    """Both packs in all formats, public edition, embedded renderer."""
    return render(build, tmp_path_factory.mktemp("packs"), renderer="embedded")


@pytest.fixture(scope="session")
def full_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with every measure and promise of the seeds, and the few tables that other pages read."""
    build = write_figures_folder(tmp_path_factory.mktemp("full"), Options(everything=True))
    write_warehouse(build)
    return build


@pytest.fixture(scope="session")
def full_site(full_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every page of the internal edition as a web page, with one district of each county."""
    out = tmp_path_factory.mktemp("site")
    packs = (*ALL, "district", "young_people", "exceptions")
    areas = ("E07000105", "E07000121")
    render(full_build, out, packs=packs, formats=["html"], renderer="embedded", edition="internal", areas=areas)
    return out


@pytest.fixture
def make_pack(build: Path, tmp_path: Path) -> MakePack:
    """A pack without a kernel: its cells' functions can be called at once, on the shared build or on a test's own."""
    (tmp_path / "fonts").symlink_to(reports() / "fonts")

    def make(options: Options | None = None, *, authority: str = "kent", edition: str = "public") -> Pack:
        folder = build if options is None else write_figures_folder(tmp_path / "own-build", options)
        return Pack(load_figures(folder, authority=authority, edition=edition), "a test", tmp_path)

    return make
