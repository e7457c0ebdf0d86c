"""Hand-made lives: awkward people whose figures were worked out by hand from the definitions page.

They are checked against the oracle here, and `write_inbox` lays them out as real extracts so that the whole pipeline
can be checked against the same hand-written numbers.
"""

from . import (
    bed_and_breakfast_lives,
    care_lives,
    correction_lives,
    home_lives,
    homelessness_lives,
    move_lives,
    office_lives,
    presentation_lives,
    register_lives,
    scope_lives,
    tenancy_lives,
)
from .builder import Event, Figure, HomeOnDay, Life
from .writing import write_inbox, write_truth

ALL_LIVES: tuple[Life, ...] = (
    *scope_lives.LIVES,
    *home_lives.LIVES,
    *move_lives.LIVES,
    *presentation_lives.LIVES,
    *bed_and_breakfast_lives.LIVES,
    *correction_lives.LIVES,
    *tenancy_lives.LIVES,
    *register_lives.LIVES,
    *care_lives.LIVES,
    *homelessness_lives.LIVES,
    *office_lives.LIVES,
)

__all__ = ["ALL_LIVES", "Event", "Figure", "HomeOnDay", "Life", "write_inbox", "write_truth"]
