"""The defects of sources.md section 7 come at their rates, measured against the true people."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import polars as pl
import pytest
from generated_run import Run

from pipelines.synthetic.chance import stream
from pipelines.synthetic.defects import as_written
from pipelines.synthetic.people import Person, care_leavers
from pipelines.synthetic.tables import TABLES

AS_AT = date(2026, 9, 30)


@pytest.fixture(scope="module")
def written() -> list[tuple[Person, dict[str, object]]]:
    """Each of a thousand people of each county written down ten times by others."""
    found = []
    for authority in ("kent", "lancashire"):
        for person in care_leavers(1, authority, 1000, AS_AT):
            for copy in range(10):
                chance = stream(1, "rates", person.person, copy)
                identity = as_written(person, chance, ni_missing=0.4, postcodes=["XK112AB", "XK122AB", "XK132AB"])
                found.append((person, asdict(identity)))
    return found


def rate(flags: list[bool]) -> float:
    """Share of True."""
    return sum(flags) / len(flags)


@pytest.mark.parametrize(("uasc", "variant", "swapped"), [(False, 0.12, 0.02), (True, 0.25, 0.06)])
def test_names_are_varied_and_swapped(
    written: list[tuple[Person, dict[str, object]]], uasc: bool, variant: float, swapped: float
) -> None:
    of_kind = [(person, found) for person, found in written if person.former_uasc == uasc]
    names = [({person.forename, person.surname}, person, found) for person, found in of_kind]
    as_said = [{found["forename"], found["surname"]} != said for said, _, found in names]
    turned = [found["surname"] == person.forename for _, person, found in names]

    assert rate(as_said) == pytest.approx(variant, abs=0.02)
    assert rate(turned) == pytest.approx(swapped, abs=0.02)


def test_dates_of_birth_err_in_two_ways(written: list[tuple[Person, dict[str, object]]]) -> None:
    swapped, digit = [], []
    for person, found in written:
        born = found["date_of_birth"]
        assert isinstance(born, date)
        turned = born != person.born and (born.year, born.day, born.month) == (
            person.born.year,
            person.born.month,
            person.born.day,
        )
        swapped.append(turned)
        digit.append(born != person.born and not turned)

    assert rate(swapped) == pytest.approx(0.01, abs=0.003)
    assert rate(digit) == pytest.approx(0.01, abs=0.003)


def test_postcodes_are_old_or_missing(written: list[tuple[Person, dict[str, object]]]) -> None:
    assert rate([found["postcode"] is None for _, found in written]) == pytest.approx(0.10, abs=0.01)
    assert rate([found["postcode"] in ("XK112AB", "XK122AB") for _, found in written]) == pytest.approx(0.35, abs=0.01)


def test_assigned_birthdays_two_ids_and_likenesses(thousand: Run) -> None:
    people = thousand.people
    uasc = people.filter(pl.col("former_uasc"))
    assigned = uasc.select(((pl.col("date_of_birth").dt.month() == 1) & (pl.col("date_of_birth").dt.day() == 1)).mean())
    two_ids = people.select(pl.col("case_system_ids").str.contains(",").mean())
    names = (
        thousand.latest("ssd_person", "pers_person_id")
        .join(people.select("person"), on="person", how="semi")
        .unique(["person"])
    )
    namesakes = names.group_by("pers_forename", "pers_surname", "pers_dob").len().filter(pl.col("len") > 1)
    twins = (
        names.group_by("pers_surname", "pers_dob")
        .agg(pl.col("pers_forename").n_unique())
        .filter(pl.col("pers_forename") > 1)
    )

    assert assigned.item() == pytest.approx(0.15, abs=0.03)
    assert two_ids.item() == pytest.approx(0.04, abs=0.015)
    assert namesakes.height >= 2
    assert twins.height >= 10


def test_ni_numbers_are_missing_on_registers_and_in_homelessness_files(thousand: Run) -> None:
    registers = thousand.latest("applications", "application_ref")
    homeless = thousand.latest("cases", "case_ref")

    assert registers["ni_number"].is_null().mean() == pytest.approx(0.40, abs=0.03)
    assert homeless["ni_number"].is_null().mean() == pytest.approx(0.30, abs=0.07)


def test_care_leaver_flags_are_missing_or_wrong(thousand: Run) -> None:
    registers = thousand.latest("applications", "application_ref")
    leavers = registers.filter(pl.col("person").is_not_null())
    others = registers.filter(pl.col("person").is_null() & pl.col("care_leaver_of_gss").is_null())

    assert leavers["care_leaver_flag"].is_null().mean() == pytest.approx(0.25, abs=0.03)
    assert (leavers["care_leaver_flag"] == False).mean() == pytest.approx(0.03, abs=0.02)  # noqa: E712
    assert (
        0.01 < others["care_leaver_flag"].fill_null(False).mean() < 0.10
    )  # wrong flags, and other authorities' leavers


def test_one_coded_cell_in_a_hundred_has_an_unknown_spelling(thousand: Run) -> None:
    coded = {
        "ssd_care_leavers": "clea_care_leaver_activity",
        "ssd_cla_placement": "clap_cla_placement_type",
        "applications": "status",
        "support_needs": "support_need",
    }
    refused, cells = 0, 0
    for table, column in coded.items():
        rows = thousand.accepted(table)
        refused += rows["refused_columns"].str.split(",").list.contains(column).sum()
        cells += rows.filter(pl.col(column).is_not_null() | pl.col("refused_columns").str.contains(column)).height

    assert refused / cells == pytest.approx(0.01, abs=0.004)


def test_few_rows_are_unacceptable_and_each_for_one_reason(thousand: Run) -> None:
    rows = [thousand.emitted(table).select("outcome", "reject_rule", "refused_columns") for table in TABLES]
    rejected = pl.concat(rows).filter(pl.col("outcome") == "rejected")

    assert thousand.summary.rejected / thousand.summary.rows == pytest.approx(0.0015, abs=0.0007)
    assert set(rejected["reject_rule"]) <= {
        "missing",
        "duplicate_key",
        "end_before_start",
        "not_a_date",
        "impossible_date",
    }
    assert set(rejected["refused_columns"]) == {""}


def test_one_in_eight_registered_people_stands_on_two_registers(thousand: Run) -> None:
    lives = pl.read_parquet(thousand.truth / "lives" / "registrations.parquet")
    people = lives.group_by("person").agg(pl.col("district").n_unique(), pl.len())
    close = lives.join(lives, on="person").filter(
        (pl.col("district") != pl.col("district_right"))
        & ((pl.col("registered_on_right") - pl.col("registered_on")).dt.total_days().is_between(0, 90))
    )

    assert close["person"].n_unique() / people.height == pytest.approx(0.12, abs=0.04)


def test_strangers_are_about_one_and_a_half_times_the_known(thousand: Run) -> None:
    # Those whom the protocol asked to register at 16 come on top.
    lives = pl.read_parquet(thousand.truth / "lives" / "registrations.parquet").drop_nulls("application_ref")
    known = thousand.summary.linked - lives["at_sixteen"].sum()

    assert thousand.summary.unlinked / known == pytest.approx(1.5, abs=0.1)
