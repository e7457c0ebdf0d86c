"""What a county's SSD extracts say, written as the other extracts that a county may send instead.

What belongs here: List 9, List 8, the SSDA903 files and person_index made of what a build on the SSD holds. What does
not: comparing the figures.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from pipelines.warehouse.database import open_for_reading

Rows = Sequence[Mapping[str, Any]]

OWN_TENANCIES = {
    "private": "Own tenancy private",
    "council": "Own tenancy council",
    "housing_association": "Own tenancy housing association",
    "student": "University accommodation",
}
_PEOPLE = """
select
    alias.person_id, upper(sex.fact_value) as sex, ethnicity.fact_value as ethnicity,
    cast(birth.fact_value as date) as birth, person.former_uasc, person.disability
from identity.person_alias as alias
inner join core.dim_person as person using (authority, person_key)
left join core.fct_person_statement as sex
    on sex.authority = alias.authority and sex.person_key = alias.person_key and sex.fact = 'sex'
left join core.fct_person_statement as ethnicity
    on ethnicity.authority = alias.authority and ethnicity.person_key = alias.person_key
    and ethnicity.fact = 'ethnicity'
left join core.fct_person_statement as birth
    on birth.authority = alias.authority and birth.person_key = alias.person_key and birth.fact = 'date_of_birth'
