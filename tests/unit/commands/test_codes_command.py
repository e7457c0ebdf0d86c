"""`lasting-homes codes`: one answer a line, and none of them wrong."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.commands.codes import FIELDS, lines

REAL = Path(__file__).parents[4] / "shared" / "data" / "annex_a" / "real_spellings.csv"

# What each category of Ofsted's Annex A may be read as; "?" is always right where nothing is recorded or excluded.
MEANING: dict[str, dict[str, set[str]]] = {
    "accommodation": dict(zip("abcdefghijklmnop", [{letter} for letter in "BCDEGHKRSTUVWXZY"], strict=True)),
    "in_touch": {"a": {"YES"}, "b": {"NO", "REFU", "NREQ"}, "c": set(), "d": {"DIED", "RHOM"}},
    "eligibility": {"a": {"relevant"}, "b": {"former_relevant"}, "c": {"qualifying"}, "d": {"eligible"}, "e": set()},
    "suitability": {"a": {"suitable"}, "b": {"unsuitable"}, "c": set(), "d": set()},
}


class StandardInput:
    """What a pipe into the command holds."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def answers(
    field: str, content: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *options: str
) -> str:
    monkeypatch.setattr(sys, "stdin", StandardInput(content))
    assert main(["codes", field, *options]) == 0
    return capsys.readouterr().out


def test_one_line_for_every_line_in_their_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = "D1\r\n\nnonsense\nZ - Supported Lodgings (Staying Put)\n\u2028\nWhereabouts Unknown".encode()
    assert answers("accommodation", asked, monkeypatch, capsys) == "D\n?\n?\nZ\n?\nR\n"


def test_nothing_asked_is_nothing_answered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert answers("suitability", b"", monkeypatch, capsys) == ""


def test_what_says_that_nothing_is_recorded_has_no_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answers("in_touch", b"Not recorded\n", monkeypatch, capsys) == "?\n"


def test_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(answers("eligibility", "FR\n\u20ac".encode("cp1252"), monkeypatch, capsys, "--json"))
    assert document == {
        "field": "eligibility",
        "spellings": [{"spelling": "FR", "code": "former_relevant"}, {"spelling": "\u20ac", "code": None}],
    }


def test_the_home_s_own_spellings_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "config" / "contracts" / "spellings"
    own.mkdir(parents=True)
    (own / "suitability.csv").write_text("spelling,code\nGrand,suitable\n", encoding="utf-8")
    assert answers("suitability", b"Grand\n", monkeypatch, capsys, "--home", str(tmp_path)) == "suitable\n"


def test_another_field_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["codes", "ethnicity"])
    assert ended.value.code == 2
    assert "accommodation" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"\xef\xbb\xbfa\n\n", ["a", ""]),
        (b"\x93a\x94", ["“a”"]),
    ],
)
def test_lines(content: bytes, expected: list[str]) -> None:
    assert lines(content) == expected


@pytest.mark.needs_data
@pytest.mark.skipif(not REAL.is_file(), reason="../shared/data/annex_a is not here")
@pytest.mark.parametrize("field", FIELDS)
def test_no_real_spelling_gets_a_wrong_code(
    field: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with REAL.open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if row["field"] == field]
    # A sample cell with a line break in it would be two lines; there is none.
    asked = "\n".join(row["spelling"] for row in rows) + "\n"
    got = answers(field, asked.encode(), monkeypatch, capsys).splitlines()
    assert len(got) == len(rows)
    allowed = [MEANING[field][row["category"][0]] for row in rows]
    wrong = [
        (row["spelling"], code)
        for row, code, right in zip(rows, got, allowed, strict=True)
        if code not in {*right, "?"}
    ]
    assert wrong == []
    # "Yes, gone abroad" is left out of both counts and has no code, so that category of in-touch is not due one.
    due = [
        code
        for row, code, right in zip(rows, got, allowed, strict=True)
        if right and (field, row["category"][0]) != ("in_touch", "d")
    ]
    assert sum(code != "?" for code in due) / len(due) >= 0.97
