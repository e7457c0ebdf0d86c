"""People as a county's case system knows them: status on a day, scope, and what breakdowns need.

What belongs here: readings 5 to 10. What does not: where anybody lives.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from .current_rows import Emitted, LoadKey, Row
from .dates import age_on, covers
from .reference import OUTSIDE_COUNTY, UNKNOWN_AREA, Authority, Reference

CASE_SYSTEM = "case_system"
STATUSES = ("former_relevant", "relevant", "eligible", "qualifying")
"""The statuses that bring somebody into scope, in the order in which reading 6 prefers them."""

PersonOf = dict[tuple[str, str], str]
"""(authority, case-system id) → true person."""


class SnapshotRow(NamedTuple):
    """What a snapshot says of one person, after reading 6 chose among their rows."""

    data_date: date
    status: str | None
    activity: str | None
    accommodation: str | None
    tenure: str | None
    suitability: str | None


@dataclass
class Snapshots:
    """The dates of a county's snapshots and, by person, the row in each snapshot in which the person stands."""

    dates: list[date] = field(default_factory=list)
    rows: dict[str, dict[date, SnapshotRow]] = field(default_factory=dict)


@dataclass
class Life:
    """One person in one authority, with everything that scope and breakdowns ask for."""

    authority: Authority
    person: str
    snapshot_dates: list[date]
    snapshots: dict[date, SnapshotRow]
    reference: Reference
    date_of_birth: date | None = None
    died_on: date | None = None
    sex: str = "u"
    ethnic_group: str = "not_known"
    former_uasc: str = "not_known"
    disability: str = "not_known"
    care_episodes: list[tuple[date, date | None]] = field(default_factory=list)

    def row_on(self, day: date) -> tuple[SnapshotRow | None, bool]:
        """The snapshot row in force on `day`, and whether it is carried back (reading 7)."""
        if not self.snapshots:
            return None, False
        first = min(self.snapshots)
        if day < first:
            return self.snapshots[first], True
        last_taken = self.snapshot_dates[bisect_right(self.snapshot_dates, day) - 1]
        return self.snapshots.get(last_taken), False

    def status_on(self, day: date) -> str | None:
        """Eligible, relevant, former relevant or qualifying; `None` for any other or no status (reading 7)."""
        row, carried_back = self.row_on(day)
        if row is None or row.status not in STATUSES:
            return None
        if carried_back and row.status == "former_relevant" and self._under_18_on(day):
            return "eligible" if self._looked_after_on(day) else "relevant"
        return row.status

    def in_scope(self, day: date, age_from: int | None = None) -> bool:
        """Whether the person is in scope on `day`; `age_from` replaces the lower limit (page §1, reading 8)."""
        if self.date_of_birth is None or self.status_on(day) is None:
            return False
        if self.died_on is not None and day >= self.died_on:
            return False
        age = age_on(self.date_of_birth, day)
        lowest = self.authority.age_from if age_from is None else age_from
        return lowest <= age <= self._highest_age_on(day)

    def breakdowns_on(self, day: date, area: str) -> dict[str, str]:
        """The breakdowns that every measure has (reading 9).

        Raises:
            ValueError: the person is out of scope on `day`, so that no row of theirs can count.
        """
        status = self.status_on(day)
        if status is None or self.date_of_birth is None:
            raise ValueError(f"person {self.person} is out of scope on {day}")
        return {
            "age_band": _age_band(age_on(self.date_of_birth, day)),
            "eligibility": status,
            "former_uasc": self.former_uasc,
            "sex": self.sex,
            "ethnic_group": self.ethnic_group,
            "disability": self.disability,
            "home_area": home_area(area),
        }

    def _under_18_on(self, day: date) -> bool:
        return self.date_of_birth is not None and age_on(self.date_of_birth, day) < 18

    def _looked_after_on(self, day: date) -> bool:
        return any(covers(start, ceased, day) for start, ceased in self.care_episodes)

    def _highest_age_on(self, day: date) -> int:
        row, _ = self.row_on(day)
        in_education = row is not None and row.activity in self.reference.activities_in_education
        return self.authority.age_to_in_education if in_education else self.authority.age_to


def home_area(area: str) -> str:
    """`in_county`, `outside_county` or `not_known` for an area code (reading 9)."""
    if area == UNKNOWN_AREA:
        return "not_known"
    return OUTSIDE_COUNTY if area == OUTSIDE_COUNTY else "in_county"


