"""The least and the greatest whole number that each of many linked counts can be.

What belongs here: the arithmetic, with HiGHS. What does not: where the numbers come from (`knowledge`).

A count is safe when two tables in whole numbers, which both fit everything known, give it values far enough apart. Such
tables are looked for with aims drawn at random, which settles most counts at once; for what is left the least and the
greatest value are computed, first by linear programming, whose range can only be too wide, then in whole numbers.
What no table was found for in time counts as known.
"""

import time
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]
from scipy.sparse import csr_array, hstack, identity  # type: ignore[import-untyped]

Unknown = TypeVar("Unknown", bound=Hashable)
Vector = npt.NDArray[np.float64]

# How many tables with random aims are looked at before single counts are.
DRAWS = 6
# A number is whole when it is nearer than this to one.
NEARLY = 1e-6
SECONDS_A_COUNT = 2.0


@dataclass(frozen=True)
class Sum(Generic[Unknown]):
    """`least` <= the sum of the unknowns, each times its factor, <= `most`."""

    factors: Mapping[Unknown, int]
    least: float
    most: float


@dataclass(frozen=True)
class Range(Generic[Unknown]):
    """What a reader can tell of a count: that it lies from `least` to `most`."""

    of: Unknown
    least: float
    most: float

    @property
    def width(self) -> float:
        """How far apart its ends are."""
        return self.most - self.least


@dataclass(frozen=True)
class Findings(Generic[Unknown]):
    """What was found out of many counts.

    Attributes:
        narrow: The counts whose range is narrower than was asked.
        contradictions: How many of the sums had to be loosened for any table to fit.
    """

    narrow: tuple[Range[Unknown], ...]
    contradictions: int


def narrow_ranges(
    ends: Mapping[Unknown, tuple[float, float]],
    sums: Sequence[Sum[Unknown]],
    wanted: Mapping[Unknown, float],
    *,
    deadline: float = inf,
) -> Findings[Unknown]:
    """Return those of the wanted counts whose range is narrower than the width wanted.

    Args:
        ends: What is known of each count alone; equal ends are a number that is known.
        sums: What is known of several.
        wanted: The counts to look at, and how wide the range of each must be.
        deadline: When to stop looking, in seconds of `time.monotonic`.
    """
    narrow: list[Range[Unknown]] = []
    contradictions = 0
    for group in _apart(ends, sums):
        targets = {one: wanted[one] for one in group.unknowns if one in wanted}
        if not targets:
            continue
        simple = group.simple_ranges(ends)
        if simple is not None:
            narrow += [found for one in targets if (found := simple[one]).width < targets[one]]
            continue
        tables = _Tables(group, ends, targets)
        contradictions += tables.loosened
        narrow += tables.narrow(deadline)
    # A count that stands in no sum is known by its own ends alone.
    in_sums = {one for known in sums for one in known.factors}
    alone = (Range(one, *ends[one]) for one in wanted if one not in in_sums or ends[one][0] == ends[one][1])
    found_already = {one.of for one in narrow}
    narrow += [one for one in alone if one.width < wanted[one.of] and one.of not in found_already]
    return Findings(tuple(narrow), contradictions)


@dataclass(frozen=True)
class _Group(Generic[Unknown]):
    """Unknowns that hang together, and the sums that hold them, without the numbers that are known."""

    unknowns: list[Unknown]
    sums: list[Sum[Unknown]]

    def simple_ranges(self, ends: Mapping[Unknown, tuple[float, float]]) -> dict[Unknown, Range[Unknown]] | None:
        """Return the ranges where counts add up to one known number and nothing else is known; None elsewhere."""
        if len(self.sums) != 1 or self.sums[0].least != self.sums[0].most or self.sums[0].least < 0:
            return None
        only = self.sums[0]
        if set(only.factors.values()) != {1} or any(ends[one] != (0.0, inf) for one in self.unknowns):
            return None
        if len(self.unknowns) == 1:
            return {one: Range(one, only.least, only.least) for one in self.unknowns}
        return {one: Range(one, 0.0, only.least) for one in self.unknowns}


def _apart(ends: Mapping[Unknown, tuple[float, float]], sums: Sequence[Sum[Unknown]]) -> Iterator[_Group[Unknown]]:
    """Yield the groups of sums that share no unknown."""
    left: list[Sum[Unknown]] = []
    for known in sums:
        unknown = {one: factor for one, factor in known.factors.items() if ends[one][0] < ends[one][1]}
        if unknown:
            shown = sum(factor * ends[one][0] for one, factor in known.factors.items() if one not in unknown)
            left.append(Sum(unknown, known.least - shown, known.most - shown))
    parent: dict[Unknown, Unknown] = {}

    def root(one: Unknown) -> Unknown:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for known in left:
        first, *others = known.factors
        for other in others:
            parent[root(other)] = root(first)
    groups: dict[Unknown, list[Sum[Unknown]]] = defaultdict(list)
    for known in left:
        groups[root(next(iter(known.factors)))].append(known)
    for members in groups.values():
        yield _Group(list(dict.fromkeys(one for known in members for one in known.factors)), members)


