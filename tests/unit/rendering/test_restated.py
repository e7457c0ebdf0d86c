"""A restated figure is printed beside the released one, with the reason, and a hidden one shows in neither."""

from dataclasses import replace
from pathlib import Path

import polars as pl
from figures_factory import MakePack

from pipelines.release.restatements import SCHEMA
from pipelines.rendering import story

KENT = "E10000016"


def row(measure: str, released: float | None, now: float | None, **changed: object) -> dict[str, object]:
    return {
        "measure_id": measure,
        "authority": "kent",
        "area_code": KENT,
        "period_kind": "quarter",
        "period_label": "2026-27-Q1",
        "breakdown": "total",
        "breakdown_value": "total",
        "statistic": "events",
        "release": "2026-27-Q1_public_1",
        "released_status": "value" if released is not None else "c",
        "released_value": released,
        "status": "value" if now is not None else "c",
        "value": now,
        "reason": "late record",
    } | changed


def test_both_figures_stand_side_by_side_with_the_reason(make_pack: MakePack, tmp_path: Path) -> None:
    (tmp_path / "restated" / "figures").mkdir(parents=True)
    rows = [
        row("social_moves", 20.0, 26.0),
        row("private_sector_moves", 12.0, None, reason="correction"),
        row("social_moves", 8.0, 9.0, breakdown="former_uasc", breakdown_value="yes"),
        row("social_moves", 7.0, 8.0, authority="lancashire"),
    ]
    pl.DataFrame(rows, schema=SCHEMA).write_parquet(tmp_path / "restated" / "figures" / "public_restated.parquet")
    pack = replace(make_pack(), build_folder=tmp_path / "restated")
    said = story.restated_table(pack)
    lines = [line for line in said.replace("\\", "").splitlines() if "2026-27-Q1" in line]
    assert [[part.strip() for part in line.strip("| ").split("|")][2:] for line in lines] == [
        ["12", "[c]", "correction (2026-27-Q1_public_1)"],
        ["20", "26", "late record (2026-27-Q1_public_1)"],
    ]
    assert "1 more, breakdowns among them, are in public_restated.csv" in said
    # and what is shown is listed as every figure of a pack is, the released one under its release
    ids = {str(one["id"]): one["text"] for one in pack.shown}
    assert ids[f"kent/social_moves/{KENT}/quarter/2026-27-Q1/total/total/events@2026-27-Q1_public_1"] == "20"
    assert ids[f"kent/social_moves/{KENT}/quarter/2026-27-Q1/total/total/events"] == "26"


def test_without_a_release_the_page_says_so(make_pack: MakePack) -> None:
    assert "Nothing was released before" in story.restated_table(make_pack())
