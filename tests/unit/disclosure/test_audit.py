"""The audit: it is right about what a reader can tell, and it stops every suppressor that was broken on purpose."""

import random
from collections.abc import Callable
from datetime import date
from itertools import product
from math import inf
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hand_made_observations import ASHFORD, CANTERBURY, DARTFORD, KENT, by_area, make_build, observation

from pipelines.disclosure import (
    Demand,
    DisclosureError,
    audit,
    figures,
    linked,
    public_edition,
    suppression,
    write_figures,
)
from pipelines.disclosure.attacker import UnreadableFiguresError
from pipelines.disclosure.attacker.ranges import Sum, narrow_ranges

pytestmark = pytest.mark.usefixtures("wide_programme")

# A county of 30 moves, of which 3 are in one district and 7 in the next smallest.
DISTRICTS = {KENT: 30, ASHFORD: 3, CANTERBURY: 7, DARTFORD: 20}
# On the register: 20 applications, 3 of them without the flag; the register's own total is published beside the share.
FLAGGED = [
    observation(20, measure_id="on_register", statistic="events"),
    observation(20, measure_id="on_register", statistic="people"),
    observation(3, measure_id="flagged_on_register", statistic="share", denominator=20, value=0.15),
]
# Four people in all, each with the cohort of the area as denominator.
COHORT = [
    observation(4, measure_id="accommodation_now", denominator=4),
    observation(4, measure_id="accommodation_now", denominator=4, breakdown="kind_of_home", breakdown_value="family"),
    observation(0, measure_id="accommodation_now", denominator=4, breakdown="kind_of_home", breakdown_value="custody"),
]
SHARES = [
    observation(30, statistic="share", denominator=100, value=0.3),
    observation(3, statistic="share", denominator=40, value=0.075, area_code=ASHFORD),
    observation(27, statistic="share", denominator=60, value=0.45, area_code=CANTERBURY),
]


def unlinked(rows: pl.DataFrame, hidden: set[int], **asked: Any) -> linked.Protected:
    return linked.Protected(set(hidden), fewest=True)


def no_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppression, "hide_company", lambda hiding: None)
    monkeypatch.setattr(public_edition, "protect", unlinked)


def one_sum_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppression, "exposed", lambda *asked: {})
    monkeypatch.setattr(public_edition, "protect", unlinked)


def nothing_linked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_edition, "protect", unlinked)


def denominators_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_edition, "_without_hidden_denominators", lambda rows: rows)


def numbers_left_under_the_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_edition, "blank_hidden", lambda rows: rows)


def percentages_left_under_the_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    def blank(rows: pl.DataFrame) -> pl.DataFrame:
        hidden = pl.col("status") == "c"
        counts = ("numerator", "denominator")
        return rows.with_columns(pl.when(~hidden).then(pl.col(name)).alias(name) for name in counts)

    monkeypatch.setattr(public_edition, "blank_hidden", blank)


def small_counts_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_edition, "_hidden_alone", lambda rule: pl.lit(value=False))


def parquet_keeps_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    write = figures._write

    def written(
        rows: pl.DataFrame, words: pl.DataFrame, edition: str, build_id: str, folder: Path
    ) -> list[figures.EditionCount]:
        counts = write(rows, words, edition, build_id, folder)
        if edition == "public":
            path = folder / "public.parquet"
            pl.read_parquet(path).with_columns(pl.col("numerator").fill_null(3)).write_parquet(path)
        return counts

    monkeypatch.setattr(figures, "_write", written)


def quarters_and_the_year_so_far() -> list[dict[str, Any]]:
    """Quarters of 3, 8, 3 and 40: each sum has company, but two years so far differ by the third quarter."""
    rows = []
    women: dict[str, Any] = {"statistic": "events", "breakdown": "sex", "breakdown_value": "f"}
    quarters = [3, 8, 3, 40]
    starts = [date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1)]
    for place, start in enumerate(starts):
        label = f"2025-26-Q{place + 1}"
        rows.append(observation(quarters[place], **women, period_start=start, period_label=label))
        so_far = {"period_kind": "ytd", "period_start": starts[0], "period_label": label}
        rows.append(observation(sum(quarters[: place + 1]), **women, **so_far))
    return rows


