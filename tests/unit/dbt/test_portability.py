"""What Spark builds, too, has nothing that one engine alone knows outside dispatched macros.

The scan reads the SQL as written, comments and Jinja comments left out, and every macro; of a dispatched macro only the
bodies may speak an engine's own language.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from pipelines.scale.parity import COMPARED

PROJECT = Path(__file__).parents[3] / "dbt_project"
PORTABLE_FOLDERS = ("staging", "core", "measures", "obligations")
FORBIDDEN = {
    "a :: cast (write cast)": r"::",
    "qualify (write a subquery)": r"\bqualify\b",
    "a star with exclude or replace (name the columns)": r"\*\s*(exclude|except|replace|rename)\b|\bcolumns\s*\(",
    "a list or struct": r"\b(list|array|struct|map)_\w+\s*\(|\bunnest\b|\bexplode\b|\bstruct_pack\b|\[[^\]]*\]",
    "group by or order by all": r"\b(group|order)\s+by\s+all\b",
    "an as-of or positional join": r"\b(asof|positional)\s+join\b",
    "an aggregate of one engine": (
        r"\b(arg_max|arg_min|max_by|min_by|any_value|first|last|string_agg|bool_or|bool_and)\s*\("
    ),
    "ilike, glob or a regular expression": r"\b(ilike|glob|similar\s+to|regexp_\w+)\b",
    "an index or slice": r"\w\[[^\]]*\]",
    "distinct on": r"\bdistinct\s+on\b",
    "varchar without a length (write string)": r"\bvarchar\b",
    "date arithmetic (use the macros of dates.sql)": (
        r"\binterval\b|\bcurrent_date\b|\b(date_add|dateadd|date_diff|datediff|date_sub|add_months|to_months|to_days|"
        r"date_trunc|last_day|age|strftime|strptime|date_format|generate_series|sequence|range|make_date|now)\s*\("
    ),
    "a date plus or minus days (use add_days)": r"\b\w*(_date|_on|_from|_until|day)\s*[+-]\s*\d",
    "hashing (use record_id)": r"\b(md5|sha\w*|hash)\s*\(",
    "a safe cast": r"\b(try_cast|safe_cast)\b",
    "ignore nulls (use last_known)": r"\bignore\s+nulls\b",
}


def marts_of_one_node() -> set[str]:
    """Return the marts that the project configures one by one, which is to leave them out on Spark."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return {name for name in project["models"]["lasting_homes"]["marts"] if not name.startswith("+")}


def sql_files() -> list[Path]:
    found = [path for folder in PORTABLE_FOLDERS for path in (PROJECT / "models" / folder).rglob("*.sql")]
    one_node = marts_of_one_node()
    return sorted(
        [*found, *(path for path in (PROJECT / "models" / "marts").glob("*.sql") if path.stem not in one_node)]
    )


def statements(text: str) -> str:
    """Return the SQL without comments, string literals and Jinja."""
    for pattern in (r"\{#.*?#\}", r"--[^\n]*", r"'[^'\n]*'", r"\{\{.*?\}\}", r"\{%.*?%\}"):
        text = re.sub(pattern, " ", text, flags=re.DOTALL)
    return text.lower()


def findings(text: str) -> list[str]:
    sql = statements(text)
    return [rule for rule, pattern in FORBIDDEN.items() if re.search(pattern, sql)]


def macros() -> dict[str, tuple[str, str]]:
    """Return each macro's body, and the comment that stands right before it."""
    found = {}
    for path in sorted((PROJECT / "macros").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(
            r"(?:\{#(?P<comment>(?:(?!#\}).)*)#\}\s*)?\{%-?\s*macro\s+(?P<name>\w+)\(.*?%\}(?P<body>.*?)\{%-?\s*endmacro",
            text,
            flags=re.DOTALL,
        ):
            found[match["name"]] = (match["body"], (match["comment"] or "").strip())
    return found


def test_what_everything_published_is_made_of_runs_on_spark() -> None:
    assert set(COMPARED) <= {path.stem for path in sql_files()}


@pytest.mark.parametrize("path", sql_files(), ids=lambda path: path.stem)
def test_models_are_portable(path: Path) -> None:
    assert findings(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", sorted(name for name in macros() if "__" not in name))
def test_macros_speak_an_engine_only_through_dispatch(name: str) -> None:
    assert findings(macros()[name][0]) == []


@pytest.mark.parametrize("name", sorted(name for name in macros() if name.startswith("duckdb__")))
def test_a_dispatched_macro_has_another_body_and_says_why(name: str) -> None:
    counterpart = f"default__{name.removeprefix('duckdb__')}"

    assert counterpart in macros(), f"{name} has no body for other engines"
    assert macros()[counterpart][0] != macros()[name][0], f"{name} need not be dispatched: its bodies are the same"
    assert macros()[name][1], f"{name} does not say why its bodies differ"


@pytest.mark.parametrize(
    ("rule", "sql"),
    [
        ("a :: cast (write cast)", "select a::date from t"),
        ("qualify (write a subquery)", "select a from t qualify row_number() over () = 1"),
        ("a star with exclude or replace (name the columns)", "select * exclude (a) from t"),
        ("a list or struct", "select list_sort(a) from t"),
        ("an index or slice", "select a[1] from t"),
        ("date arithmetic (use the macros of dates.sql)", "select start_date + interval 1 day from t"),
        ("a date plus or minus days (use add_days)", "select start_date + 28 from t"),
        ("hashing (use record_id)", "select md5(a) from t"),
        ("varchar without a length (write string)", "select cast(a as varchar) from t"),
    ],
)
def test_the_scan_finds_what_it_forbids(rule: str, sql: str) -> None:
    assert rule in findings(sql)
    assert rule not in findings(f"select a from t -- {sql}")
