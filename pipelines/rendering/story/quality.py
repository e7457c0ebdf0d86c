"""How far the figures can be trusted, what they mean, and how the pack was made.

What belongs here: the run's counts, its senders, coverage, reasons, definitions, symbols and the colophon. What does
not: any figure of a person's life.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.contracts import CORROBORATING_FAMILIES
from pipelines.rendering.story.figures import Delivery, Figure, Key, Sender
from pipelines.rendering.story.headlines import coverage_words
from pipelines.rendering.story.markdown import Column, Markdown, bullets, escape, paragraphs
from pipelines.rendering.story.missing import reason_of, symbol_meanings
from pipelines.rendering.story.pack import Pack
from pipelines.rendering.story.periods import in_words

LONDON = ZoneInfo("Europe/London")
MOST_RESTATED = 40
FAMILIES = {
    "case_system": "Children’s case system",
    "protocol_forms": "Protocol forms",
    "lettings": "Lettings scheme",
    "homelessness": "District homelessness cases",
}
RUN = {
    "files": "Files read",
    "loads_held": "Deliveries held by a check, the last accepted one used instead",
    "rows_read": "Rows read",
    "rows_accepted": "Rows accepted",
    "rows_rejected": "Rows rejected (no usable key or date)",
    "cells_refused": "Cells refused (value unreadable; the row is kept)",
    "people": "People known to the case systems",
    "checks_run": "Checks run",
    "checks_passed": "Checks passed",
}


def run_table(pack: Pack) -> Markdown:
    """Return what the run read, refused and checked; the whole run, every authority in it."""
    counts = pack.figures.build.counts
    rows = [[words, pack.note(f"build/{name}", f"{counts[name]:,}")] for name, words in RUN.items() if name in counts]
    columns = [Column("Counted in the whole run", 5, numbers=False), Column("Number", 1)]
    return pack.table("run", "What the run read and refused", columns, rows)


def sender_table(pack: Pack) -> Markdown:
    """Return the senders of the authority, the oldest data first: up to which day, and whether a delivery is late.

    A sender whose delivery is expected and who never sent anything has a row too.
    """
    ends = pack.quarter.last_day
    agreed = _agreed(pack)
    known = {(one.family, one.sender) for one in pack.figures.own_senders}
    silent = [Sender(*whose, one.authority, None) for whose, one in agreed.items() if whose not in known]
    senders = sorted(
        (*pack.figures.own_senders, *silent), key=lambda one: (one.data_date or date.min, one.family, one.sender)
    )
    rows = [
        [
            _name(pack, one),
            _family(one),
            in_words(one.data_date),
            _reach(one.data_date, ends),
            *([_delivery(pack, one, agreed)] if agreed else []),
        ]
        for one in senders
    ]
    columns = [
        Column("Sender", 4, numbers=False),
        Column("Kind", 4, numbers=False),
        Column("Data as at", 3, numbers=False),
        Column("Covers the quarter", 3, numbers=False),
        *([Column("Delivery", 4, numbers=False)] if agreed else []),
    ]
    made = pack.table("senders", "Senders, the oldest data first", columns, rows)
    nobody = "No day is agreed by which these senders deliver, so none is called late."
    return paragraphs(made, "" if agreed else nobody)


def _agreed(pack: Pack) -> dict[tuple[str, str], Delivery]:
    """Return the authority's expected deliveries by family and sender; of several of a sender the latest one."""
    own = [one for one in pack.figures.build.deliveries if one.authority == pack.figures.authority]
    counted = [one for one in own if one.family not in CORROBORATING_FAMILIES]
    return {(one.family, one.sender): one for one in sorted(counted, key=lambda one: one.days_late)}


def _delivery(pack: Pack, sender: Sender, agreed: Mapping[tuple[str, str], Delivery]) -> str:
    delivery = agreed.get((sender.family, sender.sender))
    if delivery is None:
        return "no day agreed"
    if delivery.due is None:
        return "on time"
    days = pack.note(f"senders/{sender.family}/{sender.sender}/days_late", f"{delivery.days_late:,}")
    return f"{days} {'day' if delivery.days_late == 1 else 'days'} late, due {in_words(delivery.due)}"


def _family(sender: Sender) -> str:
    return FAMILIES.get(sender.family, sender.family)


def _name(pack: Pack, sender: Sender) -> str:
    labels = pack.figures.labels
    kinds = {"homelessness": "area", "lettings": "scheme"}
    return labels.label(kinds.get(sender.family, "authority"), sender.sender)


def _reach(data_date: date | None, ends: date) -> str:
    if data_date is None:
        return "no file yet"
    return "to its last day" if data_date >= ends else "not to its last day"


def coverage_table(pack: Pack) -> Markdown:
    """Return for each measure shown how many senders of the county answered and which districts have no figure."""
    alike: dict[tuple[int | None, int | None, str], list[str]] = {}
    firsts: dict[tuple[int | None, int | None, str], Figure] = {}
    for measure in pack.measures_shown() or pack.figures.measures():
        statistic = pack.statistics(measure)[0]
        kind = next((kind for kind in ("quarter", "rolling_4q") if pack.lists(measure, kind)), "quarter")
        missing = [
            name
            for area, name in pack.area_rows()
            if any(pack.find(measure, statistic, area=area, kind=one).status == "x" for one in ("quarter", kind))
        ]
        county = pack.find(measure, statistic, kind=kind)
        standing = county.senders_received, county.senders_expected, ", ".join(missing) or "none"
        alike.setdefault(standing, []).append(pack.figures.labels.title(measure))
        firsts.setdefault(standing, county)
    rows = [
        ["; ".join(titles), coverage_words(pack, firsts[standing]), standing[2]] for standing, titles in alike.items()
    ]
    columns = [
        Column("Measures", 8, numbers=False),
        Column("Senders that have sent data", 3, numbers=False),
        Column("Districts marked [x]", 3, numbers=False),
    ]
    return pack.table("coverage", f"Coverage, {pack.quarter.label}", columns, rows)


