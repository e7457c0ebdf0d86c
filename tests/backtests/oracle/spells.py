"""Spells of living somewhere as the case system and the form tell them, and the homes they make.

What belongs here: readings 11 to 16: form spells, snapshot spells, looked-after placements, what is left of them where
they overlap (fragments), and the chains of fragments that are one home. What does not: housing records, moves, and the
question where somebody lives on a given day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from .current_rows import Emitted, Row
from .dates import DAY, FOREVER, capped, covers, subtract
from .people import CASE_SYSTEM, Life, PersonOf, SnapshotRow, by_person
from .record_ids import record_id
from .reference import Reference

FORM = "form"
SNAPSHOT = "snapshot"
CARE_PLACEMENT = "care_placement"

_KIND_OF_TENURE = {
    "private": "private_rented",
    "council": "social_general_needs",
    "housing_association": "social_general_needs",
    "student": "student_home",
}

TieKey = tuple[bool, str]
"""Orders records that start and end together: a form row before a snapshot spell, then by record id (reading 4)."""


@dataclass(frozen=True)
class Spell:
    """One span in one kind of home, as one source tells it."""

    source: str
    kind: str
    start: date
    end: date | None
    """`None` only while the record is open in its sender's latest file; an older open record ends (reading 2)."""
    start_recorded: bool
    postcode: str | None
    district: str | None
    suitability: str | None
    data_date: date
    record_id: str
    placed_by: str | None = None
    accommodation_code: str | None = None
    placement_type: str | None = None
    end_reason: str | None = None
    recorded_on: date | None = None
    snapshots: tuple[SnapshotRow, ...] = ()

    @property
    def tie_key(self) -> TieKey:
        """See `TieKey`."""
        return (self.source == SNAPSHOT, self.record_id)


@dataclass(frozen=True)
class Fragment:
    """What is left of a spell after reading 14."""

    spell: Spell
    start: date
    end: date | None
    start_recorded: bool


@dataclass
class Home:
    """A chain of fragments of one kind (reading 15)."""

    kind: str
    fragments: list[Fragment] = field(default_factory=list)

    @property
    def start(self) -> date:
        """Start of the first fragment."""
        return self.fragments[0].start

    @property
    def start_recorded(self) -> bool:
        """Whether the start can be a move."""
        return self.fragments[0].start_recorded

    @property
    def tie_key(self) -> TieKey:
        """That of the first fragment."""
        return self.fragments[0].spell.tie_key

    @property
    def greatest_end(self) -> date:
        """The latest end so far, `FOREVER` if any fragment is open."""
        return max(fragment.end or FOREVER for fragment in self.fragments)

    @property
    def end(self) -> date | None:
        """The latest end; `None` if any fragment is open."""
        return None if self.greatest_end == FOREVER else self.greatest_end

    @property
    def district(self) -> str | None:
        """The first known district."""
        return next((f.spell.district for f in self.fragments if f.spell.district is not None), None)

    @property
    def last_known_postcode(self) -> str | None:
        """The postcode that the next fragment is compared with."""
        return next((f.spell.postcode for f in reversed(self.fragments) if f.spell.postcode is not None), None)

    def continues_with(self, fragment: Fragment) -> bool:
        """Whether `fragment` is still this home: at most a day's gap, and no other known postcode."""
        if self.greatest_end != FOREVER and fragment.start > self.greatest_end + DAY:
            return False
        known, own = self.last_known_postcode, fragment.spell.postcode
        return known is None or own is None or known == own


@dataclass
class Spells:
    """One person's case-system spells in one authority, before and after reading 14, and their homes."""

    forms: list[Spell] = field(default_factory=list)
    snapshots: list[Spell] = field(default_factory=list)
    care_placements: list[Spell] = field(default_factory=list)
    homes: list[Home] = field(default_factory=list)
    addresses: list[Row] = field(default_factory=list)


