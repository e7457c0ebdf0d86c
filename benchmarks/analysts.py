"""What analysts and a refresh cost each other, and how fast the worked queries are: part of `make bench`.

First whole refreshes by the command, in turn with nobody reading and with analysts who think a second between queries,
so that what else the machine does falls on both alike. Then publications alone, each stamped with its build, so that a
mixed snapshot would show: with nobody reading, with analysts who think, and with analysts who do not. A publication
writes the analysts' database anew from the published warehouse and swaps it in, as the last steps of a refresh do.

What belongs here: the analysts, the publications and their table. What does not: what is asked
(`docs/queries`), publishing (`pipelines.warehouse.publish`). How to read the table: `README.md` beside this file.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import duckdb
from measuring import run_measured

from pipelines.settings import Home
from pipelines.warehouse.analyst import write_analyst_database
from pipelines.warehouse.build import Build, open_build
from pipelines.warehouse.database import OFFLINE, open_for_analysts
from pipelines.warehouse.publish import publish, published_build

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
QUERIES = sorted((HERE.parent / "docs" / "queries").glob("*.sql"))
ASKED_OF_ONE_CONNECTION = 10
KEEP = 3
REPEATED = 7
# Until sixteen processes have started on two cores.
STARTING_SECONDS = 15
DONE_WITH_REJECTS = 3
AIM_MILLISECONDS, AIM_SLOWED = 150, 0.25


@dataclass(frozen=True)
class Reading:
    """What one analyst met: queries answered, publications seen, errors and mixed snapshots in words."""

    queries: int
    builds: int
    trouble: list[str]


@dataclass(frozen=True)
class Signals:
    """How the course of the benchmark is told to analysts, and they tell what they met.

    Attributes:
        go: While it is set they ask; otherwise they have nothing open.
        stop: They end.
        told: What each met.
    """

    go: Event
    stop: Event
    told: multiprocessing.Queue[Reading]


def analyst(root: Path, think: float, seed: int, signals: Signals, *, stamped: bool) -> None:
    """Ask worked queries until told to stop or the benchmark is gone; open the published one anew every few queries."""
    draw = random.Random(seed)  # noqa: S311 - which query comes next is no secret
    queries, seen, trouble = 0, set(), []
    stop, benchmark = signals.stop, multiprocessing.parent_process()
    while not stop.is_set() and benchmark and benchmark.is_alive():
        if not signals.go.wait(0.2):
            continue
        try:
            build = published_build(Home(root))
            with open_for_analysts(build.analyst) as connection:
                first = _snapshot(connection) if stamped else (build.build_id,)
                seen.add(first[0])
                for _ in range(ASKED_OF_ONE_CONNECTION):
                    connection.execute(draw.choice(QUERIES).read_text(encoding="utf-8")).fetchall()
                    queries += 1
                    if stamped and ((now := _snapshot(connection)) != first or len(set(now)) > 1):
                        trouble.append(f"mixed snapshot: {first}, then {now}")
                    if (stop.wait(think) if think else stop.is_set()) or not signals.go.is_set():
                        break
        except Exception as error:  # noqa: BLE001 - whatever an analyst meets is what is measured
            trouble.append(f"{type(error).__name__}: {error}")
    signals.told.put(Reading(queries, len(seen), trouble))


def _snapshot(connection: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    """Return which publication two tables say that they are of."""
    row = connection.execute("select one.build_id, other.build_id from main.one, marts.other").fetchone()
    return tuple(row or ())


@dataclass(frozen=True)
class Publisher:
    """What is published again and again: a home of its own, a warehouse, and dbt's manifest of it."""

    home: Home
    warehouse: Path
    manifest: dict[str, Any]


def publications(publisher: Publisher, number: int) -> list[float]:
    """Write and publish the analysts' database so many times; return the seconds of each."""
    seconds = []
    for _ in range(number):
        started = time.perf_counter()
        build = open_build(publisher.home, inputs=[str(started)])
        os.link(publisher.warehouse, build.warehouse)
        write_analyst_database(build, publisher.manifest, key=bytes(32))
        _stamp(build)
        build.mark_good({})
        publish(publisher.home, build, keep=KEEP)
        seconds.append(time.perf_counter() - started)
    return seconds


