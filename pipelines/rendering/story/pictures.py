"""Sections that are a chart with its table beside or after it: parts of a whole, districts over time, months.

What belongs here: which figures a chart shows, its words, and the table with the same figures. What does not: the
shapes (`charts`).
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.rendering.story.figures import Figure
from pipelines.rendering.story.markdown import Column, Markdown, paragraphs
from pipelines.rendering.story.missing import not_listed
from pipelines.rendering.story.pack import WINDOW, Pack
from pipelines.rendering.story.sentences import calendar_text, multiples_text, stacked_text

FINANCIAL_MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")


def stacked_section(
    pack: Pack, measure: str, breakdown: str, *, statistic: str = "people", kind: str = "quarter"
) -> Markdown:
    """Return the parts of a measure over eight quarters as bars that add up to their whole, with the table beside."""
    from pipelines.rendering.story.charts import stacked_chart  # noqa: PLC0415 - altair takes a second to import

    labels = pack.figures.labels
    title = f"{labels.title(measure)}: {labels.breakdown(breakdown).lower()}"
    if not pack.lists(measure, kind, breakdown=breakdown):
        return not_listed(pack, title)
    values = pack.figures.values(measure, breakdown)
    quarters = [
        quarter
        for quarter in pack.quarter.back(WINDOW)
        if any(
            pack.find(measure, statistic, kind=kind, period=quarter.label, breakdown=breakdown, value=value).status
            != "z"
            for value in values
        )
    ]
    parts = {
        labels.value(measure, breakdown, value): [
            pack.find(measure, statistic, kind=kind, period=quarter.label, breakdown=breakdown, value=value)
            for quarter in quarters
        ]
        for value in values
    }
    wholes = [pack.find(measure, statistic, kind=kind, period=quarter.label) for quarter in quarters]
    bars = [(quarter.label, whole) for quarter, whole in zip(quarters, wholes, strict=True)]
    name = f"{measure}-{breakdown}-over-time".replace("_", "-")
    caption = f"{title}, {pack.noun(measure, statistic)} by quarter"
    drawn = pack.draw(name, stacked_chart(bars, parts), alternative=stacked_text(caption, bars, parts), caption=caption)
    columns = [Column("Quarter", 5, numbers=False), *(Column(part, 4) for part in parts), Column("All", 3)]
    rows = [
        [quarter.label, *(pack.show(figures[place]) for figures in parts.values()), pack.show(wholes[place])]
        for place, quarter in enumerate(quarters)
    ]
    return paragraphs(drawn, pack.table(name, title, columns, rows))


def districts_over_time(pack: Pack, measure: str, *, statistic: str = "people", title: str = "") -> Markdown:
    """Return one small line a district, each point the four quarters up to it, and the table of its numbers.

    There are no lines where most of their points would have no number: they would show nothing.
    """
    from pipelines.rendering.story.charts import small_multiples  # noqa: PLC0415 - altair takes a second to import

    kind = "rolling_4q" if pack.figures.lists(measure, "rolling_4q", districts=True) else "quarter"
    title = title or pack.figures.labels.title(measure)
    if not pack.figures.lists(measure, kind, districts=True):
        return not_listed(pack, f"{title} by district over time")
    districts = [area for area, _ in pack.area_rows()[:-2]]
    quarters = [
        quarter
        for quarter in (pack.quarter.after(-steps) for steps in range(WINDOW, -1, -1))
        if any(
            pack.find(measure, statistic, kind=kind, area=area, period=quarter.label).status != "z"
            for area in districts
        )
    ]
    panels: list[tuple[str, Sequence[tuple[str, Figure]]]] = [
        (
            name,
            [
                (quarter.label, pack.find(measure, statistic, kind=kind, area=area, period=quarter.label))
                for quarter in quarters
            ],
        )
        for area, name in pack.area_rows()[:-2]
    ]
    words = "the four quarters up to each" if kind == "rolling_4q" else "by quarter"
    caption = f"{title}, {pack.noun(measure, statistic)}, {words}"
    name = f"districts-{measure}-over-time".replace("_", "-")
    drawn = ""
    points = [figure for _, of_district in panels for _, figure in of_district]
    if 2 * sum(figure.shown for figure in points) > len(points):
        drawn = pack.draw(name, small_multiples(panels), alternative=multiples_text(caption, panels), caption=caption)
    columns = [Column("District", 5, numbers=False), *(Column(quarter.label, 3) for quarter in quarters)]
    rows = [[area, *(pack.show(figure) for _, figure in points)] for area, points in panels]
    return paragraphs(drawn, pack.table(name, caption, columns, rows))


def calendar_section(pack: Pack, measure: str = "bnb_nights", statistic: str = "nights") -> Markdown:
    """Return two years of months as a calendar, and after it the table of the same months."""
    from pipelines.rendering.story.charts import calendar_chart  # noqa: PLC0415 - altair takes a second to import

    title = pack.figures.labels.title(measure)
    if not pack.lists(measure, "month"):
        return not_listed(pack, f"{title} by month")
    months = [label for quarter in pack.quarter.back(WINDOW) for label in quarter.month_labels()]
    figures = [pack.find(measure, statistic, kind="month", period=label) for label in months]
    squares = [
        (_financial_year(label), FINANCIAL_MONTHS[(int(label[5:]) - 4) % 12], figure)
        for label, figure in zip(months, figures, strict=True)
    ]
    caption = f"{title} by month"
    drawn = pack.draw("calendar", calendar_chart(squares), alternative=calendar_text(title, squares), caption=caption)
    columns = [Column("Year", 3, numbers=False), *(Column(month, 2) for month in FINANCIAL_MONTHS)]
    rows = []
    for year in dict.fromkeys(year for year, _, _ in squares):
        of_year = {month: figure for one, month, figure in squares if one == year}
        rows.append([year, *(pack.show(of_year[month]) if month in of_year else "–" for month in FINANCIAL_MONTHS)])
    return paragraphs(drawn, pack.table("calendar", caption, columns, rows))


def _financial_year(month: str) -> str:
    """Return the financial year of a month: "2026-27" for "2026-06"."""
    year, number = int(month[:4]), int(month[5:])
    first = year if number >= 4 else year - 1
    return f"{first}-{(first + 1) % 100:02d}"
