"""Landing an inbox that is not there: somebody is told, and what landed before stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.cli import DONE_WITH_REJECTS, main
from pipelines.settings import Home


def test_a_missing_inbox_is_told_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Given an inbox on a disk that is not connected, then the analyst hears of it, and it counts as no success."""
    home = Home(tmp_path / "home")
    home.initialise()
    home.inbox.rmdir()
    assert main(["land", "--home", str(home.root)]) == DONE_WITH_REJECTS
    said = capsys.readouterr()
    assert f"There is no inbox at {home.inbox}" in said.out
    assert f"lasting-homes init --home {home.root}" in said.out
    assert f"there is no inbox at {home.inbox}" in said.err


def test_an_empty_inbox_is_none_of_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = Home(tmp_path / "home")
    home.initialise()
    assert main(["land", "--home", str(home.root), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": [], "since_last": [], "held": []}
