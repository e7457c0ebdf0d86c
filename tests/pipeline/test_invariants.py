"""What must hold before a build is published: each statement is broken here once, and is then refused."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from small_homes import copy_of, figures_of, settings_of

from pipelines.refresh import Refresh
from pipelines.settings import Home
from pipelines.warehouse.build import Build, builds
from pipelines.warehouse.database import open_for_writing
from pipelines.warehouse.dbt import DbtReport, NodeResult, ParsedProject
from pipelines.warehouse.invariants import NAMES, InvariantError, check_invariants, require
from pipelines.warehouse.lock import only_one
from pipelines.warehouse.publish import published_build

IDENTIFIERS = {"pers_forename", "surname", "date_of_birth", "ni_number", "postcode"}
PASSED = DbtReport((NodeResult("test.a", "a", "test", "pass", 0.1, 0, ""),))


@pytest.fixture
def build(small_home: Home, tmp_path: Path) -> Build:
    """Return a copy of a good build, to break."""
    good = published_build(small_home)
    home = Home(tmp_path)
    home.config.mkdir()
    shutil.copy(small_home.database_key_file, home.database_key_file)
    folder = home.builds / good.build_id
    folder.mkdir(parents=True)
    for database in (good.warehouse, good.analyst):
        shutil.copy(database, folder / database.name)
    return Build(good.build_id, folder)


def broken(build: Build, dbt: DbtReport = PASSED) -> dict[str, str]:
    """Return the statements that do not hold, with what was found."""
    outcomes = check_invariants(build, dbt, direct_identifiers=IDENTIFIERS)
    assert tuple(outcome.name for outcome in outcomes) == NAMES
    return {outcome.name: outcome.sentence for outcome in outcomes if not outcome.passed}


def change(path: Path, *statements: str) -> None:
    with open_for_writing(path) as database:
        for statement in statements:
            database.execute(statement)


def test_a_good_build_breaks_none(build: Build) -> None:
    assert broken(build) == {}


@pytest.mark.parametrize(
    ("name", "statement", "told"),
    [
        (
            "loads_add_up",
            "update landing.load set rows_rejected = rows_rejected + 1 "
            "where load_id = (select min(load_id) from landing.load)",
            "not so for loads ",
        ),
        (
            "rows_have_loads",
            "delete from landing.load where load_id = (select min(load_id) from landing.homelessness__cases)",
            "homelessness__cases",
        ),
        ("primary_tables_filled", "delete from core.record_source", "without rows: core.record_source"),
        ("primary_tables_filled", "drop table core.dim_person", "without rows: core.dim_person"),
        (
            "every_measure_observed",
            "delete from coded.measure_observation where measure_id = 'bnb_stays'",
            "without observations: bnb_stays",
        ),
        (
            "every_measure_observed",
            "delete from coded.measure_observation where measure_id = 'plan_shared'",
            "without observations: plan_shared",
        ),
        (
            "views_of_warehouse_can_move",
            'create view core.shortcut as select * from "warehouse"."core"."dim_area"',
            "core.shortcut",
        ),
    ],
)
def test_a_broken_warehouse_is_refused(name: str, statement: str, told: str, build: Build) -> None:
    change(build.warehouse, statement)
    found = broken(build)
    assert set(found) == {name}
    assert told in found[name]


@pytest.mark.parametrize(
    ("name", "statement", "told"),
    [
        (
            "views_of_analyst_can_move",
            "create view marts.shortcut as select * from analyst.marts.measure_event",
            "marts.shortcut",
        ),
        ("analyst_has_no_identifier", "alter table marts.measure_event add column surname varchar", "surname"),
    ],
)
def test_a_broken_analysts_database_is_refused(name: str, statement: str, told: str, build: Build) -> None:
    change(build.analyst, statement)
    found = broken(build)
    assert set(found) == {name}
    assert told in found[name]


def test_what_no_county_with_data_promises_needs_no_figures(build: Build) -> None:
    """Given that Lancashire has sent nothing yet, then what Lancashire alone promises may be without figures."""
    change(
        build.warehouse,
        "delete from core.dim_clock where authority = 'lancashire'",
        "delete from coded.measure_observation where measure_id in "
        "(select obligation_id from seeds.obligations where letters = 'L')",
    )
    assert broken(build) == {}


def test_a_view_that_names_no_catalogue_may_stay(build: Build) -> None:
    change(build.warehouse, "create view core.shortcut as select * from core.dim_area")
    assert broken(build) == {}


@pytest.mark.parametrize("status", ["fail", "error", "skipped"])
def test_what_dbt_says_counts(status: str, build: Build) -> None:
    dbt = DbtReport((*PASSED.nodes, NodeResult("test.b", "b", "test", status, 0.1, 3, "3 rows found")))
    assert "dbt_passed" in broken(build, dbt)


def test_require_names_everything_that_is_broken(build: Build) -> None:
    change(build.warehouse, "delete from core.record_source", "delete from core.dim_period")
    outcomes = check_invariants(build, PASSED, direct_identifiers=IDENTIFIERS)
    with pytest.raises(InvariantError, match=r"(?s)what was published stays.*core.dim_period, core.record_source"):
        require(outcomes)


@pytest.mark.slow
def test_a_build_that_breaks_an_invariant_is_never_seen(
    small_home: Home, parsed_project: ParsedProject, tmp_path: Path
) -> None:
    """Given a published build, when the next one is broken, then readers keep the old one and the next start tidies."""
    home = copy_of(small_home, tmp_path / "home")
    before = published_build(home).build_id
    run = Refresh(settings_of(home), project=parsed_project)
    with only_one(home):
        run.judge_loads()
        run.link_people()
        good = run.transform()
        # a failed test: not even figures are written
        failed = dataclasses.replace(good.tests[0], status="fail", failures=1, message="Got 1 result")
        run.dbt_report = DbtReport((*good.nodes, failed))
        with pytest.raises(InvariantError):
            run.disclose()
        assert not run.build.figures.exists()
        assert published_build(home).build_id == before
        # a mart without a measure: it is seen when everything is written
        run.dbt_report = good
        change(run.build.warehouse, "delete from coded.measure_observation where measure_id = 'bnb_nights'")
        run.disclose()
        with pytest.raises(InvariantError):
            run.publish_build()
    assert published_build(home).build_id == before
    assert run.build.folder.exists(), "what is broken stays to be looked at until the next refresh"
    Refresh(settings_of(home), project=parsed_project).land_inbox()
    assert {build.build_id for build in builds(home)} == {before}
    assert figures_of(published_build(home).folder).equals(figures_of(published_build(small_home).folder))
