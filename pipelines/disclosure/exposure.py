"""Which hidden figures a reader could work out from the ones that are shown.

What belongs here: what a reader knows beforehand, and which shown cells give a hidden one away, by algebra or because
no other table fits. What does not: looking for other tables (`alternatives`), choosing what else to hide
(`suppression`).
"""

import heapq
import random
from collections import defaultdict
from collections.abc import Set as AbstractSet
from math import inf

from pipelines.disclosure.alternatives import Range, without_alternative
from pipelines.disclosure.relations import Cell, Relation

# Arithmetic is done modulo a prime: exact, quick, and a wrong answer (one in 10^18) can only hide a cell too many.
PRIME = (1 << 61) - 1

Row = dict[int, int]


def known_range(count: int, threshold: int) -> Range:
    """Return what a reader knows of a hidden count beforehand: the most that anybody could.

    That is a reader who knows which hidden counts are small, and so that they lie from 1 up to below the threshold;
    a count hidden for company may be any, none included. Below a threshold of 3 the former would be the count itself,
    so nothing is taken as known.
    """
    if threshold > 2 and 0 < count < threshold:
        return 1.0, threshold - 1.0
    return 0.0, inf


def exposed(
    cells: list[Cell],
    relations: list[Relation],
    hidden: AbstractSet[int],
    threshold: int,
    beforehand: AbstractSet[int] = frozenset(),
) -> dict[int, set[int]]:
    """Return the hidden cells whose value follows from the shown ones, each with the shown cells that give it away.

    Hiding one of those is a step towards protecting the cell. Relations that hold only as upper bounds are left out
    here; `suppression` still counts what they leave.
    """
    holding = [relation for relation in relations if relation.remainder >= 0]
    rows = [_equation(place, relation, cells, hidden) for place, relation in enumerate(holding)]
    found = _fixed_by_algebra([row for row in rows if row], _Unknown(hidden, len(cells)))
    pinned = _without_proof(cells, holding, hidden, threshold) - found.keys() - beforehand
    return found | _shown_around(pinned, cells, holding, hidden)


def known_beforehand(cells: list[Cell], relations: list[Relation], threshold: int) -> set[int]:
    """Return the cells that a reader who knows which counts are small would know if every number were hidden.

    Four quarters of at least 1 each in a sum that is below 5 must be 1 each. Hiding cannot help there, and nothing
    published gives it away.
    """
    holding = [relation for relation in relations if relation.remainder >= 0]
    everything = {place for place, cell in enumerate(cells) if cell.count is not None}
    return _without_proof(cells, holding, everything, threshold)


def _without_proof(cells: list[Cell], relations: list[Relation], hidden: AbstractSet[int], threshold: int) -> set[int]:
    ranges = {cell: known_range(cells[cell].count or 0, threshold) for cell in hidden}
    return without_alternative(cells, relations, hidden, ranges)


def _shown_around(
    pinned: set[int], cells: list[Cell], relations: list[Relation], hidden: AbstractSet[int]
) -> dict[int, set[int]]:
    """Return for each pinned cell the shown cells of the nearest relations that have any beside totals of the county.

    A bound comes from no other: a reader starts from what is shown and goes on through hidden cells. Where nothing but
    totals of the county is in reach, the nearest of those.
    """
    touching: dict[int, list[Relation]] = defaultdict(list)
    for relation in relations if pinned else ():
        for cell in (relation.total, *relation.parts):
            touching[cell].append(relation)
    found = {}
    for cell in pinned:
        headlines, reached, frontier = set[int](), {cell}, {cell}
        while frontier:
            near = [relation for one in frontier for relation in touching[one]]
            around = {one for relation in near for one in (relation.total, *relation.parts)}
            shown = around - hidden
            others = {one for one in shown if not cells[one].is_headline}
            headlines = headlines or shown
            if others:
                break
            frontier = (around & hidden) - reached
            reached |= frontier
        found[cell] = others or headlines
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
    """Return the relation's cells with their signs, or nothing if all of them are shown.

    Shown zeros belong to it: they are part of what gives a hidden cell away, and may be hidden to protect it.
    """
    row = dict.fromkeys(relation.parts, 1)
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
