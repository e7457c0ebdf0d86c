"""Looking for identifiers in every byte of what is published.

What belongs here: getting at all that a file holds (text, markup, alternative texts, embedded files, metadata, tables)
and saying what was found, in counts. What does not: what is looked for (`identifiers`), what follows (`editions`).

A finding never holds the value: the message goes to logs and screens.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from pipelines.release.identifiers import Identifiers
from pipelines.warehouse.database import open_for_reading

_TAG = re.compile(r"<[^<>]*>")
_DATA_URI = re.compile(r"data:([\w.+/\-]*)((?:;[\w.+\-]+(?:=[\w.\-]+)?)*?)(;base64)?,([\w%!$&'()*+,;=:@/.~\-]*)")
# A cell of a workbook that says but a number, or that of a shared text: both are read with the rows of the sheet.
_BARE_CELL = re.compile(rb'<c r="[A-Z]{1,3}\d+"(?: s="\d+")?(?: t="s")?><v>-?[\d.]+(?:E[+-]?\d+)?</v></c>')
_SHEETS = "xl/worksheets/"
# In bytes that are no text short words stand by chance; what is looked for there is long enough not to.
_TEXT_IN_BYTES = re.compile(rb"[ -~\xa0-\xff]{6,}")
_PLAIN = b" " + bytes(range(48, 58)) + bytes(range(65, 91)) + bytes(range(97, 123))
_DEEPEST = 20
IN_BYTES = "bytes"

_KEY = "person_key"
_LARGE = 5_000_000

Part = tuple[str, str]
"""Where in a file, and the text there."""
Births = Mapping[str, frozenset[str]]
"""The dates of birth of each person key."""


@dataclass(frozen=True)
class Finding:
    """Identifiers found in one part of one file.

    Attributes:
        file: The file's name.
        where: The page, table or member of it.
        kind: Name, date of birth, NI number or postcode.
        values: How many different ones.
    """

    file: str
    where: str
    kind: str
    values: int

    def __str__(self) -> str:
        """Say it, without the value."""
        place = f", {self.where}" if self.where else ""
        return f"{self.file}{place}: {self.values} × {self.kind}"


def scan(files: Iterable[Path], identifiers: Identifiers) -> list[Finding]:
    """Return what is found in the files, by file, part and kind; a folder stands for all files below it."""
    found = []
    for path in files:
        each = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        for file in each:
            found += _findings(file, identifiers)
    return found


def _findings(file: Path, identifiers: Identifiers) -> list[Finding]:
    counted: dict[tuple[str, str], int] = {}
    for where, text in parts_of(file, identifiers.births_of):
        for kind, number in identifiers.found_in(text, in_bytes=where.endswith(IN_BYTES)).items():
            counted[where, kind] = max(number, counted.get((where, kind), 0))
    name = identifiers.found_in(_words_of_name(file.name))
    counted |= {("file name", kind): number for kind, number in name.items()}
    return [Finding(file.name, where, kind, number) for (where, kind), number in counted.items()]


def _words_of_name(name: str) -> str:
    return re.sub(r"[_.]", " ", name)


def parts_of(file: Path, births_of: Births) -> Iterator[Part]:
    """Yield all that a file holds as text, part by part; some of it twice, as it is written and as it is read.

    Of days beside a person's key only those are yielded that are that person's date of birth, where `births_of` is
    known.
    """
    reader = _READERS.get(file.suffix.lower())
    if file.suffix.lower() in _TABLES:
        yield from _TABLES[file.suffix.lower()](file, births_of)
    elif reader is not None:
        yield from reader(file.read_bytes())
    else:
        yield from _unknown(file.read_bytes())


def _markup(content: bytes) -> Iterator[Part]:
    text = content.decode("utf-8", errors="replace")
    yield "", text
    if "<" in text:
        # As read: a name may be broken by tags in the middle of it, or its parts may stand in two cells.
        unescaped = html.unescape(text)
        yield "", html.unescape(_TAG.sub("", text))
        yield "", _TAG.sub(" ", unescaped)
    for number, match in enumerate(_DATA_URI.finditer(text), start=1):
        kind, _, encoded, body = match.groups()
        inside = unquote_to_bytes(body)
        if encoded:
            try:
                inside = base64.b64decode(inside, validate=False)
            except binascii.Error:
                continue
        reader = _markup if "svg" in kind or "text" in kind or "json" in kind else _unknown
        yield from ((f"embedded {number} {kind}".rstrip(), part) for _, part in reader(inside))


def _office(content: bytes) -> Iterator[Part]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.namelist():
            inside = archive.read(member)
            if member.startswith(_SHEETS):
                inside = _BARE_CELL.sub(b"", inside)
            suffix = Path(member).suffix.lower()
            reader = _READERS.get(suffix, _markup if suffix in {".rels", ".vml"} else _unknown)
            yield from ((f"{member} {where}".rstrip(), text) for where, text in reader(inside))


def _workbook(content: bytes) -> Iterator[Part]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - loaded where there is a workbook

    yield from _office(content)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for sheet in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(sheet).to_python()
        yield sheet, "\n".join(" | ".join(map(str, row)) for row in rows)


def _pdf(content: bytes) -> Iterator[Part]:
    import pikepdf  # noqa: PLC0415 - loaded where there is a PDF
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415

    document = pypdfium2.PdfDocument(content)
    try:
        for number in range(len(document)):
            yield f"page {number + 1}", document[number].get_textpage().get_text_range()
    finally:
        document.close()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        texts: list[str] = []
        for each in pdf.objects:
            texts += _strings(each, pikepdf)
            if isinstance(each, pikepdf.Stream) and "/Subtype" in each and str(each["/Subtype"]) in {"/XML", "/Image"}:
                reader = _markup if str(each["/Subtype"]) == "/XML" else _unknown
                raw = each.read_raw_bytes() if "/Filter" in each else each.read_bytes()
                yield from (("metadata", text) for _, text in reader(raw))
        texts += _strings(pdf.trailer, pikepdf)
        yield "texts beside the pages", "\n".join(texts)


def _strings(value: object, pikepdf: object, depth: int = 0) -> list[str]:
    """Return the strings of a PDF object: alternative texts, titles, links, the document's information."""
    kinds = vars(pikepdf)
    if depth > _DEEPEST:
        return []
    if isinstance(value, kinds["String"]):
        return [str(value)]
    if isinstance(value, kinds["Array"]):
        return [text for one in value for text in _direct(one, pikepdf, depth)]
    if isinstance(value, kinds["Dictionary"] | kinds["Stream"]):
        return [text for _, one in value.items() for text in _direct(one, pikepdf, depth)]
    return []


