"""Somebody who downloads the public CSV and subtracts.

It knows what is printed, what adds up to what, and that a hidden count is a whole number above zero (a zero is shown).
It shares nothing with the suppressor: no import, no list of relations, another way of solving them.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from pathlib import Path

# Characteristics that a person keeps: of these a reader knows that people add up exactly, in flows too.
KEPT_FOR_LIFE = ("sex", "ethnic_group", "former_uasc")
STOCKS = ("accommodation_now",)
MONTHS_OF = {"1": ("04", "05", "06"), "2": ("07", "08", "09"), "3": ("10", "11", "12"), "4": ("01", "02", "03")}

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

    def leaks(self) -> list[Leak]:
        """Every hidden figure that has only one possible value."""
        equations = [equation for equation in map(self._equation, self._relations()) if equation]
        found = dict(_solved(equations))
        found |= _squeezed(equations, found)
        return [Leak(name, int(value)) for name, value in sorted(found.items())]

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

    def _equation(self, relation: tuple[Name, list[Name]]) -> Equation | None:
        total, parts = relation
        if any(name not in self.printed for name in (total, *parts)):
            return None
        equation = Equation(defaultdict(Fraction), Fraction(0))
        for name, sign in ((total, -1), *((part, 1) for part in parts)):
            if self.printed[name].isdigit():
                equation.constant -= sign * int(self.printed[name])
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
            if adds_up and min(found[1] for found in inside) == start:
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


def _squeezed(equations: list[Equation], solved: dict[Name, Fraction]) -> dict[Name, Fraction]:
    """Narrow each unknown's range by what the others in an equation can be, until no range narrows."""
    unknowns = sorted({name for equation in equations for name in equation.unknowns})
    ranges = {name: (float(solved[name]),) * 2 if name in solved else (1.0, inf) for name in unknowns}
    narrowed = True
    while narrowed:
        narrowed = False
        for equation in equations:
            for name, sign in equation.unknowns.items():
                bounds = [
                    sorted(-float(other_sign) * bound for bound in ranges[other])
                    for other, other_sign in equation.unknowns.items()
                    if other != name
                ]
                ends = sorted(
                    (float(equation.constant) + sum(bound[end] for bound in bounds)) / float(sign) for end in (0, 1)
                )
                low, high = max(ranges[name][0], ends[0]), min(ranges[name][1], ends[1])
                narrowed |= (low, high) != ranges[name]
                ranges[name] = (low, high)
    return {name: Fraction(low) for name, (low, high) in ranges.items() if low == high}
