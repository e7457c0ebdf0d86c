"""A load that was judged, as it is kept: which checks it did not pass, and the numbers that they looked at.

What this module promises: a judgement read back is the one that was kept; it holds counts and shares only.

What belongs here: the record of one load's judgement. What does not: where it is kept (whoever calls this package),
how it came about (`validation`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

DATES = ("data_date", "before_date")
TIMES = ("received_at",)
TEXTS = ("load_id", "sender", "authority", "compared_with")


@dataclass(frozen=True)
class Judgement:
    """What came of judging one load, once and for all.

    Attributes:
        extract: `<family>__<table>`.
        failed: Names of the checks that it did not pass.
        profile: Its row of the profile, as `profile_loads` made it; NaN is "not judged".
    """

    extract: str
    failed: tuple[str, ...]
    profile: Mapping[str, Any]

    @property
    def load_id(self) -> str:
        """The load that was judged."""
        return str(self.profile["load_id"])

    def as_json(self) -> dict[str, Any]:
        """Return the judgement as plain JSON values; NaN becomes null."""
        profile = {name: _plain(value) for name, value in self.profile.items() if name != "judged"}
        return {"load_id": self.load_id, "extract": self.extract, "failed": list(self.failed), "profile": profile}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Judgement:
        """Return the judgement that `as_json` wrote."""
        profile = {name: _read(name, value) for name, value in document["profile"].items()}
        return cls(document["extract"], tuple(document["failed"]), {**profile, "judged": True})


def as_frame(judgements: Sequence[Judgement], columns: Sequence[str]) -> pd.DataFrame:
    """Return the profile rows of judgements of one extract, in the order in which loads are judged.

    `columns` are in the frame in any case: a judgement of an earlier contract may lack one, and was then not judged by
    it.
    """
    ordered = sorted(
        (judgement.profile for judgement in judgements),
        key=lambda row: (row["sender"], row["data_date"], row["received_at"], row["load_id"]),
    )
    names = dict.fromkeys([name for row in ordered for name in row] + list(columns))
    frame = pd.DataFrame({name: pd.Series([row.get(name) for row in ordered], dtype="object") for name in names})
    numbers = [name for name in names if name not in (*DATES, *TIMES, *TEXTS, "judged")]
    return frame.astype(dict.fromkeys(numbers, "float64"))


def _plain(value: Any) -> Any:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return None
    return value.isoformat() if isinstance(value, date | datetime) else value


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in DATES:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name in TIMES else value
