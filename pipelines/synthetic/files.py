"""Files: one delivery of one table by one sender, written in its layout, with its `.meta.yml` and its truth.

What belongs here: CSV and XLSX, names of files, receipt times, rows that spoil in delivery (rejected ones). What does
not: which rows exist (the modules of the sources).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

from pipelines.synthetic.chance import Chance, stream
from pipelines.synthetic.days import financial_quarter
from pipelines.synthetic.defects import REJECTED_ROWS, UNREADABLE_DATES
from pipelines.synthetic.layouts import Layout
from pipelines.synthetic.reference import reference
from pipelines.synthetic.rows import EXTRA, FORMATS, TEXT, blank
from pipelines.synthetic.tables import Table
from pipelines.synthetic.truth import EmittedTruth

EXCEL_EPOCH = date(1899, 12, 30)
CREATED = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # fixed, so that the same rows are the same bytes
NOTES = (
    "",
    "",
    "Called; left message.",
    'Says "will ring back"\r\nno answer 3 times',
    "Moved; post returned, see file",
)
LATE_FILES = 0.04


@dataclass(frozen=True)
class Delivery:
    """When and under which name one file arrives."""

    file_name: str
    data_date: date
    received_at: datetime
    states_date: bool  # whether the .meta.yml must say the data date


def received(seed: int, sender: str, data_date: date, *, last: bool) -> datetime:
    """Return when a sender's files of a data date arrive: within the week, one in 25 late, the last ones never late."""
    chance = stream(seed, "received", sender, data_date)
    late = not last and chance.happens(LATE_FILES)
    day = chance.after(data_date, 12, 40) if late else chance.after(data_date, 1, 6)
    return datetime.combine(day, time(6, chance.randint(0, 59)), tzinfo=UTC)


def file_name(layout: Layout, data_date: date) -> str:
    """Return the name of the file: with its data date only where the layout says it in the name."""
    table = layout.table.name
    if layout.table.family == "case_system":
        return {
            "kent": f"{table}_{data_date:%Y%m%d}.csv",
            "lancashire": f"LCC {table} {data_date:%Y-%m-%d}.csv",
        }[reference().pattern[layout.sender]]
    if layout.data_date_in == "name":
        return f"{layout.sender}_{table}_{data_date:%Y-%m-%d}.{layout.kind}"
    return f"{table} {financial_quarter(data_date)}.{layout.kind}"


def deliver(layout: Layout, data_date: date, received_at: datetime, rows: int, *, suffix: str = "") -> Delivery:
    """Return the delivery of `rows` rows of a table; an empty file cannot say its date in a column."""
    name = file_name(layout, data_date)
    if suffix:
        stem, _, kind = name.rpartition(".")
        name = f"{stem}{suffix}.{kind}"
    says_nothing = layout.data_date_in == "meta" or (layout.data_date_in == "column" and rows == 0)
    return Delivery(name, data_date, received_at, says_nothing)


def spoil(frame: pl.DataFrame, layout: Layout, chance: Chance, *, rate: float = REJECTED_ROWS) -> pl.DataFrame:
    """Return the frame with `row_outcome` and `reject_rule`, some rows made unacceptable and some written twice.

    A row is spoilt in four ways: a bold cell empty (`missing`), a bold date unreadable (`not_a_date`,
    `impossible_date`), an end before its start (`end_before_start`), the same business key again further down
    (`duplicate_key`). Rows with refused cells are left alone, so that each row has one thing wrong at most.
    """
    frame = frame.with_row_index("at").with_columns(
        pl.col("at").cast(pl.Float64),
        row_outcome=pl.lit("accepted"),
        reject_rule=pl.lit(None, dtype=pl.String),
    )
    number = int(frame.height * rate + chance.random()) if rate else 0
    places = sorted(chance.sample(range(frame.height), min(number, frame.height)))
    spoilt: list[dict[str, Any]] = []
    gone: list[float] = []
    for place in places:
        row = frame.row(place, named=True)
        if row["refused_columns"]:
            continue
        if _spoil_row(row, layout, chance):
            gone.append(float(place))
        spoilt.append(row)
    if not spoilt:
        return frame
    changed = pl.DataFrame([row for row in spoilt if row["row_outcome"] == "rejected"], schema=frame.schema)
    return pl.concat([frame.filter(~pl.col("at").is_in(gone)), changed]).sort("at")