def _stamp(build: Build) -> None:
    """Write the build's id into two tables, by which a mixed snapshot would show."""
    with duckdb.connect(str(build.analyst), config=dict(OFFLINE)) as database:
        for table in ("main.one", "marts.other"):
            database.execute(f"create table {table} as select ? as build_id", [build.build_id])


class Analysts:
    """So many processes that read a home's published database, while they are let."""

    def __init__(self, root: Path, number: int, think: float, *, stamped: bool) -> None:
        context = multiprocessing.get_context("spawn")
        self._signals = Signals(context.Event(), context.Event(), context.Queue())
        self._processes = [
            context.Process(
                target=analyst, args=(root, think, seed, self._signals), kwargs={"stamped": stamped}, daemon=True
            )
            for seed in range(number)
        ]
        for process in self._processes:
            process.start()
        time.sleep(STARTING_SECONDS)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let them read meanwhile."""
        self._signals.go.set()
        try:
            yield
        finally:
            self._signals.go.clear()
            time.sleep(1)

    def end(self) -> dict[str, Any]:
        """End them and return what they met together."""
        self._signals.stop.set()
        readings = [self._signals.told.get(timeout=120) for _ in self._processes]
        for process in self._processes:
            process.join()
        return {
            "queries": sum(one.queries for one in readings),
            "builds_seen_by_an_analyst": round(statistics.mean(one.builds for one in readings), 1),
            "trouble": [trouble for one in readings for trouble in one.trouble][:5],
        }


def refreshes(source: Home, work: Path, number: int, analysts: int) -> dict[str, Any]:
    """Refresh a copy of the home by the command, in turn alone and while analysts read; return seconds and troubles."""
    home = Home(work / "refreshed")
    shutil.copytree(source.root, home.root, symlinks=True)
    readers = Analysts(home.root, analysts, 1.0, stamped=False)
    alone, beside = [], []
    for _ in range(number):
        alone.append(_refreshed(home))
        with readers.reading():
            beside.append(_refreshed(home))
    return {
        "alone_seconds": round(statistics.mean(alone), 2),
        "beside_analysts_seconds": round(statistics.mean(beside), 2),
        "slowed": round(statistics.mean(beside) / statistics.mean(alone) - 1, 3),
        **readers.end(),
    }


def _refreshed(home: Home) -> float:
    cost, _ = run_measured(
        "refresh", [BIN / "lasting-homes", "refresh", "--home", home.root], ok=(0, DONE_WITH_REJECTS)
    )
    return cost.wall


def worked_queries(database: Path) -> dict[str, float]:
    """Return for each worked query the median milliseconds in an open connection."""
    found = {}
    with open_for_analysts(database) as connection:
        for query in QUERIES:
            text, took = query.read_text(encoding="utf-8"), []
            for _ in range(REPEATED):
                started = time.perf_counter()
                connection.execute(text).fetchall()
                took.append((time.perf_counter() - started) * 1000)
            found[query.stem] = statistics.median(took)
    return found


def p95(values: Sequence[float]) -> float:
    """Return the value that 95 in 100 do not pass, itself one of them."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def make_home(root: Path, people: int | None) -> Home:
    """Return a home with both counties published, of so many people each or at full size."""
    size = ("--people", str(people)) if people else ()
    folders = ("--inbox", root / "made" / "inbox", "--truth", root / "made" / "truth")
    run_measured("generate", [sys.executable, HERE / "generate.py", "--seed", "20260930", *size, *folders])
    home = Home(root / "home")
    run_measured("init", [BIN / "lasting-homes", "init", "--home", home.root])
    shutil.copytree(root / "made" / "inbox", home.inbox, dirs_exist_ok=True)
    run_measured(
        "refresh",
        [BIN / "lasting-homes", "refresh", "--home", home.root],
        environment={"LASTING_HOMES_SETTLE_SECONDS": "0"},
        ok=(0, DONE_WITH_REJECTS),
    )
    return home


