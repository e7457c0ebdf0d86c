"""What people decide stands above every rule and model, in every later run."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hand_made_landing import LandingSchema

from pipelines.identity import ExactRules, Linker, RulesThenModel, link
from pipelines.identity.decisions import DecisionError, LinkDecision, RecordRef, Verdict, decisions, record
from pipelines.identity.grouping import group_ids
from pipelines.settings import Home

KEY = b"a secret of the test"
MONDAY = datetime(2026, 9, 28, 9, 0, tzinfo=UTC)
HOME, OTHER = "XK111AA", "XK122BB"
LINKERS = [pytest.param(ExactRules(), id="rules"), pytest.param(RulesThenModel(threads=1), id="rules then model")]


def case_id(person_id: str, authority: str = "kent") -> RecordRef:
    return RecordRef.case_id(authority, person_id)


def application(ref: str) -> RecordRef:
    return RecordRef("lettings", "applications", "kent_homechoice", ref)


def decided(one: RecordRef, other: RecordRef, verdict: Verdict, *, days: int = 0) -> LinkDecision:
    return LinkDecision(one, other, verdict, MONDAY + timedelta(days=days), "A. Reviewer", "Asked the adviser.")


# Housing records.


@pytest.mark.parametrize("linker", LINKERS)
def test_same_links_what_nothing_else_would(landing: LandingSchema, linker: Linker) -> None:
    landing.person("p1")
    landing.application("a1", "Ulvella", "Fictwood", postcode=HOME)
    report = link(
        landing.connection, linker=linker, key=KEY, decisions=[decided(application("a1"), case_id("p1"), "same")]
    )
    assert landing.links() == {"a1": ("p1", "decided")}
    assert (report.linked, report.decided) == (1, 1)


@pytest.mark.parametrize("linker", LINKERS)
def test_different_holds_against_the_strongest_rule(landing: LandingSchema, linker: Linker) -> None:
    # given a record that the best rule gives to p1
    landing.person("p1", postcodes=(HOME,))
    landing.application("a1", postcode=HOME, ni_number="QQ123456A")
    landing.application("a2", postcode=HOME, ni_number="QQ123456A")
    link(landing.connection, linker=linker, key=KEY, decisions=[decided(application("a1"), case_id("p1"), "different")])
    # then it is nobody's, also not by the NI number that it shares with a record of p1
    assert landing.links()["a1"][0] is None
    assert landing.links()["a2"][0] == "p1"


@pytest.mark.parametrize("linker", LINKERS)
def test_different_leaves_the_way_free_for_the_other_person(landing: LandingSchema, linker: Linker) -> None:
    # given two people of one name and birthday, so that no rule can choose
    landing.person("p1", postcodes=(HOME,))
    landing.person("p2", postcodes=(OTHER,))
    landing.application("a1")
    link(landing.connection, linker=linker, key=KEY, decisions=[decided(application("a1"), case_id("p1"), "different")])
    assert landing.links()["a1"][0] == "p2"


@pytest.mark.parametrize("linker", LINKERS)
def test_unsure_is_never_linked_and_stays_in_the_queue(landing: LandingSchema, linker: Linker) -> None:
    landing.person("p1", postcodes=(HOME,))
    landing.application("a1", postcode=HOME)
    report = link(
        landing.connection, linker=linker, key=KEY, decisions=[decided(application("a1"), case_id("p1"), "unsure")]
    )
    assert landing.links() == {"a1": (None, "decided_unsure")}
    assert report.review == 1


def test_of_several_decisions_about_one_pair_the_last_counts(landing: LandingSchema) -> None:
    landing.person("p1")
    landing.application("a1", "Ulvella", "Fictwood")
    taken = [
        decided(application("a1"), case_id("p1"), "different", days=1),
        decided(application("a1"), case_id("p1"), "same", days=2),
        decided(application("a1"), case_id("p1"), "different"),
    ]
    link(landing.connection, linker=ExactRules(), key=KEY, decisions=taken)
    assert landing.links() == {"a1": ("p1", "decided")}


def test_a_record_has_one_person_so_a_later_same_replaces_an_earlier_one(landing: LandingSchema) -> None:
    landing.person("p1")
    landing.person("p2", "Caldwin")
    landing.application("a1", "Ulvella", "Fictwood")
    taken = [
        decided(application("a1"), case_id("p1"), "same"),
        decided(application("a1"), case_id("p2"), "same", days=1),
    ]
    link(landing.connection, linker=ExactRules(), key=KEY, decisions=taken)
    assert landing.links() == {"a1": ("p2", "decided")}


def test_a_decision_about_a_record_that_is_not_there_waits(landing: LandingSchema) -> None:
    landing.person("p1")
    taken = [decided(application("withdrawn"), case_id("p1"), "same"), decided(case_id("p1"), case_id("p9"), "same")]
    report = link(landing.connection, linker=ExactRules(), key=KEY, decisions=taken)
    assert (report.records, report.people) == (0, 1)


# Two ids of the case system.


def test_two_ids_are_merged_and_bring_their_records_together(landing: LandingSchema) -> None:
    landing.person("p1", "Bramric")
    landing.person("p2", "Caldwin")
    landing.application("a1", "Bramric")
    landing.application("a2", "Caldwin")
    link(landing.connection, linker=ExactRules(), key=KEY, decisions=[decided(case_id("p2"), case_id("p1"), "same")])
    keys = landing.keys()
    assert keys["kent", "p1"] == keys["kent", "p2"]
    assert {person for person, _ in landing.links().values()} == {"p1"}


@pytest.mark.parametrize("linker", LINKERS)
def test_a_split_is_never_merged_again(landing: LandingSchema, linker: Linker) -> None:
    # given two ids that the rules hold to be one person
    landing.person("p1", postcodes=(HOME,))
    landing.person("p2", postcodes=(HOME,))
    link(landing.connection, linker=linker, key=KEY)
    assert len(set(landing.keys().values())) == 1
    # when people split them, then they are two in every later run
    split = [decided(case_id("p1"), case_id("p2"), "different")]
    for _ in range(2):
        link(landing.connection, linker=linker, key=KEY, decisions=split)
        assert len(set(landing.keys().values())) == 2


def test_a_split_holds_by_way_of_a_third_id_too(landing: LandingSchema) -> None:
    landing.person("p1", postcodes=(HOME,))
    landing.person("p2", postcodes=(HOME,))
    landing.person("p3", postcodes=(HOME,))
    link(
        landing.connection,
        linker=ExactRules(),
        key=KEY,
        decisions=[decided(case_id("p1"), case_id("p2"), "different")],
    )
    keys = landing.keys()
    assert keys["kent", "p1"] != keys["kent", "p2"]


def test_a_later_merge_gives_way_to_no_earlier_split() -> None:
    # given a split, and a later decision that the same two ids are one person after all
    taken = [decided(case_id("p1"), case_id("p2"), "different"), decided(case_id("p1"), case_id("p2"), "same", days=1)]
    assert group_ids([], taken) == {("kent", "p1"): ("kent", "p1"), ("kent", "p2"): ("kent", "p1")}


def test_an_older_decision_that_a_newer_chain_contradicts_gives_way() -> None:
    # given that 1 and 3 were split, and later 1 and 2, and 2 and 3, were found to be one person
    taken = [
        decided(case_id("p1"), case_id("p3"), "different"),
        decided(case_id("p1"), case_id("p2"), "same", days=1),
        decided(case_id("p2"), case_id("p3"), "same", days=2),
    ]
    assert set(group_ids([], taken).values()) == {("kent", "p1")}


def test_unsure_about_two_ids_leaves_them_apart(landing: LandingSchema) -> None:
    landing.person("p1", postcodes=(HOME,))
    landing.person("p2", postcodes=(HOME,))
    taken = [decided(case_id("p1"), case_id("p2"), "unsure")]
    link(landing.connection, linker=ExactRules(), key=KEY, decisions=taken)
    assert len(set(landing.keys().values())) == 2


# The registry.


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.initialise()
    return made


def test_decisions_come_back_as_they_were_written_oldest_first(home: Home) -> None:
    later = decided(application("a1"), case_id("p1"), "same", days=1)
    earlier = [
        decided(case_id("p2"), case_id("p1"), "different"),
        decided(application("ö/1"), case_id("p1"), "unsure"),
    ]
    record(home, [later])
    record(home, earlier)
    assert decisions(home) == [*earlier, later]


def test_nothing_written_is_ever_touched(home: Home) -> None:
    first = record(home, [decided(application("a1"), case_id("p1"), "same")])
    assert first is not None
    before = first.read_bytes()
    record(home, [decided(application("a1"), case_id("p1"), "different")])
    record(home, [decided(application("a1"), case_id("p1"), "same", days=1)])
    assert first.read_bytes() == before
    assert len(list((home.registry / "links").iterdir())) == 3


def test_what_was_decided_later_was_not_known_then(home: Home) -> None:
    record(home, [decided(application("a1"), case_id("p1"), "same", days=3)])
    assert decisions(home, MONDAY) == []
    assert len(decisions(home, MONDAY + timedelta(days=3))) == 1


def test_no_decision_writes_no_file(home: Home) -> None:
    assert record(home, []) is None
    assert decisions(home) == []


@pytest.mark.parametrize("line", ["{", "[]", '{"one": 1}', '{"one": [], "other": [], "verdict": "same"}'])
def test_a_damaged_registry_stops_the_run(home: Home, line: str) -> None:
    path = record(home, [decided(application("a1"), case_id("p1"), "same")])
    assert path is not None
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(DecisionError, match=f"{path.name}, line 2, is no decision .* restore the file from the backup"):
        decisions(home)


@pytest.mark.parametrize(
    ("by", "reason", "one", "other", "message"),
    [
        (" ", "why", application("a1"), case_id("p1"), "name of the person"),
        ("me", " ", application("a1"), case_id("p1"), "needs a reason"),
        ("me", "why", case_id("p1"), application("a1"), "a record and a case-system id"),
        ("me", "why", case_id("p1"), case_id("p1"), "a record and a case-system id"),
    ],
)
def test_a_decision_that_cannot_be_followed_is_refused(
    by: str, reason: str, one: RecordRef, other: RecordRef, message: str
) -> None:
    with pytest.raises(DecisionError, match=message):
        LinkDecision(one, other, "same", MONDAY, by, reason)
