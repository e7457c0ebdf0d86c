"""What changed since the published build, and who is flagged without being known here."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from hand_made_landing import LandingSchema

from pipelines.identity import ExactRules, link, record_affected_figures, record_person_changes
from pipelines.identity.decisions import LinkDecision, RecordRef

KEY = b"a secret of the test"
HOME = "XK111AA"


def published(landing: LandingSchema, folder: Path, name: str = "before") -> Path:
    """Keep the schema `identity` of a run as the published warehouse."""
    path = folder / f"{name}.duckdb"
    landing.connection.execute(f"attach '{path}' as kept")
    for schema, table in landing.connection.execute(
        "select schema_name, table_name from duckdb_tables() where schema_name = 'identity' and not temporary"
    ).fetchall():
        landing.connection.execute(f"create schema if not exists kept.{schema}")
        landing.connection.execute(f"create table kept.{schema}.{table} as select * from {schema}.{table}")
    landing.connection.execute("detach kept")
    return path


def changes(landing: LandingSchema, before: Path) -> list[tuple[str, str]]:
    record_person_changes(landing.connection, before)
    return landing.connection.execute("select kind, source_ref from identity.person_change order by all").fetchall()


def test_the_arrival_of_others_changes_nothing(landing: LandingSchema, tmp_path: Path) -> None:
    landing.person("p5", postcodes=(HOME,))
    landing.application("a5", postcode=HOME)
    link(landing.connection, linker=ExactRules(), key=KEY)
    keys, before = landing.keys(), published(landing, tmp_path)
    # when people arrive whose ids come before and after, with the same name too
    for number in (1, 4, 6, 9):
        landing.person(f"p{number}", "Caldwin" if number % 2 else "Bramric", born=date(2005, 1, number))
        landing.application(f"a{number}", "Caldwin", born=date(2005, 1, number))
    link(landing.connection, linker=ExactRules(), key=KEY)
    assert keys.items() <= landing.keys().items()
    assert changes(landing, before) == []


def test_without_an_earlier_build_there_are_no_changes(landing: LandingSchema) -> None:
    link(landing.connection, linker=ExactRules(), key=KEY)
    assert record_person_changes(landing.connection, None) == {}


def test_merges_and_moved_records_are_listed_before_and_after(landing: LandingSchema, tmp_path: Path) -> None:
    landing.person("p1", "Bramric")
    landing.person("p2", "Caldwin")
    landing.application("a1", "Bramric")
    landing.application("a2", "Caldwin")
    landing.application("a3", "Dorvan")
    link(landing.connection, linker=ExactRules(), key=KEY)
    keys, before = landing.keys(), published(landing, tmp_path)
    p1, p2 = RecordRef.case_id("kent", "p1"), RecordRef.case_id("kent", "p2")
    decided = LinkDecision(p2, p1, "same", datetime(2026, 1, 1, tzinfo=UTC), "me", "why")
    link(landing.connection, linker=ExactRules(), key=KEY, decisions=[decided])
    assert changes(landing, before) == [("merged", "p2"), ("moved", "a2")]
    assert landing.connection.execute(
        "select distinct key_before, key_after from identity.person_change"
    ).fetchall() == [(keys["kent", "p2"], keys["kent", "p1"])]
    # and undoing it is a split, seen from the build in which they were one
    merged = published(landing, tmp_path, "merged")
    link(landing.connection, linker=ExactRules(), key=KEY)
    assert changes(landing, merged) == [("moved", "a2"), ("split", "p2")]


def test_what_one_decision_brings_about_has_one_number(landing: LandingSchema, tmp_path: Path) -> None:
    # given two merges that have nothing to do with each other, one of which takes a record along
    for number, forename in enumerate(("Bramric", "Caldwin", "Dorvan", "Elmo"), start=1):
        landing.person(f"p{number}", forename)
    landing.application("a2", "Caldwin")
    link(landing.connection, linker=ExactRules(), key=KEY)
    before = published(landing, tmp_path)
    decided = [
        LinkDecision(
            RecordRef.case_id("kent", one), RecordRef.case_id("kent", other), "same", datetime(2026, 1, 1, tzinfo=UTC),
            "me", "why",
        )
        for one, other in (("p2", "p1"), ("p4", "p3"))
    ]  # fmt: skip
    link(landing.connection, linker=ExactRules(), key=KEY, decisions=decided)
    record_person_changes(landing.connection, before)
    numbered = landing.connection.execute("select source_ref, change from identity.person_change").fetchall()
    assert sorted(numbered) == [("a2", 1), ("p2", 1), ("p4", 2)]


KENT, ASHFORD, DARTFORD = "E10000016", "E07000105", "E07000107"
FIGURES = """
create schema identity;
create schema marts;
create schema core;
create schema landing;
create table landing.lettings__applications (
    sender varchar, application_ref varchar, load_id varchar, row_number bigint
);
create table landing.homelessness__cases (sender varchar, case_ref varchar, load_id varchar, row_number bigint);
create table identity.person_link (table_name varchar, sender varchar, source_ref varchar, person_key varchar);
create table core.record_source (record_id varchar, load_id varchar, row_number bigint);
create table core.dim_area as select 'kent' as authority, 'E10000016' as area_code, 'county' as area_type;
create table core.dim_measure (measure_id varchar, counted_as varchar);
insert into core.dim_measure values
    ('social_moves', 'flow'), ('bnb_nights', 'nights'), ('bnb_now', 'stock'), ('bnb_people', 'span'),
    ('plan_shared', 'share'), ('days_to_home', 'duration'), ('turning_18', 'forecast'), ('other_councils', 'flow');
