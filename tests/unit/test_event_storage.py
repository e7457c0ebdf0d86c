"""The history of Dagster with files that stay open: what is written is read again, by others too."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines.commands.init import DAGSTER
from pipelines.event_storage import OpenEventStorage


@dg.asset(check_specs=[dg.AssetCheckSpec("whole", asset="counted")])
def counted():  # type: ignore[no-untyped-def]
    return dg.MaterializeResult(
        metadata={"rows": 3}, check_results=[dg.AssetCheckResult(check_name="whole", passed=True)]
    )


@pytest.fixture
def dagster_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "dagster.yaml").write_text(DAGSTER, encoding="utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return tmp_path


def test_a_home_keeps_its_history_in_open_files(dagster_home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, OpenEventStorage)
        for _ in range(2):
            assert dg.materialize([counted], instance=instance).success
        assert instance.get_latest_materialization_event(dg.AssetKey("counted")) is not None


def test_dagster_reads_what_was_written(dagster_home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        run = dg.materialize([counted], instance=instance).run_id
        written = [entry.dagster_event_type for entry in instance.all_logs(run)]
        # While the files are open, as the web page would.
        stock = SqliteEventLogStorage(str(dagster_home / "history" / "runs"))
        assert [entry.dagster_event_type for entry in stock.get_logs_for_run(run)] == written
    again = SqliteEventLogStorage(str(dagster_home / "history" / "runs"))
    assert [entry.dagster_event_type for entry in again.get_logs_for_run(run)] == written
    assert dg.DagsterEventType.ASSET_CHECK_EVALUATION in written


def test_a_closed_history_opens_again(dagster_home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        run = dg.materialize([counted], instance=instance).run_id
    with dg.DagsterInstance.get() as instance:
        assert instance.all_logs(run)
        assert instance.get_run_by_id(run) is not None
