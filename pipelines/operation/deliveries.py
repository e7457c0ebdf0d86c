"""Which deliveries are expected when, and who is late by how long.

What belongs here: the home's own list `config/deliveries.yml` and the clock of London. What does not: what a delivery
holds (contracts), telling anybody (`alerts`).

A delivery that is due at a moment is in when a file came after the moment before it, with data of that day or later. So
a file that came three days late still counts for the month that it tells of, and not for the next one.
"""

from __future__ import annotations

import calendar
import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal, Protocol

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.landing.senders import authorities_of_senders, names_of_senders
from pipelines.project_files import project_folder
from pipelines.settings import LONDON, Home, TimeOfDay

WEEKDAYS = tuple(name.lower() for name in calendar.day_name)
EVERYBODY = "*"
END_OF_DAY = time(18)
SATURDAY = 5
ONE_DAY = timedelta(days=1)


class DeliveriesError(Exception):
    """`config/deliveries.yml` says something that cannot be meant."""


class Receipt(Protocol):
    """What is read of a load: whose it is, what day it tells of, when it came."""

    @property
    def family(self) -> str:
        """The family of extracts."""

    @property
    def sender(self) -> str:
        """The sender."""

    @property
    def data_date(self) -> date:
        """The day that the data describes."""

    @property
    def received_at(self) -> datetime:
        """When it came, UTC."""


