"""One refresh by plain function calls, each stage measured apart; `county` runs this in a process of its own.

Usage: `python benchmarks/stages.py --home HOME`; prints the costs as JSON.

What belongs here: calling the stages in their order. What does not: Dagster, whose cost is what this leaves out.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path

from measuring import Cost, measured


def stage_costs(home: Path) -> list[Cost]:
    """Refresh a home and return the cost of importing, of parsing and of every stage."""
    costs: list[Cost] = []
    with measured("imports", costs), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import dagster  # noqa: F401, PLC0415 - a refresh pays for it too
        import dagster_dbt  # noqa: F401, PLC0415
        import dbt.cli.main  # noqa: F401, PLC0415
        import great_expectations  # noqa: F401, PLC0415

        from pipelines.definitions import judge_with_great_expectations  # noqa: PLC0415
        from pipelines.refresh import Refresh  # noqa: PLC0415
        from pipelines.settings import Settings  # noqa: PLC0415
        from pipelines.warehouse.dbt import ParsedProject  # noqa: PLC0415
        from pipelines.warehouse.lock import only_one  # noqa: PLC0415

    settings = Settings.of_home(home, settle_seconds=0)
    with measured("parse", costs):
        project = ParsedProject(settings.folders.dagster / "dbt")
    run = Refresh(settings, judge=judge_with_great_expectations, project=project)
    with only_one(settings.folders):
        for step, stage in (
            ("land", run.land_inbox),
            ("quality", run.judge_loads),
            ("identity", run.link_people),
            ("dbt", run.transform),
            ("figures", run.disclose),
            ("publish", run.publish_build),
        ):
            with measured(step, costs):
                stage()
    return costs


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the stages of one refresh.")
    parser.add_argument("--home", type=Path, required=True)
    costs = stage_costs(parser.parse_args().home)
    print(json.dumps([cost.as_json() for cost in costs]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
