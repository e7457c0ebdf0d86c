"""What landing costs: a county's nightly drop, and one CSV of ten million rows against DuckDB on the same file.

Usage: `python benchmarks/landing.py [--rows N] [--work FOLDER]`. Each measurement is a process of its own; the ratio is
of wall times in the same run. How to read the table: `README.md` beside this file.

What belongs here: making the files, and the two measurements. What does not: measuring (`measuring`).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import xlsxwriter
from measuring import Cost, run_measured

from pipelines.contracts import Column, Contract, code_list, load_contracts
from pipelines.landing import land
from pipelines.landing.senders import authorities_of_senders
from pipelines.settings import Home

RESULTS = Path(__file__).resolve().parent / "results"
NOW = datetime(2026, 10, 2, 6, tzinfo=UTC)
DAY = date(2026, 9, 30)
COUNTY, NIGHTLY_ROWS = "kent", 250_000
NIGHTLY_FAMILIES = ("case_system", "homelessness", "lettings", "protocol_forms")
# What is sent once a year or at an inspection, and no part of a night.
YEARLY = ("annex_a", "ssda903")
AIM_NIGHTLY_SECONDS, AIM_NIGHTLY_MIB, AIM_RATIO = 8, 1024, 2
AGAINST = """
copy (select * from read_csv('{file}', header = true, all_varchar = true, store_rejects = true))
to '{target}' (format parquet)
"""


def nightly_drop(inbox: Path) -> int:
    """Write what one county's senders deliver, a third of the districts' files as workbooks; return their number."""
    places = [
        (contract, sender)
        for contract in load_contracts()
        for sender, authority in sorted(authorities_of_senders(contract.family).items())
        if authority == COUNTY and contract.family in NIGHTLY_FAMILIES and not contract.table.startswith(YEARLY)
    ]
    for number, (contract, sender) in enumerate(places):
        folder = inbox / contract.family / sender
        folder.mkdir(parents=True, exist_ok=True)
        name = folder / f"{contract.table} {DAY.isoformat()}"
        rows = _rows(contract, NIGHTLY_ROWS // len(places), number)
        if contract.family == "homelessness" and number % 3 == 0:
            _write_workbook(name.with_name(name.name + ".xlsx"), contract, rows)
        else:
            lines = [",".join(column.name for column in contract.columns), *(",".join(row) for row in rows)]
            name.with_name(name.name + ".csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(places)


def _rows(contract: Contract, count: int, seed: int) -> Iterator[Sequence[str]]:
    """Yield records in which each column has values of its type; one in fifty has a spelling that nobody knows."""
    random = np.random.default_rng(seed)
    for number in range(count):
        row = [_cell(column, number, int(random.integers(0, 10_000))) for column in contract.columns]
        if number % 50 == 0:
            codes = [place for place, column in enumerate(contract.columns) if column.type == "code"]
            row[codes[number % len(codes)] if codes else 0] = f"spelling {number % 7}"
        yield row


def _cell(column: Column, number: int, chance: int) -> str:
    if column.type == "code":
        codes = code_list(column.code_list or "")
        return codes[chance % len(codes)]["code"]
    if column.type == "date":
        # Ends lie after starts, and most spells have not ended.
        is_end = "end" in column.name or "exit" in column.name
        if is_end and chance % 3:
            return ""
        return f"{DAY - timedelta(days=chance % 100 + (0 if is_end else 200)):%d/%m/%Y}"
    return {
        "integer": str(chance % 5),
        "number": str(chance / 8),
        "boolean": ("Yes", "No", "")[chance % 3],
        "timestamp": f"{DAY - timedelta(days=chance % 100):%Y-%m-%d} 06:00:00",
        "postcode": f"ZZ{chance % 90 + 1} {chance % 9}AB",
        "text": f"{column.name[:3].upper()}{number:07d}" if column.privacy == "pseudonymous" else f"Mock{chance % 500}",
    }[column.type]


def _write_workbook(path: Path, contract: Contract, rows: Iterator[Sequence[str]]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [column.name for column in contract.columns])
        for place, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(place, column, cell)


def long_file(path: Path, rows: int) -> None:
    """Write addresses: five columns, an id that never recurs, people that do, a date, blanks, postcodes."""
    random = np.random.default_rng(1)
    step = 200_000
    with path.open("w", encoding="utf-8") as into:
        into.write("addr_table_id,addr_person_id,addr_address_start_date,addr_address_end_date,addr_address_postcode\n")
        for first in range(0, rows, step):
            count = min(step, rows - first)
            people, postcodes = random.integers(0, 2_000_000, count), random.integers(0, 400_000, count)
            days, months, years = (random.integers(*between, count) for between in ((1, 29), (1, 13), (2000, 2026)))
            into.write(
                "".join(
                    f"A{first + n:09d},{people[n]},{days[n]:02d}/{months[n]:02d}/{years[n]},,"
                    f"ZZ{postcodes[n] // 20_000 + 1} {postcodes[n] % 9 + 1}"
                    f"{chr(65 + postcodes[n] % 7)}{chr(65 + postcodes[n] // 7 % 20)}\n"
                    for n in range(count)
                )
            )


def land_here(root: Path) -> None:
    """Land a home's inbox in this process and print the seconds that landing took, without imports."""
    contracts = load_contracts()
    started = time.perf_counter()
    report = land(Home(root), contracts, now=NOW, settle_seconds=0)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "files": len(report.loads), "rows": report.rows_read}))


