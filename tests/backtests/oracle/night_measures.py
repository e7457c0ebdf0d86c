"""Nights: bed and breakfast, temporary accommodation, no fixed abode.

What belongs here: readings 30 to 32 and 59 to 63 as events of one person in one authority. What does not: how stays are
made (`bed_and_breakfast`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from .bed_and_breakfast import Stay, standing_on, stays_of
from .circumstances import Circumstances, Event
from .dates import DAY, capped, covers
from .homes import is_overlaid
from .spells import Fragment, TieKey

LIMITS = (3, 42)
NO_FIXED_ABODE = "no_fixed_abode"


def night_flows(someone: Circumstances) -> Iterator[Event]:
    """Every night and stay of one person."""
    yield from _bed_and_breakfast(someone)
    yield from _over_limit(someone)
    yield from _temporary_accommodation(someone)
    yield from _no_fixed_abode(someone)


def night_stocks(someone: Circumstances, quarter_ends: Iterable[date], month_ends: Iterable[date]) -> Iterator[Event]:
    """Where somebody is on the last days of quarters and months (readings 61 and 63)."""
    ends = sorted({*quarter_ends, *month_ends})
    for day in ends:
        if someone.in_scope(day, from_16=True):
            yield from _bed_and_breakfast_on(someone, day)
        if someone.in_scope(day):
            yield from _no_fixed_abode_on(someone, day)
    for day in quarter_ends:
        if someone.in_scope(day):
            yield from _temporary_accommodation_on(someone, day)


def _bed_and_breakfast(someone: Circumstances) -> Iterator[Event]:
    """Stays, runs of nights, and the same runs as spans, from the age of 16 (readings 30 to 32 and 60)."""
    for stay in someone.bed_and_breakfast_stays:
        area = someone.area(stay.first_placement.district)
        own = _of_stay(stay) | {"ordinal": stay.shown_ordinal}
        yield someone.event("bnb_stays", stay.entry, area, end=stay.end, **own)
        for run in stay.runs():
            for measure_id in ("bnb_nights", "bnb_people"):
                yield someone.event(
                    measure_id,
                    run.start,
                    someone.area(run.placement.district),
                    end=run.end,
                    quantity=(run.end - run.start).days,
                    valued_on=stay.entry,
                    **own,
                )


def _over_limit(someone: Circumstances) -> Iterator[Event]:
    """Stays that passed 3 nights, or 42 (reading 62)."""
    for stay in someone.bed_and_breakfast_stays:
        for limit in LIMITS:
            day = stay.entry + timedelta(days=limit)
            if day < stay.end and someone.in_scope(day, from_16=True):
                yield someone.event(
                    "bnb_over_limit",
                    day,
                    someone.area(stay.first_placement.district),
                    limit_nights=str(limit),
                    dependent_children=_dependent_children(someone, stay),
                    ordinal=stay.shown_ordinal,
                    **_of_stay(stay),
                )


def _of_stay(stay: Stay) -> dict[str, str]:
    return {"tier": stay.tier, "agreement": stay.agreement}


def _dependent_children(someone: Circumstances, stay: Stay) -> str:
    """From the household of the stay's first case (reading 62)."""
    facts = someone.housing.case_facts.get(stay.case) if stay.case is not None else None
    household = facts.household_type if facts is not None else None
    if household is None or household == "not_known":
        return "not_known"
    with_children = household.startswith("single_parent_") or household in {"couple_children", "three_adults_children"}
    return "yes" if with_children else "no"


def _temporary_accommodation(someone: Circumstances) -> Iterator[Event]:
    """Nights in temporary accommodation of any kind (reading 59)."""
    for stay in stays_of(someone.temporary_placements, someone.in_scope):
        for run in stay.runs():
            yield someone.event(
                "temporary_accommodation_nights",
                run.start,
                someone.area(run.placement.district),
                end=run.end,
                quantity=(run.end - run.start).days,
                valued_on=stay.entry,
                placement_type=run.placement.placement_type,
                **_of_stay(stay),
            )


def _bed_and_breakfast_on(someone: Circumstances, day: date) -> Iterator[Event]:
    found = standing_on(day, someone.bed_and_breakfast)
    if found:
        sources = {placement.from_form for placement in found}
        agreement = "both_systems" if len(sources) == 2 else "case_system_only" if True in sources else "housing_only"
        area = someone.area(found[0].district)
        yield someone.stock("bnb_now", day, area, tier=found[0].tier, agreement=agreement)


def _temporary_accommodation_on(someone: Circumstances, day: date) -> Iterator[Event]:
    found = standing_on(day, someone.temporary_placements)
    if found:
        first = found[0]
        yield someone.stock(
            "temporary_accommodation_now",
            day,
            someone.area(first.district),
            tier=first.tier,
            placement_type=first.placement_type,
        )


def _no_fixed_abode(someone: Circumstances) -> Iterator[Event]:
    """Runs of nights in scope without a fixed abode, each of one fragment (reading 63)."""
    nights: dict[date, Fragment] = {}
    for fragment in _fragments(someone):
        night = fragment.start
        last = min(capped(fragment.end, fragment.spell.data_date), fragment.spell.data_date + DAY)
        while night < last:
            if night not in nights and someone.in_scope(night):
                nights[night] = fragment
            night += DAY
    start: date | None = None
    for night in sorted(nights):
        start = night if start is None else start
        if nights.get(night + DAY) is nights[night]:
            continue
        area = someone.area(nights[night].spell.district)
        end = night + DAY
        yield someone.event("no_fixed_abode_nights", start, area, end=end, quantity=(end - start).days)
        start = None


def _no_fixed_abode_on(someone: Circumstances, day: date) -> Iterator[Event]:
    for fragment in _fragments(someone):
        if covers(fragment.start, fragment.end, day) and not is_overlaid(fragment.spell.source, day, someone.spells):
            yield someone.stock("no_fixed_abode_now", day, someone.area(fragment.spell.district))
            return


def _fragments(someone: Circumstances) -> list[Fragment]:
    """Fragments without a fixed abode, the one that has a night of several first (reading 63)."""

    def order(fragment: Fragment) -> tuple[date, TieKey]:
        return (fragment.start, fragment.spell.tie_key)

    fragments = (fragment for home in someone.spells.homes for fragment in home.fragments)
    return sorted((fragment for fragment in fragments if fragment.spell.kind == NO_FIXED_ABODE), key=order)
