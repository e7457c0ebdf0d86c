"""A pack's source: text, Python cells, and the Quarto subset that the embedded renderer understands.

What belongs here: reading a `.qmd` with its includes, telling text from cells, and refusing what lies outside
`docs/quarto-subset.md` (better an error than a pack that differs from Quarto's). What does not: running anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.rendering.errors import RenderingError

INCLUDE = re.compile(r"^\{\{<\s+include\s+(\S+)\s+>\}\}$")
FENCE = re.compile(r"^(?P<ticks>`{3,})\s*(?P<info>.*)$")
OPTION = re.compile(r"^#\|\s*(?P<name>[a-z-]+):\s*(?P<value>.+)$")
PYTHON = "{python}"
CELL_OPTIONS = {"label"}
CLASSES_OF_DIVS = {"beside"}
OUTSIDE = (
    (re.compile(r"\{\{<"), "a shortcode other than include"),
    (re.compile(r"(?<![\w`])@(?:fig|tbl|sec|lst|eq)-"), "a cross-reference (write a plain link to a heading)"),
    (re.compile(r"\.callout-"), "a callout"),
    (re.compile(r"\.panel-tabset|layout-ncol|layout-nrow|\.column-"), "a layout"),
    (re.compile(r"\{#(?:fig|tbl|sec|lst|eq)-"), "an id that Quarto would number"),
    (re.compile(r"\$\$|\$[^\s$][^$]*\$"), "mathematics"),
    (re.compile(r"<(?:[a-z]+[\s/>]|!--)", re.IGNORECASE), "raw HTML (it vanishes from PDF and Word)"),
    (re.compile(r"\[\^|\[@"), "a footnote or a citation"),
    (re.compile(r"`\{(?:python|r)\}"), "code inside a line of text"),
)
DIV = re.compile(r"^:{3,}\s*\{?\.?(?P<name>[\w-]*)")


@dataclass(frozen=True)
class Cell:
    """A Python cell with its label, and where it stands."""

    source: str
    label: str
    file_name: str
    line: int


@dataclass(frozen=True)
class Text:
    """Markdown between cells."""

    markdown: str


@dataclass
class Document:
    """A pack's source: its YAML header as text, and its parts in order."""

    header: str
    parts: list[Cell | Text] = field(default_factory=list)

    @property
    def cells(self) -> list[Cell]:
        """The Python cells, in order."""
        return [part for part in self.parts if isinstance(part, Cell)]


def read_document(path: Path) -> Document:
    """Return the document at `path`, its includes in place.

    Raises RenderingError, with file and line, at whatever lies outside the subset in `docs/quarto-subset.md`.
    """
    lines = _included(path)
    header, rest = _split_header(lines)
    document = Document(header)
    text: list[str] = []
    while rest:
        file_name, number, line = rest.pop(0)
        fence = FENCE.match(line)
        if fence is None:
            _refuse_outside(file_name, number, line)
            text.append(line)
            continue
        if fence["info"] != PYTHON:
            raise _outside(file_name, number, f"a code block “{fence['info']}” (only {PYTHON} cells are known)")
        document.parts.append(Text("\n".join(text)))
        text = []
        document.parts.append(_cell(file_name, number, fence["ticks"], rest))
    document.parts.append(Text("\n".join(text)))
    return document


Line = tuple[str, int, str]


def _included(path: Path, seen: tuple[Path, ...] = ()) -> list[Line]:
    """Return the lines of a file with file name and number, includes replaced by the lines of their files."""
    if not path.is_file():
        raise RenderingError(f"{path} is missing; the pack cannot be read. Restore it from the repository.")
    lines: list[Line] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        include = INCLUDE.match(line)
        if include is None:
            lines.append((path.name, number, line))
            continue
        target = path.parent / include[1]
        if target in seen or target == path:
            raise _outside(path.name, number, f"an include of itself ({include[1]})")
        lines += _included(target, (*seen, path))
    return lines


def _split_header(lines: list[Line]) -> tuple[str, list[Line]]:
    if not lines or lines[0][2] != "---":
        raise _outside(lines[0][0] if lines else "the pack", 1, "no YAML header; begin with a line of three hyphens")
    end = next((place for place, line in enumerate(lines[1:], start=1) if line[2] == "---"), None)
    if end is None:
        raise _outside(lines[0][0], 1, "a YAML header without an end")
    return "\n".join(line for _, _, line in lines[1:end]), lines[end + 1 :]


def _cell(file_name: str, number: int, ticks: str, rest: list[Line]) -> Cell:
    options: dict[str, str] = {}
    source: list[str] = []
    while rest:
        _, place, line = rest.pop(0)
        if line.strip() == ticks:
            label = options.get("label")
            if label is None:
                raise _outside(file_name, number, "a cell without a label; begin it with #| label: its-name")
            return Cell("\n".join(source), label, file_name, number)
        if not line.startswith("#|"):
            source.append(line)
            continue
        option = OPTION.match(line)
        if option is None or option["name"] not in CELL_OPTIONS:
            raise _outside(file_name, place, f"the cell option “{line}” (known: {', '.join(sorted(CELL_OPTIONS))})")
        options[option["name"]] = option["value"]
    raise _outside(file_name, number, "a cell without an end")


def _refuse_outside(file_name: str, number: int, line: str) -> None:
    for pattern, what in OUTSIDE:
        if pattern.search(line):
            raise _outside(file_name, number, what)
    div = DIV.match(line)
    if div is not None and div["name"] and div["name"] not in CLASSES_OF_DIVS:
        raise _outside(file_name, number, f"a div “{div['name']}”")


def _outside(file_name: str, number: int, what: str) -> RenderingError:
    return RenderingError(
        f"reports/{file_name}, line {number}: {what}. The embedded renderer does not know it; "
        "see docs/quarto-subset.md for what packs may use."
    )
