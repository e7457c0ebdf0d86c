"""Every contract yields a suite, and its bounds are what a sender was told."""

from __future__ import annotations

import ast
import math
from pathlib import Path

import pytest

from pipelines.contracts import Contract, Contracts
from quality.expectations import ExpectationsError, check_expectations, never_empty, references_of
from quality.suites import Check, suite

QUALITY = Path(__file__).resolve().parents[3] / "quality"


def check(contract: Contract, name: str) -> Check:
    return next(check for check in suite(contract) if check.name == name)


def test_every_extract_has_a_suite_with_distinct_names_and_plain_sentences(contracts: Contracts) -> None:
    assert len(contracts) >= 12
    for contract in contracts:
        checks = suite(contract)
        assert len({check.name for check in checks}) == len(checks)
        for each in checks:
            assert each.extract == contract.name
            assert each.description.endswith(".") and each.advice.endswith(".")
            assert " Not so: " not in each.description


def test_the_volume_tolerance_is_the_contracts(contracts: Contracts) -> None:
    contract = contracts["homelessness__cases"]
    volume = check(contract, "rows_did_not_fall")
    assert volume.severity == "hold"
    assert volume.keeps(1 - contract.tolerance.share)
    assert not volume.keeps(1 - contract.tolerance.share - 0.01)


def test_the_suite_names_every_share_that_the_contract_expects_and_only_warns(contracts: Contracts) -> None:
    contract = contracts["homelessness__cases"]
    filled = check(contract, "filled_as_expected")
    assert filled.severity == "warn"
    for column in contract.columns:
        expected = column.completeness > 0 and not column.required
        assert (f"`{column.name}` {column.completeness:.0%}" in filled.description) == expected


def test_only_volume_broken_references_and_empty_needed_columns_hold_a_load(contracts: Contracts) -> None:
    for contract in contracts:
        holding = {each.name for each in suite(contract) if each.severity == "hold"}
        repeats_everything = contract.delivery != "increment" and contract.family not in ("core", "published")
        assert holding == (
            ({"rows_did_not_fall"} if repeats_everything else set())
            | {f"found_mostly__{reference.parent_table}" for reference in references_of(contract.name)}
            | {f"not_empty__{column}" for column in never_empty(contract.name)}
        )


def test_an_expectation_of_an_extract_without_a_contract_is_an_error_of_ours(contracts: Contracts) -> None:
    without_cases = Contracts(
        {each.name: each for each in contracts if each.name != "homelessness__cases"}, contracts.codes
    )
    with pytest.raises(ExpectationsError, match="names homelessness__cases, which has no contract"):
        check_expectations(without_cases)


def test_child_tables_are_looked_up_in_their_parents() -> None:
    parents = {
        child: [reference.parent for reference in references_of(child)]
        for child in (
            "homelessness__placements",
            "homelessness__support_needs",
            "lettings__offers",
            "case_system__ssd_care_leavers",
        )
    }
    assert parents == {
        "homelessness__placements": ["homelessness__cases"],
        "homelessness__support_needs": ["homelessness__cases"],
        "lettings__offers": ["lettings__applications"],
        "case_system__ssd_care_leavers": ["case_system__ssd_person"],
    }


@pytest.mark.parametrize("value", [None, math.nan])
def test_what_is_not_to_be_judged_passes(contracts: Contracts, value: float | None) -> None:
    assert check(contracts["homelessness__cases"], "rows_did_not_fall").keeps(value)


def test_an_empty_column_does_not_pass_and_a_single_value_does(contracts: Contracts) -> None:
    empty = check(contracts["homelessness__cases"], "not_empty__initial_assessment")
    assert not empty.keeps(0.0)
    assert empty.keeps(0.001)


def test_of_this_house_quality_imports_contracts_only() -> None:
    for path in QUALITY.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                if module.split(".")[0] == "pipelines":
                    assert module == "pipelines.contracts", f"{path.name} imports {module}"


def test_great_expectations_is_imported_only_where_it_validates() -> None:
    for path in QUALITY.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        at_import = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        named = {ast.unparse(node) for node in at_import if "great_expectations" in ast.unparse(node)}
        assert named == set(), path.name
        if path.name != "validation.py":
            assert "great_expectations" not in path.read_text(encoding="utf-8").replace("Great Expectations", "")
