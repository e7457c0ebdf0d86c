"""The exceptions list: who needs somebody to act, by person key, adviser and district.

What belongs here: the four lists of the restricted edition, read from the build's restricted database as at the
authority's data date. What does not: names, dates of birth and addresses, which no page has; counts (`facts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pipelines.rendering.story.markdown import Column, Markdown, paragraphs
from pipelines.rendering.story.pack import Pack
from pipelines.rendering.story.periods import in_words
from pipelines.warehouse.database import open_for_reading

_PEOPLE = """
    with clock as (
        select as_at from core.dim_clock where authority = $authority
    ),

    advisers as (
        select person_key, max_by(personal_adviser, data_date) as adviser
        from core.fct_care_snapshot
        where authority = $authority and personal_adviser is not null
        group by person_key
    ),

    contacts as (
        select person_key, max(latest_contact) as latest_contact
        from core.fct_care_snapshot
        where authority = $authority
        group by person_key
    )
"""
_HOMES = (
    _PEOPLE
    + """
    select scope.person_key, advisers.adviser, home.district, home.home_start_date,
        date_diff('day', home.home_start_date, clock.as_at) as days, contacts.latest_contact
    from core.fct_scope as scope
    inner join clock on scope.start_date <= clock.as_at and scope.end_date > clock.as_at
    left join core.fct_home_in_force as home
        on scope.authority = home.authority
        and scope.person_key = home.person_key
        and home.start_date <= clock.as_at
        and (home.end_date is null or home.end_date > clock.as_at)
    left join advisers on scope.person_key = advisers.person_key
    left join contacts on scope.person_key = contacts.person_key
    where scope.authority = $authority
        and scope.scope = 'protocol_or_due_to_leave'
        and coalesce(home.kind_of_home, 'not_known') = $kind
    order by days desc nulls last, scope.person_key
"""
)
_OVERDUE = (
    _PEOPLE
    + """
    select due.person_key, any_value(advisers.adviser) as adviser, due.area_code, due.obligation_id,
        count(*) as promises, max(-due.days_to_go) as longest
    from marts.obligation_due as due
    left join advisers on due.person_key = advisers.person_key
    where due.authority = $authority and due.status = 'overdue' and due.person_key is not null
    group by due.person_key, due.area_code, due.obligation_id
    order by longest desc, due.person_key, due.obligation_id
"""
)


def people_in(pack: Pack, kind: str, what: str) -> Markdown:
    """Return who lives in a kind of home on the data date, the longest first; `what` names them."""
    found = _query(pack, _HOMES, kind=kind)
    if not found:
        return Markdown(f"{what}: nobody on {_as_at(pack)}.")
    rows = [
        [
            pack.note(f"people/{kind}/{key}", key),
            adviser or "nobody named",
            _district(pack, district),
            in_words(since),
            pack.note(f"people/{kind}/{key}/days", "–" if days is None else f"{days:,}"),
            in_words(contact),
        ]
        for key, adviser, district, since, days, contact in found
    ]
    columns = [
        Column("Person key", 5, numbers=False),
        Column("Adviser", 4, numbers=False),
        Column("District", 4, numbers=False),
        Column("Since", 4, numbers=False),
        Column("Days", 2),
        Column("Last contact", 4, numbers=False),
    ]
    count = pack.note(f"people/{kind}", str(len(found)))
    said = f"{count} {'person' if len(found) == 1 else 'people'} on {_as_at(pack)}."
    return paragraphs(said, pack.table(kind.replace("_", "-"), what, columns, rows))


def people_overdue(pack: Pack) -> Markdown:
    """Return who has a promise overdue: for each person and promise how many times and for how long at most."""
    found = _query(pack, _OVERDUE)
    if not found:
        return Markdown("No promise to a person is overdue.")
    title = pack.figures.labels.title
    rows = [
        [
            pack.note(f"people/overdue/{key}/{obligation}", key),
            adviser or "nobody named",
            _district(pack, area),
            title(obligation),
            pack.note(f"people/overdue/{key}/{obligation}/promises", str(promises)),
            pack.note(f"people/overdue/{key}/{obligation}/days", f"{longest:,}"),
        ]
        for key, adviser, area, obligation, promises, longest in found
    ]
    columns = [
        Column("Person key", 5, numbers=False),
        Column("Adviser", 4, numbers=False),
        Column("District", 4, numbers=False),
        Column("Promise", 7, numbers=False),
        Column("Times", 2),
        Column("Days, longest", 2),
    ]
    return pack.table("overdue", f"Promises overdue on {_as_at(pack)}, the longest first", columns, rows)


def _as_at(pack: Pack) -> str:
    return in_words(_clock(pack))


def _clock(pack: Pack) -> date | None:
    rows = _query(pack, "select as_at from core.dim_clock where authority = $authority")
    return rows[0][0] if rows else None


def _district(pack: Pack, code: str | None) -> str:
    return pack.figures.labels.label("area", code or "unknown")


def _query(pack: Pack, query: str, **values: str) -> Sequence[Any]:
    """Return the rows of a query of the build's restricted database.

    Raises FileNotFoundError when the build holds none, as a build that keeps its figures only.
    """
    warehouse = pack.build_folder / "warehouse.duckdb" if pack.build_folder else None
    if warehouse is None or not warehouse.is_file():
        raise FileNotFoundError(
            "The exceptions list reads the build's warehouse.duckdb, which is not there. Run: lasting-homes refresh"
        )
    with open_for_reading(warehouse) as connection:
        return connection.execute(query, {"authority": pack.figures.authority, **values}).fetchall()
