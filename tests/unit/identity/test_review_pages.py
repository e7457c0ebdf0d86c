"""The page over the review queue: who may see it, what it shows, what becomes of a decision."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from hand_made_landing import LandingSchema
from lxml import html

from pipelines.identity.decisions import LinkDecision
from pipelines.identity.review import Pair, review_queue
from pipelines.identity.review.web import BusyError, Desk, review_pages

HOST = "127.0.0.1:8123"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def page(self) -> Any:
        return html.document_fromstring(self.text)


@dataclass
class Visit:
    """The page, and what was recorded on it."""

    desk: Desk
    pairs: list[Pair]
    decisions: list[LinkDecision]
    last: Answer = field(default_factory=Answer)

    def ask(self, path: str = "", *, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        """Ask as a browser on this machine would; a header given as `x_y` overrides; an empty one is not sent."""
        sent = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        where = path if path.startswith("/") else self.desk.root + path
        address, _, query = where.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": address,
            "raw_path": address.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items() if value],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8123),
        }
        answer = self.last = Answer()

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            else:
                answer.body += message.get("body", b"")

        asyncio.run(review_pages(self.desk, port=8123)(scope, receive, send))
        return answer

    def decide(self, pair: Pair, headers: dict[str, str] | None = None, **fields: str) -> Answer:
        """Send the form of a pair as the page's own form would."""
        given = {"form_token": self.desk.form_token, "verdict": "same", "reason": "Asked.", "by": "A. Reviewer"}
        said = {"content-type": FORM, "origin": f"http://{HOST}", "sec-fetch-site": "same-origin", **(headers or {})}
        return self.ask(f"pair/{pair.pair_id}", method="POST", body=urlencode({**given, **fields}).encode(), **said)


@pytest.fixture
def visit(queue_of_three: LandingSchema) -> Visit:
    pairs = review_queue(queue_of_three.connection)
    decisions: list[LinkDecision] = []
    return Visit(Desk(lambda: ("build-1", pairs), lambda: decisions, decisions.append), pairs, decisions)


def test_the_queue_lists_every_pair_with_a_way_to_it(visit: Visit) -> None:
    page = visit.ask().page
    assert page.findtext(".//h1") == "3 of 3 pairs to decide"
    assert [link.text for link in page.xpath("//tbody//a")] == [pair.pair_id for pair in visit.pairs]
    assert "Pellus Protofield" in page.text_content()


def test_a_pair_stands_side_by_side_with_its_reasons_and_their_sum(visit: Visit) -> None:
    pair = visit.pairs[0]
    page = visit.ask(f"pair/{pair.pair_id}").page
    rows = {
        row.findtext("th"): [cell.text for cell in row.findall("td")] for row in page.xpath("(//table)[1]/tbody/tr")
    }
    assert rows["Name"] == ["Pellus Protofield", "Pellus Protofield", "the same"]
    assert rows["Postcodes"] == ["not known", "XK331AA", "one is not known"]
    sums = [row.findall("td")[-1].text.strip() for row in page.xpath("(//table)[2]/tbody/tr")]
    assert sums[-1] == f"{sum(step.weight for step in pair.steps):+.2f}"
    assert len(page.xpath("//svg/rect")) == len(pair.steps)


def test_two_ids_are_shown_without_a_model(visit: Visit) -> None:
    page = visit.ask(f"pair/{visit.pairs[2].pair_id}").page
    assert "The same name and birthday, but: places without dates." in page.text_content()
    assert not page.xpath("//svg")


def test_a_decision_is_recorded_with_who_when_and_why_and_the_next_pair_comes(visit: Visit) -> None:
    before = datetime.now(UTC)
    answer = visit.decide(visit.pairs[0], verdict="different", reason=" Another school. ", by="A. Reviewer")
    assert answer.status == 303
    assert answer.headers["location"] == (
        f"{visit.desk.root}pair/{visit.pairs[1].pair_id}?recorded={visit.pairs[0].pair_id}"
    )
    (one,) = visit.decisions
    assert (one.one, one.other) == (visit.pairs[0].one, visit.pairs[0].other)
    assert (one.verdict, one.reason, one.by) == ("different", "Another school.", "A. Reviewer")
    assert before <= one.decided_at <= datetime.now(UTC)
    # then the next page says so, and the form knows who decides
    following = visit.ask(answer.headers["location"]).page
    assert (
        following.xpath("//*[@role='status']")[0].text == f"Recorded: different, about pair {visit.pairs[0].pair_id}."
    )
    assert following.get_element_by_id("by").value == "A. Reviewer"
    # and the queue and the pair's own page tell what was decided
    assert visit.ask().page.findtext(".//h1") == "2 of 3 pairs to decide"
    assert "different, by A. Reviewer on " in visit.ask(f"pair/{visit.pairs[0].pair_id}").text


