"""Figures folders as `docs/seams.md` describes them, for two made-up counties of care leavers.

Events are drawn first and then counted, so people, events, districts, breakdowns and totals agree with each other as
they do in a real build. Nobody in here exists.
"""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.disclosure.labels import BREAKDOWNS as NAMES_OF_BREAKDOWNS
from pipelines.rendering.story import Pack
from pipelines.rendering.story.periods import Quarter

MakePack = Callable[..., Pack]
"""The fixture `make_pack`: options or None, authority, edition."""

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
LAST = Quarter(2026, 2)
COUNTIES = {"kent": ("Kent", "E10000016", "K"), "lancashire": ("Lancashire", "E10000017", "L")}
KINDS_OF_PERIOD = ("quarter", "ytd", "rolling_4q")

PER_QUARTER = {
    "private_sector_moves": (28, 16),
    "supported_moves": (34, 22),
    "social_moves": (21, 19),
    "tenure_not_known_moves": (6, 4),
    "homeless_presentations": (31, 24),
    "homeless_presentations_case_system_only": (5, 3),
    "bnb_nights": (9, 12),
    "bnb_stays": (9, 12),
    "accommodation_now": (900, 620),
}
"""Events that a quarter draws on average in Kent and in Lancashire."""

BREAKDOWNS = {
    "age_band": "Age",
    "eligibility": "Leaving care status",
    "former_uasc": "Former unaccompanied child",
    "agreement": "Which records show it",
    "route": "Route of letting",
    "scheme": "Letting scheme",
    "category": "Outcome of the assessment",
    "tier": "Who placed",
    "ordinal": "Stays in 12 months",
    "kind_of_home": "Kind of home",
    "suitability": "Suitability",
    "home_area": "Where the home is",
}
"""The breakdowns that packs read, with the labels that disclosure gives them."""


@dataclass(frozen=True)
class Event:
    """One thing that counts: whose, when, where, how much, and its value in each breakdown."""

    person: int
    day: date
    area: str
    quantity: int = 1
    breakdowns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Options:
    """What a test may choose.

    `everything` adds every further measure and promise of the seeds, `change` may alter an observation before it is
    disclosed, `run` the facts of the run.
    """

    authorities: tuple[str, ...] = tuple(COUNTIES)
    measures: tuple[str, ...] = tuple(PER_QUARTER)
    quarters: int = 12
    seed: int = 7
    threshold: int = 5
    scale: float = 1.0
    missing: tuple[tuple[str, str], ...] = (("E07000113", "homelessness"), ("E07000122", "homelessness"))
    everything: bool = False
    change: Callable[[dict[str, Any]], None] | None = None
    run: dict[str, Any] = field(default_factory=dict)


def write_figures_folder(build: Path, options: Options | None = None) -> Path:
    """Write `build/figures/` and return `build`."""
    options = options or Options()
    folder = build / "figures"
    folder.mkdir(parents=True)
    rows = [row for authority in options.authorities for row in _authority_rows(authority, options)]
    if options.everything:
        rows += [row for authority in options.authorities for row in _further_rows(authority, options)]
    for edition in ("internal", "public"):
        shown = [_disclose(dict(row), edition, options) for row in rows]
        pl.DataFrame(shown, infer_schema_length=None).write_parquet(folder / f"{edition}.parquet")
    pl.DataFrame(_labels(), infer_schema_length=None).write_parquet(folder / "labels.parquet")
    (folder / "build.json").write_text(json.dumps({**_build(), **options.run}), encoding="utf-8")
    return build


