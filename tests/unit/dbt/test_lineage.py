"""Every clause of the protocols leads to a figure: to a measure or obligation, and from it to SQL that counts it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

PROJECT = Path(__file__).parents[3] / "dbt_project"
SEEDS = PROJECT / "seeds" / "measures"


def rows(seed: str) -> list[dict[str, str]]:
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def clauses_of(cell: str) -> list[str]:
    return [clause.strip() for clause in cell.split(",")]


CATALOGUE = {
    **{row["measure_id"]: ("measures", row) for row in rows("measures") if not row["valid_to"]},
    **{row["obligation_id"]: ("obligations", row) for row in rows("obligations") if not row["valid_to"]},
}


def model_of(entry: str) -> Path:
    folder, _ = CATALOGUE[entry]
    return PROJECT / "models" / folder / f"{folder.removesuffix('s')}__{entry}.sql"


def test_every_clause_reaches_a_measure_or_an_obligation() -> None:
    cited = {clause for _, row in CATALOGUE.values() for clause in clauses_of(row["clause"])}

    assert [row["clause"] for row in rows("clause") if row["clause"] not in cited] == []


def test_every_clause_that_is_cited_has_a_title() -> None:
    known = {row["clause"] for row in rows("clause")}

    assert {entry for entry, (_, row) in CATALOGUE.items() if not set(clauses_of(row["clause"])) <= known} == set()


def test_every_entry_is_counted_by_a_model_of_its_name() -> None:
    assert [entry for entry in CATALOGUE if not model_of(entry).is_file()] == []


def test_every_entry_has_a_unit_test_beside_its_model() -> None:
    assert [
        entry
        for entry in CATALOGUE
        if "unit_tests:" not in model_of(entry).with_suffix(".yml").read_text(encoding="utf-8")
    ] == []


def test_every_entry_is_in_the_union_that_figures_are_made_of() -> None:
    unions = {
        "measures": (PROJECT / "models" / "marts" / "measure_event.sql").read_text(encoding="utf-8"),
        "obligations": (PROJECT / "models" / "obligations" / "obligation_promise.sql").read_text(encoding="utf-8"),
    }

    assert [
        entry for entry, (kind, _) in CATALOGUE.items() if not re.search(rf"'(measure__)?{entry}'", unions[kind])
    ] == []


def test_an_obligation_holds_for_the_protocols_whose_clauses_it_cites() -> None:
    assert [
        row["obligation_id"]
        for row in rows("obligations")
        if row["letters"].split() != sorted({clause[0] for clause in clauses_of(row["clause"])})
    ] == []


def test_kent_is_asked_from_16_where_a_clause_of_preparation_is_cited() -> None:
    """K3, K7 and K8 serve those who are due to leave care (decision 8, reading 39)."""
    wrong = []
    for row in rows("obligations"):
        asked = re.search(r"scope=(\w+|'\w+')", model_of(row["obligation_id"]).read_text(encoding="utf-8"))
        from_16 = re.search(r"\bK[378]\b", row["clause"]) is not None
        expected = "'protocol_or_due_to_leave'" if from_16 else None
        if row["about"] == "person" and (asked[1] if asked else None) not in {expected, None if from_16 else "none"}:
            wrong.append(row["obligation_id"])

    assert wrong == []


def test_an_entry_is_either_a_measure_or_an_obligation() -> None:
    assert {row["measure_id"] for row in rows("measures")} & {
        row["obligation_id"] for row in rows("obligations")
    } == set()
