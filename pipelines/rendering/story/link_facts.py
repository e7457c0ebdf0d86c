"""What `figures/build.json` says of the run's links.

What belongs here: reading those facts. What does not: their words (`links`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MODEL, PEOPLE = "model", "decided"


@dataclass(frozen=True)
class PairCounts:
    """Pairs of housing record and case-system id, of one group of people: true, made, and both."""

    group: str
    value: str
    true_pairs: int = 0
    made_pairs: int = 0
    right_pairs: int = 0

    def of(self, group: str, value: str) -> bool:
        """Whether these are the pairs of that group."""
        return (self.group, self.value) == (group, value)


@dataclass(frozen=True)
class LinkFacts:
    """Counts of the run's links.

    Attributes:
        counts: Records by (family, table), outcome and method; None where the build is older than these facts.
        changes: Ids and records whose person is another than in the build before, by kind of change.
        figures_affected: Quarterly totals in which those people count differently.
        pairs: What known links say, by group; None where a run had none.
        people_split: People under several keys, by the known links.
        people_mixed: Keys under which several people stand.
        review_share: Records that wait for a decision, of all (0 to 1).
    """

    counts: Mapping[tuple[tuple[str, str], str, str], int] | None = None
    changes: Mapping[str, int] = field(default_factory=dict)
    figures_affected: int = 0
    pairs: tuple[PairCounts, ...] | None = None
    people_split: int = 0
    people_mixed: int = 0
    review_share: float = 0.0

    def records(self, outcome: str, family: tuple[str, str]) -> int:
        """Return the records of one table with one outcome."""
        return sum(
            number for (whose, how, _), number in (self.counts or {}).items() if (whose, how) == (family, outcome)
        )

    def linked_by(self, way: str) -> int:
        """Return the records that a `rule`, the `model` or `people` linked."""
        return sum(
            number
            for (_, outcome, method), number in (self.counts or {}).items()
            if outcome == "linked" and {MODEL: "model", PEOPLE: "people"}.get(method, "rule") == way
        )

    def pairs_of(self, group: str, value: str) -> PairCounts:
        """Return the pairs of one group; none where it has none."""
        return next((one for one in self.pairs or () if one.of(group, value)), PairCounts(group, value))


def read_link_facts(said: Mapping[str, Any]) -> LinkFacts:
    """Return the facts of `build.json`; a build of an older version says less."""
    quality = said.get("link_quality") or {}
    rows = [row for row in quality.get("rows", []) if row["table"] == "all"]
    pairs = tuple(
        PairCounts(row["group"], row["value"], row["true_pairs"], row["made_pairs"], row["right_pairs"]) for row in rows
    )
    counts = {
        ((row["family"], row["table_name"]), row["outcome"], row["method"]): int(row["records"])
        for row in said.get("link_counts") or []
    }
    return LinkFacts(
        counts=None if said.get("link_counts") is None else counts,
        changes=dict(said.get("link_changes") or {}),
        figures_affected=int(said.get("figures_affected_by_links") or 0),
        pairs=pairs if quality else None,
        people_split=int(quality.get("people_split", 0)),
        people_mixed=int(quality.get("people_mixed", 0)),
        review_share=float(quality.get("review_share", 0.0)),
    )
