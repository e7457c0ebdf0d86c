"""Running cells, and handing a pack to the real Quarto."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pipelines.rendering import RenderingError, render
from pipelines.rendering.documents import read_document
from pipelines.rendering.execution import execute

# What a render needs of the program, and nothing more: a version, an output file, and the cells' list of figures.
FAKE_QUARTO = """#!/bin/sh
if [ "$1" = "--version" ]; then echo 1.10.0; exit 0; fi
printf '%s\\n' "$*" >> "$QUARTO_CALLS"
env | grep '^LASTING_HOMES_PACK_' | sort >> "$QUARTO_CALLS"
cat _metadata.yml >> "$QUARTO_CALLS"
echo '[]' > figures.json
[ -z "$QUARTO_FAILS" ] || { echo 'Typst said no' >&2; exit 1; }
echo made > "$6"
"""


def run(tmp_path: Path, cell: str) -> str:
    source = tmp_path / "a.qmd"
    source.write_text(f"---\ntitle: A\n---\n\nBefore\n\n```{{python}}\n#| label: one\n{cell}\n```\n\nAfter\n", "utf-8")
    folder = tmp_path / "r"
    folder.mkdir()
    return execute(read_document(source), folder, {"A_PARAMETER": "given"})


def test_a_cell_is_replaced_by_the_markdown_it_shows_and_reads_its_parameters(tmp_path: Path) -> None:
    cell = "import os\nfrom IPython.display import Markdown\nMarkdown(f\"**{os.environ['A_PARAMETER']}**\")"
    assert run(tmp_path, cell).endswith("Before\n\n\n**given**\n\n\nAfter\n")


def test_a_cell_that_shows_html_or_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        RenderingError, match=r"reports/a\.qmd, line 7, cell “one” shows something that is not Markdown"
    ):
        run(tmp_path, "1 + 1")


def test_a_cell_that_fails_is_named_with_its_line_and_error(tmp_path: Path) -> None:
    with pytest.raises(RenderingError, match=r"line 7, cell “one” failed\. ValueError: nothing to show"):
        run(tmp_path, 'raise ValueError("nothing to show")')


@pytest.fixture
def quarto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `quarto` on the path that notes how it was called; returns its notes."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "quarto"
    program.write_text(FAKE_QUARTO, encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    calls = tmp_path / "calls"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("QUARTO_CALLS", str(calls))
    return calls


@pytest.mark.parametrize("renderer", ["auto", "quarto"])
def test_quarto_on_the_path_renders_with_the_same_parameters(
    build: Path, tmp_path: Path, quarto: Path, renderer: str
) -> None:
    rendered = render(build, tmp_path / "out", packs=["khog"], formats=["html", "pdf"], renderer=renderer)
    assert [one.renderer for one in rendered] == ["Quarto 1.10.0"] * 2
    assert [one.path.read_text(encoding="utf-8") for one in rendered] == ["made\n"] * 2
    calls = quarto.read_text(encoding="utf-8")
    assert "render khog.qmd --to html --output khog_kent_2026-27-Q2_public.html" in calls
    assert "render khog.qmd --to typst --output khog_kent_2026-27-Q2_public.pdf" in calls
    assert f"LASTING_HOMES_PACK_BUILD={build}" in calls
    assert "LASTING_HOMES_PACK_EDITION=public" in calls
    assert "LASTING_HOMES_PACK_RENDERER=Quarto 1.10.0" in calls
    assert "edition: 'Public edition: small numbers are not shown'" in calls


def test_what_quarto_complains_of_is_passed_on(
    build: Path, tmp_path: Path, quarto: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTO_FAILS", "yes")
    with pytest.raises(RenderingError, match=r"Quarto could not make khog_kent.*Typst said no.*--renderer embedded"):
        render(build, tmp_path / "out", packs=["khog"], formats=["html"])
    assert quarto.is_file()
    assert not list((tmp_path / "out").iterdir())


def test_quarto_asked_for_and_absent_is_said(build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RenderingError, match="there is no quarto program on the path"):
        render(build, tmp_path / "out", renderer="quarto")
