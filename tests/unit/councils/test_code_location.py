"""The commands of docs/councils.md find the code location, and what they end with can be acted on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "councils.md").read_text(encoding="utf-8")
HISTORY = ROOT / "deploy" / "councils"
COMMANDS = re.findall(r"^dagster (asset|job) (.*?)(?: +#.*)?$", GUIDE, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize(("noun", "words"), COMMANDS, ids=[noun for noun, _ in COMMANDS])
def test_the_commands_of_the_guide_reach_a_council(noun: str, words: str, tmp_path: Path) -> None:
    """Given a home that is not in order, when the guide's command is given, then it ends with what is wrong with it."""
    (tmp_path / "homes" / "kent" / "config").mkdir(parents=True)
    shutil.copytree(HISTORY, tmp_path / "history")
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


def test_the_history_calls_nobody_and_keeps_nothing_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given the configuration that the guide has one copy, when Dagster reads it, then it means that."""
    shutil.copytree(HISTORY, tmp_path / "history")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "history"))

    with dg.DagsterInstance.get() as instance:
        assert instance.telemetry_enabled is False
        assert isinstance(instance.compute_log_manager, NoOpComputeLogManager)
        assert instance.run_monitoring_enabled
