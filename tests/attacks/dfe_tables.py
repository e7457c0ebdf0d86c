"""DfE's published tables of care leavers' suitability of accommodation by council, age and year, to be attacked.

What belongs here: reading them, and what their definitions say adds up. What does not: how that is solved.
"""

import csv
from collections import defaultdict
from math import inf
from pathlib import Path

from pipelines.disclosure.attacker.ranges import Range, Sum, narrow_ranges

DFE = Path(__file__).resolve().parents[3] / "shared" / "data" / "dfe"
BY_AGE = DFE / "DfE_2024release_la_care_leavers_accommodation_suitability.csv"
BY_YEAR_OF_AGE = DFE / "DfE_2024release_la_care_leavers_accommodation_suitability_22to25.csv"
TOTAL = "Suitability total"

Group = tuple[str, str, str]
Cell = tuple[str, str, str, str]


def narrow_groups(path: Path, width: float) -> dict[Group, list[Range[Cell]]]:
    """Return the groups (year, council, age) with a hidden count whose range is narrower than `width`, with those."""
    ends: dict[Cell, tuple[float, float]] = {}
    parts: dict[Group, list[Cell]] = defaultdict(list)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["geographic_level"] != "Local authority" or (
                row["number"] not in ("c", "0") and not row["number"].isdigit()
            ):
                continue
            group = row["time_period"], row["la_name"], row["age"]
            cell = (*group, row["accommodation_suitability"])
            ends[cell] = (0.0, inf) if row["number"] == "c" else (float(row["number"]), float(row["number"]))
            parts[group].append(cell)
    sums = [
        Sum({cell: -1 if cell[-1] == TOTAL else 1 for cell in cells}, 0, 0)
        for cells in parts.values()
        if any(cell[-1] == TOTAL for cell in cells)
    ]
    hidden = {cell: width for cell, (least, most) in ends.items() if least < most}
    found: dict[Group, list[Range[Cell]]] = defaultdict(list)
    for one in narrow_ranges(ends, sums, hidden).narrow:
        found[one.of[:3]].append(one)
    return found
