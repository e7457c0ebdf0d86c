"""What a refresh costs at county scale: `make bench`.

Makes both counties at full size with three years of history (or `--people`, or `--national`, as many as asked for),
lands all but the newest month, then measures the refresh that takes the newest month in: per stage by plain function
calls, and as a whole through Dagster, and sets it against `dbt build` alone and against the same SQL in bare DuckDB.

What belongs here: the course of the benchmark and its table. What does not: measuring (`measuring`), the stages
(`stages`). How to read the table: `README.md` beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import yaml
from measuring import Cost, run_measured

from pipelines.protection.encryption import attach

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
BIN = Path(sys.executable).parent
NEWEST_FROM = datetime(2026, 10, 1, tzinfo=UTC)
QUIET_DBT = ("--no-version-check", "--no-send-anonymous-usage-stats", "--log-level", "none", "--no-print")
AIM_SECONDS, AIM_FIXED_SECONDS, AIM_MIB, AIM_RATIO = 60, 20, 2048, 3
DONE_WITH_REJECTS = 3
BUSY = 0.5


@dataclass(frozen=True)
class Measurements:
    """Everything that one benchmark measured."""

    people: int
    generate: Cost
    first: Sequence[Cost]
    warm: Sequence[Cost]
    refresh: Cost
    dbt_alone: Cost
    bare_sql: Cost
    load_average: float

    @property
    def fixed(self) -> Cost:
        """What of the refresh does not grow with the data: imports, parsing, and Dagster's part.

        Dagster's part is what the refresh through Dagster takes more than the same stages called one by one.
        """
        stages = _sum(self.warm)
        apart = _sum([cost for cost in self.warm if cost.step in {"imports", "parse"}])
        return Cost(
            "fixed",
            apart.wall + max(0.0, self.refresh.wall - stages.wall),
            apart.cpu + max(0.0, self.refresh.cpu - stages.cpu),
            apart.peak_mib,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the record that is kept of a run."""
        return {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "people": self.people,
            "machine": {
                "cores": os.cpu_count(),
                "load_average": round(self.load_average, 2),
                "system": platform.platform(),
                "python": platform.python_version(),
                **{name: version(name) for name in ("duckdb", "dbt-core", "dagster", "great-expectations")},
            },
            "generate": self.generate.as_json(),
            "first": [cost.as_json() for cost in self.first],
            "warm": [cost.as_json() for cost in self.warm],
            "refresh": self.refresh.as_json(),
            "dbt_alone": self.dbt_alone.as_json(),
            "bare_sql": self.bare_sql.as_json(),
            "fixed": self.fixed.as_json(),
            "ratio_to_dbt_alone": round(self.refresh.wall / self.dbt_alone.wall, 2),
            "ratio_to_bare_sql": round(self.refresh.wall / self.bare_sql.wall, 2),
        }


def measure(people: int | None, seed: int, work: Path) -> Measurements:
    """Run the whole benchmark in an empty folder, with `people` in each county or both counties' real sizes."""
    home, newest = work / "home", work / "newest"
    load_average = os.getloadavg()[0]
    _say("generating extracts")
    folders = ("--inbox", work / "inbox", "--truth", work / "truth")
    size = ("--people", str(people)) if people else ()
    generate, lives = run_measured(
        "generate", [sys.executable, HERE / "generate.py", "--seed", str(seed), *size, *folders]
    )
    run_measured("init", [BIN / "lasting-homes", "init", "--home", home])
    files = _keep_back_newest(work / "inbox", newest)
    _replace(work / "inbox", home / "inbox")
    _say("landing three years for the first time")
    first = _stages(home)
    _say(f"refreshing with the newest {files} files, stage by stage")
    twin = work / "twin"
    shutil.copytree(home, twin, symlinks=True)
    shutil.copytree(newest, twin / "inbox", dirs_exist_ok=True)
    warm = _stages(twin)
    _say("the same through Dagster")
    shutil.copytree(newest, home / "inbox", dirs_exist_ok=True)
    refresh, _ = run_measured(
        "refresh",
        [BIN / "lasting-homes", "refresh", "--json", "--home", home],
        environment={"LASTING_HOMES_SETTLE_SECONDS": "0"},
        ok=(0, DONE_WITH_REJECTS),
    )
    _say("dbt build alone, and its SQL alone")
    dbt_alone, target = _dbt_alone(home, work)
    bare = _bare_database(home / "published" / "warehouse.duckdb", work / "bare" / "warehouse.duckdb")
    bare_sql, _ = run_measured(
        "bare SQL", [sys.executable, HERE / "bare_sql.py", "--database", bare, "--target", target]
    )
    return Measurements(int(lives), generate, first, warm, refresh, dbt_alone, bare_sql, load_average)


def _stages(home: Path) -> list[Cost]:
    _, output = run_measured("stages", [sys.executable, HERE / "stages.py", "--home", home])
    return [Cost(**cost) for cost in json.loads(output.splitlines()[-1])]


def _keep_back_newest(inbox: Path, newest: Path) -> int:
    """Move the files received from NEWEST_FROM on out of the inbox; return how many."""
    moved = 0
    for says in sorted(inbox.rglob("*.meta.yml")):
        received_at = yaml.safe_load(says.read_text(encoding="utf-8")).get("received_at")
        if received_at is None or _utc(received_at) < NEWEST_FROM:
            continue
        for path in (says, says.with_name(says.name.removesuffix(".meta.yml"))):
            target = newest / path.relative_to(inbox)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
        moved += 1
    return moved


