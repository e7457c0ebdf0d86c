"""What every test of identity starts from."""

from datetime import date

import pytest
from hand_made_landing import LandingSchema

from pipelines.identity import RulesThenModel, link


@pytest.fixture
def landing() -> LandingSchema:
    """An empty schema `landing` in memory."""
    return LandingSchema()


@pytest.fixture(scope="session")
def queue_of_three() -> LandingSchema:
    """Two people of one name and birthday, and an application that says no more; two ids that no rule can join.

    It is read, or changed inside a transaction that is rolled back.
    """
    landing = LandingSchema()
    born = date(2006, 3, 14)
    landing.person("p1", "Pellus", "Protofield", born=born, postcodes=("XK331AA",))
    landing.person("p2", "Pellus", "Protofield", born=born, postcodes=("XK332BB",))
    landing.application("a1", "Pellus", "Protofield", born=born)
    for number in range(1, 27):
        landing.person(f"q{number}", f"Elm{chr(96 + number)}ric", "Fictby", born=date(2005, 2, number))
    link(landing.connection, linker=RulesThenModel(threads=1), key=b"a secret of the test")
    return landing
