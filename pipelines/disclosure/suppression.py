"""Hiding more than the small counts, so that subtraction does not give them back. An interim method.

What belongs here: which cells of one measure, definition and authority are hidden beside the small ones. What does not:
the statuses (`status`), what is published at all (`programme`), what adds up to what (`relations`), what a reader can
work out (`exposure`).

The method:

1. Statistics of one cell go together: people, events and nights of the same cell are all hidden or all shown.
2. The totals of the county are decided first, among themselves. A sum of four quarters, of which one is hidden and
   three are shown, gives that one back: such sums are hidden, never the quarters. Then as many as can be are shown
   again, the latest first, so that each one left hidden is needed.
3. All the rest is decided with those totals as they are. In each relation a single hidden figure, or hidden figures
   that add up to too little, need company. It is taken from breakdowns first, then from districts, quarters before sums
   of quarters; among those the smallest count above zero, and zeros last.
4. What algebra or bounds over all relations together would still fix is protected by hiding the shown figures that it
   is made of, in the same order. Steps 3 and 4 are repeated until nothing changes.

A total of the county goes in step 3 or 4 only where no other shown figure has a part in giving a hidden one away.

It ends, because every turn hides a figure, and when all are hidden nothing published gives any away. The end is a
proof: for every hidden figure there is another table that looks the same (`alternatives`).

What it does not do: it takes each measure alone, asks that no hidden figure be known exactly but not that a reader's
range be wide, takes people over time to say nothing, does not minimise what is lost, and does not look at earlier
releases.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta

from pipelines.disclosure.exposure import exposed, known_beforehand, known_range
from pipelines.disclosure.observations import DisclosureError
from pipelines.disclosure.programme import TOTAL
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
    small = [cell for cell in small if cells[cell].count]
    hiding = _Hiding(cells, threshold)
    for cell in (*small, *_headlines(cells, small, threshold)):
        hiding.hide(cell)
    hide_company(hiding)
    return hiding.hidden


def hide_company(hiding: _Hiding) -> None:
    """Hide what has to keep the small counts company, to a fixed point."""
    while True:
        hiding.complete_relations()
        known = hiding.known()
        if not known:
            return
        hiding.protect(known)


def _headlines(cells: list[Cell], small: Iterable[int], threshold: int) -> set[int]:
    """Return the places of the county's totals to hide, whatever is hidden below them; none of them without need."""
    places = [place for place, cell in enumerate(cells) if cell.is_headline]
    among = {place: position for position, place in enumerate(places)}
    hiding = _Hiding([cells[place] for place in places], threshold)
    for cell in small:
        if cell in among:
            hiding.hide(among[cell])
    needed = set(hiding.hidden)
    hide_company(hiding)
    for cell in sorted(hiding.hidden - needed, key=lambda one: hiding.cells[one].end, reverse=True):
        hiding.show_if_safe(cell)
    return {places[cell] for cell in hiding.hidden}


class _Hiding:
    """The cells of one table system, with what is hidden so far."""

    def __init__(self, cells: list[Cell], threshold: int) -> None:
        self.cells = cells
        self.threshold = threshold
        self.relations = relations(cells)
        self._beforehand = known_beforehand(cells, self.relations, threshold)
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
            if self.cells[one].count is not None and one not in self.hidden:
                self.hidden.add(one)
                self._to_check.update(dict.fromkeys(self._relations_of[one]))

    def show_if_safe(self, cell: int) -> None:
        """Show a hidden cell again, with the other statistics of it, if that gives nothing away."""
        together = self.hidden & set(self._same_cell[cell])
        self.hidden -= together
        if any(map(self._leaks, self.relations)) or self.known():
            self.hidden |= together

    def known(self) -> dict[int, set[int]]:
        """Return what a reader can work out, each with the shown cells that give it away."""
        return exposed(self.cells, self.relations, self.hidden, self.threshold, self._beforehand)

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
        hidden = [part for part in relation.parts if part in self.hidden]
        if relation.total in self.hidden:
            return not hidden and relation.remainder <= 0
        if not hidden:
            return False
        counts = [self.cells[part].count or 0 for part in hidden]
        if relation.remainder > 0:
            counts.append(relation.remainder)
        together = sum(counts) + min(relation.remainder, 0)
        ranges = [known_range(count, self.threshold) for count in counts]
        least, most = sum(low for low, _ in ranges), sum(high for _, high in ranges)
        # At an end of what their sum can be, each of the hidden figures is at its own end.
        return len(counts) == 1 or together < self.threshold or together in (least, most)

    def _company(self, relation: Relation) -> int | None:
        """Return the shown cell that goes first; None if none is left."""
        shown = [cell for cell in (*relation.parts, relation.total) if cell not in self.hidden]
        return min(shown, key=lambda one: (*self._keep(one), *self._size(one)), default=None)

    def _keep(self, place: int) -> tuple[int, bool]:
        """Sort key: breakdowns, districts, the county; sums of several quarters last, but first in the county."""
        cell = self.cells[place]
        is_long = cell.end - cell.start > LONGEST_QUARTER
        if cell.is_headline:
            return 2, not is_long
        return int(cell.breakdown == TOTAL), is_long

    def _size(self, cell: int) -> tuple[bool, int, int]:
        """Sort key: the smaller count first, zeros last, then the fixed order of the cells."""
        count = self.cells[cell].count or 0
        return count == 0, count, cell


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
