"""How the county compares: figures that departments published of it, of other counties, its region and England.

What belongs here: the table of published shares beside each other, with the year and the ages that they hold for. What
does not: our own counts, whose ages and days differ (decision 12), and anything that is not published already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.rendering.story.figures import MARKERS
from pipelines.rendering.story.markdown import Column, Markdown, escape, paragraphs
from pipelines.rendering.story.pack import Pack
from pipelines.warehouse.database import open_for_reading

AGES = "19_21"
AGES_IN_WORDS = "19 to 21"
ORDER = ("own_county", "other_county", "statistical_neighbour", "region", "england")
_PUBLISHED = """
    select published.comparator, published.area_name, published.period_label, published.category,
        published.percentage, published.percentage_status
    from marts.comparator as published
    inner join seeds.comparison as comparison on published.comparison = comparison.comparison
    where published.authority = ? and published.age_group = ?
        and (published.percentage is not null or published.percentage_status is not null)
        and comparison.breakdown <> 'total'
    order by comparison.sort_order, published.category
"""
_THERE = "select count(*) from information_schema.tables where table_schema = 'marts' and table_name = 'comparator'"
NONE = "No published figures are in this build. Put DfE’s tables of care leavers into the inbox to compare with them."


def comparators(pack: Pack) -> Markdown:
    """Return the published shares of the county, other counties, the region and England, the latest year of each."""
    rows = _rows(pack)
    if not rows:
        return Markdown(NONE)
    latest = max(row[2] for row in rows)
    shown = [row for row in rows if row[2] == latest]
    areas = sorted({(ORDER.index(row[0]), row[1]) for row in shown})
    columns = [Column("Published share", 6, numbers=False), *(Column(name, 3) for _, name in areas)]
    lines = []
    for title in dict.fromkeys(row[3] for row in shown):
        cells = [_cell(pack, shown, title, name) for _, name in areas]
        lines.append([title[:1].upper() + title[1:], *cells])
    year = escape(_year(latest))
    said = (
        f"Published by the Department for Education for young people aged {AGES_IN_WORDS} on or around their birthday "
        f"in the year to 31 March {year}. Ages, days and cohort differ from the tables of this pack, so the two are "
        "not to be set against each other."
    )
    return paragraphs(said, pack.table("comparators", f"Published shares, year to March {year}", columns, lines))


def _cell(pack: Pack, rows: Sequence[Any], title: str, area: str) -> str:
    found = next((row for row in rows if row[3] == title and row[1] == area), None)
    if found is None:
        return pack.note(f"published/{title}/{area}", MARKERS["z"])
    text = f"{found[4]:.0f}%" if found[4] is not None else MARKERS.get(found[5], MARKERS["x"])
    return pack.note(f"published/{title}/{area}", text)


def _year(label: str) -> str:
    """Return the calendar year of a release's label: "2025" as it stands, "202425" as "2025"."""
    return label if len(label) <= len("2025") else f"{label[:2]}{label[-2:]}"


def _rows(pack: Pack) -> list[Any]:
    database = pack.build_folder / "warehouse.duckdb" if pack.build_folder else None
    if database is None or not database.is_file():
        return []
    with open_for_reading(database) as connection:
        there = connection.execute(_THERE).fetchone()
        if not there or not there[0]:
            return []
        return connection.execute(_PUBLISHED, [pack.figures.authority, AGES]).fetchall()
