"""The county's case system: Standard Safeguarding Dataset tables as Liquidlogic fills them (standards.md section 3).

What belongs here: what the nine tables hold of each life, with their traps: several rows a person, row ids that change
each run, people under two ids, late and corrected and withdrawn records. What does not: headers and spellings
(layouts.yml).
"""

from __future__ import annotations

import zlib
from datetime import date, timedelta

from pipelines.synthetic.chance import Chance, share, stream
from pipelines.synthetic.days import birthday, months_after
from pipelines.synthetic.homes import SOCIAL
from pipelines.synthetic.layouts import Layout, layout
from pipelines.synthetic.lives import Home, Life, Placement, Timeline
from pipelines.synthetic.people import CaseId
from pipelines.synthetic.rows import FOREVER, Row, Value
from pipelines.synthetic.tables import TABLES

CONTRADICTORY_TENURE = 0.04
LATE = 0.10
CORRECTED = 0.02
WITHDRAWN = 0.01
SEVERAL_ROWS = 0.07
DISABLED = 0.14
NO_PLAN = 0.04
SILENT_ACCOMMODATION = 0.75
NONE_DATE = "1900-01-01"


def window(life: Life, authority: str) -> tuple[date, date]:
    """Return from when until when the case system's extracts hold the person: from 16 or care, to the 25th birthday."""
    born = life.person.born
    first = max(birthday(born, 16), life.placements[0].start, *(one.since for one in life.person.ids_in(authority)[:1]))
    last = birthday(born, 25)
    if share(life.seed, "closed", life.person.person) < 0.03:  # closed early, for no reason that the extract gives
        last = min(
            last, birthday(born, 21) + timedelta(days=int(1200 * share(life.seed, "closed on", life.person.person)))
        )
    return first, max(first, last)


def id_for(life: Life, authority: str, day: date) -> CaseId:
    """Return the id under which a record of that day stands."""
    ids = life.person.ids_in(authority)
    return next((one for one in reversed(ids) if one.since <= day), ids[0])


def _none_date(row: Row, name: str, kind: str) -> None:
    """Write the system's way of saying that there is no such date."""
    row.values[name] = None
    row.written[name] = "01/01/1900" if kind == "dmy" else "1900-01-01 00:00:00.000"


def person_rows(life: Life, authority: str) -> list[Row]:
    """Return the versions of a person's rows of ssd_person, one series per id."""
    chance = stream(life.seed, "ssd_person", life.person.person, authority)
    first, last = window(life, authority)
    rows = []
    for one in life.person.ids_in(authority):
        person = life.person
        values: dict[str, Value] = {
            "pers_person_id": one.number,
            "pers_forename": person.forename,
            "pers_surname": person.surname,
            "pers_sex": person.sex,
            "pers_ethnicity": person.ethnicity,
            "pers_dob": person.born,
        }
        row = Row(person.person, values, max(first, one.since), last, cell=one.number)
        rows.append(row)
        if chance.happens(0.004):
            values["pers_dob"] = None
        elif chance.happens(0.015):  # corrected after a while, often after an age assessment
            wrong = values | {"pers_dob": chance.after(person.born, -200, 200)}
            until = min(last, row.seen_from + timedelta(days=chance.randint(60, 500)))
            rows.append(Row(person.person, wrong, row.seen_from, until, cell=f"{one.number} before"))
            row.seen_from = until
        if life.died is not None:
            known = chance.after(life.died, 2, 40)
            dead = values | {"pers_death_date": life.died}
            rows.append(Row(person.person, dead, max(known, row.seen_from), last, cell=one.number))
            row.seen_until = min(row.seen_until, max(known, row.seen_from))
    return [row for row in rows if row.seen_from < row.seen_until]


