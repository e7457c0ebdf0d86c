"""One home through a share, a release and an erasure: what must stay stays, and nothing is left of the person."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import main
from pipelines.contracts import load_contracts
from pipelines.protection import actor, trail
from pipelines.protection.erasure import find, remains
from pipelines.release.ledger import chain_of, released
from pipelines.release.releasing import approve
from pipelines.release.verifying import verify_all
from pipelines.settings import Home
from pipelines.warehouse.build import builds
from pipelines.warehouse.database import open_for_reading
from pipelines.warehouse.publish import published_build

# Somebody with a live consent to a district, an application there and a name of their own.
SOMEBODY = """
select consent.person_key, consent.authority_gss_or_agency, person.pers_forename, person.pers_surname
from core.fct_consent as consent
inner join core.fct_application as application
    on consent.person_key = application.person_key and consent.authority_gss_or_agency = application.district
inner join identity.person_alias as alias
    on alias.person_key = consent.person_key and alias.authority = consent.authority
inner join landing.case_system__ssd_person as person
    on person.authority = alias.authority and person.pers_person_id = alias.person_id
where consent.consent_withdrawn_on is null and consent.scope = 'register'
order by consent.person_key
limit 1
"""


@dataclass
class Erased:
    """The home before and after."""

    home: Home
    key: str
    district: str
    name: tuple[str, str]
    people_before: int
    figures: bytes
    said: dict[str, Any]
    left_before: list[str]
    left: list[str]
    rebuilt_before: dict[str, Any]
    rebuilt: dict[str, Any]


@pytest.fixture(scope="module")
def after(small_home: Home, parsed_project_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Erased:
    """Given a shared and released home, when one person is erased."""
    folder = tmp_path_factory.mktemp("erased")
    shutil.copytree(small_home.root, folder / "home", symlinks=True, ignore=shutil.ignore_patterns("inbox"))
    home = Home(folder / "home")
    home.initialise()
    shutil.copytree(Home(parsed_project_cache).dagster, home.dagster, dirs_exist_ok=True)
    with open_for_reading(published_build(home).warehouse) as warehouse:
        key, district, forename, surname = warehouse.execute(SOMEBODY).fetchall()[0]
        (people,) = warehouse.execute("select count(*) from core.dim_person").fetchall()[0]
        (label,) = warehouse.execute(
            "select max(period_label) from marts.measure_observation where period_kind = 'quarter' "
            "and measure_id = 'social_moves'"
        ).fetchall()[0]
    at = ["--home", str(home.root)]
    assert main(["share", *at, "--district", district]) == 0
    assert main(["release", label, *at]) == 0
    (prepared,) = chain_of(home).entries()
    release = approve(home, prepared.details["release"], actor="somebody else")
    person = find(home, load_contracts(), key)
    before = remains(home, person)
    with pytest.MonkeyPatch.context() as patch:
        said: list[str] = []
        patch.setattr("pipelines.cli._print", said.append)
        patch.setattr("pipelines.definitions.judge_with_great_expectations", None)

        def told_by(*command: str) -> dict[str, Any]:
            code = main([*command, *at, "--json"])
            return {**json.loads(said[-1]), "code": code}

        rebuilt_before = told_by("release", "--rebuild", release.name)
        told = told_by("erase", key)
        rebuilt = told_by("release", "--rebuild", release.name)
    return Erased(
        home,
        key,
        district,
        (forename, surname),
        people,
        release.figures.read_bytes(),
        told,
        before,
        remains(home, person),
        rebuilt_before,
        rebuilt,
    )


def test_nothing_of_the_person_is_left_in_any_byte(after: Erased) -> None:
    places = {path.split("/")[0] for path in after.left_before}
    assert {"archive", "landing", "builds", "shares", "audit", "ledger"} <= places, "the search finds what is there"
    assert (after.said["remains"], after.left, after.said["code"]) == ([], [], 0)
    assert after.said["rows"]["case_system__ssd_person"] > 0
    assert after.said["rows"]["lettings__applications"] > 0


def test_only_the_new_build_is_left_and_it_knows_everybody_else(after: Erased) -> None:
    (build,) = builds(after.home)
    assert build.build_id == published_build(after.home).build_id
    with open_for_reading(build.warehouse) as warehouse:
        (people,) = warehouse.execute("select count(*) from core.dim_person").fetchall()[0]
        (counted,) = warehouse.execute("select sum(rows_rejected) from landing.load").fetchall()[0]
    assert people == after.people_before - 1
    assert counted >= sum(after.said["rows"].values())


def test_released_figures_stay_and_the_difference_is_shown_beside_them(after: Erased) -> None:
    (release,) = released(after.home, "public")
    assert release.figures.read_bytes() == after.figures
    assert verify_all(after.home)
    restated = (published_build(after.home).figures / "internal_restated.csv").read_text("utf-8")
    assert restated.startswith("measure_id,")


def test_a_release_is_built_again_to_the_same_figures(after: Erased) -> None:
    """Given a release, when it is built again through every stage, then it is equal; after an erasure, it says so."""
    before, now = after.rebuilt_before, after.rebuilt
    assert (before["equal"], before["differing"], before["erased"], before["code"]) == (True, 0, 0, 0)
    assert before["figures"] == now["figures"] > 1000
    assert before["same_program"] is now["same_program"] is True
    assert (now["erased"], now["code"]) == (1, 0)
    assert 0 < now["differing"] < now["figures"]
    assert not list(after.home.root.glob(".rebuild-*"))


def test_the_receipt_names_nobody_and_the_trail_says_what_was_done(after: Erased) -> None:
    (path,) = (after.home.registry / "erasures").glob("*.json")
    receipt = json.loads(path.read_text("utf-8"))
    assert receipt["finished"] is True
    assert receipt["tombstones"]
    assert after.key not in path.read_text("utf-8")
    assert not any(part in path.read_text("utf-8") for part in after.name)
    entries = trail.trail_of(after.home).entries()
    assert [one.action for one in entries if one.action in {"shared", "released", "erased"}] == [
        "shared",
        "released",
        "erased",
    ]
    assert {one.actor for one in entries} == {actor.account()}
    shared = next(one for one in entries if one.action == "shared")
    assert after.key not in {line["person_key"] for line in trail.people_of(after.home, shared)}


def test_the_next_share_is_without_them(after: Erased) -> None:
    assert main(["share", "--home", str(after.home.root), "--district", after.district]) == 0
    for path in after.home.shares.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            assert after.name not in {(row["forename"], row["surname"]) for row in csv.DictReader(lines)}
    assert Path(after.home.shares / after.district).is_dir()
