"""What a public pack prints, in whichever format, tells no more than the public figures: a leak is planted in each."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from pipelines.disclosure.attacker.documents import DocumentsTellError, require_nothing_told, told_by
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


@pytest.mark.parametrize(
    ("suffix", "plant"),
    [
        (".html", in_html),
        (".docx", in_word),
        (".xlsx", in_workbook),
        (".html", in_alternative_text),
        (".html", in_a_districts_chart),
    ],
)
def test_a_number_in_place_of_a_hidden_one_is_found(
    suffix: str, plant: Callable[[Path], None], build: Path, documents: dict[str, Path]
) -> None:
    """Given a pack of which one format prints a number where the figures hide it, then that format is named."""
    before = documents[suffix].read_bytes()
    plant(documents[suffix])
    assert documents[suffix].read_bytes() != before
    assert suffix in {where for where, _ in told(build, documents)}


def test_a_leak_in_every_format_is_found_without_trusting_the_packs_own_list(
    build: Path, documents: dict[str, Path]
) -> None:
    """Given a table that prints a number everywhere, and no list of figures, then its line gives it away."""
    figures = build / "figures"
    text = documents[".html"].read_text("utf-8")
    at = text.index('<table id="table-districts')
    end = text.index("</table>", at)
    assert HIDDEN in text[at:end]
    documents[".html"].write_text(text[:at] + text[at:end].replace(HIDDEN, "3", 1) + text[end:], "utf-8")
    alone = [documents[".html"]]
    with pytest.raises(DocumentsTellError, match=r"a number stands at .*, which the public figures hide") as refusal:
        require_nothing_told(alone, figures / "public.parquet", figures / "labels.parquet")
    assert " 3" not in str(refusal.value).partition("table")[2]


def test_a_pdf_that_hides_less_than_the_other_formats_is_found(build: Path, documents: dict[str, Path]) -> None:
    """Given a PDF whose rows are not those of the other formats, then it is named."""
    text = documents[".html"].read_text("utf-8")
    hidden_once_more = re.sub(r"(<td[^>]*>)\d+(</td>)", rf"\g<1>{HIDDEN}\g<2>", text, count=1)
    assert hidden_once_more != text
    documents[".html"].write_text(hidden_once_more, "utf-8")
    alone = {suffix: documents[suffix] for suffix in (".html", ".pdf")}
    assert (".pdf", "the row hides something elsewhere, and is not printed so here") in told(build, alone)
