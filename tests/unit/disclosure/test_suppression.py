"""Which figures are hidden beside the small ones, relation by relation."""

from datetime import date
from pathlib import Path

import pytest
from hand_made_observations import ASHFORD, CANTERBURY, DARTFORD, KENT, by_area, figures, make_build, observation

from pipelines.disclosure import DisclosureError, suppression, write_figures
from pipelines.disclosure.relations import Cell, relations
from pipelines.disclosure.suppression import suppress

pytestmark = pytest.mark.usefixtures("wide_programme")
APRIL, JULY = date(2026, 4, 1), date(2026, 7, 1)


def cell(count: int | None, value: str = "total") -> Cell:
    breakdown = "total" if value == "total" else "sex"
    return Cell(KENT, True, "quarter", APRIL, JULY, breakdown, value, "events", count, True)


def hidden(*counts: int, threshold: int = 5) -> list[int]:
    """Counts hidden among the values of one breakdown, whose total is shown first."""
    cells = [cell(sum(counts)), *(cell(count, f"value{place}") for place, count in enumerate(counts))]
    small = [place for place, one in enumerate(cells) if 0 < (one.count or 0) < threshold]
    return sorted(cells[place].count or 0 for place in suppress(cells, small, threshold))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((9, 8, 30), []),
        ((3, 8, 30), [3, 8]),
        ((3, 0, 8), [3, 8]),
        # two hidden figures that sum to too little need a third: 1 and 2 would leave 1, 2 for each
        ((1, 2, 8, 30), [1, 2, 8]),
        ((2, 3, 8, 30), [2, 3]),
        # who knows that both are below 5 would know both from their sum of 8: a zero keeps them company
        ((4, 4, 0), [0, 4, 4]),
        ((4, 4, 0, 9), [4, 4, 9]),
        # five ones: each is at least 1, so their sum of 5 would give every one of them away
        ((1, 1, 1, 1, 1, 7, 30), [1, 1, 1, 1, 1, 7]),
        # nobody to hide with: the total goes too
        ((3, 0, 0), [3, 3]),
    ],
)
def test_company_in_one_breakdown(counts: tuple[int, ...], expected: list[int]) -> None:
    assert hidden(*counts) == expected


def test_quarters_and_the_year_so_far(tmp_path: Path) -> None:
    # given quarters of 3, 8 and 9 events, and the years so far
    quarters = [
        observation(number, statistic="events", period_start=start, period_label=label)
        for number, start, label in (
            (3, date(2026, 4, 1), "2026-27-Q1"),
            (8, date(2026, 7, 1), "2026-27-Q2"),
            (9, date(2026, 10, 1), "2026-27-Q3"),
        )
    ]
    so_far = [
        observation(number, statistic="events", period_kind="ytd", period_label=label)
        for number, label in ((3, "2026-27-Q1"), (11, "2026-27-Q2"), (20, "2026-27-Q3"))
    ]
    build = make_build(tmp_path, [*quarters, *so_far])
    write_figures(build, build_id="b1")
    shown = {
        (kind, label): status
        for kind, label, status in figures(build, "public").select("period_kind", "period_label", "status").iter_rows()
    }
    # then the first quarter is hidden under both its names, and no difference of two years so far gives it back
    assert shown["quarter", "2026-27-Q1"] == shown["ytd", "2026-27-Q1"] == "c"
    assert "c" in (shown["quarter", "2026-27-Q2"], shown["ytd", "2026-27-Q2"])
    assert "value" in shown.values()


def test_months_and_their_quarter(tmp_path: Path) -> None:
    months = [
        observation(
            number,
            measure_id="bnb_nights",
            statistic="nights",
            period_kind="month",
            period_start=date(2026, month, 1),
            period_label=f"2026-{month:02}",
        )
        for number, month in ((2, 4), (30, 5), (40, 6))
    ]
    build = make_build(tmp_path, [*months, observation(72, measure_id="bnb_nights", statistic="nights")])
    write_figures(build, build_id="b1")
    shown = dict(figures(build, "public").select("period_label", "status").iter_rows())
    assert shown == {"2026-04": "c", "2026-05": "c", "2026-06": "value", "2026-27-Q1": "value"}


def test_a_december_month_belongs_to_the_third_quarter(tmp_path: Path) -> None:
    months = [
        observation(
            number,
            measure_id="bnb_nights",
            statistic="nights",
            period_kind="month",
            period_start=date(2025, month, 1),
            period_label=f"2025-{month}",
        )
        for number, month in ((30, 10), (40, 11), (2, 12))
    ]
    quarter = observation(
        72,
        measure_id="bnb_nights",
        statistic="nights",
        period_start=date(2025, 10, 1),
        period_label="2025-26-Q3",
    )
    build = make_build(tmp_path, [*months, quarter])
    write_figures(build, build_id="b1")
    shown = dict(figures(build, "public").select("period_label", "status").iter_rows())
    assert shown["2025-12"] == "c"
    assert shown["2025-10"] == "c"
    assert shown["2025-26-Q3"] == "value"


