"""The packs there are, and rendering them.

What belongs here: which pack is whose, the working folder of a render, the order of the steps, and the names of what
comes out. What does not: how a step is done (`documents`, `execution`, `conversion`, `quarto`, `word`).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from pipelines import project_files
from pipelines.progress import Progress, silent
from pipelines.rendering import conversion, quarto, word
from pipelines.rendering.documents import read_document
from pipelines.rendering.errors import RenderingError
from pipelines.rendering.story.figures import FigureSet, authorities_with_figures, load_figures
from pipelines.rendering.story.headlines import DRAFT, EDITIONS
from pipelines.rendering.story.pack import (
    AUTHORITY_VARIABLE,
    BUILD_VARIABLE,
    EDITION_VARIABLE,
    FIGURES_SHOWN,
    RENDERER_VARIABLE,
)
from pipelines.rendering.story.periods import in_words

STAGE = "rendering"
FORMATS = ("html", "pdf", "docx")
RENDERERS = ("auto", "embedded", "quarto")
WITHOUT_A_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class PackDefinition:
    """A kind of pack: its id, which is the name of its source in `reports/`, and whose protocol asks for it.

    `authorities` is None where every authority that has figures may have one, as a third council's board may.
    """

    pack: str
    authorities: tuple[str, ...] | None = None


PACKS = {
    definition.pack: definition
    for definition in (PackDefinition("khog", ("kent",)), PackDefinition("corporate_parenting_board"))
}
ALL = tuple(PACKS)


@dataclass(frozen=True)
class Rendered:
    """One file that a render made, with the list of the figures it shows."""

    pack: str
    authority: str
    period: str
    edition: str
    format: str
    path: Path
    figures: Path
    renderer: str


@dataclass(frozen=True)
class _Order:
    """What is asked for of every pack."""

    build: Path
    out: Path
    formats: Sequence[str]
    edition: str
    quarto: str | None
    progress: Progress


@dataclass(frozen=True)
class _Job:
    """One pack of one build in its working folder."""

    definition: PackDefinition
    authority: str
    order: _Order
    figures: FigureSet
    folder: Path

    @property
    def period(self) -> str:
        return self.figures.current_quarter.label

    @property
    def name(self) -> str:
        return f"{self.definition.pack} of {self.authority}"

    @property
    def stem(self) -> str:
        return f"{self.definition.pack}_{self.authority}_{self.period}_{self.order.edition}"

    @property
    def source(self) -> Path:
        return self.folder / f"{self.definition.pack}.qmd"


def render(  # noqa: PLR0913 - the seam of this stage; all but two have defaults
    build: Path,
    out: Path,
    *,
    packs: Sequence[str] = ALL,
    formats: Sequence[str] = FORMATS,
    renderer: str = "auto",
    edition: str = "public",
    progress: Progress = silent,
) -> list[Rendered]:
    """Render `packs` from the figures of `build` into the folder `out`, and return the files made.

    `renderer` is "embedded", "quarto", or "auto" (Quarto when its program is on the path). `edition` is "public" or
    "internal". Every format of a pack comes from one execution of its cells with the embedded renderer.

    Raises FiguresNotFoundError when the build has no figures, RenderingError when a pack cannot be made; both say what
    to do. No file of a pack is placed in `out` before all its formats are made.
    """
    _check(packs, formats, renderer, edition)
    program = quarto.find_quarto() if renderer in ("auto", "quarto") else None
    if renderer == "quarto" and program is None:
        raise RenderingError(
            "Quarto was asked for, but there is no quarto program on the path. Install it, or leave out --renderer."
        )
    out.mkdir(parents=True, exist_ok=True)
    order = _Order(build.resolve(), out, formats, edition, program, progress)
    wanted = [(PACKS[pack], authority) for pack in packs for authority in _authorities(PACKS[pack], order)]
    with ThreadPoolExecutor(max_workers=2) as workers:
        running = [workers.submit(_render_pack, definition, authority, order) for definition, authority in wanted]
        return [rendered for one in running for rendered in one.result()]


def _check(packs: Sequence[str], formats: Sequence[str], renderer: str, edition: str) -> None:
    known: list[tuple[str, Sequence[str], Sequence[str]]] = [
        ("pack", packs, ALL),
        ("format", formats, FORMATS),
        ("renderer", [renderer], RENDERERS),
        ("edition", [edition], tuple(EDITIONS)),
    ]
    for what, given, choices in known:
        for one in given:
            if one not in choices:
                raise RenderingError(f"There is no {what} “{one}”. Choose from: {', '.join(choices)}.")


def _authorities(definition: PackDefinition, order: _Order) -> tuple[str, ...]:
    """Return the authorities whose pack of this kind is made: those with figures, of those that it is for."""
    return definition.authorities or authorities_with_figures(order.build, order.edition)


def _render_pack(definition: PackDefinition, authority: str, order: _Order) -> list[Rendered]:
    figures = load_figures(order.build, authority=authority, edition=order.edition)
    with tempfile.TemporaryDirectory(prefix="lh-pack-") as folder:
        job = _Job(definition, authority, order, figures, Path(folder) / "r")
        _prepare(job)
        by = conversion.renderer_name() if order.quarto is None else quarto.renderer_name(order.quarto)
        variables = {
            BUILD_VARIABLE: str(order.build),
            AUTHORITY_VARIABLE: authority,
            EDITION_VARIABLE: order.edition,
            RENDERER_VARIABLE: by,
        }
        made = _embedded(job, variables) if order.quarto is None else _with_quarto(job, order.quarto, variables)
        return _place(job, made, by)


def _prepare(job: _Job) -> None:
    """Copy the sources into the working folder, with this render's metadata and running header.

    A folder for each render: parametrised renders of one file collide, in Quarto as here.
    """
    shutil.copytree(project_files.reports(), job.folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    quarter = job.figures.current_quarter
    said = {
        "status": DRAFT,
        "edition": EDITIONS[job.order.edition],
        "quarter": quarter.label,
        "as-at": f"Data as at {in_words(job.figures.as_at)}",
    }
    metadata = yaml.safe_dump({"pack": said}, allow_unicode=True)
    (job.folder / conversion.METADATA).write_text(metadata, encoding="utf-8")
    title = _name_the_county(job)
    word.fill_running_words(job.folder / "theme" / "reference.docx", {**said, "title": title})


def _name_the_county(job: _Job) -> str:
    """Put the authority's name before the title of the working copy, which either renderer reads, and return it."""
    title = str(yaml.safe_load(read_document(job.source).header)["title"])
    whole = f"{job.figures.labels.label('authority', job.authority)}: {title}"
    source = job.source.read_text(encoding="utf-8")
    job.source.write_text(source.replace(f'title: "{title}"', f'title: "{whole}"', 1), encoding="utf-8")
    return whole


