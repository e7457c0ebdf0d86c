"""The yearly SSDA903 return: Header, Episodes, UASC and OC3 of the same lives, as XML or as CSV files.

What belongs here: which children and care leavers a return holds, in the codes of its collection year (standards.md
section 2). What does not: the case system's own tables (case_system.py). A return passes DfE's checks before it is
sent, so nothing in it is misspelt; it holds no names.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import StringIO
from xml.etree import ElementTree as ET

from pipelines.synthetic.case_system import id_for, legal_status_rows
from pipelines.synthetic.days import age_on, birthday
from pipelines.synthetic.lives import Life, Placement
from pipelines.synthetic.rows import FOREVER, Row, Value

# Header of each file -> canonical column, in the files' order.
FILES: dict[str, dict[str, str]] = {
    "ssda903_header": {"CHILD": "child", "SEX": "sex", "DOB": "dob", "ETHNIC": "ethnic"},
    "ssda903_episodes": {
        "CHILD": "child",
        "DECOM": "decom",
        "RNE": "rne",
        "LS": "ls",
        "PLACE": "place",
        "DEC": "dec",
        "REC": "rec",
        "PL_POST": "pl_post",
    },
    "ssda903_uasc": {"CHILD": "child", "SEX": "sex", "DOB": "dob", "DUC": "duc"},
    "ssda903_oc3": {"CHILD": "child", "DOB": "dob", "IN_TOUCH": "in_touch", "ACTIV": "activ", "ACCOM": "accom"},
}
# What the XML calls otherwise.
IN_XML = {"PLACE": "PL", "CHILD": "CHILDID"}
LETTER_SEXES_FROM, SUPPORTED_FROM, OTHER_SPLIT_FROM = 2025, 2025, 2026  # collection years (of their 31 March)
NOT_ASKED = "0"
WITHOUT_HOME = ("DIED", "RHOM", "NO", "REFU", "NREQ")


@dataclass
class Child:
    """What a return holds of one child or care leaver; table -> records."""

    records: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, person: str, values: dict[str, Value]) -> None:
        """Add one record."""
        self.records.setdefault(table, []).append(Row(person, values, date.min, FOREVER))


def year_ends(snapshots: list[date]) -> list[date]:
    """Return the ends of the collection years within the history."""
    return [day for day in snapshots if (day.month, day.day) == (3, 31)]


def _place(one: Placement, year: int) -> str:
    """Return the placement's code as the collection of the year has it."""
    if year >= SUPPORTED_FROM and one.placement_type in ("H5", "P2"):
        return "K3"
    if year < SUPPORTED_FROM and one.placement_type == "K3":
        return "H5"
    return "Z11" if year >= OTHER_SPLIT_FROM and one.placement_type == "Z1" else one.placement_type


def _legal_status(life: Life, authority: str, day: date) -> str:
    rows = legal_status_rows(life, authority)
    known = [
        (start, str(row.values["lega_legal_status"]))
        for row in rows
        if isinstance(start := row.values["lega_legal_status_start_date"], date) and start <= day
    ]
    return max(known, default=(day, "V2"))[1]


def _episodes(life: Life, authority: str, number: str, year_end: date) -> list[dict[str, Value]]:
    """Return the episodes that touch the collection year, of those who are 16 by its end (nobody younger is lived)."""
    if birthday(life.person.born, 16) > year_end:
        return []
    first = date(year_end.year - 1, 4, 1)
    found: list[dict[str, Value]] = []
    for index, one in enumerate(life.placements):
        if one.start > year_end or (one.end is not None and one.end < first):
            continue
        ended = one.end if one.end is not None and one.end <= year_end else None
        found.append(
            {
                "child": number,
                "decom": one.start,
                "rne": "P" if index else "S",
                "ls": _legal_status(life, authority, one.start),
                "place": _place(one, year_end.year),
                "dec": ended,
                "rec": one.reason if ended is not None else None,
                "pl_post": one.postcode,
            }
        )
    return found


