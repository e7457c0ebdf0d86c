"""The packaged contracts say exactly what the page of seams promises to the other stages."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from pipelines.contracts import Contract, Contracts, code_list, load_contracts
from pipelines.contracts.text import header_key

SEAMS = Path(__file__).parents[3] / "docs" / "seams.md"
PACKAGED = sorted(Path(str(files("pipelines.contracts"))).glob("*/**/*.yml"))
SCHEMA = json.loads((files("pipelines.contracts") / "contract.schema.json").read_text(encoding="utf-8"))
LAYOUTS = Path(__file__).parents[3] / "pipelines" / "synthetic" / "layouts.yml"


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return load_contracts()


def inbox_table() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Return table -> family, delivery and what vanishing means, key: the table of the seams page."""
    found = {}
    for line in SEAMS.read_text(encoding="utf-8").split("## Canonical columns")[0].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 6 and cells[0] not in ("family", "---"):
            family, _, table, delivery, vanishing, key = cells
            names = () if key.startswith("none") else tuple(name.strip() for name in key.split(","))
            found[table] = (f"{family} {delivery} {vanishing}", table, names)
    return found


def canonical_columns() -> dict[str, list[tuple[str, bool, bool, str]]]:
    """Return table -> (column, bold, may be blank, type in brackets): the bullet list of the seams page."""
    section = SEAMS.read_text(encoding="utf-8").split("## Canonical columns")[1].split("\n## ")[0]
    found = {}
    for line in section.splitlines():
        bullet = re.match(r"- \*\*(\w+)\*\*: (.*)", line)
        if bullet:
            columns = re.findall(r"(\*\*)?([a-z][a-z0-9_]+)(?:\*\*)?(?: \(([^)]*)\))?(?:, |$)", bullet[2])
            found[bullet[1]] = [(name, bool(bold), "may be blank" in note, note) for bold, name, note in columns]
    return found


def test_there_is_a_contract_for_each_extract_of_the_inbox_and_no_other(contracts: Contracts) -> None:
    promised = inbox_table()
    assert len(promised) >= 51
    for contract in contracts:
        how = f"{contract.family} {contract.delivery} {contract.on_missing}"
        assert promised.pop(contract.table) == (how, contract.table, contract.key)
    assert not promised


@pytest.mark.parametrize("table", canonical_columns())
def test_columns_are_those_of_the_seams_page_in_its_order(contracts: Contracts, table: str) -> None:
    contract = next(contract for contract in contracts if contract.table == table)
    assert [column.name for column in contract.columns] == [name for name, *_ in canonical_columns()[table]]


@pytest.mark.parametrize("table", canonical_columns())
def test_types_code_lists_and_bad_values_are_those_of_the_seams_page(contracts: Contracts, table: str) -> None:
    contract = next(contract for contract in contracts if contract.table == table)
    for name, bold, may_be_blank, note in canonical_columns()[table]:
        column = contract.column(name)
        kind = re.match(r"date|timestamp|integer|number|boolean|postcode|code", note)
        assert column.type == (kind[0] if kind else "text"), name
        if column.type == "code":
            listed = re.match(r"code:(\w+)", note)
            assert column.code_list == (listed[1] if listed else name), name
            assert code_list(str(column.code_list)), name
        if name == "support_need":  # an unknown spelling is a refused cell, a blank rejects the row
            assert (column.required, column.on_bad_value) == (True, "refuse_cell")
        else:
            assert (column.required, column.on_bad_value == "reject_row") == (bold and not may_be_blank, bold), name
        assert (column.none_dates == ("1900-01-01",)) == ("1900-01-01 is none" in note), name
        assert column.header_needed == ("always sent" in note), name
        assert bool(column.symbols) == ("with symbols" in note), name


def test_the_tables_with_periods_reject_an_end_before_its_start(contracts: Contracts) -> None:
    with_rule = {contract.table for contract in contracts if contract.row_rules}
    promised = re.search(r"`end_before_start`[^(]*\(([^)]*)\)", SEAMS.read_text(encoding="utf-8"))
    assert promised is not None
    assert with_rule == set(promised[1].split(", "))


def test_a_file_without_end_dates_cannot_pass_for_one_in_which_nothing_ended(contracts: Contracts) -> None:
    assert contracts["homelessness__placements"].column("exit_on").header_required
    assert not contracts["lettings__applications"].column("ni_number").header_required


@pytest.mark.parametrize("column", ["forename", "surname", "date_of_birth", "ni_number", "postcode"])
def test_what_names_a_person_is_a_direct_identifier(contracts: Contracts, column: str) -> None:
    for name in ("lettings__applications", "homelessness__cases"):
        assert contracts[name].column(column).privacy == "direct_identifier"


def test_headers_are_compared_without_case_spaces_punctuation_and_quotes() -> None:
    spellings = (
        "Date of Birth",
        "date_of_birth",
        "DateOfBirth",
        " DATE OF\u00a0BIRTH ",
        "“Date of Birth”",
        "date-of-birth?",
    )
    assert {header_key(text) for text in spellings} == {"dateofbirth"}


def test_no_header_means_two_columns_of_one_extract(contracts: Contracts) -> None:
    def owners(contract: Contract) -> list[tuple[str, str]]:
        return [(header_key(text), c.name) for c in contract.columns for text in (c.name, *c.aliases)]

    for contract in contracts:
        assert len(dict(owners(contract))) == len(set(owners(contract)))


def test_the_json_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", PACKAGED, ids=lambda path: path.stem)
def test_every_packaged_file_has_the_shape_that_an_editor_is_told(path: Path) -> None:
    part = {"$ref": "#/$defs/difference", "$defs": SCHEMA["$defs"]} if path.parent.name == "years" else SCHEMA
    errors = Draft202012Validator(part).iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert [(list(error.path), error.message) for error in errors] == []
