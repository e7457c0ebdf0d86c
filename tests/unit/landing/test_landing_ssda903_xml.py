"""The SSDA903 return as XML lands as its CSV files would, and XML that could mean more than it says is refused."""

from __future__ import annotations

import tracemalloc
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inbox_of_a_test import Inbox

from pipelines.landing import RefusedFileError, ssda903_xml
from pipelines.landing.guards import kind_of

LEAVER = (
    "<CHILD><HEADER><CHILDID>197474</CHILDID><UPN>UN1</UPN><SEX>F</SEX><DOB>30/03/2006</DOB><ETHNIC>WBRI</ETHNIC><UASC/>"
    "<IN_TOUCH>DIED</IN_TOUCH><ACTIV>F1</ACTIV><ACCOM>0</ACCOM></HEADER></CHILD>"
)
LOOKED_AFTER = (
    "<CHILD><HEADER><CHILDID>97318</CHILDID><SEX>M</SEX><DOB>19/12/2008</DOB><ETHNIC>APKN</ETHNIC><UASC>1</UASC>"
    "<DUC>19/12/2026</DUC><AREVIEW><REVIEW>24/10/2024</REVIEW><REVIEW_CODE>PN5</REVIEW_CODE></AREVIEW>"
    "<AREVIEW><REVIEW>25/01/2025</REVIEW><REVIEW_CODE>PN3</REVIEW_CODE></AREVIEW><MOTHER/><MC_DOB/></HEADER>"
    "<EPISODE><DECOM>20/01/2023</DECOM><RNE>S</RNE><LS>V2</LS><CIN>N8</CIN><PL>U4</PL><PL_POST>H27 2UZ</PL_POST>"
    "<HOME_POST/><URN>1</URN><PLACE_PROVIDER>PR1</PLACE_PROVIDER><DEC>10/07/2024</DEC><REC>X1</REC>"
    "<REASON_PLACE_CHANGE>CARPL</REASON_PLACE_CHANGE></EPISODE>"
    "<EPISODE><DECOM>10/07/2024</DECOM><RNE>P</RNE><LS>V2</LS><PL>K3</PL><DEC/><REC/></EPISODE></CHILD>"
)


def document(*children: str) -> bytes:
    return f"<?xml version='1.0' encoding='us-ascii'?>\n<EXPSSDA903>{''.join(children)}</EXPSSDA903>".encode()


def land(inbox: Inbox, content: bytes) -> dict[str, tuple[int, int, int]]:
    """Land a return; give back table -> rows read, rejected, cells refused."""
    inbox.put("case_system/kent/return 2025-03-31.xml", content)
    return {load.table: (load.rows_read, load.rows_rejected, load.cells_refused) for load in inbox.land().loads}


def rows_of(inbox: Inbox, column: str) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name not in ("load_id", "received_at") and value is not None}
        for row in inbox.rows()
        if row.get(column) is not None
    ]


def test_one_document_holds_four_tables(inbox: Inbox) -> None:
    assert land(inbox, document(LEAVER, LOOKED_AFTER)) == {
        "ssda903_header": (2, 0, 0),
        "ssda903_episodes": (2, 0, 0),
        "ssda903_uasc": (1, 0, 0),
        "ssda903_oc3": (1, 0, 1),
    }
    assert inbox.refused() == [(2, "activ", "F1", "344")]


