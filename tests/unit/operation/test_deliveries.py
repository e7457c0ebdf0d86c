"""Who is late by how long: the clock is London's, and a file counts for the time that it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from pipelines.operation.deliveries import (
    DeliveriesError,
    Delivery,
    anything_due_today,
    expected,
    how_long,
    late,
    waited_for_today,
)
from pipelines.settings import LONDON, Home, Settings

MONTHLY = Delivery(family="homelessness", sender="E07000108", every="month", day=5)
NIGHTLY = Delivery(family="case_system", sender="kent", every="day", by=time(1, 30))


@dataclass(frozen=True)
class Came:
    family: str
    sender: str
    data_date: date
    received_at: datetime


def dover(data_date: date, received_at: datetime) -> Came:
    return Came("homelessness", "E07000108", data_date, received_at)


def london(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON).astimezone(UTC)  # type: ignore[arg-type,misc]


def home_with(tmp_path: Path, text: str) -> Home:
    home = Home(tmp_path / "home")
    home.initialise()
    (home.config / "deliveries.yml").write_text(text, encoding="utf-8")
    return home


def test_a_sender_is_late_from_the_moment_its_file_was_due() -> None:
    """Given Dover's file of August, when that of September is not in by the 5th of October, then Dover is late."""
    came = [dover(date(2026, 8, 31), london(2026, 9, 4, 9))]
    assert late([MONTHLY], came, london(2026, 10, 5, 17, 59)) == []
    (found,) = late([MONTHLY], came, london(2026, 10, 8, 19))
    assert found.late_by == timedelta(days=3, hours=1)
    assert found.sentence == (
        "Dover (homelessness) is 3 days late: due 5 October 2026, 18:00, last file received 4 September 2026."
    )


def test_lateness_counts_from_the_first_file_missed() -> None:
    came = [dover(date(2026, 6, 30), london(2026, 7, 3, 9))]
    (found,) = late([MONTHLY], came, london(2026, 10, 6, 9))
    assert found.due == london(2026, 8, 5, 18)


def test_a_file_that_comes_late_counts_for_its_own_month_and_not_for_the_next() -> None:
    came = [dover(date(2026, 8, 31), london(2026, 9, 4, 9)), dover(date(2026, 9, 30), london(2026, 10, 9, 9))]
    assert late([MONTHLY], came, london(2026, 11, 5, 17)) == []
    (found,) = late([MONTHLY], came, london(2026, 11, 5, 19))
    assert found.due == london(2026, 11, 5, 18)


def test_an_old_file_sent_again_is_not_the_one_that_was_due() -> None:
    came = [dover(date(2026, 8, 31), london(2026, 9, 4, 9)), dover(date(2026, 7, 31), london(2026, 10, 4, 9))]
    assert len(late([MONTHLY], came, london(2026, 10, 6, 9))) == 1


def test_a_file_of_another_family_or_district_helps_nobody() -> None:
    others = [
        Came("lettings", "E07000108", date(2026, 9, 30), london(2026, 10, 4, 9)),
        Came("homelessness", "E07000105", date(2026, 9, 30), london(2026, 10, 4, 9)),
    ]
    (found,) = late([MONTHLY], others, london(2026, 10, 6, 9))
    assert "nothing was ever received" in found.sentence


@pytest.mark.parametrize(
    ("night", "utc_hour"),
    [
        (date(2026, 3, 28), 1),
        (date(2026, 3, 30), 0),
        (date(2026, 10, 24), 0),
        (date(2026, 10, 26), 1),
    ],
)
def test_half_past_one_is_londons_before_and_after_the_clocks_change(night: date, utc_hour: int) -> None:
    assert NIGHTLY.due(night) == datetime(night.year, night.month, night.day, utc_hour, 30, tzinfo=UTC)


