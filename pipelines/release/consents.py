"""Whose consent is live, for whom and for what.

What belongs here: reading consents of the published build, and refusing to when it does not know the newest ones. What
does not: what is shared under a consent (`shares`); aggregate figures, which rest on public task and count everybody.

Where there is doubt there is no consent. A consent that has any day of withdrawal has ended, also where the day lies
ahead. One whose latest version could not be read in full may have been withdrawn in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from pipelines.landing.as_known import known_loads
from pipelines.landing.model import Load
from pipelines.landing.store import parquet_of
from pipelines.settings import Home

FORM = ("protocol_forms", "consent")
REPEATED = "duplicate_key"
# What a refused cell of a consent may have said: that the record was made in error.
DECIDES = frozenset({"withdrawn"})


class ConsentsNotReadError(Exception):
    """Consents have arrived that the published build has not used, and among them may be withdrawals."""


@dataclass(frozen=True)
class Consent:
    """One person's consent to one authority for one purpose.

    Attributes:
        authority: The county.
        person_key: Whose.
        record_id: The sender's id of the record.
        given_on: From when.
        withdrawn_on: The day it was taken back, None while it holds.
        named: Whom it names: a GSS code or an agency.
        scope: What for, a code of `consent_scope`.
        in_doubt: Whether a later version of the record could not be read.
    """

    authority: str
    person_key: str
    record_id: str
    given_on: date
    withdrawn_on: date | None
    named: str
    scope: str
    in_doubt: bool

    def is_live(self, on: date) -> bool:
        """Return whether it may be relied on."""
        return self.given_on <= on and self.withdrawn_on is None and not self.in_doubt


CONSENTS = """
select
    consent.authority,
    alias.person_key,
    consent.record_id,
    consent.consent_given_on,
    consent.consent_withdrawn_on,
    consent.authority_gss_or_agency,
    consent.scope,
    consent.load_id,
    consent.row_number
from landing.protocol_forms__consent as consent
inner join identity.person_alias as alias
    on consent.authority = alias.authority and consent.person_id = alias.person_id
where consent.authority_gss_or_agency = $named and consent.scope is not null
order by alias.person_key, consent.scope, consent.record_id
"""


def consents_naming(warehouse: duckdb.DuckDBPyConnection, home: Home, named: str) -> list[Consent]:
    """Return every consent, live or not, that names an authority, as the build of `warehouse` knows them.

    Raises ConsentsNotReadError when a delivery of consents has landed that the build does not use.
    """
    loads = known_loads(home, datetime.max.replace(tzinfo=UTC))
    forms = [load for load in loads if (load.family, load.table) == FORM]
    used = {load_id for (load_id,) in warehouse.execute("select load_id from landing.load").fetchall()}
    unread = [load for load in forms if load.load_id not in used]
    if unread:
        listed = ", ".join(sorted({f"{load.file_name} of {load.sender}" for load in unread}))
        raise ConsentsNotReadError(
            f"Consents have arrived that the published build has not used: {listed}. Among them may be withdrawals, so "
            f"nothing is shared. Run lasting-homes refresh; if the delivery is held: lasting-homes accept."
        )
    rejected, refused = _doubts(home, forms)
    found = []
    for row in warehouse.execute(CONSENTS, {"named": named}).fetchall():
        authority, key, record_id, given_on, withdrawn_on, whom, scope, load_id, row_number = row
        doubtful = (authority, record_id) in rejected or (load_id, row_number) in refused
        found.append(Consent(authority, key, record_id, given_on, withdrawn_on, whom, scope, doubtful))
    return found


def _doubts(home: Home, forms: Sequence[Load]) -> tuple[set[tuple[str, str]], set[tuple[str, int]]]:
    """Return the records with a rejected version, and the places of accepted ones with a refused cell that decides.

    A rejected version stands until the record comes again in a later delivery of the sender that is not rejected.
    """
    rejected: set[tuple[str, str]] = set()
    refused: set[tuple[str, int]] = set()
    for load in sorted(forms, key=lambda one: (one.data_date, one.received_at)):
        turned_away = {
            str(json.loads(row["row"]).get("record_id", "")).strip()
            for row in _rows(parquet_of(home, "rejects", load))
            if row["rule"] != REPEATED and row["row"]
        }
        accepted = {str(row["record_id"]) for row in _rows(parquet_of(home, "accepted", load), ["record_id"])}
        # The whole list is repeated in every file, so an accepted version beside a rejected one settles nothing.
        rejected -= {(load.authority, one) for one in accepted - turned_away}
        rejected |= {(load.authority, one) for one in turned_away}
        refused |= {
            (load.load_id, int(row["row_number"]))
            for row in _rows(parquet_of(home, "refused_cells", load))
            if row["column"] in DECIDES
        }
    return rejected, refused


def _rows(path: Path, columns: list[str] | None = None) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    rows: list[dict[str, Any]] = pq.ParquetFile(path).read(columns=columns).to_pylist()
    return rows
