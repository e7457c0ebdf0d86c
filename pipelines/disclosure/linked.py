"""All that one authority publishes, as one system of sums: keeping every hidden count's range wide enough.

What belongs here: measures that are parts of others, people and their events, shares and what they are taken of, and
hiding more until each hidden count's range is as wide as the rule asks. What does not: the sums inside one measure
(`relations`) and what is hidden for their sake first (`suppression`).

The true table is one that fits all that is shown. How far a hidden count can move from it, while others make up for it,
is a linear programme in the changes; its dual says which shown figure holds a count that can move too little, and the
least missed of these is hidden. That ends, because each turn hides something. What was hidden in this way and turns
out not to be needed is shown again. Where time runs out first, all that hangs together with a narrow count is hidden,
which is safe, and the answer says that it is not the fewest.
"""

from __future__ import annotations

import csv
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from math import inf
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import Bounds, LinearConstraint, linprog, milp  # type: ignore[import-untyped]
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from pipelines.disclosure.observations import COUNTS
from pipelines.disclosure.programme import TOTAL
from pipelines.disclosure.relations import QUARTER, Cell, additions
from pipelines.disclosure.rule import Rule
from pipelines.disclosure.status import LOW, SHARE, VALUE

LINKS = Path(__file__).with_name("linked_measures.csv")
NUMERATOR, DENOMINATOR, COUNT = "numerator", "denominator", "count"
TURNS = 200
DRAWS = 12
NEARLY = 1e-6

Vector = npt.NDArray[np.float64]
Order = tuple[int, bool, bool, int, date]

LAST: Order = (-1, False, False, 0, date.min)


@dataclass(frozen=True)
class Number:
    """One count that a figure prints.

    Attributes:
        place: The figure's place in the public edition.
        role: count, or the numerator or denominator of a share.
        true: What it is.
        group: Which figures are shown or hidden together with it.
        asked: Whether its range must be wide where it is hidden.
    """

    place: int
    role: str
    true: int
    group: int
    asked: bool


@dataclass(frozen=True)
class Sum:
    """Changes of these numbers, each times its factor, add up to `least` or more, and to none or less if `exact`."""

    factors: dict[int, int]
    least: float
    exact: bool


@dataclass(frozen=True)
class Protected:
    """What is to be hidden.

    Attributes:
        places: Of the figures that are hidden, those given included.
        fewest: Whether each that was added is needed.
    """

    places: set[int]
    fewest: bool


def protect(
    rows: pl.DataFrame, hidden: AbstractSet[int], *, rule: Rule, known: AbstractSet[int], deadline: float
) -> Protected:
    """Hide more figures of one authority until the range of every hidden count is wide enough.

    Args:
        rows: The public figures of the authority, with the columns `place` and `small`; beside them figures that are
            not published (`in_public` is false), of which small counts are protected all the same.
        hidden: Places of those that are hidden already, all that are not published among them.
        rule: How wide each range must be.
        known: Places of those that an earlier release showed: hiding them is of no use.
        deadline: When to take the safe answer instead of the best, in seconds of `time.monotonic`.
    """
    system = _System(rows, known, rule.threshold)
    return _Protecting(system, hidden, rule, deadline).run()


