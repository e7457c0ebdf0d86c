"""Which models a measure was computed by, from its own SQL back to the rows of the extracts.

What belongs here: reading what dbt left in a build: the graph of the models and the SQL that it ran. What does not:
running it.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from pipelines.project_files import dbt_project
from pipelines.warehouse.build import Build

_PREFIX = "model.lasting_homes."
_STAGING = "staging"


@dataclass(frozen=True)
class Model:
    """A model of a build: its folder ("measures"), what one row of it is, and how many steps it is away."""

    name: str
    layer: str
    grain: str
    steps: int


class Lineage:
    """The models of one build, and what each of them read."""

    def __init__(self, build: Build) -> None:
        """Read nothing yet: what dbt left is opened when it is asked for."""
        self._target = build.dbt / "target"

    def models(self, measure: str) -> list[Model]:
        """Return the measure's or obligation's own model, then those that it reads, the nearest first; staging last.

        Empty where the build has kept no graph, or no model is named after the measure.
        """
        own = self._own(measure)
        steps = {own: 0} if own else {}
        waiting = deque(steps)
        while waiting:
            name = waiting.popleft()
            for read in self._reads.get(name, ()):
                if read not in steps:
                    steps[read] = steps[name] + 1
                    waiting.append(read)
        found = [Model(name, *_described(name), away) for name, away in steps.items()]
        return sorted(found, key=lambda one: (one.layer == _STAGING, one.steps, one.name))

    def sql(self, measure: str) -> str:
        """Return the SQL of the measure's own model as it ran; empty where the build has not kept it."""
        own = self._own(measure)
        found = next((self._target / "compiled").glob(f"*/models/*/{own}.sql"), None) if own else None
        return found.read_text(encoding="utf-8").strip() if found else ""

    def _own(self, measure: str) -> str | None:
        return next((name for name in (f"measure__{measure}", f"obligation__{measure}") if name in self._reads), None)

    @cached_property
    def _reads(self) -> dict[str, list[str]]:
        """Return by model the models that it reads."""
        path = self._target / "graph_summary.json"
        nodes: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))["linked"] if path.is_file() else {}
        names = {key: one["name"].removeprefix(_PREFIX) for key, one in nodes.items() if one["type"] == "model"}
        reads: dict[str, list[str]] = {name: [] for name in names.values()}
        for key, name in names.items():
            for read_by in nodes[key].get("succ", ()):
                if str(read_by) in names:
                    reads[names[str(read_by)]].append(name)
        return reads


@cache
def _described(name: str) -> tuple[str, str]:
    """Return the folder of a model and the first sentence of its description, which says what one row of it is."""
    path: Path | None = next((dbt_project() / "models").glob(f"*/{name}.yml"), None)
    if path is None:
        return "", ""
    (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return path.parent.name, " ".join(str(model["description"]).split()).partition(". ")[0].rstrip(".")
