"""What officers wrote for the board: the commentary beside the figures, and the actions that were agreed.

What belongs here: reading the two forms from the build's warehouse and showing the latest version of each row. What
does not: publishing them. Their text is free text, so only the internal edition shows it; the public one says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.rendering.story.markdown import Column, Markdown, bullets, escape, paragraphs
from pipelines.rendering.story.pack import Pack
from pipelines.rendering.story.periods import Quarter, in_words
from pipelines.warehouse.database import open_for_reading

INTERNAL = "internal"
NOT_PUBLIC = (
    "Commentary and actions are free text. They stand in the internal edition; the public edition has them only when "
    "the board’s officer has read them."
)
_FORM = """
    select {columns}
    from (
        select
            *,
            row_number() over (partition by authority, record_id order by recorded_on desc, data_date desc) as place
        from landing.protocol_forms__{form}
        where authority = ?
    )
    where place = 1 and not coalesce(withdrawn, false)
    order by quarter, area, text
"""


@dataclass(frozen=True)
class Action:
    """One action of the board: what is to be done, where, by whom and by when."""

    text: str
    area: str
    quarter: str
    owner: str | None
    due_on: date | None
    done_on: date | None


def commentary(pack: Pack, *, area: str = "") -> Markdown:
    """Return what was written about the pack's quarter and the one before; of one district where `area` is given."""
    if pack.figures.edition != INTERNAL:
        return Markdown(NOT_PUBLIC)
    quarters = {pack.quarter.label, pack.quarter.after(-1).label}
    names = _names(pack)
    lines = [
        f"{escape(names.get(where, where))}, {quarter}: {escape(text)}"
        for text, where, quarter in _rows(pack, "commentary", "text, area, quarter")
        if quarter in quarters and area in ("", where)
    ]
    return bullets(lines) if lines else Markdown("Nothing was written about this quarter or the one before.")


def action_log(pack: Pack, *, area: str = "") -> Markdown:
    """Return the actions open, or done since the quarter before began: what, who, by when, and how each stands."""
    if pack.figures.edition != INTERNAL:
        return Markdown("")
    names = _names(pack)
    since = pack.quarter.after(-1).first_day
    actions = [Action(*row) for row in _rows(pack, "action_log", "text, area, quarter, owner, due_on, done_on")]
    actions = [
        one
        for one in actions
        if area in ("", one.area)
        and Quarter.parse(one.quarter) <= pack.quarter
        and (one.done_on is None or one.done_on >= since)
    ]
    if not actions:
        return Markdown("No action is open, and none was done in this quarter or the one before.")
    as_at = pack.figures.as_at or pack.quarter.last_day
    columns = [
        Column("Action", 7, numbers=False),
        Column("Where", 3, numbers=False),
        Column("Agreed for", 3, numbers=False),
        Column("Who", 4, numbers=False),
        Column("Due", 3, numbers=False),
        Column("Standing", 3, numbers=False),
    ]
    rows = [
        [
            one.text,
            names.get(one.area, one.area),
            one.quarter,
            one.owner or "nobody named",
            in_words(one.due_on),
            _standing(one, as_at),
        ]
        for one in sorted(actions, key=lambda one: (one.due_on or date.max, one.text))
    ]
    return paragraphs(pack.table("actions", "Actions open, and done since the last pack", columns, rows))


def _standing(action: Action, as_at: date) -> str:
    if action.done_on is not None:
        return f"Done {in_words(action.done_on)}"
    return "Overdue" if action.due_on is not None and action.due_on < as_at else "Open"


def _names(pack: Pack) -> dict[str, str]:
    labels = pack.figures.labels
    county = {pack.county: f"{labels.label('authority', pack.figures.authority)}, all"}
    return {**dict(pack.area_rows()), **county}


def _rows(pack: Pack, form: str, columns: str) -> list[Any]:
    """Return the latest version of each row of a form; none where the build has no warehouse or no such form."""
    warehouse = pack.build_folder / "warehouse.duckdb" if pack.build_folder else Path()
    if not warehouse.is_file():
        return []
    with open_for_reading(warehouse) as connection:
        found = connection.execute(
            "select count(*) from information_schema.tables where table_schema = 'landing' and table_name = ?",
            [f"protocol_forms__{form}"],
        ).fetchone()
        if not found or not found[0]:
            return []
        query = _FORM.format(columns=columns, form=form)
        return connection.execute(query, [pack.figures.authority]).fetchall()
