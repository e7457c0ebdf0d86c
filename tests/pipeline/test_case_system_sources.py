"""A county that sends Annex A and the SSDA903 instead of the SSD has the figures that the same facts give."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from same_facts_otherwise import put_instead_of_the_ssd
from small_homes import Extracts, make_home

from pipelines.contracts import load_contracts
from pipelines.identity import ExactRules, GivenLinks, Linker, link
from pipelines.landing import Load, land
from pipelines.landing.as_known import attach_current_rows, known_loads
from pipelines.protection.encryption import attach
from pipelines.settings import Home
from pipelines.warehouse.build import Build
from pipelines.warehouse.database import open_for_reading, open_for_writing
from pipelines.warehouse.dbt import ParsedProject, run_dbt

NOW = datetime(2027, 1, 1, tzinfo=UTC)

SHARED = Path(__file__).parents[3] / "shared" / "data"
REAL_ANNEX_A = SHARED / "annex_a" / "Annex_A_2024_Jan.xlsx"
REAL_SSDA903 = SHARED / "ssda903"
RETURN = ("header", "episodes", "uasc", "oc3")


def warehouse_of(folder: Path, home: Home, loads: Sequence[Load], linker: Linker, project: ParsedProject) -> Path:
    """Link and transform these loads of the home into a new warehouse; every data test of dbt must pass."""
    build = Build(folder.name, folder)
    folder.mkdir()
    with open_for_writing(build.warehouse) as connection:
        attach_current_rows(connection, home, load_contracts(), loads)
        link(connection, linker=linker, key=home.person_key())
    failed = [(node.name, node.message) for node in run_dbt(build, project).failed]
    assert failed == []
    return build.warehouse


def land_now(home: Home) -> list[Load]:
    """Land the home's inbox, and return every load known then."""
    land(home, load_contracts(), now=NOW, settle_seconds=0)
    return known_loads(home, NOW)


