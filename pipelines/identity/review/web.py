"""The review queue as a web page on this machine: the same pairs, the same decisions file as the workbook.

What belongs here: the pages, and who may see them. What does not: which pairs there are (`queue`), keeping decisions
(`pipelines.identity.decisions`), starting a server (`pipelines.commands.review`).

The pages hold names and birthdays, so they are for the one person who started them: the address holds a random token,
only requests to this machine by its own name are answered, a decision needs a second token that only the form holds and
must come from this page, nothing may be cached or framed, and nothing is fetched from anywhere else.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import jinja2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.causes import is_ours
from pipelines.identity.decisions import VERDICTS, LinkDecision, Verdict
from pipelines.identity.review.queue import Pair, Step, still_waiting
from pipelines.identity.review.workbook import COMPARED, SIDE, side_texts

PAGES = Path(__file__).parent / "pages"
LONDON = ZoneInfo("Europe/London")
LONGEST_REASON = 2000
LARGEST_FORM = 64 * 1024
CHOICES = (
    ("same", "Same: one person"),
    ("different", "Different: two people"),
    ("unsure", "Unsure: nobody can tell from here"),
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not `no-referrer`: a form then says that it comes from nowhere, and could not be told from a foreign one.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class BusyError(Exception):
    """A decision cannot be recorded at the moment; the text says why."""


@dataclass
class Desk:
    """What the pages work on.

    Attributes:
        queue: Returns the published build's id and its queue.
        taken: Returns every decision by now, oldest first.
        record: Appends a decision; raises BusyError when it has to wait.
        by: Who decides, as the form proposes it.
        address_token: Must stand first in every address.
        form_token: Must come with every decision.
        recorded: How many decisions were recorded here.
    """

    queue: Callable[[], tuple[str, Sequence[Pair]]]
    taken: Callable[[], Sequence[LinkDecision]]
    record: Callable[[LinkDecision], None]
    by: str = ""
    address_token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    form_token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    recorded: int = 0

    @property
    def root(self) -> str:
        """The path under which everything stands."""
        return f"/{self.address_token}/"


def review_pages(desk: Desk, *, port: int) -> ASGIApp:
    """Return the application; it answers only requests to this machine's own names at `port`."""
    pages = _Pages(desk)
    routes = [
        Route("/{token}/", pages.list_pairs, methods=["GET"]),
        Route("/{token}/style.css", pages.style, methods=["GET"]),
        Route("/{token}/pair/{pair_id}", pages.show_pair, methods=["GET"]),
        Route("/{token}/pair/{pair_id}", pages.decide, methods=["POST"]),
    ]
    application = Starlette(routes=routes, exception_handlers={HTTPException: _refused, Exception: _failed})
    application.router.redirect_slashes = False
    return _Guard(application, desk, {f"{name}:{port}" for name in ("127.0.0.1", "localhost")})


class _Guard:
    """Answers nobody but who was given the address, and lets nothing be kept."""

    def __init__(self, application: ASGIApp, desk: Desk, hosts: set[str]) -> None:
        self._application = application
        self._desk = desk
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is not for here, and add the headers to every answer."""
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *known]}
            await send(message)

        refusal = self._refusal(Request(scope))
        await (refusal or self._application)(scope, receive, with_headers)

    def _refusal(self, request: Request) -> Response | None:
        hosts = request.headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return Response("This page answers on this machine only.", status_code=421, media_type="text/plain")
        token = "".join(request.scope["path"].split("/")[1:2])
        if not hmac.compare_digest(token.encode(), self._desk.address_token.encode()):
            return Response("There is nothing here.", status_code=404, media_type="text/plain")
        if request.method not in ("GET", "HEAD") and not _is_from_here(request):
            return Response("Decisions are taken on this page only.", status_code=403, media_type="text/plain")
        return None


def _is_from_here(request: Request) -> bool:
    """Whether the browser says that this page sent the form; a program that says nothing still needs both tokens."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    return origin in (None, f"http://{request.headers['host']}") and site in (None, "same-origin")


