"""Where each figure comes from, as web pages of the internal site: one a measure and authority, what changed, an index.

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
from pipelines.rendering.story.periods import Quarter
from pipelines.tracing import Behind, Model, TracedEvent

if TYPE_CHECKING:
    from pipelines.comparison import LastChange
    from pipelines.comparison.figures import MovedFigure

LISTED = 100
"""The most events that a page lists; the command of its foot lists all."""
LISTED_CHANGES = 50
LISTED_LOADS = 100
LISTED_SOURCES = 2
LISTED_REASONS = 3
CHANGES = "changes.html"
"""The page of what the last refresh changed, measure by measure."""
IN_SHARE = {True: "yes", False: "no", None: "not counted"}
STATUS = {"in_time": "kept in time", "late": "kept late"}
CHANGED = {
    "received": "received since",
    "accepted": "taken in since; it had been held",
    "held": "held since; it had been taken in",
}
WHY = {
    "holds": "a record concerned stands in",
    "no_longer_holds": "a record concerned no longer stands in",
    "delivered": "delivered in between:",
}
HEADINGS = {
    "counted": "What is counted",
    "figures": "The figures",
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
    def quarters(self) -> tuple[Quarter, ...]:
        """The quarters whose figures are traced, the first one first: one, or those that a forecast tells."""
        return self.figures.traced_quarters(self.measure)

    @property
    def period(self) -> str:
        """These quarters in words: "2026-27-Q2", "2026-27-Q3 to 2028-29-Q2"."""
        first, last = self.quarters[0].label, self.quarters[-1].label
        return first if first == last else f"{first} to {last}"

    @property
    def moved(self) -> Sequence[MovedFigure]:
        """The figures of this measure and authority that the last refresh changed."""
        return self.change.by_measure.get((self.measure, self.figures.authority), ())


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
            "For each measure: its latest figures, the events that they count with the rows of files behind "
            "each, the models that compute them, and what the last refresh changed. Keys stand for people; counts here "
            "are not suppressed. For use inside the county only."
        ),
        _paragraph("Measure by measure and load by load: ", f'<a href="{CHANGES}">what the last refresh changed</a>.'),
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
    """Return the figures of each quarter, and those of the four quarters that end with it, where there are any."""
    tables = [
        _totals(one, label, kind, words)
        for label in (quarter.label for quarter in one.quarters)
        for kind, words in (("quarter", label), ("rolling_4q", f"the four quarters up to {label}"))
    ]
    return "".join(tables) or _paragraph(f"No figure is listed for {one.period}.")


def _totals(one: Traced, label: str, kind: str, period: str) -> str:
    """Return the table of totals, and of middle values by what they are counted from, of every area; empty without."""
    figures = one.figures
    found = figures.of_quarter(one.measure, label, kind)
    if not found:
        return ""
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
    caption = f"{figures.labels.title(one.measure)}, {period}"
    return _table(caption, headings, rows, numbers=range(1, len(headings)))


def _events(one: Traced) -> str:
    """Return what the figures add up to, and the first events with the rows of files behind each."""
    behind = one.behind
    command = f"lasting-homes trace {one.measure} --authority {one.figures.authority} --quarter {one.quarters[0].label}"
    if not behind.events:
        return _paragraph(f"Nothing that this measure counts falls into {one.period}, as far as is known.")
    share = f" Of the share: {behind.in_numerator:,} of {behind.judged:,}." if behind.judged else ""
    whose = f" of {_count(behind.people, 'person', 'people')}" if behind.people else ""
    said = f"{_count(behind.events, 'event')}{whose}, quantity {behind.quantity:,}.{share}"
    if behind.events > len(one.events):
        said += f" The first {len(one.events):,} by day are listed."
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
    caption = f"Events of {one.period}, by day"
    table = _table(caption, headings, rows, numbers=(headings.index("Quantity"),))
    return (
        _paragraph(said)
        + table
        + _paragraph(
            "All of them; --district narrows them to one district, and another --quarter gives another quarter's: ",
            f"<code>{command}</code>",
        )
    )


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
    rows = [
        [
            escape(f"{moved.period_label}, {_area(one.figures, moved.area_code)}"),
            escape(moved.statistic),
            escape(moved.said_before),
            escape(moved.said_after),
            _number(moved.records),
            _why([moved], change),
        ]
        for moved in one.moved[:LISTED_CHANGES]
    ]
    said = f"{_count(len(one.moved), 'total')} not as in {since}."
    if len(one.moved) > len(rows):
        said += f" The first {len(rows):,} are listed."
    headings = ["Quarter and area", "Statistic", "Before", "Now", "Records", "Why"]
    return (
        _paragraph(said)
        + _table("Totals that the last refresh changed", headings, rows, numbers=(2, 3, 4))
        + _paragraph("All of them: ", f"<code>{_command(change)} --measure {one.measure}</code>")
    )


def changes(authorities: Sequence[tuple[FigureSet, Sequence[Traced]]], change: LastChange) -> str:
    """Return as HTML what the last refresh changed: each measure with a changed total, and the loads of the refresh."""
    if change.before is None:
        return _paragraph(change.why_not)
    listed = [(figures, [one for one in traced if one.moved]) for figures, traced in authorities]
    totals = sum(len(one.moved) for _, moved in listed for one in moved)
    measures = {one.measure for _, moved in listed for one in moved}
    said = (
        f"{_count(totals, 'total')} of {_count(len(measures), 'measure')} not as in the build "
        f"before, {change.before}; {_count(len(change.loads), 'load')} that only one of the two builds uses. "
        "Counts here are not suppressed. For use inside the county only."
    )
    parts = [_paragraph(said), _paragraph("Figure by figure: ", f"<code>{_command(change)}</code>")]
    headings = ["Measure", "Totals changed", "Quarters", "Records behind one total, at most", "Why"]
    for figures, moved in listed:
        name = figures.labels.label("authority", figures.authority)
        rows = [
            [
                f'<a href="{escape(figures.trace_page(one.measure))}#changes">'
                f"{escape(figures.labels.title(one.measure))}</a>",
                _number(len(one.moved)),
                escape(_quarters(one.moved)),
                _number(max(each.records for each in one.moved)),
                _why(one.moved, change),
            ]
            for one in moved
        ]
        caption = f"Measures and promises of {name} with a changed total"
        none = _paragraph(f"No total of any quarter of {name} differs.")
        parts += [
            f'<section id="{escape(figures.authority)}"><h2>{escape(name)}</h2>',
            _table(caption, headings, rows, numbers=(1, 3)) if rows else none,
            "</section>",
        ]
    return "\n".join([*parts, _loads(change)])


def _loads(change: LastChange) -> str:
    """Return the loads that only one of the two builds uses, the newest first."""
    if not change.loads:
        return ""
    newest = sorted(change.loads, key=lambda load: load.received_at, reverse=True)[:LISTED_LOADS]
    rows = [
        [
            escape(load.file_name),
            escape(load.sender),
            escape(f"{load.family}, {load.table}"),
            _day(load.data_date),
            escape(CHANGED[load.change]),
        ]
        for load in newest
    ]
    more = len(change.loads) - len(newest)
    return (
        '<section id="loads"><h2>What was delivered or decided in between</h2>'
        + _table("Loads that only one of the two builds uses", ["File", "Sender", "Extract", "Data of", "What"], rows)
        + (_paragraph(f"And {_count(more, 'earlier load')}.") if more else "")
        + "</section>"
    )


def _command(change: LastChange) -> str:
    """Return the command that prints the same comparison, whole."""
    return escape("lasting-homes compare " + " ".join(f"--known-at {at.isoformat()}" for at in change.known_at))


def _quarters(moved: Sequence[MovedFigure]) -> str:
    """Return "2026-27-Q1", or the first and the last of several."""
    labels = sorted({one.period_label for one in moved})
    return labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"


def _why(moved: Sequence[MovedFigure], change: LastChange) -> str:
    """Return as HTML what explains changed figures: for each reason the first loads, then decisions about people."""
    reasons = {reason: {load for one in moved for load, of in one.loads.items() if of == reason} for reason in WHY}
    said = []
    for reason, loads in reasons.items():
        names = sorted({f"{load.file_name} ({load.sender})" for load in change.loads if load.load_id in loads})
        more = [f"{len(names) - LISTED_REASONS:,} more"] if len(names) > LISTED_REASONS else []
        if names:
            said.append(f"{WHY[reason]} {', '.join([*names[:LISTED_REASONS], *more])}")
    decisions = {place for one in moved for place in one.decisions}
    said += [f"{_count(len(decisions), 'decision')} about who is who"] if decisions else []
    return escape("; ".join(said) or "not told by a load")


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
