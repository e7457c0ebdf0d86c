"""What changed between two days, on two small hand-made warehouses, and how the command asks and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.commands.compare import moments
from pipelines.commands.outcome import UsageError
from pipelines.comparison import Comparison, MovedFigure, Wanted, compare_warehouses
from pipelines.comparison.figures import NotInTheCatalogueError
from pipelines.identity.decisions import LinkDecision, RecordRef

FIRST_DAY = datetime(2026, 7, 1, tzinfo=UTC)
TABLES = """
create schema core; create schema marts; create schema landing; create schema identity;
create table core.dim_measure as from (values
    ('moves', 'case_system homelessness'), ('bids', 'lettings:bids')
) as t (measure_id, sources_needed);
create table core.dim_area as from (values ('kent', 'county', 'county'), ('kent', 'ashford', 'district'),
    ('kent', 'dover', 'district')) as t (authority, area_code, area_type);
create table core.dim_period as from (values
    ('kent', 'quarter', '2026-27-Q1', date '2026-04-01', date '2026-07-01'),
    ('kent', 'quarter', '2026-27-Q2', date '2026-07-01', date '2026-10-01'),
    ('kent', 'month', '2026-05', date '2026-05-01', date '2026-06-01')
) as t (authority, period_kind, period_label, period_start, period_end);
create table core.record_member (entity varchar, record_id varchar, member_record_id varchar);
create table core.record_source (record_id varchar, load_id varchar, row_number bigint);
create table landing.load (load_id varchar, family varchar, "table" varchar, sender varchar, authority varchar,
    file_name varchar, data_date date, received_at timestamp);
create table identity.person_alias (authority varchar, person_id varchar, person_key varchar);
create table identity.person_link (family varchar, table_name varchar, sender varchar, source_ref varchar,
    person_key varchar);
create table marts.measure_event (measure_id varchar, authority varchar, person_key varchar, area_code varchar,
    start_date date, end_date date, record_id varchar, months_after varchar, counted_from varchar, route varchar);
create table marts.measure_observation (measure_id varchar, authority varchar, area_code varchar, period_kind varchar,
    period_label varchar, breakdown varchar, breakdown_value varchar, statistic varchar, value double,
    coverage varchar);
