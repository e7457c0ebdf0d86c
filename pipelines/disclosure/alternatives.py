"""Other tables that a reader cannot tell from the true one.

What belongs here: looking, for each hidden cell, for such a table in which that cell has another value: the proof that
it cannot be worked out. What does not: saying what gives a cell away (`exposure`), choosing what to hide
(`suppression`).
"""

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from pipelines.disclosure.relations import Cell, Relation

# How many steps one search may take. A cell whose search ends without a table is taken to be known, which is safe.
STEPS = 2000

Range = tuple[float, float]


def without_alternative(
    cells: list[Cell], relations: list[Relation], hidden: AbstractSet[int], ranges: Mapping[int, Range]
) -> set[int]:
    """Return the hidden cells for which no other table was found.

    Args:
        cells: The counts.
        relations: What adds up to what, as a reader knows it.
        hidden: Places of the hidden cells.
        ranges: What a reader knows of each hidden cell beforehand.
    """
    tables = _Tables(cells, relations, hidden, ranges)
    free: set[int] = set()
    for cell in sorted(hidden):
        for step in (1, -1):
            if cell not in free:
                free |= tables.other(cell, step)
    return set(hidden) - free


class _Tables:
    """The tables that look like the true one: it, changed by steps of one in hidden cells."""

    def __init__(
        self, cells: list[Cell], relations: list[Relation], hidden: AbstractSet[int], ranges: Mapping[int, Range]
    ) -> None:
        self._value = {cell: cells[cell].count or 0 for cell in hidden}
        self._range = dict(ranges)
        self._terms: list[dict[int, int]] = []
        self._sums_of: dict[int, list[int]] = defaultdict(list)
        for place, relation in enumerate(relations):
            terms = {part: 1 for part in relation.parts if part in hidden}
            if relation.total in hidden:
                terms[relation.total] = -1
            if relation.remainder:
                remainder = len(cells) + place
                terms[remainder], self._value[remainder] = 1, relation.remainder
                self._range[remainder] = (1.0, float("inf"))
            for cell in terms:
                self._sums_of[cell].append(len(self._terms))
            self._terms.append(terms)

    def other(self, cell: int, step: int) -> set[int]:
        """Return the cells that differ in some table in which `cell` differs by `step`; none if none was found."""
        self._left = STEPS
        steps: dict[int, int] = {}
        return set(steps) if self._take(cell, step, steps, {}) else set()

    def _take(self, cell: int, step: int, steps: dict[int, int], off: dict[int, int]) -> bool:
        """Change a cell and put right every sum that it puts wrong; leave nothing changed where that fails.

        `steps` are the changes so far, `off` by how much each sum is wrong.
        """
        low, high = self._range[cell]
        self._left -= 1
        if self._left < 0 or cell in steps or not low <= self._value[cell] + step <= high:
            return False
        steps[cell] = step
        self._shift(off, cell, step)
        if self._put_right(steps, off):
            return True
        del steps[cell]
        self._shift(off, cell, -step)
        return False

    def _put_right(self, steps: dict[int, int], off: dict[int, int]) -> bool:
        if not off:
            return True
        wrong = min(off, key=lambda one: (len(self._terms[one]), one))
        terms, step = self._terms[wrong], -1 if off[wrong] > 0 else 1
        for cell in sorted(terms, key=lambda one: (self._mess(one, step * terms[one], off), one)):
            if self._take(cell, step * terms[cell], steps, off):
                return True
        return False

    def _mess(self, cell: int, step: int, off: Mapping[int, int]) -> int:
        """How many sums a step puts wrong, less those that it puts right."""
        return sum(1 if off.get(one, 0) * step * self._terms[one][cell] >= 0 else -1 for one in self._sums_of[cell])

    def _shift(self, off: dict[int, int], cell: int, step: int) -> None:
        for one in self._sums_of[cell]:
            left = off.pop(one, 0) + step * self._terms[one][cell]
            if left:
                off[one] = left
