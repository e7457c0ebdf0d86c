"""What the warehouse costs at national scale: `make bench-national`.

Makes a copy of the program with 153 authorities, a nation's landing of ten years in it (`nation_landing`), and measures
the build of all models and data tests by the code that a refresh calls, the same SQL in one bare DuckDB process, and
the worked queries in the analysts' database of the nation.
Builds run on two threads and in so much memory as DuckDB allows itself on a machine of 8 GiB.

What belongs here: the course of the benchmark and its lines. What does not: measuring (`measuring`).
How to read them: `README.md` beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measuring import Cost, run_measured

HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parent
RESULTS = HERE / "results"
AUTHORITIES = 153
MEMORY = "6.4GiB"
AIM_SECONDS, AIM_MIB, AIM_RATIO = 300, 8192, 1.5


def measure(people: int, copies: int, work: Path, truth: Path | None) -> str:
    """Run the benchmark in an empty folder and return its line; keep the record in `results/`.

    Args:
        people: number of each authority aged 17 to 24 on the last day.
        copies: how many times each of them stands.
        work: an empty folder.
        truth: what was generated before, if it is to be taken again.
    """
    program = work / "program"
    for part in ("pipelines", "quality", "dbt_project", "reports", "benchmarks", "docs/queries"):
        ignored = shutil.ignore_patterns("__pycache__", "target", "results")
        shutil.copytree(PROGRAM / part, program / part, ignore=ignored)
    _limit_memory(program / "dbt_project" / "profiles.yml")
    environment = {"PYTHONPATH": str(program), "NATIONAL_MEMORY": MEMORY}
    seeds = ("seeds", "--project", program / "dbt_project", "--authorities", str(AUTHORITIES))
    run_measured("seeds", [sys.executable, "-m", "pipelines.synthetic.nation", *seeds], environment=environment)
    build = work / "build"
    build.mkdir()
    size = ("--people", str(people), "--copies", str(copies))
    folders = ("--truth", truth or work / "truth", "--database", build / "warehouse.duckdb")
    script = program / "benchmarks" / "nation_landing.py"
    _, made = run_measured("landing", [sys.executable, script, *size, *folders], environment=environment)
    landed = json.loads(made)
    bare = work / "bare" / "warehouse.duckdb"
    bare.parent.mkdir()
    shutil.copyfile(build / "warehouse.duckdb", bare)
    load_average = os.getloadavg()[0]
    steps = program / "benchmarks" / "national_steps.py"
    whole, said = run_measured("dbt build", [sys.executable, steps, "build", "--build", build], environment=environment)
    built = replace(whole, wall=float(json.loads(said)["seconds"]))
    figures = json.loads(said)["figures"]
    _, said = run_measured("queries", [sys.executable, steps, "queries", "--build", build], environment=environment)
    asked = json.loads(said)
    (build / "warehouse.duckdb").unlink()
    whole, said = run_measured(
        "bare SQL", [sys.executable, steps, "bare", "--build", build, "--database", bare], environment=environment
    )
    same_sql = replace(whole, wall=float(json.loads(said)["seconds"]))
    _keep({**landed, "queries": asked}, built, same_sql, figures, load_average)
    return (
        f"{landed['people']:,} people, {landed['rows']:,} rows landed, {figures:,} figures: "
        f"dbt build {built.wall:.0f} s (aim {AIM_SECONDS}), CPU {built.cpu:.0f} s, "
        f"peak {built.peak_mib:,.0f} MiB (aim {AIM_MIB:,}); "
        f"the same SQL, bare {same_sql.wall:.0f} s, CPU {same_sql.cpu:.0f} s; "
        f"ratio {built.wall / same_sql.wall:.2f} (aim {AIM_RATIO}), of CPU {built.cpu / same_sql.cpu:.2f}; "
        f"analysts' database written in {asked['seconds']:.0f} s, worked queries p95 {asked['p95']:.0f} ms; "
        f"load before {load_average:.1f}"
    )


def _limit_memory(profiles: Path) -> None:
    """Let dbt's connection have no more than MEMORY in the copy of the program."""
    said = profiles.read_text(encoding="utf-8")
    limited = said.replace("      settings:\n", f"      settings:\n        memory_limit: {MEMORY}\n")
    if limited == said:
        raise ValueError(f"{profiles} has no settings to add a limit of memory to.")
    profiles.write_text(limited, encoding="utf-8")


def _keep(landed: dict[str, Any], built: Cost, same_sql: Cost, figures: int, load_average: float) -> None:
    now = datetime.now(UTC)
    record = {
        "measured_at": now.isoformat(timespec="seconds"),
        "authorities": AUTHORITIES,
        **landed,
        "figures": figures,
        "dbt_build": built.as_json(),
        "bare_sql": same_sql.as_json(),
        "load_average": round(load_average, 2),
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"national-{now:%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description="Measure the warehouse at national scale.")
    parser.add_argument("--people", type=int, default=266, help="of 17 to 24 for each authority")
    parser.add_argument("--copies", type=int, default=1, help="how many times each person stands")
    parser.add_argument("--truth", type=Path, help="a folder that keeps what is generated, for the next run")
    parser.add_argument("--work", type=Path, help="an empty folder to work in; kept afterwards")
    given = parser.parse_args()
    if given.work:
        given.work.mkdir(parents=True, exist_ok=True)
        print(measure(given.people, given.copies, given.work.resolve(), given.truth))
        return 0
    with tempfile.TemporaryDirectory(prefix="lasting-homes-national-") as folder:
        print(measure(given.people, given.copies, Path(folder), given.truth))
    return 0


if __name__ == "__main__":
    sys.exit(main())
