"""The events and obligations of everybody.

What belongs here: asking every subject in turn, for one person in one authority. What does not: any rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .circumstances import Circumstances, Event
from .home_measures import home_flows, home_stocks
from .homelessness_measures import homelessness_flows
from .homelessness_promises import homelessness_promises
from .night_measures import night_flows, night_stocks
from .obligations import ObligationRow, rows_of
from .people_measures import people_flows, people_stocks
from .planning_promises import planning_promises
from .register_measures import register_flows, register_stocks
from .register_promises import register_promises


def events_of(someone: Circumstances, quarter_ends: list[date], month_ends: list[date]) -> Iterator[Event]:
    """Every event of one person in one authority, obligations not among them."""
    yield from home_flows(someone)
    yield from home_stocks(someone, quarter_ends)
    yield from homelessness_flows(someone)
    yield from night_flows(someone)
    yield from night_stocks(someone, quarter_ends, month_ends)
    yield from register_flows(someone)
    yield from register_stocks(someone, quarter_ends)
    yield from people_flows(someone)
    yield from people_stocks(someone, quarter_ends)


def obligations_of(someone: Circumstances) -> Iterator[ObligationRow]:
    """Every obligation towards one person in one authority."""
    yield from rows_of(someone, planning_promises(someone))
    yield from rows_of(someone, register_promises(someone))
    yield from rows_of(someone, homelessness_promises(someone))
