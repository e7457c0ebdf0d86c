"""People as a county's case system knows them: status on a day, scope, and what breakdowns need.

What belongs here: readings 5 to 10 and 39, and what else the case system says of a person: contact, advisers, episodes
of care. What does not: where anybody lives.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from .current_rows import Emitted, LoadKey, Row
from .dates import age_on, birthday, covers, known_by
from .record_ids import record_id
from .reference import OUTSIDE_COUNTY, UNKNOWN_AREA, Authority, Reference

CASE_SYSTEM = "case_system"
NEVER = date(1900, 1, 1)
"""How some case systems write that there is no such date (page §1)."""
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
    in_touch: str | None
    latest_contact: date | None


class CareEpisode(NamedTuple):
    """An episode of being looked after; without `ceased` it covers every later day (reading 74)."""

    start: date
    ceased: date | None
    record_id: str


class AdviserSpell(NamedTuple):
    """An open or past involvement of a personal adviser (reading 65)."""

    start: date
    end: date | None
    vanished_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the adviser was there on `day`."""
        return covers(self.start, self.end, day) and (self.vanished_on is None or day < self.vanished_on)


@dataclass
class Snapshots:
    """The dates of a county's snapshots and, by person, the row in each snapshot in which the person stands."""

    dates: list[date] = field(default_factory=list)
    rows: dict[str, dict[date, SnapshotRow]] = field(default_factory=dict)
    review_dates: dict[str, set[date]] = field(default_factory=dict)
    """Pathway plan dates in every row of a person, whichever row stands for them (reading 74)."""


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
    """As given, for carried-back status (reading 7)."""
    periods_in_care: list[CareEpisode] = field(default_factory=list)
    """Episodes as periods of care, in order (readings 37, 56 and 74)."""
    advisers: list[AdviserSpell] = field(default_factory=list)
    review_dates: set[date] = field(default_factory=set)
    _scope: dict[tuple[date, int], bool] = field(default_factory=dict)

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

    def in_scope(self, day: date, *, from_16: bool = False) -> bool:
        """Whether the person is in scope on `day`, or in scope with the lower limit of 16 (readings 8 and 39)."""
        lowest = self.authority.age_from_of_all if from_16 else self.authority.age_from
        known = self._scope.get((day, lowest))
        if known is None:
            known = self._scope[day, lowest] = self._is_in_scope(day, lowest)
        return known

    def age_on(self, day: date) -> int:
        """Completed years.

        Raises:
            ValueError: there is no date of birth, so that nobody may ask.
        """
        return age_on(self._born(), day)

    def birthday(self, age: int) -> date:
        """The day on which the person attains an age.

        Raises:
            ValueError: there is no date of birth, so that nobody may ask.
        """
        return birthday(self._born(), age)

    def dead_by(self, day: date) -> bool:
        """Whether the death date is `day` or earlier."""
        return self.died_on is not None and self.died_on <= day

    def breakdowns_on(self, day: date, area: str) -> dict[str, str]:
        """The breakdowns that every measure has (reading 9).

        Raises:
            ValueError: the person is out of scope on `day`, so that no row of theirs can count.
        """
        status = self.status_on(day)
        if status is None or self.date_of_birth is None:
            raise ValueError(f"person {self.person} is out of scope on {day}")
        return self.breakdowns(status, age_on(self.date_of_birth, day), area)

    def breakdowns(self, eligibility: str, age: int, area: str) -> dict[str, str]:
        """The common breakdowns with a status and an age that are given (reading 9)."""
        return {
            "age_band": _age_band(age),
            "eligibility": eligibility,
            "former_uasc": self.former_uasc,
            "sex": self.sex,
            "ethnic_group": self.ethnic_group,
            "disability": self.disability,
            "home_area": home_area(area),
        }

    def _is_in_scope(self, day: date, lowest: int) -> bool:
        if self.date_of_birth is None or self.status_on(day) is None or self.dead_by(day):
            return False
        return lowest <= age_on(self.date_of_birth, day) <= self._highest_age_on(day)

    def _born(self) -> date:
        if self.date_of_birth is None:
            raise ValueError(f"person {self.person} has no date of birth")
        return self.date_of_birth

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
    advisers = _read_advisers(emitted, person_of)
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
            care_episodes=[
                (row["clae_cla_episode_start_date"], row["clae_cla_episode_ceased_date"])
                for row in episodes.get((authority, person), [])
            ],
            periods_in_care=_episodes_of_care(authority, episodes.get((authority, person), [])),
            advisers=advisers.get((authority, person), []),
            review_dates=taken.review_dates.get(person, set()),
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
            "clea_pathway_plan_review_date",
        ),
    )
    load_of_date = {
        sender: {data_date: (data_date, received_at) for data_date, received_at in sorted(loads)}
        for sender, loads in table.loads.items()
    }
    chosen: dict[tuple[str, str, date], tuple[tuple[Any, ...], SnapshotRow]] = {}
    reviewed: dict[tuple[str, str], set[date]] = {}
    for row in table.rows():
        person = person_of.get((row["sender"], row["clea_person_id"]))
        if person is None or not _is_of_load(row, load_of_date[row["sender"]][row["data_date"]]):
            continue
        reviewed_on = known_by(row["clea_pathway_plan_review_date"], row["data_date"])
        if reviewed_on is not None and reviewed_on != NEVER:
            reviewed.setdefault((row["sender"], person), set()).add(reviewed_on)
        key = (row["sender"], person, row["data_date"])
        rank = _rank_in_snapshot(row)
        if key not in chosen or rank < chosen[key][0]:
            chosen[key] = (rank, _snapshot_row(row))
    snapshots = {sender: Snapshots(dates=sorted(loads)) for sender, loads in load_of_date.items()}
    for (sender, person, data_date), (_, snapshot_row) in chosen.items():
        snapshots[sender].rows.setdefault(person, {})[data_date] = snapshot_row
    for (sender, person), dates in reviewed.items():
        snapshots[sender].review_dates[person] = dates
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
        in_touch=row["clea_care_leaver_in_touch"],
        latest_contact=known_by(row["clea_care_leaver_latest_contact"], row["data_date"]),
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
    """By person: what the rows with a code of the greatest data date say (reading 9, ambiguity P4)."""
    table = emitted.table(CASE_SYSTEM, "ssd_disability", ("disa_table_id", "disa_person_id", "disa_disability_code"))
    answers = {}
    for key, rows in by_person(table.latest_versions("disa_table_id"), person_of, "disa_person_id").items():
        coded = [row for row in rows if row["disa_disability_code"] is not None]
        latest = max((row["data_date"] for row in coded), default=None)
        codes = {row["disa_disability_code"] for row in coded if row["data_date"] == latest}
        if codes:
            answers[key] = "yes" if codes & reference.disabilities else "no"
    return answers


