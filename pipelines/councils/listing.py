"""Which councils there are, and where the home of each lies.

What belongs here: reading and judging the list. What does not: whether a home is in order, which its own refresh says,
so that one council's broken home keeps no other from being listed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from pipelines.settings import COUNCIL_NAME

VARIABLE = "LASTING_HOMES_COUNCILS"
_EXAMPLE = "for example\n  kent: /srv/homes/kent\n  essex: /srv/homes/essex"


class CouncilsError(Exception):
    """The list of councils is missing or says something that cannot be meant."""


def councils_of(place: Path | None = None) -> dict[str, Path]:
    """Return the home of each council, by the council's name in the lake, in the order of the names.

    Args:
        place: A YAML file of names and homes, or a folder in which every home is named after its council; from
            `LASTING_HOMES_COUNCILS` when None. A home of the file may be relative to the file.

    Raises:
        CouncilsError: There is no such place, it lists nothing, a name is no council's name in a lake, or two councils
            share a home.
    """
    if place is None:
        if not os.environ.get(VARIABLE):
            raise CouncilsError(
                f"{VARIABLE} is not set. Let it name a folder of homes, or a YAML file of councils and their homes, "
                f"{_EXAMPLE}"
            )
        place = Path(os.environ[VARIABLE])
    if place.is_dir():
        listed = {one.name: one for one in place.iterdir() if (one / "config").is_dir()}
    elif place.is_file():
        listed = _written(place)
    else:
        raise CouncilsError(f"{place} is neither a folder of homes nor a file of councils. {VARIABLE} names it.")
    if not listed:
        raise CouncilsError(f"{place} lists no council. It holds homes, or names and their homes, {_EXAMPLE}")
    _require_names(place, listed)
    homes = {name: home.resolve() for name, home in sorted(listed.items())}
    for name, home in homes.items():
        shared = [other for other, theirs in homes.items() if theirs == home and other != name]
        if shared:
            raise CouncilsError(f"{place}: {name} and {shared[0]} have the same home. Each council has one of its own.")
    return homes


def _written(path: Path) -> dict[str, Path]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise CouncilsError(f"{path} is not YAML. It has a line for each council, {_EXAMPLE}") from None
    if document is None:
        return {}
    if not isinstance(document, dict) or not all(isinstance(home, str) and home for home in document.values()):
        raise CouncilsError(f"{path} must have a name and a home on each line, {_EXAMPLE}")
    return {str(name): path.parent / home for name, home in document.items()}


def _require_names(place: Path, listed: Mapping[str, Path]) -> None:
    wrong = sorted(name for name in listed if not re.search(COUNCIL_NAME, name))
    if wrong:
        raise CouncilsError(
            f"{place}: {', '.join(wrong)} cannot be a council's name in the lake. A name is in small letters, digits "
            "and single underscores, begins with a letter, and is the lake_council of the home's settings."
        )
