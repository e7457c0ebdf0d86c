"""The first page: where the pack stands, what changed, and each measure's eight quarters.

What belongs here: the status of the pack, headline sentences and table, trend sections. What does not: breakdowns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipelines.editions import EDITIONS
from pipelines.rendering.story.charts import trend_chart
from pipelines.rendering.story.facts import Line
from pipelines.rendering.story.figures import Figure
from pipelines.rendering.story.markdown import Column, Markdown, beside, bullets, escape, paragraphs
from pipelines.rendering.story.pack import Pack
from pipelines.rendering.story.periods import in_words
from pipelines.rendering.story.sentences import Series, alternative_text, counted, steps_clause, trend_clause, why_not
from pipelines.rendering.story.sign_off import ledger_rows, status_words
from pipelines.rendering.story.targets import WORDS, is_alert, rating_of_figure


def standing(pack: Pack) -> Markdown:
    """Return the table that says which quarter, edition, data and coverage the pack has, and if it is signed off."""
    first = pack.figures.measures()[0]
    standing = next((kind for kind in ("quarter", "rolling_4q") if pack.lists(first, kind)), "quarter")
    county = pack.find(first, kind=standing)
    rows = [
        ["Status", status_words(pack.figures.build.sign_off)],
        ["Quarter", f"{pack.quarter.label} ({pack.quarter.months})"],
        ["Data as at", f"{in_words(pack.figures.as_at)}, by the sender that is furthest behind"],
        ["Coverage", f"{coverage_words(pack, county)} have sent data for the quarter"],
        ["Edition", EDITIONS[pack.figures.edition]],
        *ledger_rows(pack.figures.build.sign_off),
    ]
    columns = [Column("About", 1, numbers=False), Column("This pack", 4, numbers=False)]
    return pack.table("standing", "Where this pack stands", columns, rows)


def coverage_words(pack: Pack, figure: Figure) -> str:
    """Return how many of the senders that a figure needs have sent data for its period, and note both numbers."""
    if figure.senders_received is None or figure.senders_expected is None:
        return figure.coverage or "not known"
    name = f"{pack.figures.authority}/{figure.key.figure_id}/senders"
    received = pack.note(f"{name}/received", str(figure.senders_received))
    return f"{received} of {pack.note(f'{name}/expected', str(figure.senders_expected))} senders"


def headline_sentences(pack: Pack, measures: Sequence[str], *first: Markdown) -> Markdown:
    """Return one bullet for each measure: this quarter, the two it is compared with, and the trend.

    `first` are bullets that stand before them in the same list.
    """
    listed = [measure for measure in measures if _is_listed(pack, Line(measure, pack.statistics(measure)[0]))]
    return paragraphs(
        Markdown("\n".join(part for part in (*first, bullets([_headline(pack, one) for one in listed])) if part)),
        _left_out(pack, [measure for measure in measures if measure not in listed]),
    )


def _is_listed(pack: Pack, line: Line) -> bool:
    """Whether the edition has the line by quarter, be it only to say that no sender has made it possible."""
    if pack.lists(line.measure, "quarter", breakdown=line.breakdown):
        return True
    return pack.find(line.measure, line.statistic, breakdown=line.breakdown, value=line.value).status == "x"


def _left_out(pack: Pack, measures: Sequence[str]) -> str:
    """Return the sentence that names headlines which the edition does not list; nothing where it lists all."""
    titles = "; ".join(escape(pack.figures.labels.title(measure)) for measure in measures)
    return f"Not listed in the {pack.figures.edition} edition for a quarter: {titles}." if titles else ""


def _headline(pack: Pack, measure: str) -> str:
    statistics = pack.statistics(measure)
    first, *others = (pack.series(measure, one) for one in (statistics[:1] if statistics[0] == "share" else statistics))
    now = _said(pack, first.now, first.noun) + _of_everybody(pack, first)
    if others and first.now.status == "value":
        beside = (_said(pack, other.now, other.noun) + _of_everybody(pack, other) for other in others)
        now += f" ({', '.join(beside)})"
    compared = [
        f"{_said(pack, figure, '')} {words}"
        for words, steps in (("in the quarter before", 1), ("a year earlier", 4))
        if (figure := first.steps_back(steps)) is not None and figure.status != "z"
    ]
    after = f", after {' and '.join(compared)}" if compared else ""
    said = f"**{escape(first.title)}:** {now} in {pack.quarter.label}{why_not(first.now)}{after}."
    return " ".join(part for part in (said, steps_clause(first), trend_clause(first)) if part)


def _said(pack: Pack, figure: Figure, noun: str) -> str:
    pack.show(figure)
    if figure.of is not None:
        pack.show(figure.of)
    return escape(counted(figure, noun))


def _of_everybody(pack: Pack, series: Series) -> str:
    """Return how many care leavers people are counted among; nothing where none are shown, or everybody is counted."""
    counts_people = series.now.key.statistic == "people" and series.noun == "people"
    if not counts_people or series.now.key.measure == EVERYBODY or series.now.status != "value":
        return ""
    return f" of {escape(pack.show(pack.find(EVERYBODY)))} care leavers"


def _standing_to_target(pack: Pack, figure: Figure) -> list[str]:
    """Return a figure's target, its floor and its rating in words; dashes where nobody has set a target."""
    aim = pack.aim(figure)
    if aim is None:
        return ["–", "–", "–"]
    target = pack.note(f"{figure.key.figure_id}/target", aim.text(figure.key.statistic))
    floor = aim.floor_text(figure.key.statistic)
    floor = floor if floor == "–" else pack.note(f"{figure.key.figure_id}/floor", floor)
    return [target, floor, "Alert" if is_alert(figure, aim) else WORDS[rating_of_figure(figure, aim)]]


