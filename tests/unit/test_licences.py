"""The licences page keeps up with the lock file."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "LICENCES.md"
ROW = re.compile(r"^\| (?P<name>[^|]+) \| (?P<version>[^|]+) \| (?P<licence>[^|]*) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    """The script itself, which is no part of the installed package."""
    spec = importlib.util.spec_from_file_location("licences", ROOT / "scripts" / "licences.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def rows() -> dict[tuple[str, str], str]:
    return {(row["name"], row["version"]): row["licence"] for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}


def lock_pins() -> set[tuple[str, str]]:
    """Read the pins by splitting lines, not with the script's own pattern."""
    pins = set()
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            name, version = line.split("==", maxsplit=1)
            pins.add((name.split("[")[0].lower(), version.split(" ")[0].rstrip("\\")))
    return pins


def test_every_pinned_distribution_is_on_the_page_with_a_licence() -> None:
    pins = lock_pins()
    assert len(pins) > 100
    assert pins - set(rows()) == set()
    assert all(rows()[pin].strip() for pin in pins)


def test_the_page_names_no_distribution_that_is_not_pinned() -> None:
    listed = {pin for pin in rows() if pin[0] not in ("name", "---")}
    assert listed == lock_pins()


def test_the_parts_that_travel_inside_wheels_are_named_with_their_licence() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for part in ("IBM Plex Sans", "Pandoc", "Typst compiler", "Fonts of Typst", "Vega"):
        assert f"| {part}" in text


def test_a_lock_with_an_unknown_distribution_says_what_to_do(licences: ModuleType, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("no-such-distribution==1.0 \\\n    --hash=sha256:00\n", encoding="utf-8")
    with pytest.raises(LookupError, match="no-such-distribution is pinned but not installed"):
        licences.page(lock)
