"""A landing folder made by hand, following docs/seams.md, so that these tests need no other stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path, PurePath
from typing import Any

import pandas as pd

from pipelines.contracts import Contract, Contracts

PANDAS_TYPES = {"date": "datetime64[ns]", "boolean": "boolean", "integer": "Int64", "number": "float64"}


@dataclass(frozen=True)
class HandMadeLoad:
    """The facts of a load that quality reads."""

    load_id: str
    family: str
    table: str
    sender: str
    authority: str
    data_date: date
    received_at: datetime
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    cells_refused: int

    def path_of(self, kind: str) -> PurePath:
        sent_by = f"family={self.family}/table={self.table}/authority={self.authority}/sender={self.sender}"
        return PurePath(kind, sent_by, f"{self.load_id}.parquet")


@dataclass
class HandMadeLanding:
    """Writes accepted rows and refused cells where landing would."""

    folder: Path
    contracts: Contracts
    made: int = field(default=0)

    def load(
        self,
        extract: str,
        sender: str,
        data_date: date,
        rows: Sequence[Mapping[str, Any]],
        *,
        authority: str = "kent",
        rejected: int = 0,
        refused: Mapping[str, int] | None = None,
        days_later: int = 2,
    ) -> HandMadeLoad:
        self.made += 1
        load_id = f"{self.made:020x}"
        contract = self.contracts[extract]
        received_at = datetime.combine(data_date + timedelta(days=days_later), time(6), tzinfo=UTC)
        sent_by = f"family={contract.family}/table={contract.table}/authority={authority}/sender={sender}"
        where = f"{sent_by}/{load_id}.parquet"
        self._write("accepted", where, self._accepted(contract, load_id, data_date, rows))
        cells = [
            {"load_id": load_id, "row_number": n + 2, "column": column, "value": "Nonsense"}
            for column, count in (refused or {}).items()
            for n in range(count)
        ]
        if cells:
            self._write("refused_cells", where, pd.DataFrame(cells))
        return HandMadeLoad(
            load_id=load_id,
            family=contract.family,
            table=contract.table,
            sender=sender,
            authority=authority,
            data_date=data_date,
            received_at=received_at,
            rows_read=len(rows) + rejected,
            rows_accepted=len(rows),
            rows_rejected=rejected,
            cells_refused=len(cells),
        )

    def _accepted(
        self, contract: Contract, load_id: str, data_date: date, rows: Sequence[Mapping[str, Any]]
    ) -> pd.DataFrame:
        frame = pd.DataFrame(
            {
                "load_id": pd.Series([load_id] * len(rows), dtype="object"),
                "row_number": range(2, len(rows) + 2),
                "data_date": pd.Series([pd.Timestamp(data_date)] * len(rows), dtype="datetime64[ns]"),
            }
        )
        for column in contract.columns:
            values = pd.Series([row.get(column.name) for row in rows], dtype="object")
            frame[column.name] = values.astype(PANDAS_TYPES.get(column.type, "string"))
        return frame

    def _write(self, kind: str, where: str, frame: pd.DataFrame) -> None:
        path = self.folder / kind / where
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(path, index=False)


def cases_without_fault(count: int, **changes: object) -> list[dict[str, object]]:
    """Return homelessness cases in which nothing is wrong, with the given columns changed in every row."""
    return [
        {
            "case_ref": f"DO-{n:04}",
            "local_authority_gss": "E07000108",
            "forename": "Zebedia",
            "surname": "Quillfeather",
            "date_of_birth": pd.Timestamp("2006-04-03"),
            "ni_number": "QQ123456C",
            "postcode": "ZZ991ZZ",
            "application_on": pd.Timestamp("2026-01-05"),
            "assessed_on": pd.Timestamp("2026-01-09"),
            "initial_assessment": "relief" if n % 2 else "prevention",
            "reason_for_loss": "family_exclusion",
            "accommodation_at_application": "living_with_family",
            "household_type": "single_other",
            **changes,
        }
        for n in range(count)
    ]
