"""The layouts file says something sensible of every sender and table."""

from __future__ import annotations

import pytest

from pipelines.synthetic.layouts import layout
from pipelines.synthetic.reference import reference
from pipelines.synthetic.tables import TABLES, Table

# Tables whose files are no plain table of a layout: a numbered template, a workbook made for the eye.
MADE_ELSEWHERE = ("lettings_bulk_upload", "statutory_homelessness")


def senders(table: Table) -> list[str]:
    """Who sends a table."""
    if table.name in MADE_ELSEWHERE:
        return []
    if table.family == "published":
        return ["dfe"]
    if table.family in ("case_system", "protocol_forms", "core"):
        return ["kent", "lancashire"]
    if table.family == "lettings":
        return list(reference().scheme_authority)
    return [district for districts in reference().districts.values() for district in districts]


EVERY = [(sender, table) for table in TABLES.values() for sender in senders(table)]


@pytest.mark.parametrize(("sender", "table"), EVERY, ids=lambda one: getattr(one, "name", one))
def test_headers_are_the_tables_columns_and_all_differ(sender: str, table: Table) -> None:
    plan = layout(sender, table)

    assert set(plan.headers) <= set(table.columns)
    assert not {field.name for field in table.fields if field.derived} & set(plan.headers)
    assert {field.name for field in table.fields if field.bold} <= set(plan.headers)
    assert len(set(plan.headers.values())) == len(plan.headers)


@pytest.mark.parametrize(("sender", "table"), EVERY, ids=lambda one: getattr(one, "name", one))
def test_spellings_are_text_for_codes_that_exist(sender: str, table: Table) -> None:
    for code_list, spellings in layout(sender, table).spellings.items():
        known = {"yes", "no"} if code_list == "boolean" else set(reference().labels["tenure"])
        if code_list not in ("boolean", "accommodation_with_tenure"):
            known = set(reference().labels[code_list])
        assert spellings.keys() <= known, code_list
        assert all(isinstance(text, str) for texts in spellings.values() for text in texts), code_list


def test_the_six_registers_have_six_layouts_half_of_them_workbooks() -> None:
    plans = [layout(scheme, TABLES["applications"]) for scheme in reference().scheme_authority]

    assert sorted(plan.kind for plan in plans) == ["csv"] * 3 + ["xlsx"] * 3
    assert len({tuple(plan.headers.values()) for plan in plans}) == 6
    assert {(plan.delimiter, plan.encoding) for plan in plans if plan.kind == "csv"} == {
        (",", "utf-8-sig"),
        (";", "cp1252"),
        ("\t", "utf-8"),
    }
    assert {(plan.dates, plan.header_row) for plan in plans if plan.kind == "xlsx"} == {
        ("real", 4),
        ("serial", 1),
        ("dmy", 3),
    }


def test_a_label_that_is_odd_is_odd_in_its_spaces_only() -> None:
    plan = layout("E07000105", TABLES["cases"])
    label = reference().labels["initial_assessment"]["already_homeless"]
    found = {plan.spell("initial_assessment", "already_homeless", f"case {number}") for number in range(500)}

    assert found == {label, label + " ", label.replace(" ", "\u00a0", 1)}
