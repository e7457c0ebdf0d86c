"""A council's turn when its process fails or is killed: what is said, and what goes again."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from pipelines.councils import refreshing
from pipelines.councils.definitions import ALL_JOB, TRIES_AGAIN, build_councils
from pipelines.councils.refreshing import CouncilError, CouncilKilledError, refresh_council
from pipelines.settings import Home


@pytest.fixture
def kent(tmp_path: Path) -> Path:
    """Return a home that is kent's."""
    home = Home(tmp_path / "kent")
    home.initialise()
    (home.config / "settings.yml").write_text("lake_council: kent\n", encoding="utf-8")
    return home.root


def instead(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let a turn run this program in place of the command."""
    monkeypatch.setattr(refreshing, "_COMMAND", program)


def test_a_refresh_that_fails_says_the_commands_own_sentence(kent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "import json, sys; print(json.dumps({'error': 'The inbox is away.'})); sys.exit(1)")
    with pytest.raises(CouncilError, match=r"^The inbox is away\.$"):
        refresh_council("kent", kent)


def test_what_a_refresh_prints_otherwise_is_not_told(kent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a process that ends with other words, which may quote somebody, when told, then only its exit code is."""
    instead(monkeypatch, "import sys; print('Zzz Testperson, 1 May 2001'); sys.exit(1)")
    with pytest.raises(CouncilError, match=r"^lasting-homes refresh ended with exit code 1\.$"):
        refresh_council("kent", kent)


def test_a_home_of_another_name_is_refused_before_anything_runs(kent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = kent / "ran"
    instead(monkeypatch, f"open({str(ran)!r}, 'w')")
    with pytest.raises(CouncilError, match=r"is not that of essex: its config/settings\.yml says lake_council: kent"):
        refresh_council("essex", kent)
    assert not ran.exists()


def test_a_turn_hears_of_no_other_home_or_history(kent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an environment that names a home and a history, when a turn runs, then its process knows neither."""
    monkeypatch.setenv("LASTING_HOMES_HOME", "/elsewhere")
    monkeypatch.setenv("DAGSTER_HOME", "/elsewhere")
    names = "[name for name in os.environ if name.startswith(('DAGSTER_', 'LASTING_HOMES_HOME'))]"
    instead(monkeypatch, f"import json, os, sys; print(json.dumps({{'error': str({names})}})); sys.exit(1)")
    with pytest.raises(CouncilError, match=r"^\[\]$"):
        refresh_council("kent", kent)


@pytest.mark.parametrize(
    ("program", "turns"),
    [("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 1 + TRIES_AGAIN), ("import sys; sys.exit(1)", 1)],
    ids=["killed", "failed by itself"],
)
def test_only_a_killed_refresh_goes_again(
    program: str, turns: int, kent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = kent / "turns"
    instead(monkeypatch, f"open({str(counted)!r}, 'a').write('x'); {program}")
    job = build_councils({"kent": kent}, executor=dg.in_process_executor).resolve_job_def(ALL_JOB)

    with dg.instance_for_test() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)

    assert not result.success
    assert counted.read_text(encoding="utf-8") == "x" * turns


def test_a_kill_is_told_as_one(kent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(CouncilKilledError, match="The refresh of kent was killed by signal 9"):
        refresh_council("kent", kent)
