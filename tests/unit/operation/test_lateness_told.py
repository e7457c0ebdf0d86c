"""What a build tells the packs of senders: whose delivery was late when it was made."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from small_homes import settings_of

from pipelines.landing import Load
from pipelines.landing.store import write_receipt
from pipelines.refresh import Refresh
from pipelines.settings import Home
from pipelines.warehouse.dbt import ParsedProject

NOW = datetime(2026, 10, 8, 19, tzinfo=UTC)


def load(load_id: str, family: str, table: str, sender: str, data_date: date) -> Load:
    """Return a load of Kent's that came early on the day after its data date."""
    received = datetime(data_date.year, data_date.month, data_date.day, 6, tzinfo=UTC) + timedelta(days=1)
    return Load(
        load_id, family, table, sender, "kent", f"{table}.csv", load_id * 8, data_date, received, 60, 60, 0, 0, "c"
    )


def test_a_build_says_how_late_senders_were_as_of_what_it_knows(tmp_path: Path, parsed_project: ParsedProject) -> None:
    """Given the case system on time, a late district and one that never sent, the facts for packs name each."""
    home = Home(tmp_path / "home")
    home.initialise()
    write_receipt(home, load("aaaa1111", "homelessness", "cases", "E07000108", date(2026, 8, 31)))
    write_receipt(home, load("bbbb2222", "case_system", "ssd_care_leavers", "kent", date(2026, 10, 7)))
    (home.config / "deliveries.yml").write_text(
        "deliveries:\n"
        "  - {family: case_system, sender: kent, every: week, day: thursday}\n"
        "  - {family: homelessness, sender: E07000108, every: month, day: 5}\n"
        "  - {family: homelessness, sender: E07000109, every: month, day: 5}\n",
        "utf-8",
    )
    refresh = Refresh(settings_of(home, as_known_at=NOW), project=parsed_project)
    refresh.judge_loads()
    told = {one["sender"]: (one["authority"], one["due"], one["days_late"]) for one in refresh.deliveries()}
    assert told == {
        "kent": ("kent", None, 0),
        "E07000108": ("kent", "2026-10-05T17:00:00+00:00", 3),
        "E07000109": ("kent", "2026-10-05T17:00:00+00:00", 3),
    }
    (home.config / "deliveries.yml").write_text("deliveries: [{family: nothing}]\n", "utf-8")
    assert refresh.deliveries() == []
