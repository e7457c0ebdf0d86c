"""Bids on adverts, and the ends of tenancies that a scheme let: its two lists that only grow.

What belongs here: who bid when and with what success, when the landlord wrote an end down. What does not: the offers
(registrations.py), headers and spellings.
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.synthetic.chance import Chance, stream
from pipelines.synthetic.lettings import RegisteredApplicant
from pipelines.synthetic.lives import Offer
from pipelines.synthetic.rows import Row, Value

NEVER_BIDS = 0.45
ENDED_UNTOLD = 0.12
STRANGERS_STAY = 900  # days, on average
REASONS = {"planned_move": 50, "notice": 15, "eviction": 8, "abandonment": 8, "arrears": 4, "died": 1, "other": 8}
# Homes end for a reason that landlords know better than the team, or not at all.
REASON_KEPT = 0.8


def bid_rows(applicants: list[RegisteredApplicant], seed: int, outcomes: tuple[str, ...], last: date) -> list[Row]:
    """Return the bids of one scheme's applicants up to `last`, each on its day; a bid made again is a later version.

    Args:
        applicants: everyone registered.
        seed: seed of the run.
        outcomes: the scheme's words for a bid that won and for the others.
        last: last data date of the files.
    """
    rows: list[Row] = []
    for one in applicants:
        chance = stream(seed, "bids", one.made.ref)
        live, over = one.made.statuses[1][0], min(one.made.statuses[-1][0], last)
        days = [
            (chance.after(offer.offered_on, -12, -1), True) for offer in one.made.first_offers if offer.route == "bid"
        ]
        if not chance.happens(NEVER_BIDS) and live < over:
            number = min(chance.weighted({1: 40, 2: 25, 3: 15, 6: 15, 12: 5}), (over - live).days // 4 + 1)
            days += [(chance.between(live, over), False) for _ in range(number)]
        for index, (day, won) in enumerate(sorted(days)):
            values: dict[str, Value] = {
                "application_ref": one.made.ref,
                "advert_ref": f"AD{day.toordinal() % 10_000:04d}{index % 100:02d}{chance.randint(0, 99):02d}",
                "bid_on": day,
                "outcome": outcomes[0] if won else chance.choice(outcomes[1:]),
            }
            rows.append(Row(one.known, values, day, cell=f"{one.made.ref}/bid {index}"))
            if chance.happens(0.01):  # withdrawn and bid again: the later version counts
                again = chance.after(day, 1, 3)
                rows.append(Row(one.known, values | {"bid_on": again}, again, cell=f"{one.made.ref}/bid {index}"))
    return rows


def _end(offer: Offer, chance: Chance, *, stranger: bool) -> tuple[date, str | None] | None:
    """Return when and why the tenancy of an offer ended, None while it goes on or where nobody told the scheme."""
    if offer.home is None or offer.tenancy_start is None:
        return None
    ended, reason = offer.home.end, offer.home.end_reason
    if stranger:
        ended = offer.tenancy_start + chance.length(STRANGERS_STAY, least=30)
    if ended is None or ended <= offer.tenancy_start or chance.happens(ENDED_UNTOLD):
        return None
    spread = chance.weighted({(0, 0): 65, (-7, 14): 35})
    if reason is None or not chance.happens(REASON_KEPT):
        reason = chance.weighted({**REASONS, None: 6})
    return max(offer.tenancy_start + timedelta(days=1), chance.after(ended, *spread)), reason


def ended_rows(applicants: list[RegisteredApplicant], seed: int, since: date) -> list[Row]:
    """Return the ends of the tenancies of offers made on or after `since`, some told late."""
    rows: list[Row] = []
    for one in applicants:
        for offer in one.made.first_offers:
            chance = stream(seed, "tenancy end", offer.ref)
            found = _end(offer, chance, stranger=not one.person.authority)
            if found is None or not offer.tenancy_ref or offer.offered_on < since:
                continue
            ended, reason = found
            known = chance.after(ended, 8, 60) if chance.happens(0.1) else chance.after(ended, 0, 6)
            values: dict[str, Value] = {"tenancy_ref": offer.tenancy_ref, "ended_on": ended, "reason": reason}
            rows.append(Row(one.known, values, known, cell=offer.tenancy_ref))
    return rows