"""
CASES = ("homelessness", "cases", "ashford", "kent")


@dataclass
class World:
    """The rows of one warehouse, as a test states them."""

    loads: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    sources: list[tuple[str, str]] = field(default_factory=list)
    members: list[tuple[str, str]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    figures: list[tuple[Any, ...]] = field(default_factory=list)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    def load(self, load_id: str, received: date, extract: tuple[str, ...] = CASES) -> None:
        family, table, sender, authority = extract
        at = datetime(received.year, received.month, received.day, 6)  # noqa: DTZ001 - as landing keeps it
        self.loads[load_id] = (load_id, family, table, sender, authority, f"{load_id}.csv", date(2026, 6, 30), at)

    def event(self, record: str, day: date, area: str = "ashford", person: str = "p", route: str = "bid") -> None:
        self.events.append(("moves", "kent", person, area, day, None, record, None, None, route))

    def figure(
        self,
        value: float | None,
        *,
        area: str = "ashford",
        label: str = "2026-27-Q1",
        kind: str = "quarter",
        breakdown: tuple[str, str] = ("total", "total"),
        coverage: str = "complete",
    ) -> None:
        self.figures.append(("moves", "kent", area, kind, label, *breakdown, "events", value, coverage))

    def write(self, path: Path) -> Path:
        with duckdb.connect(str(path)) as connection:
            connection.execute(TABLES)
            for table, rows in {
                "landing.load": list(self.loads.values()),
                "core.record_source": [(*source, 1) for source in self.sources],
                "core.record_member": [("move", *member) for member in self.members],
                "marts.measure_event": self.events,
                "marts.measure_observation": self.figures,
                "identity.person_alias": [("kent", *alias) for alias in self.aliases],
                "identity.person_link": [(*CASES[:3], *link) for link in self.links],
            }.items():
                if rows:
                    places = ", ".join("?" * len(rows[0]))
                    connection.executemany(f"insert into {table} values ({places})", rows)
        return path


@pytest.fixture
def before() -> World:
    """One move of May in Ashford, from a load of June."""
    world = World()
    world.load("june", date(2026, 6, 2))
    world.sources = [("r1", "june")]
    world.event("r1", date(2026, 5, 4))
    world.figure(1)
    world.figure(1, area="county")
    return world


@pytest.fixture
def after() -> World:
    """The same, sent again in August."""
    world = World()
    world.load("june", date(2026, 6, 2))
    world.load("august", date(2026, 8, 3))
    world.sources = [("r1", "august")]
    world.event("r1", date(2026, 5, 4))
    return world


def compared(
    folder: Path, before: World, after: World, wanted: Wanted | None = None, decisions: tuple[LinkDecision, ...] = ()
) -> Comparison:
    return compare_warehouses(
        before.write(folder / "before.duckdb"),
        after.write(folder / "after.duckdb"),
        wanted=wanted or Wanted(),
        received_by=FIRST_DAY,
        decisions=decisions,
    )


def told(figures: Any) -> list[tuple[Any, ...]]:
    return [(one.area_code, one.period_label, one.before, one.after, dict(one.loads)) for one in figures]


def test_a_load_that_changes_nothing_moves_no_figure(tmp_path: Path, before: World, after: World) -> None:
    after.figures = list(before.figures)

    found = compared(tmp_path, before, after)

    assert found.figures == []
    assert [(load.load_id, load.change) for load in found.loads] == [("august", "received")]


def test_a_new_record_is_explained_by_the_load_that_holds_it(tmp_path: Path, before: World, after: World) -> None:
    """Given a move that only the second day knows, then its district and the county moved by that load, no other."""
    after.load("dover", date(2026, 8, 4), ("homelessness", "cases", "dover", "kent"))
    after.sources.append(("r2", "august"))
    after.event("r2", date(2026, 6, 30), person="q")
    after.figure(2)
    after.figure(2, area="county")

    found = compared(tmp_path, before, after)

    assert told(found.figures) == [
        ("ashford", "2026-27-Q1", 1, 2, {"august": "holds"}),
        ("county", "2026-27-Q1", 1, 2, {"august": "holds"}),
    ]
    assert [one.records for one in found.figures] == [1, 1]


def test_a_part_of_a_joined_move_explains_it_too(tmp_path: Path, before: World, after: World) -> None:
    after.sources = [("r1", "june"), ("letting", "august")]
    after.members = [("r1", "r1"), ("r1", "letting")]
    after.events = []
    after.event("r1", date(2026, 7, 1))
    after.figure(0)
    after.figure(0, area="county")

    found = compared(tmp_path, before, after)

    assert told(found.figures)[0] == ("ashford", "2026-27-Q1", 1, 0, {"august": "holds"})


def test_the_day_after_a_quarter_is_not_in_it(tmp_path: Path, before: World, after: World) -> None:
    """Given a move from 30 June to 1 July, then each quarter is concerned by its own side of it."""
    before.events = []
    before.event("r1", date(2026, 6, 30))
    after.events = []
    after.event("r1", date(2026, 7, 1))
    before.figures, after.figures = [], []
    for world, first, second in ((before, 1, 0), (after, 0, 1)):
        world.figure(first)
        world.figure(second, label="2026-27-Q2")

    found = compared(tmp_path, before, after)

    assert [(one.period_label, one.before, one.after, one.records) for one in found.figures] == [
        ("2026-27-Q1", 1, 0, 1),
        ("2026-27-Q2", 0, 1, 1),
    ]


def test_a_record_that_vanished_is_explained_by_the_load_without_it(
    tmp_path: Path, before: World, after: World
) -> None:
    after.sources, after.events = [], []
    after.figure(0)
    after.figure(0, area="county")

    assert told(compared(tmp_path, before, after).figures)[0][4] == {"august": "no_longer_holds"}


def test_a_held_load_explains_what_went_with_it(tmp_path: Path, before: World, after: World) -> None:
    del after.loads["june"]
    del after.loads["august"]
    after.sources, after.events = [], []
    after.figure(0)
    after.figure(0, area="county")

    found = compared(tmp_path, before, after)

    assert [(load.load_id, load.change) for load in found.loads] == [("june", "held")]
    assert told(found.figures)[0][4] == {"june": "holds"}


def test_a_load_received_before_the_first_day_was_accepted_since(tmp_path: Path, before: World, after: World) -> None:
    after.load("late", date(2026, 6, 20))
    after.figures = list(before.figures)

    found = compared(tmp_path, before, after)

    assert {load.load_id: load.change for load in found.loads} == {"august": "received", "late": "accepted"}


def test_a_first_delivery_without_records_explains_coverage(tmp_path: Path, before: World, after: World) -> None:
    """Given a district that was silent, then its figure is explained by its own delivery, not by its neighbour's."""
    after.load("dover", date(2026, 8, 4), ("homelessness", "cases", "dover", "kent"))
    after.load("bids", date(2026, 8, 5), ("lettings", "bids", "scheme", "kent"))
    before.figure(None, area="dover", coverage="not_available")
    after.figures = before.figures[:2]
    after.figure(0, area="dover")

    found = compared(tmp_path, before, after)

    assert told(found.figures) == [("dover", "2026-27-Q1", None, 0, {"dover": "delivered"})]


