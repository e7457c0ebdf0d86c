"""`lasting-homes sql`: ask the published database.

What belongs here: read-only queries and their output, one as an argument or many at a prompt; opening harlequin. What
does not: writing into the database, reading anything outside the published build, keeping the log of queries
(`pipelines.protection.asked`).

A connection keeps the build that it opened: a refresh publishes another beside it, and neither waits for the other.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import csv
import io
import shutil
import subprocess
import sys
from contextlib import AbstractContextManager
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands.outcome import Outcome, UsageError, count, table

if TYPE_CHECKING:
    import duckdb

    from pipelines.protection.asked import Asked

SHOWN = 200
# With the DuckDB that writes the file, so that it can certainly be read.
HARLEQUIN = "harlequin==2.17.0 duckdb==1.5.5"


class QueryError(Exception):
    """The database did not accept the query."""


class HarlequinMissingError(Exception):
    """The program that --tui opens is not on this machine's path."""


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
    written.add_argument("--tui", action="store_true", help="open harlequin, an SQL editor in the terminal")
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
    if options.tui:
        return _harlequin(options)
    query = sys.stdin.read() if options.query == "-" else options.query
    connection, source = _opened(options)
    with connection:
        if query is None:
            _prompt(connection, options)
            return Outcome("", source)
        with _logged(query, options) as entry:
            outcome, entry.rows = _outcome(_answer(connection, query, options), source, options)
    return outcome


def _outcome(
    answer: duckdb.DuckDBPyConnection, source: dict[str, object], options: argparse.Namespace
) -> tuple[Outcome, int]:
    """Return what is shown or written of the answer, and how many rows it has."""
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
    return Outcome(_csv(headers, rows) if options.csv else _as_text(headers, rows), data), len(rows)


def _logged(statement: str, options: argparse.Namespace) -> AbstractContextManager[Asked]:
    """Return what enters the statement into the log of queries when its body has ended."""
    from pipelines.protection.asked import logged
    from pipelines.settings import Settings

    database = "lake" if options.lake else "warehouse" if options.restricted else "analyst"
    return logged(Settings.of_home(options.home).folders, statement, database=database)


def _harlequin(options: argparse.Namespace) -> Outcome:
    """Open harlequin read-only on the analysts' database, at low priority, and return when it is closed.

    Raises HarlequinMissingError when it is not installed. What is asked in it is not in the log of queries.
    """
    from pipelines.settings import Settings
    from pipelines.warehouse.publish import published_build

    if options.query or options.restricted or options.lake:
        raise UsageError("--tui opens the analysts' database of this home: leave out query, --restricted and --lake.")
    program = shutil.which("harlequin")
    if program is None:
        raise HarlequinMissingError(
            "harlequin is not installed. It wants other versions of libraries than this program, so give it an "
            f"environment of its own, for example: python3 -m venv ~/harlequin && ~/harlequin/bin/pip install "
            f"{HARLEQUIN} && export PATH=$PATH:~/harlequin/bin. Without it, `lasting-homes sql` opens a prompt."
        )
    build = published_build(Settings.of_home(options.home).folders)
    lowest = [nice, "-n", "10"] if (nice := shutil.which("nice")) else []
    ended = subprocess.run([*lowest, program, "--read-only", str(build.analyst)], check=False)  # noqa: S603 - of this path
    if ended.returncode:
        raise QueryError(f"harlequin ended with exit code {ended.returncode}.")
    return Outcome("", {"build_id": build.build_id})


def _opened(options: argparse.Namespace) -> tuple[duckdb.DuckDBPyConnection, dict[str, object]]:
    """Return a connection to what is asked, and the build, or the build of each council, that it shows."""
    from pipelines.settings import LONDON, Settings, end_of_day_in_london
    from pipelines.warehouse.database import open_for_analysts, step_back
    from pipelines.warehouse.publish import published_build

    settings = Settings.of_home(options.home)
    if options.lake:
        from pipelines.lake import Lake, open_lake_for_analysts

        day = options.as_known_at
        moment = end_of_day_in_london(datetime.combine(day, time.min, tzinfo=LONDON)) if day else None
        step_back()
        connection, shown = open_lake_for_analysts(Lake.of(settings), as_known_at=moment)
        return connection, {"builds": {one.council: one.build_id for one in shown}}
    if options.as_known_at:
        raise UsageError("--as-known-at is for the lake; of this home, `compare --known-at` looks back.")
    build = published_build(settings.folders)
    return open_for_analysts(build.warehouse if options.restricted else build.analyst), {"build_id": build.build_id}


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
            with _logged(statement, options) as entry:
                answer = _answer(connection, statement, options)
                headers, rows = [column[0] for column in answer.description or []], _rows(answer, options)
                entry.rows = len(rows)
            print(_as_text(headers, rows))
        except QueryError as error:
            print(error, file=sys.stderr)
        statement = ""


def _as_text(headers: list[str], rows: list[tuple[object, ...]]) -> str:
    text = table(headers, rows[:SHOWN]) + f"\n({count(len(rows), 'row')})"
    if len(rows) > SHOWN:
        text += f" The first {SHOWN} are shown; --csv, --json and --parquet give all."
    return text


def _parquet(answer: duckdb.DuckDBPyConnection, file: Path, source: dict[str, object]) -> tuple[Outcome, int]:
    if file.exists():
        raise UsageError(f"{file} exists already: name a new file.")
    frame = answer.pl()
    frame.write_parquet(file)
    written = {**source, "rows_written": frame.height}
    return Outcome(f"{count(frame.height, 'row')} in {file}", written), frame.height


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