def _utc(moment: datetime | str) -> datetime:
    parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _replace(source: Path, target: Path) -> None:
    shutil.rmtree(target)
    shutil.move(source, target)


def _dbt_alone(home: Path, work: Path) -> tuple[Cost, Path]:
    """Measure a warm `dbt build` on what the refresh gave it; return the cost and the folder of its artefacts."""
    from pipelines.project_files import dbt_project  # noqa: PLC0415 - needed here only

    database = _bare_database(home / "published" / "warehouse.duckdb", work / "dbt" / "warehouse.duckdb")
    target = work / "dbt" / "target"
    folders = ("--project-dir", dbt_project(), "--profiles-dir", dbt_project(), "--target-path", target)
    options = (*QUIET_DBT, *folders, "--log-path", work / "dbt" / "logs")
    environment = {"LASTING_HOMES_WAREHOUSE": str(database)}
    run_measured("dbt parse", [BIN / "dbt", "parse", *options], environment=environment)
    cost, _ = run_measured(
        "dbt build alone",
        [BIN / "dbt", "build", "--exclude", "resource_type:unit_test", *options],
        environment=environment,
    )
    return cost, target


def _bare_database(published: Path, copy: Path) -> Path:
    """Copy a warehouse and leave in it what dbt starts from: landing, identity and the seeds."""
    copy.parent.mkdir(parents=True)
    with duckdb.connect(str(copy)) as connection:
        attach(connection, published, "published", read_only=True)
        connection.execute(f"copy from database published to {copy.stem}")
        connection.execute("detach published")
        made = connection.execute(
            "select schema_name from duckdb_schemas() where database_name = current_database() and not internal "
            "and schema_name not in ('landing', 'identity', 'seeds', 'main')"
        ).fetchall()
        for (schema,) in made:
            connection.execute(f'drop schema "{schema}" cascade')
    return copy


def table(found: Measurements) -> str:
    """Return the measurements as text."""
    lines = [
        f"{found.people:,} people, three years of history, {os.cpu_count()} cores",
        "",
        f"{'':<26}{'wall s':>9}{'CPU s':>9}{'peak MiB':>10}",
        _line("generate (apart)", found.generate),
        "",
        "first landing, stage by stage",
        *(_line(f"  {cost.step}", cost) for cost in found.first),
        _line("  all", _sum(found.first)),
        "",
        "newest month, stage by stage",
        *(_line(f"  {cost.step}", cost) for cost in found.warm),
        _line("  all", _sum(found.warm)),
        "",
        _line("warm refresh (Dagster)", found.refresh),
        _line("dbt build alone", found.dbt_alone),
        _line("the same SQL, bare DuckDB", found.bare_sql),
        "",
        f"warm refresh: {found.refresh.wall:.1f} s (aim {AIM_SECONDS} s), "
        f"peak {found.refresh.peak_mib:,.0f} MiB (aim {AIM_MIB:,} MiB)",
        f"fixed cost of imports, parsing and orchestration: {found.fixed.wall:.1f} s (aim {AIM_FIXED_SECONDS} s), "
        f"of CPU {found.fixed.cpu:.1f} s",
        f"(a) refresh / dbt build alone: {found.refresh.wall / found.dbt_alone.wall:.2f} (aim {AIM_RATIO})",
        f"(b) refresh / the same SQL in bare DuckDB: {found.refresh.wall / found.bare_sql.wall:.1f}",
    ]
    if found.load_average > BUSY:
        lines += [
            "",
            f"The machine was busy before this began (load {found.load_average:.1f}): measure again when idle.",
        ]
    return "\n".join(lines)


def _line(name: str, cost: Cost) -> str:
    return f"{name:<26}{cost.wall:>9.1f}{cost.cpu:>9.1f}{cost.peak_mib:>10,.0f}"


def _sum(costs: Sequence[Cost]) -> Cost:
    return Cost("all", sum(c.wall for c in costs), sum(c.cpu for c in costs), max(c.peak_mib for c in costs))


def _say(message: str) -> None:
    print(f"bench: {message} …", file=sys.stderr, flush=True)


def main() -> int:
    """Measure, print the table and keep the record in `results/`."""
    parser = argparse.ArgumentParser(description="Measure a refresh at county scale.")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--people", type=int, metavar="N", help="people aged 17 to 24 in each county (their real sizes)")
    size.add_argument("--national", type=int, metavar="N", help="the same, for as many people as a country has")
    parser.add_argument("--seed", type=int, default=1, help="the generator's seed (1)")
    parser.add_argument("--work", type=Path, help="keep homes and databases in this new folder")
    given = parser.parse_args()
    people = given.national or given.people
    if given.work:
        given.work.mkdir(parents=True)
        found = measure(people, given.seed, given.work.resolve())
    else:
        with tempfile.TemporaryDirectory(prefix="lasting-homes-bench-") as work:
            found = measure(people, given.seed, Path(work))
    RESULTS.mkdir(exist_ok=True)
    record = RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{found.people}.json"
    record.write_text(json.dumps(found.as_json(), indent=2) + "\n", encoding="utf-8")
    print(table(found))
    print(f"\nkept in {record.relative_to(HERE.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
