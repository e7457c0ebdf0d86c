"""The SQL that dbt ran, once more in one bare DuckDB process: what the work itself costs, without dbt.

Usage: `python benchmarks/bare_sql.py --database WAREHOUSE --target TARGET`, after a `dbt build` whose artefacts are in
TARGET, on a database that holds the schemas `landing`, `identity` and the seeds.

Models are made by the statements that dbt ran; of a data test the failing rows are counted. Seeds are there already:
loading a CSV is no SQL of ours.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb


def statements(target: Path) -> Iterator[str]:
    """Yield the statements in the order in which dbt finished them, which respects what depends on what."""
    manifest = _read(target / "manifest.json")
    for result in _read(target / "run_results.json")["results"]:
        node = manifest["nodes"][result["unique_id"]]
        compiled = node.get("compiled_code") or result.get("compiled_code")
        if not compiled:
            continue
        if node["resource_type"] == "model":
            yield f'create schema if not exists "{node["schema"]}"'
            yield made_by(target, node)
        elif node["resource_type"] == "test":
            yield f"select count(*) from ({compiled}) as failing"


def made_by(target: Path, node: Mapping[str, Any]) -> str:
    """Return what dbt ran to make a model, its compiled SQL with where the rows go; the database is `warehouse`."""
    return (target / "run" / "lasting_homes" / node["original_file_path"]).read_text(encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def main() -> int:
    """Run every statement on one connection and print how many there were."""
    parser = argparse.ArgumentParser(description="Run dbt's compiled SQL in one bare DuckDB process.")
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--target", type=Path, required=True)
    given = parser.parse_args()
    run = list(statements(given.target))
    with duckdb.connect(str(given.database), config={"autoinstall_known_extensions": "false"}) as connection:
        for statement in run:
            connection.execute(statement).fetchall()
    print(len(run))
    return 0


if __name__ == "__main__":
    sys.exit(main())
