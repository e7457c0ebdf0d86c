"""Make extracts for a benchmark; `county` runs this in a process of its own.

Usage: `python benchmarks/generate.py [--people N] --seed S --inbox FOLDER --truth FOLDER`; N is the number for each
county, without it both have their real size. Prints how many people live in the extracts.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipelines.progress import to_standard_error
from pipelines.synthetic import generate


def main() -> int:
    """Generate."""
    parser = argparse.ArgumentParser(description="Make extracts for a benchmark.")
    parser.add_argument("--people", type=int)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--inbox", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    given = parser.parse_args()
    made = generate(given.inbox, given.truth, people=given.people, seed=given.seed, progress=to_standard_error())
    print(sum(made.people.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
