"""A file is known by its headers: which extract, which column, where the header row stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from inbox_of_a_test import PERSON, Inbox, workbook

from pipelines.contracts import Contracts, load_contracts
from pipelines.contracts.loader import load_contracts as load
from pipelines.landing import RefusedFileError
from pipelines.landing.recognition import HeaderIndex
from pipelines.project_files import project_folder


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return load_contracts()


def test_the_name_of_a_file_decides_nothing(inbox: Inbox) -> None:
    inbox.put("case_system/kent/ssd_address 2026-09-30.xlsx", f"{PERSON}\n1,Bram,Mock,M,WBRI,2006-01-31,\n")
    assert [load.table for load in inbox.land().loads] == ["ssd_person"]


def test_canonical_names_match_in_any_case_and_punctuation(contracts: Contracts) -> None:
    for contract in contracts:
        headers = [column.name.upper().replace("_", " - ") for column in contract.columns]
        found = HeaderIndex(contracts.of_family(contract.family)).recognise([headers])
        assert found is not None
        assert found.contract is contract
        assert found.positions == {column.name: at for at, column in enumerate(contract.columns)}


def synthetic_layouts() -> list[tuple[str, str, str, dict[str, str]]]:
    layouts = yaml.safe_load((project_folder("pipelines") / "synthetic" / "layouts.yml").read_text(encoding="utf-8"))
    return [
        (family, sender, table, headers)
        for family in ("protocol_forms", "lettings", "homelessness")
        for sender, layout in layouts[family].items()
        for table, headers in layout["headers"].items()
    ]


@pytest.mark.parametrize(("family", "sender", "table", "headers"), synthetic_layouts())
def test_each_vendors_layout_is_known_column_for_column(
    contracts: Contracts, family: str, sender: str, table: str, headers: dict[str, str]
) -> None:
    row = ["Officer Notes", *headers.values()]
    found = HeaderIndex(contracts.of_family(family)).recognise([["A title"], [], row])
    assert found is not None, sender
    assert (found.contract.table, found.header_index) == (table, 2)
    assert found.positions == {column: at for at, column in enumerate(headers, start=1)}


def test_the_header_may_stand_below_titles_and_row_numbers_stay_those_of_the_sheet(inbox: Inbox) -> None:
    inbox.put(
        "case_system/kent/p 2026-09-30.csv", f"Extract,for the protocol\n\n{PERSON}\n1,Bram,Mock,M,WBRI,2006-01-31,\n"
    )
    inbox.land()
    assert [row["row_number"] for row in inbox.rows()] == [4]


def test_a_header_in_the_31st_row_is_not_looked_for(inbox: Inbox) -> None:
    inbox.put("case_system/kent/p 2026-09-30.csv", "title\n" * 30 + f"{PERSON}\n1,Bram,Mock,M,WBRI,2006-01-31,\n")
    assert inbox.land_one().outcome == "refused"


def test_columns_that_no_contract_knows_are_left_in_the_archive(inbox: Inbox) -> None:
    inbox.put("case_system/kent/p 2026-09-30.csv", "pers_person_id,pers_forename,case note\n1,Bram,a long story\n")
    inbox.land()
    assert "a long story" not in str(inbox.rows())


def test_a_missing_header_is_named(inbox: Inbox) -> None:
    inbox.put(
        "homelessness/E07000105/t 2026-09-30.csv",
        "case_ref,placement_ref,entry_on,accommodation_type\nA,1,2026-01-01,B&B\n",
    )
    receipt = inbox.land_one()
    assert receipt.outcome == "refused"
    assert "looks like placements, but lacks: exit_on" in receipt.reason


def test_a_file_in_the_wrong_family_is_sent_to_the_right_one(inbox: Inbox) -> None:
    inbox.put("lettings/select_move/p 2026-09-30.csv", "case_ref,support_need\nA,Learning disability\n")
    assert "those of homelessness/support_needs, but the file lies in lettings" in inbox.land_one().reason


def test_the_first_row_of_a_file_without_header_is_not_repeated_in_any_message(inbox: Inbox) -> None:
    inbox.put("case_system/kent/p 2026-09-30.csv", "1,Bramric,Mockton,M,WBRI,2006-01-31,\n")
    reason = inbox.land_one().reason
    assert "none of its headers" in reason
    assert "Bramric" not in reason + (inbox.home.inbox / "case_system/kent/p 2026-09-30.csv.why.txt").read_text()


def test_two_headers_for_one_column_are_refused_unless_one_is_canonical(inbox: Inbox) -> None:
    inbox.put(
        "lettings/select_move/a 2026-09-30.csv",
        "application_ref,registered_on,DOB,Birth Date\nA,2026-01-01,2006-01-31,\n",
    )
    assert "Columns 3, 4 both mean date_of_birth" in inbox.land_one().reason


def test_headers_that_fit_two_extracts_equally_well_are_refused(contracts: Contracts) -> None:
    needs = contracts["homelessness__support_needs"]
    with pytest.raises(RefusedFileError, match="fit two extracts equally well: needs and support_needs"):
        HeaderIndex([needs, replace(needs, table="needs")]).recognise([["case_ref", "support_need"]])


def test_the_canonical_header_wins_over_an_alias(inbox: Inbox) -> None:
    inbox.put(
        "lettings/select_move/a 2026-09-30.csv",
        "application_ref,registered_on,DOB,date_of_birth\nA,2026-01-01,x,2006-01-31\n",
    )
    inbox.land()
    assert str(inbox.rows()[0]["date_of_birth"]) == "2006-01-31"


def test_two_extracts_in_one_workbook_are_two_loads_and_other_sheets_are_named(inbox: Inbox) -> None:
    needs = [["case_ref", "support_need"], ["A1", "Learning disability"]]
    placements = [["case_ref", "placement_ref", "entry_on", "exit_on"], ["A1", "1", "01/09/2026", None]]
    content = workbook([["About this file"]], needs, placements, names=("About", "Needs", "TA"))
    inbox.put("homelessness/E07000105/report 2026-09-30.xlsx", content)
    receipt = inbox.land_one()
    assert sorted(load.table for load in receipt.loads) == ["placements", "support_needs"]
    assert receipt.reason == "Sheets not recognised, not landed: About."


def test_one_extract_in_two_sheets_is_refused(inbox: Inbox) -> None:
    needs = [["case_ref", "support_need"], ["A1", "Learning disability"]]
    inbox.put("homelessness/E07000105/report 2026-09-30.xlsx", workbook(needs, needs))
    assert "Two sheets of the workbook hold the same extract" in inbox.land_one().reason


def test_an_alias_that_a_council_adds_is_enough(inbox: Inbox) -> None:
    overlay = inbox.home.config / "contracts" / "homelessness"
    overlay.mkdir(parents=True)
    (overlay / "support_needs.yml").write_text(
        "columns:\n  - {name: case_ref, aliases: [Fallnummer]}\n", encoding="utf-8"
    )
    inbox.contracts = load(inbox.home.config / "contracts")
    inbox.put("homelessness/E07000105/n 2026-09-30.csv", "Fallnummer,Support Need\nA,Learning disability\n")
    assert inbox.land_one().outcome == "landed"
