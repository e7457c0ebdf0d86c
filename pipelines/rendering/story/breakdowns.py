"""Tables that split a measure: by district, by kind of home, by anything the figures break down.

What belongs here: tables with a row for every part, "not known" included, and a row for all. What does not: sums. The
row for all is a figure of its own; nothing here adds up, so nothing hidden can be given back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from types import MappingProxyType

from pipelines.rendering.story.charts import bar_chart
from pipelines.rendering.story.figures import Figure
from pipelines.rendering.story.markdown import Column, Markdown, paragraphs
from pipelines.rendering.story.missing import not_listed, why_missing
from pipelines.rendering.story.pack import Pack
from pipelines.rendering.story.sentences import bars_alternative_text

NO_WORDS: Mapping[str, str] = MappingProxyType({})
KINDS = {"quarter": "in the quarter", "rolling_4q": "in the last four quarters", "ytd": "in the year to date"}


@dataclass(frozen=True)
class Counted:
    """A column of a table of districts: a measure, what is counted of it, of which part, and the column's heading."""

    measure: str
    statistic: str
    heading: str
    breakdown: str = "total"
    value: str = "total"


def district_table(pack: Pack, headings: Mapping[str, tuple[str, str]], kind: str = "quarter") -> Markdown:
    """Return the districts, outside the county, not known and the county, by measure; people and events of each.

    `headings` gives each measure the short headings of its two columns.
    """
    counted = [
        Counted(measure, statistic, heading)
        for measure, pair in headings.items()
        for statistic, heading in zip(("people", "events"), pair, strict=True)
    ]
    return district_grid(pack, f"districts-{kind.replace('_', '-')}", "Districts", counted, kind=kind)


def district_grid(
    pack: Pack, name: str, title: str, counted: Sequence[Counted], *, kind: str = "rolling_4q"
) -> Markdown:
    """Return the districts, outside the county, not known and the county as rows, and what is counted as columns.

    Columns that the edition does not list for districts are left out; with none left, the sentence says so.
    """
    counted = [one for one in counted if pack.figures.lists(one.measure, kind, breakdown=one.breakdown, districts=True)]
    if not counted:
        return not_listed(pack, f"{title} {KINDS[kind]}")
    columns = [Column("District", 5, numbers=False), *(Column(one.heading, 3) for one in counted)]
    found: list[Figure] = []

    def row(area: str, name: str) -> list[str]:
        figures = [
            pack.find(one.measure, one.statistic, kind=kind, area=area, breakdown=one.breakdown, value=one.value)
            for one in counted
        ]
        found.extend(figures)
        return [name, *(pack.show(figure) for figure in figures)]

    rows = [row(area, words) for area, words in pack.area_rows()]
    everywhere = row(pack.county, f"{pack.figures.labels.label('authority', pack.figures.authority)}, all")
    caption = f"{title}, {pack.quarter.label}, {KINDS[kind]}"
    return paragraphs(pack.table(name, caption, columns, rows, total=everywhere), why_missing(found))


def composition(
    pack: Pack, measure: str, breakdown: str, *, statistic: str = "people", chart: bool = False
) -> Markdown:
    """Return a stock by `breakdown`: people and share this quarter, and people in the two quarters it is compared with.

    With `chart` the table has its bar chart before it. `statistic` is "events" where records are counted, not people.
    """
    labels = pack.figures.labels
    if not pack.lists(measure, "quarter", breakdown=breakdown):
        return not_listed(pack, f"{labels.title(measure)}: {labels.breakdown(breakdown).lower()}")
    noun = pack.noun(measure, statistic)
    quarters = [pack.quarter, pack.quarter.after(-1), pack.quarter.after(-4)]
    values = pack.figures.values(measure, breakdown)
    wholes = [pack.find(measure, statistic, period=quarter.label) for quarter in quarters]

    def row(name: str, figures: Sequence[Figure]) -> list[str]:
        now, *before = figures
        return [name, pack.show(now), pack.share(now, wholes[0]), *(pack.show(figure) for figure in before)]

    parts = {
        value: [
            pack.find(measure, statistic, period=quarter.label, breakdown=breakdown, value=value)
            for quarter in quarters
        ]
        for value in values
    }
    name = f"{measure}-by-{breakdown}".replace("_", "-")
    title = f"{labels.title(measure)}: {labels.breakdown(breakdown).lower()}"
    drawn = ""
    if chart:
        bars = [(labels.value(measure, breakdown, value), parts[value][0]) for value in values]
        said = bars_alternative_text(f"{title}, {noun} on {pack.quarter.last_day:%d %B %Y}", bars, wholes[0])
        drawn = pack.draw(name, bar_chart(bars), alternative=said, caption=f"{title}, {noun}, {pack.quarter.label}")
    rows = [row(labels.value(measure, breakdown, value), parts[value]) for value in values]
    everyone = row("All", wholes)
    columns = [
        Column(labels.breakdown(breakdown), 7, numbers=False),
        Column(f"{quarters[0].label}: {noun}", 3),
        Column("Share of all", 3),
        *(Column(f"{quarter.label}: {noun}", 3) for quarter in quarters[1:]),
    ]
    found = [*wholes, *(figure for figures in parts.values() for figure in figures)]
    return paragraphs(drawn, pack.table(name, title, columns, rows, total=everyone), why_missing(found))