def measure(source: Home, work: Path, *, analysts: int, number: int, whole: int) -> dict[str, Any]:
    """Measure queries and publications on what `source` has published; all else is done in `work`."""
    published = published_build(source)
    from pipelines.warehouse.dbt import ParsedProject  # noqa: PLC0415 - an analyst's process needs no dbt

    manifest = dict(ParsedProject(source.dagster / "dbt").manifest)
    load_before = os.getloadavg()[0]
    start, _ = run_measured("sql", [BIN / "lasting-homes", "sql", "select 1", "--home", source.root])
    queries = worked_queries(published.analyst)
    home = Home(work / "published")
    home.initialise()
    if source.database_key_file.is_file():
        shutil.copy(source.database_key_file, home.database_key_file)
    warehouse = work / "warehouse.duckdb"
    warehouse.write_bytes(published.warehouse.read_bytes())
    publisher = Publisher(home, warehouse, manifest)
    refreshed = refreshes(source, work, whole, analysts)
    alone = publications(publisher, number)
    found: dict[str, Any] = {
        "load_average": round(load_before, 2),
        "cores": os.cpu_count(),
        "command_start_seconds": round(start.wall, 2),
        "queries_p95_ms": round(p95(list(queries.values())), 1),
        "slowest_queries_ms": {
            name: round(took, 1) for name, took in sorted(queries.items(), key=lambda one: -one[1])[:5]
        },
        "refreshes": refreshed,
        "publication_alone_seconds": round(statistics.mean(alone), 3),
    }
    for name, think in (("thinking", 1.0), ("not_thinking", 0.0)):
        readers = Analysts(home.root, analysts, think, stamped=True)
        with readers.reading():
            seconds = publications(publisher, number)
        found[name] = {
            "publication_seconds": round(statistics.mean(seconds), 3),
            "slowed": round(statistics.mean(seconds) / statistics.mean(alone) - 1, 3),
            **readers.end(),
        }
    return found


def table(found: dict[str, Any]) -> str:
    """Return what was measured beside what is aimed at."""
    lines = [
        f"worked queries, p95 in an open connection   {found['queries_p95_ms']:8.1f} ms   aim {AIM_MILLISECONDS}",
        f'the command\'s own start (`sql "select 1"`)   {found["command_start_seconds"]:8.2f} s',
        f"a publication, nobody reading               {found['publication_alone_seconds']:8.2f} s",
    ]
    whole = found["refreshes"]
    lines.insert(
        2,
        f"a whole refresh, nobody reading             {whole['alone_seconds']:8.2f} s\n"
        f"a whole refresh, analysts thinking 1 s      {whole['beside_analysts_seconds']:8.2f} s   slowed by "
        f"{whole['slowed']:.0%}   aim below {AIM_SLOWED:.0%}; {whole['queries']:,} queries, "
        f"{len(whole['trouble'])} troubles",
    )
    lines += [f"    {trouble}" for trouble in whole["trouble"]]
    for name, words in (("thinking", "analysts thinking 1 s"), ("not_thinking", "analysts not thinking")):
        one = found[name]
        lines.append(
            f"a publication, {words:<24}     {one['publication_seconds']:8.2f} s   slowed by {one['slowed']:.0%}; "
            f"{one['queries']:,} queries, {len(one['trouble'])} troubles"
        )
        lines += [f"    {trouble}" for trouble in one["trouble"]]
    lines.append(f"load of the machine before: {found['load_average']}")
    return "\n".join(lines)


def main() -> int:
    """Measure, print and keep the record; 1 when an analyst met an error, a lock or a mixed snapshot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--home", type=Path, help="a home with a published build, instead of making one")
    parser.add_argument("--people", type=int, help="people of each county, instead of its real size")
    parser.add_argument("--analysts", type=int, default=16)
    parser.add_argument("--publications", type=int, default=20)
    parser.add_argument("--refreshes", type=int, default=20, help="whole refreshes beside analysts, and as many alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lh-analysts-") as folder:
        source = Home(options.home) if options.home else make_home(Path(folder), options.people)
        found = measure(
            source, Path(folder), analysts=options.analysts, number=options.publications, whole=options.refreshes
        )
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    record = results / f"analysts-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.json"
    record.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(table(found))
    print(f"\nkept in {record.relative_to(HERE.parent)}")
    return 1 if any(found[part]["trouble"] for part in ("refreshes", "thinking", "not_thinking")) else 0


if __name__ == "__main__":
    sys.exit(main())
