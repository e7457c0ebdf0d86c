"""Make `reference.docx`, the dress of the packs in Word, from pandoc's own reference document.

Run it after a change here: `python reports/theme/make_reference_docx.py`. What belongs here: fonts, sizes, colours, the
page, the table's look, and the header and footer whose words in double braces each render replaces. What does not:
any text of a pack.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pypandoc  # type: ignore[import-untyped]
from lxml import etree  # type: ignore[import-untyped]

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TARGET = Path(__file__).with_name("reference.docx")
FONT, INK, ACCENT, BAND, HAIRLINE = "IBM Plex Sans", "1D2B36", "12436D", "E8EEF3", "9AA7B1"
EPOCH = (1980, 1, 1, 0, 0, 0)

SIZES = {
    "Title": 44,
    "Subtitle": 26,
    "Heading1": 32,
    "Heading2": 24,
    "TableCaption": 19,
    "ImageCaption": 19,
    "Compact": 18,
}
"""Font sizes in half points, by style."""
BOLD = {"Title", "Heading1", "Heading2", "TableCaption", "ImageCaption"}
COLOURED = {"Title", "Heading1", "Heading2"}
KEPT_WITH_NEXT = {"Heading1", "Heading2", "TableCaption", "CaptionedFigure"}


def w(tag: str) -> str:
    """Return `tag` in WordprocessingML's namespace."""
    return f"{{{W}}}{tag}"


def element(tag: str, **attributes: str) -> etree._Element:
    """Return a WordprocessingML element with attributes of the same namespace."""
    made = etree.Element(w(tag))
    for name, value in attributes.items():
        made.set(w(name), value)
    return made


def child(parent: etree._Element, tag: str) -> etree._Element:
    """Return the child `tag` of `parent`; a missing one is made, paragraph properties before those of runs."""
    found = parent.find(w(tag))
    if found is None:
        found = element(tag)
        runs = parent.find(w("rPr"))
        if tag == "pPr" and runs is not None:
            runs.addprevious(found)
        else:
            parent.append(found)
    return found


def dress_text(properties: etree._Element, *, size: int, bold: bool, colour: str) -> None:
    """Set font, size (half points), weight and colour of a run's properties, in the order that the schema wants."""
    for tag in ("rFonts", "b", "bCs", "i", "iCs", "color", "sz", "szCs", "spacing", "kern"):
        for old in properties.findall(w(tag)):
            properties.remove(old)
    made = [element("rFonts", ascii=FONT, hAnsi=FONT, cs=FONT, eastAsia=FONT)]
    made += [element("b")] if bold else []
    made += [element("color", val=colour), element("sz", val=str(size)), element("szCs", val=str(size))]
    for place, one in enumerate(made):
        properties.insert(place, one)


def dress_styles(styles: etree._Element) -> None:
    """Change the styles that packs use."""
    defaults = styles.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}")
    language = defaults.find(w("lang"))
    dress_text(defaults, size=21, bold=False, colour=INK)
    language.set(w("val"), "en-GB")
    for style in styles.findall(w("style")):
        name = style.get(w("styleId"))
        if name in SIZES:
            colour = ACCENT if name in COLOURED else INK
            dress_text(child(style, "rPr"), size=SIZES[name], bold=name in BOLD, colour=colour)
        if name in KEPT_WITH_NEXT and style.find(f"{w('pPr')}/{w('keepNext')}") is None:
            child(style, "pPr").insert(0, element("keepNext"))
        if name in ("Title", "Subtitle", "TableCaption", "ImageCaption"):
            child(child(style, "pPr"), "jc").set(w("val"), "left")
        if name == "Table":
            dress_table(style)