def _spoil_row(row: dict[str, Any], layout: Layout, chance: Chance) -> bool:
    """Spoil a row in place; return whether it stands instead of the good one, rather than after it."""
    table = layout.table
    ways = ["missing"]
    if table.key:
        ways.append("duplicate_key")
    if table.period and row[table.period[1]] is not None:
        ways.append("end_before_start")
    dates = [
        field.name for field in table.fields if field.bold and field.kind == "date" and row[field.name] is not None
    ]
    if dates:
        ways.append("unreadable")
    row["row_outcome"], row["reject_rule"] = "rejected", chance.choice(ways)
    if row["reject_rule"] == "duplicate_key":
        row["at"] = 1e12 + row["at"]
        return False
    if row["reject_rule"] == "end_before_start" and table.period:
        start, end = table.period
        row[end] = row[start] - timedelta(days=chance.randint(1, 60))
        row[TEXT + end] = row[end].strftime(FORMATS.get(layout.dates, "%d/%m/%Y"))
    elif row["reject_rule"] == "unreadable":
        name = chance.choice(dates)
        row[name], row[TEXT + name] = None, chance.choice(tuple(UNREADABLE_DATES))
        row["reject_rule"] = UNREADABLE_DATES[row[TEXT + name]]
    else:
        name = chance.choice([field.name for field in table.fields if field.needed])
        row[name], row[TEXT + name] = None, None
    return True


def _sheet(frame: pl.DataFrame, layout: Layout, data_date: date) -> pl.DataFrame:
    """Return what the file shows: headers of the layout, then its free-text, unused and data-date columns."""
    shown = frame.select(pl.col(TEXT + name).alias(header) for name, header in layout.headers.items())
    extra = [
        pl.lit(value or None, dtype=pl.String).alias(header) if value is not None else frame.get_column(EXTRA + header)
        for header, value in layout.unused.items()
    ]
    if layout.notes:
        notes = [NOTES[number % len(NOTES)] or None for number in range(frame.height)]
        extra.append(pl.lit(pl.Series(layout.notes, notes, dtype=pl.String)))
    if layout.data_date_in == "column":
        text = data_date.strftime(FORMATS.get(layout.dates, "%d/%m/%Y"))
        extra.append(pl.lit(text).alias(layout.data_date_header))
    return shown.with_columns(extra)


def csv_bytes(frame: pl.DataFrame, layout: Layout, data_date: date) -> bytes:
    """Return the file's bytes in the sender's dialect and encoding."""
    into = BytesIO()
    sheet = _sheet(blank(frame), layout, data_date)
    for _ in range(1, layout.header_row):
        into.write(layout.delimiter.join(f"What is: {header}" for header in sheet.columns).encode() + b"\r\n")
    sheet.write_csv(into, separator=layout.delimiter, line_terminator="\r\n")
    content = into.getvalue()
    return content if layout.encoding == "utf-8" else content.decode("utf-8").encode(layout.encoding)


def _as_number(day: date) -> int:
    return (day - EXCEL_EPOCH).days


def xlsx_bytes(frame: pl.DataFrame, layout: Layout, data_date: date) -> bytes:
    """Return the workbook's bytes: cells typed as the sender types them, created at a fixed time."""
    into = BytesIO()
    with xlsxwriter.Workbook(into, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"title": layout.table.name, "created": CREATED})
        if layout.cover_sheet:
            book.add_worksheet("About").write_string(0, 0, "Extract for the joint housing protocol. Do not forward.")
        sheet = book.add_worksheet(layout.sheet)
        fill_sheet(sheet, book.add_format({"num_format": "dd/mm/yyyy"}), frame, layout, data_date)
    return into.getvalue()


def fill_sheet(sheet: Any, date_format: Any, frame: pl.DataFrame, layout: Layout, data_date: date) -> None:
    """Write headers and rows into a worksheet, cells typed as the sender types them."""
    if layout.header_row > 1:
        sheet.write_string(0, 0, f"{layout.sender} {layout.table.name}")
    shown = _sheet(frame, layout, data_date)
    for column, header in enumerate(shown.columns):
        sheet.write_string(layout.header_row - 1, column, header)
    typed_columns = [_typed(frame, name, layout) for name in layout.headers]
    typed_columns += [[None] * frame.height for _ in range(len(shown.columns) - len(typed_columns))]
    for number, (texts, values) in enumerate(zip(shown.rows(), zip(*typed_columns, strict=True), strict=False)):
        row = layout.header_row + number
        for column, text in enumerate(texts):
            value = values[column]
            if isinstance(value, date):
                sheet.write_number(row, column, _as_number(value), date_format if layout.dates == "real" else None)
            elif value is not None:
                sheet.write_number(row, column, value)
            elif text:
                sheet.write_string(row, column, text)


