"""Which published figures add up to which: what a reader could subtract.

What belongs here: the additive relations of the table programme. What does not: what to do about them (`suppression`).

Relations inside one measure, definition and authority:

* districts, outside the county and unknown add up to the county: events and nights always, people only in a stock,
  where everybody is in one place (who moved in two districts is one person in the county);
* the values of a breakdown add up to the total of the same area: events and nights always, people as if they did,
  because sex or origin does not change between two events of one person;
* months add up to their quarter, quarters to the year so far and to the rolling four quarters: events and nights;
* two periods of different kinds with the same first and last day are one figure under two names: every statistic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.disclosure.programme import TOTAL

MONTH, QUARTER = "month", "quarter"
SUMS_OF_QUARTERS = ("ytd", "rolling_4q")


@dataclass(frozen=True)
class Cell:
    """One count of the public edition.

    Attributes:
        area: Its code; `is_county` says whether that is the authority itself.
        kind, start, end: The period, half-open.
        breakdown, breakdown_value: What it is broken down by; both `total` for the whole.
        statistic: people, events or nights.
        count: The true count; None if nobody knows it (`x`, `z`).
        additive: Whether the statistic adds up over areas and time.
    """

    area: str
    is_county: bool
    kind: str
    start: date
    end: date
    breakdown: str
    breakdown_value: str
    statistic: str
    count: int | None
    additive: bool

    @classmethod
    def of(cls, row: Mapping[str, Any], count: int | None) -> Cell:
        """Return the cell of a figure; people add up only where each is counted on one day."""
        return cls(
            area=row["area_code"],
            is_county=row["is_county"],
            kind=row["period_kind"],
            start=row["period_start"],
            end=row["period_end"],
            breakdown=row["breakdown"],
            breakdown_value=row["breakdown_value"],
            statistic=row["statistic"],
            count=count,
            additive=row["statistic"] != "people" or row["counted_as"] == "stock",
        )

    @property
    def is_headline(self) -> bool:
        """Whether this is a total of the whole county, which is hidden for others only when nothing else helps."""
        return self.is_county and self.breakdown == TOTAL


@dataclass(frozen=True)
class Relation:
    """`total` is the sum of `parts`; all are places in the list of cells.

    Attributes:
        remainder: What the known parts leave of the total. Above zero it is the count of parts that are not available:
            a reader does not see it, and may work it out. Below zero the relation only holds as an upper bound.
    """

    total: int
    parts: tuple[int, ...]
    remainder: int


def relations(cells: list[Cell]) -> list[Relation]:
    """Return every relation among the cells of one measure, definition and authority.

    A relation whose total or all of whose parts nobody knows is left out: nothing can be subtracted.
    """
    found = []
    for total, parts in additions(cells):
        whole = cells[total].count
        known = tuple(part for part in parts if cells[part].count is not None)
        if whole is not None and known:
            found.append(Relation(total, known, whole - sum(cells[part].count or 0 for part in known)))
    return found


def additions(cells: list[Cell]) -> Iterator[tuple[int, list[int]]]:
    """Yield each total with its parts, as places in the list, whether or not anybody knows them."""
    yield from _areas(cells)
    yield from _breakdowns(cells)
    yield from _periods(cells)
    yield from _same_dates(cells)


def _areas(cells: list[Cell]) -> Iterator[tuple[int, list[int]]]:
    groups: dict[object, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        if cell.additive and cell.breakdown == TOTAL:
            groups[cell.statistic, cell.kind, cell.start, cell.end].append(place)
    for group in groups.values():
        yield from _split(group, lambda place: cells[place].is_county)


def _breakdowns(cells: list[Cell]) -> Iterator[tuple[int, list[int]]]:
    totals: dict[object, int] = {}
    values: dict[tuple[object, str], list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        where: object = (cell.statistic, cell.area, cell.kind, cell.start, cell.end)
        if cell.breakdown == TOTAL:
            totals[where] = place
        else:
            values[where, cell.breakdown].append(place)
    for (where, _), parts in values.items():
        if where in totals:
            yield totals[where], parts


def _periods(cells: list[Cell]) -> Iterator[tuple[int, list[int]]]:
    lines: dict[object, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        if cell.additive:
            lines[cell.statistic, cell.area, cell.breakdown, cell.breakdown_value].append(place)
    for line in lines.values():
        for total in line:
            if cells[total].kind == QUARTER:
                yield from _inside(cells, total, (place for place in line if cells[place].kind == MONTH))
            elif cells[total].kind in SUMS_OF_QUARTERS:
                yield from _inside(cells, total, (place for place in line if cells[place].kind == QUARTER))


def _inside(cells: list[Cell], total: int, shorter: Iterable[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield the shorter periods that lie in the total's, if they fill it without a gap."""
    whole = cells[total]
    parts = [part for part in shorter if whole.start <= cells[part].start and cells[part].end <= whole.end]
    parts.sort(key=lambda part: cells[part].start)
    edges = [whole.start, *(cells[part].end for part in parts)]
    if [cells[part].start for part in parts] == edges[:-1] and edges[-1] == whole.end:
        yield total, parts


def _same_dates(cells: list[Cell]) -> Iterator[tuple[int, list[int]]]:
    groups: dict[object, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        groups[cell.statistic, cell.area, cell.breakdown, cell.breakdown_value, cell.start, cell.end].append(place)
    for first, *others in groups.values():
        for other in others:
            yield first, [other]


def _split(group: list[int], is_total: Callable[[int], bool]) -> Iterator[tuple[int, list[int]]]:
    totals = [place for place in group if is_total(place)]
    if len(totals) == 1:
        yield totals[0], [place for place in group if not is_total(place)]
