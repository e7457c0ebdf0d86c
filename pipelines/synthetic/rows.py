"""Rows: what a source holds, from when until when, what landing must make of it, and what the file says.

What belongs here: rows of any table, cell defects, and their frame. What does not: which rows there are (the modules
of the sources), files (files.py).

The truth is stated from `values`, never read back from text. A frame holds, for each row, the typed canonical
columns, and for each header of the layout the text as `text:<canonical column>`; a null text is an empty cell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from pipelines.synthetic.chance import share
from pipelines.synthetic.defects import UNKNOWN_SPELLING, UNKNOWN_SPELLINGS, UNREADABLE_DATE, UNREADABLE_DATES
from pipelines.synthetic.layouts import Layout
from pipelines.synthetic.tables import Field, Table

Value = str | int | float | bool | date | datetime | None
TEXT = "text:"
EXTRA = "extra:"
FOREVER = date(9999, 12, 31)
DTYPES: dict[str, pl.DataType] = {
    "date": pl.Date(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "timestamp": pl.Datetime("us"),
    "boolean": pl.Boolean(),
}
FORMATS = {"iso": "%Y-%m-%d", "iso_time": "%Y-%m-%d 00:00:00.000", "dmy": "%d/%m/%Y"}


@dataclass(slots=True)
class Row:
    """One version of one record.

    Attributes:
        person: true person, None when no county knows them.
        values: canonical column -> what landing must make of the cell; columns left out are empty.
        seen_from, seen_until: the version stands in files with seen_from <= data date < seen_until.
        written: canonical column -> text of the cell where it is not simply the value; the headers of further columns
            whose cells differ from row to row -> their text.
        cell: name of the record for its cells' defects; the same name errs in the same way.
    """

    person: str | None
    values: dict[str, Value]
    seen_from: date
    seen_until: date = FOREVER
    written: dict[str, str] = field(default_factory=dict)
    cell: str = ""


def dtype(column: Field) -> pl.DataType:
    """Return the type of a canonical column in the truth."""
    return DTYPES.get(column.kind, pl.String())


def _odd_cell(column: Field, value: Value, cell: str) -> str | None:
    """Return the unreadable text of a cell that errs, None for one that does not."""
    if column.kind == "code" and (not column.bold or column.name == "support_need"):
        name = f"{cell}|{column.name}|{value}"
        if share("unknown", name) < UNKNOWN_SPELLING:
            return UNKNOWN_SPELLINGS[int(share("which", name) * len(UNKNOWN_SPELLINGS))]
    elif column.kind == "date" and not column.bold and share("unreadable", cell, column.name) < UNREADABLE_DATE:
        return list(UNREADABLE_DATES)[int(share("which", cell, column.name) * len(UNREADABLE_DATES))]
    return None


def _column(
    column: Field, rows: list[Row], layout: Layout, refused: list[list[str]]
) -> tuple[list[Value], list[str | None]]:
    """Return the typed values and the texts that are not the plain form of the value."""
    name = column.name
    unsent = name not in layout.headers  # said by another column's cell, so its text cannot err by itself
    if unsent or (column.kind != "code" and (column.kind != "date" or column.bold)):
        return [row.values.get(name) for row in rows], [row.written.get(name) for row in rows]
    values: list[Value] = []
    texts: list[str | None] = []
    fixed = {code: one[0] for code, one in layout.spellings.get(column.code_list or "", {}).items() if len(one) == 1}
    for index, row in enumerate(rows):
        value = row.values.get(name)
        text = row.written.get(name)
        if value is not None and text is None:
            text = _odd_cell(column, value, row.cell)
            if text is not None:
                refused[index].append(name)
                value = None
            elif column.kind == "code":
                code = str(value)
                text = fixed.get(code) or layout.spell(str(column.code_list), code, f"{row.cell}|{name}")
        values.append(value)
        texts.append(text)
    return values, texts


def _plain(column: Field, layout: Layout) -> pl.Expr:
    """Return the text of a value that was written as it is."""
    name = pl.col(column.name)
    if column.kind == "date":
        return name.dt.strftime(FORMATS.get(layout.dates, "%d/%m/%Y"))
    if column.kind == "boolean":
        words = layout.spellings["boolean"]
        return pl.when(name).then(pl.lit(words["yes"][0])).when(~name).then(pl.lit(words["no"][0]))
    if column.kind == "postcode":
        spaced = name.str.head(-3) + " " + name.str.tail(3)
        odd = pl.int_range(pl.len()) % 31
        return pl.when(odd < 4).then(name).when(odd == 4).then(spaced.str.to_lowercase()).otherwise(spaced)
    return name.cast(pl.String)


def to_frame(rows: list[Row], layout: Layout, seed: int) -> pl.DataFrame:
    """Return the rows as a frame: typed columns, text columns, `person, seen_from, seen_until, refused_columns`.

    Args:
        rows: all versions of all records of one table from one sender, in the order of the files.
        layout: the sender's layout of the table.
        seed: decides which cells err.
    """
    for row in rows:
        row.cell = f"{seed}|{row.cell}"
    refused: list[list[str]] = [[] for _ in rows]
    columns: dict[str, pl.Series] = {}
    for one in layout.table.fields:
        sent = one.name in layout.headers or one.derived
        values, texts = _column(one, rows, layout, refused) if sent else ([None] * len(rows), [None] * len(rows))
        columns[one.name] = pl.Series(one.name, values, dtype=dtype(one))
        if one.name in layout.headers:
            columns[TEXT + one.name] = pl.Series(TEXT + one.name, texts, dtype=pl.String)
    frame = pl.DataFrame(columns).with_columns(
        person=pl.Series([row.person for row in rows], dtype=pl.String),
        seen_from=pl.Series([row.seen_from for row in rows], dtype=pl.Date),
        seen_until=pl.Series([row.seen_until for row in rows], dtype=pl.Date),
        refused_columns=pl.Series([",".join(names) for names in refused], dtype=pl.String),
    )
    for header in (header for header, text in layout.unused.items() if text is None):
        texts = [row.written.get(header) for row in rows]
        frame = frame.with_columns(pl.Series(EXTRA + header, texts, dtype=pl.String))
    sent_fields = [one for one in layout.table.fields if one.name in layout.headers]
    plain = [pl.coalesce(TEXT + one.name, _plain(one, layout)).alias(TEXT + one.name) for one in sent_fields]
    return frame.with_columns(plain)


def plain_frame(rows: list[Row], table: Table) -> pl.DataFrame:
    """Return rows without defects as the frame of a file whose bytes are made elsewhere; all of them are accepted."""
    columns = {
        one.name: pl.Series(one.name, [row.values.get(one.name) for row in rows], dtype=dtype(one))
        for one in table.fields
    }
    return pl.DataFrame(columns).with_columns(
        person=pl.Series([row.person for row in rows], dtype=pl.String),
        refused_columns=pl.lit(""),
        row_outcome=pl.lit("accepted"),
        reject_rule=pl.lit(None, dtype=pl.String),
    )


def blank(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with empty texts as nulls, so that a CSV holds nothing rather than two quotation marks."""
    texts = [name for name in frame.columns if name.startswith(TEXT)]
    return frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in texts)
