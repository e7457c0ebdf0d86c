"""Two ids of one name and birthday: one person whose ids take turns, or two people side by side."""

from datetime import date

import pytest
from hand_made_landing import LandingSchema

from pipelines.identity.held import make_held
from pipelines.identity.second_ids import compare_ids

Stay = tuple[str, date, date | None]
SPRING, SUMMER, AUTUMN, NOW = date(2025, 3, 1), date(2025, 6, 1), date(2025, 9, 1), None


def judged(landing: LandingSchema, one: list[Stay], other: list[Stay], *, authority: str = "kent") -> tuple[str, str]:
    """(Verdict, reason) of two ids that lived at these places."""
    landing.person("p1")
    landing.person("p2", authority=authority)
    for person_id, council, stays in (("p1", "kent", one), ("p2", authority, other)):
        for postcode, start, end in stays:
            landing.add(
                "case_system__ssd_address",
                authority=council,
                addr_person_id=person_id,
                addr_address_postcode=postcode,
                addr_address_start_date=start,
                addr_address_end_date=end,
            )
    return only_pair(landing)


def only_pair(landing: LandingSchema) -> tuple[str, str]:
    make_held(landing.connection)
    compare_ids(landing.connection)
    ((verdict, reason),) = landing.connection.execute("select verdict, reason from linkage_id_pair").fetchall()
    return verdict, reason


def test_one_life_that_goes_on_under_a_new_id(landing: LandingSchema) -> None:
    found = judged(landing, [("XK1", SPRING, SUMMER)], [("XK2", SUMMER, NOW)])
    assert found == ("same", "lives that take turns")


def test_two_lives_side_by_side(landing: LandingSchema) -> None:
    found = judged(landing, [("XK1", SPRING, NOW)], [("XK2", SUMMER, NOW)])
    assert found == ("different", "two places at one time")


def test_a_month_of_late_paperwork_is_no_second_life(landing: LandingSchema) -> None:
    found = judged(landing, [("XK1", SPRING, date(2025, 6, 30))], [("XK2", SUMMER, NOW)])
    assert found == ("same", "lives that take turns")


def test_a_postcode_in_common_outweighs_other_places(landing: LandingSchema) -> None:
    found = judged(landing, [("XK1", SPRING, NOW)], [("XK1", SPRING, SUMMER), ("XK2", SUMMER, NOW)])
    assert found == ("same", "a postcode in common")


def test_two_authorities_are_asked_about(landing: LandingSchema) -> None:
    found = judged(landing, [("XK1", SPRING, SUMMER)], [("XL2", SUMMER, NOW)], authority="lancashire")
    assert found == ("review", "two authorities")


@pytest.mark.parametrize(
    ("column", "one", "other", "expected"),
    [
        ("pers_sex", "m", "f", ("different", "two sexes")),
        ("pers_sex", "m", "u", ("same", "lives that take turns")),
        ("pers_death_date", date(2025, 1, 1), date(2025, 2, 2), ("different", "two dates of death")),
        ("pers_death_date", date(2025, 1, 1), None, ("same", "lives that take turns")),
        ("pers_ethnicity", "WBRI", "APKN", ("review", "two ethnic groups")),
        ("pers_ethnicity", "WBRI", "NOBT", ("same", "lives that take turns")),
    ],
)
def test_what_two_ids_say_of_the_person(
    landing: LandingSchema, column: str, one: object, other: object, expected: tuple[str, str]
) -> None:
    landing.person("p1")
    landing.person("p2")
    for person_id, value in (("p1", one), ("p2", other)):
        landing.connection.execute(
            f"update landing.case_system__ssd_person__history set {column} = ? where pers_person_id = ?",
            [value, person_id],
        )
    assert only_pair(landing) == expected


def test_an_id_that_takes_turns_with_two_people_is_asked_about(landing: LandingSchema) -> None:
    # given two people side by side, and a third id of their name without any place
    landing.person("p3")
    landing.person("p1")
    landing.person("p2")
    for person_id, postcode in (("p1", "XK1"), ("p2", "XK2")):
        landing.add(
            "case_system__ssd_address",
            authority="kent",
            addr_person_id=person_id,
            addr_address_postcode=postcode,
            addr_address_start_date=SPRING,
        )
    make_held(landing.connection)
    compare_ids(landing.connection)
    found = landing.connection.execute("select person_id, other_person_id, reason from linkage_id_pair").fetchall()
    assert found == [
        ("p1", "p2", "two places at one time"),
        ("p1", "p3", "turns with two people"),
        ("p2", "p3", "turns with two people"),
    ]
