"""One pack in the making: its figures, its quarter, and the list of every figure it has shown.

What belongs here: finding a figure for the pack's authority and quarter, and remembering what was shown, in order.
What does not: the layout of a section (`headlines`, `places`, `breakdowns`, `quality`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from pipelines.rendering.story.figures import Figure, FigureSet, Key, load_figures, share_text
from pipelines.rendering.story.markdown import Column, Markdown, picture, table
from pipelines.rendering.story.periods import Quarter
from pipelines.rendering.story.sentences import Series
from pipelines.rendering.story.tables import TABLES_SHOWN, Shown, TableShown, table_shown, write_tables
from pipelines.rendering.story.targets import Aim, aims_in_force

WINDOW = 8
"""Quarters in a trend: two years, the shortest window that holds each season twice."""

BUILD_VARIABLE = "LASTING_HOMES_PACK_BUILD"
EDITION_VARIABLE = "LASTING_HOMES_PACK_EDITION"
AUTHORITY_VARIABLE = "LASTING_HOMES_PACK_AUTHORITY"
AREA_VARIABLE = "LASTING_HOMES_PACK_AREA"
RENDERER_VARIABLE = "LASTING_HOMES_PACK_RENDERER"
TRACED_VARIABLE = "LASTING_HOMES_PACK_TRACED"
FIGURES_SHOWN = "figures.json"
STATISTICS = {
    "flow": ("people", "events"),
    "stock": ("people",),
    "nights": ("nights", "people"),
    "span": ("people",),
    "duration": ("median", "p90", "events", "people"),
    "share": ("share", "events", "people"),
    "forecast": ("people", "events"),
}
EVENTS = ("moves", "presentations", "stays", "decisions", "offers", "assessments", "registrations", "duties", "alerts")
"""Words for events; most measures' ids hold the one that they count."""
OTHER_EVENTS = {
    "homeless_from_care": "presentations",
    "presenters_without_adviser": "presentations",
    "no_priority_need": "decisions",
    "bidding_people": "bids",
    "duty_outcomes": "duties",
    "tenancies_ended": "tenancies",
    "second_chances": "assessments",
    "bnb_over_limit": "stays",
    "turning_18": "birthdays",
    "days_to_home": "moves",
    "agency_assessments": "assessments",
}
KINDS_AIMED_AT = ("quarter", "rolling_4q")
NOUNS = {"median": "median days", "p90": "90th centile of days"}


@cache
def _figures(build: Path, authority: str, edition: str) -> FigureSet:
    """Read the figures once for all pages that one kernel makes."""
    return load_figures(build, authority=authority, edition=edition)


