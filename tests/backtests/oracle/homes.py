"""Where somebody lives on a given day, and whether that home suits.

What belongs here: readings 23 to 25. What does not: who is counted (see `events`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .dates import covers
from .housing import TemporaryPlacement
from .moves import Move
from .people import SnapshotRow
from .reference import Reference
from .spells import FORM, SNAPSHOT, Home, Spell, Spells, TieKey

HOUSING = "housing"

_PLACEMENT, _LETTING, _DUTY_END, _SPELL = range(4)
"""The page's order between records that begin on one day."""


@dataclass(frozen=True)
class Candidate:
    """A record that may say where somebody lives."""

    start: date
    end: date | None
    kind: str
    district: str | None
    source: int
    tie_key: TieKey
    told_by: str = HOUSING
    """Source of the spell where it is one."""


@dataclass(frozen=True)
class HomeOnDay:
    """The answer: kind of home, its district, suitability, and since when; no start where nothing is known."""

    kind: str
    district: str | None
    suitability: str
    start: date | None = None


def candidates(
    homes: Iterable[Home], moves: Iterable[Move], placements: Iterable[TemporaryPlacement], reference: Reference
) -> list[Candidate]:
    """Everything that may say where one person lives (reading 23).

    Each fragment speaks, with its move's start, end, kind and district, or, where its home has no recorded start, with
    its home's start and district and its own end.
    """
    found = [candidate for move in moves for candidate in _of_move(move)]
    found += [candidate for home in homes if not home.start_recorded for candidate in _of_home(home)]
    found += [_of_placement(p, reference) for p in placements if p.accommodation_type != "own_arrangements"]
    return found


def home_on(day: date, records: Sequence[Candidate], spells: Spells, reference: Reference) -> HomeOnDay:
    """The record with the latest start by `day` that has not ended by then (page §2, reading 23)."""
    standing = [
        record
        for record in records
        if covers(record.start, record.end, day) and not is_overlaid(record.told_by, day, spells)
    ]
    if not standing:
        return HomeOnDay("not_known", None, "not_known")
    latest = max(record.start for record in standing)
    home = min((record for record in standing if record.start == latest), key=lambda r: (r.source, r.tie_key))
    return HomeOnDay(home.kind, home.district, suitability_on(day, home.kind, spells, reference), home.start)


def suitability_on(day: date, kind: str, spells: Spells, reference: Reference) -> str:
    """Suitability from a spell of the same family that covers the day, forms first (reading 25)."""
    if kind == "in_care_placement":
        return "not_known"
    family = reference.family_of_kind[kind]

    def speaks(spell: Spell) -> bool:
        return reference.family_of_kind[spell.kind] == family and covers(spell.start, spell.end, day)

    forms = [spell for spell in spells.forms if speaks(spell)]
    if forms:
        latest = max(spell.start for spell in forms)
        chosen = min((spell for spell in forms if spell.start == latest), key=lambda spell: spell.record_id)
        return chosen.suitability or "not_known"
    for spell in spells.snapshots:
        if speaks(spell):
            return _row_in_force(spell.snapshots, day).suitability or "not_known"
    return "not_known"


def is_overlaid(source: str, day: date, spells: Spells) -> bool:
    """Whether an open record of a higher source has begun, after whose file a lower one says nothing in stocks.

    Reading 14, "with nothing after it in stocks": care placements lie over form and snapshot spells, forms over
    snapshots, however many days after their own data date.
    """
    over = {FORM: spells.care_placements, SNAPSHOT: spells.care_placements + spells.forms}
    return any(spell.end is None and spell.start <= day for spell in over.get(source, []))


def _row_in_force(rows: Sequence[SnapshotRow], day: date) -> SnapshotRow:
    taken = [row for row in rows if row.data_date <= day]
    return taken[-1] if taken else rows[0]


def _of_move(move: Move) -> list[Candidate]:
    """Each record of a move, with the move's kind, start, end and district."""

    def candidate(source: int, tie_key: TieKey, told_by: str = HOUSING) -> Candidate:
        return Candidate(move.start, move.end, move.kind, move.district, source, tie_key, told_by)

    found = []
    if move.letting is not None:
        found.append(candidate(_LETTING, (False, move.letting.record_id)))
    if move.duty_end is not None:
        found.append(candidate(_DUTY_END, (False, move.duty_end.record_id)))
    if move.home is not None:
        sources = sorted({fragment.spell.source for fragment in move.home.fragments})
        found += [candidate(_SPELL, move.home.tie_key, source) for source in sources]
    return found


def _of_home(home: Home) -> list[Candidate]:
    return [
        Candidate(home.start, part.end, home.kind, home.district, _SPELL, home.tie_key, part.spell.source)
        for part in home.fragments
    ]


def _of_placement(placement: TemporaryPlacement, reference: Reference) -> Candidate:
    kind_of_type = reference.kind_of_temporary
    return Candidate(
        start=placement.entry,
        end=placement.exit,
        kind=kind_of_type[placement.accommodation_type] if placement.accommodation_type else "temporary_or_emergency",
        district=placement.placed_in or placement.district,
        source=_PLACEMENT,
        tie_key=(False, placement.record_id),
    )
