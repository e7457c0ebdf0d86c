"""The command `lasting-homes`.

What belongs here: the commands' names and options, exit codes, and where output goes: results to standard output,
progress and errors to standard error. What does not: what a command does (`pipelines.commands`).

A command's module is imported when the command runs, and imports what is heavy inside its functions, so that `--help`
answers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipelines.causes import is_ours
from pipelines.commands.outcome import UsageError

DONE, FAILED, USAGE, DONE_WITH_REJECTS = 0, 1, 2, 3

COMMANDS = {
    "init": "Make a home: its folders, its explained configuration, its secret.",
    "demo": "Make realistic extracts for two counties, run everything, say where the packs are.",
    "status": "Say how the home stands: last good refresh, what is late, held, rejected, waiting.",
    "refresh": "Land the inbox, rebuild the warehouse, check it, publish it.",
    "land": "Land the inbox only, and say what became of each file.",
    "rollback": "Publish an earlier good build again.",
    "backup": "Save the stores and the configuration in one file, the keys in another.",
    "restore": "Make a new home from a backup and its keys.",
    "reland": "Read the archived originals again under today's contracts, and say what comes out otherwise.",
    "accept": "Use a delivery that was held; without a load, list what is held and why.",
    "report": "Render the packs of the published build.",
    "review": "List the pairs that people must decide, or take their decisions.",
    "sql": "Ask the published database.",
    "lake": "Put the published build into a lake that councils share, or list what it holds.",
    "contracts": "Say how a new file maps to the contracts, and what to add to them.",
    "codes": "Read spellings from standard input, one a line; print the code of each, or ?.",
    "measures": "Print what is measured and promised, as defined, and which of its sources have arrived.",
    "due": "List what falls due in the next 30, 60 or 90 days, by person key.",
    "trace": "List the records, files, rows and loads behind a figure.",
    "compare": "List the figures that changed between two days of knowledge, and which loads changed them.",
    "templates": "Write an Excel workbook for each protocol form, ready to be filled in.",
    "release": "Freeze a quarter's figures, approve what somebody else prepared, list what was released.",
    "verify": "Prove that a pack is what was released, and that the ledger is whole.",
    "share": "Write the list of consented people for a district, and log it.",
    "erase": "Remove a person from everything that the home holds, and keep them from coming back.",
    "retain": "List what has been kept for its time, by purpose and class; remove it.",
    "audit": "List who did what in this home, and check that nothing of it was changed.",
    "scale": "Build the published build's models again on another engine (Spark), and compare row for row.",
    "doctor": "Say what is missing on this machine and how to get it.",
}
EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 usage, 3 done with held or rejected input."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; 2 (usage) is raised as SystemExit by argparse."""
    wanted = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser(wanted).parse_args(wanted)
    command = import_module(f"pipelines.commands.{options.command}")
    try:
        _require_known_formats(options)
        outcome = command.run(options)
        _record(options, int(outcome.code))
        _print(json.dumps(outcome.data, indent=2, default=_as_json) if options.json else outcome.text)
    except KeyboardInterrupt:
        print("Interrupted. What is published has not changed.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # Whoever read the output has seen enough; keep Python from complaining once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # noqa: BLE001 - the border to the person at the keyboard: everything ends as a sentence
        return _fail(error, options)
    return int(outcome.code)


def _require_known_formats(options: argparse.Namespace) -> None:
    """Refuse a home with a store that a newer release wrote, before anything of it is read."""
    settings = import_module("pipelines.settings").Settings
    import_module("pipelines.formats").formats_of(settings.of_home(options.home).home)


def _record(options: argparse.Namespace, code: int) -> None:
    """Enter the command into the home's audit trail before anything of its result is shown, where it is audited."""
    trail = import_module("pipelines.protection.trail")
    if options.command in trail.OPTIONS:
        settings = import_module("pipelines.settings").Settings
        trail.record_command(settings.of_home(options.home).folders, options.command, vars(options), code)


def _print(text: str) -> None:
    if text:
        print(text, flush=True)


def _parser(wanted: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser; only the command that is asked for is imported and configured."""
    parser = argparse.ArgumentParser(
        prog="lasting-homes",
        description="A monitoring warehouse for joint care-leaver housing protocols.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"lasting-homes {version('lasting-homes')}")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--home", type=Path, help="the home folder (LASTING_HOMES_HOME)")
    shared.add_argument("--json", action="store_true", help="print the result as one JSON document")
    shared.add_argument("--debug", action="store_true", help="show the traceback of a failure")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    asked_for = next((word for word in wanted if not word.startswith("-")), None)
    for name, says in COMMANDS.items():
        one = commands.add_parser(name, parents=[shared], help=says, description=says, epilog=EXIT_CODES)
        if name == asked_for:
            import_module(f"pipelines.commands.{name}").configure(one)
    return parser


def _fail(error: Exception, options: argparse.Namespace) -> int:
    """Print why a command failed and return 1, or 2 when what was asked for cannot be meant.

    Our own errors and the operating system's are written to be read, and hold no person's value. Any other text may
    quote one, so only its type and place are shown unless --debug asks for all of it.
    """
    cause = _ours(error)
    if options.debug:
        traceback.print_exception(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    message = str(cause) if cause else f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}."
    if not cause and not options.debug:
        message += " Run again with --debug to see all of it; that may show values from the extracts."
    if options.json:
        print(json.dumps({"error": message}))
    print(f"lasting-homes {options.command}: {message}", file=sys.stderr)
    return USAGE if isinstance(cause, UsageError) else FAILED


def _ours(error: BaseException | None) -> BaseException | None:
    """Return the error that was written to be read, looking through Dagster's wrapping."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if is_ours(error) or isinstance(error, OSError):
            return error
        error = error.__cause__
    return None


def _as_json(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)
