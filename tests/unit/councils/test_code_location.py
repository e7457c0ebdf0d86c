"""The commands of docs/councils.md find the code location, and what they end with can be acted on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "councils.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^dagster (asset|job) (.*?)(?: +#.*)?$", GUIDE, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize(("noun", "words"), COMMANDS, ids=[noun for noun, _ in COMMANDS])
def test_the_commands_of_the_guide_reach_a_council(noun: str, words: str, tmp_path: Path) -> None:
    """Given a home that is not in order, when the guide's command is given, then it ends with what is wrong with it."""
    (tmp_path / "homes" / "kent" / "config").mkdir(parents=True)
    (tmp_path / "history").mkdir()
    environment = os.environ | {
        "LASTING_HOMES_COUNCILS": str(tmp_path / "homes"),
        "DAGSTER_HOME": str(tmp_path / "history"),
        "PYTHONPATH": str(ROOT),
    }
    program = Path(sys.executable).parent / "dagster"

    ran = subprocess.run(
        [str(program), noun, *words.split()], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ran.returncode != 0
    assert "its config/settings.yml says lake_council: nothing. Set it to kent" in ran.stdout + ran.stderr


def test_the_guide_has_a_command_for_one_council_and_one_for_all() -> None:
    assert [noun for noun, _ in COMMANDS] == ["asset", "job"]
