"""The packs there are, and rendering them.

What belongs here: which pack is whose, the working folder of a render, the order of the steps, and the names of what
comes out. What does not: how a step is done (`documents`, `execution`, `conversion`, `quarto`, `word`).
"""

from __future__ import annotations

import json
import os
import re
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
from pipelines.editions import EDITIONS, INTERNAL, PUBLIC
from pipelines.progress import Progress, silent
from pipelines.rendering import conversion, quarto, spreadsheet, word
from pipelines.rendering.documents import read_document
from pipelines.rendering.errors import RenderingError
from pipelines.rendering.story.figures import FigureSet, authorities_with_figures, load_figures
from pipelines.rendering.story.missing import symbol_meanings
from pipelines.rendering.story.pack import (
    AREA_VARIABLE,
    AUTHORITY_VARIABLE,
    BUILD_VARIABLE,
    EDITION_VARIABLE,
    FIGURES_SHOWN,
    RENDERER_VARIABLE,
    TRACED_VARIABLE,
)
from pipelines.rendering.story.periods import in_words
from pipelines.rendering.story.sign_off import status_words
from pipelines.rendering.story.tables import TABLES_SHOWN, read_tables

STAGE = "rendering"
DOCUMENTS = ("html", "pdf", "docx")
SPREADSHEET = "xlsx"
FORMATS = (*DOCUMENTS, SPREADSHEET)
"""Three kinds of document, and a workbook of every table in them."""
RENDERERS = ("auto", "embedded", "quarto")
WORKERS = 2
WITHOUT_A_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class PackDefinition:
    """A kind of pack: its id, which is the name of its source in `reports/`, and for whom it is made.

    Attributes:
        pack: The id.
        authorities: Whose protocol asks for it; None where every authority that has figures may have one, as a third
            council's board may.
        by_district: Whether there is one for each district.
        editions: The editions that it may be made in.
        words: What its pages say of their edition, where the edition's own words do not do.
        named: What its file names say of it then.
    """

    pack: str
    authorities: tuple[str, ...] | None = None
    by_district: bool = False
    editions: tuple[str, ...] = (PUBLIC, INTERNAL)
    words: str = ""
    named: str = ""


TRACES = "trace.html"
"""The page of a site that leads to where each figure comes from."""
RESTRICTED = "Restricted: about people, for those who must act"
PACKS = {
    definition.pack: definition
    for definition in (
        PackDefinition("khog", ("kent",)),
        PackDefinition("corporate_parenting_board"),
        PackDefinition("district", by_district=True),
        PackDefinition("young_people"),
        PackDefinition("exceptions", editions=(INTERNAL,), words=RESTRICTED, named="restricted"),
    )
}
ALL = ("khog", "corporate_parenting_board")
"""The boards' packs, which every refresh renders; the others are made when asked for."""


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
    area: str = ""


@dataclass(frozen=True)
class _Order:
    """What is asked for of every pack."""

    build: Path
    out: Path
    formats: Sequence[str]
    edition: str
    quarto: str | None
    progress: Progress
    home: str = ""
    areas: tuple[str, ...] = ()

    @property
    def traced(self) -> bool:
        """Whether it is a site of the edition that says where each figure comes from."""
        return bool(self.home) and self.edition == INTERNAL


