"""The figures of one build and one edition, looked up by what they count.

What belongs here: reading `figures/<edition>.parquet`, `figures/labels.parquet` and `figures/build.json`, and giving
each figure the text in which every format shows it. What does not: any arithmetic on counts. A figure that is not
listed is `[z]`; nothing here ever reads as zero that is not a zero of the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts import CORROBORATING_FAMILIES
from pipelines.rendering.story.link_facts import LinkFacts, read_link_facts
from pipelines.rendering.story.periods import Quarter
from pipelines.rendering.story.sign_off import SignOff, read_sign_off

MARKERS = {"c": "[c]", "x": "[x]", "z": "[z]", "low": "[low]"}
"""GSS shorthand: suppressed, not available, not applicable, rounds to zero."""


CASE_SYSTEM = "case_system"
NOT_LISTED = "not listed for this period"
COUNTED = ("people", "events", "nights")
INTERNAL = "internal"


class FiguresNotFoundError(Exception):
    """A build has no figures, or none for the authority and edition asked for."""


@dataclass(frozen=True)
class Key:
    """What a figure counts; the words are those of `marts.measure_observation`."""

    measure: str
    area: str
    period: str
    statistic: str = "people"
    period_kind: str = "quarter"
    breakdown: str = "total"
    breakdown_value: str = "total"

    @property
    def figure_id(self) -> str:
        """One line that names the figure, for `figures.json`."""
        parts = (self.measure, self.area, self.period_kind, self.period)
        return "/".join((*parts, self.breakdown, self.breakdown_value, self.statistic))


@dataclass(frozen=True)
class Figure:
    """A figure with its status: `value` is None unless the status is `value`."""

    key: Key
    status: str
    value: float | None = None
    reason: str | None = None
    coverage: str | None = None
    as_at: date | None = None
    senders_received: int | None = None
    senders_expected: int | None = None
    numerator: int | None = None
    denominator: int | None = None

    @property
    def shown(self) -> bool:
        """Whether the number itself may be shown."""
        return self.status == "value" and self.value is not None

    @property
    def text(self) -> str:
        """The figure as every format prints it: a whole number, a share as a whole percentage, or its marker."""
        if self.status == "value" and self.value is not None:
            return f"{100 * self.value:.0f}%" if self.key.statistic == "share" else f"{self.value:,.0f}"
        return MARKERS.get(self.status, MARKERS["x"])

    @property
    def of(self) -> Figure | None:
        """What a share is a share of, as a figure of its own; None for other figures and where it is not shown."""
        if self.key.statistic != "share" or self.denominator is None:
            return None
        return Figure(replace(self.key, statistic="share_of"), "value", float(self.denominator))


def share_text(part: Figure, whole: Figure) -> str:
    """Return `part` as a whole percentage of `whole`, from two shown figures only.

    A share of a hidden figure would give the figure back, so it takes the figure's own marker.
    """
    if not part.shown:
        return part.text
    if not whole.shown or not whole.value:
        return MARKERS["z"] if whole.shown else whole.text
    percentage = round(100 * (part.value or 0) / whole.value)
    return MARKERS["low"] if percentage == 0 and part.value else f"{percentage}%"


@dataclass(frozen=True)
class Sender:
    """One sender of the build and the latest day that its data describe."""

    family: str
    sender: str
    authority: str
    data_date: date | None


@dataclass(frozen=True)
class Delivery:
    """One delivery that a home expects, and since when it was late when the build was made."""

    family: str
    sender: str
    authority: str
    due: date | None = None
    days_late: int = 0


@dataclass(frozen=True)
class Build:
    """What `figures/build.json` says of the run."""

    build_id: str
    as_at: date | None
    as_known_at: datetime | None
    built_at: datetime | None
    threshold: int
    counts: dict[str, int]
    senders: tuple[Sender, ...]
    links: LinkFacts
    sign_off: SignOff | None = None
    deliveries: tuple[Delivery, ...] = ()


class FigureSet:
    """The figures of one authority in one edition, with the labels they are printed under.

    `rows` is the file's table; a measure's figures are made of it when first asked for, because a page shows a few
    measures of the many that the internal edition lists.
    """

    def __init__(self, build: Build, rows: pl.DataFrame, labels: Labels, authority: str, edition: str) -> None:
        self.build = build
        self.labels = labels
        self.authority = authority
        self.edition = edition
        self.county = labels.county_row(authority)
        self._rows = {str(measure): part for (measure,), part in rows.partition_by("measure_id", as_dict=True).items()}
        self._figures: dict[tuple[str, str], dict[Key, Figure]] = {}
        self._tables: dict[str, frozenset[tuple[str, str, bool]]] = {}

    def _of(self, measure: str, breakdown: str) -> Mapping[Key, Figure]:
        """Return every figure of one breakdown of a measure; none where the edition does not have it."""
        if (measure, breakdown) not in self._figures:
            rows = self._rows.get(measure)
            made = () if rows is None else _figures(rows.filter(pl.col("breakdown") == breakdown))
            self._figures[measure, breakdown] = {figure.key: figure for figure in made}
        return self._figures[measure, breakdown]

    def find(self, key: Key) -> Figure:
        """Return the figure of `key`; a figure the file does not list is not applicable, `[z]`."""
        found = self._of(key.measure, key.breakdown).get(key)
        return found or Figure(key, "z", reason=NOT_LISTED)

    def find_in_county(self, key: Key) -> Figure:
        """Return the figure of the county. Of breakdowns the internal edition lists only the values that occur.

        So there a value that is not listed stands for none, in a period of which other values are listed or in which
        there was nothing at all. In public it stays `[z]`: the file alone says there what is a zero.
        """
        found = self.find(key)
        listed = self._of(key.measure, key.breakdown)
        if found.key in listed or self.edition != INTERNAL or key.breakdown == "total" or key.statistic not in COUNTED:
            return found
        total = self.find(replace(key, breakdown="total", breakdown_value="total"))
        of_period = (key.area, key.period, key.statistic, key.period_kind)
        others = any((one.area, one.period, one.statistic, one.period_kind) == of_period for one in listed)
        if not total.shown or not (others or total.value == 0):
            return found
        return replace(total, key=key, value=0.0, numerator=0, reason="none found in the period")

    def find_in_district(self, key: Key) -> Figure:
        """Return the figure of a district. Of breakdowns the file lists only the values that occur there.

        So a value that is not listed stands for none where the district's total is shown, and has the total's own
        status where it is not: never a zero where the total is hidden or missing.
        """
        found = self.find(key)
        absent = found.status == "z" and found.key not in self._of(key.measure, key.breakdown)
        if not absent or not self.lists(key.measure, key.period_kind, breakdown=key.breakdown, districts=True):
            return found
        total = self.find(replace(key, breakdown="total", breakdown_value="total"))
        if not total.shown or key.statistic not in COUNTED:
            return replace(total, key=key, value=None, numerator=None, denominator=None) if not total.shown else found
        return replace(total, key=key, value=0.0, numerator=0, reason="none found in the district")

    def lists(self, measure: str, kind: str, *, breakdown: str = "total", districts: bool = False) -> bool:
        """Return whether the edition lists such figures at all; one that only says who sent nothing does not count."""
        return (kind, breakdown, not districts) in self._listed(measure)

    def _listed(self, measure: str) -> frozenset[tuple[str, str, bool]]:
        """Return (kind of period, breakdown, whether the county's) of a measure's figures that are not `[x]`."""
        if measure not in self._tables:
            rows = self._rows.get(measure)
            found: list[tuple[str, str, bool]] = []
            if rows is not None:
                county = (pl.col("area_code") == self.county).alias("county")
                found = rows.filter(pl.col("status") != "x").select("period_kind", "breakdown", county).unique().rows()
            self._tables[measure] = frozenset(found)
        return self._tables[measure]

    def values(self, measure: str, breakdown: str) -> list[str]:
        """Return the values of `breakdown` that the county row lists for `measure`, in the order of their labels."""
        rows = self._rows.get(measure)
        if rows is None:
            return []
        listed = rows.filter((pl.col("breakdown") == breakdown) & (pl.col("area_code") == self.county))
        found = listed["breakdown_value"].unique().to_list()
        return sorted(found, key=lambda value: self.labels.order(measure, breakdown, value))

    def measures(self) -> list[str]:
        """Return the ids of the measures and obligations that have figures, in the order of the labels."""
        return sorted(self._rows, key=self.labels.measure_order)

    def trace_page(self, measure: str) -> str:
        """Return the file name of the web page that says where a measure's figures of the current quarter come from."""
        return f"trace_{measure}_{self.authority}_{self.current_quarter.label}_{self.edition}.html"

    def of_quarter(self, measure: str, period: str) -> list[Figure]:
        """Return the totals of every area in the quarter `period`, and middle values by what they are counted from."""
        rows = self._rows.get(measure)
        if rows is None:
            return []
        whole = (pl.col("breakdown") == "total") | pl.col("statistic").is_in(["median", "p90"])
        here = (pl.col("period_label") == period) & (pl.col("period_kind") == "quarter")
        return list(_figures(rows.filter(here & whole)))

    def unavailable(self, period: str) -> list[Figure]:
        """Return the figures of the quarter `period` that are `[x]`."""
        here = (pl.col("period_label") == period) & (pl.col("period_kind") == "quarter") & (pl.col("status") == "x")
        return [figure for part in self._rows.values() for figure in _figures(part.filter(here))]

    @cached_property
    def listed_quarters(self) -> tuple[Quarter, ...]:
        """The quarters that have figures, the oldest first; those only forecast are not among them."""
        listed: set[str] = set()
        for measure, rows in self._rows.items():
            if self.labels.measure(measure).get("counted_as") != "forecast":
                listed.update(rows.filter(pl.col("period_kind") == "quarter")["period_label"].unique())
        return tuple(sorted(Quarter.parse(period) for period in listed))

    @cached_property
    def current_quarter(self) -> Quarter:
        """The quarter that the pack reports: the last one that the case system covers to its end, else the last."""
        listed = self.listed_quarters
        latest = max(
            (one.data_date for one in self.own_senders if one.family == CASE_SYSTEM and one.data_date), default=None
        )
        reached = latest or self.build.as_at
        over = [quarter for quarter in listed if reached is None or quarter.last_day <= reached]
        return (over or listed)[-1]

    @cached_property
    def own_senders(self) -> tuple[Sender, ...]:
        """The senders of the authority whose records its figures count."""
        return tuple(
            one
            for one in self.build.senders
            if one.authority == self.authority and one.family not in CORROBORATING_FAMILIES
        )

    @property
    def as_at(self) -> date | None:
        """The earliest of the authority's senders' latest data dates, which every page prints."""
        return min((one.data_date for one in self.own_senders if one.data_date), default=self.build.as_at)


class Labels:
    """The words of `figures/labels.parquet`; a key without a label is shown as itself, made readable."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = {(row["kind"], row["measure_id"], row["breakdown"], row["key"]): row for row in rows}

    def _row(self, kind: str, key: str, measure: str | None = None, breakdown: str | None = None) -> dict[str, Any]:
        for owner in (measure, "*", None):
            row = self._rows.get((kind, owner, breakdown, key))
            if row is not None:
                return row
        return {}

    def label(self, kind: str, key: str, measure: str | None = None, breakdown: str | None = None) -> str:
        """Return the label of `key`, or the key with its underscores as spaces."""
        text = self._row(kind, key, measure, breakdown).get("label")
        return str(text) if text else readable(key)

    def measure(self, measure: str) -> dict[str, Any]:
        """Return what is known of a measure: title (`label`), definition, version, clause, unit."""
        return self._row("measure", measure, measure) or self._row("measure", measure)

    def unit(self, measure: str) -> str:
        """Return what a measure's events are: "people", "days", "promises"."""
        return str(self.measure(measure).get("unit") or "people")

    def title(self, measure: str) -> str:
        """Return the measure's title."""
        return str(self.measure(measure).get("label") or readable(measure))

    def measure_order(self, measure: str) -> tuple[float, str]:
        """Sort key of a measure."""
        return _as_order(self.measure(measure).get("sort_order")), measure

    def value(self, measure: str, breakdown: str, value: str) -> str:
        """Return the label of a breakdown's value."""
        return self.label("breakdown_value", value, measure, breakdown)

    def order(self, measure: str, breakdown: str, value: str) -> tuple[float, str]:
        """Sort key of a breakdown's value."""
        return _as_order(self._row("breakdown_value", value, measure, breakdown).get("sort_order")), value

    def breakdown(self, breakdown: str) -> str:
        """Return the label of a breakdown, which the labels may list with or without its own name beside it."""
        row = self._row("breakdown", breakdown, None, breakdown) or self._row("breakdown", breakdown)
        return str(row.get("label") or readable(breakdown))

    def county_row(self, authority: str) -> str:
        """Return the area code of the authority's own row."""
        return str(self._row("authority", authority).get("parent") or "")

    def authorities(self) -> list[str]:
        """Return the authorities that have a name."""
        return sorted(key for kind, _, _, key in self._rows if kind == "authority")

    def districts(self, authority: str) -> list[str]:
        """Return the area codes of the authority's districts, in alphabetical order of their names."""
        own = [
            (str(row["label"]), key)
            for (kind, _, _, key), row in self._rows.items()
            if kind == "area" and row["parent"] == authority and key != self.county_row(authority)
        ]
        special = ("outside_county", "unknown")
        return [key for _, key in sorted(own) if key not in special]


def _as_order(value: object) -> float:
    return float(str(value)) if value not in (None, "") else float("inf")


def readable(key: str) -> str:
    """Return a key as words: `kent_homechoice` becomes "Kent homechoice"."""
    words = key.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None


def _moment(value: object) -> datetime | None:
    if not value:
        return None
    moment = datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


COUNTS = (
    "files",
    "loads_held",
    "rows_read",
    "rows_accepted",
    "rows_rejected",
    "cells_refused",
    "people",
    "linked",
    "review",
    "unlinked",
    "checks_passed",
    "checks_run",
)


def read_build(path: Path) -> Build:
    """Return what `figures/build.json` says.

    Raises FiguresNotFoundError when the file is not there.
    """
    if not path.is_file():
        raise FiguresNotFoundError(f"{path} is missing. Make the figures first with: lasting-homes refresh")
    said = json.loads(path.read_text(encoding="utf-8"))
    senders = (
        Sender(str(row["family"]), str(row["sender"]), str(row["authority"]), _day(row.get("data_date")))
        for row in said.get("senders", [])
    )
    return Build(
        build_id=str(said["build_id"]),
        as_at=_day(said.get("as_at")),
        as_known_at=_moment(said.get("as_known_at")),
        built_at=_moment(said.get("built_at")),
        threshold=int(said.get("threshold") or 5),
        counts={name: int(said[name]) for name in COUNTS if said.get(name) is not None},
        senders=tuple(sorted(senders, key=lambda one: (one.family, one.sender))),
        links=read_link_facts(said),
        sign_off=read_sign_off(path.parents[1]),
        deliveries=tuple(
            Delivery(one["family"], one["sender"], one["authority"], _day(one["due"]), int(one["days_late"]))
            for one in said.get("deliveries", [])
        ),
    )


COUNTY_ONLY = ("eligibility", "sex", "ethnic_group", "disability", "home_area", "agreement")
"""Breakdowns that no page shows for a district."""


def authorities_with_figures(build: Path, edition: str) -> tuple[str, ...]:
    """Return the authorities that the edition has figures of, in alphabetical order.

    Raises FiguresNotFoundError when the build holds none.
    """
    read_build(build / "figures" / "build.json")
    figures = build / "figures" / f"{edition}.parquet"
    if not figures.is_file():
        raise FiguresNotFoundError(f"{figures} is missing. Make the figures first with: lasting-homes refresh")
    found = pl.scan_parquet(figures).select(pl.col("authority").unique().sort()).collect()
    return tuple(found["authority"])


def load_figures(build: Path, *, authority: str, edition: str) -> FigureSet:
    """Return the figures of `authority` in `edition` from the build folder `build`.

    Raises FiguresNotFoundError, which says what to do, when the build holds none.
    """
    folder = build / "figures"
    said = read_build(folder / "build.json")
    for needed in (folder / f"{edition}.parquet", folder / "labels.parquet"):
        if not needed.is_file():
            raise FiguresNotFoundError(f"{needed} is missing. Make the figures first with: lasting-homes refresh")
    rows = pl.read_parquet(folder / f"{edition}.parquet").filter(pl.col("authority") == authority)
    if rows.is_empty():
        raise FiguresNotFoundError(
            f"{folder / f'{edition}.parquet'} holds no figure of {authority}. "
            f"Put {authority}'s extracts into the inbox and run: lasting-homes refresh"
        )
    labels = Labels(pl.read_parquet(folder / "labels.parquet").rows(named=True))
    in_packs = (pl.col("area_code") == labels.county_row(authority)) | ~pl.col("breakdown").is_in(COUNTY_ONLY)
    used = (pl.col("period_kind") != "ytd") | pl.col("measure_id").str.starts_with("bnb_")
    return FigureSet(said, rows.filter(in_packs & used), labels, authority, edition)


FIGURE_COLUMNS = (
    "measure_id", "area_code", "period_label", "statistic", "period_kind", "breakdown", "breakdown_value", "status",
    "value", "reason", "coverage", "as_at", "senders_received", "senders_expected", "numerator", "denominator",
)  # fmt: skip


def _figures(rows: pl.DataFrame) -> Iterator[Figure]:
    return (_figure(row) for row in rows.select(FIGURE_COLUMNS).iter_rows(named=True))


def _figure(row: dict[str, Any]) -> Figure:
    key = Key(
        measure=row["measure_id"],
        area=row["area_code"],
        period=row["period_label"],
        statistic=row["statistic"],
        period_kind=row["period_kind"],
        breakdown=row["breakdown"],
        breakdown_value=row["breakdown_value"],
    )
    value = row["value"] if row["status"] == "value" else None
    return Figure(
        key=key,
        status=row["status"],
        value=None if value is None else float(value),
        reason=row["reason"],
        coverage=row["coverage"],
        as_at=_day(row["as_at"]),
        senders_received=row["senders_received"],
        senders_expected=row["senders_expected"],
        numerator=row["numerator"],
        denominator=row["denominator"],
    )
