"""The real Quarto, where its program is on the path.

What belongs here: finding it and calling it with the same parameters, metadata and project as the embedded renderer.
What does not: falling back. Who asks for Quarto and has none is told so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from pipelines.rendering.errors import RenderingError

SECONDS = 600
QUARTO_FORMATS = {"html": "html", "pdf": "typst", "docx": "docx"}


def find_quarto() -> str | None:
    """Return the path of the quarto program, None when this machine has none."""
    return shutil.which("quarto")


def renderer_name(program: str) -> str:
    """Return Quarto's name and version, for the colophon."""
    run = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    return f"Quarto {run.stdout.strip() or 'of unknown version'}"


def render_with_quarto(program: str, source: Path, target: Path, form: str, variables: Mapping[str, str]) -> None:
    """Render `source`, in its own folder, to `target` in the format `form` ("html", "pdf" or "docx").

    The cells' parameters are environment variables, because Quarto's own need papermill.
    Raises RenderingError with what Quarto said.
    """
    command = [program, "render", source.name, "--to", QUARTO_FORMATS[form], "--output", target.name]
    environment = {**os.environ, "QUARTO_PYTHON": sys.executable, **variables}
    run = subprocess.run(  # noqa: S603 - the program that the operator installed
        command, cwd=source.parent, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    made = source.parent / target.name
    if run.returncode or not made.is_file():
        raise RenderingError(
            f"Quarto could not make {target.name} (exit {run.returncode}). It said: {run.stderr.strip()[-2000:]} "
            "Render with --renderer embedded to do without Quarto."
        )
    made.replace(target)