@dataclass(frozen=True)
class _Job:
    """One pack of one build in its working folder."""

    definition: PackDefinition
    authority: str
    order: _Order
    area: str
    figures: FigureSet
    folder: Path

    @property
    def documents(self) -> list[str]:
        """The formats asked for that are documents."""
        return [form for form in self.order.formats if form in DOCUMENTS]

    @property
    def made_at(self) -> datetime:
        """The time written into files: when the build was finished, so that a build gives the same bytes again."""
        return self.figures.build.built_at or WITHOUT_A_TIME

    @property
    def said(self) -> dict[str, str]:
        """What stands on every page."""
        return {
            "status": status_words(self.figures.build.sign_off),
            "edition": self.definition.words or EDITIONS[self.order.edition],
            "quarter": self.figures.current_quarter.label,
            "as-at": f"Data as at {in_words(self.figures.as_at)}",
        }

    @property
    def period(self) -> str:
        return self.figures.current_quarter.label

    @property
    def name(self) -> str:
        return f"{self.definition.pack} of {self.place}"

    @property
    def place(self) -> str:
        labels = self.figures.labels
        return labels.label("area", self.area) if self.area else labels.label("authority", self.authority)

    @property
    def stem(self) -> str:
        whose = f"{self.authority}_{in_file_names(self.place)}" if self.area else self.authority
        return f"{self.definition.pack}_{whose}_{self.period}_{self.definition.named or self.order.edition}"

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
    home: str = "",
    areas: Sequence[str] = (),
) -> list[Rendered]:
    """Render `packs` from the figures of `build` into the folder `out`, and return the files made.

    `renderer` is "embedded", "quarto", or "auto" (Quarto when its program is on the path). `edition` is "public" or
    "internal". `home` is the address of the index that web pages lead back to, on a site. `areas` are the
    districts (GSS codes) that have a page, all of them without it. Every format of a pack comes from one execution of
    its cells with the embedded renderer.

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
    order = _Order(build.resolve(), out, formats, edition, program, progress, home, tuple(areas))
    with tempfile.TemporaryDirectory(prefix="lh-pack-") as folder:
        jobs = _jobs([PACKS[pack] for pack in packs], order, Path(folder))
        with ThreadPoolExecutor(max_workers=WORKERS) as workers:
            running = [workers.submit(_render_batch, jobs[place::WORKERS]) for place in range(min(WORKERS, len(jobs)))]
            rendered = {job.stem: files for one in running for job, files in one.result()}
        return [one for job in jobs for one in rendered[job.stem]]


def _check(packs: Sequence[str], formats: Sequence[str], renderer: str, edition: str) -> None:
    known: list[tuple[str, Sequence[str], Sequence[str]]] = [
        ("pack", packs, tuple(PACKS)),
        ("format", formats, FORMATS),
        ("renderer", [renderer], RENDERERS),
        ("edition", [edition], tuple(EDITIONS)),
    ]
    for what, given, choices in known:
        for one in given:
            if one not in choices:
                raise RenderingError(f"There is no {what} “{one}”. Choose from: {', '.join(choices)}.")
    for pack in packs:
        if edition not in PACKS[pack].editions:
            raise RenderingError(
                f"The pack “{pack}” is about people and has no {edition} edition. Ask for --edition internal, and give "
                "it only to those who must act."
            )


def _jobs(definitions: Sequence[PackDefinition], order: _Order, folder: Path) -> list[_Job]:
    """Return one job for each pack, authority and district asked for, each with a folder of its own."""
    figures: dict[str, FigureSet] = {}
    jobs: list[_Job] = []
    for definition in definitions:
        for authority in definition.authorities or authorities_with_figures(order.build, order.edition):
            if authority not in figures:
                figures[authority] = load_figures(order.build, authority=authority, edition=order.edition)
            of = figures[authority]
            districts = [area for area in of.labels.districts(authority) if not order.areas or area in order.areas]
            for area in districts if definition.by_district else ("",):
                jobs.append(_Job(definition, authority, order, area, of, folder / f"r{len(jobs)}"))
    return jobs


def _render_batch(jobs: Sequence[_Job]) -> list[tuple[_Job, list[Rendered]]]:
    """Render several packs one after the other: their cells in one kernel, then each in its formats."""
    for job in jobs:
        _prepare(job)
    program = jobs[0].order.quarto
    if program is not None:
        by = quarto.renderer_name(program)
        return [(job, _place(job, _with_quarto(job, program, _variables(job, by)), by)) for job in jobs]
    by = conversion.renderer_name()
    sources = _run_cells(jobs, by)
    return [(job, _place(job, _embedded(job, markdown), by)) for job, markdown in zip(jobs, sources, strict=True)]


def _variables(job: _Job, by: str) -> dict[str, str]:
    return {
        BUILD_VARIABLE: str(job.order.build),
        AUTHORITY_VARIABLE: job.authority,
        AREA_VARIABLE: job.area,
        EDITION_VARIABLE: job.order.edition,
        RENDERER_VARIABLE: by,
        TRACED_VARIABLE: "yes" if job.order.traced else "",
    }


def _prepare(job: _Job) -> None:
    """Copy the sources into the working folder, with this render's metadata and running header.

    A folder for each render: parametrised renders of one file collide, in Quarto as here.
    """
    shutil.copytree(project_files.reports(), job.folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    said = {
        **job.said,
        **({"home": job.order.home} if job.order.home else {}),
        **({"traces": TRACES} if job.order.traced else {}),
    }
    metadata = yaml.safe_dump({"pack": said}, allow_unicode=True)
    (job.folder / conversion.METADATA).write_text(metadata, encoding="utf-8")
    title = _name_the_county(job)
    word.fill_running_words(job.folder / "theme" / "reference.docx", {**said, "title": title})


def _name_the_county(job: _Job) -> str:
    """Put the authority's name before the title of the working copy, which either renderer reads, and return it."""
    title = str(yaml.safe_load(read_document(job.source).header)["title"])
    whole = f"{job.place}: {title}"
    source = job.source.read_text(encoding="utf-8")
    job.source.write_text(source.replace(f'title: "{title}"', f'title: "{whole}"', 1), encoding="utf-8")
    return whole