class LeaverRows:
    """Makes one life's rows of ssd_care_leavers, one snapshot after another."""

    def __init__(self, life: Life, authority: str, plan: Layout) -> None:
        """Settle what is the same in every snapshot: how contacts and plans recur, what the team records."""
        chance = stream(life.seed, "ssd_care_leavers", life.person.person, authority)
        self._life, self._authority, self._plan, self._chance = life, authority, plan, chance
        self._window = window(life, authority)
        self._ids = life.person.ids_in(authority)
        self._own = authority == life.person.authority
        self._homes: Timeline[Home] = Timeline([(max(home.recorded, home.start), home) for home in life.homes])
        self._contact_every, self._contact_at = chance.randint(20, 60), chance.randint(0, 59)
        usual, at_first = chance.randint(120, 230), chance.randint(0, 229)
        planned = not chance.happens(NO_PLAN)
        self.plans = _plan_days(life, authority, usual, at_first) if planned else []
        self._twice = chance.happens(SEVERAL_ROWS)
        self._says_tenure = chance.happens(0.55)
        self._stale_status = chance.weighted({"none": 60, "eligible": 25, "former_relevant": 15})

    def at(self, day: date) -> list[Row]:
        """Return the rows of the snapshot of that day; none before 16 and after 25, nor long after a death."""
        first, last = self._window
        gone = self._life.died is not None and day > self._life.died + timedelta(days=150)
        if not first <= day < last or gone:
            return []
        status = self._life.eligibility.at(day) if self._own else "qualifying"
        if status is None or all(one.since > day for one in self._ids):
            return []
        present = id_for(self._life, self._authority, day)
        rows = [self._present(day, status, present.number)]
        if self._twice and self._own:
            rows.append(self._stale(day, present.number, "eligible" if status != "eligible" else "none"))
        rows += [
            self._stale(day, one.number, self._stale_status)
            for one in self._ids
            if one.since <= day and one is not present
        ]
        return rows

    def _row(self, day: date, number: str, values: dict[str, Value], name: str) -> Row:
        run = zlib.crc32(f"{day}|{number}|{name}".encode())
        values |= {"clea_table_id": f"{run:08X}-{zlib.crc32(number.encode()) % 65536:04X}", "clea_person_id": number}
        return Row(self._life.person.person, values, day, day + timedelta(days=1), cell=f"{number}|{name}|{day.year}")

    def _stale(self, day: date, number: str, status: str) -> Row:
        """Return a row that nobody keeps any more: an old status, an old contact, no home."""
        long_ago = self._window[0] + timedelta(days=self._contact_at)
        values: dict[str, Value] = {
            "clea_care_leaver_eligibility": status,
            "clea_care_leaver_in_touch": "YES" if self._contact_at % 2 else None,
            "clea_care_leaver_latest_contact": min(long_ago, day),
        }
        row = self._row(day, number, values, "stale")
        if self._contact_at % 3 == 0:
            _none_date(row, "clea_care_leaver_latest_contact", self._plan.dates)
        _none_date(row, "clea_pathway_plan_review_date", self._plan.dates)
        return row

    def _present(self, day: date, status: str, number: str) -> Row:
        since, touch = self._life.in_touch.entry(day) or (day, "")
        values: dict[str, Value] = {
            "clea_care_leaver_eligibility": status,
            "clea_care_leaver_in_touch": touch or None,
            "clea_care_leaver_activity": (self._life.activity.at(day) or None) if touch != "DIED" else None,
            "clea_care_leaver_personal_advisor": self._life.adviser.at(day),
        }
        row = self._row(day, number, values, "present")
        self._add_dates(row, day, since, touch)
        if touch in ("YES", "RHOM") or share("silent", number) > SILENT_ACCOMMODATION:
            self._add_home(row, day)
        elif touch == "NO" and share("unknown", number) < 0.4:
            values["clea_care_leaver_accommodation"] = "R"
        return row

    def _add_dates(self, row: Row, day: date, since: date, touch: str) -> None:
        contact = day - timedelta(days=(day.toordinal() + self._contact_at) % self._contact_every)
        if touch != "YES":
            contact = since - timedelta(days=self._contact_at)
        row.values["clea_care_leaver_latest_contact"] = contact
        if contact < self._window[0] or (touch == "NO" and self._contact_at % 4 == 0):
            _none_date(row, "clea_care_leaver_latest_contact", self._plan.dates)
        row.values["clea_pathway_plan_review_date"] = max((one for one in self.plans if one <= day), default=None)
        if row.values["clea_pathway_plan_review_date"] is None:
            _none_date(row, "clea_pathway_plan_review_date", self._plan.dates)

    def _add_home(self, row: Row, day: date) -> None:
        home = self._homes.at(day)
        if home is None or not self._own:
            return
        name = f"{row.values['clea_person_id']}|{home.start}"
        row.values["clea_care_leaver_accommodation"] = home.code
        if share("suitability", name) < 0.95:
            row.values["clea_care_leaver_accom_suitable"] = "suitable" if home.suitable else "unsuitable"
        if home.code == "U" and home.tenure is not None and self._says_tenure:
            tenure = home.tenure
            if share("contradiction", name) < CONTRADICTORY_TENURE:
                tenure = "private" if tenure in SOCIAL else "council"
            row.values["clea_care_leaver_accommodation_tenure"] = tenure
            labels = self._plan.spellings["accommodation_with_tenure"][tenure]
            row.written["clea_care_leaver_accommodation"] = labels[0]