class _Tables(Generic[Unknown]):
    """The tables in whole numbers that fit everything known of a group."""

    def __init__(
        self,
        group: _Group[Unknown],
        ends: Mapping[Unknown, tuple[float, float]],
        targets: Mapping[Unknown, float],
    ) -> None:
        self._unknowns = group.unknowns
        self._place = {one: place for place, one in enumerate(group.unknowns)}
        self._targets = targets
        entries = [
            (row, self._place[one], float(factor))
            for row, known in enumerate(group.sums)
            for one, factor in known.factors.items()
        ]
        rows, columns, factors = zip(*entries, strict=True)
        self._matrix = csr_array((factors, (rows, columns)), shape=(len(group.sums), len(group.unknowns)))
        self._least = np.array([known.least for known in group.sums])
        self._most = np.array([known.most for known in group.sums])
        finite = [abs(end) for end in (*self._least, *self._most) if abs(end) < inf]
        # Beyond what any sum says a count may as well be this: wide enough for every width that is asked.
        highest = sum(finite) + 2 * max(targets.values(), default=0.0) + 1
        self._low = np.array([ends[one][0] for one in group.unknowns])
        self._high = np.array([min(ends[one][1], max(highest, ends[one][0])) for one in group.unknowns])
        self.loosened = 0
        self._lowest = np.full(len(group.unknowns), inf)
        self._highest = np.full(len(group.unknowns), -inf)

    def narrow(self, deadline: float) -> Iterator[Range[Unknown]]:
        """Yield the targets whose range is too narrow or was not found wide enough in time."""
        self._loosen()
        draw = np.random.default_rng(len(self._unknowns))
        for turn in range(2 * DRAWS):
            waiting = self._waiting()
            if not waiting or time.monotonic() > deadline:
                break
            aim = np.zeros(len(self._unknowns))
            places = [self._place[one] for one in waiting]
            aim[places] = [1.0, -1.0][turn] if turn < 2 else draw.choice([-1.0, 1.0], len(places))
            self._look(aim, whole=turn >= DRAWS)
        for one in self._waiting():
            found = self._range(one, deadline)
            if found.width < self._targets[one]:
                yield found

    def _waiting(self) -> list[Unknown]:
        """Return the targets of which no two tables far enough apart have been seen."""
        return [
            one
            for one, width in self._targets.items()
            if not self._highest[self._place[one]] - self._lowest[self._place[one]] >= width
        ]

    def _loosen(self) -> None:
        """Where no table fits, let the sums give way by the least that lets one fit."""
        if self._look(np.zeros(len(self._unknowns)), whole=False):
            return
        rows, columns = self._matrix.shape
        slack = identity(rows, format="csr")
        matrix = hstack([self._matrix, slack, -slack], format="csr")
        found = milp(
            np.r_[np.zeros(columns), np.ones(2 * rows)],
            constraints=LinearConstraint(matrix, self._least, self._most),
            bounds=Bounds(np.r_[self._low, np.zeros(2 * rows)], np.r_[self._high, np.full(2 * rows, inf)]),
        )
        reached = np.round(self._matrix @ found.x[:columns])
        below, above = reached < self._least - NEARLY, reached > self._most + NEARLY
        self.loosened = int(np.count_nonzero(below | above))
        fixed = self._least == self._most
        self._least = np.where(below | (above & fixed), reached, self._least)
        self._most = np.where(above | (below & fixed), reached, self._most)

    def _look(self, aim: Vector, *, whole: bool) -> bool:
        """Look for the table that goes furthest towards an aim, note its values if they are whole; False if none."""
        found = self._solve(aim, whole=whole, seconds=SECONDS_A_COUNT)
        if found is None:
            return False
        rounded = np.round(found)
        if np.all(np.abs(found - rounded) < NEARLY):
            self._lowest = np.minimum(self._lowest, rounded)
            self._highest = np.maximum(self._highest, rounded)
        return True

    def _range(self, one: Unknown, deadline: float) -> Range[Unknown]:
        """Return the range of one count in whole numbers."""
        place = self._place[one]
        for whole in (False, True):
            if time.monotonic() > deadline:
                break
            ends = []
            for direction in (1.0, -1.0):
                aim = np.zeros(len(self._unknowns))
                aim[place] = direction
                found = self._solve(aim, whole=whole, seconds=SECONDS_A_COUNT)
                ends.append(inf if found is None else found[place])
                if found is not None and np.all(np.abs(found - np.round(found)) < NEARLY):
                    self._lowest = np.minimum(self._lowest, np.round(found))
                    self._highest = np.maximum(self._highest, np.round(found))
            if inf in ends:
                continue
            least, most = ceil(ends[1] - NEARLY), floor(ends[0] + NEARLY)
            least, most = min(least, most), max(least, most)
            if most - least < self._targets[one] or one not in self._waiting():
                return Range(one, float(least), float(most))
        seen = self._lowest[place], self._highest[place]
        return Range(one, *seen) if seen[0] <= seen[1] else Range(one, 0.0, 0.0)

    def _solve(self, aim: Vector, *, whole: bool, seconds: float) -> Vector | None:
        result = milp(
            -aim,
            constraints=LinearConstraint(self._matrix, self._least, self._most),
            bounds=Bounds(self._low, self._high),
            integrality=np.ones(len(aim)) if whole else None,
            options={"time_limit": seconds},
        )
        return None if result.x is None else np.asarray(result.x)