def test_it_lands_what_the_csv_files_would(inbox: Inbox, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Inbox(tmp_path_factory.mktemp("csv") / "home")
    files = {
        "h": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n197474,F,30/03/2006,WBRI,,,\n97318,M,19/12/2008,APKN,,,\n",
        "e": (
            "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
            "97318,20/01/2023,S,V2,N8,U4,PR1,10/07/2024,X1,CARPL,,H27 2UZ,1\n97318,10/07/2024,P,V2,,K3,,,,,,,\n"
        ),
        "u": "CHILD,SEX,DOB,DUC\n97318,M,19/12/2008,19/12/2026\n",
        "o": "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\n197474,30/03/2006,DIED,F1,0\n",
    }
    for name, text in files.items():
        other.put(f"case_system/kent/{name} 2025-03-31.csv", text)
    other.land()
    land(inbox, document(LEAVER, LOOKED_AFTER))
    for column in ("ethnic", "decom", "duc", "in_touch"):
        assert rows_of(inbox, column) == rows_of(other, column) != []


def test_a_return_without_care_leavers_says_nothing_of_care_leavers(inbox: Inbox) -> None:
    assert set(land(inbox, document(LOOKED_AFTER.replace("<UASC>1</UASC><DUC>19/12/2026</DUC>", "")))) == {
        "ssda903_header",
        "ssda903_episodes",
    }


def test_a_child_without_an_id_is_rejected_and_not_forgotten(inbox: Inbox) -> None:
    nobody = "<CHILD><HEADER><UPN>UN2</UPN></HEADER><EPISODE><DECOM>01/01/2024</DECOM></EPISODE></CHILD>"
    assert land(inbox, document(nobody, LEAVER))["ssda903_header"] == (2, 1, 0)
    assert inbox.rules() == [(2, "child", "missing"), (2, "child", "missing")]


def test_groups_that_are_not_read_are_named(inbox: Inbox) -> None:
    inbox.put(
        "case_system/kent/r 2025-03-31.xml",
        document("<LA>886</LA>", LEAVER.replace("</CHILD>", "<SWEPISODE><SW_ID>1</SW_ID></SWEPISODE></CHILD>")),
    )
    assert inbox.land_one().reason == "Groups of the XML that are not read: LA, SWEPISODE."


def test_in_another_family_the_file_is_told_where_it_belongs(inbox: Inbox) -> None:
    inbox.put("homelessness/E07000105/r 2025-03-31.xml", document(LEAVER))
    assert "case_system/ssda903_header" in inbox.land_one().reason


BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<EXPSSDA903><CHILD><HEADER><CHILDID>&b;</CHILDID></HEADER></CHILD></EXPSSDA903>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<EXPSSDA903><CHILD><HEADER><CHILDID>&x;</CHILDID></HEADER></CHILD></EXPSSDA903>"
)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (BILLION_LAUGHS, "a document type or entities"),
        (OUTSIDE, "a document type or entities"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html/>', "a web page or XML with a document type"),
        (b"<?xml version='1.0'?><Workbook/>", "no SSDA903 return"),
        (b"<?xml version='1.0' encoding='utf-7'?><EXPSSDA903/>", "an encoding that is not read"),
        (b"<?xml version='1.0' encoding='utf-16'?><EXPSSDA903/>", "an encoding that is not read"),
        (document(LEAVER)[:-30], "broken or was not copied whole"),
        (document("<CHILD><HEADER><CHILDID>&undefined;</CHILDID></HEADER></CHILD>"), "broken or was not copied whole"),
        (document("<CHILD>" * 300), "broken or was not copied whole"),
        (document(LEAVER.replace("<SEX>F</SEX>", "<SEX>F</SEX><SEX>M</SEX>")), "Child 1 of the return holds SEX twice"),
        (document(LEAVER.replace("</CHILD>", "<HEADER/></CHILD>")), "Child 1 of the return has 2 headers"),
        (document(LEAVER, "<CHILD><EPISODE/></CHILD>"), "Child 2 of the return has 0 headers"),
        (document(LEAVER.replace("30/03/2006", "30/03<b>/2006</b>")), "Child 1 holds a group where DOB belongs"),
        (document(LEAVER.replace("197474", "1\x00")), "zero bytes"),
    ],
)
def test_xml_that_is_broken_or_unsafe_is_refused_in_plain_words(inbox: Inbox, content: bytes, told: str) -> None:
    inbox.put("case_system/kent/r 2025-03-31.xml", content)
    receipt = inbox.land_one()
    assert (receipt.outcome, inbox.rows()) == ("refused", [])
    assert told in receipt.reason
    assert "197474" not in receipt.reason


def test_more_records_than_any_county_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssda903_xml, "MAX_RECORDS", 2)
    with pytest.raises(RefusedFileError, match="more than 2 records"):
        ssda903_xml.tables(document(LEAVER, LOOKED_AFTER))


def test_a_large_return_takes_the_memory_of_its_rows_and_not_of_its_tree() -> None:
    reviews = "<AREVIEW><REVIEW>24/10/2024</REVIEW><REVIEW_CODE>PN5</REVIEW_CODE></AREVIEW>" * 20
    content = document(*[LEAVER.replace("<UASC/>", f"<UASC/>{reviews}")] * 3_000)
    tracemalloc.start()
    found, _ = ssda903_xml.tables(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found["OC3"]) == 3_001
    assert peak < 2 * len(content)


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)


@given(st.lists(st.tuples(texts, texts, texts), max_size=5))
def test_every_child_of_a_sound_return_is_read_with_its_own_words(children: list[tuple[str, str, str]]) -> None:
    made = "".join(
        f"<CHILD><HEADER><CHILDID>{escape(child)}</CHILDID><DOB>{escape(born)}</DOB></HEADER>"
        f"<EPISODE><DECOM>{escape(began)}</DECOM></EPISODE></CHILD>"
        for child, born, began in children
    )
    content = f"<EXPSSDA903>{made}</EXPSSDA903>".encode()
    assert kind_of(content) == "xml"
    found, _ = ssda903_xml.tables(content)
    assert [(row[0], row[2]) for row in found["HEADER"][1:]] == [(c.strip(), b.strip()) for c, b, _ in children]
    assert [(row[0], row[1]) for row in found.get("EPISODE", [[]])[1:]] == [
        (c.strip(), e.strip()) for c, _, e in children
    ]


@given(st.binary(max_size=200), st.integers(0, 600))
def test_no_bytes_whatever_do_worse_than_being_refused(noise: bytes, at: int) -> None:
    sound = document(LEAVER, LOOKED_AFTER)
    try:
        ssda903_xml.tables(sound[:at] + noise + sound[at:])
    except RefusedFileError as refused:
        assert refused.what_to_do