def duckdb_here(file: Path, target: Path) -> None:
    """Read a CSV into Parquet with DuckDB, all text, and print the seconds that it took, without imports."""
    import duckdb  # noqa: PLC0415

    started = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute(AGAINST.format(file=file, target=target))
    print(json.dumps({"seconds": time.perf_counter() - started}))


def _home(root: Path) -> Home:
    home = Home(root)
    home.initialise()
    return home


def _measured(step: str, *words: str | Path) -> tuple[Cost, dict[str, float]]:
    cost, output = run_measured(step, [sys.executable, __file__, *words])
    return cost, json.loads(output)


def measure(work: Path, rows: int) -> dict[str, object]:
    """Make the files, measure, and return the record."""
    nightly = _home(work / "nightly")
    files = nightly_drop(nightly.inbox)
    nightly_cost, nightly_told = _measured("nightly drop", "--land", nightly.root)
    long = _home(work / "long")
    folder = long.inbox / "case_system" / "kent"
    folder.mkdir(parents=True)
    file = folder / f"addresses {DAY.isoformat()}.csv"
    long_file(file, rows)
    duck_cost, duck_told = _measured("DuckDB read_csv", "--duckdb", file, work / "duckdb.parquet")
    long_cost, long_told = _measured("one long CSV", "--land", long.root)
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2),
        "nightly": {"files": files, **nightly_told, **nightly_cost.as_json()},
        "long": {**long_told, **long_cost.as_json()},
        "duckdb": {**duck_told, **duck_cost.as_json()},
        "ratio": round(long_told["seconds"] / duck_told["seconds"], 2),
    }


def _as_text(record: dict[str, object]) -> str:
    lines = [f"{'':<18}{'seconds':>9}{'CPU':>9}{'peak MiB':>10}   aim"]
    aims = {
        "nightly": f"< {AIM_NIGHTLY_SECONDS} s, {AIM_NIGHTLY_MIB} MiB",
        "long": f"<= {AIM_RATIO} x DuckDB: here {record['ratio']} x",
        "duckdb": "",
    }
    for name, aim in aims.items():
        one = record[name]
        assert isinstance(one, dict)  # noqa: S101 - for the type checker
        lines.append(f"{one['step']:<18}{one['seconds']:>9.2f}{one['cpu']:>9.2f}{one['peak_mib']:>10.0f}   {aim}")
    lines.append(f"load average {record['load_average']} on {record['cores']} cores")
    return "\n".join(lines)


def main() -> int:
    """Measure and print; or, in a process of its own, do one of the things that are measured."""
    parser = argparse.ArgumentParser(description="Measure landing.")
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of the long CSV")
    parser.add_argument("--work", type=Path, help="where to put the files; removed at the end without it")
    parser.add_argument("--land", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--duckdb", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.land:
        land_here(given.land)
    elif given.duckdb:
        duckdb_here(*given.duckdb)
    else:
        work = given.work or Path(tempfile.mkdtemp(prefix="lasting-homes-landing-"))
        try:
            record = measure(work, given.rows)
        finally:
            if not given.work:
                shutil.rmtree(work, ignore_errors=True)
        RESULTS.mkdir(exist_ok=True)
        stamp = str(record["measured_at"]).replace(":", "")
        (RESULTS / f"landing-{stamp}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        print(_as_text(record))
    return 0


if __name__ == "__main__":
    sys.exit(main())
