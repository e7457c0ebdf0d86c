"""`lasting-homes sql`: ask the published database.

What belongs here: read-only queries and their output, one as an argument or many at a prompt. What does not: writing
into the database, reading anything outside the published build.

A connection keeps the build that it opened: a refresh publishes another beside it, and neither waits for the other.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands.outcome import Outcome, UsageError, count, table

if TYPE_CHECKING:
    import duckdb

SHOWN = 200


class QueryError(Exception):
    """The database did not accept the query."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `sql`."""
    parser.add_argument(
        "query",
        nargs="?",
        help='the query, for example "select * from person"; - reads it; without one, ask at a prompt',
    )
    written = parser.add_mutually_exclusive_group()
    written.add_argument("--csv", action="store_true", help="print CSV")
    written.add_argument("--parquet", type=Path, metavar="FILE", help="write Parquet into a new file")
    parser.add_argument(
        "--restricted", action="store_true", help="ask warehouse.duckdb, which holds names and dates of birth"
    )


def run(options: argparse.Namespace) -> Outcome:
    """Run the query read-only on the published build."""
    from pipelines.settings import Settings
    from pipelines.warehouse.database import open_for_reading
    from pipelines.warehouse.publish import published_build

    build = published_build(Settings.of_home(options.home).folders)
    query = sys.stdin.read() if options.query == "-" else options.query
    with open_for_reading(build.warehouse if options.restricted else build.analyst) as connection:
        if query is None:
            _prompt(connection, options)
            return Outcome("", {"build_id": build.build_id})
        answer = _answer(connection, query, options)
        headers = [column[0] for column in answer.description or []]
        twice = sorted({header for header in headers if headers.count(header) > 1})
        if twice:
            raise UsageError(f"several columns are called {', '.join(twice)}: give each its own name with `as`.")
        if options.parquet:
            return _parquet(answer, options.parquet, build.build_id)
        rows = _rows(answer, options)
    data = {
        "build_id": build.build_id,
        "columns": headers,
        "rows": [dict(zip(headers, row, strict=True)) for row in rows],
    }
    return Outcome(_csv(headers, rows) if options.csv else _as_text(headers, rows), data)


def _answer(
    connection: duckdb.DuckDBPyConnection, query: str, options: argparse.Namespace
) -> duckdb.DuckDBPyConnection:
    import duckdb

    try:
        return connection.execute(query)
    except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException) as error:
        raise QueryError(f"the database says: {error}") from None
    except duckdb.Error as error:
        raise QueryError(_without_values(error, options)) from None


def _rows(answer: duckdb.DuckDBPyConnection, options: argparse.Namespace) -> list[tuple[object, ...]]:
    import duckdb

    try:
        return answer.fetchall()
    except duckdb.Error as error:
        raise QueryError(_without_values(error, options)) from None


def _prompt(connection: duckdb.DuckDBPyConnection, options: argparse.Namespace) -> None:
    """Answer statements, each ended by a semicolon, until the input ends or somebody says `quit`."""
    print("Each query ends with a semicolon; `show all tables;` lists what there is; quit ends.", file=sys.stderr)
    statement = ""
    while True:
        try:
            line = input("... " if statement else "sql> ")
        except EOFError:
            return
        if not statement and line.strip().rstrip(";").lower() in {"quit", "exit"}:
            return
        statement = f"{statement}\n{line}".strip()
        if not statement.endswith(";"):
            continue
        try:
            answer = _answer(connection, statement, options)
            print(_as_text([column[0] for column in answer.description or []], _rows(answer, options)))
        except QueryError as error:
            print(error, file=sys.stderr)
        statement = ""


def _as_text(headers: list[str], rows: list[tuple[object, ...]]) -> str:
    text = table(headers, rows[:SHOWN]) + f"\n({count(len(rows), 'row')})"
    if len(rows) > SHOWN:
        text += f" The first {SHOWN} are shown; --csv, --json and --parquet give all."
    return text


def _parquet(answer: duckdb.DuckDBPyConnection, file: Path, build_id: str) -> Outcome:
    if file.exists():
        raise UsageError(f"{file} exists already: name a new file.")
    frame = answer.pl()
    frame.write_parquet(file)
    return Outcome(f"{count(frame.height, 'row')} in {file}", {"build_id": build_id, "rows_written": frame.height})


def _without_values(error: duckdb.Error, options: argparse.Namespace) -> str:
    """Return what the database says; of the restricted one only the kind, since its words may quote a value."""
    if options.restricted and not options.debug:
        return (
            f"the database could not answer ({type(error).__name__}); --debug shows its words, which may quote values"
        )
    return f"the database says: {error}"


def _csv(headers: list[str], rows: list[tuple[object, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")
