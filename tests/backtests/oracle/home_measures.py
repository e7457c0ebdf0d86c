"""Moves, where people live, and what became of their tenancies.

What belongs here: readings 33 and 50 to 58, for one person in one authority. What does not: nights (`night_measures`)
and adding up (`observations`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from .bed_and_breakfast import stays_of
from .circumstances import Circumstances, Event
from .current_rows import Row
from .dates import DAY, add_months, covers
from .moves import MOVE_MEASURES, Move
from .registers import Application
from .spells import FORM

TENANCIES = ("private_rented", "social_general_needs", "tenure_not_known")
MONTHS_AFTER = (3, 6, 12)
_BROKE_DOWN = {"notice", "eviction", "abandonment", "arrears"}
_NOT_SETTLED = {"not_known", "custody", "bed_and_breakfast", "temporary_or_emergency", "no_fixed_abode"}
_NO_ADDRESS = {
    "custody",
    "staying_put",
    "in_care_placement",
    "bed_and_breakfast",
    "temporary_or_emergency",
    "not_known",
}
_FOSTERED = {"U1", "U2", "U3", "U4", "U5", "U6"}
_WINDOW = 28 * DAY


class TenancyEnd(NamedTuple):
    """When and why a move's home was given up (reading 53)."""

    on: date
    reason: str


def home_flows(someone: Circumstances) -> Iterator[Event]:
    """Every event about moves of one person."""
    yield from _moves(someone)
    yield from _days_to_home(someone)
    yield from _tenancies(someone)


def home_stocks(someone: Circumstances, quarter_ends: Iterable[date]) -> Iterator[Event]:
    """The rows of one person on the last days of the quarters."""
    stays = stays_of(someone.temporary_placements, lambda _: True)
    for day in quarter_ends:
        if not someone.in_scope(day):
            continue
        home = someone.home_as_stock(day)
        area = someone.area(home.district)
        yield someone.stock("accommodation_now", day, area, kind_of_home=home.kind, suitability=home.suitability)
        if home.kind not in _NOT_SETTLED and home.start is not None:
            settled = home.start <= add_months(day, -12)
            yield someone.stock("settled_12_months", day, area, in_numerator=settled, kind_of_home=home.kind)
        yield from _addresses_since_leaving(someone, day, area, [stay.entry for stay in stays])
        if 18 <= someone.life.age_on(day) <= 20 and _fostered_until_18(someone):
            yield someone.stock("staying_put_share", day, area, in_numerator=home.kind == "staying_put")
        yield from _ready_and_waiting(someone, day, area)
        yield from _still_waiting(someone, day)


def days_waiting(days: int) -> str:
    """Bands of days (reading 44)."""
    return "0_to_28" if days <= 28 else "29_to_91" if days <= 91 else "92_or_more"


def _moves(someone: Circumstances) -> Iterator[Event]:
    """Moves of the counted kinds of who is in scope on their start (page §2, reading 50)."""
    for move in someone.moves:
        measure_id = MOVE_MEASURES.get(move.kind)
        if measure_id is None or not someone.in_scope(move.start):
            continue
        yield someone.event(
            measure_id,
            move.start,
            someone.area(move.district),
            end=move.end,
            agreement=move.agreement,
            route=move.route,
            scheme=move.scheme,
        )


def _days_to_home(someone: Circumstances) -> Iterator[Event]:
    """How long it took to an independent home, counted from three days (reading 51)."""
    for move in someone.independent_moves:
        if not someone.in_scope(move.start):
            continue
        area = someone.area(move.district)
        application = _application_that_led_to(someone, move.start)
        if application is not None:
            waited = (move.start - application.registered_on).days
            yield someone.event("days_to_home", move.start, area, quantity=waited, counted_from="registration")
            band_on = application.version_on(move.start).band_on
            if band_on is not None and band_on <= move.start:
                waited = (move.start - band_on).days
                yield someone.event("days_to_home", move.start, area, quantity=waited, counted_from="band")
        earlier = [other.start for other in someone.independent_moves if other.start < move.start]
        ready_on = _ready_on(someone, move.start, earlier)
        if ready_on is not None:
            waited = (move.start - ready_on).days
            yield someone.event("days_to_home", move.start, area, quantity=waited, counted_from="ready")


def _application_that_led_to(someone: Circumstances, start: date) -> Application | None:
    """The earliest application registered by then and not closed more than 28 days before (reading 51)."""
    return next(
        (
            application
            for application in someone.applications
            if application.registered_on <= start
            and (application.closed_on is None or application.closed_on >= start - _WINDOW)
        ),
        None,
    )


def _ready_on(someone: Circumstances, day: date, moved_before: list[date]) -> date | None:
    """The earliest day, up to `day`, of being ready for a tenancy after the last move (readings 51 and 58)."""
    last_move = max(moved_before, default=date.min)
    ready = [row["tenancy_ready_on"] for row in someone.form("readiness") if row["tenancy_ready_on"] is not None]
    return min((on for on in ready if last_move < on <= day), default=None)


def _still_waiting(someone: Circumstances, day: date) -> Iterator[Event]:
    """On a register and without an independent home since registering (reading 52)."""
    registered = [application for application in someone.applications if application.registered(day)]
    if not registered:
        return
    first = registered[0]
    if any(first.registered_on <= move.start <= day for move in someone.independent_moves):
        return
    waited = (day - first.registered_on).days
    area = someone.area(first.council)
    yield someone.stock("days_to_home_still_waiting", day, area, quantity=waited, days_waiting=days_waiting(waited))