create table marts.measure_event (
    measure_id varchar, authority varchar, area_code varchar, person_key varchar, start_date date, end_date date,
    record_id varchar, quantity bigint, in_numerator boolean, counted_from varchar
);
create table marts.measure_observation (
    measure_id varchar, authority varchar, area_code varchar, period_kind varchar, period_start date,
    period_label varchar, breakdown varchar, breakdown_value varchar, statistic varchar, value double
);
create table identity.person_change (change bigint, kind varchar, key_before varchar, key_after varchar);
"""


class Event(NamedTuple):
    """A row of measure_event, of Kent."""

    measure: str
    area: str
    key: str | None
    start: date
    end: date | None = None
    record_id: str | None = None
    quantity: int | None = 1
    in_numerator: bool | None = None
    counted_from: str | None = None


def build_with(path: Path, events: Sequence[Event], figures: dict[str, float]) -> None:
    """Write a build with these events and these figures of Kent's first quarter, `measure/statistic[/counted_from]`."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(FIGURES)
        for event in events:
            connection.execute("insert into marts.measure_event values (?, 'kent', ?, ?, ?, ?, ?, ?, ?, ?)", event)
        for name, value in figures.items():
            measure, statistic, *counted_from = name.split("/")
            of = ("counted_from", *counted_from) if counted_from else ("total", "total")
            for kind, breakdown in (("quarter", of), ("quarter", ("sex", "1")), ("ytd", of)):
                connection.execute(
                    "insert into marts.measure_observation values (?, 'kent', ?, ?, date '2026-04-01', '2026-27-Q1', "
                    "?, ?, ?, ?)",
                    [measure, KENT, kind, *breakdown, statistic, value],
                )


def test_each_change_lists_the_figures_that_it_moved_before_and_after(tmp_path: Path) -> None:
    # given k2 merged into k1: two people who had moved to the same district are one, whose later stay has gone
    may = date(2026, 5, 1)
    before, after = tmp_path / "before.duckdb", tmp_path / "after.duckdb"
    build_with(
        before,
        [
            Event("social_moves", ASHFORD, "k1", may, None),
            Event("social_moves", ASHFORD, "k2", may, None),
            Event("social_moves", ASHFORD, "k9", may, None),
            Event("bnb_nights", DARTFORD, "k2", date(2026, 3, 30), date(2026, 4, 5)),
        ],
        {"social_moves/people": 30, "social_moves/events": 33, "bnb_nights/people": 6, "bnb_nights/nights": 70},
    )
    build_with(
        after,
        [
            Event("social_moves", ASHFORD, "k1", may, None),
            Event("social_moves", ASHFORD, "k1", may, None),
            Event("social_moves", ASHFORD, "k9", may, None),
        ],
        {"social_moves/people": 29, "social_moves/events": 33, "bnb_nights/people": 5, "bnb_nights/nights": 66},
    )
    with duckdb.connect(str(after)) as connection:
        connection.execute("insert into identity.person_change values (1, 'merged', 'k2', 'k1')")
    # when the two builds are compared, then the events are as many, the people fewer, and nights are those of April
    assert record_affected_figures(after, before) == 6
    with duckdb.connect(str(after)) as connection:
        found = connection.execute(
            """
            select measure_id, area_code, statistic, counted_before, counted_after, figure_before, figure_after
            from identity.affected_figure
            where change = 1 and period_label = '2026-27-Q1'
            order by measure_id, area_code desc, statistic
            """
        ).fetchall()
    assert found == [
        ("bnb_nights", KENT, "nights", 4, 0, 70, 66),
        ("bnb_nights", KENT, "people", 1, 0, 6, 5),
        ("bnb_nights", DARTFORD, "nights", 4, 0, None, None),
        ("bnb_nights", DARTFORD, "people", 1, 0, None, None),
        ("social_moves", KENT, "people", 2, 1, 30, 29),
        ("social_moves", ASHFORD, "people", 2, 1, None, None),
    ]


APRIL, MAY, LAST = date(2026, 4, 30), date(2026, 5, 1), date(2026, 6, 30)


