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
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands.outcome import Outcome, UsageError, count, table

if TYPE_CHECKING:
    import duckdb

    from pipelines.settings import Home

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
    parser.add_argument(
        "--restricted", action="store_true", help="ask warehouse.duckdb, which holds names and dates of birth"
    )


def run(options: argparse.Namespace) -> Outcome:
    """Run the query read-only on the published build."""
    from pipelines.protection.asked import logged
    from pipelines.settings import Settings
    from pipelines.warehouse.database import open_for_analysts
    from pipelines.warehouse.publish import published_build

    home = Settings.of_home(options.home).folders
    build = published_build(home)
    if options.tui:
        return _harlequin(build.analyst, build.build_id, options)
    query = sys.stdin.read() if options.query == "-" else options.query
    with open_for_analysts(build.warehouse if options.restricted else build.analyst) as connection:
        if query is None:
            _prompt(connection, home, options)
            return Outcome("", {"build_id": build.build_id})
        with logged(home, query, restricted=options.restricted) as entry:
            answer = _answer(connection, query, options)
            outcome, entry.rows = _outcome(answer, build.build_id, options)
    return outcome


def _outcome(answer: duckdb.DuckDBPyConnection, build_id: str, options: argparse.Namespace) -> tuple[Outcome, int]:
    """Return what is shown or written of the answer, and how many rows it has."""
    headers = [column[0] for column in answer.description or []]
    twice = sorted({header for header in headers if headers.count(header) > 1})
    if twice:
        raise UsageError(f"several columns are called {', '.join(twice)}: give each its own name with `as`.")
    if options.parquet:
        return _parquet(answer, options.parquet, build_id)
    rows = _rows(answer, options)
    data = {
        "build_id": build_id,
        "columns": headers,
        "rows": [dict(zip(headers, row, strict=True)) for row in rows],
    }
    return Outcome(_csv(headers, rows) if options.csv else _as_text(headers, rows), data), len(rows)


def _harlequin(database: Path, build_id: str, options: argparse.Namespace) -> Outcome:
    """Open harlequin read-only on the analysts' database, at low priority, and return when it is closed.

    Raises HarlequinMissingError when it is not installed. What is asked in it is not in the log of queries.
    """
    if options.query or options.restricted:
        raise UsageError("--tui opens the analysts' database without a query: leave out the query and --restricted.")
    program = shutil.which("harlequin")
    if program is None:
        raise HarlequinMissingError(
            "harlequin is not installed. It wants other versions of libraries than this program, so give it an "
            f"environment of its own, for example: python3 -m venv ~/harlequin && ~/harlequin/bin/pip install "
            f"{HARLEQUIN} && export PATH=$PATH:~/harlequin/bin. Without it, `lasting-homes sql` opens a prompt."
        )
    lowest = [nice, "-n", "10"] if (nice := shutil.which("nice")) else []
    ended = subprocess.run([*lowest, program, "--read-only", str(database)], check=False)  # noqa: S603 - of this path
    if ended.returncode:
        raise QueryError(f"harlequin ended with exit code {ended.returncode}.")
    return Outcome("", {"build_id": build_id})


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


def _prompt(connection: duckdb.DuckDBPyConnection, home: Home, options: argparse.Namespace) -> None:
    """Answer statements, each ended by a semicolon, until the input ends or somebody says `quit`."""
    from pipelines.protection.asked import logged

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
            with logged(home, statement, restricted=options.restricted) as entry:
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


def _parquet(answer: duckdb.DuckDBPyConnection, file: Path, build_id: str) -> tuple[Outcome, int]:
    if file.exists():
        raise UsageError(f"{file} exists already: name a new file.")
    frame = answer.pl()
    frame.write_parquet(file)
    written = {"build_id": build_id, "rows_written": frame.height}
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
