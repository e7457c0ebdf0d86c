"""Releases after one another: what was shown is known, what was hidden stays hidden, small changes wait."""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hand_made_observations import (
    ASHFORD,
    CANTERBURY,
    DARTFORD,
    KENT,
    by_area,
    figures,
    make_build,
    observation,
    statuses,
)

from pipelines.disclosure import Demand, DisclosureError, Rule, audit, programme, write_figures
from pipelines.disclosure import figures as writing
from pipelines.disclosure.released import HELD_REASON
from pipelines.disclosure.rule import Rules

pytestmark = pytest.mark.usefixtures("wide_programme")
FOLKESTONE = "E07000112"
FIRST = {KENT: 50, ASHFORD: 3, CANTERBURY: 7, DARTFORD: 20, FOLKESTONE: 20}


def release(folder: Path, rows: list[dict[str, Any]], earlier: tuple[Path, ...] = ()) -> Path:
    """Write figures and return the public CSV as a release keeps it, in a folder of its own."""
    build = make_build(folder, rows)
    write_figures(build, build_id=folder.name, earlier=earlier)
    kept = folder / "released"
    kept.mkdir()
    for name in ("public.csv", "labels.parquet"):
        shutil.copy(build / "figures" / name, kept)
    return kept / "public.csv"


def numbers(public: Path) -> dict[str, str]:
    return dict(pl.read_csv(public, infer_schema=False).select("area_code", "value").iter_rows())


def test_what_a_release_hid_stays_hidden(tmp_path: Path) -> None:
    # given Ashford hidden with Canterbury for company, and later a late record that moves the smallest elsewhere
    first = release(tmp_path / "one", by_area("events", FIRST))
    assert numbers(first) == {KENT: "50", ASHFORD: "[c]", CANTERBURY: "[c]", DARTFORD: "20", FOLKESTONE: "20"}
    later = {**FIRST, ASHFORD: 5, CANTERBURY: 5}
    # when nobody looks at what was released, all five are shown, and give the earlier ones away by their nearness
    assert set(numbers(release(tmp_path / "alone", by_area("events", later))).values()) == {"50", "5", "20"}
    # then with the release at hand the same two stay hidden
    second = release(tmp_path / "two", by_area("events", later), (first,))
    assert numbers(second) == numbers(first)
    assert audit(second, [first]).safe


def test_what_a_release_hid_stays_hidden_when_it_is_none(tmp_path: Path) -> None:
    # given three people in the last four quarters, whose records are all gone at the next release
    def known(number: int) -> list[dict[str, Any]]:
        starts = [date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1)]
        labels = ["2025-26-Q2", "2025-26-Q3", "2025-26-Q4", "2026-27-Q1"]
        of_the_year = {"period_kind": "rolling_4q", "period_start": starts[0], "period_label": labels[-1]}
        of_the_quarter = {"period_start": starts[-1], "period_label": labels[-1]}
        rows = [observation(0, statistic="events", period_start=starts[n], period_label=labels[n]) for n in range(3)]
        for statistic in ("events", "people"):
            rows.append(observation(number, statistic=statistic, **of_the_quarter))
            rows.append(observation(number, statistic=statistic, **of_the_year))
        return rows

    first = release(tmp_path / "one", known(3))
    second = release(tmp_path / "two", known(0), (first,))
    # then the mark stands where it stood: a none in its place would say that it was wrong by three
    assert pl.read_csv(second, infer_schema=False)["value"].to_list() == (
        pl.read_csv(first, infer_schema=False)["value"].to_list()
    )
    assert audit(second, [first]).safe


def test_a_change_of_one_person_waits_and_a_larger_one_is_restated(tmp_path: Path) -> None:
    first = release(tmp_path / "one", by_area("events", FIRST))
    # given one more event in Dartford, of a record that came late
    one_more = by_area("events", {**FIRST, KENT: 51, DARTFORD: 21})
    # then published alone it is one person, which the audit calls a difference
    alone = release(tmp_path / "alone", one_more)
    leaks = audit(alone, [first]).leaks
    assert {(leak.figure.area, leak.why, leak.most) for leak in leaks} == {
        (KENT, "difference", 1),
        (DARTFORD, "difference", 1),
    }
    # and with the release at hand the released numbers stay, and say so
    second = release(tmp_path / "two", one_more, (first,))
    assert numbers(second) == numbers(first)
    shown = figures(tmp_path / "two", "public").filter(status="value")
    assert set(shown["reason"]) == {HELD_REASON}
    # when six more are found in Dartford and one in Folkestone, the table is restated without the one
    seven_more = by_area("events", {**FIRST, KENT: 57, DARTFORD: 26, FOLKESTONE: 21})
    third = release(tmp_path / "three", seven_more, (first, second))
    assert numbers(third)[KENT] == "57"
    assert numbers(third)[DARTFORD] == "26"
    assert numbers(third)[FOLKESTONE] == "[c]"
    assert audit(third, [first, second]).safe


