"""The SSDA903 return as XML: from bytes to the tables that the CSV files would hold, all text.

What belongs here: the shape of the document (standards.md section 2.2) and what makes XML safe to open. What does not:
what the cells mean, which is the same as in the CSV files.

The document is `EXPSSDA903/CHILD*/(HEADER, EPISODE*)`; what the CSV files keep in Header, UASC and OC3 stands together
in HEADER. Every table of the result begins with its header row, so a record's row number is its place among the records
of its kind, plus one. A table without any record is left out: a return made within the year has no care leavers yet,
which does not say that nobody has left care.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from io import BytesIO

from lxml import etree  # type: ignore[import-untyped]

from pipelines.landing.csv_reader import Rows
from pipelines.landing.model import MARK, RefusedFileError

ROOT = "EXPSSDA903"
MAX_RECORDS = 500_000
"""Children and episodes of one return; the largest county's has some ten thousand."""

_LONGEST_NAME = 40
_MOST_NAMES = 10

# UPN is in no contract; with it a child of whom nothing else is known is a row that can be rejected, and not none.
_HEADER = ("CHILDID", "SEX", "DOB", "ETHNIC", "UPN")
_EPISODE = ("DECOM", "RNE", "LS", "PL", "DEC", "REC", "PL_POST")
_UASC = ("CHILDID", "SEX", "DOB", "DUC")
_OC3_FACTS = ("IN_TOUCH", "ACTIV", "ACCOM")
_OC3 = ("CHILDID", "DOB", *_OC3_FACTS)
_FIELDS = frozenset({*_HEADER, *_EPISODE, *_UASC, *_OC3, "UASC"})

_ENCODING = re.compile(rb"^<\?xml[^>]{0,100}?\bencoding\s*=\s*[\"']([^\"']{1,40})[\"']")
# Encodings in which ASCII bytes mean ASCII letters, so that the search for a document type misses nothing.
_PLAIN_ENCODINGS = frozenset({b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"})
_EXPORT_AGAIN = "Export the return again from the case system, or send its CSV files."

Fields = dict[str, str]


def tables(content: bytes) -> tuple[dict[str, Rows], list[str]]:
    """Return kind of record -> its rows, the header row first (HEADER, EPISODE, UASC, OC3), and the groups not read.

    Raises:
        RefusedFileError: the XML is no SSDA903 return, is broken, or holds what such a return never does: a document
            type, entities, another encoding, a field twice in one record.
    """
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    _check_bytes(content)
    found: dict[str, Rows] = {"HEADER": [list(_HEADER)]}
    not_read: set[str] = set()
    records = 0
    for header, episodes in _children(content, not_read):
        records += 1 + len(episodes)
        if records > MAX_RECORDS:
            raise RefusedFileError(f"The return holds more than {MAX_RECORDS:,} records.", _EXPORT_AGAIN)
        _add(found, "HEADER", _HEADER, header)
        for episode in episodes:
            _add(found, "EPISODE", ("CHILDID", *_EPISODE), {**episode, "CHILDID": header.get("CHILDID", "")})
        if header.get("UASC", "") not in ("", "0") or header.get("DUC"):
            _add(found, "UASC", _UASC, header)
        if any(header.get(name) for name in _OC3_FACTS):
            _add(found, "OC3", _OC3, header)
    return found, sorted(name[:_LONGEST_NAME] for name in not_read)[:_MOST_NAMES]


def _add(found: dict[str, Rows], kind: str, names: Sequence[str], fields: Fields) -> None:
    found.setdefault(kind, [list(names)]).append([fields.get(name, "") for name in names])


def _check_bytes(content: bytes) -> None:
    """Raise RefusedFileError for XML that could mean more than it says."""
    encoding = _ENCODING.match(content)
    if encoding is not None and encoding[1].lower() not in _PLAIN_ENCODINGS:
        raise RefusedFileError("The XML is in an encoding that is not read.", "Export it again in UTF-8.")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise RefusedFileError(
            "The file is a web page or XML with a document type or entities, which a return never has.", _EXPORT_AGAIN
        )


def _children(content: bytes, not_read: set[str]) -> Iterator[tuple[Fields, list[Fields]]]:
    """Yield the header and the episodes of each child, and forget the child."""
    parser = etree.iterparse(
        BytesIO(content),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    number = 0
    root = None
    try:
        for event, element in parser:
            if root is None:
                root = _checked_root(element)
            elif event == "end" and element.getparent() is root:
                if element.tag == "CHILD":
                    number += 1
                    yield _child(element, number, not_read)
                else:
                    not_read.add(element.tag)
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise RefusedFileError(
            f"The XML is broken or was not copied whole, near line {error.lineno or 1:,}.", _EXPORT_AGAIN
        ) from error


def _checked_root(element: etree._Element) -> etree._Element:
    if element.tag != ROOT:
        raise RefusedFileError("The file is a web page or XML, and no SSDA903 return.", _EXPORT_AGAIN)
    return element


def _forget(element: etree._Element) -> None:
    """Free what was read, so that a return takes the memory of one child."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _child(child: etree._Element, number: int, not_read: set[str]) -> tuple[Fields, list[Fields]]:
    not_read.update(element.tag for element in child if element.tag not in ("HEADER", "EPISODE"))
    headers = child.findall("HEADER")
    if len(headers) != 1:
        raise RefusedFileError(f"Child {number:,} of the return has {len(headers)} headers.", _EXPORT_AGAIN)
    return _fields(headers[0], number), [_fields(episode, number) for episode in child.findall("EPISODE")]


def _fields(record: etree._Element, number: int) -> Fields:
    """Return the record's plain fields; its groups (reviews, missing episodes) are of no use here."""
    fields: Fields = {}
    for element in record:
        if len(element):
            if element.tag in _FIELDS:
                raise RefusedFileError(f"Child {number:,} holds a group where {element.tag} belongs.", _EXPORT_AGAIN)
            continue
        if element.tag in fields:
            raise RefusedFileError(f"Child {number:,} of the return holds {element.tag} twice.", _EXPORT_AGAIN)
        fields[element.tag] = (element.text or "").strip()
    return fields


def without(content: bytes, children: Collection[str]) -> bytes:
    """Return the document with every field of some children replaced by the mark of an erased row.

    Records keep their number, so that a row of any table still stands where it stood.
    """
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    _check_bytes(content)
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True)
    root = etree.fromstring(content, parser)
    for child in root.iter("CHILD"):
        if (child.findtext("HEADER/CHILDID") or "").strip() in children:
            for field in child.iter():
                # Who is no former UASC has no record of its own for that; it must not get one.
                if not len(field) and (field.text or "").strip() and (field.tag, field.text) != ("UASC", "0"):
                    field.text = MARK
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))
