"""Holding a tenancy: documents, training, alerts and meetings, the end, a second chance, what young people say.

What belongs here: those forms (K1.3, K3, K8.2, K9, L3, L12). What does not: whose home it is and when it ends
(homes.py), what a scheme says of the end (lettings.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.synthetic.chance import Chance
from pipelines.synthetic.days import birthday, months_after, working_days_after
from pipelines.synthetic.homes import SOCIAL
from pipelines.synthetic.lives import Home, Life
from pipelines.synthetic.protocol.records import Book, Change, met
from pipelines.synthetic.reference import Reference
from pipelines.synthetic.rows import Value

COURSES = ("Holding a tenancy", "Money and bills", "Cooking and keeping house", "A home of your own (online)")
ALERTS = 0.3
BROKEN_DOWN = ("notice", "eviction", "abandonment", "arrears")
SECOND_CHANCES = {"kent": 0.35, "lancashire": 0.75}  # Lancashire has promised them (L12)


def independent(life: Life) -> list[Home]:
    """Return the homes in which the person holds a tenancy."""
    return [home for home in life.homes if home.code == "U" and home.tenure != "student"]


def tenancy_ref(life: Life, home: Home, number: str) -> str | None:
    """Return the landlord's reference of a tenancy: the scheme's where it let the home, else perhaps another."""
    for made in life.registrations:
        for offer in made.first_offers:
            if offer.home is home:
                return offer.tenancy_ref or None
    if home.tenure not in SOCIAL and home.start.day % 3 == 0:
        return None
    return f"LT{number}-{home.start:%y%m}"


def _number(book: Book, life: Life) -> str:
    return life.person.ids_in(book.authority)[0].number


def see_documents(book: Book, life: Life, ref: Reference) -> None:
    """Write down when identity, NI number and proof of income were seen: one record a person, filled in by and by."""
    chance = book.chance("identity_documents", life)
    starts = [made.registered_on for made in life.registrations]
    if not starts and not chance.happens(0.25):
        return
    due = min(starts, default=months_after(birthday(life.person.born, 17), 3))
    names = ("photo_or_birth_seen_on", "ni_number_known_on", "income_proof_seen_on")
    punctual = chance.happens(0.6)
    seen = {name: met(chance, due, never=0.01 if punctual else 0.2, early=200) for name in names}
    if punctual:
        seen = {name: None if day is None else min(day, due) for name, day in seen.items()}
    days = sorted((day, name) for name, day in seen.items() if day is not None)
    if not days:
        return
    (first, name), rest = days[0], days[1:]
    values: dict[str, Value] = {name: first}
    later: list[Change] = [(max(day, first), {name: day}) for day, name in rest]
    book.enter("identity_documents", life, "1", first, values, chance=chance, later=later)


def train(book: Book, life: Life, ref: Reference) -> None:
    """Write down the courses completed: mostly before a tenancy, some on its first day or after it."""
    chance = book.chance("tenancy_training", life)
    due = [home.start - timedelta(days=1) for home in independent(life)[:2]]
    if chance.happens(0.12):
        due.append(chance.after(birthday(life.person.born, 17), 0, 500))
    days = [met(chance, day, never=0.28, early=240) for day in due]
    for index, day in enumerate(days):
        if day is not None and day <= life.until:
            course = chance.choice(COURSES) if chance.happens(0.96) else None
            values: dict[str, Value] = {"course": course, "completed_on": day}
            book.enter("tenancy_training", life, f"{index}", day, values, chance=chance, wrong="completed_on")


@dataclass
class _Tenancy:
    """Writes the events of one tenancy."""

    book: Book
    life: Life
    chance: Chance
    index: int
    start: date
    ref: str | None
    events: int = 0

    def write(self, event: str, day: date, **values: Value) -> None:
        """Write one event, unless it is still to come."""
        if day > self.life.until:
            return
        self.events += 1
        said: dict[str, Value] = {"tenancy_ref": self.ref, "tenancy_start": self.start, "event": event}
        said |= {"event_date": day} | values
        name = f"{self.index}-{self.events:02d}"
        self.book.enter("tenancy_event", self.life, name, day, said, chance=self.chance, wrong="event_date")

    def _told(self, day: date, by: str) -> dict[str, date | None]:
        """Return when adviser and council heard of an event; nobody is told what they raised."""
        return {
            "adviser_told_on": None if by == "adviser" else self.chance.after(day, 0, 9),
            "housing_told_on": None if self.chance.happens(0.15) else self.chance.after(day, 0, 12),
        }

    def alert(self, day: date, over: date) -> None:
        """Write an alert, the meeting that it calls for, and perhaps that it was resolved."""
        chance = self.chance
        severity = chance.weighted({"low": 30, "medium": 40, "high": 20, "critical": 7, None: 3})
        by = chance.weighted({"landlord": 50, "adviser": 38, "other": 12})
        told = self._told(day, by)
        reason = chance.weighted({"arrears": 45, "notice": 15, "abandonment": 10, "other": 20, None: 10})
        self.write("alert", day, severity=severity, raised_by=by, reason=reason, **told)
        meeting = met(chance, working_days_after(day, 5), never=0.22, early=6)
        if meeting is not None:
            self.write("meeting", max(meeting, day), raised_by=by, severity=severity, **told)
        if chance.happens(0.12):  # a second alert before anything came of the first
            self.write("alert", chance.after(day, 1, 4), severity="high", raised_by="landlord", reason=reason)
        if chance.happens(0.6):
            resolved = chance.after(day, 7, 90)
            if resolved <= over:
                self.write("alert_resolved", resolved, severity=severity)

    def arrears(self, day: date, over: date) -> None:
        """Write arrears, and perhaps that they were cleared."""
        amount = self.chance.randint(80, 2400) + self.chance.choice((0.0, 0.5, 0.25))
        told = self._told(day, "landlord")
        self.write("arrears_opened", day, reason="arrears", raised_by="landlord", amount_gbp=amount, **told)
        cleared = self.chance.after(day, 20, 240)
        if cleared <= over and self.chance.happens(0.5):
            self.write("arrears_cleared", cleared, amount_gbp=0.0)


def follow_tenancies(book: Book, life: Life, ref: Reference) -> None:
    """Write down what happened in each tenancy, and what was done for those who lost one (K9, L12)."""
    chance = book.chance("tenancy_event", life)
    for index, home in enumerate(independent(life)):
        known = tenancy_ref(life, home, _number(book, life))
        start = home.start if chance.happens(0.92) else chance.after(home.start, -5, 5)
        one = _Tenancy(book, life, chance, index, start=start, ref=known if chance.happens(0.9) else None)
        over = min(home.end or life.until, life.until)
        broke = home.end_reason in BROKEN_DOWN
        if chance.happens(0.75 if broke else ALERTS):
            one.alert(chance.between(home.start, over), over)
        if chance.happens(0.6 if home.end_reason == "arrears" else 0.14):
            one.arrears(chance.between(home.start, over), over)
        if home.end_reason in ("notice", "eviction") and chance.happens(0.7):
            one.write("notice", chance.after(over, -70, -14), reason=home.end_reason, raised_by="landlord")
        if home.end is not None and home.end <= life.until and chance.happens(0.55):
            spread = chance.weighted({(0, 0): 70, (-6, 6): 30})
            reason = home.end_reason if chance.happens(0.9) else chance.choice(("other", "not_known", None))
            one.write("ended", chance.after(home.end, *spread), reason=reason)
        if broke and home.end is not None and chance.happens(SECOND_CHANCES[book.pattern]):
            _second_chance(book, life, home.end, known)


def _second_chance(book: Book, life: Life, lost: date, known: str | None) -> None:
    """Write down the assessment after a lost tenancy and what came of it."""
    chance = book.chance(f"second_chance {lost}", life)
    day = chance.after(lost, -10, 60)
    outcome = chance.weighted({"agreed": 62, "not_agreed": 22, "deferred": 12, None: 4})
    later: list[Change] = []
    if outcome == "agreed":
        steps = {"arrears_plan_on": (0, 30, 0.6), "rebanded_on": (5, 60, 0.75), "arrears_cleared_on": (60, 300, 0.4)}
        for name, (least, most, odds) in steps.items():
            when = chance.after(day, least, most)
            if chance.happens(odds) and when <= life.until:
                later.append((when, {name: when}))
    values: dict[str, Value] = {"tenancy_ref": known, "assessed_on": day, "outcome": outcome}
    if day <= life.until:
        name = f"{lost:%y%m%d}"
        book.enter("second_chance", life, name, day, values, chance=chance, later=later, wrong="assessed_on")


def survey(book: Book, life: Life, ref: Reference) -> None:
    """Write down what the person says of their home, when asked about once a year (K3.4)."""
    chance = book.chance("home_survey", life)
    if not chance.happens(0.6):
        return
    day = chance.after(max(birthday(life.person.born, 18), book.launched), 0, 360)
    number = 0
    while day <= life.until:
        values: dict[str, Value] = {"asked_on": day}
        later: list[Change] = []
        if chance.happens(0.58):
            home = next((one for one in reversed(life.homes) if one.start <= day), None)
            content = 0.86 if home is None or home.suitable else 0.4
            answered = chance.after(day, 0, 40)
            said: dict[str, Value] = {
                "answered_on": answered,
                "feels_safe": chance.happens(content) if chance.happens(0.97) else None,
                "rates_home_positively": chance.happens(content - 0.1) if chance.happens(0.95) else None,
            }
            later = [(answered, said)]
        book.enter("home_survey", life, f"{number}", day, values, chance=chance, later=later)
        day, number = chance.after(day, 300, 430), number + 1
