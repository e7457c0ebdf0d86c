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
from datetime import date, datetime, time
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
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--lake", action="store_true", help="ask all councils of the lake at once")
    parser.add_argument(
        "--as-known-at", type=date.fromisoformat, metavar="DAY", help="of the lake, what was known by the end of DAY"
    )
    asked.add_argument(
        "--restricted", action="store_true", help="ask warehouse.duckdb, which holds names and dates of birth"
    )


def run(options: argparse.Namespace) -> Outcome:
    """Run the query read-only on the published build."""
    query = sys.stdin.read() if options.query == "-" else options.query
    connection, source = _opened(options)
    with connection:
        if query is None:
            _prompt(connection, options)
            return Outcome("", source)
        answer = _answer(connection, query, options)
        headers = [column[0] for column in answer.description or []]
        twice = sorted({header for header in headers if headers.count(header) > 1})
        if twice:
            raise UsageError(f"several columns are called {', '.join(twice)}: give each its own name with `as`.")
        if options.parquet:
            return _parquet(answer, options.parquet, source)
        rows = _rows(answer, options)
    data = {
        **source,
        "columns": headers,
        "rows": [dict(zip(headers, row, strict=True)) for row in rows],
    }
    return Outcome(_csv(headers, rows) if options.csv else _as_text(headers, rows), data)


def _opened(options: argparse.Namespace) -> tuple[duckdb.DuckDBPyConnection, dict[str, object]]:
    """Return a connection to what is asked, and the build, or the build of each council, that it shows."""
    from pipelines.settings import LONDON, Settings, end_of_day_in_london
    from pipelines.warehouse.database import open_for_reading
    from pipelines.warehouse.publish import published_build

    settings = Settings.of_home(options.home)
    if options.lake:
        from pipelines.lake import Lake, open_lake_for_analysts

        day = options.as_known_at
        moment = end_of_day_in_london(datetime.combine(day, time.min, tzinfo=LONDON)) if day else None
        connection, shown = open_lake_for_analysts(Lake.of(settings), as_known_at=moment)
        return connection, {"builds": {one.council: one.build_id for one in shown}}
    if options.as_known_at:
        raise UsageError("--as-known-at is for the lake; of this home, `compare --known-at` looks back.")
    build = published_build(settings.folders)
    return open_for_reading(build.warehouse if options.restricted else build.analyst), {"build_id": build.build_id}


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


def _parquet(answer: duckdb.DuckDBPyConnection, file: Path, source: dict[str, object]) -> Outcome:
    if file.exists():
        raise UsageError(f"{file} exists already: name a new file.")
    frame = answer.pl()
    frame.write_parquet(file)
    return Outcome(f"{count(frame.height, 'row')} in {file}", {**source, "rows_written": frame.height})


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
