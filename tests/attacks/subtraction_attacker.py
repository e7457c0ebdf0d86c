"""Somebody who downloads the public CSV and subtracts.

It knows what is printed and what adds up to what, and that a count is a whole number and never below zero. It may also
have been told which of the hidden counts are small, so that those lie from 1 up to below the threshold; no reader can
know more than that. What it can be sure of is worked out in full: by exact elimination, and by looking for the least
and the greatest whole number that each hidden count can be.

It shares nothing with the suppressor: no import, no list of relations, another way of solving them.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

# Characteristics that a person keeps: of these a reader knows that people add up exactly, in flows too.
KEPT_FOR_LIFE = ("former_uasc",)
STOCKS = ("accommodation_now",)
MONTHS_OF = {"1": ("04", "05", "06"), "2": ("07", "08", "09"), "3": ("10", "11", "12"), "4": ("01", "02", "03")}

# A count that no county reaches stands in for one without limit.
HIGHEST = 10_000.0

Name = tuple[str, ...]


@dataclass(frozen=True)
class Leak:
    """A hidden figure and the value it must have."""

    figure: Name
    value: int


@dataclass
class Equation:
    """Sum of signed unknowns = constant."""

    unknowns: dict[Name, Fraction]
    constant: Fraction


class Attacker:
    """Reads one public CSV and works out what it can."""

    def __init__(self, published: Path, counties: dict[str, str]) -> None:
        with published.open(encoding="utf-8", newline="") as lines:
            self.rows = list(csv.DictReader(lines))
        self.counties = counties
        self.printed = {self._name(row): row["numerator"] for row in self.rows if row["status"] in ("value", "c")}
        self._read_denominators()

    def leaks(self, small: Mapping[Name, int] | None = None, *, threshold: int = 5) -> list[Leak]:
        """Every hidden figure that has only one possible value.

        Args:
            small: The hidden figures of which it was told that they are small, as keys; what they would be in a file
                without any number, from that knowledge alone, is no leak.
            threshold: What small is below of.
        """
        ranges = dict.fromkeys(small or (), (1.0, threshold - 1.0))
        equations = self._equations(self.printed)
        found = dict(_solved(equations))
        found |= _only_values(equations, ranges)
        if ranges:
            nothing_printed = self._equations(dict.fromkeys(self.printed, "[c]"))
            for name in _only_values(nothing_printed, ranges):
                found.pop(name, None)
        return [Leak(name, int(value)) for name, value in sorted(found.items())]

    def sums_of_hidden(self) -> list[int]:
        """Return what the hidden parts of each shown total add up to."""
        return [
            int(equation.constant) for equation in self._equations(self.printed) if min(equation.unknowns.values()) > 0
        ]

    def _equations(self, printed: Mapping[Name, str]) -> list[Equation]:
        made = (self._equation(relation, printed) for relation in self._relations())
        return [equation for equation in made if equation]

    def _name(self, row: dict[str, str], **changed: str) -> Name:
        row = {**row, **changed}
        return tuple(
            row[column]
            for column in (
                "measure_id", "authority", "area_code", "period_kind", "period_label", "breakdown", "breakdown_value",
                "statistic",
            )
        )  # fmt: skip

    def _read_denominators(self) -> None:
        """A denominator that is printed beside a shown figure is the total of its area."""
        for row in self.rows:
            if row["denominator"].isdigit():
                total = self._name(row, breakdown="total", breakdown_value="total")
                if self.printed.get(total) == "[c]":
                    self.printed[total] = row["denominator"]

    def _equation(self, relation: tuple[Name, list[Name]], printed: Mapping[Name, str]) -> Equation | None:
        total, parts = relation
        if any(name not in printed for name in (total, *parts)):
            return None
        equation = Equation(defaultdict(Fraction), Fraction(0))
        for name, sign in ((total, -1), *((part, 1) for part in parts)):
            if printed[name].isdigit():
                equation.constant -= sign * int(printed[name])
            else:
                equation.unknowns[name] += sign
        return equation if equation.unknowns else None

    def _relations(self) -> Iterator[tuple[Name, list[Name]]]:
        by_area: dict[Name, list[Name]] = defaultdict(list)
        by_value: dict[tuple[Name, str], list[Name]] = defaultdict(list)
        calendar: dict[Name, dict[tuple[str, str], tuple[Name, str, bool]]] = defaultdict(dict)
        for row in self.rows:
            adds_up = row["statistic"] in ("events", "nights") or row["measure_id"] in STOCKS
            county = self.counties[row["authority"]]
            if adds_up and row["breakdown"] == "total" and row["area_code"] != county:
                by_area[self._name(row, area_code=county)].append(self._name(row))
            if row["breakdown"] != "total" and (adds_up or row["breakdown"] in KEPT_FOR_LIFE):
                whole = self._name(row, breakdown="total", breakdown_value="total")
                by_value[whole, row["breakdown"]].append(self._name(row))
            line = self._name(row, period_kind="", period_label="")
            calendar[line][row["period_kind"], row["period_label"]] = (self._name(row), row["period_start"], adds_up)
        yield from by_area.items()
        yield from ((whole, parts) for (whole, _), parts in by_value.items())
        for periods in calendar.values():
            yield from _sums_over_time(periods)


def _sums_over_time(periods: dict[tuple[str, str], tuple[Name, str, bool]]) -> Iterator[tuple[Name, list[Name]]]:
    quarters = {label: found for (kind, label), found in periods.items() if kind == "quarter"}
    for (kind, label), (name, start, adds_up) in periods.items():
        if kind == "quarter" and adds_up:
            year = int(label[:4]) + (label[-1] == "4")
            months = [periods.get(("month", f"{year}-{month}")) for month in MONTHS_OF[label[-1]]]
            if all(months):
                yield name, [month[0] for month in months if month]
        if kind in ("ytd", "rolling_4q"):
            inside = [found for quarter, found in quarters.items() if start <= found[1] and quarter <= label]
            if adds_up and min((found[1] for found in inside), default="") == start:
                yield name, [found[0] for found in inside]
            if len(inside) == 1:
                yield name, [inside[0][0]]
        if kind == "ytd" and label.endswith("Q4") and periods.get(("rolling_4q", label), ("", ""))[1] == start:
            yield name, [periods["rolling_4q", label][0]]


def _solved(equations: list[Equation]) -> Iterator[tuple[Name, Fraction]]:
    """Reduce the system to row echelon form, exactly; a row with one unknown left gives its value."""
    rows: dict[Name, Equation] = {}
    holders: dict[Name, set[Name]] = defaultdict(set)
    for equation in sorted(equations, key=lambda one: len(one.unknowns)):
        row = Equation(dict(equation.unknowns), equation.constant)
        for name in [name for name in row.unknowns if name in rows]:
            _add(row, rows[name], -row.unknowns[name])
        if not row.unknowns:
            assert row.constant == 0, "the published figures contradict each other"
            continue
        pivot = min(row.unknowns, key=lambda name: (len(holders[name]), name))
        factor = row.unknowns[pivot]
        row = Equation({name: value / factor for name, value in row.unknowns.items()}, row.constant / factor)
        for holder in list(holders.pop(pivot, ())):
            before = set(rows[holder].unknowns)
            _add(rows[holder], row, -rows[holder].unknowns[pivot])
            for name in before ^ set(rows[holder].unknowns):
                (holders[name].add if name in rows[holder].unknowns else holders[name].discard)(holder)
        rows[pivot] = row
        for name in row.unknowns:
            if name != pivot:
                holders[name].add(pivot)
    return ((pivot, row.constant) for pivot, row in rows.items() if len(row.unknowns) == 1)


def _add(row: Equation, other: Equation, factor: Fraction) -> None:
    for name, value in other.unknowns.items():
        left = row.unknowns.get(name, Fraction(0)) + factor * value
        if left:
            row.unknowns[name] = left
        else:
            row.unknowns.pop(name, None)
    row.constant += factor * other.constant


def _only_values(equations: list[Equation], ranges: Mapping[Name, tuple[float, float]]) -> dict[Name, Fraction]:
    """Return the unknowns that have one value in every solution in whole numbers, with that value."""
    found: dict[Name, Fraction] = {}
    for part in _apart(equations):
        names = sorted({name for equation in part for name in equation.unknowns})
        found |= _Solutions(part, names, ranges).only_values()
    return found


def _apart(equations: list[Equation]) -> Iterator[list[Equation]]:
    """Yield groups of equations that share no unknown."""
    holding: dict[Name, list[int]] = defaultdict(list)
    for place, equation in enumerate(equations):
        for name in equation.unknowns:
            holding[name].append(place)
    left = dict.fromkeys(range(len(equations)))
    while left:
        group, frontier = set[int](), {next(iter(left))}
        while frontier:
            group |= frontier
            frontier = {
                one for place in frontier for name in equations[place].unknowns for one in holding[name]
            } - group
        for place in group:
            del left[place]
        yield [equations[place] for place in sorted(group)]


class _Solutions:
    """Looks for two solutions that differ in each unknown."""

    def __init__(
        self, equations: list[Equation], names: list[Name], ranges: Mapping[Name, tuple[float, float]]
    ) -> None:
        self.names = names
        place = {name: position for position, name in enumerate(names)}
        entries = [
            (row, place[name], float(sign))
            for row, equation in enumerate(equations)
            for name, sign in equation.unknowns.items()
        ]
        rows, columns, signs = zip(*entries, strict=True)
        table = csr_array((signs, (rows, columns)), shape=(len(equations), len(names)))
        constants = [float(equation.constant) for equation in equations]
        self.holds = LinearConstraint(table, constants, constants)
        ends = [ranges.get(name, (0.0, HIGHEST)) for name in names]
        self.bounds = Bounds([low for low, _ in ends], [high for _, high in ends])
        self.first = self._solve(np.zeros(len(names)))
        self.free = np.zeros(len(names), dtype=bool)

    def only_values(self) -> dict[Name, Fraction]:
        draw = np.random.default_rng(len(self.names))
        for _ in range(6):
            self._look(draw.choice([-1.0, 1.0], len(self.names)))
        for place in range(len(self.names)):
            for sign in (1.0, -1.0):
                if not self.free[place]:
                    wish = np.zeros(len(self.names))
                    wish[place] = sign
                    self._look(wish)
        return {
            name: Fraction(round(value))
            for name, value, free in zip(self.names, self.first, self.free, strict=True)
            if not free
        }

    def _look(self, wish: np.ndarray) -> None:
        self.free |= np.abs(self._solve(wish) - self.first) > 0.5

    def _solve(self, wish: np.ndarray) -> np.ndarray:
        """Return a solution in whole numbers with the least sum of unknowns times `wish`."""
        result = milp(wish, constraints=self.holds, bounds=self.bounds, integrality=np.ones(len(self.names)))
        assert result.x is not None, f"the published figures contradict each other: {result.message}"
        return np.asarray(result.x)
