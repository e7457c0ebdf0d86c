"""Write LICENCES.md: the licence of every pinned distribution and of every part that travels inside one.

Usage: `.venv/bin/python scripts/licences.py` writes the page; `--check` only says whether it is up to date.

What belongs here: reading `requirements.lock` and the metadata of what is installed. What does not: judging whether
a licence suits a user.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PAGE = ROOT / "LICENCES.md"

PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")

# Pinned for other operating systems only, so never installed where this script runs; as their projects state them.
ELSEWHERE = {"appnope": "BSD", "pyreadline3": "BSD", "pywin32": "PSF-2.0"}

# Metadata that names no licence, or names it so that a reader would be misled.
STATED_BY_PROJECT = {
    "python-dateutil": "Apache-2.0 AND BSD-3-Clause",
    "text-unidecode": "Artistic-1.0 OR GPL-1.0-or-later",
    "uvloop": "MIT OR Apache-2.0",
}


@dataclass(frozen=True)
class BundledPart:
    """Something that travels inside a distribution or this repository under a licence of its own."""

    name: str
    carried_by: str
    licence: str
    note: str


BUNDLED = (
    BundledPart(
        "IBM Plex Sans", "this repository, `reports/fonts`", "OFL-1.1", "the typeface of the packs, embedded in them"
    ),
    BundledPart(
        "Pandoc",
        "pypandoc-binary",
        "GPL-2.0-or-later",
        "a separate program, started as a process; its notice is `pypandoc/files/copyright.pandoc`",
    ),
    BundledPart("Typst compiler", "typst", "Apache-2.0", "compiled into the wheel"),
    BundledPart(
        "Fonts of Typst: Libertinus Serif, New Computer Modern, DejaVu Sans Mono",
        "typst",
        "OFL-1.1, GUST Font License and Bitstream Vera licence",
        "embedded in the compiler; parts of them end up in PDF packs",
    ),
    BundledPart("Vega, Vega-Lite, Deno core", "vl-convert-python", "BSD-3-Clause and MIT", "compiled into the wheel"),
    BundledPart("axe-core", "this repository, `tests/unit/rendering/axe-core`", "MPL-2.0", "tests only"),
    BundledPart(
        "Apache Spark and the Java libraries that it carries",
        "pyspark",
        "Apache-2.0; the libraries' own, in `pyspark/licenses`",
        "only after `make spark-deps`, as are dbt-spark (Apache-2.0), py4j (BSD) and sqlparams (MIT)",
    ),
    BundledPart("PDFium", "pypdfium2", "BSD-3-Clause and Apache-2.0", "tests only"),
    BundledPart("QPDF", "pikepdf", "Apache-2.0", "tests only"),
)


def pinned(lock: Path) -> list[tuple[str, str]]:
    """Return (name, version) of every pin in the lock, sorted; a name pinned twice (by Python version) comes twice."""
    found = {
        (match["name"].lower(), match["version"])
        for line in lock.read_text(encoding="utf-8").splitlines()
        if (match := PINNED.match(line))
    }
    return sorted(found)


def licence_of(name: str) -> str:
    """Return the licence that a distribution's metadata states.

    Takes, in this order, what the project says where metadata misleads, `License-Expression`, a one-line `License`,
    and the trove classifiers. Raises LookupError for a distribution that is neither installed nor known.
    """
    if name in STATED_BY_PROJECT:
        return STATED_BY_PROJECT[name]
    try:
        facts = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        if name in ELSEWHERE:
            return ELSEWHERE[name]
        raise LookupError(f"{name} is pinned but not installed: run `make install`, then this script again.") from None
    if expression := facts.get_all("License-Expression"):
        return str(expression[0])
    line = str((facts.get_all("License") or [""])[0]).strip()
    if line and "\n" not in line and len(line) <= 60 and "::" not in line and line != "UNKNOWN":
        return line
    classifiers = [c for c in facts.get_all("Classifier") or [] if c.startswith("License :: ")]
    named = [c.rpartition(" :: ")[2] for c in classifiers]
    if named:
        return " / ".join(named)
    if "::" in line:
        return line.rpartition(" :: ")[2]
    raise LookupError(f"{name} states no licence in its metadata: add it to STATED_BY_PROJECT in licences.py.")


def page(lock: Path) -> str:
    """Return the text of LICENCES.md for a lock file."""
    parts = [f"| {p.name} | {p.carried_by} | {p.licence} | {p.note} |" for p in BUNDLED]
    rows = [f"| {name} | {version} | {licence_of(name)} |" for name, version in pinned(lock)]
    return "\n".join(
        [
            "# Licences",
            "",
            "Lasting Homes itself is under the [MIT licence](LICENSE). It installs the distributions below, each under",
            "its own licence, as its metadata states it. This page is written by `scripts/licences.py`.",
            "",
            "## Parts that travel inside a distribution",
            "| part | carried by | licence | |",
            "|---|---|---|---|",
            *parts,
            "",
            "## Pinned distributions",
            "| name | version | licence |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> int:
    """Write the page, or with `--check` compare it; return the exit code (1: out of date)."""
    parser = argparse.ArgumentParser(description="Write LICENCES.md from requirements.lock.")
    parser.add_argument("--check", action="store_true", help="say whether the page is up to date, write nothing")
    arguments = parser.parse_args()
    text = page(LOCK)
    if not arguments.check:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print("LICENCES.md is out of date: run `.venv/bin/python scripts/licences.py`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
