"""The command line as its users meet it: answers, exit codes, questions to the published database."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from small_homes import make_home

from pipelines.cli import COMMANDS, main
from pipelines.protection.actor import account
from pipelines.protection.trail import trail_of
from pipelines.settings import Home, SettingsError

Run = Callable[..., subprocess.CompletedProcess[str]]


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Run a command in this process: exit code, standard output, standard error."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as left:
        code = int(left.code or 0)
    output = capsys.readouterr()
    return code, output.out, output.err


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from pipelines.cli import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit:\n    print(sorted({'dagster', 'dbt', 'duckdb', 'polars', 'pandas'} & set(sys.modules)))\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"
    for command in COMMANDS:
        assert command in answer.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_the_shared_options(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, command, "--help")
    assert code == 0
    for option in ("--home", "--json", "--debug", "3 done with held or rejected input"):
        assert option in " ".join(out.split())


@pytest.mark.parametrize("arguments", [[], ["dance"], ["trace", "bnb_nights"], ["demo", "--people", "0"]])
def test_wrong_use_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, *arguments)
    assert code == 2
    assert not out
    assert "usage: lasting-homes" in err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "--version")
    assert code == 0
    assert out.startswith("lasting-homes 0.")


def test_init_makes_a_private_home_and_explains_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "home"
    code, out, _ = said(capsys, "init", "--home", root)
    home = Home(root)
    assert code == 0
    assert str(home.inbox) in out
    assert {path.stat().st_mode & 0o777 for path in (root, *home.folders)} == {0o700}
    assert "enabled: false" in (home.dagster / "dagster.yaml").read_text(encoding="utf-8")
    secret = home.person_key()

    (home.config / "settings.yml").write_text("builds_kept: 7\n", encoding="utf-8")
    code, _, _ = said(capsys, "init", "--home", root)
    assert code == 0
    assert home.person_key() == secret, "a second init leaves what exists as it is"
    assert (home.config / "settings.yml").read_text(encoding="utf-8") == "builds_kept: 7\n"


def test_a_setting_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = make_home(tmp_path / "home")
    (home.config / "settings.yml").write_text("builds_keept: 7\n", encoding="utf-8")
    code, _, err = said(capsys, "land", "--home", home.root)
    assert code == 1
    assert "builds_keept" in err
    assert "builds_kept" in err


def test_an_unexpected_error_shows_no_value_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("could not convert 'Testerby' to a date")

    monkeypatch.setattr("pipelines.landing.land", fail)
    home = make_home(tmp_path / "home")
    code, out, err = said(capsys, "land", "--home", home.root, "--json")
    assert code == 1
    assert "ValueError in test_command_line.py" in err
    assert "Testerby" not in out + err
    assert "Traceback" not in err
    assert set(json.loads(out)) == {"error"}

    _, _, err = said(capsys, "land", "--home", home.root, "--debug")
    assert "Traceback" in err


def test_doctor_looks_at_the_machine_and_the_home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = make_home(tmp_path / "home")
    code, out, _ = said(capsys, "doctor", "--home", home.root, "--json")
    findings = {one["about"]: one for one in json.loads(out)["findings"]}
    assert code == 0
    assert findings["private"]["level"] == "ok"
    assert findings["encrypted volume"]["level"] in {"ok", "warning"}
    if shutil.which("quarto") is None:
        assert findings["Quarto"]["level"] == "information"

    home.root.chmod(0o755)
    code, out, _ = said(capsys, "doctor", "--home", home.root)
    assert code == 1
    assert f"chmod 700 {home.root}" in out


def test_doctor_sees_a_folder_it_may_not_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    code, out, _ = said(capsys, "doctor", "--home", tmp_path / "home")
    assert code == 1
    assert "error" in out
    assert f"none in {tmp_path}" in out


@pytest.mark.parametrize("command", [["report"], ["sql", "select 1"]])
def test_without_a_published_build(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = make_home(tmp_path / "home")
    code, _, err = said(capsys, *command, "--home", home.root)
    assert code == 1
    assert "no published build yet" in err


class TestSql:
    """Questions to the published database."""

    QUERY = "select measure_id, count(*) as events from marts.measure_event group by 1 order by 1"

    def test_as_a_table(self, small_home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        code, out, _ = said(capsys, "sql", self.QUERY, "--home", small_home.root)
        assert code == 0
        assert out.splitlines()[0].split() == ["measure_id", "events"]
        assert "accommodation_now" in out

    def test_as_csv_and_json(self, small_home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        _, as_csv, _ = said(capsys, "sql", self.QUERY, "--home", small_home.root, "--csv")
        _, as_json, _ = said(capsys, "sql", self.QUERY, "--home", small_home.root, "--json")
        rows = list(csv.DictReader(io.StringIO(as_csv)))
        assert [{**row, "events": int(row["events"])} for row in rows] == json.loads(as_json)["rows"]

    @pytest.mark.parametrize(
        "query",
        [
            "delete from marts.measure_event",
            "create table marts.mine as select 1",
            "copy (select 1) to 'stolen.csv'",
            "select * from read_csv('/etc/passwd')",
            "select * from nowhere",
        ],
    )
    def test_it_only_reads_and_only_this(
        self, query: str, small_home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, out, err = said(capsys, "sql", query, "--home", small_home.root)
        assert code == 1
        assert not out
        assert err.startswith("lasting-homes sql: the database says: ")

    def test_as_parquet(self, small_home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "events.parquet"
        asked = ("sql", self.QUERY, "--home", small_home.root)
        code, out, _ = said(capsys, *asked, "--parquet", file)
        assert code == 0
        assert f"in {file}" in out
        _, as_json, _ = said(capsys, *asked, "--json")
        assert pl.read_parquet(file).to_dicts() == json.loads(as_json)["rows"]
        code, _, err = said(capsys, *asked, "--parquet", file)
        assert code == 2
        assert "exists already" in err

    def test_at_a_prompt(
        self, small_home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Given a query over two lines, a wrong one and quit, then each is answered and a mistake ends nothing."""
        said_in = iter(["select 40 + 2", "as answer;", "select nothing;", "select 7 as again;", "quit"])
        monkeypatch.setattr("builtins.input", lambda prompt: next(said_in))
        code, out, err = said(capsys, "sql", "--home", small_home.root)
        assert code == 0
        assert out.split() == ["answer", "------", "42", "(1", "row)", "again", "-----", "7", "(1", "row)"]
        assert "the database says" in err

    def test_each_statement_is_logged_by_its_fingerprint(
        self, small_home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Given one question asked twice and one that fails, then the log has who, the rows, and never the words."""

        def entries() -> list[dict[str, Any]]:
            return [dict(one.details) for one in trail_of(small_home).entries() if one.action == "asked"]

        before = len(entries())
        home = ("--home", small_home.root)
        said(capsys, "sql", "select 'Zephina' as who from range(3)", *home)
        said(capsys, "sql", "select  'Zephina' as who\nfrom range(3);", *home, "--restricted")
        said(capsys, "sql", "select nothing", *home)
        once, again, failed = entries()[before:]
        assert once["statement"] == again["statement"] != failed["statement"]
        assert (once["rows"], once["database"], again["database"]) == (3, "analyst", "warehouse")
        assert failed["failed"] is True
        assert "rows" not in failed
        assert "Zephina" not in json.dumps([once, again])
        _, listed, _ = said(capsys, "audit", "--action", "asked", *home)
        assert once["statement"] in listed

    def test_harlequin_is_opened_read_only_on_the_analysts_database(
        self, small_home: Home, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program = tmp_path / "harlequin"
        program.write_text('#!/bin/sh\necho "opened $*"\n', "utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        assert main(["sql", "--tui", "--home", str(small_home.root)]) == 0
        published = small_home.published.resolve() / "analyst.duckdb"
        assert f"opened --read-only {published}" in capfd.readouterr().out

    def test_without_harlequin_it_says_how_to_get_it(
        self, small_home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        code, _, err = said(capsys, "sql", "--tui", "--home", small_home.root)
        assert code == 1
        assert "pip install harlequin==" in err

    def test_analysts_see_no_restricted_schema(self, small_home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        schemas = "select distinct table_schema from information_schema.tables order by 1"
        _, open_to_analysts, _ = said(capsys, "sql", schemas, "--home", small_home.root, "--csv")
        _, restricted, _ = said(capsys, "sql", schemas, "--home", small_home.root, "--csv", "--restricted")
        assert open_to_analysts.split() == ["table_schema", "main", "marts"]
        assert {"landing", "identity", "staging", "core", "marts"} <= set(restricted.split())

    def test_the_restricted_database_never_quotes_a_value_in_an_error(
        self, small_home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        query = "select cast(pers_surname as integer) from landing.case_system__ssd_person"
        code, out, err = said(capsys, "sql", query, "--home", small_home.root, "--restricted")
        assert code == 1
        assert not out
        assert "ConversionException" in err
        assert "Could not convert" not in err
        _, _, err = said(capsys, "sql", query, "--home", small_home.root, "--restricted", "--debug")
        assert "Could not convert" in err

    def test_two_columns_of_one_name_are_refused(self, small_home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        code, _, err = said(capsys, "sql", "select 1 as a, 2 as a", "--home", small_home.root, "--json")
        assert code == 2
        assert "several columns are called a" in err

    def test_tables_and_columns_explain_themselves(self, small_home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        _, out, _ = said(
            capsys,
            "sql",
            "select (select count(*) from duckdb_tables() where comment is null) "
            "+ (select count(*) from duckdb_views() where not internal and comment is null) as tables, "
            "(select count(*) from duckdb_columns() where not internal and comment is null) as columns",
            "--home",
            small_home.root,
            "--json",
        )
        assert json.loads(out)["rows"] == [{"tables": 0, "columns": 0}]


class TestTrace:
    """From a figure to the rows of files behind it."""

    # The largest quarter of each figure in a county; of moves and stays, whose records are joined, in a district too.
    LARGEST = """
    select measure_id, counted_as, authority, area_code, area_type, period_label, numerator as counted
    from marts.measure_observation
    inner join core.dim_measure using (measure_id, definition_version)
    inner join core.dim_area using (authority, area_code)
    where period_kind = 'quarter' and breakdown = 'total' and coverage <> 'not_available'
        and (area_type = 'county' or measure_id in ('bnb_nights', 'bnb_stays', 'private_sector_moves', 'social_moves'))
    qualify row_number() over (
        partition by measure_id, area_type order by numerator desc, authority, area_code, period_label, statistic
    ) = 1
    order by all
    """
    # What rests on no record: a district without a contact, a review that nobody held.
    WITHOUT_RECORD = frozenset({"spoc_named", "protocol_review"})

    def test_the_records_of_every_measure_and_obligation_add_up_to_the_figure(
        self, small_home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Given the largest figure of each, then its records are listed, each with its source."""
        home = ("--home", small_home.root)
        _, out, _ = said(capsys, "sql", self.LARGEST, *home, "--restricted", "--json")
        figures = json.loads(out)["rows"]
        traced: dict[str, int] = {}
        for figure in figures:
            district = ("--district", figure["area_code"]) if figure["area_type"] == "district" else ()
            place = ("--authority", figure["authority"], "--quarter", figure["period_label"], *district)
            code, out, _ = said(capsys, "trace", figure["measure_id"], *place, *home, "--json")
            told = json.loads(out)
            assert code == 0
            assert self.added_up(told["records"], told["figures"]) == told["figures"], figure
            traced[figure["counted_as"]] = traced.get(figure["counted_as"], 0) + len(told["records"])
            for one in told["records"]:
                if figure["measure_id"] not in self.WITHOUT_RECORD:
                    assert one["file_name"], "a record without a file cannot be opened"
                    assert one["row_number"] >= 2
                    assert len(one["load_id"]) == 20
        assert len({figure["measure_id"] for figure in figures}) == 53 + 26
        assert set(traced) == {"flow", "stock", "nights", "span", "duration", "share", "forecast"}
        assert all(traced.values()), traced

    def added_up(self, records: list[dict[str, Any]], figures: dict[str, Any]) -> dict[str, Any]:
        """Return what the records, each counted once although several rows were joined, say of these statistics."""
        names = ("record_id", "person_key", "area_code", "start_date", "months_after", "counted_from")
        events = list({tuple(one[name] for name in names): one for one in records}.values())
        judged = [one["in_numerator"] for one in events if one["in_numerator"] is not None]

        def of_statistic(statistic: str) -> object:
            name, _, counted_from = statistic.partition(" from ")
            days = [one["quantity"] for one in events if one["counted_from"] == (counted_from or None)]
            match name:
                case "events":
                    return len(events)
                case "people":
                    return len({one["person_key"] for one in events if one["person_key"]})
                case "nights":
                    return sum(days)
                case "share":
                    return pytest.approx(sum(judged) / len(judged)) if judged else None
                case "median" | "p90":
                    return pytest.approx(np.quantile(days, 0.5 if name == "median" else 0.9)) if days else None
            raise AssertionError(statistic)

        return {statistic: of_statistic(statistic) for statistic in figures}

    @pytest.mark.parametrize(
        ("measure", "words"),
        [
            ("flagged_on_register", ("share", "%", "Of the share: ", "in_numerator")),
            ("pathway_plan_review", ("share", "%", "Of the share: ", "trigger_date", "met_date", "status")),
            ("days_to_home", ("median from ", "p90 from ", "counted_from")),
        ],
    )
    def test_the_text_says_how_a_figure_that_is_no_count_comes_about(
        self, measure: str, words: tuple[str, ...], small_home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, out, _ = said(
            capsys, "trace", measure, "--authority", "kent", "--quarter", "2026-27-Q1", "--home", small_home.root
        )
        assert code == 0
        assert [word for word in words if word not in out] == []

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            (["beds"], "private_sector_moves"),
            (["bnb_nights", "--authority", "essex"], "kent, lancashire"),
            (["bnb_nights", "--quarter", "2026-Q1"], "2026-27-Q1"),
            (["bnb_nights", "--district", "E07000105"], "E07000123 (Preston)"),
        ],
    )
    def test_what_is_not_there_is_answered_with_what_is(
        self, wrong: list[str], told: str, small_home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        right = {"--authority": "lancashire", "--quarter": "2026-27-Q1"}
        given = [word for pair in right.items() if pair[0] not in wrong for word in pair]
        code, _, err = said(capsys, "trace", *wrong, *given, "--home", small_home.root)
        assert code == 2
        assert told in err


def test_whoever_refreshes_opens_a_trace_or_a_list_or_reviews_is_in_the_trail(
    small_home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given each command as it is run, then the trail has who and what was opened; nothing of what came to nothing."""
    home = ("--home", small_home.root)
    before = len(trail_of(small_home).entries())
    of_trace = ("bnb_nights", "--authority", "lancashire", "--quarter", "2026-27-Q1")
    asked = [
        ("trace", *of_trace),
        ("due", "--authority", "kent"),
        ("review", "--out", tmp_path / "review.xlsx"),
        ("accept", "no-such-load"),
    ]
    codes = [said(capsys, *one, *home)[0] for one in asked]
    assert codes[:3] == [0, 0, 0]
    assert codes[3] != 0
    entries = trail_of(small_home).entries()
    assert "refreshed" in {one.action for one in entries[:before]}
    assert {one.actor for one in entries} == {account()}
    found = [(one.action, dict(one.details)) for one in entries[before:]]
    trace = {"measure": "bnb_nights", "authority": "lancashire", "quarter": "2026-27-Q1", "exit_code": 0}
    assert ("trace", trace) in found
    assert ("review", {"exit_code": 0}) in found
    assert any(action == "due" and details["authority"] == "kent" for action, details in found)
    assert "accept" not in {action for action, _ in found}


def test_the_demo_leaves_extracts_that_are_no_demo_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Given a council's first file in a fresh home, when somebody tries the demo there, then the file stays."""
    home = make_home(tmp_path / "home")
    extract = home.inbox / "case_system" / "kent" / "ssd_person 2026-09-30.csv"
    extract.parent.mkdir(parents=True)
    extract.write_text("anything", encoding="utf-8")
    code, _, err = said(capsys, "demo", "--home", home.root, "--people", "5")
    assert code == 1
    assert "no demo" in err
    assert extract.read_text(encoding="utf-8") == "anything"


def test_the_demo_takes_the_home_of_the_environment_and_leaves_a_councils_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given a home that was made for real extracts and holds none yet, then no made-up people are put into it."""
    home = make_home(tmp_path / "home")
    monkeypatch.setenv("LASTING_HOMES_HOME", str(home.root))
    monkeypatch.chdir(tmp_path)
    code, _, err = said(capsys, "demo", "--people", "5")
    assert code == 1
    assert f"{home.root} is the home of somebody's data, and no demo" in err
    assert not list(home.inbox.iterdir())
    assert not (tmp_path / "demo").exists()


def test_a_damaged_secret_is_told_before_every_key_changes(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    home.person_key_file.write_text("abc", encoding="ascii")
    with pytest.raises(SettingsError, match="Restore it from your backup"):
        home.person_key()
