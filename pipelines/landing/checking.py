"""One table against its contract: typed rows, rejected rows, refused cells.

What belongs here: the rules of a row and of a table.
What does not: reading files, single cells (values), writing (store).

Cells are read column by column and each distinct text once, so that a quarter of a million rows take seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

import polars as pl

from pipelines.contracts import CodeLists, Column, Contract
from pipelines.landing.csv_reader import Rows
from pipelines.landing.model import RefusedFileError
from pipelines.landing.recognition import Recognised
from pipelines.landing.values import MESSAGES, SPREADSHEET_ERRORS, reader_for

TYPES: Mapping[str, type[pl.DataType]] = {
    "text": pl.String,
    "date": pl.Date,
    "integer": pl.Int64,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "code": pl.String,
    "postcode": pl.String,
}
REFUSED_CELLS: Mapping[str, type[pl.DataType]] = {
    "row_number": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "rule": pl.String,
    "message": pl.String,
}
REJECTS: Mapping[str, type[pl.DataType]] = {**REFUSED_CELLS, "row": pl.String}
_SPACES = r"[\s\x{a0}\x{200b}\x{feff}]+"
# What SQL Server's export writes for a missing value; not read as one in names, where it may be a name.
_NULL = "NULL"


@dataclass(frozen=True, slots=True)
class Checked:
    """A table that was checked.

    Attributes:
        rows_read: data rows of the table; rows without any content are none.
        accepted: `row_number` and every canonical column, typed.
        rejects: one row per rejected row: the columns of `REJECTS`, `row` being its known cells as JSON.
        refused_cells: one row per refused cell of an accepted row: the columns of `REFUSED_CELLS`.
    """

    rows_read: int
    accepted: pl.DataFrame
    rejects: pl.DataFrame
    refused_cells: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _ReadColumn:
    """One column as read: trimmed texts, typed values, the rules broken, and what labels say besides."""

    column: Column
    texts: pl.Series
    values: pl.Series
    rules: pl.Series
    derived: Mapping[str, pl.Series]

    @property
    def rejecting(self) -> pl.Series:
        """The rules broken by cells that turn their whole row away."""
        if self.column.on_bad_value == "refuse_cell":
            return self.rules.set(self.rules != "missing", None)
        return self.rules


def check(rows: Rows, found: Recognised, codes: CodeLists) -> Checked:
    """Return the rows below the header, each accepted or rejected.

    Raises RefusedFileError when a column whose contract says `reject_file` holds a bad value.
    """
    numbers, shaped, misshapen = _split(rows, found)
    columns = [_read(column, found, shaped, codes) for column in found.contract.columns]
    _check_whole_file(columns, numbers)
    values = _with_derived(columns)
    verdicts = _verdicts(columns, values, numbers, found.contract)
    accepted = pl.DataFrame([numbers, *values.values()]).filter(verdicts["rule"].is_null())
    rejects = pl.concat([_rejected(columns, verdicts), misshapen]).sort("row_number")
    return Checked(len(numbers) + misshapen.height, accepted, rejects, _refused(columns, verdicts))


def _split(rows: Rows, found: Recognised) -> tuple[pl.Series, Rows, pl.DataFrame]:
    """Return the numbers and cells of the rows shaped like the header, and the other rows as rejects.

    Blank cells beyond the header do not count. Rows without any content are no records, but keep their number.
    """
    header = rows[found.header_index]
    width = len(header)
    numbers: list[int] = []
    shaped: Rows = []
    misshapen: list[tuple[int, str, list[str]]] = []
    for number, row in enumerate(rows[found.header_index + 1 :], start=found.header_index + 2):
        content = "".join(row)
        if not content or content.isspace():
            continue
        if row == header:
            misshapen.append((number, "repeated_header", row))
        elif len(row) == width or (len(row) > width and not "".join(row[width:]).strip()):
            numbers.append(number)
            shaped.append(row)
        else:
            misshapen.append((number, "wrong_number_of_cells", row))
    return pl.Series("row_number", numbers, pl.Int64), shaped, _misshapen(misshapen, found)


def _misshapen(rows: list[tuple[int, str, list[str]]], found: Recognised) -> pl.DataFrame:
    names = {position: name for name, position in found.positions.items()}
    records = [
        {
            "row_number": number,
            "rule": rule,
            "message": MESSAGES[rule],
            "row": json.dumps({names[i]: cell for i, cell in enumerate(cells) if i in names}, ensure_ascii=False),
        }
        for number, rule, cells in rows
    ]
    return pl.DataFrame(records, schema=REJECTS)


def _read(column: Column, found: Recognised, rows: Rows, codes: CodeLists) -> _ReadColumn:
    """Return one column of the table, all null where the file does not have it."""
    position = found.positions.get(column.name)
    if position is None:
        texts = pl.Series(column.name, [None] * len(rows), pl.String)
    else:
        texts = pl.Series(column.name, list(map(itemgetter(position), rows)), pl.String)
        texts = texts.str.replace_all(_SPACES, " ").str.strip_chars()
        blank = (texts == "") if column.privacy == "direct_identifier" else texts.is_in(["", _NULL])
        texts = texts.set(blank, None)
    values, rules, derived = _typed(texts, column, codes)
    if column.required:
        rules = rules.set(texts.is_null(), "missing")
    return _ReadColumn(column, texts, values, rules, derived)


def _typed(texts: pl.Series, column: Column, codes: CodeLists) -> tuple[pl.Series, pl.Series, dict[str, pl.Series]]:
    """Return the values, the broken rules and the derived columns of one column of texts."""
    if column.type == "text":
        errors = texts.is_in(list(SPREADSHEET_ERRORS)).fill_null(value=False)
        nothing = pl.Series(texts.name, [None] * len(texts), pl.String)
        return texts.set(errors, None), nothing.set(errors, "spreadsheet_error"), {}
    read = reader_for(column, codes)
    readings = {text: read(text) for text in texts.drop_nulls().unique()}
    values = _mapped(texts, {text: found.value for text, found in readings.items()}, TYPES[column.type])
    rules = _mapped(texts, {text: found.rule for text, found in readings.items() if found.rule}, pl.String)
    derived = {}
    for target, _ in column.derives:
        facts = {text: dict(found.derived).get(target) for text, found in readings.items() if found.derived}
        derived[target] = _mapped(texts, facts, pl.String).alias(target)
    return values, rules, derived


def _mapped(texts: pl.Series, values: Mapping[str, object], dtype: type[pl.DataType]) -> pl.Series:
    """Return the texts replaced by their values, null where there is none."""
    if not values:
        return pl.Series(texts.name, [None] * len(texts), dtype)
    return texts.replace_strict(
        pl.Series(list(values), dtype=pl.String),
        pl.Series(list(values.values()), dtype=dtype),
        default=None,
        return_dtype=dtype,
    )


def _check_whole_file(columns: list[_ReadColumn], numbers: pl.Series) -> None:
    for read in columns:
        if read.column.on_bad_value == "reject_file" and read.rules.is_not_null().any():
            row = numbers.filter(read.rules.is_not_null())[0]
            raise RefusedFileError(
                f"Row {row}, column {read.column.name}, cannot be read, and its contract then refuses the whole file.",
                MESSAGES[str(read.rules.drop_nulls()[0])],
            )


def _with_derived(columns: list[_ReadColumn]) -> dict[str, pl.Series]:
    """Return the typed columns; what a label says besides its code fills blanks of the column that it is meant for."""
    values = {read.column.name: read.values for read in columns}
    for read in columns:
        for target, facts in read.derived.items():
            values[target] = values[target].zip_with(values[target].is_not_null(), facts)
    return values


def _verdicts(
    columns: list[_ReadColumn], values: Mapping[str, pl.Series], numbers: pl.Series, contract: Contract
) -> pl.DataFrame:
    """Return `row_number, rule, column` for every row: why it is rejected, null where it is accepted.

    The first reason counts, in the order of the contract's columns, then its row rules, then its key.
    """
    nothing = pl.lit(None, pl.String)
    broken = [read.rejecting for read in columns if read.rejecting.is_not_null().any()]
    frame = pl.DataFrame([numbers, *broken])
    verdicts = frame.select(
        "row_number",
        pl.coalesce(*[rules.name for rules in broken], nothing).alias("rule"),
        pl.coalesce(
            *[pl.when(pl.col(rules.name).is_not_null()).then(pl.lit(rules.name)) for rules in broken], nothing
        ).alias("column"),
    )
    for rule in contract.row_rules:
        verdicts = _rejecting(verdicts, values[rule.end] < values[rule.start], rule.name, rule.end)
    if contract.key:
        verdicts = _rejecting(verdicts, _repeated(verdicts, values, contract.key), "duplicate_key", contract.key[-1])
    return verdicts


def _rejecting(verdicts: pl.DataFrame, broken: pl.Series, rule: str, column: str) -> pl.DataFrame:
    """Return the verdicts with a rule added for the rows that break it and were not yet rejected."""
    new = verdicts["rule"].is_null() & broken.fill_null(value=False)
    return verdicts.with_columns(
        verdicts["rule"].zip_with(~new, pl.Series([rule])).alias("rule"),
        verdicts["column"].zip_with(~new, pl.Series([column])).alias("column"),
    )


def _repeated(verdicts: pl.DataFrame, values: Mapping[str, pl.Series], key: tuple[str, ...]) -> pl.Series:
    """Return whether an earlier row that is accepted has the same key; a key with a null in it is nobody's double."""
    frame = verdicts.select("row_number", pl.col("rule").is_null().alias("accepted")).with_columns(
        [values[name] for name in key]
    )
    candidate = pl.col("accepted") & pl.all_horizontal(pl.col(name).is_not_null() for name in key)
    repeated = frame.filter(candidate).filter(~pl.struct(key).is_first_distinct())["row_number"]
    return frame["row_number"].is_in(repeated.implode())


