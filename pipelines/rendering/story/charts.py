"""Charts as SVG for pages and as PNG for Word, drawn offline.

What belongs here: the shape of the charts, and drawing them. What does not: their words, which are in `sentences`.
A quarter without a number is never drawn as zero: it stands hollow in a lane below the line of zero, with its marker.
One dark colour carries everything, so that colour is never the only signal; every point has its number beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert
from altair.utils import schemapi

from pipelines.rendering.story.figures import Figure
from pipelines.rendering.story.sentences import Series
from pipelines.rendering.story.targets import Aim

FONT = "IBM Plex Sans"
INK = "#1d2b36"
LINE = "#12436d"
PAPER = "#ffffff"
GRID = "#d5dbe0"
PIXELS_PER_INCH_IN_WORD = 192
PIXELS_PER_INCH_OF_SVG = 96
LANE = 0.16
"""Height of the lane for quarters without a number, as a share of the tallest value."""
ROLES_OF_PARTS = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
"""What Vega says of a chart's parts, which would be read out without a name: the whole picture has one text."""


schemapi.disable_debug_mode()  # altair checks every part against its schema, ten times as long as the drawing takes


@cache
def _register(fonts: Path) -> None:
    vl_convert.register_font_directory(str(fonts))


def draw(chart: alt.TopLevelMixin, target: Path, fonts: Path) -> None:
    """Write `target`.svg and `target`.png, with the fonts of the folder `fonts`."""
    _register(fonts)
    drawn = vl_convert.vegalite_to_svg(chart.to_dict(validate=False), allowed_base_urls=[])
    svg = ROLES_OF_PARTS.sub("", drawn)
    target.with_suffix(".svg").write_text(svg, encoding="utf-8")
    scale = PIXELS_PER_INCH_IN_WORD / PIXELS_PER_INCH_OF_SVG
    target.with_suffix(".png").write_bytes(vl_convert.svg_to_png(svg, scale=scale, ppi=PIXELS_PER_INCH_OF_SVG))


def trend_chart(series: Series, aim: Aim | None = None) -> alt.TopLevelMixin:
    """Return the line of one series: a filled point and its number for each quarter, its marker where there is none.

    Target and floor stand as dashed and dotted lines with their names, where somebody has set them.
    """
    shown = [figure.value or 0 for figure in series.figures if figure.shown]
    lines = _lines_of(aim)
    top = max([*shown, *(line["at"] for line in lines), 4]) * 1.12
    lane = -LANE * top
    hidden = any(not figure.shown for figure in series.figures)
    rows = [
        {
            "quarter": quarter.label,
            "value": figure.value if figure.shown else None,
            "at": figure.value if figure.shown else lane / 2,
            "text": figure.text,
            "shown": figure.shown,
            "side": _side_of_number(series.figures, place, top),
        }
        for place, (quarter, figure) in enumerate(zip(series.quarters, series.figures, strict=True))
    ]
    data = alt.InlineData(values=rows)
    x = alt.X("quarter:O", sort=[quarter.label for quarter in series.quarters], title=None, axis=_quarter_axis())
    scale = alt.Scale(domain=[lane if hidden else 0, top], nice=False, zero=False)
    y = alt.Y("at:Q", scale=scale, title=None, axis=_count_axis(top))
    base = alt.Chart(data).encode(x=x, y=y)
    layers: list[Any] = [
        alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=INK, strokeWidth=1).encode(y=alt.Y("zero:Q")),
        alt.Chart(data)
        .mark_line(color=LINE, strokeWidth=2.5, invalid="break-paths-show-path-domains")
        .encode(x=x, y=alt.Y("value:Q", scale=scale, title=None, axis=_count_axis(top))),
        base.transform_filter("datum.shown").mark_point(filled=True, size=55, color=LINE, opacity=1),
        *(_numbers(base, side) for side in SIDES),
        base.transform_filter("!datum.shown").mark_point(filled=False, size=45, color=LINE, strokeWidth=1.5),
        base.transform_filter("!datum.shown").mark_text(dx=15, fontSize=12, color=INK).encode(text="text:N"),
        *(_line_with_name(line, scale, _count_axis(top)) for line in lines),
    ]
    return _dressed(alt.layer(*layers).properties(width=400, height=190))