@pytest.mark.parametrize(
    ("broken", "rows", "why"),
    [
        (no_company, by_area("events", DISTRICTS), "hidden"),
        (one_sum_at_a_time, quarters_and_the_year_so_far(), "hidden"),
        (nothing_linked, SHARES, "hidden"),
        (denominators_left, COHORT, "hidden"),
        (numbers_left_under_the_mark, by_area("events", DISTRICTS), "hidden"),
        (percentages_left_under_the_mark, FLAGGED, "hidden"),
        (small_counts_shown, by_area("events", DISTRICTS), "printed"),
        (parquet_keeps_everything, by_area("events", DISTRICTS), "one thing as .csv and another as .parquet"),
    ],
)
def test_a_broken_suppressor_publishes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[[pytest.MonkeyPatch], None],
    rows: list[dict[str, Any]],
    why: str,
) -> None:
    # given figures that the suppressor as it is protects
    build = make_build(tmp_path, rows)
    whole = write_figures(build, build_id="b1")
    assert whole.audit.safe
    assert whole.suppressed > 0
    # when it is broken
    before = {path.name: path.read_bytes() for path in (build / "figures").iterdir()}
    broken(monkeypatch)
    # then the audit stops the publication, and what was published stays as it was
    with pytest.raises(DisclosureError, match=why):
        write_figures(build, build_id="b2")
    assert {path.name: path.read_bytes() for path in (build / "figures").iterdir()} == before
    assert {path.name for path in build.iterdir()} == {"figures", "warehouse.duckdb", "wide_programme.csv"}


def test_what_stops_a_publication_names_the_figure_and_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_company(monkeypatch)
    build = make_build(tmp_path, by_area("events", DISTRICTS))
    with pytest.raises(DisclosureError, match=f"private_sector_moves, kent, {ASHFORD}, quarter 2026-27-Q1") as stopped:
        write_figures(build, build_id="b1")
    assert " 3" not in str(stopped.value).split("The first")[1]


def brute_force(sums: list[Sum[int]], unknowns: int, highest: int) -> dict[int, tuple[int, int]]:
    fitting = [
        table
        for table in product(range(highest + 1), repeat=unknowns)
        if all(
            one.least <= sum(factor * table[place] for place, factor in one.factors.items()) <= one.most for one in sums
        )
    ]
    return {place: (min(t[place] for t in fitting), max(t[place] for t in fitting)) for place in range(unknowns)}


@pytest.mark.parametrize("seed", range(25))
def test_ranges_are_those_of_every_table_tried_by_hand(seed: int) -> None:
    # given a small table with some sums known exactly and some as bounds
    chance = random.Random(seed)  # noqa: S311
    true = [chance.choice([0, 0, 1, 2, 3]) for _ in range(4)]
    sums = []
    for _ in range(chance.randint(1, 4)):
        members = chance.sample(range(4), chance.randint(1, 3))
        factors = {place: chance.choice([1, 1, 1, -1]) for place in members}
        total = sum(factor * true[place] for place, factor in factors.items())
        sums.append(Sum(factors, total, total if chance.random() < 0.7 else inf))
    highest = 3 + sum(true)
    sums.append(Sum(dict.fromkeys(range(4), 1), 0, highest))
    by_hand = brute_force(sums, 4, highest)
    ends = dict.fromkeys(range(4), (0.0, inf))
    # when every range is asked for, by asking that it be wider than any can be
    found = narrow_ranges(ends, sums, dict.fromkeys(range(4), 1000.0))
    # then each is what trying every table gives
    assert {one.of: (one.least, one.most) for one in found.narrow} == by_hand
    # and only those are narrow that are narrower than what is asked
    narrow = {one.of for one in narrow_ranges(ends, sums, dict.fromkeys(range(4), 3.0)).narrow}
    assert narrow == {place for place, (least, most) in by_hand.items() if most - least < 3}


def test_whole_numbers_say_more_than_fractions() -> None:
    # given two counts of which twice the one and twice the other make 2, so that halves would fit and only 0 and 1 do
    sums = [Sum({"one": 2, "other": 2, "third": -2}, 2, 2), Sum({"third": 1}, 0, 0)]
    ends = dict.fromkeys(("one", "other", "third"), (0.0, inf))
    found = narrow_ranges(ends, sums, {"one": 2.0}).narrow
    assert [(one.least, one.most) for one in found] == [(0, 1)]


