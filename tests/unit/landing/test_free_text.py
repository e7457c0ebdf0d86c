"""Text that no contract asks for stays in the archive: case notes in an extract reach no row, reject or workbook."""

from pathlib import Path

from inbox_of_a_test import PERSON, Inbox

from pipelines.release.scan import parts_of

NOTES = "Told his adviser Zebedee that the cellar floods"


def test_a_column_of_notes_lands_nowhere_but_in_the_archive(inbox: Inbox) -> None:
    # given an extract with a column of case notes, of which one row is accepted, one turned away for a blank id, two
    # for their number of cells (in the shorter one the notes stand under another column), and one loses a cell
    rows = [f"1,Bram,Mock,M,WBRI,2006-01-31,,{NOTES}", f",Cora,Mock,F,WBRI,2006-02-28,,{NOTES}"]
    rows += [f"3,Dora,Mock,M,WBRI,2006-02-28,,{NOTES},more", f"4,Dora,Mock,M,WBRI,2006-02-28,{NOTES}"]
    rows += [f"5,Dora,Mock,Squirrel,WBRI,2006-02-28,,{NOTES}"]
    text = "\n".join([f"{PERSON},case_notes", *rows]) + "\n"
    inbox.put("case_system/kent/persons 2026-09-30.csv", text)
    assert inbox.land_one().outcome == "landed"
    assert len(inbox.rows()) == 2
    assert [rule for *_, rule in inbox.rules()] == ["missing", "wrong_number_of_cells", "wrong_number_of_cells"]
    assert [rule for *_, rule in inbox.refused()] == ["unknown_code"]
    # then the archive has the words and no other file of the home does, its workbooks of rejects included
    told = {
        path.relative_to(inbox.home.root).parts[0]
        for path in inbox.home.root.rglob("*")
        if path.is_file() and NOTES.encode() in _bytes_of(path)
    }
    assert told == {"archive"}
    assert all(NOTES not in str(row) for kind in ("accepted", "rejects", "refused_cells") for row in inbox.rows(kind))
    assert all("case_notes" not in row for row in inbox.rows())


def _bytes_of(path: Path) -> bytes:
    return b"\n".join([path.read_bytes(), *(text.encode() for _, text in parts_of(path, {}))])
