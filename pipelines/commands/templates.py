"""`lasting-homes templates`: write an Excel workbook for each protocol form.

What belongs here: the call and its telling. What does not: what a workbook looks like (`pipelines.templates`).
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.commands.outcome import Outcome, count, place


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `templates`."""
    parser.add_argument("--form", action="append", default=[], metavar="NAME", help="only this form; may be repeated")
    parser.add_argument("--out", type=Path, default=Path("templates"), help="folder for the workbooks (templates)")


def run(options: argparse.Namespace) -> Outcome:
    """Write the workbooks; with --home a council's own forms and lists count too."""
    from pipelines.contracts import load_contracts
    from pipelines.settings import Home
    from pipelines.templates import write_templates

    overlay = Home(options.home).config / "contracts" if options.home else None
    files = write_templates(load_contracts(overlay), options.out, options.form)
    told = [
        f"{count(len(files), 'workbook')} in {place(options.out.resolve())}:",
        *(f"  {path.name}" for path in files),
        "Fill in below the headings and put the file into inbox/protocol_forms/<authority>/, with the date that it "
        "describes in its name (consent 2026-09-30.xlsx).",
    ]
    return Outcome("\n".join(told), {"files": [str(path) for path in files]})
