"""What is overdue in a home: files of senders, and the refresh itself; each told once.

What belongs here: finding it, and remembering what was told (`logs/alerts_told.json`). What does not: failures of a
run, which Dagster knows (`automation`); how an alert is sent (`alerts`).

Both Dagster's daemon and `lasting-homes status --alert` come here, so that a timer of the operating system speaks up
when the daemon no longer does, and neither repeats the other.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from pipelines.durable import write_durably
from pipelines.landing.store import read_receipts
from pipelines.operation.alerts import Alert, AlertNotSentError, send
from pipelines.operation.deliveries import Late, expected, how_long, late
from pipelines.settings import LONDON, Home, Settings
from pipelines.warehouse.build import builds


def overdue(settings: Settings, now: datetime) -> list[Alert]:
    """Return an alert for every delivery that is late, and one when the last good refresh is too long ago."""
    home = settings.folders
    return [*_refresh_overdue(settings, now), *map(_delivery_late, late_deliveries(home, now))]


def late_deliveries(home: Home, now: datetime) -> list[Late]:
    """Return the deliveries that are late by the home's own list."""
    deliveries = expected(home)
    return late(deliveries, read_receipts(home), now) if deliveries else []


def watch(settings: Settings, now: datetime) -> list[Alert]:
    """Tell what is overdue and was not told yet; return what was told.

    What is no longer overdue is forgotten, so that it is told again the next time. What could not be sent is tried
    again at the next look.

    Raises AlertNotSentError after everything was tried.
    """
    return tell(settings, overdue(settings, now), now)


def tell(settings: Settings, alerts: Sequence[Alert], now: datetime) -> list[Alert]:
    """Send those of the alerts that were not told yet, and remember these; forget what is not among them."""
    sent: list[Alert] = []
    failed: list[str] = []
    with _alone(settings.folders):
        path = settings.folders.logs / "alerts_told.json"
        before: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        told = {alert.key: before[alert.key] for alert in alerts if alert.key in before}
        for alert in alerts:
            if alert.key in told:
                continue
            try:
                send(alert, settings)
            except AlertNotSentError as error:
                failed.append(str(error))
                continue
            told[alert.key] = now.isoformat()
            sent.append(alert)
        if told != before:
            write_durably(path, json.dumps(told, indent=1, sort_keys=True) + "\n")
    if failed:
        raise AlertNotSentError("\n".join(failed))
    return sent


def _delivery_late(one: Late) -> Alert:
    delivery = one.delivery
    key = f"delivery_late {delivery.family}/{delivery.sender} {one.due.isoformat()}"
    details = ("Figures go on with the sender's last delivery; their coverage says so.",)
    return Alert("delivery_late", key, one.sentence, details)


def _refresh_overdue(settings: Settings, now: datetime) -> Iterator[Alert]:
    """Yield an alert when no good build is as young as it should be.

    A build's age counts by the clock of this machine. Where that clock has jumped, builds seem to lie in the future:
    that is told too, because then no age can be believed.
    """
    good = [build for build in builds(settings.folders) if build.is_good and not build.looks_back]
    if not good:
        return
    newest = good[-1]
    built_at = datetime.fromisoformat(newest.facts()["built_at"])
    age = now - built_at
    local = built_at.astimezone(LONDON)
    when = f"{local.day} {local:%B %Y, %H:%M}"
    if age > timedelta(hours=settings.refresh_every_hours):
        sentence = f"No refresh has been good for {how_long(age)}: the figures are those of {when}."
        details = (f"A good refresh is expected every {settings.refresh_every_hours} hours.",)
        yield Alert("refresh_overdue", f"refresh_overdue {newest.build_id}", sentence, details)
    elif age < -timedelta(hours=1):
        sentence = f"The clock of this machine is wrong: the last build seems to come from the future, {when}."
        yield Alert("clock_wrong", f"clock_wrong {newest.build_id}", sentence)


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold the lock of the memory, waiting for whoever has it."""
    descriptor = os.open(home.logs / ".alerts.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
