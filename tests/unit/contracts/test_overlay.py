"""What a council may lay over the packaged contracts, and what it is told when it goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.contracts import ContractError, load_contracts


def lay(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_an_absent_overlay_changes_nothing(tmp_path: Path) -> None:
    with_none, without = load_contracts(tmp_path / "contracts"), load_contracts()
    assert [contract.contract_hash for contract in with_none] == [contract.contract_hash for contract in without]


def test_aliases_are_added_to_those_that_are_packaged(tmp_path: Path) -> None:
    overlay = lay(tmp_path, "homelessness/cases", "columns:\n  - {name: case_ref, aliases: [Our Ref]}\n")
    before, after = load_contracts()["homelessness__cases"], load_contracts(overlay)["homelessness__cases"]
    assert after.column("case_ref").aliases == (*before.column("case_ref").aliases, "Our Ref")
    assert after.contract_hash != before.contract_hash


def test_a_column_with_a_type_replaces_the_packaged_one(tmp_path: Path) -> None:
    column = "{name: band, type: integer, privacy: sensitive, completeness: 0.5, description: Band as a number.}"
    overlay = lay(tmp_path, "lettings/applications", f"columns:\n  - {column}\n")
    band = load_contracts(overlay)["lettings__applications"].column("band")
    assert (band.type, band.aliases) == ("integer", ())


def test_a_new_spelling_changes_the_hash_of_the_contracts_that_use_the_list(tmp_path: Path) -> None:
    (tmp_path / "spellings").mkdir()
    (tmp_path / "spellings" / "sex.csv").write_text("spelling,code\nMann,m\n", encoding="utf-8")
    before, after = load_contracts(), load_contracts(tmp_path)
    changed = {a.name for a, b in zip(after, before, strict=True) if a.contract_hash != b.contract_hash}
    spelt = {a.name for a in after for column in a.columns if column.code_list == "sex" and not column.values}
    assert changed == spelt
    assert "case_system__ssd_person" in changed
    assert "case_system__ssda903_header" not in changed, "its layout closes the list of what may be written"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("columns: [", "not readable as YAML"),
        ("- a", "must hold a mapping"),
        ("delivery: sometimes", "'delivery' was unexpected"),
        ("columns:\n  - {name: nonsense, aliases: [x]}", "no column 'nonsense'"),
        ("columns:\n  - {name: case_ref, aliases: [postcode]}", "'postcode' means two columns"),
    ],
)
def test_a_faulty_overlay_names_the_file_and_the_fault(tmp_path: Path, text: str, told: str) -> None:
    overlay = lay(tmp_path, "homelessness/cases", text)
    with pytest.raises(ContractError) as raised:
        load_contracts(overlay)
    assert str(tmp_path / "homelessness" / "cases.yml") in str(raised.value)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (
            "[{name: x, type: datum, privacy: none, completeness: 1, description: Something here.}]",
            "at columns/0/type (x): 'datum' is not one of ['text', 'date',",
        ),
        (
            "[{name: x, type: date, completeness: 1, description: Something here.}]",
            "at columns/0 (x): 'privacy' is a required property",
        ),
        ("[{name: case_ref, alias: [x]}]", "at columns/0 (case_ref): Additional properties are not allowed ('alias'"),
        (
            "[{name: x, type: date, privacy: none, completeness: 90, description: Something here.}]",
            "at columns/0/completeness (x): 90 is greater than the maximum of 1",
        ),
        (
            "[{name: x, type: code, privacy: none, completeness: 1, description: Something here.}]",
            "at columns/0 (x): 'code_list' is a required property",
        ),
        (
            "[{name: case_ref, aliases: Reference}]",
            "at columns/0/aliases (case_ref): 'Reference' is not of type 'array'",
        ),
    ],
)
def test_what_is_wrong_with_a_column_is_said_of_the_column(tmp_path: Path, columns: str, told: str) -> None:
    with pytest.raises(ContractError) as raised:
        load_contracts(lay(tmp_path, "homelessness/cases", f"columns: {columns}"))
    assert told in str(raised.value)


NEW = """
description: A table of another kind altogether.
owner: Somebody who answers for it.
delivery: full
on_missing: withdrawn
key: [{key}]
columns:
  - {{name: ref, type: text, required: true, on_bad_value: reject_row, privacy: none, completeness: 1,
     description: The reference.}}
  - {{name: kind, type: code, code_list: {codes}, privacy: none, completeness: 1, description: A code or other.}}
"""


def test_a_table_that_is_not_packaged_is_a_contract_of_its_own(tmp_path: Path) -> None:
    overlay = lay(tmp_path, "lettings/viewings", NEW.format(key="ref", codes="sex"))
    viewings = load_contracts(overlay)["lettings__viewings"]
    assert (viewings.key, viewings.tolerance.share, viewings.tolerance.minimum_rows) == (("ref",), 0.2, 20)


@pytest.mark.parametrize(
    ("key", "codes", "told"), [("rf", "sex", "rf is named"), ("ref", "sexes", "no code list 'sexes'")]
)
def test_a_contract_that_contradicts_itself_is_refused(tmp_path: Path, key: str, codes: str, told: str) -> None:
    overlay = lay(tmp_path, "lettings/viewings", NEW.format(key=key, codes=codes))
    with pytest.raises(ContractError, match=told):
        load_contracts(overlay)
