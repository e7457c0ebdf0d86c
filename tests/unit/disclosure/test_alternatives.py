"""Looking for other tables, set against trying every one of them."""

import random
from itertools import product

import pytest
from test_exposure import cells

from pipelines.disclosure.alternatives import without_alternative
from pipelines.disclosure.exposure import known_range
from pipelines.disclosure.relations import Cell, Relation


def made_up(seed: int) -> tuple[list[Cell], list[Relation], set[int]]:
    """Return a small table of rows and columns with its margins, some of its cells hidden."""
    chance = random.Random(seed)  # noqa: S311
    rows, columns = chance.randint(1, 3), chance.randint(2, 3)
    inner = [[chance.choice([0, 1, 1, 2, 4, 7]) for _ in range(columns)] for _ in range(rows)]
    counts = [sum(map(sum, inner))]
    relations = []
    places = [[1 + row * columns + column for column in range(columns)] for row in range(rows)]
    counts += [count for row in inner for count in row]
    for line in [*places, *map(list, zip(*places, strict=True)), [place for row in places for place in row]]:
        total = 0 if len(line) == rows * columns else len(counts)
        if total:
            counts.append(sum(counts[place] for place in line))
        seen = [place for place in line if chance.random() < 0.9] or line
        relations.append(Relation(total, tuple(seen), counts[total] - sum(counts[place] for place in seen)))
    hidden = {place for place in range(len(counts)) if chance.random() < 0.6}
    return cells(*counts), relations, hidden


def with_another_value(table: list[Cell], relations: list[Relation], hidden: set[int]) -> set[int]:
    """Return the hidden cells that differ by one in some table, after trying all tables of steps of one."""
    names = sorted(hidden)
    found: set[int] = set()
    for steps in product((-1, 0, 1), repeat=len(names)):
        step = dict(zip(names, steps, strict=True))
        counts = {name: (table[name].count or 0) + step[name] for name in names}
        in_range = all(
            low <= counts[name] <= high for name in names for low, high in [known_range(table[name].count or 0, 5)]
        )
        off = [step.get(one.total, 0) - sum(step.get(part, 0) for part in one.parts) for one in relations]
        # What parts that nobody sees leave of a total may change with the rest, by one and never to nothing.
        sums_fit = all(
            change == 0 or (one.remainder > 0 and abs(change) == 1 and one.remainder + change >= 1)
            for one, change in zip(relations, off, strict=True)
        )
        if in_range and sums_fit:
            found |= {name for name in names if step[name]}
    return found


@pytest.mark.parametrize("seed", range(60))
def test_a_cell_is_taken_to_be_known_exactly_when_no_other_table_is_there(seed: int) -> None:
    table, relations, hidden = made_up(seed)
    if len(hidden) > 8:
        hidden = set(sorted(hidden)[:8])
    ranges = {cell: known_range(table[cell].count or 0, 5) for cell in hidden}
    assert without_alternative(table, relations, hidden, ranges) == hidden - with_another_value(
        table, relations, hidden
    )
