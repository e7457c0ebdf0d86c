"""From what councils write to a code: exactly or not at all."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts import code_list
from pipelines.contracts.codes import CodeList, SpellingsError, resolve
from pipelines.project_files import project_folder

CODES = project_folder("dbt_project") / "seeds" / "codes"
LISTS = sorted(path.stem for path in CODES.glob("*.csv"))
REAL = Path(__file__).parents[4] / "shared" / "data" / "annex_a" / "real_spellings.csv"


def code(name: str, spelling: str) -> str | None:
    found = resolve(name, spelling)
    return found.code if found else "unknown"


@pytest.mark.parametrize("name", LISTS)
def test_every_code_and_every_label_means_its_code(name: str) -> None:
    for row in code_list(name):
        assert code(name, row["code"]) == row["code"]
        if row["label"]:
            assert code(name, f"  {row['label'].upper()}\u00a0") == row["code"]


@pytest.mark.parametrize(
    "spelling", ["D", "d", "D1", "D2", "D3 - Semi-independent", "(D) 16+ anything", "D: some", "some [D]"]
)
def test_the_accommodation_letter_is_read_however_it_is_marked(spelling: str) -> None:
    assert code("accommodation", spelling) == "D"


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("Z - Supported Lodgings (Staying Put)", "Z"),
        ("E - Supported Lodgings (Not Former Foster Carer)", "E"),
        ("Foyers and similar supported lodgings", "T"),
        ("Y - Not suitable", "Y"),
        ("(Y) 16+ Other Accommodation - unsuitable", "Y"),
        ("Residing with friends", "Y"),
        ("B&B", "W"),
        ("B and B", "W"),
        ("b) Community home", "C"),
        ("Care Leaver-'Accommodation' / Independent living", "U"),
        ("U Independent living", "U"),
        ("Family Centre or Mother and Baby Unit", "D"),
    ],
)
def test_words_inside_a_longer_label_do_not_decide(spelling: str, expected: str) -> None:
    assert code("accommodation", spelling) == expected


@pytest.mark.parametrize(
    "spelling",
    [
        "D - Supported lodgings",
        "(B) Bed and breakfast",
        "B-and-B hotel",
        "U something",
        "Code 'C2' is not mapped",
        "#",
        "D9",
        "Q",
    ],
)
def test_a_contradiction_or_an_unknown_spelling_is_no_code(spelling: str) -> None:
    assert resolve("accommodation", spelling) is None


@pytest.mark.parametrize(
    ("spelling", "tenure"),
    [
        ("Own tenancy private", "private"),
        ("OWN TENANCY COUNCIL", "council"),
        ("U - Own tenancy housing association", "housing_association"),
        ("Accommodation Provided by College/University", "student"),
    ],
)
def test_a_local_label_of_independent_living_says_whose_tenancy_it_is(spelling: str, tenure: str) -> None:
    found = resolve("accommodation", spelling)
    assert found is not None
    assert (found.code, dict(found.derived)) == ("U", {"tenure": tenure})


@pytest.mark.parametrize(
    ("name", "spelling", "expected"),
    [
        ("in_touch", "a) Yes", "YES"),
        ("in_touch", "02 - No, resident in the UK", "NO"),
        ("in_touch", "08 - Young Person Refuses Contact", "REFU"),
        ("in_touch", "f) Rhom", "RHOM"),
        ("in_touch", "Not recorded", None),
        ("eligibility", "former relevant 18-20", "former_relevant"),
        ("eligibility", "b) Former relevant child", "former_relevant"),
        ("eligibility", "No Current Eligibility", "none"),
        ("suitability", "1 - Accommodation is considered suitable", "suitable"),
        ("suitability", "0 - UNSUITABLE", "unsuitable"),
        ("suitability", "0", "unknown"),  # unsuitable in some councils, not recorded in others
        ("activity", "F1: Full time in higher education", "F1"),
        ("ethnicity", "a) WBRI", "WBRI"),
        ("sex", "b) Female", "f"),
        ("support_need", "Care leaver aged 18 to 20", "care_leaver_18_20"),
        (
            "temporary_accommodation_type",
            "Other nightly paid, privately managed accommodation, self-contained ",
            "nightly_paid",
        ),
    ],
)
def test_other_lists(name: str, spelling: str, expected: str | None) -> None:
    assert code(name, spelling) == expected


@pytest.mark.needs_data
@pytest.mark.skipif(not REAL.is_file(), reason="../shared/data/annex_a is not here")
def test_real_spellings_are_never_read_wrongly_and_nearly_always_read() -> None:
    meaning: dict[str, dict[str, set[str | None]]] = {
        "accommodation": dict(zip("abcdefghijklmnop", [{letter} for letter in "BCDEGHKRSTUVWXZY"], strict=True)),
        "in_touch": {"a": {"YES"}, "b": {"NO", "REFU", "NREQ"}, "c": {None}, "d": {"DIED", "RHOM", None}},
        "eligibility": {
            "a": {"relevant"},
            "b": {"former_relevant"},
            "c": {"qualifying"},
            "d": {"eligible"},
            "e": set(),
        },
        "suitability": {"a": {"suitable"}, "b": {"unsuitable"}, "c": {None}, "d": {None}},
    }
    with REAL.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    read = [(row, found) for row in rows if (found := resolve(row["field"], row["spelling"])) is not None]
    wrong = [row for row, found in read if found.code not in meaning[row["field"]][row["category"][0]]]
    assert wrong == []
    assert len(read) / len(rows) >= 0.95


@given(st.text(max_size=40))
def test_any_text_at_all_gets_an_answer(text: str) -> None:
    for name in ("accommodation", "in_touch", "activity", "suitability"):
        found = resolve(name, text)
        assert found is None or found.code is None or found.code in {row["code"] for row in code_list(name)}


def test_a_council_may_add_spellings_and_overrule_ours(tmp_path: Path) -> None:
    (tmp_path / "suitability.csv").write_text("spelling,code\n0,unsuitable\nGrand,suitable\n", encoding="utf-8")
    own = CodeList("suitability", tmp_path)
    assert [found.code for text in ("0", "grand", "Suitable") if (found := own.resolve(text))] == [
        "unsuitable",
        "suitable",
        "suitable",
    ]


def test_a_spelling_of_a_code_that_does_not_exist_is_named(tmp_path: Path) -> None:
    (tmp_path / "suitability.csv").write_text("spelling,code\nGrand,splendid\n", encoding="utf-8")
    with pytest.raises(SpellingsError, match=r"suitability\.csv.*'Grand'.*'splendid'"):
        CodeList("suitability", tmp_path)


def test_a_spelling_without_a_word_is_named(tmp_path: Path) -> None:
    (tmp_path / "suitability.csv").write_text("spelling,code\n?!,suitable\n", encoding="utf-8")
    with pytest.raises(SpellingsError, match=r"the spelling '\?!' of suitability is empty"):
        CodeList("suitability", tmp_path)


def test_a_list_that_does_not_exist_is_named() -> None:
    with pytest.raises(SpellingsError, match="no code list 'nonsense'"):
        resolve("nonsense", "x")


@pytest.mark.parametrize(
    ("name", "spelling", "expected"),
    [
        ("accommodation", "16+ Staying Put", "Z"),
        ("accommodation", "Independent living (Private rented)", "U"),
        ("accommodation", "Prison/YOI", "X"),
        ("accommodation", "NFA - No fixed abode", "S"),
        ("accommodation", "Supported lodgings (E)", "E"),
        ("accommodation", "B&B - unsuitable", "W"),
        ("accommodation", "Semi-independent, transitional accommodation and self-contai", "D"),
        ("in_touch", "Yes - In touch", "YES"),
        ("in_touch", "N - Not in touch", "NO"),
        ("in_touch", "NREQ - YP no longer requires services", "NREQ"),
        ("eligibility", "FRC: Former relevant child", "former_relevant"),
        ("eligibility", "Qualifying (21-24)", "qualifying"),
        ("suitability", "2.0", "unsuitable"),
        ("suitability", "U - Unsuitable", "unsuitable"),
    ],
)
def test_what_is_said_twice_abbreviated_annotated_or_cut_off_is_still_read(
    name: str, spelling: str, expected: str
) -> None:
    assert code(name, spelling) == expected


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("accommodation", "S - Supported housing project"),  # a council's own letter, not the 903's
        ("accommodation", "(B) 16+ Bed and breakfast"),
        ("accommodation", "With parents/former foster carers"),
        ("accommodation", "Residential accommodation"),  # the beginning of a label of D, and words of C
        ("accommodation", "Semi-independent (E)"),
        ("in_touch", "No - gone abroad"),
        ("in_touch", "Yes - gone abroad"),
        ("in_touch", "In touch - No"),
        ("in_touch", "REFU - in touch"),
        ("eligibility", "Former relevant/qualifying"),
        ("eligibility", "Not relevant"),
        ("suitability", "Suitable [2]"),
        ("suitability", "Suitable / not suitable"),
        ("suitability", "Unsuitable: Yes"),
    ],
)
def test_what_contradicts_itself_is_never_guessed(name: str, spelling: str) -> None:
    assert resolve(name, spelling) is None
