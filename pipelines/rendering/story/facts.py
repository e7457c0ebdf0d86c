"""Tables whose rows are measures: one line for each thing counted, beside the quarters that it is compared with.

What belongs here: rows of any measure, statistic and breakdown value; shares with what they are shares of; a cohort
followed over months; what is expected to come. What does not: districts and breakdowns (`breakdowns`), promises
(`promises`), and sums: every number is a figure of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.rendering.story.figures import Figure
from pipelines.rendering.story.markdown import Column, Markdown, bullets, escape, paragraphs
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

    Lines that the edition lists for four quarters only have a table of their own, of one column. The column of four
    quarters is left out where the edition lists none of its figures, as for a count on a day. On a district's page,
    where a quarter has few people, it comes first.
    """
    by_quarter = [line for line in lines if pack.lists(line.measure, "quarter", breakdown=line.breakdown)]
    by_year = [line for line in lines if pack.lists(line.measure, "rolling_4q", breakdown=line.breakdown)]
    of_year_alone = [line for line in by_year if line not in by_quarter]
    if not by_quarter and not by_year:
        return not_listed(pack, title)
    now = pack.quarter
    quarters = [(now.after(steps).label, "quarter", steps) for steps in (0, -1, -4)]
    year = [("Last four quarters", "rolling_4q", 0)]
    with_year = any(line in by_year for line in by_quarter)
    moments = [*(year if pack.area and with_year else []), *quarters, *(year if with_year and not pack.area else [])]
    tables = []
    if by_quarter:
        tables.append(_lines(pack, name, f"{title}, {now.label}", by_quarter, moments))
    if of_year_alone:
        also = "-four-quarters" if by_quarter else ""
        caption = f"{title}, {now.label}, in the last four quarters"
        tables.append(_lines(pack, name + also, caption, of_year_alone, year))
    return paragraphs(*tables)


def _lines(
    pack: Pack, name: str, caption: str, lines: Sequence[Line], moments: Sequence[tuple[str, str, int]]
) -> Markdown:
    """Return one table of lines; `moments` are the heading, kind of period and step from the quarter of a column."""
    columns = [Column("What is counted", 8, numbers=False), *(Column(heading, 3) for heading, _, _ in moments)]
    found: list[Figure] = []
    rows = []
    for line in lines:
        figures = [_find(pack, line, kind, steps) for _, kind, steps in moments]
        found += figures
        rows.append([_words(pack, line), *(pack.show(figure) for figure in figures)])
    return paragraphs(pack.table(name, caption, columns, rows), why_missing(found))


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
    return paragraphs(pack.table(name, f"{title}, {pack.quarter.label}", columns, rows), why_missing(found))


@dataclass(frozen=True)
class _Cohort:
    """The tenancies that began in the four quarters of a year ago, some months later.

    A tenancy that began in the last quarters has not reached 12 months, so the cohort is of the four quarters that end
    a year before the pack's quarter.
    """

    until: str
    months: list[str]
    shares: list[Figure]
    reached: list[Figure]


TENANCIES = "tenancies_sustained"


def _cohort(pack: Pack) -> _Cohort | None:
    """Return the cohort; None where the edition does not list it."""
    kind, part = "rolling_4q", "months_after"
    if not pack.lists(TENANCIES, kind, breakdown=part):
        return None
    until = pack.quarter.after(-4).label
    months = pack.figures.values(TENANCIES, part)

    def found(statistic: str) -> list[Figure]:
        return [
            pack.find(TENANCIES, statistic, period=until, kind=kind, breakdown=part, value=month) for month in months
        ]

    return _Cohort(until, months, found("share"), found("events"))


def cohort_sentence(pack: Pack) -> Markdown:
    """Return in one bullet how many of last year's tenancies are still held, and out of how many."""
    cohort = _cohort(pack)
    if cohort is None:
        return Markdown("")
    said = []
    for month, share in zip(cohort.months, cohort.shares, strict=True):
        kept = escape(pack.show(share))
        kept += f" of {pack.show(share.of)}" if share.of is not None else ""
        said.append(f"{kept} after {month} months")
    return bullets([f"**Tenancies begun in the four quarters to {cohort.until} and still held:** {', '.join(said)}."])


def cohort_table(pack: Pack, *, chart: bool = True) -> Markdown:
    """Return what became of the tenancies of a year ago, 3, 6 and 12 months after they began.

    Each row adds up to the tenancies that have reached that month.
    """
    cohort = _cohort(pack)
    if cohort is None:
        return not_listed(pack, pack.figures.labels.title(TENANCIES))
    columns = [
        Column("Months after the move", 4, numbers=False),
        Column("Still held", 3),
        Column("Out of", 3),
        Column("All that have reached it", 3),
    ]
    caption = f"Tenancies begun in the four quarters to {cohort.until}"
    drawn = ""
    if chart:
        from pipelines.rendering.story.charts import survival_chart  # noqa: PLC0415 - altair takes a second to import
        from pipelines.rendering.story.sentences import survival_text  # noqa: PLC0415 - stands beside its chart

        points = [(int(month), figure) for month, figure in zip(cohort.months, cohort.shares, strict=True)]
        drawn = pack.draw(
            "sustained",
            survival_chart(points),
            alternative=survival_text(caption, points),
            caption=f"{caption}: share still held",
        )
    rows = [
        [f"{month} months", pack.show(share), pack.show_denominator(share), pack.show(events)]
        for month, share, events in zip(cohort.months, cohort.shares, cohort.reached, strict=True)
    ]
    table = pack.table("cohort", caption, columns, rows)
    return paragraphs(drawn, table, why_missing([*cohort.shares, *cohort.reached]))


def parts_sentence(pack: Pack, measure: str, breakdown: str, title: str) -> Markdown:
    """Return in one bullet the parts of a stock on the quarter's last day, each with its share of all."""
    if not pack.lists(measure, "quarter", breakdown=breakdown):
        return Markdown("")
    labels, whole = pack.figures.labels, pack.find(measure)
    said = []
    for value in pack.figures.values(measure, breakdown):
        part = pack.find(measure, breakdown=breakdown, value=value)
        count, share = pack.show(part), pack.share(part, whole)
        said.append(f"{labels.value(measure, breakdown, value).lower()} {escape(count)} ({escape(share)})")
    of = f"of {escape(pack.show(whole))} care leavers in {pack.quarter.label}"
    return bullets([f"**{escape(title)}:** {', '.join(said)}, {of}."])


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
    return paragraphs(pack.table("turning-18", labels.title(measure), columns, rows, total=everyone), left_out)