def _direct(value: object, pikepdf: object, depth: int) -> list[str]:
    """Leave out what is an object of its own: it is looked at by itself."""
    return [] if getattr(value, "is_indirect", False) else _strings(value, pikepdf, depth + 1)


def _unknown(content: bytes) -> Iterator[Part]:
    """Yield the runs of letters in bytes that are no text, or the text if they are."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = "\n".join(run.decode("latin-1") for run in _TEXT_IN_BYTES.findall(content) if _looks_like_text(run))
        yield IN_BYTES, text
    else:
        yield "", text


def _looks_like_text(run: bytes) -> bool:
    """Whether most of a run is letters, digits and spaces; compressed bytes make runs too."""
    return len(run) >= 8 and len(run.translate(None, _PLAIN)) * 5 <= len(run)


def _parquet(file: Path, births_of: Births) -> Iterator[Part]:
    import polars as pl  # noqa: PLC0415 - loaded where there is a table
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415

    schema = pq.read_schema(file)
    yield "metadata", " ".join([*schema.names, *(f"{k!r} {v!r}" for k, v in (schema.metadata or {}).items())])
    frame = pl.read_parquet(file, columns=[name for name in schema.names if not _number(str(schema.field(name).type))])
    for column, kind in frame.schema.items():
        values = frame[column].unique().to_list()
        if births_of and _KEY in frame.columns and kind.is_temporal():
            values = _own(frame.select(_KEY, pl.col(column).cast(pl.String)).iter_rows(), births_of)
        yield f"column {column}", _distinct(values)
    yield from _unknown(file.read_bytes())


def _duckdb(file: Path, births_of: Births) -> Iterator[Part]:
    with open_for_reading(file) as database:
        columns = database.execute(
            "select schema_name, table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns() "
            "where not internal order by all"
        ).fetchall()
        comments = database.execute("select coalesce(comment, '') || coalesce(sql, '') from duckdb_tables()").fetchall()
        yield "comments", "\n".join([*(row[4] for row in columns), *(row[0] for row in comments)])
        keyed = {(schema, table) for schema, table, column, _, _ in columns if column == _KEY}
        # What a view computes is computed once, not once for each of its columns.
        views = database.execute("select schema_name, view_name from duckdb_views() where not internal").fetchall()
        for number, (schema, view) in enumerate(views):
            database.execute(f'create temp table "seen_{number}" as from "{schema}"."{view}"')
        relations = {each: f'temp.main."seen_{number}"' for number, each in enumerate(views)}
        for schema, table, column, kind, _ in columns:
            if _number(kind):
                continue
            relation = relations.get((schema, table), f'"{schema}"."{table}"')
            if births_of and (schema, table) in keyed and kind.startswith(("DATE", "TIMESTAMP")):
                pairs = database.execute(
                    f'select distinct {_KEY}, cast("{column}" as varchar) from {relation}'
                ).fetchall()
                yield f"{schema}.{table}.{column}", _distinct(_own(pairs, births_of))
                continue
            values = database.execute(f'select distinct cast("{column}" as varchar) from {relation}').fetchall()
            yield f"{schema}.{table}.{column}", _distinct(value for (value,) in values)
    yield from _unknown(file.read_bytes())


def _number(kind: str) -> bool:
    """Whether a column's type holds no text and no day."""
    return kind.lower() in {"double", "float", "boolean", "bool", "ubigint", "bigint", "integer", "int32", "int64"}


