"""Which Spark the settings name, and that nothing of what it is lent is left."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from pipelines.scale import lending
from pipelines.scale.lending import NamedSpark, lent_folder, named_spark
from pipelines.scale.spark import SparkSession
from pipelines.settings import Settings, SettingsError


class StepFailedError(Exception):
    """What a step raises here."""


def leave_rows_tables_and_logs(folder: Path) -> None:
    for part in ("rows/landing/load", "tables/marts.db/measure_event", "spark", "logs"):
        (folder / part).mkdir(parents=True)


def holds(process: psutil.Process, file: Path) -> bool:
    try:
        return any(Path(one.path) == file for one in process.open_files())
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return False


def test_settings_name_no_spark_of_themselves(tmp_path: Path) -> None:
    assert named_spark(Settings(home=tmp_path)) is None


def test_settings_say_how_a_session_is_started(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path,
        spark_master="local[2]",
        spark_folder=tmp_path / "lent",
        spark_memory="3g",
        spark_partitions=6,
        spark_small=True,
    )

    assert named_spark(settings) == NamedSpark(
        SparkSession(master="local[2]", driver_memory="3g", partitions=6, is_small=True), tmp_path / "lent"
    )


def test_a_spark_without_a_folder_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Name a folder on an encrypted volume"):
        named_spark(Settings(home=tmp_path, spark_master="local[2]"))


@pytest.mark.parametrize("letter", sorted("*?[]{}"))
def test_a_folder_that_spark_would_take_for_a_pattern_is_refused(tmp_path: Path, letter: str) -> None:
    with pytest.raises(SettingsError, match="name a folder without any of"):
        named_spark(Settings(home=tmp_path, spark_master="local[2]", spark_folder=tmp_path / f"a{letter}b"))


def test_nothing_is_left_of_a_step_that_ended_well(tmp_path: Path) -> None:
    with lent_folder(tmp_path / "lent", "step") as lent:
        leave_rows_tables_and_logs(lent.folder)

    assert list((tmp_path / "lent").iterdir()) == []


def test_of_a_step_that_failed_only_logs_are_left(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError), lent_folder(tmp_path, "step") as lent:
        leave_rows_tables_and_logs(lent.folder)
        raise StepFailedError

    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["step", "step/logs"]


def test_rows_of_a_killed_step_are_removed_and_those_of_a_living_one_left(tmp_path: Path) -> None:
    """Given a folder whose lock nobody holds and one whose lock is held, when another step begins."""
    killed, living = tmp_path / "killed", tmp_path / "living"
    for folder in (killed, living):
        leave_rows_tables_and_logs(folder)
        folder.with_suffix(".lock").touch()

    with living.with_suffix(".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with lent_folder(tmp_path, "next"):
            assert sorted(path.name for path in tmp_path.glob("*.lock")) == ["living.lock", "next.lock"]

    assert [path.name for path in killed.iterdir()] == ["logs"]
    assert sorted(path.name for path in living.iterdir()) == ["logs", "rows", "spark", "tables"]


def test_a_step_that_works_keeps_its_rows_while_another_begins(tmp_path: Path) -> None:
    with lent_folder(tmp_path, "first") as first:
        leave_rows_tables_and_logs(first.folder)
        with lent_folder(tmp_path, "second"):
            assert (first.folder / "rows" / "landing").is_dir()


def test_rows_are_left_while_a_spark_lives_whose_step_was_killed(tmp_path: Path) -> None:
    """Given a process that was handed the lock by another that ended without removing anything."""
    step = (
        "import os, subprocess, sys, time; from pathlib import Path; from pipelines.scale.lending import lent_folder\n"
        "with lent_folder(Path(sys.argv[1]), 'killed') as lent:\n"
        "    (lent.folder / 'rows').mkdir(parents=True)\n"
        "    subprocess.Popen(['sleep', '60'], pass_fds=(lent.lock,), start_new_session=True)\n"
        "    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", step, str(tmp_path)], check=False).returncode == 9
    (spark,) = (one for one in psutil.process_iter() if holds(one, tmp_path / "killed.lock"))

    with lent_folder(tmp_path, "next"):
        assert (tmp_path / "killed" / "rows").is_dir()
    spark.kill()
    spark.wait(10)
    with lent_folder(tmp_path, "last"):
        assert not (tmp_path / "killed" / "rows").exists()


def test_what_cannot_be_removed_keeps_its_lock_for_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a file system that lets nothing go while the step ends, when another step begins."""
    with monkeypatch.context() as stuck:
        stuck.setattr(lending.shutil, "rmtree", lambda *_, **__: None)
        with lent_folder(tmp_path, "step") as lent:
            leave_rows_tables_and_logs(lent.folder)
    assert (tmp_path / "step" / "rows").is_dir()

    with lent_folder(tmp_path, "next"):
        assert sorted(path.name for path in (tmp_path / "step").iterdir()) == ["logs"]
        assert [path.name for path in tmp_path.glob("*.lock")] == ["next.lock"]