@cache
def _read(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@cache
def _measures() -> dict[str, dict[str, str]]:
    return {row["measure_id"]: row for row in _read("measures/measures.csv") if row["measure_id"] in PER_QUARTER}


STATISTICS = {
    "flow": ("people", "events"),
    "stock": ("people", "events"),
    "nights": ("nights", "people"),
    "span": ("people",),
    "duration": ("median", "p90", "events", "people"),
    "share": ("share", "events", "people"),
    "forecast": ("people", "events"),
}
PERIODS_SHOWN = 9


@cache
def _further() -> dict[str, dict[str, str]]:
    """Every measure and promise of the seeds that no events are drawn for."""
    measures = {row["measure_id"]: row for row in _read("measures/measures.csv")}
    for row in _read("measures/obligations.csv"):
        about = {"counted_as": "share", "periods": "quarter rolling_4q", "unit": "promises", "owner": "obligation"}
        measures[row["obligation_id"]] = row | about | {"polarity": "higher_is_better"}
    return {measure: row for measure, row in measures.items() if measure not in PER_QUARTER}


def _further_values(measure: str) -> dict[str, list[str]]:
    """The values of each breakdown of its own, and of those that all measures have."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in _read("measures/breakdown_value.csv"):
        if row["measure_id"] in ("*", measure, _further()[measure].get("owner")) and row["breakdown"] != "total":
            found[row["breakdown"]].append(row["breakdown_value"])
    return found


def _further_rows(authority: str, options: Options) -> Iterable[dict[str, Any]]:
    """Counts that add up to their totals, in the county's row and, for the last quarter, in every district's."""
    letter = COUNTIES[authority][2]
    for measure, about in _further().items():
        if letter not in about.get("letters", letter):
            continue
        draw = random.Random(f"{options.seed}/{authority}/{measure}/further")  # noqa: S311 - made-up counts
        ahead = about["counted_as"] == "forecast"
        quarters = [LAST.after(step) for step in (range(1, 9) if ahead else range(1 - PERIODS_SHOWN, 1))]
        for kind in ("quarter", "rolling_4q", "month"):
            if kind not in about["periods"].split():
                continue
            for quarter in quarters:
                labels = quarter.month_labels() if kind == "month" else [quarter.label]
                for label in labels:
                    yield from _further_period(authority, measure, (kind, label, quarter), draw)


def _further_period(
    authority: str, measure: str, period: tuple[str, str, Quarter], draw: random.Random
) -> Iterable[dict[str, Any]]:
    kind, label, quarter = period
    counted_as = _further()[measure]["counted_as"]
    county = COUNTIES[authority][1]
    total = draw.randint(40, 160)
    cells = [(county, "total", "total", total)]
    if kind != "month":
        for breakdown, values in _further_values(measure).items():
            parts = _split(total, len(values), draw)
            cells += [(county, breakdown, value, part) for value, part in zip(values, parts, strict=True)]
        if quarter in (LAST, LAST.after(-4), LAST.after(1)):
            areas = [*_districts(authority), "outside_county", "unknown"]
            in_areas = _split(total, len(areas), draw)
            cells += [(area, "total", "total", part) for area, part in zip(areas, in_areas, strict=True)]
            for area, part in zip(areas, in_areas, strict=True):
                cells += [
                    (area, breakdown, value, share)
                    for breakdown, values in _further_values(measure).items()
                    for value, share in zip(values, _split(part, len(values), draw), strict=True)
                    if breakdown not in ("sex", "ethnic_group", "disability", "eligibility", "home_area") and share
                ]
    for area, breakdown, value, count in cells:
        for statistic in STATISTICS[counted_as]:
            yield {
                "measure_id": measure,
                "definition_version": "1",
                "authority": authority,
                "area_code": area,
                "period_kind": kind,
                "period_start": quarter.first_day,
                "period_label": label,
                "breakdown": breakdown,
                "breakdown_value": value,
                "statistic": statistic,
                **_further_number(statistic, count, draw),
                "as_at": date(2026, 9, 30),
                "senders_received": 14,
                "senders_expected": 14,
                "coverage": "complete",
            }


def _split(total: int, parts: int, draw: random.Random) -> list[int]:
    cuts = sorted(draw.randint(0, total) for _ in range(parts - 1))
    return [after - before for before, after in zip([0, *cuts], [*cuts, total], strict=True)]


def _further_number(statistic: str, count: int, draw: random.Random) -> dict[str, Any]:
    if statistic == "share":
        part = draw.randint(0, count)
        return {"numerator": part, "denominator": count, "value": part / count if count else None}
    if statistic in ("median", "p90"):
        return {"numerator": count, "denominator": count, "value": draw.uniform(60, 700) if count else None}
    return {"numerator": count, "denominator": None, "value": float(count)}


def _districts(authority: str) -> list[str]:
    return [row["area_code"] for row in _read("protocol/area.csv") if row["authority"] == authority]


@cache
def _values(measure: str, breakdown: str) -> list[str]:
    owners = (measure, "*")
    rows = _read("measures/breakdown_value.csv")
    return [row["breakdown_value"] for row in rows if row["measure_id"] in owners and row["breakdown"] == breakdown]


@cache
def _breakdowns(measure: str) -> list[str]:
    return [breakdown for breakdown in BREAKDOWNS if _values(measure, breakdown)]


def _draw_breakdowns(draw: random.Random, measure: str) -> dict[str, str]:
    drawn = {}
    for name in _breakdowns(measure):
        values = _values(measure, name)
        drawn[name] = draw.choices(values, weights=[1 / (place + 1) for place in range(len(values))])[0]
    return drawn


def _events(authority: str, measure: str, quarters: list[Quarter], options: Options) -> list[Event]:
    draw = random.Random(f"{options.seed}/{authority}/{measure.replace('bnb_stays', 'bnb_nights')}")  # noqa: S311 - made-up events
    rate = PER_QUARTER[measure][list(COUNTIES).index(authority)] * options.scale
    areas = [*_districts(authority), "outside_county", "unknown"]
    weights = [1.0 + place % 4 for place in range(len(areas) - 2)] + [1.0, 0.5]
    events = []
    for place, quarter in enumerate(quarters):
        growth = 1 + 0.06 * place if measure in ("private_sector_moves", "bnb_nights", "bnb_stays") else 1.0
        for _ in range(round(rate * growth * draw.uniform(0.85, 1.15))):
            events.append(
                Event(
                    person=draw.randrange(int(90 * rate) or 1),
                    day=quarter.first_day + timedelta(days=draw.randrange(85)),
                    area=draw.choices(areas, weights)[0],
                    quantity=draw.choice([1, 2, 2, 3, 3, 4, 6, 9, 15]) if measure == "bnb_nights" else 1,
                    breakdowns=_draw_breakdowns(draw, measure),
                )
            )
    return events


def _periods(measure: str, quarters: list[Quarter]) -> Iterable[tuple[str, str, date, date]]:
    for place, quarter in enumerate(quarters):
        last = quarter.last_day
        yield "quarter", quarter.label, quarter.first_day, last
        if _measures()[measure]["counted_as"] == "stock":
            continue
        yield "ytd", quarter.label, max(quarter.after(1 - quarter.number).first_day, quarters[0].first_day), last
        if place >= 3:
            yield "rolling_4q", quarter.label, quarter.after(-3).first_day, last
        if measure.startswith("bnb_"):
            for label in quarter.month_labels():
                first = date.fromisoformat(f"{label}-01")
                yield "month", label, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _authority_rows(authority: str, options: Options) -> Iterable[dict[str, Any]]:
    quarters = LAST.back(options.quarters)
    for measure in options.measures:
        events = _events(authority, measure, quarters, options)
        for kind, label, first, last in _periods(measure, quarters):
            here = [event for event in events if first <= event.day <= last]
            yield from _period_rows(authority, measure, (kind, label, first), here, options)


def _period_rows(
    authority: str, measure: str, period: tuple[str, str, date], events: list[Event], options: Options
) -> Iterable[dict[str, Any]]:
    kind, label, first = period
    county = COUNTIES[authority][1]
    groups: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for area in (county, *_districts(authority), "outside_county", "unknown"):
        groups[(area, "total", "total")] = []
    for breakdown in _breakdowns(measure):
        for value in _values(measure, breakdown):
            groups[(county, breakdown, value)] = []
    for event in events:
        for area in (county, event.area):
            groups[(area, "total", "total")].append(event)
            for breakdown, value in event.breakdowns.items():
                if area == county or breakdown == "age_band":  # districts: one breakdown stands for all, for speed
                    groups[(area, breakdown, value)].append(event)
    lacking = {
        area
        for area, family in options.missing
        if family in _measures()[measure]["sources_needed"] and label >= LAST.label
    }
    for (area, breakdown, value), members in groups.items():
        for statistic, number in _statistics(measure, members).items():
            missing = area in lacking and kind != "month"
            row = {
                "measure_id": measure,
                "definition_version": "1",
                "authority": authority,
                "area_code": area,
                "period_kind": kind,
                "period_start": first,
                "period_label": label,
                "breakdown": breakdown,
                "breakdown_value": value,
                "statistic": statistic,
                "numerator": None if missing else number,
                "denominator": None,
                "value": None if missing else float(number),
                "as_at": date(2026, 9, 30),
                "senders_received": 13 if area == county else 2 - missing,
                "senders_expected": 14 if area == county else 2,
                "coverage": "not_available" if missing else "partial" if area == county else "complete",
            }
            if options.change:
                options.change(row)
            yield row


def _statistics(measure: str, events: list[Event]) -> dict[str, int]:
    people = len({event.person for event in events})
    how = _measures()[measure]["counted_as"]
    if how == "stock":
        return {"people": len(events)}
    if how == "nights":
        return {"nights": sum(event.quantity for event in events), "people": people}
    return {"people": people, "events": len(events)}


def _disclose(row: dict[str, Any], edition: str, options: Options) -> dict[str, Any]:
    row |= {"status": "value", "reason": None, "edition": edition, "build_id": "20261004T210000Z-test"}
    hidden = {"value": None, "numerator": None, "denominator": None}
    if row["value"] is None and row["coverage"] == "complete":
        row |= {"status": "z", "reason": "There is nothing here to take a share or a middle value of."}
    elif row["value"] is None:
        row |= {"status": "x", "reason": "homelessness cases not received for the period"}
    elif edition == "public" and _is_small(row, options.threshold):
        row |= {"status": "c", "reason": "below the threshold", **hidden}
    elif row["statistic"] == "share" and 0 < row["value"] < 0.005:
        row |= {"status": "low", "reason": "More than none, but rounds to 0 per cent.", "value": None}
    return row


def _is_small(row: dict[str, Any], threshold: int) -> bool:
    counts = [row["value"]]
    if row["statistic"] == "share":
        counts = [row["numerator"], row["denominator"], row["denominator"] - row["numerator"]]
    elif row["statistic"] in ("median", "p90"):
        counts = [row["numerator"]]
    return any(0 < count < threshold for count in counts)


LABEL_COLUMNS = (
    "kind", "key", "label", "measure_id", "breakdown", "parent", "definition", "definition_version", "clause", "unit",
    "polarity", "counted_as", "valid_from", "sort_order",
)  # fmt: skip


def _label(kind: str, key: str, label: str, **others: object) -> dict[str, str | None]:
    row: dict[str, str | None] = dict.fromkeys(LABEL_COLUMNS)
    return row | {"kind": kind, "key": key, "label": label} | {name: str(value) for name, value in others.items()}


def _labels() -> list[dict[str, str | None]]:
    labels = [_label("authority", key, name, parent=gss) for key, (name, gss, _) in COUNTIES.items()]
    for row in _read("protocol/area.csv"):
        labels.append(_label("area", row["area_code"], row["area_name"], parent=row["authority"]))
    for key, (name, gss, _) in COUNTIES.items():
        labels.append(_label("area", gss, name, parent=key))
    labels.append(_label("area", "outside_county", "Outside the county"))
    labels.append(_label("area", "unknown", "District not known"))
    labels += [_label("breakdown", key, name) for key, name in {**NAMES_OF_BREAKDOWNS, **BREAKDOWNS}.items()]
    labels += [_label("scheme", row["scheme"], row["scheme_name"]) for row in _read("protocol/scheme.csv")]
    for place, (measure, row) in enumerate(_measures().items()):
        about = {name: row[name] for name in LABEL_COLUMNS if row.get(name) and name != "measure_id"}
        labels.append(_label("measure", measure, row["title"], measure_id=measure, sort_order=place, **about))
    for place, (measure, row) in enumerate(_further().items(), start=len(_measures())):
        about = {name: row[name] for name in LABEL_COLUMNS if row.get(name) and name != "measure_id"}
        labels.append(_label("measure", measure, row["title"], measure_id=measure, sort_order=place, **about))
    for row in _read("measures/breakdown_value.csv"):
        if row["measure_id"] in ("obligation", "obligation_of_district"):
            continue
        about = {name: row[name] for name in ("measure_id", "breakdown", "sort_order")}
        labels.append(_label("breakdown_value", row["breakdown_value"], row["label"], **about))
    return labels


def _links(table: str, outcome: str, method: str, records: int) -> dict[str, Any]:
    family = {"applications": "lettings", "cases": "homelessness"}[table]
    return {"family": family, "table_name": table, "outcome": outcome, "method": method, "records": records}


LINK_COUNTS = [
    _links("applications", "linked", "name_birth_postcode", 2700),
    _links("applications", "linked", "name_birth", 1400),
    _links("applications", "linked", "model", 310),
    _links("applications", "linked", "decided", 3),
    _links("applications", "review", "review", 41),
    _links("applications", "unlinked", "no_match", 6100),
    _links("cases", "linked", "name_birth", 700),
    _links("cases", "linked", "model", 21),
    _links("cases", "review", "decided_unsure", 2),
    _links("cases", "unlinked", "no_match", 900),
]


def _pairs(group: str, value: str, pairs: tuple[int, int, int], table: str = "all") -> dict[str, Any]:
    counts = dict(zip(("true_pairs", "made_pairs", "right_pairs"), pairs, strict=True))
    return {"table": table, "group": group, "value": value, **counts}


LINK_QUALITY: dict[str, Any] = {
    "rows": [
        _pairs("all", "all", (5200, 5101, 5100)),
        _pairs("all", "all", (380, 340, 340), "ssd_person"),
        _pairs("former_uasc", "no", (3000, 2951, 2951)),
        _pairs("former_uasc", "yes", (2200, 2150, 2149)),
        _pairs("ethnic_group", "asian", (900, 880, 880)),
        _pairs("ethnic_group", "black", (1100, 1075, 1075)),
        _pairs("ethnic_group", "other", (3, 3, 3)),
        _pairs("ethnic_group", "not_known", (47, 46, 46)),
        _pairs("ethnic_group", "white", (3150, 3097, 3096)),
    ],
    "people_split": 31,
    "people_mixed": 1,
    "review_share": 0.0041,
}


def _build() -> dict[str, Any]:
    senders = [
        {
            "family": family,
            "sender": sender,
            "authority": authority,
            "data_date": "2026-06-30" if late else "2026-09-30",
        }
        for authority in COUNTIES
        for family, sender, late in _senders(authority)
    ]
    return {
        "build_id": "20261004T210000Z-test",
        "as_at": "2026-06-30",
        "as_known_at": "2026-10-04T21:00:00+00:00",
        "built_at": "2026-10-04T21:04:10+00:00",
        "files": 1207,
        "loads_held": 1,
        "rows_read": 214593,
        "rows_accepted": 214381,
        "rows_rejected": 212,
        "cells_refused": 1943,
        "people": 3044,
        "link_counts": LINK_COUNTS,
        "link_changes": {"linked": 12, "merged": 2},
        "figures_affected_by_links": 37,
        "link_quality": LINK_QUALITY,
        "checks_passed": 164,
        "checks_run": 165,
        "threshold": 5,
        "senders": senders,
    }


def _senders(authority: str) -> Iterable[tuple[str, str, bool]]:
    """Family, sender, and whether its data stop before the quarter."""
    yield "case_system", authority, False
    yield "protocol_forms", authority, False
    for district in _districts(authority):
        yield "homelessness", district, district in ("E07000113", "E07000122")
    for row in _read("protocol/scheme.csv"):
        if row["authority"] == authority:
            yield "lettings", row["scheme"], False
