"""County-quarters drawn at random, released one after the other and attacked: `make soak` runs 200, the tests a few.

What belongs here: one county-quarter, and the report of many. What does not: the county (`made_up_county`).

Run as `python tests/attacks/soak.py 200`; it fails where any hidden count can be told to within the protection width.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from made_up_county import known_by_quarter, write_warehouse

from pipelines.disclosure import DisclosureError, audit, write_figures

EVENTS_A_QUARTER = (3, 8, 20, 40)


@dataclass(frozen=True)
class CountyQuarter:
    """What came of one quarter's publication after the one before it.

    Attributes:
        leaks: Hidden counts that both releases together give away; None where nothing was published.
        unaware: The same, had the quarter been published without regard to the release before it.
        cells, cells_shown, cells_by_table, counts, counts_shown, counts_by_table: See `Kept`.
        seconds: How long the publication took.
    """

    leaks: int | None
    unaware: int
    cells: int
    cells_shown: int
    cells_by_table: int
    counts: int
    counts_shown: int
    counts_by_table: int
    seconds: float


def county_quarter(folder: Path, seed: int) -> CountyQuarter:
    """Publish a county's last quarter but one, then its last, and read both."""
    size = {"districts": 2 + seed % 4, "quarters": 5 + seed % 5, "events_a_quarter": EVENTS_A_QUARTER[seed % 4]}
    write_warehouse(folder / "before", seed, **size)
    shutil.copytree(folder / "before", folder / "now")
    known_by_quarter(folder / "before", 1)
    write_figures(folder / "before", build_id="before")
    released, now = (folder / name / "figures" / "public.csv" for name in ("before", "now"))
    write_figures(folder / "now", build_id="unaware")
    unaware = len(audit(now, [released]).leaks)
    started = time.monotonic()
    try:
        report = write_figures(folder / "now", build_id="now", earlier=[released])
    except DisclosureError:
        return CountyQuarter(None, unaware, 0, 0, 0, 0, 0, 0, time.monotonic() - started)
    kept, seconds = report.kept, time.monotonic() - started
    return CountyQuarter(
        len(report.audit.leaks),
        unaware,
        kept.cells,
        kept.cells_shown,
        kept.cells_by_table,
        kept.counts,
        kept.counts_shown,
        kept.counts_by_table,
        seconds,
    )


def told(quarters: Sequence[CountyQuarter]) -> str:
    """Return the report of many county-quarters."""

    def share(part: str, whole: str) -> str:
        return f"{sum(getattr(one, part) for one in quarters) / sum(getattr(one, whole) for one in quarters):.1%}"

    refused = sum(one.leaks is None for one in quarters)
    return "\n".join(
        [
            f"{len(quarters)} county-quarters, {refused} of them not published",
            f"hidden counts that two releases give away: {sum(one.leaks or 0 for one in quarters)}"
            f" (published without regard to the first: {sum(one.unaware for one in quarters)})",
            f"cells shown: {share('cells_shown', 'cells')} (hiding every table with a small count: "
            f"{share('cells_by_table', 'cells')})",
            f"counts shown: {share('counts_shown', 'counts')} ({share('counts_by_table', 'counts')})",
            f"seconds a publication: {sum(one.seconds for one in quarters) / len(quarters):.1f}, "
            f"at most {max(one.seconds for one in quarters):.1f}",
        ]
    )


def main(number: int) -> int:
    """Run `number` county-quarters; return how many were not published or give something away."""
    quarters = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(number):
            quarters.append(county_quarter(Path(folder) / str(seed), seed))
            shutil.rmtree(Path(folder) / str(seed))
    print(told(quarters))
    return sum(one.leaks != 0 for one in quarters)


if __name__ == "__main__":
    sys.exit(min(main(int(sys.argv[1])), 1))