class _Pages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(PAGES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
        )

    async def style(self, _: Request) -> Response:
        """The one stylesheet."""
        return Response((PAGES / "style.css").read_text(encoding="utf-8"), media_type="text/css")

    async def list_pairs(self, request: Request) -> Response:
        """The queue with what became of each pair."""
        build_id, pairs = self._desk.queue()
        taken = self._desk.taken()
        waiting = {pair.pair_id for pair in still_waiting(pairs, taken)}
        rows = [{"pair": pair, "state": _state(pair, taken, pair.pair_id in waiting)} for pair in pairs]
        return self._page(
            "queue", rows=rows, waiting=len(waiting), build_id=build_id, recorded=_recorded(request, pairs, taken)
        )

    async def show_pair(self, request: Request) -> Response:
        """One pair side by side, and the form."""
        _, pairs = self._desk.queue()
        given = {"verdict": "", "reason": "", "by": self._desk.by}
        recorded = _recorded(request, pairs, self._desk.taken())
        return self._pair(_pair_of(request, pairs), given, recorded=recorded)

    async def decide(self, request: Request) -> Response:
        """Record one decision and go to the next pair that waits; or say what is missing, and keep what was typed."""
        _, pairs = self._desk.queue()
        pair = _pair_of(request, pairs)
        form = await _form(request)
        if not hmac.compare_digest(form.get("form_token", "").encode(), self._desk.form_token.encode()):
            raise HTTPException(403, "This form is of an earlier start of the page: open the pair again.")
        given = {name: form.get(name, "").strip() for name in ("verdict", "reason", "by")}
        problems = _problems(given)
        if problems:
            return self._pair(pair, given, problems=problems, status=422)
        verdict: Verdict = next(known for known in VERDICTS if known == given["verdict"])
        decision = LinkDecision(pair.one, pair.other, verdict, datetime.now(UTC), given["by"], given["reason"])
        try:
            self._desk.record(decision)
        except BusyError as busy:
            return self._pair(pair, given, problems=[("verdict", str(busy))], status=503)
        self._desk.by = given["by"]
        self._desk.recorded += 1
        return RedirectResponse(f"{self._after(pair, pairs)}?recorded={pair.pair_id}", status_code=303)

    def _after(self, pair: Pair, pairs: Sequence[Pair]) -> str:
        """Return the address of the next pair that waits, going round; the list when none does."""
        waiting = {one.pair_id for one in still_waiting(pairs, self._desk.taken())} - {pair.pair_id}
        here = next(place for place, one in enumerate(pairs) if one.pair_id == pair.pair_id)
        following = (one.pair_id for one in (*pairs[here + 1 :], *pairs[:here]) if one.pair_id in waiting)
        found = next(following, None)
        return f"{self._desk.root}pair/{found}" if found else self._desk.root

    def _pair(
        self,
        pair: Pair,
        given: dict[str, str],
        *,
        problems: Sequence[tuple[str, str]] = (),
        recorded: str = "",
        status: int = 200,
    ) -> Response:
        before = [one for one in self._desk.taken() if one.pair == tuple(sorted((pair.one, pair.other)))]
        return self._page(
            "pair",
            status,
            pair=pair,
            sides=_side_by_side(pair),
            steps=_with_sums(pair.steps),
            chart=_chart(pair.steps),
            history=[_in_history(one) for one in before],
            choices=CHOICES,
            given=given,
            problems=problems,
            recorded=recorded,
            form_token=self._desk.form_token,
            longest=LONGEST_REASON,
        )

    def _page(self, name: str, status: int = 200, **values: Any) -> Response:
        template = self._templates.get_template(f"{name}.html.jinja")
        return HTMLResponse(template.render(root=self._desk.root, **values), status_code=status)


def _refused(_: Request, error: Exception) -> Response:
    status, text = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
    return Response(text, status_code=status, media_type="text/plain")


def _failed(_: Request, error: Exception) -> Response:
    """Say what went wrong without any value: an unexpected text may quote somebody."""
    text = str(error) if is_ours(error) else f"Something went wrong ({type(error).__name__}). Nothing was recorded."
    return Response(text, status_code=500, media_type="text/plain")


