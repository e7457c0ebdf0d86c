"""Running a pack's cells in one Jupyter kernel of this machine.

What belongs here: starting the kernel so that it talks over sockets in a private folder and reads no configuration of
the user's, and putting the cells' Markdown back among the text. What does not: what the cells say (`story`).
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from pipelines.rendering.documents import Cell, Document
from pipelines.rendering.errors import RenderingError

SECONDS_PER_CELL = 120
COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Run:
    """One document to run, in a folder of its own, with the environment variables that its cells read."""

    document: Document
    folder: Path
    variables: Mapping[str, str]


def execute(document: Document, folder: Path, variables: Mapping[str, str]) -> str:
    """Run the cells in `folder` with the environment `variables` and return the document as Markdown.

    Raises RenderingError with the cell's file and line when a cell fails or shows anything but Markdown.
    """
    return execute_all([Run(document, folder, variables)])[0]


def execute_all(runs: Sequence[Run]) -> list[str]:
    """Run several documents one after the other in one kernel, which imports and reads the figures once for all.

    Each begins with a cell of our own that goes to its folder and sets its variables.
    Raises RenderingError as `execute` does.
    """
    first = runs[0]
    notebook = _notebook(runs)
    sockets = first.folder / "s"
    sockets.mkdir(mode=0o700)
    manager = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=str(sockets / "k"))
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=SECONDS_PER_CELL,
        resources={"metadata": {"path": str(first.folder)}},
        allow_errors=True,
        shutdown_kernel="immediate",
    )
    try:
        # cleanup_kc: nbclient ends a kernel by itself only when it chose its manager itself.
        asyncio.run(client.async_execute(cleanup_kc=True, env=_environment(first.folder, first.variables)))
    except (CellTimeoutError, DeadKernelError, CellExecutionError, RuntimeError) as problem:
        raise RenderingError(f"The pack's cells could not be run: {problem}") from problem
    executed = iter(notebook.cells)
    return [_markdown(run.document, executed) for run in runs]


def _markdown(document: Document, executed: Iterator[Any]) -> str:
    """Return the document with what its cells showed, after the cell that went to its folder."""
    next(executed)
    parts = [_shown(part, next(executed)) if isinstance(part, Cell) else part.markdown for part in document.parts]
    return f"---\n{document.header}\n---\n\n" + "\n\n".join(part for part in parts if part) + "\n"


def _notebook(runs: Sequence[Run]) -> Any:
    """Return the cells of all documents as one notebook, without outputs."""
    about: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    sources = [source for run in runs for source in (_going_there(run), *(cell.source for cell in run.document.cells))]
    cells = [{**about, "id": f"cell-{place}", "source": source} for place, source in enumerate(sources)]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return nbformat.reads(json.dumps(notebook), as_version=4)  # type: ignore[no-untyped-call]


def _going_there(run: Run) -> str:
    return f"import os\nos.chdir({str(run.folder)!r})\nos.environ.update({dict(run.variables)!r})"


def _environment(folder: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the kernel: this process's, without Jupyter's and IPython's user settings."""
    own = {
        "IPYTHONDIR": str(folder / ".ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / ".jupyter"),
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_RUNTIME_DIR": str(folder / ".jupyter"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    return {**os.environ, **own, **variables}


def _shown(cell: Cell, executed: Any) -> str:
    """Return the Markdown that one executed cell shows."""
    blocks = []
    for output in executed.outputs:
        if output.output_type == "error":
            raise RenderingError(_complaint(cell, output))
        if output.output_type == "stream" and output.name == "stderr":
            continue
        markdown = output.get("data", {}).get("text/markdown")
        if markdown is None:
            raise RenderingError(
                f"reports/{cell.file_name}, line {cell.line}, cell “{cell.label}” shows something that is not "
                "Markdown. Return a Markdown text: HTML is lost in PDF and Word."
            )
        blocks.append("".join(markdown))
    return "\n\n".join(blocks)


def _complaint(cell: Cell, output: Any) -> str:
    """Return the error of a cell for the person who edits packs; the traceback's last lines stay out of it."""
    said = COLOUR_CODES.sub("", f"{output.ename}: {output.evalue}")
    return f"reports/{cell.file_name}, line {cell.line}, cell “{cell.label}” failed. {said}"