def _age_band(age: int) -> str:
    return "16_17" if age < 18 else "18_20" if age < 21 else "21_24"


def read_lives(emitted: Emitted, reference: Reference, person_of: PersonOf) -> dict[tuple[str, str], Life]:
    """Every person whom a county's case system knows, by (authority, true person)."""
    attributes = _read_attributes(emitted, person_of)
    indexed = _read_indexed_birthdays(emitted, person_of)
    snapshots = read_snapshots(emitted, person_of)
    statuses = _read_immigration(emitted, reference, person_of)
    disabilities = _read_disabilities(emitted, reference, person_of)
    episodes = _read_episodes(emitted, person_of)
    lives = {}
    for (authority, person), rows in attributes.items():
        taken = snapshots.get(authority, Snapshots())
        lives[authority, person] = Life(
            authority=reference.authorities[authority],
            person=person,
            snapshot_dates=taken.dates,
            snapshots=taken.rows.get(person, {}),
            reference=reference,
            date_of_birth=_first_known(rows, "pers_dob") or indexed.get((authority, person)),
            died_on=_first_known(rows, "pers_death_date"),
            sex=_first_known(rows, "pers_sex") or "u",
            ethnic_group=reference.ethnic_group.get(_first_known(rows, "pers_ethnicity"), "not_known"),
            former_uasc=statuses.get((authority, person), statuses.get((authority, ""), "not_known")),
            disability=disabilities.get((authority, person), "not_known"),
            care_episodes=episodes.get((authority, person), []),
        )
    return lives


def read_snapshots(emitted: Emitted, person_of: PersonOf) -> dict[str, Snapshots]:
    """By authority, the row that stands for each person in each snapshot (reading 6)."""
    table = emitted.table(
        CASE_SYSTEM,
        "ssd_care_leavers",
        (
            "clea_person_id",
            "clea_care_leaver_eligibility",
            "clea_care_leaver_in_touch",
            "clea_care_leaver_latest_contact",
            "clea_care_leaver_accommodation",
            "clea_care_leaver_accommodation_tenure",
            "clea_care_leaver_accom_suitable",
            "clea_care_leaver_activity",
        ),
    )
    load_of_date = {
        sender: {data_date: (data_date, received_at) for data_date, received_at in sorted(loads)}
        for sender, loads in table.loads.items()
    }
    chosen: dict[tuple[str, str, date], tuple[tuple[Any, ...], SnapshotRow]] = {}
    for row in table.rows():
        person = person_of.get((row["sender"], row["clea_person_id"]))
        if person is None or not _is_of_load(row, load_of_date[row["sender"]][row["data_date"]]):
            continue
        key = (row["sender"], person, row["data_date"])
        rank = _rank_in_snapshot(row)
        if key not in chosen or rank < chosen[key][0]:
            chosen[key] = (rank, _snapshot_row(row))
    snapshots = {sender: Snapshots(dates=sorted(loads)) for sender, loads in load_of_date.items()}
    for (sender, person, data_date), (_, snapshot_row) in chosen.items():
        snapshots[sender].rows.setdefault(person, {})[data_date] = snapshot_row
    return snapshots


def by_person(rows: Iterable[Row], person_of: PersonOf, id_column: str) -> dict[tuple[str, str], list[Row]]:
    """Rows of a case-system or form table by (authority, true person); rows of unknown ids are left out."""
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        person = person_of.get((row["sender"], row[id_column]))
        if person is not None:
            grouped.setdefault((row["sender"], person), []).append(row)
    return grouped


def _is_of_load(row: Row, load: LoadKey) -> bool:
    return (row["data_date"], row["received_at"]) == load


def _rank_in_snapshot(row: Row) -> tuple[Any, ...]:
    """Smallest first: reading 6, word for word; the last part settles rows that differ in tenure only."""
    status = row["clea_care_leaver_eligibility"]
    contact = row["clea_care_leaver_latest_contact"]
    return (
        status not in STATUSES,
        0 if contact is None else -contact.toordinal(),
        STATUSES.index(status) if status in STATUSES else len(STATUSES),
        _null_last(row["clea_care_leaver_activity"]),
        _null_last(row["clea_care_leaver_in_touch"]),
        _null_last(row["clea_care_leaver_accommodation"]),
        _null_last(row["clea_care_leaver_accom_suitable"]),
        _null_last(row["clea_care_leaver_accommodation_tenure"]),
    )


