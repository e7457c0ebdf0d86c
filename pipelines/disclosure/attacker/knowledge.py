"""What a reader knows of published figures: the numbers printed, and what must add up to what.

What belongs here: every fact that a reader may use, written down from the definitions alone. What does not: what
follows from all of them together (`ranges`).

Releases are read together. A table (one measure of one authority in one period) that prints the same numbers in two
releases is taken to be the same table: what the one hides and the other shows is known. Where two releases print
different numbers the later is a restatement, and its hidden counts are its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import inf

from pipelines.disclosure.attacker.published import Line, Name, Words

# Characteristics that a person keeps from event to event, so that people of their values add up.
LASTING = ("former_uasc", "sex", "ethnic_group", "disability")
# Stocks of things of which a person may have several.
SEVERAL_EACH = ("on_register",)
COUNTS = ("people", "events", "nights")
# A share is read as the ratio of counts up to this.
FINEST_SHARE = 10_000

COUNT, TRUE_OF, OUT_OF = "count", "in it", "of"
"""What a row counts: itself; of a share, those in it and those it is taken of."""


@dataclass(frozen=True)
class Unknown:
    """A count that a reader may know or not: of one figure, in one version of its table."""

    name: Name
    role: str
    version: int


@dataclass(frozen=True)
class Fact:
    """`least` <= the sum of the unknowns, each times its factor, <= `most`."""

    factors: tuple[tuple[Unknown, int], ...]
    least: float
    most: float


# (the part: measure, statistic, role; the whole: the same; whether they are the same people)
LINKED = (
    (("homeless_from_care", "events", COUNT), ("homeless_presentations", "events", COUNT), False),
    (("presenters_without_adviser", "events", COUNT), ("homeless_presentations", "events", COUNT), False),
    (("duties_ended_for_refusal", "events", COUNT), ("duty_outcomes", "events", COUNT), False),
    (("bnb_people", "people", COUNT), ("bnb_nights", "people", COUNT), True),
    (("in_touch", "people", COUNT), ("accommodation_now", "people", COUNT), True),
    (("settled_12_months", "share", OUT_OF), ("accommodation_now", "people", COUNT), False),
    (("addresses_since_leaving", "share", OUT_OF), ("accommodation_now", "people", COUNT), False),
    (("staying_put_share", "share", OUT_OF), ("accommodation_now", "people", COUNT), False),
    (("days_to_home_still_waiting", "people", COUNT), ("accommodation_now", "people", COUNT), False),
    (("ready_and_waiting", "people", COUNT), ("accommodation_now", "people", COUNT), False),
    (("temporary_accommodation_now", "people", COUNT), ("accommodation_now", "people", COUNT), False),
    (("no_fixed_abode_now", "people", COUNT), ("accommodation_now", "people", COUNT), False),
    (("on_register", "people", COUNT), ("accommodation_now", "people", COUNT), False),
    (("flagged_on_register", "share", OUT_OF), ("on_register", "events", COUNT), True),
    (("adviser_named_on_register", "share", OUT_OF), ("on_register", "events", COUNT), True),
    (("home_survey_feels_safe", "share", OUT_OF), ("home_survey_share", "share", TRUE_OF), False),
    (("home_survey_rates_positively", "share", OUT_OF), ("home_survey_share", "share", TRUE_OF), False),
)


class Knowledge:
    """Everything that a reader of the releases knows.

    Attributes:
        ends: The least and the greatest value of each count as printed or, where nothing is, as counts go.
        facts: What adds up to what.
        hidden: The counts that are marked `[c]`, by their figure.
        implied: Quarters that no release lists, but that windows which overlap speak of.
        restated: Figures printed twice with different numbers, with both.
    """

    def __init__(self, releases: Sequence[Sequence[Line]], words: Words, round_to: Mapping[str, int]) -> None:
        self.ends: dict[Unknown, tuple[float, float]] = {}
        self.facts: list[Fact] = []
        self.hidden: dict[Unknown, Name] = {}
        self.implied: set[Unknown] = set()
        self.restated: list[tuple[Name, int, int]] = []
        self._words = words
        self._round_to = round_to
        self._written: set[tuple[tuple[Unknown, int], ...]] = set()
        self._version_of: dict[tuple[str, str, str, str], int] = {}
        self._latest: dict[tuple[str, str, str, str], dict[Name, Line]] = {}
        # Which areas an authority's figures are told of; a table that leaves some out says nothing of their sum.
        self._areas: dict[str, set[str]] = defaultdict(set)
        for line in (one for lines in releases for one in lines):
            self._areas[line.name.authority].add(line.name.area)
        ever: dict[Name, Line] = {}
        for lines in releases:
            self._read(lines)
            ever |= {line.name: line for line in lines}
        # A period may be a sum of others that other releases list.
        self._areas_and_breakdowns(ever)
        self._periods(ever)

    @property
    def restated_tables(self) -> set[tuple[str, str, str, str]]:
        """The tables of which two releases print different numbers."""
        return {table for table, version in self._version_of.items() if version}

    def _read(self, lines: Sequence[Line]) -> None:
        tables: dict[tuple[str, str, str, str], dict[Name, Line]] = defaultdict(dict)
        for line in lines:
            tables[line.name.table][line.name] = line
        for table, rows in tables.items():
            self._place(table, rows)
        listed = {line.name: line for line in lines}
        for line in lines:
            self._print(line)
        for line in lines:
            self._print_percentage(line)
            self._within_row(line, listed)
            self._linked(line, listed)
        self._areas_and_breakdowns(listed)
        self._periods(listed)

    def _place(self, table: tuple[str, str, str, str], rows: dict[Name, Line]) -> None:
        """Decide whether a table goes on from the release before or is a version of its own."""
        before = self._latest.get(table, {})
        changed = [
            (name, before[name].numerator, line.numerator)
            for name, line in rows.items()
            if name in before and _numbers_differ(before[name], line)
        ]
        self.restated += [(name, old, new) for name, old, new in changed if old is not None and new is not None]
        self._version_of[table] = self._version_of.get(table, 0) + bool(changed)
        self._latest[table] = rows if changed else before | rows

    def _unknown(self, name: Name, role: str = COUNT) -> Unknown:
        unknown = Unknown(name, role, self._version_of.get(name.table, 0))
        self.ends.setdefault(unknown, (0.0, inf))
        return unknown

    def _know(self, unknown: Unknown, number: int) -> None:
        step = self._round_to.get(unknown.name.authority, 1)
        least, most = self.ends[unknown]
        printed = number - step // 2, number + (step - 1) // 2
        narrower = max(least, printed[0]), min(most, printed[1])
        # Two prints of one count that contradict each other are no reason to know nothing: the later holds.
        self.ends[unknown] = narrower if narrower[0] <= narrower[1] else (max(0.0, printed[0]), printed[1])

    def _print(self, line: Line) -> None:
        name = line.name
        if name.statistic in COUNTS:
            self._print_count(line)
        elif name.statistic == "share":
            inside, out_of = self._unknown(name, TRUE_OF), self._unknown(name, OUT_OF)
            if line.numerator is not None and line.denominator is not None:
                self._know(inside, line.numerator)
                self._know(out_of, line.denominator)
            if line.status == "c":
                self.hidden[inside] = name
        elif line.numerator is not None:
            # A middle value prints how many events are behind it.
            self._know(self._unknown(name.changed(statistic="events")), line.numerator)

    def _print_percentage(self, line: Line) -> None:
        """A share that is printed without its counts gives the one away where the other is known from elsewhere."""
        if line.name.statistic == "share" and line.value is not None and line.numerator is None:
            ratio = Fraction(line.value).limit_denominator(FINEST_SHARE)
            inside, out_of = self._unknown(line.name, TRUE_OF), self._unknown(line.name, OUT_OF)
            self._add([(inside, ratio.denominator), (out_of, -ratio.numerator)], 0.0, 0.0)

    def _print_count(self, line: Line) -> None:
        unknown = self._unknown(line.name)
        if line.status == "z":
            self._know(unknown, 0)
        elif line.numerator is not None or line.value is not None:
            self._know(unknown, round(line.value or 0) if line.numerator is None else line.numerator)
        if line.status == "c":
            self.hidden[unknown] = line.name
        if line.denominator is not None:
            # A denominator beside a count is the total of its area.
            self._know(self._unknown(line.name.changed(breakdown="total", value="total")), line.denominator)

    # What must add up.

    def _adds_up(self, name: Name) -> bool:
        if name.statistic != "people":
            return True
        return self._words.counted_as.get(name.measure) == "stock" and name.measure not in SEVERAL_EACH

    def _add(self, factors: Iterable[tuple[Unknown, int]], least: float, most: float) -> None:
        written = tuple(factors)
        if written not in self._written:
            self._written.add(written)
            self.facts.append(Fact(written, least, most))

    def _sum(self, whole: Name, parts: Sequence[Name], *, exact: bool) -> None:
        """Parts add up to the whole, or overlap: none is more than it, together they are no fewer."""
        for role in _roles(whole):
            top = self._unknown(whole, role)
            members = [self._unknown(part, role) for part in parts]
            if exact:
                self._add([(top, -1), *((one, 1) for one in members)], 0.0, 0.0)
                continue
            self._add([(top, -1), *((one, 1) for one in members)], 0.0, inf)
            for one in members:
                self._add([(top, 1), (one, -1)], 0.0, inf)

    def _some_of(self, whole: Name, parts: Sequence[Name], *, add_up: bool) -> None:
        """Some parts, of which others are not listed, are together or each no more than the whole."""
        for role in _roles(whole):
            top = self._unknown(whole, role)
            members = [self._unknown(part, role) for part in parts]
            for together in [members] if add_up else [[one] for one in members]:
                self._add([(top, 1), *((one, -1) for one in together)], 0.0, inf)

    def _no_more(self, part: Unknown, whole: Unknown, *, same: bool = False) -> None:
        self._add([(whole, 1), (part, -1)], 0.0, 0.0 if same else inf)

    def _within_row(self, line: Line, listed: Mapping[Name, Line]) -> None:
        name = line.name
        if name.statistic == "people":
            for statistic in ("events", "nights"):
                other = name.changed(statistic=statistic)
                if other in listed:
                    self._no_more(self._unknown(name), self._unknown(other))
        elif name.statistic == "share":
            self._no_more(self._unknown(name, TRUE_OF), self._unknown(name, OUT_OF))
            events = name.changed(statistic="events")
            if events in listed:
                self._no_more(self._unknown(name, OUT_OF), self._unknown(events))

    def _linked(self, line: Line, listed: Mapping[Name, Line]) -> None:
        name = line.name
        for (measure, statistic, role), (whole, whole_statistic, whole_role), same in LINKED:
            if name.measure == measure and name.statistic == statistic and name.breakdown == "total":
                other = name.changed(measure=whole, statistic=whole_statistic)
                if other in listed:
                    self._no_more(self._unknown(name, role), self._unknown(other, whole_role), same=same)

    def _areas_and_breakdowns(self, listed: Mapping[Name, Line]) -> None:
        areas: dict[Name, list[Name]] = defaultdict(list)
        values: dict[tuple[Name, str], list[Name]] = defaultdict(list)
        for name in listed:
            if name.statistic not in (*COUNTS, "share"):
                continue
            county = self._words.county_of.get(name.authority, "")
            if name.area != county:
                areas[name.changed(area=county)].append(name)
            if name.breakdown != "total":
                values[name.changed(breakdown="total", value="total"), name.breakdown].append(name)
        for whole, parts in areas.items():
            if whole in listed and whole.breakdown == "total":
                if {whole.area, *(part.area for part in parts)} >= self._areas[whole.authority]:
                    self._sum(whole, parts, exact=self._adds_up(whole))
                else:
                    self._some_of(whole, parts, add_up=self._adds_up(whole))
        for (whole, breakdown), parts in values.items():
            if whole in listed:
                self._sum(whole, parts, exact=self._adds_up(whole) or breakdown in LASTING)

    def _periods(self, listed: Mapping[Name, Line]) -> None:
        lines: dict[Name, list[tuple[date, date, Name]]] = defaultdict(list)
        for name, line in listed.items():
            if name.statistic in (*COUNTS, "share"):
                lines[name.changed(kind="", label="")].append((line.start, _end(name), name))
        for without_period, periods in lines.items():
            self._one_line(without_period, periods)

    def _one_line(self, line: Name, periods: list[tuple[date, date, Name]]) -> None:
        exact = line.statistic != "people"
        windows = [one for one in periods if one[2].kind in ("ytd", "rolling_4q")]
        quarters = {start: name for start, _, name in periods if name.kind == "quarter"}
        if len(windows) > 1 and exact:
            for start, label in _quarters_of_overlaps(windows):
                if start not in quarters:
                    quarters[start] = line.changed(kind="quarter", label=label)
                    self.implied |= {self._unknown(quarters[start], role) for role in _roles(line)}
        for start, end, name in periods:
            shorter = quarters if name.kind in ("ytd", "rolling_4q") else {}
            if name.kind == "quarter":
                shorter = {begun: one for begun, _, one in periods if one.kind == "month"}
            parts = [one for begun, one in sorted(shorter.items()) if start <= begun < end]
            if parts and len(parts) == _months(start, end) // (1 if name.kind == "quarter" else 3):
                self._sum(name, parts, exact=exact or len(parts) == 1)
        by_dates: dict[tuple[date, date], Name] = {}
        for start, end, name in periods:
            first = by_dates.setdefault((start, end), name)
            if first != name:
                self._sum(first, [name], exact=True)


def _numbers_differ(one: Line, other: Line) -> bool:
    return (
        one.numerator is not None
        and other.numerator is not None
        and (one.numerator, one.denominator) != (other.numerator, other.denominator)
        # A denominator may be left out in one of them.
        and (one.numerator != other.numerator or None not in (one.denominator, other.denominator))
    )


def _roles(name: Name) -> tuple[str, ...]:
    return (TRUE_OF, OUT_OF) if name.statistic == "share" else (COUNT,)


def _end(name: Name) -> date:
    """Return the day after the last day of the period that the label names."""
    if name.kind == "month":
        year, month = int(name.label[:4]), int(name.label[5:7])
    else:
        year, month = int(name.label[:4]), 3 + 3 * int(name.label[-1])
    return date(year + month // 12, month % 12 + 1, 1)


def _months(start: date, end: date) -> int:
    return 12 * (end.year - start.year) + end.month - start.month


def _quarters_of_overlaps(windows: Sequence[tuple[date, date, Name]]) -> Iterator[tuple[date, str]]:
    """Yield the first day and the label of each quarter of windows that have some quarter in common."""
    holding: dict[date, int] = defaultdict(int)
    quarters = {name: list(_quarter_starts(start, end)) for start, end, name in windows}
    for starts in quarters.values():
        for start in starts:
            holding[start] += 1
    overlapping = {start for starts in quarters.values() if any(holding[one] > 1 for one in starts) for start in starts}
    for start in sorted(overlapping):
        year = start.year - (start.month < 4)
        yield start, f"{year}-{(year + 1) % 100:02}-Q{(start.month - 4) % 12 // 3 + 1}"


def _quarter_starts(start: date, end: date) -> Iterator[date]:
    while start < end:
        yield start
        start = date(start.year + (start.month + 3 > 12), (start.month + 2) % 12 + 1, 1)