def _pair_of(request: Request, pairs: Sequence[Pair]) -> Pair:
    for pair in pairs:
        if pair.pair_id == request.path_params["pair_id"]:
            return pair
    raise HTTPException(404, "This pair does not wait for a decision in the published build.")


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of the form, each the last time it was given."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
        raise HTTPException(415, "A decision is sent as a form.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            raise HTTPException(413, "The form is too large.")
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise HTTPException(400, "The form cannot be read.") from None
    return {name: values[-1] for name, values in fields.items()}


def _problems(given: dict[str, str]) -> list[tuple[str, str]]:
    """Return what is missing: the field's id and a sentence."""
    found = []
    if given["verdict"] not in VERDICTS:
        found.append(("verdict", "Choose same, different or unsure."))
    elif given["verdict"] != "unsure" and not given["reason"]:
        found.append(("reason", "Write what settled it, so that a successor can follow it."))
    if len(given["reason"]) > LONGEST_REASON:
        found.append(("reason", f"Write at most {LONGEST_REASON:,} letters."))
    if not given["by"] or len(given["by"]) > 200:
        found.append(("by", "Write your name."))
    return found


def _state(pair: Pair, taken: Sequence[LinkDecision], waits: bool) -> str:
    about = [one for one in taken if one.pair == tuple(sorted((pair.one, pair.other)))]
    if about and (not waits or about[-1].verdict == "unsure"):
        return f"{about[-1].verdict}, by {about[-1].by}"
    return "to decide" if waits else "settled by another pair"


def _recorded(request: Request, pairs: Sequence[Pair], taken: Sequence[LinkDecision]) -> str:
    """Return the sentence about the decision that led here."""
    pair = next((one for one in pairs if one.pair_id == request.query_params.get("recorded")), None)
    about = [one for one in taken if pair and one.pair == tuple(sorted((pair.one, pair.other)))]
    return f"Recorded: {about[-1].verdict}, about pair {pair.pair_id}." if pair and about else ""


def _in_history(one: LinkDecision) -> str:
    moment = one.decided_at.astimezone(LONDON)
    why = f": {one.reason}" if one.reason else ""
    return f"{one.verdict}, by {one.by} on {moment.day} {moment:%B %Y at %H:%M}{why}"


def _side_by_side(pair: Pair) -> list[tuple[str, str, str, str]]:
    """Return name of the field, both texts, and in a word how they compare."""
    rows = []
    for about, this, that in zip(SIDE, side_texts(pair.this), side_texts(pair.that), strict=True):
        compared = ""
        if about not in ("Source", "Reference", "Care leaver"):
            known = bool(this) + bool(that)
            compared = ("not known", "one is not known", "the same" if this == that else "differs")[known]
        rows.append((about, this, that, compared))
    return rows


def _with_sums(steps: Sequence[Step]) -> list[tuple[str, str, float, float]]:
    total, rows = 0.0, []
    for step in steps:
        total += step.weight
        rows.append((COMPARED.get(step.comparison, step.comparison), step.found, step.weight, total))
    return rows


def _chart(steps: Sequence[Step]) -> dict[str, Any]:
    """Return the waterfall: a bar from the sum before each step to the sum after it, up for, down against."""
    width, height, bar, gap = 40 * max(len(steps), 1), 120, 30, 10
    sums = [0.0, *(total for _, _, _, total in _with_sums(steps))]
    low, high = min(sums), max(sums)
    scale = (height - 10) / ((high - low) or 1.0)

    def level(total: float) -> float:
        return round(5 + (high - total) * scale, 2)

    bars = [
        {
            "kind": "for" if after >= before else "against",
            "x": place * (bar + gap) + gap // 2,
            "y": min(level(before), level(after)),
            "width": bar,
            "height": max(1.0, round(abs(level(before) - level(after)), 2)),
        }
        for place, (before, after) in enumerate(pairwise(sums))
    ]
    return {"width": width, "height": height, "zero": level(0.0), "bars": bars}
