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

import polars as pl
import pytest
from small_homes import make_home

from pipelines.cli import COMMANDS, main
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

    @pytest.mark.parametrize(
        ("measure", "statistic"),
        [
            ("bnb_nights", "nights"),
            ("bnb_stays", "events"),
            ("private_sector_moves", "events"),
            ("social_moves", "events"),
            ("homeless_presentations", "people"),
            ("accommodation_now", "people"),
        ],
    )
    def test_the_records_add_up_to_the_figure(
        self, measure: str, statistic: str, small_home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Given the largest figure of a measure in a district, then its records are listed, each with its source."""
        _, out, _ = said(
            capsys,
            "sql",
            f"select authority, area_code, period_label, value from marts.measure_observation "
            f"where measure_id = '{measure}' and statistic = '{statistic}' and period_kind = 'quarter' "
            f"and breakdown = 'total' and area_code like 'E07%' "
            "order by value desc nulls last, area_code, period_label limit 1",
            "--home",
            small_home.root,
            "--json",
        )
        (figure,) = json.loads(out)["rows"]
        assert figure["value"] > 0
        code, out, _ = said(
            capsys,
            *("trace", measure, "--home", small_home.root, "--json"),
            *(
                "--authority",
                figure["authority"],
                "--district",
                figure["area_code"],
                "--quarter",
                figure["period_label"],
            ),
        )
        traced = json.loads(out)
        records = {(one["record_id"], one["person_key"], one["start_date"]): one for one in traced["records"]}
        assert code == 0
        assert traced["figures"][statistic] == figure["value"]
        added = {
            "events": len(records),
            "people": len({one["person_key"] for one in records.values()}),
            "nights": sum(one["quantity"] for one in records.values()),
        }
        assert added[statistic] == figure["value"]
        for one in traced["records"]:
            assert one["file_name"], "a record without a file cannot be opened"
            assert one["row_number"] >= 2
            assert len(one["load_id"]) == 20

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
