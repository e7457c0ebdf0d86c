"""The audit of a publication, together with everything released before it.

What belongs here: which counts are asked about, how wide each range must be, and the report. What does not: what a
reader knows (`knowledge`) and how it is solved (`ranges`).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from pipelines.disclosure.attacker.knowledge import Knowledge, Unknown
from pipelines.disclosure.attacker.published import Line, Name, Words, read_lines, read_words
from pipelines.disclosure.attacker.ranges import Sum, narrow_ranges

ANY = "*"


@dataclass(frozen=True)
class Demand:
    """What an authority asks of its publications.

    Attributes:
        threshold: The smallest count that may be known.
        width: How far apart the least and the greatest possible value of a hidden count must be.
        round_to: What published counts are rounded to.
        exempt: Measures of which every count may be known.
    """

    threshold: int = 5
    width: int = 3
    round_to: int = 1
    exempt: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leak:
    """A hidden count of which a reader knows too much.

    Attributes:
        figure: What it counts.
        why: `hidden` (marked `[c]`), `implied` (a small count that no table lists), `printed` (a small count in plain
            sight) or `difference` (between what two releases print of one figure).
        least, most: The range that a reader can tell; of a difference, the change.
        wanted: How wide the range must be.
    """

    figure: Name
    why: str
    least: float
    most: float
    wanted: int


@dataclass(frozen=True)
class AuditReport:
    """What a reader of everything released could tell.

    Attributes:
        figures: Rows of the publication.
        hidden: Hidden counts that were asked about, earlier releases included.
        leaks: Those that the publication gives away.
        known_before: How many the earlier releases alone gave away: no later one can take that back.
        contradictions: Sums that do not add up as printed, as where later records changed a table that was released.
        seconds: How long it took.
    """

    figures: int
    hidden: int
    leaks: tuple[Leak, ...]
    known_before: int
    contradictions: int
    seconds: float

    @property
    def safe(self) -> bool:
        """Whether the publication may be shown."""
        return not self.leaks


def audit(
    figures: Path,
    earlier: Sequence[Path] = (),
    *,
    demands: Mapping[str, Demand] | None = None,
    labels: Path | None = None,
    seconds: float = inf,
) -> AuditReport:
    """Find what a reader of published figures, and of all that was released before, can tell of hidden counts.

    Args:
        figures: `public.csv` or `public.parquet`.
        earlier: Such files of earlier releases, the oldest first.
        demands: By authority, `*` for all others.
        labels: `labels.parquet`; beside the figures when None.
        seconds: How long to look. A count not shown to be safe by then is reported as a leak.

    Raises:
        UnreadableFiguresError: A file cannot be read.
    """
    begun = time.monotonic()
    words = read_words(labels or figures.with_name("labels.parquet"))
    asked = _Demands(demands or {})
    before = [read_lines(path) for path in earlier]
    lines = read_lines(figures)
    deadline = begun + seconds
    found, hidden, contradictions = _leaks([*before, lines], words, asked, deadline)
    found += _printed(lines, asked)
    known_before = 0
    if found and before:
        by_then, _, _ = _leaks(before, words, asked, inf)
        known = {(leak.figure, leak.why) for leak in by_then}
        known_before = sum((leak.figure, leak.why) in known for leak in found)
        found = [leak for leak in found if (leak.figure, leak.why) not in known]
    return AuditReport(
        len(lines), hidden, tuple(sorted(found, key=_order)), known_before, contradictions, time.monotonic() - begun
    )


class _Demands:
    """The demand of each authority."""

    def __init__(self, demands: Mapping[str, Demand]) -> None:
        self._demands = demands

    def of(self, name: Name) -> Demand:
        return self._demands.get(name.authority) or self._demands.get(ANY) or Demand()

    def roundings(self, releases: Sequence[Sequence[Line]]) -> dict[str, int]:
        first = {line.name.authority: line.name for lines in releases for line in lines}
        return {authority: self.of(name).round_to for authority, name in first.items()}


def _leaks(
    releases: Sequence[Sequence[Line]], words: Words, asked: _Demands, deadline: float
) -> tuple[list[Leak], int, int]:
    """Return what is known too well, how many counts were asked about, and how many sums contradict each other."""
    known = Knowledge(releases, words, asked.roundings(releases))
    wanted: dict[Unknown, float] = {
        one: asked.of(one.name).width
        for one in (*known.hidden, *known.implied)
        if one.name.measure not in asked.of(one.name).exempt
    }
    sums = [Sum(dict(fact.factors), fact.least, fact.most) for fact in known.facts]
    findings = narrow_ranges(known.ends, sums, wanted, deadline=deadline)
    leaks = []
    for found in findings.narrow:
        demand = asked.of(found.of.name)
        implied = found.of not in known.hidden
        # A quarter that no table lists may be known to be none, or as many as could be published.
        if implied and (found.most == 0 or found.least >= demand.threshold):
            continue
        why = "implied" if implied else "hidden"
        leaks.append(Leak(found.of.name, why, found.least, found.most, demand.width))
    for name, old, new in known.restated:
        demand = asked.of(name)
        if 0 < abs(new - old) < demand.threshold and demand.round_to == 1 and name.measure not in demand.exempt:
            leaks.append(Leak(name, "difference", abs(new - old), abs(new - old), demand.width))
    return leaks, len(wanted), findings.contradictions


def _printed(lines: Sequence[Line], asked: _Demands) -> list[Leak]:
    """Return the small counts that are printed, shares and middle values of few people included."""
    leaks = []
    for line in lines:
        demand = asked.of(line.name)
        number, out_of = line.numerator, line.denominator
        counts = (
            [number] if line.name.statistic != "share" or number is None else [number, out_of, (out_of or 0) - number]
        )
        few = [one for one in counts if one is not None and 0 < one < demand.threshold]
        if few and line.name.measure not in demand.exempt and line.status != "c":
            leaks.append(Leak(line.name, "printed", few[0], few[0], demand.width))
    return leaks


def _order(leak: Leak) -> tuple[Name, str]:
    return leak.figure, leak.why