class Delivery(BaseModel):
    """One line of the list: a sender, and by when its files are due."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    family: Literal["case_system", "protocol_forms", "lettings", "homelessness", "core", "published"]
    sender: str = Field(description="A sender, or * for every sender of the family.")
    of: str | None = Field(default=None, description="With *: only senders of this authority.")
    every: Literal["day", "working_day", "week", "month", "quarter"]
    day: str | int | None = Field(default=None, description="Weekday of a week; day of a month, or of a quarter.")
    by: TimeOfDay = Field(default=END_OF_DAY, description="The time in London.")

    @model_validator(mode="after")
    def _says_when(self) -> Delivery:
        if self.every in {"day", "working_day"}:
            if self.day is not None:
                raise ValueError(f"`every: {self.every}` takes no `day`")
        elif self.every == "week":
            if str(self.day).lower() not in WEEKDAYS:
                raise ValueError(f"`every: week` needs `day` with one of {', '.join(WEEKDAYS)}")
        elif not isinstance(self.day, int) or not 1 <= self.day <= (31 if self.every == "month" else 92):
            raise ValueError(f"`every: {self.every}` needs `day` with the number of a day, counted from 1")
        return self

    @property
    def name(self) -> str:
        """What people call it: "Dover (homelessness)"."""
        return f"{names_of_senders().get(self.sender, self.sender)} ({self.family.replace('_', ' ')})"

    def is_due_on(self, on: date) -> bool:
        """Return whether a delivery is due on a date."""
        if self.every == "day":
            return True
        if self.every == "working_day":
            return on.weekday() < SATURDAY and on not in _bank_holidays()
        if self.every == "week":
            return WEEKDAYS[on.weekday()] == str(self.day).lower()
        wanted = int(str(self.day))
        if self.every == "month":
            return on.day == min(wanted, calendar.monthrange(on.year, on.month)[1])
        first = date(on.year, on.month - (on.month - 1) % 3, 1)
        return on == min(first + timedelta(days=wanted - 1), _last_of_quarter(first))

    def due(self, day: date) -> datetime:
        """Return the moment on a day at which it is due, UTC.

        An hour that does not exist, in the night in which clocks go forward, is the same distance from midnight; one
        that comes twice is the first of the two.
        """
        return datetime.combine(day, self.by, tzinfo=LONDON).astimezone(UTC)

    def due_before(self, moment: datetime) -> Iterator[datetime]:
        """Yield the moments up to and including `moment` at which it was due, the latest first, without end."""
        day = moment.astimezone(LONDON).date()
        while True:
            if self.is_due_on(day) and self.due(day) <= moment:
                yield self.due(day)
            day -= ONE_DAY


@dataclass(frozen=True)
class Late:
    """One delivery that is late.

    Attributes:
        due: The first moment that was missed, UTC.
        late_by: How long ago that was.
        last_received: When the sender's last file of the family came; None when none ever did.
    """

    delivery: Delivery
    due: datetime
    late_by: timedelta
    last_received: datetime | None

    @property
    def sentence(self) -> str:
        """Who is late by how much, and what came last."""
        came = f"last file received {_day(self.last_received)}" if self.last_received else "nothing was ever received"
        return f"{self.delivery.name} is {how_long(self.late_by)} late: due {_moment(self.due)}, {came}."


def expected(home: Home) -> list[Delivery]:
    """Return the deliveries that the home expects, one for each sender; none where nothing is written.

    Raises DeliveriesError with the line that is wrong.
    """
    path = home.config / "deliveries.yml"
    if not path.exists():
        return []
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise DeliveriesError(f"{path} is not YAML: {error}") from None
    lines = (document.get("deliveries") or []) if isinstance(document, dict) else None
    if not isinstance(lines, list):
        raise DeliveriesError(f"{path} must hold a list `deliveries:`.")
    return [delivery for number, line in enumerate(lines, start=1) for delivery in _read(line, number, str(path))]


def late(deliveries: Iterable[Delivery], receipts: Iterable[Receipt], now: datetime) -> list[Late]:
    """Return the deliveries that are late at `now`, the longest first.

    Args:
        deliveries: What is expected.
        receipts: Every load that has landed.
        now: The clock, UTC.
    """
    known = list(receipts)
    found = []
    for delivery in deliveries:
        own = _of(delivery, known, now)
        missed = _first_missed(delivery, own, now)
        if missed is not None:
            came = max((one.received_at for one in own), default=None)
            found.append(Late(delivery, missed, now - missed, came))
    return sorted(found, key=lambda one: (one.due, one.delivery.family, one.delivery.sender))


def waited_for_today(deliveries: Iterable[Delivery], receipts: Iterable[Receipt], now: datetime) -> list[Delivery]:
    """Return the deliveries due on this day of London, whatever the hour, that are not in yet."""
    known = list(receipts)
    today = now.astimezone(LONDON).date()
    due_today = [one for one in deliveries if one.is_due_on(today)]
    return [one for one in due_today if not _is_in(one, one.due(today), _of(one, known, now))]


def anything_due_today(deliveries: Iterable[Delivery], now: datetime) -> bool:
    """Return whether any delivery is due on this day of London."""
    today = now.astimezone(LONDON).date()
    return any(one.is_due_on(today) for one in deliveries)


def how_long(span: timedelta) -> str:
    """Return "3 days", "5 hours", "20 minutes": the largest unit that fits, rounded down."""
    for seconds, unit in ((86_400, "day"), (3_600, "hour")):
        if (number := int(span.total_seconds()) // seconds) >= 1:
            return f"{number} {unit}{'' if number == 1 else 's'}"
    number = int(span.total_seconds()) // 60
    return f"{number} minute{'' if number == 1 else 's'}"


def _first_missed(delivery: Delivery, own: Sequence[Receipt], now: datetime) -> datetime | None:
    """Return the first moment of those missed since the last delivery that was in; None when none is missed."""
    missed = None
    for due in delivery.due_before(now):
        if _is_in(delivery, due, own):
            return missed
        missed = due
        if not any(one.received_at <= due for one in own):
            return missed
    return missed


def _is_in(delivery: Delivery, due: datetime, own: Iterable[Receipt]) -> bool:
    before = next(moment for moment in delivery.due_before(due) if moment < due)
    since = before.astimezone(LONDON).date()
    return any(one.received_at > before and one.data_date >= since for one in own)


def _of(delivery: Delivery, receipts: Iterable[Receipt], now: datetime) -> list[Receipt]:
    whose = (delivery.family, delivery.sender)
    return [one for one in receipts if (one.family, one.sender) == whose and one.received_at <= now]


def _read(line: object, number: int, path: str) -> list[Delivery]:
    try:
        read = Delivery.model_validate(line)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'line'}: {one['msg']}" for one in error.errors())
        raise DeliveriesError(f"{path}, delivery {number}: {wrong}.") from None
    senders = authorities_of_senders(read.family)
    if read.sender != EVERYBODY:
        if read.sender not in senders:
            raise DeliveriesError(
                f"{path}, delivery {number}: {read.sender} is no sender of {read.family}. There are: "
                f"{', '.join(sorted(senders))}."
            )
        return [read]
    found = [sender for sender, authority in sorted(senders.items()) if read.of in {None, authority}]
    if not found:
        raise DeliveriesError(f"{path}, delivery {number}: {read.family} has no sender of {read.of}.")
    return [read.model_copy(update={"sender": sender}) for sender in found]


def _last_of_quarter(first: date) -> date:
    month = first.month + 2
    return date(first.year, month, calendar.monthrange(first.year, month)[1])


def _moment(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"


def _day(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y}"


@cache
def _bank_holidays() -> frozenset[date]:
    path = project_folder("dbt_project") / "seeds" / "protocol" / "bank_holiday.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return frozenset(date.fromisoformat(row["holiday"]) for row in csv.DictReader(lines))
