"""Tables: they add up where they say so, and hide what is hidden."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from figures_factory import MakePack, Options

from pipelines.rendering import story
from pipelines.rendering.story import Line, Pack
from pipelines.rendering.story.figures import load_figures


def rows_of(markdown: str) -> list[list[str]]:
    """The cells of a pipe table without its heading, bold and escapes taken away."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")][2:]
    plain = (line.replace("**", "").replace("\\", "") for line in lines)
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in plain]


def number(cell: str) -> int:
    return int(cell.replace(",", ""))


@pytest.mark.parametrize("authority", ["kent", "lancashire"])
@pytest.mark.parametrize("breakdown", ["kind_of_home", "suitability", "former_uasc"])
def test_the_accommodation_table_adds_up_to_the_cohort(make_pack: MakePack, authority: str, breakdown: str) -> None:
    """Given the internal edition, where nothing is hidden, each quarter's rows add up to all; not known is a row."""
    *parts, whole = rows_of(
        story.composition(make_pack(authority=authority, edition="internal"), "accommodation_now", breakdown)
    )
    assert whole[0] == "All"
    for column in (1, 3, 4):
        assert sum(number(row[column]) for row in parts) == number(whole[column])
    assert any("ot known" in row[0] for row in parts)


def test_events_of_the_districts_add_up_and_people_need_not(make_pack: MakePack) -> None:
    headings = {"supported_moves": ("Supported: people", "Supported: moves")}
    pack = make_pack(edition="internal")
    *parts, whole = rows_of(story.district_table(pack, headings, kind="rolling_4q"))
    shown = [row for row in parts if row[1] != "[x]"]
    hidden = len(parts) - len(shown)
    assert len(parts) == 14
    assert parts[-2][0] == "Outside the county"
    assert parts[-1][0] == "District not known"
    assert hidden == 1, "Swale has not sent its cases"
    assert sum(number(row[2]) for row in shown) <= number(whole[2])
    assert sum(number(row[1]) for row in shown) >= max(number(row[1]) for row in shown)


def test_a_small_count_is_a_marker_in_public_and_a_number_inside(make_pack: MakePack) -> None:
    headings = {"supported_moves": ("Supported: people", "Supported: moves")}
    public = rows_of(story.district_table(make_pack(), headings))
    inside = rows_of(story.district_table(make_pack(edition="internal"), headings))
    compared = [
        (row[place], inner[place]) for row, inner in zip(public, inside, strict=True) for place in range(1, len(row))
    ]
    assert any(shown == "[c]" for shown, _ in compared)
    for shown, true in compared:
        small = true not in ("[x]", "[z]") and 0 < number(true) < 5
        assert shown == ("[c]" if small else true)


def test_every_figure_shown_is_noted_in_order(make_pack: MakePack) -> None:
    pack = make_pack()
    rows = rows_of(story.headline_table(pack, [Line("supported_moves"), Line("homeless_presentations", "events")]))
    in_table = [cell for row in rows for cell in row[1:5] if cell != "–"]
    assert [one["text"] for one in pack.shown] == in_table
    assert [one["order"] for one in pack.shown] == list(range(1, len(in_table) + 1))
    assert pack.shown[0]["id"] == "kent/supported_moves/E10000016/quarter/2026-27-Q2/total/total/people"


def test_what_is_missing_is_explained_once_for_each_area(make_pack: MakePack) -> None:
    said = story.missing_explained(make_pack())
    assert said.count("Swale: a sender that the figure needs has sent no data for the period.") == 1


def test_definitions_carry_clause_and_version(make_pack: MakePack) -> None:
    said = story.definitions(make_pack(), ["social_moves"])
    assert "version 1; in force from 1 October 2023; protocol clause K11, K8.4, K8.7, L11" in said


def test_senders_of_the_other_county_are_left_out(make_pack: MakePack) -> None:
    names = {row[0] for row in rows_of(story.sender_table(make_pack()))}
    assert {"Kent", "Swale", "Kent Homechoice"} <= names
    assert not names & {"Lancashire", "Pendle", "B-with-us"}


def test_late_senders_are_named_with_their_days_and_one_who_never_sent_has_a_row(make_pack: MakePack) -> None:
    """Given agreed deliveries, of which one is late and one never came, the table says so; without any, nobody is."""
    deliveries = [
        {"family": "case_system", "sender": "kent", "authority": "kent", "due": None, "days_late": 0},
        {"family": "homelessness", "sender": "E07000113", "authority": "kent", "due": "2026-09-05", "days_late": 29},
        {"family": "lettings", "sender": "never_sent", "authority": "kent", "due": "2026-10-01", "days_late": 1},
        {"family": "case_system", "sender": "lancashire", "authority": "lancashire", "due": None, "days_late": 0},
    ]
    pack = make_pack(Options(authorities=("kent",), measures=("supported_moves",), run={"deliveries": deliveries}))
    rows = {(row[0], row[1]): row[2:] for row in rows_of(story.sender_table(pack))}
    assert rows["Kent", "Children’s case system"][-1] == "on time"
    assert rows["Swale", "District homelessness cases"][-1] == "29 days late, due 5 September 2026"
    assert rows["Never sent", "Lettings scheme"] == [
        "not known", "no file yet", "1 day late, due 1 October 2026"
    ]  # fmt: skip
    assert rows["Kent", "Protocol forms"][-1] == "no day agreed"
    assert [one["text"] for one in pack.shown] == ["1", "29"]
    assert "none is called late" in story.sender_table(make_pack())


def test_what_changed_names_what_moved_with_both_figures_and_nothing_else(
    make_pack: MakePack, full_build: Path, tmp_path: Path
) -> None:
    """Given promises kept more and less often, one that moved less, and one of few cases, only the first are named."""
    shares = {
        "pathway_plan_review": ((60, 100), (90, 100)),
        "tenancy_training": ((52, 100), (50, 100)),
        "risk_meeting": ((1, 8), (8, 8)),
        "consent_recorded": ((80, 100), (40, 100)),
    }
    rows = pl.read_parquet(full_build / "figures" / "internal.parquet").to_dicts()
    for row in rows:
        kind = (row["period_kind"], row["breakdown"], row["statistic"])
        if row["measure_id"] in shares and kind == ("quarter", "total", "share"):
            now = row["period_label"] == "2026-27-Q2"
            part, whole = shares[row["measure_id"]][0 if now else 1]
            row |= {"numerator": part, "denominator": whole, "value": part / whole, "status": "value"}
    kept = [row for row in rows if row["measure_id"] in {*shares, "accommodation_now"}]
    folder = tmp_path / "changed"
    shutil.copytree(full_build / "figures", folder / "figures")
    pl.DataFrame(kept, infer_schema_length=None).write_parquet(folder / "figures" / "internal.parquet")
    pack = Pack(load_figures(folder, authority="kent", edition="internal"), "a test", tmp_path)
    lines = [line for line in story.what_changed(pack).splitlines() if line.startswith("- ")]
    assert lines == [
        "- **Kept more often:** Consent to share recorded: 80% of 100, before 40% of 100.",
        "- **Kept less often:** Pathway plans reviewed every six months: 60% of 100, before 90% of 100.",
    ]
    assert "cannot be set against 2026-27-Q1" in story.what_changed(make_pack())