def _own(pairs: Iterable[tuple[object, ...]], births_of: Births) -> list[str]:
    """Return the days that are the date of birth of the key beside them."""
    return sorted({str(day)[:10] for key, day in pairs if str(day)[:10] in births_of.get(str(key), frozenset())})


def _csv(file: Path, _: Births) -> Iterator[Part]:
    import polars as pl  # noqa: PLC0415 - loaded where there is a table

    if file.stat().st_size < _LARGE:
        yield "", "\n".join(dict.fromkeys(file.read_text(encoding="utf-8", errors="replace").splitlines()))
        return
    frame = pl.read_csv(file, infer_schema=False)
    yield "headers", " | ".join(frame.columns)
    for column in frame.columns:
        yield f"column {column}", _distinct(frame[column].unique().to_list())


def _distinct(values: Iterable[object]) -> str:
    return "\n".join(str(value) for value in values if value is not None)


_READERS: Mapping[str, Callable[[bytes], Iterator[Part]]] = {
    ".html": _markup,
    ".svg": _markup,
    ".xml": _markup,
    ".json": _markup,
    ".docx": _office,
    ".xlsx": _workbook,
    ".pdf": _pdf,
}
_TABLES: Mapping[str, Callable[[Path, Births], Iterator[Part]]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".duckdb": _duckdb,
}


def summary(findings: Iterable[Finding]) -> str:
    """Return the findings, one a line, the files with most first."""
    listed = list(findings)
    per_file = Counter(one.file for one in listed)
    ordered = sorted(listed, key=lambda one: (-per_file[one.file], one.file, one.where, one.kind))
    return "\n".join(f"  {one}" for one in ordered[:20]) + (
        f"\n  and {len(ordered) - 20} more" if len(ordered) > 20 else ""
    )
