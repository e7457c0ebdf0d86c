"""What a public pack prints, in whichever format, tells no more than the public figures: a leak is planted in each."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from pipelines.disclosure.attacker.documents import DocumentsTellError, grids_of, require_nothing_told, told_by
from pipelines.rendering import Rendered

HIDDEN = "[c]"


@pytest.fixture
def documents(packs: list[Rendered], tmp_path: Path) -> dict[str, Path]:
    """Return a copy of one public pack: a path for each format."""
    of_kent = [one.path for one in packs if one.path.name.startswith("khog_kent")]
    return {path.suffix: Path(shutil.copy(path, tmp_path)) for path in of_kent}


def told(build: Path, documents: dict[str, Path]) -> set[tuple[str, str]]:
    """The suffix of each file that tells something, and why."""
    figures = build / "figures"
    found = told_by(documents.values(), figures / "public.parquet", figures / "labels.parquet")
    return {(Path(one.file).suffix, one.why) for one in found}


def in_html(path: Path) -> None:
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(<td[^>]*>)\[c\]", r"\g<1>3", text, count=1), "utf-8")


def in_word(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    text = members["word/document.xml"].decode("utf-8")
    planted = re.sub(r"(<w:t[^>]*>)\[c\](</w:t>)", r"\g<1>3\g<2>", text, count=1)
    members["word/document.xml"] = planted.encode("utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def in_workbook(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    hidden = (
        cell
        for sheet in book
        if sheet.title.startswith("Table") and "Published" not in str(sheet["A1"].value)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == HIDDEN and cell.column > 1
    )
    next(hidden).value = 3
    book.save(path)


def in_alternative_text(path: Path) -> None:
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(aria-label=\"Calendar[^\"]*?) \[c\]", r"\g<1> 3", text, count=1), "utf-8")


def in_a_districts_chart(path: Path) -> None:
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(aria-label=\"Line chart[^\"]*?) from \[c\]", r"\g<1> from 3", text, count=1), "utf-8")


def test_a_sound_pack_tells_nothing(build: Path, documents: dict[str, Path]) -> None:
    assert set(documents) >= {".html", ".docx", ".xlsx", ".pdf"}
    assert told(build, documents) == set()


def test_the_tables_of_every_format_are_read_alike(documents: dict[str, Path]) -> None:
    """What is not read alike is not compared: the same captions, headings and, on the web page and in Word, cells."""
    tables = {suffix: list(grids_of(documents[suffix])) for suffix in (".html", ".docx", ".xlsx")}
    headings = {suffix: {(one.caption, one.header) for one in grids} for suffix, grids in tables.items()}
    assert headings[".html"] == headings[".docx"] == headings[".xlsx"]
    assert [one.rows for one in tables[".html"]] == [one.rows for one in tables[".docx"]]


@pytest.mark.parametrize(("suffix", "plant"), [(".html", in_html), (".docx", in_word), (".xlsx", in_workbook)])
def test_a_number_in_place_of_a_hidden_one_is_found(
    suffix: str, plant: Callable[[Path], None], build: Path, documents: dict[str, Path]
) -> None:
    """Given a table that prints a number in one format where figures and other formats hide it, then both are told."""
    plant(documents[suffix])
    found = told(build, documents)
    assert (suffix, "the public figures hide it") in found
    assert (suffix, "another format of the document hides it") in found


@pytest.mark.parametrize("plant", [in_alternative_text, in_a_districts_chart])
def test_a_number_in_what_is_said_of_a_chart_is_found(
    plant: Callable[[Path], None], build: Path, documents: dict[str, Path]
) -> None:
    before = documents[".html"].read_bytes()
    plant(documents[".html"])
    assert documents[".html"].read_bytes() != before
    assert ".html" in {where for where, _ in told(build, documents)}


def test_wherever_a_pack_prints_what_is_hidden_it_is_named(
    build: Path, documents: dict[str, Path], tmp_path: Path
) -> None:
    """Given a pack that prints in every format a count which the figures hide, then each place is told, and no number.

    No format hides it, so none gives another away: it is found by the list of figures, by the lines of tables, by what
    is said in place of a chart, and by where the chart's mark stands.
    """
    figures = build / "figures"
    hidden = (
        (pl.col("authority") == "kent")
        & (pl.col("measure_id") == "social_moves")
        & (pl.col("period_label") == "2025-26-Q1")
        & (pl.col("period_kind") == "quarter")
        & (pl.col("breakdown") == "total")
        & pl.col("area_code").str.starts_with("E10")
    )
    published = pl.read_parquet(figures / "public.parquet")
    assert published.filter(hidden)["status"].to_list() == ["value", "value"]  # people and moves
    numbers = "|".join(map(str, published.filter(hidden)["numerator"]))
    with_one_more = published.with_columns(
        pl.when(hidden).then(pl.lit("c")).otherwise("status").alias("status"),
        *(pl.when(hidden).then(None).otherwise(name).alias(name) for name in ("numerator", "value")),
    )
    with_one_more.write_parquet(tmp_path / "public.parquet")
    found = told_by(documents.values(), tmp_path / "public.parquet", figures / "labels.parquet")
    told = {(Path(one.file).suffix, one.where.partition(" “")[0], one.why) for one in found}
    by_line = "a number stands at 2025-26-Q1, which the public figures hide"
    for suffix in (".html", ".docx", ".xlsx"):
        assert (suffix, "table", "the public figures hide it") in told
        assert (suffix, "table", by_line) in told
    assert (".html", "chart", by_line) in told
    assert (".docx", "chart", by_line) in told
    assert (".html", "marks of the chart", by_line) in told
    with pytest.raises(DocumentsTellError, match=f"tell in {len(found)} places") as refusal:
        require_nothing_told(documents.values(), tmp_path / "public.parquet", figures / "labels.parquet")
    assert not re.search(rf"(?<![\d-])({numbers})(?![\d-])", str(refusal.value).partition("places")[2])


def test_a_line_gives_away_what_a_pack_leaves_out_of_its_list(build: Path, documents: dict[str, Path]) -> None:
    """Given one format alone, without a list of figures, whose districts' table prints a number for a hidden one."""
    figures = build / "figures"
    text = documents[".html"].read_text("utf-8")
    at = text.index('<table id="table-districts')
    end = text.index("</table>", at)
    documents[".html"].write_text(text[:at] + text[at:end].replace(HIDDEN, "3", 1) + text[end:], "utf-8")
    (one, *_) = told_by([documents[".html"]], figures / "public.parquet", figures / "labels.parquet")
    assert re.fullmatch(r"a number stands at .*, which the public figures hide", one.why)


def test_a_pdf_that_hides_less_than_the_other_formats_is_found(build: Path, documents: dict[str, Path]) -> None:
    """Given a PDF whose rows are not those of the other formats, then it is named."""
    text = documents[".html"].read_text("utf-8")
    hidden_once_more = re.sub(r"(<td[^>]*>)\d+(</td>)", rf"\g<1>{HIDDEN}\g<2>", text, count=1)
    assert hidden_once_more != text
    documents[".html"].write_text(hidden_once_more, "utf-8")
    alone = {suffix: documents[suffix] for suffix in (".html", ".pdf")}
    assert (".pdf", "the row hides something elsewhere, and is not printed so here") in told(build, alone)
