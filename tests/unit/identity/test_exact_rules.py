"""The exact rules, each with what it links and what it must leave alone."""

from datetime import date

import pytest
from hand_made_landing import BORN, LandingSchema

from pipelines.identity import RULES, ExactRules, link

KEY = b"a secret of the test"
HOME = "XK111AA"
OTHER = "XK122BB"


def linked(landing: LandingSchema) -> dict[str, tuple[str | None, str]]:
    link(landing.connection, linker=ExactRules(), key=KEY)
    return landing.links()


# Each rule links.


@pytest.mark.parametrize(
    ("forename", "surname", "written_forename", "written_surname"),
    [
        ("Bramric", "Mockton", "BRAMRIC", "mockton"),
        ("Zoë", "Łukasik-Ørsted", "Zoe", "Lukasik Orsted"),
        ("Bramric", "O'Mockton", "Bramric", "O’MOCKTON"),
        ("Bramric", "O'Mockton", "Bramric", "O Mockton"),
        ("Omremir", "al-Fictizan", "Omremir", "Al  Fictizan"),
        ("Omremir", "al-Fictizan", "Omremir", "Fictizan, al"),
        ("Omremir", "al-Fictizan", "Omremir", "alfictizan"),
        ("Jan", "van der Mock", "Jan", "Mock van der"),
        ("أحمد", "محمد", "أحمد", "محمد"),
    ],
)
def test_spellings_of_one_name_agree(
    landing: LandingSchema, forename: str, surname: str, written_forename: str, written_surname: str
) -> None:
    # given a person, and an application that writes the same name in another way
    landing.person("p1", forename, surname)
    landing.application("a1", written_forename, written_surname)
    # then full name and birthday link it
    assert linked(landing) == {"a1": ("p1", "name_birth")}


def test_postcode_strengthens_the_rule_that_is_named(landing: LandingSchema) -> None:
    landing.person("p1", postcodes=(HOME, OTHER))
    landing.application("a1", postcode=OTHER)
    assert linked(landing) == {"a1": ("p1", "name_birth_postcode")}


def test_an_earlier_postcode_of_the_application_counts(landing: LandingSchema) -> None:
    landing.person("p1", postcodes=(HOME,))
    landing.application("a1", postcode=OTHER, earlier_postcode=HOME)
    assert linked(landing) == {"a1": ("p1", "name_birth_postcode")}


def test_a_placement_or_a_form_gives_a_postcode_too(landing: LandingSchema) -> None:
    # given two people of one name and birthday, told apart only by a placement and a form
    landing.person("p1")
    landing.person("p2")
    landing.add(
        "case_system__ssd_cla_placement", authority="kent", clap_person_id="p1", clap_cla_placement_postcode=HOME
    )
    landing.add("protocol_forms__accommodation", authority="kent", person_id="p2", postcode=OTHER)
    landing.application("a1", postcode=HOME)
    landing.application("a2", postcode=OTHER)
    assert linked(landing) == {"a1": ("p1", "name_birth_postcode"), "a2": ("p2", "name_birth_postcode")}


def test_a_former_surname_is_still_the_persons(landing: LandingSchema) -> None:
    landing.person("p1", surname="Fictwood", earlier_surnames=("Mockton",))
    landing.case("c1", surname="Mockton")
    assert linked(landing) == {"c1": ("p1", "name_birth")}


def test_forename_and_surname_swapped(landing: LandingSchema) -> None:
    landing.person("p1", "Omremir", "Fictizan", postcodes=(HOME,))
    landing.application("a1", "Fictizan", "Omremir")
    landing.application("a2", "Fictizan", "Omremir", postcode=HOME)
    assert linked(landing) == {"a1": ("p1", "reordered_name_birth"), "a2": ("p1", "reordered_name_birth_postcode")}


def test_a_part_of_the_name_in_the_other_column(landing: LandingSchema) -> None:
    landing.person("p1", "Omremir Yosroud", "Fictizan")
    landing.application("a1", "Omremir", "Yosroud Fictizan")
    assert linked(landing) == {"a1": ("p1", "reordered_name_birth")}


@pytest.mark.parametrize(("held", "written"), [("William", "Bill"), ("Bill", "William"), ("Bill", "Will")])
def test_a_nickname_links_whichever_side_uses_it(landing: LandingSchema, held: str, written: str) -> None:
    landing.person("p1", held, postcodes=(HOME,))
    landing.application("a1", written)
    landing.application("a2", written, postcode=HOME)
    assert linked(landing) == {"a1": ("p1", "nickname_birth"), "a2": ("p1", "nickname_birth_postcode")}


@pytest.mark.parametrize(("held", "written"), [("Samuel", "Sam"), ("Sam", "Samantha"), ("Bramric", "Bram")])
def test_a_nickname_of_several_names_needs_the_postcode(landing: LandingSchema, held: str, written: str) -> None:
    # given that "Sam" of one surname and birthday may be Samuel or, of another authority, Samantha
    landing.person("p1", held, postcodes=(HOME,))
    landing.application("a1", written)
    landing.application("a2", written, postcode=HOME)
    assert linked(landing) == {"a1": (None, "no_match"), "a2": ("p1", "nickname_birth_postcode")}