def test_a_period_that_only_one_day_has_is_said(tmp_path: Path, before: World, after: World) -> None:
    after.figures = list(before.figures)
    after.figure(0, label="2026-27-Q2")

    (figure,) = compared(tmp_path, before, after).figures

    assert (figure.listed_before, figure.listed_after) == (False, True)


def test_quarter_totals_are_compared_unless_more_is_asked_for(tmp_path: Path, before: World, after: World) -> None:
    before.figure(1, label="2026-05", kind="month")
    before.figure(1, breakdown=("route", "bid"))
    after.events = []
    after.event("r1", date(2026, 5, 4), route="direct")
    after.figures = before.figures[:2]
    after.figure(0, label="2026-05", kind="month")
    after.figure(0, breakdown=("route", "bid"))
    old, new = before.write(tmp_path / "before.duckdb"), after.write(tmp_path / "after.duckdb")

    def asked(wanted: Wanted) -> list[MovedFigure]:
        return list(compare_warehouses(old, new, wanted=wanted, received_by=FIRST_DAY).figures)

    assert asked(Wanted()) == []
    assert [one.period_kind for one in asked(Wanted(period="2026-05"))] == ["month"]
    (by_route,) = asked(Wanted(breakdowns=True))
    assert (by_route.breakdown, by_route.breakdown_value, by_route.records) == ("route", "bid", 1)
    assert asked(Wanted(measure="bids", breakdowns=True)) == []
    assert asked(Wanted(area="dover", breakdowns=True)) == []


@pytest.mark.parametrize(
    ("wanted", "known"),
    [(Wanted(measure="x"), "moves"), (Wanted(area="x"), "ashford"), (Wanted(period="x"), "2026-05")],
)
def test_what_is_not_there_is_answered_with_what_is(
    wanted: Wanted, known: str, tmp_path: Path, before: World, after: World
) -> None:
    with pytest.raises(NotInTheCatalogueError, match=known):
        compared(tmp_path, before, after, wanted)


def test_a_decision_about_who_is_who_is_named_where_its_people_count(
    tmp_path: Path, before: World, after: World
) -> None:
    """Given a record that people moved to another person, then the figure names that decision and not another."""
    before.links, before.aliases = [("case-1", "p")], [("id-p", "p"), ("id-q", "q"), ("id-z", "z")]
    after.links, after.aliases = [("case-1", "q")], before.aliases
    after.events = []
    after.event("r1", date(2026, 5, 4), person="q")
    after.figure(2)
    after.figure(1, area="county")

    def decided(ref: str, person: str) -> LinkDecision:
        one, other = RecordRef(*CASES[:3], ref), RecordRef.case_id("kent", person)
        return LinkDecision(one, other, "same", datetime(2026, 8, 1, tzinfo=UTC), "A reviewer", "the same address")

    found = compared(tmp_path, before, after, decisions=(decided("case-9", "id-z"), decided("case-1", "id-q")))

    (figure,) = found.figures
    assert (figure.decisions, figure.relinked, figure.records) == ((1,), 1, 1)


def test_a_day_counts_to_its_end_in_london() -> None:
    assert moments(["2026-09-30", "2026-06-30T12:00:00+01:00"]) == (
        datetime(2026, 6, 30, 11, tzinfo=UTC),
        datetime(2026, 9, 30, 22, 59, 59, 999999, tzinfo=UTC),
    )


@pytest.mark.parametrize("given", [["2026-09-30"], ["2026-09-30"] * 3, ["2026-09-30", "Michaelmas"]])
def test_anything_but_two_days_is_refused(given: list[str]) -> None:
    with pytest.raises(UsageError):
        moments(given)
