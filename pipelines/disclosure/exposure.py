"""Which hidden figures a reader could work out from the ones that are shown.

What belongs here: the two questions asked of a set of hidden cells: does algebra fix one, do bounds fix one. What does
not: choosing what else to hide (`suppression`).
"""

import heapq
import random
from collections import defaultdict
from collections.abc import Set as AbstractSet
from math import inf

from pipelines.disclosure.relations import Cell, Relation

# How often each relation may be looked at again before bounds are left as wide as they are.
LOOKS = 100

# Arithmetic is done modulo a prime: exact, quick, and a wrong answer (one in 10^18) can only hide a cell too many.
PRIME = (1 << 61) - 1

Row = dict[int, int]


def exposed(cells: list[Cell], relations: list[Relation], hidden: AbstractSet[int]) -> dict[int, set[int]]:
    """Return the hidden cells whose value follows from the shown ones, each with the shown cells that give it away.

    Hiding one of those is a step towards protecting the cell. Relations that hold only as upper bounds are left out
    here; `suppression` still counts what they leave.
    """
    holding = [relation for relation in relations if relation.remainder >= 0]
    rows = [_equation(place, relation, cells, hidden) for place, relation in enumerate(holding)]
    found = _fixed_by_algebra([row for row in rows if row], _Unknown(hidden, len(cells)))
    pinned = _fixed_by_bounds(cells, holding, hidden) - found.keys()
    return found | _shown_around(pinned, cells, holding, hidden)


def _shown_around(
    pinned: set[int], cells: list[Cell], relations: list[Relation], hidden: AbstractSet[int]
) -> dict[int, set[int]]:
    """Return for each pinned cell the shown cells above zero of the nearest relations that have any.

    A bound comes from no other: a reader starts from what is shown and goes on through hidden cells.
    """
    touching: dict[int, list[Relation]] = defaultdict(list)
    for relation in relations if pinned else ():
        for cell in (relation.total, *relation.parts):
            touching[cell].append(relation)
    found = {}
    for cell in pinned:
        shown, reached, frontier = set[int](), {cell}, {cell}
        while frontier and not shown:
            near = [relation for one in frontier for relation in touching[one]]
            around = {one for relation in near for one in (relation.total, *relation.parts) if cells[one].count}
            shown = around - hidden
            frontier = around - reached
            reached |= frontier
        found[cell] = shown
    return found


class _Unknown:
    """Tells what a reader does not see: hidden cells, and remainders, which are numbered after the cells."""

    def __init__(self, hidden: AbstractSet[int], cells: int) -> None:
        self._hidden = hidden
        self._cells = cells

    def __contains__(self, name: int) -> bool:
        return name in self._hidden or self.is_remainder(name)

    def is_remainder(self, name: int) -> bool:
        """Whether the name stands for what parts that are not available leave of a total."""
        return name >= self._cells


def _equation(place: int, relation: Relation, cells: list[Cell], hidden: AbstractSet[int]) -> Row:
    """Return the relation's cells above zero with their signs, or nothing if all of them are shown."""
    row = {part: 1 for part in relation.parts if cells[part].count}
    if cells[relation.total].count:
        row[relation.total] = -1
    if relation.remainder:
        row[len(cells) + place] = 1
    return row if any(name in hidden for name in row) else {}


def _fixed_by_algebra(rows: list[Row], unknown: _Unknown) -> dict[int, set[int]]:
    """Return the hidden cells that every solution gives the same value, each with the shown cells it is made of.

    The numbers shown do not matter: a cell is free exactly if some solution of the homogeneous system is not zero
    there. So one solution is drawn at random; where it is zero, all of them are.
    """
    steps = _eliminate(rows, unknown)
    # Not secrecy but repeatability: the draw only has to miss the few coincidences that give a false zero.
    draw = random.Random(len(rows))  # noqa: S311
    solution: dict[int, int] = {}
    for pivot, row in reversed(steps):
        rest = 0
        for name, factor in row.items():
            if name != pivot and name in unknown:
                if name not in solution:
                    solution[name] = draw.randrange(1, PRIME)
                rest += factor * solution[name]
        solution[pivot] = -rest * pow(row[pivot], -1, PRIME) % PRIME
    return {
        pivot: _made_of(place, steps, unknown)
        for place, (pivot, _) in enumerate(steps)
        if solution[pivot] == 0 and not unknown.is_remainder(pivot)
    }


def _made_of(place: int, steps: list[tuple[int, Row]], unknown: _Unknown) -> set[int]:
    """Return the shown cells that a fixed pivot is a sum of, by putting the later equations into its own."""
    made_of = {steps[place][0]: 1}
    for pivot, row in steps[place:]:
        share = made_of.pop(pivot, 0)
        if share:
            factor = -share * pow(row[pivot], -1, PRIME) % PRIME
            for name, coefficient in row.items():
                if name != pivot:
                    made_of[name] = (made_of.get(name, 0) + factor * coefficient) % PRIME
    return {name for name, share in made_of.items() if share and name not in unknown}