def read_spells(
    emitted: Emitted, reference: Reference, person_of: PersonOf, lives: dict[tuple[str, str], Life]
) -> dict[tuple[str, str], Spells]:
    """Spells and homes of every person, by (authority, person)."""
    forms = _read_forms(emitted, person_of)
    placements = _read_care_placements(emitted, person_of)
    addresses = _read_addresses(emitted, person_of)
    spells = {}
    for key, life in lives.items():
        authority = life.authority.name
        told = Spells(
            forms=form_spells(authority, forms.get(key, []), reference),
            snapshots=snapshot_spells(life, addresses.get(key, []), reference),
            care_placements=care_placement_spells(authority, placements.get(key, []), reference),
        )
        told.homes = chain(fragments_of(told))
        told.addresses = addresses.get(key, [])
        spells[key] = told
    return spells


def kind_of_accommodation(code: str | None, tenure: str | None, reference: Reference) -> str:
    """Kind of home of a DfE accommodation code; tenure is read only for U (readings 11 and 12)."""
    if code is None:
        return "not_known"
    if code == "U":
        return _KIND_OF_TENURE.get(tenure or "none", "tenure_not_known")
    return reference.kind_of_accommodation[code]


def form_spells(authority: str, rows: Iterable[Row], reference: Reference) -> list[Spell]:
    """Accommodation-form rows as spells (reading 11)."""
    spells = []
    for row in rows:
        if row["start_date"] > row["data_date"]:
            continue
        spell = Spell(
            source=FORM,
            kind=kind_of_accommodation(row["accommodation_code"], row["tenure"], reference),
            start=row["start_date"],
            end=_end(row, "end_date"),
            start_recorded=True,
            postcode=row["postcode"],
            district=row["district_gss"] or reference.district_of_postcode(row["postcode"]),
            suitability=row["suitability"],
            data_date=row["data_date"],
            record_id=record_id("form", authority, row["record_id"]),
            placed_by=row["placed_by"],
            accommodation_code=row["accommodation_code"],
            end_reason=row["end_reason"],
            recorded_on=row["recorded_on"],
        )
        if spell.end != spell.start:
            spells.append(spell)
    return spells


def care_placement_spells(authority: str, rows: Iterable[Row], reference: Reference) -> list[Spell]:
    """Looked-after placements as spells, whatever their PLACE code (reading 13)."""
    spells = []
    for row in rows:
        if row["clap_cla_placement_start_date"] > row["data_date"]:
            continue
        spell = Spell(
            source=CARE_PLACEMENT,
            kind="in_care_placement",
            start=row["clap_cla_placement_start_date"],
            end=_end(row, "clap_cla_placement_end_date"),
            start_recorded=True,
            postcode=row["clap_cla_placement_postcode"],
            district=reference.district_of_postcode(row["clap_cla_placement_postcode"]),
            suitability=None,
            data_date=row["data_date"],
            record_id=record_id("care_placement", authority, row["clap_cla_placement_id"]),
            placement_type=row["clap_cla_placement_type"],
        )
        if spell.end != spell.start:
            spells.append(spell)
    return spells


def snapshot_spells(life: Life, addresses: list[Row], reference: Reference) -> list[Spell]:
    """Changes of kind between successive snapshots as spells (reading 12)."""
    if not life.snapshots:
        return []
    first = min(life.snapshots)
    dates = [day for day in life.snapshot_dates if day >= first]
    kinds = {day: _kind_in_snapshot(life.snapshots.get(day), reference) for day in dates}
    changes = [(first, first, False)]
    for previous, day in pairwise(dates):
        if kinds[day] != kinds[previous]:
            changes.append((day, _start_of_change(previous, day, addresses), True))
    spells = []
    ends: list[date | None] = [start for _, start, _ in changes[1:]]
    for (day, start, recorded), end in zip(changes, [*ends, None], strict=True):
        kind = kinds[day]
        if kind is None:
            continue
        postcode = _postcode_on(start, addresses)
        seen = [life.snapshots[at] for at in dates if at >= day and (end is None or at < end)]
        spells.append(
            Spell(
                source=SNAPSHOT,
                kind=kind,
                start=start,
                end=end,
                start_recorded=recorded,
                postcode=postcode,
                district=reference.district_of_postcode(postcode),
                suitability=None,
                data_date=life.snapshot_dates[-1],
                record_id=record_id("snapshot", life.authority.name, life.person, start.isoformat()),
                snapshots=tuple(seen),
            )
        )
    return spells


