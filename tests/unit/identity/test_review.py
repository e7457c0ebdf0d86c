"""The review workbook: what people see, and what becomes of what they write."""

import stat
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hand_made_landing import LandingSchema

from pipelines.identity import ExactRules, RulesThenModel, link
from pipelines.identity.decisions import LinkDecision, RecordRef
from pipelines.identity.review import Pair, WorkbookError, read_decisions, review_queue, write_workbook

KEY = b"a secret of the test"
NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
BORN = date(2006, 3, 14)


@pytest.fixture
def landing(queue_of_three: LandingSchema) -> Iterator[LandingSchema]:
    """The county, as it was before the test."""
    queue_of_three.connection.execute("begin")
    yield queue_of_three
    queue_of_three.connection.execute("rollback")


@pytest.fixture(scope="module")
def queue_of_three() -> LandingSchema:
    """Two people of one name and birthday, and an application that says no more; two ids that no rule can join."""
    landing = LandingSchema()
    landing.person("p1", "Pellus", "Protofield", born=BORN, postcodes=("XK331AA",))
    landing.person("p2", "Pellus", "Protofield", born=BORN, postcodes=("XK332BB",))
    landing.application("a1", "Pellus", "Protofield", born=BORN)
    for number in range(1, 27):
        landing.person(f"q{number}", f"Elm{chr(96 + number)}ric", "Fictby", born=date(2005, 2, number))
    link(landing.connection, linker=RulesThenModel(threads=1), key=KEY)
    return landing


@pytest.fixture
def pairs(landing: LandingSchema) -> list[Pair]:
    return review_queue(landing.connection)


@pytest.fixture
def workbook(pairs: list[Pair], tmp_path: Path) -> Path:
    path = tmp_path / "review.xlsx"
    write_workbook(pairs, path)
    return path


def answer(path: Path, answers: dict[int, dict[str, Any]]) -> None:
    """Write answers into rows of the sheet Decide, as a person would."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl drops the small charts, and says so
        book = openpyxl.load_workbook(path)
    sheet = book["Decide"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for row, values in answers.items():
        for name, value in values.items():
            sheet.cell(row, columns[name]).value = value
    book.save(path)


def test_both_candidates_of_a_record_and_the_two_ids_are_asked_about(pairs: list[Pair]) -> None:
    asked = [(pair.one.ref, pair.other.ref) for pair in pairs]
    assert asked == [("a1", "p1"), ("a1", "p2"), ("p1", "p2")]
    assert pairs[2].note == "The same name and birthday, but: places without dates."


def test_the_sides_stand_side_by_side_with_the_reasons(workbook: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(workbook)
    rows = list(book["Decide"].iter_rows(values_only=True))
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["This: name"], first["That: name"]) == ("Pellus Protofield", "Pellus Protofield")
    assert (first["This: date of birth"], first["That: postcodes"]) == ("14/03/2006", "XK331AA")
    assert "date of birth (the same)" in first["Why they look alike"]
    assert 0 < first["Probability"] <= 0.5
    # and the waterfall starts from chance, and its last sum is the weight
    why = [row for row in book["Why"].iter_rows(min_row=2, values_only=True) if row[0] == first["Pair"]]
    assert why[0][1] == "two records drawn at random"
    assert why[-1][4] == pytest.approx(sum(row[3] for row in why), abs=0.01)
    assert why[-1][4] > 0


def test_the_small_charts_show_the_running_sum(workbook: Path) -> None:
    import zipfile  # noqa: PLC0415 - openpyxl does not read small charts

    with zipfile.ZipFile(workbook) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<x14:sparkline>") == 2
    assert "Why!E2:E9" in sheet


def test_only_its_owner_can_read_it_and_nothing_is_overwritten(workbook: Path, pairs: list[Pair]) -> None:
    assert stat.S_IMODE(workbook.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_workbook(pairs, workbook)


def test_answers_become_decisions_and_empty_rows_do_not(workbook: Path) -> None:
    answer(
        workbook,
        {
            2: {"Decision": "Same", "Reason": "Asked the adviser.", "Decided by": "A. Reviewer"},
            4: {"Decision": "unsure"},
        },
    )
    application = RecordRef("lettings", "applications", "kent_homechoice", "a1")
    p1, p2 = RecordRef.case_id("kent", "p1"), RecordRef.case_id("kent", "p2")
    assert read_decisions(workbook, now=NOW, by="B. Reviewer") == [
        LinkDecision(application, p1, "same", NOW, "A. Reviewer", "Asked the adviser."),
        LinkDecision(p1, p2, "unsure", NOW, "B. Reviewer", ""),
    ]


def test_what_is_decided_is_followed_and_leaves_the_queue(workbook: Path, landing: LandingSchema) -> None:
    answer(
        workbook,
        {
            2: {"Decision": "same", "Reason": "Asked."},
            4: {"Decision": "different", "Reason": "Two birth certificates."},
        },
    )
    taken = read_decisions(workbook, now=NOW, by="me")
    link(landing.connection, linker=ExactRules(), key=KEY, decisions=taken)
    assert landing.links() == {"a1": ("p1", "decided")}
    assert review_queue(landing.connection) == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"Decision": "maybe", "Reason": "x"}, "row 2 has an unknown decision: write same or different or unsure"),
        ({"Reason": "x"}, "row 2 has no decision beside its reason"),
        ({"Decision": "same"}, "row 2 has no reason"),
        ({"Decision": "same", "Reason": "x"}, "row 2 does not say who decided"),
        ({"Decision": "same", "Reason": "x", "ref": "another"}, "row 2 does not belong together"),
    ],
)
def test_nothing_is_taken_of_a_workbook_that_cannot_be_followed(
    workbook: Path, values: dict[str, Any], message: str
) -> None:
    answer(workbook, {2: values, 3: {"Decision": "same", "Reason": "good", "Decided by": "me"}})
    with pytest.raises(WorkbookError, match=f"Nothing of review.xlsx was taken. {message}") as error:
        read_decisions(workbook, now=NOW)
    assert "Pellus" not in str(error.value)


def test_one_pair_is_answered_once(workbook: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(workbook)
    sheet = book["Decide"]
    for cell in sheet[2]:
        sheet.cell(3, cell.column).value = cell.value
    book.save(workbook)
    said = {"Decision": "same", "Reason": "x", "Decided by": "me"}
    answer(workbook, {2: said, 3: {**said, "Decision": "different"}})
    with pytest.raises(WorkbookError, match="row 3 repeats the pair of row 2"):
        read_decisions(workbook, now=NOW)


def test_another_workbook_is_no_review(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(WorkbookError, match="no sheet Decide"):
        read_decisions(path, now=NOW)
    path.write_text("no workbook", encoding="utf-8")
    with pytest.raises(WorkbookError, match="cannot be read as a workbook"):
        read_decisions(path, now=NOW)
