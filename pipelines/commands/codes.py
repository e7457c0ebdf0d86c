"""`lasting-homes codes FIELD`: what landing would make of spellings, one a line.

What belongs here: reading standard input and printing. What does not: resolving (`pipelines.contracts.codes`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import sys

from pipelines.commands.outcome import Outcome

FIELDS = ("accommodation", "in_touch", "eligibility", "suitability")
UNKNOWN = "?"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `codes`."""
    parser.add_argument("field", choices=FIELDS, metavar="FIELD", help=f"one of: {', '.join(FIELDS)}")


def run(options: argparse.Namespace) -> Outcome:
    """Print one line for each line read: its code, or ? where the spelling is not known or says "not recorded".

    The home's own spellings (`config/contracts/spellings`) count where there is a home. An unknown spelling is an
    answer like any other, so it does not change the exit code.
    """
    from pipelines.contracts import CodeLists
    from pipelines.settings import Settings

    codes = CodeLists(Settings.of_home(options.home).folders.config / "contracts" / "spellings")[options.field]
    answers = []
    for spelling in lines(sys.stdin.buffer.read()):
        found = codes.resolve(spelling)
        answers.append({"spelling": spelling, "code": found.code if found else None})
    text = "\n".join(answer["code"] or UNKNOWN for answer in answers)
    return Outcome(text, {"field": options.field, "spellings": answers})


def lines(content: bytes) -> list[str]:
    """Return the lines of a text in UTF-8 or Windows-1252; only line ends divide them, as in a file of spellings."""
    ended = content.replace(b"\r\n", b"\n").removesuffix(b"\n")
    return [_text(line) for line in ended.removeprefix(b"\xef\xbb\xbf").split(b"\n")] if content else []


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")
