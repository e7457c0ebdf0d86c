"""The catalogue, what falls due, and the way from a promise to its row, on a hand-made published build."""

from __future__ import annotations

import json
from typing import Any

import pytest
from published_home import published_home

from pipelines.cli import main
from pipelines.settings import Home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The hand-made home; tests only read it."""
    return published_home(tmp_path_factory.mktemp("commands") / "home")


def said(capsys: pytest.CaptureFixture[str], home: Home, *arguments: str) -> tuple[int, str, str]:
    code = main([*arguments, "--home", str(home.root)])
    out, err = capsys.readouterr()
    return code, out, err


def data(capsys: pytest.CaptureFixture[str], home: Home, *arguments: str) -> Any:
    code, out, err = said(capsys, home, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


class TestMeasures:
    def test_the_definitions_in_force_are_listed_measures_first(
        self, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        entries = data(capsys, home, "measures")["entries"]

        assert [(entry["id"], entry["kind"], entry["definition_version"]) for entry in entries] == [
            ("bnb_nights", "measure", "2"),
            ("on_register", "measure", "1"),
            ("risk_meeting", "obligation", "1"),
        ]

    def test_a_source_has_arrived_only_with_the_table_that_it_asks_for(
        self, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        sources = {entry["id"]: entry["sources"] for entry in data(capsys, home, "measures")["entries"]}

        assert sources["bnb_nights"] == [
            {"source": "case_system", "expected": 2, "received": 2, "missing": []},
            {"source": "homelessness", "expected": 3, "received": 2, "missing": ["E07000108"]},
        ]
        assert sources["on_register"][1] == {
            "source": "lettings:applications",
            "expected": 2,
            "received": 0,
            "missing": ["kent_homechoice", "select_move"],
        }

    def test_the_text_says_definition_clause_and_what_is_missing(
        self, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, out, _ = said(capsys, home, "measures")

        assert code == 0
        assert "Nights, otherwise." in out
        assert "clauses K9.3; definition 1 since 2023-10-01; counted as share of promises" in out
        assert "The project's own figure: 5 working days." in out
        assert "homelessness 2 of 3 (not yet: E07000108). Available." in out
        assert "Not available: nothing arrived of lettings:applications." in out

    def test_what_is_aimed_at_stands_with_its_source_and_an_obligation_has_that_of_all(
        self, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _, out, _ = said(capsys, home, "measures")

        assert "Nights, otherwise. Fewer is better." in out
        assert "Expected by law: nights with age_band 16_17 at most 0, floor 0. Guidance." in out
        assert "Target of the council: nights in kent at most 30, floor 60, from 2026-04-01. Board paper 7." in out
        assert "Expected by law: events at most 5, once the law is in force. An Act." in out
        assert "5 working days. More is better.\n  Expected by the protocol: share at least 100 %. Each time." in out
        assert "Elsewhere" not in out

    def test_targets_are_given_as_data(self, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        entries = {entry["id"]: entry for entry in data(capsys, home, "measures")["entries"]}

        assert [one["target"] for one in entries["bnb_nights"]["targets"]] == [0.0, 30.0]
        assert [one["is_awaited"] for one in entries["on_register"]["targets"]] == [True]
        assert entries["bnb_nights"]["polarity"] == "lower_is_better"

    def test_one_entry_can_be_asked_for(self, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        assert [entry["id"] for entry in data(capsys, home, "measures", "risk_meeting")["entries"]] == ["risk_meeting"]
        code, _, err = said(capsys, home, "measures", "bnb_knights")
        assert code == 2
        assert "bnb_knights" in err


class TestDue:
    def test_the_last_day_asked_for_is_listed_and_what_is_overdue_is_not(
        self, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        promises = data(capsys, home, "due")["promises"]

        assert [(one["authority"], one["record_id"], one["days_to_go"]) for one in promises] == [
            ("kent", "r1", 1),
            ("kent", "r3", 30),
            ("lancashire", "r4", 10),
        ]

    def test_further_ahead_in_one_county_with_what_is_overdue(
        self, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        promises = data(capsys, home, "due", "--days", "60", "--authority", "kent", "--overdue")["promises"]

        assert [one["record_id"] for one in promises] == ["alert_2", "r1", "r3", "r2"]
        assert promises[1]["adviser"] == "a1"
        assert promises[1]["title"] == "Meeting after a tenancy at risk"

    def test_one_district(self, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        code, out, _ = said(capsys, home, "due", "--district", "E07000105")

        assert code == 0
        assert out.startswith(
            "1 promise due within 30 days, of 1 person (kent as at 2026-09-30, lancashire as at 2026-08-31)."
        )

    @pytest.mark.parametrize(("option", "wrong"), [("--authority", "essex"), ("--district", "E07000999")])
    def test_what_does_not_exist_is_said_with_what_does(
        self, home: Home, capsys: pytest.CaptureFixture[str], option: str, wrong: str
    ) -> None:
        code, _, err = said(capsys, home, "due", option, wrong)

        assert code == 2
        assert wrong in err
        assert "There are: " in err


class TestTrace:
    def test_a_promise_leads_to_its_row_with_how_it_stands(
        self, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        traced = data(capsys, home, "trace", "risk_meeting", "--authority", "kent", "--quarter", "2026-27-Q2")

        assert traced["figures"] == {"events": 2.0, "share": 0.5}
        assert [
            (one["record_id"], one["start_date"], one["status"], one["met_date"], one["file_name"], one["row_number"])
            for one in traced["records"]
        ] == [
            ("alert_1", "2026-09-08", "in_time", "2026-09-04", "events.csv", 7),
            ("alert_2", "2026-09-09", "overdue", None, "events.csv", 8),
        ]

    def test_a_share_is_said_in_per_cent_and_promises_show_how_they_stand(
        self, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, out, _ = said(capsys, home, "trace", "risk_meeting", "--authority", "kent", "--quarter", "2026-27-Q1")

        assert code == 0
        assert "waived_reason" in out
        assert "died" in out
        _, out, _ = said(capsys, home, "trace", "risk_meeting", "--authority", "kent", "--quarter", "2026-27-Q2")
        assert "share 50.0%" in out
        assert "Of the share: 1 of 2." in out

    def test_a_wait_counted_from_two_days_is_two_events(self, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        code, out, _ = said(capsys, home, "trace", "days_to_home", "--authority", "kent", "--quarter", "2026-27-Q2")

        assert code == 0
        assert "Behind it: 2 events of 1 person, quantity 40." in out
        assert "counted_from" in out
        assert "months_after" not in out
        assert "2026-27-Q2: median from ready 10.0." in out

    def test_a_span_counts_its_nights_in_each_quarter_that_it_touches(
        self, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for quarter in ("2026-27-Q1", "2026-27-Q2"):
            _, out, _ = said(capsys, home, "trace", "bnb_people", "--authority", "kent", "--quarter", quarter)
            assert "Behind it: 1 event of 1 person, quantity 2." in out
