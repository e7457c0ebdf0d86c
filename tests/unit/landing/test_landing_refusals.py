"""Files that cannot or must not be opened stay in the inbox with a note; all others go through."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inbox_of_a_test import PERSON, Inbox, workbook

from pipelines.landing import RefusedFileError, guards
from pipelines.landing.guards import kind_of, open_workbook
from pipelines.landing.xlsx_reader import sheets

GOOD = f"{PERSON}\n1,Bram,Mock,M,WBRI,2006-01-31,\n"
BOOK = workbook([PERSON.split(","), ["1", "Bram", "Mock", "M", "WBRI", "2006-01-31", None]])


def archive(**parts: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return into.getvalue()


def with_part(name: str, content: bytes, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    into = io.BytesIO(BOOK)
    with zipfile.ZipFile(into, "a", packing) as made:
        made.writestr(name, content)
    return into.getvalue()


def replacing(name: str, content: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as sound, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as made:
        for part in sound.namelist():
            made.writestr(part, content if part == name else sound.read(part))
    return into.getvalue()


def encrypted(content: bytes) -> bytes:
    """Set the flag of encryption in every entry of the archive."""
    marked = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(signature)
        while at >= 0:
            (flags,) = struct.unpack_from("<H", marked, at + offset)
            struct.pack_into("<H", marked, at + offset, flags | 1)
            at = marked.find(signature, at + 4)
    return bytes(marked)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7 ...", "The file is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "old Excel workbook (.xls) or a workbook with a password"),
        (b"\x1f\x8b\x08....", "a gzip archive"),
        (b"PAR1....", "a Parquet file"),
        (GOOD.encode("utf-16"), "text in UTF-16"),
        (b"<html><body><table>", "a web page or XML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><x/>", "a web page or XML"),
        (b"pers_person_id\x00,pers_dob\n", "holds zero bytes"),
        (b"pers_person_id,\x81\x8d\n", "neither UTF-8 nor Windows-1252 (byte 16)"),
        (b"nonsense", "none of its headers"),
        (archive(hello=b"world"), "no .xlsx workbook"),
        (BOOK[: len(BOOK) // 2], "damaged or was not copied whole"),
        (b"PK\x03\x04 and no more", "damaged or was not copied whole"),
        (encrypted(BOOK), "encrypted"),
        (archive(xl__workbook=b"<a/>" * 3), "no .xlsx workbook"),
        (archive(**{"xl__workbook.xml": b"<broken"}), "damaged or was not copied whole"),
    ],
)
def test_what_is_no_table_is_told_in_plain_words_and_stays(inbox: Inbox, content: bytes, told: str) -> None:
    inbox.put("case_system/kent/bad 2026-09-30.csv", content)
    inbox.put("case_system/kent/good 2026-09-30.csv", GOOD)
    bad, good = inbox.land().files
    assert (bad.outcome, good.outcome) == ("refused", "landed")
    assert told in bad.reason
    note = (inbox.home.inbox / "case_system/kent/bad 2026-09-30.csv.why.txt").read_text(encoding="utf-8")
    assert told in note
    assert "What to do: " in note
    assert inbox.left() == ["bad 2026-09-30.csv", "bad 2026-09-30.csv.why.txt"]


def test_the_note_goes_away_when_the_file_is_mended(inbox: Inbox) -> None:
    path = inbox.put("case_system/kent/p 2026-09-30.csv", b"")
    inbox.land()
    path.write_text(GOOD, encoding="utf-8")
    assert inbox.land_one().outcome == "landed"
    assert inbox.left() == []


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("loose 2026-09-30.csv", "does not lie in the folder of a sender"),
        ("case_system/loose 2026-09-30.csv", "does not lie in the folder of a sender"),
        ("case_system/kent/older/p 2026-09-30.csv", "does not lie in the folder of a sender"),
        ("casesystem/kent/p 2026-09-30.csv", "casesystem is not a family of extracts"),
        (
            "case_system/surrey/p 2026-09-30.csv",
            "surrey is not a known sender of case_system. Move the file into the folder ",
        ),
        ("homelessness/E06000035/p 2026-09-30.csv", "E06000035 is not a known sender"),
        ("lettings/kent/p 2026-09-30.csv", "one of: b_with_us, ideal_choice_homes, kent_homechoice"),
        ("case_system/kent/" + "x" * 220 + ".csv", "name is too long"),
        ("case_system/kent/p\x1b[31m 2026-09-30.csv", "characters that cannot be shown"),
    ],
)
def test_a_file_in_the_wrong_place_is_told_where_it_belongs(inbox: Inbox, place: str, told: str) -> None:
    inbox.put(place, GOOD)
    receipt = inbox.land_one()
    assert receipt.outcome == "refused"
    assert told in receipt.reason
    assert receipt.file_name.isprintable()


def test_links_and_pipes_are_never_followed(inbox: Inbox, tmp_path: Path) -> None:
    outside = tmp_path / "outside 2026-09-30.csv"
    outside.write_text(GOOD, encoding="utf-8")
    folder = inbox.home.inbox / "case_system" / "kent"
    folder.mkdir(parents=True)
    (folder / "link 2026-09-30.csv").symlink_to(outside)
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe 2026-09-30.csv")
    assert {receipt.outcome for receipt in inbox.land().files} == {"refused"}
    assert outside.read_text(encoding="utf-8") == GOOD


def test_a_link_in_the_place_of_the_note_is_not_written_through(inbox: Inbox, tmp_path: Path) -> None:
    path = inbox.put("case_system/kent/p 2026-09-30.csv", b"")
    target = tmp_path / "precious"
    target.write_text("keep", encoding="utf-8")
    path.with_name(path.name + ".why.txt").symlink_to(target)
    assert inbox.land_one().outcome == "refused"
    assert target.read_text(encoding="utf-8") == "keep"


def test_a_file_that_may_not_be_read_is_refused(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(path: Path, flags: int) -> int:
        raise PermissionError(path, flags)

    inbox.put("case_system/kent/p 2026-09-30.csv", GOOD)
    monkeypatch.setattr(os, "open", forbidden)  # root, who runs some test machines, may read everything
    assert "may not be read by this program" in inbox.land_one().reason


@pytest.mark.parametrize("name", ["p.csv.part", "p.tmp", "p.csv.crdownload", "~$p.xlsx", ".~lock.p.csv#", "P.CSV.PART"])
def test_a_file_that_is_being_written_waits(inbox: Inbox, name: str) -> None:
    inbox.put(f"case_system/kent/{name}", GOOD)
    receipt = inbox.land_one()
    assert (receipt.outcome, inbox.left()) == ("waiting", [name])


def test_a_file_waits_until_it_has_stood_still(inbox: Inbox) -> None:
    path = inbox.put("case_system/kent/p 2026-09-30.csv", GOOD)
    (receipt,) = inbox.land(settle_seconds=60).files
    assert receipt.outcome == "waiting"
    assert "when it has stood still for 60 s" in receipt.reason
    old = path.stat().st_mtime - 61
    os.utime(path, (old, old))
    (receipt,) = inbox.land(settle_seconds=60).files
    assert receipt.outcome == "landed"


def test_hidden_files_of_desktops_are_not_looked_at(inbox: Inbox) -> None:
    for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
        inbox.put(f"case_system/kent/{name}", "x")
    assert inbox.land().files == ()


def test_an_inbox_that_does_not_exist_is_an_empty_one(inbox: Inbox) -> None:
    inbox.home.inbox.rmdir()
    assert inbox.land().files == ()


def test_a_table_with_too_many_columns_is_refused(inbox: Inbox) -> None:
    extra = ",".join(f"c{number}" for number in range(500))
    inbox.put("case_system/kent/p 2026-09-30.csv", f"{PERSON},{extra}\n")
    assert "507 columns; at most 500" in inbox.land_one().reason


def test_a_file_beyond_the_limit_is_not_read(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "MAX_TEXT_BYTES", 10)
    inbox.put("case_system/kent/p 2026-09-30.csv", GOOD)
    assert "at most 0 MiB are read" in inbox.land_one().reason


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (with_part("xl/bomb.xml", b" " * 3_000_000), "unpacks to more than"),
        (with_part("xl/evil.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "XML that Excel never writes"),
        (
            with_part("xl/evil.xml", b'<sst count="9" uniqueCount="4294967296"><si/></sst>'),
            "XML that Excel never writes",
        ),
        (with_part("xl/evil.xml", "<a/>".encode("utf-16")), "XML that Excel never writes"),
        (with_part("xl/odd.xml", b"<a/>", zipfile.ZIP_LZMA), "packed in a way that Excel never uses"),
        (with_part("xl/odd.xml", b"<a/>", zipfile.ZIP_BZIP2), "packed in a way that Excel never uses"),
        (
            with_part("xl/worksheets/far.xml", b'<sheetData><c r="A1"/><c r="ZZ1"/><c r="A99999"/></sheetData>'),
            "a cell far below or far to the right",
        ),
        (
            with_part("xl/worksheets/far.xml", b'<sheetData><c r="XFD1048576"><v>1</v></c></sheetData>'),
            "a cell far below or far to the right",
        ),
    ],
)
def test_bombs_are_not_set_off(content: bytes, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "MAX_UNPACKED_BYTES", 2_000_000)
    with pytest.raises(RefusedFileError) as refused:
        open_workbook(content)
    assert told in refused.value.reason


@pytest.mark.timeout(20)
@pytest.mark.parametrize("filler", [b"c" * 400_000, b"<c " * 150_000, b'<c t="e" ' * 60_000, b'r="A' * 100_000])
def test_a_part_of_one_endless_word_is_read_in_linear_time(filler: bytes) -> None:
    """Given filler that makes a careless pattern look back over all of it, then reading still ends."""
    refused_or_read(replacing("xl/worksheets/sheet1.xml", b"<sheetData>" + filler + b"</sheetData>"))


@pytest.mark.parametrize("meta", ["data_date: " + "[" * 3000, "data_date: 2026-02-30", "- a\n- b", "data_date: *x"])
def test_an_odd_meta_file_holds_its_own_file_only(inbox: Inbox, meta: str) -> None:
    """Given one file with a note that cannot be read and one without, then the second lands all the same."""
    inbox.put("case_system/kent/odd.csv", GOOD, meta=meta)
    inbox.persons("2,Cora,Fiction,F,WBRI,2006-02-28,")

    outcomes = {receipt.file_name: receipt.outcome for receipt in inbox.land().files}

    assert outcomes == {"odd.csv": "refused", "persons 2026-09-30.csv": "landed"}


def test_a_directory_that_lies_about_sizes_does_not_help_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a part that unpacks to 3 MB while the archive's directory says 100 bytes
    monkeypatch.setattr(guards, "MAX_UNPACKED_BYTES", 2_000_000)
    lying = bytearray(with_part("xl/bomb.xml", b" " * 3_000_000))
    at = lying.rfind(b"PK\x01\x02")
    struct.pack_into("<L", lying, at + 24, 100)
    # When it is opened, then it is refused before it takes the memory
    with pytest.raises(RefusedFileError):
        open_workbook(bytes(lying))


def refused_or_read(content: bytes) -> None:
    try:
        if content and kind_of(content) == "xlsx":
            sheets(content)
    except RefusedFileError as refused:
        assert refused.what_to_do


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(BOOK) - 1), st.integers(1, 255), st.booleans())
def test_a_damaged_workbook_is_refused_or_read_and_nothing_else_happens(at: int, change: int, cut: bool) -> None:
    refused_or_read(BOOK[:at] if cut else BOOK[:at] + bytes([BOOK[at] ^ change]) + BOOK[at + 1 :])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_sound_archive_of_unsound_parts_is_refused_or_read_and_nothing_else_happens(data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(BOOK)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = data.draw(st.sampled_from([name for name in parts if name.endswith((".xml", ".rels"))]))
    at, end = sorted(data.draw(st.tuples(*[st.integers(0, len(parts[name]))] * 2)))
    odd = data.draw(st.sampled_from([b"", b"4294967296", b"-1", b"<c>", b"\xff", b'"', b't="e"', b"NaN"]))
    parts[name] = parts[name][:at] + odd + parts[name][min(end, at + 30) :]
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as made:
        for part, content in parts.items():
            made.writestr(part, content)
    refused_or_read(into.getvalue())