@pytest.mark.parametrize("released", [False, True])
def test_windows_that_overlap_do_not_give_a_quarter_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, released: bool
) -> None:
    # given a programme of the last four quarters, and a district with 6 moves after a year without any, then 2
    tables = tmp_path / "windows.csv"
    tables.write_text(
        "edition,measures,authority,areas,breakdown,period_kind,statistics,quarters,every,read_by\n"
        "public,*,*,county,total,rolling_4q,*,1,,tests\n"
        "public,*,*,districts,total,rolling_4q,*,1,,tests\n"
        "internal,*,*,county,total,*,*,,,tests\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(programme, "TABLES", tables)
    moves = [0, 0, 0, 0, 6, 2]
    starts = [date(2025, 1, 1), *(date(2025, month, 1) for month in (4, 7, 10)), date(2026, 1, 1), date(2026, 4, 1)]
    labels = ["2024-25-Q4", "2025-26-Q1", "2025-26-Q2", "2025-26-Q3", "2025-26-Q4", "2026-27-Q1"]

    def known_by(last: int) -> list[dict[str, Any]]:
        rows = []
        for place in range(last + 1):
            numbers = {KENT: moves[place] + 30, ASHFORD: moves[place], CANTERBURY: 15, DARTFORD: 15}
            rows += by_area("events", numbers, period_start=starts[place], period_label=labels[place])
            if place >= 3:
                inside = sum(moves[place - 3 : place + 1])
                numbers = {KENT: inside + 120, ASHFORD: inside, CANTERBURY: 60, DARTFORD: 60}
                kind = {"period_kind": "rolling_4q", "period_start": starts[place - 3], "period_label": labels[place]}
                rows += by_area("events", numbers, **kind)
        return rows

    earlier: tuple[Path, ...] = ()
    for last in (3, 4):
        earlier += (release(tmp_path / str(last), known_by(last), earlier),)
        assert numbers(earlier[-1])[ASHFORD] == str(sum(moves[last - 3 : last + 1]))
    # when the next is published as if nothing had been, 8 - 6 is the last quarter; else that window is hidden
    third = release(tmp_path / "third", known_by(5), earlier if released else ())
    found = {(leak.figure.area, leak.why, leak.figure.label, leak.most) for leak in audit(third, earlier).leaks}
    assert found == (set() if released else {(ASHFORD, "implied", "2026-27-Q1", 2)})
    assert numbers(third)[ASHFORD] == ("[c]" if released else "8")
    assert numbers(third)[KENT] == "128"


def test_a_district_knows_its_own_figures(tmp_path: Path) -> None:
    # given Ashford's own share, which lists its 3 events, and the county's public table, which hides it with another
    rows = by_area("events", FIRST)
    public = release(tmp_path / "one", rows)
    share = tmp_path / "share.parquet"
    figures(tmp_path / "one", "internal").filter(area_code=ASHFORD).write_parquet(share)
    # then whoever holds the share subtracts it: 10 hidden together, 3 of them one's own
    found = audit(public, [share], demands={"*": Demand()}).leaks
    assert {(leak.figure.area, leak.least, leak.most) for leak in found} == {(CANTERBURY, 7, 7)}
    # and a table that is made knowing of the share leaves nothing to subtract
    knowing = release(tmp_path / "two", rows, (share,))
    assert list(statuses(tmp_path / "two").values()).count("c") == 3
    assert audit(knowing, [share]).safe


def test_what_released_figures_give_away_already_does_not_stop_what_follows(tmp_path: Path) -> None:
    # given a release from before there was an audit, which hides one district only
    first = release(tmp_path / "one", by_area("events", FIRST))
    rows = pl.read_csv(first, infer_schema=False)
    given_away = pl.when(pl.col("area_code") == CANTERBURY)
    rows.with_columns(
        given_away.then(pl.lit("7")).otherwise(pl.col("numerator")).alias("numerator"),
        given_away.then(pl.lit("7")).otherwise(pl.col("value")).alias("value"),
        given_away.then(pl.lit("value")).otherwise(pl.col("status")).alias("status"),
    ).write_csv(first)
    # then the next publication says so and goes on
    build = make_build(tmp_path / "two", by_area("events", FIRST))
    report = write_figures(build, build_id="two", earlier=[first]).audit
    assert (report.safe, report.known_before) == (True, 1)


def test_an_earlier_release_that_cannot_be_read_stops_the_step(tmp_path: Path) -> None:
    build = make_build(tmp_path / "one", by_area("events", FIRST))
    with pytest.raises(DisclosureError, match=r"earlier release .* cannot be read"):
        write_figures(build, build_id="b1", earlier=[tmp_path / "none.parquet"])


def test_figures_that_an_older_suppressors_release_gives_away_say_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a release, and a version of the suppressor that hides otherwise than the one that made it
    first = release(tmp_path / "one", by_area("events", FIRST))
    kept = tmp_path / "2026-27-Q1_public_1" / "figures"
    shutil.copytree(first.parent, kept)
    build = make_build(tmp_path / "two", by_area("events", {**FIRST, ASHFORD: 5, CANTERBURY: 5}))
    aware = writing.public_edition

    def unaware(observed: pl.DataFrame, rules: Rules, *, earlier: Sequence[Path], seconds: float) -> object:
        return aware(observed, rules, earlier=() if not rules.of("kent").sensitive else earlier, seconds=seconds)

    monkeypatch.setattr(writing, "public_edition", unaware)
    # when its figures follow the release, then the refusal names the release and what to write where
    with pytest.raises(DisclosureError, match="Beside what was released before") as refused:
        write_figures(build, build_id="two", earlier=[kept / "public.csv"])
    said = str(refused.value)
    assert "2026-27-Q1_public_1" in said
    assert "kent: {sensitive: [private_sector_moves]}" in said
    # and doing so helps
    rules = {"kent": Rule(sensitive=("private_sector_moves",))}
    assert write_figures(build, build_id="three", rules=rules, earlier=[kept / "public.csv"]).audit.safe
