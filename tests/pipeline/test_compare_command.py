"""`lasting-homes compare` on a published home: one day from the kept build, the other built aside and removed."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_homes import copy_of

from pipelines.cli import main
from pipelines.settings import Home
from pipelines.warehouse.database import open_for_reading
from pipelines.warehouse.dbt import ParsedProject

pytestmark = pytest.mark.slow
FIRST_DAY, TODAY = "2026-06-30", "2027-03-31"


@pytest.fixture
def home(small_home: Home, parsed_project: ParsedProject, tmp_path: Path) -> Home:
    """Return a copy of the small home whose dbt project is parsed already."""
    home = copy_of(small_home, tmp_path / "home")
    shutil.copytree(parsed_project.folder, home.dagster / "dbt" / parsed_project.folder.name, dirs_exist_ok=True)
    return home


def test_what_changed_since_a_day_is_listed_with_the_loads_received_since(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given a home of today, when a day of June is compared with it, then what moved came by loads received since."""
    published, builds, registry = home.published.readlink(), contents(home.builds), contents(home.registry)

    code = main(["compare", "--home", str(home.root), "--known-at", TODAY, "--known-at", FIRST_DAY, "--json"])

    out, err = capsys.readouterr()
    assert code == 0, err
    answer = json.loads(out)
    assert f"build {home.published.resolve().name}" in err, "today's build is kept, and is not built again"
    received = {load["load_id"]: datetime.fromisoformat(load["received_at"]) for load in answer["loads"]}
    assert min(received.values()) > datetime(2026, 6, 30, 22, tzinfo=UTC).replace(tzinfo=None)
    explained = [one for one in answer["figures"] if one["records"]]
    assert len(explained) > 100
    assert all(one["loads"] for one in answer["figures"])
    assert any(one["before"] is not None and one["before"] != one["after"] for one in explained)

    with open_for_reading(home.published / "warehouse.duckdb") as warehouse:
        of_today = {
            row[:5]: row[5]
            for row in warehouse.execute(
                "select measure_id, authority, area_code, period_label, statistic, value "
                "from marts.measure_observation where period_kind = 'quarter' and breakdown = 'total'"
            ).fetchall()
        }
    key = ("measure_id", "authority", "area_code", "period_label", "statistic")
    shown = [(of_today[tuple(one[part] for part in key)], one["after"]) for one in explained if one["coverage_after"]]
    assert len(shown) > 100
    assert all(value == after for value, after in shown), "the second day is what is published"

    # and of a quarter that the first day knew nothing of, every measure that has a figure now is listed
    listed = {one["measure_id"] for one in answer["figures"] if one["period_label"] == "2026-27-Q2"}
    assert listed >= {measure for measure, *_, label, _ in of_today if label == "2026-27-Q2"}
    assert len(listed) > 70

    assert (home.published.readlink(), contents(home.builds)) == (published, builds)
    assert contents(home.registry) == registry
    assert list(home.root.glob(".compare.*")) == []


def test_the_same_knowledge_needs_no_build_and_is_said_plainly(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Given nothing received between two days, then the answer is one sentence, at once."""
    code = main(["compare", "--home", str(home.root), "--known-at", TODAY, "--known-at", "2027-04-01"])

    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    assert out.startswith("Nothing changed between what was known at 31 March 2027, 23:59 and at 1 April 2027, 23:59")


def test_a_day_before_the_first_delivery_is_refused(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--home", str(home.root), "--known-at", "1999-12-31", "--known-at", TODAY]) == 1
    assert "Nothing had been received" in capsys.readouterr().err


def contents(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
