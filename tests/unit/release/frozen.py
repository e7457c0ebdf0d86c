"""A hand-made build whose figures can be released, and a later one.

What belongs here: figures of two quarters, events behind them, facts. What does not: running a pipeline.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl

from pipelines.settings import Home
from pipelines.warehouse.build import Build, open_build

QUARTER = "2026-27-Q1"
Event = tuple[str, str, str]
"""Record, person key, day."""
EVENTS: tuple[Event, ...] = (
    ("r1", "key1", "2026-04-10"),
    ("r2", "key2", "2026-05-10"),
    ("r3", "key3", "2026-07-20"),
)


def figures_of(events: Sequence[Event], version: str, edition: str) -> pl.DataFrame:
    """Count the events by quarter, in two rows of one measure."""
    quarters = {QUARTER: ("2026-04-01", "2026-06-30"), "2026-27-Q2": ("2026-07-01", "2026-09-30")}
    rows = [
        {
            "measure_id": "social_moves",
            "definition_version": version,
            "authority": "kent",
            "area_code": "E10000016",
            "period_kind": "quarter",
            "period_start": date.fromisoformat(first),
            "period_label": label,
            "breakdown": "total",
            "breakdown_value": "total",
            "statistic": "events",
            "numerator": (number := sum(first <= day <= last for _, _, day in events)),
            "denominator": None,
            "value": float(number),
            "status": "value",
            "reason": None,
            "edition": edition,
        }
        for label, (first, last) in quarters.items()
    ]
    return pl.DataFrame(rows)


def a_build(
    home: Home,
    events: Sequence[Event] = EVENTS,
    *,
    version: str = "1",
    known: Sequence[str] = (),
    at: str = "2026-07-02T06:00:00+00:00",
) -> Build:
    """Return a good build of these events, published by nobody."""
    build = open_build(home, inputs=[at, str(events)], now=datetime.fromisoformat(at))
    build.figures.mkdir()
    for edition in ("internal", "public"):
        rows = figures_of(events, version, edition)
        rows.write_parquet(build.figures / f"{edition}.parquet")
        rows.write_csv(build.figures / f"{edition}.csv")
    facts = {
        "build_id": build.build_id,
        "as_known_at": at,
        "generation": 1,
        "as_at": "2026-06-30",
        "configuration_hash": "c",
        "earlier_releases": {"public": list(known)},
    }
    (build.figures / "build.json").write_text(json.dumps(facts), "utf-8")
    with duckdb.connect(str(build.warehouse)) as warehouse:
        warehouse.execute("create schema marts; create schema landing")
        warehouse.execute("create table landing.load as select 'l1' as load_id, 'aa' as file_sha256")
        warehouse.execute(
            "create table marts.measure_event (measure_id varchar, authority varchar, area_code varchar, "
            "person_key varchar, start_date date, end_date date, quantity integer, in_numerator boolean, "
            "record_id varchar)"
        )
        for record, key, day in events:
            warehouse.execute(
                "insert into marts.measure_event values ('social_moves', 'kent', 'E07000106', ?, ?, null, 1, null, ?)",
                [key, day, record],
            )
    duckdb.connect(str(build.analyst)).close()
    build.mark_good(facts)
    return build


def render_a_page(frozen: Path, out: Path, *, edition: str) -> list[Path]:
    """Render one page that prints what a pack must: the figures and the ledger's hash."""
    from pipelines.rendering.story.sign_off import ledger_rows, read_sign_off, status_words  # noqa: PLC0415

    signed = read_sign_off(frozen)
    figures = pl.read_csv(frozen / "figures" / f"{edition}.csv")["value"].to_list()
    path = out / f"khog_{edition}.html"
    path.write_text(f"<p>{status_words(signed)}</p><p>{ledger_rows(signed)}</p><p>{figures}</p>", "utf-8")
    return [path]
