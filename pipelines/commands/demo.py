"""`lasting-homes demo`: realistic extracts for two counties, the whole pipeline, both packs.

What belongs here: preparing a home for the generator's extracts, and telling what came of them. What does not: making
extracts (`pipelines.synthetic`), any stage.

The extracts hold the defects of real ones, so rejected rows are part of a demo that is done: the exit code is 0.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.commands.outcome import Outcome, place, table
from pipelines.commands.refresh import facts_as_text, through_dagster
from pipelines.commands.report import FORMATS

if TYPE_CHECKING:
    from pipelines.progress import Progress
    from pipelines.settings import Home
    from pipelines.warehouse.build import Build

PEOPLE = 1000
SEED = 1
HOME = Path("demo")
HOME_VARIABLE = "LASTING_HOMES_HOME"
MARKER = "demo.json"

REJECT_RULES = """
select rule, count(*) as rows_rejected, min(message) as what_to_do
from read_parquet($files, union_by_name = true)
group by rule
order by 2 desc, 1
"""
# What Kent's section 11 puts first, and the nights that every board asks about.
HEADLINES = """
with listed as (
    from read_parquet($figures)
    where period_kind = 'quarter'
        and breakdown = 'total'
        and (measure_id, statistic) in (
            ('private_sector_moves', 'people'),
            ('supported_moves', 'people'),
            ('social_moves', 'people'),
            ('homeless_presentations', 'people'),
            ('bnb_nights', 'nights')
        )
),

latest as (
    select authority, max(period_label) as period_label
    from listed
    where coverage <> 'not_available'
    group by authority
)

select
    title.label as measure,
    figure.authority,
    figure.period_label,
    figure.statistic,
    figure.status,
    cast(figure.value as bigint) as value
from listed as figure
inner join latest on figure.authority = latest.authority and figure.period_label = latest.period_label
inner join read_parquet($labels) as county
    on county.kind = 'authority' and county.key = figure.authority and county.parent = figure.area_code
