"""The steps of `national` that run in a process of their own, in a copy of the program.

`build` makes all models and runs all data tests as a refresh does; `bare` runs the SQL that was compiled for it in the
same order; `queries` writes the analysts' database of the build and asks it the worked queries. Each prints its
seconds; importing, parsing the project and loading seeds for `bare` are not in them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from analysts import p95, worked_queries
from bare_sql import made_by

from pipelines.progress import to_standard_error
from pipelines.warehouse import database
from pipelines.warehouse.analyst import write_analyst_database
from pipelines.warehouse.build import Build
from pipelines.warehouse.dbt import ParsedProject, run_dbt

MEMORY = os.environ["NATIONAL_MEMORY"]


def build(folder: Path) -> dict[str, Any]:
    """Make the models and run the data tests in the build's warehouse; fail where one does."""
    database.OFFLINE["memory_limit"] = MEMORY
    project = ParsedProject(folder / "parsed")
    started = time.perf_counter()
    report = run_dbt(Build("national", folder), project, progress=to_standard_error())
    seconds = time.perf_counter() - started
    if report.failed:
        raise SystemExit("\n".join(f"{node.name}: {node.message}" for node in report.failed))
    slowest = sorted(report.nodes, key=lambda node: -node.seconds)[:15]
    print("\n".join(f"{node.seconds:8.1f} s  {node.name}" for node in slowest), file=sys.stderr)
    order = [node.unique_id for node in report.nodes]
    (folder / "order.json").write_text(json.dumps(order), encoding="utf-8")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        figures = connection.execute("select count(*) from marts.measure_observation").fetchall()[0][0]
        connection.execute(f"attach '{folder.parent / 'bare' / 'warehouse.duckdb'}' as bare")
        connection.execute("create schema bare.seeds")
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'seeds' and database_name <> 'bare'"
        ).fetchall():
            connection.execute(f"create table bare.seeds.{name} as select * from warehouse.seeds.{name}")
    return {"seconds": seconds, "figures": figures}


def statements(folder: Path) -> Iterator[str]:
    """Yield the SQL of every model and data test in the order in which the build finished them."""
    nodes = ParsedProject(folder / "parsed").manifest["nodes"]
    for unique_id in json.loads((folder / "order.json").read_text(encoding="utf-8")):
        node = nodes[unique_id]
        if node["resource_type"] == "model":
            yield f'create schema if not exists "{node["schema"]}"'
            yield made_by(folder / "dbt" / "target", node)
        elif node["resource_type"] == "test":
            yield f"select count(*) from ({node['compiled_code']}) as failing"


def bare(folder: Path, warehouse: Path) -> dict[str, Any]:
    """Run the statements on one connection."""
    run = list(statements(folder))
    started = time.perf_counter()
    with duckdb.connect(str(warehouse), config={**database.OFFLINE, "memory_limit": MEMORY}) as connection:
        for statement in run:
            connection.execute(statement).fetchall()
    return {"seconds": time.perf_counter() - started}


def queries(folder: Path) -> dict[str, Any]:
    """Write the analysts' database, and return the seconds that took and the worked queries' milliseconds."""
    made = Build("national", folder)
    started = time.perf_counter()
    write_analyst_database(made, ParsedProject(folder / "parsed").manifest, key=b"0" * 32)
    written = time.perf_counter() - started
    took = worked_queries(made.analyst)
    made.analyst.unlink()
    slowest = sorted(took.items(), key=lambda one: -one[1])[:5]
    print("\n".join(f"{milliseconds:8.1f} ms  {name}" for name, milliseconds in slowest), file=sys.stderr)
    return {"seconds": written, "p95": p95(list(took.values())), "slowest": dict(slowest)}


def main() -> int:
    """Run one step and print its seconds."""
    parser = argparse.ArgumentParser(description="Run one step of the national benchmark.")
    parser.add_argument("step", choices=("build", "bare", "queries"))
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--database", type=Path)
    given = parser.parse_args()
    steps = {
        "build": lambda: build(given.build),
        "bare": lambda: bare(given.build, given.database),
        "queries": lambda: queries(given.build),
    }
    print(json.dumps(steps[given.step]()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
