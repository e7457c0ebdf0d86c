"""Planted identifiers are found in every kind of file that is published, and nothing is found where there are none."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pikepdf
import polars as pl
import pytest
from councils import Council

from pipelines.contracts import Contracts
from pipelines.release.editions import RestrictedValueError, require_no_identifier
from pipelines.release.identifiers import BIRTH, NAME, NI_NUMBER, POSTCODE, Identifiers, dates_in, identifiers_of
from pipelines.release.scan import scan

IDENTIFIERS = Identifiers(
    words=frozenset({"zephina", "testerby"}),
    names=frozenset({"zephina testerby", "testerby zephina", "may young", "young may"}),
    births=frozenset({"2006-05-04"}),
    ni_numbers=frozenset({"QQ123456C"}),
    postcodes=frozenset({"ZZ991AA"}),
)
PLANTS = {NAME: "Zephina", BIRTH: "4 May 2006", NI_NUMBER: "QQ 12 34 56 C", POSTCODE: "zz99 1aa"}


def page(folder: Path, text: str) -> Path:
    path = folder / "pack.html"
    path.write_text(f"<html><p>Twelve moved.</p><img alt='{text}'></html>", "utf-8")
    return path


def split_by_markup(folder: Path, text: str) -> Path:
    path = folder / "pack.html"
    path.write_text(f"<p>{text[:2]}<b>{text[2:]}</b></p>", "utf-8")
    return path


def embedded_picture(folder: Path, text: str) -> Path:
    path = folder / "pack.html"
    drawn = base64.b64encode(f"<svg><desc>{text}</desc></svg>".encode()).decode()
    path.write_text(f"<img src='data:image/svg+xml;base64,{drawn}'>", "utf-8")
    return path


def document(folder: Path, text: str) -> Path:
    path = folder / "pack.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w><t>Twelve moved.</t></w>")
        archive.writestr("docProps/core.xml", f"<cp><dc:description>{text}</dc:description></cp>")
    return path


def workbook(folder: Path, text: str) -> Path:
    path = folder / "figures.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["a", text])  # type: ignore[union-attr]
    book.save(path)
    return path


def workbook_formula(folder: Path, text: str) -> Path:
    """A text that only the sheet's own XML holds: no cell shows it, and it is among no shared texts."""
    path = folder / "figures.xlsx"
    book = openpyxl.Workbook()
    book.active.append([1, 2.5, f'=IF(A1=1,"","{text}")'])  # type: ignore[union-attr]
    book.save(path)
    return path


def pdf_metadata(folder: Path, text: str) -> Path:
    path = folder / "pack.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Subject"] = text
        pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return path


def pdf_page(folder: Path, text: str) -> Path:
    path = folder / "pack.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        pdf.pages[0].Contents = pdf.make_stream(f"BT /F1 12 Tf 72 600 Td ({text}) Tj ET".encode())
        pdf.save(path, compress_streams=True, recompress_flate=True)
    return path


def parquet(folder: Path, text: str) -> Path:
    path = folder / "figures.parquet"
    pl.DataFrame({"reason": ["few", text]}).write_parquet(path)
    return path


def table_of_numbers(folder: Path, text: str) -> Path:
    path = folder / "figures.csv"
    path.write_text(f"area,value\nKent,5\n{text},6\n", "utf-8")
    return path


def database(folder: Path, text: str) -> Path:
    path = folder / "analyst.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table figure as select ? as note", [text])
    return path


def database_comment(folder: Path, text: str) -> Path:
    path = folder / "analyst.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table figure (value integer)")
        connection.execute(f"comment on column figure.value is '{text}'")
    return path


def picture_bytes(folder: Path, text: str) -> Path:
    path = folder / "chart.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00 tEXtAuthor\x00 " + text.encode() + b" \x00\xff\xfe")
    return path


def test_a_short_word_in_bytes_that_are_no_text_is_chance() -> None:
    """Given a name of four letters alone, then it counts in a text, and in bytes only beside the rest of the name."""
    identifiers = Identifiers(
        frozenset({"zedd", "examplesurname"}), frozenset({"zedd example"}), frozenset(), frozenset(), frozenset()
    )
    assert identifiers.found_in("qx zedd 7f") == {NAME: 1}
    assert identifiers.found_in("qx zedd 7f", in_bytes=True) == {}
    assert identifiers.found_in("qx Zedd Example", in_bytes=True) == {NAME: 1}
    assert identifiers.found_in("qx examplesurname", in_bytes=True) == {NAME: 1}


