"""A person who was erased is taken out of the bytes of every kind of file, and rows still add up."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from pipelines.contracts import Contracts, load_contracts
from pipelines.durable import write_durably
from pipelines.landing import erased, land, store
from pipelines.landing.erased import Tombstones, case_id, erased_rows, name_and_birth, tombstone, without
from pipelines.landing.model import MARK
from pipelines.landing.recognition import HeaderIndex
from pipelines.landing.relanding import reland
from pipelines.settings import Home

SECRET = b"0" * 32
PEOPLE = (
    "pers_person_id;pers_forename;pers_surname;pers_sex;pers_ethnicity;pers_dob;pers_death_date\n"
    'K1;Zephina;"Testerby; junior";F;WBRI;04/05/2006;\n\nK2;Quillon;Fakeham;M;WBRI;05/05/2006;\n'
)
RETURN = """<?xml version="1.0"?><EXPSSDA903>
<CHILD><HEADER><CHILDID>K1</CHILDID><SEX>2</SEX><DOB>2006-05-04</DOB><ETHNIC>WBRI</ETHNIC><UPN>A</UPN><UASC>0</UASC>
<IN_TOUCH>YES</IN_TOUCH><MOTHER><MC_DOB>2024-01-01</MC_DOB></MOTHER></HEADER>
<EPISODE><DECOM>2015-01-01</DECOM><RNE>S</RNE><LS>C2</LS><PL>U1</PL></EPISODE></CHILD>
<CHILD><HEADER><CHILDID>K2</CHILDID><SEX>1</SEX><DOB>2006-05-05</DOB><ETHNIC>WBRI</ETHNIC><UPN>B</UPN><UASC>1</UASC>
<DUC>2024-01-01</DUC></HEADER>
<EPISODE><DECOM>2016-01-01</DECOM><RNE>S</RNE><LS>C2</LS><PL>U1</PL></EPISODE></CHILD>
</EXPSSDA903>"""


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return load_contracts()


@pytest.fixture(scope="module")
def indexes(contracts: Contracts) -> dict[str, HeaderIndex]:
    return {family: HeaderIndex(contracts.of_family(family)) for family in contracts.families}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.initialise()
    home.write_person_key(SECRET.hex())
    return home


@pytest.fixture
def send(home: Home, contracts: Contracts) -> Callable[[str, str], tuple[str, ...]]:
    """Return a function that lands a file of Kent's case system and returns the ids of its loads."""

    def sent(name: str, text: str) -> tuple[str, ...]:
        folder = home.inbox / "case_system" / "kent"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
        report = land(home, contracts, now=datetime(2026, 10, 2, tzinfo=UTC), settle_seconds=0)
        (file,) = report.files
        assert file.outcome in {"landed", "already_landed"}, file.reason
        return tuple(load.load_id for load in file.loads)

    return sent


def buried(home: Home, *known: str) -> None:
    """Write a receipt with the tombstones of what somebody is known by."""
    folder = erased.erasures_folder(home)
    folder.mkdir(exist_ok=True)
    hashes = [tombstone(home.person_key(), one) for one in known]
    write_durably(folder / "000001.json", f'{{"finished": true, "tombstones": {hashes}}}'.replace("'", '"'))


def matches_of(*known: str) -> erased.Matches:
    hashes = frozenset(tombstone(SECRET, one) for one in known)
    return Tombstones(SECRET, hashes).matches("kent", "kent")


def test_a_text_keeps_every_other_row_and_its_number(indexes: dict[str, HeaderIndex]) -> None:
    changed = without(PEOPLE.encode(), indexes, "case_system", matches_of(case_id("kent", "K1")))
    lines = changed.decode().splitlines()
    assert lines[1].split(";") == [MARK] * 7
    assert lines[3] == "K2;Quillon;Fakeham;M;WBRI;05/05/2006;"
    assert erased_rows(changed, indexes, "case_system") == {"ssd_person": [2]}
    assert without(PEOPLE.encode(), indexes, "case_system", matches_of(case_id("lancashire", "K1"))) == PEOPLE.encode()


