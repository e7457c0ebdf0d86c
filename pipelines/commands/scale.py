"""`lasting-homes scale`: the models of the published build on another engine, and whether it says the same.

What belongs here: the options, and telling what was found. What does not: how an engine is run (`pipelines.scale`).

Nothing of the home changes: what the other engine makes lies in a folder of the user's own.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from pipelines.commands.outcome import Outcome, UsageError, count

TARGETS = ("spark",)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `scale`."""
    parser.add_argument("--target", choices=TARGETS, default=TARGETS[0], help="the engine, by its dbt target")
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="a new folder for rows, tables and logs: it holds people",
    )
    parser.add_argument(
        "--master", default="local[2]", help="Spark's master: local[2], local-cluster[2,1,1024], spark://host:7077"
    )
    parser.add_argument("--driver-memory", default="2g", metavar="SIZE", help="memory of Spark's driver (2g)")
    parser.add_argument(
        "--partitions", type=int, default=2, metavar="N", help="parts of a shuffle; two to three for each core (2)"
    )
    parser.add_argument("--small", action="store_true", help="interpret plans: sooner done with a county or less")
    parser.add_argument("--tests", action="store_true", help="run dbt's data tests on the engine, too")


def run(options: argparse.Namespace) -> Outcome:
    """Build and compare; exit 1 when the engines differ."""
    from pipelines.scale.parity import compare
    from pipelines.scale.spark import SparkSession, build_on_spark
    from pipelines.settings import Settings
    from pipelines.warehouse.publish import published_build

    folder: Path = options.to.resolve()
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty: name a new folder.")
    if options.partitions < 1:
        raise UsageError("--partitions must be 1 or more.")
    build = published_build(Settings.of_home(options.home).folders)
    session = SparkSession(
        master=options.master,
        driver_memory=options.driver_memory,
        partitions=options.partitions,
        is_small=options.small,
    )
    made = build_on_spark(build.warehouse, folder, session, with_tests=options.tests)
    compared = compare(build.warehouse, made.tables, made.manifest)
    equal = all(one.is_equal for one in compared)
    text = "\n".join(
        [
            f"{count(made.models, 'model')} on Spark ({options.master}) in {made.seconds:.0f} s.",
            f"Tables: {made.tables}",
            *(one.sentence() for one in compared),
            "DuckDB and Spark say the same." if equal else "DuckDB and Spark differ.",
        ]
    )
    data = {
        "build_id": build.build_id,
        "target": options.target,
        "tables": made.tables,
        "models": made.models,
        "seconds": made.seconds,
        "slowest": dict(made.slowest),
        "compared": [asdict(one) | {"is_equal": one.is_equal} for one in compared],
    }
    return Outcome(text, data, 0 if equal else 1)