def test_figures_that_contradict_each_other_are_audited_all_the_same() -> None:
    # given parts of at least 5 and 4 in a total of 8
    sums = [Sum({"one": 1, "other": 1}, 8, 8), Sum({"one": 1}, 5, inf), Sum({"other": 1}, 4, inf)]
    findings = narrow_ranges(dict.fromkeys(("one", "other"), (0.0, inf)), sums, {"one": 3.0})
    assert findings.contradictions == 1
    assert [one.of for one in findings.narrow] == ["one"]


def test_what_is_not_shown_to_be_safe_in_time_is_a_leak(tmp_path: Path) -> None:
    build = make_build(tmp_path, quarters_and_the_year_so_far())
    write_figures(build, build_id="b1")
    public = build / "figures" / "public.csv"
    assert audit(public).safe
    assert not audit(public, seconds=0.0).safe


def test_without_time_to_search_no_less_is_hidden_and_the_report_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_time, late = (make_build(tmp_path / name, quarters_and_the_year_so_far()) for name in ("in-time", "late"))
    found = write_figures(in_time, build_id="b1")
    monkeypatch.setattr(figures, "SEARCH_SECONDS", 0.0)
    report = write_figures(late, build_id="b1")
    assert (found.hidden.fewest, report.hidden.fewest) == (True, False)
    assert report.audit.safe
    assert report.suppressed >= found.suppressed > 0


def test_figures_that_were_not_audited_in_time_are_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = make_build(tmp_path, quarters_and_the_year_so_far())
    monkeypatch.setattr(figures, "AUDIT_SECONDS", 0.0)
    with pytest.raises(DisclosureError, match="no figures were written"):
        write_figures(build, build_id="b1")
    assert not (build / "figures").exists()


def test_a_table_that_leaves_areas_out_says_nothing_of_their_sum(tmp_path: Path) -> None:
    # given districts that are not available, whose quarters say so, and an unknown area that only the year lists
    rows = []
    starts = [date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1)]
    labels = ["2025-26-Q2", "2025-26-Q3", "2025-26-Q4", "2026-27-Q1"]
    districts = {ASHFORD: None, CANTERBURY: None}
    for start, label in zip(starts, labels, strict=True):
        rows += by_area("events", {KENT: 5, **districts}, period_start=start, period_label=label)
    of_the_year = {"period_kind": "rolling_4q", "period_start": starts[0], "period_label": labels[-1]}
    rows += by_area("events", {KENT: 20, "unknown": 2, **districts}, **of_the_year)
    build = make_build(tmp_path, rows)
    # then the districts' quarters are no whole county, and two unknown of twenty are hidden well enough
    report = write_figures(build, build_id="b1").audit
    assert report.safe
    assert report.contradictions == 0
    # but where the quarters list the unknown area as well, what is left for it in the year is known
    rows += [
        observation(0, statistic="events", area_code="unknown", period_start=start, period_label=label)
        for start, label in zip(starts, labels, strict=True)
    ]
    with pytest.raises(DisclosureError, match=r"hidden.*unknown, rolling_4q 2026-27-Q1"):
        write_figures(make_build(tmp_path / "other", rows), build_id="b1")


def test_the_wider_the_range_asked_the_more_is_a_leak(tmp_path: Path) -> None:
    build = make_build(tmp_path, by_area("events", DISTRICTS))
    write_figures(build, build_id="b1")
    public = build / "figures" / "public.csv"
    # 3 and 7 are hidden: a reader knows that each is from 0 to 10
    assert audit(public, demands={"kent": Demand(width=10)}).safe
    report = audit(public, demands={"kent": Demand(width=11)})
    assert {(leak.figure.area, leak.least, leak.most) for leak in report.leaks} == {
        (ASHFORD, 0, 10),
        (CANTERBURY, 0, 10),
    }


def test_parquet_is_read_as_csv_is(tmp_path: Path) -> None:
    build = make_build(tmp_path, by_area("events", DISTRICTS))
    write_figures(build, build_id="b1")
    folder = build / "figures"
    asked = {"*": Demand(width=11)}
    assert audit(folder / "public.parquet", demands=asked).leaks == audit(folder / "public.csv", demands=asked).leaks


@pytest.mark.parametrize("name", ["public.csv", "labels.parquet"])
def test_what_cannot_be_read_is_not_called_safe(tmp_path: Path, name: str) -> None:
    build = make_build(tmp_path, by_area("events", DISTRICTS))
    write_figures(build, build_id="b1")
    (build / "figures" / name).write_bytes(b"something else")
    with pytest.raises(UnreadableFiguresError, match="cannot be read"):
        audit(build / "figures" / "public.csv")