def test_the_last_decision_leads_back_to_the_queue(visit: Visit) -> None:
    visit.decide(visit.pairs[0], verdict="same")
    answer = visit.decide(visit.pairs[2], verdict="different")
    assert answer.headers["location"] == f"{visit.desk.root}?recorded={visit.pairs[2].pair_id}"
    page = visit.ask(answer.headers["location"]).page
    assert page.findtext(".//h1") == "0 of 3 pairs to decide"
    states = [row.findall("td")[-1].text for row in page.xpath("//tbody/tr")]
    assert states == ["same, by A. Reviewer", "settled by another pair", "different, by A. Reviewer"]


@pytest.mark.parametrize(
    ("fields", "where", "told"),
    [
        ({"verdict": ""}, "verdict", "Choose same, different or unsure."),
        ({"verdict": "perhaps"}, "verdict", "Choose same, different or unsure."),
        ({"reason": "  "}, "reason", "Write what settled it"),
        ({"reason": "x" * 2001}, "reason", "at most 2,000 letters"),
        ({"by": " "}, "by", "Write your name."),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(
    visit: Visit, fields: dict[str, str], where: str, told: str
) -> None:
    answer = visit.decide(visit.pairs[0], **{"reason": "Asked the adviser.", **fields})
    assert answer.status == 422
    assert not visit.decisions
    (link,) = answer.page.xpath("//*[@role='alert']//a")
    assert told in link.text
    assert answer.page.get_element_by_id(link.get("href").removeprefix("#")) is not None
    assert link.get("href") == f"#{where}"
    assert answer.page.get_element_by_id("reason").value == fields.get("reason", "Asked the adviser.").strip()


def test_unsure_needs_no_reason_and_stays_in_the_queue(visit: Visit) -> None:
    assert visit.decide(visit.pairs[0], verdict="unsure", reason="").status == 303
    assert visit.ask().page.findtext(".//h1") == "3 of 3 pairs to decide"


def test_while_a_refresh_runs_nothing_is_recorded_and_nothing_typed_is_lost(visit: Visit) -> None:
    def busy(_: LinkDecision) -> None:
        raise BusyError("A refresh is running.")

    visit.desk.record = busy
    answer = visit.decide(visit.pairs[0], reason="Asked the adviser.")
    assert answer.status == 503
    assert "A refresh is running." in answer.text
    assert answer.page.get_element_by_id("reason").value == "Asked the adviser."


def test_what_is_typed_is_text_and_never_markup(visit: Visit) -> None:
    visit.decide(visit.pairs[0], reason="<script>alert(1)</script>", by="<b>me</b>")
    shown = visit.ask(f"pair/{visit.pairs[0].pair_id}").text
    assert "<script" not in shown
    assert "<b>me" not in shown
    assert "&lt;script&gt;" in shown


# Who may see it.


@pytest.mark.parametrize(
    "path", ["/", "/favicon.ico", "//", "/wrong/", "/é/", "/wrong/style.css", "", "*"], ids=lambda path: path or "root"
)
def test_without_the_token_there_is_nothing(visit: Visit, path: str) -> None:
    if path == "":
        path = visit.desk.root[:-2] + "/"
    answer = visit.ask("/" if path == "*" else path)
    assert answer.status == 404
    assert "Pellus" not in answer.text


@pytest.mark.parametrize("host", ["evil.example:8123", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.evil.example:8123", ""])
def test_a_request_by_another_name_is_refused(visit: Visit, host: str) -> None:
    answer = visit.ask(host=host)
    assert answer.status == 421
    assert "Pellus" not in answer.text


def test_both_names_of_this_machine_are_its_own(visit: Visit) -> None:
    assert visit.ask(host="localhost:8123").status == 200
    assert visit.ask(host="LOCALHOST:8123").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"content-type": "text/plain"},
        {"content-type": "application/json"},
    ],
)
def test_a_form_from_elsewhere_records_nothing(visit: Visit, headers: dict[str, str]) -> None:
    answer = visit.decide(visit.pairs[0], headers)
    assert answer.status in (403, 415)
    assert not visit.decisions


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_form_without_its_token_records_nothing(visit: Visit, token: str) -> None:
    assert visit.decide(visit.pairs[0], form_token=token).status == 403
    assert not visit.decisions


def test_the_address_alone_does_not_give_the_form_s_token_away(visit: Visit) -> None:
    assert visit.desk.form_token not in visit.ask().text
    assert visit.desk.form_token != visit.desk.address_token
    assert Desk(visit.desk.queue, visit.desk.taken, visit.desk.record).address_token != visit.desk.address_token
    assert len(visit.desk.address_token) >= 43


@pytest.mark.parametrize(
    "send",
    [
        lambda visit: visit.ask(),
        lambda visit: visit.ask("style.css"),
        lambda visit: visit.ask("/wrong/"),
        lambda visit: visit.ask("pair/unknown"),
        lambda visit: visit.decide(visit.pairs[0]),
        lambda visit: visit.decide(visit.pairs[0], by=""),
    ],
    ids=["queue", "style", "no token", "no pair", "recorded", "not recorded"],
)
def test_no_answer_is_kept_framed_or_sent_on(visit: Visit, send: Callable[[Visit], Answer]) -> None:
    headers = send(visit).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "set-cookie" not in headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_else_can_be_done(visit: Visit, method: str) -> None:
    assert visit.ask(f"pair/{visit.pairs[0].pair_id}", method=method).status == 405


def test_an_endless_form_is_refused(visit: Visit) -> None:
    assert visit.decide(visit.pairs[0], reason="x" * 100_000).status == 413
    assert not visit.decisions


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join(b"a=1" for _ in range(30))])
def test_a_form_that_cannot_be_read_is_refused(visit: Visit, body: bytes) -> None:
    answer = visit.ask(f"pair/{visit.pairs[0].pair_id}", method="POST", body=body, content_type=FORM)
    assert answer.status == 400