where alias.authority = $authority
order by alias.person_id
"""
_CARE_LEAVERS = """
select stated.*, care_leaver.data_date
from core.fct_care_leaver_row as care_leaver
inner join staging.stg_case_system__ssd_care_leavers as stated using (load_id, row_number)
where care_leaver.authority = $authority and care_leaver.is_chosen
order by stated.data_date, stated.person_id
"""
_PLACEMENTS = """
select person_id, start_date, end_date, placement_type, postcode
from staging.stg_case_system__ssd_cla_placement
where authority = $authority
order by person_id, start_date
"""
_DATES = """
select distinct data_date from staging.stg_landing__load
where sender = $authority and extract_name = 'ssd_care_leavers' order by data_date
"""
_NAMES = """
select pers_person_id, pers_forename, pers_surname, pers_dob from landing.case_system__ssd_person
where authority = $authority order by pers_person_id
"""
_FORMER_UASC = "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)"
# A label that Annex A's drop-down lists write for what the warehouse keeps as a code.
_LABELS = {
    "former_relevant": "b) Former relevant child",
    "relevant": "a) Relevant child",
    "qualifying": "c) Qualifying care leaver",
    "eligible": "d) Eligible child",
    "none": "No current eligibility",
    "suitable": "a) Suitable",
    "unsuitable": "b) Unsuitable",
    "yes": "a) Yes",
    "no": "b) No",
    "not_known": "",
    None: "",
}


def put_instead_of_the_ssd(inbox: Path, warehouse: Path, *, with_list_8: Iterable[str]) -> None:
    """Put what the warehouse holds of the counties into an inbox, as Annex A, SSDA903 and person_index.

    List 9 stands for every snapshot of ssd_care_leavers; Header, UASC and Episodes stand for ssd_person,
    ssd_immigration_status, ssd_cla_placement and ssd_cla_episodes as they are last. The counties in `with_list_8` send
    List 8 in the workbook of the last List 9.
    """
    with open_for_reading(warehouse) as connection:
        for authority in ("kent", "lancashire"):
            _write_county(connection, authority, inbox, list_8=authority in with_list_8)


def _write_county(connection: duckdb.DuckDBPyConnection, authority: str, folder: Path, *, list_8: bool) -> None:
    def rows(query: str) -> list[dict[str, Any]]:
        found = connection.execute(query, {"authority": authority})
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]

    people = {person["person_id"]: person for person in rows(_PEOPLE)}
    placements, care_leavers = rows(_PLACEMENTS), rows(_CARE_LEAVERS)
    dates = [row["data_date"] for row in rows(_DATES)]
    place = folder / "case_system" / authority
    for day in dates:
        table = [_list_9(row, people[row["person_id"]]) for row in care_leavers if row["data_date"] == day]
        sheets = {"List 9": table}
        if day == dates[-1] and list_8:
            sheets["List 8"] = [_list_8(row, people[row["person_id"]]) for row in placements if row["end_date"] is None]
        _put(place / f"Annex_A_{day:%Y%m%d}.xlsx", day, _workbook(sheets))
    last = dates[-1]
    _put(place / "header.csv", last, _csv([_header(person) for person in people.values()]))
    _put(
        place / "uasc.csv", last, _csv([_uasc(person) for person in people.values() if person["former_uasc"] == "yes"])
    )
    _put(place / "episodes.csv", last, _csv([_episode(row) for row in placements]))
    _put(folder / "protocol_forms" / authority / "person_index.csv", last, _csv([_index(row) for row in rows(_NAMES)]))


def _list_9(row: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Child Unique ID": row["person_id"],
        "Gender": person["sex"],
        "Ethnicity": person["ethnicity"],
        "Date of Birth": person["birth"],
        "Age of Child (Years)": None,
        "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)": _LABELS[
            person["former_uasc"]
        ],
        "Does the Child have a Disability": _LABELS[person["disability"]],
        "Allocated Personal Advisor": row["personal_adviser"],
        "Eligibility Category": _LABELS[row["eligibility"]],
        "Latest Pathway Plan Review Date": row["pathway_plan_review_on"],
        "LA in Touch": row["in_touch"],
        "Latest Date of Contact": row["latest_contact"],
        "Type of Accommodation": OWN_TENANCIES.get(row["tenure"], row["accommodation_code"]),
        "Suitability of Accommodation": _LABELS[row["suitability"]],
        "Activity Status": row["activity"],
    }


def _list_8(row: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Child Unique ID": row["person_id"],
        "Gender": person["sex"],
        "Ethnicity": person["ethnicity"],
        "Date of Birth": person["birth"],
        "Date Started to be Looked After": row["start_date"],
        "Date Ceased to be Looked After": None,
        "Start Date of Most Recent Placement": row["start_date"],
        "Placement Type": row["placement_type"],
        "Placement postcode": row["postcode"],
    }


def _header(person: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "CHILD": person["person_id"],
        "SEX": person["sex"],
        "DOB": person["birth"],
        "ETHNIC": person["ethnicity"],
        "UPN": "UN1",
    }


def _uasc(person: Mapping[str, Any]) -> dict[str, Any]:
    return {"CHILD": person["person_id"], "SEX": person["sex"], "DOB": person["birth"], "DUC": None}


def _episode(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "CHILD": row["person_id"],
        "DECOM": row["start_date"],
        "RNE": "P",
        "LS": "C2",
        "PLACE": row["placement_type"],
        "DEC": row["end_date"],
        "REC": "X1" if row["end_date"] else None,
        "PL_POST": row["postcode"],
    }


def _index(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "record_id": f"PI-{row['pers_person_id']}",
        "recorded_on": "2026-09-30",
        "withdrawn": None,
        "person_id": row["pers_person_id"],
        "forename": row["pers_forename"],
        "surname": row["pers_surname"],
        "other_names": None,
        "date_of_birth": row["pers_dob"],
        "ni_number": None,
        "postcode": None,
        "valid_from": None,
    }


def _put(path: Path, day: date, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.with_name(path.name + ".meta.yml").write_text(f"data_date: {day}\n", encoding="utf-8")


def _csv(rows: Rows) -> bytes:
    lines = [",".join(rows[0]), *(",".join(_text(value) for value in row.values()) for row in rows)]
    return "\n".join([*lines, ""]).encode()


def _text(value: Any) -> str:
    return "" if value is None else f'"{value}"'


def _workbook(sheets: Mapping[str, Rows]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, list(rows[0]))
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, list(row.values()))
    return file.getvalue()