def breakdown_table(  # noqa: PLR0913 - all but three have defaults
    pack: Pack,
    breakdown: str,
    counted: Sequence[tuple[str, str]],
    *,
    kinds: Sequence[str] = ("quarter", "rolling_4q"),
    title: str,
    total: bool = True,
) -> Markdown:
    """Return a breakdown's values as rows; for each kind of period the (measure, statistic) pairs of `counted`.

    Kinds of period that the edition does not list have no columns. Without `total` there is no row for all, as where
    the rows count the same events in several ways.
    """
    labels = pack.figures.labels
    cells = [
        (measure, statistic, kind)
        for kind in kinds
        for measure, statistic in counted
        if pack.lists(measure, kind, breakdown=breakdown)
    ]
    if not cells:
        return not_listed(pack, title)
    short = {"quarter": "quarter", "rolling_4q": "four quarters", "ytd": "year to date"}
    columns = [
        Column(labels.breakdown(breakdown), 5, numbers=False),
        *(
            Column(f"{pack.noun(measure, statistic).capitalize()}, {short[kind]}", 3)
            for measure, statistic, kind in cells
        ),
    ]

    def row(name: str, part: str, value: str) -> list[str]:
        found = (
            pack.find(measure, statistic, kind=kind, breakdown=part, value=value) for measure, statistic, kind in cells
        )
        return [name, *(pack.show(figure) for figure in found)]

    owner = counted[0][0]
    rows = [
        row(labels.value(owner, breakdown, value), breakdown, value) for value in pack.figures.values(owner, breakdown)
    ]
    everything = row("All", "total", "total") if total else None
    name = f"{owner}-by-{breakdown}".replace("_", "-")
    return pack.table(name, f"{title}, {pack.quarter.label}", columns, rows, total=everything)


def split_table(
    pack: Pack,
    measures: Sequence[str],
    breakdown: str,
    *,
    kind: str = "quarter",
    words: Mapping[str, str] = NO_WORDS,
) -> Markdown:
    """Return the measures as rows and a breakdown's values as columns: people of each, and all.

    `words` take the place of a measure's title where that names another count than people. Measures that the edition
    does not list so are named after the table.
    """
    labels = pack.figures.labels
    listed = [measure for measure in measures if pack.lists(measure, kind, breakdown=breakdown)]
    left_out = [labels.title(measure) for measure in measures if measure not in listed]
    caption = f"{labels.breakdown(breakdown)}: people, {pack.quarter.label}, {KINDS[kind]}"
    if not listed:
        return not_listed(pack, caption)
    values = pack.figures.values(listed[0], breakdown)
    columns = [
        Column("Measure", 6, numbers=False),
        *(Column(labels.value(listed[0], breakdown, value), 3) for value in values),
        Column("All", 2),
    ]
    rows = []
    for measure in listed:
        found = [pack.find(measure, kind=kind, breakdown=breakdown, value=value) for value in values]
        found.append(pack.find(measure, kind=kind))
        rows.append([words.get(measure) or labels.title(measure), *(pack.show(figure) for figure in found)])
    made = pack.table(f"split-{breakdown}-{kind}".replace("_", "-"), caption, columns, rows)
    part = labels.breakdown(breakdown).lower()
    return paragraphs(made, *(not_listed(pack, f"{title}: {part}") for title in left_out))


BED_AND_BREAKFAST = (("bnb_nights", "nights"), ("bnb_stays", "events"), ("bnb_nights", "people"))
"""Nights, stays and people are three measures, never to be mixed (a stay has nights, a person has stays)."""


def bed_and_breakfast_table(pack: Pack) -> Markdown:
    """Return nights, stays and people: quarter, the two compared, the year to date and the last four quarters."""
    now = pack.quarter
    periods = [
        ("quarter", now),
        ("quarter", now.after(-1)),
        ("quarter", now.after(-4)),
        ("ytd", now),
        ("rolling_4q", now),
    ]
    headings = [quarter.label for _, quarter in periods[:3]] + ["Year to date", "Last four quarters"]
    listed = [pack.lists(BED_AND_BREAKFAST[0][0], kind) for kind, _ in periods]
    periods, headings = list(compress(periods, listed)), list(compress(headings, listed))
    columns = [Column("Counted", 3, numbers=False), *(Column(heading, 3) for heading in headings)]
    rows = []
    for measure, statistic in BED_AND_BREAKFAST:
        found = (pack.find(measure, statistic, kind=kind, period=quarter.label) for kind, quarter in periods)
        rows.append([pack.noun(measure, statistic).capitalize(), *(pack.show(figure) for figure in found)])
    return pack.table("bed-and-breakfast", f"Bed and breakfast, {now.label}", columns, rows)