def test_a_missing_part_of_the_name_needs_the_postcode(landing: LandingSchema) -> None:
    landing.person("p1", "Bramric", "Mockton-Fictwood", postcodes=(HOME,))
    landing.application("a1", "Bramric", "Fictwood", postcode=HOME)
    landing.application("a2", "Bramric", "Fictwood")
    assert linked(landing) == {"a1": ("p1", "part_of_name_birth_postcode"), "a2": (None, "no_match")}


def test_one_part_alone_is_no_name(landing: LandingSchema) -> None:
    landing.person("p1", "Bramric", "Mockton", postcodes=(HOME,))
    landing.application("a1", None, "Mockton", postcode=HOME)
    assert linked(landing) == {"a1": (None, "no_match")}


def test_day_and_month_swapped_need_full_name_and_postcode(landing: LandingSchema) -> None:
    landing.person("p1", "William", born=date(2006, 3, 4), postcodes=(HOME,))
    landing.application("a1", "William", born=date(2006, 4, 3), postcode=HOME)
    landing.application("a2", "William", born=date(2006, 4, 3))
    landing.application("a3", "Bill", born=date(2006, 4, 3), postcode=HOME)
    assert linked(landing) == {
        "a1": ("p1", "name_swapped_birth_postcode"),
        "a2": (None, "no_match"),
        "a3": (None, "no_match"),
    }


def test_a_shared_ni_number_links_through_a_record_that_is_linked(landing: LandingSchema) -> None:
    # given an application linked by name, and two cases that only its NI number ties to it
    landing.person("p1")
    landing.application("a1", ni_number="QQ 12 34 56 C")
    landing.case("c1", "Bramric", "Fictwood", ni_number="QQ123456")
    landing.case("c2", "Mockton", "Bramric", born=date(2006, 3, 15), ni_number="qq123456c")
    landing.case("c3", "Caldwin", "Fictwood", born=date(2006, 3, 15), ni_number="QQ123456C")
    # then the birthday or the name must agree besides
    assert linked(landing) == {
        "a1": ("p1", "name_birth"),
        "c1": ("p1", "shared_ni_birth"),
        "c2": ("p1", "shared_ni_name"),
        "c3": (None, "no_match"),
    }


@pytest.mark.parametrize("stand_in", ["TN140306M", "TN140306", "none", "AB12", ""])
def test_a_stand_in_for_an_ni_number_is_no_evidence(landing: LandingSchema, stand_in: str) -> None:
    landing.person("p1")
    landing.application("a1", ni_number=stand_in)
    landing.case("c1", "Bramric", "Fictwood", ni_number=stand_in)
    assert linked(landing) == {"a1": ("p1", "name_birth"), "c1": (None, "no_match")}


# Precision comes first.


def test_twins_are_not_mixed_up(landing: LandingSchema) -> None:
    landing.person("p1", "Bramric", postcodes=(HOME,))
    landing.person("p2", "Caldwin", postcodes=(HOME,))
    landing.application("a1", "Caldwin", postcode=HOME)
    landing.application("a2", "Bramric", postcode=HOME)
    landing.application("a3", "Dorvan", postcode=HOME)
    assert linked(landing) == {
        "a1": ("p2", "name_birth_postcode"),
        "a2": ("p1", "name_birth_postcode"),
        "a3": (None, "no_match"),
    }


def test_a_nickname_of_both_twins_links_neither(landing: LandingSchema) -> None:
    landing.person("p1", "Samuel", postcodes=(HOME,))
    landing.person("p2", "Samantha", postcodes=(HOME,))
    landing.application("a1", "Sam", postcode=HOME)
    assert linked(landing) == {"a1": (None, "ambiguous")}


def test_same_name_and_birthday_is_told_apart_by_postcode_or_not_at_all(landing: LandingSchema) -> None:
    landing.person("p1", postcodes=(HOME,))
    landing.person("p2", postcodes=(OTHER,))
    landing.application("a1", postcode=HOME)
    landing.application("a2", postcode="XK133CC")
    landing.application("a3")
    assert linked(landing) == {
        "a1": ("p1", "name_birth_postcode"),
        "a2": (None, "ambiguous"),
        "a3": (None, "ambiguous"),
    }


def test_an_ambiguous_record_is_settled_by_an_ni_number(landing: LandingSchema) -> None:
    landing.person("p1", postcodes=(HOME,))
    landing.person("p2", postcodes=(OTHER,))
    landing.application("a1", postcode=HOME, ni_number="QQ123456A")
    landing.case("c1", ni_number="QQ123456A")
    assert linked(landing)["c1"] == ("p1", "shared_ni_birth")


