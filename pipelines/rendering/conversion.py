"""From Markdown to HTML, Word and PDF with pandoc and Typst.

What belongs here: the embedded renderer's conversions, with the options that `reports/_quarto.yml` gives both
renderers. What does not: the dress, which is in `reports/theme/`, and running cells.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pypandoc  # type: ignore[import-untyped]
import typst
import yaml

from pipelines.rendering.errors import RenderingError

SECONDS = 120
MARKDOWN = "markdown+pipe_tables+definition_lists+fenced_divs-tex_math_dollars-raw_html-raw_tex"
METADATA = "_metadata.yml"
KNOWN_OPTIONS = {
    "html": {
        "template",
        "css",
        "minimal",
        "embed-resources",
        "html-math-method",
        "toc",
        "toc-depth",
        "toc-title",
        "section-divs",
        "shift-heading-level-by",
        "default-image-extension",
    },
    "typst": {"template-partials", "default-image-extension"},
    "docx": {"reference-doc", "default-image-extension"},
}
"""The format options of `_quarto.yml` that the embedded renderer follows; any other is refused."""


def read_project(folder: Path) -> dict[str, Any]:
    """Return `_quarto.yml` of `folder`.

    Raises RenderingError when it asks for something that the embedded renderer does not know.
    """
    project: dict[str, Any] = yaml.safe_load((folder / "_quarto.yml").read_text(encoding="utf-8"))
    for name, options in project["format"].items():
        unknown = set(options) - KNOWN_OPTIONS.get(name, set())
        if unknown:
            raise RenderingError(
                f"reports/_quarto.yml, format {name}: {', '.join(sorted(unknown))} is not known to the embedded "
                "renderer; see docs/quarto-subset.md for what packs may use."
            )
    return project


def renderer_name() -> str:
    """Return the embedded renderer's name with the versions of its parts, for the colophon."""
    return f"the embedded renderer (pandoc {pypandoc.get_pandoc_version()}, Typst {version('typst')})"


def to_html(source: Path, target: Path, project: Mapping[str, Any]) -> None:
    """Convert the Markdown file `source` to one HTML file that needs no other."""
    options = project["format"]["html"]
    arguments = [
        "--to=html5",
        "--standalone",
        f"--template={options['template']}",
        f"--css={options['css']}",
        f"--toc-depth={options['toc-depth']}",
        f"--metadata=toc-title:{options['toc-title']}",
        f"--shift-heading-level-by={options['shift-heading-level-by']}",
        *(["--toc"] if options["toc"] else []),
        *(["--embed-resources"] if options["embed-resources"] else []),
        *(["--section-divs"] if options["section-divs"] else []),
        *(["--mathml"] if options["html-math-method"] == "mathml" else []),
    ]
    _pandoc(source, target, project, options, arguments)


def to_docx(source: Path, target: Path, project: Mapping[str, Any]) -> None:
    """Convert the Markdown file `source` to Word."""
    options = project["format"]["docx"]
    _pandoc(source, target, project, options, ["--to=docx", f"--reference-doc={options['reference-doc']}"])


def to_pdf(source: Path, target: Path, project: Mapping[str, Any], *, made_at: datetime) -> None:
    """Convert the Markdown file `source` to tagged PDF/UA-1 through Typst, with the fonts of the packs only."""
    folder = source.parent
    options = project["format"]["typst"]
    between = folder / f"{target.stem}.typ"
    _pandoc(source, between, project, options, ["--to=typst", "--standalone", "--template=theme/pack.typ"])
    try:
        typst.compile(
            str(between),
            output=str(target),
            root=str(folder),
            font_paths=[str(folder / "fonts")],
            ignore_system_fonts=True,
            pdf_standards="ua-1",
            timestamp=made_at.replace(microsecond=0),
        )
    except typst.TypstError as problem:
        raise RenderingError(
            f"Typst could not make {target.name} as PDF/UA-1: {problem.message} {' '.join(problem.hints)}"
        ) from problem


def _pandoc(
    source: Path, target: Path, project: Mapping[str, Any], options: Mapping[str, Any], arguments: list[str]
) -> None:
    """Run pandoc in the folder of `source`. Raises RenderingError with what pandoc said."""
    command = [
        pypandoc.get_pandoc_path(),
        source.name,
        f"--from={MARKDOWN}",
        f"--output={target}",
        f"--metadata-file={METADATA}",
        f"--metadata=lang:{project['lang']}",
        f"--default-image-extension={options['default-image-extension']}",
        *(f"--lua-filter={name}" for name in project["filters"]),
        "--fail-if-warnings",
        *arguments,
    ]
    run = subprocess.run(  # noqa: S603 - a fixed program with our own arguments
        command, cwd=source.parent, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if run.returncode:
        raise RenderingError(f"pandoc could not make {target.name} (exit {run.returncode}): {run.stderr.strip()}")
