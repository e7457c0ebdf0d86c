"""Which Spark the settings name, and that nothing of what it is lent is left."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from pipelines.scale.lending import NamedSpark, lent_folder, named_spark
from pipelines.scale.spark import SparkSession
from pipelines.settings import Settings, SettingsError


class StepFailedError(Exception):
    """What a step raises here."""


def leave_rows_tables_and_logs(folder: Path) -> None:
    for part in ("rows/landing/load", "tables/marts.db/measure_event", "spark", "logs"):
        (folder / part).mkdir(parents=True)


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


def test_nothing_is_left_of_a_step_that_ended_well(tmp_path: Path) -> None:
    with lent_folder(tmp_path / "lent", "step") as folder:
        leave_rows_tables_and_logs(folder)

    assert list((tmp_path / "lent").iterdir()) == []


def test_of_a_step_that_failed_only_logs_are_left(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError), lent_folder(tmp_path, "step") as folder:
        leave_rows_tables_and_logs(folder)
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
        with lent_folder(tmp_path, "next") as folder:
            folder.mkdir()
            assert sorted(path.name for path in tmp_path.glob("*.lock")) == ["living.lock", "next.lock"]

    assert [path.name for path in killed.iterdir()] == ["logs"]
    assert sorted(path.name for path in living.iterdir()) == ["logs", "rows", "spark", "tables"]


def test_a_step_that_works_keeps_its_rows_while_another_begins(tmp_path: Path) -> None:
    with lent_folder(tmp_path, "first") as first:
        leave_rows_tables_and_logs(first)
        with lent_folder(tmp_path, "second") as second:
            second.mkdir()

        assert (first / "rows" / "landing").is_dir()
