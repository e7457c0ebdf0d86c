"""Chance that can be repeated: streams of pseudo-random draws named by what they decide.

What belongs here: drawing. What does not: the odds, which stand where they are used. A stream depends on the seed and
its name only, so one more draw in one life changes no other life, and never on the process (no `hash()`), so Python
3.11 and 3.12 draw alike.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance(Random):
    """A stream of draws with the few kinds of draw that lives and defects need."""

    def happens(self, probability: float) -> bool:
        """Return True with the given probability (0 to 1)."""
        return self.random() < probability

    def weighted(self, weights: Mapping[T, float]) -> T:
        """Return one of the keys, each with a probability in proportion to its weight (any positive total)."""
        at = self.random() * sum(weights.values())
        for key, weight in weights.items():
            at -= weight
            if at < 0:
                return key
        return next(reversed(list(weights)))

    def length(self, mean_days: float, *, least: int = 3) -> timedelta:
        """Return a length of time, exponential round its mean, in whole days, never under `least`."""
        return timedelta(days=max(least, int(self.expovariate(1 / mean_days))))

    def after(self, day: date, least: int, most: int) -> date:
        """Return a day that lies `least` to `most` days (inclusive, may be negative) after `day`."""
        return day + timedelta(days=self.randint(least, most))

    def between(self, first: date, last: date) -> date:
        """Return a day from `first` to `last`, inclusive; `first` when they are in the wrong order."""
        return first + timedelta(days=self.randint(0, max(0, (last - first).days)))


def stream(seed: int, *name: object) -> Chance:
    """Return the stream of that name: the same draws for the same seed and name, on every machine."""
    text = "|".join(str(part) for part in (seed, *name))
    return Chance(int.from_bytes(sha256(text.encode()).digest()[:8], "big"))


def share(*name: object) -> float:
    """Return one number in [0, 1) that depends on the name only; cheap, for decisions about single cells."""
    return zlib.crc32("|".join(map(str, name)).encode()) / 2**32