def _lines_of(aim: Aim | None) -> list[dict[str, Any]]:
    if aim is None:
        return []
    lines = [{"at": aim.target.target, "name": "Target", "dash": [6, 3]}]
    if aim.target.floor is not None and aim.target.floor != aim.target.target:
        lines.append({"at": aim.target.floor, "name": "Floor", "dash": [2, 3]})
    return lines


def _line_with_name(line: dict[str, Any], scale: alt.Scale, axis: alt.Axis) -> alt.LayerChart | alt.FacetChart:
    """Return a level line across the chart with its name above its right end."""
    base = alt.Chart(alt.InlineData(values=[line])).encode(y=alt.Y("at:Q", scale=scale, title=None, axis=axis))
    name = base.mark_text(align="right", dy=-7, fontSize=12, fontStyle="italic", color=INK)
    return alt.layer(base.mark_rule(color=INK, strokeDash=line["dash"]), name.encode(x=alt.value(400), text="name:N"))


SIDES: dict[str, dict[str, Any]] = {
    "above": {"dy": -11, "align": "center"},
    "below": {"dy": 12, "align": "center"},
    "upper left": {"dx": 1, "dy": -11, "align": "right"},
    "upper right": {"dx": -1, "dy": -11, "align": "left"},
}
"""Where a point's number stands beside it: where its line does not pass."""


def _side_of_number(figures: Sequence[Figure], place: int, top: float) -> str:
    """Return where a point's number has room: above a peak, below a dip, before a rise, after a fall."""
    here = figures[place].value or 0
    before, after = (
        figures[one].value if 0 <= one < len(figures) and figures[one].shown else None for one in (place - 1, place + 1)
    )
    beside = [value for value in (before, after) if value is not None]
    if beside and all(value > here for value in beside):
        return "below" if here > 0.2 * top else "above"
    if before is None or after is None or before == after:
        return "above"
    if before < after:
        return "upper left" if after > here else "above"
    return "upper right" if before > here else "above"


def _numbers(base: alt.Chart, side: str) -> alt.Chart:
    numbers: alt.Chart = (
        base.transform_filter(f"datum.shown && datum.side == '{side}'")
        .mark_text(fontSize=13, fontWeight=700, color=INK, **SIDES[side])
        .encode(text="text:N")
    )
    return numbers


def bar_chart(parts: Sequence[tuple[str, Figure]]) -> alt.TopLevelMixin:
    """Return one bar for each part, in the order given; a part without a number has its marker and no bar."""
    rows = [
        {"part": label, "value": figure.value if figure.shown else 0, "text": figure.text, "shown": figure.shown}
        for label, figure in parts
    ]
    data = alt.InlineData(values=rows)
    axis = alt.Axis(labelLimit=240, labelFontSize=12, domain=False, ticks=False, labelPadding=8)
    y = alt.Y("part:N", sort=[label for label, _ in parts], title=None, axis=axis)
    top = max([figure.value or 0 for _, figure in parts if figure.shown] or [1]) or 1
    x = alt.X("value:Q", title=None, axis=None, scale=alt.Scale(domain=[0, top * 1.15]))
    base = alt.Chart(data).encode(x=x, y=y)
    bars = base.transform_filter("datum.shown").mark_bar(color=LINE, height={"band": 0.68})
    numbers = base.mark_text(align="left", dx=5, fontSize=12, fontWeight=700, color=INK).encode(text="text:N")
    return _dressed(alt.layer(bars, numbers).properties(width=150, height=alt.Step(18)))


