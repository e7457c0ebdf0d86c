"""Where each figure comes from, as web pages of the internal site: one page a measure and authority, and an index.

What belongs here: what such a page says and how it is laid out. What does not: which events a figure counts
(`pipelines.tracing`), what changed between two builds (`pipelines.comparison`). The pages hold keys of people, never a
name, and unsuppressed figures: they are made for the internal edition alone.

One page is converted with the packs' theme, and all others are made of it, because they differ in their words only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from pipelines.rendering.story.figures import Figure, FigureSet
from pipelines.tracing import Behind, Model, TracedEvent

if TYPE_CHECKING:
    from pipelines.comparison import LastChange
    from pipelines.comparison.figures import MovedFigure

LISTED = 100
"""The most events that a page lists; the command of its foot lists all."""
LISTED_CHANGES = 50
LISTED_SOURCES = 2
IN_SHARE = {True: "yes", False: "no", None: "not counted"}
STATUS = {"in_time": "kept in time", "late": "kept late"}
WHY = {
    "holds": "a record concerned stands in",
    "no_longer_holds": "a record concerned no longer stands in",
    "delivered": "delivered in between:",
}
HEADINGS = {
    "counted": "What is counted",
    "figures": "The figures of the quarter",
    "events": "What they count",
    "models": "How they are computed",
    "changes": "What the last refresh changed",
}


@dataclass(frozen=True)
class Traced:
    """What is known of one measure of one authority; everything but the figures comes from the restricted database."""

    figures: FigureSet
    measure: str
    behind: Behind
    events: Sequence[TracedEvent]
    models: Sequence[Model]
    sql: str
    change: LastChange

    @property
    def moved(self) -> list[MovedFigure]:
        """The figures of this measure and authority that the last refresh changed."""
        whose = (self.measure, self.figures.authority)
        return [one for one in self.change.figures if (one.measure_id, one.authority) == whose]


def title(one: Traced) -> str:
    """Return the heading of a page."""
    labels = one.figures.labels
    return f"{labels.label('authority', one.figures.authority)}: {labels.title(one.measure)}"


def skeleton() -> str:
    """Return the Markdown of a page whose sections hold a mark each, for `filled` to put their words in."""
    return "\n\n".join(f"# {heading} {{#{name}}}\n\n{_mark(name)}" for name, heading in HEADINGS.items())


def filled(page: str, one: Traced) -> str:
    """Return the converted skeleton with the words of a measure in place of its marks."""
    sections = {
        "counted": _counted(one),
        "figures": _figures(one),
        "events": _events(one),
        "models": _models(one),
        "changes": _changes(one),
    }
    for name, words in sections.items():
        page = page.replace(f"<p>{_mark(name)}</p>", words)
    return page


def index(authorities: Sequence[tuple[FigureSet, Sequence[Traced]]]) -> str:
    """Return the index as HTML: for each authority each measure with what its page tells."""
    parts = [
        _paragraph(
            "For each measure: its figures of the quarter, the events that they count with the rows of files behind "
            "each, the models that compute them, and what the last refresh changed. Keys stand for people; counts here "
            "are not suppressed. For use inside the county only."
        )
    ]
    for figures, traced in authorities:
        rows = [
            [
                f'<a href="{escape(figures.trace_page(one.measure))}">{escape(figures.labels.title(one.measure))}</a>',
                escape(str(figures.labels.measure(one.measure).get("clause") or "none")),
                _number(one.behind.events),
                _number(one.behind.people),
                _number(len(one.moved)),
            ]
            for one in traced
        ]
        name = figures.labels.label("authority", figures.authority)
        caption = f"Measures and promises of {name}, {figures.current_quarter.label}"
        headings = ["Measure", "Clause", "Events", "People", "Figures that the last refresh changed"]
        parts += [
            f'<section id="{escape(figures.authority)}"><h2>{escape(name)}</h2>',
            _table(caption, headings, rows, numbers=(2, 3, 4)),
            "</section>",
        ]
    return "\n".join(parts)


def _counted(one: Traced) -> str:
    about = one.figures.labels.measure(one.measure)
    return _paragraph(str(about.get("definition") or "No definition is stored.")) + _paragraph(
        f"Protocol clause {about.get('clause') or 'none'}. Version {about.get('definition_version') or 'not stated'}. "
        f"Id: {one.measure}."
    )


def _figures(one: Traced) -> str:
    """Return the table of totals, and of middle values by what they are counted from, of every area."""
    figures = one.figures
    quarter = figures.current_quarter
    found = figures.of_quarter(one.measure, quarter.label)
    if not found:
        return _paragraph(f"No figure is listed for {quarter.months}.")
    statistics = list(dict.fromkeys(figure.key.statistic for figure in found))
    lines: dict[tuple[str, str, str], dict[str, Figure]] = {}
    for figure in found:
        key = figure.key
        lines.setdefault((key.area, key.breakdown, key.breakdown_value), {})[key.statistic] = figure
    order = {area: place for place, area in enumerate((figures.county, *figures.labels.districts(figures.authority)))}
    rows = []
    places = {key: (order.get(key[0], len(order)), key[0], key[1] != "total", key[2]) for key in lines}
    for area, breakdown, value in sorted(lines, key=places.__getitem__):
        line = lines[area, breakdown, value]
        part = "" if breakdown == "total" else f", {figures.labels.value(one.measure, breakdown, value)}"
        texts = [line[name].text if name in line else "" for name in statistics]
        some = next(iter(line.values()))
        sent = "" if some.senders_expected is None else f"{some.senders_received} of {some.senders_expected}"
        rows.append([escape(_area(figures, area) + part), *map(escape, texts), escape(sent)])
    words = {"p90": "90th centile", "median": "Middle value", "share": "Share"}
    headings = ["Area", *(words.get(name, name.capitalize()) for name in statistics), "Senders heard"]
    caption = f"{figures.labels.title(one.measure)}, {quarter.label}"
    return _table(caption, headings, rows, numbers=range(1, len(headings)))


def _events(one: Traced) -> str:
    """Return what the figures add up to, and the first events with the rows of files behind each."""
    behind, quarter = one.behind, one.figures.current_quarter
    if not behind.events:
        return _paragraph(f"Nothing that this measure counts happened in {quarter.months}, as far as is known.")
    share = f" Of the share: {behind.in_numerator:,} of {behind.judged:,}." if behind.judged else ""
    whose = f" of {_count(behind.people, 'person', 'people')}" if behind.people else ""
    said = f"{_count(behind.events, 'event')}{whose}, quantity {behind.quantity:,}.{share}"
    if behind.events > len(one.events):
        said += f" The first {len(one.events):,} by day are listed."
    command = f"lasting-homes trace {one.measure} --authority {one.figures.authority} --quarter {quarter.label}"
    promised = any(event.status for event in one.events)
    parted = [name for name in ("counted_from", "months_after") if any(getattr(event, name) for event in one.events)]
    judged = any(event.in_numerator is not None for event in one.events)
    headings = [
        *("Number", "Person", "Area", "Due" if promised else "From"),
        *(["Promised since", "Kept", "Status"] if promised else ["To"]),
        *("Quantity", *(name.replace("_", " ").capitalize() for name in parted)),
        *(["In the share"] if judged else []),
        *("Record", "Where it stands"),
    ]
    rows = []
    for event in one.events:
        status = ": ".join(
            STATUS.get(part, part.replace("_", " ")) for part in (event.status, event.waived_reason) if part
        )
        rows.append(
            [
                _number(event.place),
                escape(event.person_key or "none"),
                escape(_area(one.figures, event.area_code)),
                _day(event.start_date),
                *(
                    [_day(event.trigger_date), _day(event.met_date), escape(status)]
                    if promised
                    else [_day(event.end_date)]
                ),
                _number(event.quantity),
                *(escape(str(getattr(event, name) or "")) for name in parted),
                *([IN_SHARE[event.in_numerator]] if judged else []),
                escape(event.record_id[:8]),
                _where(event),
            ]
        )
    caption = f"Events of {quarter.label}, by day"
    table = _table(caption, headings, rows, numbers=(headings.index("Quantity"),))
    return _paragraph(said) + table + _paragraph("All of them, and those of one district: ", f"<code>{command}</code>")


def _where(event: TracedEvent) -> str:
    """Return the newest rows of files in which an event's records stand."""
    if not event.sources:
        return "no row of its own: derived"
    newest = sorted(event.sources, key=lambda one: one.data_date, reverse=True)
    said = [
        f"{source.file_name}{f', row {source.row_number:,}' if source.row_number else ''} "
        f"({source.sender}, data of {_day(source.data_date)})"
        for source in newest[:LISTED_SOURCES]
    ]
    more = len(newest) - len(said)
    return "<br>".join(map(escape, [*said, *([f"and {more:,} more"] if more else [])]))


