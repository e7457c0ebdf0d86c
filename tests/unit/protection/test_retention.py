"""What has been kept for its time goes, by purpose and class; what today's figures rest on stays."""

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.contracts import load_contracts
from pipelines.landing import land
from pipelines.landing.store import archived, parquet_of, read_receipts
from pipelines.protection import trail
from pipelines.protection.retention import (
    ANY,
    PACKAGED,
    RetentionRuleError,
    apply,
    due,
    finish,
    rule_for,
    rules_of,
    unfinished,
)
from pipelines.settings import Home
from pipelines.warehouse.build import builds, open_build
from pipelines.warehouse.publish import publish

HEADER = "pers_person_id,pers_forename,pers_surname,pers_sex,pers_ethnicity,pers_dob,pers_death_date"
GOOD, BAD = "1,Bram,Mock,M,WBRI,2006-01-31,", ",Zebedee,Quill,M,WBRI,2006-01-31,"
DAYS = (date(2014, 3, 31), date(2024, 3, 31), date(2026, 9, 30))
TODAY = date(2026, 10, 5)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with three deliveries of one extract, each with a row that was turned away, and an old share."""
    home = Home(tmp_path / "home")
    home.initialise()
    folder = home.inbox / "case_system" / "kent"
    folder.mkdir(parents=True)
    for day in DAYS:
        (folder / f"ssd_person_{day}.csv").write_text("\n".join([HEADER, GOOD, BAD]) + f"\n2,Cora,Mock,F,WBRI,{day},\n")
    report = land(home, load_contracts(), now=datetime(2026, 10, 1, tzinfo=UTC), settle_seconds=0)
    assert {one.outcome for one in report.files} == {"landed"}, report.summary()
    share = home.shares / "E07000108" / "0001_2025-06-30"
    share.mkdir(parents=True)
    (share / "share.csv").write_text("forename\nBram\n")
    return home


def test_every_extract_has_a_purpose_and_a_time_for_its_rows_and_its_rejects() -> None:
    rules = rules_of(Home(Path("nowhere")))
    for contract in load_contracts():
        for kind in ("rows", "rejects"):
            rule = rule_for(rules, contract.family, contract.table, kind)
            assert rule is not None, contract
            assert rule.purpose
            for_ever = contract.family == "published" or (contract.table, kind) == ("consent", "rejects")
            assert (rule.months is None) == for_ever
    assert rule_for(rules, ANY, ANY, "shares") is not None


def test_what_is_due_is_shown_and_nothing_changes(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(home.root.rglob("*"))
    found = due(home, TODAY)
    assert [(one.rule.kind, one.dated, one.due_on) for one in found] == [
        ("rows", DAYS[0], date(2024, 3, 31)),
        ("rejects", DAYS[1], date(2026, 3, 31)),
        ("shares", date(2025, 6, 30), date(2026, 6, 30)),
    ]
    # the latest delivery is never due, however long ago
    assert DAYS[2] not in {one.dated for one in due(home, date(2099, 1, 1))}
    assert main(["retain", "--home", str(home.root)]) == 0
    assert "case_system__ssd_person" in capsys.readouterr().out
    assert sorted(home.root.rglob("*")) == before


def test_what_is_due_goes_from_every_store_and_the_record_names_nobody(home: Home) -> None:
    loads = {load.data_date: load for load in read_receipts(home)}
    record = apply(home, load_contracts(), due(home, TODAY))
    # then the oldest delivery is gone as a whole, of the next one only what was turned away, of the latest nothing
    left = {load.data_date: load for load in read_receipts(home)}
    assert sorted(left) == [DAYS[1], DAYS[2]]
    for day, kinds in ((DAYS[0], set()), (DAYS[1], {"accepted"}), (DAYS[2], {"accepted", "rejects"})):
        there = {kind for kind in ("accepted", "rejects") if parquet_of(home, kind, loads[day]).is_file()}
        assert there == kinds, day
        assert archived(home, loads[day].file_sha256).is_file() == (day != DAYS[0])
    # and counts stay
    assert (left[DAYS[1]].rows_read, left[DAYS[1]].rows_rejected) == (3, 1)
    assert list(home.shares.rglob("*.csv")) == []
    # and it is on record, without a name, and is not due again
    said = json.loads(record.read_text("utf-8"))
    assert said["finished"] is False  # older builds hold the rows still
    assert [one["class"] for one in said["removed"]] == ["rows", "rejects", "shares"]
    assert "Bram" not in record.read_text("utf-8")
    assert [one.action for one in trail.trail_of(home).entries()] == ["retained"]
    assert due(home, TODAY) == []
    # and when a build without them is published, older builds go and the record is closed
    older, newer = open_build(home, inputs=["before"]), open_build(home, inputs=["after"])
    for build in (older, newer):
        build.mark_good({})
    publish(home, newer, keep=5)
    assert unfinished(home) == [record]
    assert finish(home) == 1
    assert [build.build_id for build in builds(home)] == [newer.build_id]
    assert unfinished(home) == []


def test_rows_stay_to_be_removed_from_builds_until_a_build_succeeds(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a build that fails after rows were removed, then both calls say so and the record stays open."""
    monkeypatch.setattr("pipelines.refresh.run_stages", _fails)
    for said in ("Removed", "Nothing more"):
        assert main(["retain", "--apply", "--home", str(home.root)]) != 0, said
        complaint = capsys.readouterr().err
        assert "older builds still hold their rows" in complaint
        assert "Bram" not in complaint
        assert len(unfinished(home)) == 1


def _fails(run: object) -> None:
    raise ValueError("Bram")


def test_a_council_sets_its_own_times(home: Home) -> None:
    with PACKAGED.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines))
    own = home.config / "retention.csv"
    own.write_text(",".join(header) + "\ncase_system,*,monitoring of the protocol,rows,24,Our schedule\n")
    assert [(one.rule.kind, one.dated) for one in due(home, TODAY) if one.rule.kind == "rows"] == [
        ("rows", DAYS[0]),
        ("rows", DAYS[1]),
    ]
    own.write_text(",".join(header) + "\ncase_system,*,monitoring of the protocol,rows,soon,Our schedule\n")
    with pytest.raises(RetentionRuleError, match="line 2: months is a whole number"):
        due(home, TODAY)
