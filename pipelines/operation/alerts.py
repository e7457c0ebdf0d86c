"""Alerts by e-mail and to a web hook: the sentence that matters first, then what to look at, then the runbook's page.

What belongs here: what an alert holds and how it leaves this machine. What does not: finding out what is wrong
(`watch`, `automation`).

An alert holds names of senders, counts and times, and no text that an extract could have had a part in.
"""

from __future__ import annotations

import ipaddress
import json
import smtplib
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from pipelines.settings import Settings

SECONDS = 20.0
SUBJECT_LENGTH = 150
RUNBOOK = "docs/runbook"


class AlertNotSentError(Exception):
    """An alert could not be delivered by at least one of the ways that are set."""


@dataclass(frozen=True)
class Alert:
    """One thing to tell.

    Attributes:
        kind: Also the name of its page in the runbook: `refresh_failed`, `delivery_late`, `refresh_overdue`, ….
        key: Stays the same for as long as the same thing is wrong, so that it is told once.
        sentence: What matters, for somebody who reads nothing else.
        details: What else helps, a sentence each.
    """

    kind: str
    key: str
    sentence: str
    details: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        """The page of the runbook."""
        return f"{RUNBOOK}/{self.kind}.md"

    def text(self, home: Path) -> str:
        """Return the whole of it."""
        return "\n".join([self.sentence, "", *self.details, f"Home: {home}", f"What to do: {self.page}"]) + "\n"


def ways(settings: Settings) -> dict[str, Callable[[Alert], None]]:
    """Return how alerts leave this machine by the settings; none is a choice too."""
    found: dict[str, Callable[[Alert], None]] = {}
    if settings.alert_email_to:
        found["e-mail"] = lambda alert: _by_email(alert, settings)
    if settings.alert_webhook:
        found["web hook"] = lambda alert: _by_webhook(alert, settings)
    return found


def send(alert: Alert, settings: Settings) -> list[str]:
    """Send an alert by every way that is set, one after the other; return their names.

    Raises AlertNotSentError, after all were tried, when one failed.
    """
    sent, failed = [], []
    for name, way in ways(settings).items():
        try:
            way(alert)
            sent.append(name)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            failed.append(f"{name} ({type(error).__name__}: {error})")
    if failed:
        raise AlertNotSentError(f"An alert could not be sent by {'; '.join(failed)}. It said: {alert.sentence}")
    return sent


def _by_email(alert: Alert, settings: Settings) -> None:
    message = EmailMessage()
    message["Subject"] = alert.sentence.replace("\n", " ")[:SUBJECT_LENGTH]
    message["From"] = settings.alert_email_from
    message["To"] = settings.alert_email_to
    message["X-Lasting-Homes-Alert"] = alert.kind
    message.set_content(alert.text(settings.folders.root))
    with _server(settings) as server:
        if settings.smtp_user:
            server.login(settings.smtp_user, _password(settings))
        server.send_message(message)


def _server(settings: Settings) -> smtplib.SMTP:
    where = (settings.smtp_host, settings.smtp_port)
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(*where, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(*where, timeout=SECONDS)
    if settings.smtp_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server


def _password(settings: Settings) -> str:
    if settings.smtp_password_file is None:
        raise ValueError("smtp_user is set, smtp_password_file is not")
    return settings.smtp_password_file.read_text(encoding="utf-8").strip()


def _by_webhook(alert: Alert, settings: Settings) -> None:
    """Post JSON whose `text` the common chat programs show as it is."""
    address = urllib.parse.urlsplit(settings.alert_webhook or "")
    if address.scheme != "https" and not (address.scheme == "http" and _is_this_machine(address.hostname)):
        raise ValueError("a web hook elsewhere must begin with https://")
    document = {
        "text": alert.text(settings.folders.root),
        "kind": alert.kind,
        "sentence": alert.sentence,
        "details": list(alert.details),
        "runbook": alert.page,
    }
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
        address.geturl(), data=json.dumps(document).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - likewise
        answer.read()


def _is_this_machine(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