WRITERS = [
    page,
    split_by_markup,
    embedded_picture,
    document,
    workbook,
    workbook_formula,
    pdf_metadata,
    pdf_page,
    parquet,
    table_of_numbers,
    database,
    database_comment,
    picture_bytes,
]


@pytest.mark.parametrize("write", WRITERS, ids=lambda one: one.__name__)
def test_whatever_is_planted_is_found_and_never_said(write: Callable[[Path, str], Path], tmp_path: Path) -> None:
    for number, (kind, text) in enumerate(PLANTS.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = write(folder, text)
        assert {(one.file, one.kind) for one in scan([path], IDENTIFIERS)} == {(path.name, kind)}
        with pytest.raises(RestrictedValueError) as refused:
            require_no_identifier([folder], IDENTIFIERS)
        assert text.lower() not in str(refused.value).lower()
        assert path.name in str(refused.value)


@pytest.mark.parametrize("write", WRITERS, ids=lambda one: one.__name__)
def test_where_nothing_is_planted_nothing_is_found(write: Callable[[Path, str], Path], tmp_path: Path) -> None:
    assert scan([write(tmp_path, "Forty young people, 5 May 2006, QQ 99 99 99 C, ZZ99 1AB")], IDENTIFIERS) == []


def test_a_name_of_common_words_is_found_where_its_two_words_stand_together(tmp_path: Path) -> None:
    path = tmp_path / "pack.html"
    path.write_text("<p>A young person may move in May.</p>", "utf-8")
    assert scan([path], IDENTIFIERS) == []
    path.write_text("<p>May <b>Young</b> moved.</p>", "utf-8")
    assert [one.kind for one in scan([path], IDENTIFIERS)] == [NAME]


def test_a_name_in_the_files_own_name_is_found(tmp_path: Path) -> None:
    path = tmp_path / "khog_zephina_public.csv"
    path.write_text("a\n1\n", "utf-8")
    assert [(one.where, one.kind) for one in scan([path], IDENTIFIERS)] == [("file name", NAME)]


def test_beside_a_persons_key_only_their_own_birthday_counts(tmp_path: Path) -> None:
    known = Identifiers(
        frozenset(), frozenset(), IDENTIFIERS.births, frozenset(), frozenset(), {"key1": IDENTIFIERS.births}
    )
    path = tmp_path / "events.parquet"
    for key, expected in (("key2", []), ("key1", [BIRTH])):
        pl.DataFrame({"person_key": [key], "start_date": [date(2006, 5, 4)]}).write_parquet(path)
        assert [one.kind for one in scan([path], known)] == expected


@pytest.mark.parametrize(
    "written",
    [
        "2006-05-04",
        "2006/05/04T00:00",
        "04/05/2006",
        "4.5.2006",
        "4th May 2006",
        "May 4, 2006",
        "20060504",
    ],
)
def test_a_day_is_known_however_it_is_written(written: str) -> None:
    assert "2006-05-04" in set(dates_in(f"born {written}."))


def test_identifiers_come_from_accepted_and_from_rejected_rows(
    council: Council, contracts: Contracts, consent: Callable[..., str]
) -> None:
    council.deliver(consent())
    people = council.home.inbox / "case_system" / "kent"
    (people / "ssd_person_2026-09-02.csv").write_text(
        "pers_person_id,pers_forename,pers_surname,pers_sex,pers_ethnicity,pers_dob,pers_death_date\n"
        ",Wimborne,Rejectson,F,WBRI,1999-12-31,\nK8,Okay,Person-Mockley,F,WBRI,32.13.2005,\n",
        "utf-8",
    )
    council.deliver(consent(recorded="2026-09-02"))
    found = identifiers_of(council.home, contracts)
    assert {"zephina", "testerby", "wimborne", "rejectson", "mockley"} <= found.words
    assert "person" not in found.words, "a word of the program's own texts"
    assert {"2006-05-04", "1999-12-31"} <= found.births
    assert "zephina testerby" in found.names
