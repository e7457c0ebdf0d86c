"""`lasting-homes sql`: ask the published database.

What belongs here: one read-only query and its output. What does not: writing anything, reading anything outside the
published build.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import csv
import io
import sys
from typing import TYPE_CHECKING

from pipelines.commands.outcome import Outcome, UsageError, count, table

if TYPE_CHECKING:
    import duckdb

SHOWN = 200


class QueryError(Exception):
    """The database did not accept the query."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `sql`."""
    parser.add_argument("query", help='the query, for example "select * from marts.measure_observation"; - reads it')
    parser.add_argument("--csv", action="store_true", help="print CSV")
    parser.add_argument(
        "--restricted", action="store_true", help="ask warehouse.duckdb, which holds names and dates of birth"
    )


def run(options: argparse.Namespace) -> Outcome:
    """Run the query read-only on the published build."""
    import duckdb

    from pipelines.settings import Settings
    from pipelines.warehouse.database import open_for_reading
    from pipelines.warehouse.publish import published_build

    build = published_build(Settings.of_home(options.home).folders)
    query = sys.stdin.read() if options.query == "-" else options.query
    with open_for_reading(build.warehouse if options.restricted else build.analyst) as connection:
        try:
            answer = connection.execute(query)
            headers = [column[0] for column in answer.description or []]
            rows = answer.fetchall()
        except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException) as error:
            raise QueryError(f"the database says: {error}") from None
        except duckdb.Error as error:
            raise QueryError(_without_values(error, options)) from None
    twice = sorted({header for header in headers if headers.count(header) > 1})
    if twice:
        raise UsageError(f"several columns are called {', '.join(twice)}: give each its own name with `as`.")
    data = {
        "build_id": build.build_id,
        "columns": headers,
        "rows": [dict(zip(headers, row, strict=True)) for row in rows],
    }
    if options.csv:
        return Outcome(_csv(headers, rows), data)
    text = table(headers, rows[:SHOWN]) + f"\n({count(len(rows), 'row')})"
    if len(rows) > SHOWN:
        text += f" The first {SHOWN} are shown; --csv and --json give all."
    return Outcome(text, data)


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
