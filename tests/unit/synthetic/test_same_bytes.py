"""A demo gives the same figures today and in a year: the same seed gives the same files."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import polars as pl
from generated_run import Maker, Run
from polars.testing import assert_frame_equal

from pipelines.synthetic.chance import share, stream


def digests(folder: Path) -> dict[str, str]:
    """Hash of every file below a folder, by its relative path."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_second_run_writes_the_same_bytes(small: Run, make_run: Maker) -> None:
    again = make_run(people=60, months=6)

    assert digests(again.inbox) == digests(small.inbox)
    assert again.summary == small.summary


def test_a_second_run_states_the_same_truth(small: Run, make_run: Maker) -> None:
    again = make_run(people=60, months=6)

    for path in sorted(small.truth.rglob("*.parquet")):
        other = again.truth / path.relative_to(small.truth)
        assert_frame_equal(pl.read_parquet(path), pl.read_parquet(other))


def test_another_seed_tells_other_lives(small: Run, make_run: Maker) -> None:
    other = make_run(people=60, months=6, seed=2)

    assert digests(other.inbox).keys() == digests(small.inbox).keys()
    assert not other.people["date_of_birth"].equals(small.people["date_of_birth"])


def test_streams_are_those_of_every_machine_and_version() -> None:
    # Written down once: a Python that draws otherwise would change every published demo figure.
    assert [stream(1, "written down").randint(0, 10**6) for _ in range(2)] == [492_843, 492_843]
    assert round(share("written down", 1), 12) == 0.448384368327


def test_one_more_draw_in_one_stream_changes_no_other() -> None:
    alone = stream(1, "a").random()
    busy = stream(1, "b")
    busy.random()

    assert stream(1, "a").random() == alone
