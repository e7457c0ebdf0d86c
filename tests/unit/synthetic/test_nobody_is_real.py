"""Nobody in a synthetic extract can be taken for a real person."""

from __future__ import annotations

import re

import polars as pl
import yaml
from generated_run import Run

from pipelines.project_files import dbt_project
from pipelines.synthetic.people import names
from pipelines.synthetic.reference import UNMAPPED_PREFIXES
from pipelines.synthetic.tables import TABLES


def test_ni_numbers_are_of_the_series_that_is_never_issued(small: Run) -> None:
    found = pl.concat([small.emitted(table)["ni_number"] for table in ("applications", "cases")]).drop_nulls()

    assert found.len() > 20
    assert found.str.contains(r"^QQ\d{6}[A-D]$").all()


def test_no_file_holds_anything_like_an_issued_ni_number(small: Run) -> None:
    issued = re.compile(rb"\b(?!QQ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]\b")

    for path in small.inbox.rglob("*.csv"):
        assert not issued.search(path.read_bytes()), path


def test_postcodes_are_made_of_the_seed_or_of_areas_that_it_leaves_out(small: Run) -> None:
    seed = pl.read_csv(dbt_project() / "seeds" / "protocol" / "postcode_area.csv", infer_schema=False)
    known = tuple(seed["prefix"])
    found = {
        postcode
        for table in TABLES.values()
        for field in table.fields
        if field.kind == "postcode"
        for postcode in small.emitted(table.name)[field.name].drop_nulls()
    }

    assert all(postcode.startswith((*known, *UNMAPPED_PREFIXES)) for postcode in found)
    assert any(postcode.startswith(UNMAPPED_PREFIXES) for postcode in found)
    assert all(re.fullmatch(r"X[KLMBZ]\d{3}[A-Z]{2}", postcode) for postcode in found)


def test_names_come_from_the_invented_list(small: Run) -> None:
    listed = set(names()["surnames"]) | set(names()["uasc_surnames"])

    assert set(small.emitted("ssd_person")["pers_surname"]) <= listed
    assert set(small.emitted("person_index")["surname"].drop_nulls()) <= listed
    assert {name.split(" ")[-1] for name in small.emitted("spoc")["name"].drop_nulls()} <= listed


def test_mail_goes_to_no_address_that_exists(small: Run) -> None:
    assert small.emitted("spoc")["email"].drop_nulls().str.ends_with(".example").all()


def test_meta_files_say_nothing_but_two_facts(small: Run) -> None:
    for path in small.inbox.rglob("*.meta.yml"):
        assert yaml.safe_load(path.read_text(encoding="ascii")).keys() <= {"data_date", "received_at"}