def _embedded(job: _Job, variables: Mapping[str, str]) -> dict[str, Path]:
    """Run the cells once and convert what they say to each format."""
    from pipelines.rendering.execution import execute  # noqa: PLC0415 - Jupyter is loaded only where cells run

    project = conversion.read_project(job.folder)
    job.order.progress(STAGE, f"{job.name}: running the cells")
    markdown = execute(read_document(job.source), job.folder, variables)
    source = job.folder / f"{job.stem}.md"
    source.write_text(markdown, encoding="utf-8")
    made_at = job.figures.build.built_at or WITHOUT_A_TIME
    made: dict[str, Path] = {}
    for form in job.order.formats:
        job.order.progress(STAGE, f"{job.name}: {form}")
        made[form] = job.folder / f"{job.stem}.{form}"
        _convert(form, source, made[form], project, made_at)
    return made


def _convert(form: str, source: Path, target: Path, project: dict[str, Any], made_at: datetime) -> None:
    if form == "html":
        conversion.to_html(source, target, project)
    elif form == "docx":
        conversion.to_docx(source, target, project)
    else:
        conversion.to_pdf(source, target, project, made_at=made_at)


def _with_quarto(job: _Job, program: str, variables: Mapping[str, str]) -> dict[str, Path]:
    """Let Quarto make each format; it runs the cells each time."""
    made: dict[str, Path] = {}
    for form in job.order.formats:
        job.order.progress(STAGE, f"{job.name}: {form} with Quarto")
        made[form] = job.folder / f"{job.stem}.{form}"
        quarto.render_with_quarto(program, job.source, made[form], form, variables)
    return made


def _place(job: _Job, made: Mapping[str, Path], by: str) -> list[Rendered]:
    """Move what was made into the order's folder, the list of figures first."""
    out, edition = job.order.out, job.order.edition
    shown = json.loads((job.folder / FIGURES_SHOWN).read_text(encoding="utf-8"))
    listing = job.folder / f"{job.stem}.figures.json"
    about = {"build_id": job.figures.build.build_id, "edition": edition, "period": job.period, "figures": shown}
    listing.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    listing = put(listing, out)
    rendered = []
    for form, path in made.items():
        if form == "docx":
            word.mark_row_headings(path)
        target = put(path, out)
        whose = (job.definition.pack, job.authority)
        rendered.append(Rendered(*whose, job.period, edition, form, target, listing, by))
    return rendered


def put(made: Path, folder: Path) -> Path:
    """Put a file into a folder under its own name, whole or not at all, and return where it is.

    Packs are made in the machine's temporary folder, which may lie on another disk than the home, where no rename
    reaches. So the file is copied beside its place first; whoever opens the pack of before meanwhile still can.
    """
    target = folder / made.name
    draft = folder / f".{made.name}.{os.getpid()}"
    try:
        shutil.copyfile(made, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target