@dataclass
class Pack:
    """The state that the cells of one pack share.

    `folder` is the working folder of the render: charts go to `charts/` in it, fonts are read from `fonts/`. `area` is
    the district of a district's page, empty elsewhere; `build_folder` is where the build's databases are; `traced` is
    whether pages that say where each figure comes from stand beside this one.
    """

    figures: FigureSet
    renderer: str
    folder: Path
    build_folder: Path | None = None
    area: str = ""
    traced: bool = False
    shown: list[dict[str, object]] = field(default_factory=list)
    tables: list[TableShown] = field(default_factory=list)

    @classmethod
    def from_environment(cls) -> Pack:
        """Return the pack of the authority, build and edition that the environment names, and of its district if any.

        Raises KeyError when a variable is missing, FiguresNotFoundError when the build has no figures.
        """
        build = Path(os.environ[BUILD_VARIABLE])
        authority, edition = os.environ[AUTHORITY_VARIABLE], os.environ[EDITION_VARIABLE]
        figures = _figures(build, authority, edition)
        area = os.environ.get(AREA_VARIABLE, "")
        traced = bool(os.environ.get(TRACED_VARIABLE))
        return cls(figures, os.environ[RENDERER_VARIABLE], Path.cwd(), build, area, traced)

    @property
    def quarter(self) -> Quarter:
        """The quarter that the pack reports."""
        return self.figures.current_quarter

    @property
    def county(self) -> str:
        """The area code of the authority's own row."""
        return self.figures.county

    def find(  # noqa: PLR0913 - each keyword is one dimension of a figure
        self,
        measure: str,
        statistic: str = "people",
        *,
        period: str | None = None,
        kind: str = "quarter",
        area: str | None = None,
        breakdown: str = "total",
        value: str = "total",
    ) -> Figure:
        """Return a figure; without more said the total of the county, or of the page's district, for the quarter."""
        period = period or self.quarter.label
        key = Key(measure, area or self.area or self.county, period, statistic, kind, breakdown, value)
        in_county = key.area == self.county
        return self.figures.find_in_county(key) if in_county else self.figures.find_in_district(key)

    def lists(self, measure: str, kind: str, *, breakdown: str = "total") -> bool:
        """Return whether the edition lists such figures for the page's area."""
        return self.figures.lists(measure, kind, breakdown=breakdown, districts=bool(self.area))

    @property
    def place(self) -> str:
        """The name of what the pack is about: the county, or the page's district."""
        labels = self.figures.labels
        return labels.label("area", self.area) if self.area else labels.label("authority", self.figures.authority)

    def show(self, figure: Figure) -> str:
        """Return the figure's text and note that the pack shows it."""
        return self.note(self._id(figure), figure.text)

    def show_denominator(self, share: Figure) -> str:
        """Return what a share is a share of and note that the pack shows it; the share's own marker where hidden."""
        whole = share.of
        return self.show(whole) if whole is not None else self.note(f"{self._id(share)}/of", share.text)

    def share(self, part: Figure, whole: Figure) -> str:
        """Return a percentage of two shown figures and note that the pack shows it."""
        return self.note(f"{self._id(part)}/share", share_text(part, whole))

    def _id(self, figure: Figure) -> str:
        return f"{self.figures.authority}/{figure.key.figure_id}"

    def note(self, figure_id: str, text: str) -> str:
        """Note that the pack shows `text` as the figure `figure_id`, and return the text."""
        self.shown.append({"order": len(self.shown) + 1, "id": figure_id, "text": text})
        return Shown(text, figure_id)

    def table(
        self,
        name: str,
        caption: str,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        *,
        total: Sequence[str] | None = None,
    ) -> Markdown:
        """Return a table as Markdown and keep it for the pack's spreadsheet; see `markdown.table`."""
        self.tables.append(table_shown(name, caption, columns, rows, total))
        return table(name, caption, columns, rows, total=total)

    def measures_shown(self) -> list[str]:
        """Return the ids of the measures of which the pack has shown a figure so far, in the order of the labels."""
        named = {str(figure["id"]).split("/")[1] for figure in self.shown}
        return [measure for measure in self.figures.measures() if measure in named]

    def statistics(self, measure: str) -> tuple[str, ...]:
        """Return what is counted of a measure, the headline first."""
        if measure == "bnb_stays":
            return ("events", "people")
        return STATISTICS[str(self.figures.labels.measure(measure).get("counted_as") or "flow")]

    def noun(self, measure: str, statistic: str) -> str:
        """Return the word for what a statistic counts: people, nights, or the measure's events."""
        if statistic not in ("events", "share"):
            return NOUNS.get(statistic, statistic)
        unit = self.figures.labels.unit(measure)
        if unit not in ("people", "days"):
            return unit
        if statistic == "share":
            return "people"
        return OTHER_EVENTS.get(measure) or next((word for word in EVENTS if word in measure.split("_")), "events")

    def series(self, measure: str, statistic: str, breakdown: str = "total", value: str = "total") -> Series:
        """Return the county's last eight quarters of a measure or a part of it, ending with the pack's quarter."""
        quarters = tuple(self.quarter.back(WINDOW))
        figures = tuple(
            self.find(measure, statistic, period=quarter.label, breakdown=breakdown, value=value)
            for quarter in quarters
        )
        labels = self.figures.labels
        part = "" if breakdown == "total" else f", {labels.value(measure, breakdown, value).lower()}"
        polarity = str(labels.measure(measure).get("polarity") or "neutral") if breakdown == "total" else "neutral"
        return Series(labels.title(measure) + part, self.noun(measure, statistic), quarters, figures, polarity)

    def aim(self, figure: Figure) -> Aim | None:
        """Return the target in force for a figure, None where nobody has set one."""
        if self.build_folder is None:
            return None
        return aims_in_force(self.build_folder, self.figures.authority).get(figure.key)

    def aims(self) -> list[tuple[Figure, Aim]]:
        """Return the county's figures with a target, of the quarter or else of the four up to it, and the target.

        In the order of the labels; a figure that the edition lists for neither is `[z]`.
        """
        if self.build_folder is None:
            return []
        found: dict[Key, tuple[Figure, Aim]] = {}
        for key, aim in aims_in_force(self.build_folder, self.figures.authority).items():
            if (key.area, key.period) != (self.county, self.quarter.label) or key.period_kind not in KINDS_AIMED_AT:
                continue
            of_quarter, figure = replace(key, period_kind="quarter"), self.figures.find(key)
            known = found.get(of_quarter)
            if known is None or known[0].status == "z" or (key == of_quarter and figure.status != "z"):
                found[of_quarter] = (figure, aim)
        return [found[key] for key in sorted(found, key=self._place_of)]

    def _place_of(self, key: Key) -> tuple[tuple[float, str], str]:
        return self.figures.labels.measure_order(key.measure), key.figure_id

    def draw(self, name: str, chart: object, *, alternative: str, caption: str) -> str:
        """Draw a chart into the working folder and return the picture as Markdown."""
        from pipelines.rendering.story.charts import draw  # noqa: PLC0415 - altair takes a second to import

        folder = self.folder / "charts"
        folder.mkdir(exist_ok=True)
        draw(chart, folder / name, self.folder / "fonts")  # type: ignore[arg-type]
        return picture(f"charts/{name}", alternative, caption)

    def finish(self) -> None:
        """Write the list of every figure shown, in reading order, and the tables; the last cell of a pack calls it."""
        shown = json.dumps(self.shown, ensure_ascii=False, indent=1) + "\n"
        (self.folder / FIGURES_SHOWN).write_text(shown, encoding="utf-8")
        write_tables(self.folder / TABLES_SHOWN, self.tables)

    def area_rows(self) -> Sequence[tuple[str, str]]:
        """Return (area code, name) of the districts, outside the county, not known, and the county last."""
        labels = self.figures.labels
        codes = [*labels.districts(self.figures.authority), "outside_county", "unknown"]
        return [(code, labels.label("area", code)) for code in codes]
