"""The packs stay inside the Quarto subset, and what lies outside is refused where it stands."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pipelines.project_files import reports
from pipelines.rendering import ALL, RenderingError
from pipelines.rendering.conversion import KNOWN_OPTIONS, read_project
from pipelines.rendering.documents import CELL_OPTIONS, CLASSES_OF_DIVS, read_document

SUBSET = Path(__file__).resolve().parents[3] / "docs" / "quarto-subset.md"
HEADER = "---\ntitle: A pack\n---\n"


@pytest.mark.parametrize("pack", ALL)
def test_the_packs_are_inside_the_subset(pack: str) -> None:
    document = read_document(reports() / f"{pack}.qmd")
    labels = [cell.label for cell in document.cells]
    assert len(labels) > 15
    assert len(labels) == len(set(labels)), "a label names one cell"
    assert labels[0] == "start"
    assert labels[-1] == "finish"


def test_the_project_is_inside_the_subset() -> None:
    assert set(read_project(reports())["format"]) == {"html", "typst", "docx"}


def test_the_page_lists_what_the_renderer_knows() -> None:
    page = SUBSET.read_text(encoding="utf-8")
    known = {*CELL_OPTIONS, *CLASSES_OF_DIVS, *(option for options in KNOWN_OPTIONS.values() for option in options)}
    assert [name for name in sorted(known) if f"`{name}`" not in page] == []


def outside(tmp_path: Path, body: str) -> str:
    source = tmp_path / "a.qmd"
    source.write_text(HEADER + body, encoding="utf-8")
    with pytest.raises(RenderingError) as refused:
        read_document(source)
    return str(refused.value)


@pytest.mark.parametrize(
    ("body", "line", "what"),
    [
        ("\nsee @tbl-one\n", 5, "a cross-reference"),
        ("::: {.callout-note}\nx\n:::\n", 4, "a callout"),
        ("::: {.panel-tabset}\n", 4, "a layout"),
        ("::: {.aside}\n", 4, "a div “aside”"),
        ("# A {#sec-a}\n", 4, "an id that Quarto would number"),
        ("{{< pagebreak >}}\n", 4, "a shortcode"),
        ("a <br> b\n", 4, "raw HTML"),
        ("so $a = b$ it is\n", 4, "mathematics"),
        ("said[^1]\n", 4, "a footnote"),
        ("there are `{python} n` of them\n", 4, "code inside a line"),
        ("```{r}\n1\n```\n", 4, "a code block"),
        ("```{mermaid}\ngraph\n```\n", 4, "a code block"),
        ("```{python}\n1\n```\n", 4, "a cell without a label"),
        ("```{python}\n#| label: a\n#| fig-cap: b\n1\n```\n", 6, "the cell option"),
        ("```{python}\n#| label: a\n1\n", 4, "a cell without an end"),
        ("{{< include a.qmd >}}\n", 4, "an include of itself"),
    ],
)
def test_what_lies_outside_is_refused_with_its_line(tmp_path: Path, body: str, line: int, what: str) -> None:
    said = outside(tmp_path, body)
    assert f"reports/a.qmd, line {line}: {what}" in said
    assert "docs/quarto-subset.md" in said


def test_a_fault_in_an_include_is_reported_in_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "_part.qmd").write_text("fine\nsee @fig-one\n", encoding="utf-8")
    assert "reports/_part.qmd, line 2: a cross-reference" in outside(tmp_path, "{{< include _part.qmd >}}\n")


def test_an_include_that_is_missing_is_named(tmp_path: Path) -> None:
    assert re.search(r"_gone\.qmd is missing", outside(tmp_path, "{{< include _gone.qmd >}}\n"))


def test_an_unknown_format_option_is_refused(tmp_path: Path) -> None:
    shutil.copy(reports() / "_quarto.yml", tmp_path)
    project = tmp_path / "_quarto.yml"
    changed = project.read_text(encoding="utf-8").replace("  html:\n", "  html:\n    code-fold: true\n")
    project.write_text(changed, encoding="utf-8")
    with pytest.raises(RenderingError, match="format html: code-fold is not known"):
        read_project(tmp_path)
