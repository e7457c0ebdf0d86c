"""The step as a whole: keys, completeness, repeatability, what it leaves behind, and how it is measured."""

import hashlib
import hmac
import random
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hand_made_landing import LandingSchema

from pipelines.identity import ExactRules, GivenLinks, evaluate, link
from pipelines.identity.linking import LinkageError

KEY = b"a secret of the test"
HOME = "XK111AA"
LINK_COLUMNS = {
    "authority": pl.String,
    "family": pl.String,
    "table": pl.String,
    "sender": pl.String,
    "source_ref": pl.String,
    "person": pl.String,
}


def write_truth(folder: Path, rows: list[tuple[str | None, str, str, str, str, str | None]]) -> Path:
    pl.DataFrame(rows, LINK_COLUMNS, orient="row").write_parquet(folder / "links.parquet")
    return folder / "links.parquet"


def test_the_key_is_the_hash_of_the_smallest_id_in_the_first_authority(landing: LandingSchema) -> None:
    # given one person with three ids
    for person_id, authority in (("p7", "kent"), ("p3", "kent"), ("p1", "lancashire")):
        landing.person(person_id, postcodes=(HOME,), authority=authority)
    link(landing.connection, linker=ExactRules(), key=KEY)
    # then all have the key of Kent's smaller one
    expected = hmac.new(KEY, b"kent|p3", hashlib.sha256).hexdigest()[:20]
    assert set(landing.keys().values()) == {expected}
    assert len(landing.keys()) == 3


def test_nobodys_key_moves_when_somebody_arrives(landing: LandingSchema) -> None:
    landing.person("p2")
    link(landing.connection, linker=ExactRules(), key=KEY)
    before = landing.keys()["kent", "p2"]
    landing.person("p1", "Caldwin")
    link(landing.connection, linker=ExactRules(), key=KEY)
    assert landing.keys()["kent", "p2"] == before


def test_an_id_that_only_a_form_knows_is_a_person(landing: LandingSchema) -> None:
    landing.add("protocol_forms__accommodation", authority="kent", person_id="p5", postcode=HOME)
    landing.add("case_system__ssd_care_leavers__history", authority="lancashire", clea_person_id="p6")
    report = link(landing.connection, linker=ExactRules(), key=KEY)
    assert set(landing.keys()) == {("kent", "p5"), ("lancashire", "p6")}
    assert (report.case_ids, report.people) == (2, 2)


def test_every_application_and_case_is_linked_or_listed(landing: LandingSchema) -> None:
    landing.person("p1")
    landing.application("a1")
    landing.application("a1", "Caldwin", sender="select_move")
    landing.case("c1", "Dorvan")
    report = link(landing.connection, linker=ExactRules(), key=KEY)
    counts = {(count.family, count.table_name, count.outcome, count.method): count.records for count in report.counts}
    assert counts == {
        ("homelessness", "cases", "unlinked", "no_match"): 1,
        ("lettings", "applications", "linked", "name_birth"): 1,
        ("lettings", "applications", "unlinked", "no_match"): 1,
    }
    assert report.outcomes == {"linked": 1, "review": 0, "unlinked": 2}


def test_no_input_gives_two_empty_tables(landing: LandingSchema) -> None:
    report = link(landing.connection, linker=ExactRules(), key=KEY)
    assert (report.records, report.people) == (0, 0)
    assert landing.links() == {}


def test_the_probability_of_a_rule_is_not_made_up(landing: LandingSchema) -> None:
    landing.person("p1")
    landing.application("a1")
    link(landing.connection, linker=ExactRules(), key=KEY)
    assert landing.connection.execute("select distinct probability from identity.person_link").fetchall() == [(None,)]


def test_no_name_birthday_or_number_is_left_behind(landing: LandingSchema) -> None:
    landing.person("p1", postcodes=(HOME,))
    landing.application("a1", ni_number="QQ123456C", postcode=HOME)
    link(landing.connection, linker=ExactRules(), key=KEY)
    tables = landing.connection.execute("select schema_name, table_name, temporary from duckdb_tables()").fetchall()
    assert {(schema, table) for schema, table, temporary in tables if schema != "landing"} == {
        ("identity", "person_alias"),
        ("identity", "person_link"),
        ("identity", "link_candidate"),
        ("identity", "link_reason"),
        ("identity", "id_candidate"),
        ("identity", "model_parameter"),
        ("identity", "flagged_unmatched"),
    }
    stored = str(landing.connection.execute("select * from identity.person_link").fetchall())
    assert not any(secret in stored for secret in ("Bramric", "bramric", "Mockton", "2006", "QQ", HOME))


def test_an_empty_secret_is_refused(landing: LandingSchema) -> None:
    with pytest.raises(ValueError, match="lasting-homes init"):
        link(landing.connection, linker=ExactRules(), key=b"")


