"""Tables whose rows are measures: one line for each thing counted, beside the quarters that it is compared with.

What belongs here: rows of any measure, statistic and breakdown value; shares with what they are shares of; a cohort
followed over months; what is expected to come. What does not: districts and breakdowns (`breakdowns`), promises
(`promises`), and sums: every number is a figure of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.rendering.story.figures import Figure
from pipelines.rendering.story.markdown import Column, Markdown, paragraphs, table
from pipelines.rendering.story.missing import not_listed, why_missing
from pipelines.rendering.story.pack import Pack

QUARTERS_AHEAD = 8


@dataclass(frozen=True)
class Line:
    """One row of a table: a measure, what is counted of it, of which part, and the row's own words if it has any."""

    measure: str
    statistic: str = "people"
    breakdown: str = "total"
    value: str = "total"
    words: str = ""


def lines_table(pack: Pack, name: str, title: str, lines: Sequence[Line]) -> Markdown:
    """Return the lines as rows: this quarter, the quarter before, a year earlier, and the last four quarters.

    The column of four quarters is left out where the edition lists none of its figures, as for a count on a day. On a
    district's page, where a quarter has few people, it comes first.
    """
    now = pack.quarter
    listed = [
        line
        for line in lines
        if any(pack.lists(line.measure, kind, breakdown=line.breakdown) for kind in ("quarter", "rolling_4q"))
    ]
    if not listed:
        return not_listed(pack, title)
    moments: list[tuple[str, str, int]] = []
    if any(pack.lists(line.measure, "quarter", breakdown=line.breakdown) for line in listed):
        moments += [(now.after(steps).label, "quarter", steps) for steps in (0, -1, -4)]
    if any(pack.lists(line.measure, "rolling_4q", breakdown=line.breakdown) for line in listed):
        moments.insert(0 if pack.area else len(moments), ("Last four quarters", "rolling_4q", 0))
    columns = [Column("What is counted", 8, numbers=False), *(Column(heading, 3) for heading, _, _ in moments)]
    found: list[Figure] = []
    rows = []
    for line in listed:
        figures = [_find(pack, line, kind, steps) for _, kind, steps in moments]
        found += figures
        rows.append([_words(pack, line), *(pack.show(figure) for figure in figures)])
    return paragraphs(table(name, f"{title}, {now.label}", columns, rows), why_missing(pack, found))


def _find(pack: Pack, line: Line, kind: str, steps: int) -> Figure:
    period = pack.quarter.after(steps).label
    return pack.find(line.measure, line.statistic, period=period, kind=kind, breakdown=line.breakdown, value=line.value)


def _words(pack: Pack, line: Line) -> str:
    if line.words:
        return line.words
    labels = pack.figures.labels
    part = "" if line.breakdown == "total" else f", {labels.value(line.measure, line.breakdown, line.value).lower()}"
    return f"{labels.title(line.measure)}{part}: {pack.noun(line.measure, line.statistic)}"


def shares_table(
    pack: Pack, name: str, title: str, measures: Sequence[str], *, kinds: Sequence[str] = ("quarter", "rolling_4q")
) -> Markdown:
    """Return shares as rows, each with how many it is a share of, for every kind of period that the edition lists."""
    in_order = tuple(reversed(kinds)) if pack.area else kinds
    listed = [kind for kind in in_order if any(pack.lists(measure, kind) for measure in measures)]
    if not listed:
        return not_listed(pack, title)
    short = {"quarter": "quarter", "rolling_4q": "four quarters"}
    columns = [Column("Share", 8, numbers=False)]
    for kind in listed:
        columns += [Column(f"Share, {short[kind]}", 3), Column(f"Out of, {short[kind]}", 3)]
    found: list[Figure] = []
    rows = []
    for measure in measures:
        cells = [pack.figures.labels.title(measure)]
        for kind in listed:
            figure = pack.find(measure, "share", kind=kind)
            found.append(figure)
            cells += [pack.show(figure), pack.show_denominator(figure)]
        rows.append(cells)
    return paragraphs(table(name, f"{title}, {pack.quarter.label}", columns, rows), why_missing(pack, found))


def cohort_table(pack: Pack, *, chart: bool = True) -> Markdown:
    """Return what became of the tenancies that began in the four quarters of a year ago, 3, 6 and 12 months later.

    A tenancy that began in the last quarters has not reached 12 months, so the cohort is the four quarters that end a
    year before the pack's quarter; each row adds up to the tenancies that have reached that month.
    """
    measure, kind = "tenancies_sustained", "rolling_4q"
    cohort = pack.quarter.after(-4)
    if not pack.lists(measure, kind, breakdown="months_after"):
        return not_listed(pack, pack.figures.labels.title(measure))
    months = pack.figures.values(measure, "months_after")
    shares = [
        pack.find(measure, "share", period=cohort.label, kind=kind, breakdown="months_after", value=month)
        for month in months
    ]
    reached = [
        pack.find(measure, "events", period=cohort.label, kind=kind, breakdown="months_after", value=month)
        for month in months
    ]
    columns = [
        Column("Months after the move", 4, numbers=False),
        Column("Still held", 3),
        Column("Out of", 3),
        Column("All that have reached it", 3),
    ]
    caption = f"Tenancies begun in the four quarters to {cohort.label}"
    drawn = ""
    if chart:
        from pipelines.rendering.story.charts import survival_chart  # noqa: PLC0415 - altair takes a second to import
        from pipelines.rendering.story.sentences import survival_text  # noqa: PLC0415 - stands beside its chart

        points = [(int(month), figure) for month, figure in zip(months, shares, strict=True)]
        drawn = pack.draw(
            "sustained",
            survival_chart(points),
            alternative=survival_text(caption, points),
            caption=f"{caption}: share still held",
        )
    rows = [
        [f"{month} months", pack.show(share), pack.show_denominator(share), pack.show(events)]
        for month, share, events in zip(months, shares, reached, strict=True)
    ]
    return paragraphs(drawn, table("cohort", caption, columns, rows), why_missing(pack, [*shares, *reached]))


def forecast_table(pack: Pack) -> Markdown:
    """Return the 18th birthdays of each of the next eight quarters, and of these quarters by planned destination."""
    measure = "turning_18"
    if not pack.lists(measure, "quarter"):
        return not_listed(pack, pack.figures.labels.title(measure))
    quarters = [pack.quarter.after(step) for step in range(1, QUARTERS_AHEAD + 1)]
    with_plan = pack.lists(measure, "quarter", breakdown="planned_destination")
    values = pack.figures.values(measure, "planned_destination") if with_plan else []
    labels = pack.figures.labels

    def row(words: str, breakdown: str, value: str) -> list[str]:
        found = (pack.find(measure, period=quarter.label, breakdown=breakdown, value=value) for quarter in quarters)
        return [words, *(pack.show(figure) for figure in found)]

    listed = {
        value: [
            pack.find(measure, period=quarter.label, breakdown="planned_destination", value=value)
            for quarter in quarters
        ]
        for value in values
    }
    planned = [value for value in values if any(figure.text not in ("0", "[z]") for figure in listed[value])]
    columns = [Column("Planned destination", 5, numbers=False), *(Column(quarter.label, 2) for quarter in quarters)]
    rows = [row(labels.value(measure, "planned_destination", value), "planned_destination", value) for value in planned]
    everyone = row("All who turn 18", "total", "total")
    left_out = (
        "A destination planned for nobody in any of these quarters has no row." if len(planned) < len(values) else ""
    )
    return paragraphs(table("turning-18", labels.title(measure), columns, rows, total=everyone), left_out)
