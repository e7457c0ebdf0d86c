"""What the tests of disclosure share."""

from pathlib import Path

import pytest

from pipelines.disclosure import programme

KINDS = ("month", "quarter", "ytd", "rolling_4q")


@pytest.fixture
def wide_programme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """List totals of every area and breakdowns of the county, for every kind of period.

    The rules of hiding hold for whatever is listed; this programme lets a test ask about sums that ours leaves out.
    """
    tables = [("county", breakdown, kind) for breakdown in ("total", "sex", "kind_of_home") for kind in KINDS]
    tables += [("districts", "total", kind) for kind in KINDS]
    lines = ["edition,measures,authority,areas,breakdown,period_kind,statistics,quarters,every,read_by"]
    lines += [f"public,*,*,{areas},{breakdown},{kind},*,,,tests" for areas, breakdown, kind in tables]
    lines += [f"internal,*,*,{areas},total common own,*,*,,,tests" for areas in ("county", "districts")]
    path = tmp_path / "wide_programme.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(programme, "TABLES", path)
