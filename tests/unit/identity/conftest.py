"""What every test of identity starts from."""

import pytest
from hand_made_landing import LandingSchema


@pytest.fixture
def landing() -> LandingSchema:
    """An empty schema `landing` in memory."""
    return LandingSchema()