def test_people_of_districts_add_up_only_in_a_stock(tmp_path: Path) -> None:
    # given the same people by district as a flow and as a stock
    numbers = {KENT: 30, ASHFORD: 3, CANTERBURY: 7, DARTFORD: 20}
    stock = [
        {**row, "measure_id": "accommodation_now", "denominator": row["numerator"]}
        for row in by_area("people", numbers)
    ]
    rows = [*by_area("people", numbers), *stock]
    build = make_build(tmp_path, rows)
    write_figures(build, build_id="b1")
    public = figures(build, "public").select("measure_id", "area_code", "status").iter_rows()
    hidden_areas = {(measure, area) for measure, area, status in public if status == "c"}
    # then only the stock needs company: people who moved in two districts make the flow's sum no sum
    assert hidden_areas == {
        ("private_sector_moves", ASHFORD),
        ("accommodation_now", ASHFORD),
        ("accommodation_now", CANTERBURY),
    }


def test_county_totals_are_the_last_to_go(tmp_path: Path) -> None:
    # given one district with two small quarters that the year so far would give away, in a large county
    rows = []
    for label, start, ashford in (("2026-27-Q1", APRIL, 3), ("2026-27-Q2", JULY, 4)):
        rows += by_area(
            "events",
            {KENT: 3 + ashford + 50, ASHFORD: ashford, CANTERBURY: 3, DARTFORD: 50},
            period_label=label,
            period_start=start,
        )
    for label, numbers in (
        ("2026-27-Q1", {KENT: 56, ASHFORD: 3, CANTERBURY: 3, DARTFORD: 50}),
        ("2026-27-Q2", {KENT: 113, ASHFORD: 7, CANTERBURY: 6, DARTFORD: 100}),
    ):
        rows += by_area("events", numbers, period_kind="ytd", period_label=label)
    build = make_build(tmp_path, rows)
    write_figures(build, build_id="b1")
    county = figures(build, "public").filter(area_code=KENT)
    assert county["status"].to_list() == ["value"] * 4


def quarters_and_sums(*quarters: int) -> list[Cell]:
    """Return quarters of the county from April 2024 on, and their sums over four quarters."""
    starts = [date(2024 + (3 + 3 * place) // 12, (3 + 3 * place) % 12 + 1, 1) for place in range(len(quarters) + 1)]

    def total(kind: str, first: int, last: int) -> Cell:
        count = sum(quarters[first:last])
        return Cell(KENT, True, kind, starts[first], starts[last], "total", "total", "events", count, True)

    places = range(len(quarters))
    return [
        *(total("quarter", place, place + 1) for place in places),
        *(total("rolling_4q", place, place + 4) for place in places[:-3]),
    ]


@pytest.mark.parametrize(
    ("quarters", "hidden_sums"),
    [
        ((9, 9, 9, 9, 9, 9), []),
        # the sum that the small quarter is in would give it back, the two after it would not
        ((3, 9, 9, 9, 9, 9), [0]),
        ((9, 9, 3, 9, 9, 9), [0, 1, 2]),
        # the first sum holds two small quarters, which add up to enough; the second only one of them
        ((3, 2, 9, 9, 9, 9), [1]),
        # 1 + 2 would be a count of 3
        ((1, 2, 9, 9, 9, 9), [0, 1]),
    ],
)
def test_a_quarter_of_the_county_never_goes_for_another(quarters: tuple[int, ...], hidden_sums: list[int]) -> None:
    cells = quarters_and_sums(*quarters)
    small = [place for place, one in enumerate(cells) if 0 < (one.count or 0) < 5]
    company = suppress(cells, small, 5) - set(small)
    assert sorted(place - len(quarters) for place in company) == hidden_sums


def test_breakdowns_and_districts_go_before_any_total_of_the_county() -> None:
    # given a breakdown and two districts of which one part alone is small, and no other above zero but the total
    cells = [
        cell(7),
        cell(3, "m"),
        cell(4, "f"),
        *(Cell(area, False, "quarter", APRIL, JULY, "total", "total", "events", count, True)
          for area, count in ((ASHFORD, 3), (CANTERBURY, 4), (DARTFORD, 0))),
    ]  # fmt: skip
    assert suppress(cells, [1, 2, 3, 4], 5) == {1, 2, 3, 4}


def test_a_relation_is_left_out_when_nobody_knows_its_total() -> None:
    cells = [cell(None), cell(3, "m"), cell(9, "f")]
    assert relations(cells) == []


def test_when_nothing_can_protect_a_figure_nothing_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an audit that goes on to find a hidden figure whatever is hidden with it
    monkeypatch.setattr(suppression, "exposed", lambda cells, relations, hidden, *known: {min(hidden): set()})
    build = make_build(tmp_path, by_area("events", {KENT: 3, ASHFORD: 3}))
    with pytest.raises(DisclosureError, match="nothing is left to hide"):
        write_figures(build, build_id="b1")
    assert not (build / "figures").exists()