def _ready_and_waiting(someone: Circumstances, day: date, area: str) -> Iterator[Event]:
    """Ready for a tenancy and not in an independent home since (reading 58)."""
    moved = [move.start for move in someone.independent_moves if move.start <= day]
    ready_on = _ready_on(someone, day, moved)
    if ready_on is not None:
        waited = (day - ready_on).days
        yield someone.stock("ready_and_waiting", day, area, quantity=waited, days_waiting=days_waiting(waited))


def _addresses_since_leaving(someone: Circumstances, day: date, area: str, stays_from: list[date]) -> Iterator[Event]:
    """How many homes were begun since the last episode of care ended (reading 56)."""
    episodes = someone.life.periods_in_care
    if any(covers(episode.start, episode.ceased, day) for episode in episodes):
        return
    ceased = [episode.ceased for episode in episodes if episode.ceased is not None and episode.ceased <= day]
    if not ceased:
        return
    begun = [move.start for move in someone.moves if move.kind not in _NO_ADDRESS] + stays_from
    homes = sum(1 for start in begun if max(ceased) <= start <= day)
    yield someone.stock(
        "addresses_since_leaving",
        day,
        area,
        quantity=homes,
        in_numerator=homes >= 3,
        homes_begun=str(homes) if homes < 3 else "3_or_more",
    )


def _fostered_until_18(someone: Circumstances) -> bool:
    """Whether a foster placement covers the day before the 18th birthday (reading 57)."""
    eve = someone.life.birthday(18) - DAY
    return any(
        spell.placement_type in _FOSTERED and covers(spell.start, spell.end, eve)
        for spell in someone.spells.care_placements
    )


def _tenancies(someone: Circumstances) -> Iterator[Event]:
    """Whether homes of one's own were held, and how they ended (readings 53 and 54)."""
    for move in someone.moves:
        if move.kind not in TENANCIES:
            continue
        area = someone.area(move.district)
        end = tenancy_end(someone, move)
        if someone.in_scope(move.start):
            for months in MONTHS_AFTER:
                until = add_months(move.start, months)
                if until <= someone.data_date:
                    outcome = _outcome(end, until)
                    yield someone.event(
                        "tenancies_sustained",
                        move.start,
                        area,
                        in_numerator=_held(outcome),
                        months_after=str(months),
                        outcome=outcome,
                        kind_of_home=move.kind,
                    )
        if end is None or end.on > someone.data_date:
            continue
        died = someone.life.died_on == end.on
        asked_on = end.on - DAY if died else end.on
        if someone.in_scope(asked_on):
            yield someone.event(
                "tenancies_ended",
                end.on,
                area,
                valued_on=asked_on,
                reason=end.reason,
                kind_of_home=move.kind,
            )


def tenancy_end(someone: Circumstances, move: Move) -> TenancyEnd | None:
    """The end of a move's home, or of the person (reading 53)."""
    end = _end_told(someone, move)
    died_on = someone.life.died_on
    if died_on is not None and (end is None or died_on <= end.on):
        return TenancyEnd(died_on, "died")
    return end


def _end_told(someone: Circumstances, move: Move) -> TenancyEnd | None:
    """The register's end, else the form's, else the home's, else the next home's start (reading 53)."""
    ref = move.letting.tenancy_ref if move.letting is not None else None
    if move.letting is not None and ref is not None:
        told = someone.tenancy_ends.get((move.letting.scheme, ref))
        if told is not None and told.ended_on >= move.start:
            return TenancyEnd(told.ended_on, told.reason or "not_known")
    ended = [row for row in someone.form("tenancy_event") if _ends(row, move.start, ref)]
    if ended:
        first = min(ended, key=lambda row: (row["event_date"], row["id"]))
        return TenancyEnd(first["event_date"], first["reason"] or "not_known")
    if move.home is not None and move.home.end is not None:
        return TenancyEnd(move.home.end, _reason_of_home(move))
    later = [other.start for other in someone.moves if other is not move and other.start > move.start]
    later += [
        home.start
        for home in someone.spells.homes
        if home is not move.home and home.start_recorded and home.start > move.start
    ]
    return TenancyEnd(min(later), "not_known") if later else None


def _ends(row: Row, start: date, ref: str | None) -> bool:
    """Whether a row of the form says that this tenancy ended."""
    if row["event"] != "ended" or row["event_date"] < start:
        return False
    if ref is not None and row["tenancy_ref"] is not None:
        return bool(row["tenancy_ref"] == ref)
    return row["tenancy_start"] is not None and abs(row["tenancy_start"] - start) <= _WINDOW


def _reason_of_home(move: Move) -> str:
    """The reason in the form row with which the home ended."""
    if move.home is None:
        return "not_known"
    rows = {
        (fragment.spell.recorded_on or date.min, fragment.spell.record_id): fragment.spell.end_reason
        for fragment in move.home.fragments
        if fragment.spell.source == FORM and fragment.spell.end == move.home.end
    }
    if not rows:
        return "not_known"
    latest = max(recorded_on for recorded_on, _ in rows)
    return rows[min(key for key in rows if key[0] == latest)] or "not_known"


def _outcome(end: TenancyEnd | None, until: date) -> str:
    if end is None or end.on > until:
        return "held"
    if end.reason in {"planned_move", "died"}:
        return end.reason
    return "broke_down" if end.reason in _BROKE_DOWN else "ended_not_known"


def _held(outcome: str) -> bool | None:
    """Planned moves and deaths are in neither number of the share (reading 53)."""
    return None if outcome in {"planned_move", "died"} else outcome == "held"
