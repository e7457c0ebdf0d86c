"""A share holds people with a live consent that names the district, and of them only what they consented to."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import pytest
from councils import Council

from pipelines.protection import trail
from pipelines.release.consents import ConsentsNotReadError
from pipelines.release.shares import ErasureUnfinishedError, Share, UnknownDistrictError, fields_of_scopes, share

CANTERBURY, DOVER = "E07000106", "E07000108"
Row = Callable[..., str]


def rows(made: Share, scope: str) -> list[dict[str, Any]]:
    with made.files[scope].open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def made(council: Council, district: str = CANTERBURY) -> Share:
    with council.build() as warehouse:
        return share(council.home, warehouse, district)


def test_only_who_named_the_district_and_only_the_scope(council: Council, consent: Row) -> None:
    council.deliver(
        consent(), consent("R2", "K2", named=DOVER), consent("R3", "K3", scope="homelessness", ended="2026-02-01")
    )
    one = made(council)
    assert set(one.files) == {"register"}
    assert [(row["forename"], row["application_ref"]) for row in rows(one, "register")] == [("Zephina", "A1")]
    assert list(rows(one, "register")[0]) == fields_of_scopes()["register"]
    assert "case_ref" not in rows(one, "register")[0]
    assert one.files["register"].name == f"share_{CANTERBURY}_register_2026-09-30_restricted.csv"
    assert one.files["register"].stat().st_mode & 0o077 == 0


def test_a_landlords_consent_gives_neither_case_nor_date_of_birth(council: Council, consent: Row) -> None:
    council.deliver(consent(scope="landlord"))
    one = made(council)
    assert rows(one, "landlord") == [{"forename": "Zephina", "surname": "Testerby", "personal_adviser": ""}]


@pytest.mark.parametrize(
    "change",
    [
        {"ended": "2026-09-01"},
        {"ended": "2027-01-01"},  # a day of withdrawal that lies ahead ends it now
        {"given": "2026-10-01"},  # given after the data date
        {"named": "Fictford Homes"},
        {"withdrawn": "yes"},  # recorded in error
    ],
)
def test_a_consent_that_is_not_live_shares_nobody(council: Council, consent: Row, change: dict[str, str]) -> None:
    council.deliver(consent(**change), consent("R2", "K2"))
    assert [row["forename"] for row in rows(made(council), "register")] == ["Quillon"]


def test_who_withdraws_is_gone_from_the_next_share_and_it_says_what_was_given(council: Council, consent: Row) -> None:
    council.deliver(consent(), consent("R2", "K2"))
    first = made(council)
    assert (first.number, first.people, first.withdrawn) == (1, 2, ())
    council.deliver(consent(ended="2026-09-02", recorded="2026-09-02"), consent("R2", "K2"))
    second = made(council)
    assert [row["forename"] for row in rows(second, "register")] == ["Quillon"]
    (gone,) = second.withdrawn
    assert (gone.person_key, gone.reference, gone.why) == ("key1", ("A1",), "consent withdrawn on 2026-09-02")
    assert [(was["number"], was["scope"]) for was in gone.shared] == [(1, "register")]
    assert "date_of_birth" in gone.shared[0]["fields"]
    assert "planned_move_date" not in gone.shared[0]["fields"], "it was empty, so it was not given"


@pytest.mark.parametrize(
    "newer",
    [
        {"ended": "31.02.2026"},  # a withdrawal that cannot be read rejects its row
        {"withdrawn": "perhaps"},  # a refused cell
    ],
)
def test_where_a_later_version_cannot_be_read_nobody_is_shared(
    council: Council, consent: Row, newer: dict[str, str]
) -> None:
    council.deliver(consent(), consent("R2", "K2"))
    made(council)
    council.deliver(consent(recorded="2026-09-02", **newer), consent("R2", "K2"))
    second = made(council)
    assert [row["forename"] for row in rows(second, "register")] == ["Quillon"]
    assert [one.person_key for one in second.withdrawn] == ["key1"]
    council.deliver(consent(recorded="2026-09-03"), consent("R2", "K2"))
    assert [row["forename"] for row in rows(made(council), "register")] == ["Quillon", "Zephina"]


def test_nothing_is_shared_while_a_delivery_of_consents_waits(council: Council, consent: Row) -> None:
    council.deliver(consent())
    with council.build() as warehouse:
        council.deliver(consent(ended="2026-09-02", recorded="2026-09-02"))
        with pytest.raises(ConsentsNotReadError, match=r"consent_2026-09-02\.csv of kent"):
            share(council.home, warehouse, CANTERBURY)
    assert not list(council.home.shares.rglob("*.csv"))


def test_each_share_is_logged_with_what_to_whom_and_under_which_consents(council: Council, consent: Row) -> None:
    council.deliver(consent(), consent("R4", scope="homelessness"))
    one = made(council)
    (entry,) = trail.trail_of(council.home).entries()
    assert (entry.action, entry.details["district"], entry.details["number"]) == ("shared", CANTERBURY, 1)
    assert set(entry.details["files"]) == {path.name for path in one.files.values()}
    people = trail.people_of(council.home, entry)
    assert {(line["person_key"], line["scope"], *line["consents"]) for line in people} == {
        ("key1", "register", "R1"),
        ("key1", "homelessness", "R4"),
    }
    written = (council.home.audit / "details" / entry.details["people_file"]).read_text("utf-8")
    assert "Zephina" not in written
    assert "2006-05-04" not in written


def test_there_must_be_such_a_district(council: Council, consent: Row) -> None:
    council.deliver(consent())
    with pytest.raises(UnknownDistrictError, match=r"E07000106 \(Canterbury\)"):
        made(council, "E07999999")


def test_nothing_is_shared_while_somebody_is_being_erased(council: Council, consent: Row) -> None:
    council.deliver(consent())
    receipts = council.home.registry / "erasures"
    receipts.mkdir()
    (receipts / "000001.json").write_text('{"finished": false, "tombstones": []}', "utf-8")
    with pytest.raises(ErasureUnfinishedError, match="still holds them"):
        made(council)
    (receipts / "000001.json").write_text('{"finished": true, "tombstones": []}', "utf-8")
    assert made(council).people == 1