def _plan_days(life: Life, authority: str, usual: int, at_first: int) -> list[date]:
    """Return when the pathway plan was made and reviewed, up to the last day of the life.

    Args:
        life: whose plan it is.
        authority: whose case system keeps it.
        usual: days from one review to the next as this adviser plans them (120 to 230).
        at_first: decides when the first plan is made (0 to 229).
    """
    chance = stream(life.seed, "plans", life.person.person, authority)
    first, last = window(life, authority)
    day = first + timedelta(days=at_first * 2 // 5)  # within three months of the first day
    if chance.happens(0.2):
        day = months_after(first, 3) + timedelta(days=chance.choice((0, 0, 1, 20, 60)))
    days = []
    while day < min(last, life.until):
        days.append(day)
        gap = chance.weighted(
            {"usual": 55, "six months": 17, "a day late": 3, "late": 12, "missed": 8, "soon again": 5}
        )
        if gap in ("six months", "a day late"):
            day = months_after(day, 6) + timedelta(days=gap == "a day late")
        elif gap == "soon again":
            day = chance.after(day, 5, 28)
        else:
            least, most = {"usual": (usual - 15, usual), "late": (190, 280), "missed": (330, 480)}[gap]
            day = chance.after(day, least, most)
    return days


def plan_days(life: Life, authority: str) -> list[date]:
    """Return when the pathway plan was made and reviewed."""
    return LeaverRows(life, authority, layout(authority, TABLES["ssd_care_leavers"])).plans


def leaver_rows(life: Life, authority: str, snapshots: list[date]) -> list[Row]:
    """Return a life's rows of ssd_care_leavers in all snapshots; each is seen in its own snapshot only."""
    maker = LeaverRows(life, authority, layout(authority, TABLES["ssd_care_leavers"]))
    return [row for day in snapshots for row in maker.at(day)]


def _versions(open_row: Row, end_column: str, end: date | None, known_from: date, known_to: date) -> list[Row]:
    """Return the version without an end and the one that has it."""
    if end is None:
        return [open_row]
    closed = Row(open_row.person, open_row.values | {end_column: end}, max(known_from, known_to), cell=open_row.cell)
    open_row.seen_until = closed.seen_from
    return [open_row, closed]


def _in_window(rows: list[Row], life: Life, authority: str) -> list[Row]:
    first, last = window(life, authority)
    for row in rows:
        row.seen_from, row.seen_until = max(row.seen_from, first), min(row.seen_until, last)
    return [row for row in rows if row.seen_from < row.seen_until]


def _lag(chance: Chance) -> timedelta:
    return timedelta(days=chance.randint(8, 60) if chance.happens(LATE) else chance.randint(0, 5))


def placement_rows(life: Life, authority: str) -> list[Row]:
    """Return the versions of the looked-after placements: late, sometimes corrected, rarely a mistake that vanishes."""
    chance = stream(life.seed, "ssd_cla_placement", life.person.person)
    ids = life.person.ids_in(authority)
    rows: list[Row] = []
    for number, one in enumerate(life.placements):
        rows += _placement(one, chance, life.person.person, ids[0].number, number)
    if chance.happens(WITHDRAWN) and life.left_care is not None:
        wrong = life.left_care + timedelta(days=chance.randint(30, 300))
        values: dict[str, Value] = {
            "clap_cla_placement_id": f"P{ids[0].number}99",
            "clap_cla_id": f"C{ids[0].number}",
            "clap_person_id": ids[0].number,
            "clap_cla_placement_start_date": wrong,
            "clap_cla_placement_type": "U6",
        }
        until = wrong + timedelta(days=chance.randint(40, 150))
        rows.append(Row(life.person.person, values, wrong, until, cell=str(values["clap_cla_placement_id"])))
    return _in_window(rows, life, authority)


def _placement(one: Placement, chance: Chance, person: str, number: str, index: int) -> list[Row]:
    name = f"P{number}{index:02d}"
    values: dict[str, Value] = {
        "clap_cla_placement_id": name,
        "clap_cla_id": f"C{number}",
        "clap_person_id": number,
        "clap_cla_placement_start_date": one.start,
        "clap_cla_placement_type": one.placement_type,
        "clap_cla_placement_postcode": one.postcode if not chance.happens(0.03) else None,
    }
    row = Row(person, values, one.start + _lag(chance), cell=name)
    closing = one.end + _lag(chance) if one.end is not None else FOREVER
    rows = _versions(row, "clap_cla_placement_end_date", one.end, row.seen_from, closing)
    wrong = one.start + timedelta(days=chance.randint(1, 12))
    if chance.happens(CORRECTED) and (one.end is None or wrong < one.end):
        return _wrong_until(rows, "clap_cla_placement_start_date", wrong, chance.after(rows[0].seen_from, 20, 1500))
    return rows


def _wrong_until(rows: list[Row], column: str, wrong: date, corrected: date) -> list[Row]:
    """Return the versions with a wrong value in every file before the day of the correction."""
    changed: list[Row] = []
    for row in rows:
        if row.seen_from < corrected:
            until = min(row.seen_until, corrected)
            changed.append(Row(row.person, row.values | {column: wrong}, row.seen_from, until, cell=row.cell))
            row.seen_from = until
        if row.seen_from < row.seen_until:
            changed.append(row)
    return changed


def episode_rows(life: Life, authority: str) -> list[Row]:
    """Return the episodes of care, one per placement as the 903 return has them."""
    chance = stream(life.seed, "ssd_cla_episodes", life.person.person)
    number = life.person.ids_in(authority)[0].number
    rows: list[Row] = []
    for index, one in enumerate(life.placements):
        name = f"E{number}{index:02d}"
        values: dict[str, Value] = {
            "clae_cla_episode_id": name,
            "clae_person_id": number,
            "clae_cla_episode_start_date": one.start,
            "clae_entered_care_date": one.entered_care,
        }
        row = Row(life.person.person, values, one.start + _lag(chance), cell=name)
        ending = one.end + _lag(chance) if one.end is not None else FOREVER
        versions = _versions(row, "clae_cla_episode_ceased_date", one.end, row.seen_from, ending)
        if one.end is not None:
            versions[-1].values["clae_cla_episode_ceased_reason"] = one.reason
        rows += versions
    return _in_window(rows, life, authority)


def address_rows(life: Life, authority: str) -> list[Row]:
    """Return the family home before care, where it is known, and the addresses of the homes after it.

    Of the latter four in five are there, some written down with a later start.
    """
    chance = stream(life.seed, "ssd_address", life.person.person)
    rows = _before_care(life, authority)
    for index, home in enumerate(life.homes):
        if not home.postcode or chance.happens(0.2):
            continue
        start = home.start if chance.happens(0.7) else chance.after(home.start, 0, 10)
        end = home.end if home.end is not None and home.end >= start else None
        number = id_for(life, authority, home.recorded).number
        name = f"A{number}{index:02d}"
        values: dict[str, Value] = {
            "addr_table_id": name,
            "addr_person_id": number,
            "addr_address_start_date": start,
            "addr_address_postcode": home.postcode,
        }
        row = Row(life.person.person, values, max(home.recorded, start), cell=name)
        ending = end + timedelta(days=chance.randint(0, 9)) if end is not None else FOREVER
        rows += _versions(row, "addr_address_end_date", end, row.seen_from, ending)
    return _in_window(rows, life, authority)


def _before_care(life: Life, authority: str) -> list[Row]:
    """Return the address from which the person came into care; of those who came alone from abroad there is none."""
    if life.origin is None:
        return []
    number = life.person.ids_in(authority)[0].number
    values: dict[str, Value] = {
        "addr_table_id": f"A{number}H",
        "addr_person_id": number,
        "addr_address_start_date": life.origin.start,
        "addr_address_end_date": life.placements[0].entered_care,
        "addr_address_postcode": life.origin.postcode,
    }
    return [Row(life.person.person, values, life.placements[0].start, cell=f"A{number}H")]


def immigration_rows(life: Life, authority: str) -> list[Row]:
    """Return immigration statuses: of former unaccompanied children, and a few of other young people."""
    chance = stream(life.seed, "ssd_immigration_status", life.person.person)
    number = life.person.ids_in(authority)[0].number
    start = life.placements[0].start
    if not life.person.former_uasc:
        if not chance.happens(0.03):
            return []
        values = _status(f"I{number}1", number, "other", start)
        return _in_window([Row(life.person.person, values, start, cell=f"I{number}1")], life, authority)
    decided = start + timedelta(days=chance.randint(300, 900))
    first = Row(life.person.person, _status(f"I{number}1", number, "uasc", start), start, cell=f"I{number}1")
    rows = _versions(first, "immi_immigration_status_end_date", decided, start, decided)
    granted = _status(f"I{number}2", number, chance.weighted({"refugee": 70, "leave_to_remain": 30}), decided)
    rows.append(Row(life.person.person, granted, decided, cell=f"I{number}2"))
    return _in_window(rows, life, authority)


def _status(name: str, number: str, status: str, start: date) -> dict[str, Value]:
    return {
        "immi_immigration_status_id": name,
        "immi_person_id": number,
        "immi_immigration_status": status,
        "immi_immigration_status_start_date": start,
    }


def involvement_rows(life: Life, authority: str) -> list[Row]:
    """Return who was involved: a social worker while in care, then one personal adviser after the other, with gaps."""
    chance = stream(life.seed, "adviser gaps", life.person.person)
    number = life.person.ids_in(authority)[0].number
    # A worker: role, professional, first day, day of the end.
    workers: list[tuple[str, str, date, date | None]] = [
        ("social_worker", f"the social worker of {number}", life.placements[0].start, life.left_care)
    ]
    advisers = life.adviser.changes
    # Somebody who left the case system before an adviser was named has none.
    ends: list[date | None] = [*(day for day, _ in advisers[1:]), None] if advisers else []
    if advisers and chance.happens(0.3):  # support that nobody asked for again after the 21st birthday
        ends[-1] = chance.after(birthday(life.person.born, 21), -20, 400)
    ends = [end if end is None or not chance.happens(0.3) else chance.after(end, -120, -5) for end in ends]
    workers += [
        ("personal_adviser", name, day, end if end is None or end < life.until else None)
        for (day, name), end in zip(advisers, ends, strict=True)
        if end is None or end > day
    ]
    rows: list[Row] = []
    for index, (role, professional, start, end) in enumerate(workers):
        name = f"V{number}{index:02d}"
        values: dict[str, Value] = {
            "invo_involvements_id": name,
            "invo_person_id": number,
            "invo_professional_id": f"W{zlib.crc32(professional.encode()) % 1_000_000:06d}",
            "invo_professional_role_id": role,
            "invo_involvement_start_date": start,
        }
        row = Row(life.person.person, values, start, cell=name)
        rows += _versions(row, "invo_involvement_end_date", end, start, end or FOREVER)
    return _in_window(rows, life, authority)


def legal_status_rows(life: Life, authority: str) -> list[Row]:
    """Return the legal statuses in care: accommodated, or an interim order and then a full one."""
    chance = stream(life.seed, "ssd_legal_status", life.person.person)
    number = life.person.ids_in(authority)[0].number
    start = life.placements[0].start
    decided = start + timedelta(days=chance.randint(120, 400))
    accommodated = life.person.former_uasc or chance.happens(0.3)
    if accommodated or (life.left_care is not None and decided >= life.left_care):
        statuses: list[tuple[str, date, date | None]] = [("V2" if accommodated else "C1", start, life.left_care)]
    else:
        statuses = [("C1", start, decided), ("C2", decided, life.left_care)]
    rows: list[Row] = []
    for index, (status, since, end) in enumerate(statuses):
        name = f"L{number}{index}"
        values: dict[str, Value] = {
            "lega_legal_status_id": name,
            "lega_person_id": number,
            "lega_legal_status": status,
            "lega_legal_status_start_date": since,
        }
        row = Row(life.person.person, values, since, cell=name)
        rows += _versions(row, "lega_legal_status_end_date", end, since, end or FOREVER)
    return _in_window(rows, life, authority)


def disability_rows(life: Life, authority: str) -> list[Row]:
    """Return the disabilities of about one in seven, and for a third of the others that there is none."""
    chance = stream(life.seed, "ssd_disability", life.person.person)
    number = life.person.ids_in(authority)[0].number
    if chance.happens(DISABLED):
        codes = chance.sample(["LD", "AUT", "BEH", "COMM", "MOB", "DDA"], k=2 if chance.happens(0.25) else 1)
    else:
        codes = ["NONE"] if chance.happens(1 / 3) else []
    rows = []
    for index, code in enumerate(codes):
        name = f"D{number}{index}"
        values: dict[str, Value] = {"disa_table_id": name, "disa_person_id": number, "disa_disability_code": code}
        rows.append(Row(life.person.person, values, life.placements[0].start, cell=name))
    return _in_window(rows, life, authority)
