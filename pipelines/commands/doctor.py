"""`lasting-homes doctor`: what is missing on this machine, and how to get it.

What belongs here: findings, each with what to do. What does not: repairing anything.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from pipelines.commands.outcome import Outcome, table

GIB = 2**30
FREE_SPACE_NEEDED = 2 * GIB
MEMORY_NEEDED = 2 * GIB
SUPPORTED = ((3, 11), (3, 12))
NEEDED = ("dagster", "dbt", "duckdb", "great_expectations", "nbclient", "pypandoc", "typst", "vl_convert")

Level = Literal["ok", "information", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it stands, what was found, and what to do about it."""

    about: str
    level: Level
    found: str
    advice: str = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """`doctor` has no options of its own."""


def run(options: argparse.Namespace) -> Outcome:
    """Look at the machine and the home; exit 1 when something would keep a refresh from working."""
    from pipelines.settings import Settings

    home = Settings.of_home(options.home).folders
    findings = [*machine(), *of_home(home.root)]
    rows = [(one.level, one.about, one.found) for one in findings]
    advice = [f"  {one.about}: {one.advice}" for one in findings if one.level != "ok" and one.advice]
    text = table(("", "what", "found"), rows) + ("\n\nWhat to do:\n" + "\n".join(advice) if advice else "")
    broken = any(one.level == "error" for one in findings)
    return Outcome(text, {"findings": [asdict(one) for one in findings]}, 1 if broken else 0)


def machine() -> Iterator[Finding]:
    """Look at Python, the packages, memory and the optional programs."""
    running = sys.version_info[:2]
    found = ".".join(map(str, sys.version_info[:3]))
    if running in SUPPORTED:
        yield Finding("Python", "ok", found)
    else:
        yield Finding("Python", "error", found, "Install Python 3.11 or 3.12 and make the environment anew.")
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        yield Finding("packages", "error", f"missing: {', '.join(missing)}", "Run: make install")
    else:
        yield Finding("packages", "ok", "all there")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    level: Level = "ok" if memory >= MEMORY_NEEDED else "warning"
    yield Finding("memory", level, f"{memory / GIB:.1f} GiB", "A refresh of a county needs 2 GiB.")
    quarto = shutil.which("quarto")
    yield Finding(
        "Quarto",
        "ok" if quarto else "information",
        quarto or "not on the path",
        "" if quarto else "Not needed: the embedded renderer makes the packs. To use it, install it from quarto.org.",
    )
    yield _fonts()
    yield from _documents()


def of_home(root: Path) -> Iterator[Finding]:
    """Look at the home: whether it is one, may be written, is private, has room and is encrypted."""
    existing = next(folder for folder in (root, *root.parents) if folder.exists())
    if root.exists() and (root / "config").is_dir():
        yield Finding("home", "ok", str(root))
    else:
        yield Finding("home", "warning", f"{root} is not a home yet", f"Run: lasting-homes init --home {root}")
    if os.access(existing, os.W_OK | os.X_OK):
        yield Finding("write permission", "ok", str(existing))
    else:
        yield Finding("write permission", "error", f"none in {existing}", "Choose a folder that belongs to you.")
    if root.exists():
        mode = root.stat().st_mode & 0o777
        level: Level = "ok" if not mode & 0o077 else "error"
        yield Finding("private", level, f"mode {mode:04o}", f"Others can read the home. Run: chmod 700 {root}")
    free = shutil.disk_usage(existing).free
    yield Finding(
        "disk space",
        "ok" if free >= FREE_SPACE_NEEDED else "error",
        f"{free / GIB:.1f} GiB free",
        "A home of two counties with its builds needs 2 GiB.",
    )
    yield _encryption(existing)


def _documents() -> Iterator[Finding]:
    """Say where an alert's page and the files for a server lie, which are in the wheel as in a clone."""
    from pipelines.project_files import project_folder

    yield Finding("runbook", "ok", str(project_folder("docs") / "runbook"))
    yield Finding("files for a server", "ok", str(project_folder("deploy")))


def _fonts() -> Finding:
    from pipelines.project_files import project_folder

    vendored = [path for path in project_folder("reports").rglob("*") if path.suffix.lower() in {".ttf", ".otf"}]
    if vendored:
        return Finding("fonts", "ok", f"{len(vendored)} shipped with the packs")
    return Finding("fonts", "error", "none shipped with the packs", "Install the package again from its wheel.")


def _encryption(folder: Path) -> Finding:
    """Say whether the volume is known to be encrypted, as far as Linux can tell."""
    advice = "Keep the home on an encrypted volume (LUKS, FileVault, BitLocker): it holds names and dates of birth."
    device = folder.stat().st_dev
    block = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}")
    if not block.exists():
        return Finding("encrypted volume", "warning", f"cannot be seen for {folder}", advice)
    if any(_is_encrypted(one) for one in _layers(block.resolve())):
        return Finding("encrypted volume", "ok", str(folder))
    return Finding("encrypted volume", "warning", f"{folder} is not on one", advice)


def _layers(block: Path) -> Iterator[Path]:
    """Yield a block device and everything that it rests on."""
    yield block
    slaves = block / "slaves"
    if slaves.is_dir():
        for slave in slaves.iterdir():
            yield from _layers(slave.resolve())


def _is_encrypted(block: Path) -> bool:
    name = block / "dm" / "uuid"
    return name.exists() and name.read_text(encoding="ascii").startswith("CRYPT-")
