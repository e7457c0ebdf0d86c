"""Lines of progress that come from several threads at once."""

from __future__ import annotations

import io
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.progress import to_standard_error


class SlowScreen(io.StringIO):
    """A stream that takes its time over each write, so that writers who do not wait for each other are seen."""

    def write(self, text: str) -> int:
        for character in text:
            super().write(character)
            time.sleep(0)
        return len(text)


def test_lines_said_side_by_side_stay_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = SlowScreen()
    monkeypatch.setattr(sys, "stderr", screen)
    # Packs in one run may be given writers of their own; the screen is the same.
    writers = [to_standard_error(), to_standard_error()]
    with ThreadPoolExecutor(8) as threads:
        for number in range(200):
            threads.submit(writers[number % 2], "rendering", f"pack {number}: running the cells")
    lines = screen.getvalue().splitlines()
    assert len(lines) == 200
    assert all(re.fullmatch(r" *\d+\.\ds  rendering  pack \d+: running the cells", line) for line in lines)
