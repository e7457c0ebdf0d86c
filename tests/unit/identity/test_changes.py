"""What changed since the published build, and who is flagged without being known here."""

from datetime import UTC, date, datetime
from pathlib import Path

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


def test_the_figures_that_a_change_touches_are_listed(tmp_path: Path) -> None:
    # given a record that moved from one key to another, and events in both builds
    paths = tmp_path / "before.duckdb", tmp_path / "after.duckdb"
    for path, keys in zip(paths, (("k1", "k9"), ("k2", "k9")), strict=True):
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema identity")
            connection.execute("create schema marts")
            connection.execute(
                "create table marts.measure_event (measure_id varchar, authority varchar, area_code varchar, "
                "person_key varchar, start_date date)"
            )
            for number, key in enumerate(keys, start=1):
                area = "E07000106" if key != "k2" else "E07000108"
                connection.execute(
                    "insert into marts.measure_event values ('social_moves', 'kent', ?, ?, ?)",
                    [area, key, date(2026, 5, number)],
                )
            connection.execute(
                "create table identity.person_change as select 'moved' as kind, 'k1' as key_before, 'k2' as key_after"
            )
    before, after = paths
    assert record_affected_figures(after, before) == 2
    with duckdb.connect(str(after)) as connection:
        found = connection.execute(
            "select area_code, first_day, events_before, events_after from identity.affected_figure"
        ).fetchall()
    assert found == [("E07000106", date(2026, 5, 1), 1, 0), ("E07000108", date(2026, 5, 1), 0, 1)]


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