def missing_explained(pack: Pack) -> Markdown:
    """Return why figures of the pack's quarter are `[x]`: each reason once, with the areas it holds for."""
    areas: dict[str, set[str]] = {}
    names = dict(pack.area_rows())
    for figure in pack.figures.unavailable(pack.quarter.label):
        areas.setdefault(reason_of(figure), set()).add(names.get(figure.key.area, "the county's row"))
    if not areas:
        return Markdown("No figure of the quarter is missing: every sender it needs has sent data.")
    lines = [f"{escape(', '.join(sorted(where)))}: {reason}." for reason, where in sorted(areas.items())]
    return paragraphs("Figures of the quarter marked [x], and why:", bullets(lines))


def restated_table(pack: Pack) -> Markdown:
    """Return released figures that this build counts otherwise: both figures, the release, and why they differ.

    Of the file `<edition>_restated.parquet` beside the figures: totals, the latest periods first, at most
    MOST_RESTATED; what is left out is counted.
    """
    path = pack.build_folder / "figures" / f"{pack.figures.edition}_restated.parquet" if pack.build_folder else None
    if path is None or not path.is_file():
        return Markdown("Nothing was released before these figures that they could be compared with.")
    restated = pl.read_parquet(path).filter(pl.col("authority") == pack.figures.authority)
    totals = restated.filter(pl.col("breakdown") == "total").sort(
        ["period_start", "measure_id", "area_code"], descending=[True, False, False]
    )
    if restated.is_empty():
        return Markdown("No released figure is counted otherwise now.")
    labels = pack.figures.labels
    rows = [
        [
            labels.title(row["measure_id"]),
            f"{labels.label('area', row['area_code'])}, {row['period_label']}, {row['statistic']}",
            *(_printed(pack, row, side) for side in ("released_", "")),
            f"{row['reason']} ({row['release']})",
        ]
        for row in totals.head(MOST_RESTATED).iter_rows(named=True)
    ]
    columns = [
        Column("Measure", 5, numbers=False),
        Column("Area, period", 4, numbers=False),
        Column("As released", 2),
        Column("Now", 2),
        Column("Why", 4, numbers=False),
    ]
    left_out = len(restated) - len(rows)
    more = f"{left_out:,} more, breakdowns among them, are in {path.stem}.csv beside the figures." if left_out else ""
    return paragraphs(pack.table("restated", "Restated since they were released", columns, rows), more)


def _printed(pack: Pack, row: Mapping[str, Any], side: str) -> str:
    """Return one of the two figures of a restatement as packs print figures, and note it as shown."""
    key = Key(
        row["measure_id"],
        row["area_code"],
        row["period_label"],
        row["statistic"],
        row["period_kind"],
        row["breakdown"],
        row["breakdown_value"],
    )
    figure = Figure(key, row[f"{side}status"], row[f"{side}value"])
    release = f"@{row['release']}" if side else ""
    return pack.note(f"{pack.figures.authority}/{key.figure_id}{release}", figure.text)


def definitions(pack: Pack, measures: Sequence[str] = ()) -> Markdown:
    """Return definition, clause and version of each measure as a list of terms: of those named, else of those shown.

    On a site that says where figures come from, each term leads there.
    """
    terms = []
    for measure in measures or pack.measures_shown() or pack.figures.measures():
        row = pack.figures.labels.measure(measure)
        about = [f"version {row.get('definition_version') or 'not stated'}"]
        about += (
            [f"in force from {in_words(date.fromisoformat(str(row['valid_from'])[:10]))}"]
            if row.get("valid_from")
            else []
        )
        about += [f"protocol clause {row['clause']}"] if row.get("clause") else []
        words = escape(str(row.get("definition") or "No definition is stored."))
        term = escape(pack.figures.labels.title(measure))
        if pack.traced:
            term = f"[{term}]({pack.figures.trace_page(measure)}){{.traced}}"
        terms.append(f"{term}\n\n:   {words} ({escape('; '.join(about))})")
    return Markdown("\n\n".join(terms))


def symbols(pack: Pack) -> Markdown:
    """Return the legend of the markers that stand in place of a number."""
    rows = [list(row) for row in symbol_meanings(pack.figures)]
    columns = [Column("Symbol", 1, numbers=False), Column("Meaning", 7, numbers=False)]
    legend = pack.table("symbols", "Symbols in place of a number", columns, rows)
    return paragraphs(
        legend,
        "A table that the edition does not list would, together with those that it lists, give people away or be too "
        "long to read; the internal edition lists more.",
    )


def colophon(pack: Pack) -> Markdown:
    """Return how the pack was made: edition, build, times in Europe/London, renderer."""
    build = pack.figures.build
    built = "not recorded" if build.built_at is None else f"{build.built_at.astimezone(LONDON):%d %B %Y at %H:%M}"
    known = "not recorded" if build.as_known_at is None else f"{build.as_known_at.astimezone(LONDON):%d %B %Y at %H:%M}"
    return Markdown(
        f"Made from build `{build.build_id}`, finished {built} (Europe/London), with what was received and decided by "
        f"{known}. Edition: {pack.figures.edition}. Made by: {escape(pack.renderer)}. "
        "Every figure shown is listed, in reading order, in the file that ends in `.figures.json` beside this one."
    )