def _models(one: Traced) -> str:
    """Return the models from the measure back to the extracts, and the SQL of its own."""
    if not one.models:
        return _paragraph("This build has not kept how its models read each other.")
    rows = [[escape(each.name), escape(each.layer), _number(each.steps), escape(each.grain)] for each in one.models]
    table = _table(
        "Models, from the measure back to the extracts", ["Model", "Layer", "Steps away", "What it holds"], rows, (2,)
    )
    sql = (
        f'<details><summary>The SQL of {escape(one.models[0].name)}, as it ran</summary><pre class="sql" role="group" '
        f'tabindex="0" aria-label="SQL">{escape(one.sql)}</pre></details>'
        if one.sql
        else ""
    )
    return table + sql


def _changes(one: Traced) -> str:
    """Return the figures of any quarter that differ from those of the build before, and the loads that explain them."""
    change = one.change
    if change.before is None:
        return _paragraph(change.why_not)
    since = f"the build before, {change.before}"
    if not one.moved:
        return _paragraph(f"No total of any quarter differs from {since}.")
    names = {load.load_id: f"{load.file_name} ({load.sender})" for load in change.loads}
    rows = []
    for moved in one.moved[:LISTED_CHANGES]:
        why = [
            f"{words} {', '.join(sorted(names[load] for load in loads))}"
            for reason, words in WHY.items()
            if (loads := [load for load, of in moved.loads.items() if of == reason])
        ]
        why += [f"{_count(len(moved.decisions), 'decision')} about who is who"] if moved.decisions else []
        rows.append(
            [
                escape(f"{moved.period_label}, {_area(one.figures, moved.area_code)}"),
                escape(moved.statistic),
                escape(_value(moved.statistic, moved.before, listed=moved.listed_before)),
                escape(_value(moved.statistic, moved.after, listed=moved.listed_after)),
                _number(moved.records),
                escape("; ".join(why) or "not told by a load"),
            ]
        )
    said = f"{_count(len(one.moved), 'total')} not as in {since}."
    if len(one.moved) > len(rows):
        said += f" The first {len(rows):,} are listed; lasting-homes compare lists all."
    headings = ["Quarter and area", "Statistic", "Before", "Now", "Records", "Why"]
    return _paragraph(said) + _table("Totals that the last refresh changed", headings, rows, numbers=(2, 3, 4))


