"""Running dbt in this process, with the project parsed once per version of its files.

What belongs here: the parsed project and its cache, one `dbt build` into a build's warehouse, its data tests, their
results as plain records. What does not: SQL, and how Dagster shows the models (`pipelines.warehouse.assets`).

dbt keeps its DuckDB connection open after a run; `run_dbt` closes it, because the same file is opened differently
afterwards. Nothing is looked up on the way: no usage statistics, no version check.
"""

# dbt takes two seconds to import, which looking at the asset graph should not cost.
# ruff: noqa: PLC0415

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.progress import Progress, silent
from pipelines.project_files import dbt_project
from pipelines.warehouse.build import Build
from pipelines.warehouse.database import open_for_writing

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

WAREHOUSE_VARIABLE = "LASTING_HOMES_WAREHOUSE"
QUIET = ("--no-version-check", "--no-send-anonymous-usage-stats", "--log-level", "none", "--no-print")
PASSED = {"success", "pass"}
# How long what was parsed of an older version of the project is kept: a run that uses it may still be going on.
KEPT_SECONDS = 24 * 60 * 60
NOT_PARSED = {"target", "logs", "__pycache__"}


class DbtCouldNotRunError(Exception):
    """dbt ended without results: the project does not parse, or dbt itself failed."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node in a run; `failures` is the number of failing rows of a test."""

    unique_id: str
    name: str
    resource_type: str
    status: str
    seconds: float
    failures: int | None
    message: str

    @property
    def passed(self) -> bool:
        """Whether the node did what it should."""
        return self.status in PASSED


@dataclass(frozen=True)
class DbtReport:
    """The results of one `dbt build`, in the order in which nodes finished."""

    nodes: tuple[NodeResult, ...]

    @property
    def tests(self) -> tuple[NodeResult, ...]:
        """The data tests."""
        return tuple(node for node in self.nodes if node.resource_type == "test")

    @property
    def failed(self) -> tuple[NodeResult, ...]:
        """Nodes that failed, and nodes skipped because of them."""
        return tuple(node for node in self.nodes if not node.passed)