def _typed(frame: pl.DataFrame, name: str, layout: Layout) -> list[Any]:
    """Return the cells of a column that are numbers in a workbook: whole numbers, and dates that are not text."""
    values = frame.get_column(name)
    if values.dtype in (pl.Int64, pl.Float64) or (values.dtype == pl.Date and layout.dates in ("real", "serial")):
        return values.to_list()
    return [None] * frame.height


class Outbox:
    """Puts files into the inbox of a home and their rows into the truth."""

    def __init__(self, inbox: Path, truth: EmittedTruth, seed: int) -> None:
        """Write below `inbox`; `seed` decides which rows spoil."""
        self._inbox, self._truth, self._seed = inbox, truth, seed
        self.delivered: list[dict[str, Any]] = []

    @property
    def files(self) -> int:
        """How many files were written; one may hold several tables."""
        return len({(one["family"], one["sender"], one["file_name"]) for one in self.delivered})

    def put(self, layout: Layout, frame: pl.DataFrame, delivery: Delivery) -> None:
        """Write the rows of `frame` as one file and state what landing must make of each.

        Rows spoil on their way from every sender but a publisher.
        """
        frame = self.spoilt(layout, frame, delivery)
        make = csv_bytes if layout.kind == "csv" else xlsx_bytes
        content = make(frame, layout, delivery.data_date)
        self.put_made(layout.table, layout.sender, frame, delivery, content, header_row=layout.header_row)

    def spoilt(self, layout: Layout, frame: pl.DataFrame, delivery: Delivery) -> pl.DataFrame:
        """Return the rows as they reach the inbox in that delivery."""
        chance = stream(self._seed, "spoil", layout.sender, layout.table.name, delivery.file_name)
        return spoil(frame, layout, chance, rate=0 if layout.table.family == "published" else REJECTED_ROWS)

    def put_made(  # noqa: PLR0913 - what a file is made of
        self, table: Table, sender: str, frame: pl.DataFrame, delivery: Delivery, content: bytes, *, header_row: int
    ) -> None:
        """Write a file whose bytes are made, and state what landing must make of each row.

        Args:
            table: what the rows are.
            sender: who sends it.
            frame: the rows, with `row_outcome` and `reject_rule`, in the order in which landing reads them.
            delivery: name, data date and receipt.
            content: the bytes.
            header_row: row of the headers; the first row of data is the next.
        """
        folder = self._inbox / table.family / sender
        folder.mkdir(parents=True, exist_ok=True)
        (folder / delivery.file_name).write_bytes(content)
        meta = f"data_date: {delivery.data_date}\n" if delivery.states_date else ""
        meta += f"received_at: {delivery.received_at:%Y-%m-%dT%H:%M:%SZ}\n"
        (folder / f"{delivery.file_name}.meta.yml").write_text(meta, encoding="ascii")
        self.state(table, sender, frame, delivery, header_row=header_row)

    def state(self, table: Table, sender: str, frame: pl.DataFrame, delivery: Delivery, *, header_row: int) -> None:
        """State in the truth what landing must make of each row of a delivery; see `put_made`."""
        self._truth.add(
            table,
            frame.with_columns(
                family=pl.lit(table.family),
                sender=pl.lit(sender),
                file_name=pl.lit(delivery.file_name),
                data_date=pl.lit(delivery.data_date),
                received_at=pl.lit(delivery.received_at),
                row_number=pl.int_range(pl.len()) + header_row + 1,
            ),
        )
        self.delivered.append(
            {
                "family": table.family,
                "table": table.name,
                "sender": sender,
                "file_name": delivery.file_name,
                "data_date": delivery.data_date,
                "received_at": delivery.received_at,
                "rows": frame.height,
            }
        )


def seen(frame: pl.DataFrame, data_date: date) -> pl.DataFrame:
    """Return the versions that a file of that data date holds."""
    return frame.filter((pl.col("seen_from") <= data_date) & (pl.col("seen_until") > data_date))