def _read_episodes(emitted: Emitted, person_of: PersonOf) -> dict[tuple[str, str], list[Row]]:
    table = emitted.table(
        CASE_SYSTEM,
        "ssd_cla_episodes",
        ("clae_cla_episode_id", "clae_person_id", "clae_cla_episode_start_date", "clae_cla_episode_ceased_date"),
    )
    return by_person(table.rows_of_latest_loads(), person_of, "clae_person_id")


def _episodes_of_care(authority: str, rows: Iterable[Row]) -> list[CareEpisode]:
    """Episodes begun by their data date; a later end is not known yet, one of no day is none (reading 37)."""
    episodes = []
    for row in rows:
        start = row["clae_cla_episode_start_date"]
        if start > row["data_date"] or row["clae_cla_episode_ceased_date"] == start:
            continue
        ceased = known_by(row["clae_cla_episode_ceased_date"], row["data_date"])
        episode_id = record_id("ssd_cla_episodes", authority, row["clae_cla_episode_id"])
        episodes.append(CareEpisode(start, ceased, episode_id))
    return sorted(episodes, key=lambda episode: (episode.start, episode.record_id))


def _read_advisers(emitted: Emitted, person_of: PersonOf) -> dict[tuple[str, str], list[AdviserSpell]]:
    """Involvements of personal advisers; one that a later file leaves out ends with that file (reading 65)."""
    table = emitted.table(
        CASE_SYSTEM,
        "ssd_involvements",
        (
            "invo_involvements_id",
            "invo_person_id",
            "invo_professional_role_id",
            "invo_involvement_start_date",
            "invo_involvement_end_date",
        ),
    )
    advising = (
        row
        for row in table.latest_versions("invo_involvements_id")
        if row["invo_professional_role_id"] == "personal_adviser"
        and row["invo_involvement_start_date"] <= row["data_date"]
    )
    return {
        key: [
            AdviserSpell(
                row["invo_involvement_start_date"],
                known_by(row["invo_involvement_end_date"], row["data_date"]),
                row["vanished_on"],
            )
            for row in rows
        ]
        for key, rows in by_person(advising, person_of, "invo_person_id").items()
    }