def test_every_night_has_one_moment_also_those_in_which_the_clocks_change() -> None:
    """On 29 March 2026 01:30 does not exist; on 25 October it comes twice, and the first counts."""
    moments = NIGHTLY.due_before(london(2026, 10, 27, 12))
    nights = [next(moments) for _ in range(215)]
    assert nights == sorted(nights, reverse=True)
    assert len({moment.astimezone(LONDON).date() for moment in nights}) == 215
    assert datetime(2026, 3, 29, 1, 30, tzinfo=UTC) in nights
    assert datetime(2026, 10, 25, 0, 30, tzinfo=UTC) in nights


def test_weeks_working_days_and_quarters() -> None:
    weekly = Delivery(family="lettings", sender="kent_homechoice", every="week", day="Monday")
    assert [weekly.is_due_on(date(2026, 10, day)) for day in (5, 6)] == [True, False]
    working = Delivery(family="case_system", sender="kent", every="working_day")
    assert [working.is_due_on(date(2026, 12, day)) for day in (24, 25, 26, 27, 28, 29)] == [
        True, False, False, False, False, True,
    ]  # fmt: skip
    quarterly = Delivery(family="core", sender="kent", every="quarter", day=15)
    assert [quarterly.is_due_on(date(2026, month, 15)) for month in (9, 10, 11)] == [False, True, False]
    last = Delivery(family="core", sender="kent", every="month", day=31)
    assert last.is_due_on(date(2026, 2, 28)) and not last.is_due_on(date(2026, 3, 30))


def test_who_is_waited_for_today_is_known_before_the_hour() -> None:
    morning = london(2026, 10, 5, 8)
    assert anything_due_today([MONTHLY], morning)
    assert waited_for_today([MONTHLY], [], morning) == [MONTHLY]
    assert waited_for_today([MONTHLY], [dover(date(2026, 9, 30), london(2026, 10, 5, 7))], morning) == []
    assert not anything_due_today([MONTHLY], london(2026, 10, 6, 8))


def test_the_list_of_a_home_names_one_sender_or_all_of_a_county(tmp_path: Path) -> None:
    home = home_with(
        tmp_path,
        """
        deliveries:
          - {family: case_system, sender: kent, every: day, by: 1:30}
          - {family: lettings, sender: "*", of: lancashire, every: week, day: monday}
        """,
    )
    found = expected(home)
    assert found[0] == NIGHTLY
    assert [one.sender for one in found[1:]] == [
        "b_with_us", "ideal_choice_homes", "myhomechoice_fylde_coast", "select_move", "west_lancs_homefinder",
    ]  # fmt: skip


def test_a_home_without_a_list_expects_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.initialise()
    assert expected(home) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "{family: homelessness, sender: dover, every: day}",
            "delivery 1: dover is no sender of homelessness",
        ),
        ("{family: homelessness, sender: E07000108, every: week}", "needs `day` with one of monday"),
        ("{family: homelessness, sender: E07000108, every: month, day: 32}", "number of a day"),
        ("{family: homelessness, sender: E07000108, every: day, at: 3}", "at: Extra inputs"),
        ("{family: lettings, sender: '*', of: essex, every: day}", "no sender of essex"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    home = home_with(tmp_path, f"deliveries:\n  - {line}\n")
    with pytest.raises(DeliveriesError, match=says.replace("*", r"\*")):
        expected(home)


def test_a_time_may_be_written_without_quotes(tmp_path: Path) -> None:
    home = home_with(tmp_path, "deliveries: []\n")
    (home.config / "settings.yml").write_text("arrivals_by: 17:30\n", encoding="utf-8")
    assert Settings.of_home(home.root).arrivals_by == time(17, 30)


def test_spans_are_told_in_the_largest_unit() -> None:
    spans = [timedelta(days=2, hours=23), timedelta(hours=1, minutes=59), timedelta(minutes=5)]
    assert [how_long(span) for span in spans] == ["2 days", "1 hour", "5 minutes"]
