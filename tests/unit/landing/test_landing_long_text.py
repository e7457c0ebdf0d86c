"""A long text lands exactly as a short one does: block by block, in bounded memory, with the same rows and reasons."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inbox_of_a_test import PERSON, PLACEMENT, Inbox
from test_landing_intake import KilledBefore, KilledError

from pipelines.contracts import Contracts, load_contracts
from pipelines.landing import inbox as inbox_module
from pipelines.landing import long_text


@pytest.fixture(autouse=True)
def _without_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests land hundreds of files, and none of them is about a power cut."""
    monkeypatch.setattr("pipelines.landing.store.sync", lambda path: None)


KINDS = ("accepted", "rejects", "refused_cells", "faulty_rows")
GOOD = [f"{number},A{number},Mock,M,WBRI,2006-01-{number % 28 + 1:02d}," for number in range(60)]


def land_both_ways(
    root: Path, place: str, content: bytes, monkeypatch: pytest.MonkeyPatch, *, contracts: Contracts | None = None
) -> Inbox:
    """Land the bytes as a short and as a long text, and hold the second to the first."""
    short, long = Inbox(root / "short", contracts), Inbox(root / "long", contracts)
    short.put(place, content)
    before = short.land_one()
    with monkeypatch.context() as patch:
        patch.setattr(inbox_module, "LONG_TEXT_BYTES", 0)
        patch.setattr(long_text, "BLOCK_BYTES", 300)
        patch.setattr(long_text, "READ_BYTES", 400)
        patch.setattr(long_text, "_ROWS_IN_A_BLOCK", 7)
        long.put(place, content)
        after = long.land_one()
    assert (after.outcome, after.loads) == (before.outcome, before.loads), (before.reason, after.reason)
    for kind in KINDS:
        assert rows(long, kind) == rows(short, kind), kind
    assert [path for path in long.stored() if not path.startswith("archive")] == [
        path for path in short.stored() if not path.startswith("archive")
    ]
    return long


def rows(inbox: Inbox, kind: str) -> list[dict[str, object]]:
    frame = inbox.frame(kind)
    # Both list what is wrong in order of row; within one row the order is that of the contract's columns.
    return frame.to_dicts() if frame.width else []