def _null_last(value: str | None) -> tuple[bool, str]:
    return (value is None, value or "")


def _snapshot_row(row: Row) -> SnapshotRow:
    return SnapshotRow(
        data_date=row["data_date"],
        status=row["clea_care_leaver_eligibility"],
        activity=row["clea_care_leaver_activity"],
        accommodation=row["clea_care_leaver_accommodation"],
        tenure=row["clea_care_leaver_accommodation_tenure"],
        suitability=row["clea_care_leaver_accom_suitable"],
    )


def _read_attributes(emitted: Emitted, person_of: PersonOf) -> dict[tuple[str, str], list[Row]]:
    """The current ssd_person rows of each person, in the order in which reading 5 asks them."""
    table = emitted.table(
        CASE_SYSTEM,
        "ssd_person",
        ("pers_person_id", "pers_sex", "pers_ethnicity", "pers_dob", "pers_death_date"),
    )
    versions = sorted(table.latest_versions("pers_person_id"), key=lambda row: str(row["pers_person_id"]))
    versions.sort(key=lambda row: (row["data_date"], row["received_at"]), reverse=True)
    return by_person(versions, person_of, "pers_person_id")


def _read_indexed_birthdays(emitted: Emitted, person_of: PersonOf) -> dict[tuple[str, str], date]:
    """The birthday that the form person_index states, which counts where ssd_person states none (reading 80)."""
    table = emitted.table(
        "protocol_forms", "person_index", ("record_id", "recorded_on", "withdrawn", "person_id", "date_of_birth")
    )
    versions = sorted(
        table.latest_versions("record_id", latest_by="recorded_on"),
        key=lambda row: (str(row["person_id"]), str(row["record_id"])),
    )
    versions.sort(key=lambda row: (row["data_date"], row["received_at"]), reverse=True)
    by_whom = by_person(versions, person_of, "person_id")
    return {who: born for who, rows in by_whom.items() if (born := _first_known(rows, "date_of_birth")) is not None}


def _first_known(rows: list[Row], column: str) -> Any:
    return next((row[column] for row in rows if row[column] is not None), None)


def _read_immigration(emitted: Emitted, reference: Reference, person_of: PersonOf) -> dict[tuple[str, str], str]:
    """By person with rows: `yes` if any maps to yes, `no` if any maps to no, else `not_known` (reading 9).

    Under `(authority, "")` stands the answer for a person without rows of an authority that sends the extract.
    """
    table = emitted.table(
        CASE_SYSTEM,
        "ssd_immigration_status",
        ("immi_immigration_status_id", "immi_person_id", "immi_immigration_status"),
    )
    versions = table.latest_versions("immi_immigration_status_id")
    answers = {(row["sender"], ""): "no" for row in versions}
    for key, rows in by_person(versions, person_of, "immi_person_id").items():
        mapped = {reference.uasc_of_status.get(row["immi_immigration_status"]) for row in rows}
        answers[key] = "yes" if "yes" in mapped else "no" if "no" in mapped else "not_known"
    return answers


def _read_disabilities(emitted: Emitted, reference: Reference, person_of: PersonOf) -> dict[tuple[str, str], str]:
    """By person: what the rows with a code of the greatest data date say (readings 9 and 83)."""
    table = emitted.table(CASE_SYSTEM, "ssd_disability", ("disa_table_id", "disa_person_id", "disa_disability_code"))
    answers = {}
    for key, rows in by_person(table.latest_versions("disa_table_id"), person_of, "disa_person_id").items():
        coded = [row for row in rows if row["disa_disability_code"] is not None]
        latest = max((row["data_date"] for row in coded), default=None)
        codes = {row["disa_disability_code"] for row in coded if row["data_date"] == latest}
        if codes:
            answers[key] = "yes" if codes & reference.disabilities else "no"
    return answers


def _read_episodes(emitted: Emitted, person_of: PersonOf) -> dict[tuple[str, str], list[tuple[date, date | None]]]:
    table = emitted.table(
        CASE_SYSTEM,
        "ssd_cla_episodes",
        ("clae_cla_episode_id", "clae_person_id", "clae_cla_episode_start_date", "clae_cla_episode_ceased_date"),
    )
    grouped = by_person(table.rows_of_latest_loads(), person_of, "clae_person_id")
    return {
        key: [(row["clae_cla_episode_start_date"], row["clae_cla_episode_ceased_date"]) for row in rows]
        for key, rows in grouped.items()
    }
