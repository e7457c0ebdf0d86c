"""Building the dbt project on the hand-made warehouse, as an analyst would from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hand_made_warehouse import write_warehouse

PROJECT = Path(__file__).parents[3] / "dbt_project"


@dataclass(frozen=True)
class Built:
    """What one `dbt build` left behind."""

    warehouse: Path
    manifest: dict[str, Any]


def build(folder: Path) -> Built:
    """Run seeds, models, data tests and unit tests in a new warehouse; fail with dbt's own words if anything does."""
    warehouse = folder / "warehouse.duckdb"
    write_warehouse(warehouse)
    run = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "build"),
            *("--project-dir", PROJECT, "--profiles-dir", PROJECT),
            *("--target-path", folder / "target", "--log-path", folder / "logs"),
        ],
        env={**os.environ, "LASTING_HOMES_WAREHOUSE": str(warehouse), "DBT_SEND_ANONYMOUS_USAGE_STATS": "False"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    manifest = json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    return Built(warehouse=warehouse, manifest=manifest)