def _rejected(columns: list[_ReadColumn], verdicts: pl.DataFrame) -> pl.DataFrame:
    names = [read.column.name for read in columns]
    reasons = [verdicts["row_number"], verdicts["column"].alias("_column"), verdicts["rule"].alias("_rule")]
    return (
        pl.DataFrame([*reasons, *(read.texts for read in columns)])
        .filter(pl.col("_rule").is_not_null())
        .select(
            "row_number",
            pl.col("_column").alias("column"),
            pl.coalesce(pl.when(pl.col("_column") == name).then(pl.col(name)) for name in names).alias("value"),
            pl.col("_rule").alias("rule"),
            pl.col("_rule").replace_strict(MESSAGES, return_dtype=pl.String).alias("message"),
            pl.struct(names).struct.json_encode().alias("row"),
        )
    )


def _refused(columns: list[_ReadColumn], verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return the bad cells of accepted rows, in order of row and of the contract's columns."""
    accepted = verdicts["rule"].is_null()
    found = [pl.DataFrame(schema=REFUSED_CELLS)]
    for read in columns:
        bad = accepted & read.rules.is_not_null()
        if bad.any():
            found.append(
                pl.DataFrame(
                    {
                        "row_number": verdicts["row_number"].filter(bad),
                        "column": pl.repeat(read.column.name, int(bad.sum()), dtype=pl.String, eager=True),
                        "value": read.texts.filter(bad),
                        "rule": read.rules.filter(bad),
                        "message": read.rules.filter(bad).replace_strict(MESSAGES, return_dtype=pl.String),
                    }
                )
            )
    return pl.concat(found).sort("row_number", maintain_order=True)
