"""The SSDA903 return as CSV: what each collection year allows, and DfE's rules under DfE's numbers."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from inbox_of_a_test import Inbox, packaged_contracts

from pipelines.contracts import Ages, CollectionYear
from pipelines.landing.numbered_rules import birthday, completed_years, is_of_age

REAL = Path(__file__).parents[4] / "shared" / "data" / "ssda903"
needs_data = pytest.mark.skipif(not REAL.is_dir(), reason="../shared/data/ssda903 is not here")
OC3 = "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"
UASC = "CHILD,SEX,DOB,DUC"


def oc3(inbox: Inbox, *rows: str, year: int = 2025) -> list[tuple[int, str, str, str]]:
    """Land OC3 as at the end of a collection year, and return its refused cells."""
    inbox.put(f"case_system/kent/oc3 {year}-03-31.csv", "\n".join([OC3, *rows]) + "\n")
    inbox.land()
    return inbox.refused()


@pytest.mark.parametrize(
    ("headers", "row", "table"),
    [
        (OC3, "1,15/05/2006,YES,F2,U1", "ssda903_oc3"),
        (HEADER, "1,M,15/05/2006,WBRI,D051910639385,,", "ssda903_header"),
        (UASC, "1,F,15/05/2006,15/05/2024", "ssda903_uasc"),
        (EPISODES, "1,15/02/2016,L,C2,N3,T2,PR0,,,,,,", "ssda903_episodes"),
    ],
)
def test_a_file_is_known_by_its_headers(inbox: Inbox, headers: str, row: str, table: str) -> None:
    inbox.put("case_system/kent/whatever 2025-03-31.csv", f"{headers}\n{row}\n")
    (load,) = inbox.land().loads
    assert (load.table, load.rows_accepted, load.cells_refused) == (table, 1, 0)


@pytest.mark.parametrize("headers", ["CHILD,DOB,REVIEW,REVIEW_CODE", "CHILD,DOB,MISSING,MIS_START,MIS_END"])
def test_the_other_files_of_the_return_are_not_taken_for_one_of_these(inbox: Inbox, headers: str) -> None:
    inbox.put("case_system/kent/x 2025-03-31.csv", f"{headers}\n1,15/05/2006,,,\n")
    assert inbox.land_one().outcome == "refused"


def test_what_the_accommodation_code_stands_for_is_said_by_its_seed(inbox: Inbox) -> None:
    assert oc3(inbox, "1,15/05/2005,YES,F2,k2") == []
    (row,) = inbox.rows()
    assert (row["in_touch"], row["activ"], row["accom"]) == ("YES", "F2", "K2")


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        ("Yes please,F2,U1", [("in_touch", "131")]),
        ("YES,F9,U1", [("activ", "132")]),
        ("YES,F2,U3", [("accom", "133")]),
        ("YES,F2,01", [("accom", "133")]),
        ("YES,F2,#N/A", [("accom", "133")]),
        ("YES,,U1", [("activ", "153")]),
        (",F2,", [("in_touch", "153"), ("accom", "153")]),
        (",,", []),
        ("DIED,F2,U1", [("activ", "344"), ("accom", "344")]),
        ("RHOM,0,B1", [("accom", "344")]),
        ("DIED,0,0", []),
        ("YES,0,U1", [("activ", "345")]),
        ("YES,0,0", [("activ", "345"), ("accom", "345")]),
        ("NO,0,0", []),
        ("NO,F2,U1", []),
        ("DIED,F3,U1", [("activ", "132"), ("accom", "344")]),
    ],
)
def test_a_row_that_breaks_a_rule_keeps_what_is_right(inbox: Inbox, row: str, refused: list[tuple[str, str]]) -> None:
    found = oc3(inbox, f"1,15/05/2004,{row}")
    assert [(column, rule) for _, column, _, rule in found] == refused
    (landed,) = inbox.rows()
    assert all(landed[column] is None for column, _ in refused)
    written = dict(zip(("in_touch", "activ", "accom"), row.split(","), strict=True))
    kept = {name: text or None for name, text in written.items() if name not in dict(refused)}
    assert {name: landed[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("born", "year", "accommodation", "rules"),
    [
        # 347: 18 on the first day of the collection year (1 April 2024).
        ("01/04/2006", 2025, "T1", []),
        ("02/04/2006", 2025, "T1", ["347"]),
        ("02/04/2006", 2025, "D1", []),
        # 3001: the 17th birthday lies in the collection year.
        ("01/04/2007", 2025, "Z1", ["3001"]),
        ("31/03/2008", 2025, "Z2", ["3001"]),
        ("31/03/2007", 2025, "Z1", []),
        # 391: 17 at some day of the year, and at most 21 until the older ones were collected.
        ("01/04/2008", 2025, "U1", ["391"]),
        ("31/03/2008", 2025, "U1", []),
        ("01/04/1998", 2025, "U1", ["391"]),
        ("02/04/1998", 2025, "U1", []),
        ("01/04/1999", 2022, "U1", ["391"]),
        ("02/04/1999", 2022, "U1", []),
        ("01/04/1999", 2023, "U1", []),
    ],
)
def test_rules_about_age_go_by_the_collection_year(
    inbox: Inbox, born: str, year: int, accommodation: str, rules: list[str]
) -> None:
    found = oc3(inbox, f"1,{born},NO,F2,{accommodation}", year=year)
    assert sorted({rule for *_, rule in found}) == rules
    assert {column for _, column, _, rule in found if rule == "391"} in (set(), {"in_touch", "activ", "accom"})


def test_without_a_date_of_birth_nobody_is_judged_by_age(inbox: Inbox) -> None:
    assert oc3(inbox, "1,,NO,F2,T1", year=2025) == []


def test_a_child_listed_twice_is_rejected_under_dfes_number(inbox: Inbox) -> None:
    assert oc3(inbox, "1,15/05/2005,YES,F2,U1", "1,15/05/2005,YES,F2,U2") == []
    assert inbox.rules() == [(3, "child", "INT34")]


@pytest.mark.parametrize(
    ("year", "allowed"),
    [(2021, "F3 P3"), (2022, "F4 P4 F5 P5"), (2026, "F4 P4 F5 P5")],
)
def test_apprenticeships_have_codes_of_their_own_from_2022_on(inbox: Inbox, year: int, allowed: str) -> None:
    codes = ["F3", "P3", "F4", "P4", "F5", "P5"]
    found = oc3(inbox, *(f"{code},15/05/{year - 19},NO,{code},U1" for code in codes), year=year)
    assert [text for _, _, text, _ in found] == [code for code in codes if code not in allowed.split()]
    assert {rule for *_, rule in found} == {"132"}


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        ("2024-03-31", "H5 P2 Z1"),
        ("2024-04-01", "K3 Z1"),  # the first day of the collection year 2024-25
        ("2025-03-31", "K3 Z1"),
        ("2026-03-31", "K3 Z11 Z14"),
    ],
)
def test_placement_codes_come_and_go_with_the_years(inbox: Inbox, day: str, allowed: str) -> None:
    codes = ["H5", "P2", "K3", "Z1", "Z11", "Z14"]
    rows = [f"{code},15/02/2016,L,C2,N3,{code},PR0,,,,,," for code in codes]
    inbox.put(f"case_system/kent/episodes {day}.csv", "\n".join([EPISODES, *rows]) + "\n")
    inbox.land()
    assert [(text, rule) for _, _, text, rule in inbox.refused()] == [
        (code, "146") for code in codes if code not in allowed.split()
    ]


@pytest.mark.parametrize(("year", "sexes"), [(2024, {"1": "m", "2": "f"}), (2025, {"M": "m", "F": "f", "U": "u"})])
def test_sex_is_a_number_until_2024_and_a_letter_from_2025_on(inbox: Inbox, year: int, sexes: dict[str, str]) -> None:
    """A whole column refused under 101 tells the analyst that the data date names the wrong year."""
    written = ["1", "2", "M", "F", "U"]
    rows = [f"{number},{sex},15/05/2010,WBRI,UN1,," for number, sex in enumerate(written)]
    inbox.put(f"case_system/kent/header {year}-03-31.csv", "\n".join([HEADER, *rows]) + "\n")
    inbox.land()
    assert [row["sex"] for row in inbox.rows()] == [sexes.get(sex) for sex in written]
    assert [(text, rule) for _, _, text, rule in inbox.refused()] == [(s, "101") for s in written if s not in sexes]


def test_an_episode_whose_dates_cannot_be_read_is_rejected_under_dfes_number(inbox: Inbox) -> None:
    rows = ["1,31/02/2016,L,C2,N3,T2,PR0,,,,,,", "2,01/02/2016,L,C2,N3,T2,PR0,soon,,,,,", "3,,L,C2,N3,T2,PR0,,,,,,"]
    inbox.put("case_system/kent/e 2025-03-31.csv", "\n".join([EPISODES, *rows]) + "\n")
    inbox.land()
    assert inbox.rules() == [(2, "decom", "141"), (3, "dec", "147"), (4, "decom", "141")]


def test_an_end_before_its_start_is_landings_own_rule(inbox: Inbox) -> None:
    inbox.put("case_system/kent/e 2025-03-31.csv", f"{EPISODES}\n1,01/02/2016,L,C2,N3,T2,PR0,01/01/2016,X1,,,,\n")
    inbox.land()
    assert inbox.rules() == [(2, "dec", "end_before_start")]


def test_what_the_sender_reads_is_dfes_sentence_and_what_to_do(inbox: Inbox) -> None:
    oc3(inbox, "1,15/05/2004,DIED,F2,0")
    (cell,) = inbox.rows("refused_cells")
    assert cell["message"].startswith("The record shows the young person has died or returned home")
    assert cell["message"].endswith("Enter 0 for both, or correct whether the authority is in touch.")


def test_each_year_has_a_contract_hash_of_its_own_and_a_file_says_by_which_it_was_read(inbox: Inbox) -> None:
    for year in (2022, 2023, 2024):
        oc3(inbox, f"{year},15/05/2004,NO,F2,U1", year=year)
    by_year = {receipt["data_date"][:4]: receipt["contract_hash"] for receipt in inbox.receipts()}
    assert len(set(by_year.values())) == 2
    assert by_year["2023"] == by_year["2024"]


class TestAges:
    def test_a_collection_year_ends_on_31_march(self) -> None:
        for day, name in ((date(2025, 3, 31), 2025), (date(2025, 4, 1), 2026), (date(2024, 12, 31), 2025)):
            year = CollectionYear.of(day, (3, 31))
            assert (year.name, year.first_day, year.last_day) == (name, date(name - 1, 4, 1), date(name, 3, 31))

    def test_who_was_born_on_29_february_comes_of_age_on_1_march(self) -> None:
        born = date(2004, 2, 29)
        assert (birthday(born, 17), birthday(born, 20)) == (date(2021, 3, 1), date(2024, 2, 29))
        assert (completed_years(born, date(2021, 2, 28)), completed_years(born, date(2021, 3, 1))) == (16, 17)

    @pytest.mark.parametrize(("least", "most", "expected"), [(16, 16, True), (17, 17, True), (18, 18, False)])
    def test_in_a_year_a_person_has_two_ages(self, least: int, most: int, expected: bool) -> None:
        year = CollectionYear.of(date(2025, 3, 31), (3, 31))
        assert is_of_age(date(2007, 6, 1), Ages("dob", "in_year", least, most), year) is expected


def words(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


@needs_data
@pytest.mark.needs_data
def test_numbers_and_words_are_dfes_own() -> None:
    with (REAL / "903_2024_25_rule_info.csv").open(encoding="utf-8-sig", newline="") as lines:
        published = {row["Rule code"]: words(row["Rule message"]) for row in csv.DictReader(lines)}
    ours = {rule.number: words(rule.message) for contract in packaged_contracts() for rule in contract.rules}
    assert set(ours) >= {"131", "132", "133", "153", "344", "345", "347", "391", "3001", "INT34"}
    for number, message in ours.items():
        assert message.startswith(published[number].removeprefix("internal check ")), number


@needs_data
@pytest.mark.needs_data
class TestRealFiles:
    """The fake files of DfE's open validator: OC3 has its deliberate errors."""

    def oc3_rows(self) -> list[dict[str, str]]:
        with (REAL / "oc3.csv").open(encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines))

    def put(self, inbox: Inbox, name: str, day: str) -> None:
        inbox.put(f"case_system/kent/{name} {day}.csv", (REAL / f"{name}.csv").read_bytes())

    def test_every_deliberate_error_of_oc3_is_refused_under_dfes_number(self, inbox: Inbox) -> None:
        self.put(inbox, "oc3", "2025-03-31")

        (load,) = inbox.land().loads

        assert (load.rows_read, load.rows_accepted, load.rows_rejected, load.cells_refused) == (53, 53, 0, 48)
        assert Counter((column, rule) for _, column, _, rule in inbox.refused()) == {
            ("activ", "132"): 12,
            ("activ", "344"): 15,
            ("accom", "133"): 2,
            ("accom", "344"): 19,
        }

    def test_the_cells_refused_are_those_that_a_reading_of_the_rules_by_hand_finds(self, inbox: Inbox) -> None:
        expected = []
        for number, row in enumerate(self.oc3_rows(), start=2):
            gone = row["IN_TOUCH"] in ("DIED", "RHOM")
            if row["ACTIV"] in ("F3", "P3"):
                expected.append((number, "activ", row["ACTIV"], "132"))
            elif gone and row["ACTIV"] != "0":
                expected.append((number, "activ", row["ACTIV"], "344"))
            if row["ACCOM"] in ("01", "02"):
                expected.append((number, "accom", row["ACCOM"], "133"))
            elif gone and row["ACCOM"] != "0":
                expected.append((number, "accom", row["ACCOM"], "344"))
        self.put(inbox, "oc3", "2025-03-31")
        inbox.land()
        assert inbox.refused() == expected

    def test_as_at_2018_the_same_file_breaks_the_rules_about_age_too(self, inbox: Inbox) -> None:
        """Its young people were 17 in 2018: staying put is not for them, and three were not 17 in time."""
        self.put(inbox, "oc3", "2018-03-31")
        inbox.land()
        assert Counter((column, rule) for _, column, _, rule in inbox.refused()) == {
            ("activ", "344"): 19,
            ("accom", "344"): 19,
            ("accom", "133"): 2,
            ("accom", "3001"): 6,
            ("in_touch", "391"): 3,
            ("activ", "391"): 1,
            ("accom", "391"): 1,
        }

    @pytest.mark.parametrize(
        ("name", "rows", "refused"), [("header", 2675, 0), ("uasc", 132, 0), ("episodes", 5050, 0)]
    )
    def test_the_other_files_land_whole_in_a_year_of_their_layout(
        self, inbox: Inbox, name: str, rows: int, refused: int
    ) -> None:
        self.put(inbox, name, "2018-03-31")
        (load,) = inbox.land().loads
        assert (load.rows_read, load.rows_accepted, load.cells_refused) == (rows, rows, refused)

    def test_placements_that_2025_no_longer_knows_are_refused_by_number(self, inbox: Inbox) -> None:
        self.put(inbox, "episodes", "2025-03-31")
        inbox.land()
        refused = Counter((text, rule) for _, _, text, rule in inbox.refused())
        assert refused == {("H5", "146"): 216, ("P2", "146"): 195}