left join read_parquet($labels) as title on title.kind = 'measure' and title.key = figure.measure_id
order by title.sort_order, title.label, figure.statistic, figure.authority
"""


class NotADemoError(Exception):
    """The home holds something other than the demo that is asked for."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `demo`."""
    parser.add_argument("--people", type=_people, default=PEOPLE, help=f"care leavers per county ({PEOPLE})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"another seed, other lives ({SEED})")


def run(options: argparse.Namespace) -> Outcome:
    """Prepare the home, generate what is not there yet, refresh and render through Dagster."""
    from pipelines.progress import to_standard_error
    from pipelines.settings import Settings

    started = time.monotonic()
    progress = to_standard_error()
    root = options.home or Path(os.environ.get(HOME_VARIABLE) or HOME)
    # The demo knows who is who, so each of its runs says how well it linked.
    settings = Settings.of_home(root, settle_seconds=0, known_links=root / "truth" / "links.parquet")
    home = settings.folders
    wanted = {"people": options.people, "seed": options.seed}
    _prepare(home, wanted, progress)
    done = through_dagster(settings, packs=True, progress=progress)
    if done.published is None:
        raise NotADemoError("The refresh ended without a published build.")
    facts = done.published.facts
    data = {
        "home": str(home.root),
        "published": facts,
        "rejects": _rejects(home),
        "headlines": _headlines(done.published.build),
        "packs": sorted(str(path) for path in home.packs.iterdir() if path.suffix[1:] in FORMATS),
        "seconds": round(time.monotonic() - started, 1),
    }
    return Outcome(_text(home, done.published.build, facts, data), data)


def _people(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a demo needs at least one person")
    return number


def _prepare(home: Home, wanted: dict[str, int], progress: Progress) -> None:
    """Make the home and put the extracts into its inbox, unless the same ones landed before.

    Raises NotADemoError when the home holds another demo, or was made for real extracts.
    """
    from pipelines.commands.init import make
    from pipelines.synthetic import generate

    marker = home.config / MARKER
    before = json.loads(marker.read_text(encoding="utf-8")) if marker.exists() else None
    if before is None and home.person_key_file.exists():
        raise NotADemoError(f"{home.root} is the home of somebody's data, and no demo. Choose another with --home.")
    if before and {name: before[name] for name in wanted} != wanted:
        raise NotADemoError(
            f"{home.root} holds the demo of {before['people']} people with seed {before['seed']}. "
            f"Remove that folder, or choose another one with --home."
        )
    if before and before["generated"]:
        progress("demo", "the extracts of this demo were made before")
        return
    home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.config.mkdir(mode=0o700, exist_ok=True)
    marker.write_text(json.dumps({**wanted, "generated": False}), encoding="utf-8")
    _write_person_key(home, wanted)
    make(home)
    shutil.rmtree(home.inbox)
    home.inbox.mkdir(mode=0o700)
    generate(home.inbox, home.root / "truth", people=wanted["people"], seed=wanted["seed"], progress=progress)
    marker.write_text(json.dumps({**wanted, "generated": True}), encoding="utf-8")


def _write_person_key(home: Home, wanted: Mapping[str, int]) -> None:
    """Write a secret that anybody could guess, so that every demo of a seed has the same keys; nobody here is real."""
    if not home.person_key_file.exists():
        digest = hashlib.sha256(f"lasting-homes demo {wanted['seed']}".encode()).hexdigest()
        home.write_person_key(digest)


def _rejects(home: Home) -> list[dict[str, Any]]:
    """Return how many rows each rule rejected, with one message as an example of what to do."""
    import duckdb

    files = [str(path) for path in sorted((home.landing / "rejects").rglob("*.parquet"))]
    if not files:
        return []
    rows = duckdb.connect().execute(REJECT_RULES, {"files": files}).fetchall()
    return [{"rule": rule, "rows": number, "for_example": message} for rule, number, message in rows]


def _headlines(build: Build) -> list[dict[str, Any]]:
    """Return the counties' public figures of the latest quarter."""
    import duckdb

    paths = {"figures": str(build.figures / "public.parquet"), "labels": str(build.figures / "labels.parquet")}
    names = ("measure", "authority", "quarter", "statistic", "status", "value")
    rows = duckdb.connect().execute(HEADLINES, paths).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def _text(home: Home, build: Build, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    headlines = data["headlines"]
    authorities = sorted({one["authority"] for one in headlines})
    quarters = {one["authority"]: one["quarter"] for one in headlines}
    shown: dict[tuple[str, str], dict[str, str]] = {}
    for one in headlines:
        figure = f"{one['value']:,}" if one["status"] == "value" else f"[{one['status']}]"
        shown.setdefault((one["measure"], one["statistic"]), {})[one["authority"]] = figure
    figures = table(
        ["headline figures", "", *(f"{authority} {quarters[authority]}" for authority in authorities)],
        [[*key, *(figure.get(authority, "") for authority in authorities)] for key, figure in shown.items()],
    )
    rejects = table(
        ["rejected rows", "rule", "for example"],
        [(one["rows"], one["rule"], one["for_example"]) for one in data["rejects"]],
    )
    places = [
        ("packs", home.packs),
        ("analysts' database", home.published / build.analyst.name),
        ("restricted database", home.published / build.warehouse.name),
        ("figures", home.published / build.figures.name),
        ("Data Docs", home.published / build.data_docs.name / "index.html"),
        ("rejected rows", home.landing / "rejects"),
    ]
    return "\n\n".join(
        [
            facts_as_text(facts),
            "The extracts hold the defects of real ones, so rejected rows and refused cells are expected.\n" + rejects,
            figures,
            table(("where", ""), [(what, place(where)) for what, where in places]),
            f"Done in {data['seconds']:.0f} s. Every person in it is made up.",
        ]
    )