class _System:
    """The numbers of one authority, what adds up to what, and which figures go together."""

    def __init__(self, rows: pl.DataFrame, known: AbstractSet[int], threshold: int) -> None:
        self.numbers: list[Number] = []
        self.sums: list[Sum] = []
        self.order: dict[int, Order] = {}
        self.places_of: dict[int, list[int]] = defaultdict(list)
        self.known = set(known)
        self.small = set(rows.filter("small")["place"])
        self._found: dict[tuple[object, ...], int] = {}
        self._cells: dict[int, Cell] = {}
        self._read(rows, threshold)
        self.sums_of: dict[int, list[int]] = defaultdict(list)
        for place, one in enumerate(self.sums):
            for number in one.factors:
                self.sums_of[number].append(place)

    def _read(self, rows: pl.DataFrame, threshold: int) -> None:
        groups: dict[tuple[object, ...], int] = {}
        by_measure: dict[tuple[str, str], list[tuple[int | None, Cell]]] = defaultdict(list)
        for row in rows.iter_rows(named=True):
            cell = Cell.of(row, row["numerator"])
            same = (row["measure_id"], *_where(cell), cell.breakdown, cell.breakdown_value)
            group = groups.setdefault(same, len(groups))
            self.places_of[group].append(row["place"])
            shown = row["status"] in (VALUE, LOW)
            measure = row["measure_id"], row["definition_version"]
            for role, count in _numbers(row):
                number = None
                if shown and count is not None:
                    number = len(self.numbers)
                    asked = role != DENOMINATOR and (row["in_public"] or 0 < count < threshold)
                    self.numbers.append(Number(row["place"], role, count, group, asked))
                    self._found[row["measure_id"], role, cell.statistic, *_where(cell), cell.breakdown_value] = number
                    self._cells[number] = cell
                as_role = replace(cell, statistic=f"{cell.statistic} {role}", count=count if shown else None)
                by_measure[measure].append((number, as_role))
            largest = row["numerator"] or 0
            self.order[group] = max(self.order.get(group, LAST), _keep(cell, largest))
        for members in by_measure.values():
            self._within([number for number, _ in members], [cell for _, cell in members])
        self._across_statistics()
        self._across_measures()

    def _within(self, numbers: Sequence[int | None], cells: list[Cell]) -> None:
        """Add the sums inside one measure."""
        every = [replace(cell, additive=True) for cell in cells]
        for whole, parts in additions(every):
            top = numbers[whole]
            if top is None:
                continue
            members = [one for part in parts if (one := numbers[part]) is not None]
            left = self.numbers[top].true - sum(self.numbers[one].true for one in members)
            over = cells[whole].breakdown == TOTAL and any(cells[part].breakdown != TOTAL for part in parts)
            if cells[whole].additive or (over and left == 0):
                if left >= 0 and members:
                    factors = {top: 1, **dict.fromkeys(members, -1)}
                    self.sums.append(Sum(factors, -left, exact=left == 0 and len(members) == len(parts)))
                continue
            if len(members) == len(parts) and left <= 0:
                self.sums.append(Sum({top: -1, **dict.fromkeys(members, 1)}, left, exact=False))
            for one in members:
                self._no_more(one, top)

    def _across_statistics(self) -> None:
        for (measure, role, statistic, *where), number in list(self._found.items()):
            others: list[int | None] = []
            if statistic == "people":
                others = [self._found.get((measure, COUNT, other, *where)) for other in ("events", "nights")]
            elif role == NUMERATOR:
                others = [self._found.get((measure, DENOMINATOR, statistic, *where))]
            elif role == DENOMINATOR:
                others = [self._found.get((measure, COUNT, "events", *where))]
            for other in others:
                if other is not None:
                    self._no_more(number, other)

    def _across_measures(self) -> None:
        with LINKS.open(encoding="utf-8", newline="") as lines:
            links = list(csv.DictReader(lines))
        wholes: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for (measure, role, statistic, *where), number in self._found.items():
            wholes[measure, role, statistic, *where].append(number)
        for link in links:
            part_key = link["part"], link["part_role"], link["part_statistic"]
            for (measure, role, statistic, *where), number in list(self._found.items()):
                if (measure, role, statistic) == part_key and self._cells[number].breakdown == TOTAL:
                    for whole in wholes.get((link["whole"], link["whole_role"], link["whole_statistic"], *where), []):
                        self._no_more(number, whole, same=link["same"] == "yes")

    def _no_more(self, part: int, whole: int, *, same: bool = False) -> None:
        left = self.numbers[whole].true - self.numbers[part].true
        if left >= 0 and not (same and left):
            self.sums.append(Sum({whole: 1, part: -1}, -left, exact=same))


def _numbers(row: dict[str, object]) -> Iterator[tuple[str, int | None]]:
    """Yield what a row counts, by role; a middle value counts nothing of its own."""
    if row["statistic"] in COUNTS:
        yield COUNT, row["numerator"]  # type: ignore[misc]
    elif row["statistic"] == SHARE:
        yield NUMERATOR, row["numerator"]  # type: ignore[misc]
        yield DENOMINATOR, row["denominator"]  # type: ignore[misc]


def _where(cell: Cell) -> tuple[object, ...]:
    return cell.area, cell.kind, cell.start, cell.end, cell.breakdown


def _keep(cell: Cell, count: int) -> Order:
    """Sort key of what is missed least: breakdowns, districts, the county; the oldest first; the smaller count first.

    In the county the sums of quarters go before the quarters.
    """
    rank = 2 if cell.is_headline else int(cell.breakdown == TOTAL)
    return rank, cell.is_headline and cell.kind == QUARTER, count == 0, count, cell.end


