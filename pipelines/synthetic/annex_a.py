"""Ofsted's Annex A workbook of the same lives: List 8 (children in care) and List 9 (leaving-care services).

What belongs here: what the two lists say of a life on a day (standards.md section 1). What does not: headers and
spellings (layouts.yml), the Standard Safeguarding Dataset that a county sends instead (case_system.py). No names.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

from pipelines.synthetic.case_system import LeaverRows, disability_rows, id_for, legal_status_rows, window
from pipelines.synthetic.chance import share
from pipelines.synthetic.days import age_on
from pipelines.synthetic.files import CREATED, fill_sheet
from pipelines.synthetic.layouts import Layout
from pipelines.synthetic.lives import Life
from pipelines.synthetic.rows import Row, Value

SHEETS = {"annex_a_list_8": "List 8", "annex_a_list_9": "List 9"}
# column of List 9 -> column of ssd_care_leavers
SAME = {
    "eligibility_category": "clea_care_leaver_eligibility",
    "latest_pathway_plan_review_date": "clea_pathway_plan_review_date",
    "la_in_touch": "clea_care_leaver_in_touch",
    "latest_date_of_contact": "clea_care_leaver_latest_contact",
    "type_of_accommodation": "clea_care_leaver_accommodation",
    "suitability_of_accommodation": "clea_care_leaver_accom_suitable",
    "activity_status": "clea_care_leaver_activity",
    "allocated_personal_advisor": "clea_care_leaver_personal_advisor",
}
ASKED_LATER = (
    "former_uasc",
    "allocated_personal_advisor",
    "latest_pathway_plan_review_date",
    "latest_date_of_contact",
)
NOT_ENTITLED = (None, "none")


def _row(life: Life, day: date, values: dict[str, Value], name: str) -> Row:
    age = age_on(life.person.born, day)
    values |= {"age_years": float(age)}
    return Row(
        life.person.person,
        values,
        day,
        day + timedelta(days=1),
        written={"age_years": str(age)},
        cell=f"{name}|{values['child_unique_id']}|{day.year}",
    )


def _who(life: Life, authority: str, day: date) -> dict[str, Value]:
    """Return what both lists say of a person."""
    disabled = any(row.values["disa_disability_code"] != "NONE" for row in disability_rows(life, authority))
    return {
        "child_unique_id": id_for(life, authority, day).number,
        "sex": life.person.sex,
        "ethnicity": life.person.ethnicity,
        "date_of_birth": life.person.born,
        "has_disability": "yes" if disabled else "no",
    }


def in_care(life: Life, authority: str, day: date) -> list[Row]:
    """Return the line of List 8 of a young person of 16 or over who is looked after on the day."""
    first, last = window(life, authority)
    placed = next((one for one in life.placements if one.start <= day and (one.end is None or day < one.end)), None)
    if placed is None or not first <= day < last:
        return []
    statuses = [
        (start, str(row.values["lega_legal_status"]))
        for row in legal_status_rows(life, authority)
        if isinstance(start := row.values["lega_legal_status_start_date"], date) and start <= day
    ]
    since, status = max(statuses, default=(placed.entered_care, "V2"))
    lately = life.person.former_uasc and (day - placed.entered_care).days < 365
    values = _who(life, authority, day) | {
        "uasc_in_last_12_months": "yes" if lately else "no",
        "date_started_to_be_looked_after": placed.entered_care,
        "legal_status_start_date": since,
        "legal_status": status,
        "placement_start_date": placed.start,
        "placement_type": placed.placement_type,
        "placement_postcode": placed.postcode,
    }
    return [_row(life, day, values, "list 8")]


def leaving_care(maker: LeaverRows, life: Life, authority: str, day: date, plan: Layout) -> list[Row]:
    """Return the line of List 9 of somebody entitled to leaving-care services on the day."""
    rows = maker.at(day)
    if not rows or rows[0].values["clea_care_leaver_eligibility"] in NOT_ENTITLED:
        return []
    told = rows[0].values
    values = _who(life, authority, day) | {"former_uasc": "yes" if life.person.former_uasc else "no"}
    values |= {name: told.get(column) for name, column in SAME.items() if name in plan.headers}
    if "former_uasc" not in plan.headers:
        values["former_uasc"] = None
    if told.get("clea_care_leaver_in_touch") is None:  # the list has no blank here
        values["la_in_touch"] = "NO" if share("in touch", life.person.person) < 0.9 else None
    return [_row(life, day, values, "list 9")]


def thirteen_columns(plan: Layout) -> Layout:
    """Return the older layout of List 9, which asked for less."""
    return replace(plan, headers={name: header for name, header in plan.headers.items() if name not in ASKED_LATER})


def workbook(frames: dict[str, pl.DataFrame], plans: dict[str, Layout], day: date) -> bytes:
    """Return the workbook with one sheet for each list, titled as Ofsted's template has them."""
    into = BytesIO()
    with xlsxwriter.Workbook(into, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"title": "Annex A", "created": CREATED})
        dates = book.add_format({"num_format": "dd/mm/yyyy"})
        for table, frame in frames.items():
            fill_sheet(book.add_worksheet(SHEETS[table]), dates, frame, plans[table], day)
    return into.getvalue()
