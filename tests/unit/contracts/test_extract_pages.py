"""The pages for those who must send an extract name every column, and say of each what the contract says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.contracts import Contract, load_contracts

PAGES = Path(__file__).parents[3] / "docs" / "extracts"
FAMILIES = {"protocol_forms": "protocol_forms", "lettings": "lettings", "core": "published", "published": "published"}
CONTRACTS = [contract for contract in load_contracts() if contract.family in FAMILIES]


@pytest.mark.parametrize("contract", CONTRACTS, ids=[contract.name for contract in CONTRACTS])
def test_each_column_of_an_extract_stands_on_its_page(contract: Contract) -> None:
    page = (PAGES / f"{FAMILIES[contract.family]}.md").read_text(encoding="utf-8")
    section = page.split(f"\n### {contract.table}\n")[1].split("\n### ")[0]
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in section.splitlines()]
    told = {row[0].strip("`"): row for row in rows if re.fullmatch(r"`\w+`", row[0])}
    assert list(told) == [column.name for column in contract.columns]
    for column in contract.columns:
        row = told[column.name]
        assert row[-1] == column.description
        assert row[2] == ("yes" if column.required else "heading" if column.header_required else ""), column.name
        assert (column.code_list or "") in row[1]
        assert contract.family == "protocol_forms" or set(filter(None, row[3].split(", "))) == set(column.aliases)
