"""Every protocol form lands from CSV and from the workbook that `templates` writes, and none is taken for another."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from inbox_of_a_test import NOW, Inbox, packaged_contracts

from pipelines.contracts import Contract
from pipelines.landing.as_known import attach_current_rows, known_loads
from pipelines.landing.recognition import HeaderIndex
from pipelines.templates import HEADING_ROW, TemplateError, example, heading, write_templates

FORMS = packaged_contracts().of_family("protocol_forms")
NAMES = [form.table for form in FORMS]

# One realistic record per form, in the words that a county's officer would write; what is not named is left blank.
RECORDS = {
    "person_index": "forename=Bram,surname=Mock,date_of_birth=31/01/2006,ni_number=QQ123456C,postcode=xk11 1aa",
    "accommodation": "start_date=01/04/2026,end_date=,accommodation_code=U,tenure=Council,placed_by=County",
    "pathway_plan": "plan_date=02/03/2026,review_date=2026-08-30,shared_with_gss=E07000105",
    "consent": "consent_given_on=01/05/2026,consent_withdrawn_on=,authority_gss_or_agency=Porchlight,scope=Landlords",
    "identity_documents": "photo_or_birth_seen_on=01/02/2026,ni_number_known_on=,income_proof_seen_on=46143",
    "tenancy_training": "course=Ready to rent,completed_on=14/02/2026",
    "housing_contact": "contact_date=20/06/2026,contact_type=KAA,adviser_present=Y,declined=No,district_gss=E07000106",
    "local_connection": "origin_gss=E07000105,host_gss=E07000110,basis=job,long_term_settled=yes,decided_on=1/9/2026",
    "panel": "panel_date=03/07/2026,attended=Advocate,planned_destination=Private rented home",
    "readiness": "tenancy_ready_on=01/06/2026,bedroom_need=1,planned_move_date=01/10/2026",
    "tenancy_event": "event=Notice to quit,event_date=11/08/2026,severity=HIGH,raised_by=PA,amount_gbp=412.5",
    "second_chance": "tenancy_ref=T-9,assessed_on=12/08/2026,outcome=Agreed,arrears_plan_on=15/08/2026",
    "custody": "entered_on=01/03/2026,planned_release_on=01/09/2026,released_on=,address_on_release_known=no",
    "bnb_approval": "entry_date=05/09/2026,approved_by_role=Head of Permanence,approved_on=05/09/2026,reason=no room",
    "duty_to_refer": "known_on=01/07/2026,referred_on=04/07/2026,district_gss=E07000105",
    "intentionality": "considered_on=01/07/2026,decided_on=20/07/2026,outcome=Unintentionally homeless",
    "escalation": "dispute_id=D-1,raised_on=01/07/2026,stage=2,stage_date=10/07/2026",
    "home_survey": "asked_on=01/07/2026,answered_on=02/07/2026,feels_safe=yes,rates_home_positively=no",
    "spoc": "district_gss=E07000105,name=Ona Officer,email=ona@example.org,from_date=01/04/2025,to_date=",
    "protocol_review": "review_date=01/04/2026,forum=Kent Housing Options Group",
    "partner_return": "district_gss=E07000105,quarter=2026-27-Q1,received_on=10/07/2026",
    "commentary": "area=E10000016,quarter=2026-27-Q1,text=Fewer placements than last quarter.",
    "action_log": "area=E10000016,quarter=2026-27-Q1,text=Agree a target.,due_on=01/12/2026,done_on=",
}


def record(table: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in RECORDS[table].split(","))


def as_csv(form: Contract, *records: dict[str, str]) -> str:
    """Return a file with the common columns before those of the records."""
    common = {"record_id": "R1", "recorded_on": "2026-09-01", "withdrawn": ""}
    if any(column.name == "person_id" for column in form.columns):
        common["person_id"] = "1001"
    rows = [common | one for one in records]
    return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)]) + "\n"


def test_every_form_has_a_record_here() -> None:
    assert sorted(RECORDS) == sorted(NAMES)


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_a_realistic_record_lands_whole(inbox: Inbox, form: Contract) -> None:
    filled = record(form.table)
    inbox.put("protocol_forms/kent/form 2026-09-30.csv", as_csv(form, filled))
    (load,) = inbox.land().loads
    assert (load.table, load.rows_read, load.rows_accepted, load.cells_refused) == (form.table, 1, 1, 0)
    (row,) = inbox.rows()
    assert {name for name, text in filled.items() if text} == {name for name in filled if row[name] is not None}


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_a_row_without_its_needed_values_is_rejected_and_an_unknown_code_is_only_refused(
    inbox: Inbox, form: Contract
) -> None:
    filled = record(form.table)
    needed = [column.name for column in form.columns if column.required]
    coded = [column.name for column in form.columns if column.type == "code"]
    wrong = dict.fromkeys(needed, "") | dict.fromkeys(coded, "no such thing")
    broken = {name: wrong.get(name, text) for name, text in filled.items()}
    inbox.put("protocol_forms/kent/form 2026-09-30.csv", as_csv(form, filled, broken | {"record_id": "R2"}))
    (load,) = inbox.land().loads
    assert load.rows_read == load.rows_accepted + load.rows_rejected == 2
    assert load.rows_rejected == (1 if set(needed) & set(filled) else 0)
    if not load.rows_rejected:
        assert load.cells_refused == len([name for name in filled if name in coded])


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_a_form_that_lacks_one_of_its_needed_columns_is_not_taken_for_another(form: Contract) -> None:
    index = HeaderIndex(FORMS)
    for needed in (column.name for column in form.columns if column.header_required):
        headers = [column.name for column in form.columns if column.name != needed]
        found = index.recognise([headers])
        # An action without its dates is what the board's commentary looks like.
        assert (found.contract.table if found else None) == ("commentary" if needed == "due_on" else None), needed


def test_of_two_versions_in_one_file_the_one_recorded_later_counts(inbox: Inbox) -> None:
    contracts = packaged_contracts()
    head = "record_id,recorded_on,withdrawn,person_id,panel_date,attended\n"
    inbox.put(
        "protocol_forms/kent/p 2026-09-30.csv",
        f"{head}P1,2026-09-02,,7,2026-08-01,Advocate\nP1,2026-09-01,,7,2026-08-01,Nobody\n"
        "P2,2026-09-01,,7,2026-08-01,\nP2,2026-09-03,yes,7,2026-08-01,\nP1,2026-09-02,,7,2026-08-01,Nobody\n",
    )
    (load,) = inbox.land().loads
    assert (load.rows_accepted, inbox.rules()) == (4, [(6, "recorded_on", "duplicate_key")])
    assert current(inbox, contracts, "select record_id, attended from landing.protocol_forms__panel") == [
        ("P1", "advocate")
    ]


def test_a_file_that_comes_late_does_not_undo_a_later_record(inbox: Inbox) -> None:
    head = "record_id,recorded_on,withdrawn,person_id,panel_date,attended\n"
    inbox.put("protocol_forms/kent/a 2026-08-31.csv", f"{head}P1,2026-08-20,,7,2026-08-01,Advocate\n")
    inbox.put("protocol_forms/kent/b 2026-09-30.csv", f"{head}P1,2026-08-10,,7,2026-08-01,Nobody\n")
    inbox.land()
    found = current(inbox, packaged_contracts(), "select attended from landing.protocol_forms__panel")
    assert found == [("advocate",)]


def current(inbox: Inbox, contracts: object, query: str) -> list[tuple[object, ...]]:
    import duckdb  # noqa: PLC0415 - only two tests look at current rows

    with duckdb.connect() as connection:
        attach_current_rows(connection, inbox.home, packaged_contracts(), known_loads(inbox.home, NOW))
        return connection.sql(query).fetchall()


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    assert [path.stem for path in write_templates(packaged_contracts(), folder)] == [f"{n}_template" for n in NAMES]
    return folder


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_a_template_that_was_filled_in_lands_and_its_example_does_not(
    inbox: Inbox, templates: Path, form: Contract
) -> None:
    book = openpyxl.load_workbook(templates / f"{form.table}_template.xlsx")
    sheet = book[form.table]
    columns = {str(cell.value): cell.column for cell in sheet[HEADING_ROW]}
    for row in (1, 2):
        for place, column in enumerate(form.columns, start=1):
            value = f"R-{row}" if column.name == "record_id" else example(column, place)
            sheet.cell(HEADING_ROW + row, columns[heading(column)]).value = value or None
    target = inbox.home.inbox / "protocol_forms" / "lancashire" / f"{form.table} 2026-09-30.xlsx"
    target.parent.mkdir(parents=True)
    book.save(target)

    (load,) = inbox.land().loads

    assert (load.table, load.rows_read, load.rows_accepted, load.cells_refused) == (form.table, 2, 2, 0)
    assert [row["record_id"] for row in inbox.rows()] == ["R-1", "R-2"]
    filled = {column.name for place, column in enumerate(form.columns, start=1) if example(column, place) != ""}
    assert all(inbox.rows()[0][name] is not None for name in filled)


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_an_untouched_template_holds_no_row(inbox: Inbox, templates: Path, form: Contract) -> None:
    content = (templates / f"{form.table}_template.xlsx").read_bytes()
    inbox.put("protocol_forms/kent/empty 2026-09-30.xlsx", content)
    (load,) = inbox.land().loads
    assert (load.table, load.rows_read) == (form.table, 0)


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_cells_are_checked_while_typing_and_each_choice_lands_as_its_code(templates: Path, form: Contract) -> None:
    book = openpyxl.load_workbook(templates / f"{form.table}_template.xlsx")
    rules = {
        str(rule.sqref).split(":", maxsplit=1)[0]: rule for rule in book[form.table].data_validations.dataValidation
    }
    for place, column in enumerate(form.columns, start=1):
        rule = rules.get(f"{openpyxl.utils.get_column_letter(place + 1)}{HEADING_ROW + 1}")
        if column.type == "date":
            assert rule is not None and rule.type == "date"
        elif column.type == "code":
            assert rule is not None and rule.type == "list"
            area = str(rule.formula1).removeprefix("Lists!").replace("$", "")
            choices = [str(cell.value) for (cell,) in book["Lists"][area]]
            codes = packaged_contracts().codes[str(column.code_list)]
            found = [resolution.code for text in choices if (resolution := codes.resolve(text)) is not None]
            assert found == list(codes.codes)
        elif column.type == "text" and not column.name.endswith("_gss"):
            assert rule is None


def test_a_template_that_exists_is_never_overwritten(templates: Path) -> None:
    before = (templates / "consent_template.xlsx").read_bytes()
    with pytest.raises(TemplateError, match="may have been filled in"):
        write_templates(packaged_contracts(), templates, ["consent"])
    assert (templates / "consent_template.xlsx").read_bytes() == before


def test_an_unknown_form_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"no form consnt.*consent"):
        write_templates(packaged_contracts(), tmp_path, ["consnt"])


def test_the_same_contracts_give_the_same_templates(templates: Path, tmp_path: Path) -> None:
    (again,) = write_templates(packaged_contracts(), tmp_path, ["custody"])
    assert again.read_bytes() == (templates / "custody_template.xlsx").read_bytes()


def test_examples_are_of_the_day_they_say() -> None:
    form = next(form for form in FORMS if form.table == "consent")
    days = [day for place, column in enumerate(form.columns) if isinstance(day := example(column, place), date)]
    assert days == sorted(days)