def _eliminate(rows: list[Row], unknown: _Unknown) -> list[tuple[int, Row]]:
    """Return (pivot, equation) in the order of elimination: no later equation holds an earlier pivot.

    Only unknowns are eliminated; an equation left with shown cells says nothing. The shortest equation goes first, and
    in it the unknown that fewest others hold, which keeps the rest sparse.
    """
    active = dict(enumerate(rows))
    holders: dict[int, set[int]] = defaultdict(set)
    for name, row in active.items():
        for one in row:
            holders[one].add(name)
    queue = [(len(row), name) for name, row in active.items()]
    heapq.heapify(queue)
    steps = []
    while queue:
        length, name = heapq.heappop(queue)
        if name not in active or len(active[name]) != length:
            continue
        row = active.pop(name)
        for one in row:
            holders[one].discard(name)
        pivot = min((one for one in row if one in unknown), key=lambda one: (len(holders[one]), one), default=None)
        if pivot is None:
            continue
        inverse = pow(row[pivot], -1, PRIME)
        for other in sorted(holders[pivot]):
            _subtract(active[other], row, active[other][pivot] * inverse % PRIME, holders, other)
            heapq.heappush(queue, (len(active[other]), other))
        steps.append((pivot, row))
    return steps


def _subtract(target: Row, row: Row, factor: int, holders: dict[int, set[int]], name: int) -> None:
    """Take `factor` times `row` from `target`, keeping the index of holders true."""
    for one, coefficient in row.items():
        left = (target.get(one, 0) - factor * coefficient) % PRIME
        if left:
            target[one] = left
            holders[one].add(name)
        elif one in target:
            del target[one]
            holders[one].discard(name)


def _fixed_by_bounds(cells: list[Cell], relations: list[Relation], hidden: AbstractSet[int]) -> set[int]:
    """Return the hidden cells that bounds alone pin down.

    A hidden cell is at least 1, because a zero is shown; each relation bounds its parts by what the others leave.
    When a bound moves, the relations of that cell are looked at again, up to a limit that a real table does not reach.
    """
    sums = [_shown_and_hidden(place, relation, cells, hidden) for place, relation in enumerate(relations)]
    sums = [one for one in sums if one[1] or one[2] is not None]
    low: dict[int, float] = {}
    sums_of: dict[int, list[int]] = defaultdict(list)
    for place, (_, parts, total) in enumerate(sums):
        for cell in parts if total is None else (*parts, total):
            low[cell] = 1.0
            sums_of[cell].append(place)
    high = dict.fromkeys(low, inf)
    waiting = dict.fromkeys(range(len(sums)))
    looks = LOOKS * len(sums)
    while waiting and looks:
        looks -= 1
        place = next(iter(waiting))
        del waiting[place]
        known, parts, total = sums[place]
        for cell in _tighten(known, parts, total, low, high):
            waiting.update(dict.fromkeys(sums_of[cell]))
    return {cell for cell in hidden if cell in low and low[cell] == high[cell]}


def _shown_and_hidden(
    place: int, relation: Relation, cells: list[Cell], hidden: AbstractSet[int]
) -> tuple[int, list[int], int | None]:
    """Return (shown total minus shown parts, hidden parts, the total if it is hidden)."""
    parts = [part for part in relation.parts if part in hidden]
    shown = sum(cells[part].count or 0 for part in relation.parts if part not in hidden)
    if relation.remainder:
        parts.append(len(cells) + place)
    if relation.total in hidden:
        return -shown, parts, relation.total
    return (cells[relation.total].count or 0) - shown, parts, None


def _tighten(
    known: int, parts: list[int], total: int | None, low: dict[int, float], high: dict[int, float]
) -> list[int]:
    """Tighten the bounds of one relation, sum of parts = known (+ total); return the cells whose bounds moved."""
    least = sum(low[part] for part in parts)
    most = sum(high[part] for part in parts)
    whole_low, whole_high = (known, known) if total is None else (known + low[total], known + high[total])
    boundless = {part for part in parts if high[part] == inf}
    bounded_most = sum(high[part] for part in parts if high[part] < inf)
    moved = []
    for part in parts:
        others_most = bounded_most - (0 if part in boundless else high[part]) if boundless <= {part} else inf
        new_low, new_high = max(low[part], whole_low - others_most), min(high[part], whole_high - least + low[part])
        if (new_low, new_high) != (low[part], high[part]):
            moved.append((part, new_low, new_high))
    if total is not None and (least - known > low[total] or most - known < high[total]):
        moved.append((total, max(low[total], least - known), min(high[total], most - known)))
    for cell, new_low, new_high in moved:
        low[cell], high[cell] = new_low, new_high
    return [cell for cell, _, _ in moved]
