"""What is given to the operating system of a server can be read by it, and says the same as the docs."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines.operation.alerts import Alert
from pipelines.project_files import project_folder

ROOT = Path(__file__).parents[3]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.*"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_is_understood_by_systemd(unit: Path, tmp_path: Path) -> None:
    """Given systemd's own reader, then each unit is without fault, but for the program that is not installed here."""
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is part of systemd, which Debian has"
    (tmp_path / "program").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "program").chmod(0o755)
    for one in UNITS:
        text = re.sub(r"/opt/lasting-homes/\S*/(?=[a-z])[a-z-]+", str(tmp_path / "program"), one.read_text("utf-8"))
        (tmp_path / one.name).write_text(text, encoding="utf-8")
    said = subprocess.run(
        [program, "verify", "--man=no", str(tmp_path / unit.name)], capture_output=True, text=True, check=False
    )
    ours = [line for line in said.stderr.splitlines() if "lasting-homes" in line]
    assert ours == []


@pytest.mark.parametrize("unit", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.name)
def test_a_service_stays_on_this_machine_and_in_its_home(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    assert "User=lasting-homes" in text
    assert "UMask=0077" in text
    if "webserver" in text:
        assert "--host 127.0.0.1" in text
    assert ("--read-only" in text) is ("viewer" in unit.name)


def test_the_installed_program_knows_its_deploy_files_and_its_runbook() -> None:
    """An alert names a page; whoever has only the wheel must find it."""
    assert (project_folder("deploy") / "systemd" / "lasting-homes-daemon.service").is_file()
    page = Alert("refresh_failed", "k", "s").page
    assert (project_folder("docs") / Path(page).relative_to("docs")).is_file()