@pytest.mark.parametrize(
    ("statistic", "before", "after", "counted"),
    [
        # a stock is that of the quarter's last day, not of the ends of months within it
        ("bnb_now/people", [Event("bnb_now", KENT, "k2", APRIL), Event("bnb_now", KENT, "k2", LAST)], [], (1, 0)),
        ("bnb_now/people", [Event("bnb_now", KENT, "k2", APRIL)], [], None),
        # whoever was there for a day of the quarter is in it
        ("bnb_people/people", [Event("bnb_people", KENT, "k2", date(2026, 1, 9), date(2026, 4, 2))], [], (1, 0)),
        ("turning_18/people", [Event("turning_18", KENT, "k2", MAY)], [], (1, 0)),
        # a share moves with what it is out of, too; a promise that was not due is in neither
        (
            "plan_shared/share",
            [Event("plan_shared", KENT, "k1", MAY, None, "a", 1, True), Event("plan_shared", KENT, "k2", MAY)],
            [
                Event("plan_shared", KENT, "k1", MAY, None, "a", 1, True),
                Event("plan_shared", KENT, "k1", MAY, None, "b", 1, False),
            ],
            (1, 1, 1, 2),
        ),
        ("plan_shared/share", [Event("plan_shared", KENT, "k2", MAY)], [], None),
        # a middle value moves when as many events took other days, and only that of the same beginning
        (
            "days_to_home/median/band",
            [Event("days_to_home", KENT, "k2", MAY, None, "a", 10, None, "band")],
            [Event("days_to_home", KENT, "k1", MAY, None, "a", 20, None, "band")],
            (1, 1),
        ),
        (
            "days_to_home/median/referral",
            [Event("days_to_home", KENT, "k2", MAY, None, "a", 10, None, "band")],
            [Event("days_to_home", KENT, "k1", MAY, None, "a", 20, None, "band")],
            None,
        ),
        # a record without a person is somebody's once it is linked
        ("other_councils/events", [Event("other_councils", KENT, None, MAY, None, "of the record")], [], (1, 0)),
        ("other_councils/events", [Event("other_councils", KENT, None, MAY, None, "of another")], [], None),
    ],
)
def test_a_change_counts_as_the_figure_counts(
    tmp_path: Path, statistic: str, before: list[Event], after: list[Event], counted: tuple[int, ...] | None
) -> None:
    was, now = tmp_path / "before.duckdb", tmp_path / "after.duckdb"
    build_with(was, before, {statistic: 5})
    build_with(now, after, {statistic: 4})
    # given k2 merged into k1, to whom an application is linked now that nobody was linked to
    with duckdb.connect(str(was)) as connection:
        connection.execute("insert into core.record_source values ('of the record', 'load', 2)")
        connection.execute("insert into landing.lettings__applications values ('a scheme', 'a2', 'load', 2)")
        connection.execute("insert into identity.person_link values ('applications', 'a scheme', 'a2', null)")
    with duckdb.connect(str(now)) as connection:
        connection.execute("insert into landing.lettings__applications values ('a scheme', 'a2', 'load', 2)")
        connection.execute("insert into identity.person_link values ('applications', 'a scheme', 'a2', 'k1')")
        connection.execute(
            "insert into identity.person_change values (1, 'merged', 'k2', 'k1'), (1, 'linked', null, 'k1')"
        )
    assert record_affected_figures(now, was) == (0 if counted is None else 1)
    with duckdb.connect(str(now)) as connection:
        found = connection.execute(
            "select counted_before, counted_after, out_of_before, out_of_after, figure_before, figure_after "
            "from identity.affected_figure"
        ).fetchall()
    assert found == ([] if counted is None else [(*(*counted, None, None)[:4], 5, 4)])


def test_without_a_change_no_figure_is_affected(tmp_path: Path) -> None:
    events = [Event("social_moves", ASHFORD, "k1", date(2026, 5, 1))]
    before, after = tmp_path / "before.duckdb", tmp_path / "after.duckdb"
    build_with(before, events, {"social_moves/people": 1})
    build_with(after, events * 2, {"social_moves/people": 2})
    assert record_affected_figures(after, before) == 0
    assert record_affected_figures(after, None) == 0


@pytest.mark.parametrize(
    ("born", "of_gss", "reason"),
    [
        (date(2006, 3, 14), "E09000008", "another_council"),
        (date(2006, 3, 14), "E10000016", "ours_by_their_word"),
        (date(2006, 3, 14), None, "responsible_council_not_said"),
        (date(1980, 3, 14), None, "out_of_age"),
        (None, None, "no_birthday"),
    ],
)
def test_a_flagged_care_leaver_whom_nobody_knows_is_counted_with_the_likely_reason(
    landing: LandingSchema, born: date | None, of_gss: str | None, reason: str
) -> None:
    for ref, flag in (("flagged", True), ("not flagged", False)):
        landing.add(
            "lettings__applications",
            sender="kent_homechoice",
            authority="kent",
            data_date=date(2026, 9, 30),
            application_ref=ref,
            forename="Zeph",
            surname="Demoley",
            date_of_birth=born,
            local_authority_gss="E07000106",
            care_leaver_flag=flag,
            care_leaver_of_gss=of_gss if flag else None,
        )
    link(landing.connection, linker=ExactRules(), key=KEY)
    found = landing.connection.execute("select * from identity.flagged_unmatched").fetchall()
    assert found == [("kent", "E07000106", "lettings", reason, 1)]
