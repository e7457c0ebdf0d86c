"""`python -m pipelines.synthetic --inbox … --truth …`: write the synthetic extracts from the command line."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from pipelines.progress import to_standard_error
from pipelines.synthetic import generate


def main() -> None:
    """Read the arguments, generate, print the summary."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.synthetic", description="Write synthetic extracts.")
    parser.add_argument("--inbox", type=Path, required=True, help="folder that receives the extracts")
    parser.add_argument("--truth", type=Path, required=True, help="folder that receives the truth, outside the home")
    parser.add_argument("--people", type=int, help="care leavers of 17 to 24 per county (default: the real sizes)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-at", type=date.fromisoformat, default=date(2026, 9, 30), help="last month end")
    parser.add_argument("--months", type=int, default=36, help="number of monthly snapshots")
    parser.add_argument("--defects", type=float, default=1.0, help="times the usual rates of mistakes about people")
    parser.add_argument(
        "--case-system",
        action="append",
        default=[],
        metavar="AUTHORITY=KIND",
        help="what an authority's case system sends: ssd (default), annex_a, ssda903 or ssd_and_ssda903",
    )
    given = parser.parse_args()
    summary = generate(
        given.inbox,
        given.truth,
        people=given.people,
        seed=given.seed,
        as_at=given.as_at,
        months=given.months,
        defects=given.defects,
        case_systems=dict(one.split("=", 1) for one in given.case_system),
        progress=to_standard_error(),
    )
    print(f"{summary.files:,} files with {summary.rows:,} rows: {summary.rejected:,} must be rejected, "
          f"{summary.refused:,} cells refused; {summary.linked:,} applications and cases are of known people, "
          f"{summary.unlinked:,} of others.")  # fmt: skip


if __name__ == "__main__":
    main()
