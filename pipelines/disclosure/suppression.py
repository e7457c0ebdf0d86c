"""Hiding more than the small counts, so that subtraction does not give them back. An interim method.

What belongs here: which cells of one measure, definition and authority are hidden beside the small ones. What does not:
the statuses (`status`), what adds up to what (`relations`), what a reader can work out (`exposure`).

The method, repeated until nothing changes:

1. Statistics of one cell go together: people, events and nights of the same cell are all hidden or all shown.
2. In each relation, a single hidden figure, or hidden figures that add up to too little, need company: the smallest
   shown figure above zero is hidden with them, parts before the total. Two exceptions keep more of what boards read:
   a sum of quarters goes before the quarters, since each window over the same quarters would cost another of them, and
   totals of the county go last.
3. What algebra or bounds over all relations together would still fix is protected by hiding the shown figures that it
   is made of, in the same order, and among equals those first that give most figures away.

It ends, because every turn hides a figure above zero; and when all of those are hidden nothing can be worked out. Zeros
are never hidden: they point at nobody, and a hidden figure is therefore at least 1.

What it does not do: it takes each measure alone, asks that no hidden figure be known exactly but not that a reader's
range be wide, does not minimise what is lost, and does not look at earlier releases.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta

from pipelines.disclosure.exposure import exposed
from pipelines.disclosure.observations import TOTAL, DisclosureError
from pipelines.disclosure.relations import Cell, Relation, relations

LONGEST_QUARTER = timedelta(days=92)


def suppress(cells: list[Cell], small: Iterable[int], threshold: int) -> set[int]:
    """Return the places of all cells to hide, the small ones included.

    Args:
        cells: All counts of the public edition of one measure, definition and authority, in a fixed order.
        small: Places of those that must not be shown for their own sake.
        threshold: The smallest count that may be published, also of hidden figures that a reader can add up.

    Raises:
        DisclosureError: A hidden figure can be worked out and nothing is left to hide with it.
    """
    hiding = _Hiding(cells, threshold)
    for cell in small:
        hiding.hide(cell)
    hide_company(hiding)
    return hiding.hidden


def hide_company(hiding: _Hiding) -> None:
    """Hide what has to keep the small counts company, to a fixed point."""
    while True:
        hiding.complete_relations()
        known = exposed(hiding.cells, hiding.relations, hiding.hidden)
        if not known:
            return
        hiding.protect(known)


class _Hiding:
    """The cells of one table system, with what is hidden so far."""

    def __init__(self, cells: list[Cell], threshold: int) -> None:
        self.cells = cells
        self.threshold = threshold
        self.relations = relations(cells)
        self.hidden: set[int] = set()
        self._relations_of: dict[int, list[int]] = defaultdict(list)
        for place, relation in enumerate(self.relations):
            for cell in (relation.total, *relation.parts):
                self._relations_of[cell].append(place)
        self._same_cell = _same_cell(cells)
        self._to_check: dict[int, None] = {}

    def hide(self, cell: int) -> None:
        """Hide a cell with the other statistics of the same one, and mark the relations to look at again."""
        for one in self._same_cell[cell]:
            if self.cells[one].count and one not in self.hidden:
                self.hidden.add(one)
                self._to_check.update(dict.fromkeys(self._relations_of[one]))

    def complete_relations(self) -> None:
        """Give company in every relation that needs it by itself, until none does."""
        while self._to_check:
            place = next(iter(self._to_check))
            del self._to_check[place]
            if self._leaks(self.relations[place]):
                company = self._company(self.relations[place])
                if company is not None:
                    self.hide(company)

    def protect(self, known: Mapping[int, AbstractSet[int]]) -> None:
        """Hide shown cells until each known one has lost one that gives it away.

        Raises:
            DisclosureError: Nothing that gives a hidden figure away can be hidden.
        """
        waiting = {cell: giving_away - self.hidden for cell, giving_away in known.items()}
        if not all(waiting.values()):
            raise DisclosureError(
                f"{len(known)} hidden figures could be worked out and nothing is left to hide with them; "
                "no figures were written."
            )
        while waiting:
            gives_away = Counter(one for giving_away in waiting.values() for one in giving_away)
            self.hide(min(gives_away, key=lambda one: (*self._keep(one), -gives_away[one], *self._size(one))))
            waiting = {cell: giving for cell, giving in waiting.items() if not giving & self.hidden}

    def _leaks(self, relation: Relation) -> bool:
        """Whether a reader who knows this relation alone learns too much."""
        parts = [self.cells[part].count or 0 for part in relation.parts if part in self.hidden]
        if relation.remainder > 0:
            parts.append(relation.remainder)
        if relation.total in self.hidden:
            return not parts
        if not any(part in self.hidden for part in relation.parts):
            return False
        together = sum(parts) + min(relation.remainder, 0)
        # As many hidden figures as their sum would all be 1, the least that a hidden figure can be.
        return len(parts) == 1 or together < self.threshold or together <= len(parts)

    def _company(self, relation: Relation) -> int | None:
        """Return the shown cell above zero that goes first; None if none is left."""
        everything = (*relation.parts, relation.total)
        shown = [cell for cell in everything if cell not in self.hidden and self.cells[cell].count]
        return min(shown, key=lambda one: (*self._keep(one), one == relation.total, *self._size(one)), default=None)

    def _keep(self, place: int) -> tuple[bool, bool]:
        """Sort key: totals of the county last, sums of several quarters before quarters and months."""
        cell = self.cells[place]
        is_headline = cell.is_county and cell.breakdown == TOTAL
        return is_headline, cell.end - cell.start <= LONGEST_QUARTER

    def _size(self, cell: int) -> tuple[int, int]:
        """Sort key: the smaller count first, then the fixed order of the cells."""
        return self.cells[cell].count or 0, cell


def _same_cell(cells: list[Cell]) -> list[list[int]]:
    """Return for each cell the places of all statistics of the same cell, itself included."""
    groups: dict[object, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        key = (cell.area, cell.kind, cell.start, cell.end, cell.breakdown, cell.breakdown_value)
        groups[key].append(place)
    groups_of: list[list[int]] = [[] for _ in cells]
    for group in groups.values():
        for place in group:
            groups_of[place] = group
    return groups_of