def survival_chart(points: Sequence[tuple[int, Figure]]) -> alt.TopLevelMixin:
    """Return the share still held by months since the move, from 100% at the move; a hidden month stands hollow."""
    rows: list[dict[str, Any]] = [{"month": 0, "value": 100.0, "at": 100.0, "text": "100%", "shown": True}]
    rows += [
        {
            "month": month,
            "value": 100 * (figure.value or 0) if figure.shown else None,
            "at": 100 * (figure.value or 0) if figure.shown else -8.0,
            "text": figure.text,
            "shown": figure.shown,
        }
        for month, figure in points
    ]
    data = alt.InlineData(values=rows)
    months = [0, *(month for month, _ in points)]
    axis = alt.Axis(
        values=months, title="Months after the move", labelFontSize=12, titleFontSize=12, grid=False, ticks=False
    )
    x = alt.X("month:Q", scale=alt.Scale(domain=[0, max(months) * 1.1]), axis=axis)
    y_axis = alt.Axis(
        values=[0, 25, 50, 75, 100],
        labelExpr="datum.value + '%'",
        labelFontSize=12,
        domain=False,
        ticks=False,
        gridColor=GRID,
    )
    y = alt.Y("at:Q", scale=alt.Scale(domain=[-14, 112], nice=False), title=None, axis=y_axis)
    base = alt.Chart(data).encode(x=x, y=y)
    layers: list[Any] = [
        alt.Chart(data)
        .mark_line(color=LINE, strokeWidth=2.5, invalid="break-paths-show-path-domains")
        .encode(x=x, y=alt.Y("value:Q", scale=alt.Scale(domain=[-14, 112], nice=False), title=None, axis=y_axis)),
        base.transform_filter("datum.shown").mark_point(filled=True, size=55, color=LINE, opacity=1),
        base.transform_filter("!datum.shown").mark_point(filled=False, size=45, color=LINE, strokeWidth=1.5),
        base.mark_text(dy=-12, dx=6, align="left", fontSize=13, fontWeight=700, color=INK).encode(text="text:N"),
    ]
    return _dressed(alt.layer(*layers).properties(width=400, height=170))


DARK_SHADES = ("#12436d", "#801650")
SHADES = ("#12436d", "#28a197", "#f46a25", "#a285d1", "#801650")
"""Colours of parts of a whole: the Analysis Function's palette for charts, told apart by people who see few colours."""


def stacked_chart(bars: Sequence[tuple[str, Figure]], parts: Mapping[str, Sequence[Figure]]) -> alt.TopLevelMixin:
    """Return one bar a period, of its parts; a part without a number leaves its share of the whole hollow, marked.

    Args:
        bars: The periods, each with its whole.
        parts: For each part's name its figures, in the order of the periods.
    """
    rows: list[dict[str, Any]] = []
    for place, (period, whole) in enumerate(bars):
        start = 0.0
        hidden = [figures[place] for figures in parts.values() if not figures[place].shown]
        for name, figures in parts.items():
            figure = figures[place]
            if figure.shown and figure.value:
                dark = SHADES[list(parts).index(name)] in DARK_SHADES
                rows.append(_segment(period, name, (start, start + figure.value), figure.text, dark=dark))
                start += figure.value
        if hidden and whole.shown and (whole.value or 0) > start:
            rows.append(_segment(period, NOT_SHOWN, (start, whole.value or 0), hidden[0].text))
    data = alt.InlineData(values=rows)
    names = [*parts, *([NOT_SHOWN] if any(row["part"] == NOT_SHOWN for row in rows) else [])]
    top = max([row["end"] for row in rows] or [1]) or 1
    x = alt.X("period:O", sort=[period for period, _ in bars], title=None, axis=_quarter_axis())
    y = alt.Y("start:Q", scale=alt.Scale(domain=[0, top * 1.05], nice=False), title=None, axis=_count_axis(top))
    colour = alt.Color(
        "part:N",
        scale=alt.Scale(domain=names, range=[*SHADES[: len(parts)], PAPER][: len(names)]),
        legend=None,
    )
    base = alt.Chart(data).encode(x=x, y=y, y2="end:Q")
    filled = base.mark_bar(width=30, stroke=INK, strokeWidth=0.6).encode(color=colour)
    tall = f"datum.end - datum.start > {top * LEAST_WITH_NUMBER}"
    numbers = (
        alt.Chart(data)
        .transform_filter(tall)
        .mark_text(fontSize=11, fontWeight=700)
        .encode(
            x=x,
            y=alt.Y("middle:Q", scale=alt.Scale(domain=[0, top * 1.05], nice=False), title=None, axis=_count_axis(top)),
            text="text:N",
            color=alt.condition("datum.dark", alt.value(PAPER), alt.value(INK)),
        )
    )
    named = _names_beside([row for row in rows if row["period"] == bars[-1][0]] if bars else [], names, top)
    axis = _count_axis(top)
    beside = alt.Chart(alt.InlineData(values=named)).encode(
        y=alt.Y("at:Q", scale=alt.Scale(domain=[0, top * 1.05], nice=False), title=None, axis=axis)
    )
    squares = beside.mark_square(size=90, opacity=1, stroke=INK, strokeWidth=0.6).encode(
        x=alt.value(STACK_WIDTH + 8), color=colour
    )
    words = beside.mark_text(align="left", fontSize=12, color=INK).encode(
        x=alt.value(STACK_WIDTH + 18), text=alt.Text("part:N")
    )
    return _dressed(alt.layer(filled, numbers, squares, words).properties(width=STACK_WIDTH, height=STACK_HEIGHT))


