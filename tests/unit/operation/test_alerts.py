"""Alerts leave this machine by e-mail and web hook, say first what matters, and are told once."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipelines.operation.alerts import Alert, AlertNotSentError, send
from pipelines.operation.watch import watch
from pipelines.settings import Home, Settings
from pipelines.warehouse.build import open_build

NOW = datetime(2026, 10, 8, 19, tzinfo=UTC)
RUNBOOK = Path(__file__).parents[3] / "docs" / "runbook"
LATE = Alert("delivery_late", "k", "Dover (homelessness) is 3 days late.", ("Its figures are of August.",))


@dataclass
class Post:
    """What a mail server and a web hook on this machine got."""

    mail_port: int = 0
    hook_port: int = 0
    mails: list[bytes] = field(default_factory=list)
    posts: list[dict[str, object]] = field(default_factory=list)

    def settings(self, home: Home, **given: object) -> Settings:
        return Settings.of_home(
            home.root,
            **{
                "alert_email_to": "operator@council.example",
                "smtp_host": "127.0.0.1",
                "smtp_port": self.mail_port,
                "smtp_security": "none",
                "alert_webhook": f"http://127.0.0.1:{self.hook_port}/hook",
                **given,
            },
        )


@pytest.fixture
def post() -> Iterator[Post]:
    got = Post()

    class Mail(socketserver.StreamRequestHandler):
        """As much of SMTP as a client needs to hand over one message."""

        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            for line in self.rfile:
                word = line[:4].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = []
                    for text in self.rfile:
                        if text == b".\r\n":
                            break
                        lines.append(text)
                    got.mails.append(b"".join(lines))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as mail, HTTPServer(("127.0.0.1", 0), Hook) as hook:
        mail.daemon_threads = True
        got.mail_port, got.hook_port = mail.server_address[1], hook.server_address[1]
        for server in (mail, hook):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield got
        mail.shutdown()
        hook.shutdown()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.initialise()
    return made


def overdue_home(home: Home, hours: float) -> Home:
    build = open_build(home, inputs=[], now=NOW - timedelta(hours=hours))
    build.mark_good({"built_at": (NOW - timedelta(hours=hours)).isoformat()})
    (home.config / "deliveries.yml").write_text(
        "deliveries:\n  - {family: homelessness, sender: E07000108, every: month, day: 5}\n", "utf-8"
    )
    return home


def test_the_sentence_that_matters_is_the_subject_and_the_first_line(home: Home, post: Post) -> None:
    assert send(LATE, post.settings(home)) == ["e-mail", "web hook"]
    message = message_from_bytes(post.mails[0], policy=policy.default)
    assert message["Subject"] == LATE.sentence
    assert message["To"] == "operator@council.example"
    lines = message.get_content().splitlines()  # type: ignore[attr-defined]
    assert lines[0] == LATE.sentence and "What to do: docs/runbook/delivery_late.md" in lines
    (posted,) = post.posts
    assert str(posted["text"]).startswith(LATE.sentence)
    assert posted["runbook"] == "docs/runbook/delivery_late.md"


def test_one_way_that_fails_does_not_silence_the_other(home: Home, post: Post) -> None:
    with pytest.raises(AlertNotSentError, match=r"e-mail .* It said: Dover"):
        send(LATE, post.settings(home, smtp_port=1))
    assert len(post.posts) == 1


def test_nothing_is_posted_in_clear_to_another_machine(home: Home, post: Post) -> None:
    with pytest.raises(AlertNotSentError, match="must begin with https"):
        send(LATE, post.settings(home, alert_email_to=None, alert_webhook="http://chat.example/hook"))


def test_without_settings_nothing_is_sent(home: Home) -> None:
    assert send(LATE, Settings.of_home(home.root)) == []


def test_what_is_overdue_is_told_once_until_it_is_right_again(home: Home, post: Post) -> None:
    """Given a late district and an old refresh, when watched again and again, then each is told once."""
    settings = post.settings(overdue_home(home, hours=50))
    told = watch(settings, NOW)
    assert {alert.kind for alert in told} == {"refresh_overdue", "delivery_late"}
    assert any(alert.sentence.startswith("No refresh has been good for 2 days") for alert in told)
    assert watch(settings, NOW + timedelta(hours=1)) == []
    (home.config / "deliveries.yml").unlink()
    watch(settings, NOW)
    overdue_home(home, hours=1)
    assert [alert.kind for alert in watch(settings, NOW)] == ["delivery_late"]


def test_what_could_not_be_sent_is_tried_again(home: Home, post: Post) -> None:
    overdue_home(home, hours=50)
    with pytest.raises(AlertNotSentError):
        watch(post.settings(home, smtp_port=1), NOW)
    assert len(watch(post.settings(home), NOW)) == 2


def test_a_clock_that_jumped_is_told(home: Home, post: Post) -> None:
    """Given builds that seem to come from the future, then no age is believed and the clock is named."""
    overdue_home(home, hours=-48)
    (clock,) = [alert for alert in watch(post.settings(home), NOW) if alert.kind == "clock_wrong"]
    assert "10 October 2026" in clock.sentence


@pytest.mark.parametrize("kind", ["refresh_failed", "land_failed", "delivery_late", "refresh_overdue", "clock_wrong"])
def test_every_alert_has_a_page_that_says_what_to_do(kind: str) -> None:
    text = (RUNBOOK / f"{kind}.md").read_text(encoding="utf-8")
    for heading in ("## What it means", "## What to look at", "## What to do"):
        assert heading in text, f"{kind} lacks {heading}"
