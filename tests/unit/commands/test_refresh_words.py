"""What the end of a refresh says."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.commands.refresh import facts_as_text

COUNTS = (
    *("files", "rows_read", "rows_accepted", "rows_rejected", "cells_refused", "people", "loads", "loads_held"),
    *("linked", "review", "unlinked", "checks_passed", "checks_run"),
)
FACTS: dict[str, Any] = {
    **dict.fromkeys(COUNTS, 1),
    "build_id": "b1",
    "as_known_at": "2026-11-01T00:00:00+00:00",
    "senders": [{"data_date": "2026-10-31"}],
}


@pytest.mark.parametrize(("fewest", "lines"), [(False, 1), (True, 0)])
def test_where_time_ran_out_it_says_that_more_is_hidden_than_need_be(fewest: bool, lines: int) -> None:
    said = facts_as_text({**FACTS, "fewest_hidden": fewest})
    assert said.count("more hidden than need be, none unsafe: time ran out.") == lines


def test_the_facts_of_an_older_build_are_told_all_the_same() -> None:
    assert "more hidden" not in facts_as_text(FACTS)