NOT_SHOWN = "Not shown"
STACK_WIDTH, STACK_HEIGHT = 360, 190
LEAST_WITH_NUMBER = 0.07
"""The least share of the tallest bar in which a segment's number has room."""
ROOM_OF_A_NAME = 17
"""Pixels from one name to the next."""


def _names_beside(last: Sequence[dict[str, Any]], names: Sequence[str], top: float) -> list[dict[str, Any]]:
    """Return where the parts' names stand at the right of the last bar: at their segment, or as near as there is room.

    A part that the last bar does not have stands where its segment would begin.
    """
    room = ROOM_OF_A_NAME * top * 1.05 / STACK_HEIGHT
    middles = {row["part"]: row["middle"] for row in last}
    ends = {row["part"]: row["end"] for row in last}
    placed: list[dict[str, Any]] = []
    reached = 0.0
    for name in names:
        wanted = middles.get(name, reached)
        reached = ends.get(name, reached)
        least = placed[-1]["at"] + room if placed else room / 2
        placed.append({"part": name, "at": max(wanted, least)})
    highest = top * 1.05 - room / 2
    for row in reversed(placed):
        row["at"] = min(row["at"], highest)
        highest = row["at"] - room
    return placed


def _segment(period: str, part: str, ends: tuple[float, float], text: str, *, dark: bool = False) -> dict[str, Any]:
    start, end = ends
    middle = (start + end) / 2
    return {"period": period, "part": part, "start": start, "end": end, "middle": middle, "text": text, "dark": dark}


PANELS_IN_A_ROW = 3
PANEL = (0.70, 0.50)
"""Width and height of a small line, as shares of its field; the rest is its last number and its name."""