class DecidesTwice(ExactRules):
    name = "decides_twice"

    def decide(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        once = super().decide(connection)
        return once.union(once)


def test_a_linker_that_decides_twice_stops_the_run(landing: LandingSchema) -> None:
    landing.person("p1")
    landing.application("a1")
    with pytest.raises(LinkageError, match="decides_twice decided more than once on 1 records"):
        link(landing.connection, linker=DecidesTwice(), key=KEY)


def test_given_links_are_followed_to_the_letter(landing: LandingSchema, tmp_path: Path) -> None:
    # given a truth in which two ids with nothing in common are one person, and a namesake is somebody else
    landing.person("p1", "Bramric", born=date(2006, 1, 1))
    landing.person("p2", "Caldwin", born=date(2007, 2, 2))
    landing.person("p3", "Dorvan")
    landing.application("a1", "Elmo", born=date(2007, 2, 2))
    landing.application("a2", "Dorvan")
    landing.case("c1", "Fenno")
    truth = write_truth(
        tmp_path,
        [
            ("kent", "case_system", "ssd_person", "kent", "p1", "one"),
            ("kent", "case_system", "ssd_person", "kent", "p2", "one"),
            ("kent", "case_system", "ssd_person", "kent", "p3", "three"),
            ("kent", "case_system", "ssd_person", "kent", "p4", "not yet landed"),
            (None, "lettings", "applications", "kent_homechoice", "a1", "one"),
            (None, "lettings", "applications", "kent_homechoice", "a2", None),
            (None, "homelessness", "cases", "E07000106", "c1", "not yet landed"),
        ],
    )
    link(landing.connection, linker=GivenLinks(truth), key=KEY)
    keys = landing.keys()
    assert keys["kent", "p1"] == keys["kent", "p2"] != keys["kent", "p3"]
    assert landing.links() == {"a1": ("p1", "given"), "a2": (None, "given"), "c1": (None, "given")}
    assert evaluate(landing.connection, truth).of().recall == 1.0


def test_quality_counts_pairs_of_record_and_id(landing: LandingSchema, tmp_path: Path) -> None:
    # given a wrong link (a2), a missed one (c1), a right one (a1), and two ids that were not joined
    landing.person("p1")
    landing.person("p2", "Caldwin")
    landing.person("p3", "Dorvan")
    landing.application("a1")
    landing.application("a2", "Caldwin")
    landing.case("c1", "Dorva")
    truth = write_truth(
        tmp_path,
        [
            ("kent", "case_system", "ssd_person", "kent", "p1", "one"),
            ("kent", "case_system", "ssd_person", "kent", "p2", "two"),
            ("kent", "case_system", "ssd_person", "kent", "p3", "two"),
            (None, "lettings", "applications", "kent_homechoice", "a1", "one"),
            (None, "lettings", "applications", "kent_homechoice", "a2", None),
            (None, "homelessness", "cases", "E07000106", "c1", "two"),
        ],
    )
    pl.DataFrame({"person": ["one", "two"], "former_uasc": [True, False]}).write_parquet(tmp_path / "people.parquet")
    link(landing.connection, linker=ExactRules(), key=KEY)
    quality = evaluate(landing.connection, truth)
    applications, cases, ids = (quality.of(table) for table in ("applications", "cases", "ssd_person"))
    assert (applications.precision, applications.recall) == (0.5, 1.0)
    assert (cases.true_pairs, cases.made_pairs, cases.recall) == (2, 0, 0.0)
    assert (ids.true_pairs, ids.made_pairs) == (1, 0)
    assert quality.of(former_uasc="yes").recall == 1.0
    assert quality.of(former_uasc="no").recall == 0.0


def county_sized(landing: LandingSchema, rng: random.Random, people: int, records: int) -> None:
    """Fill landing at county size through polars: distinct people with postcodes, and records that repeat them."""
    person = [
        (
            f"p{n:05}",
            f"Name{rng.randrange(400)}",
            f"Sur{rng.randrange(400)}",
            BORN_FROM + timedelta(rng.randrange(3650)),
        )
        for n in range(people)
    ]
    pool = [f"XK1{n % 9}{n // 9:03}AA" for n in range(4000)]
    addresses = [(p[0], rng.choice(pool)) for p in person for _ in range(4)]
    chosen = [rng.choice(person) for _ in range(records)]
    pers = pl.DataFrame(person, ["id", "forename", "surname", "dob"], orient="row")
    addr = pl.DataFrame(addresses, ["id", "postcode"], orient="row")
    recs = pl.DataFrame(
        [(f"r{n}", p[1], p[2], p[3], f"QQ{int(p[0][1:]):06}A") for n, p in enumerate(chosen)],
        ["ref", "forename", "surname", "dob", "ni"],
        orient="row",
    )
    for name, frame in (("pers", pers), ("addr", addr), ("recs", recs)):
        landing.connection.register(name, frame)
    landing.connection.execute(
        """
        insert into landing.case_system__ssd_person__history
            (sender, authority, pers_person_id, pers_forename, pers_surname, pers_dob, data_date)
        select 'kent', 'kent', id, forename, surname, dob, date '2024-01-01' + cast(month as integer)
        from pers, range(36) as months (month)
        """
    )
    landing.connection.execute(
        """
        insert into landing.case_system__ssd_address (sender, authority, addr_person_id, addr_address_postcode)
        select 'kent', 'kent', id, postcode from addr
        """
    )
    landing.connection.execute(
        """
        insert into landing.homelessness__cases (sender, case_ref, forename, surname, date_of_birth, ni_number)
        select 'E07000106', ref, forename, surname, dob, ni from recs
        """
    )


BORN_FROM = date(2001, 1, 1)


def test_same_answer_with_any_number_of_threads_and_in_time() -> None:
    """Both counties with three years of monthly snapshots are linked within three seconds of processor time."""
    answers = []
    for threads in (1, 2):
        landing = LandingSchema()
        landing.connection.execute(f"set threads to {threads}")
        county_sized(landing, random.Random(20260930), people=5_200, records=6_000)  # noqa: S311 repeatable
        started = time.process_time()
        report = link(landing.connection, linker=ExactRules(), key=KEY)
        assert time.process_time() - started < 3
        answers.append((report, landing.connection.execute("select * from identity.person_link").fetchall()))
    assert answers[0] == answers[1]
    assert answers[0][0].linked > 5_900
