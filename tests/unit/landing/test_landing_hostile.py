"""Files made to do harm are refused in bounded memory and time, and the files beside them land.

Each is landed by a process of its own whose address space and processor time are limited by the kernel: one that took
more would be killed, and the test would see no answer.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest
from inbox_of_a_test import PERSON, Inbox, workbook

from pipelines.landing.as_known import attach_current_rows
from pipelines.project_files import project_folder

GOOD = f"{PERSON}\n1,Bram,Mock,M,WBRI,2006-01-31,\n"
# The libraries alone map some 3 GiB of address space, threads' stacks and all, of which little is ever used.
ADDRESS_SPACE = 4 * 2**30
PEAK_MIB = 700
PROCESSOR_SECONDS = 60
LANDING = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from pipelines.contracts import load_contracts
from pipelines.landing import land
from pipelines.settings import Home

report = land(Home(Path(sys.argv[1])), load_contracts(), now=datetime(2026, 10, 5, tzinfo=UTC), settle_seconds=0)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"peak": peak, "files": [[one.file_name, one.outcome, one.reason] for one in report.files]}))
"""


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))


def land_within_limits(inbox: Inbox) -> dict[str, tuple[str, str]]:
    """Return outcome and reason of every file by name, from a process that may not take more than its share."""
    done = subprocess.run(
        [sys.executable, "-c", LANDING, str(inbox.home.root)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_limit,
        timeout=300,
        cwd=project_folder("dbt_project").parent,
        env={"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["peak"] < PEAK_MIB
    return {name: (outcome, reason) for name, outcome, reason in told["files"]}


def one_line(path: Path) -> None:
    """500 MB without a line end; the zeros of a sparse file would be refused as zero bytes, so it is written."""
    with path.open("wb") as into:
        into.write(PERSON.encode())
        for _ in range(500):
            into.write(b"x" * 1_000_000)


def long_line_after_good_ones(path: Path) -> None:
    with path.open("wb") as into:
        into.write(GOOD.encode())
        for _ in range(100):
            into.write(b",x" * 500_000)


def open_quote(path: Path) -> None:
    """A quotation mark that never closes: all that follows would be one cell."""
    with path.open("wb") as into:
        into.write(f'{PERSON}\n1,"Bram'.encode())
        for _ in range(60):
            into.write(b"x,M,WBRI,2006-01-31,\n" * 50_000)


def many_columns(path: Path) -> None:
    path.write_text(PERSON + "".join(f",c{number}" for number in range(100_000)) + "\n" + "," * 100_000, "utf-8")


def many_columns_of_nobody(path: Path) -> None:
    path.write_text(",".join(f"c{number}" for number in range(100_000)) + "\n", encoding="utf-8")


def sparse_zeros(path: Path) -> None:
    """Twenty gigabytes that take no room on the disk."""
    with path.open("wb") as into:
        into.write(GOOD.encode())
        into.truncate(20 * 2**30)


def late_zero_byte(path: Path) -> None:
    with path.open("wb") as into:
        into.write(GOOD.encode() * 200_000)
        into.write(b"2,\x00,A,M,WBRI,2006-01-31,\n")


def no_encoding(path: Path) -> None:
    """A byte at the end that is neither UTF-8 nor Windows-1252."""
    with path.open("wb") as into:
        into.write(GOOD.encode() + b"2,Zo\xeb,A,M,WBRI,2006-01-31,\n" * 100_000 + b"3,\x81,A,M,WBRI,,\n")


def two_encodings(path: Path) -> None:
    """UTF-8 first, Windows-1252 at the end: read as the second, every name of the first would change."""
    zoe = "2,Zo\u00eb,A,M,WBRI,2006-01-31,\n"
    with path.open("wb") as into:
        into.write(GOOD.encode() + zoe.encode() * 100_000 + zoe.encode("cp1252"))


def zip_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", "<workbook/>")
        with made.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(b"0" * 1_000_000)


def nested_entities(path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    part = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><x>&e9;</x>'
    _with_part(path, "xl/sharedStrings.xml", part)


def external_entity(path: Path) -> None:
    _with_part(path, "xl/sharedStrings.xml", '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>')


def entities_of_a_return(path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>'
        "<EXPSSDA903><CHILD><HEADER><CHILDID>&e9;</CHILDID></HEADER></CHILD></EXPSSDA903>",
        encoding="utf-8",
    )


def endless_return(path: Path) -> None:
    """A return whose children stand in one another without end."""
    path.write_text("<EXPSSDA903>" + "<CHILD>" * 2_000_000, encoding="utf-8")


def deep_markup(path: Path) -> None:
    _with_part(path, "xl/styles.xml", "<a>" * 200_000)


def path_tricks(path: Path) -> None:
    _with_part(path, "../../../../tmp/outside.xml", "<a/>" + " " * 300 * 2**20)


def _with_part(path: Path, name: str, content: str) -> None:
    book = io.BytesIO(workbook([PERSON.split(","), ["1", "Bram", "Mock", "M", "WBRI", "2006-01-31", None]]))
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)


HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "one line 2026-09-30.csv": (one_line, "a line of more than 4 MiB"),
    "long line 2026-09-30.csv": (long_line_after_good_ones, "a line of more than 4 MiB"),
    "open quote 2026-09-30.csv": (open_quote, "Quotation marks do not pair"),
    "columns 2026-09-30.csv": (many_columns, "100,007 columns; at most 500"),
    "nobody 2026-09-30.csv": (many_columns_of_nobody, "No extract of case_system is recognised"),
    "sparse 2026-09-30.csv": (sparse_zeros, "zero bytes"),
    "late zero 2026-09-30.csv": (late_zero_byte, "zero bytes"),
    "encodings 2026-09-30.csv": (no_encoding, "neither UTF-8 nor Windows-1252"),
    "mixed 2026-09-30.csv": (two_encodings, "UTF-8 in one place and Windows-1252 in another"),
    "bomb 2026-09-30.xlsx": (zip_bomb, "unpacks to more than"),
    "lying 2026-09-30.csv": (zip_bomb, "unpacks to more than"),
    "entities 2026-09-30.xlsx": (nested_entities, "XML that Excel never writes"),
    "external 2026-09-30.xlsx": (external_entity, "XML that Excel never writes"),
    "return 2026-09-30.xml": (entities_of_a_return, "a document type or entities"),
    "lying return 2026-09-30.csv": (entities_of_a_return, "a document type or entities"),
    "endless 2026-09-30.xml": (endless_return, "broken or was not copied whole"),
    "tricks 2026-09-30.xlsx": (path_tricks, "unpacks to more than"),
}


@pytest.mark.slow
def test_hostile_files_are_refused_within_limits_and_the_good_one_lands(inbox: Inbox) -> None:
    # Given a folder of files made to do harm, and a good one
    inbox.put("case_system/kent/good 2026-09-30.csv", GOOD)
    folder = inbox.home.inbox / "case_system" / "kent"
    for name, (make, _) in HOSTILE.items():
        make(folder / name)
    # When they land in a process that may take little memory and time
    told = land_within_limits(inbox)
    # Then each is refused for what it is
    assert told.pop("good 2026-09-30.csv")[0] == "landed"
    assert {name: outcome for name, (outcome, _) in told.items()} == dict.fromkeys(HOSTILE, "refused")
    for name, (_, reason) in HOSTILE.items():
        assert reason in told[name][1], name
    # And nothing of them is kept
    assert len([path for path in inbox.stored() if path.startswith("archive/")]) == 1
    assert not (Path("/tmp") / "outside.xml").exists()  # noqa: S108 - the very path that the archive names


def test_markup_nested_two_hundred_thousand_deep_is_refused_or_passed_over(inbox: Inbox) -> None:
    inbox.put("case_system/kent/good 2026-09-30.csv", GOOD)
    deep_markup(inbox.home.inbox / "case_system" / "kent" / "deep 2026-09-30.xlsx")
    told = land_within_limits(inbox)
    assert told["good 2026-09-30.csv"][0] == "landed"
    assert told["deep 2026-09-30.xlsx"][0] in {"refused", "landed"}


@pytest.mark.parametrize(
    "name",
    [
        "C:\\..\\boot 2026-09-30.csv",
        "%2e%2e%2fetc 2026-09-30.csv",
        "-rf 2026-09-30.csv",
        "$(id) 2026-09-30.csv",
        "=cmd 2026-09-30.csv",
        "'; drop table load; -- 2026-09-30.csv",
        "CON 2026-09-30.csv",
    ],
)
def test_a_name_full_of_tricks_is_a_name_and_nothing_else(inbox: Inbox, name: str) -> None:
    # Given a file with a fault, so that its name goes into the workbook that is sent back too
    inbox.put(f"case_system/kent/{name}", f"{PERSON}\n1,Bram,Mock,Squirrel,WBRI,2006-01-31,\n")
    before = {path for path in inbox.home.root.parent.rglob("*") if inbox.home.landing not in path.parents}
    # When it lands
    (load,) = inbox.land_one().loads
    # Then it is known by its name, and nothing lies where its name would have led
    assert load.file_name == name
    after = {path for path in inbox.home.root.parent.rglob("*") if inbox.home.landing not in path.parents}
    assert {path.relative_to(inbox.home.root).parts[0] for path in after - before} <= {"archive", "rejects", "landing"}
    with duckdb.connect() as connection:
        attach_current_rows(connection, inbox.home, inbox.contracts, [load])
        assert connection.execute("select file_name from landing.load").fetchall() == [(name,)]
    (cell,) = [
        row[1]
        for row in openpyxl.load_workbook(inbox.home.rejects / "case_system_kent.xlsx")["ssd_person"].iter_rows(
            min_row=2
        )
    ]
    assert (cell.data_type, str(cell.value).removeprefix("'" if name[0] in "=-" else "")) == ("s", name)


@pytest.mark.parametrize("cell", ["=1+1", "+A1", "@SUM(A1)", "-1+1", '=HYPERLINK("http://x.example")', "\t=1"])
def test_what_looks_like_a_formula_lands_as_the_text_that_it_is(inbox: Inbox, cell: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    inbox.put("case_system/kent/p 2026-09-30.csv", f"{PERSON}\n1,{quoted},Mock,M,WBRI,2006-01-31,\n")
    inbox.land()
    assert inbox.rows()[0]["pers_forename"] == cell.strip()


@pytest.mark.slow
def test_more_than_a_million_rows_land_in_the_memory_of_a_few_blocks(inbox: Inbox) -> None:
    path = inbox.put("case_system/kent/p 2026-09-30.csv", PERSON + "\n")
    with path.open("a", encoding="utf-8") as into:
        into.writelines(f"{number},Ann{number % 900},Mock,M,WBRI,2006-01-31,\n" for number in range(1_500_000))
    (outcome, reason) = land_within_limits(inbox)["p 2026-09-30.csv"]
    assert outcome == "landed", reason
    assert inbox.receipts()[0]["rows_accepted"] == 1_500_000
