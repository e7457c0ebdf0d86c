"""What is aimed at, and how a figure stands to it: a colour that is always also a word.

What belongs here: the targets in force for the pack's quarter, and the rating and alert of a figure that the edition
shows. What does not: the rule (`pipelines.rating`, decision 12) and the targets themselves (seed `target`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.rating import Rating, Target, rating_of
from pipelines.rendering.story.figures import Figure, Key
from pipelines.warehouse.database import open_for_reading

WORDS = {Rating.GREEN: "Green", Rating.AMBER: "Amber", Rating.RED: "Red", Rating.NOT_RATED: "Not rated"}
BY_LAW = "law"
_IN_FORCE = """
    select measure_id, area_code, period_label, statistic, period_kind, breakdown, breakdown_value,
        target, floor, better, kind, source
    from marts.measure_rating
    where authority = ?
"""
_THERE = "select count(*) from information_schema.tables where table_schema = 'marts' and table_name = 'measure_rating'"


@dataclass(frozen=True)
class Aim:
    """A target in force: the figure that would meet it, who set it, and where it is written."""

    target: Target
    kind: str
    source: str

    def text(self, statistic: str) -> str:
        """Return the target as the packs print it: a share as a percentage."""
        return _number(self.target.target, statistic)

    def floor_text(self, statistic: str) -> str:
        """Return the floor likewise; a dash where none is set."""
        return "–" if self.target.floor is None else _number(self.target.floor, statistic)


def _number(value: float, statistic: str) -> str:
    return f"{100 * value:.0f}%" if statistic == "share" else f"{value:,.0f}"


@cache
def aims_in_force(build: Path, authority: str) -> dict[Key, Aim]:
    """Return the targets in force for figures of `authority`; none where the build has none."""
    database = build / "analyst.duckdb"
    if not database.is_file():
        return {}
    with open_for_reading(database) as connection:
        there = connection.execute(_THERE).fetchone()
        rows = connection.execute(_IN_FORCE, [authority]).fetchall() if there and there[0] else []
    return {
        Key(*row[:7]): Aim(Target(float(row[7]), row[9], None if row[8] is None else float(row[8])), row[10], row[11])
        for row in rows
    }


def rating_of_figure(figure: Figure, aim: Aim | None) -> Rating:
    """Return the colour of a figure as this edition shows it; a figure that is not shown has none."""
    if not figure.shown:
        return Rating.NOT_RATED
    base = figure.denominator if figure.denominator is not None else figure.numerator
    return rating_of(figure.value, aim.target if aim else None, figure.key.statistic, base)


def is_alert(figure: Figure, aim: Aim | None) -> bool:
    """Return whether something is shown that the law expects nowhere, however few."""
    expected_none = aim is not None and aim.kind == BY_LAW and aim.target.target == 0
    return expected_none and figure.shown and bool(figure.value)