def _after_care(life: Life, number: str, year_end: date) -> dict[str, Value] | None:
    """Return the care leaver's line of OC3: the state round the birthday of the year, or at its end from 22 on."""
    age = age_on(life.person.born, year_end)
    day = birthday(life.person.born, age)
    if not 17 <= age <= 24 or life.left_care is None or life.left_care > day:
        return None
    day = year_end if age >= 22 else day
    status = life.eligibility.at(day)
    touch = life.in_touch.at(day) or "NO"
    if status in (None, "none") or (age >= 22 and touch != "YES") or (life.died is not None and life.died < day):
        return None
    values: dict[str, Value] = {"child": number, "dob": life.person.born, "in_touch": touch}
    if touch in WITHOUT_HOME:
        return values | {"activ": NOT_ASKED, "accom": NOT_ASKED}
    home = next((one for one in life.homes if one.start <= day and (one.end is None or day < one.end)), None)
    code = home.code if home is not None else "R"
    if code in ("T", "Z") and age < 19:  # DfE's rules 347 and 3001
        code = "D"
    suitable = home is not None and home.suitable
    return values | {"activ": life.activity.at(day) or "G5", "accom": f"{code}{1 if suitable else 2}"}


def children(lives: list[Life], authority: str, year_end: date) -> list[Child]:
    """Return what the return of a collection year holds, child by child."""
    found = []
    for life in lives:
        if year_end >= birthday(life.person.born, 26):
            continue
        number = id_for(life, authority, year_end).number
        episodes = _episodes(life, authority, number, year_end)
        leaver = _after_care(life, number, year_end)
        if not episodes and leaver is None:
            continue
        sex = life.person.sex if year_end.year >= LETTER_SEXES_FROM or life.person.sex != "u" else "m"
        who: dict[str, Value] = {"child": number, "sex": sex, "dob": life.person.born}
        child, name = Child(), life.person.person
        child.add("ssda903_header", name, who | {"ethnic": life.person.ethnicity})
        for episode in episodes:
            child.add("ssda903_episodes", name, episode)
        if episodes and life.person.former_uasc:
            child.add("ssda903_uasc", name, who | {"duc": birthday(life.person.born, 18)})
        if leaver is not None:
            child.add("ssda903_oc3", name, leaver)
        found.append(child)
    return found


def rows_of(found: list[Child], table: str) -> list[Row]:
    """Return the records of one table, in the order of the return."""
    return [row for child in found for row in child.records.get(table, [])]


def _text(name: str, value: Value, year: int) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if name == "sex":
        return str(value).upper() if year >= LETTER_SEXES_FROM else {"m": "1", "f": "2"}[str(value)]
    if name == "pl_post":
        return f"{str(value)[:-3]} {str(value)[-3:]}"
    return str(value)


def csv_bytes(found: list[Child], table: str, year: int) -> bytes:
    """Return one of the return's CSV files."""
    into = StringIO(newline="")
    writer = csv.writer(into)
    writer.writerow(FILES[table])
    for row in rows_of(found, table):
        writer.writerow(_text(name, row.values.get(name), year) for name in FILES[table].values())
    return into.getvalue().encode()


def _fill(parent: ET.Element, columns: Mapping[str, str], values: Mapping[str, Value], year: int) -> None:
    for header, name in columns.items():
        if header not in {one.tag for one in parent}:
            ET.SubElement(parent, IN_XML.get(header, header)).text = _text(name, values.get(name), year)


def xml_bytes(found: list[Child], year: int) -> bytes:
    """Return the whole return as one document."""
    root = ET.Element("EXPSSDA903")
    for child in found:
        element = ET.SubElement(root, "CHILD")
        header = ET.SubElement(element, "HEADER")
        (who,) = child.records["ssda903_header"]
        _fill(header, FILES["ssda903_header"], who.values, year)
        for row in child.records.get("ssda903_uasc", []):
            ET.SubElement(header, "UASC").text = "1"
            _fill(header, {"DUC": "duc"}, row.values, year)
        for row in child.records.get("ssda903_oc3", []):
            _fill(header, {"IN_TOUCH": "in_touch", "ACTIV": "activ", "ACCOM": "accom"}, row.values, year)
        for row in child.records.get("ssda903_episodes", []):
            columns = {name: column for name, column in FILES["ssda903_episodes"].items() if name != "CHILD"}
            _fill(ET.SubElement(element, "EPISODE"), columns, row.values, year)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return document


def arrived(year_end: date) -> date:
    """Return the day on which a return is handed in: a month after its year ended."""
    return year_end + timedelta(days=30)