@pytest.mark.parametrize(
    "records",
    [
        GOOD,
        [*GOOD[:20], ",No,Id,M,WBRI,2006-01-31,", *GOOD[20:]],
        [*GOOD[:20], "77,A,B,Squirrel,WBRI,soon,", *GOOD[20:]],
        [*GOOD[:20], "", "  ", ",,,,,,", *GOOD[20:], ""],
        [*GOOD[:20], "too,few", "too,many,cells,in,this,row,here,x", "1000,blank,more,M,WBRI,,,,,", *GOOD[20:]],
        [*GOOD[:20], PERSON, *GOOD[20:]],
        [*GOOD, *GOOD[:5], "3,Again,Mock,M,WBRI,2006-01-31,"],
        [GOOD[0], ",No,Id,,,,", ",No,Id,,,,", *GOOD],
        [*GOOD[:20], '900,"Mock, A","B",M,WBRI,2006-01-31,', '901,"two\nlines",B,M,WBRI,,', *GOOD[20:]],
        [*GOOD[:20], '902,"said ""no""",B,M,WBRI,,', *GOOD[20:]],
        [*GOOD[:20], '903,5" pipe,B,M,WBRI,,', *GOOD[20:]],
        [*GOOD[:20], '904,a",B,M,WBRI,,', '905,"b,B",M,WBRI,,', *GOOD[20:]],
        [*GOOD[:20], '906,",",B,M,WBRI,,', '907,"",B,M,WBRI,,', *GOOD[20:]],
        [*GOOD[:20], "908, Ann  Marie ,O\u2019Mock,f,WBRI,31/01/2006,NULL", "909,#N/A,NULL,NULL,,,", *GOOD[20:]],
        [*GOOD[:20], "910,Zo\u00eb,B\u00a0C,M,wbri,2006-01-31,\u200b", *GOOD[20:]],
    ],
    ids=range(15),
)
@pytest.mark.parametrize(("end", "encoding"), [("\n", "utf-8"), ("\r\n", "cp1252")])
def test_a_long_text_lands_as_a_short_one(
    tmp_path: Path, records: list[str], end: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = end.join([PERSON, *records]) + end
    content = text.encode(encoding, errors="ignore")
    land_both_ways(tmp_path, "case_system/kent/p 2026-09-30.csv", content, monkeypatch)


def test_rows_above_the_table_semicolons_and_no_last_line_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "\n".join(["Made for Kent", "", PERSON, *GOOD]).replace(",", ";").encode()
    inbox = land_both_ways(tmp_path, "case_system/kent/p 2026-09-30.csv", content, monkeypatch)
    assert inbox.frame().height == 60


def test_dates_that_contradict_each_other_and_labels_that_say_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    placements = [f"{number},1,{number},2026-01-01,U1,ZZ1 1ZZ,2026-02-01" for number in range(40)]
    placements += ["50,1,1,2026-02-02,U1,nowhere,2026-01-01", "51,1,1,2026-02-02,U1,zz11zz,", "52,1,1,,U1,,"]
    placements += ["53,NULL,1,2026-02-02,NULL,NULL,NULL", "54,#N/A,1,2026-02-02,U1,,"]
    land_both_ways(
        tmp_path / "1",
        "case_system/kent/p 2026-09-30.csv",
        "\n".join([PLACEMENT, *placements]).encode(),
        monkeypatch,
    )
    leavers = ["clea_person_id,clea_care_leaver_accommodation,clea_care_leaver_latest_contact"]
    leavers += [f"{number},Own tenancy {('council', 'private')[number % 2]},1900-01-01" for number in range(40)]
    leavers += ["90,U,01/05/2026", "91,Foyer,never"]
    inbox = land_both_ways(
        tmp_path / "2", "case_system/kent/l 2026-09-30.csv", "\n".join(leavers).encode(), monkeypatch
    )
    tenures = inbox.frame()["clea_care_leaver_accommodation_tenure"].value_counts()
    assert dict(tenures.rows()) == {"council": 20, "private": 20, None: 2}


def test_the_data_date_may_stand_in_a_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{PERSON},Extract Date", *(f"{row},30/09/2026" for row in GOOD)]
    inbox = land_both_ways(tmp_path, "case_system/kent/p.csv", "\n".join(lines).encode(), monkeypatch)
    assert {row["data_date"].isoformat() for row in inbox.rows()} == {"2026-09-30"}


CENSUS = """
description: People in a house, whose kinds change with the years.
owner: The county.
delivery: full
on_missing: state_ends
key: [house]
collection_year_ends: "03-31"
columns:
  - {name: house, type: text, required: true, privacy: none, completeness: 1, description: The house.}
  - name: sex
    type: code
    code_list: sex
    values: {"1": m, "2": f}
    privacy: none
    completeness: 0
    description: Sex of the eldest.
"""
LETTERS = "description: Letters instead of numbers.\ncolumns:\n- {name: sex, values: {M: m, F: f}}\n"


@pytest.mark.parametrize(("day", "refused"), [("2025-03-31", ["M", "F"]), ("2025-04-01", ["1", "2"])])
def test_a_long_text_is_read_by_the_layout_of_its_collection_year(
    tmp_path: Path, day: str, refused: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a contract whose values change with the collection year that begins on 1 April 2025
    folder = tmp_path / "contracts" / "case_system"
    (folder / "years").mkdir(parents=True)
    (folder / "census.yml").write_text(CENSUS, encoding="utf-8")
    (folder / "years" / "census.2026.yml").write_text(LETTERS, encoding="utf-8")
    contracts = load_contracts(tmp_path / "contracts")
    content = "house,sex\n" + "".join(f"H{number},{'12MF'[number % 4]}\n" for number in range(400))
    # When a file of either year lands as a long text and as a short one
    inbox = land_both_ways(
        tmp_path, f"case_system/kent/c {day}.csv", content.encode(), monkeypatch, contracts=contracts
    )
    # Then the day that it describes says which values hold
    assert sorted({value for _, _, value, _ in inbox.refused()}) == sorted(refused)
    assert len(inbox.refused()) == 200


@pytest.mark.parametrize("at", range(0, 12))
def test_a_text_in_two_encodings_is_refused_wherever_it_is_divided(
    tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = "700,Zo\u00eb,\u2019Mock,M,WBRI,,".encode()
    content = b"\n".join([PERSON.encode(), record, "701,Zo\u00eb,B,M,WBRI,,".encode("cp1252"), b""])
    for limit in (2**20, 0):
        inbox = Inbox(tmp_path / f"home {limit}")
        inbox.put("case_system/kent/p 2026-09-30.csv", content)
        with monkeypatch.context() as patch:
            patch.setattr(inbox_module, "LONG_TEXT_BYTES", limit)
            patch.setattr(long_text, "READ_BYTES", len(PERSON) + 3 + at)
            assert "UTF-8 in one place and Windows-1252 in another" in inbox.land_one().reason


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_mutated_file_lands_the_same_either_way_or_is_refused_either_way(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join([PERSON, *GOOD[:25]]) + "\n"
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(len(PERSON) + 1, len(text)))
        odd = data.draw(
            st.sampled_from(['"', '""', ",", "\n", "\r\n", " ", ",,", '",', ',"', "\u00e9", "#", "NULL", "x"])
        )
        text = text[:at] + odd + text[at + data.draw(st.integers(0, 2)) :]
    root = tmp_path_factory.mktemp("mutated")
    short, long = Inbox(root / "short"), Inbox(root / "long")
    for one in (short, long):
        one.put("case_system/kent/p 2026-09-30.csv", text)
    before = short.land_one()
    with monkeypatch.context() as patch:
        patch.setattr(inbox_module, "LONG_TEXT_BYTES", 0)
        patch.setattr(long_text, "BLOCK_BYTES", data.draw(st.integers(60, 500)))
        patch.setattr(long_text, "_ROWS_IN_A_BLOCK", 7)
        after = long.land_one()
    assert (after.outcome, after.loads) == (before.outcome, before.loads), (before.reason, after.reason)
    for kind in KINDS:
        assert rows(long, kind) == rows(short, kind)


@pytest.mark.parametrize(
    "step", ["archive", "accepted", "rejects", "refused_cells", "faulty_rows", "receipt", "remove"]
)
def test_a_crash_while_a_long_text_lands_is_made_good(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "LONG_TEXT_BYTES", 0)
    undisturbed, inbox = Inbox(tmp_path / "undisturbed"), Inbox(tmp_path / "killed")
    for one in (undisturbed, inbox):
        one.persons(*GOOD, "77,A,B,Squirrel,WBRI,soon,", ",No,Id,,,,")
    undisturbed.land()
    with pytest.raises(KilledError):
        inbox.land(durable=KilledBefore(step))
    inbox.land()
    assert inbox.stored() == undisturbed.stored()
    assert inbox.left() == []


def test_the_same_long_text_again_is_the_same_load(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "LONG_TEXT_BYTES", 0)
    inbox.persons(*GOOD)
    inbox.land()
    kept = inbox.stored()
    inbox.put("case_system/kent/again 2026-09-30.csv", "\n".join([PERSON, *GOOD]) + "\n")
    assert inbox.land_one().outcome == "already_landed"
    assert inbox.stored() == kept


def test_a_long_text_that_is_refused_leaves_nothing_behind(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "LONG_TEXT_BYTES", 0)
    inbox.persons(*GOOD, '1,"never closed')
    assert "Quotation marks do not pair" in inbox.land_one().reason
    assert inbox.stored() == {}


def test_a_text_that_changes_while_it_is_copied_waits(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    path = inbox.persons(*GOOD)
    monkeypatch.setattr(inbox_module, "LONG_TEXT_BYTES", 0)
    see = long_text._Lines.see

    def grow(self: object, chunk: bytes) -> None:
        with path.open("a", encoding="utf-8") as more:
            more.write(GOOD[0] + "\n")
        see(self, chunk)  # type: ignore[arg-type]

    monkeypatch.setattr(long_text._Lines, "see", grow)
    receipt = inbox.land_one()
    assert (receipt.outcome, inbox.stored()) == ("waiting", {})
