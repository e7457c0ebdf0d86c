"""A national layout goes by collection year: a base contract, and small files that say what a year changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.contracts import ContractError, load_contracts

OC3 = "case_system__ssda903_oc3"
EPISODES = "case_system__ssda903_episodes"


def lay(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_a_difference_holds_until_a_later_year_changes_it_again() -> None:
    episodes = load_contracts()[EPISODES]
    held = {
        day.year: {
            code for code in ("H5", "K3", "Z1", "Z11") if code in dict(episodes.in_force(day).column("place").values)
        }
        for day in (date(year, 3, 31) for year in range(2020, 2028))
    }
    assert held == {
        **{year: {"H5", "Z1"} for year in range(2020, 2025)},
        2025: {"K3", "Z1"},
        2026: {"K3", "Z11"},
        2027: {"K3", "Z11"},
    }


def test_years_build_upon_each_other() -> None:
    oc3 = load_contracts()[OC3].in_force(date(2026, 3, 31))
    assert "F4" in dict(oc3.column("activ").values), "of 2022"
    (rule,) = (rule for rule in oc3.rules if rule.number == "391")
    assert rule.ages is not None
    assert rule.ages.most == 25, "of 2023"
    assert len(oc3.rules) == len(load_contracts()[OC3].rules)


def test_a_contract_without_years_is_always_in_force() -> None:
    contract = load_contracts()["case_system__ssd_person"]
    assert contract.in_force(date(1999, 1, 1)) is contract
    assert contract.year is None


def test_a_council_may_add_a_year_before_we_do(tmp_path: Path) -> None:
    text = """
description: DfE gives a new code to something.
columns:
  - {name: accom, values: [B1, "0"]}
  - {name: pets, type: boolean, aliases: [PETS], privacy: none, completeness: 0, description: Whether there are pets.}
without_rules: ["391"]
"""
    before = load_contracts()
    after = load_contracts(lay(tmp_path, "case_system/years/ssda903_oc3.2028.yml", text))
    oc3 = after[OC3]
    assert [column.name for column in oc3.in_force(date(2028, 3, 31)).columns][-1] == "pets"
    assert "391" not in {rule.number for rule in oc3.in_force(date(2028, 3, 31)).rules}
    assert oc3.in_force(date(2027, 3, 31)).columns == before[OC3].in_force(date(2027, 3, 31)).columns
    assert {a.name for a, b in zip(after, before, strict=True) if a.contract_hash != b.contract_hash} == {OC3}


def test_a_file_is_recognised_by_the_headers_of_any_year_and_needs_those_of_none(tmp_path: Path) -> None:
    text = """
description: A column is renamed and one is added that a file of an earlier year does not have.
columns:
  - {name: activ, aliases: [MAIN_ACTIVITY]}
  - {name: pets, type: text, required: true, on_bad_value: reject_row, privacy: none, completeness: 1,
     description: The pets of the home.}
"""
    contract = load_contracts(lay(tmp_path, "case_system/years/ssda903_oc3.2028.yml", text))[OC3].for_recognition()
    assert "MAIN_ACTIVITY" in contract.column("activ").aliases
    assert not contract.column("pets").header_required


def test_where_one_file_holds_several_years_a_year_adds_its_columns_and_headers(tmp_path: Path) -> None:
    text = """
description: Another heading, and one column more.
columns:
  - {name: beds, aliases: [Bedrooms of the home]}
  - {name: rent, type: number, privacy: none, completeness: 0, description: Weekly rent.}
"""
    contract = load_contracts(lay(tmp_path, "core/years/lettings_log.2027.yml", text))["core__lettings_log"]
    assert contract.column("beds").aliases[-1] == "Bedrooms of the home"
    assert [column.name for column in contract.columns][-2:] == ["referral_org", "rent"]
    assert contract.years == ()
    # And a council may add headers to a column that only a year has
    alias = "columns: [{name: referral_org, aliases: [Who sent them]}]"
    overlay = lay(tmp_path, "core/lettings_log.yml", alias)
    assert load_contracts(overlay)["core__lettings_log"].column("referral_org").aliases == ("Who sent them",)
    assert contract.in_force(date(2024, 4, 1)) is contract


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("ssda903_oc3.soon.yml", "description: Something changes.", "its name must be <table>.<year>.yml"),
        ("ssda903_oc4.2028.yml", "description: Something changes.", "no contract of that table"),
        ("ssd_person.2028.yml", "description: Something changes.", "does not say when its collection years end"),
        (
            "ssd_person.2028.yml",
            "description: Something changes.\ncolumns: [{name: pers_sex, values: {M: m}}]",
            "may add columns and headers and change nothing else",
        ),
        (
            "ssd_person.2028.yml",
            "description: Something changes.\ncolumns: [{name: pers_sex, aliases: [Gendre]}]\nwithout_rules: ['7']",
            "may add columns and headers and change nothing else",
        ),
        ("ssda903_oc3.2028.yml", "columns: []", "'description' is a required property"),
        (
            "ssda903_oc3.2028.yml",
            "description: Something changes.\ncolumns: [{name: nonsense, values: [B1]}]",
            "no column 'nonsense' to change",
        ),
        (
            "ssda903_oc3.2028.yml",
            "description: Something changes.\ncolumns: [{name: accom, values: [B9]}]",
            "allows B9, which its code list does not have",
        ),
        ("ssda903_oc3.2028.yml", "description: Something changes.\nwithout_rules: ['7']", "no rule 7 to leave out"),
        (
            "ssda903_oc3.2028.yml",
            "description: Something changes.\nrules: [{number: '7', message: A new rule., bad_value: pets}]",
            "rule 7 names pets",
        ),
        (
            "ssda903_oc3.2028.yml",
            "description: Something changes.\nrules: [{number: '7', message: A rule that says nothing.}]",
            "at rules/0",
        ),
    ],
)
def test_a_faulty_difference_names_the_file_and_the_fault(tmp_path: Path, name: str, text: str, told: str) -> None:
    overlay = lay(tmp_path, f"case_system/years/{name}", text)
    with pytest.raises(ContractError) as raised:
        load_contracts(overlay)
    assert name in str(raised.value)
    assert told in str(raised.value)


def test_ages_need_a_collection_year(tmp_path: Path) -> None:
    rule = "{number: '7', message: A rule of a body., ages: {born: dob, at: in_year, least: 1, most: 2}, refuse: [dob]}"
    text = f"""
description: A table of another kind altogether.
owner: Somebody who answers for it.
delivery: full
on_missing: withdrawn
key: []
rules: [{rule}]
columns:
  - {{name: dob, type: date, privacy: none, completeness: 1, description: The date of birth.}}
"""
    with pytest.raises(ContractError, match="rule 7 asks for ages in a collection year"):
        load_contracts(lay(tmp_path, "lettings/viewings.yml", text))


def test_a_pattern_that_is_no_regular_expression_is_named(tmp_path: Path) -> None:
    column = "{name: dob, type: date, patterns: ['('], privacy: none, completeness: 1, description: The birthday.}"
    text = f"columns: [{column}]"
    with pytest.raises(ContractError, match=r"the pattern '\(' of dob is wrong"):
        load_contracts(lay(tmp_path, "case_system/ssda903_oc3.yml", text))
