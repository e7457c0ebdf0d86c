"""`lasting-homes review` as reviewers meet it: workbook out, answers in, the next refresh honours them."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import openpyxl
import polars as pl
import pytest
from small_homes import copy_of, settings_of

from pipelines.cli import main
from pipelines.refresh import refresh
from pipelines.settings import Home
from pipelines.warehouse.database import open_for_reading
from pipelines.warehouse.dbt import ParsedProject
from pipelines.warehouse.lock import only_one
from pipelines.warehouse.publish import published_build

Row = dict[str, Any]
START = "import sys; from pipelines.cli import main; sys.exit(main())"
WHY = {"Reason": "Asked the adviser.", "Decided by": "A. Reviewer"}


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Run a command in this process: exit code, standard output, standard error."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as left:
        code = int(left.code or 0)
    output = capsys.readouterr()
    return code, output.out, output.err


def rows_of(workbook: Path) -> list[Row]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl does not know the small charts, and says so
        heads, *rows = openpyxl.load_workbook(workbook)["Decide"].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def answer(workbook: Path, answers: dict[int, Row]) -> None:
    """Write answers beside rows, counted from the first pair, as a person would."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(workbook)
    sheet = book["Decide"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for place, values in answers.items():
        for name, value in values.items():
            sheet.cell(place + 2, columns[name]).value = value
    book.save(workbook)


def asked(home: Home, query: str) -> list[tuple[Any, ...]]:
    with open_for_reading(published_build(home).warehouse) as warehouse:
        return warehouse.execute(query).fetchall()


def registry(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (home.registry / "links").glob("*.jsonl")}


@pytest.fixture
def home(small_home: Home, tmp_path: Path) -> Home:
    """A copy of the small home, in which nobody has decided anything."""
    return copy_of(small_home, tmp_path / "home")


@pytest.fixture
def workbook(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "review.xlsx"
    assert said(capsys, "review", "--home", home.root, "--out", path)[0] == 0
    return path


@dataclass(frozen=True)
class Reviewed:
    """A home before and after people decided and the next refresh ran."""

    home: Home
    joined: tuple[str, str, str]
    split: tuple[str, str, str]
    same: Row
    different: Row
    unsure: Row
    figures_before: pl.DataFrame
    said: dict[str, tuple[int, str, str]]


# Thresholds at which a few dozen people already leave something to decide.
DOUBTFUL = {"link_threshold": 0.99999, "review_threshold": 0.01}

# Two ids of one person, neither of which is among those that people are asked about.
JOINED_IDS = """
select one.authority, one.person_id, other.person_id
from identity.person_alias as one
inner join identity.person_alias as other using (authority, person_key)
where one.person_id < other.person_id
    and one.person_key not in (
        select alias.person_key
        from identity.id_candidate as candidate
        inner join identity.person_alias as alias
            on (alias.authority, alias.person_id) in (
                (candidate.authority, candidate.person_id), (candidate.other_authority, candidate.other_person_id)
            )
    )
order by all
limit 1
"""
# Every quarter's total of every measure and obligation, and the middle values, of which there is no total. What a
# figure counts is its numerator; a share has two counts.
FIGURE = ("measure_id", "authority", "area_code", "period_label", "breakdown_value", "statistic")
TOTALS = f"""
select {", ".join(FIGURE)}, value, numerator, case statistic when 'share' then denominator end as out_of
from marts.measure_observation
where period_kind = 'quarter' and (breakdown = 'total' or statistic in ('median', 'p90'))
    and coverage <> 'not_available'
order by all
"""
EXPLAINED = f"""
select
    {", ".join(FIGURE)},
    cast(sum(counted_after - counted_before) as bigint) as counted,
    cast(sum(out_of_after - out_of_before) as bigint) as out_of,
    min(figure_before) as figure_before,
    min(figure_after) as figure_after
from identity.affected_figure
group by all
"""


def frame(home: Home, query: str) -> pl.DataFrame:
    with open_for_reading(published_build(home).warehouse) as warehouse:
        return warehouse.execute(query).pl()


@pytest.fixture(scope="module")
def reviewed(
    small_home: Home, tmp_path_factory: pytest.TempPathFactory, parsed_project: ParsedProject
) -> Iterator[Reviewed]:
    """Given answers to what waits and a split of two ids that the rules had joined, one refresh without new data."""
    folder = tmp_path_factory.mktemp("reviewed")
    home = copy_of(small_home, folder / "home")
    refresh(settings_of(home, **DOUBTFUL), project=parsed_project)
    joined = asked(home, JOINED_IDS)[0]
    before = frame(home, TOTALS)
    told: dict[str, tuple[int, str, str]] = {}

    def run(name: str, *arguments: str | Path) -> None:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["review", "--home", str(home.root), *map(str, arguments)])
        told[name] = code, out.getvalue(), err.getvalue()

    run("export", "--json", "--out", folder / "queue.xlsx")
    rows = rows_of(folder / "queue.xlsx")
    records = [place for place, row in enumerate(rows) if row["family"] != "case_system"]
    # three records, each the first time that it is asked about
    first, second, third = [
        next(place for place in records if rows[place]["ref"] == ref)
        for ref in dict.fromkeys(rows[place]["ref"] for place in records)
    ][:3]
    ids = next(place for place, row in enumerate(rows) if row["family"] == "case_system")
    answer(
        folder / "queue.xlsx",
        {
            first: {"Decision": "same", **WHY},
            second: {"Decision": "different", **WHY},
            third: {"Decision": "unsure", "Decided by": "A. Reviewer"},
            ids: {"Decision": "same", **WHY},
        },
    )
    run("import", "--import", folder / "queue.xlsx")
    run("again", "--json", "--out", folder / "again.xlsx")
    pair = (f"{joined[0]}/{joined[1]}", f"{joined[0]}/{joined[2]}")
    run("split", "--pair", *pair, "--out", folder / "split.xlsx")
    answer(folder / "split.xlsx", {0: {"Decision": "different", **WHY}})
    run("split taken", "--import", folder / "split.xlsx")
    refresh(settings_of(home, **DOUBTFUL), project=parsed_project)
    run("changes", "--changes", "--json")
    run("changes in words", "--changes")
    now_joined = (rows[ids]["sender"], rows[ids]["ref"], rows[ids]["case-system id"])
    yield Reviewed(home, now_joined, joined, rows[first], rows[second], rows[third], before, told)


def outcome(home: Home, row: Row) -> tuple[str, str, bool]:
    """Outcome and method of the record of a row, and whether its person is the row's candidate."""
    with open_for_reading(published_build(home).warehouse) as warehouse:
        found = warehouse.execute(
            """
            select link.outcome, link.method, coalesce(link.person_key = alias.person_key, false)
            from identity.person_link as link
            inner join identity.person_alias as alias on alias.authority = $council and alias.person_id = $id
            where link.sender = $sender and link.source_ref = $ref
            """,
            {"council": row["council"], "id": row["case-system id"], "sender": row["sender"], "ref": row["ref"]},
        ).fetchone()
    assert found is not None
    return found


def keys(home: Home, authority: str, *ids: str) -> set[str]:
    listed = ", ".join(f"'{one}'" for one in ids)
    return {
        key
        for (key,) in asked(
            home,
            f"select person_key from identity.person_alias where authority = '{authority}' and person_id in ({listed})",
        )
    }


def test_the_next_refresh_honours_every_answer(reviewed: Reviewed) -> None:
    assert reviewed.said["import"][:2] == (
        0,
        "4 decisions recorded (2 same, 1 different, 1 unsure). They count from the next refresh.\n",
    )
    assert outcome(reviewed.home, reviewed.same) == ("linked", "decided", True)
    assert outcome(reviewed.home, reviewed.different)[2] is False
    assert outcome(reviewed.home, reviewed.unsure) == ("review", "decided_unsure", False)
    assert len(keys(reviewed.home, *reviewed.joined)) == 1


def test_two_ids_that_people_split_stay_two_although_the_rules_join_them(reviewed: Reviewed) -> None:
    assert reviewed.said["split"][0] == 0
    assert reviewed.said["split taken"][0] == 0
    assert len(keys(reviewed.home, *reviewed.split)) == 2


def test_what_is_answered_is_not_asked_again(reviewed: Reviewed) -> None:
    code, out, _ = reviewed.said["again"]
    first, second = json.loads(reviewed.said["export"][1]), json.loads(out)
    assert code == 0
    assert second["decided"] >= 3
    assert second["pairs"] + second["decided"] == first["pairs"]
    # nor after the refresh, except what nobody could tell
    with open_for_reading(published_build(reviewed.home).warehouse) as warehouse:
        waiting = {ref for (ref,) in warehouse.execute(
            "select source_ref from identity.person_link where outcome = 'review'"
        ).fetchall()}  # fmt: skip
    assert reviewed.unsure["ref"] in waiting
    assert reviewed.same["ref"] not in waiting


def test_who_when_and_why_are_kept_and_no_value_of_anybody(reviewed: Reviewed) -> None:
    lines = [json.loads(line) for text in registry(reviewed.home).values() for line in text.decode().splitlines()]
    assert len(lines) == 5
    for line in lines:
        assert line["by"] == "A. Reviewer"
        assert line["reason"] == ("" if line["verdict"] == "unsure" else "Asked the adviser.")
        assert 0 <= (datetime.now(UTC) - datetime.fromisoformat(line["decided_at"])).total_seconds() < 3600
    stored = json.dumps(lines)
    assert str(reviewed.same["This: name"]) not in stored
    assert str(reviewed.same["That: name"]) not in stored


def test_each_change_lists_the_figures_that_it_moved(reviewed: Reviewed) -> None:
    code, out, _ = reviewed.said["changes"]
    changes = json.loads(out)["changes"]
    assert code == 0
    kinds = {one["kind"] for change in changes for one in change["records"]}
    assert {"merged", "split", "linked"} <= kinds
    linked = next(
        change for change in changes if any(one["source_ref"] == reviewed.same["ref"] for one in change["records"])
    )
    assert linked["records"][0]["kind"] == "linked"
    said_in_words = reviewed.said["changes in words"][1]
    assert f"linked: {reviewed.same['family']} {reviewed.same['sender']} {reviewed.same['ref']}" in said_in_words
    assert json.loads((published_build(reviewed.home).folder / "figures/build.json").read_text())["link_changes"]


def test_without_new_data_the_changes_explain_every_figure_that_moved(reviewed: Reviewed) -> None:
    # given the totals of all quarters before and after, of which only decisions lie in between
    both = reviewed.figures_before.join(
        frame(reviewed.home, TOTALS), on=FIGURE, suffix="_after", how="full", coalesce=True
    )
    moved = both.filter(
        pl.col("value").ne_missing(pl.col("value_after"))
        | pl.col("numerator").ne_missing(pl.col("numerator_after"))
        | pl.col("out_of").ne_missing(pl.col("out_of_after"))
    )
    explained = frame(reviewed.home, EXPLAINED)
    # then each has its changes, and they add up to how much it moved
    compared = moved.join(explained, on=FIGURE, how="left", suffix="_explained")
    assert set(moved["statistic"]) >= {"people", "events", "nights", "share"}
    assert compared.filter(pl.col("counted").is_null()).to_dicts() == []
    not_added_up = compared.filter(
        (pl.col("numerator_after") - pl.col("numerator")).ne_missing(pl.col("counted"))
        | (pl.col("out_of_after") - pl.col("out_of")).ne_missing(pl.col("out_of_explained"))
        | pl.col("figure_before").ne_missing(pl.col("value"))
        | pl.col("figure_after").ne_missing(pl.col("value_after"))
    )
    assert not_added_up.to_dicts() == []
    # and nothing else is said to have moved, but where the changes of several people cancel out
    still = explained.join(moved, on=FIGURE, how="anti").filter(pl.col("figure_after").is_not_null())
    assert still.filter((pl.col("counted") != 0) | (pl.col("out_of").fill_null(0) != 0)).to_dicts() == []


# What cannot be followed.


def test_a_second_answer_is_a_new_file_and_the_first_stays(
    home: Home, workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(workbook, {0: {"Decision": "different", **WHY}})
    assert said(capsys, "review", "--home", home.root, "--import", workbook)[0] == 0
    before = registry(home)
    answer(workbook, {0: {"Decision": "same", **WHY}})
    assert said(capsys, "review", "--home", home.root, "--import", workbook)[0] == 0
    after = registry(home)
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()


def test_a_bad_workbook_is_refused_whole_in_a_sentence(
    home: Home, workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(workbook, {0: {"Decision": "maybe", **WHY}, 1: {"Decision": "same", **WHY}})
    code, out, err = said(capsys, "review", "--home", home.root, "--import", workbook)
    assert (code, out) == (1, "")
    assert err == (
        "lasting-homes review: Nothing of review.xlsx was taken. "
        "row 2 has an unknown decision: write same or different or unsure.\n"
    )
    assert registry(home) == {}


def test_a_file_that_is_no_workbook_or_is_not_there(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.xlsx").write_text("Dear Sir or Madam", encoding="utf-8")
    code, _, err = said(capsys, "review", "--home", home.root, "--import", tmp_path / "letter.xlsx")
    assert code == 1
    assert "letter.xlsx cannot be read as a workbook" in err
    code, _, err = said(capsys, "review", "--home", home.root, "--import", tmp_path / "gone.xlsx")
    assert code == 2
    assert "There is no file" in err
    assert "Traceback" not in err


def test_a_workbook_without_answers_records_nothing(
    home: Home, workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, "review", "--home", home.root, "--import", workbook)
    assert (code, out, err) == (0, "", "review.xlsx has no answers yet.\n")
    assert registry(home) == {}


def test_answers_are_not_taken_while_a_refresh_runs(
    home: Home, workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(workbook, {0: {"Decision": "same", **WHY}})
    with only_one(home):
        code, _, err = said(capsys, "review", "--home", home.root, "--import", workbook)
    assert code == 1
    assert "try again when it has finished" in err
    assert registry(home) == {}


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        (("kent/nobody", "kent/neither"), "does not know both kent/nobody and kent/neither"),
        (("lettings/kent_homechoice/a", "lettings/kent_homechoice/b"), "about a record and a case-system id"),
        (("nonsense", "kent/p"), "nonsense is neither"),
    ],
)
def test_a_pair_that_nobody_knows_is_wrong_use(
    home: Home, pair: tuple[str, str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = said(capsys, "review", "--home", home.root, "--pair", *pair)
    assert code == 2
    assert told in err


def test_one_thing_at_a_time(home: Home, workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "review", "--home", home.root, "--web", "--import", workbook)
    assert code == 2
    assert "not allowed with argument" in err


# The page.


def test_the_page_is_for_this_machine_and_ends_with_an_interrupt(home: Home) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", START, "review", "--home", str(home.root), "--web"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        address = urlparse(process.stderr.readline().split()[1])
        connection = http.client.HTTPConnection(str(address.hostname), address.port or 0, timeout=30)
        connection.request("GET", address.path)
        answered = connection.getresponse()
        page = answered.read().decode()
        connection.request("GET", "/")
        refused = connection.getresponse()
        refused.read()
        connection.close()
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert address.hostname == "127.0.0.1"
    assert (answered.status, answered.headers["Cache-Control"], answered.headers["Server"]) == (200, "no-store", None)
    assert "pairs to decide" in page
    assert refused.status == 404
    assert (process.returncode, out) == (0, "0 decisions recorded.\n")
    # and nothing that names the address or anybody was logged
    assert address.path not in err
    assert "GET" not in err
