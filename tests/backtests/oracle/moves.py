"""One move across sources.

What belongs here: readings 20 to 22: how lettings, duty ends and homes of one family become one move. What does not:
whether anybody counts it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from .dates import DAY
from .housing import DutyEnd, Letting
from .reference import Reference
from .spells import Home

MOVE_MEASURES = {
    "private_rented": "private_sector_moves",
    "supported": "supported_moves",
    "social_general_needs": "social_moves",
    "tenure_not_known": "tenure_not_known_moves",
    "student_home": "student_home_moves",
}
"""The kinds of move that are counted, and where (readings 33 and 50)."""

_WINDOW = 28 * DAY

Record = TypeVar("Record", Letting, DutyEnd, Home)


@dataclass(frozen=True)
class Move:
    """One move: at most one letting, one duty end and one home, the first of them being the anchor (reading 20).

    The page lets an anchor of kind tenure_not_known take a joined record's kind; only homes can be of that kind, and a
    home anchors last with nothing below it to join, so the anchor's kind is the move's.
    """

    letting: Letting | None = None
    duty_end: DutyEnd | None = None
    home: Home | None = None

    @property
    def anchor(self) -> Letting | DutyEnd | Home:
        """The record of the highest source."""
        anchor = self.letting or self.duty_end or self.home
        if anchor is None:
            raise ValueError("a move without a record")
        return anchor

    @property
    def start(self) -> date:
        """The anchor's start."""
        return self.anchor.start

    @property
    def kind(self) -> str:
        """The anchor's kind."""
        return self.anchor.kind

    @property
    def end(self) -> date | None:
        """The end of its home, if it holds one (reading 22)."""
        return self.home.end if self.home is not None else None

    @property
    def district(self) -> str | None:
        """The letting's district, else the home's, else the case's (reading 21)."""
        in_order = (self.letting, self.home, self.duty_end)
        return next((record.district for record in in_order if record is not None and record.district), None)

    @property
    def route(self) -> str:
        """How a social home was come by (reading 21)."""
        if self.letting is not None:
            return self.letting.route
        return "homelessness_duty" if self.duty_end is not None else "not_known"

    @property
    def scheme(self) -> str:
        """The letting's scheme, else `none` (reading 21)."""
        return self.letting.scheme if self.letting is not None else "none"

    @property
    def agreement(self) -> str:
        """Which systems know of the move (reading 21)."""
        if self.home is None:
            return "housing_only"
        return "case_system_only" if self.letting is None and self.duty_end is None else "both_systems"


def moves_of(
    lettings: Sequence[Letting], duty_ends: Sequence[DutyEnd], homes: Sequence[Home], reference: Reference
) -> list[Move]:
    """Every letting, duty end and home with a recorded start in exactly one move (reading 20)."""

    def family(record: Letting | DutyEnd | Home) -> str:
        return reference.family_of_kind[record.kind]

    waiting_duty_ends = sorted(duty_ends, key=lambda end: (end.start, end.record_id))
    waiting_homes = sorted((home for home in homes if home.start_recorded), key=lambda home: (home.start, home.tie_key))
    moves = []
    for letting in sorted(lettings, key=lambda letting: (letting.start, letting.record_id)):
        duty_end = _take_nearest(letting, waiting_duty_ends, family)
        home = _take_nearest(letting, waiting_homes, family)
        moves.append(Move(letting, duty_end, home))
    for duty_end in waiting_duty_ends:
        moves.append(Move(None, duty_end, _take_nearest(duty_end, waiting_homes, family)))
    moves += [Move(None, None, home) for home in waiting_homes]
    return moves


def _take_nearest(
    anchor: Letting | DutyEnd, waiting: list[Record], family: Callable[[Letting | DutyEnd | Home], str]
) -> Record | None:
    """Take out of `waiting`, which is in order of start and record id, the record that joins `anchor`."""
    near = [
        record for record in waiting if family(record) == family(anchor) and abs(record.start - anchor.start) <= _WINDOW
    ]
    nearest = min(near, key=lambda record: abs(record.start - anchor.start), default=None)
    if nearest is not None:
        waiting.remove(nearest)
    return nearest
