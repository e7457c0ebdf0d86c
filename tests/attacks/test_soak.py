"""County-quarters, each published after the one before it: nothing is given away, and much is shown."""

from pathlib import Path

from soak import county_quarter

# `make soak` runs two hundred.
SEEDS = range(200, 208)


def test_county_quarters_give_nothing_away_and_keep_more_than_hiding_tables(tmp_path: Path) -> None:
    # given each county's last quarter, published with the release of the quarter before at hand
    quarters = [county_quarter(tmp_path / str(seed), seed) for seed in SEEDS]
    # then every one was published, and both releases together give no hidden count away
    assert [one.leaks for one in quarters] == [0] * len(SEEDS)
    # which is not so without regard to the release before
    assert sum(one.unaware for one in quarters) > 0
    # and far more is shown than if every table with a small count were hidden
    cells, shown, by_table = (
        sum(getattr(one, f"cells{part}") for one in quarters) for part in ("", "_shown", "_by_table")
    )
    assert shown / cells > 0.45
    assert shown > 1.2 * by_table