def dress_table(style: etree._Element) -> None:
    """Give tables hairlines and a shaded, bold row of headings."""
    properties = child(style, "tblPr")
    borders = element("tblBorders")
    borders.append(element("bottom", val="single", sz="4", space="0", color=HAIRLINE))
    borders.append(element("insideH", val="single", sz="4", space="0", color=HAIRLINE))
    margin = properties.find(w("tblCellMar"))
    properties.insert(list(properties).index(margin), borders)
    for old in style.findall(w("tblStylePr")):
        style.remove(old)
    first = element("tblStylePr", type="firstRow")
    run = etree.SubElement(first, w("rPr"))
    run.append(element("b"))
    cell = etree.SubElement(first, w("tcPr"))
    cell_borders = etree.SubElement(cell, w("tcBorders"))
    cell_borders.append(element("bottom", val="single", sz="8", space="0", color=ACCENT))
    cell.append(element("shd", val="clear", color="auto", fill=BAND))
    style.append(first)


def running(kind: str, text: str, *, page_number: bool) -> bytes:
    """Return a header ("hdr") or footer ("ftr") part with one line, and the page number at its right."""
    root = etree.Element(w(kind), nsmap={"w": W, "r": R})
    paragraph = etree.SubElement(root, w("p"))
    properties = etree.SubElement(paragraph, w("pPr"))
    tabs = etree.SubElement(properties, w("tabs"))
    tabs.append(element("tab", val="right", pos="9866"))
    add_run(paragraph, text)
    if page_number:
        add_run(paragraph, "\tPage ")
        field = etree.SubElement(paragraph, w("fldSimple"))
        field.set(w("instr"), "PAGE")
        add_run(field, "1")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def add_run(parent: etree._Element, text: str) -> None:
    """Append a small run with `text`; a tab character becomes a tab."""
    run = etree.SubElement(parent, w("r"))
    dress_text(etree.SubElement(run, w("rPr")), size=17, bold=False, colour=INK)
    for place, part in enumerate(text.split("\t")):
        if place:
            etree.SubElement(run, w("tab"))
        piece = etree.SubElement(run, w("t"))
        piece.text = part
        piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def dress_page(document: etree._Element) -> None:
    """Set A4 with the running header and footer."""
    body = document.find(w("body"))
    section = body.find(w("sectPr"))
    for old in list(section):
        section.remove(old)
    for tag, part in (("headerReference", "rIdHeader"), ("footerReference", "rIdFooter")):
        reference = element(tag, type="default")
        reference.set(f"{{{R}}}id", part)
        section.append(reference)
    section.append(element("pgSz", w="11906", h="16838"))
    margins = {"top": "1247", "right": "1020", "bottom": "1134", "left": "1020"}
    section.append(element("pgMar", **margins, header="567", footer="510", gutter="0"))


def add_parts(parts: dict[str, bytes]) -> None:
    """Add header and footer, and say so in the relations and content types."""
    parts["word/header1.xml"] = running("hdr", "{{title}} · {{quarter}}\t{{edition}}", page_number=False)
    parts["word/footer1.xml"] = running("ftr", "{{status}} · {{as-at}}", page_number=True)
    relations = etree.fromstring(parts["word/_rels/document.xml.rels"])
    types = etree.fromstring(parts["[Content_Types].xml"])
    for kind in ("header", "footer"):
        relation = etree.SubElement(relations, f"{{{PACKAGE}/relationships}}Relationship")
        relation.attrib.update({"Id": f"rId{kind.capitalize()}", "Type": f"{R}/{kind}", "Target": f"{kind}1.xml"})
        override = etree.SubElement(types, f"{{{PACKAGE}/content-types}}Override")
        content = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
        override.attrib.update({"PartName": f"/word/{kind}1.xml", "ContentType": content})
    parts["word/_rels/document.xml.rels"] = etree.tostring(relations, xml_declaration=True, encoding="UTF-8")
    parts["[Content_Types].xml"] = etree.tostring(types, xml_declaration=True, encoding="UTF-8")


def make() -> bytes:
    """Return the reference document."""
    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    plain = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, dress in (("word/styles.xml", dress_styles), ("word/document.xml", dress_page)):
        root = etree.fromstring(parts[name])
        dress(root)
        parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    add_parts(parts)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


if __name__ == "__main__":
    sys.stdout.write(f"{TARGET.name}: {TARGET.write_bytes(make())} bytes\n")
