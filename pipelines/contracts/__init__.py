"""Contracts: what each extract must look like, and how its codes may be spelled.

A contract is one YAML file per extract (`<family>/<table>.yml`, shape in `contract.schema.json`). It is the only place
where a fact about a column is written; landing, templates, expectations, dbt and the packs read it from here.
Where a layout changes from year to year, `<family>/years/<table>.<year>.yml` says only what a year changes.
Code lists live in `dbt_project/seeds/codes`, their real-world spellings in `spellings/<list>.csv` beside the contracts.

What does not belong here: reading files (landing), protocol facts (seeds), measures (dbt).
"""

from pipelines.contracts.codes import CodeLists, Resolution, code_list
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import (
    CORROBORATING_FAMILIES,
    Ages,
    CollectionYear,
    Column,
    Contract,
    ContractError,
    Contracts,
    NumberedRule,
    RowRule,
    Tolerance,
)

__all__ = [
    "CORROBORATING_FAMILIES",
    "Ages",
    "CodeLists",
    "CollectionYear",
    "Column",
    "Contract",
    "ContractError",
    "Contracts",
    "NumberedRule",
    "Resolution",
    "RowRule",
    "Tolerance",
    "code_list",
    "load_contracts",
]