def fragments_of(spells: Spells) -> list[Fragment]:
    """Forms before snapshots, looked-after placements before both (reading 14).

    An open form spell or placement takes nothing after its data date; what is left there has no recorded start.
    """
    form_days = _days(spells.forms)
    care_days = _days(spells.care_placements)
    leavings = {placement.end for placement in spells.care_placements if placement.end is not None}
    fragments = [Fragment(spell, spell.start, spell.end, start_recorded=True) for spell in spells.care_placements]
    for spell in spells.forms + spells.snapshots:
        taken = care_days if spell.source == FORM else form_days + care_days
        for start, end in subtract(spell.start, spell.end or FOREVER, taken):
            own_start = start == spell.start and spell.start_recorded
            leaves_care = start in leavings
            recorded = (own_start or leaves_care) and start <= spell.data_date
            fragments.append(Fragment(spell, start, None if end == FOREVER else end, recorded))
    return fragments


def chain(fragments: Iterable[Fragment]) -> list[Home]:
    """Join fragments of one kind into homes; other kinds in between do not matter (reading 15)."""
    current: dict[str, Home] = {}
    homes = []
    for fragment in sorted(fragments, key=lambda f: (f.start, f.end or FOREVER, f.spell.tie_key)):
        kind = fragment.spell.kind
        home = current.get(kind)
        if home is None or not home.continues_with(fragment):
            home = current[kind] = Home(kind)
            homes.append(home)
        home.fragments.append(fragment)
    return homes


def _days(spells: Iterable[Spell]) -> list[tuple[date, date]]:
    return [(spell.start, capped(spell.end, spell.data_date)) for spell in spells]


def _end(row: Row, column: str) -> date | None:
    """The recorded end; an open row that is not in its sender's latest file ends with its own file (reading 2)."""
    end: date | None = row[column]
    return end if end is not None or row["in_latest_load"] else row["data_date"] + DAY


def _kind_in_snapshot(row: SnapshotRow | None, reference: Reference) -> str | None:
    if row is None or row.accommodation is None:
        return None
    return kind_of_accommodation(row.accommodation, row.tenure, reference)


def _start_of_change(previous: date, day: date, addresses: Iterable[Row]) -> date:
    starts = [row["addr_address_start_date"] for row in addresses]
    return max((start for start in starts if previous < start <= day), default=day)


def _postcode_on(day: date, addresses: Iterable[Row]) -> str | None:
    """Postcode of the latest address begun by `day` and not ended by then (reading 12)."""
    lived_at = [row for row in addresses if covers(row["addr_address_start_date"], row["addr_address_end_date"], day)]
    lived_at.sort(key=lambda row: str(row["addr_table_id"]))
    latest = max(lived_at, key=lambda row: row["addr_address_start_date"], default=None)
    return latest["addr_address_postcode"] if latest is not None else None


def _read_forms(emitted: Emitted, person_of: PersonOf) -> dict[tuple[str, str], list[Row]]:
    columns = (
        "record_id",
        "recorded_on",
        "withdrawn",
        "person_id",
        "start_date",
        "end_date",
        "accommodation_code",
        "tenure",
        "suitability",
        "postcode",
        "district_gss",
        "placed_by",
        "end_reason",
    )
    table = emitted.table("protocol_forms", "accommodation", columns)
    return by_person(table.latest_versions("record_id", latest_by="recorded_on"), person_of, "person_id")


def _read_care_placements(emitted: Emitted, person_of: PersonOf) -> dict[tuple[str, str], list[Row]]:
    columns = (
        "clap_cla_placement_id",
        "clap_person_id",
        "clap_cla_placement_start_date",
        "clap_cla_placement_type",
        "clap_cla_placement_end_date",
        "clap_cla_placement_postcode",
    )
    table = emitted.table(CASE_SYSTEM, "ssd_cla_placement", columns)
    return by_person(table.rows_of_latest_loads(), person_of, "clap_person_id")


def _read_addresses(emitted: Emitted, person_of: PersonOf) -> dict[tuple[str, str], list[Row]]:
    columns = (
        "addr_table_id",
        "addr_person_id",
        "addr_address_start_date",
        "addr_address_end_date",
        "addr_address_postcode",
    )
    table = emitted.table(CASE_SYSTEM, "ssd_address", columns)
    rows = (row for row in table.rows_of_latest_loads() if row["addr_address_start_date"] <= row["data_date"])
    return by_person(rows, person_of, "addr_person_id")