def test_an_unexpected_failure_names_nobody(visit: Visit) -> None:
    def broken() -> tuple[str, list[Pair]]:
        raise ValueError("could not convert 'Pellus' to a date")

    visit.desk.queue = broken
    with pytest.raises(ValueError, match="Pellus"):  # for the server, which logs nothing
        visit.ask()
    assert (visit.last.status, visit.last.text) == (
        500,
        "Something went wrong (ValueError). Nothing was recorded.",
    )
    assert visit.last.headers["cache-control"] == "no-store"


# Who can read it.


@pytest.mark.parametrize("which", ["queue", "pair", "ids"])
def test_the_page_fetches_nothing_from_elsewhere_and_can_be_read_without_eyes_or_mouse(
    visit: Visit, which: str
) -> None:
    path = {"queue": "", "pair": f"pair/{visit.pairs[0].pair_id}", "ids": f"pair/{visit.pairs[2].pair_id}"}[which]
    page = visit.ask(path).page
    assert page.get("lang") == "en-GB"
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//main[@id='main']")
    assert page.xpath("//a[@class='skip']")[0].get("href") == "#main"
    headings = [int(one.tag[1]) for one in page.xpath("//h1|//h2|//h3")]
    assert all(later - earlier <= 1 for earlier, later in pairwise(headings))
    for control in page.xpath("//input[not(@type='hidden')]|//textarea"):
        assert control.getparent().tag == "label" or page.xpath(f"//label[@for='{control.get('id')}']")
    for table in page.xpath("//table"):
        assert table.findtext("caption")
        assert all(head.get("scope") for head in table.xpath(".//th"))
    assert all(drawing.xpath("./title") for drawing in page.xpath("//svg"))
    assert not page.xpath("//script")
    addresses = page.xpath("//@href|//@src|//@action")
    assert all(one.startswith((visit.desk.root, "#")) for one in addresses)
    assert not page.xpath("//@style|//@onclick")
