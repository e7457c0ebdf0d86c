"""The rule by which an authority hides counts in an edition.

What belongs here: the rule and what it asks of a figure alone. What does not: where a home writes its rules
(`pipelines.settings`), what is published (`programme`), what is hidden for the sake of another (`suppression`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ANY = "*"


@dataclass(frozen=True)
class Rule:
    """How counts of people are protected.

    Attributes:
        threshold: The smallest count that is published; counts from 1 up to below it are hidden, 1 hides nothing.
        round_to: Published counts are rounded to the nearest multiple of this, halves up; 1 does not round.
        zeros: Whether a count of none is shown, or hidden like a small one.
        sensitive: Measures and obligations of which no count is published, whatever its size.
        exempt: Measures and obligations of which every count is published. Those about districts or counties rather
            than people (seeds, column `about`) are exempt without being named.
    """

    threshold: int = 5
    round_to: int = 1
    zeros: Literal["show", "hide"] = "show"
    sensitive: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a rule that means nothing."""
        if self.threshold < 1:
            raise ValueError(
                f"The suppression threshold is {self.threshold}; it is the smallest published count, 1 or more."
            )
        if self.round_to < 1:
            raise ValueError(f"Counts cannot be rounded to multiples of {self.round_to}; 1 does not round.")
        both = sorted(set(self.sensitive) & set(self.exempt))
        if both:
            raise ValueError(f"{', '.join(both)}: a measure is sensitive or exempt, never both.")

    @property
    def width(self) -> int:
        """The protection width: how far apart the least and the greatest possible value of a hidden count must be.

        As far as those of which the rule itself tells every reader: 1 up to below the threshold, or none up to below
        it where zeros are hidden. Never less than 1, as far as anything is hidden.
        """
        if self.threshold == 1 and self.zeros == "show":
            return 1
        return max(1, self.threshold - (2 if self.zeros == "show" else 1))


class Rules:
    """The rules of an edition by authority; the rule of `*` is that of every authority without one of its own."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = dict(rules)

    def of(self, authority: str) -> Rule:
        """Return the rule of an authority."""
        return self._rules.get(authority) or self._rules.get(ANY) or Rule()
