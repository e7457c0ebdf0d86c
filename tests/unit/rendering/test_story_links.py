"""Who is who in the packs: every number is the run's, small counts of people are markers, and nothing is claimed."""

from __future__ import annotations

from typing import Any

import pytest
from figures_factory import LINK_QUALITY, MakePack, Options
from test_story_tables import rows_of

from pipelines.rendering import story
from pipelines.rendering.story import Pack


def of_run(**facts: Any) -> Options:
    """A small build with other facts of the run."""
    return Options(authorities=("kent",), measures=("social_moves",), quarters=1, run=facts)


def noted(pack: Pack) -> dict[str, str]:
    return {str(one["id"]): str(one["text"]) for one in pack.shown}


def test_records_stand_by_kind_and_outcome_and_add_up(make_pack: MakePack) -> None:
    assert rows_of(story.link_table(make_pack(edition="internal"))) == [
        ["Housing applications", "4,413", "41", "6,100"],
        ["Homelessness cases", "721", "2", "900"],
        ["All", "5,134", "43", "7,000"],
    ]


def test_a_small_count_and_its_only_company_are_markers_in_public(make_pack: MakePack) -> None:
    # given two cases that wait, of 43 records: the other 41 would give them away
    pack = make_pack()
    assert rows_of(story.link_table(pack)) == [
        ["Housing applications", "4,413", "[c]", "6,100"],
        ["Homelessness cases", "721", "[c]", "900"],
        ["All", "5,134", "43", "7,000"],
    ]
    assert noted(pack)["links/cases/review"] == "[c]"
    assert noted(pack)["links/all/review"] == "43"


def test_a_small_total_takes_its_parts_along(make_pack: MakePack) -> None:
    waiting = {"family": "lettings", "table_name": "applications", "outcome": "review", "method": "review"}
    rows = rows_of(story.link_table(make_pack(of_run(link_counts=[{**waiting, "records": 4}]))))
    assert [row[2] for row in rows] == ["[c]", "[c]", "[c]"]
    assert [row[1] for row in rows] == ["0", "0", "0"]


def test_the_mixture_of_ways_is_shown_with_shares(make_pack: MakePack) -> None:
    assert rows_of(story.link_methods(make_pack(edition="internal"))) == [
        ["An exact rule", "4,800", "93.5%"],
        ["The model", "331", "6.4%"],
        ["People’s decisions", "3", "0.1%"],
    ]
    # in public the three records need company, and their share goes with them
    assert rows_of(story.link_methods(make_pack()))[1:] == [
        ["The model", "[c]", "[c]"],
        ["People’s decisions", "[c]", "[c]"],
    ]


def test_quality_is_shown_whole_and_by_group(make_pack: MakePack) -> None:
    rows = {row[0]: row[1:] for row in rows_of(story.link_quality(make_pack(edition="internal")))}
    assert list(rows) == [
        "All housing records",
        "Former unaccompanied children",
        "Others",
        "Ethnic group: Asian",
        "Ethnic group: Black",
        "Ethnic group: White",
        "Ethnic group: Other",
        "Ethnic group: Not known",
    ]
    assert rows["All housing records"] == ["5,200", "99.98%", "98.1%"]
    assert rows["Former unaccompanied children"] == ["2,200", "99.95%", "97.7%"]
    assert rows["Ethnic group: Other"] == ["3", "100.00%", "100.0%"]


def test_a_small_group_and_another_beside_it_are_markers_in_public(make_pack: MakePack) -> None:
    rows = {row[0]: row[1:] for row in rows_of(story.link_quality(make_pack()))}
    assert rows["Ethnic group: Other"] == ["[c]", "[c]", "[c]"]
    assert rows["Ethnic group: Not known"] == ["[c]", "[c]", "[c]"]
    assert rows["Ethnic group: White"] == ["3,150", "99.97%", "98.3%"]


def test_nearly_all_is_never_said_to_be_all(make_pack: MakePack) -> None:
    rows = [{"table": "all", "group": "all", "value": "all", "true_pairs": 10**6, "made_pairs": 10**6}]
    quality = {**LINK_QUALITY, "rows": [{**rows[0], "right_pairs": 10**6 - 1}]}
    said = rows_of(story.link_quality(make_pack(of_run(link_quality=quality))))
    assert said[0][2:] == ["99.99%", "99.9%"]


@pytest.mark.parametrize(("edition", "mixed"), [("internal", "1"), ("public", r"\[c\]")])
def test_the_errors_of_people_and_the_gap_are_said(make_pack: MakePack, edition: str, mixed: str) -> None:
    said = story.link_quality(make_pack(edition=edition))
    assert "People whose ids and records stand under more than one key: 31." in said
    assert f"Keys under which more than one person stands: {mixed}." in said
    assert "Records that wait for a person to decide: 0.4% of all." in said
    assert "of former unaccompanied children the share found is 0.7 points behind that of others." in said


def test_without_known_links_nothing_is_claimed(make_pack: MakePack) -> None:
    pack = make_pack(of_run(link_quality=None))
    said = story.link_quality(pack)
    assert "is not known for this run" in said
    assert "made-up people" in said
    assert not any(letter.isdigit() for letter in said)
    assert pack.shown == []


def test_what_changed_is_listed_and_small_counts_are_markers(make_pack: MakePack) -> None:
    inside, public = story.link_changes(make_pack(edition="internal")), story.link_changes(make_pack())
    assert [row[1] for row in rows_of(inside)] == ["12", "2"]
    assert [row[1] for row in rows_of(public)] == ["12", "[c]"]
    assert "count differently than before: 37." in public
    assert "Nobody is linked differently" in story.link_changes(make_pack(of_run(link_changes={})))


def test_every_number_shown_is_noted(make_pack: MakePack) -> None:
    pack = make_pack()
    shown = [
        cell
        for cells in (story.link_table(pack), story.link_methods(pack), story.link_quality(pack))
        for row in rows_of(cells)
        for cell in row[1:]
    ]
    listed = [str(one["text"]) for one in pack.shown]
    assert [text for text in listed if text in shown][: len(shown)] == shown
    assert len({one["id"] for one in pack.shown}) == len(pack.shown)


def test_an_older_build_says_that_it_is_older_and_no_zeros(make_pack: MakePack) -> None:
    pack = make_pack(of_run(link_counts=None, link_quality=None, link_changes=None))
    said = story.link_table(pack) + story.link_methods(pack)
    assert "lasting-homes refresh" in said
    assert "0" not in said
    assert pack.shown == []


def test_a_run_without_records_has_zeros_and_no_shares(make_pack: MakePack) -> None:
    pack = make_pack(of_run(link_counts=[]))
    assert [row[1:] for row in rows_of(story.link_table(pack))] == [["0", "0", "0"]] * 3
    assert rows_of(story.link_methods(pack))[0][1:] == ["0", "[z]"]
