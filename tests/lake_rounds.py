"""Councils that refresh at once into one lake, round after round, with one killed in each.

What belongs here: doing it, and looking at the lake after each round. What does not: how many rounds (the tests).
"""

from __future__ import annotations

import hashlib
import random
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml
from pipeline.killing import Killer
from small_homes import make_home

from pipelines.lake import Lake, publications
from pipelines.lake.publication import SCHEMAS, newest_of_each
from pipelines.landing.store import read_receipts
from pipelines.scale.parity import COMPARED, TableParity, compare_relations, key_of
from pipelines.settings import Home
from pipelines.synthetic import generate
from pipelines.warehouse.build import Build, builds
from pipelines.warehouse.dbt import ParsedProject
from pipelines.warehouse.publish import published_build

# Four councils, each with the records of one county: its own seed, so that no two are alike.
COUNCILS = {"kent": "kent", "lancashire": "lancashire", "essex": "kent", "cumbria": "lancashire"}
PEOPLE, MONTHS = 6, 12
WORK = "killed_work:refresh_into_lake"
NEVER = 3600.0
# Until a round has shown how long a refresh takes here: short enough to kill on a fast machine too.
FIRST_GUESS_SECONDS = 8.0


@dataclass(frozen=True)
class Delivery:
    """A file that a sender gives, where it belongs below an inbox, and when it is received."""

    path: Path
    place: Path
    received_at: datetime

    def give_to(self, home: Home) -> None:
        """Put it into the inbox, with what stands beside it."""
        target = home.inbox / self.place
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = f"{target.name}.meta.yml"
        shutil.copy(self.path.with_name(beside), target.with_name(beside))
        shutil.copy(self.path, target)

    @property
    def digest(self) -> str:
        """Return the hash of its bytes."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def deliveries_of_county(folder: Path, county: str, seed: int) -> list[Delivery]:
    """Return what the senders of one county give in a year, the first first; the files lie in `folder`."""
    generate(folder / "inbox", folder / "truth", people=PEOPLE, seed=seed, months=MONTHS)
    districts = range(105, 117) if county == "kent" else range(117, 129)
    lettings = {"kent_homechoice"} if county == "kent" else {"b_with_us", "select_move", "myhomechoice_fylde_coast"}
    senders = {county, *lettings, *(f"E07000{number}" for number in districts)}
    found = []
    for path in sorted((folder / "inbox").rglob("*")):
        if path.is_file() and path.suffix != ".yml" and path.parent.name in senders:
            said = yaml.safe_load(path.with_name(f"{path.name}.meta.yml").read_text(encoding="utf-8"))
            received = datetime.fromisoformat(str(said["received_at"]))
            found.append(Delivery(path, path.relative_to(folder / "inbox"), received))
    return sorted(found, key=lambda one: (one.received_at, one.place))


def in_rounds(deliveries: Sequence[Delivery], rounds: int) -> list[list[Delivery]]:
    """Return the deliveries in so many parts, in the order of the months in which they are received."""
    months = sorted({f"{one.received_at:%Y-%m}" for one in deliveries})
    part = {month: place * rounds // len(months) for place, month in enumerate(months)}
    return [[one for one in deliveries if part[f"{one.received_at:%Y-%m}"] == number] for number in range(rounds)]


def home_in_lake(root: Path, council: str, lake: Lake, parsed: ParsedProject) -> Home:
    """Return a new home that puts its builds into a lake, with the dbt project parsed already."""
    home = make_home(root)
    (home.config / "settings.yml").write_text(
        f"lake_catalogue: {lake.catalogue}\nlake_data: {lake.data}\nlake_council: {council}\n", encoding="utf-8"
    )
    shutil.copytree(parsed.folder.parent, home.dagster / "dbt")
    return home


@dataclass
class Rounds:
    """What the rounds leave behind.

    Attributes:
        homes: The home of each council.
        lake: What they all publish into.
        killed: Which council was killed in each round.
        seconds: How long each round took.
    """

    homes: Mapping[str, Home]
    lake: Lake
    killed: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def run_rounds(
    given: Mapping[str, Sequence[Delivery]], homes: Mapping[str, Home], lake: Lake, *, rounds: int, seed: int
) -> Rounds:
    """Refresh every home at once in each round, kill one at a random moment, look at the lake; the killed go again."""
    chance = random.Random(seed)  # noqa: S311 - which process dies when, not a secret
    done = Rounds(homes, lake)
    parts = {council: in_rounds(deliveries, rounds) for council, deliveries in given.items()}
    killers = {council: Killer() for council in homes}
    lasts = FIRST_GUESS_SECONDS
    try:
        for number in range(rounds):
            for council, home in homes.items():
                for one in parts[council][number]:
                    one.give_to(home)
            victim = chance.choice(sorted(homes))
            ends = {council: chance.uniform(0, lasts) if council == victim else NEVER for council in homes}
            begun = time.monotonic()
            was_killed = _at_once(killers, homes, ends)
            done.seconds.append(time.monotonic() - begun)
            assert was_killed == {council: council == victim for council in homes}, "it was done before it was killed"
            done.killed.append(victim)
            # What a council that is left alone needs is about what all need together.
            lasts = 0.8 * done.seconds[-1]
            _each_is_one_whole_build(done, apart_from=victim)
        _at_once(killers, {victim: homes[victim]}, {victim: NEVER})
    finally:
        for killer in killers.values():
            killer.close()
    _each_is_one_whole_build(done, apart_from=None)
    _nothing_is_left_or_lost(done, given)
    return done


def run_serially(given: Mapping[str, Sequence[Delivery]], homes: Mapping[str, Home]) -> None:
    """Refresh one home after another, each with everything that it is given."""
    killer = Killer()
    try:
        for council, home in homes.items():
            for one in given[council]:
                one.give_to(home)
            _at_once({council: killer}, {council: home}, {council: NEVER})
    finally:
        killer.close()


def compare_lakes(
    here: Lake, there: Lake, councils: Sequence[str], nodes: Mapping[str, Any]
) -> dict[str, list[TableParity]]:
    """Return, for each council, how what counts in one lake compares with the same in another."""
    with here.open(for_reading=True) as connection:
        there.attach(connection, "other", snapshot=_newest_snapshot(there))
        return {
            council: [
                compare_relations(
                    connection,
                    name,
                    f'from lake."{council}__marts"."{name}"',
                    f'from other."{council}__marts"."{name}"',
                    key_of(name, nodes),
                )
                for name in COMPARED
            ]
            for council in councils
        }


def _newest_snapshot(lake: Lake) -> int:
    with lake.open(for_reading=True) as connection:
        return max(one.snapshot for one in publications(connection))


def _at_once(killers: Mapping[str, Killer], homes: Mapping[str, Home], ends: Mapping[str, float]) -> dict[str, bool]:
    """Refresh the homes side by side; return which of them were killed when their time was over."""
    with ThreadPoolExecutor(len(homes)) as side_by_side:
        running = {
            council: side_by_side.submit(killers[council].kill_after, WORK, str(home.root), seconds=ends[council])
            for council, home in homes.items()
        }
        return {council: one.result() for council, one in running.items()}


def _each_is_one_whole_build(done: Rounds, *, apart_from: str | None) -> None:
    """Raise where the lake's tables of a council are not those of one good build of its home, all of them and whole.

    Everybody but the killed one has the build in the lake that their home has published.
    """
    with done.lake.open(for_reading=True) as connection:
        newest = newest_of_each(publications(connection))
        assert {*done.homes} - {apart_from} <= newest.keys()
        for council, publication in newest.items():
            home = done.homes[council]
            (build,) = (one for one in builds(home) if one.build_id == publication.build_id)
            assert build.is_good
            assert council == apart_from or build.build_id == published_build(home).build_id
            assert _contents(connection, "lake", council) == _contents_of(build), f"{council} is not of one build"


def _contents_of(build: Build) -> dict[str, tuple[int, int]]:
    with duckdb.connect(str(build.analyst), read_only=True) as connection:
        (database,) = connection.execute("select current_database()").fetchall()[0]
        return _contents(connection, database, None)


def _contents(connection: duckdb.DuckDBPyConnection, database: str, council: str | None) -> dict[str, tuple[int, int]]:
    """Return for each table its rows and the sum of their hashes, which a row more, less or other changes."""
    found = {}
    for schema, suffix in SCHEMAS.items():
        place = f"{council}{suffix}" if council else schema
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = ? and schema_name = ?", [database, place]
        ).fetchall()
        for (table,) in tables:
            found[f"{schema}.{table}"] = connection.execute(
                f'select count(*), sum(hash(one)::hugeint) from "{database}"."{place}"."{table}" as one'
            ).fetchall()[0]
    assert {f"marts.{name}" for name in COMPARED} <= found.keys()
    return found


def _nothing_is_left_or_lost(done: Rounds, given: Mapping[str, Sequence[Delivery]]) -> None:
    """Raise where a home has a half build, or a file that was given has not landed."""
    for council, home in done.homes.items():
        assert all(build.is_good for build in builds(home)), f"{council} has a half build"
        assert not list(home.root.glob(".published.*"))
        assert not [path for path in home.inbox.rglob("*") if path.is_file()]
        assert {one.digest for one in given[council]} <= {load.file_sha256 for load in read_receipts(home)}


def rounds_equal_serial(
    folder: Path,
    catalogue: Callable[[], str],
    parsed: ParsedProject,
    *,
    councils: Sequence[str],
    rounds: int,
    seed: int,
) -> tuple[Rounds, dict[str, list[TableParity]]]:
    """Run the rounds, then the same deliveries one council after another into another lake; return both's figures."""
    given = {
        council: deliveries_of_county(folder / f"sent-{council}", county, number)
        for number, (council, county) in enumerate(COUNCILS.items(), 1)
        if council in councils
    }
    lakes = {name: Lake(catalogue(), folder / f"lake-{name}") for name in ("rounds", "serial")}
    homes = {
        name: {council: home_in_lake(folder / name / council, council, lake, parsed) for council in given}
        for name, lake in lakes.items()
    }
    done = run_rounds(given, homes["rounds"], lakes["rounds"], rounds=rounds, seed=seed)
    run_serially(given, homes["serial"])
    return done, compare_lakes(lakes["rounds"], lakes["serial"], list(given), parsed.manifest["nodes"])
