"""Other tables that a reader cannot tell from the true one.

What belongs here: looking, for each hidden cell, for such a table in which that cell has another value: the proof that
it cannot be worked out. What does not: saying what gives a cell away (`exposure`), choosing what to hide
(`suppression`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
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
        # The smallest and the largest step of each hidden cell that its own range allows.
        self._room = {cell: _steps_within(cells[cell].count or 0, ranges[cell]) for cell in hidden}
        self._terms: list[dict[int, int]] = []
        self._sums_of: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, relation in enumerate(relations):
            terms = {part: 1 for part in relation.parts if part in hidden}
            if relation.total in hidden:
                terms[relation.total] = -1
            if relation.remainder:
                remainder = len(cells) + place
                terms[remainder] = 1
                self._room[remainder] = _steps_within(relation.remainder, (1.0, float("inf")))
            for cell, sign in terms.items():
                self._sums_of[cell].append((place, sign))
            self._terms.append(terms)
        # The same where the sums are known too: what lies outside no table has.
        self._left_by_sums = dict(self._room)
        self._narrow(range(len(self._terms)), {})

    def other(self, cell: int, step: int) -> set[int]:
        """Return the cells that differ in some table in which `cell` differs by `step`; none if none was found."""
        if self._ruled_out(cell, step):
            return set()
        self._left = STEPS
        steps: dict[int, int] = {}
        return set(steps) if self._take(cell, step, steps, {}) else set()

    def _ruled_out(self, cell: int, step: int) -> bool:
        """Whether the sums alone show that no table has that step, which saves looking for one."""
        least, most = self._left_by_sums[cell]
        if not least <= step <= most:
            return True
        before = {cell: (least, most)}
        self._left_by_sums[cell] = (step, step)
        fits = self._narrow([place for place, _ in self._sums_of[cell]], before)
        self._left_by_sums.update(before)
        return not fits

    def _narrow(self, sums: Iterable[int], before: dict[int, tuple[int, int]]) -> bool:
        """Narrow the room of the cells by what the sums leave of each other; False where that leaves no table.

        Args:
            sums: where to begin.
            before: receives the room that each narrowed cell had.
        """
        waiting, room = dict.fromkeys(sums), self._left_by_sums
        while waiting:
            place, _ = waiting.popitem()
            least = most = 0
            for cell, sign in self._terms[place].items():
                low, high = room[cell] if sign > 0 else (-room[cell][1], -room[cell][0])
                least, most = least + low, most + high
            if least > 0 or most < 0:
                return False
            for cell, sign in self._terms[place].items():
                low, high = old = room[cell]
                # The steps of a sum are zero together: a cell makes up for the others, and for no more.
                if sign > 0:
                    new = max(low, high - most), min(high, low - least)
                else:
                    new = max(low, least + high), min(high, most + low)
                if new != old:
                    if new[0] > new[1]:
                        return False
                    before.setdefault(cell, old)
                    room[cell] = new
                    lifted, lowered = new[0] - low, high - new[1]
                    least, most = (least + lifted, most - lowered) if sign > 0 else (least + lowered, most - lifted)
                    waiting.update((one, None) for one, _ in self._sums_of[cell])
        return True

    def _take(self, cell: int, step: int, steps: dict[int, int], off: dict[int, int]) -> bool:
        """Change a cell and put right every sum that it puts wrong; leave nothing changed where that fails.

        `steps` are the changes so far, `off` by how much each sum is wrong.
        """
        self._left -= 1
        if self._left < 0 or cell in steps or not self._room[cell][0] <= step <= self._room[cell][1]:
            return False
        steps[cell] = step
        self._shift(off, cell, step)
        if not off or self._put_right(steps, off):
            return True
        del steps[cell]
        self._shift(off, cell, -step)
        return False

    def _put_right(self, steps: dict[int, int], off: dict[int, int]) -> bool:
        _, wrong = min([(len(self._terms[one]), one) for one in off])
        direction = -1 if off[wrong] > 0 else 1
        candidates = []
        for cell, sign in self._terms[wrong].items():
            step = direction * sign
            candidates.append((self._mess(cell, step, off), cell, step))
        candidates.sort()
        return any(self._take(cell, step, steps, off) for _, cell, step in candidates)

    def _mess(self, cell: int, step: int, off: Mapping[int, int]) -> int:
        """How many sums a step puts wrong, less those that it puts right."""
        mess = 0
        for one, sign in self._sums_of[cell]:
            mess += 1 if off.get(one, 0) * step * sign >= 0 else -1
        return mess

    def _shift(self, off: dict[int, int], cell: int, step: int) -> None:
        for one, sign in self._sums_of[cell]:
            left = off.pop(one, 0) + step * sign
            if left:
                off[one] = left


def _steps_within(value: int, known: Range) -> tuple[int, int]:
    """Return the smallest and the largest step, none beyond one, that keep a value within what is known of it."""
    return int(max(known[0] - value, -1)), int(min(known[1] - value, 1))