def test_a_number_that_leads_to_two_people_leads_to_nobody(landing: LandingSchema) -> None:
    landing.person("p1", "Bramric", postcodes=(HOME,))
    landing.person("p2", "Caldwin", postcodes=(HOME,))
    landing.application("a1", "Bramric", postcode=HOME, ni_number="QQ123456A")
    landing.application("a2", "Caldwin", postcode=HOME, ni_number="QQ123456A")
    landing.case("c1", "Dorvan", ni_number="QQ123456A")
    assert linked(landing)["c1"] == (None, "no_match")


def test_a_namesake_of_another_authority_is_found_out_by_the_number(landing: LandingSchema) -> None:
    # given our person, confirmed by postcode, and somebody of the same name and birthday with another number
    landing.person("p1", postcodes=(HOME,))
    landing.application("a1", postcode=HOME, ni_number="QQ123456A")
    landing.application("a2", ni_number="QQ123456A")
    landing.case("c1", ni_number="QQ654321B")
    # then what the confirmed number speaks against is unlinked, and only that
    assert linked(landing) == {
        "a1": ("p1", "name_birth_postcode"),
        "a2": ("p1", "name_birth"),
        "c1": (None, "contradicted"),
    }


def test_of_two_unconfirmed_numbers_neither_is_believed(landing: LandingSchema) -> None:
    landing.person("p1")
    landing.application("a1", ni_number="QQ123456A")
    landing.case("c1", ni_number="QQ654321B")
    assert linked(landing) == {"a1": (None, "contradicted"), "c1": (None, "contradicted")}


def test_a_number_of_somebody_else_speaks_against_a_link(landing: LandingSchema) -> None:
    landing.person("p1", "Bramric")
    landing.person("p2", "Caldwin", postcodes=(HOME,))
    landing.application("a1", "Caldwin", postcode=HOME, ni_number="QQ123456A")
    landing.case("c1", "Bramric", ni_number="QQ123456A")
    assert linked(landing)["c1"] == (None, "contradicted")


@pytest.mark.parametrize(("forename", "surname", "born"), [(None, None, BORN), ("Bramric", "Mockton", None)])
def test_a_record_without_name_or_birthday_is_unlinked(
    landing: LandingSchema, forename: str | None, surname: str | None, born: date | None
) -> None:
    landing.person("p1", postcodes=(HOME,))
    landing.person("p2", None, None, born=BORN)
    landing.application("a1", forename, surname, born=born, postcode=HOME)
    assert linked(landing) == {"a1": (None, "no_match")}


# Two ids of one person.


def test_two_ids_with_one_name_birthday_and_shared_postcode_are_one_person(landing: LandingSchema) -> None:
    landing.person("p2", "Zoë", "O'Mockton", postcodes=(HOME, OTHER))
    landing.person("p1", "Zoe", "O Mockton", postcodes=(OTHER,))
    landing.application("a1", "Zoe", "OMockton")
    assert linked(landing) == {"a1": ("p1", "name_birth")}
    keys = landing.keys()
    assert keys["kent", "p1"] == keys["kent", "p2"]


def test_ids_that_are_joined_one_by_one_are_one_person(landing: LandingSchema) -> None:
    # given ids of which the first and the last share no postcode
    landing.person("p4", postcodes=("XK111AA", "XK111BB"))
    landing.person("p3", postcodes=("XK111BB", "XK111CC"))
    landing.person("p2", postcodes=("XK111CC", "XK111DD"))
    landing.person("p1", postcodes=("XK111DD",))
    linked(landing)
    assert len(set(landing.keys().values())) == 1


def test_the_same_rule_holds_across_the_counties(landing: LandingSchema) -> None:
    landing.person("p9", postcodes=(HOME,))
    landing.person("p1", postcodes=(HOME,), authority="lancashire")
    linked(landing)
    keys = landing.keys()
    assert keys["kent", "p9"] == keys["lancashire", "p1"]


def test_a_placement_and_a_form_show_where_two_ids_have_lived(landing: LandingSchema) -> None:
    landing.person("p1")
    landing.person("p2")
    landing.add(
        "case_system__ssd_cla_placement", authority="kent", clap_person_id="p1", clap_cla_placement_postcode=HOME
    )
    landing.add("protocol_forms__accommodation", authority="kent", person_id="p2", postcode=HOME)
    linked(landing)
    keys = landing.keys()
    assert keys["kent", "p1"] == keys["kent", "p2"]


@pytest.mark.parametrize(
    "second",
    [
        {"forename": "Caldwin"},
        {"born": date(2006, 3, 15)},
        {"postcodes": (OTHER,)},
        {"postcodes": ()},
        {"sex": "f"},
        {"died": date(2026, 1, 1)},
    ],
)
def test_anything_that_differs_keeps_two_ids_apart(landing: LandingSchema, second: dict[str, object]) -> None:
    landing.person("p1", postcodes=(HOME,), sex="m", died=date(2025, 1, 1))
    landing.person("p2", **{"postcodes": (HOME,), **second})  # type: ignore[arg-type]
    linked(landing)
    keys = landing.keys()
    assert keys["kent", "p1"] != keys["kent", "p2"]


def test_every_rule_is_named_once_and_described() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.description.endswith(".") for rule in RULES)