def test_a_person_is_known_by_name_and_birth_under_another_id(indexes: dict[str, HeaderIndex]) -> None:
    known = name_and_birth("QUILLÓN", "Fakeham ", date(2006, 5, 5))
    changed = without(PEOPLE.encode(), indexes, "case_system", matches_of(known))
    assert erased_rows(changed, indexes, "case_system") == {"ssd_person": [4]}
    other = name_and_birth("Quillon", "Fakeham", date(2006, 5, 6))
    assert without(PEOPLE.encode(), indexes, "case_system", matches_of(other)) == PEOPLE.encode()


def test_a_workbook_loses_the_row_and_its_text(indexes: dict[str, HeaderIndex]) -> None:
    book = openpyxl.Workbook()
    for line in PEOPLE.replace('"Testerby; junior"', "Testerby").splitlines():
        book.active.append(line.split(";"))
    made = io.BytesIO()
    book.save(made)
    changed = without(made.getvalue(), indexes, "case_system", matches_of(case_id("kent", "k1")))
    assert erased_rows(changed, indexes, "case_system") == {"ssd_person": [2]}
    texts = [str(cell) for row in openpyxl.load_workbook(io.BytesIO(changed)).active.values for cell in row]
    assert "Zephina" not in texts
    assert "Quillon" in texts


def test_a_return_in_xml_keeps_the_place_of_every_record(indexes: dict[str, HeaderIndex]) -> None:
    changed = without(RETURN.encode(), indexes, "case_system", matches_of(case_id("kent", "K1")))
    assert b"K1" not in changed
    assert b"2006-05-04" not in changed
    assert b"2024-01-01</MC_DOB>" not in changed
    assert changed.count(b"2024-01-01") == 1
    assert erased_rows(changed, indexes, "case_system") == {
        "ssda903_header": [2],
        "ssda903_episodes": [2],
        "ssda903_oc3": [2],
        "ssda903_uasc": [],
    }


def test_the_next_delivery_does_not_bring_them_back(
    home: Home, send: Callable[[str, str], tuple[str, ...]], contracts: Contracts
) -> None:
    """Given an erased person, when a snapshot with them lands, then it is counted and nothing of them is kept."""
    buried(home, case_id("kent", "K1"))
    (load_id,) = send("ssd_person_2026-09-30.csv", PEOPLE)
    (load,) = list(store.read_receipts(home))
    assert (load.load_id, load.rows_read, load.rows_accepted, load.rows_rejected) == (load_id, 2, 1, 1)
    (reject,) = pq.read_table(store.parquet_of(home, "rejects", load), partitioning=None).to_pylist()
    assert (reject["row_number"], reject["rule"], reject["value"], reject["row"]) == (2, "erased", None, "{}")
    kept = [path.read_bytes() for path in home.root.rglob("*") if path.is_file()]
    assert not any(b"Zephina" in one or b"Testerby" in one for one in kept)
    assert not list(home.rejects.glob("*.xlsx")), "nothing is to be corrected"
    assert send("again_2026-09-30.csv", PEOPLE) == (load_id,), "known by the bytes that were sent"
    report = reland(home, contracts, now=datetime(2026, 10, 3, tzinfo=UTC))
    assert (report.changes, report.not_read) == ((), ())


def test_damage_of_an_archive_without_them_still_shows(
    home: Home, send: Callable[[str, str], tuple[str, ...]], contracts: Contracts
) -> None:
    buried(home, case_id("kent", "K1"))
    send("ssd_person_2026-09-30.csv", PEOPLE)
    (load,) = store.read_receipts(home)
    path = store.archived(home, load.file_sha256)
    path.write_bytes(path.read_bytes().replace(b"Quillon", b"Quellon"))
    report = reland(home, contracts, now=datetime(2026, 10, 3, tzinfo=UTC))
    assert "damaged" in report.not_read[0].reason
