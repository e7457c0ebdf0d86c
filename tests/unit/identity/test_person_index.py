"""A county whose case system sends no names: the form person_index gives them, Annex A and the SSDA903 the rest."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hand_made_landing import BORN, LandingSchema

from pipelines.identity import ExactRules, Linker, RulesThenModel, link

KEY = b"a secret of the test"
HOME = "XK111AA"


@pytest.fixture(params=[ExactRules, RulesThenModel], ids=["rules", "rules then model"])
def linker(request: pytest.FixtureRequest) -> Linker:
    made: Linker = request.param()
    return made


def indexed(landing: LandingSchema, person_id: str = "p1", **values: Any) -> None:
    """One row of the form; what is not given is blank, but for the name."""
    row = {"person_id": person_id, "forename": "Bramric", "surname": "Mockton"} | values
    landing.add("protocol_forms__person_index", sender="kent", authority="kent", **row)


def linked(landing: LandingSchema, linker: Linker) -> dict[str, tuple[str | None, str]]:
    link(landing.connection, linker=linker, key=KEY)
    return landing.links()


def test_a_name_and_birthday_of_the_form_link(landing: LandingSchema, linker: Linker) -> None:
    # given a person whom only the form names, and an application from their home
    indexed(landing, date_of_birth=BORN, postcode=HOME)
    landing.application("a1", postcode=HOME)

    assert linked(landing, linker)["a1"] == ("p1", "name_birth_postcode")


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("case_system__annex_a_list_9__history", ("child_unique_id", "date_of_birth")),
        ("case_system__annex_a_list_8__history", ("child_unique_id", "date_of_birth")),
        ("case_system__ssda903_header__history", ("child", "dob")),
        ("case_system__ssda903_oc3__history", ("child", "dob")),
    ],
)
def test_a_birthday_that_the_form_lacks_is_the_case_systems(
    landing: LandingSchema, linker: Linker, table: str, columns: tuple[str, str]
) -> None:
    # given a form without a birthday, and an extract that holds it
    indexed(landing)
    person_id, birth = columns
    landing.add(table, authority="kent", data_date=date(2026, 3, 31), **{person_id: "p1", birth: BORN})
    landing.application("a1")

    assert linked(landing, linker)["a1"] == ("p1", "name_birth")


@pytest.mark.parametrize(
    ("other_names", "written"),
    [("Zedrik", ("Zedrik", "Mockton")), ("Pim; Bramric Fictizan", ("Bramric", "Fictizan"))],
    ids=["another forename", "a former whole name"],
)
def test_other_names_are_the_persons_too(
    landing: LandingSchema, linker: Linker, other_names: str, written: tuple[str, str]
) -> None:
    indexed(landing, other_names=other_names, date_of_birth=BORN)
    landing.application("a1", *written)

    assert linked(landing, linker)["a1"] == ("p1", "name_birth")


def test_a_placement_of_the_return_is_a_home_of_the_person(landing: LandingSchema, linker: Linker) -> None:
    # given a man and a woman of one name and birthday, one of whom was placed where the application comes from
    for person_id, sex in (("p1", "m"), ("p2", "f")):
        indexed(landing, person_id, date_of_birth=BORN)
        header = {"authority": "kent", "data_date": date(2026, 3, 31), "child": person_id, "sex": sex}
        landing.add("case_system__ssda903_header__history", **header)
    landing.add("case_system__ssda903_episodes", authority="kent", child="p2", decom=date(2022, 1, 1), pl_post=HOME)
    landing.application("a1", postcode=HOME)

    assert linked(landing, linker)["a1"] == ("p2", "name_birth_postcode")


def test_the_forms_ni_number_links_another_birthday(landing: LandingSchema, linker: Linker) -> None:
    indexed(landing, date_of_birth=BORN, ni_number="QQ 12 34 56 C")
    landing.case("c1", born=date(1999, 1, 1), ni_number="qq123456c")

    assert linked(landing, linker)["c1"] == ("p1", "shared_ni_name")


def test_another_ni_number_than_the_forms_withdraws_a_link(landing: LandingSchema) -> None:
    # given a record of the same name and birthday, without a home in common, under another number
    indexed(landing, date_of_birth=BORN, ni_number="QQ123456C")
    landing.case("c1", ni_number="QQ654321A")

    assert linked(landing, ExactRules())["c1"] == (None, "contradicted")


def test_every_id_of_every_extract_is_a_person(landing: LandingSchema, linker: Linker) -> None:
    ids = {
        "case_system__annex_a_list_8__history": "child_unique_id",
        "case_system__annex_a_list_9__history": "child_unique_id",
        "case_system__ssda903_header__history": "child",
        "case_system__ssda903_episodes": "child",
        "case_system__ssda903_uasc__history": "child",
        "case_system__ssda903_oc3__history": "child",
        "protocol_forms__person_index": "person_id",
    }
    for table, column in ids.items():
        landing.add(table, authority="kent", **{column: table})

    link(landing.connection, linker=linker, key=KEY)

    known = landing.keys()
    assert {person_id for _, person_id in known} == set(ids)
