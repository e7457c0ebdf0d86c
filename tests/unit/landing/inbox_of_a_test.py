"""An inbox that a test fills file by file, and a short way to look at what landed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from pipelines.contracts import Contracts, load_contracts
from pipelines.landing import FileReceipt, LandingReport, land
from pipelines.landing.store import Durable, no_crash
from pipelines.settings import Home

NOW = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
PERSON = "pers_person_id,pers_forename,pers_surname,pers_sex,pers_ethnicity,pers_dob,pers_death_date"
PLACEMENT = (
    "clap_cla_placement_id,clap_cla_id,clap_person_id,clap_cla_placement_start_date,clap_cla_placement_type,"
    "clap_cla_placement_postcode,clap_cla_placement_end_date"
)


@cache
def packaged_contracts() -> Contracts:
    """Return the packaged contracts, read once for all tests."""
    return load_contracts()


class Inbox:
    """A fresh home whose inbox takes files."""

    def __init__(self, root: Path, contracts: Contracts | None = None) -> None:
        self.home = Home(root)
        self.home.initialise()
        self.contracts = contracts or packaged_contracts()

    def put(self, place: str, content: str | bytes, *, meta: str | None = None) -> Path:
        """Put a file at `<family>/<sender>/<name>`."""
        path = self.home.inbox / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        if meta is not None:
            path.with_name(path.name + ".meta.yml").write_text(meta, encoding="utf-8")
        return path

    def persons(self, *rows: str, day: str = "2026-09-30", meta: str | None = None, sender: str = "kent") -> Path:
        """Put an extract of ssd_person with these records."""
        return self.put(f"case_system/{sender}/persons {day}.csv", "\n".join([PERSON, *rows]) + "\n", meta=meta)

    def land(self, *, now: datetime = NOW, durable: Durable = no_crash, settle_seconds: float = 0) -> LandingReport:
        return land(self.home, self.contracts, now=now, settle_seconds=settle_seconds, durable=durable)

    def land_one(self) -> FileReceipt:
        """Land and return the receipt of the only file."""
        (receipt,) = self.land().files
        return receipt

    def rows(self, kind: str = "accepted") -> list[dict[str, Any]]:
        """Return every row of that kind, in order of load and row."""
        return self.frame(kind).to_dicts()

    def frame(self, kind: str = "accepted") -> pl.DataFrame:
        paths = sorted((self.home.landing / kind).rglob("*.parquet"))
        frames = [pl.read_parquet(path, hive_partitioning=False) for path in paths]
        return pl.concat(frames, how="diagonal").sort("load_id", "row_number") if frames else pl.DataFrame()

    def rules(self) -> list[tuple[int, str | None, str]]:
        """Return row, column and rule of each rejected row."""
        return [(row["row_number"], row["column"], row["rule"]) for row in self.rows("rejects")]

    def refused(self) -> list[tuple[int, str, str, str]]:
        """Return row, column, text and rule of each refused cell."""
        return [(row["row_number"], row["column"], row["value"], row["rule"]) for row in self.rows("refused_cells")]

    def receipts(self) -> list[dict[str, Any]]:
        paths = sorted((self.home.landing / "receipts").glob("*.json"))
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths]

    def left(self) -> list[str]:
        """Return the names of everything that still lies in the inbox, hidden files included."""
        return sorted(path.name for path in self.home.inbox.rglob("*") if not path.is_dir() or path.is_symlink())

    def stored(self) -> dict[str, bytes]:
        """Return everything that is kept of files, by path, for comparing two runs; not the store's own format mark."""
        folders = (self.home.landing, self.home.archive)
        return {
            str(path.relative_to(self.home.root)): path.read_bytes()
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in {".lock", "format.json"}
        }


def workbook(*tables: list[list[Any]], names: tuple[str, ...] = ("Sheet1", "Sheet2", "Sheet3")) -> bytes:
    """Return a workbook with a sheet per table; dates become date cells, texts that begin with `=` formulas."""
    into = BytesIO()
    with xlsxwriter.Workbook(into, {"default_date_format": "dd/mm/yyyy"}) as book:
        for name, table in zip(names, tables, strict=False):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(table):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, column, value)
    return into.getvalue()