class ParsedProject:
    """The dbt project, parsed; kept on disk under the digest of its files and of dbt's version."""

    def __init__(self, cache: Path | None = None) -> None:
        """Parse the project unless `cache` (a folder of the home) holds this version of it.

        Without a cache the project is parsed into a temporary folder, which lives as long as this object.
        """
        self.project = dbt_project()
        root = cache or Path(tempfile.mkdtemp(prefix="lasting-homes-dbt-"))
        if cache is None:
            # Going with its owner is what is meant here, so nothing warns of it as TemporaryDirectory would.
            weakref.finalize(self, shutil.rmtree, root, ignore_errors=True)
        self.folder = root / _digest(self.project)
        if not (self.folder / "target" / "manifest.json").exists():
            self._parse(root)

    def _parse(self, root: Path) -> None:
        """Parse into a folder of its own and put it in place whole: the web page, the daemon and a run may all try."""
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for older in root.iterdir():
            if time.time() - older.stat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(older, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=".parsing-", dir=root))
        # The data tests are compiled here, once, and their SQL is run by every build (`run_data_tests`).
        tests = ("--select", "resource_type:test", "--no-introspect")
        with _warehouse(fresh / "warehouse.duckdb"):
            result = _invoke(["compile", *tests, *_folders(self.project, fresh)])
        if not result.success:
            shutil.rmtree(fresh)
            raise DbtCouldNotRunError(f"The dbt project at {self.project} does not parse: {_why(result)}")
        try:
            fresh.replace(self.folder)
        except OSError:
            if not self.folder.exists():
                raise
            shutil.rmtree(fresh)  # another process was faster, with the same result

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest as dbt writes it: nodes, sources, descriptions, dependencies."""
        manifest: dict[str, Any] = json.loads((self.folder / "target" / "manifest.json").read_text(encoding="utf-8"))
        return manifest

    def load(self) -> Manifest:
        """Return the manifest as the object that `dbtRunner` takes, so that nothing is parsed again."""
        from dbt.contracts.graph.manifest import Manifest
        from dbt.parser.manifest import extended_mashumuro_decoder

        packed = (self.folder / "target" / "partial_parse.msgpack").read_bytes()
        manifest = Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder)
        manifest.build_parent_and_child_maps()  # type: ignore[no-untyped-call]
        manifest.build_flat_graph()  # type: ignore[no-untyped-call]
        return manifest


def run_dbt(
    build: Build, project: ParsedProject, *, variables: Mapping[str, Any] | None = None, progress: Progress = silent
) -> DbtReport:
    """Run `dbt build` into the build's warehouse, then the data tests, and return what became of every node.

    A failed model or test is a result, not an exception: `check_invariants` refuses the build then. Unit tests are
    left to continuous integration, which runs them on made-up rows. Data tests come last, because a build with one
    that fails is never published, however early that is known.

    Args:
        build: Its warehouse must hold the schemas `landing` and `identity`, and be closed.
        project: The parsed project.
        variables: dbt variables.
        progress: Hears how many models and tests are done.

    Raises:
        DbtCouldNotRunError: dbt ended without results.
    """
    arguments = [
        "--no-write-json",
        "build",
        "--exclude",
        "resource_type:unit_test",
        "resource_type:test",
        *_folders(project.project, build.dbt),
    ]
    if variables:
        arguments += ["--vars", json.dumps(variables)]
    with _warehouse(build.warehouse):
        result = _invoke(arguments, manifest=project.load(), heard=_counting(progress))
    if result.result is None:
        raise DbtCouldNotRunError(f"dbt ended without results: {_why(result)}.")
    made = DbtReport(tuple(_node_result(one) for one in result.result.results))
    if made.failed:
        return made
    tested = run_data_tests(build.warehouse, project.manifest)
    progress("warehouse", f"{len(tested)} data tests done")
    return DbtReport((*made.nodes, *tested))


def run_data_tests(warehouse: Path, manifest: Mapping[str, Any]) -> tuple[NodeResult, ...]:
    """Run the compiled SQL of every data test of the manifest over one connection.

    dbt itself spends some 30 ms on each of several hundred tests, ten times what their SQL takes. A test passes when
    its query finds no row; `tests/unit/warehouse` holds that no test asks dbt for anything else. The message of a test
    that could not run is the kind of error only, because DuckDB's own words may quote a person's value.
    """
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    with open_for_writing(warehouse) as connection:
        return tuple(_data_test(connection, node) for node in tests)


def _data_test(connection: duckdb.DuckDBPyConnection, node: Mapping[str, Any]) -> NodeResult:
    started = time.monotonic()
    try:
        found = connection.execute(f"select count(*) from ({node['compiled_code']}\n)").fetchone()
    except duckdb.Error as error:
        failures, status, message = None, "error", type(error).__name__
    else:
        failures = int(found[0]) if found else 0
        status, message = ("fail", f"{failures} rows found") if failures else ("pass", "")
    seconds = round(time.monotonic() - started, 3)
    return NodeResult(node["unique_id"], node["name"], "test", status, seconds, failures, message)


def _node_result(result: Any) -> NodeResult:
    return NodeResult(
        unique_id=result.node.unique_id,
        name=result.node.name,
        resource_type=str(result.node.resource_type),
        status=str(result.status),
        seconds=round(result.execution_time, 3),
        failures=result.failures,
        message=result.message or "",
    )


def _invoke(
    arguments: list[str], *, manifest: Manifest | None = None, heard: Callable[[Any], None] | None = None
) -> Any:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import reset_adapters
    from dbt.cli.main import dbtRunner

    try:
        return dbtRunner(manifest=manifest, callbacks=[heard] if heard else []).invoke([*QUIET, *arguments])
    finally:
        environment = DuckDBConnectionManager._ENV
        if environment is not None:
            environment.close()
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        reset_adapters()  # type: ignore[no-untyped-call]


def _counting(progress: Progress) -> Callable[[Any], None]:
    """Return a dbt callback that says every fiftieth finished node."""
    done = 0

    def hear(event: Any) -> None:
        nonlocal done
        if event.info.name in {"LogModelResult", "LogSeedResult"}:
            done += 1
            if done % 50 == 0:
                progress("warehouse", f"{done} dbt models and seeds done")

    return hear


def _folders(project: Path, target: Path) -> list[str]:
    """Return the options that keep dbt from writing into the project, which may be read-only."""
    return [
        *("--project-dir", str(project)),
        *("--profiles-dir", str(project)),
        *("--target-path", str(target / "target")),
        *("--log-path", str(target / "logs")),
    ]


@contextmanager
def _warehouse(path: Path) -> Iterator[None]:
    """Name the warehouse in the environment variable that the dbt profile reads."""
    before = os.environ.get(WAREHOUSE_VARIABLE)
    os.environ[WAREHOUSE_VARIABLE] = str(path)
    try:
        yield
    finally:
        if before is None:
            del os.environ[WAREHOUSE_VARIABLE]
        else:
            os.environ[WAREHOUSE_VARIABLE] = before


def _digest(project: Path) -> str:
    """Return a digest of everything that parsing reads: the project's files and the versions that parse them."""
    digest = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')} {project}".encode())
    for path in sorted(project.rglob("*")):
        relative = path.relative_to(project)
        if path.is_file() and not NOT_PARSED & set(relative.parts):
            digest.update(f"{relative}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def _why(result: Any) -> str:
    return str(result.exception) if result.exception else "no reason given"