def _run_cells(jobs: Sequence[_Job], by: str) -> list[str]:
    """Run the cells of all jobs in one kernel and return each pack as Markdown."""
    from pipelines.rendering.execution import Run, execute_all  # noqa: PLC0415 - Jupyter is loaded only where cells run

    for job in jobs:
        job.order.progress(STAGE, f"{job.name}: running the cells")
    return execute_all([Run(read_document(job.source), job.folder, _variables(job, by)) for job in jobs])


def _embedded(job: _Job, markdown: str) -> dict[str, Path]:
    """Convert what the cells said to each format."""
    project = conversion.read_project(job.folder)
    source = job.folder / f"{job.stem}.md"
    source.write_text(markdown, encoding="utf-8")
    made: dict[str, Path] = {}
    for form in job.documents:
        job.order.progress(STAGE, f"{job.name}: {form}")
        made[form] = job.folder / f"{job.stem}.{form}"
        _convert(form, source, made[form], project, job.made_at)
    return made


def _convert(form: str, source: Path, target: Path, project: dict[str, Any], made_at: datetime) -> None:
    if form == "html":
        conversion.to_html(source, target, project)
    elif form == "docx":
        conversion.to_docx(source, target, project)
    else:
        conversion.to_pdf(source, target, project, made_at=made_at)


def _with_quarto(job: _Job, program: str, variables: Mapping[str, str]) -> dict[str, Path]:
    """Let Quarto make each document; it runs the cells each time, also where only the spreadsheet is wanted of them."""
    made: dict[str, Path] = {}
    for form in job.documents or DOCUMENTS[:1]:
        job.order.progress(STAGE, f"{job.name}: {form} with Quarto")
        made[form] = job.folder / f"{job.stem}.{form}"
        quarto.render_with_quarto(program, job.source, made[form], form, variables)
    return {form: made[form] for form in job.documents}


def _spreadsheet(job: _Job) -> Path:
    """Write the tables that the cells kept as a workbook."""
    job.order.progress(STAGE, f"{job.name}: {SPREADSHEET}")
    target = job.folder / f"{job.stem}.{SPREADSHEET}"
    spreadsheet.write_workbook(
        target,
        read_tables(job.folder / TABLES_SHOWN),
        title=str(yaml.safe_load(read_document(job.source).header)["title"]),
        said=job.said,
        symbols=symbol_meanings(job.figures),
        made_at=job.made_at,
    )
    return target


def _place(job: _Job, made: Mapping[str, Path], by: str) -> list[Rendered]:
    """Move what was made into the order's folder, the list of figures first."""
    out, edition = job.order.out, job.order.edition
    shown = json.loads((job.folder / FIGURES_SHOWN).read_text(encoding="utf-8"))
    listing = job.folder / f"{job.stem}.figures.json"
    about = {"build_id": job.figures.build.build_id, "edition": edition, "period": job.period, "figures": shown}
    listing.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    listing = put(listing, out)
    files = {**made, **({SPREADSHEET: _spreadsheet(job)} if SPREADSHEET in job.order.formats else {})}
    rendered = []
    for form, path in sorted(files.items(), key=lambda one: list(job.order.formats).index(one[0])):
        if form == "docx":
            word.mark_row_headings(path)
        target = put(path, out)
        whose = (job.definition.pack, job.authority)
        rendered.append(Rendered(*whose, job.period, edition, form, target, listing, by, job.area))
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


def in_file_names(name: str) -> str:
    """Return a name as it stands in file names and addresses: "West Lancashire" becomes "west-lancashire"."""
    return "-".join(re.findall(r"[a-z0-9]+", name.casefold().replace("’", "").replace("'", "")))