def small_multiples(panels: Sequence[tuple[str, Sequence[tuple[str, Figure]]]]) -> alt.TopLevelMixin:
    """Return one small line for each district, all on one scale; a period without a number stands hollow below zero.

    All stand in one field, each moved to its place: altair's own facets take twenty times as long.
    """
    shown = [figure.value or 0 for _, points in panels for _, figure in points if figure.shown]
    top = max([*shown, 4])
    rows: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for place, (area, points) in enumerate(panels):
        left, floor = float(place % PANELS_IN_A_ROW), -float(place // PANELS_IN_A_ROW)
        names.append({"area": area, "x": left, "y": floor + PANEL[1] + 0.16, "floor": floor, "right": left + PANEL[0]})
        for step, (_, figure) in enumerate(points):
            at = floor + PANEL[1] * ((figure.value or 0) / top if figure.shown else -0.2)
            rows.append(
                {
                    "area": area,
                    "x": left + PANEL[0] * step / max(1, len(points) - 1),
                    "y": at,
                    "line": at if figure.shown else None,
                    "text": figure.text if step == len(points) - 1 else "",
                    "shown": figure.shown,
                }
            )
    deep = -(-len(panels) // PANELS_IN_A_ROW)
    x = alt.X("x:Q", scale=alt.Scale(domain=[-0.05, PANELS_IN_A_ROW], nice=False), axis=None)
    heights = alt.Scale(domain=[0.84 - deep, 0.8], nice=False)
    y = alt.Y("y:Q", scale=heights, axis=None)
    data, named = alt.InlineData(values=rows), alt.InlineData(values=names)
    base = alt.Chart(data).encode(x=x, y=y)
    layers: list[Any] = [
        alt.Chart(named).mark_rule(color=GRID).encode(x=x, x2="right:Q", y=alt.Y("floor:Q", scale=heights, axis=None)),
        alt.Chart(named)
        .mark_text(align="left", fontSize=12, fontWeight=700, color=INK)
        .encode(x=x, y=y, text="area:N"),
        alt.Chart(data)
        .mark_line(color=LINE, strokeWidth=2, invalid="break-paths-show-path-domains")
        .encode(x=x, y=alt.Y("line:Q", scale=heights, axis=None), detail="area:N"),
        base.transform_filter("datum.shown").mark_point(filled=True, size=22, color=LINE, opacity=1),
        base.transform_filter("!datum.shown").mark_point(filled=False, size=22, color=LINE, strokeWidth=1.2),
        base.mark_text(align="left", dx=7, fontSize=12, fontWeight=700, color=INK).encode(text="text:N"),
    ]
    return _dressed(alt.layer(*layers).properties(width=480, height=88 * deep))


def calendar_chart(rows: Sequence[tuple[str, str, Figure]]) -> alt.TopLevelMixin:
    """Return a square for each month with its number: darker is more; a month without a number is hollow.

    Args:
        rows: Financial year, name of the month, and the month's figure.
    """
    top = max([figure.value or 0 for _, _, figure in rows if figure.shown] or [1]) or 1
    data = alt.InlineData(
        values=[
            {
                "year": year,
                "month": month,
                "value": figure.value if figure.shown else None,
                "text": "" if figure.status == "z" else figure.text,
                "shown": figure.shown,
                "dark": figure.shown and (figure.value or 0) > top * 0.55,
            }
            for year, month, figure in rows
        ]
    )
    months = ["Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar"]
    axis = alt.Axis(labelAngle=0, labelFontSize=12, ticks=False, domain=False, orient="top")
    x = alt.X("month:O", sort=months, title=None, axis=axis, scale=alt.Scale(domain=months))
    y = alt.Y("year:O", title=None, axis=alt.Axis(labelFontSize=12, ticks=False, domain=False))
    base = alt.Chart(data).encode(x=x, y=y)
    squares = (
        base.transform_filter("datum.shown")
        .mark_rect(stroke=INK, strokeWidth=0.5)
        .encode(color=alt.Color("value:Q", scale=alt.Scale(domain=[0, top], range=["#f3f6f9", LINE]), legend=None))
    )
    hollow = base.transform_filter("!datum.shown").mark_rect(fill=PAPER, stroke=GRID, strokeDash=[3, 2])
    numbers = base.mark_text(fontSize=12, fontWeight=700).encode(
        text="text:N", color=alt.condition("datum.dark", alt.value(PAPER), alt.value(INK))
    )
    return _dressed(alt.layer(squares, hollow, numbers).properties(width=alt.Step(40), height=alt.Step(30)))


def _quarter_axis() -> alt.Axis:
    """Return quarters written over two lines, the year below the first tick and each first quarter."""
    year = "(slice(datum.label, 8) == 'Q1' || datum.index == 0) ? slice(datum.label, 0, 7) : ''"
    return alt.Axis(
        labelExpr=f"[slice(datum.label, 8), {year}]",
        labelAngle=0,
        labelFontSize=12,
        labelLineHeight=15,
        labelPadding=6,
        ticks=False,
        domain=False,
        labelOverlap=False,
    )


def _count_axis(top: float) -> alt.Axis:
    """Return an axis of whole numbers from zero, without the lane below it."""
    step = next(step for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000) if top / step <= 4.5)
    values = [step * count for count in range(int(top // step) + 1)]
    return alt.Axis(values=values, labelFontSize=12, domain=False, ticks=False, gridColor=GRID, format=",d")


def _dressed(chart: alt.LayerChart | alt.FacetChart) -> alt.TopLevelMixin:
    """Return the chart in the packs' dress: their font, no frame, and no ARIA of its own (the picture has a text)."""
    padding = {"left": 4, "right": 12, "top": 8, "bottom": 4}
    dressed: alt.TopLevelMixin = (
        chart.configure(font=FONT, background=PAPER, aria=False, padding=padding)
        .configure_view(stroke=None)
        .configure_axis(labelColor=INK, labelFont=FONT)
        .configure_text(font=FONT)
    )
    return dressed