def ratings(pack: Pack) -> Markdown:
    """Return how many figures with a target are green, amber, red or not rated, and every alert by name.

    All figures of the county with a target count, each once: promises, and what law or protocol expects.
    """
    rated = [(figure, aim) for figure, aim in pack.aims() if figure.status != "z"]
    if not rated:
        return Markdown("No figure has a target that this edition can show.")
    counts = Counter(WORDS[rating_of_figure(figure, aim)] for figure, aim in rated)
    total = pack.note("ratings/all", str(len(rated)))
    said = ", ".join(f"{pack.note(f'ratings/{word}', str(counts[word]))} {word.lower()}" for word in WORDS.values())
    span = "the quarter, or the last four quarters where the edition lists only those"
    lines = [f"Figures with a target, in {span}: {total}, of which {said}."]
    for figure, aim in rated:
        if is_alert(figure, aim):
            lines.append(f"**Alert:** {escape(named(pack, figure))}: {pack.show(figure)}, where none is expected.")
    return bullets(lines)


def named(pack: Pack, figure: Figure) -> str:
    """Return what a figure counts, its part and its unit: "Stays, 16 or 17 (stays)"."""
    labels, key = pack.figures.labels, figure.key
    part = "" if key.breakdown == "total" else f", {labels.value(key.measure, key.breakdown, key.breakdown_value)}"
    return f"{labels.title(key.measure)}{part} ({pack.noun(key.measure, key.statistic)})"


def headline_table(pack: Pack, headlines: Sequence[Line]) -> Markdown:
    """Return the headline figures: this quarter, what it is out of, the quarters it is compared with, and the trend.

    A share is out of its own denominator; people are out of the care leavers in scope on the last day of the quarter,
    who stand in the first row of where care leavers live. Target, floor and rating have columns where any is set.
    """
    compared = [pack.quarter, pack.quarter.after(-1), pack.quarter.after(-4)]
    listed = [line for line in headlines if _is_listed(pack, line)]
    series = [pack.series(line.measure, line.statistic, line.breakdown, line.value) for line in listed]
    aimed_at = any(pack.aim(one.now) for one in series)
    now, *before = compared
    columns = [
        Column("Measure, and what is counted", 19, numbers=False),
        Column(now.label, 9),
        Column("Out of", 6),
        *(Column(quarter.label, 9) for quarter in before),
        *([Column("Target", 6), Column("Floor", 5), Column("Rating", 7, numbers=False)] if aimed_at else []),
        Column("Eight-quarter trend", 12, numbers=False),
    ]
    rows = []
    for line, one in zip(listed, series, strict=True):
        current, *others = (one.figures[one.quarters.index(quarter)] for quarter in compared)
        counted_as = f"share of {one.noun}" if line.statistic == "share" else one.noun
        rows.append(
            [
                f"{line.words or one.title}: {counted_as}",
                pack.show(current),
                _out_of(pack, current),
                *(pack.show(figure) for figure in others),
                *(_standing_to_target(pack, current) if aimed_at else []),
                one.verdict,
            ]
        )
    shown = {line.measure for line in listed}
    missing = dict.fromkeys(line.measure for line in headlines if line.measure not in shown)
    made = pack.table("headline-figures", f"Headline figures, {pack.quarter.label}", columns, rows) if rows else ""
    return paragraphs(made, _left_out(pack, list(missing)))


EVERYBODY = "accommodation_now"
"""The measure whose total is everybody in scope."""


def _out_of(pack: Pack, figure: Figure) -> str:
    """Return what a headline is out of: a share's denominator, or everybody in scope; a dash for events."""
    if figure.key.statistic == "share":
        return pack.show_denominator(figure)
    is_everybody = figure.key.measure == EVERYBODY and figure.key.breakdown == "total"
    if figure.key.statistic != "people" or is_everybody:
        return "–"
    return pack.show(pack.find(EVERYBODY))


def trend_section(pack: Pack, measure: str) -> Markdown:
    """Return a measure's eight quarters: a sentence, the chart, and beside it the table with the same figures."""
    statistics = pack.statistics(measure)
    series = [pack.series(measure, statistic) for statistic in statistics]
    first = series[0]
    caption = f"{first.title}: {first.noun} by quarter"
    name = f"trend-{measure}"
    chart = pack.draw(
        name, trend_chart(first, pack.aim(first.now)), alternative=alternative_text(first), caption=caption
    )
    return paragraphs(escape(trend_clause(first)), beside(chart, _trend_table(pack, name, series)))


def _trend_table(pack: Pack, name: str, series: Sequence[Series]) -> Markdown:
    columns = [
        Column("Quarter", 5, numbers=False),
        *(Column(one.noun.capitalize(), max(4, len(one.noun) // 2)) for one in series),
    ]
    rows = [
        [quarter.label, *(pack.show(one.figures[place]) for one in series)]
        for place, quarter in enumerate(series[0].quarters)
    ]
    return pack.table(name, f"{series[0].title} by quarter", columns, rows)
