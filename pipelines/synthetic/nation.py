"""A nation for benchmarks: more authorities than the two, each with districts, schemes and postcodes that do not exist.

What belongs here: the lines that such authorities add to the seeds of a *copy* of the program, and generating them one
after the other. What does not: the two counties' own facts. Seeds lie with the program, not in a home, so a nation
lives in a copy of the program's folders (`pipelines`, `quality`, `dbt_project`, `reports`), made for one benchmark:

    python -m pipelines.synthetic.nation seeds --project COPY/dbt_project --authorities 153
    cd COPY && python -m pipelines.synthetic.nation extracts --inbox … --truth … --people 654 --months 120 --every 3
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from pipelines.progress import Progress, silent, to_standard_error
from pipelines.synthetic.chance import share
from pipelines.synthetic.days import month_ends
from pipelines.synthetic.files import Outbox
from pipelines.synthetic.generation import Calendar, GenerationSummary, Generator
from pipelines.synthetic.lives_truth import LINKS, all_links
from pipelines.synthetic.reference import reference
from pipelines.synthetic.truth import FILES, EmittedTruth, write

BANDS = ("A", "B", "C", "D")
# First letters of the seed's prefixes are X and one of K, L, M, B; Z is left out for places that no seed knows.
PREFIXES = [f"X{letter}{number}" for letter, number in product("ACDEFGHJNPQRSTUVWY", range(10, 100))]
MOST = 400
AT_ONCE = 4  # authorities whose lives are held in memory together


def _add(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    """Add lines to one seed, columns that they leave out being blank."""
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        columns = csv.DictReader(lines).fieldnames or []
    with path.open("a", encoding="utf-8", newline="") as lines:
        csv.DictWriter(lines, columns, restval="", lineterminator="\n").writerows(rows)


def add_authorities(project: Path, authorities: int) -> None:
    """Add invented authorities to the seeds of a copy of the dbt project until there are that many.

    Args:
        project: the copy's `dbt_project` folder.
        authorities: how many there are to be, the two counties included (3 to 400).

    Raises ValueError when the number is out of range, or the copy has more than the two already.
    """
    folder = project / "seeds" / "protocol"
    with (folder / "authority.csv").open(encoding="utf-8", newline="") as lines:
        known = list(csv.DictReader(lines))
    if not len(known) == 2 < authorities <= MOST:
        raise ValueError(f"A copy with the two counties can have 3 to {MOST} authorities, not {authorities}.")
    seeds: dict[str, list[dict[str, str]]] = {}
    prefixes = iter(PREFIXES)
    for number in range(1, authorities - 1):
        name, like = f"syn{number:03d}", known[number % 2]
        scheme = f"{name}_homes"
        named = {"authority": name, "authority_name": f"Invented Council {number}", "gss_code": f"E109{number:05d}"}
        seeds.setdefault("authority", []).append(like | named)
        seeds.setdefault("scheme", []).append(
            {"scheme": scheme, "scheme_name": f"Invented Homes {number}", "authority": name}
        )
        for place in range(2 + int(2 * share("districts", name))):
            gss = f"E079{number * 4 + place:05d}"
            district = {"area_code": gss, "area_name": f"Invented District {number}-{place + 1}", "authority": name}
            seeds.setdefault("area", []).append(district | {"area_type": "district"})
            seeds.setdefault("scheme_area", []).append({"scheme": scheme, "area_code": gss})
            seeds.setdefault("postcode_area", []).append({"prefix": next(prefixes), "district_gss": gss})
            where = {"scheme": scheme, "local_authority_gss": gss, "valid_from": "2018-04-01", "evidence": "invented"}
            seeds.setdefault("care_leaver_band", []).append(where | {"care_leaver_band": "B"})
            seeds.setdefault("scheme_band", []).extend(
                where | {"band": band, "rank": str(rank)} for rank, band in enumerate(BANDS, start=1)
            )
    for name, rows in seeds.items():
        _add(folder, name, rows)
    _list_schemes(project / "seeds" / "measures", seeds["scheme"])


def _list_schemes(folder: Path, schemes: list[dict[str, str]]) -> None:
    """List the invented schemes wherever a measure is broken down by scheme: as found, so in their own county only."""
    with (folder / "breakdown_value.csv").open(encoding="utf-8", newline="") as lines:
        measures = {row["measure_id"]: None for row in csv.DictReader(lines) if row["breakdown"] == "scheme"}
    places = product(measures, enumerate(schemes, start=100))
    _add(
        folder,
        "breakdown_value",
        [
            {
                "measure_id": measure_id,
                "breakdown": "scheme",
                "breakdown_value": scheme["scheme"],
                "label": scheme["scheme_name"],
                "sort_order": str(place),
                "as_found": "true",
                "counts_only": "false",
            }
            for measure_id, (place, scheme) in places
        ],
    )


def generate_nation(  # noqa: PLR0913 - as `generate`
    inbox: Path,
    truth: Path,
    *,
    people: int,
    seed: int = 1,
    as_at: date = date(2026, 9, 30),
    months: int = 120,
    every: int = 1,
    exports: int = 4,
    outbox_of: Callable[[Path, EmittedTruth, int], Outbox] = Outbox,
    progress: Progress = silent,
) -> GenerationSummary:
    """Write the extracts of every authority of this program's seeds, a few authorities at a time.

    Args:
        inbox: folder that receives `<family>/<sender>/<file>` and its `.meta.yml`.
        truth: folder that receives `emitted/`, `links.parquet` and `files.parquet`, as `generate` writes them.
        people: number for each authority aged 17 to 24 on the as-at date.
        seed: the same seed and size give the same bytes.
        as_at: the last month end of the files; a quarter end.
        months: length of the history.
        every: months from one snapshot of a case system to the next.
        exports: how many quarterly files schemes, districts and forms have.
        outbox_of: makes what takes the files, of inbox, truth and seed; a benchmark of the warehouse wants no files.
        progress: told of each step.
    """
    calendar = Calendar(month_ends(as_at, months)[every - 1 :: every], exports)
    emitted = EmittedTruth(truth / "emitted")
    outbox = outbox_of(inbox, emitted, seed)
    links: list[dict[str, Any]] = []
    known: dict[str, int] = {}
    names = list(reference().county)
    try:
        for start in [0, *range(2, len(names), AT_ONCE)]:
            some = names[start : 2 if start == 0 else start + AT_ONCE]
            generator = Generator(outbox, calendar, seed, progress, authorities=some)
            generator.run(people)
            lives = [life for found in generator.lives.values() for life in found]
            links += all_links(lives, generator.applicants, generator.cases)
            known |= {authority: len(found) for authority, found in generator.lives.items()}
    finally:
        emitted.close()
    write(truth / "links.parquet", links, LINKS)
    write(truth / "files.parquet", outbox.delivered, FILES)
    outside = [row["person"] is not None for row in links if row["family"] != "case_system"]
    return GenerationSummary(
        files=outbox.files,
        rows=emitted.rows,
        rejected=emitted.rejected,
        refused=emitted.refused,
        people=known,
        linked=sum(outside),
        unlinked=len(outside) - sum(outside),
    )


def main() -> None:
    """Read the arguments and do one of the two steps."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.synthetic.nation", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    seeds = steps.add_parser("seeds", help="add invented authorities to a copy of the dbt project")
    seeds.add_argument("--project", type=Path, required=True)
    seeds.add_argument("--authorities", type=int, default=153)
    extracts = steps.add_parser("extracts", help="write the extracts of every authority of this program's seeds")
    extracts.add_argument("--inbox", type=Path, required=True)
    extracts.add_argument("--truth", type=Path, required=True)
    extracts.add_argument("--people", type=int, default=654, help="of 17 to 24 for each authority")
    extracts.add_argument("--seed", type=int, default=1)
    extracts.add_argument("--months", type=int, default=120)
    extracts.add_argument("--every", type=int, default=3, help="months from one snapshot to the next")
    extracts.add_argument("--exports", type=int, default=1, help="quarterly files of schemes, districts and forms")
    given = parser.parse_args()
    if given.step == "seeds":
        add_authorities(given.project, given.authorities)
        return
    summary = generate_nation(
        given.inbox,
        given.truth,
        people=given.people,
        seed=given.seed,
        months=given.months,
        every=given.every,
        exports=given.exports,
        progress=to_standard_error(),
    )
    print(f"{summary.files:,} files with {summary.rows:,} rows of {sum(summary.people.values()):,} people")


if __name__ == "__main__":
    main()
