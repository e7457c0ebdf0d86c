"""Both packs in three formats from one run: the same figures everywhere, nothing hidden shown, readable by everyone."""

from __future__ import annotations

import itertools
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pikepdf
import polars as pl
import pypdfium2
import pytest
from lxml import etree, html

from pipelines.rendering import ALL, Rendered, RenderingError, render
from pipelines.rendering.story.figures import MARKERS, FiguresNotFoundError

TOKEN = re.compile(r"\[(?:c|x|z|low)\]|(?<![\w-])\d(?:[\d,]*\d)?(?:\.\d+)?%?(?![\w-])")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
KINDS_OF_CHART = ("Line chart of ", "Bar chart of ", "Calendar of ")
each_pack = pytest.mark.parametrize("pack", ALL)


def made(packs: list[Rendered], pack: str, form: str) -> Path:
    return next(one.path for one in packs if (one.pack, one.format) == (pack, form))


def figures_of(packs: list[Rendered], pack: str) -> list[dict[str, Any]]:
    listing = next(one.figures for one in packs if one.pack == pack)
    figures: list[dict[str, Any]] = json.loads(listing.read_text(encoding="utf-8"))["figures"]
    return figures


def page(packs: list[Rendered], pack: str) -> Any:
    return html.parse(str(made(packs, pack, "html"))).getroot()


def html_text(root: Any) -> str:
    main = root.get_element_by_id("main")
    for drawn in main.xpath(".//*[local-name()='svg']"):
        drawn.drop_tree()
    return " ".join(" ".join(main.itertext()).split())


