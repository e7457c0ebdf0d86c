"""Charts as SVG for pages and as PNG for Word, drawn offline.

What belongs here: the shape of the two charts, and drawing them. What does not: their words, which are in `sentences`.
A quarter without a number is never drawn as zero: it stands hollow in a lane below the line of zero, with its marker.
One dark colour carries everything, so that colour is never the only signal; every point has its number beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from pipelines.rendering.story.figures import Figure
from pipelines.rendering.story.sentences import Series

FONT = "IBM Plex Sans"
INK = "#1d2b36"
LINE = "#12436d"
PAPER = "#ffffff"
GRID = "#d5dbe0"
PIXELS_PER_INCH_IN_WORD = 192
LANE = 0.16
"""Height of the lane for quarters without a number, as a share of the tallest value."""
ROLES_OF_PARTS = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
"""What Vega says of a chart's parts, which would be read out without a name: the whole picture has one text."""


@cache
def _register(fonts: Path) -> None:
    vl_convert.register_font_directory(str(fonts))


def draw(chart: alt.TopLevelMixin, target: Path, fonts: Path) -> None:
    """Write `target`.svg and `target`.png, with the fonts of the folder `fonts`."""
    _register(fonts)
    specification = chart.to_dict()
    svg = ROLES_OF_PARTS.sub("", vl_convert.vegalite_to_svg(specification, allowed_base_urls=[]))
    target.with_suffix(".svg").write_text(svg, encoding="utf-8")
    target.with_suffix(".png").write_bytes(
        vl_convert.vegalite_to_png(specification, ppi=PIXELS_PER_INCH_IN_WORD, allowed_base_urls=[])
    )


def trend_chart(series: Series) -> alt.TopLevelMixin:
    """Return the line of one series: a filled point and its number for each quarter, its marker where there is none."""
    shown = [figure.value or 0 for figure in series.figures if figure.shown]
    top = max([*shown, 4]) * 1.12
    lane = -LANE * top
    hidden = any(not figure.shown for figure in series.figures)
    rows = [
        {
            "quarter": quarter.label,
            "value": figure.value if figure.shown else None,
            "at": figure.value if figure.shown else lane / 2,
            "text": figure.text,
            "shown": figure.shown,
            "below": _in_a_dip(series.figures, place) and (figure.value or 0) > 0.2 * top,
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
        _numbers(base.transform_filter("datum.shown && !datum.below"), dy=-11),
        _numbers(base.transform_filter("datum.shown && datum.below"), dy=12),
        base.transform_filter("!datum.shown").mark_point(filled=False, size=45, color=LINE, strokeWidth=1.5),
        base.transform_filter("!datum.shown").mark_text(dx=15, fontSize=12, color=INK).encode(text="text:N"),
    ]
    return _dressed(alt.layer(*layers).properties(width=400, height=190))


def _in_a_dip(figures: Sequence[Figure], place: int) -> bool:
    """Return whether the line comes down to a point and goes up again, so that its number belongs below it."""
    beside = [figures[one] for one in (place - 1, place + 1) if 0 <= one < len(figures) and figures[one].shown]
    here = figures[place].value or 0
    return bool(beside) and all((figure.value or 0) > here for figure in beside)


def _numbers(chart: alt.Chart, *, dy: int) -> alt.Chart:
    numbers: alt.Chart = chart.mark_text(dy=dy, fontSize=13, fontWeight=700, color=INK).encode(text="text:N")
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