class _Protecting:
    """The search for what else to hide."""

    def __init__(self, system: _System, hidden: AbstractSet[int], rule: Rule, deadline: float) -> None:
        self._system = system
        self._width = rule.width
        self._threshold = rule.threshold
        self._shown: set[int] = set()
        self._deadline = deadline
        self._narrow_of: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._given = set(hidden)
        self._groups = {group for group, places in system.places_of.items() if any(place in hidden for place in places)}
        self._added: list[int] = []
        self._hopeless: set[int] = set()

    def run(self) -> Protected:
        """Return all that has to be hidden."""
        fewest = self._widen() and self._show_again()
        added = {place for group in self._added for place in self._system.places_of[group]}
        return Protected((self._given | added) - self._shown, fewest)

    def _widen(self) -> bool:
        """Hide until nothing is narrow; False if time ran out before and more was hidden than need be."""
        for _ in range(TURNS):
            narrow = self._narrow()
            if not narrow:
                return True
            if time.monotonic() > self._deadline:
                break
            for part, counts in narrow:
                self._release_all(part, counts)
        while narrow := self._narrow():
            for part, counts in narrow:
                around = {group for number in part for group in self._around(number)}
                for group in around:
                    self._hide(group, counts[0])
                if not around:
                    self._settle(part)
        return False

    def _settle(self, part: tuple[int, ...]) -> None:
        """Look in earnest, whatever the time, at a part around which all is hidden; give up what is narrow even so."""
        self._narrow_of[part] = self._narrow_in(part, until=inf)
        for number in self._narrow_of[part]:
            self._give_up(number)

    def _give_up(self, number: int) -> None:
        """Hide nothing for the sake of a number that releases give away; show it, if it was hidden for others only."""
        self._hopeless.add(number)
        group = self._system.numbers[number].group
        together = [one for one in self._system.numbers if one.group == group]
        small = any(0 < one.true < self._threshold for one in together)
        if not small and self._system.small.isdisjoint(self._system.places_of[group]):
            self._system.known |= {one.place for one in together}
            self._shown |= set(self._system.places_of[group])

    def _hide(self, group: int | None, number: int) -> None:
        if group is None:
            self._give_up(number)
        else:
            self._groups.add(group)
            self._added.append(group)

    def _show_again(self) -> bool:
        """Show what was added and is not needed, the most missed first; False if time ran out before all were tried."""
        for group in sorted(self._added, key=self._system.order.__getitem__, reverse=True):
            if time.monotonic() > self._deadline:
                return False
            self._groups.discard(group)
            if self._narrow():
                self._groups.add(group)
            else:
                self._added.remove(group)
        return True

    # What is narrow.

    def _is_hidden(self, number: int) -> bool:
        one = self._system.numbers[number]
        return one.group in self._groups and one.place not in self._system.known

    def _narrow(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Return the parts of the system in which a hidden count cannot move far enough, with those counts."""
        found = []
        for part in self._parts():
            if part not in self._narrow_of:
                self._narrow_of[part] = self._narrow_in(part, until=self._deadline)
            counts = tuple(one for one in self._narrow_of[part] if one not in self._hopeless)
            if counts:
                found.append((part, counts))
        return found

    def _parts(self) -> list[tuple[int, ...]]:
        """Return the hidden numbers that hang together, those in no sum left out."""
        seen: set[int] = set()
        parts = []
        for number in range(len(self._system.numbers)):
            if number in seen or not self._is_hidden(number) or number not in self._system.sums_of:
                continue
            part, frontier = {number}, [number]
            while frontier:
                one = frontier.pop()
                for place in self._system.sums_of[one]:
                    for other in self._system.sums[place].factors:
                        if other not in part and self._is_hidden(other):
                            part.add(other)
                            frontier.append(other)
            seen |= part
            parts.append(tuple(sorted(part)))
        return parts

    def _sums_in(self, part: Sequence[int]) -> list[Sum]:
        return [
            self._system.sums[one] for one in sorted({one for number in part for one in self._system.sums_of[number]})
        ]

    def _narrow_in(self, part: tuple[int, ...], *, until: float) -> tuple[int, ...]:
        numbers = self._system.numbers
        sums = self._sums_in(part)
        asked = [one for one in part if numbers[one].asked]
        if len(sums) == 1 and sums[0].exact:
            factors = {sums[0].factors[one] for one in part}
            if len(factors) == 1:
                together = sum(numbers[one].true for one in part)
                return tuple(asked) if len(part) == 1 or together < self._width else ()
        changes = _Changes(part, sums, numbers, self._width, asked=asked)
        # What was not shown to be wide in time is taken to be narrow.
        return tuple(one for one in asked if time.monotonic() > until or not changes.can_move(one))

    # What holds a count.

    def _release_all(self, part: Sequence[int], counts: Sequence[int]) -> None:
        """Hide one of the shown figures that hold each count, the least missed; one figure may serve several."""
        sums = self._sums_in(part)
        extended = tuple(sorted({one for known in sums for one in known.factors} | set(part)))
        fixed = [one for one in extended if not self._is_hidden(one)]
        changes = _Changes(extended, sums, self._system.numbers, self._width, fixed=fixed)
        known = [one for one in extended if self._system.numbers[one].place in self._system.known]
        free = _Changes(extended, sums, self._system.numbers, self._width, fixed=known)
        hidden_now: set[int] = set()
        waiting: list[tuple[int | None, int]] = []
        for number in counts:
            if time.monotonic() > self._deadline:
                break
            if known and not free.can_move(number):
                self._give_up(number)
                continue
            groups = self._free(changes.holding(number)) or {group for one in part for group in self._around(one)}
            if not groups & hidden_now:
                group = min(groups, key=self._system.order.__getitem__, default=None)
                hidden_now |= set() if group is None else {group}
                waiting.append((group, number))
        for group, number in waiting:
            self._hide(group, number)

    def _around(self, number: int) -> set[int]:
        """Return the groups of shown figures that stand in a sum with the number."""
        beside = {one for place in self._system.sums_of[number] for one in self._system.sums[place].factors}
        return self._free(beside)

    def _free(self, numbers: AbstractSet[int]) -> set[int]:
        """Return the groups of these numbers that are shown and can be hidden to some effect."""
        known = self._system.known
        return {
            self._system.numbers[one].group
            for one in numbers
            if self._system.numbers[one].group not in self._groups and self._system.numbers[one].place not in known
        }


class _Changes:
    """Changes of numbers that leave every sum as it is."""

    def __init__(  # noqa: PLR0913 - what changes, what must not, and by how much
        self,
        part: Sequence[int],
        sums: Sequence[Sum],
        numbers: Sequence[Number],
        width: int,
        *,
        fixed: Sequence[int] = (),
        asked: Sequence[int] = (),
    ) -> None:
        self._part = part
        self._width = width
        self._place = {one: place for place, one in enumerate(part)}
        # No count need move further than the width, so larger changes need not be looked for.
        self._low = np.array([-float(min(numbers[one].true, width)) for one in part])
        self._high = np.full(len(part), float(width))
        for one in fixed:
            self._low[self._place[one]] = self._high[self._place[one]] = 0.0
        entries = [
            (row, self._place[one], float(factor))
            for row, known in enumerate(sums)
            for one, factor in known.factors.items()
            if one in self._place
        ]
        rows, columns, factors = zip(*entries, strict=True)
        self._matrix = csr_array((factors, (rows, columns)), shape=(len(sums), len(part)))
        self._least = np.array([float(known.least) for known in sums])
        self._most = np.array([0.0 if known.exact else inf for known in sums])
        self._down = np.zeros(len(part))
        self._up = np.zeros(len(part))
        self._asked = np.zeros(len(part), dtype=bool)
        self._asked[[self._place[one] for one in asked]] = True
        self._drawn = False

    def can_move(self, number: int) -> bool:
        """Whether two tables give the number values as far apart as the width."""
        if not self._drawn:
            self._draw()
        place = self._place[number]
        for direction in (1.0, -1.0):
            if self._up[place] - self._down[place] < self._width:
                aim = np.zeros(len(self._part))
                aim[place] = direction
                self._look(aim)
        return bool(self._up[place] - self._down[place] >= self._width)

    def holding(self, number: int) -> set[int]:
        """Return the numbers that cannot change and keep this one from moving further."""
        held: set[int] = set()
        exact = self._least == self._most
        bounds = np.column_stack([self._low, self._high])
        for direction in (1.0, -1.0):
            aim = np.zeros(len(self._part))
            aim[self._place[number]] = -direction
            solved = linprog(
                aim,
                A_ub=-self._matrix[~exact] if not exact.all() else None,
                b_ub=-self._least[~exact] if not exact.all() else None,
                A_eq=self._matrix[exact] if exact.any() else None,
                b_eq=self._least[exact] if exact.any() else None,
                bounds=bounds,
                method="highs",
            )
            if solved.x is None:
                continue
            pull = np.abs(solved.lower.marginals) + np.abs(solved.upper.marginals)
            still = self._low == self._high
            held |= {self._part[int(place)] for place in np.flatnonzero(still & (pull > NEARLY))}
        return held

    def _draw(self) -> None:
        self._drawn = True
        draw = np.random.default_rng(len(self._part))
        for turn in range(DRAWS):
            waiting = (self._asked & (self._up - self._down < self._width)).astype(float)
            if not waiting.any():
                return
            signs = (
                np.full(len(self._part), [1.0, -1.0][turn]) if turn < 2 else draw.choice([-1.0, 1.0], len(self._part))
            )
            self._look(signs * waiting)

    def _look(self, aim: Vector) -> None:
        solved = milp(
            -aim,
            constraints=LinearConstraint(self._matrix, self._least, self._most),
            bounds=Bounds(self._low, self._high),
        )
        if solved.x is not None and np.any(np.abs(solved.x - np.round(solved.x)) >= NEARLY):
            solved = milp(
                -aim,
                constraints=LinearConstraint(self._matrix, self._least, self._most),
                bounds=Bounds(self._low, self._high),
                integrality=np.ones(len(aim)),
                options={"time_limit": 1.0},
            )
        if solved.x is not None:
            self._up = np.maximum(self._up, np.floor(solved.x + NEARLY))
            self._down = np.minimum(self._down, np.ceil(solved.x - NEARLY))