def _value(statistic: str, value: float | None, *, listed: bool) -> str:
    if not listed:
        return "no such period"
    if value is None:
        return "[x]"
    return f"{100 * value:.0f}%" if statistic == "share" else f"{value:,.0f}"


def _area(figures: FigureSet, area: str) -> str:
    if area == figures.county:
        return f"{figures.labels.label('authority', figures.authority)}, all"
    return figures.labels.label("area", area)


def _day(day: date | None) -> str:
    """Return "13 Jul 2026", in one piece."""
    return "" if day is None else f"{day.day}\N{NO-BREAK SPACE}{day:%b}\N{NO-BREAK SPACE}{day.year}"


def _number(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _paragraph(words: str, markup: str = "") -> str:
    return f"<p>{escape(words)}{markup}</p>"


def _mark(name: str) -> str:
    return f"{name.upper()}-STANDS-HERE"


def _table(caption: str, headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Iterable[int] = ()) -> str:
    """Return a table as the packs' theme has it; cells are HTML, the first of each row is its heading."""
    right = set(numbers)
    align = [f' style="text-align: {"right" if place in right else "left"};"' for place in range(len(headings))]
    head = "".join(
        f'<th scope="col"{style}>{escape(heading)}</th>' for heading, style in zip(headings, align, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row"{style}>{cell}</th>' if place == 0 else f"<td{style}>{cell}</td>"
            for place, (cell, style) in enumerate(zip(row, align, strict=True))
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="table-frame" role="group" tabindex="0" aria-label="Table: {escape(caption)}"><table>'
        f'<caption><span class="caption">{escape(caption)}</span></caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def by_measure(events: Sequence[TracedEvent]) -> Mapping[str, list[TracedEvent]]:
    """Return the events of each measure; they come in the order of measures."""
    return {measure: list(own) for measure, own in groupby(events, key=lambda event: event.measure_id)}
