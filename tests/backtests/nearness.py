"""How far the definitions are from the world: the oracle's answers beside the lives as the generator lived them.

What belongs here: tolerant shares for a report. What does not: anything that must hold exactly. Late, missing and wrong
records make a difference here that no correct implementation could close.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from .oracle import OracleResult
from .oracle.reference import Reference, read_reference
from .oracle.spells import kind_of_accommodation

_LATE = timedelta(days=62)
"""Spells are recorded up to 60 days late; a snapshot adds its own days."""

_FAMILY_OF_MEASURE = {
    "private_sector_moves": "independent",
    "social_moves": "independent",
    "tenure_not_known_moves": "independent",
    "supported_moves": "supported",
}


@dataclass(frozen=True)
class LivedHome:
    """A home as it was lived in."""

    kind: str
    start: date
    end: date | None


@dataclass(frozen=True)
class Nearness:
    """Shares between 0 and 1."""

    homes_alike: float
    """Of the people in the cohort on the last quarter's last day: kind of home as lived."""
    moves_lived: float
    """Of the moves counted: a home of that family was really begun within two months."""

    def __str__(self) -> str:
        """One line for the report."""
        return f"home on the last day as lived: {self.homes_alike:.0%}; moves that were lived: {self.moves_lived:.0%}"


def nearness(oracle: OracleResult, truth: Path, seeds: Path) -> Nearness:
    """Compare the oracle's homes and moves with `truth/lives/homes.parquet`.

    Raises:
        ValueError: nobody is in the cohort or nothing moved, so that there is nothing to compare.
    """
    reference = read_reference(seeds)
    lived = read_lived_homes(truth, reference)
    last_day = max(event.start_date for event in oracle.events if event.measure_id == "accommodation_now")
    alike = [
        _kind_on(last_day, lived.get(event.person, [])) == event.breakdowns["kind_of_home"]
        for event in oracle.events
        if event.measure_id == "accommodation_now" and event.start_date == last_day
    ]
    moved = [
        _began_near(event.start_date, _FAMILY_OF_MEASURE[event.measure_id], lived.get(event.person, []), reference)
        for event in oracle.events
        if event.measure_id in _FAMILY_OF_MEASURE
    ]
    return Nearness(homes_alike=_share(alike), moves_lived=_share(moved))


def read_lived_homes(truth: Path, reference: Reference) -> Mapping[str, list[LivedHome]]:
    """Homes by person, in order of start."""
    homes: dict[str, list[LivedHome]] = {}
    for row in pl.read_parquet(truth / "lives" / "homes.parquet").sort("person", "start").iter_rows(named=True):
        homes.setdefault(row["person"], []).append(_lived_home(row, reference))
    return homes


def _lived_home(row: Mapping[str, Any], reference: Reference) -> LivedHome:
    return LivedHome(kind_of_accommodation(row["code"], row["tenure"], reference), row["start"], row["end"])


def _kind_on(day: date, homes: list[LivedHome]) -> str:
    """The kind lived in; the lives begin when care ends, so who has no home yet is in a care placement."""
    begun = bisect_right([home.start for home in homes], day)
    if begun == 0:
        return "in_care_placement"
    home = homes[begun - 1]
    return home.kind if home.end is None or day < home.end else "not_known"


def _began_near(day: date, family: str, homes: Iterable[LivedHome], reference: Reference) -> bool:
    return any(abs(home.start - day) <= _LATE and reference.family_of_kind[home.kind] == family for home in homes)


def _share(answers: list[bool]) -> float:
    if not answers:
        raise ValueError("nothing to compare with the lives")
    return sum(answers) / len(answers)