def docx_text(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    return " ".join("".join(part.itertext()) for part in body.iter(f"{W}p"))


def pdf_text(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return " ".join(document[place].get_textpage().get_text_bounded() for place in range(len(document)))


def shown_in_order(wanted: list[str], text: str) -> None:
    """Fail at the first figure that does not follow the one before it somewhere in the text."""
    tokens = TOKEN.findall(text)
    at = 0
    for place, figure in enumerate(wanted, start=1):
        assert figure in tokens[at:], (
            f"figure {place}, {figure}, is missing after {tokens[at - 8 : at]}; next {tokens[at : at + 8]}"
        )
        at = tokens.index(figure, at) + 1


def html_tables(root: Any) -> list[list[list[str]]]:
    return [
        [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in table.xpath(".//tr")]
        for table in root.xpath("//table")
    ]


def docx_tables(path: Path) -> list[list[list[str]]]:
    return [
        [[" ".join(cell.text.split()) for cell in row.cells] for row in table.rows]
        for table in docx.Document(str(path)).tables
    ]


def test_documents_and_spreadsheet_are_named_by_pack_authority_quarter_and_edition(packs: list[Rendered]) -> None:
    assert [one.path.name for one in packs] == [
        f"{stem}_2026-27-Q2_public.{form}"
        for stem in ("khog_kent", "corporate_parenting_board_kent", "corporate_parenting_board_lancashire")
        for form in ("html", "pdf", "docx", "xlsx")
    ]
    assert all(one.path.is_file() and one.figures.is_file() for one in packs)


@each_pack
def test_every_figure_listed_is_in_every_format_in_the_same_order(packs: list[Rendered], pack: str) -> None:
    wanted = [one["text"] for one in figures_of(packs, pack)]
    assert len(wanted) > 400
    shown_in_order(wanted, html_text(page(packs, pack)))
    shown_in_order(wanted, docx_text(made(packs, pack, "docx")))
    shown_in_order(wanted, pdf_text(made(packs, pack, "pdf")))


@each_pack
def test_tables_are_cell_for_cell_the_same_in_html_and_word(packs: list[Rendered], pack: str) -> None:
    in_html = html_tables(page(packs, pack))
    assert len(in_html) > 15
    assert docx_tables(made(packs, pack, "docx")) == in_html


@each_pack
def test_the_spreadsheet_has_every_table_with_numbers_as_numbers_and_a_status_for_what_is_hidden(
    packs: list[Rendered], pack: str
) -> None:
    """Given the tables of the web page, sheet for sheet the cells are the same: numbers, shares as parts of one, words.

    Each sheet holds one table, marked as such, whose last column says which of the row's figures are hidden and how.
    """
    book = openpyxl.load_workbook(made(packs, pack, "xlsx"))
    tables = html_tables(page(packs, pack))
    numbered = [f"Table {place}" for place in range(1, len(tables) + 1)]
    assert book.sheetnames == ["Cover", "Contents", "Notes", *numbered, "Figures"]
    statuses = set()
    for name, (headings, *rows) in zip(numbered, tables, strict=True):
        sheet = book[name]
        assert len(sheet.tables) == 1
        assert [cell.value for cell in sheet[4]] == [*headings, "Status"]
        for cells, texts in zip(sheet.iter_rows(min_row=5), rows, strict=True):
            assert [as_shown(cell) for cell in cells[:-1]] == texts
            hidden = {text for text in texts if text in MARKERS.values()}
            told = set(re.findall(r": (c|x|z|low)(?:;|$)", cells[-1].value))
            assert {MARKERS[status] for status in told} == hidden
            assert bool(told) == (cells[-1].value != "value")
            statuses |= told
    assert {"c", "z"} <= statuses


def as_shown(cell: Any) -> str:
    """Return a cell's value as Excel shows it, for the two kinds of number that packs have; words as pandoc does."""
    if not isinstance(cell.value, int | float):
        return str(cell.value).replace("'", "’")
    digits = len(cell.number_format.rstrip("%").partition(".")[2])
    return f"{100 * cell.value:.{digits}f}%" if "%" in cell.number_format else f"{cell.value:,.{digits}f}"


@each_pack
def test_the_spreadsheet_lists_every_figure_of_its_tables_with_id_and_status(packs: list[Rendered], pack: str) -> None:
    """Given the list of figures of the pack, those of the sheet are of it, in order, each with its symbol's status."""
    rows = openpyxl.load_workbook(made(packs, pack, "xlsx"))["Figures"].iter_rows(min_row=5, values_only=True)
    found = [(row[5], row[4]) for row in rows]
    listed = [(one["id"], one["text"]) for one in figures_of(packs, pack)]
    known = {text: status for status, text in MARKERS.items()}
    wanted = iter((name, known.get(text, "value")) for name, text in listed)
    assert len(found) > 350
    assert all(one in wanted for one in found)


@each_pack
def test_every_row_of_every_table_is_in_the_pdf(packs: list[Rendered], pack: str) -> None:
    text = "".join(pdf_text(made(packs, pack, "pdf")).split())
    for table in html_tables(page(packs, pack)):
        for row in table[1:]:
            assert "".join("".join(row).split()) in text, row


@each_pack
def test_a_suppressed_figure_is_shown_as_its_marker_everywhere(build: Path, packs: list[Rendered], pack: str) -> None:
    """Given the true values of the internal edition, every figure shown is the public edition's, marker for marker."""
    public = {figure_id(row): row for row in pl.read_parquet(build / "figures/public.parquet").iter_rows(named=True)}
    counted = [one for one in figures_of(packs, pack) if one["id"] in public]
    hidden = [one for one in counted if public[one["id"]]["status"] == "c"]
    assert len(counted) > 400
    assert hidden
    for one in counted:
        row = public[one["id"]]
        assert one["text"] == (f"{row['value']:,.0f}" if row["status"] == "value" else MARKERS[row["status"]])


def figure_id(row: dict[str, Any]) -> str:
    names = (
        "authority",
        "measure_id",
        "area_code",
        "period_kind",
        "period_label",
        "breakdown",
        "breakdown_value",
        "statistic",
    )
    return "/".join(row[name] for name in names)


@each_pack
def test_every_page_says_draft_and_edition_and_as_at(packs: list[Rendered], pack: str) -> None:
    with pypdfium2.PdfDocument(made(packs, pack, "pdf")) as document:
        for place in range(len(document)):
            text = document[place].get_textpage().get_text_bounded()
            assert "DRAFT – not signed off" in text
            assert "Public edition: small numbers are not shown" in text
            assert "Data as at 30 June 2026" in text
    with zipfile.ZipFile(made(packs, pack, "docx")) as archive:
        running = [archive.read(name).decode() for name in archive.namelist() if re.match(r"word/(head|foot)er", name)]
        document_xml = archive.read("word/document.xml").decode()
    assert "Public edition: small numbers are not shown" in "".join(running)
    assert "DRAFT – not signed off" in "".join(running)
    assert "{{" not in "".join(running)
    assert "headerReference" in document_xml
    assert "footerReference" in document_xml


@each_pack
def test_the_colophon_names_the_renderer(packs: list[Rendered], pack: str) -> None:
    renderer = next(one.renderer for one in packs)
    assert renderer.startswith("the embedded renderer (pandoc ")
    assert renderer in html_text(page(packs, pack))


@each_pack
def test_the_web_page_fetches_nothing(packs: list[Rendered], pack: str) -> None:
    root = page(packs, pack)
    fetched = [
        value
        for element in root.iter()
        if isinstance(element.tag, str) and element.tag != "a"
        for name, value in element.attrib.items()
        if name.split("}")[-1] in ("src", "href", "srcset", "data", "action", "poster")
    ]
    assert all(value.startswith(("data:", "#")) for value in fetched)
    assert not root.xpath("//script")
    source = made(packs, pack, "html").read_text(encoding="utf-8")
    assert not re.search(r"url\(\s*['\"]?(?!data:|#)", source)
    assert "@import" not in source
    assert "font/woff2" in source


@each_pack
def test_the_web_page_can_be_read_without_eyes_or_mouse(packs: list[Rendered], pack: str) -> None:
    root = page(packs, pack)
    assert root.get("lang") == "en-GB"
    assert len(root.xpath("//h1")) == 1
    for landmark in ("//header", "//nav[@aria-labelledby]", "//main[@id='main']", "//footer"):
        assert len(root.xpath(landmark)) == 1, landmark
    assert root.xpath("//body/*[1][self::a][@href='#main']")
    levels = [int(heading.tag[1]) for heading in root.xpath("//h1|//h2|//h3|//h4")]
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
    ids = [element.get("id") for element in root.xpath("//*[@id]")]
    assert len(ids) == len(set(ids))
    for table in root.xpath("//table"):
        assert table.xpath("caption")[0].text_content().strip()
        assert all(cell.get("scope") == "col" and cell.text_content().strip() for cell in table.xpath("thead//th"))
        for row in table.xpath("tbody/tr"):
            assert row[0].tag == "th"
            assert row[0].get("scope") == "row"
        frame = table.getparent()
        assert frame.get("tabindex") == "0"
        assert frame.get("role") == "group"
        assert frame.get("aria-label")


@each_pack
def test_every_chart_has_a_text_with_numbers_and_a_table_after_it(packs: list[Rendered], pack: str) -> None:
    root = page(packs, pack)
    charts = root.xpath("//*[local-name()='svg']")
    assert len(charts) >= 6
    for chart in charts:
        said = chart.get("aria-label")
        assert said.startswith(KINDS_OF_CHART)
        assert len(TOKEN.findall(said)) >= 3
        assert chart.get("role") == "img"
        assert chart.xpath("following::table")
        for label in chart.xpath(".//*[local-name()='text']"):
            assert "IBM Plex Sans" in label.get("font-family")


@each_pack
def test_the_pdf_is_tagged_and_says_what_it_is(packs: list[Rendered], pack: str) -> None:
    with pikepdf.open(made(packs, pack, "pdf")) as document:
        root = document.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "en-GB"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as metadata:
            assert "care leavers" in metadata["dc:title"]
            assert metadata["pdfuaid:part"] == "1"
        with document.open_outline() as outline:
            bookmarks = [item.title for item in outline.root]
        assert bookmarks[0] == "Headlines"
        assert {"Definitions", "About this pack"} <= set(bookmarks)
        assert any("istrict" in bookmark for bookmark in bookmarks)
        structure = list(walk(root.StructTreeRoot))
        kinds = [str(element.get("/S", "")) for element in structure]
        headings = [kind for kind in kinds if re.fullmatch(r"/H[1-6]", kind)]
        pictures = [element for element in structure if str(element.get("/S", "")) == "/Figure" and "/Alt" in element]
        fonts = {str(name) for sheet in document.pages for name in fonts_of(sheet)}
    assert headings[0] == "/H1"
    assert kinds.count("/Table") > 15
    assert kinds.count("/TH") > 60
    assert len(pictures) >= 6
    assert fonts
    assert all("IBMPlexSans" in font for font in fonts)


@each_pack
def test_headings_stand_in_the_same_order_in_every_document(packs: list[Rendered], pack: str) -> None:
    """Given the web page's headings, Word's styles and the PDF's bookmarks name the same, level by level, in order."""
    wanted = [
        (int(one.tag[1]) - 1, " ".join(one.text_content().split())) for one in page(packs, pack).xpath("//h2|//h3")
    ]
    paragraphs = docx.Document(str(made(packs, pack, "docx"))).paragraphs
    styled = [(one.style.name, " ".join(one.text.split())) for one in paragraphs if one.style]
    in_word = [(int(name.split()[1]), text) for name, text in styled if re.fullmatch(r"Heading [1-4]", name)]
    with pikepdf.open(made(packs, pack, "pdf")) as document, document.open_outline() as outline:
        bookmarks = [(level, title) for item in outline.root for level, title in bookmarks_of(item, 1)]
    assert in_word == wanted
    assert bookmarks == wanted


def bookmarks_of(item: pikepdf.OutlineItem, level: int) -> Iterator[tuple[int, str]]:
    yield level, " ".join(item.title.split())
    for child in item.children:
        yield from bookmarks_of(child, level + 1)


@each_pack
def test_tables_of_the_pdf_are_rows_of_cells_whose_headings_say_what_they_head(
    packs: list[Rendered], pack: str
) -> None:
    """Given the tag tree, each table has the rows and cells of the web page, row by row; headings have a scope."""
    with pikepdf.open(made(packs, pack, "pdf")) as document:
        structure = list(walk(document.Root.StructTreeRoot))
        tables = [one for one in structure if one.get("/S") == "/Table"]
        shapes = [
            [
                sum(cell.get("/S") in ("/TH", "/TD") for cell in walk(row))
                for row in walk(table)
                if row.get("/S") == "/TR"
            ]
            for table in tables
        ]
        heads = [one for one in structure if one.get("/S") == "/TH"]
        scopes = {str(kind) for one in heads for kind in scopes_of(one)}
        assert all(list(scopes_of(one)) for one in heads)
    assert shapes == [[len(row) for row in table] for table in html_tables(page(packs, pack))]
    assert "/Column" in scopes


def scopes_of(element: Any) -> Iterator[Any]:
    """Yield what a heading of a table says it heads."""
    attributes = element.get("/A", [])
    for one in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
        if isinstance(one, pikepdf.Dictionary) and "/Scope" in one:
            yield one.Scope


def fonts_of(sheet: Any) -> Iterator[Any]:
    for font in sheet.get("/Resources", {}).get("/Font", {}).values():
        yield font.BaseFont


def walk(element: Any) -> Iterator[Any]:
    if not isinstance(element, pikepdf.Dictionary):
        return
    yield element
    kids = element.get("/K")
    if isinstance(kids, pikepdf.Array):
        for kid in kids:
            yield from walk(kid)
    elif isinstance(kids, pikepdf.Dictionary):
        yield from walk(kids)


@each_pack
def test_word_has_headings_repeated_table_headers_alternative_texts_and_language(
    packs: list[Rendered], pack: str
) -> None:
    document = docx.Document(str(made(packs, pack, "docx")))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles.count("Heading 1") >= 8
    assert styles.count("Heading 2") >= 5
    for table in document.tables:
        assert table.rows[0]._tr.find(f"{W}trPr/{W}tblHeader") is not None
        assert table._tbl.tblPr.find(f"{W}tblCaption") is not None
        assert table._tbl.tblPr.find(f"{W}tblLook").get(f"{W}firstColumn") == "1"
    pictures = document.element.body.xpath(".//*[local-name()='docPr']")
    described = [picture.get("descr", "") for picture in pictures]
    assert len(described) >= 6
    assert all(text.startswith(KINDS_OF_CHART) for text in described)
    with zipfile.ZipFile(made(packs, pack, "docx")) as archive:
        styles_xml = archive.read("word/styles.xml").decode()
    assert re.search(r'<w:lang [^>]*w:val="en-GB"', styles_xml)
    assert 'w:ascii="IBM Plex Sans"' in styles_xml


def test_the_internal_edition_says_so_and_hides_nothing(build: Path, tmp_path: Path) -> None:
    [rendered] = render(build, tmp_path, packs=["khog"], formats=["html"], renderer="embedded", edition="internal")
    assert rendered.path.name == "khog_kent_2026-27-Q2_internal.html"
    source = rendered.path.read_text(encoding="utf-8")
    assert "Internal edition: not for publication" in source
    texts = [one["text"] for one in json.loads(rendered.figures.read_text(encoding="utf-8"))["figures"]]
    assert "[c]" not in texts


def test_a_build_without_figures_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FiguresNotFoundError, match=r"build\.json is missing\. Make the figures first"):
        render(tmp_path / "build", tmp_path / "out", renderer="embedded")
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"packs": ["kent"]}, "There is no pack “kent”. Choose from: khog, corporate_parenting_board"),
        ({"formats": ["odt"]}, "There is no format “odt”"),
        ({"renderer": "word"}, "There is no renderer “word”"),
        ({"edition": "secret"}, "There is no edition “secret”"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    build: Path, tmp_path: Path, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(RenderingError, match=re.escape(said)):
        render(build, tmp_path, **asked)
