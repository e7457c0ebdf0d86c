"""The three editions, and that nothing of a higher one stands in a lower one.

What belongs here: which files are of which edition, and the check before publication. What does not: how files are
looked through (`scan`).

`restricted`: named exceptions, shares, and who is due what, for the council's network only. `internal`: pseudonymous
and unsuppressed. `public`: suppressed. Nothing of the restricted one may stand in either of the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pipelines.contracts import Contracts
from pipelines.release.identifiers import Identifiers, identifiers_of
from pipelines.release.scan import Finding, scan, summary
from pipelines.settings import Home
from pipelines.warehouse.build import Build
from pipelines.warehouse.invariants import EDITIONS_HOLD, Invariant

Edition = Literal["restricted", "internal", "public"]
INTERNAL, PUBLIC = "internal", "public"
RELEASED = (INTERNAL, PUBLIC)


class RestrictedValueError(Exception):
    """A name, date of birth, NI number or postcode stands in an internal or public file; it says where, not which."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        super().__init__(
            "Identifiers of people stand where they must not, so nothing was released:\n"
            f"{summary(findings)}\n"
            "Look at these places. A commentary that names somebody is corrected in its form; a column that holds "
            "identifiers is a fault of this program: report it."
        )


def editions_hold(home: Home, build: Build, contracts: Contracts) -> Invariant:
    """Return whether no identifier in landing stands in the build's figures or its analyst's database."""
    identifiers = identifiers_of(home, contracts, warehouse=build.warehouse)
    found = scan([build.figures, build.analyst], identifiers)
    said = "; ".join(map(str, found[:5])) if found else "figures and analyst's database looked through, none found"
    return Invariant(EDITIONS_HOLD, not found, said)


def require_no_identifier(files: Iterable[Path], identifiers: Identifiers) -> None:
    """Raise RestrictedValueError when an identifier stands in one of the files."""
    if found := scan(files, identifiers):
        raise RestrictedValueError(found)