@pytest.fixture(scope="module")
def two_builds(
    tmp_path_factory: pytest.TempPathFactory,
    small_home: Home,
    small_extracts: Extracts,
    parsed_project: ParsedProject,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The counties as the SSD tells them, attached as `ssd`, and as the other extracts do, attached as `otherwise`.

    Neither has ssd_address, for which none of the other extracts stands in; the form person_index is made anew.
    """
    folder = tmp_path_factory.mktemp("two-builds")
    linker = GivenLinks(small_extracts.truth / "links.parquet")
    sent = known_loads(small_home, NOW)
    with_ssd = [load for load in sent if load.table not in ("ssd_address", "person_index")]
    indexes = {load.load_id for load in sent if load.table == "person_index"}
    ssd = warehouse_of(folder / "ssd", small_home, with_ssd, linker, parsed_project)

    home = make_home(folder / "home")
    shutil.copytree(small_home.landing, home.landing, dirs_exist_ok=True)
    put_instead_of_the_ssd(home.inbox, ssd, with_list_8=["lancashire"])
    without_ssd = [load for load in land_now(home) if not load.table.startswith("ssd_") and load.load_id not in indexes]
    otherwise = warehouse_of(folder / "otherwise", home, without_ssd, linker, parsed_project)

    with duckdb.connect() as connection:
        attach(connection, ssd, "ssd", read_only=True)
        attach(connection, otherwise, "otherwise", read_only=True)
        connection.execute(
            "create temp table dead as select person_key from ssd.core.dim_person where death_date is not null"
        )
        yield connection


def differences(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    """The rows of the query that only one of the two builds has; `{}` stands for the build."""
    one, other = query.replace("{}", "ssd"), query.replace("{}", "otherwise")
    return connection.sql(f"(({one}) except ({other})) union all (({other}) except ({one}))").fetchall()


def test_the_other_extracts_landed_instead_of_the_ssd(two_builds: duckdb.DuckDBPyConnection) -> None:
    extracts = two_builds.sql(
        "select distinct sender, extract_name from otherwise.staging.stg_landing__load where extract_name not in "
        "(select extract_name from ssd.staging.stg_landing__load) order by all"
    ).fetchall()
    both = ["annex_a_list_9", "person_index", "ssda903_episodes", "ssda903_header", "ssda903_uasc"]
    assert extracts == sorted(
        [("kent", name) for name in both] + [("lancashire", name) for name in ["annex_a_list_8", *both]]
    )
    assert two_builds.sql("select count(*) from otherwise.staging.stg_case_system__ssd_person").fetchall() == [(0,)]


@pytest.mark.parametrize(
    "query",
    [
        "select * exclude (death_date) from {}.core.dim_person semi join {}.core.fct_care_snapshot "
        "using (authority, person_key)",
        "select authority, person_key, data_date, eligibility, activity, in_touch, kind_of_home, suitability, "
        "latest_contact, pathway_plan_review_on, adviser_named from {}.core.fct_care_snapshot",
        "select * from {}.core.fct_care_status",
        # What was H5, P2 or Z1 is not a code of the collection year of these files, so that its cell is refused.
        "select authority, person_key, start_date, end_date, is_open, district, postcode, "
        "case when placement_type not in ('H5', 'P2', 'Z1') then placement_type end from {}.core.fct_care_placement",
        "select authority, person_key, kind_of_home, start_date, end_date, earliest_start, latest_start "
        "from {}.core.fct_snapshot_spell",
    ],
    ids=["people", "snapshots", "statuses", "placements", "spells"],
)
def test_the_same_facts_become_the_same_rows(two_builds: duckdb.DuckDBPyConnection, query: str) -> None:
    assert differences(two_builds, query) == []


# Ids of placements differ by source; who died leaves scope on a day that the other extracts do not tell.
EVENTS = "select * exclude (record_id) from {}.marts.measure_event anti join dead using (person_key)"

# What no other extract than the SSD tells (decision 9), and who is counted otherwise for it. Nothing else may differ.
# Who had an adviser on a day: ssd_involvements (reading 79).
HAD_ADVISER = """
select event.authority, event.person_key, event.start_date
from ({events}) as event
semi join ssd.core.fct_personal_adviser as adviser
    on adviser.authority = event.authority and adviser.person_key = event.person_key
    and adviser.start_date <= event.start_date and coalesce(adviser.end_date, date '9999-12-31') > event.start_date
where event.measure_id = 'presenters_without_adviser'
"""
# That somebody whose last placement has ended is still looked after: the return gives both one end (reading 92).
IN_CARE_WITHOUT_PLACEMENT = """
select authority, person_key from ssd.core.fct_period_of_care where end_date is null
except
select authority, person_key from ssd.core.fct_care_placement where is_open
"""
# That somebody is no former UASC: List 9 tells it of care leavers only, List 8 and the return tell a yes (reading 82).
NEVER_ON_LIST_9 = """
select authority, person_key from ssd.core.dim_person
except
select authority, person_key from ssd.core.fct_care_snapshot
"""


def test_every_event_is_the_same_but_what_the_ssd_alone_tells(two_builds: duckdb.DuckDBPyConnection) -> None:
    same = f"""
        select * replace (
            case when former_uasc = 'yes' or (authority, person_key) not in ({NEVER_ON_LIST_9}) then former_uasc end
            as former_uasc
        )
        from ({EVENTS})
        where measure_id <> 'presenters_without_adviser'
            and (measure_id <> 'addresses_since_leaving'
                or (authority, person_key) not in ({IN_CARE_WITHOUT_PLACEMENT}))
    """

    assert differences(two_builds, same) == []
    counted = two_builds.sql(f"select count(*), count(distinct measure_id) from ({same.replace('{}', 'otherwise')})")
    ((rows, measures),) = counted.fetchall()
    assert rows > 5000
    assert measures > 70


def only_in(connection: duckdb.DuckDBPyConnection, build: str, query: str) -> list[tuple[object, ...]]:
    """The rows of the query that this build has and the other has not; `{}` stands for the build."""
    other = {"ssd": "otherwise", "otherwise": "ssd"}[build]
    return connection.sql(f"({query.replace('{}', build)}) except ({query.replace('{}', other)})").fetchall()


def test_without_involvements_nobody_says_who_has_no_adviser(two_builds: duckdb.DuckDBPyConnection) -> None:
    events = f"select * from ({EVENTS}) where measure_id = 'presenters_without_adviser'"
    more = only_in(two_builds, "otherwise", f"select authority, person_key, start_date from ({events})")
    had_adviser = HAD_ADVISER.replace("{events}", EVENTS.replace("{}", "otherwise"))

    assert only_in(two_builds, "ssd", events) == []
    assert sorted(more) == sorted(two_builds.sql(had_adviser).fetchall())
    assert more
    assert two_builds.sql("from otherwise.core.fct_personal_adviser").fetchall() == []
    assert figures_of_presenters(two_builds, "ssd") >= {"complete"}
    assert figures_of_presenters(two_builds, "otherwise") == {"not_available"}


def figures_of_presenters(connection: duckdb.DuckDBPyConnection, build: str) -> set[str]:
    """How the figures of presenters without an adviser are covered, and that those not available have no value."""
    covered = connection.sql(
        f"select distinct coverage, value is null from {build}.marts.measure_observation "
        "where measure_id = 'presenters_without_adviser'"
    ).fetchall()
    assert all(empty == (coverage == "not_available") for coverage, empty in covered)
    return {coverage for coverage, _ in covered}


def test_with_the_return_the_end_of_the_last_placement_ends_care(two_builds: duckdb.DuckDBPyConnection) -> None:
    events = f"select authority, person_key from ({EVENTS}) where measure_id = 'addresses_since_leaving'"

    assert only_in(two_builds, "ssd", events) == []
    more = only_in(two_builds, "otherwise", events)
    assert more
    assert set(more) <= set(two_builds.sql(IN_CARE_WITHOUT_PLACEMENT).fetchall())


def test_who_is_on_no_list_9_is_not_known_to_be_no_former_uasc(two_builds: duckdb.DuckDBPyConnection) -> None:
    told = f"select distinct authority, person_key, former_uasc from ({EVENTS}) where person_key is not null"
    by_ssd, otherwise = only_in(two_builds, "ssd", told), only_in(two_builds, "otherwise", told)

    assert by_ssd
    assert {value for *_, value in by_ssd} == {"no"}
    assert {value for *_, value in otherwise} == {"not_known"}
    assert {tuple(person) for *person, _ in by_ssd} <= set(two_builds.sql(NEVER_ON_LIST_9).fetchall())


def test_periods_and_as_at_are_the_same(two_builds: duckdb.DuckDBPyConnection) -> None:
    """The case system's data date is that of List 9 where there is no ssd_care_leavers (reading 78)."""
    shown = (
        "select distinct measure_id, area_code, period_kind, period_label, as_at, senders_received, senders_expected, "
        "coverage from {}.marts.measure_observation where measure_id <> 'presenters_without_adviser'"
    )
    assert differences(two_builds, shown) == []


def test_two_sources_of_one_fact_agree_where_they_say_the_same(two_builds: duckdb.DuckDBPyConnection) -> None:
    """Header, UASC and List 9 all tell sex, and Lancashire's List 8 tells placements that the return tells too."""
    assert two_builds.sql("from otherwise.core.source_disagreement").fetchall() == []


@pytest.fixture(scope="module")
def real_files(
    tmp_path_factory: pytest.TempPathFactory, parsed_project: ParsedProject
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Kent sends the real Annex A workbook, Lancashire the real return; the refused cells are in `refused`."""
    home = make_home(tmp_path_factory.mktemp("real") / "home")
    files = [("kent", REAL_ANNEX_A, "2024-01-31")]
    files += [("lancashire", REAL_SSDA903 / f"{name}.csv", "2019-03-31") for name in RETURN]
    for authority, path, day in files:
        place = home.inbox / "case_system" / authority
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place / path.name)
        (place / f"{path.name}.meta.yml").write_text(f"data_date: {day}\n", encoding="utf-8")
    built = warehouse_of(home.builds / "real", home, land_now(home), ExactRules(), parsed_project)
    refused = pl.read_parquet(home.landing / "refused_cells" / "**" / "*.parquet", hive_partitioning=True)
    with open_for_reading(built) as connection:
        connection.register("refused", refused)
        yield connection


@pytest.mark.needs_data
@pytest.mark.skipif(not REAL_SSDA903.is_dir() or not REAL_ANNEX_A.is_file(), reason="../shared/data is not here")
class TestRealFiles:
    """Files of public projects, the return with deliberate errors."""

    def test_what_was_accepted_stands_in_staging(self, real_files: duckdb.DuckDBPyConnection) -> None:
        accepted = real_files.sql(
            'select "table", rows_accepted from landing.load where rows_read = rows_accepted + rows_rejected'
        ).fetchall()
        assert len(accepted) == 6
        for table, rows in accepted:
            begun = "where decom <= data_date" if table == "ssda903_episodes" else ""
            staged = real_files.sql(f"select count(*) from staging.stg_case_system__{table}").fetchall()
            landed = real_files.sql(f"select count(*) from landing.case_system__{table} {begun}").fetchall()
            assert staged == landed
            assert begun or landed == [(rows,)]

    def test_deliberate_errors_are_refused_under_dfes_numbers(self, real_files: duckdb.DuckDBPyConnection) -> None:
        rules = real_files.sql("select distinct rule from refused where \"table\" = 'ssda903_oc3'").fetchall()
        assert {rule for (rule,) in rules} == {"133", "344"}
        wrong = real_files.sql(
            "select count(*) from refused inner join staging.stg_case_system__ssda903_oc3 as oc3 "
            "using (load_id, row_number) "
            "where refused.\"column\" = 'accom' and oc3.oc3_accommodation is not null"
        ).fetchall()
        assert wrong == [(0,)]

    def test_a_county_with_the_return_alone_has_statuses_and_homes(self, real_files: duckdb.DuckDBPyConnection) -> None:
        statuses = dict(
            real_files.sql(
                "select eligibility, count(distinct person_key) from core.fct_care_status "
                "where authority = 'lancashire' group by all"
            ).fetchall()
        )
        assert statuses["former_relevant"] > 10
        assert statuses["eligible"] > 100
        assert "qualifying" not in statuses
        spells = real_files.sql("select count(*) from core.fct_snapshot_spell where authority = 'lancashire'")
        assert spells.fetchall()[0][0] > 10

    def test_a_county_with_annex_a_has_its_care_leavers(self, real_files: duckdb.DuckDBPyConnection) -> None:
        ((snapshots, with_status),) = real_files.sql(
            "select count(*), count(*) filter (where eligibility <> 'none') from core.fct_care_snapshot "
            "where authority = 'kent' and source = 'annex_a'"
        ).fetchall()
        assert snapshots >= 6
        assert with_status >= 5
