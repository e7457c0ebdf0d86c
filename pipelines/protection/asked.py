"""The log of queries: who asked the published database, when, which statement by its fingerprint, and how many rows.

What belongs here: an entry of the audit trail for each statement. What does not: the statement itself, which may hold
somebody's name or date of birth, and what was answered.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pipelines.protection import trail
from pipelines.settings import Home

ASKED = "asked"


@dataclass
class Asked:
    """What is known of a statement once it is answered: its rows, None where it failed."""

    rows: int | None = None


def fingerprint(statement: str, key: bytes) -> str:
    """Return 32 hex digits that are the same for the same statement, whatever the white space in it.

    They are an HMAC with the home's secret, so that nobody finds out by trying which name a statement asked for.
    """
    text = " ".join(statement.split()).rstrip("; ")
    return hmac.new(key, b"statement|" + text.encode(), hashlib.sha256).hexdigest()[:32]


@contextmanager
def logged(home: Home, statement: str, *, database: str) -> Iterator[Asked]:
    """Enter the statement into the audit trail when the body has ended, well or badly, before an answer is shown.

    The body sets the `rows` of what it is given. Nothing is kept where there is no home.
    """
    asked = Asked()
    try:
        yield asked
    finally:
        if home.audit.is_dir():
            details: dict[str, str | int] = {
                "statement": fingerprint(statement, home.person_key()),
                "database": database,
            }
            if asked.rows is None:
                details["failed"] = True
            else:
                details["rows"] = asked.rows
            trail.record(home, ASKED, details)
